"""Source -> findings: one minimal document per fault, and no document too odd for a rule."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import REFERENCE, document, schemas, tower
from speclens.problems import Problem, Refused
from speclens.reading import load
from speclens.reporting import render
from speclens.source import Source, locate
from speclens.validate import validate

INVALID = Path(__file__).parent / "invalid"
EXPECTED = re.compile(r"# expected: (.*)")

FILES = sorted(INVALID.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_one_fault(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    expected = EXPECTED.findall(text)
    if not any(re.search(": (compat|file)/", line) for line in expected):
        assert [told(problem) for problem in problems(file)] == expected


def problems(file: Path) -> tuple[Problem, ...]:
    try:
        source = load(file)
    except Refused as refused:
        return refused.problems
    return source.warnings + locate(source, validate(source))


def told(problem: Problem) -> str:
    line = render([problem], "text").removeprefix(f"{problem.file}:").rstrip("\n")
    return line if problem.severity == "error" else f"{line} [warning]"


def test_every_rule_has_a_document() -> None:
    texts = [file.read_text(encoding="utf-8") for file in FILES]
    rules = {line.split(": ")[1] for text in texts for line in EXPECTED.findall(text)}
    assert sorted(rule for rule in rules if not rule.startswith(("compat/", "file/"))) == [
        "openapi/dialect",
        "openapi/enum",
        "openapi/exclusive",
        "openapi/name",
        "openapi/required",
        "openapi/type",
        "openapi/unique-items",
        "openapi/unknown-field",
        "openapi/unsupported-version",
        "openapi/version",
        "operation/duplicate-id",
        "parameter/duplicate",
        "parameter/querystring",
        "path/equivalent",
        "path/undeclared-parameter",
        "path/unused-parameter",
        "reference/cycle",
        "reference/external",
        "reference/kind",
        "reference/unresolved",
        "schema/default",
        "schema/example",
        "schema/keyword",
        "schema/pattern",
        "security/undeclared",
        "source/alias",
        "source/alias-cycle",
        "source/alias-expansion",
        "source/depth",
        "source/documents",
        "source/duplicate-key",
        "source/empty",
        "source/key",
        "source/merge",
        "source/number",
        "source/root",
        "source/syntax",
        "source/tag",
        "swagger/collection-format",
    ]


def found(value: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f.rule, f.pointer) for f in validate(Source("a.json", "", value))]


OK = {"default": {"description": "d"}}
PARAMETER = {"name": "a", "in": "path", "required": True, "schema": {}}


@pytest.mark.parametrize(
    "value",
    [
        document("3.0.0"),
        document("3.0.4"),
        document("3.1.0"),
        document("3.1.2-rc"),
        # Data that looks like references and schemas.
        schemas(A={"default": {"$ref": "#/no"}, "enum": [{"$ref": "#/no"}, {"$ref": "#/no"}]}),
        schemas(
            A={
                "const": {"$ref": "#/no"},
                "examples": [{"$ref": "#/no"}],
                "default": {"$ref": "#/no"},
            }
        ),
        schemas(A={"x-a": {"$ref": "#/no"}, "example": {"$ref": "#/no"}}),
        schemas(A={"properties": {"$ref": {"type": "string"}, "pattern": {"type": "string"}}}),
        schemas(A={"properties": {"default": {"type": "integer"}, "example": {"type": "integer"}}}),
        document(components={"examples": {"a": {"value": {"$ref": "#/no"}}}}),
        document(
            paths={
                "x-a": {"$ref": "#/no"},
                "/a": {"get": {"x-a": {"$ref": "#/no"}, "responses": OK}},
            }
        ),
        # Percent-encoding and ~ escapes; ways to name a schema.
        schemas(
            A={"$ref": "#/components/schemas/B/properties/c~1d~0%20%C3%A9"},
            B={"properties": {"c/d~ é": {}}},
        ),
        schemas(A={"$ref": "#b"}, B={"$anchor": "b"}),
        schemas(A={"$ref": "https://example.com/b"}, B={"$id": "https://example.com/b"}),
        schemas(A={"$id": "a", "$ref": "#/$defs/b", "$defs": {"b": {}}}),
        schemas(A={"properties": {"a": {"$ref": "#/components/schemas/A"}}}),
        schemas(A={"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}),
        # Beside a reference nothing counts in 3.0.
        schemas(
            "3.0.3", A={**REFERENCE, "default": 1, "items": {"$ref": "#/no"}}, B={"type": "string"}
        ),
        schemas("3.0.3", A={"type": "string", "nullable": True, "default": None}),
        schemas(
            "3.0.3", A={"type": "integer", "minimum": 1, "exclusiveMinimum": False, "example": 1}
        ),
        # A path item by reference, parameters of path and operation together.
        document(
            paths={"/{a}/{b}": {"$ref": "#/components/pathItems/p"}},
            components={
                "pathItems": {
                    "p": {
                        "parameters": [PARAMETER],
                        "get": {"parameters": [{**PARAMETER, "name": "b"}], "responses": OK},
                    }
                }
            },
        ),
        document(
            paths={
                "/{a}": {
                    "parameters": [{"$ref": "#/components/parameters/a"}],
                    "get": {"responses": OK},
                }
            },
            components={"parameters": {"a": PARAMETER}},
        ),
        document(
            paths={
                "/a": {"parameters": [{**PARAMETER, "in": "query"}, {**PARAMETER, "in": "header"}]}
            }
        ),
        # An example of a format that is not JSON is a text, whatever the schema.
        document(
            components={
                "responses": {
                    "a": {
                        "description": "",
                        "content": {"text/csv": {"schema": {"type": "array"}, "example": "1,2"}},
                    }
                }
            }
        ),
    ],
    ids=lambda value: json.dumps(value)[50:100],
)
def test_nothing_to_find(value: dict[str, Any]) -> None:
    assert found(value) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # All of them in one run, at their own places.
        (
            schemas(A={"type": "strin", "minimum": "1"}, B={"items": {"$ref": "#/no"}}),
            [
                ("schema/keyword", "#/components/schemas/A/type"),
                ("schema/keyword", "#/components/schemas/A/minimum"),
                ("reference/unresolved", "#/components/schemas/B/items/$ref"),
            ],
        ),
        # Beside a reference everything counts in 3.1.
        (
            schemas(A={**REFERENCE, "default": 1}, B={"type": "string"}),
            [("schema/default", "#/components/schemas/A/default")],
        ),
        # A chain into a cycle is no member of it.
        (
            schemas(A=REFERENCE, B={"$ref": "#/components/schemas/C"}, C=REFERENCE),
            [
                ("reference/cycle", "#/components/schemas/B/$ref"),
                ("reference/cycle", "#/components/schemas/C/$ref"),
            ],
        ),
        (schemas(A={"$ref": ""}), [("reference/unresolved", "#/components/schemas/A/$ref")]),
        (schemas(A={"$ref": "#"}), [("reference/kind", "#/components/schemas/A/$ref")]),
        (
            schemas(
                A={"$dynamicRef": "#no"},
                B={"$dynamicRef": "#/no"},
                C={"$dynamicRef": "no.yaml"},
                D={"$dynamicRef": "#"},
            ),
            [
                ("reference/unresolved", "#/components/schemas/A/$dynamicRef"),
                ("reference/unresolved", "#/components/schemas/B/$dynamicRef"),
                ("reference/external", "#/components/schemas/C/$dynamicRef"),
                ("reference/kind", "#/components/schemas/D/$dynamicRef"),
            ],
        ),
        (schemas(A={"$ref": 1}), [("schema/keyword", "#/components/schemas/A/$ref")]),
        (
            document(
                security=[{"a": []}],
                components={"securitySchemes": {"a": {"$ref": "b.yaml"}}},
            ),
            [("reference/external", "#/components/securitySchemes/a/$ref")],
        ),
        # Callbacks and webhooks hold operations too.
        (
            document(
                webhooks={"w": {"post": {"operationId": "a", "responses": OK}}},
                paths={
                    "/a": {
                        "get": {
                            "operationId": "a",
                            "responses": OK,
                            "callbacks": {"c": {"{$url}": {"put": {"operationId": "a"}}}},
                        }
                    }
                },
            ),
            [
                ("operation/duplicate-id", "#/paths/~1a/get/callbacks/c/{$url}/put/operationId"),
                ("operation/duplicate-id", "#/webhooks/w/post/operationId"),
            ],
        ),
    ],
    ids=lambda value: json.dumps(value)[50:100],
)
def test_what_is_found(value: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert sorted(found(value)) == sorted(expected)


def test_severities() -> None:
    source = Source("a.json", "", schemas(A={"type": "strin"}, B={"type": "string", "default": 1}))
    assert [(f.rule, f.severity) for f in validate(source)] == [
        ("schema/keyword", "error"),
        ("schema/default", "warning"),
    ]


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_tower_of_references_is_not_evaluated(keyword: str) -> None:
    value = tower(keyword, 60)
    value["components"]["schemas"]["A0"]["default"] = 1
    assert found(value) == []


def test_a_long_chain_of_references() -> None:
    named: dict[str, Any] = {
        f"A{i}": {"$ref": f"#/components/schemas/A{i + 1}"} for i in range(3_000)
    }
    value = schemas(**named, A3000={"type": "string"})
    value["components"]["schemas"]["A0"]["default"] = 1
    assert found(value) == []


# A document with something of everything, to put odd values into.
WHOLE = document(
    servers=[{"url": "/", "variables": {"a": {"default": "b"}}}],
    tags=[{"name": "a"}],
    security=[{"s": []}],
    paths={
        "/a/{b}": {
            "parameters": [{"$ref": "#/components/parameters/P"}],
            "get": {
                "operationId": "a",
                "requestBody": {
                    "content": {"application/json": {"schema": REFERENCE, "example": 1}}
                },
                "responses": {"200": {"$ref": "#/components/responses/R"}},
                "callbacks": {"c": {"{$url}": {"put": {"responses": OK}}}},
            },
        }
    },
    webhooks={"w": {"$ref": "#/components/pathItems/I"}},
    components={
        "schemas": {
            "A": {
                "type": ["object", "null"],
                "properties": {"a": {"enum": [1]}},
                "required": ["a"],
            },
            "B": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "integer", "default": 1}]},
            "C": {
                "$id": "https://a/c",
                "$anchor": "c",
                "pattern": "a",
                "patternProperties": {"b": True},
            },
        },
        "parameters": {"P": {"name": "b", "in": "path", "required": True, "schema": {}}},
        "responses": {"R": {"description": "d", "headers": {"h": {"schema": {"type": "string"}}}}},
        "pathItems": {"I": {"post": {"responses": OK}}},
        "examples": {"e": {"value": 1}},
        "securitySchemes": {"s": {"type": "http", "scheme": "bearer"}},
    },
)
ODD: list[Any] = [
    None,
    True,
    0,
    -1.5,
    10**300,
    "",
    "a",
    "#",
    "#/",
    "(",
    [],
    [None],
    {},
    {"a": 1},
    {"$ref": 5},
    {"$ref": ""},
    {"$ref": "#"},
    {"$ref": "#/paths"},
    {"$ref": "#/%zz"},
    {"$ref": "x"},
    {"$ref": "#/components/schemas/~2"},
    {"$id": "::"},
    {"$id": 5},
    {"$anchor": 5},
    {"enum": 5},
    {"pattern": "("},
    {"$schema": "x"},
    {"$dynamicRef": "#x"},
    {"examples": 5},
    {"items": [{}]},
]
FIELDS = [
    "$ref",
    "$id",
    "$anchor",
    "schema",
    "properties",
    "type",
    "default",
    "example",
    "examples",
    "parameters",
]


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_no_document_is_too_odd(data: st.DataObject) -> None:
    value = copy.deepcopy(WHOLE)
    value["openapi"] = data.draw(st.sampled_from(["3.0.3", "3.1.1"]))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(list(members(value))))
        if isinstance(holder, dict) and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(FIELDS))
        holder[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    source = Source("a.json", json.dumps(value), value)
    findings = validate(source)
    assert {f.pointer for f in findings} == {p.pointer for p in locate(source, findings)}
    assert all(f.message and f.severity in ("error", "warning") for f in findings)


def members(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from members(value[key])


def test_the_whole_document_is_well() -> None:
    assert found(WHOLE) == []
