"""What proves who calls: names of security schemes, what is asked for where nothing was given, headers of the caller's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from built import imported, texts

DOCUMENT = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
servers: [{url: 'https://api.example'}]
security: [{key: []}]
paths:
  /key: {get: {tags: [all], responses: {'204': {description: nothing}}}}
  /token: {get: {tags: [all], security: [{bearer: []}], responses: {'204': {description: nothing}}}}
  /basic: {get: {tags: [all], security: [{basic: []}], responses: {'204': {description: nothing}}}}
  /oauth: {get: {tags: [all], security: [{oauth: []}], responses: {'204': {description: nothing}}}}
  /flow: {get: {tags: [all], security: [{flow: []}], responses: {'204': {description: nothing}}}}
  /either: {get: {tags: [all], security: [{basic: []}, {key: [], query: []}], responses: {'204': {description: nothing}}}}
  /elsewhere: {get: {tags: [all], servers: [{url: 'https://api.example/v1?a=b'}], responses: {'204': {description: nothing}}}}
  /named: {get: {tags: [all], security: [{named: []}], responses: {'204': {description: nothing}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    query: {type: apiKey, in: query, name: key}
    named: {type: apiKey, in: header, name: Authorization}
    bearer: {type: http, scheme: bearer}
    basic: {type: http, scheme: basic}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://x/token', scopes: {}}}}
    flow: {type: oauth2, flows: {authorizationCode: {authorizationUrl: 'https://x', tokenUrl: 'https://x', scopes: {}}}}
"""
OWN = {"Authorization": "Bearer a"}
ONE = "no usable API key: pass api_key, or set PKG_API_KEY"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("credentials"), "client")


def called(client: Any, method: str, /, **settings: Any) -> httpx.Request:
    """The request of a call."""
    sent: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        getattr(client.Pkg(http_client=http, **settings).all, method)()
    return sent[0]


def test_a_name_that_no_scheme_has_is_refused(client: Any) -> None:
    names = "'basic', 'bearer', 'flow', 'key', 'named', 'oauth', 'query'"
    with pytest.raises(ValueError, match="credentials: 'X-Key' is none of") as caught:
        client.Pkg(credentials={"X-Key": "k"})
    assert str(caught.value).endswith(names)


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("get_key", ONE),
        ("get_token", ONE),
        ("get_flow", ONE),
        ("get_basic", "no usable credentials: pass credentials={'basic': (user, password)}"),
        (
            "get_oauth",
            "no usable credentials: pass credentials={'oauth': (client id, client secret)}",
        ),
        (
            "get_either",
            "no usable credentials: pass credentials={'basic': (user, password)} or {'key': key, 'query': key}",
        ),
    ],
)
def test_what_is_asked_for_is_told(client: Any, method: str, told: str) -> None:
    with pytest.raises(Exception, match=r"^no usable") as caught:
        called(client, method)
    assert (type(caught.value).__name__, str(caught.value)) == ("AuthenticationError", told)


@pytest.mark.parametrize("method", ["get_token", "get_basic", "get_oauth", "get_flow", "get_named"])
@pytest.mark.parametrize("headers", [OWN, {"AUTHORIZATION": "Bearer a"}])
def test_a_header_of_your_own_is_taken_for_that_of_its_schemes(
    client: Any, method: str, headers: Any
) -> None:
    assert called(client, method, default_headers=headers).headers["authorization"] == "Bearer a"


def test_a_header_of_your_own_stands_for_no_other(client: Any) -> None:
    with pytest.raises(Exception, match="no usable API key"):
        called(client, "get_key", default_headers=OWN)
    request = called(client, "get_key", default_headers={"x-key": "own"}, api_key="given")
    assert request.headers["x-key"] == "own"


@pytest.mark.parametrize(
    ("pair", "sent"),
    [
        (("Aladdin", "open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),  # RFC 7617, 2
        (("test", "123\u00a3"), "dGVzdDoxMjPCow=="),  # RFC 7617, 2.1
        (("", ":a:"), "OjphOg=="),
        (("\u6771", "\u4eac"), "5p2xOuS6rA=="),
    ],
)
def test_basic_credentials_are_utf_8(client: Any, pair: Any, sent: str) -> None:
    request = called(client, "get_basic", credentials={"basic": pair})
    assert request.headers["authorization"] == f"Basic {sent}"


@pytest.mark.parametrize(
    ("pair", "kind", "told"),
    [
        (("a:b", "s3cret"), "ValueError", "':' would end"),
        (("a\n", "s3cret"), "ValueError", "control characters"),
        (("a", "s3cret\x7f"), "ValueError", "control characters"),
        (("a", "s3cret\ud800"), "AuthenticationError", r"\(user, password\)"),
        (("s3cret",), "AuthenticationError", r"\(user, password\)"),
        (("a", b"s3cret"), "AuthenticationError", r"\(user, password\)"),
    ],
)
def test_what_basic_credentials_cannot_be(client: Any, pair: Any, kind: str, told: str) -> None:
    with pytest.raises(Exception, match=told) as caught:
        called(client, "get_basic", credentials={"basic": pair}, api_key="unused")
    assert type(caught.value).__name__ == kind
    assert "s3cret" not in str(caught.value)


def test_a_server_of_an_operation_ends_with_a_path(client: Any) -> None:
    with pytest.raises(ValueError, match="cannot be joined with the paths of calls"):
        called(client, "get_elsewhere", api_key="k")
