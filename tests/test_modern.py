"""The one form that all after `repair` knows: what becomes of the words of OpenAPI 3.0, and that places stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from built import HEAD, HEAD_30, drafts, problems, source
from speclens import judging
from speclens.cli import main
from speclens.objects import OR_NULL
from speclens.reading.modern import modern, worded_as

REFERENCE = {"$ref": "#/components/schemas/B"}
NULL = {"nullable": True}


def document(head: dict[str, Any], **schemas: Any) -> dict[str, Any]:
    return {**head, "components": {"schemas": {**schemas, "B": {"type": "string"}}}}


def of(head: dict[str, Any], schema: Any) -> Any:
    return modern(document(head, A=schema))["components"]["schemas"]["A"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"type": "string", **NULL}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"type": ["string", "null"], **NULL}, {"type": ["string", "null"]}),
        (NULL, {OR_NULL: True}),
        ({"properties": {}, **NULL}, {"properties": {}, OR_NULL: True}),
        ({"type": "string", "enum": ["a"], **NULL}, {"type": "string", "enum": ["a"], OR_NULL: True}),
        ({"allOf": [REFERENCE], **NULL}, {"allOf": [REFERENCE], OR_NULL: True}),
        ({**REFERENCE, **NULL, "type": "string"}, {**REFERENCE, OR_NULL: True}),
        (
            {**REFERENCE, "description": "d", "x-a": 1, "required": ["a"], "properties": {}},
            {**REFERENCE, "description": "d", "x-a": 1},
        ),
        ({"minimum": 1, "exclusiveMinimum": True}, {"minimum": 1, "exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": True}, {}),
        ({"exclusiveMaximum": 2}, {"exclusiveMaximum": 2}),
        ({"not": {"type": "string", **NULL}}, {"not": {"type": ["string", "null"]}}),
        ({"properties": {"nullable": NULL}}, {"properties": {"nullable": {OR_NULL: True}}}),
        ({"default": NULL, "enum": [NULL]}, {"default": NULL, "enum": [NULL]}),
        (True, True),
    ],
)  # fmt: skip
def test_schemas_of_30(written: Any, expected: Any) -> None:
    assert of(HEAD_30, written) == expected


@pytest.mark.parametrize("head", [HEAD, {**HEAD, "openapi": "3.2.0"}])
def test_schemas_since_31_stay_but_for_nullable(head: dict[str, Any]) -> None:
    for schema in (
        {"type": ["string", "null"], "exclusiveMinimum": 1, "$id": "a"},
        {**REFERENCE, "title": "A"},
    ):
        plain = document(head, A=schema)
        assert modern(plain) == plain
        if "type" not in schema:
            assert of(head, {**schema, **NULL}) == {**schema, OR_NULL: True}
    assert of(head, {"type": "string", **NULL}) == {"type": ["string", "null"]}


@pytest.mark.parametrize(
    "beside", [{"type": "string"}, {"properties": {}}, {"x-compat": {"hubs": {}}}]
)
def test_assertions_beside_a_reference_are_members_of_an_all_of(beside: dict[str, Any]) -> None:
    assert of(HEAD, {**REFERENCE, **beside}) == {**beside, "allOf": [REFERENCE]}
    both = {**REFERENCE, **beside, "allOf": [{"title": "a"}]}
    assert of(HEAD, both) == {**beside, "allOf": [{"title": "a"}, REFERENCE]}
    assert of(HEAD, {"items": {**REFERENCE, **beside}})["items"] == {**beside, "allOf": [REFERENCE]}


SHORT = {**REFERENCE, "maxLength": 3}
NEW = {"type": "string"}


@pytest.mark.parametrize(
    "properties",
    [
        {"n": NEW, "p": {**SHORT, "x-compat": {"into": "/n"}}},
        {"n": {"type": "array", "items": NEW}, "p": {"type": "array", "items": SHORT, "x-compat": {"into": "/n"}}},
        {"n": {"oneOf": [{"type": "array", "items": NEW}, {**SHORT, "x-compat": {"to": ["$"]}}]}},
        {"n": NEW, "p": {**REFERENCE, "enum": ["a", "b"], "x-compat": {"into": "/n"}}},
        {"n": {**REFERENCE, "maxLength": 9}, "p": {**REFERENCE, "maxLength": 9, "x-compat": {"into": "/n"}}},
    ],
    ids=["spoke", "items", "shape", "enum", "same"],
)  # fmt: skip
def test_laws_hold_for_assertions_beside_a_reference(
    properties: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document(HEAD, A={"type": "object", "properties": properties})))
    done = CliRunner().invoke(main, ["verify", "--spec", str(path), "--examples", "60"])
    assert done.exit_code == 0, done.output


def test_older_fields_beside_a_reference_are_older_fields(tmp_path: Path) -> None:
    own = {"properties": {"n": NEW, "p": {**NEW, "x-compat": {"into": "/n"}}}}
    path = tmp_path / "a.json"
    plain = {"type": "object", "properties": {"q": NEW}}
    beside = {"$ref": "#/components/schemas/Plain", "type": "object", **own}
    path.write_text(json.dumps(document(HEAD, A=beside, B={"allOf": [beside]}, Plain=plain)))
    done = CliRunner().invoke(main, ["verify", "--spec", str(path), "--examples", "60"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", **NULL},
        {"allOf": [{"type": "object", **NULL}], **NULL},
        {"type": "string", "enum": ["a"], **NULL},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 3},
        {"properties": {"nullable": {**REFERENCE, **NULL}}},
    ],
)
@pytest.mark.parametrize("head", [HEAD, HEAD_30])
def test_a_view_is_worded_as_the_document(head: dict[str, Any], schema: Any) -> None:
    written = document(head, A=schema)
    there = worded_as(modern(written), written)
    if head is HEAD_30:
        assert there == written
    assert there["openapi"] == written["openapi"]
    assert modern(there) == modern(written)


def test_what_is_exported_has_the_words_of_its_version(tmp_path: Path) -> None:
    size = {"type": "integer", "minimum": 0, "exclusiveMinimum": True, **NULL}
    written = document(HEAD_30, A={"type": "object", "properties": {"size": size}})
    path = tmp_path / "a.json"
    path.write_text(json.dumps(written))
    done = CliRunner().invoke(main, ["export", str(path), "--view", "canonical"])
    assert json.loads(done.stdout) == written


def test_both_versions_give_the_same_code() -> None:
    told = {"type": "string", "maxLength": 3}
    file = {"format": "binary"}
    closed = {"required": ["a"], "additionalProperties": False}
    of_30 = {
        "a": {**told, **NULL},
        "b": {"type": "object", **closed, **NULL},
        "c": {"type": "number", "minimum": 1, "exclusiveMinimum": True},
        "d": {"type": "string", **file, **NULL},
        "e": {"type": "array", "items": {"type": "boolean", **NULL}, **NULL},
    }
    of_31 = {
        "a": {**told, "type": ["string", "null"]},
        "b": {"type": ["object", "null"], **closed},
        "c": {"type": "number", "exclusiveMinimum": 1},
        "d": {"type": ["string", "null"], **file},
        "e": {"type": ["array", "null"], "items": {"type": ["boolean", "null"]}},
    }
    both = []
    for head, properties in ((HEAD_30, of_30), (HEAD, of_31)):
        schema = {"type": "object", "properties": properties}
        content = {name: {"schema": schema} for name in ("multipart/form-data",)}
        told_of = {"operationId": "send", "responses": {"204": {"description": "d"}}}
        call = {"post": {**told_of, "requestBody": {"content": content}}}
        made = drafts({**document(head, A=schema), "paths": {"/a": call}})
        both.append({name: made[name].text for name in ("models.py", "client.py")})
    assert both[0] == both[1]


def test_the_property_of_an_object_and_of_what_it_is_made_of_holds_for_both() -> None:
    base = {"type": "object", "properties": {"q": {"type": "string"}}}
    own = {"type": "object", "properties": {"q": {"type": "string", **NULL}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Base"}], **own}
    text = drafts(document(HEAD_30, A=schema, Base=base))["models.py"].text
    assert "q: Maybe[str] = None" in text
    assert "str | None" not in text


@pytest.mark.parametrize(("head", "count"), [(HEAD_30, 0), (HEAD, 3)])
def test_nullable_is_told_wherever_it_is_no_keyword(head: dict[str, Any], count: int) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string", **NULL}}, **NULL}
    parameter = {"name": "p", "in": "query", "schema": {"type": "string", **NULL}}
    call = {"parameters": [parameter], "responses": {"204": {"description": "d"}}}
    written = {**document(head, A=inner), "paths": {"/a": {"get": call}}}
    told = [
        one
        for one in judging.read_document(source(written)).warnings
        if one.rule == "model/nullable"
    ]
    assert {one.pointer.endswith("/nullable") for one in told} <= {True}
    assert len(told) == count


@pytest.mark.parametrize(
    ("name", "kept"), [("multipart/form-data", False), ("application/x-www-form-urlencoded", True)]
)
def test_parts_have_no_style_in_30(name: str, kept: bool) -> None:
    encoding = {
        "a": {"style": "form", "explode": False, "allowReserved": True, "contentType": "text/plain"}
    }
    body = {"content": {name: {"schema": {"type": "object"}, "encoding": encoding}}}
    call = {"post": {"requestBody": body, "responses": {"204": {"description": "d"}}}}
    written = {**HEAD_30, "paths": {"/a": call}}
    for value, is_kept in ((written, kept), ({**written, "x-speclens-swagger": True}, True)):
        made = modern(value)["paths"]["/a"]["post"]["requestBody"]["content"][name]["encoding"]["a"]
        assert made == (encoding["a"] if is_kept else {"contentType": "text/plain"})
    assert encoding["a"]["style"] == "form"


def test_x_compat_beside_a_reference_of_30_is_refused_at_its_place() -> None:
    shape = {"type": "string", "x-compat": {"to": {"a": "$"}}}
    written = document(HEAD_30, A={**REFERENCE, "oneOf": [shape], "items": {"items": shape}})
    found = problems(json.dumps(written), "a.json")
    assert {(one.rule, one.pointer.rpartition("/")[2]) for one in found} == {
        ("compat/unsupported-keyword", "items"), ("compat/unsupported-keyword", "oneOf"),
    }  # fmt: skip
