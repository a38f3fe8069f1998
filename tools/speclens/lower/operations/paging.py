"""Pagination, as extensions of other generators tell it: which argument asks for the next page, and where an answer says
of it.

A page with fewer results than asked for does not count as the last one, because servers cap what they give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.lower.ground import composed, x_compat
from speclens.openapi.nodes import OperationObject
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, get, join, tokens

EXTENSIONS = ("x-fern-pagination", "x-speakeasy-pagination")
_Arguments = dict[str, tuple[str, Any]]
"""By wire name what an argument is called, and the default of its schema."""
_IN_BODY = frozenset({"member", "body"})
_Reader = Callable[[Any], composed.PropertyPath | None]
"""Gives the members that a path leads through; None for what is no plain path."""


def paging(
    document: JsonObject,
    operation: OperationObject,
    arguments: Sequence[ir.Argument],
    answers: Sequence[ir.Response],
) -> str:
    """The expression that asks for the next page; "" where a document says nothing that can be followed. Where it names an
    older field, the canonical one is meant: that is what calls and answers hold."""
    fern, speakeasy = (operation.extensions.get(extension) for extension in EXTENSIONS)
    if not isinstance(fern, dict) and not isinstance(speakeasy, dict):
        return ""
    of_body, parameters = (
        _known(
            document, operation, [one for one in arguments if (one.place in _IN_BODY) is is_body]
        )
        for is_body in (True, False)
    )
    places = [media.schema for one in answers if one.is_success for media in one.content]

    def names(path: Any) -> composed.PropertyPath | None:
        found = _names(path)
        return _canonical(document, places[0], found) if places and found else found

    if isinstance(fern, dict):
        return _fern(fern, of_body | parameters, names)
    if not isinstance(speakeasy, dict):
        return ""
    return _speakeasy(speakeasy, {"requestBody": of_body, "parameters": parameters}, names)


def _known(
    document: JsonObject, operation: OperationObject, arguments: Sequence[ir.Argument]
) -> _Arguments:
    of_name = {one.name: one for one in arguments if one.place != "object"}
    return {
        name: (hub.ident, _default(document, operation, hub))
        for name, one in of_name.items()
        if (hub := of_name.get(_hub(document, operation, one)))
    }


def _hub(document: JsonObject, operation: OperationObject, argument: ir.Argument) -> str:
    """The name of the argument that has the value of another one now; its own if it folds into none, and "" if its value
    becomes another one, or a part of one."""
    parameter = operation.parameter_at(argument.pointer)
    place, schema = (parameter.schema or ("", None)) if parameter else (argument.pointer, get(document, argument.pointer))  # fmt: skip
    told = x_compat.keywords(parameter.extensions if parameter else schema)
    into = told.get("into")
    hub = x_compat.parameter_of(into)
    path = hub[1:] if hub else tokens(into) if isinstance(into, str) else ()
    if not path:
        return argument.name
    shapes = x_compat.branches(document, place, schema, is_spoke=True)
    is_plain = not told.keys() & x_compat.SHAPE_KEYWORDS
    is_plain &= all(one.shape is not None and one.shape.is_rename for one in shapes)
    return path[0] if is_plain and len(path) == 1 else ""


def _canonical(
    document: JsonObject, place: str, names: composed.PropertyPath
) -> composed.PropertyPath:
    """Members on the way into an answer by their canonical names."""
    found: list[str] = []
    for name in names:
        schema = get(document, place) if place else None
        spokes = {spoke.name: spoke.hub for spoke in x_compat.spokes(document, place, schema)}
        for step in spokes.get(name, (name,)):
            found.append(step)
            schema = get(document, place) if place else None
            place = composed.properties(document, place, schema).get(step, ("", None))[0]
    return tuple(found)


def _default(document: JsonObject, operation: OperationObject, argument: ir.Argument) -> Any:
    """What the server takes where an argument is left out."""
    if parameter := operation.parameter_at(argument.pointer):
        place, schema = parameter.schema or ("", None)
    else:
        place, schema = argument.pointer, get(document, argument.pointer)
    target = follow(document, place, schema)[1]
    return target.get("default") if isinstance(target, dict) else None


def _fern(said: JsonObject, known: _Arguments, names: _Reader) -> str:
    """`x-fern-pagination: {cursor: $request.cursor, next_cursor: $response.next, results: $response.data}`, or
    `{offset: $request.page, results: $response.data, step: $request.limit, has-next-page: $response.more}`."""
    cursor, offset, step = (_last(said.get(key)) for key in ("cursor", "offset", "step"))
    following, results = names(said.get("next_cursor")), names(said.get("results"))
    if cursor in known and following:
        return f"Cursor({literal(known[cursor][0])}, {tuple_literal(following)})"
    if offset in known and results is not None:
        more = names(said.get("has-next-page")) or ()
        return _count(known, offset, results, is_offset=bool(step), more=more)
    link = names(said.get("next_uri") or said.get("next_path"))
    return f"Link({tuple_literal(link)})" if link else ""


def _speakeasy(said: JsonObject, places: Mapping[str, _Arguments], names: _Reader) -> str:
    """`x-speakeasy-pagination: {type: cursor, inputs: [{name, in, type}], outputs: {nextCursor: $.next}}`, or `type:
    offsetLimit` with an input of the type page or offset, and outputs `results`, `numPages`."""
    inputs, outputs = said.get("inputs"), said.get("outputs")
    listed = [one for one in inputs if isinstance(one, dict)] if isinstance(inputs, list) else []
    roles = {str(one.get("type")): str(one.get("name")) for one in listed}
    known: _Arguments = {}
    for one in listed:
        name, place = str(one.get("name")), places.get(str(one.get("in")), {})
        known |= {name: place[name]} if name in place else {}
    found = outputs if isinstance(outputs, dict) else {}
    following, results = names(found.get("nextCursor")), names(found.get("results"))
    total = names(found.get("numPages")) or ()
    if said.get("type") == "url" and (link := names(found.get("nextUrl"))):
        return f"Link({tuple_literal(link)})"
    if said.get("type") == "cursor" and roles.get("cursor") in known and following:
        return f"Cursor({literal(known[roles['cursor']][0])}, {tuple_literal(following)})"
    if (
        said.get("type") == "offsetLimit"
        and roles.get("page") in known
        and (total or results is not None)
    ):
        return _count(known, roles["page"], results, total=total)
    if said.get("type") == "offsetLimit" and roles.get("offset") in known and results is not None:
        return _count(known, roles["offset"], results, is_offset=True)
    return ""


def _count(
    known: _Arguments,
    argument: str,
    results: tuple[str, ...] | None,
    is_offset: bool = False,
    total: tuple[str, ...] = (),
    more: tuple[str, ...] = (),
) -> str:
    ident, default = known[argument]
    usual = 0 if is_offset else 1
    first = default if isinstance(default, int) and not isinstance(default, bool) else usual
    told = [literal(ident)]
    told += [tuple_literal(results)] if results is not None else []
    told += [f"first={first}"] if first != 1 else []
    told += ["is_offset=True"] if is_offset else []
    told += [f"total={tuple_literal(total)}"] if total else []
    told += [f"more={tuple_literal(more)}"] if more else []
    return f"Count({', '.join(told)})"


def _names(path: Any) -> composed.PropertyPath | None:
    """The members that a plain path leads through: `$.meta.next`, `$response.data`, `$` for all of an answer."""
    match = re.fullmatch(r"\$(?:response)?((?:\.[\w-]+)*)", path) if isinstance(path, str) else None
    return tuple(match[1].split(".")[1:]) if match else None


def _last(path: Any) -> str:
    return path.rpartition(".")[2] if isinstance(path, str) else ""


def unpaged(client: ir.Client, written: Iterable[OperationObject]) -> Iterator[Finding]:
    """Warnings on pages that a document tells of in a way that is not understood."""
    found = {one.pointer: one.extensions for one in written}
    for one in client.operations:
        told = [key for key in EXTENSIONS if found[one.pointer].get(key)]
        if told and not one.paging:
            place = join(one.pointer, told[0])
            message = f"{one.name} has no method for its pages: this names no argument of it, or a path of another kind"
            hint = "paths are `$response.a.b` or `$.a.b`"
            yield Finding("operation/not-paged", place, message, hint, "warning")
