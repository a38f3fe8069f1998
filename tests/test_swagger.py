"""Swagger 2.0 -> OpenAPI 3.0: what each part becomes, where it is written, and that the official 3.0 schema accepts it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from built import problems
from speclens.problems import Refused
from speclens.reading import loads
from speclens.validate import official
from speclens.validate.document import Document

HEAD = {"swagger": "2.0", "info": {"title": "Tests", "version": "1"}, "paths": {}}
DONE = {"200": {"description": "Done"}}


def converted(**fields: Any) -> dict[str, Any]:
    """A 2.0 document with these fields, as 3.0; the official 3.0 schema has nothing against it."""
    source = loads(json.dumps(HEAD | fields), "openapi.json")
    assert source.before is not None
    assert list(official.structure(Document("2.0", source.before.value, ()))) == []
    assert list(official.structure(Document("3.0", source.value, ()))) == []
    return dict(source.value)


def operation(operation: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What becomes of an operation of a document with these fields."""
    paths = {"/a": {"post": {"responses": DONE} | operation}}
    made: dict[str, Any] = converted(paths=paths, **fields)["paths"]["/a"]["post"]
    return made


@pytest.mark.parametrize(
    ("fields", "urls"),
    [
        ({}, None),
        ({"basePath": "/v1"}, ["/v1"]),
        ({"host": "a.example", "basePath": "/"}, ["https://a.example"]),
        (
            {"host": "a.example", "basePath": "/v1/", "schemes": ["http", "https", "ws"]},
            ["https://a.example/v1", "http://a.example/v1"],
        ),
        ({"host": "a.example:80", "schemes": ["http"]}, ["http://a.example:80"]),
    ],
)
def test_servers(fields: dict[str, Any], urls: list[str] | None) -> None:
    servers = converted(**fields).get("servers")
    assert (servers and [server["url"] for server in servers]) == urls


@pytest.mark.parametrize(
    ("place", "given", "style", "explode"),
    [
        ("query", None, "form", False),
        ("query", "csv", "form", False),
        ("query", "multi", "form", True),
        ("query", "ssv", "spaceDelimited", False),
        ("query", "pipes", "pipeDelimited", False),
        ("query", "tsv", "form", False),
        ("header", "csv", "simple", False),
        ("path", None, "simple", False),
    ],
)
def test_lists(place: str, given: str | None, style: str, explode: bool) -> None:
    parameter: dict[str, Any] = {"name": "a", "in": place, "type": "array"}
    parameter["items"] = {"type": "array", "items": {"type": "string"}, "collectionFormat": "csv"}
    if place == "path":
        parameter["required"] = True
    if given:
        parameter["collectionFormat"] = given
    [made] = operation({"parameters": [parameter]})["parameters"]
    assert (made["style"], made["explode"]) == (style, explode)
    inner = {"type": "array", "items": {"type": "string"}}
    assert made["schema"] == {"type": "array", "items": inner}


def test_parameters() -> None:
    limit = {"name": "limit", "in": "query", "type": "integer", "default": 1, "x-example": 3}
    made = converted(
        parameters={"limit": limit, "whole": {"name": "b", "in": "body", "schema": {}}},
        paths={
            "/a": {
                "parameters": [{"$ref": "#/parameters/limit"}, {"$ref": "#/parameters/whole"}],
                "get": {"responses": DONE},
                "put": {
                    "responses": DONE,
                    "consumes": ["text/plain"],
                    "parameters": [{"name": "c", "in": "body", "schema": {"type": "string"}}],
                },
            }
        },
    )
    schema = {"type": "integer", "default": 1}
    assert made["components"]["parameters"] == {
        "limit": {"name": "limit", "in": "query", "schema": schema, "example": 3}
    }
    item = made["paths"]["/a"]
    assert item["parameters"] == [{"$ref": "#/components/parameters/limit"}]
    assert item["get"]["requestBody"] == {"$ref": "#/components/requestBodies/whole"}
    assert made["components"]["requestBodies"] == {
        "whole": {"content": {"application/json": {"schema": {}}}}
    }
    assert item["put"]["requestBody"]["content"] == {"text/plain": {"schema": {"type": "string"}}}


def test_a_shared_body_is_written_out_where_an_operation_takes_types_of_its_own() -> None:
    shared = {"whole": {"name": "b", "in": "body", "required": True, "schema": {"type": "string"}}}
    parameters = [{"$ref": "#/parameters/whole"}]
    made = operation({"parameters": parameters, "consumes": ["text/plain"]}, parameters=shared)
    content = {"text/plain": {"schema": {"type": "string"}}}
    assert made["requestBody"] == {"required": True, "content": content}
    made = operation({"parameters": parameters}, parameters=shared, consumes=["text/plain"])
    assert made["requestBody"] == {"$ref": "#/components/requestBodies/whole"}


@pytest.mark.parametrize(
    ("types", "operations", "schema", "told"),
    [
        (500, 100, {"type": "string"}, "50,000 values"),
        (400, 300, {"type": "string"}, "100,000 media types"),
        (1, 200, {"enum": [*range(2_000)]}, ""),
        (200, 1, {"enum": [*range(2_000)]}, "50,000 values"),
        (50, 200, {"type": "string"}, ""),
    ],
)
def test_what_is_shared_is_written_out_so_often_and_no_more(
    types: int, operations: int, schema: dict[str, Any], told: str
) -> None:
    """Each operation of 3.0 lists its media types, each with the schema: a small document could become a huge one."""
    answer = {"200": {"description": "", "schema": schema}}
    paths = {f"/{number}": {"get": {"responses": answer}} for number in range(operations)}
    produces = [f"text/a{number}" for number in range(types)]
    text = json.dumps(HEAD | {"produces": produces, "paths": paths})
    if told:
        with pytest.raises(Refused) as caught:
            loads(text, "openapi.json")
        (problem,) = caught.value.problems
        assert (problem.rule, problem.line, problem.column) == ("swagger/size", 1, 1)
        assert told in problem.message
    else:
        loads(text, "openapi.json")


