"""Every object of OpenAPI 3.2 and 2.0 with every extension, and every value replaced by one of another type.

What comes of it is an effect or a located problem, never a traceback. A sample is tried in `make test`, all in `make soak`.
"""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from hostile_checks import quicken
from mutating import EXTENSIONS, WRONG
from places import Place, edges, places
from speclens import objects
from speclens.source import loads
from speclens.source.pointer import join
from trying import fault

WIDE = {
    "3.2": """
openapi: 3.2.0
$self: https://example.com/a
info: {title: Wide, version: '1', contact: {name: x}, license: {name: MIT}}
servers: [{url: 'https://{region}.example.com/v1', variables: {region: {default: eu, enum: [eu, us]}}}]
tags: [{name: pets, description: All of them., externalDocs: {url: 'https://example.com'}}]
security: [{key: []}, {}]
paths:
  /pets:
    summary: Pets
    parameters: [{name: X-Trace, in: header, schema: {type: [string, 'null']}}]
    query:
      tags: [pets]
      operationId: search
      deprecated: true
      servers: [{url: /v2}]
      parameters:
      - {name: limit, in: query, schema: {type: integer, default: 20, maximum: 100}}
      - {name: ids, in: query, style: pipeDelimited, explode: false, allowReserved: true, schema: {type: array, items: {type: string}}}
      - {name: where, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses:
        '200':
          description: Some.
          headers: {X-Next: {required: true, schema: {type: string}}}
          content:
            application/jsonl: {itemSchema: {$ref: '#/components/schemas/Pet'}}
            text/event-stream: {itemSchema: {type: object, properties: {event: {const: a}, data: {type: string, contentSchema: {type: object}}}}}
          links: {one: {operationId: search, parameters: {id: $response.body#/0/id}}}
        4XX: {description: No., content: {application/json: {schema: {type: object}}}}
      callbacks: {made: {'{$request.body#/url}': {post: {responses: {'200': {description: OK}}}}}}
    additionalOperations:
      COPY:
        requestBody:
          required: true
          content:
            multipart/form-data:
              schema: {type: object, properties: {photo: {type: string, format: binary}}}
              encoding: {photo: {contentType: image/png, headers: {X-A: {schema: {type: string}}}}}
            application/json: {schema: {$ref: '#/components/schemas/Pet'}, examples: {one: {value: {kind: cat}}}}
        responses: {'201': {description: Made.}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://example.com', scopes: {write: Write.}}}}
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {type: object, required: [kind], properties: {kind: {const: dog}}}]
      discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat'}}
    Cat:
      type: object
      required: [kind]
      additionalProperties: false
      properties:
        kind: {const: cat}
        tags: {type: array, minItems: 1, items: {type: string, enum: [a, b], pattern: '^a'}}
        tag: {type: string, deprecated: true, x-compat: {into: /tags, to: [$], deprecated: {since: '2026-01-01', note: Use tags.}}}
""",
    "2.0": """
swagger: '2.0'
info: {title: Wide, version: '1'}
host: example.com
basePath: /v1
schemes: [https]
consumes: [application/json]
produces: [application/json]
security: [{key: []}]
tags: [{name: pets, description: All of them.}]
paths:
  /pets/{id}:
    parameters: [{$ref: '#/parameters/Id'}]
    get:
      tags: [pets]
      operationId: get-pet
      produces: [application/xml, application/json]
      parameters:
      - {name: ids, in: query, type: array, collectionFormat: pipes, items: {type: string, enum: [a, b]}, default: [a]}
      - {name: limit, in: query, type: integer, maximum: 9, allowEmptyValue: true}
      responses:
        '200': {description: One., schema: {$ref: '#/definitions/Pet'}, headers: {X-Next: {type: string}}, examples: {application/json: {a: 1}}}
        default: {$ref: '#/responses/Error'}
    post:
      deprecated: true
      security: [{oauth: [write]}]
      parameters: [{name: body, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}]
      responses: {'204': {description: Nothing.}}
    put:
      consumes: [multipart/form-data]
      parameters: [{name: file, in: formData, type: file, required: true}, {name: n, in: formData, type: number}]
      responses: {'200': {description: A file., schema: {type: file}}}
parameters: {Id: {name: id, in: path, required: true, type: string, minLength: 1, pattern: '^[a-z]+$'}}
responses: {Error: {description: No., schema: {type: object, properties: {title: {type: string}}}}}
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
  oauth: {type: oauth2, flow: application, tokenUrl: 'https://example.com', scopes: {write: Write.}}
definitions:
  Pet:
    allOf: [{type: object, required: [kind], discriminator: kind, properties: {kind: {type: string}}}]
    properties: {tags: {type: array, items: {type: string}}, tag: {type: string, x-compat: {into: /tags, to: [$]}}}
""",
}
VERSIONS = list(WIDE)
SHARES = 4
Case = tuple[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)


