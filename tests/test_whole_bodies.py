"""What a generated client sends for models and files that a caller gives: the values as the document writes them."""

from __future__ import annotations

import io
import json
import re
from email.parser import BytesParser
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from built import imported, texts

TEXT = {"type": "string"}
INTEGERS = {"type": "string", "format": "int64"}
UP = {
    "type": "object",
    "properties": {
        "data": {"type": "string", "format": "byte"},
        "photo": {"type": "string", "format": "binary"},
        "many": {"type": "array", "items": {"type": "string", "format": "byte"}},
        "when": {"type": "string", "format": "date-time"},
        "note": TEXT,
        "petName": {"type": "string", "minLength": 2},
        "meta": {"$ref": "#/components/schemas/Meta"},
        "bigs": {"anyOf": [INTEGERS, {"type": "array", "items": INTEGERS}]},
        "inner": {"type": "object", "properties": {"big": INTEGERS}},
        "either": {"type": ["string", "integer"], "format": "int64"},
    },
}
DOC = {"type": "object", "required": ["id", "file"], "properties": {"id": {"type": "integer", "readOnly": True}, "file": {"type": "string", "format": "binary"}}}  # fmt: skip
PAGE = {"type": "object", "properties": {"next_key": {"type": "string", "format": "byte"}, "items": {"type": "array", "items": TEXT}}}  # fmt: skip


