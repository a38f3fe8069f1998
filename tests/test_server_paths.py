"""Paths of a document in which characters are percent-encoded, or have to be: the client asks for what the server has."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

import built
from serving import running
from speclens import judging

PATHS = (
    *("/a", "/a/", "/a//b", "/a b", "/a+b", "/é", "/😀", '/a"b', "/a%", "/a%zz", "/a}b", "/a;b=1"),
    *("/b%20b", "/%C3%A9e", "/a%2Fb", "/a%3Fb", "/a%23b", "/a%25b", "/%7Ea", "/a%0Ab", "/a%FF"),
    *("/b\nb", "/b\tb", "/b\x7f", "/a%7Bb%7D", "/a%7Bb:c%7D", "/a%0A", "/%2e/a", "/c/../d", "/."),
    *("/a?b", "/a?b=1", "/a?b=1&c", "/a?c=%20", "/a?b=é", "/e#f", "/e?b#f", "/a%3fc?b"),
)
THING = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
SCHEMAS = {"Thing": {"type": "object", "properties": {"at": {"type": "string"}}}}


def operation(name: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["all"],
        "requestBody": {"required": True, "content": THING},
        "responses": {"200": {"description": "done", "content": THING}},
    }


def document(*paths: str) -> dict[str, Any]:
    items = {path: {"post": operation(f"op{index}")} for index, path in enumerate(paths)}
    return {**built.HEAD, "paths": items, "components": {"schemas": SCHEMAS}}


class Echo:
    """A handler that tells which of its methods was called."""

    def __getattr__(self, name: str) -> Any:
        async def answer(request: Any, context: Any) -> Any:
            return {"at": name}

        return answer


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return built.imported(built.texts(document(*PATHS)), tmp_path_factory.mktemp("paths"), "client")


@pytest.fixture(scope="module")
def url(client: ModuleType) -> Iterator[str]:
    server = importlib.import_module(client.__name__.replace(".client", ".server"))
    with running(server.create_app(Echo())) as (host, port):
        yield f"http://{host}:{port}"


@pytest.mark.parametrize("index", range(len(PATHS)), ids=PATHS)
def test_the_server_has_what_the_client_asks_for(client: ModuleType, url: str, index: int) -> None:
    with httpx.Client() as http:
        found = getattr(client.Pkg(http_client=http, base_url=url).all, f"op{index}")(at="")
    assert found.at == f"op{index}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/a%20b", 200),
        ("/b b", 200),
        ("/a?b=1&c=&d", 200),
        ("/a?d", 200),
        ("/aab", 404),
        ("/a{b}", 200),
        ("/axb", 404),
        ("/ab", 404),
        ("/e", 200),
        ("/a%0A%0A", 404),
        ("/a%3fc", 404),
    ],
)
def test_other_requests(url: str, path: str, status: int) -> None:
    assert httpx.post(url + path, json={}).status_code == status


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a#b", "/a#c"),
        ("/a b", "/a%20b"),
        ("/a/b", "/a%2Fb"),
        ("/b", "/a/../b"),
        ("/a?b&c", "/a?c=&b="),
    ],
)
def test_the_server_leaves_out_what_it_cannot_tell_from_another_operation(
    one: str, other: str
) -> None:
    read = judging.read_document(built.source(document(one, other)))
    assert read.document.client
    assert [operation.name for operation in read.document.client.served] == ["op0"]
    (told,) = [problem for problem in read.warnings if problem.rule == "operation/not-served"]
    assert told.message == "the server leaves out op1: its requests are those of op0"
    assert told.pointer == f"#/paths/{other.replace('/', '~1')}/post"
