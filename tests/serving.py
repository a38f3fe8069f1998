"""The generated server under test: a handler that remembers, a way to speak raw ASGI, and uvicorn on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from endpoint_cases import A, folded, response
from routescope import ImageEditRequest
from routescope.server import Context, create_app

PATH = "/v1/images/edits"
KEY = "sk-server-test"
AUTHORIZED = {"authorization": f"Bearer {KEY}"}
JSON = {"content-type": "application/json"}
GOOD = json.dumps(folded(A)).encode()

Message = dict[str, Any]
App = Callable[..., Awaitable[None]]


@dataclass
class Recorder:
    """A handler that keeps what it was given. `answers` is what it answers with, or a function that does."""

    answers: Any = field(default_factory=lambda: response([{"url": A}]))
    seen: list[tuple[ImageEditRequest, Context]] = field(default_factory=list)

    async def edit_image(self, request: ImageEditRequest, context: Context) -> Any:
        self.seen.append((request, context))
        answer = self.answers(request, context) if callable(self.answers) else self.answers
        return await answer if asyncio.iscoroutine(answer) else answer

    def received(self) -> Any:
        """The body that the one call brought, as JSON."""
        ((request, _),) = self.seen
        return request.model_dump(mode="json", exclude_unset=True)


def fails_with(error: BaseException) -> Callable[..., Any]:
    """A function that raises, whatever it is given."""

    def fail(*_: Any) -> Any:
        raise error

    return fail


def app_of(handler: Any = None, **settings: Any) -> App:
    return create_app(
        handler or Recorder(), **{"authenticate": lambda token: token == KEY, **settings}
    )


def ask(
    app: App,
    content: Any = GOOD,
    headers: Any = (),
    *,
    method: str = "POST",
    path: str = PATH,
    plain: bool = False,
) -> httpx.Response:
    """One request, in process; with a key and as JSON, unless `plain`."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            sent = httpx.Headers({} if plain else {**AUTHORIZED, **JSON})
            sent.update(headers)
            return await client.request(method, path, content=content, headers=sent)

    return asyncio.run(go())


def scope(headers: Sequence[tuple[bytes, bytes]] = (), **members: Any) -> Message:
    own = [(name.encode(), value.encode()) for name, value in {**AUTHORIZED, **JSON}.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [*own, *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        **members,
    }


@dataclass
class Talk:
    """A raw exchange: what the application sent, and how many messages it took."""

    sent: list[Message] = field(default_factory=list)
    taken: int = 0

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return list(self.sent[0]["headers"])

    def json(self) -> Any:
        return json.loads(b"".join(message.get("body", b"") for message in self.sent[1:]))


def talk(app: App, given: Message, messages: Sequence[Message] = ()) -> Talk:
    """Run the application on raw messages. It may not take more than there are."""
    told = Talk()

    async def receive() -> Message:
        told.taken += 1
        assert told.taken <= len(messages), "it reads on"
        return messages[told.taken - 1]

    async def send(message: Message) -> None:
        told.sent.append(message)

    asyncio.run(_run(app, given, receive, send))
    return told


async def _run(app: App, *arguments: Any) -> None:
    await app(*arguments)


def chunk(body: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@contextlib.contextmanager
def running(app: App) -> Iterator[tuple[str, int]]:
    """The application under uvicorn, on a free port of loopback: its host and port."""
    # With a protocol of 0 asyncio leaves Nagle's algorithm on, and each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < until
            time.sleep(0.005)
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()
