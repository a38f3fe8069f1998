"""Inheritance as OpenAPI 3.0 writes it: a base with a `discriminator`, and children that are `allOf` of it.

Where something is of the base it may be any child. So references to it, but those of the children, become references to
a union of the children and the base itself, which is for all other values: a schema is what it was before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from speclens.lower.ground.composed import is_class
from speclens.lower.ground.walk import all_schemas
from speclens.objects import component_schemas
from speclens.source.pointer import JsonObject, follow, get, join, to_reference, tokens

_SCHEMAS = "#/components/schemas"


def unite(document: JsonObject, origins: dict[str, str]) -> None:
    """Give the bases of a document a component for their union, and refer to that, in place."""
    bases = children(document)
    if not bases:
        return
    schemas = component_schemas(document)
    united: dict[str, str] = {}
    for place in bases:
        key = f"Any {tokens(place)[-1]}"
        while key in schemas:
            key += "_"
        united[place] = join(_SCHEMAS, key)
    for pointer, schema in list(all_schemas(document)):
        if isinstance(schema, dict) and "$ref" in schema and not _is_inherited(document, pointer):
            target = follow(document, pointer, {"$ref": schema["$ref"]})[0]
            if target in united:
                schema["$ref"] = to_reference(united[target])
    for place, found in bases.items():
        key = tokens(united[place])[-1]
        schemas[key] = _union(document, place, found)
        origins[united[place]] = place


def children(document: JsonObject) -> dict[str, list[str]]:
    """The bases of a document by their places, with the places of their children, in document order."""
    schemas = component_schemas(document)
    bases = [
        place
        for name, schema in schemas.items()
        if _is_base(document, place := join(_SCHEMAS, name), schema)
    ]
    made = _made_of(document, schemas) if bases else {}
    return {base: found for base in bases if (found := _children(made, base))}


def _is_base(document: JsonObject, place: str, schema: Any) -> bool:
    if not isinstance(schema, dict) or schema.keys() & {"oneOf", "anyOf"}:
        return False
    told = schema.get("discriminator")
    named = isinstance(told, dict) and isinstance(told.get("propertyName"), str)
    return named and is_class(document, place, schema)


def _made_of(document: JsonObject, schemas: JsonObject) -> dict[str, list[tuple[int, str]]]:
    """By the place of what they are made of the components that are more than it, by their number and their place."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, (name, schema) in enumerate(schemas.items()):
        members = schema.get("allOf") if isinstance(schema, dict) else None
        place = join(_SCHEMAS, name)
        if members and (len(members) > 1 or "properties" in schema):
            for index, member in enumerate(members):
                target = follow(document, join(place, "allOf", index), member)[0]
                found.setdefault(target, []).append((number, place))
    return found


def _children(made: Mapping[str, Sequence[tuple[int, str]]], base: str) -> list[str]:
    """The components that are made of a base, and those that are made of them, in document order."""
    found: dict[str, int] = {base: -1}
    waiting = [base]
    while waiting:
        for number, place in made.get(waiting.pop(), ()):
            if place not in found:
                found[place] = number
                waiting.append(place)
    return sorted(found, key=found.__getitem__)[1:]


def _is_inherited(document: JsonObject, pointer: str) -> bool:
    """Whether a schema is a member of the `allOf` of a class, and not all of it."""
    path = tokens(pointer)
    if len(path) < 2 or path[-2] != "allOf":
        return False
    above: Any = document
    for token in path[:-2]:
        above = above[int(token)] if isinstance(above, list) else above[token]
    return len(above["allOf"]) > 1 or "properties" in above


def _union(document: JsonObject, base: str, children: list[str]) -> JsonObject:
    schema: Any = get(document, base)
    told = schema["discriminator"]
    return {
        **{key: schema[key] for key in ("title", "description") if key in schema},
        "anyOf": [{"$ref": to_reference(place)} for place in (*children, base)],
        "discriminator": {**told, "defaultMapping": to_reference(base)},
    }
