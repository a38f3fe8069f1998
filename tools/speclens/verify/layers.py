"""The constraints of several schemas on one value (types, bounds, exclusions), and combinations of alternatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from speclens.objects import declared_types
from speclens.source.pointer import JsonObject
from speclens.verify.values import Json

Layers = tuple[Any, ...]
"""Schemas without `$ref` and combinators, all of which apply to one value."""

JSON_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_MOST_ALTERNATIVES = 32


def combined(parts: Sequence[Sequence[Layers]]) -> Iterator[Layers]:
    """Combinations of one alternative from each part. If there are too many, each alternative once, with the first ones of
    the other parts."""
    if not all(parts):
        return
    found: list[tuple[Layers, ...]] = [()]
    if prod(map(len, parts)) <= _MOST_ALTERNATIVES:
        for part in parts:
            found = [(*before, one) for before in found for one in part]
    else:
        first = [part[0] for part in parts]
        found = [tuple(first)]
        for index, part in enumerate(parts):
            found += [(*first[:index], one, *first[index + 1 :]) for one in part[1:]]
    for chosen in found[:_MOST_ALTERNATIVES]:
        yield tuple(layer for part in chosen for layer in part)


def excluded(layer: JsonObject, keyword: str) -> list[Any]:
    """The list under a keyword in a schema's `not`."""
    inner = layer.get("not")
    return list(inner.get(keyword, ())) if isinstance(inner, dict) else []


def types_of_value(value: Json) -> set[str]:
    """The names of a value's type in JSON Schema."""
    if isinstance(value, bool) or value is None:
        return {"null" if value is None else "boolean"}
    if isinstance(value, int | float):
        return {"number", "integer"} if value == int(value) else {"number"}
    if isinstance(value, str):
        return {"string"}
    return {"array" if isinstance(value, list) else "object"}


def types(layers: Layers) -> set[str]:
    """The types that all layers accept."""
    found = set[str](JSON_TYPES)
    for layer in layers:
        if "type" in layer:
            declared = declared_types(layer)
            found &= {*declared, "integer"} if "number" in declared else set(declared)
    return found


def sizes(layers: Layers, low: str, high: str) -> tuple[int, int]:
    """The smallest and the largest size that two keywords allow."""
    return (
        int(max((layer[low] for layer in layers if low in layer), default=0)),
        int(min((layer[high] for layer in layers if high in layer), default=1000)),
    )
