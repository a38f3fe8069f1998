"""The media types of one body and of one response: each can be chosen, asked for and read (sections 4.8.13 and 4.8.17 of OpenAPI 3.1)."""

from __future__ import annotations

import inspect
import json
from types import ModuleType
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl

import httpx
import pytest

from built import imported, texts

BYTES = {"type": "string", "format": "binary"}
TEXT = {"type": "string"}
PET = {"type": "object", "properties": {"name": TEXT}}
PATCHES = ("json-patch", "strategic-merge-patch", "x-own-patch", "merge-patch")
SENT: dict[str, dict[str, Any]] = {
    "picture": {"image/png": BYTES, "image/jpeg": BYTES},
    "patch": {f"application/{kind}+json": {"type": "object"} for kind in PATCHES},
    "pet": dict.fromkeys(("application/xml", "application/*+json", "application/vnd.pet+json", "text/json", "application/json-patch+json", "application/json"), PET),
    "words": {"application/json": TEXT, "text/plain": TEXT},
}  # fmt: skip
READ: dict[str, dict[str, Any]] = {
    "picture": {"image/png": BYTES, "image/jpeg": BYTES},
    "words": {"text/plain": TEXT, "application/json": TEXT},
    "hello": {"*/*": TEXT},
    "maybe": {"*/*": {"oneOf": [PET, TEXT]}},
    "pet": {"text/plain": PET, "application/json": PET, "application/xml": PET, "text/json": PET},
}


DEEP = {"style": "deepObject", "explode": True}
ITEMS = {"type": "array", "items": {"type": "object", "properties": {"price": TEXT}}}
SESSION = {"items": ITEMS, "expand": {"type": "array", "items": TEXT}, "data": {"type": "object"}}
FORM = {
    "schema": {"type": "object", "properties": SESSION},
    "encoding": dict.fromkeys(SESSION, DEEP),
}
ALSO = {"name": "also", "in": "query", "schema": SESSION["expand"], **DEEP}


def content(media_types: dict[str, Any]) -> dict[str, Any]:
    return {kind: {"schema": schema} for kind, schema in media_types.items()}


def operation(name: str, sent: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    answer = {"description": "d", **({"content": content(read)} if read else {})}
    page = {"description": "d", "content": {"text/html": {"schema": TEXT}}}
    body = {"requestBody": {"required": True, "content": content(sent)}} if sent else {}
    return {"operationId": name, "tags": ["x"], **body, "responses": {"200": answer, "4XX": page}}


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Kinds", "version": "1"},
    "servers": [{"url": "https://x.example"}],
    "paths": {
        **{f"/{name}": {"post": operation(f"send_{name}", kinds, {})} for name, kinds in SENT.items()},
        **{f"/got/{name}": {"get": operation(f"get_{name}", {}, kinds)} for name, kinds in READ.items()},
        "/sessions": {
            "post": {
                **operation("sessions", {}, {}),
                "parameters": [ALSO],
                "requestBody": {"content": {"application/x-www-form-urlencoded": FORM}},
            }
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("kinds"), "client")


def called(client: Any, method: str, answer: httpx.Response, **given: Any) -> tuple[Any, Any]:
    found: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        found.append(request)
        return answer

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        result = getattr(client.Pkg(http_client=http).x, method)(**given)
    return result, found[0]


@pytest.mark.parametrize(
    ("method", "body", "kinds"),
    [
        ("send_picture", b"\xff", [*SENT["picture"]]),
        ("send_patch", {"a": 1}, [*SENT["patch"]]),
        ("send_words", "a", ["application/json", "text/plain"]),
        ("send_pet", {"name": "a"}, ["application/json", "application/vnd.pet+json"]),
    ],
)
def test_each_media_type_of_a_body_can_be_chosen(
    client: Any, method: str, body: Any, kinds: list[str]
) -> None:
    declared = inspect.signature(
        getattr(client.X, method), eval_str=True, locals={"Literal": Literal}
    )
    choice = get_args(declared.parameters["content_type"].annotation)[0]
    assert get_args(choice) == tuple(kinds)
    for kind in ("", *kinds):
        given = {"body": body, **({"content_type": kind} if kind else {})}
        request = called(client, method, httpx.Response(200), **given)[1]
        assert request.headers["content-type"] == (kind or kinds[0])
        is_plain = isinstance(body, bytes) or kind == "text/plain"
        assert (request.content if is_plain else json.loads(request.content)) == (
            b"a" if kind == "text/plain" else body
        )


def answer(kind: str, text: bytes) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": kind}, content=text)


@pytest.mark.parametrize(
    ("method", "kind", "text", "expected"),
    [
        ("get_picture", "image/jpeg", b"\xff", b"\xff"),
        ("get_words", "text/plain; charset=utf-8", b'"a"', '"a"'),
        ("get_words", "application/json", b'"a"', "a"),
        ("get_hello", "text/html", b"<p>", "<p>"),
        ("get_hello", "application/json", b'"a"', "a"),
        ("get_hello", "application/vnd.words+json", b'"a"', "a"),
        ("get_maybe", "text/plain", b"a", "a"),
        ("get_maybe", "application/json", b'"a"', "a"),
        ("get_pet", "text/plain", b"{}", {}),
        ("get_pet", "text/json", b'{"name": "a"}', {"name": "a"}),
    ],
)
def test_a_response_is_read_by_its_own_media_type(
    client: Any, method: str, kind: str, text: bytes, expected: Any
) -> None:
    result = called(client, method, answer(kind, text))[0]
    assert (result.model_dump() if hasattr(result, "model_dump") else result) == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("get_picture", "image/png, image/jpeg;q=0.9, text/html;q=0.9"),
        ("get_words", "application/json, text/plain;q=0.9, text/html;q=0.9"),
        ("get_hello", "application/json, */*;q=0.9, text/html;q=0.9"),
        ("get_pet", "application/json, text/json;q=0.9, text/html;q=0.9"),
    ],
)
def test_one_media_type_is_preferred_to_the_others(client: Any, method: str, expected: str) -> None:
    kind = "image/png" if method == "get_picture" else "application/json"
    text = b"{}" if method == "get_pet" else b'"a"'
    request = called(client, method, answer(kind, text))[1]
    assert request.headers["accept"] == expected


def test_items_of_a_deep_object_have_their_index(client: Any) -> None:
    given = {
        "also": ["a", "b"],
        "items": [{"price": "p1"}, {"price": "p2"}],
        "expand": ["x"],
        "data": {"l": ["y", {"z": "w"}]},
    }
    request = called(client, "sessions", httpx.Response(200), **given)[1]
    assert parse_qsl(request.url.query.decode()) == [("also[0]", "a"), ("also[1]", "b")]
    assert parse_qsl(request.content.decode()) == [
        ("items[0][price]", "p1"),
        ("items[1][price]", "p2"),
        ("expand[0]", "x"),
        ("data[l][0]", "y"),
        ("data[l][1][z]", "w"),
    ]
