"""What a caller of an operation gives: its parameters, and its body or the members of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from speclens import ir, names
from speclens.literals import comment, literal, tuple_literal
from speclens.lower import compat, media, parameters, security
from speclens.lower.arguments import Inputs, union
from speclens.lower.naming import is_class
from speclens.lower.walk import JsonObject, follow
from speclens.source.pointer import get, join

_IGNORED = frozenset({"accept", "content-type"})  # section 4.8.12.1: not told by a parameter
_STYLES = {
    "path": ("Path", "simple", False),
    "query": ("Query", "form", True),
    "header": ("Header", "simple", False),
    "cookie": ("Cookie", "form", True),
}  # class of the mark, and its defaults: style, explode
_OPTION = "content-type"


@dataclass(frozen=True, slots=True)
class Request:
    """What a request is made of; `path` has braces where arguments go, `members` is the schema of the body that the
    arguments are members of, or ""."""

    path: str
    arguments: tuple[ir.Argument, ...]
    body: ir.Body | None
    members: str
    defaults: dict[str, Any]


def lower(inputs: Inputs, pointer: str, operation: JsonObject, path: str) -> Request:
    """The arguments and the body of an operation."""
    declared = parameters.effective(inputs.document, pointer, operation)
    path = _template(path, declared)
    found = list(_parameters(inputs, pointer, operation, path, declared))
    place, body = follow(
        inputs.document, join(pointer, "requestBody"), operation.get("requestBody")
    )
    lowered, schema, is_nullable = (
        _body(inputs, place, body) if isinstance(body, dict) else (None, "", False)
    )
    defaults: dict[str, Any] = {}
    if lowered and schema:
        codecs = {one.codec for one in lowered.content}
        binary = "FileInput" if "Multipart" in codecs else inputs.binary
        own = replace(inputs, binary=binary, is_patch="MergePatch" in codecs)
        found += own.arguments(schema, lowered.is_required)
        defaults = inputs.defaults(schema)
    elif lowered:
        found.append(_whole(lowered, is_nullable))
    if lowered and (option := _option(lowered)):
        found.append(option)
    arguments = tuple(_named(found))
    if lowered and not schema:
        ident = next(one.ident for one in arguments if one.place == "body")
        lowered = replace(lowered, argument=ident)
    return Request(path, arguments, lowered, schema, defaults)


def _named(found: list[ir.Argument]) -> Iterator[ir.Argument]:
    """Arguments with their names; of what would be called the same each says where it goes."""
    idents: dict[tuple[str, str], str] = {}
    for place in dict.fromkeys(one.place for one in found):
        own = [one.name for one in found if one.place == place]
        idents |= {
            (place, name): ident for name, ident in names.distinct(own, names.argument).items()
        }
    count = [idents[one.place, one.name] for one in found]
    used = set(count)
    for one in found:
        ident = idents[one.place, one.name]
        if count.count(ident) > 1:
            ident = names.unused(names.argument(f"{one.place} {one.name}"), used)
            used.add(ident)
        yield replace(one, ident=ident, mark=_mark(one, ident))


def _mark(one: ir.Argument, ident: str) -> str:
    """The expression of a mark, with the wire name where that is another than the argument's."""
    kind, _, rest = one.mark.partition("(")
    own = [] if one.name == ident or one.place in {"body", _OPTION} else [literal(one.name)]
    inside = ", ".join([*own, *([rest[:-1]] if rest[:-1] else [])])
    return "" if kind == "Member" and not inside else f"{kind}({inside})"


# Parameters


def _template(path: str, declared: parameters.Parameters) -> str:
    """A path without what its query says of parameters that the document has as such: `/search?q={q}`."""
    head, _, query = path.partition("#")[0].partition("?")
    left = [
        pair
        for pair in query.split("&")
        if not any(pair == f"{name}={{{name}}}" for place, name in declared if place == "query")
    ]
    return f"{head}?{'&'.join(left)}" if any(left) else head


