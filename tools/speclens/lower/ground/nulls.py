"""Whether a schema of objects admits null. An `allOf` admits null if all of its parts do."""

from __future__ import annotations

from typing import Any

from speclens.lower.ground.keywords import implied_types
from speclens.objects import OR_NULL
from speclens.source.pointer import JsonObject, follow, join


def admits_null(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a schema says that null is one of its values. `OR_NULL` says so whatever stands beside it; `properties`
    without a `type` are of objects alone (docs/decisions/0011 has both decisions)."""
    return _says(document, pointer, schema, {}) is True


def _says(
    document: JsonObject, pointer: str, schema: Any, known: dict[str, bool | None]
) -> bool | None:
    """What a schema says of null; None if it says nothing of it. `known` is what places say that were asked before: each is
    asked once, however many ways lead there."""
    if pointer not in known:
        known[pointer] = None  # what leads back to itself says nothing
        known[pointer] = _asked(document, pointer, schema, known)
    return known[pointer]


def _asked(
    document: JsonObject, pointer: str, schema: Any, known: dict[str, bool | None]
) -> bool | None:
    if not isinstance(schema, dict):
        return None
    if schema.get(OR_NULL) is True:
        return True
    parts = []
    place, target = follow(document, pointer, schema)
    if place != pointer:
        parts.append(_says(document, place, target, known))
    members = schema.get("allOf")
    for index, one in enumerate(members if isinstance(members, list) else ()):
        parts.append(_says(document, join(pointer, "allOf", index), one, known))
    if kinds := schema.get("type") or implied_types(schema):
        parts.append("null" in kinds if isinstance(kinds, list) else kinds == "null")
    elif any(keyword in schema for keyword in ("oneOf", "anyOf", "enum", "const")):
        parts.append(False)  # of these, one that says otherwise is a type of its own
    return None if all(one is None for one in parts) else False not in parts
