"""Neither errors, results, logs nor copies of them hold what proves who calls, and nothing that a caller gives is sent as
more than what it was given for."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import anyio
import httpx
import pytest
from runtime._security import ApiKey, OAuth2

from built import imported, texts
from calling import ARGUMENTS, KEY, NO_CERTIFICATES, STYLES, edit, raised, styles
from misbehaving import Behaviour, Server, answer, json_answer, refusing
from routescope import (
    APIConnectionError,
    APIResponseValidationError,
    ArgumentError,
    AsyncRoutescope,
    BadRequestError,
    Routescope,
)
from routescope._operation import Json, Operation
from runtime import _compat, _errors, _payload, _request  # type: ignore[attr-defined]

pytestmark = pytest.mark.shipped

DOCUMENT = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
servers: [{url: 'https://api.example'}]
paths:
  /bearer: {get: {operationId: bearer, tags: [all], security: [{bearer: []}], responses: {'200': &r {description: t, content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}}}}
  /basic: {get: {operationId: basic, tags: [all], security: [{basic: []}], responses: {'200': *r}}}
  /header: {get: {operationId: header, tags: [all], security: [{header: []}], responses: {'200': *r}}}
  /query: {get: {operationId: query, tags: [all], security: [{query: []}], parameters: [{name: a, in: query, schema: {type: string}}], responses: {'200': *r}}}
  /cookie: {get: {operationId: cookie, tags: [all], security: [{cookie: []}], responses: {'200': *r}}}
  /oauth: {get: {operationId: oauth, tags: [all], security: [{oauth: []}], responses: {'200': *r}}}
  /elsewhere: {get: {operationId: elsewhere, tags: [all], security: [], servers: [{url: 'https://h:{port}', variables: {port: {default: '80'}}}], responses: {'204': {description: none}}}}
  /events: {get: {operationId: events, tags: [all], security: [], responses: {'200': {description: e, content: {text/plain: {}, text/event-stream: {schema: {}}}}}}}
  /link:
    get:
      operationId: links.list
      tags: [links]
      security: [{query: []}]
      x-speakeasy-pagination: {type: url, outputs: {nextUrl: $.next}}
      responses: {'200': *r}
  /cursor:
    get:
      operationId: cursors.list
      tags: [cursors]
      x-fern-pagination: {cursor: $request.after, next_cursor: $response.next, results: $response.items}
      parameters: [{name: after, in: query, schema: {type: string}}]
      responses: {'200': *r}
  /send:
    put:
      operationId: send
      tags: [all]
      parameters: [{name: X-Trace, in: header, schema: {type: string}}, {name: c, in: cookie, style: form, schema: {type: string}}]
      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}}}
      responses: {'204': {description: nothing}}
  /raw:
    put:
      operationId: raw
      tags: [all]
      requestBody: {content: {image/*: {}, text/plain: {}}}
      responses: {'204': {description: nothing}}
components:
  schemas: {T: {type: object, properties: {next: {}}}}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    basic: {type: http, scheme: basic}
    header: {type: apiKey, in: header, name: X-Key}
    query: {type: apiKey, in: query, name: api key}
    cookie: {type: apiKey, in: cookie, name: session}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'http://tokens.example/token', scopes: {}}}}
"""
SECRET = "5ecret-5ecret"
CREDENTIALS: dict[str, Any] = {
    **dict.fromkeys(("bearer", "header", "query", "cookie"), SECRET),
    "basic": ("me", SECRET),
    "oauth": ("id", SECRET),
}
SHOWN = (
    SECRET,
    b64encode(f"me:{SECRET}".encode()).decode(),
    b64encode(f"id:{SECRET}".encode()).decode(),
    "t0ken-t0ken",
)
SCHEMES = tuple(CREDENTIALS)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("secrets"), "client")


def called(
    client: ModuleType, style: str, method: str, transport: Any, /, *given: Any, **arguments: Any
) -> Any:
    settings: dict[str, Any] = {
        "credentials": CREDENTIALS,
        "max_retries": 0,
        "base_url": given[0] if given else None,
    }
    if style == "sync":
        with httpx.Client(transport=transport, verify=NO_CERTIFICATES) as http:
            return getattr(client.Pkg(http_client=http, **settings).all, method)(**arguments)

    async def run() -> Any:
        async with httpx.AsyncClient(transport=transport, verify=NO_CERTIFICATES) as http:
            return await getattr(client.AsyncPkg(http_client=http, **settings).all, method)(
                **arguments
            )

    return anyio.run(run, backend=style)


