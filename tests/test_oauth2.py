"""OAuth 2 client credentials (RFC 6749, 4.4): a token is asked for, kept, and asked for again when it is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from built import imported, texts
from calling import NO_CERTIFICATES
from misbehaving import Behaviour, Server, answer, json_answer

DOCUMENT = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
security: [{oauth: [read]}]
paths:
  /a: {get: {tags: [all], responses: {'204': {description: nothing}}}}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: 'TOKENS', scopes: {read: reads, write: writes}}}
"""
DONE, REFUSED = answer(status=204), json_answer({}, 401)
BASIC = "Basic aWQlMkYxOnNlY3JldA=="  # id%2F1:secret


def token(value: str, **more: Any) -> Behaviour:
    return json_answer({"access_token": value, "token_type": "bearer", **more})


def called(place: Path, style: str, url: str, credential: Any, times: int) -> None:
    client = imported(texts(DOCUMENT.replace("TOKENS", f"{url}/token")), place, "client")
    settings = {"base_url": url, "credentials": {"oauth": credential}, "max_retries": 0}
    if style == "sync":
        with httpx.Client(verify=NO_CERTIFICATES) as http:
            own = client.Pkg(http_client=http, **settings)
            for _ in range(times):
                own.all.get_a()
        return

    async def run() -> None:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            own = client.AsyncPkg(http_client=http, **settings)
            for _ in range(times):
                await own.all.get_a()

    anyio.run(run, backend=style)


@pytest.mark.parametrize("style", ["sync", "asyncio", "trio"])
@pytest.mark.parametrize(
    ("script", "times", "sent"),
    [
        ((token("t1"), DONE, DONE), 2, ["token", "t1", "t1"]),
        ((token("t1", expires_in=1), DONE, token("t2"), DONE), 2, ["token", "t1", "token", "t2"]),
        ((token("t1"), DONE, REFUSED, token("t2"), DONE), 2, ["token", "t1", "t1", "token", "t2"]),
    ],
    ids=["kept", "expired", "refused"],
)
def test_token(
    tmp_path: Path, style: str, script: tuple[Behaviour, ...], times: int, sent: list[str]
) -> None:
    with Server(script) as server:
        called(tmp_path, style, server.url, ("id/1", "secret"), times)
        found = server.requests
    wanted = [BASIC if one == "token" else f"Bearer {one}" for one in sent]
    assert [one.headers["authorization"] for one in found] == wanted
    asked = [one for one in found if one.target == "/token"]
    assert {one.body for one in asked} == {b"grant_type=client_credentials&scope=read"}


def test_a_token_of_your_own_is_sent_as_it_is(tmp_path: Path) -> None:
    with Server((DONE,)) as server:
        called(tmp_path, "sync", server.url, "mine", 1)
        assert [one.headers["authorization"] for one in server.requests] == ["Bearer mine"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (json_answer({"error": "invalid_client"}, 400), "AuthenticationError"),
        (json_answer({}, 401), "AuthenticationError"),
        (json_answer({}, 503), "APIConnectionError"),
        (answer("<html>"), "APIConnectionError"),
        (json_answer({"no": 1}), "APIConnectionError"),
    ],
)
def test_no_token_is_an_error_of_the_client(tmp_path: Path, said: Behaviour, kind: str) -> None:
    with Server((said,)) as server, pytest.raises(Exception, match="no token") as caught:
        called(tmp_path, "sync", server.url, ("id", "secret"), 1)
    assert type(caught.value).__name__ == kind
    assert "secret" not in str(caught.value)


