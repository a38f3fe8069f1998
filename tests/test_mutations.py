"""Documents changed at random: a package that compiles and imports, or located problems; nothing else, and soon."""

from __future__ import annotations

import copy
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hostile
from hostile_checks import check_problems, outcome, quicken, run_cases
from mutating import ODD, mutate
from speclens.output import plan, tidy
from speclens.problems import Refused
from speclens.source import load, loads

FLAGSHIP = Path(__file__).parents[1] / "openapi/routescope-images.yaml"
LIMIT = 20.0
"""Seconds for one document, on a busy machine."""

MODELS_30 = """
openapi: 3.0.3
info: {title: Models, version: '1'}
paths:
  /pets/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    patch:
      operationId: change-pet
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses:
        '200': {description: Done., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
        default: {description: Not., content: {application/json: {schema: {type: object, properties: {code: {type: integer}}}}}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string, minLength: 1, pattern: '^[a-z]+$'}}
  requestBodies:
    Pet: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}, example: {name: x}}}}
  schemas:
    Base: {type: object, required: [name], properties: {name: {type: string, maxLength: 9, example: x}}}
    Pet:
      allOf:
      - {$ref: '#/components/schemas/Base'}
      - type: object
        additionalProperties: false
        properties:
          kind: {type: string, enum: [cat, dog], default: cat, nullable: true}
          weight: {type: number, minimum: 0, exclusiveMinimum: true, maximum: 1.5}
          legs: {type: integer, multipleOf: 2}
          friends: {type: array, maxItems: 3, items: {$ref: '#/components/schemas/Pet'}}
          notes: {type: object, additionalProperties: {type: string}}
          any: {oneOf: [{type: string}, {type: array, items: {type: boolean}}, {$ref: '#/components/schemas/Base'}]}
"""
COMPAT_31 = """
openapi: 3.1.1
info: {title: Compat, version: '1'}
paths: {}
components:
  schemas:
    Reference:
      oneOf:
      - type: object
        required: [url]
        properties: {url: {type: string, minLength: 1}, size: {type: integer}}
      - {type: string, x-compat: {to: {url: $}}}
      - {type: array, minItems: 1, items: {type: integer}, x-compat: {to: {url: made, size: 1}}}
    Thing:
      type: object
      anyOf: [{required: [images]}, {required: [image]}]
      x-compat: {hubs: {/images: {conflict: merge, absent: [null, []]}, /output/format: {conflict: prefer}}}
      properties:
        images: {type: array, maxItems: 4, items: {$ref: '#/components/schemas/Reference'}}
        image:
          x-compat: {into: /images, deprecated: {since: '2026-08-01', note: Use images.}}
          oneOf:
          - {$ref: '#/components/schemas/Reference', x-compat: {to: [$]}}
          - {type: array, items: {$ref: '#/components/schemas/Reference'}, x-compat: {}}
        output: {type: object, properties: {format: {type: string, enum: [png, jpeg]}}}
        format: {type: string, enum: [png, jpg], x-compat: {into: /output/format, values: {jpg: jpeg}}}
        size: {type: [string, 'null'], const: auto, x-compat: {absent: ['', null]}}
        pair:
          type: object
          required: [a, b]
          properties: {a: {type: integer, minimum: 1}, b: {type: string}}
          x-compat: {into: /parts, to: {left: $/a, right: {name: $/b}}}
        parts: {type: object, required: [left], properties: {left: {type: integer}, right: {type: object}}}
        listed: {type: array, items: {type: string}}
        list: {type: array, items: {type: object, required: [n], properties: {n: {type: string}}}, x-compat: {into: /listed, each: $/n}}
"""
OPERATIONS_31 = """
openapi: 3.1.0
info: {title: Operations, version: 1.0.0, license: {name: MIT, identifier: MIT}}
servers: [{url: 'https://{region}.example.com/v1', variables: {region: {default: eu, enum: [eu, us]}}}]
tags: [{name: pets, description: All of them.}]
security: [{key: []}, {}]
paths:
  /pets:
    summary: Pets
    get:
      tags: [pets]
      operationId: list/pets
      parameters:
      - {name: limit, in: query, schema: {type: integer, default: 20, maximum: 100}}
      - {name: ids, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}
      - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {a: {type: string}}}}
      - {name: X-Trace, in: header, schema: {type: [string, 'null']}}
      - {name: session, in: cookie, schema: {type: string}}
      - {name: where, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses:
        '200':
          description: Some.
          headers: {X-Next: {$ref: '#/components/headers/Next'}}
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
          links: {one: {operationId: get-pet, parameters: {id: $response.body#/0/id}}}
        4XX: {$ref: '#/components/responses/Error'}
        default: {$ref: '#/components/responses/Error'}
    post:
      tags: [pets, more]
      deprecated: true
      security: [{oauth: [write]}]
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Pet'}, examples: {one: {value: {id: 1}}}}
          multipart/form-data:
            schema: {type: object, properties: {photo: {type: string, format: binary}, pet: {$ref: '#/components/schemas/Pet'}}}
            encoding: {photo: {contentType: image/png, headers: {X-A: {schema: {type: string}}}}}
      responses: {'201': {description: Made., content: {'*/*': {}}}, '204': {description: Nothing.}}
      callbacks: {made: {'{$request.body#/url}': {post: {requestBody: {content: {text/plain: {}}}, responses: {'200': {description: OK}}}}}}
  /pets/{id}/{part}:
    $ref: '#/components/pathItems/Pet'
webhooks:
  gone: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}, responses: {'200': {description: OK}}}}
components:
  pathItems:
    Pet:
      parameters:
      - {name: id, in: path, required: true, style: label, schema: {type: integer}}
      - {$ref: '#/components/parameters/Part'}
      get: {operationId: get-pet, responses: {'200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}, application/xml: {}}}}}
      delete: {operationId: delete, responses: {default: {$ref: '#/components/responses/Error'}}}
  parameters: {Part: {name: part, in: path, required: true, schema: {enum: [a, b]}}}
  headers: {Next: {schema: {type: string, format: uri}}}
  responses: {Error: {description: No., content: {application/problem+json: {schema: {$ref: '#/components/schemas/Error'}}}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://example.com', scopes: {write: Write.}}}}
  schemas:
    Error: {type: object, required: [title], properties: {title: {type: string}, status: {type: integer}}}
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat'}}
    Cat: {type: object, required: [kind], properties: {kind: {const: cat}, friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    Dog: {allOf: [{$ref: '#/components/schemas/Cat'}, {type: object, properties: {kind: {const: dog}, born: {type: string, format: date}}}]}
"""
DOCUMENTS: dict[str, Callable[[], Any]] = {
    "flagship": lambda: load(FLAGSHIP).value,
    "models": lambda: loads(MODELS_30, "models.yaml").value,
    "compat": lambda: loads(COMPAT_31, "compat.yaml").value,
    "operations": lambda: loads(OPERATIONS_31, "operations.yaml").value,
    "hostile": lambda: hostile.names("x-y"),
}
COUNTS = {"flagship": 8, "models": 24, "compat": 36, "operations": 24, "hostile": 14}

