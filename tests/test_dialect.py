"""Schemas as plain JSON Schema 2020-12, validators for them, and what judging by them costs."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from built import problems
from documents import REFERENCE, document, schemas, tower
from speclens.validate.cost import LIMIT, costs
from speclens.validate.dialect import schema_validator, to_2020_12


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, 1),
        ({"properties": {"a": {}}, "items": {}}, 1),
        ({"allOf": [{}, {}], "not": {}, "if": {}, "then": {}, "else": {}}, 7),
        ({"dependentSchemas": {"a": {}}, "anyOf": [{"oneOf": [{}]}]}, 4),
        ({"allOf": [{"$ref": "#/components/schemas/A"}]}, 3),
        (REFERENCE, 3),
        ({"$ref": "#/no"}, 2),
        (True, 1),
    ],
)
def test_costs(schema: Any, expected: int) -> None:
    cost = costs(schemas(A=schema, B={"allOf": [{}]}))
    assert cost("#/components/schemas/A") == expected


def test_costs_have_a_limit() -> None:
    assert costs(tower("allOf", 60))("#/components/schemas/A0") == LIMIT


@pytest.mark.parametrize(
    ("given_30", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"nullable": True}, {}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a"]},
        ),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1.5, "exclusiveMaximum": True}, {"exclusiveMaximum": 1.5}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": True}, {}),
        ({**REFERENCE, "type": "string", "nullable": True}, REFERENCE),
        ({"const": 1, "$defs": {}, "x-a": 1, "discriminator": {"propertyName": "a"}}, {}),
        (
            {"properties": {"nullable": {"type": "string", "nullable": True}}},
            {"properties": {"nullable": {"type": ["string", "null"]}}},
        ),
        (
            {"items": {"not": {"nullable": True, "type": "integer"}}},
            {"items": {"not": {"type": ["integer", "null"]}}},
        ),
        (
            {"allOf": [{"type": "object", "nullable": True}]},
            {"allOf": [{"type": ["object", "null"]}]},
        ),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        ({"default": {"nullable": True}}, {"default": {"nullable": True}}),
        (
            {"properties": 5, "allOf": {}, "items": None},
            {"properties": 5, "allOf": {}, "items": None},
        ),
    ],
)
def test_schemas_of_30_as_2020_12(given_30: Any, expected: Any) -> None:
    value = schemas("3.0.3", A=given_30)
    before = copy.deepcopy(value)
    assert to_2020_12(value, "3.0") == schemas("3.0.3", A=expected)
    assert value == before


def test_schemas_of_30_are_found_where_they_stand() -> None:
    nullable, plain = {"type": "string", "nullable": True}, {"type": ["string", "null"]}

    def with_schema(schema: Any) -> dict[str, Any]:
        content = {"a/b": {"schema": schema, "example": nullable}}
        operation = {
            "parameters": [{"name": "a", "in": "query", "schema": schema}],
            "requestBody": {"content": content},
            "responses": {"200": {"content": content, "headers": {"h": {"schema": schema}}}},
        }
        return document("3.0.3", paths={"/a": {"get": operation}, "x-a": {"schema": nullable}})

    assert to_2020_12(with_schema(nullable), "3.0") == with_schema(plain)


def test_schemas_of_31_are_2020_12() -> None:
    value = schemas(A={"type": "string", "nullable": True})
    assert to_2020_12(value, "3.1") == value


@pytest.mark.parametrize(
    ("value", "place", "accepted", "refused"),
    [
        (
            schemas(A={"type": "integer"}),
            "#/components/schemas/A",
            [1, 1.0],
            ["1", None, True, 1.5],
        ),
        (
            schemas(**{"a/b~ é%": REFERENCE}, B={"enum": [1]}),
            "#/components/schemas/a~1b~0 é%",
            [1],
            [2],
        ),
        (
            schemas(
                A={"properties": {"{$a}#b c|é": {"enum": [1]}}},
                B={"$ref": "#/components/schemas/A/properties/{$a}#b c|é"},
            ),
            "#/components/schemas/B",
            [1],
            [2],
        ),
        (
            schemas(A={"properties": {"a#b": {"enum": [1]}}}),
            "#/components/schemas/A/properties/a#b",
            [1],
            [2],
        ),
        (
            schemas(A={"properties": {"a": {"type": "null"}}}),
            "#/components/schemas/A/properties/a",
            [None],
            [1],
        ),
        (
            schemas(A={"items": {"$ref": "#/components/schemas/A"}, "type": "array"}),
            "#/components/schemas/A",
            [[], [[[]]]],
            [[[1]]],
        ),
        (
            schemas(
                A={"$id": "https://a/b", "$ref": "#/$defs/c", "$defs": {"c": {"type": "string"}}}
            ),
            "#/components/schemas/A",
            ["a"],
            [1],
        ),
        (
            schemas(A={"$ref": "#b"}, B={"$anchor": "b", "type": "string"}),
            "#/components/schemas/A",
            ["a"],
            [1],
        ),
        (schemas(A={"type": "string", "format": "uri"}), "#/components/schemas/A", ["no uri"], [1]),
        (schemas(A=False), "#/components/schemas/A", [], [1]),
        (
            schemas("3.0.3", A={"type": "string", "nullable": True}),
            "#/components/schemas/A",
            ["a", None],
            [1],
        ),
        (schemas("3.0.3", A={"const": 1}), "#/components/schemas/A", [1, 2], []),
        (
            schemas(A={"type": "nonsense"}, B={"type": "string"}),
            "#/components/schemas/B",
            ["a"],
            [1],
        ),
        (
            schemas(A={"$ref": "https://a/b"}, B={"$anchor": "b", "type": "string"}),
            "#/components/schemas/B",
            ["a"],
            [1],
        ),
        (
            document(
                paths={
                    "/a": {
                        "get": {
                            "responses": {
                                "200": {
                                    "description": "",
                                    "content": {"a/b": {"schema": {"minimum": 1}}},
                                }
                            }
                        }
                    }
                }
            ),
            "#/paths/~1a/get/responses/200/content/a~1b/schema",
            [1],
            [0],
        ),
    ],
    ids=lambda value: json.dumps(value)[50:100],
)
def test_schema_validators(
    value: dict[str, Any], place: str, accepted: list[Any], refused: list[Any]
) -> None:
    validator = schema_validator(value, place)
    assert [v for v in (*accepted, *refused) if validator.is_valid(v)] == accepted


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"minLength": -1},
        {"properties": None},
        {"$ref": "#/no"},
        {"$ref": "#no"},
        {"$ref": "http://127.0.0.1:9/a"},
        {"$ref": "file:///etc/hostname"},
        {"allOf": [{"$ref": "#/components/schemas/B"}]},
        5,
    ],
)
def test_unsound_schemas_are_value_errors(schema: Any) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        schema_validator(schemas(A=schema), "#/components/schemas/A")


def test_a_schema_that_is_not_there_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        schema_validator(document(), "#/components/schemas/A")


def test_a_name_may_be_required_twice() -> None:
    """An example and a payload that have it are valid: the validator compares the length of the list with that of the
    object before it looks."""
    thing = {"type": "object", "required": ["a", "a"], "properties": {"a": {"type": "string"}}}
    whole = schemas(A={**thing, "example": {"a": "x"}})
    judge = schema_validator(whole, "#/components/schemas/A")
    assert judge.is_valid({"a": "x"})
    assert not judge.is_valid({})
    rules = {one.rule for one in problems(json.dumps(whole), "openapi.json")}
    assert "schema/example" not in rules