# trio tells of generators inside httpx that are left when a stream is given up half read.
@pytest.mark.filterwarnings(
    "ignore:Async generator 'httpx", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("style", ["sync", "asyncio", "trio"])
def test_a_stream_is_read_as_it_comes(tmp_path: Path, style: str) -> None:
    document = DOCUMENT.replace("'204': {description: nothing}", STREAMED)
    held = Behaviour(answer("data: first\n\n", headers=KIND, length=1000).sends, ends="hold")
    with Server((token("t1"), held)) as server:
        assert first_item(document, tmp_path, style, server.url) == "first"


STREAMED = "'200': {description: some, content: {text/event-stream: {schema: {type: string}}}}"
KIND = (("content-type", "text/event-stream"),)


def first_item(document: str, place: Path, style: str, url: str) -> Any:
    client = imported(texts(document.replace("TOKENS", f"{url}/token")), place, "client")
    settings = {"base_url": url, "credentials": {"oauth": ("id", "secret")}, "timeout": 3}
    if style == "sync":
        with (
            httpx.Client(verify=NO_CERTIFICATES) as http,
            client.Pkg(http_client=http, **settings).all.get_a() as stream,
        ):
            return next(iter(stream))

    async def run() -> Any:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            own = client.AsyncPkg(http_client=http, **settings)
            async with await own.all.get_a() as stream, aclosing(aiter(stream)) as items:
                return await anext(items)

    return anyio.run(run, backend=style)


def test_a_token_is_waited_for_no_longer_than_an_answer(tmp_path: Path) -> None:
    with Server((Behaviour(ends="hold"),)) as server:
        document = texts(DOCUMENT.replace("TOKENS", f"{server.url}/token"))
        client = imported(document, tmp_path, "client")
        settings = {"credentials": {"oauth": ("id", "secret")}, "timeout": 0.2, "max_retries": 0}
        with (
            client.Pkg(base_url=server.url, **settings) as own,
            pytest.raises(Exception, match="ReadTimeout"),
        ):
            own.all.get_a()


# Calls side by side


@dataclass(slots=True)
class Api:
    """An API and its tokens: those that were given, those that it takes, and those that calls came with."""

    url: str = ""
    given: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    came: list[str] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Api]:
    """The API on loopback. A token takes a while, so that calls would overtake each other. Connections
    are used once: httpcore may close one that a thread is about to use again (while another sees it readable)."""
    api, lock = Api(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            time.sleep(0.05)
            with lock:
                token = f"t{len(api.given) + 1}"
                api.given.append(token)
                api.taken.add(token)
            self.answer(200, f'{{"access_token": "{token}"}}'.encode())

        def do_GET(self) -> None:
            token = self.headers["authorization"].removeprefix("Bearer ")
            with lock:
                api.came.append(token)
                is_taken = token in api.taken
            self.answer(*((204, b"") if is_taken else (401, b"{}" * 1000)))

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield api
        server.shutdown()


def side_by_side(style: str, client: Any, settings: Any, limits: Any, between: Any) -> None:
    """Two rounds of calls that are made at once, by one client."""
    more = {"verify": NO_CERTIFICATES, "limits": limits}
    if style == "sync":
        with httpx.Client(**more) as http, ThreadPoolExecutor(8) as pool:
            own = client.Pkg(http_client=http, **settings)
            list(pool.map(lambda _: own.all.get_a(), range(8)))
            between()
            list(pool.map(lambda _: own.all.get_a(), range(8)))
        return

    async def run() -> None:
        async with httpx.AsyncClient(**more) as http:
            own = client.AsyncPkg(http_client=http, **settings)
            for then in (between, lambda: None):
                async with anyio.create_task_group() as group:
                    for _ in range(8):
                        group.start_soon(own.all.get_a)
                then()

    anyio.run(run, backend=style)


# With fewer connections than calls, those that wait for a token must not hold the ones that it needs.
@pytest.mark.parametrize("connections", [1, 3, 20])
@pytest.mark.parametrize("style", ["sync", "asyncio", "trio"])
def test_calls_side_by_side_ask_for_one_token(tmp_path: Path, style: str, connections: int) -> None:
    with serving() as api:
        client = imported(texts(DOCUMENT.replace("TOKENS", f"{api.url}/token")), tmp_path, "client")
        settings = {"base_url": api.url, "credentials": {"oauth": ("id", "secret")}, "timeout": 5}
        limits = httpx.Limits(max_connections=connections)
        side_by_side(style, client, {**settings, "max_retries": 0}, limits, api.taken.clear)
    assert api.given == ["t1", "t2"]
    assert api.came[:8] == ["t1"] * 8
    assert api.came.count("t2") == 8
    assert set(api.came) == {"t1", "t2"}


def api_error(client: Any) -> type[Exception]:
    found: type[Exception] = import_module(f"{client.__package__}._errors").APIError
    return found


def together(client: Any, style: str, answered: Any) -> list[str]:
    """The errors of eight calls that begin at once and share one token, without retries."""
    settings = {
        "base_url": "https://api.test",
        "credentials": {"oauth": ("id", "secret")},
        "max_retries": 0,
    }
    transport, errors = httpx.MockTransport(answered), list[str]()
    barrier = threading.Barrier(8)
    if style == "sync":

        def call(_: int) -> None:
            barrier.wait()
            try:
                own.all.get_a()
            except api_error(client) as error:
                errors.append(str(error))

        with httpx.Client(transport=transport) as http, ThreadPoolExecutor(8) as pool:
            own = client.Pkg(http_client=http, **settings)
            list(pool.map(call, range(8)))
        return errors

    async def run() -> None:
        async def call() -> None:
            try:
                await own.all.get_a()
            except api_error(client) as error:
                errors.append(str(error))

        async with httpx.AsyncClient(transport=transport) as http:
            own = client.AsyncPkg(http_client=http, **settings)
            async with anyio.create_task_group() as group:
                for _ in range(8):
                    group.start_soon(call)

    anyio.run(run, backend=style)
    return errors


@pytest.mark.parametrize("style", ["sync", "asyncio"])
@pytest.mark.parametrize(
    ("status", "told", "failed"),
    [(500, {}, 8), (200, {"access_token": "t", "expires_in": 0}, 0)],
    ids=["fails", "expires at once"],
)
def test_calls_that_wait_for_a_token_share_its_outcome(
    tmp_path: Path, style: str, status: int, told: Any, failed: int
) -> None:
    """Were each to ask by itself, the last one would wait eight times as long."""
    asked: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/token":
            return httpx.Response(204)
        asked.append("token")
        time.sleep(0.3)
        return httpx.Response(status, json=told)

    async def awaited(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            await anyio.sleep(0.05)
        return answered(request)

    client = imported(
        texts(DOCUMENT.replace("TOKENS", "https://api.test/token")), tmp_path, "client"
    )
    errors = together(client, style, answered if style == "sync" else awaited)
    assert asked == ["token"]
    assert len(errors) == failed
    assert all("no token" in error and "500" in error for error in errors)


def test_a_call_asks_itself_if_another_one_ran_out_of_its_own_time(tmp_path: Path) -> None:
    asked: list[str] = []

    async def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            asked.append("token")
            await anyio.sleep(0.5 if len(asked) == 1 else 0)
            return httpx.Response(200, json={"access_token": "t"})
        return httpx.Response(204)

    client = imported(
        texts(DOCUMENT.replace("TOKENS", "https://api.test/token")), tmp_path, "client"
    )

    async def run() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(answered))
        own = client.AsyncPkg(
            http_client=http, base_url="https://api.test", credentials={"oauth": ("id", "secret")}
        )

        async def hurried() -> None:
            with pytest.raises(api_error(client), match="deadline"):
                await own.all.get_a(deadline=0.1, max_retries=0)

        async with anyio.create_task_group() as group:
            group.start_soon(hurried)
            await anyio.sleep(0.02)
            group.start_soon(own.all.get_a)

    anyio.run(run)
    assert asked == ["token", "token"]


@contextmanager
def shared(place: Path) -> Iterator[Any]:
    """One call of one client, whatever event loop runs it; a token is given a moment later."""
    client = imported(texts(DOCUMENT.replace("TOKENS", "https://api.test/token")), place, "client")

    async def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            await anyio.sleep(0.02)
            return httpx.Response(200, json={"access_token": "t", "expires_in": 0})
        return httpx.Response(204)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answered))
    own = client.AsyncPkg(
        http_client=http, base_url="https://api.test", credentials={"oauth": ("id", "secret")}
    )

    async def run() -> None:
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                for _ in range(5):
                    group.start_soon(own.all.get_a)

    yield run


