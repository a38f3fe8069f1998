"""What a caller of an operation gives: its parameters, and its body or the members of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from speclens import ir, names
from speclens.lower.ground import media_types, x_compat
from speclens.lower.operations import bodies, media, security
from speclens.lower.operations.annotations import FILE, INTEGER, NULL, TEXT, enumerated, union
from speclens.lower.operations.arguments import Inputs
from speclens.lower.schemas import docs
from speclens.openapi.api import OpenApi
from speclens.openapi.naming import PARAMETERS, given_name
from speclens.openapi.nodes import OperationObject, ParameterKey, ParameterObject, parameter_key
from speclens.source.pointer import JsonObject, follow

# Section 4.8.12.1: not told by a parameter. What frames and routes a message (RFC 9112) its HTTP client says.
_IGNORED = frozenset({"accept", "content-type", "content-length", "host", "transfer-encoding"})
_STYLES = {
    "path": ("simple", False),
    "query": ("form", True),
    "header": ("simple", False),
    "cookie": ("form", True),
}  # the usual style and explode, by place
_CONTROL = re.compile(r"({[^{}]*})|[\x00-\x1f\x7f]")
_WHOLE_QUERY = "querystring"  # section 4.12.1 of 3.2


@dataclass(frozen=True, slots=True)
class Request:
    """What a request is made of; `path` has braces where arguments go, `members` is the schema of the body that the
    arguments are members of, or ""."""

    path: str
    arguments: tuple[ir.Argument, ...]
    body: ir.Body | None
    members: str
    defaults: dict[str, Any]
    spokes: dict[str, list[str]]


def lower(inputs: Inputs, operation: OperationObject) -> Request:
    """The arguments and the body of an operation."""
    path, body = _template(operation), operation.body
    order = {name: index for index, name in enumerate(_slots(path))}
    found = sorted(
        _parameters(inputs, operation, path),
        key=lambda one: order[one.name] if one.place == "path" else len(order),
    )
    lowered, schema, is_nullable = bodies.lower(inputs, body) if body else (None, "", False)
    defaults: dict[str, Any] = {}
    spokes: dict[str, list[str]] = {}
    if body and lowered and schema:
        codecs = {one.codec.name for one in lowered.content}
        binary = FILE if "Multipart" in codecs else inputs.binary
        is_form = codecs <= media_types.FORMS
        own = replace(
            inputs,
            binary=binary,
            is_patch="MergePatch" in codecs,
            is_form=is_form,
            has_choice=len(codecs) > 1,
        )
        if codecs == {"Multipart"}:
            own = replace(own, parts=bodies.unwritten_members(inputs, body))
        found += own.arguments(schema, lowered.is_required)
        found.append(bodies.members_at_once(inputs, lowered, schema))
        defaults = inputs.defaults(schema)
        spokes = inputs.spokes(schema, defaults)
    elif lowered:
        found.append(bodies.whole(inputs, lowered, is_nullable))
    if lowered and (option := bodies.option(lowered)):
        found.append(option)
    arguments = tuple(_with_older(list(_named(found))))
    if lowered and not schema:
        ident = next(one.ident for one in arguments if one.place == "body")
        lowered = replace(lowered, argument=ident)
    return Request(path, arguments, lowered, schema, defaults, spokes)


def _named(found: list[ir.Argument]) -> Iterator[ir.Argument]:
    """Arguments with their names; of what would be called the same each says where it goes."""
    idents: dict[tuple[str, str], str] = {}
    for place in dict.fromkeys(one.place for one in found):
        own = {one.name: one.ident for one in found if one.place == place}
        idents |= {
            (place, name): ident for name, ident in names.distinct(own, names.argument, own).items()
        }
    count = Counter(idents[one.place, one.name] for one in found if one.place != bodies.WHOLE)
    used = set(count)
    for one in found:
        ident = idents[one.place, one.name]
        if one.place == bodies.WHOLE:
            ident = names.unused(ident, used)
        elif count[ident] > 1:
            ident = names.unused(names.argument(f"{one.place} {one.name}"), used, one.name)
            used.add(ident)
        yield replace(one, ident=ident)


def _with_older(found: list[ir.Argument]) -> Iterator[ir.Argument]:
    """Arguments that know which older ones fold into them."""
    older: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if one.hub:
            older.setdefault(one.hub, []).append(one.ident)
    for one in found:
        yield replace(one, older=tuple(older.get(parameter_key(one.place, one.name), ())))


# Parameters


def _template(operation: OperationObject) -> str:
    """A path without what its query says of parameters that the document has as such: `/search?q={q}`. A client sends no
    fragment, and no URL holds control characters: they are percent-encoded, but for those in names of parameters."""
    path = _CONTROL.sub(lambda found: found[1] or quote(found[0]), operation.path)
    head, _, query = path.partition("#")[0].partition("?")
    left = [
        pair
        for pair in query.split("&")
        if not any(
            pair == f"{name}={{{name}}}" for place, name in operation.parameters if place == "query"
        )
    ]
    return f"{head}?{'&'.join(left)}" if any(left) else head


def _parameters(inputs: Inputs, operation: OperationObject, path: str) -> Iterator[ir.Argument]:
    for name in dict.fromkeys(_slots(path)):
        if ("path", name) not in operation.parameters:
            type_ = union([TEXT, INTEGER])
            yield ir.Argument(name, "path", "", operation.pointer, type_, ir.Mark(), "", True)
    for key, parameter in operation.parameters.items():
        if _is_given(inputs.api, operation, path, key):
            yield _parameter(inputs, parameter)


def ungiven(api: OpenApi, operation: OperationObject) -> frozenset[ParameterKey]:
    """The parameters of an operation that are no arguments."""
    path = _template(operation)
    return frozenset(
        key for key in operation.parameters if not _is_given(api, operation, path, key)
    )


def _is_given(api: OpenApi, operation: OperationObject, path: str, key: ParameterKey) -> bool:
    """Whether the caller gives a parameter: what a header of some names holds is known otherwise."""
    location, name = key
    if location == "header" and name == "authorization":
        return not security.requirements(api, operation)
    if location == "path":
        return name in _slots(path)
    return name not in _IGNORED if location == "header" else location in {*_STYLES, _WHOLE_QUERY}


def _slots(path: str) -> list[str]:
    return [name for name in re.findall(r"{([^{}]*)}", path) if name]


def _parameter(inputs: Inputs, parameter: ParameterObject) -> ir.Argument:
    location = parameter.location
    options = [one for one in inputs.options(*parameter.value_schema) if one != NULL] or [TEXT]
    if parameter.allow_empty_value and location == "query" and TEXT not in options:
        options.append(enumerated([""]))
    own = x_compat.keywords(parameter.extensions)
    hub = x_compat.parameter_of(own.get("into"))
    older = docs.of_older(own.get("deprecated") or {}, hub[1]) if hub else ""
    schema = parameter.value_schema
    said = {
        "description": parameter.description,
        "deprecated": parameter.is_deprecated,
        **({"example": parameter.example} if parameter.example is not None else {}),
    }
    target = follow(inputs.document, *schema)[1]
    told = {**(target if isinstance(target, dict) else {}), **_own(schema.value), **_said(said)}
    return ir.Argument(
        name=parameter.name,
        place=location,
        ident=given_name(parameter.extensions, PARAMETERS),
        pointer=parameter.pointer,
        type=union(options),
        mark=_mark(inputs, parameter),
        doc=docs.argument_docs(told, None),
        is_required=location == "path" or parameter.is_required,
        deprecation=older or docs.deprecation_docs(told, None),
        hub=parameter_key(*hub) if hub else None,
    )


def _mark(inputs: Inputs, parameter: ParameterObject) -> ir.Mark:
    if parameter.location == _WHOLE_QUERY:
        return _whole_query(inputs, parameter)
    is_base64 = inputs.are_all("byte", *parameter.value_schema)
    return replace(_style(parameter), is_base64=is_base64)


def _own(schema: Any) -> JsonObject:
    return schema if isinstance(schema, dict) else {}


def _said(members: JsonObject) -> JsonObject:
    return {key: value for key, value in members.items() if value not in (None, False)}


def _style(parameter: ParameterObject) -> ir.Mark:
    usual, explodes = _STYLES[parameter.location]
    is_reserved = parameter.allow_reserved and parameter.location in {"query", "path"}
    if parameter.content is not None and parameter.schema is None:
        kinds = [media_types.codec_of(one.name, {}) for one in parameter.content]
        return ir.Mark(style="" if "Text" in kinds else "json", is_reserved=is_reserved)
    style = parameter.style or usual
    default = explodes if style == usual else style in {"form", "cookie"}
    explode = default if parameter.explode is None else parameter.explode
    return ir.Mark(
        style=style if style != usual else "",
        explode=explode if explode != explodes else None,
        is_reserved=is_reserved,
    )


def _whole_query(inputs: Inputs, parameter: ParameterObject) -> ir.Mark:
    """The mark of what is all of the query, with the codec of its media type; what we know none of is text."""
    for media_type in parameter.content or ():
        codec = media.lower(inputs.named, media_type).codec
        if codec.name in {"Form", "Json"}:
            encodings = bodies.encodings(media_type, True) if codec.name == "Form" else ()
            # Folded it is as a parameter, together with the others.
            one_way = replace(codec, media_type=None, fold="", denormalize="", older="")
            return ir.Mark(codec=replace(one_way, encodings=encodings))
    return ir.Mark(codec=ir.Codec("Text"))