FILES = {path.removeprefix("{package}/") for path, *_ in plan.TABLE}
"""All that is ever written, whatever a document calls its parts."""


def mutant(name: str, seed: int) -> Any:
    chance = random.Random(f"{name} {seed}")
    document = copy.deepcopy(DOCUMENTS[name]())
    changes = chance.choice([1, 1, 1, 2, 3, 6])
    for _ in range(changes):
        mutate(document, chance, 120 if changes == 1 else 30)
    return document


def examine(name: str, seeds: range, directory: Path) -> None:
    """Every mutant of some seeds; of the packages one in ten is imported and fed with nonsense."""
    cases: list[list[Any]] = []
    for seed in seeds:
        started = time.monotonic()
        try:
            document = loads(json.dumps(mutant(name, seed)), "openapi.json")
        except Refused as refused:
            assert refused.problems, seed
            continue
        problems, files = outcome(document, f"package_{seed}")
        check_problems(problems, document)
        files = files or outcome(document, f"package_{seed}", is_lenient=True)[1]
        assert {path.removeprefix(f"package_{seed}/") for path in files} <= FILES
        assert time.monotonic() - started < LIMIT, (name, seed)
        if files and len(cases) < 200 and seed % 5 == 0:
            cases += written(files, directory / str(seed), seed, document.value)
    assert run_cases(directory, cases) == []


