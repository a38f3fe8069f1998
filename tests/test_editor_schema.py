"""The JSON Schema for editors says of x-compat what the toolkit says, as far as keywords and types go."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema_rs import Draft202012Validator, Registry, meta

from built import schemas
from speclens.cli import main
from speclens.lower.ground import x_compat
from speclens.lower.rules import dates
from speclens.source import load
from speclens.validate import official

TESTS = Path(__file__).parent
VALID = sorted(
    [
        *TESTS.glob("golden/*/openapi.yaml"),
        *TESTS.glob("invalid/mended/*.yaml"),
        *(TESTS.parent / "openapi").glob("*.yaml"),
    ]
)
INVALID = sorted(
    [
        *TESTS.glob("invalid/compat_unknown_keyword*.yaml"),
        TESTS / "invalid/compat_template_text_name.yaml",
    ]
)
PLACES = {
    "3.0": "https://spec.openapis.org/oas/3.0/schema/2021-09-28",
    "3.1": "https://spec.openapis.org/oas/3.1/schema/2022-10-07",
}


@cache
def schema() -> Any:
    return json.loads(CliRunner().invoke(main, ["schema"]).stdout)


@cache
def validator() -> Draft202012Validator:
    """The schema, with the official ones that it refers to; the network is not asked."""
    resources = [(uri, official._schema(version)) for version, uri in PLACES.items()]
    registry = Registry(resources)
    return Draft202012Validator(schema(), registry=registry, validate_formats=True, offline=True)


def definition(name: str) -> Any:
    return schema()["$defs"][name]


def refused(document: Any) -> list[str]:
    """The places that are refused, as pointers."""
    return ["/".join(map(str, error.instance_path)) for error in validator().iter_errors(document)]


def is_covered(path: Path) -> bool:
    """Whether the schema is for the version of a document."""
    return load(path).value.get("openapi", "")[:3] in PLACES


# Documents


@pytest.mark.parametrize(
    "path",
    [one for one in VALID if is_covered(one)],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_documents_are_accepted(path: Path) -> None:
    places = refused(load(path).value)
    # The official schemas call addresses with variables no references of URIs.
    assert [place for place in places if not place.endswith("/url")] == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_faults_of_keywords_and_types_are_refused(path: Path) -> None:
    places = refused(load(path).value)
    assert places
    assert all("x-compat" in place for place in places)


@pytest.mark.parametrize("version", PLACES)
def test_the_official_schema_of_the_version_holds(version: str) -> None:
    document = {"openapi": f"{version}.0", "info": {"title": "t", "version": "1"}, "paths": {}}
    assert refused(document) == []
    assert refused({**document, "infos": {}})
    assert refused({**document, "info": {"title": 1, "version": "1"}}) == ["info/title"]


# No drift between code and schema


def test_the_schema_is_one() -> None:
    assert meta.is_valid(schema())
    assert official._schema("3.0")["id"] == PLACES["3.0"]
    assert official._schema("3.1")["$id"] == PLACES["3.1"]


@pytest.mark.parametrize("name", ["of-schema", "of-parameter"])
def test_keywords_are_those_of_the_language(name: str) -> None:
    assert definition(name)["properties"].keys() == x_compat.KEYWORDS
    assert definition(name)["additionalProperties"] is False


def test_names_inside_keywords_are_those_of_the_language() -> None:
    policy = definition("policy")["properties"]
    assert tuple(policy["conflict"]["enum"]) == x_compat.POLICIES
    assert policy.keys() == {"conflict", "absent"}
    assert tuple(definition("deprecated")["properties"]) == dates.KEYS


@pytest.mark.parametrize("keyword", sorted(x_compat.KEYWORDS))
def test_keywords_are_described_with_examples_that_hold(keyword: str) -> None:
    for name in {keyword, f"{keyword}-parameter"} & schema()["$defs"].keys():
        own = definition(name)
        assert own["description"].endswith(".")
        assert own["examples"]
        inner = Draft202012Validator({"$defs": schema()["$defs"], "$ref": f"#/$defs/{name}"})
        assert [example for example in own["examples"] if not inner.is_valid(example)] == []


# Where x-compat stands

WRONG = {"x-compat": {"nope": 1}}


@pytest.mark.parametrize(
    ("thing", "place"),
    [
        (WRONG, ""),
        ({"properties": {"a": WRONG}}, "/properties/a"),
        ({"properties": {"x-compat": WRONG}}, "/properties/x-compat"),
        ({"properties": {"properties": {"properties": {"a": WRONG}}}}, "/properties/properties/properties/a"),
        ({"properties": {"default": {"items": WRONG}}}, "/properties/default/items"),
        ({"oneOf": [{"type": "string"}, WRONG]}, "/oneOf/1"),
        ({"allOf": [{"$defs": {"a": {"additionalProperties": WRONG}}}]}, "/allOf/0/$defs/a/additionalProperties"),
        ({"patternProperties": {"^x-": WRONG}}, "/patternProperties/^x-"),
    ],
)  # fmt: skip
def test_it_is_judged_wherever_it_stands(thing: Any, place: str) -> None:
    assert refused(schemas(Thing=thing)) == [f"components/schemas/Thing{place}/x-compat"]


@pytest.mark.parametrize(
    "thing",
    [
        {"properties": {"x-compat": {"type": "string"}, "to": {"type": "string"}, "into": {}}},
        {"properties": {"name": {"type": "string"}, "in": {"x-compat": {"into": "/name"}}}},
        {"example": WRONG, "default": WRONG, "enum": [WRONG], "const": WRONG, "examples": [WRONG]},
        {"x-anything": WRONG, "to": 1},
        {"x-compat": {"to": {"x-compat": 1, "to": ["$/into", "$$", ""]}, "absent": [WRONG]}},
        {"x-compat": {"values": {"x-compat": "to"}}},
    ],
)
def test_names_and_data_are_no_keywords(thing: Any) -> None:
    assert refused(schemas(Thing=thing)) == []


def parameters(own: Any) -> Any:
    one = {"name": "q", "in": "query", "schema": {"type": "string"}, "x-compat": own}
    operation = {"responses": {"200": {"description": ""}}, "parameters": [one]}
    return {
        **schemas(),
        "paths": {"/a": {"get": operation}},
        "components": {"parameters": {"q": one}},
    }


def test_a_parameter_folds_into_a_parameter() -> None:
    into = {"into": {"in": "query", "name": "size"}, "deprecated": {"since": "2026-08-01"}}
    assert refused(parameters(into)) == []
    assert refused(schemas(Thing={"x-compat": into}))
    for wrong in ("/size", {"in": "query"}, {"in": "body", "name": "x"}):
        assert len(refused(parameters({"into": wrong}))) == 2


@pytest.mark.parametrize(
    "template", ["$", "$/a", "$$", "$$x", "", "x$", None, 1, ["$", {"a": "$/b"}]]
)
def test_templates(template: Any) -> None:
    assert refused(schemas(Thing={"x-compat": {"to": template}})) == []
    assert refused(schemas(Thing={"x-compat": {"each": [{"a": [template, "$a"]}]}}))
