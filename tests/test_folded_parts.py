"""Parts of forms that callers give as bytes: JSON is folded wherever no file may stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from built import imported, problems, source, texts
from speclens import judging

TEXT = {"type": "string"}
X = {"type": "object", "properties": {"a": TEXT, "old": {**TEXT, "x-compat": {"into": "/a"}}}}
R = {"$ref": "#/components/schemas/X"}
OLD, NEW = b'{"old":"1"}', b'{"a":"1"}'


def of(properties: Any, *required: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties, **more}


def document(schema: Any, media_type: str = "multipart/form-data") -> str:
    operation = {
        "operationId": "send",
        "tags": ["a"],
        "requestBody": {"required": True, "content": {media_type: {"schema": schema}}},
        "responses": {"204": {"description": ""}},
    }
    return json.dumps({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.example"}],
        "paths": {"/a": {"post": operation}},
        "components": {"schemas": {"X": X}},
    })  # fmt: skip


def sent(text: str, place: Path, **given: Any) -> httpx.Request:
    """The request of a call."""
    package, found = imported(texts(text), place, "client"), list[httpx.Request]()

    def receive(request: httpx.Request) -> httpx.Response:
        request.read()
        found.append(request)
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(receive)) as http:
        package.Pkg(http_client=http).a.send(**given)
    return found[0]


A = of({"k": {"const": "a"}, "m": R}, "k", "m")
B = of({"k": {"const": "b"}, "n": R}, "k", "n")


@pytest.mark.parametrize(
    ("schema", "given"),
    [
        ({"type": "object", "additionalProperties": R}, {"body": {"z": OLD}}),
        (of({"f": TEXT}, additionalProperties=R), {"f": b"1", "extra_body": {"z": OLD}}),
        ({"oneOf": [A, B]}, {"body": {"k": "b", "n": OLD}}),
        ({"allOf": [of({"z": TEXT}), {"oneOf": [A, B]}]}, {"body": {"k": "a", "m": OLD}}),
        (of({"m": {"oneOf": [{"type": "integer"}, R]}}), {"m": OLD}),
        (of({"m": {"type": "array", "items": {"anyOf": [R, {"type": "null"}]}}}), {"m": [OLD]}),
    ],
    ids=["map", "others", "branch", "branch of a member", "no text", "items"],
)
def test_json_is_folded(schema: Any, given: Any, tmp_path: Path) -> None:
    content = sent(document(schema), tmp_path, **given).content
    assert NEW in content
    assert OLD not in content


@pytest.mark.parametrize(
    "member", [{"oneOf": [TEXT, R]}, {"type": "array", "items": {"oneOf": [TEXT, R]}}]
)
def test_a_file_stays_as_it_is(member: Any, tmp_path: Path) -> None:
    value = [OLD] if "items" in member else OLD
    assert OLD in sent(document(of({"m": member})), tmp_path, m=value).content


def test_an_open_file_has_no_place_in_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(OLD)
    text = document({"type": "object", "additionalProperties": R})
    with path.open("rb") as file, pytest.raises(TypeError, match="'z' is JSON with older fields"):
        sent(text, tmp_path, body={"z": file})


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("multipart/form-data; boundary=abc", "multipart/form-data; boundary="),
        ("Multipart/Form-Data; Boundary=abc; a=b", "multipart/form-data; a=b; boundary="),
        ("application/x-www-form-urlencoded; charset=utf-8", "application/x-www-form-urlencoded; charset=utf-8"),
    ],
)  # fmt: skip
def test_a_media_type_has_one_boundary(media_type: str, kind: str, tmp_path: Path) -> None:
    request = sent(document(of({"l": TEXT}), media_type), tmp_path, l="x")
    assert request.headers["content-type"].startswith(kind)
    assert "abc" not in request.headers["content-type"]


def test_records_of_a_json_sequence_in_capitals(tmp_path: Path) -> None:
    text = document({"type": "array", "items": R}, "Application/JSON-Seq")
    assert sent(text, tmp_path, body=[{"old": "1"}]).content == b'\x1e{"a":"1"}\n'


def test_a_form_as_the_whole_query_may_have_a_charset(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"l": {"type": "array", "items": TEXT}}}
    made = json.loads(document(TEXT))
    content = {"application/x-www-form-urlencoded; charset=utf-8": {"schema": schema}}
    parameter = {"name": "q", "in": "querystring", "content": content}
    made["openapi"] = "3.2.0"
    made["paths"] = {"/a": {"get": {"operationId": "send", "tags": ["a"], "parameters": [parameter], "responses": {"204": {"description": ""}}}}}  # fmt: skip
    request = sent(json.dumps(made), tmp_path, q={"l": ["x", "y"]})
    assert str(request.url) == "https://api.example/a?l=x&l=y"


@pytest.mark.parametrize(
    "media_type", ["multipart/mixed", "application/x-www-form-urlencoded; charset=utf-8"]
)
def test_a_form_that_is_no_object_is_given_as_bytes(media_type: str, tmp_path: Path) -> None:
    text = document({"type": "array", "items": TEXT}, media_type)
    (told,) = judging.read_document(source(text)).warnings
    assert (told.rule, told.severity) == ("media/not-written", "warning")
    assert "is a form, but this schema accepts no object" in told.message
    request = sent(text, tmp_path, body=b"a=b")
    assert (request.content, request.headers["content-type"]) == (b"a=b", media_type)


def test_a_form_with_older_fields_that_is_no_object_is_refused() -> None:
    (told,) = problems(document({"type": "array", "items": {**R}}, "multipart/mixed"))
    assert told.rule == "compat/misplaced"


def test_a_component_of_several_types_is_read_whichever_of_them_it_has(tmp_path: Path) -> None:
    made = json.loads(document(TEXT, "application/json"))
    several = {"type": ["object", "array", "string"], "properties": {"a": TEXT}}
    made["components"]["schemas"]["Z"] = several
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Z"}}}
    operation = made["paths"]["/a"]["post"]
    operation["requestBody"]["content"] = content
    operation["responses"] = {"200": {"description": "", "content": content}}
    package = imported(texts(json.dumps(made)), tmp_path, "client")

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, content=request.read(), headers={"content-type": "application/json"}
        )

    with httpx.Client(transport=httpx.MockTransport(echo)) as http:
        client = package.Pkg(http_client=http)
        assert client.a.send(body={"a": "b"}).a == "b"
        assert client.a.send(body=["x", 1]) == ["x", 1]
        assert client.a.send(body="x") == "x"


@pytest.mark.parametrize(
    ("kinds", "key", "answer"),
    [
        (("application/json", "application/vnd.y+json", "application/vnd.z+json"), "schema", OLD),
        (("application/json", "application/vnd.y+json", "application/json; v=2"), "schema", OLD),
        (("application/jsonl", "application/x-ndjson", "application/json-seq"), "itemSchema", OLD),
        (("application/jsonl", "application/x-ndjson"), "itemSchema", OLD),
    ],
)
def test_the_last_of_several_media_types_is_read_and_written_by_its_own_schema(
    kinds: tuple[str, ...], key: str, answer: bytes, tmp_path: Path
) -> None:
    """It is left out only if it says the same as the first one."""
    made = json.loads(document(TEXT))
    made["openapi"] = "3.2.0"
    content = {kind: {key: R if index else {"type": "object"}} for index, kind in enumerate(kinds)}
    operation = made["paths"]["/a"]["post"]
    operation["requestBody"]["content"] = content
    operation["responses"] = {"200": {"description": "", "content": content}}
    package = imported(texts(json.dumps(made)), tmp_path, "client")
    sent: list[bytes] = []

    def receive(request: httpx.Request) -> httpx.Response:
        sent.append(request.read())
        return httpx.Response(200, content=answer, headers={"content-type": kinds[-1]})

    with httpx.Client(transport=httpx.MockTransport(receive)) as http:
        given = {"old": "1"} if key == "schema" else [{"old": "1"}]
        got = package.Pkg(http_client=http).a.send(body=given, content_type=kinds[-1])
        (first,) = [got] if key == "schema" else list(got)
    assert NEW in sent[0]
    assert first.a == "1"