def extended(version: str) -> Iterator[Iterator[Case]]:
    """For every extension at every place its documents."""
    for edge in edges(version):
        for place in places(version, edge):
            for name, values in EXTENSIONS.items():
                yield (_case(place, value, name) for value in (*values, *WRONG))


def _case(place: Place, value: Any, name: str) -> Case:
    return f"{place.edge} {place.path} {name} {value}", place.with_value(value, name)


def changed(version: str) -> Iterator[Iterator[Case]]:
    """For every value of a document the documents with another one."""
    document = loads(WIDE[version], "wide.yaml").value
    for path in _paths(document):
        yield ((f"{path} {value}", _with(document, path, value)) for value in WRONG)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inside:
        yield (*path, key)
        if isinstance(one, (dict, list)):
            yield from _paths(one, (*path, key))


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(document)
    where = made
    for key in path[:-1]:
        where = where[key]
    where[path[-1]] = value
    return made


def faults(cases: Iterable[Case], is_made: bool) -> list[str]:
    found = ((name, fault(document, is_made=is_made)) for name, document in cases)
    return [f"{name}: {one}" for name, one in found if one]


def sample(groups: Iterable[Iterator[Case]], share: float, seed: int) -> Iterator[Case]:
    """One document of each group, and that of a share of them."""
    chance = random.Random(seed)
    for group in groups:
        if chance.random() < share:
            yield chance.choice(list(group))


@pytest.mark.parametrize("version", VERSIONS)
def test_there_is_a_place_for_all_that_the_table_names(version: str) -> None:
    """Each document is sound, but for what a version does not know, and the object is seen where it is said to be."""
    for edge in edges(version):
        for one in places(version, edge):
            nodes = {
                (node.kind, node.pointer) for node in objects.nodes(one.document, is_complete=True)
            }
            assert (one.kind, join("#", *one.path)) in nodes, edge
    assert {edge for edge in edges(version) if not places(version, edge)} == set()
    assert len({one.path for edge in edges(version) for one in places(version, edge)}) > 50


@pytest.mark.parametrize("version", VERSIONS)
def test_an_extension_at_any_place(version: str) -> None:
    assert faults(sample(extended(version), 0.15, 1), is_made=False) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_value_of_another_type_at_any_place(version: str) -> None:
    assert fault(loads(WIDE[version], "wide.yaml").value) is None
    assert faults(sample(changed(version), 0.2, 2), is_made=False) == []


BASE: dict[str, Any] = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}},
    "discriminator": {"propertyName": "kind"},
}
KINDS = [
    {"properties": {"data": True}},
    {"properties": {"data": False}},
    {"properties": {"data": {"type": "string", "contentSchema": {}}}},
]


@pytest.mark.parametrize("schema", [True, False, {}])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_schema_without_keywords_beside_a_base(version: str, schema: Any) -> None:
    document = loads(WIDE[version], "wide.yaml").value
    named = document["definitions"] if version == "2.0" else document["components"]["schemas"]
    named |= {"Base": BASE, "Anything": schema}
    assert fault(document, is_made=False) is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_of_an_event_is_any_schema(kind: Any) -> None:
    document = loads(WIDE["3.2"], "wide.yaml").value
    answer = document["paths"]["/pets"]["query"]["responses"]["200"]
    answer["content"]["text/event-stream"]["itemSchema"] = {"oneOf": [kind, KINDS[-1]]}
    assert fault(document, is_made=False) is None


@pytest.mark.soak
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", [extended, changed])
@pytest.mark.parametrize("share", range(SHARES))
def test_every_value_at_every_place(version: str, kind: Any, share: int) -> None:
    """With the package, which is imported. Each process tries some shares."""
    cases = itertools.chain.from_iterable(kind(version))
    assert faults(itertools.islice(cases, share, None, SHARES), is_made=True) == []
