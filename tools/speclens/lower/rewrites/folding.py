"""Which schemas hold something to fold."""

from __future__ import annotations

from speclens.lower.ground import x_compat
from speclens.lower.ground.walk import JsonObject, all_schemas, follow, subschemas
from speclens.lower.rewrites import inherit
from speclens.source.pointer import join


def folding(document: JsonObject) -> frozenset[str]:
    """The pointers of all schemas that hold, at any depth and through references, something to fold."""
    schemas = list(all_schemas(document))
    found = [
        pointer
        for pointer, schema in schemas
        if isinstance(schema, dict)
        and x_compat.KEYWORD in schema
        and x_compat.keywords(schema).keys() != {"deprecated"}
    ]
    users: dict[str, set[str]] = {}
    for pointer, schema in schemas if found else ():
        for path, _ in subschemas(schema):
            users.setdefault(join(pointer, *path), set()).add(pointer)
        target, _ = follow(document, pointer, schema)
        users.setdefault(target, set()).add(pointer)
    seen = set[str]()
    for base, children in inherit.children(document).items() if found else ():
        for child in children:
            users.setdefault(child, set()).add(base)
    while found:
        if (pointer := found.pop()) not in seen:
            seen.add(pointer)
            found += users.get(pointer, ())
    return frozenset(seen)
