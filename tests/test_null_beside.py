"""Null that `nullable` admits beside other keywords (OpenAPI 3.0) is a value like any other for x-compat; and what stands
beside a `$ref`."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from built import imported, problems, schemas, texts
from speclens.validate.dialect import schema_validator

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
GRADE: Json = {"type": "string", "enum": ["a"], "nullable": True}
EITHER: Json = {"nullable": True, "anyOf": [TEXT, {"type": "boolean"}]}
SHAPES: Json = {
    "nullable": True,
    "oneOf": [{**TEXT, "x-compat": {}}, {"type": "integer", "x-compat": {"to": "x"}}],
}
OLDER: Json = {"into": "/new", "absent": []}


def thing(**properties: Any) -> Json:
    return {"type": "object", "properties": properties}


def both(schema: Json, canonical: Json | None = None) -> Json:
    return thing(new=canonical or schema, old={**schema, "x-compat": OLDER})


def by_key(key: Json) -> Json:
    older = {**TEXT, "x-compat": {"into": "/new"}}
    return {**thing(k=key, new=TEXT, old=older), "required": ["k"]}


def folded(version: str, thing_: Json, payload: Any, directory: Path) -> Any:
    document = {**schemas(Thing=thing_, A=both(TEXT), Either=EITHER), "openapi": version}
    normalizers = imported(texts(json.dumps(document)), directory, "normalizers")
    return normalizers.normalize_thing(payload).value


@pytest.mark.parametrize(
    ("schema", "payload", "expected"),
    [
        (both(GRADE), {"old": None}, {"new": None}),
        (both({"$ref": "#/components/schemas/Either"}), {"old": None}, {"new": None}),
        (both(SHAPES, {**TEXT, "nullable": True}), {"old": None}, {"new": None}),
        (both(SHAPES, {**TEXT, "nullable": True}), {"old": 5}, {"new": "x"}),
        (
            thing(new={"type": "array", "items": thing(u=GRADE)}, old={"type": "array", "items": GRADE, "x-compat": {"into": "/new", "each": {"u": "$"}}}),
            {"old": ["a", None]},
            {"new": [{"u": "a"}, {"u": None}]},
        ),
        (
            {"oneOf": [by_key(GRADE), {**thing(k={"type": "integer"}), "required": ["k"]}]},
            {"k": None, "old": "x"},
            {"k": None, "new": "x"},
        ),
    ],
    ids=["enum", "union", "null of shapes", "shapes", "items", "branches"],
)  # fmt: skip
def test_null_is_a_value(schema: Json, payload: Any, expected: Any, tmp_path: Path) -> None:
    assert folded("3.0.3", schema, payload, tmp_path) == expected


def test_branches_that_null_fits_overlap() -> None:
    union = {"oneOf": [by_key(GRADE), {**thing(k={"type": "integer", "nullable": True}), "required": ["k"]}]}  # fmt: skip
    document = {**schemas(Thing=union), "openapi": "3.0.3"}
    assert "compat/overlap" in {one.rule for one in problems(json.dumps(document))}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1"])
def test_policies_beside_a_reference_hold(version: str, tmp_path: Path) -> None:
    policies = {"hubs": {"/new": {"conflict": "prefer"}}}
    held = thing(a={"$ref": "#/components/schemas/A", "x-compat": policies})
    payload = {"a": {"new": "1", "old": "2"}}
    assert folded(version, held, payload, tmp_path) == {"a": {"new": "1"}}


def test_a_document_has_no_keyword_of_ours(tmp_path: Path) -> None:
    forged = thing(new={**TEXT, "speclens-or-null": True}, old={**TEXT, "x-compat": OLDER})
    document = json.dumps(schemas(Thing=forged))
    models = imported(texts(document), tmp_path)
    with pytest.raises(ValueError, match="new"):
        models.Thing.model_validate({"new": None})


@pytest.mark.parametrize("place", [(), ("components",)])
@pytest.mark.parametrize("version", ["3.0.3", "3.1.1"])
def test_what_is_nothing_but_itself_is_a_cycle(version: str, place: tuple[str, ...]) -> None:
    """The search for a member of it had no end."""
    document: Json = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}}
    where = document.setdefault(place[0], {}) if place else document
    where["$ref"] = "#" + "".join(f"/{one}" for one in place)
    assert "reference/cycle" in {one.rule for one in problems(json.dumps(document))}


ALTERNATIVES: Json = {
    "empty": {"anyOf": [{}, {"type": "null"}]},
    "open": {"anyOf": [{"type": "object", "required": ["a"]}, True]},
    "null": {"anyOf": [{"type": "object"}, {"type": "null"}], "additionalProperties": True},
    "items": {"oneOf": [{"type": "object"}, {"type": "array", "items": TEXT}], "additionalProperties": True},
    "texts": {"anyOf": [{"type": "object"}, {"type": "null"}], "additionalProperties": TEXT},
    "lists": {"anyOf": [{"type": "array"}, TEXT], "items": TEXT},
    "groups": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "additionalProperties": TEXT},
}  # fmt: skip
VALUES: list[Any] = [None, True, 1, "a", [], ["a"], [1], {"a": "a"}, {"a": 1}]


def test_what_a_schema_says_of_objects_beside_a_union_is_for_objects(tmp_path: Path) -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    add = {"operationId": "x.add", "requestBody": body, "responses": {"204": {"description": "d"}}}
    document = {
        **schemas(Thing=thing(**ALTERNATIVES)),
        "servers": [{"url": "https://x.example"}],
        "paths": {"/x": {"post": add}},
    }
    client: Any = imported(texts(document), tmp_path, "client")
    sent: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204)

    http = httpx.Client(transport=httpx.MockTransport(answered))
    add_value = client.Pkg(http_client=http).x.add
    for name in ALTERNATIVES:
        judge = schema_validator(document, f"#/components/schemas/Thing/properties/{name}")
        meant = [value for value in VALUES if judge.is_valid(value)]
        if name == "groups":  # is meant for objects: docs/decisions/0011
            meant = [value for value in meant if isinstance(value, dict)]
        found = []
        for value in VALUES:
            with contextlib.suppress(ValueError):
                add_value(**{name: value})
                found += [value] if json.loads(sent[-1].content) == {name: value} else []
        assert (name, found) == (name, meant)
