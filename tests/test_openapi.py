"""The nodes of a document: references resolved, defaults of path items, parts of the wrong JSON type absent."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import goldens
from speclens.objects import path_item_of
from speclens.openapi import edits
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject
from speclens.reading.modern import modern
from speclens.source.pointer import exists, get

Json = dict[str, Any]
STRANGE: list[Any] = [None, True, 3, "x", [], [None, 3, []], {"x": None}]


def document(operation: Json, **fields: Any) -> Json:
    return {"paths": {"/things": {"get": operation, **fields}}}


def only(value: Json) -> OperationObject:
    (operation,) = OpenApi(value).operations
    return operation


def test_parameters_of_the_path_item_are_in_effect() -> None:
    value = document(
        {"parameters": [{"name": "a", "in": "query", "required": True}]},
        parameters=[
            {"name": "a", "in": "query"},
            {"name": "X-B", "in": "header"},
            {"$ref": "#/components/parameters/c"},
        ],
    )
    value["components"] = {"parameters": {"c": {"name": "c", "in": "path", "required": True}}}
    found = only(value).parameters
    assert list(found) == [("query", "a"), ("header", "x-b"), ("path", "c")]
    assert [one.pointer for one in found.values()] == [
        "#/paths/~1things/get/parameters/0",
        "#/paths/~1things/parameters/1",
        "#/components/parameters/c",
    ]
    assert [one.is_required for one in found.values()] == [True, False, True]


def test_references_are_resolved() -> None:
    value = document(
        {
            "requestBody": {"$ref": "#/components/requestBodies/B"},
            "responses": {"200": {"$ref": "#/components/responses/R"}, "x-y": {}},
        }
    )
    value["components"] = {
        "requestBodies": {"B": {"content": {"a/b": {"$ref": "#/components/mediaTypes/M"}}}},
        "mediaTypes": {"M": {"schema": {"type": "string"}}},
        "responses": {"R": {"headers": {"X-A": {"$ref": "#/components/headers/H"}}}},
        "headers": {"H": {"required": True, "content": {"text/plain": {"schema": True}}}},
    }
    operation = only(value)
    assert operation.body
    (media,) = operation.body.content
    assert (media.name, media.pointer, media.owner) == (
        "a/b",
        "#/components/mediaTypes/M",
        "request-body",
    )
    assert media.schema == ("#/components/mediaTypes/M/schema", {"type": "string"})
    (response,) = operation.responses
    assert (response.status, response.pointer) == ("200", "#/components/responses/R")
    (header,) = response.headers
    assert (header.name, header.pointer, header.is_required) == (
        "X-A",
        "#/components/headers/H",
        True,
    )
    place = "#/components/headers/H/content/text~1plain/schema"
    assert header.value_schema == (place, True)


def test_schemas_are_those_of_the_document() -> None:
    schema: Json = {"type": "string"}
    value = document({"parameters": [{"name": "a", "in": "query", "schema": schema}]})
    assert only(value).parameters["query", "a"].value_schema.value is schema


def test_a_path_item_may_be_a_reference_with_operations_beside_it() -> None:
    item = {
        "get": {"operationId": "one"},
        "post": {"operationId": "two"},
        "additionalOperations": {"COPY": {"operationId": "three"}},
    }
    beside = {"$ref": "#/components/pathItems/I", "post": {"operationId": "own"}}
    value = {"paths": {"/a": beside, "no-path": item}, "components": {"pathItems": {"I": item}}}
    found = OpenApi(value).operations
    assert [(one.operation_id, one.method, one.path, one.pointer) for one in found] == [
        ("one", "get", "/a", "#/components/pathItems/I/get"),
        ("own", "post", "/a", "#/paths/~1a/post"),
        ("three", "COPY", "/a", "#/components/pathItems/I/additionalOperations/COPY"),
    ]


def test_two_paths_may_refer_to_one_item() -> None:
    item = {"get": {"operationId": "one"}}
    reference = {"$ref": "#/components/pathItems/I"}
    value = {"paths": {"/a": reference, "/b": reference}, "components": {"pathItems": {"I": item}}}
    api = OpenApi(value)
    assert [one.path for one in api.operations] == ["/a", "/b"]
    assert [one.path for one in api.every_operation] == ["I"]
    assert {one.pointer for one in api.operations} == {"#/components/pathItems/I/get"}


def test_operations_of_webhooks_and_callbacks_are_no_operations_of_paths() -> None:
    called: Json = {"post": {"operationId": "called"}}
    value = document({"operationId": "own", "callbacks": {"c": {"{$url}": called}}})
    value["webhooks"] = {"w": called}
    api = OpenApi(value)
    assert [one.operation_id for one in api.operations] == ["own"]
    assert [one.path for one in api.every_operation] == ["/things", "{$url}", "w"]
    for one in api.every_operation:
        assert api.operation(one.pointer) is one


def test_servers_are_those_of_the_operation_then_those_of_its_path_item() -> None:
    variables = {"port": {"default": 8443}, "none": {}}
    value = document(
        {"servers": [{"url": "https://a:{port}", "variables": variables}]},
        servers=[{"url": "https://b"}],
    )
    value["servers"] = [{"url": "https://c"}]
    assert [one.url for one in only(value).servers] == ["https://a:{port}", "https://b"]
    assert only(value).servers[0].variables == {"port": "8443", "none": ""}
    urls = [one.url for one in OpenApi(value).every_server]
    assert urls == ["https://c", "https://b", "https://a:{port}"]


def test_security_of_the_document_holds_where_there_is_no_other() -> None:
    value = document({"security": [{}, {"key": [], "oauth": ["read"]}, 3]})
    value["security"] = [{"key": []}]
    assert only(value).security == ({}, {"key": (), "oauth": ("read",)})
    assert only(document({})).security is None
    assert OpenApi(value).security == ({"key": ()},)
    assert OpenApi({}).security == ()


def test_security_schemes() -> None:
    flow = {"tokenUrl": "https://a/token"}
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "oauth": {"$ref": "#/components/securitySchemes/other"},
        "other": {"type": "oauth2", "flows": {"clientCredentials": flow}},
        "none": 3,
    }
    found = OpenApi({"components": {"securitySchemes": schemes}}).security_schemes
    assert list(found) == ["key", "oauth", "other"]
    assert (found["key"].location, found["key"].name) == ("header", "X-Key")
    assert found["oauth"] == found["other"]
    assert found["oauth"].token_url == "https://a/token"


def test_examples_are_those_of_both_fields() -> None:
    examples = {"a": {"value": 2}, "b": {"$ref": "#/components/examples/E"}, "c": {"summary": "s"}}
    media = {"example": None, "examples": examples}
    value = document({"requestBody": {"content": {"application/json": media}}})
    value["components"] = {"examples": {"E": {"value": 3}}}
    body = only(value).body
    assert body
    assert body.content[0].examples == (None, 2, 3)


def test_encodings() -> None:
    encoding = {
        "a": {"contentType": "image/png, image/jpeg"},
        "b": {"style": "form"},
        "c": {"explode": False},
        "d": None,
    }
    value = document({"requestBody": {"content": {"multipart/form-data": {"encoding": encoding}}}})
    body = only(value).body
    assert body
    found = body.content[0].encodings
    assert [(name, one.kind, one.has_style) for name, one in found.items()] == [
        ("a", "image/png", False),
        ("b", "", True),
        ("c", "", True),
    ]


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(
    "path",
    [
        "parameters", "parameters/0", "parameters/0/content", "parameters/0/content/a", "requestBody", "requestBody/content",
        "requestBody/content/a", "requestBody/content/a/encoding", "requestBody/content/a/encoding/b", "requestBody/content/a/examples",
        "requestBody/content/a/examples/b", "responses", "responses/200", "responses/200/headers", "responses/200/headers/b",
        "responses/200/content", "servers", "servers/0", "servers/0/variables", "servers/0/variables/b", "security", "security/0",
        "security/0/b", "tags", "tags/0", "summary", "operationId",
    ],
)  # fmt: skip
def test_parts_of_the_wrong_type_are_absent(path: str, strange: Any) -> None:
    media = {"a": {"encoding": {"b": {}}, "examples": {"b": {"value": 3}}}}
    operation: Json = {
        "parameters": [{"name": "p", "in": "query", "content": {"a": {}}}],
        "requestBody": {"content": media},
        "responses": {"200": {"headers": {"b": {}}, "content": {"a": {}}}},
        "servers": [{"url": "/", "variables": {"b": {"default": ""}}}],
        "security": [{"b": []}],
        "tags": ["b"],
    }
    *way, last = path.split("/")
    owner: Any = operation
    for token in way:
        owner = owner[int(token)] if isinstance(owner, list) else owner[token]
    owner[int(last) if isinstance(owner, list) else last] = strange
    api = OpenApi(document(operation))
    (one,) = api.operations
    assert one.pointer == "#/paths/~1things/get"
    assert list(api.every_parameter) == list(one.parameters.values())
    assert one.servers == api.every_server


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(
    "field", ["info", "paths", "webhooks", "components", "servers", "tags", "security"]
)
def test_a_document_with_strange_fields_has_nodes(field: str, strange: Any) -> None:
    api = OpenApi({field: strange})
    assert api.operations == ()
    assert api.info.title is None
    names = [name for name, value in vars(OpenApi).items() if hasattr(value, "attrname")]
    assert all(getattr(api, name) is not None for name in names)


def nodes(value: Any) -> list[Any]:
    """All nodes in something."""
    if isinstance(value, dict):
        return [one for inner in value.values() for one in nodes(inner)]
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [one for inner in value for one in nodes(inner)]
    if not dataclasses.is_dataclass(value):
        return []
    members = (getattr(value, one.name) for one in dataclasses.fields(value))
    return [value, *(one for inner in members for one in nodes(inner))]


@pytest.mark.parametrize("feature", goldens.FEATURES)
def test_nodes_of_documents_have_their_places(feature: str) -> None:
    form = modern(goldens.read(feature).value)
    api = OpenApi(form)
    every = (api.every_operation, api.every_parameter, api.every_header, api.every_media_type)
    for node in nodes((api.operations, *every)):
        if hasattr(node, "pointer"):
            assert isinstance(get(form, node.pointer), dict)
        for schema in (getattr(node, name, None) for name in ("schema", "item_schema")):
            assert schema is None or get(form, schema.pointer) is schema.value
    for operation in api.operations:
        assert exists(form, path_item_of(operation.pointer))


def test_edits_remove_parameters_and_references_to_them() -> None:
    reference = {"$ref": "#/components/parameters/a"}
    value = document({"parameters": [reference, {"name": "b"}]}, parameters=[reference])
    value["components"] = {"parameters": {"a": {"name": "a"}, "c": reference, "d": {"name": "d"}}}
    edits.remove_parameters(value, ["#/components/parameters/a"])
    assert value["paths"]["/things"] == {"get": {"parameters": [{"name": "b"}]}, "parameters": []}
    assert value["components"]["parameters"] == {"d": {"name": "d"}}


def test_edits_remove_members() -> None:
    value = {"a": {"b": 1, "c/d": 2}}
    edits.remove_members(value, ["#/a/c~1d", "#/a/none"])
    assert value == {"a": {"b": 1}}