def failed(call: Callable[[], object]) -> Any:
    with pytest.raises(Exception) as caught:  # noqa: PT011  its class is of another package each time
        call()
    return caught.value


def answering(
    does: Callable[[httpx.Request], httpx.Response], sent: list[httpx.Request]
) -> httpx.MockTransport:
    def say(request: httpx.Request) -> httpx.Response:
        if request.url.host == "tokens.example":
            return httpx.Response(200, json={"access_token": "t0ken-t0ken"})
        sent.append(request)
        return does(request)

    return httpx.MockTransport(say)


def cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("cut off", request=request)


ANSWERS: dict[str, Callable[[httpx.Request], httpx.Response]] = {
    "result": lambda request: httpx.Response(200, json={}),
    "error": lambda request: httpx.Response(400, json={}),
    "redirect": lambda request: httpx.Response(307, headers={"location": "/elsewhere"}),
    "no result": lambda request: httpx.Response(200, json=[]),
    "failure": cut,
}


@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.parametrize("method", SCHEMES)
@styles
def test_nothing_keeps_a_key(
    client: ModuleType, style: str, method: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent: list[httpx.Request] = []
    transport = answering(ANSWERS[what], sent)
    found: Any
    try:
        found = called(client, style, method, transport)
        response = found._response
    except Exception as error:
        found, response = error, getattr(error, "response", None)
    (request,) = sent
    raw = f"{request.url.raw_path!r} {request.headers.raw}"
    assert any(secret in raw for secret in SHOWN)
    assert (response is None) is (what == "failure")
    kept = [
        found,
        copy.copy(found),
        copy.deepcopy(found),
        getattr(found, "__cause__", None),
        response,
    ]
    texts = [
        repr(one) + str(one) + repr(vars(one) if hasattr(one, "__dict__") else "") for one in kept
    ]
    if response is not None:
        texts += [
            repr(vars(response.request)),
            str(response.url),
            repr(response.request.headers.raw),
            repr(response.next_request),
        ]
        assert response.request.method == "GET"
    if isinstance(failure := getattr(found, "__cause__", None), httpx.RequestError):
        texts += [repr(vars(failure.request)), repr(failure.request.headers.raw)]
    texts += [
        repr(pickle.dumps(found)),
        caplog.text,
        repr([vars(record) for record in caplog.records]),
    ]
    assert not [secret for secret in SHOWN if secret in " ".join(texts)]


@styles
def test_a_key_of_the_query_is_sent_and_not_shown(
    client: ModuleType, style: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Server((json_answer({}),)) as server:
        called(client, style, "query", None, server.url, a="b c")
    assert SECRET not in caplog.text
    assert server.requests[0].target == f"/query?a=b%20c&api%20key={SECRET}"
    assert f"{server.url}/query?a=b%20c&api%20key=***" in caplog.text
    with refusing() as url:
        error = failed(lambda: called(client, style, "query", None, url))
    assert "***" in str(error.__cause__.request.url)
    assert "***" in repr(error.__cause__.request)


def test_a_key_that_is_an_argument_is_not_shown(
    client: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sent: list[httpx.Request] = []
    called(
        client,
        "sync",
        "query",
        answering(ANSWERS["result"], sent),
        extra_query={"api key": "0ther"},
    )
    assert sent[0].url.raw_path == b"/query?api%20key=0ther"
    assert "0ther" not in caplog.text + str(sent[0].url) + repr(sent[0].url)


def test_a_key_of_a_link_is_not_shown(client: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pages = iter([{"next": "?page=2"}, {"next": f"/link?api%20key={SECRET}&page=3"}, {"next": "#"}])
    sent: list[httpx.Request] = []
    with httpx.Client(
        transport=answering(lambda request: httpx.Response(200, json=next(pages)), sent)
    ) as http:
        assert (
            len(list(client.Pkg(http_client=http, credentials=CREDENTIALS).links.list_pages())) == 3
        )
    key = f"api%20key={SECRET}"
    assert [one.url.raw_path.decode() for one in sent] == [
        f"/link?{key}",
        f"/link?page=2&{key}",
        f"/link?{key}&page=3",
    ]
    assert SECRET not in caplog.text


@pytest.mark.parametrize("count", [5_000, 5_950])
def test_a_link_whose_keys_are_hidden_is_a_link(client: ModuleType, count: int) -> None:
    """With what hides them it is longer than httpx takes."""
    pages = iter([{"next": "/link?" + "api%20key=&" * count}, {}])
    sent: list[httpx.Request] = []
    transport = answering(lambda request: httpx.Response(200, json=next(pages)), sent)
    with httpx.Client(transport=transport) as http:
        found = client.Pkg(http_client=http, credentials=CREDENTIALS).links.list_pages()
        assert [page._response.status_code for page in found] == [200, 200]
    assert len(str(sent[1].url)) == 65_536


class Keyed(Routescope):
    """A client of an API with a key in the query."""

    _schemes: ClassVar[dict[str, Any]] = {"key": ApiKey("query", "key")}
    _security = (("key",),)


class AsyncTokens(AsyncRoutescope):
    """A client of an API with tokens that are asked for."""

    _schemes: ClassVar[dict[str, Any]] = {"oauth": OAuth2("http://tokens.example/token")}
    _security = (("oauth",),)


class Tokens(Routescope):
    """The same, one call after the other."""

    _schemes = AsyncTokens._schemes
    _security = AsyncTokens._security


def test_other_schemes_of_the_shipped_client(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    sent: list[httpx.Request] = []
    transport = answering(lambda request: httpx.Response(200, json={"data": []}), sent)
    credentials = {"oauth": ("id", SECRET)}

    async def run() -> None:
        async with httpx.AsyncClient(transport=transport) as http:
            own = AsyncTokens(http_client=http, credentials=credentials)
            await own.images.edit(**ARGUMENTS)

    with httpx.Client(transport=transport) as http:
        Keyed(http_client=http, api_key=SECRET).images.edit(**ARGUMENTS)
        Tokens(http_client=http, credentials=credentials).images.edit(**ARGUMENTS)
    anyio.run(run)
    assert sent[0].url.query == f"key={SECRET}".encode()
    assert {one.headers["authorization"] for one in sent[1:]} == {"Bearer t0ken-t0ken"}
    assert SECRET not in f"{caplog.text} {sent[0].url} {sent[0].url!r}"


def test_credentials_of_a_base_url_are_dropped(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    own = Routescope(api_key=KEY, base_url=f"http://me:{SECRET}@127.0.0.1:1/v1", max_retries=0)
    assert own.base_url == "http://127.0.0.1:1/v1"
    raised(APIConnectionError, lambda: own.images.edit(**ARGUMENTS))
    assert SECRET not in caplog.text


# What is sent

LINES = ("\r\n", "\n", "\r", "\0", "\x1b", "\x7f")
HEADERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "idempotency-key": lambda value: {"idempotency_key": value},
    "x-mine": lambda value: {"extra_headers": {"X-Mine": value}},
    "content-type": lambda value: {"extra_headers": {"Content-Type": value}},
    "cookie": lambda value: {"extra_headers": {"cookie": value}},
}


@pytest.mark.parametrize("end", [*LINES, "\u00e4", "\ud800", " "])
@pytest.mark.parametrize("name", HEADERS)
@styles
def test_a_header_that_ends_its_line_is_not_sent(style: str, name: str, end: str) -> None:
    with Server((json_answer({}),)) as server:
        value = f"{SECRET}{end}" + "x-admin: 1" * (end != " ")
        error = failed(lambda: edit(style, server.url, ARGUMENTS | HEADERS[name](value)))
        assert (type(error).__name__, repr(name) in str(error)) == ("ArgumentError", True)
        assert SECRET not in f"{error!r} {error.__cause__!r}"
        error = failed(lambda: edit(style, server.url, default_headers={"x-mine": value}))
        assert (type(error).__name__, SECRET in str(error)) == ("ArgumentError", False)
    assert server.connections == 0


@pytest.mark.parametrize(
    "headers",
    [{"a\r\nb": "c"}, {"": "a"}, {"a b": "c"}, {"a:": "b"}, {"\u00e4": "b"}, {"a": None}, {"a": 1}],
)
def test_what_is_no_header_is_not_sent(headers: Any) -> None:
    with Server((json_answer({}),)) as server:
        raised(
            ArgumentError, lambda: edit("sync", server.url, ARGUMENTS | {"extra_headers": headers})
        )
    assert server.connections == 0


def test_headers_that_may_be_sent() -> None:
    with Server((json_answer({"data": []}),)) as server:
        edit(
            "sync",
            server.url,
            ARGUMENTS | {"extra_headers": {"X-Mine": "a\tb  c", "x-Empty": "", "x-1": "\"'~!"}},
        )
    found = server.requests[0].headers
    assert (found["x-mine"], found["x-empty"], found["x-1"]) == ("a\tb  c", "", "\"'~!")


PARTS: dict[str, Callable[[str], Any]] = {
    "file name": lambda text: (text, b"x"),
    "media type": lambda text: ("a", b"x", text),
    "header": lambda text: ("a", b"x", "image/png", {"X-A": text}),
    "name of a header": lambda text: ("a", b"x", "image/png", {text: "a"}),
}


@pytest.mark.parametrize("end", LINES)
@pytest.mark.parametrize("place", PARTS)
@styles
def test_a_part_that_ends_its_line_is_not_sent(
    client: ModuleType, style: str, place: str, end: str
) -> None:
    sent: list[httpx.Request] = []
    transport = answering(ANSWERS["result"], sent)
    error = failed(
        lambda: called(
            client, style, "send", transport, file=PARTS[place](f"{SECRET}{end}X-Admin: 1")
        )
    )
    assert (type(error).__name__, str(error)[:6]) == ("ArgumentError", "'file'")
    assert SECRET not in str(error)
    assert sent == []


def test_parts_that_may_be_sent(client: ModuleType) -> None:
    with Server((answer(status=204),)) as server:
        part = ('\u00e4 "a".png', b"x", 'image/png; a="b"', {"X-A": "\u00e4\tb"})
        called(client, "sync", "send", None, server.url, file=part)
    assert "X-A: \u00e4\tb\r\n".encode() in server.requests[0].body


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("send", {"x_trace": f"{SECRET}\r\nx: y"}),
        ("send", {"x_trace": f"{SECRET}\u00e4"}),
        ("raw", {"body": b"x", "content_type": f"image/png\r\nx: {SECRET}"}),
    ],
)
@styles
def test_an_argument_that_ends_its_line_is_not_sent(
    client: ModuleType, style: str, method: str, arguments: Any
) -> None:
    sent: list[httpx.Request] = []
    error = failed(
        lambda: called(client, style, method, answering(ANSWERS["result"], sent), **arguments)
    )
    assert (type(error).__name__, SECRET in str(error), sent) == ("ArgumentError", False, [])


def test_a_cookie_that_ends_its_line_is_encoded(client: ModuleType) -> None:
    sent: list[httpx.Request] = []
    called(
        client,
        "sync",
        "send",
        answering(lambda request: httpx.Response(204), sent),
        c="a\r\nb; c=d",
    )
    assert sent[0].headers["cookie"] == "c=a%0D%0Ab%3B%20c%3Dd"


@pytest.mark.parametrize(
    ("url", "good", "bad"),
    [
        (
            "https://{x}.api.example",
            ("eu", "eu-1", "a.b", "A_1"),
            (
                "https://evil.test/",
                "evil.test/",
                "evil.test:80",
                "u@evil",
                "a?b",
                "a#b",
                "%2f",
                "a\\b",
                "\u00e4",
                "a b",
                "\n",
                "x\n",
            ),
        ),
        (
            "https://api.{x}",
            ("example", "a.b:8080", "a"),
            ("evil.test/..", "@evil.test", "a:b", "https://a", "a:1:2", "[::1]:x"),
        ),
        ("https://{x}", ("example", "[::1]:80", "127.0.0.1"), ("u@a", "a?b", "https://a", "a/b#")),
        ("https://{x}/v1", ("example:80", "a.b"), ("evil.test/a", "", "a\\")),
        (
            "https://api.example:{x}/v1",
            ("80", "65535"),
            ("0", "65536", "80@evil.test", "80/a", "a", "", "123456", "\u0661"),
        ),
        (
            "{x}://api.example",
            ("https", "http"),
            ("ftp", "https://evil.test/", "javascript", "", "file"),
        ),
        (
            "https://api.example/{x}",
            ("v1", "a/b", "", "a%20b", "a:b@c"),
            ("../a", "a/../../b", "%2e%2e/a", "a?b", "a#b", "a\\b", "."),
        ),
        ("https://api.example{x}", ("/v1", "", ":80"), ("@evil.test", "/../a", "/a?b")),
        (
            "{x}",
            ("https://a", "http://a:80/b", "https://[::1]/"),
            ("https://u:p@a", "javascript:1", "https://a?b", "https://a/..", "file:///a"),
        ),
        ("{x}/v1", ("https://a", "http://a:80/b"), ("https://u@a", "ftp://a", "https://a#")),
    ],
)
def test_variables_of_a_server_stay_in_their_part(
    url: str, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    class Elsewhere(Routescope):
        _base_url = url
        _variables: ClassVar[dict[str, str]] = {"x": ""}

    for value in good:
        own = Elsewhere(api_key=KEY, server_variables={"x": value})
        assert own.base_url == url.replace("{x}", value).rstrip("/")
    for value in bad:
        with pytest.raises(ValueError, match=r"server_variables|base_url"):
            Elsewhere(api_key=KEY, server_variables={"x": value})


def test_a_server_of_an_operation_leads_somewhere(client: ModuleType) -> None:
    own = client.Pkg(server_variables={"port": "99999"})
    assert "leads nowhere: its port" in str(failed(own.all.elsewhere))
    there: Operation[None] = Operation("GET", "/x", base_url="https://h:99999")
    error = raised(ValueError, lambda: Routescope(api_key=KEY).request(there, {}))
    assert "leads nowhere: its port" in str(error)


def test_a_token_url_that_leads_nowhere() -> None:
    class Tokens(Routescope):
        _schemes: ClassVar[dict[str, Any]] = {"oauth": OAuth2("http://tokens.example:99999/")}
        _security = (("oauth",),)

    with httpx.Client(transport=answering(ANSWERS["result"], [])) as http:
        own = Tokens(credentials={"oauth": ("id", SECRET)}, http_client=http, max_retries=0)
        error = raised(_errors.APIConnectionError, lambda: own.images.edit(**ARGUMENTS))
    assert ("its port" in str(error), error.maybe_processed) == (True, False)


def test_a_variable_is_filled_in_once() -> None:
    assert (
        _request.filled("https://{a}/{b}/{c}", {"a": "x", "b": "{a}"}, {"a": "y"})
        == "https://y/{a}/{c}"
    )


# What errors show


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\r\nERROR b", r"a\r\nERROR b"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\x9b2J\u2028\x00", r"\x9b2J\u2028\x00"),
        ("\ud800", r"\ud800"),
        ("K\u00e4se \u4e2d \U0001f600", "K\u00e4se \u4e2d \U0001f600"),
    ],
)
def test_what_a_server_says_is_shown_in_one_line(text: str, shown: str) -> None:
    headers: Any = {} if text == "\ud800" else {"x-request-id": text.encode()}
    response = httpx.Response(400, headers=headers, content=json.dumps({"detail": text}))
    response.extensions["reason_phrase"] = text.encode("ascii", "ignore")
    error = _errors.Answer(response, response.content).error()
    assert str(error).isprintable()
    assert error.message.endswith(f": {shown}")
    assert str(error).endswith(f"{shown})") is bool(headers)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@styles
def test_control_characters_of_a_misfit_are_escaped(style: str) -> None:
    with Server((json_answer({"data": [{"url\x1b[2J\n": 1, "url": 5}], "\u202e": 1}),)) as server:
        error = raised(APIResponseValidationError, lambda: edit(style, server.url))
    assert str(error).isprintable()
    with Server((answer("\x1b[2J", 400),)) as server:
        assert raised(BadRequestError, lambda: edit(style, server.url)).body == "\x1b[2J"


@pytest.mark.parametrize("name", ["content-encoding", "content-type"])
def test_control_characters_of_a_cause_are_escaped(client: ModuleType, name: str) -> None:
    with Server((answer("x\n", 200, [(name, "\x9b31m")]),)) as server:
        items = client.Pkg(base_url=server.url).all.events_stream()
        error = failed(lambda: list(items))
    assert type(error).__name__ == "APIResponseValidationError"
    told = "".join(traceback.format_exception(error))
    assert r"\x9b31m" in told
    assert all(line.isprintable() for line in told.splitlines())


def test_control_characters_of_a_place_are_escaped() -> None:
    one = _compat.CompatError("type", "/\x1b[2J\nINFO forged", "no \u202e")
    assert str(one) == r"/\x1b[2J\nINFO forged: no \u202e"
    fault = _payload.PayloadFault(one.rule, one.pointer, one.message)
    assert str(_payload.PayloadError((fault, fault), 1)) == f"{one}\n{one}\nand 1 more"
    assert one.pointer == "/\x1b[2J\nINFO forged"
    model = Json(dict[str, int]).model
    error = raised(
        _payload.PayloadError, lambda: _payload.Payload({"\x1b[2J": "x"}).validate(model)
    )
    lines = "".join(traceback.format_exception(error)).splitlines()
    assert all(line.isprintable() for line in lines)


# Tokens

TOKENS: tuple[tuple[Any, str], ...] = (
    *(
        ({"access_token": token}, "")
        for token in list[Any]([None, 1, True, [], {}, "", "a b", "a\r\nx: y", "t\u00f6ken", "a\0"])
    ),
    *(
        ({"access_token": "t", "expires_in": lasts}, "")
        for lasts in list[Any](["soon", [], {}, "nan", 10**400])
    ),
    *(
        ({"access_token": "t", "expires_in": lasts}, "t")
        for lasts in (None, 0, -1, 3600, "3600", 1e308, -(10**300), 0.5, "inf")
    ),
    (None, ""),
    ([], ""),
    ("t", ""),
    (1, ""),
    ({}, ""),
    ({"access_token": "t" * 10, "expires_in": "9" * 5000 + "x"}, ""),
)


@pytest.mark.parametrize(("value", "token"), TOKENS, ids=lambda value: repr(value)[:60])
@pytest.mark.parametrize("style", STYLES)
def test_what_is_no_token_is_not_sent(
    client: ModuleType, style: str, value: Any, token: str
) -> None:
    sent: list[httpx.Request] = []

    def say(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=value if request.url.host == "tokens.example" else {})

    def call() -> Any:
        return called(client, style, "oauth", httpx.MockTransport(say))

    if token:
        call()
        assert sent[-1].headers["authorization"] == f"Bearer {token}"
    else:
        error = failed(call)
        assert (type(error).__name__, error.maybe_processed, len(sent)) == (
            "APIConnectionError",
            False,
            1,
        )
        assert "no token: http://tokens.example/token (ReadError: said 200 OK)" in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"access_token": "t", "expires_in": ' + b"9" * 5000 + b"}",
        b"\xff",
        b'{"access_token": "\\ud800"}',
        b"NaN",
    ],
)
def test_an_answer_that_is_no_token(client: ModuleType, content: bytes) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=content))
    error = failed(lambda: called(client, "sync", "oauth", transport))
    assert type(error).__name__ == "APIConnectionError"