FILE = {"name": "f", "in": "formData", "type": "file", "required": True}
TEXT = {"name": "t", "in": "formData", "type": "string", "description": "Text"}
URLENCODED = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("fields", "consumes", "types"),
    [
        ([TEXT], [], [URLENCODED]),
        ([TEXT], ["multipart/form-data", "application/json"], ["multipart/form-data"]),
        ([TEXT, FILE], [URLENCODED], ["multipart/form-data"]),
    ],
)
def test_forms(fields: list[dict[str, Any]], consumes: list[str], types: list[str]) -> None:
    body = operation({"parameters": fields, "consumes": consumes})["requestBody"]
    assert list(body["content"]) == types
    schema = body["content"][types[0]]["schema"]
    assert schema["properties"]["t"] == {"type": "string", "description": "Text"}
    if FILE in fields:
        assert body["required"] is True
        assert schema["required"] == ["f"]
        assert schema["properties"]["f"] == {"type": "string", "format": "binary"}


def test_responses() -> None:
    shared = {"description": "No", "schema": {"type": "string"}}
    made = operation(
        {
            "produces": ["text/plain"],
            "responses": {
                "200": {
                    "description": "A file",
                    "schema": {"type": "file"},
                    "headers": {"X-Rate": {"type": "integer", "description": "Left"}},
                    "examples": {"text/plain": "a", "text/csv": "b"},
                },
                "404": {"$ref": "#/responses/No"},
            },
        },
        responses={"No": shared},
        produces=["application/json"],
    )["responses"]
    binary = {"type": "string", "format": "binary"}
    assert made["200"] == {
        "description": "A file",
        "headers": {"X-Rate": {"description": "Left", "schema": {"type": "integer"}}},
        "content": {
            "text/plain": {"schema": binary, "example": "a"},
            "text/csv": {"schema": binary, "example": "b"},
        },
    }
    assert list(made["404"]["content"]) == ["text/plain"]
    file = {"description": "A file", "schema": {"type": "file"}}
    of_json = operation({"responses": {"200": file}}, produces=["application/json"])
    assert of_json["responses"]["200"]["content"] == {"*/*": {"schema": binary}}


def test_schemas() -> None:
    made = converted(
        definitions={
            "A«B»": {"type": "object", "discriminator": "kind", "required": ["kind"]},
            "A<B>": {"allOf": [{"$ref": "#/definitions/A%C2%ABB%C2%BB"}], "x-nullable": True},
            "discriminator": {
                "properties": {
                    "discriminator": {"type": "string"},
                    "x-nullable": {"type": "string"},
                },
                "example": {"$ref": "#/definitions/discriminator", "discriminator": "a"},
            },
        }
    )["components"]["schemas"]
    first, second, third = made
    assert (first, second, third) == ("A_B_a9c5a039", "A_B_a52a29fe", "discriminator")
    assert made[first]["discriminator"] == {"propertyName": "kind"}
    assert made[second] == {"allOf": [{"$ref": f"#/components/schemas/{first}"}], "nullable": True}
    assert made[third]["properties"]["discriminator"] == {"type": "string"}
    assert made[third]["example"]["$ref"] == "#/definitions/discriminator"


def test_security() -> None:
    urls = {"authorizationUrl": "https://a.example/a", "tokenUrl": "https://a.example/t"}
    made = converted(
        securityDefinitions={
            "basic": {"type": "basic", "description": "Name and password"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "code": {"type": "oauth2", "flow": "accessCode", "scopes": {"r": "Read"}, **urls},
        },
        security=[{"basic": []}],
    )
    assert made["security"] == [{"basic": []}]
    assert made["components"]["securitySchemes"] == {
        "basic": {"type": "http", "scheme": "basic", "description": "Name and password"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "code": {
            "type": "oauth2",
            "flows": {"authorizationCode": urls | {"scopes": {"r": "Read"}}},
        },
    }


def test_places_are_those_as_written() -> None:
    """A problem is told once, although a schema stands under two media types."""
    text = """swagger: '2.0'
info: {title: t, version: '1'}
consumes: [application/json, text/json]
paths:
  /a:
    post:
      parameters:
        - {name: b, in: body, schema: {type: string, pattern: '('}}
      responses: {200: {description: OK}}
"""
    [found] = problems(text)
    assert (found.rule, found.line, found.column) == ("schema/pattern", 8, 54)
    assert found.pointer == "#/paths/~1a/post/parameters/0/schema/pattern"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$ref",
                    "parameters",
                    "in",
                    "name",
                    "schema",
                    "get",
                    "post",
                    "responses",
                    "200",
                    "type",
                    "items",
                    "schemes",
                    "host",
                    "basePath",
                    "definitions",
                    "consumes",
                    "produces",
                    "examples",
                    "headers",
                    "flow",
                    "discriminator",
                    "collectionFormat",
                    "/a",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(["paths", "definitions", "parameters", "responses", "host", "basePath", "schemes", "consumes", "securityDefinitions"]), JSON))  # fmt: skip
def test_whatever_is_written_is_told_not_raised(fields: dict[str, Any]) -> None:
    try:
        problems(json.dumps(HEAD | fields), "openapi.json")
    except Refused as refused:  # of the text itself: a number beyond all floats
        assert {problem.rule for problem in refused.problems} == {"source/number"}
