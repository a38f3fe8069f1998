"""Limits the values that a server reads of a body, so that the objects that it makes of them fit in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.groups import groups
from speclens.lower.ground.walk import subschemas
from speclens.lower.rewrites import inherit
from speclens.source.pointer import JsonObject, follow, get, join

_MANY = frozenset({
    "items", "additionalProperties", "patternProperties", "unevaluatedItems", "unevaluatedProperties",
})  # fmt: skip
"""The keywords whose schemas describe any number of values."""
_MOST = 10_000
_OBJECTS = 25_000
"""The small objects that a server may make of a body. These, the body and its parsed values take less than 20 MB."""
_PROPERTIES = 30
"""So many properties of a model take as much memory as a small object."""
_OPTIONS = 100_000
"""A body may make a server try options of unions on its values so many times. This takes about 0.4 s of CPU."""
_MEMBERS = 8
"""So many members in a template take as much memory as a small object."""


def most_values(document: JsonObject, places: Iterable[str]) -> int:
    """The default of `max_body_values`, from the schemas of bodies at some places. It is lower if x-compat makes several
    objects of a value, if items have many properties, or if they have many options that no required `const` tells apart."""
    made, width, options = 1.0, 0, 1
    for place, is_many in _reached(document, [*places]).items():
        schema = get(document, place)
        made = max(made, _made(place, schema, is_many))
        if is_many:
            width = max(width, len(composed.properties(document, place, schema)))
            options = max(options, _options(document, place, schema))
    size = made * (1 + width / _PROPERTIES)
    most = _MOST if size <= _OBJECTS / _MOST else int(_OBJECTS / size)
    return max(1, min(most, _OPTIONS // options))


def _options(document: JsonObject, pointer: str, schema: Any) -> int:
    """The number of options that are tried on a value one after the other, those of unions inside a union included. An option
    is not tried if the `const` of a property that it requires says that the value is not one of its values."""
    left, seen, count = [(pointer, schema)], set[str](), 0
    while left:
        place, inner = follow(document, *left.pop())
        options = [] if place in seen else list(_untold(document, place, inner))
        seen.add(place)
        left += options
        count += not options
    return count


def _untold(document: JsonObject, pointer: str, schema: Any) -> Iterator[tuple[str, Any]]:
    """The options of a union that a value may be tried on."""
    for path, option in subschemas(schema):
        place = join(pointer, *path)
        if path[0] in ("oneOf", "anyOf") and not _is_told(document, place, option):
            yield place, option


def _is_told(document: JsonObject, pointer: str, option: Any) -> bool:
    layers = [layer for _, layer in composed.layers(document, pointer, option)]
    required = {name for layer in layers for name in layer.get("required", ())}
    inside = composed.properties(document, pointer, option).items()
    return any(
        name in required and isinstance(one, dict) and "const" in one for name, (_, one) in inside
    )


def _made(place: str, schema: Any, is_many: bool) -> float:
    """The number of small objects that x-compat makes of one value: in its template, and on the way to its hub. It is 0 if a
    body has only one such value."""
    keywords = x_compat.keywords(schema)
    if not (is_many or "each" in keywords):
        return 0
    into = keywords.get("into")
    way = into.count("/") - 1 if isinstance(into, str) and is_many else 0
    return way + _size(x_compat.shape(place, schema, keywords).template)


def _reached(document: JsonObject, places: Sequence[str]) -> dict[str, bool]:
    """The schemas at some places and all schemas that they lead to. The value says whether a body may hold many values of the
    schema: that is so for items and the like, and for schemas that lead to themselves."""
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
    """The places to which each schema leads directly, by its place, and whether any number of values may stand there."""
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
    """The size of the result of a template, in small objects."""
    size, left = 0.0, [template]
    while left:
        value = left.pop()
        if isinstance(value, (dict, list)):
            size += 1 + len(value) / _MEMBERS
            left += value.values() if isinstance(value, dict) else value
    return size
