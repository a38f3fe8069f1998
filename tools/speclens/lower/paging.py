"""Pagination, as extensions of other generators tell it: which argument asks for the next page, and where an answer says
of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.lower.walk import JsonObject, follow
from speclens.source.pointer import get

EXTENSIONS = ("x-fern-pagination", "x-speakeasy-pagination")
_Arguments = dict[str, tuple[str, Any]]
"""By wire name what an argument is called, and the default of its schema."""


def paging(document: JsonObject, operation: JsonObject, arguments: Sequence[ir.Argument]) -> str:
    """The expression that asks for the next page; "" where a document says nothing that can be followed."""
    known = {one.name: (one.ident, _default(document, one.pointer)) for one in arguments}
    fern, speakeasy = (operation.get(extension) for extension in EXTENSIONS)
    if isinstance(fern, dict):
        return _fern(fern, known)
    return _speakeasy(speakeasy, known) if isinstance(speakeasy, dict) else ""


def _default(document: JsonObject, pointer: str) -> Any:
    """What the server takes where an argument is left out."""
    _, found = follow(document, pointer, get(document, pointer))
    schema = found.get("schema", found) if isinstance(found, dict) else None
    _, target = follow(document, pointer, schema)
    return target.get("default") if isinstance(target, dict) else None


def _fern(said: JsonObject, known: _Arguments) -> str:
    """`x-fern-pagination: {cursor: $request.cursor, next_cursor: $response.next, results: $response.data}`, or
    `{offset: $request.page, results: $response.data, step: $request.limit, has-next-page: $response.more}`."""
    cursor, offset, step = (_last(said.get(key)) for key in ("cursor", "offset", "step"))
    following, results = _names(said.get("next_cursor")), _names(said.get("results"))
    if cursor in known and following:
        return f"Cursor({literal(known[cursor][0])}, {tuple_literal(following)})"
    if offset in known and results is not None:
        more = _names(said.get("has-next-page")) or ()
        return _count(known, offset, results, is_offset=bool(step), more=more)
    link = _names(said.get("next_uri") or said.get("next_path"))
    return f"Link({tuple_literal(link)})" if link else ""


def _speakeasy(said: JsonObject, known: _Arguments) -> str:
    """`x-speakeasy-pagination: {type: cursor, inputs: [{name, in, type}], outputs: {nextCursor: $.next}}`, or `type:
    offsetLimit` with an input of the type page or offset, and outputs `results`, `numPages`."""
    inputs, outputs = said.get("inputs"), said.get("outputs")
    listed = [one for one in inputs if isinstance(one, dict)] if isinstance(inputs, list) else []
    roles = {str(one.get("type")): str(one.get("name")) for one in listed}
    found = outputs if isinstance(outputs, dict) else {}
    following, results = _names(found.get("nextCursor")), _names(found.get("results"))
    total = _names(found.get("numPages")) or ()
    if said.get("type") == "url" and (link := _names(found.get("nextUrl"))):
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


def _names(path: Any) -> tuple[str, ...] | None:
    """The members that a plain path leads through: `$.meta.next`, `$response.data`, `$` for all of an answer."""
    match = re.fullmatch(r"\$(?:response)?((?:\.[\w-]+)*)", path) if isinstance(path, str) else None
    return tuple(match[1].split(".")[1:]) if match else None


def _last(path: Any) -> str:
    return path.rpartition(".")[2] if isinstance(path, str) else ""
