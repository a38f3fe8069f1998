"""The parts of JSON objects by their types: a part of the wrong type counts as absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from speclens.openapi.nodes import LocatedSchema
from speclens.source.pointer import JsonObject, follow, join


def schema_in(owner: JsonObject, pointer: str, field: str) -> LocatedSchema | None:
    """The schema in a field of an object at a pointer."""
    value = owner.get(field)
    return None if value is None else LocatedSchema(join(pointer, field), value)


def followed(document: JsonObject, pointer: str, value: Any) -> tuple[str, JsonObject]:
    """The place that a reference leads to, and the object there."""
    place, found = follow(document, pointer, value)
    return place, an_object(found)


def extensions_of(owner: JsonObject) -> Mapping[str, Any]:
    """The fields of an object that begin with `x-`."""
    return {name: value for name, value in owner.items() if name.startswith("x-")}


def an_object(value: Any) -> JsonObject:
    """A JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def a_list(value: Any) -> list[Any]:
    """A JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def objects_in(value: Any) -> list[JsonObject]:
    """The objects in an array."""
    return [one for one in a_list(value) if isinstance(one, dict)]


def a_text(value: Any) -> str | None:
    """A text; that of a number or a truth value, which YAML makes of some texts."""
    return None if value is None or isinstance(value, (dict, list)) else str(value)


def a_truth(value: Any) -> bool | None:
    """A truth value."""
    return value if isinstance(value, bool) else None
