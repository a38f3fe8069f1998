"""Converts parameters of Swagger 2.0 that are bodies or form fields into request bodies of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from speclens.reading.swagger.lookup import media_types, resolved, section_members
from speclens.reading.swagger.parameters import extensions, said_as
from speclens.reading.swagger.schemas import Names, converted_schema, schema_of_values
from speclens.source.origins import Part, mapping, sequence
from speclens.source.pointer import from_reference, join, to_reference, tokens

JSON = "application/json"
"""The media type of a body if the document does not give one."""

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_FORMS = (_MULTIPART, _URLENCODED)


def is_of_body(value: Any) -> bool:
    """Whether a parameter is the body, or a form field in it."""
    return isinstance(value, dict) and value.get("in") in ("body", "formData")


def is_body(value: Any) -> bool:
    """Whether a parameter is the whole body."""
    return isinstance(value, dict) and value.get("in") == "body"


def components(root: Part, names: Names) -> Part:
    """The parameters that are whole bodies, in the media types of the whole document."""
    given = section_members(root, "parameters")
    made = {
        names["parameters"][name]: _of([one], media_types(root, root, "consumes"), names)
        for name, one in given.items()
        if is_body(one.value)
    }
    return mapping(root.origin.member("parameters"), made)


def of_operation(root: Part, shared: Sequence[Part], own: Sequence[Part]) -> list[Part]:
    """The parameters of the body, or references to them. Those of the operation override those of its path with the same
    name."""
    found: dict[Any, Part] = {}
    for part in (*shared, *own):
        value = resolved(root, part).value
        if is_of_body(value):
            found["" if is_body(value) else str(value.get("name"))] = part
    return list(found.values())


def request(root: Part, operation: Part, sent: Sequence[Part], names: Names) -> Part:
    """The request body that the parameters `sent` describe, or a reference to one. If an operation has media types of its
    own, the body replaces the reference."""
    whole = [one for one in sent if is_body(resolved(root, one).value)]
    if whole and "consumes" not in operation.value and (name := _component(whole[-1], names)):
        text = to_reference(join("#", "components", "requestBodies", name))
        return mapping(whole[-1].origin, {"$ref": whole[-1].member("$ref").at_same_place(text)})
    parameters = [resolved(root, one) for one in whole[-1:] or sent]
    return _of(parameters, media_types(root, operation, "consumes"), names)


def _component(part: Part, names: Names) -> str:
    """The name of the component to which a parameter refers; "" if it refers to none."""
    target = from_reference(part.value.get("$ref", ""))
    match tokens(target or ""):
        case ("parameters", name):
            return names["parameters"].get(name, "")
    return ""


def _of(parameters: Sequence[Part], consumes: Sequence[str], names: Names) -> Part:
    """The request body that one parameter or all fields of a form describe."""
    if is_body(parameters[0].value):
        return _body(parameters[0], consumes or (JSON,), names)
    return _form(parameters, consumes, names)


def _body(part: Part, consumes: Sequence[str], names: Names) -> Part:
    fields = part.fields()
    media: dict[str, Part] = {}
    if "schema" in fields:
        media["schema"] = converted_schema(fields["schema"], names)
    if "x-example" in fields:
        media["example"] = fields["x-example"]
    of_type = mapping(part.origin, media)
    content = mapping(part.origin, dict.fromkeys(consumes, of_type))
    kept = {key: one for key, one in fields.items() if key in ("description", "required")}
    return mapping(part.origin, {**kept, **extensions(part), "content": content})


def _form(parameters: Sequence[Part], consumes: Sequence[str], names: Names) -> Part:
    """A request body whose schema has the fields of a form as properties (Swagger 2.0, Parameter Object: Form)."""
    first = parameters[0]
    fields = {name: one for one in parameters if isinstance(name := one.value.get("name"), str)}
    required = [one.member("name") for one in fields.values() if one.value.get("required") is True]
    said: dict[str, Part] = {
        "type": first.at_same_place("object"),
        "properties": mapping(
            first.origin, {name: _property(one, names) for name, one in fields.items()}
        ),
    }
    if required:
        said["required"] = sequence(first.origin, required)
    media = {"schema": mapping(first.origin, said)}
    encoding = {
        name: mapping(one.origin, how)
        for name, one in fields.items()
        if (how := said_as(one, "form"))
    }
    if encoding:
        media["encoding"] = mapping(first.origin, encoding)
    types = _form_types(fields.values(), consumes)
    content = mapping(first.origin, dict.fromkeys(types, mapping(first.origin, media)))
    is_required = {"required": first.at_same_place(True)} if required else {}
    return mapping(first.origin, {**is_required, "content": content})


def _form_types(fields: Any, consumes: Sequence[str]) -> Sequence[str]:
    if any(one.value.get("type") == "file" for one in fields):
        return (_MULTIPART,)
    return [one for one in consumes if one.partition(";")[0] in _FORMS] or (_URLENCODED,)


def _property(part: Part, names: Names) -> Part:
    said = schema_of_values(part, names).fields()
    kept = {key: one for key, one in part.fields().items() if key == "description"}
    example = {"example": part.member("x-example")} if "x-example" in part.value else {}
    return mapping(part.origin, {**said, **kept, **example, **extensions(part)})
