"""Inline schemas that are one class: those of several responses, or of several media types of a body, of one operation that
are the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from speclens.lower.ground.facts import identity
from speclens.source.pointer import join, tokens

_TOLD = frozenset({"description", "example", "examples", "externalDocs", "$comment"})
"""What does not make a class another one."""
_SUCCESS = frozenset({"200", "201"})


@dataclass(frozen=True, slots=True)
class Same:
    """The roots of inline schemas that are the same as one before: their pointers, with that of the first. `statuses` has
    what a first one of several responses is called after: `200`, or `Error`."""

    firsts: dict[str, str]
    statuses: dict[str, str]


def same_schemas(roots: Iterable[tuple[str, Any, bool]]) -> Same:
    """Those of some outermost schemas: their pointers, what they are, and whether a model judges them."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for pointer, schema, is_judged in roots:
        side = _side(pointer)
        if side and isinstance(schema, dict) and "$ref" not in schema:
            key = (side, str(is_judged), identity(_without_docs(schema)))
            groups.setdefault(key, []).append(pointer)
    found = Same({}, {})
    for group in groups.values():
        found.firsts.update(dict.fromkeys(group[1:], group[0]))
        if len(group) > 1 and (status := _status(group)):
            found.statuses[group[0]] = status
    return found


def _side(pointer: str) -> str:
    """The place of the responses, or of the body, of the operation that a schema is one of; "" if it is none."""
    path = tokens(pointer)
    is_response = path[3:4] == ("responses",) and len(path) == 8
    is_body = path[3:4] == ("requestBody",) and len(path) == 7
    if path[0] != "paths" or path[-1] != "schema" or not (is_response or is_body):
        return ""
    return join("#", *path[:4])


def _status(group: list[str]) -> str:
    path = tokens(group[0])
    statuses = {tokens(pointer)[4] for pointer in group}
    if path[3] != "responses" or len(statuses) == 1:
        return ""
    if statuses & _SUCCESS:
        return "200"
    is_error = all(status[:1] in {"4", "5"} or status == "default" for status in statuses)
    return "Error" if is_error else ""


def _without_docs(schema: Any, is_schema: bool = True) -> Any:
    """A schema without what only tells of it."""
    if isinstance(schema, list):
        return [_without_docs(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return dict(_members(schema, is_schema))


def _members(schema: dict[str, Any], is_schema: bool) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items():
        is_map = is_schema and key in {"properties", "patternProperties", "$defs"}
        is_value = is_schema and key in {"const", "enum", "default"}
        if not is_schema or key not in _TOLD:
            yield key, value if is_value else _without_docs(value, is_schema=not is_map)
