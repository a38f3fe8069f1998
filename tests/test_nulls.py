"""Null in an `allOf` of objects: a value where all parts admit it, as a JSON Schema validator has it too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from built import HEAD, HEAD_30, imported, texts
from speclens.validate.dialect import schema_validator


def part(name: str, is_nullable: bool = True, **more: Any) -> dict[str, Any]:
    """An object with one property."""
    told = {"nullable": True} if is_nullable else {}
    return {"type": "object", **told, "properties": {name: {"type": "string"}}, **more}


CASES: dict[str, tuple[Any, bool]] = {
    "Both": ({"allOf": [part("a"), part("b")]}, True),
    "Nested": ({"allOf": [{"allOf": [part("a")]}, part("b")]}, True),
    "Deep": ({"allOf": [{"allOf": [part("a"), {"allOf": [part("c")]}]}, part("b")]}, True),
    "Referred": ({"allOf": [{"$ref": "#/components/schemas/Base"}, part("b")]}, True),
    "Described": ({"allOf": [{"allOf": [part("a")]}, {"description": "x"}, part("b")]}, True),
    "Bounded": ({"allOf": [{"allOf": [part("a")]}, {"minProperties": 1}, part("b")]}, True),
    "One": ({"allOf": [{"allOf": [part("a")]}, part("b", False)]}, False),
    "Inside": ({"allOf": [{"allOf": [part("a", False)]}, part("b")]}, False),
    "Own": ({**part("c", False), "allOf": [{"allOf": [part("a")]}, part("b")]}, False),
}


def of_31(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as one of 3.1."""
    if isinstance(schema, list):
        return [of_31(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kinds = {"type": ["object", "null"]} if schema.get("nullable") else {}
    return {key: of_31(one) for key, one in schema.items() if key != "nullable"} | kinds


def document(is_30: bool) -> dict[str, Any]:
    components = {"Base": part("a"), **{name: one for name, (one, _) in CASES.items()}}
    places = {
        f"Has{name}": {"type": "object", "properties": {"value": one}}
        for name, (one, _) in CASES.items()
    }
    refers = {"type": "object", "properties": {"nested": {"$ref": "#/components/schemas/Nested"}}}
    found = {**components, **places, "Refers": refers}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Nested"}}}}
    answers = {"200": {"description": "d", **body}}
    paths = {"/a": {"post": {"operationId": "a", "requestBody": body, "responses": answers}}}
    said = found if is_30 else of_31(found)
    return {**(HEAD_30 if is_30 else HEAD), "paths": paths, "components": {"schemas": said}}


@pytest.fixture(scope="module", params=["3.0", "3.1"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    own = document(request.param == "3.0")
    files = texts(own)
    return own, imported(files, tmp_path_factory.mktemp("nulls")), files["client.py"]


@pytest.mark.parametrize("name", CASES)
def test_null_is_a_value_if_all_parts_admit_it(made: Any, name: str) -> None:
    own, models, _ = made
    validator = schema_validator(own, f"#/components/schemas/Has{name}")
    assert validator.is_valid({"value": None}) is CASES[name][1]
    try:
        getattr(models, f"Has{name}").model_validate({"value": None})
    except ValueError:
        is_taken = False
    else:
        is_taken = True
    assert is_taken is CASES[name][1]


def test_null_is_a_body_and_an_answer_too(made: Any) -> None:
    _, models, client = made
    assert models.Refers.model_validate({"nested": None}).nested is None
    assert "Json(_models.Nested | None)" in client
    assert "body: NestedInput" in client


def test_null_of_a_list_of_types_is_none_of_an_all_of_that_refuses_it(tmp_path: Path) -> None:
    value = {"type": ["object", "null"], "properties": {"c": {}}, "allOf": [part("a", False)]}
    schemas = {"Has": {"type": "object", "properties": {"value": value}}}
    models = imported(texts({**HEAD, "paths": {}, "components": {"schemas": schemas}}), tmp_path)
    assert models.Has.model_validate({"value": {"a": "x"}}).value.a == "x"
    with pytest.raises(ValueError, match="value"):
        models.Has.model_validate({"value": None})