def operation(name: str, *kinds: str, **more: Any) -> dict[str, Any]:
    content = {kind: {"schema": {"$ref": "#/components/schemas/Up"}, **more} for kind in kinds}
    answer = {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"post": {"operationId": name, "tags": ["x"], "requestBody": {"required": True, "content": content}, "responses": {"200": answer}}}  # fmt: skip


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Whole", "version": "1"},
    "servers": [{"url": "https://x.example"}],
    "paths": {
        "/json": operation("plain", "application/json"),
        "/form": operation("form", "multipart/form-data", encoding={"meta": {"style": "deepObject", "explode": True}}),
        "/both": operation("both", "application/json", "multipart/form-data"),
        "/kept": {"get": {"operationId": "kept", "tags": ["x"], "security": [{"sid": []}], "responses": {"204": {"description": "ok"}}}},
        "/docs": {
            "post": {
                "operationId": "deposit", "tags": ["x"], "responses": {"204": {"description": "ok"}},
                "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": DOC}}},
            }
        },
        "/pages": {
            "get": {
                "operationId": "all", "tags": ["x"], "x-billed": True,
                "parameters": [{"name": "key", "in": "query", "schema": {"type": "string", "format": "byte"}}],
                "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": PAGE}}}},
                "x-fern-pagination": {"cursor": "$request.key", "next_cursor": "$response.next_key", "results": "$response.items"},
            }
        },
    },
    "components": {"securitySchemes": {"sid": {"type": "apiKey", "in": "cookie", "name": "SID"}}, "schemas": {"Up": UP, "Meta": {"type": "object", "properties": {"aB": TEXT}}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("whole"), "client")


def request_of(client: ModuleType, method: str, **given: Any) -> httpx.Request:
    found: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        found.append(request)
        return httpx.Response(200, json={})

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        getattr(made(client, http).x, method)(**given)
    return found[0]


def made(client: ModuleType, http: httpx.Client, **options: Any) -> Any:
    name = next(
        one for one in vars(client) if hasattr(vars(client)[one], "x") and one[:5] != "Async"
    )
    return vars(client)[name](http_client=http, **options)


def parts(request: httpx.Request) -> list[tuple[str, bytes, bool]]:
    """The parts of a form, as Python's parser of e-mail reads them: name, content, whether it is a file."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    message: Any = BytesParser().parsebytes(head + request.content)
    told = [one.get_params(header="content-disposition") for one in message.get_payload()]
    return [
        (dict(names)["name"], one.get_payload(decode=True), "filename" in dict(names))
        for names, one in zip(told, message.get_payload(), strict=True)
    ]


def up(client: ModuleType) -> Any:
    models: Any = client
    return models._models.Up


@pytest.mark.parametrize("method", ["plain", "form"])
def test_bytes_are_sent_in_base64(client: ModuleType, method: str) -> None:
    read = up(client).model_validate({"data": "aGk=", "many": ["/wA=", "aGk"]})
    given = {"data": read.data, "many": [*read.many, bytearray(b"hi")]}
    request = request_of(client, method, **given)
    expected = ["aGk=", "/wA=", "aGk", "aGk="]
    if method == "plain":
        sent = json.loads(request.content)
        assert [sent["data"], *sent["many"]] == expected
    else:
        assert [content.decode() for _, content, _ in parts(request)] == expected
    assert request_of(client, "all", key=b"\xff\x00").url.query == b"key=%2FwA%3D"


def test_a_model_is_sent_as_its_schema_writes_it(client: ModuleType) -> None:
    model = up(client).model_validate(
        {"data": "aGVsbG8wMTI=", "many": ["/wA="], "when": "2026-01-01T00:00:00Z", "copy": 1, "model_config": 2}
    )  # fmt: skip
    sent = json.loads(request_of(client, "plain", body=model).content)
    assert sent == json.loads(model.model_dump_json())
    assert sent["data"] == "aGVsbG8wMTI="
    assert (sent["copy"], sent["model_config"]) == (1, 2)


def test_an_attribute_that_became_none_is_not_sent(client: ModuleType) -> None:
    model = up(client)(note="x", data=b"")
    model.note = None
    assert json.loads(request_of(client, "plain", body=model).content) == {"data": ""}


def test_files_of_a_model_stay_files(client: ModuleType) -> None:
    model = up(client)(data=b"\xff", photo=b"\xff\x00")
    assert parts(request_of(client, "form", body=model)) == [
        ("data", b"/w==", False), ("photo", b"\xff\x00", True),
    ]  # fmt: skip
    assert parts(request_of(client, "form", photo=b"text")) == [("photo", b"text", True)]


def test_no_part_is_null(client: ModuleType) -> None:
    assert parts(request_of(client, "form", body={"note": None, "data": "AA=="})) == [
        ("data", b"AA==", False)
    ]


@pytest.mark.parametrize("is_model", [False, True])
def test_a_style_counts_for_models_too(client: ModuleType, is_model: bool) -> None:
    models: Any = client
    meta = models._models.Meta(a_b="k") if is_model else {"aB": "k"}
    assert parts(request_of(client, "form", meta=meta)) == [("meta[aB]", b"k", False)]


def test_a_file_is_sent_in_a_form(client: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(b"\xff\x01")
    for photo in (path, b"\xff\x01", io.BytesIO(b"\xff\x01"), ("cat.png", b"\xff\x01")):
        assert parts(request_of(client, "both", photo=photo)) == [("photo", b"\xff\x01", True)]
    told = request_of(client, "both", note="x")
    assert told.headers["content-type"] == "application/json"


def test_integers_in_texts_are_texts_in_json(client: ModuleType) -> None:
    for given, bigs in ((5, "5"), ([5, "6"], ["5", "6"])):
        assert json.loads(request_of(client, "plain", bigs=given).content) == {"bigs": bigs}
    with pytest.raises(ValueError, match="/inner/big"):
        request_of(client, "plain", inner={"big": 3})
    model = up(client)
    assert model(inner={"big": 3}).model_dump_json() == '{"inner":{"big":"3"}}'
    for value in (5, "5"):
        assert model.model_validate({"either": value}).model_dump(mode="json") == {"either": value}


def test_a_cursor_is_sent_as_it_came(client: ModuleType) -> None:
    asked: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url.params.get("key")))
        following = {"next_key": "aGVsbG8wMTI="} if len(asked) == 1 else {}
        return httpx.Response(200, json={"items": ["a"], **following})

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        assert len(list(made(client, http).x.all_pages())) == 2
    assert asked == ["None", "aGVsbG8wMTI="]


def test_what_cannot_be_sent_names_the_argument(client: ModuleType) -> None:
    for given, argument, pointer, told in (
        ({"pet_name": "x"}, "pet_name", "/petName", "(argument 'pet_name')"),
        ({"note": 5}, "note", "/note", "/note: Input should be a valid string"),
        ({"content_type": "text/csv"}, "content_type", "", "content_type has to be application/json or multipart/form-data"),
        ({"extra_headers": {"x": "\n"}}, "", "", "the header 'x' cannot be sent"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=re.escape(told)) as caught:
            request_of(client, "both", **given)
        error: Any = caught.value
        assert "ArgumentError" in {one.__name__ for one in type(error).__mro__}
        assert (error.argument, error.pointer) == (argument, pointer)


@pytest.mark.parametrize("is_billed", [False, True])
def test_only_a_call_that_costs_money_may_be_billed(client: ModuleType, is_billed: bool) -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            502, text="<html>\n  Bad gateway</html>", headers={"content-type": "text/html"}
        )

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        resource = made(client, http).x
        call = resource.all if is_billed else resource.plain
        with pytest.raises(Exception, match="502 Bad Gateway: <html> Bad gateway</html>") as caught:
            call(max_retries=0)
    assert str(caught.value).endswith(f"(it may have been carried out{', and billed' * is_billed})")


def test_an_answer_that_cannot_be_read_is_shown(client: ModuleType) -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<p>\nHello", headers={"content-type": "text/html"})

    with (
        httpx.Client(transport=httpx.MockTransport(answered)) as http,
        pytest.raises(Exception, match=r"expected value .* \(200, text/html: <p> Hello\)"),
    ):
        made(client, http).x.plain()


def test_a_204_is_no_content(client: ModuleType) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as http:
        assert made(client, http).x.plain() is None


@pytest.mark.parametrize(("key", "sent"), [("ab+c/d==", "ab+c/d=="), ("a;b", "a%3Bb")])
def test_a_key_in_a_cookie_is_sent_as_it_is(client: ModuleType, key: str, sent: str) -> None:
    found: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        found.append(request.headers["cookie"])
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        made(client, http, api_key=key).x.kept()
    assert found == [f"SID={sent}"]


def test_a_member_of_answers_is_no_part_of_a_form(client: ModuleType) -> None:
    method = "deposit"
    assert parts(request_of(client, method, file=b"x")) == [("file", b"x", True)]
    with pytest.raises(TypeError, match="'file' has to be given"):
        request_of(client, method)
