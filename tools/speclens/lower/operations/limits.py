"""How many values a server reads of a body, so that what it makes of them has room in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.groups import groups
from speclens.lower.ground.walk import JsonObject, follow, subschemas
from speclens.lower.rewrites import inherit
from speclens.source.pointer import get, join

_MANY = frozenset({
    "items", "additionalProperties", "patternProperties", "unevaluatedItems", "unevaluatedProperties",
})  # fmt: skip
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
    places make several objects of a value by x-compat, or have many properties: each value may become what they describe."""
    made, width = 1.0, 0
    for place, is_many in _reached(document, [*places]).items():
        schema = get(document, place)
        made = max(made, _made(place, schema, is_many))
        if is_many:
            width = max(width, len(composed.properties(document, place, schema)))
    size = made * (1 + width / _PROPERTIES)
    return _MOST if size <= _OBJECTS / _MOST else max(1, int(_OBJECTS / size))


def _made(place: str, schema: Any, is_many: bool) -> float:
    """The small objects that x-compat makes of each of many values of a schema: by its template, and on the way to its hub."""
    keywords = x_compat.keywords(schema)
    if not (is_many or "each" in keywords):
        return 0
    into = keywords.get("into")
    way = into.count("/") - 1 if isinstance(into, str) and is_many else 0
    return way + _size(x_compat.shape(place, schema, keywords).template)


def _reached(document: JsonObject, places: Sequence[str]) -> dict[str, bool]:
    """The schemas at some places, and all that they lead to; and whether a body may hold many values of each: it may of
    items and the like, and of schemas that lead to themselves."""
    parts = _parts(document, places)
    graph = {place: [part for part, _ in found] for place, found in parts.items()}
    circular = {place for group in groups(graph) if len(group) > 1 for place in group}
    found: dict[str, bool] = {}
    left = [(place, False) for place in places]
    while left:
        place, is_many = left.pop()
        is_many = is_many or place in circular
        if found.get(place, False) or found.get(place) is is_many:
            continue
        found[place] = is_many
        left += [(part, is_many or are_many) for part, are_many in parts[place]]
    return found


def _parts(document: JsonObject, places: Iterable[str]) -> dict[str, list[tuple[str, bool]]]:
    """By place of a schema the places that it leads to at once, and whether these are of any number of values."""
    children = inherit.children(document)
    found: dict[str, list[tuple[str, bool]]] = {}
    left = [*places]
    while left:
        place = left.pop()
        if place in found:
            continue
        schema = get(document, place)
        inside = [(join(place, *path), path[0] in _MANY) for path, _ in subschemas(schema)]
        beside = [follow(document, place, schema)[0], *children.get(place, ())]
        found[place] = inside + [(one, False) for one in beside if one != place]
        left += [part for part, _ in found[place]]
    return found


def _size(template: Any) -> float:
    """The small objects and arrays that take as much memory as the result of a template."""
    size, left = 0.0, [template]
    while left:
        value = left.pop()
        if isinstance(value, (dict, list)):
            size += 1 + len(value) / _MEMBERS
            left += value.values() if isinstance(value, dict) else value
    return size
