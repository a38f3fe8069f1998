"""The document says what the page says, and its examples are what they claim to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from speclens.source.load import load
from speclens.source.pointer import get

DOCUMENT: Any = load(Path(__file__).parents[1] / "openapi" / "routescope-images.yaml").value
OPERATION = DOCUMENT["paths"]["/v1/images/edits"]["post"]
REQUEST = DOCUMENT["components"]["schemas"]["ImageEditRequest"]
RESPONSE = DOCUMENT["components"]["schemas"]["ImagesResponse"]
JSON = "application/json"
REQUEST_BODY = OPERATION["requestBody"]["content"][JSON]
RESPONSE_BODY = OPERATION["responses"]["200"]["content"][JSON]

# name, required, types, facts: typed by hand from the page. Where the document differs on purpose:
# `images` has its default in prose (the endpoint refuses it); `mask` as an object and `image_urls`
# as a string are further compatibility shapes.
PAGE: tuple[tuple[str, bool, set[str], dict[str, Any]], ...] = (
    ("model", True, {"string"}, {"default": "gpt-image-2"}),
    ("prompt", True, {"string"}, {}),
    ("images", False, {"array"}, {}),
    ("image", False, {"string", "array", "object"}, {}),
    ("image_urls", False, {"array", "string"}, {}),
    ("mask", False, {"string", "object"}, {"format": "uri"}),
    ("n", False, {"integer"}, {"format": "int32", "minimum": 1}),
    ("size", False, {"string"}, {"default": "1024x1024"}),
    ("quality", False, {"string"}, {}),
    ("response_format", False, {"string"}, {"enum": ["url", "b64_json"]}),
    (
        "background",
        False,
        {"string"},
        {"default": "auto", "enum": ["transparent", "opaque", "auto"]},
    ),
    ("output_format", False, {"string"}, {}),
    (
        "output_compression",
        False,
        {"integer"},
        {"format": "int32", "minimum": 0, "maximum": 100, "default": 90},
    ),
    ("moderation", False, {"string"}, {"default": "auto", "enum": ["auto", "low"]}),
    ("watermark", False, {"boolean"}, {"default": False}),
    ("user", False, {"string"}, {}),
)
FACTS = ("format", "minimum", "maximum", "minItems", "maxItems", "maxLength", "enum", "default")

ERRORS = ("400", "401", "403", "404", "413", "415", "422", "429", "default")


def resolved(node: Any) -> Any:
    """What a node refers to, or the node itself."""
    return resolved(get(DOCUMENT, node["$ref"])) if "$ref" in node else node


def leaves(schema: Any) -> Iterator[Any]:
    """The branches of a schema that have a type."""
    schema = resolved(schema)
    if "oneOf" not in schema:
        yield schema
    for branch in schema.get("oneOf", ()):
        yield from leaves(branch)


def facts(schema: Any) -> dict[str, Any]:
    """The facts of a property: its own, and those of its first branch."""
    first = next(leaves(schema))
    return {key: value for key in FACTS if (value := {**first, **schema}.get(key)) is not None}


def accepts(schema: str, value: Any) -> bool:
    """Whether a component schema, as written, accepts a value."""
    root = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(root).is_valid(value)


def test_the_operation_is_that_of_the_page() -> None:
    assert list(DOCUMENT["paths"]) == ["/v1/images/edits"]
    assert (OPERATION["operationId"], OPERATION["tags"]) == ("editImage", ["images"])
    assert OPERATION["requestBody"]["required"] is True
    assert DOCUMENT["servers"][0]["url"] == "https://api.routescope.ai"
    assert DOCUMENT["security"] == [{"BearerAuth": []}]
    assert "security" not in OPERATION
    bearer = DOCUMENT["components"]["securitySchemes"]["BearerAuth"]
    assert (bearer["type"], bearer["scheme"]) == ("http", "bearer")


def test_the_request_has_the_fields_of_the_page_in_their_order() -> None:
    properties = REQUEST["properties"]
    actual = tuple(
        (
            name,
            name in REQUEST["required"],
            {leaf["type"] for leaf in leaves(schema)},
            facts(schema),
        )
        for name, schema in properties.items()
    )
    assert actual == PAGE


def test_at_least_one_source_is_required() -> None:
    assert REQUEST["anyOf"] == [
        {"required": ["images"]},
        {"required": ["image"]},
        {"required": ["image_urls"]},
    ]


def test_the_compatibility_fields_are_deprecated_spokes_of_images() -> None:
    spokes = {
        name: (schema.get("deprecated"), schema["x-compat"]["into"])
        for name, schema in REQUEST["properties"].items()
        if "into" in schema.get("x-compat", {})
    }
    assert spokes == {"image": (True, "/images"), "image_urls": (True, "/images")}
    assert REQUEST["x-compat"] == {
        "hubs": {"/images": {"conflict": "merge", "absent": [None, [], ""]}}
    }


@pytest.mark.parametrize(
    "schema", ["ImageEditRequest", "ImagesResponse", "Image", "ErrorResponse", "Error"]
)
def test_every_property_is_described_in_sentences(schema: str) -> None:
    properties = DOCUMENT["components"]["schemas"][schema]["properties"]
    described = {name: resolved(value).get("description", "") for name, value in properties.items()}
    assert {name for name, text in described.items() if not text.endswith(".")} == set()


def test_the_responses_share_one_error_body_and_the_request_id() -> None:
    responses = OPERATION["responses"]
    assert tuple(responses) == ("200", *ERRORS)
    for status, response in responses.items():
        actual = resolved(response)
        expected = "ImagesResponse" if status == "200" else "ErrorResponse"
        assert actual["content"][JSON]["schema"] == {"$ref": f"#/components/schemas/{expected}"}
        assert actual["headers"]["x-request-id"] == {"$ref": "#/components/headers/RequestId"}


def test_data_of_the_response_is_an_array_or_a_shape_that_becomes_one() -> None:
    assert RESPONSE["required"] == ["data"]
    branches = RESPONSE["properties"]["data"]["oneOf"]
    assert [(resolved(b)["type"], b.get("x-compat")) for b in branches] == [
        ("array", None),
        ("object", {"to": ["$"]}),
        ("object", {"to": []}),
        ("null", {"to": []}),
    ]


@pytest.mark.parametrize("name", REQUEST_BODY["examples"])
def test_request_examples_are_valid_as_written(name: str) -> None:
    assert accepts("ImageEditRequest", REQUEST_BODY["examples"][name]["value"])


@pytest.mark.parametrize("name", RESPONSE_BODY["examples"])
def test_response_examples_are_valid_as_written(name: str) -> None:
    assert accepts("ImagesResponse", RESPONSE_BODY["examples"][name]["value"])


@pytest.mark.parametrize("status", ERRORS)
def test_error_examples_are_valid_as_written(status: str) -> None:
    examples = resolved(OPERATION["responses"][status])["content"][JSON].get("examples", {})
    assert [name for name, e in examples.items() if not accepts("ErrorResponse", e["value"])] == []


def test_negative_examples_are_refused_as_written() -> None:
    examples = REQUEST_BODY["x-invalid-examples"]
    accepted = {name for name, e in examples.items() if accepts("ImageEditRequest", e["value"])}
    # As written an empty list satisfies "at least one"; that it counts as not given is x-compat's.
    assert accepted == {"only_empty_images"}
    examples = RESPONSE_BODY["x-invalid-examples"]
    assert [name for name, e in examples.items() if accepts("ImagesResponse", e["value"])] == []


@pytest.mark.parametrize("body", [REQUEST_BODY, RESPONSE_BODY], ids=["request", "response"])
def test_negative_examples_name_their_fault(body: Any) -> None:
    for example in body["x-invalid-examples"].values():
        assert list(example) == ["summary", "pointer", "value"]
        assert example["pointer"].startswith("/")


@pytest.mark.parametrize(
    ("error", "valid"),
    [
        ({"message": "No."}, True),
        ({"message": "No.", "param": None, "code": None}, True),
        ({"message": "No.", "param": "image[1]", "code": 503, "type": "server_error"}, True),
        ({"message": "No.", "code": "invalid_api_key", "retry": True}, True),
        ({"message": "No.", "code": 1.5}, False),
        ({"message": None}, False),
        ({"code": 503}, False),
    ],
)
def test_only_the_message_of_an_error_is_certain(error: Any, valid: bool) -> None:
    assert accepts("ErrorResponse", {"error": error}) is valid
