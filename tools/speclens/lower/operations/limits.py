"""How many values a server reads of a body, so that what it makes of them has room in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.walk import JsonObject, follow, subschemas
from speclens.source.pointer import get, join

_MANY = frozenset(
    (
        "items",
        "additionalProperties",
        "patternProperties",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
"""The keywords whose schemas describe any number of values."""
_MOST = 10_000
_OBJECTS = 25_000
"""Small objects that a server makes of a body: these, the body and its parsed values take less than 20 MB."""
_PROPERTIES = 30
"""Properties of a model that take as much memory as a small object does."""
_MEMBERS = 8
"""Members of an object of a template that take as much memory as a small object does."""


def most_values(document: JsonObject, places: Iterable[str]) -> int:
    """The values of a body that a server reads unless its caller says otherwise. There are fewer if the schemas at some
    places have large templates of x-compat, or many properties: each value may become what these describe."""
    made, width = 1.0, 0
    for place, schema, is_many in _reached(document, places):
        keywords = x_compat.keywords(schema)
        if "each" in keywords or (is_many and "to" in keywords):
            made = max(made, _size(x_compat.shape(place, schema, keywords).template))
        if is_many:
            width = max(width, len(composed.properties(document, place, schema)))
    size = made * (1 + width / _PROPERTIES)
    return _MOST if size <= _OBJECTS / _MOST else max(1, int(_OBJECTS / size))


def _reached(document: JsonObject, places: Iterable[str]) -> Iterator[tuple[str, Any, bool]]:
    """The schemas at some places, and all that they lead to; and whether a body may hold many values of each."""
    left, seen = [(place, False) for place in places], set[tuple[str, bool]]()
    while left:
        place, is_many = left.pop()
        if (place, is_many) in seen:
            continue
        seen.add((place, is_many))
        schema = get(document, place)
        yield place, schema, is_many
        for path, _ in subschemas(schema):
            left.append((join(place, *path), is_many or path[0] in _MANY))
        left.append((follow(document, place, schema)[0], is_many))


def _size(template: Any) -> float:
    """The small objects and arrays that take as much memory as the result of a template."""
    size, left = 0.0, [template]
    while left:
        value = left.pop()
        if isinstance(value, (dict, list)):
            size += 1 + len(value) / _MEMBERS
            left += value.values() if isinstance(value, dict) else value
    return size
