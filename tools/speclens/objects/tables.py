"""Tables of the places of each kind of object in an OpenAPI document (OpenAPI 3.2.0, section 4; Swagger 2.0; JSON Schema
2020-12, core 10)."""

from __future__ import annotations

from collections.abc import Mapping

Field = tuple[str, str]
"""How a field holds its objects ("one", "list" or "map"), and their kind."""

ANY = "*"
"""In a table: every field that is not an extension."""

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
"""For each kind, its fields that hold objects."""

OPENAPI_TABLE: Table = {
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

TABLE_20: Table = {
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

_FLOWS = "implicit password clientCredentials authorizationCode deviceAuthorization"
_OTHERS: Table = {
    "document": {
        "info": ("one", "info"),
        "servers": ("list", "server"),
        "tags": ("list", "tag"),
        "externalDocs": ("one", "external-docs"),
    },
    "info": {"contact": ("one", "contact"), "license": ("one", "license")},
    "server": {"variables": ("map", "server-variable")},
    "tag": {"externalDocs": ("one", "external-docs")},
    "path-item": {"servers": ("list", "server")},
    "operation": {"servers": ("list", "server"), "externalDocs": ("one", "external-docs")},
    "link": {"server": ("one", "server")},
    "schema": {
        "discriminator": ("one", "discriminator"),
        "xml": ("one", "xml"),
        "externalDocs": ("one", "external-docs"),
    },
    "security-scheme": {"flows": ("one", "oauth-flows")},
    "oauth-flows": dict.fromkeys(_FLOWS.split(), ("one", "oauth-flow")),
}
"""The kinds of objects that hold no schemas or references. Only complete tables have them."""


_NOT_IN_20 = frozenset({"server", "server-variable", "discriminator", "oauth-flows", "oauth-flow"})


def _with_others(kinds: Table, without: frozenset[str] = frozenset()) -> Table:
    others = {
        kind: {name: field for name, field in fields.items() if field[1] not in without}
        for kind, fields in _OTHERS.items()
        if kind not in without
    }
    every = [*kinds, *(kind for kind in others if kind not in kinds)]
    return {kind: {**others.get(kind, {}), **kinds.get(kind, {})} for kind in every}


ALL, ALL_20 = _with_others(OPENAPI_TABLE), _with_others(TABLE_20, _NOT_IN_20)
"""The places of every kind of object."""

SUBSCHEMAS = _SCHEMA
"""The keywords of a schema that hold schemas, each with its shape: "one", "list" or "map"."""

COMPONENTS = frozenset(OPENAPI_TABLE["components"])
"""The sections of components."""

EXCLUSIVE_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
"""The exclusive bounds of numbers, with the bounds that they stand beside in OpenAPI 3.0."""

REFERABLE = frozenset(kind for _, kind in OPENAPI_TABLE["components"].values())
"""The kinds of objects that a reference may replace."""
