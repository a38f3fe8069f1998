"""The objects that several schemas describe together, through references and `allOf`: their layers and properties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from speclens.lower.ground.walk import remembered
from speclens.objects import declared_types, sole_type
from speclens.source.pointer import JsonObject, follow, join

PropertyPath = tuple[str, ...]
"""The names of the properties on the way from an object to what is inside of it."""


def layers(
    document: JsonObject, pointer: str, schema: Any, keywords: Sequence[str] = ("allOf",)
) -> Iterator[tuple[str, JsonObject]]:
    """The object schemas that together make one: itself, what it refers to, and its `allOf` members; those of unions too if
    `keywords` names these."""
    stack, seen = [(pointer, schema)], set[str]()
    while stack:
        place, inner = stack.pop(0)
        if place in seen or not isinstance(inner, dict):
            continue
        seen.add(place)
        yield place, inner
        target, value = follow(document, place, inner)
        if target != place:
            stack.append((target, value))
        for keyword in keywords:
            if isinstance(members := inner.get(keyword), list):
                stack += [(join(place, keyword, i), member) for i, member in enumerate(members)]


@remembered
def properties(document: JsonObject, pointer: str, schema: Any) -> dict[str, tuple[str, Any]]:
    """All properties of an object schema, through `$ref` and `allOf`; the outermost declaration wins."""
    found: dict[str, tuple[str, Any]] = {}
    for place, layer in layers(document, pointer, schema):
        declared = layer.get("properties")
        if isinstance(declared, dict):
            for name, inner in declared.items():
                found.setdefault(name, (join(place, "properties", name), inner))
    return found


def at_path(
    document: JsonObject, pointer: str, schema: Any, path: tuple[str, ...]
) -> tuple[str, Any] | None:
    """The property at a path of names below an object schema, or None."""
    here: tuple[str, Any] | None = (pointer, schema)
    for name in path:
        here = properties(document, *here).get(name) if here else None
    return here if path else None


def is_class(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a schema says something of the members of an object: by itself, or as an `allOf` of nothing but such."""
    if not isinstance(schema, dict) or "$ref" in schema or not is_object(schema):
        return False
    if schema.get("properties") or _is_said_by_type(schema):
        return True
    if not isinstance(schema.get("allOf"), list):
        return False
    found = tuple(layer for _, layer in layers(document, pointer, schema))
    unions = any(
        keyword in layer and required_groups(layer[keyword]) is None
        for layer in found
        for keyword in ("oneOf", "anyOf", "enum")
    )
    members = any("properties" in layer or _is_said_by_type(layer) for layer in found)
    return not unions and all(map(is_object, found)) and members


def is_object(schema: JsonObject) -> bool:
    """Whether a schema admits objects, as far as its `type` says."""
    return "type" not in schema or "object" in declared_types(schema)


def _is_said_by_type(schema: JsonObject) -> bool:
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    return sole_type(schema) == "object" and (closed or bool(schema.get("required")))


def required_groups(branches: Any) -> list[list[str]] | None:
    """The `required` lists of an `anyOf` that consists of nothing else."""
    if not isinstance(branches, list) or not branches:
        return None
    if not all(isinstance(branch, dict) and branch.keys() == {"required"} for branch in branches):
        return None
    return [list(branch["required"]) for branch in branches]


def least_groups(groups: Iterable[Iterable[str]]) -> list[frozenset[str]]:
    """The groups of names that contain no other one: what asks for any of `groups` asks for any of these. Each is looked up
    by its rarest name."""
    found = sorted({frozenset(group) for group in groups}, key=lambda one: (len(one), sorted(one)))
    counted = Counter(name for group in found for name in group)
    kept: dict[str, list[frozenset[str]]] = {}
    for group in found:
        if not group:
            return [group]
        if not any(other <= group for name in group for other in kept.get(name, ())):
            kept.setdefault(min(group, key=lambda name: (counted[name], name)), []).append(group)
    return sorted((one for several in kept.values() for one in several), key=sorted)
