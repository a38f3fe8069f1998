"""The objects of an OpenAPI document by kind, from a table of where each kind may stand.

Only what the table names is visited: examples, defaults, enums and extensions are data, and nothing
in them is a schema or a reference. (OpenAPI 3.2.0, section 4; Swagger 2.0; JSON Schema 2020-12, core 10.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speclens.source import pointer

Field = tuple[str, str]
"""How a field holds its objects ("one", "list" or "map"), and their kind."""

ANY = "*"
"""In the table: every field that is no extension."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_EXAMPLES = {"examples": ("map", "example")}
_TYPED = {"schema": ("one", "schema"), "content": ("map", "media-type"), **_EXAMPLES}
_ENCODINGS = {
    "encoding": ("map", "encoding"),
    "prefixEncoding": ("list", "encoding"),
    "itemEncoding": ("one", "encoding"),
}
_SCHEMA_ONE = (
    "additionalProperties contains contentSchema else if items not propertyNames then "
    "unevaluatedItems unevaluatedProperties"
)
_SCHEMA_LIST = "allOf anyOf oneOf prefixItems"
_SCHEMA_MAP = "$defs dependentSchemas patternProperties properties"

_SCHEMA: dict[str, Field] = {
    **dict.fromkeys(_SCHEMA_ONE.split(), ("one", "schema")),
    **dict.fromkeys(_SCHEMA_LIST.split(), ("list", "schema")),
    **dict.fromkeys(_SCHEMA_MAP.split(), ("map", "schema")),
}

Table = Mapping[str, Mapping[str, Field]]
"""For each kind its fields that hold objects."""

_TABLE: Table = {
    "document": {
        "paths": ("one", "paths"),
        "webhooks": ("map", "path-item"),
        "components": ("one", "components"),
    },
    "paths": {ANY: ("one", "path-item")},
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "request-body"),
        "headers": ("map", "header"),
        "securitySchemes": ("map", "security-scheme"),
        "links": ("map", "link"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path-item"),
        "mediaTypes": ("map", "media-type"),
    },
    "path-item": {
        **dict.fromkeys(METHODS, ("one", "operation")),
        "additionalOperations": ("map", "operation"),
        "parameters": ("list", "parameter"),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "request-body"),
        "responses": ("one", "responses"),
        "callbacks": ("map", "callback"),
    },
    "callback": {ANY: ("one", "path-item")},
    "parameter": _TYPED,
    "header": _TYPED,
    "request-body": {"content": ("map", "media-type")},
    "media-type": {
        "schema": ("one", "schema"),
        "itemSchema": ("one", "schema"),
        **_ENCODINGS,
        **_EXAMPLES,
    },
    "encoding": {"headers": ("map", "header"), **_ENCODINGS},
    "responses": {ANY: ("one", "response")},
    "response": {
        "headers": ("map", "header"),
        "content": ("map", "media-type"),
        "links": ("map", "link"),
    },
    "schema": _SCHEMA,
}

_TABLE_20: Table = {
    "document": {
        "paths": ("one", "paths"),
        "definitions": ("map", "schema"),
        "parameters": ("map", "parameter"),
        "responses": ("map", "response"),
        "securityDefinitions": ("map", "security-scheme"),
    },
    "paths": {ANY: ("one", "path-item")},
    "path-item": {
        **dict.fromkeys(METHODS, ("one", "operation")),
        "parameters": ("list", "parameter"),
    },
    "operation": {"parameters": ("list", "parameter"), "responses": ("one", "responses")},
    "parameter": {"schema": ("one", "schema")},
    "responses": {ANY: ("one", "response")},
    "response": {"schema": ("one", "schema"), "headers": ("map", "header")},
    "schema": _SCHEMA,
}

SUBSCHEMAS = _SCHEMA
"""The keywords of a schema that hold schemas, and how: "one", "list" or "map"."""

COMPONENTS = frozenset(_TABLE["components"])
"""The sections of components."""

REFERABLE = frozenset(kind for _, kind in _TABLE["components"].values())
"""The kinds that may be a reference instead."""


@dataclass(frozen=True, slots=True)
class Node:
    """An object of a document.

    `parent` is the kind of the object that holds it. `base` is the schema resource that local
    references start from: "#", but inside a schema with `$id` (JSON Schema 2020-12, core 8.2.1).
    """

    kind: str
    pointer: str
    value: dict[str, Any]
    parent: str = ""
    base: str = "#"

    @property
    def reference(self) -> str | None:
        """The `$ref` of an object that may be a reference and is one."""
        reference = self.value.get("$ref") if self.kind in REFERABLE else None
        return reference if isinstance(reference, str) else None


def is_30(document: dict[str, Any]) -> bool:
    """Whether a document is OpenAPI 3.0, whose schemas are not JSON Schema 2020-12."""
    return str(document.get("openapi")).startswith("3.0")


