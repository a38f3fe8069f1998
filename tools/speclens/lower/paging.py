"""Pagination, as extensions of other generators tell it: which argument asks for the next page, and where an answer says
of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.lower.walk import JsonObject


def paging(operation: JsonObject, arguments: Sequence[ir.Argument]) -> str:
    """The expression that asks for the next page; "" where a document says nothing that can be followed."""
    idents = {one.name: one.ident for one in arguments}
    fern, speakeasy = (operation.get(f"x-{name}-pagination") for name in ("fern", "speakeasy"))
    if isinstance(fern, dict):
        return _fern(fern, idents)
    return _speakeasy(speakeasy, idents) if isinstance(speakeasy, dict) else ""


def _fern(said: JsonObject, idents: dict[str, str]) -> str:
    """`x-fern-pagination: {cursor: $request.cursor, next_cursor: $response.next, results: $response.data}`."""
    cursor, offset = (_last(said.get(key)) for key in ("cursor", "offset"))
    following, results = _names(said.get("next_cursor")), _names(said.get("results"))
    if cursor in idents and following:
        return f"Cursor({literal(idents[cursor])}, {tuple_literal(following)})"
    if offset in idents and results is not None:
        return f"Count({literal(idents[offset])}, {tuple_literal(results)})"
    return ""


def _speakeasy(said: JsonObject, idents: dict[str, str]) -> str:
    """`x-speakeasy-pagination: {type: cursor, inputs: [{name, in, type}], outputs: {nextCursor: $.next}}`."""
    inputs, outputs = said.get("inputs"), said.get("outputs")
    listed = [one for one in inputs if isinstance(one, dict)] if isinstance(inputs, list) else []
    roles = {one.get("type"): str(one.get("name")) for one in listed}
    found = outputs if isinstance(outputs, dict) else {}
    following, results = _names(found.get("nextCursor")), _names(found.get("results"))
    if said.get("type") == "cursor" and roles.get("cursor") in idents and following:
        return f"Cursor({literal(idents[roles['cursor']])}, {tuple_literal(following)})"
    for role, more in (("page", ""), ("offset", ", first=0, is_offset=True")):
        if said.get("type") == "offsetLimit" and roles.get(role) in idents and results is not None:
            return f"Count({literal(idents[roles[role]])}, {tuple_literal(results)}{more})"
    return ""


def _names(path: Any) -> tuple[str, ...] | None:
    """The members that a plain path leads through: `$.meta.next`, `$response.data`, `$` for all of an answer."""
    match = re.fullmatch(r"\$(?:response)?((?:\.[\w-]+)*)", path) if isinstance(path, str) else None
    return tuple(match[1].split(".")[1:]) if match else None


def _last(path: Any) -> str:
    return path.rpartition(".")[2] if isinstance(path, str) else ""
