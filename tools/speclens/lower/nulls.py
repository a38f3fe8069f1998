"""Whether null is a value of a schema of objects: one that is said by an `allOf` admits what all of its parts admit."""

from __future__ import annotations

from typing import Any

from speclens.lower.keywords import implied_types
from speclens.lower.walk import JsonObject, follow
from speclens.objects import is_30
from speclens.source.pointer import join


def admits_null(
    document: JsonObject, pointer: str, schema: Any, seen: tuple[str, ...] = ()
) -> bool:
    """Whether a schema says that null is one of its values. `nullable` says so whatever stands beside it; `properties`
    without a `type` are of objects alone (ARCHITECTURE.md has both decisions)."""
    return _says(document, pointer, schema, seen) is True


def _says(document: JsonObject, pointer: str, schema: Any, seen: tuple[str, ...]) -> bool | None:
    """What a schema says of null; None if it says nothing of it."""
    if not isinstance(schema, dict) or pointer in seen:
        return None
    if schema.get("nullable") is True:
        return True
    parts = []
    place, target = follow(document, pointer, schema)
    if place != pointer:
        parts.append(_says(document, place, target, (*seen, pointer)))
        if is_30(document):  # nothing beside a `$ref` counts there
            return parts[0]
    members = schema.get("allOf")
    for index, one in enumerate(members if isinstance(members, list) else ()):
        parts.append(_says(document, join(pointer, "allOf", index), one, (*seen, pointer)))
    if kinds := schema.get("type") or implied_types(schema):
        parts.append("null" in kinds if isinstance(kinds, list) else kinds == "null")
    elif any(keyword in schema for keyword in ("oneOf", "anyOf", "enum", "const")):
        parts.append(False)  # of these, one that says otherwise is a type of its own
    return None if all(one is None for one in parts) else False not in parts
