"""Estimates the work to judge one value by a schema.

Validators evaluate a subschema once for each path that leads to it, so a document of forty lines can cause 2**40
evaluations. Code that validates with a document's own schemas asks this module first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from speclens.patterns import USUAL, weight
from speclens.source import pointer

LIMIT = 2_000
"""The most evaluations of one value, and the largest cost that `costs` reports."""

_MAX_CHAIN = 100
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLES = ("not", "if", "then", "else")


def costs(document: dict[str, Any]) -> Callable[[str], int]:
    """A function from a schema's pointer to the number of schemas that judge the same value, at most LIMIT."""
    known: dict[str, int] = {}

    def cost(place: str, chain: int = 0) -> int:
        if place in known:
            return known[place]
        if chain > _MAX_CHAIN:
            return LIMIT
        known[place] = 1
        total = 1
        for part in _in_place(document, place):
            total = min(LIMIT, total + cost(part, chain + 1))
        known[place] = total
        return total

    return cost


def compiled_sizes(document: dict[str, Any], patterns: Collection[str]) -> Callable[[str], int]:
    """A function from a schema's pointer to the bytes to which the patterns of its validator compile. Each validator
    compiles its patterns anew. A schema with a reference may need any of the document's `patterns`."""
    small = {one: found for one in patterns if (found := weight(one)) <= USUAL}
    total = sum(small.values())
    known: dict[int, int] = {}

    def inside(value: Any) -> int:
        if not isinstance(value, (dict, list)):
            return small.get(value, 0) if isinstance(value, str) else 0
        if id(value) not in known:
            found = sum(map(inside, value.values() if isinstance(value, dict) else value))
            names = value if isinstance(value, dict) else ()
            found += total if "$ref" in names else sum(small.get(name, 0) for name in names)
            known[id(value)] = min(total, found)
        return known[id(value)]

    return lambda place: inside(pointer.get(document, place)) if total else 0


def _in_place(document: dict[str, Any], place: str) -> Iterator[str]:
    """The subschemas that apply to the same value (JSON Schema 2020-12, core 10.2)."""
    try:
        schema = pointer.get(document, place)
    except (KeyError, ValueError):
        return
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and (named := pointer.from_reference(reference)):
        yield named
    for keyword in _LISTS:
        listed = schema.get(keyword)
        for index in range(len(listed) if isinstance(listed, list) else 0):
            yield pointer.join(place, keyword, index)
    yield from (pointer.join(place, keyword) for keyword in _SINGLES if keyword in schema)
    dependent = schema.get("dependentSchemas")
    for key in dependent if isinstance(dependent, dict) else ():
        yield pointer.join(place, "dependentSchemas", key)