def written(files: dict[str, str], directory: Path, seed: int, document: Any) -> list[list[Any]]:
    """The cases of a package, whose files are now in the directory."""
    for path, text in tidy.tidy(files).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, "utf-8", newline="")
    here = [f"{seed}", f"package_{seed}"]
    module = files.get(f"package_{seed}/normalizers.py", "")
    called = [
        line[4:].partition("(")[0]
        for line in module.split("\n")
        if line.startswith("def normalize_")
    ]
    models = [
        line[6:].partition("(")[0]
        for line in files[f"package_{seed}/models.py"].split("\n")
        if line.startswith("class ")
    ]
    nonsense = [None, 1, "x", [], {}, [1, "x", None], *fed(document)]
    return [
        *([*here, "normalizers", name, value, "*"] for name in called for value in nonsense),
        *([*here, "models", name, {}, "*"] for name in models),
        *([[*here, "client", "", None, "*"]] if f"package_{seed}/client.py" in files else []),
    ]


def fed(document: Any) -> Iterator[Any]:
    """Objects with the properties that the document's schemas declare, and nonsense in them."""
    components = _members(document).get("components")
    for schema in _members(_members(components).get("schemas")).values():
        names = _members(_members(schema).get("properties"))
        values: tuple[Any, ...] = (1, "x", None, [], {}, ["x"], [{}], {"a": 1, "b": "x", "url": 1})
        for value in (*values, [None, 1]):
            if names:
                yield dict.fromkeys(names, value)


def _members(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_mutants(name: str, half: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)
    size = COUNTS[name] // 2
    examine(name, range(half * size, (half + 1) * size), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", DOCUMENTS)
def test_many_mutants(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as SPECLENS_SOAK says, of each document."""
    quicken(monkeypatch)
    examine(name, range(10_000, 10_000 + int(os.environ.get("SPECLENS_SOAK", "2000"))), tmp_path)


# Changes of the text


@pytest.mark.parametrize("seed", range(4))
def test_broken_text(seed: int) -> None:
    """Characters and lines lost, doubled and put in elsewhere, of YAML and of JSON."""
    texts = {
        "a.yaml": COMPAT_31,
        "b.yaml": MODELS_30,
        "c.json": json.dumps(DOCUMENTS["compat"](), indent=1),
    }
    chance = random.Random(seed)
    for name, text in texts.items():
        for _ in range(25):
            start, end = sorted(chance.randrange(len(text)) for _ in range(2))
            end = min(end, start + chance.choice([1, 5, 40]))
            piece = chance.choice(
                ["", text[start:end] * 2, *ODD, "&a [*a]", "*a", "<<: ", "!!python/name:os ", "\t"]
            )
            broken = text[:start] + piece + text[end:]
            try:
                document = loads(broken, name)
            except Refused as refused:
                assert all(
                    problem.line > 0 and problem.file == name for problem in refused.problems
                )
                continue
            check_problems(outcome(document)[0], document)


@pytest.mark.parametrize("levels", [5, 12, 40])
@pytest.mark.parametrize("kind", ["list", "mapping", "schema"])
def test_alias_bombs(kind: str, levels: int) -> None:
    """Ten aliases of ten aliases of ten: refused by what they come to, or small enough to be worked with."""
    rows = {
        "list": "[{}]",
        "mapping": "{{{}}}",
        "schema": "{{type: object, properties: {{{}}}}}",
    }
    lines = [
        "openapi: 3.1.1",
        "info: {title: x, version: '1'}",
        "paths: {}",
        "x-0: &a0 {type: string}",
    ]
    for level in range(1, levels):
        items = [f"*a{level - 1}"] * 6
        inner = ", ".join(
            items if kind == "list" else (f"k{i}: {item}" for i, item in enumerate(items))
        )
        lines.append(f"x-{level}: &a{level} {rows[kind].format(inner)}")
    lines.append(f"components: {{schemas: {{Bomb: *a{levels - 1}}}}}")
    started = time.monotonic()
    try:
        document = loads("\n".join(lines), "bomb.yaml")
        check_problems(outcome(document)[0], document)
    except Refused as refused:
        assert {problem.rule for problem in refused.problems} == {"source/alias-expansion"}
    assert time.monotonic() - started < LIMIT