# Pages and arguments


@pytest.mark.parametrize(
    "following",
    [
        *(
            "javascript:alert(1)",
            "http://[::1",
            "http://x:99999/",
            "x" * 70_000,
            "http://\u00e9.test/",
            "\x00",
            "data:,",
            "mailto:a@b",
        ),
        *("//", "?", "http://xn--a/", "\ud800", "http://a..b/", "https://evil.test/x?y"),
    ],
    ids=lambda text: ascii(text[:20]),
)
@pytest.mark.parametrize("method", ["links", "cursors"])
@styles
def test_what_leads_to_no_page_is_a_bad_answer(
    client: ModuleType, style: str, method: str, following: str
) -> None:
    sent: list[httpx.Request] = []

    def say(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        pages = {"next": following, "items": [1]}
        return httpx.Response(200, content=json.dumps(pages if len(sent) == 1 else {}))

    def some() -> None:
        with httpx.Client(transport=httpx.MockTransport(say)) as http:
            list(
                getattr(client.Pkg(http_client=http, credentials=CREDENTIALS), method).list_pages()
            )

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(say)) as http:
            own = client.AsyncPkg(http_client=http, credentials=CREDENTIALS)
            async for _ in getattr(own, method).list_pages():
                pass

    try:
        some() if style == "sync" else anyio.run(run, backend=style)
    except Exception as error:
        assert type(error).__name__ == "APIResponseValidationError"
        assert len(str(error)) < 1000
        assert len(sent) == 1
    assert {one.url.host for one in sent} == {"api.example"}


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "arguments",
    [
        {"extra_query": {"a": "x" * 70_000}},
        {"extra_query": {"a": "\ud800"}},
        {"extra_query": {"a": float("nan")}},
        {"extra_body": {"z": nested(100_000)}},
        {"extra_body": {"z": float("inf")}},
        {"extra_body": {"z": "\ud800"}},
        {"images": nested(100_000)},
    ],
    ids=lambda value: repr(next(iter(value))),
)
@styles
def test_arguments_that_cannot_be_sent(style: str, arguments: Any) -> None:
    with Server((Behaviour(),)) as server, pytest.raises(ValueError, match=r"."):
        edit(style, server.url, ARGUMENTS | arguments)
    assert server.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "http://[::1",
        "http://\u00e9.test/",
        "http://xn--a/",
        "x" * 60_000,
        "data:,",
        "http://x:99999999999/",
        "\x80",
        *(":http://]", ":a://]", "1:http://]", ":http://[", ":http://[x]", "/a:b//]"),
    ],
    ids=lambda text: ascii(text[:20]),
)
@pytest.mark.parametrize("method", ["header", "oauth"])
@styles
def test_a_redirect_to_nowhere(client: ModuleType, style: str, method: str, location: str) -> None:
    """Of a call, and where a token is asked for."""
    headers = [(b"location", location.encode())]
    transport = httpx.MockTransport(lambda request: httpx.Response(302, headers=headers))
    error = failed(lambda: called(client, style, method, transport))
    assert type(error).__name__ in {"APIConnectionError", "APIStatusError"}
    assert str(error).isprintable()