def test_one_client_in_event_loops_one_after_the_other(tmp_path: Path) -> None:
    with shared(tmp_path) as run:
        for style in ("asyncio", "trio", "asyncio", "trio"):
            anyio.run(run, backend=style)


def test_one_client_in_event_loops_at_once(tmp_path: Path) -> None:
    with shared(tmp_path) as run, ThreadPoolExecutor(6) as pool:
        styles = ["asyncio", "trio"] * 3
        done = [pool.submit(anyio.run, run, backend=style) for style in styles]
        for one in done:
            one.result(timeout=60)


def test_clients_have_tokens_of_their_own(tmp_path: Path) -> None:
    with serving() as api:
        client = imported(texts(DOCUMENT.replace("TOKENS", f"{api.url}/token")), tmp_path, "client")
        for _ in range(2):
            with client.Pkg(base_url=api.url, credentials={"oauth": ("id", "secret")}) as own:
                own.all.get_a()
    assert api.came == ["t1", "t2"]


def scopes(old: str, new: str) -> str:
    """What a token is asked for with."""
    made = texts(DOCUMENT.replace("TOKENS", "https://x/token").replace(old, new))["client.py"]
    return made.partition('OAuth2("https://x/token"')[2].partition("),\n")[0]


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("", "", ', ("read",)'),
        ("[read]", "[]", ""),
        ("{get: {tags: [all]", "{get: {tags: [all], security: [{oauth: [write]}]", ', ("write",)'),
        (
            "{get: {tags: [all]",
            "{put: {security: [{oauth: [write, read]}, {}], responses: {}}, get: {tags: [all]",
            ', ("read", "write")',
        ),
    ],
    ids=["of the document", "none named", "of the operation instead", "of all"],
)
def test_scopes_are_those_that_operations_name(old: str, new: str, asked: str) -> None:
    assert scopes(old, new) == asked
