"""Which schemas hold something to fold."""

from __future__ import annotations

from collections.abc import Iterable

from speclens.lower.ground import x_compat
from speclens.lower.ground.walk import all_schemas, subschemas
from speclens.lower.rewrites import inherit
from speclens.source.pointer import JsonObject, follow, join


def folding(document: JsonObject) -> frozenset[str]:
    """The pointers of all schemas that hold, at any depth and through references, something to fold."""
    found = [
        pointer
        for pointer, schema in all_schemas(document)
        if isinstance(schema, dict)
        and x_compat.KEYWORD in schema
        and x_compat.keywords(schema).keys() != {"deprecated"}
    ]
    return frozenset(holders(document, found))


def holders(document: JsonObject, places: Iterable[str]) -> dict[str, str]:
    """The pointers of all schemas that are one of some, or that hold one at any depth and through references; and which
    one that is."""
    found = {place: place for place in places}
    if not found:
        return found
    users: dict[str, set[str]] = {}
    for pointer, schema in all_schemas(document):
        for path, _ in subschemas(schema):
            users.setdefault(join(pointer, *path), set()).add(pointer)
        target, _ = follow(document, pointer, schema)
        users.setdefault(target, set()).add(pointer)
    for base, children in inherit.children(document).items():
        for child in children:
            users.setdefault(child, set()).add(base)
    left = [*found]
    while left:
        inner = left.pop()
        for pointer in sorted(users.get(inner, ())):
            if pointer not in found:
                found[pointer] = found[inner]
                left.append(pointer)
    return found