WAS_20 = "x-speclens-swagger"
"""The field of a document that was Swagger 2.0: what that says and 3.0 cannot counts all the same."""


def is_20(document: dict[str, Any]) -> bool:
    """Whether a document is Swagger 2.0."""
    return "openapi" not in document and document.get("swagger") == "2.0"


def table(document: dict[str, Any]) -> Table:
    """Where each kind of object stands in documents of a document's version."""
    return _TABLE_20 if is_20(document) else _TABLE


def operations(path_item: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """The operations of a Path Item Object: HTTP method, tokens of the place in it, Operation Object. Those of
    `additionalOperations` (OpenAPI 3.2.0, section 4.9.1) come last, their methods as they are written."""
    for name in METHODS:
        if isinstance(operation := path_item.get(name), dict):
            yield name.upper(), (name,), operation
    further = path_item.get("additionalOperations")
    for name, operation in further.items() if isinstance(further, dict) else ():
        if isinstance(operation, dict):
            yield name, ("additionalOperations", name), operation


def path_item_of(pointer: str) -> str:
    """Where the Path Item Object of an operation stands."""
    return pointer.rpartition("/")[0].removesuffix("/additionalOperations")


def nodes(document: dict[str, Any], is_outermost: bool = False) -> Iterator[Node]:
    """Every object of a document, parents first; what has the wrong JSON type is left out, and what is inside a schema
    if the outermost will do."""
    kinds = table(document)
    siblings = frozenset(("path-item",)) if is_30(document) else frozenset(("path-item", "schema"))
    stack = [Node("document", "#", document)]
    while stack:
        node = stack.pop()
        yield node
        if is_outermost and node.kind == "schema":
            continue
        if node.reference is None or node.kind in siblings:
            stack.extend(reversed(list(_children(node, kinds))))


def kinds_along(document: dict[str, Any], path: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The objects that a path goes through, from the document: how many tokens lead to each, and its kind."""
    kinds = table(document)
    length, kind = 0, "document"
    yield length, kind
    while length < len(path) and (field := field_of(kinds, kind, path[length])):
        length, kind = length + (1 if field[0] == "one" else 2), field[1]
        if length > len(path):
            return
        yield length, kind


def rewrite_schemas(document: dict[str, Any], schema: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a document in which every outermost Schema Object went through `schema`."""

    def rewrite(value: Any, kind: str) -> Any:
        if kind == "schema":
            return schema(value)
        return _rewritten(value, kind, rewrite) if isinstance(value, dict) else value

    return _rewritten(document, "document", rewrite)


def rewrite_subschemas(value: dict[str, Any], schema: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a Schema Object in which every direct subschema went through `schema`."""
    return _rewritten(value, "schema", lambda part, _: schema(part))


def _children(node: Node, kinds: Table) -> Iterator[Node]:
    fields = kinds.get(node.kind)
    for key, value in node.value.items() if fields else ():
        field = field_of(kinds, node.kind, key) if isinstance(value, (dict, list)) else None
        if field is None:
            continue
        place = pointer.join(node.pointer, key)
        for token, part in _parts(field[0], value):
            if isinstance(part, dict):
                child = place if token is None else pointer.join(place, token)
                base = child if _has_id(part, field[1]) else node.base
                yield Node(field[1], child, part, node.kind, base)


def _has_id(value: dict[str, Any], kind: str) -> bool:
    return kind == "schema" and isinstance(value.get("$id"), str)


def _parts(shape: str, value: Any) -> Iterable[tuple[str | int | None, Any]]:
    if shape == "one":
        return ((None, value),)
    if shape == "list" and isinstance(value, list):
        return enumerate(value)
    if shape == "map" and isinstance(value, dict):
        return value.items()
    return ()


def _rewritten(
    value: dict[str, Any], kind: str, rewrite: Callable[[Any, str], Any]
) -> dict[str, Any]:
    return {
        key: _rewritten_part(part, field_of(_TABLE, kind, key), rewrite)
        for key, part in value.items()
    }


def _rewritten_part(value: Any, field: Field | None, rewrite: Callable[[Any, str], Any]) -> Any:
    if field is None:
        return value
    shape, kind = field
    if shape == "one":
        return rewrite(value, kind)
    if shape == "list" and isinstance(value, list):
        return [rewrite(item, kind) for item in value]
    if shape == "map" and isinstance(value, dict):
        return {key: rewrite(part, kind) for key, part in value.items()}
    return value


def field_of(kinds: Table, kind: str, key: str) -> Field | None:
    """What a field of an object of a kind holds, or None if that is no object."""
    fields = kinds.get(kind, {})
    if ANY in fields and not key.startswith("x-"):
        return fields[ANY]
    return fields.get(key)