def _parameters(
    inputs: Inputs, pointer: str, operation: JsonObject, path: str, found: parameters.Parameters
) -> Iterator[ir.Argument]:
    is_secured = bool(security.alternatives(inputs.document, operation))
    ignored = _IGNORED | ({"authorization"} if is_secured else set())
    slots = [name for name in re.findall(r"{([^{}]*)}", path) if name]
    for name in dict.fromkeys(slots):
        if ("path", name) not in found:
            yield ir.Argument(name, "path", "", pointer, "str | int", "Path()", "", True)
    hubs = parameters.hubs(found)
    for key, (place, parameter) in found.items():
        location = key[0]
        name = str(parameter["name"])
        is_told = location == "header" and name.lower() in ignored
        if location in _STYLES and not is_told and (location != "path" or name in slots):
            made = _parameter(inputs, location, place, parameter)
            yield replace(made, is_required=False) if key in hubs else made


def _parameter(inputs: Inputs, location: str, place: str, parameter: JsonObject) -> ir.Argument:
    at, schema = parameters.schema_of(place, parameter)
    options = [one for one in inputs.options(at, schema) if one != "None"] or ["str"]
    is_required = location == "path" or parameter.get("required") is True
    told = [f"deprecated {said}"] if (said := _deprecation(parameter)) else []
    return ir.Argument(
        name=str(parameter["name"]),
        place=location,
        ident="",
        pointer=place,
        annotation=union(options if is_required else [*options, "None"]),
        mark=_style(location, parameter),
        comment=comment("; ".join(told)),
        is_required=is_required,
    )


def _deprecation(parameter: JsonObject) -> str:
    own = compat.keywords(parameter)
    if isinstance(into := own.get("into"), dict):
        told = own.get("deprecated") or {}
        when = [f"{key} {told[key]}" for key in ("since", "sunset") if key in told]
        return (
            f"{', '.join(when)}: {told.get('note') or 'use ' + str(into.get('name'))}".removeprefix(
                ": "
            )
        )
    return "by the API" if parameter.get("deprecated") is True else ""


def _style(location: str, parameter: JsonObject) -> str:
    mark, usual, explodes = _STYLES[location]
    style = str(parameter.get("style") or usual)
    told = []
    if "content" in parameter and "schema" not in parameter:
        kinds = [media.kind(name, {}) for name in parameter.get("content") or ()]
        told = ["style='json'"] if "Text" not in kinds else []
    else:
        told += [f"style={literal(style)}"] if style != usual else []
        default = explodes if style == usual else style in {"form", "cookie"}
        explode = parameter.get("explode", default)
        told += [f"explode={explode is True}"] if (explode is True) != explodes else []
    told += (
        ["reserved=True"]
        if parameter.get("allowReserved") is True and location in {"query", "path"}
        else []
    )
    return f"{mark}({', '.join(told)})"


# Bodies


def _body(inputs: Inputs, pointer: str, body: JsonObject) -> tuple[ir.Body | None, str, bool]:
    """A body, the schema that it is the members of, if it is taken apart, and whether null is one of its values."""
    found, same, named = [], {}, inputs.named
    for name, place, value in media.content(inputs.document, pointer, body):
        one = media.lower(named, name, place)
        encoding = _encoding(value) if one.codec in {"Form", "Multipart"} else ""
        told = [*one.arguments, *([f"encoding={encoding}"] if encoding else [])]
        if one.codec == "Multipart" and one.schema and (names := inputs.required(one.schema)):
            told.append(f"required={tuple_literal(sorted(names))}")
        found.append(replace(one, arguments=tuple(told)))
        same[name] = follow(inputs.document, one.schema, value.get("schema"))[1]
    if not found:
        return None, "", False
    content = media.preferred(found, same)
    members = _members(inputs, content)
    kinds = [["Any"] if members else _given(inputs, one) for one in content]
    is_nullable = any("None" in options for options in kinds)
    typed = (
        replace(one, annotation=union([kind for kind in options if kind != "None"] or ["None"]))
        for one, options in zip(content, kinds, strict=True)
    )
    result = ir.Body(pointer, "", tuple(typed), len(content) > 1, body.get("required") is True)
    return result, members, is_nullable


