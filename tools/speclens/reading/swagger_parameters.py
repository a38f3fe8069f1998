"""The parameters and headers of Swagger 2.0 as parameters, request bodies and headers of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from speclens.reading.swagger_schemas import Names, reference, schema, schema_of_values
from speclens.source.origins import Part, mapping, sequence

JSON = "application/json"
"""What a body is where the document does not say it."""

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_FORMS = (_MULTIPART, _URLENCODED)
_KEPT = frozenset(("name", "in", "description", "required"))
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}


def is_of_body(value: Any) -> bool:
    """Whether a parameter is the body, or a field of the form in it."""
    return isinstance(value, dict) and value.get("in") in ("body", "formData")


def parameter(part: Part, names: Names) -> Part:
    """A parameter that is in no body."""
    if not isinstance(part.value, dict):
        return part
    if isinstance(part.value.get("$ref"), str):
        inner = part.member("$ref")
        return mapping(part.origin, {"$ref": inner.at_same_place(reference(inner.value, names))})
    kept = _extensions(part) | {k: one for k, one in part.fields().items() if k in _KEPT}
    if part.value.get("in") == "query" and "allowEmptyValue" in part.value:
        kept["allowEmptyValue"] = part.member("allowEmptyValue")
    default = "form" if part.value.get("in") in ("query", "cookie") else "simple"
    return mapping(part.origin, {**kept, **_said_as(part, default), **_schema(part, names)})


def header(part: Part, names: Names) -> Part:
    """A header of a response."""
    if not isinstance(part.value, dict):
        return part
    kept = _extensions(part) | {k: one for k, one in part.fields().items() if k == "description"}
    return mapping(part.origin, {**kept, **_schema(part, names)})


def body(parameters: Sequence[Part], consumes: Sequence[str], names: Names) -> Part | None:
    """The request body that parameters of an operation are together; None if none is of the body."""
    whole = [one for one in parameters if one.value["in"] == "body"]
    if whole:
        return _body(whole[-1], consumes or (JSON,), names)
    return _form(parameters, consumes, names) if parameters else None


def _body(part: Part, consumes: Sequence[str], names: Names) -> Part:
    fields = part.fields()
    media: dict[str, Part] = {}
    if "schema" in fields:
        media["schema"] = schema(fields["schema"], names)
    if "x-example" in fields:
        media["example"] = fields["x-example"]
    of_type = mapping(part.origin, media)
    content = mapping(part.origin, dict.fromkeys(consumes, of_type))
    kept = {key: one for key, one in fields.items() if key in ("description", "required")}
    return mapping(part.origin, {**kept, **_extensions(part), "content": content})


def _form(parameters: Sequence[Part], consumes: Sequence[str], names: Names) -> Part:
    """Fields of a form as the properties of one object (Swagger 2.0, Parameter Object: Form)."""
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
        if (how := _said_as(one, "form"))
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
    return mapping(part.origin, {**said, **kept, **example, **_extensions(part)})


def _schema(part: Part, names: Names) -> dict[str, Part]:
    """The schema of a parameter or header, and its example."""
    made = {"schema": schema_of_values(part, names)}
    return made | ({"example": part.member("x-example")} if "x-example" in part.value else {})


def _said_as(part: Part, default: str) -> dict[str, Part]:
    """How a list is written (Swagger 2.0, `collectionFormat`); nothing for what is no list."""
    if part.value.get("type") != "array":
        return {}
    given = part.value.get("collectionFormat", "csv")
    place = part.member("collectionFormat") if "collectionFormat" in part.value else part
    style = _STYLES.get(given, default) if isinstance(given, str) else default
    return {"style": place.at_same_place(style), "explode": place.at_same_place(given == "multi")}


def _extensions(part: Part) -> dict[str, Part]:
    """Fields for tools; those that have become fields of 3.0 are left out."""
    taken = ("x-example", "x-nullable")
    return {
        key: one for key, one in part.fields().items() if key.startswith("x-") and key not in taken
    }
