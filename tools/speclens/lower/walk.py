"""Where the Schema Objects of a document stand, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.source.pointer import from_reference, get, join

JsonObject = dict[str, Any]

# JSON Schema 2020-12 (Core section 10, Validation appendix A): keywords whose value is a schema, a list, a map of them.
ONE = (
    "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema",
)  # fmt: skip
MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "$defs", "dependentSchemas")

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# OpenAPI 3.1 section 4.8: object kind -> field -> (kind of its value, how many: one, a list, a map).
_FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    "document": {
        "components": ("components", "one"),
        "paths": ("path", "map"),
        "webhooks": ("path", "map"),
    },
    "components": {
        "schemas": ("schema", "map"),
        "responses": ("response", "map"),
        "parameters": ("parameter", "map"),
        "requestBodies": ("body", "map"),
        "headers": ("parameter", "map"),
        "callbacks": ("callback", "map"),
        "pathItems": ("path", "map"),
    },
    "path": {"parameters": ("parameter", "list"), **dict.fromkeys(METHODS, ("operation", "one"))},
    "operation": {
        "parameters": ("parameter", "list"),
        "requestBody": ("body", "one"),
        "responses": ("response", "map"),
        "callbacks": ("callback", "map"),
    },
    "parameter": {"schema": ("schema", "one"), "content": ("media", "map")},
    "body": {"content": ("media", "map")},
    "response": {"headers": ("parameter", "map"), "content": ("media", "map")},
    "media": {"schema": ("schema", "one"), "encoding": ("encoding", "map")},
    "encoding": {"headers": ("parameter", "map")},
}


def objects(document: JsonObject, kind: str) -> Iterator[tuple[str, Any]]:
    """Every object of a kind (`schema`, `operation`, `media` ...) with its pointer, in document order; references
    are not followed, and of schemas only the outermost are given."""
    return _objects(document, "document", "#", kind)


def _objects(value: Any, here: str, pointer: str, kind: str) -> Iterator[tuple[str, Any]]:
    if here == kind:
        yield pointer, value
    if not isinstance(value, dict):
        return
    if here == "callback":
        for name, item in value.items():
            if not name.startswith("x-"):
                yield from _objects(item, "path", join(pointer, name), kind)
        return
    for field, (inner, how) in _FIELDS.get(here, {}).items():
        part = value.get(field)
        if how == "one" and field in value:
            yield from _objects(part, inner, join(pointer, field), kind)
        elif how == "list" and isinstance(part, list):
            for index, item in enumerate(part):
                yield from _objects(item, inner, join(pointer, field, index), kind)
        elif how == "map" and isinstance(part, dict):
            for name, item in part.items():
                if not name.startswith("x-") or inner in {"schema", "media"}:
                    yield from _objects(item, inner, join(pointer, field, name), kind)


def subschemas(schema: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The schemas directly inside a schema: (relative tokens, schema)."""
    if not isinstance(schema, dict):
        return
    for keyword in ONE:
        if isinstance(schema.get(keyword), (dict, bool)):
            yield (keyword,), schema[keyword]
    for keyword in MANY:
        if isinstance(schema.get(keyword), list):
            for index, inner in enumerate(schema[keyword]):
                yield (keyword, str(index)), inner
    for keyword in NAMED:
        if isinstance(schema.get(keyword), dict):
            for name, inner in schema[keyword].items():
                yield (keyword, name), inner


def nested(pointer: str, schema: Any) -> Iterator[tuple[str, Any]]:
    """A schema and all schemas inside it."""
    stack = [(pointer, schema)]
    while stack:
        here, value = stack.pop()
        yield here, value
        stack.extend(
            (join(here, *tokens), inner) for tokens, inner in reversed(tuple(subschemas(value)))
        )


def all_schemas(document: JsonObject) -> Iterator[tuple[str, Any]]:
    """Every Schema Object of a document with its pointer, the inner ones included."""
    for pointer, schema in objects(document, "schema"):
        yield from nested(pointer, schema)


def follow(document: JsonObject, pointer: str, schema: Any) -> tuple[str, Any]:
    """The place a chain of local `$ref`s ends at; a schema without `$ref` is its own place."""
    seen = {pointer}
    while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
        target = from_reference(reference)
        if target is None or target in seen:
            break
        try:
            pointer, schema = target, get(document, target)
        except (KeyError, ValueError):
            break
        seen.add(pointer)
    return pointer, schema
