"""A small document for every place where an object of OpenAPI may stand, by the tables of `objects.py`.

What it holds is used by an operation wherever one can use it: a component is referred to, a schema is that of an answer.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from speclens import objects
from speclens.objects import tables

_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "array"}}}
_OPERATION = {"operationId": "op", "responses": {"200": {"description": ""}}}
HEADS: dict[str, dict[str, Any]] = {
    "3.2": {"openapi": "3.2.0", "info": {"title": "t", "version": "1"}, "paths": {}},
    "2.0": {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}},
}
_SAMPLES: dict[str, dict[str, Any]] = {
    "components": {},
    "paths": {},
    "path-item": {},
    "operation": _OPERATION,
    "callback": {},
    "parameter": {"name": "a", "in": "query", "schema": _SCHEMA},
    "header": {"schema": {"type": "string"}},
    "request-body": {"content": {"application/json": {"schema": _SCHEMA}}},
    "media-type": {"schema": _SCHEMA},
    "encoding": {"contentType": "text/plain"},
    "responses": {"200": {"description": ""}},
    "response": {"description": "", "content": {"application/json": {"schema": _SCHEMA}}},
    "schema": _SCHEMA,
    "link": {"operationId": "op"},
    "example": {"value": {}},
    "security-scheme": {"type": "http", "scheme": "bearer"},
    "info": {"title": "t", "version": "1"},
    "contact": {"name": "x"},
    "license": {"name": "MIT"},
    "server": {"url": "https://example.com"},
    "server-variable": {"default": "eu"},
    "tag": {"name": "pets"},
    "external-docs": {"url": "https://example.com"},
    "discriminator": {"propertyName": "a"},
    "xml": {"name": "a"},
    "oauth-flows": {},
    "oauth-flow": {
        "tokenUrl": "https://example.com/token",
        "authorizationUrl": "https://example.com/",
        "scopes": {},
    },
}
_SAMPLES_20 = _SAMPLES | {
    "parameter": {"name": "a", "in": "body", "schema": _SCHEMA},
    "header": {"type": "string"},
    "response": {"description": "", "schema": _SCHEMA},
    "security-scheme": {"type": "basic"},
}
_KEYS = {
    "path-item": "/x", "operation": "COPY", "callback": "{$request.body#/url}", "response": "200", "header": "X-A",
    "media-type": "application/json",
}  # fmt: skip
_MEDIA_TYPES = {"encoding": "multipart/form-data", "prefixEncoding": "multipart/mixed", "itemEncoding": "multipart/mixed",
            "itemSchema": "application/jsonl"}  # fmt: skip
"""Media types in which a field means something."""

Edge = tuple[str, str]
"""A kind of object, and a field of it that holds objects."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object of a kind stands, as tokens, in a document."""

    version: str
    edge: Edge
    kind: str
    path: tuple[str | int, ...]
    document: dict[str, Any]

    def with_value(self, value: Any, *inside: str) -> dict[str, Any]:
        """The document with another value there, or at a field of the object there."""
        made = copy.deepcopy(self.document)
        where: Any = made
        way = [*self.path, *inside]
        last = way.pop()
        for token in way:
            where = where[token]
        where[last] = value
        return made


def edges(version: str) -> list[Edge]:
    """Every field that may hold objects, of every kind."""
    table = objects.table(HEADS[version], is_complete=True)
    return [(kind, field) for kind, fields in table.items() for field in fields]


def places(version: str, edge: Edge) -> list[Place]:
    """Documents in which an object stands at an edge: what parameters, bodies and answers have in common, in each."""
    made = (_place(version, edge, avoided) for avoided in _AVOIDED)
    return list({one.path: one for one in made if one}.values())


_AVOIDED = (frozenset[str](), frozenset(("parameter", "header")), frozenset(("parameter", "header", "request-body")))  # fmt: skip


def _place(version: str, edge: Edge, avoided: frozenset[str]) -> Place | None:
    table = objects.table(HEADS[version], is_complete=True)
    _, kind = table[edge[0]][edge[1]]
    routes = _routes(table, avoided)
    if edge[0] not in routes:
        return None
    document = copy.deepcopy(HEADS[version])
    path = _put(document, version, (*routes[edge[0]], edge))
    is_component = edge[0] == "components" or (edge[0] == "document" and len(path) == 2)
    if is_component and kind in routes and kind != "security-scheme":
        _put(document, version, routes[kind], {"$ref": f"#/{'/'.join(map(str, path))}"})
    return Place(version, edge, kind, path, document)


def _routes(table: tables.Table, avoided: frozenset[str]) -> dict[str, tuple[Edge, ...]]:
    """The shortest way from the document to each kind; through components only where no other leads."""
    found: dict[str, tuple[Edge, ...]] = {"document": ()}
    for start in (("paths",), tuple(table["document"])):
        todo: list[tuple[str, Edge]] = [("document", ("document", field)) for field in start]
        while todo:
            kind, edge = todo.pop(0)
            inner = table[kind][edge[1]][1]
            if inner not in found and inner not in avoided:
                found[inner] = (*found[kind], edge)
                todo += [(inner, (inner, field)) for field in table.get(inner, ())]
    return found


def _put(
    document: dict[str, Any], version: str, route: tuple[Edge, ...], value: Any = None
) -> tuple[str | int, ...]:
    """Puts the samples of a way into a document, and tells the way as tokens."""
    samples = _SAMPLES_20 if version == "2.0" else _SAMPLES
    table = objects.table(HEADS[version], is_complete=True)
    where: Any = document
    path: list[str | int] = []
    for index, (kind, field) in enumerate(route):
        shape, inner = table[kind][field]
        is_last = index == len(route) - 1
        new = value if is_last and value is not None else copy.deepcopy(samples[inner])
        if kind in {"parameter", "header"} and field == "content":
            del where["schema"]
        if field == tables.ANY:
            tokens: list[str | int] = [_KEYS[inner]]
        elif shape == "one":
            tokens = [field]
        elif shape == "list":
            tokens = [field, 0]
        else:
            further = route[index + 1][1] if not is_last else ""
            tokens = [
                field,
                "a"
                if kind in {"components", "document"}
                else _MEDIA_TYPES.get(further, _KEYS.get(inner, "a")),
            ]
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if following is None:
                new = {**where[token], **new} if _is_kept(where, token, new) else new
                if isinstance(where, list):
                    where.append(new)
                else:
                    where[token] = new
            elif following == 0:
                where[token] = []
            else:
                where.setdefault(token, {})
            where = where[token]
        path += tokens
    return tuple(path)


def _is_kept(where: Any, token: str | int, new: dict[str, Any]) -> bool:
    """Whether what stands there is to stay: a way that was put in before goes on through it."""
    return isinstance(where, dict) and isinstance(where.get(token), dict) and "$ref" not in new
