"""The settings of the generated clients, where their key shows, and how they end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

import routescope
from calling import (
    ALL_STYLES,
    ANSWER,
    ARGUMENTS,
    KEY,
    NO_CERTIFICATES,
    PATH,
    URL,
    edit,
    raised,
    sent,
    styles,
)
from endpoint_cases import A
from misbehaving import Behaviour, Server, answer
from routescope import AsyncRoutescope, AuthenticationError, Routescope
from routescope._operation import Operation

pytestmark = pytest.mark.shipped

GOOD = Behaviour(ANSWER)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server((GOOD,)) as running:
        yield running


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROUTESCOPE_API_KEY", "ROUTESCOPE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@styles
def test_settings_of_the_environment(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server((GOOD,)) as server:
        monkeypatch.setenv("ROUTESCOPE_API_KEY", "sk-env")
        monkeypatch.setenv("ROUTESCOPE_BASE_URL", f"{server.url}/proxy/")
        edit(style, "", api_key=None, base_url=None)
        edit(style, server.url)
        monkeypatch.setenv("ROUTESCOPE_BASE_URL", "")
        assert Routescope().base_url == AsyncRoutescope().base_url == "https://api.routescope.ai"
    assert [(found.target, found.headers["authorization"]) for found in server.requests] == [
        (f"/proxy{PATH}", "Bearer sk-env"),
        (PATH, f"Bearer {KEY}"),
    ]


@pytest.mark.parametrize("key", [None, ""])
@styles
def test_without_a_key_the_call_fails(style: str, key: str | None, server: Server) -> None:
    already = server.connections
    error = raised(AuthenticationError, lambda: edit(style, server.url, api_key=key))
    assert str(error) == "no usable API key: pass api_key, or set ROUTESCOPE_API_KEY"
    assert (error.status_code, error.maybe_processed, error.request_id) == (None, False, None)
    assert server.connections == already


SECRET = "5ecret"
BAD_KEYS = [
    f"{SECRET}\n",
    f"\n{SECRET}",
    f"{SECRET}\nx-admin: 1",
    f"{SECRET} ",
    f"{SECRET}\t",
    f"{SECRET}ü",
    f"{SECRET}\0",
    f"{SECRET}\x7f",
]


@pytest.mark.parametrize("key", BAD_KEYS, ids=ascii)
@pytest.mark.parametrize("where", ["api_key", "default_headers", "extra_headers"])
@styles
def test_a_key_that_is_none_is_not_shown(
    style: str, where: str, key: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    already = server.connections
    headers = {"Authorization": f"Bearer {key}"}
    settings: dict[str, Any] = {"api_key": key} if where == "api_key" else {}
    settings |= {"default_headers": headers} if where == "default_headers" else {}
    more = {"extra_headers": headers} if where == "extra_headers" else {}
    with pytest.raises((AuthenticationError, UnicodeEncodeError)) as caught:
        edit(style, server.url, ARGUMENTS | more, **settings)
    assert SECRET not in f"{caught.value} {caplog.text}"
    assert (type(caught.value) is AuthenticationError) or ("ü" in key and where != "api_key")
    assert server.connections == already


@styles
def test_a_key_is_shown_nowhere(style: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Server((answer("", 401), GOOD)) as server:
        error = raised(AuthenticationError, lambda: edit(style, server.url))
        result = edit(style, server.url)
    client: Any = (Routescope if style == "sync" else AsyncRoutescope)(
        api_key=KEY, base_url=server.url
    )
    assert len(caplog.records) > 4
    shown = [
        error,
        repr(error),
        error.headers,
        error.response,
        client,
        client.images,
        client.images.edit,
        result,
    ]
    assert KEY not in f"{shown} {caplog.text} {[vars(record) for record in caplog.records]}"


@pytest.mark.parametrize(
    ("pair", "told"),
    [(("a:b", "c"), "':' would end"), (("a", "c\n"), "control characters"), (("a",), "no usable")],
)
def test_a_pair_that_is_none_is_refused(pair: Any, told: str) -> None:
    with pytest.raises((ValueError, AuthenticationError), match=told):
        edit("sync", "http://127.0.0.1:9", credentials={"BearerAuth": pair})


@styles
def test_an_authorization_of_your_own_replaces_the_key(style: str) -> None:
    for key in (KEY, None, f"{KEY}\n"):
        settings = {"api_key": key, "default_headers": {"authorization": "Basic eA=="}}
        assert sent(style, **settings).headers["authorization"] == "Basic eA=="
        call = ARGUMENTS | {"extra_headers": {"AUTHORIZATION": "Basic eQ=="}}
        assert sent(style, call, **settings).headers["authorization"] == "Basic eQ=="


@pytest.mark.parametrize("client", [Routescope, AsyncRoutescope])
@pytest.mark.parametrize(
    "url",
    [
        "api.routescope.ai",
        "ftp://x",
        "file:///etc",
        "//x",
        "/v1",
        "http:/x",
        "http://[::1",
        "https://",
        "http://:80",
        " http://x",
        *("http://a:99999", "http://a:0", f"http://a:{'9' * 20}", "http://a..b"),
        f"https://{'a' * 70}.test",
    ],
)
def test_base_url_is_judged(client: Any, url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        client(base_url=url)


@pytest.mark.parametrize("client", [Routescope, AsyncRoutescope])
@pytest.mark.parametrize("end", ["?", "#", "?key=s3cret", "/v1#s3cret", "/v1?a=s3cret@x#b"])
def test_a_base_url_ends_with_a_path(client: Any, end: str) -> None:
    """What is joined with it would else be a part of its query or fragment, and the path of a call lost."""
    with pytest.raises(ValueError, match="cannot be joined with the paths of calls") as caught:
        client(base_url=f"https://api.example{end}")
    assert "s3cret" not in str(caught.value)


def test_the_path_of_the_document_follows_a_host_alone() -> None:
    class Without(Routescope):
        _base_url, _base_path = "", "/api/v3"

    with pytest.raises(ValueError, match=r"base_url is missing: .* names the path '/api/v3'"):
        Without()
    operation: Operation[Any] = Operation("GET", "/a", base_url="/v4/", security=())
    bases = ("https://h", "https://h:8/", "https://h/own")
    clients = [Without(base_url=base, api_key="k") for base in bases]
    found = [one.base_url for one in clients]
    assert found == ["https://h/api/v3", "https://h:8/api/v3", "https://h/own"]
    urls = [str(one.request(operation, {}).http.url) for one in clients]
    assert urls == ["https://h/v4/a", "https://h:8/v4/a", "https://h/own/a"]


@styles
@pytest.mark.parametrize("path", ["", "/", "/a/b", "/a/b//"])
def test_base_url_has_a_path(style: str, path: str) -> None:
    with Server((GOOD,)) as server:
        edit(style, server.url + path)
    assert server.requests[0].target == path.rstrip("/") + PATH


@styles
def test_netrc_and_credentials_in_urls_are_not_used(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1\nlogin me\npassword mine\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Server((GOOD,)) as server:
        edit(style, server.url.replace("//", "//me:mine@"))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


# The life of a client


def test_a_client_closes_its_own_connections() -> None:
    with Server((GOOD,)) as server:
        with Routescope(api_key=KEY, base_url=server.url) as client:
            assert client.images is client.images
            client.images.edit(prompt="x", images=[A])
        with pytest.raises(RuntimeError, match="closed"):
            client.images.edit(prompt="x", images=[A])
        client.close()


def test_an_http_client_of_your_own_stays_open() -> None:
    with (
        Server((GOOD,)) as server,
        httpx.Client(auth=("me", "mine"), follow_redirects=True) as http,
    ):
        for _ in range(2):
            with Routescope(api_key=KEY, base_url=server.url, http_client=http) as client:
                client.images.edit(prompt="x", images=[A])
            client.close()
        assert not http.is_closed
    assert [found.headers["authorization"] for found in server.requests] == [f"Bearer {KEY}"] * 2


@pytest.mark.parametrize("backend", ALL_STYLES[1:])
def test_an_async_client_closes_its_own_connections(backend: str) -> None:
    async def run() -> None:
        async with AsyncRoutescope(api_key=KEY, base_url=own.url) as client:
            await client.images.edit(prompt="x", images=[A])
        with pytest.raises(RuntimeError, match="closed"):
            await client.images.edit(prompt="x", images=[A])
        await client.close()

    with Server((GOOD,)) as own:
        anyio.run(run, backend=backend)


def test_an_async_http_client_of_your_own_stays_open() -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as http:
            for _ in range(2):
                async with AsyncRoutescope(
                    api_key=KEY, base_url=own.url, http_client=http
                ) as client:
                    await client.images.edit(prompt="x", images=[A])
                await client.close()
            assert not http.is_closed

    with Server((GOOD,)) as own:
        anyio.run(run)
    assert len(own.requests) == 2


@styles
def test_no_redirect_is_followed(style: str) -> None:
    """Not even by an HTTP client that follows them by itself: the key would go elsewhere, and the edit twice."""

    async def run() -> Any:
        async with httpx.AsyncClient(follow_redirects=True, verify=NO_CERTIFICATES) as http:
            return await AsyncRoutescope(
                api_key=KEY, base_url=own.url, http_client=http
            ).images.edit(**ARGUMENTS)

    def call() -> Any:
        if style != "sync":
            return anyio.run(run)
        with httpx.Client(follow_redirects=True, verify=NO_CERTIFICATES) as http:
            return Routescope(api_key=KEY, base_url=own.url, http_client=http).images.edit(
                **ARGUMENTS
            )

    with Server((answer("", 307, [("location", URL)]), GOOD)) as own:
        error = raised(routescope.APIStatusError, call)
    assert (error.status_code, error.headers["location"], len(own.requests)) == (307, URL, 1)
