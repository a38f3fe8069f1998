"""The Schema Objects of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from speclens.objects import nodes
from speclens.objects.tables import SUBSCHEMAS
from speclens.source.pointer import JsonObject, join

T = TypeVar("T")
_MOST_KEPT = 512
_KEPT: list[dict[Any, Any]] = []
"""What each remembered function keeps."""


def remembered(
    find: Callable[[JsonObject, str, Any], T],
) -> Callable[[JsonObject, str, Any], T]:
    """A function of a place of a document that gives what it lately gave for the very same objects: who asks about every
    property of an object asks about the object each time. Nobody changes a document after it was asked about, nor what
    was found."""
    kept: dict[tuple[int, str, int], tuple[JsonObject, Any, T]] = {}
    _KEPT.append(kept)

    @wraps(find)
    def found(document: JsonObject, pointer: str, schema: Any) -> T:
        name = (id(document), pointer, id(schema))
        if name not in kept:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[name] = (document, schema, find(document, pointer, schema))  # objects keep ids
        return kept[name][2]

    return found


def forget() -> None:
    """Let go of the documents that remembered functions were asked about: nothing else needs their views later."""
    for kept in _KEPT:
        kept.clear()


def outermost_schemas(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The Schema Objects that are inside no other, with their pointers, in document order."""
    for node in nodes(document, is_outermost=True):
        if node.kind == "schema":
            yield node.pointer, node.value


def subschemas(schema: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The schemas directly inside a schema: (relative tokens, schema)."""
    for keyword, value in schema.items() if isinstance(schema, dict) else ():
        how = SUBSCHEMAS[keyword][0] if keyword in SUBSCHEMAS else ""
        if how == "one" and isinstance(value, (dict, bool)):
            yield (keyword,), value
        elif how == "list" and isinstance(value, list):
            yield from (((keyword, str(index)), inner) for index, inner in enumerate(value))
        elif how == "map" and isinstance(value, dict):
            yield from (((keyword, name), inner) for name, inner in value.items())


def nested(pointer: str, schema: Any) -> Iterator[tuple[str, Any]]:
    """A schema and all schemas inside it."""
    stack = [(pointer, schema)]
    while stack:
        here, value = stack.pop()
        yield here, value
        inside = [(join(here, *path), inner) for path, inner in subschemas(value)]
        stack.extend(reversed(inside))


def all_schemas(document: JsonObject) -> Iterator[tuple[str, Any]]:
    """Every Schema Object of a document with its pointer, the inner ones included."""
    for pointer, schema in outermost_schemas(document):
        yield from nested(pointer, schema)
