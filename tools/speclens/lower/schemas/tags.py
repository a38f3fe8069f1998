"""Which value of a discriminator names which branch of a union (OpenAPI 3.1.1, section 4.8.25)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speclens import ir
from speclens.lower.ground import discriminators
from speclens.lower.ground.view import View
from speclens.source.pointer import JsonObject, follow, from_reference, get, join, tokens


def tags(view: View, branches: Mapping[str, ir.Type], told: JsonObject) -> ir.Tags | None:
    """The tags of a union by the places of its branches: those of the mapping, else the names of components. None where
    no value names a class."""
    name = told.get("propertyName")
    if not isinstance(name, str):
        return None
    classes: dict[str, str] = {}
    for place, type_ in branches.items():
        if isinstance(type_, ir.Named):
            for target in _targets(view.document, place):
                classes.setdefault(target, type_.ident)
    found: dict[str, str] = {}
    mapping = told.get("mapping")
    mapped: set[str] = set()
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        place = discriminators.place(view.document, target)
        if place in classes:
            found[str(value)] = classes[place]
            mapped.add(place)
    default = discriminators.place(view.document, told.get("defaultMapping"))
    for place, ident in classes.items():
        origin = tokens(view.origin(place))
        if place not in mapped and origin[:2] == ("components", "schemas") and len(origin) == 3:
            found.setdefault(origin[2], ident)
    if not found:
        return None
    return ir.Tags(name, tuple(found.items()), classes.get(default, ""))


def _targets(document: JsonObject, pointer: str) -> Iterator[str]:
    """What a branch refers to, by itself or among its `allOf`."""
    schema: Any = get(document, pointer)
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        first = from_reference(str(schema["$ref"]))
        yield from dict.fromkeys((str(first), follow(document, pointer, schema)[0]))
    for index, member in enumerate(schema.get("allOf") or ()):
        if isinstance(member, dict) and "$ref" in member:
            yield follow(document, join(pointer, "allOf", index), member)[0]