def _given(inputs: Inputs, one: ir.Media) -> list[str]:
    """The types of what a caller gives as a whole body."""
    if one.codec == "Raw":
        return ["Content"]
    if one.codec == "Multipart":
        return ["Mapping[str, Any]"]
    found = ["Any"]
    if one.schema:
        found = inputs.options(one.schema, get(inputs.document, one.schema))
    if one.codec == "JsonLines":
        return [f"Sequence[{union(found if one.annotation != 'Any' else ['Any'])}]", "bytes"]
    return ["str"] if one.codec == "Text" and "Any" in found else found


def _members(inputs: Inputs, content: tuple[ir.Media, ...]) -> str:
    """Where the schema stands, as written, that a body is the members of, in whatever media type; "" if it is given as a
    whole."""
    document = inputs.named.document
    places = {
        follow(document, one.schema, get(document, one.schema))[0] if one.schema else ""
        for one in content
    }
    place = min(places)
    if (
        len(places) > 1
        or not place
        or any(one.codec not in {"Json", "MergePatch", "Form", "Multipart"} for one in content)
    ):
        return ""
    schema, origin = get(document, place), inputs.named.view.origin(place)
    if not isinstance(schema, dict) or not _is_plain(schema):
        return ""
    # Of an object whose members are all for answers no member is left to be a class of, and there is nothing to give.
    sides = ((document, place, schema), (inputs.document, origin, get(inputs.document, origin)))
    return origin if any(is_class(*side) for side in sides) else ""


def _is_plain(schema: JsonObject) -> bool:
    """Whether an object is said by its members alone, and null is none of its values."""
    kinds = schema.get("type")
    is_union = any(
        schema.get(keyword) and not all(map(_is_group, schema[keyword]))
        for keyword in ("oneOf", "anyOf")
    )
    return schema.get("nullable") is not True and not isinstance(kinds, list) and not is_union


def _is_group(branch: Any) -> bool:
    return isinstance(branch, dict) and branch.keys() <= {"required", "not"}


def _whole(body: ir.Body, is_nullable: bool) -> ir.Argument:
    options = [one.annotation for one in body.content]
    annotation = union([*options, "None"] if is_nullable or not body.is_required else options)
    mark = f"Body({'is_nullable=True' if is_nullable else ''})"
    return ir.Argument("body", "body", "", body.pointer, annotation, mark, "", body.is_required)


def _option(body: ir.Body) -> ir.Argument | None:
    """The argument that chooses the media type, where there is a choice."""
    is_open = [one.name for one in body.content if one.name.endswith("/*") and one.codec == "Raw"]
    if len(body.content) == 1 and not is_open:
        return None
    kinds = [literal(one.name) for one in body.content]
    annotation = "str" if is_open else f"Literal[{', '.join(kinds)}]"
    told = "" if is_open else comment(f"{body.content[0].name} if left out")
    return ir.Argument(_OPTION, _OPTION, "", body.pointer, annotation, "ContentType()", told, False)


def _encoding(value: JsonObject) -> str:
    """How the members of a form are written, where the document says so (section 4.8.15)."""
    found = {}
    declared = value.get("encoding")
    for name, one in declared.items() if isinstance(declared, dict) else ():
        told = []
        if isinstance(one, dict):
            kind = str(one.get("contentType") or "").partition(",")[0].strip()
            style = str(one.get("style") or "")
            told += [f"content_type={literal(kind)}"] if kind and "*" not in kind else []
            told += [f"style={literal(style)}"] if style else []
            is_exploded = one.get("explode", style in {"", "form"})
            told += ["explode=False"] if is_exploded is not True else []
        if told:
            found[name] = f"Encoding({', '.join(told)})"
    return (
        "{" + ", ".join(f"{literal(name)}: {one}" for name, one in found.items()) + "}"
        if found
        else ""
    )
