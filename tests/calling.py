"""The generated clients under test: one call, sync or async, with all waits written down instead of slept through."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest

from misbehaving import Behaviour, Server
from routescope import AsyncRoutescope, ImagesResponse, Routescope, _transport

KEY = "sk-secret-0123456789"
STYLES = ("sync", "asyncio")
ALL_STYLES = (*STYLES, "trio")
PATH = "/v1/images/edits"
URL = "https://example.com/a.png"
ARGUMENTS: dict[str, Any] = {"prompt": "Remove it.", "images": [{"image_url": URL}]}
DATA = '{"created": 1, "data": [{"url": "https://example.com/b.png"}]}'
NOW = 1_800_000_000.0
# Loading the certificates of the system takes longer than all else that a call does.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

styles = pytest.mark.parametrize("style", STYLES)
all_styles = pytest.mark.parametrize("style", ALL_STYLES)


def edit(style: str, url: str, arguments: Any = None, /, **settings: Any) -> ImagesResponse:
    """The result of one call of `images.edit` by a new client."""
    given = ARGUMENTS if arguments is None else arguments
    settings = {"api_key": KEY, "base_url": url, **settings}
    if style == "sync":
        with (
            httpx.Client(verify=NO_CERTIFICATES) as http,
            Routescope(http_client=http, **settings) as client,
        ):
            return client.images.edit(**given)

    async def run() -> ImagesResponse:
        async with (
            httpx.AsyncClient(verify=NO_CERTIFICATES) as http,
            AsyncRoutescope(http_client=http, **settings) as client,
        ):
            return await client.images.edit(**given)

    return anyio.run(run, backend=style)


@dataclass(slots=True)
class Clock:
    """The waits of a client, none of which is slept through. Its jitter is the longest, its time stands still."""

    waits: list[float] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def asleep(seconds: float) -> None:
            self.waits.append(seconds)

        def longest(low: float, high: float) -> float:
            assert 0 < low < high == 1
            return high

        time = SimpleNamespace(sleep=self.waits.append, time=lambda: NOW)
        monkeypatch.setattr(_transport, "time", time)
        monkeypatch.setattr(_transport, "anyio", SimpleNamespace(sleep=asleep))
        monkeypatch.setattr(_transport, "random", SimpleNamespace(uniform=longest))


def raised(kind: type[Exception], call: Callable[[], object]) -> Any:
    """The exception of a call, which is of exactly this kind."""
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    return caught.value


def sent(style: str, arguments: Any = None, /, **settings: Any) -> Any:
    """The request that one successful call makes."""
    with Server((Behaviour(ANSWER),)) as server:
        edit(style, server.url, arguments, **settings)
    (request,) = server.requests
    return request


ANSWER = (
    "HTTP/1.1 200 OK\r\nconnection: close\r\nx-request-id: req-1\r\n"
    f"content-length: {len(DATA)}\r\n\r\n{DATA}"
).encode()