@pytest.mark.parametrize(
    "error",
    [UnicodeDecodeError("ascii", b"\xff", 0, 1, "mine"), ValueError("mine"), OSError("mine")],
)
@styles
def test_what_a_body_raises_is_passed_on(client: ModuleType, style: str, error: Exception) -> None:
    """It is no redirect to nowhere, nor a broken connection."""

    def chunks() -> Iterator[bytes]:
        yield b"x"
        raise error

    with Server((answer(status=204),)) as server:
        given = {"body": chunks(), "content_type": "image/png"}
        assert failed(lambda: called(client, style, "raw", None, server.url, **given)) is error


@styles
def test_a_redirect_to_nowhere_of_the_shipped_client(style: str) -> None:
    with Server((answer("", 307, [("location", "javascript:alert(1)")]),)) as server:
        error = raised(APIConnectionError, lambda: edit(style, server.url))
    assert "a redirect to no URL" in str(error)


class NoStatus(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A server whose status of HTTP/2 is no number: httpcore has no error of its own for that."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._receive_response()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._receive_response()

    def _receive_response(self) -> httpx.Response:
        return httpx.Response(int("abc"))


def test_a_status_that_is_no_number_is_a_broken_connection() -> None:
    settings: dict[str, Any] = {"api_key": KEY, "base_url": "https://a.test", "max_retries": 0}

    def call() -> None:
        with Routescope(http_client=httpx.Client(transport=NoStatus()), **settings) as client:
            client.images.edit(**ARGUMENTS)

    async def run() -> None:
        http = httpx.AsyncClient(transport=NoStatus())
        async with AsyncRoutescope(http_client=http, **settings) as client:
            await client.images.edit(**ARGUMENTS)

    for one in (call, lambda: anyio.run(run)):
        assert "the response is not HTTP: invalid literal" in str(raised(APIConnectionError, one))


def test_a_document_of_the_deepest_json() -> None:
    """Errors of bodies that one reader takes and another does not."""
    for depth in (10, 100, 190, 250, 500, 900, 990, 999, 5000):
        for body in (b"[" * depth + b"]" * depth, b'{"error":' * depth + b"1" + b"}" * depth):
            error = _errors.Answer(httpx.Response(400), body).error()
            assert str(error).startswith("400")


@pytest.mark.parametrize(
    "url",
    [
        *(f"ftp://me:{SECRET}@h", f"https://me:{SECRET}@h/\x00", f"me:{SECRET}@h", f"//{SECRET}@h"),
        *(f"https://me:x/{SECRET}@h", f"https://me:{SECRET}@\n@h", f"https://{SECRET}:x@[::1"),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("where", ["argument", "environment"])
def test_credentials_of_what_is_no_base_url_are_not_shown(
    url: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "\0" in url and where == "environment":
        return
    if where == "environment":
        monkeypatch.setenv("ROUTESCOPE_BASE_URL", url)
    base_url = url if where == "argument" else None
    error = raised(ValueError, lambda: Routescope(api_key=KEY, base_url=base_url))
    assert SECRET not in "".join(traceback.format_exception(error))
    assert "***@" in str(error)


def test_credentials_of_a_variable_are_not_shown() -> None:
    class Elsewhere(Routescope):
        _base_url = "{scheme}://h"
        _variables: ClassVar[dict[str, str]] = {"scheme": "https"}

    given = {"scheme": f"me:{SECRET}@"}
    error = raised(ValueError, lambda: Elsewhere(api_key=KEY, server_variables=given))
    assert SECRET not in "".join(traceback.format_exception(error))


MODELS = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /model: {post: {operationId: model, tags: [all], requestBody: &b {content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}, responses: {'200': {description: t, content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}}}}
  /list: {get: {operationId: list, tags: [all], responses: {'200': {description: t, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/T'}}}}}}}}
  /map: {get: {operationId: map, tags: [all], responses: {'200': {description: t, content: {application/json: {schema: {type: object, additionalProperties: {type: integer}}}}}}}}
  /lines: {get: {operationId: lines, tags: [all], responses: {'200': {description: t, content: {application/jsonl: {schema: {$ref: '#/components/schemas/T'}}}}}}}
components:
  schemas:
    T:
      type: object
      required: [n]
      properties: {n: {type: integer}, password: {type: string, format: password}, inner: {$ref: '#/components/schemas/T'}}
"""


def test_a_traceback_does_not_show_what_was_sent_or_answered(tmp_path: Path) -> None:
    made = imported(texts(MODELS), tmp_path, "client")
    wrong = {"n": SECRET, "password": SECRET, "inner": {"password": SECRET}}
    answers = {"model": wrong, "list": [wrong], "map": {"a": SECRET}, "lines": wrong}
    for name, value in answers.items():
        transport = httpx.MockTransport(lambda _, value=value: httpx.Response(200, json=value))
        with httpx.Client(transport=transport) as http:
            call = getattr(made.Pkg(http_client=http, base_url="http://h").all, name)
            given = {"n": 1} if name == "model" else {}
            error = failed(partial(lambda call, given: list(call(**given)), call, given))
            assert "integer" in str(error)
            assert SECRET not in "".join(traceback.format_exception(error))
            if given:
                error = failed(partial(call, **wrong))
                told = "".join(traceback.format_exception(error))
                assert ("n: Input should be a valid integer" in told, SECRET in told) == (
                    True,
                    False,
                )


@pytest.mark.parametrize("value", [5, "a: b", ["a"], [("a", "b")], object()])
@pytest.mark.parametrize("name", ["extra_headers", "extra_query", "extra_body", "compat"])
def test_what_has_to_be_a_mapping(name: str, value: Any) -> None:
    given = {name: value}
    error = raised(TypeError, lambda: edit("sync", "http://localhost", ARGUMENTS | given))
    assert str(error) == f"{name} has to be a mapping, and is a {type(value).__name__}"
    raised(TypeError, lambda: edit("sync", "http://localhost", **given))
    for setting in ("credentials", "server_variables", "default_headers"):
        error = raised(TypeError, partial(Routescope, **{setting: value}))
        assert setting in str(error)


@pytest.mark.parametrize("name", [1, b"a", None, ("a",)])
def test_names_of_headers_that_are_no_texts(name: Any) -> None:
    for where in ("extra_headers", "default_headers"):
        call, settings = (
            ({where: {name: "a"}}, {}) if where[0] == "e" else ({}, {where: {name: "a"}})
        )
        with pytest.raises(ValueError, match="cannot be sent"):
            edit("sync", "http://localhost", ARGUMENTS | call, **settings)


FRAMES = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /call:
    get:
      operationId: call
      tags: [all]
      parameters:
        - {name: Host, in: header, required: true, schema: {type: string}}
        - {name: Content-Length, in: header, required: true, schema: {type: integer}}
        - {name: transfer-encoding, in: header, schema: {type: string}}
        - {name: X-Own, in: header, schema: {type: string}}
        - {name: a;b, in: cookie, schema: {type: string}}
        - {name: 'c=d', in: cookie, style: form, explode: false, schema: {type: string}}
        - {name: 'e f', in: cookie, schema: {type: object}}
        - {name: good, in: cookie, schema: {type: string}}
      responses: {'204': {description: nothing}}
"""


def test_parameters_that_would_frame_a_message(tmp_path: Path) -> None:
    """Host, Content-Length and Transfer-Encoding are no arguments: whoever sends a message says them."""
    made = imported(texts(FRAMES), tmp_path, "client")
    sent: list[httpx.Request] = []
    transport = answering(lambda _: httpx.Response(204), sent)
    with httpx.Client(transport=transport) as http:
        call = made.Pkg(http_client=http, base_url="http://h").all.call
        call(x_own="a", good="b; c=d")
        for name in ("host", "content_length", "transfer_encoding"):
            assert type(failed(partial(call, **{name: "a"}))) is TypeError
        cookies = next(
            one for name, one in vars(made).items() if name.isupper() and hasattr(one, "arguments")
        ).arguments.keys() - {"x_own", "good"}
        assert len(cookies) == 3
        for name in cookies:
            value = {"x; y": "z"} if name.startswith("e") else "v"
            assert type(failed(partial(call, **{name: value}))).__name__ == "ArgumentError"
    (request,) = sent
    assert (request.headers["host"], request.headers["cookie"]) == ("h", "good=b%3B%20c%3Dd")


def test_an_asynchronous_body_is_for_the_asynchronous_client(client: ModuleType) -> None:
    class Chunks:
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"x"

    sent: list[httpx.Request] = []
    transport = answering(lambda _: httpx.Response(204), sent)
    given = {"body": Chunks(), "content_type": "image/png"}
    error = failed(lambda: called(client, "sync", "raw", transport, **given))
    assert (type(error), "asynchronous client" in str(error), sent) == (TypeError, True, [])
    called(client, "asyncio", "raw", transport, **given)
    assert len(sent) == 1
    with Routescope(api_key=KEY) as own:
        raised(TypeError, lambda: own._streamed(Chunks()))
        assert own._streamed(b"x") == b"x"
