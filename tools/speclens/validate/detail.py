"""Estimates the cost of a validator's errors for a value. A validator makes all errors, each with the value and its place,
though speclens reports only some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.source.overlay.budget import Budget, TooCostly
from speclens.validate.document import Document, target

_STEPS = 2_000_000
_OF_A_NODE = 100
_OF_AN_ERROR = 10  # and one more for each value inside the value, and for each `_TEXT` characters in it or in its place
_TEXT = 50

_HERE = ("not", "if", "then", "else")
_OF_MEMBERS = ("additionalProperties", "unevaluatedProperties")
_OF_ITEMS = ("items", "contains", "unevaluatedItems")


def budget(document: Document) -> Budget:
    """The budget for the errors of all examples of a document. It grows with the document, not with its square."""
    return Budget(_STEPS + _OF_A_NODE * len(document.nodes))


def is_affordable(document: Document, schema: Any, value: Any, left: Budget) -> bool:
    """Whether the budget covers all errors of a value. Spends their cost."""
    sizes: dict[int, int] = {}
    stack = [(schema, value, 0)]
    try:
        while stack:
            here, judged, place = stack.pop()
            if not isinstance(here, dict):
                continue
            named = sum(len(_list(here, keyword)) for keyword in ("required", "enum"))
            left.spend((1 + named) * (_OF_AN_ERROR + _size(judged, sizes) + place // _TEXT))
            for part, inner, name in _parts(document, here, judged):
                left.spend(1)
                stack.append((part, inner, place + len(name)))
    except TooCostly:
        return False
    return True


def _parts(
    document: Document, schema: dict[str, Any], value: Any
) -> Iterator[tuple[Any, Any, str]]:
    """The schemas inside a schema that judge a value or its parts, each with the value that it judges and its name."""
    if isinstance(schema.get("$ref"), str) and (found := target(document, "#", schema["$ref"])):
        yield found[1], value, ""
    here = [part for keyword in ("allOf", "oneOf", "anyOf") for part in _list(schema, keyword)]
    here += [*map(schema.get, _HERE), *_map(schema, "dependentSchemas").values()]
    yield from ((part, value, "") for part in here)
    if isinstance(value, dict):
        for name in value.keys() & _map(schema, "properties").keys():
            yield schema["properties"][name], value[name], name
        further = [*_map(schema, "patternProperties").values(), *map(schema.get, _OF_MEMBERS)]
        yield from ((part, one, name) for part in further for name, one in value.items())
        yield from ((schema.get("propertyNames"), name, "") for name in value)
    elif isinstance(value, list):
        first = zip(_list(schema, "prefixItems"), value, strict=False)
        yield from ((part, one, "") for part, one in first)
        yield from ((schema.get(keyword), one, "") for keyword in _OF_ITEMS for one in value)


def _list(schema: dict[str, Any], keyword: str) -> list[Any]:
    found = schema.get(keyword)
    return found if isinstance(found, list) else []


def _map(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    found = schema.get(keyword)
    return found if isinstance(found, dict) else {}


def _size(value: Any, sizes: dict[int, int]) -> int:
    """The number of values inside a value. Long texts count as several."""
    if not isinstance(value, (dict, list)):
        return len(value) // _TEXT if isinstance(value, str) else 0
    if id(value) not in sizes:
        inner = value.values() if isinstance(value, dict) else value
        sizes[id(value)] = sum(1 + _size(one, sizes) for one in inner)
    return sizes[id(value)]
