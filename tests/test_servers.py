"""Servers without a host (OpenAPI 3.1.1, section 4.8.5): their path stays on the host that a caller names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from built import imported, lowered, texts
from speclens.reading.locations import with_servers

OK = {"responses": {"204": {"description": "d"}}}
STAGE = {"url": "/{stage}/v3", "variables": {"stage": {"default": "api"}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Servers", "version": "1"},
    "servers": [STAGE],
    "paths": {
        "/a": {"get": {"operationId": "x.a", **OK}},
        "/b": {"get": {"operationId": "x.b", "servers": [{"url": "v4/"}], **OK}},
        "/c": {"servers": [{"url": "/"}], "get": {"operationId": "x.c", **OK}},
        "/d": {"servers": [STAGE], "get": {"operationId": "x.d", **OK}},
    },
}


def test_a_path_stays_on_a_host_alone(tmp_path: Path) -> None:
    client: Any = imported(texts(DOCUMENT), tmp_path, "client")
    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(204)))
    for base, expected in {
        "https://h": ["/api/v3/a", "/v4/b", "/c", "/api/v3/d"],
        "https://h/own": ["/own/a", "/own/b", "/own/c", "/own/d"],
    }.items():
        asked: list[str] = []
        told = {"on_response": lambda response, to=asked: to.append(response.request.url.path)}
        made = client.Pkg(base_url=base, http_client=http, **told).x
        for name in "abcd":
            getattr(made, name)()
        assert asked == expected
    with pytest.raises(ValueError, match="names the path '/api/v3' and no host"):
        client.Pkg()
    assert client.AsyncPkg(base_url="https://h").base_url == "https://h/api/v3"


def test_a_path_of_a_document_from_an_address_stays_too() -> None:
    found = lowered(with_servers(DOCUMENT, "http://127.0.0.1:8000/docs/openapi.json")).client
    assert found
    assert found.base_url == '"http://127.0.0.1:8000/{stage}/v3"'
    assert found.base_path == '"/{stage}/v3"'
    assert [one.base_url for one in found.operations] == ["", '"/docs/v4"', '"/"', ""]
    named = {**DOCUMENT, "servers": [{"url": "https://h/v1"}], "paths": {"/a": {"get": OK}}}
    other = lowered(with_servers(named, "http://127.0.0.1:8000/openapi.json")).client
    assert other
    assert (other.base_url, other.base_path) == ('"https://h/v1"', "")


@pytest.mark.parametrize(
    "server",
    [
        {"url": " //[x"},
        {"url": "/\n/[x"},
        {"url": "\t//[::1"},
        {"url": "http://[x", "x-speclens-relative": True},
    ],
)
def test_what_is_no_url_is_no_path(server: dict[str, Any]) -> None:
    paths = {"/a": {"get": {"servers": [server], **OK}}}
    found = lowered({**DOCUMENT, "servers": [server], "paths": paths}).client
    assert found
    assert found.base_path == ""


def test_a_server_with_a_host_is_none_of_the_document_at_an_address() -> None:
    server = {"url": "//other.example/v1"}
    found = lowered(with_servers({**DOCUMENT, "servers": [server]}, "http://h/openapi.json")).client
    assert found
    assert (found.base_url, found.base_path) == ('"http://other.example/v1"', "")
