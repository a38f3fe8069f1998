"""What a server can make a client hold, read and wait for: bytes as decoded, lines, events, and time."""

from __future__ import annotations

import gzip
import math
import threading
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, aclosing
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from anyio.lowlevel import checkpoint

from built import imported, texts
from calling import (
    ALL_STYLES,
    ANSWER,
    ARGUMENTS,
    KEY,
    NO_CERTIFICATES,
    all_styles,
    edit,
    raised,
    styles,
)
from growth import LINEAR, exponent
from misbehaving import Behaviour, Server, answer, json_answer
from routescope import (
    APIConnectionError,
    APIResponseValidationError,
    APITimeoutError,
    AsyncRoutescope,
    BadRequestError,
    FileError,
    Image,
    RateLimitError,
    Routescope,
    _fetch,
    _limits,
)
from routescope._errors import Answer
from routescope._limits import Limits, pieces
from routescope._transport import pause
from runtime import _streams  # type: ignore[attr-defined]

pytestmark = pytest.mark.shipped

DOCUMENT = """
openapi: 3.2.0
info: {title: Tests, version: '1'}
paths:
  /text: {get: {operationId: text, tags: [all], responses: {'200': {description: t, content: {text/plain: {}}}}}}
  /file: {get: {operationId: file, tags: [all], responses: {'200': {description: f, content: {application/zip: {}}}}}}
  /lines: {get: {operationId: lines, tags: [all], responses: {'200': {description: l, content: {application/jsonl: {itemSchema: {}}}}}}}
  /events: {get: {operationId: events, tags: [all], responses: {'200': {description: e, content: {text/event-stream: {schema: {type: string}}}}}}}
  /objects:
    get:
      operationId: objects
      tags: [all]
      responses: {'200': {description: e, content: {text/event-stream: {itemSchema: {type: object, properties: {event: {}, data: {type: string}}}}}}}
  /paid:
    get:
      operationId: paid
      tags: [all]
      security: [{oauth: []}]
      responses: {'200': {description: t, content: {text/plain: {}}}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'TOKENS', scopes: {}}}}
"""
MiB = 1024 * 1024
# trio tells of generators inside httpx that are left when a stream is given up half read.
LEFT = pytest.mark.filterwarnings(
    "ignore:Async generator 'httpx", "ignore::pytest.PytestUnraisableExceptionWarning"
)
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("limits"), "client")


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A chunk again and again, as often as it is asked for; `given` is how often."""

    def __init__(self, chunk: bytes, times: float = float("inf")) -> None:
        self.chunk, self.times, self.given = chunk, times, 0

    def __iter__(self) -> Iterator[bytes]:
        while self.given < self.times:
            self.given += 1
            yield self.chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def read(
    client: ModuleType, style: str, method: str, response: httpx.Response, **settings: Any
) -> Any:
    """What a method gives of an answer: its result, or how many items there are."""
    transport = httpx.MockTransport(lambda request: response)
    settings = {"base_url": "https://api.example", "max_retries": 0, **settings}
    if style == "sync":
        with httpx.Client(transport=transport) as http:
            found = getattr(client.Pkg(http_client=http, **settings).all, method)()
            return found if isinstance(found, str) else sum(1 for _ in found)

    async def run() -> Any:
        async with httpx.AsyncClient(transport=transport) as http:
            found = await getattr(client.AsyncPkg(http_client=http, **settings).all, method)()
            return found if isinstance(found, str) else len([item async for item in found])

    return anyio.run(run, backend=style)


def failed(call: Callable[[], object]) -> Any:
    with pytest.raises(Exception) as caught:  # noqa: PT011  its class is of another package each time
        call()
    return caught.value


# Bytes


def bomb(size: int) -> bytes:
    """So many bytes as gzip, a thousandth of them."""
    packed = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packed.compress(b" " * MiB) for _ in range(size // MiB)) + packed.flush()


def packed(content: bytes, codings: int, status: int = 200) -> Behaviour:
    return answer(content, status, [("content-encoding", ", ".join(["gzip"] * codings))])


@pytest.mark.parametrize("status", [200, 400])
@styles
def test_content_codings_on_top_of_each_other_are_not_decoded(style: str, status: int) -> None:
    content = gzip.compress(gzip.compress(bomb(64 * MiB)))
    with Server((packed(content, 3, status),)) as server:
        tracemalloc.start()
        error = raised(
            APIResponseValidationError if status == 200 else BadRequestError,
            lambda: edit(style, server.url, retry_unsafe=True),
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 * MiB
    assert ("content coding gzip, gzip, gzip" in str(error)) is (status == 200)
    assert (error.status_code, error.body, len(server.requests)) == (status, "", 1)


def peak_of(style: str, behaviour: Behaviour, **settings: Any) -> int:
    with Server((behaviour,)) as server:
        tracemalloc.start()
        failed(lambda: edit(style, server.url, **settings))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@pytest.mark.parametrize("status", [200, 400])
@styles
def test_memory_does_not_grow_with_what_is_encoded(style: str, status: int) -> None:
    contents = [packed(bomb(size * MiB), 1, status) for size in (16, 16, 32, 64)]
    _, *peaks = [peak_of(style, content, max_response_bytes=2 * MiB) for content in contents]
    assert max(peaks) < 1.2 * min(peaks) < 8 * MiB


@styles
def test_the_most_bytes_of_an_answer(client: ModuleType, style: str) -> None:
    for size in (999, 1000):
        response = httpx.Response(200, stream=Body(b"x" * 10, size / 10))
        assert len(read(client, style, "text", response, max_response_bytes=1000)) >= size
    endless = Body(b"x" * 10)
    error = failed(
        lambda: read(
            client, style, "text", httpx.Response(200, stream=endless), max_response_bytes=1000
        )
    )
    assert str(error).startswith("not to be read: more than 1000 bytes (max_response_bytes)")
    assert (type(error).__name__, endless.given) == ("APIResponseValidationError", 101)
    refused = Body(b"x" * 65536)
    error = failed(lambda: read(client, style, "text", httpx.Response(400, stream=refused)))
    assert (type(error).__name__, refused.given, len(error.body)) == ("BadRequestError", 17, 500)


@pytest.mark.parametrize(
    ("coding", "content", "told"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0), None),
        ("GZIP", gzip.compress(b"hello", mtime=0), None),
        ("x-gzip, identity", gzip.compress(b"hello", mtime=0), None),
        ("deflate", zlib.compress(b"hello"), None),
        ("identity", b"hello", None),
        ("", b"hello", None),
        ("br", b"hello", "content coding br, where one of gzip, deflate was asked for"),
        ("zstd", b"hello", "content coding zstd"),
        (
            "gzip, gzip",
            gzip.compress(gzip.compress(b"hello", mtime=0), mtime=0),
            "content coding gzip, gzip",
        ),
        ("deflate, gzip", b"", ""),
        ("gzip;q=1", b"hello", "content coding gzip;q=1"),
        ("gzip", gzip.compress(b"hello", mtime=0) + b"more", "more after the end of its gzip"),
        ("gzip", gzip.compress(b"hello", mtime=0)[:-4], "cut off inside of its gzip"),
        ("gzip", b"hello", "incorrect header check"),
    ],
)
@styles
def test_content_codings(style: str, coding: str, content: bytes, told: str | None) -> None:
    response = httpx.Response(
        200, headers={"content-encoding": coding}, stream=Body(content, bool(content))
    )

    async def run() -> bytes:
        return b"".join([piece async for piece in _limits.async_pieces(response, Limits())])

    def decoded() -> bytes:
        if style != "sync":
            return anyio.run(run, backend=style)
        return b"".join(_limits.pieces(response, Limits()))

    if told:
        with pytest.raises(httpx.DecodingError) as caught:
            decoded()
        assert told in str(caught.value)
    else:
        assert decoded() == (b"hello" if content else b"")


@styles
def test_what_was_read_already_is_not_decoded_again(style: str) -> None:
    """By a hook of the caller's own HTTP client, or a transport that makes answers up."""
    content = gzip.compress(b'{"data": []}')

    def answered(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=content)

    async def run() -> Any:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answered)) as http:
            return await AsyncRoutescope(api_key=KEY, http_client=http).images.edit(**ARGUMENTS)

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        own = Routescope(api_key=KEY, http_client=http)
        result = own.images.edit(**ARGUMENTS) if style == "sync" else anyio.run(run, backend=style)
    assert result.data == []


def test_what_is_decoded_is_asked_for() -> None:
    with (
        Server((json_answer({"data": []}),)) as server,
        httpx.Client(headers={"accept-encoding": "br"}) as http,
    ):
        Routescope(api_key=KEY, base_url=server.url, http_client=http).images.edit(**ARGUMENTS)
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("method", ["lines", "events", "objects", "file_stream"])
@styles
def test_a_stream_is_decoded_in_pieces(client: ModuleType, style: str, method: str) -> None:
    """And has no most bytes, unless the caller sets them."""
    kind = {"lines": "application/jsonl", "file_stream": "application/zip"}.get(
        method, "text/event-stream"
    )
    content, headers = bomb(64 * MiB), {"content-encoding": "gzip", "content-type": kind}
    peaks = []
    for settings in (
        {"max_line_bytes": 1000},
        {"max_response_bytes": MiB, "max_line_bytes": 2 * MiB},
    ):
        response = httpx.Response(200, headers=headers, stream=Body(content, 1))
        tracemalloc.start()
        if method == "file_stream" and "max_response_bytes" not in settings:
            transport = httpx.MockTransport(lambda request, answer=response: answer)
            with httpx.Client(transport=transport) as http:
                for piece in client.Pkg(http_client=http, base_url="https://x").all.file_stream():
                    assert len(piece) <= 65536
        else:
            error = failed(partial(read, client, style, method, response, **settings))
            assert type(error).__name__ == "APIResponseValidationError"
            assert f"more than {min(settings.values())} bytes" in str(error)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(peaks) < 6 * MiB


# Lines


@pytest.mark.parametrize(
    ("method", "chunk", "told"),
    [
        ("lines", b"x", "a line"),
        ("lines", b'{"a": "' + b"x" * 700, "a line"),
        ("events", b"data: x", "a line"),
        ("events", b"data: x\n", "an event"),
        ("events", b"data\r", "an event"),
        ("objects", b"data: x\r\n", "an event"),
        ("events", "data: 😀😀\n".encode(), "an event"),
        ("objects", b"id: x\n", "an event"),
    ],
)
@LEFT
@all_styles
def test_a_line_without_an_end(
    client: ModuleType, style: str, method: str, chunk: bytes, told: str
) -> None:
    kind = "application/jsonl" if method == "lines" else "text/event-stream"
    endless = Body(chunk)
    response = httpx.Response(200, headers={"content-type": kind}, stream=endless)
    error = failed(lambda: read(client, style, method, response, max_line_bytes=5000))
    assert (type(error).__name__, error.maybe_processed) == ("APIResponseValidationError", True)
    assert f"{told} of more than 5000 bytes (max_line_bytes)" in str(error)
    assert endless.given * len(chunk) < 12_000


def test_lines_and_events_as_long_as_they_may_be(client: ModuleType) -> None:
    for method, line in (
        ("lines", b'"' + b"x" * 4998 + b'"\n'),
        ("events", b"data: " + b"x" * 4994 + b"\n\n"),
    ):
        kind = "application/jsonl" if method == "lines" else "text/event-stream"
        response = httpx.Response(200, headers={"content-type": kind}, stream=Body(line, 20))
        assert read(client, "sync", method, response, max_line_bytes=5000) == 20


def test_a_byte_order_mark_is_no_part_of_the_first_line(client: ModuleType) -> None:
    for method, line in (("lines", b"\xef\xbb\xbf1\n"), ("events", b"\xef\xbb\xbfdata: 1\n\n")):
        kind = "application/jsonl" if method == "lines" else "text/event-stream"
        response = httpx.Response(200, headers={"content-type": kind}, stream=Body(line, 1))
        assert read(client, "sync", method, response) == 1


@pytest.mark.parametrize("chunk", [b"x", b"xxxxxx\r", b"\r", b"\n", b"data: x\n"], ids=repr)
def test_time_for_lines_grows_with_their_bytes(chunk: bytes) -> None:
    def run(size: int) -> None:
        lines = _streams._Lines(10**9)
        for _ in range(size):
            for _ in lines.read(chunk):
                pass

    assert exponent(lambda size: size, run, 10_000) <= LINEAR


def test_memory_for_a_line_is_that_of_its_bytes() -> None:
    """However small its chunks are."""
    lines = _streams._Lines(10**9)
    tracemalloc.start()
    for _ in range(100_000):
        assert list(lines.read(b"x")) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 100_000


# Time

BYTE_BY_BYTE = {
    "headers": Behaviour(b"HTTP/1.1 200 OK\r\nx-a: ", drips=b"a"),
    "hints": Behaviour(drips=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "body": Behaviour(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", drips=b" "),
    "chunks": Behaviour(CHUNKED, drips=b"1\r\n \r\n"),
    "nothing": Behaviour(ends="hold"),
    "error": Behaviour(
        b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x08",
        drips=b"a",
    ),
}


@pytest.mark.parametrize("does", BYTE_BY_BYTE.values(), ids=BYTE_BY_BYTE)
@all_styles
def test_a_deadline_ends_a_call(style: str, does: Behaviour) -> None:
    with Server((does,)) as server:
        start = time.monotonic()
        error = raised(
            APITimeoutError, lambda: edit(style, server.url, deadline=1, retry_unsafe=True)
        )
        assert time.monotonic() - start < 9
    assert error.maybe_processed
    assert len(server.requests) == 1
    assert "the deadline of 1 seconds is over" in str(error) or does.ends == "hold"


@all_styles
def test_a_call_is_not_sent_again_after_its_deadline(style: str) -> None:
    with Server((json_answer({}, 429, [("retry-after", "20")]),)) as server:
        raised(RateLimitError, lambda: edit(style, server.url, deadline=10))
    assert len(server.requests) == 1


@all_styles
def test_a_deadline_that_is_kept(style: str) -> None:
    with Server(
        (json_answer({}, 429, [("retry-after", "0")]), json_answer({"data": []}))
    ) as server:
        assert edit(style, server.url, deadline=30).data == []
    assert len(server.requests) == 2


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_deadline_that_is_none(seconds: float) -> None:
    with pytest.raises(ValueError, match="deadline: nothing is done in"):
        Routescope(api_key=KEY, deadline=seconds)
    with pytest.raises(ValueError, match="deadline: nothing is done in"):
        Routescope(api_key=KEY).images.edit(**ARGUMENTS, deadline=seconds)


@LEFT
@pytest.mark.parametrize(
    "drips",
    [b"", b"4\r\n:\n\n\n\r\n", b"0", b"0\r\na: 1\r\n"],
    ids=["silence", "comments", "the size of a chunk", "trailers"],
)
@all_styles
def test_a_deadline_ends_a_stream(client: ModuleType, style: str, drips: bytes) -> None:
    head = (
        CHUNKED.replace(b"\r\n\r\n", b"\r\ncontent-type: text/event-stream\r\n\r\n")
        + b"9\r\ndata: 1\n\n\r\n"
    )

    async def run() -> None:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            own = client.AsyncPkg(http_client=http, base_url=server.url, deadline=1).all
            async with await own.events() as stream, aclosing(aiter(stream)) as items:
                assert await anext(items) == "1"
                await anext(items)

    def read() -> None:
        with httpx.Client(verify=NO_CERTIFICATES) as http:
            items = iter(client.Pkg(http_client=http, base_url=server.url, deadline=1).all.events())
            assert next(items) == "1"
            next(items)

    with Server((Behaviour(head, "hold", drips=drips),)) as server:
        start = time.monotonic()
        error = failed(read if style == "sync" else lambda: anyio.run(run, backend=style))
        assert (type(error).__name__, error.maybe_processed) == ("APITimeoutError", True)
        assert time.monotonic() - start < 9


def test_a_response_that_was_read_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection may serve another call by then."""
    started: list[Any] = []
    monkeypatch.setattr(_limits, "Timer", lambda *given: started.append(given))
    connection = SimpleNamespace(get_extra_info=lambda name: name)
    response = httpx.Response(200, content=b"a", extensions={"network_stream": connection})
    limits = Limits.of({"deadline": 5})
    assert list(pieces(response, limits)) == [b"a"]
    assert started == []


def blank(size: int) -> httpx.Response:
    """An answer of so many bytes, all of them in one chunk."""
    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Body(bomb(size), 1))


@all_styles
def test_a_deadline_holds_while_a_chunk_is_decoded(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count()
    monkeypatch.setattr(_limits, "monotonic", lambda: float(next(clock)))
    response, limits, found = blank(2 * MiB), Limits(seconds=10.0, until=10.0), list[bytes]()

    async def run() -> None:
        async for piece in _limits.async_pieces(response, limits):
            found.append(piece)

    def read() -> None:
        found.extend(_limits.pieces(response, limits))

    with pytest.raises(httpx.ReadTimeout, match="the deadline of 10 seconds is over"):
        read() if style == "sync" else anyio.run(run, backend=style)
    assert len(found) <= 10 < 2 * MiB / 65536


@pytest.mark.parametrize("style", ALL_STYLES[1:])
def test_others_are_served_while_a_chunk_is_decoded(style: str) -> None:
    turns, seen = count(1), [0]

    async def others() -> None:
        while True:
            seen[-1] = next(turns)  # the last turn before the next piece
            await checkpoint()

    async def run() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(others)
            async for _ in _limits.async_pieces(blank(MiB), Limits()):
                seen.append(0)
            group.cancel_scope.cancel()

    anyio.run(run, backend=style)
    assert len(set(seen)) >= 5  # of 16; trio chooses by chance who is next


def test_an_answer_that_comes_too_late_is_closed() -> None:
    closed = threading.Event()

    class Slow(Body):
        def close(self) -> None:
            closed.set()

    def answered(request: httpx.Request) -> httpx.Response:
        time.sleep(0.3)
        return httpx.Response(200, stream=Slow(b"x"))

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        own = Routescope(api_key=KEY, http_client=http, deadline=0.1)
        raised(APITimeoutError, lambda: own.images.edit(**ARGUMENTS))
        assert closed.wait(9)


# Tokens and files


def paid(place: Path, style: str, script: tuple[Behaviour, ...], **settings: Any) -> Any:
    with Server(script) as server:
        made = imported(texts(DOCUMENT.replace("TOKENS", f"{server.url}/token")), place, "client")
        settings = {
            "base_url": server.url,
            "credentials": {"oauth": ("id", "s")},
            "max_retries": 0,
            **settings,
        }

        async def run() -> Any:
            async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
                return await made.AsyncPkg(http_client=http, **settings).all.paid()

        if style != "sync":
            return failed(lambda: anyio.run(run, backend=style))
        with httpx.Client(verify=NO_CERTIFICATES) as http:
            return failed(made.Pkg(http_client=http, **settings).all.paid)


@LEFT
@all_styles
def test_a_token_is_bounded(style: str, tmp_path: Path) -> None:
    error = paid(tmp_path, style, (packed(bomb(16 * MiB), 1),))
    assert type(error).__name__ == "APIConnectionError"
    assert "more than 1048576 bytes" in str(error)
    assert not error.maybe_processed
    error = paid(tmp_path, style, (packed(bomb(16 * MiB), 1, 401),))
    assert type(error).__name__ == "AuthenticationError"


@LEFT
@pytest.mark.parametrize("name", ["headers", "body"])
@all_styles
def test_a_token_is_waited_for_until_a_deadline(style: str, name: str, tmp_path: Path) -> None:
    error = paid(tmp_path, style, (BYTE_BY_BYTE[name],), deadline=0.2)
    assert type(error).__name__ == "APITimeoutError"
    assert "the deadline of 0.2 seconds is over" in str(error)
    assert not error.maybe_processed


@LEFT
@all_styles
def test_who_waits_for_the_token_of_another_call_has_a_deadline(style: str, tmp_path: Path) -> None:
    with Server((BYTE_BY_BYTE["headers"],)) as server:
        made = imported(
            texts(DOCUMENT.replace("TOKENS", f"{server.url}/token")), tmp_path, "client"
        )
        settings = {"credentials": {"oauth": ("id", "s")}, "base_url": server.url, "max_retries": 0}

        async def run() -> None:
            async with made.AsyncPkg(**settings) as own, anyio.create_task_group() as group:
                group.start_soon(own.all.paid)
                while not server.requests:
                    await anyio.sleep(0.01)
                error = None
                try:
                    await own.all.paid(deadline=0.1)
                except Exception as failure:
                    error = failure
                told.append(error)
                group.cancel_scope.cancel()

        told: list[Any] = []
        if style == "sync":
            with made.Pkg(**settings) as own:
                thread = threading.Thread(target=lambda: failed(own.all.paid), daemon=True)
                thread.start()
                while not server.requests:
                    time.sleep(0.01)
                told.append(failed(lambda: own.all.paid(deadline=0.1)))
        else:
            anyio.run(run, backend=style)
    assert type(told[0]).__name__ == "APITimeoutError"
    assert "the deadline of 0.1 seconds is over" in str(told[0])
    assert (told[0].maybe_processed, len(server.requests)) == (False, 1)


def test_a_token_has_a_deadline_of_its_own() -> None:
    limits = Limits.of({})
    assert limits.left == float("inf")
    assert 59 < limits.of_token().left <= 60


@pytest.mark.parametrize("does", BYTE_BY_BYTE.values(), ids=BYTE_BY_BYTE)
def test_a_file_is_fetched_until_a_deadline(does: Behaviour) -> None:
    with Server((does,)) as host:
        picture = Image.model_validate({"url": host.url})
        error = raised(FileError, lambda: picture.bytes(deadline=0.2))
        assert "the deadline of 0.2 seconds is over" in str(error) or does.ends == "hold"


def test_fetching_a_file_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    with Server((Behaviour(drips=b"HTTP/1.1 100 Continue\r\n\r\n"),)) as server:
        there = server.url
        raised(FileError, lambda: Image.model_validate({"url": there}).bytes(deadline=0.1))
        left = [one for one in threading.enumerate() if "work" in one.name and one not in before]
        for one in left:
            one.join(5)
        assert not any(one.is_alive() for one in left)
    raised(
        httpx.ReadTimeout,
        lambda: _fetch._followed("http://127.0.0.1/", Limits(until=0.0), ExitStack()),
    )


def test_a_file_is_decoded_in_pieces(tmp_path: Path) -> None:
    with Server((packed(gzip.compress(bomb(64 * MiB)), 2), packed(bomb(64 * MiB), 1))) as host:
        picture = Image.model_validate({"url": host.url})
        for told in ("content coding gzip, gzip", "more than 1048576 bytes"):
            tracemalloc.start()
            error = raised(FileError, lambda: picture.save(tmp_path / "a", max_response_bytes=MiB))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert told in str(error)
            assert peak < 6 * MiB


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 50_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx-a: " + b"b" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: " + b"9" * 5000 + b"\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}",
        CHUNKED + b"f" * 5000 + b"\r\n{}",
        CHUNKED + b"2\r\n{}\r\n0\r\n" + b"x-a: b\r\n" * 50_000 + b"\r\n",
    ],
    ids=["headers", "header", "length", "less than nothing", "chunk", "trailers"],
)
@styles
def test_heads_without_an_end(style: str, head: bytes) -> None:
    with Server((Behaviour(head),)) as server:
        raised(APIConnectionError, lambda: edit(style, server.url))


# Charsets


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("utf-8", "h\u00e4", "h\u00e4"),
        ("UTF8", "h\u00e4", "h\u00e4"),
        ('"latin1"', "h\u00e4", "h\u00e4"),
        ("iso-8859-15", "\u20ac", "\u20ac"),
        ("windows-1252", "\u20ac", "\u20ac"),
        ("utf-16", "h\u00e4", "h\u00e4"),
        ("shift_jis", "\u3042", "\u3042"),
        ("gb18030", "\u4e2d", "\u4e2d"),
        ("euc-kr", "\ud55c", "\ud55c"),
        ("koi8-r", "\u0416", "\u0416"),
        *(
            (one, "", None)
            for one in (
                "punycode",
                "idna",
                "utf-7",
                "unicode_escape",
                "raw_unicode_escape",
                "undefined",
                "mbcs",
            )
        ),
        *(
            (one, "", None)
            for one in (
                "hex",
                "zip",
                "bz2",
                "rot13",
                "base64",
                "uu",
                "quopri",
                "x" * 5000,
                "utf-8\x00",
                "iso-8859-99",
            )
        ),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_charsets(client: ModuleType, charset: str, content: str, text: str | None) -> None:
    body = content.encode(charset.strip('"')) if text else b"abc-" * 10
    headers = [(b"content-type", f"text/plain; charset={charset}".encode())]
    response = httpx.Response(200, headers=headers, stream=Body(body, 1))
    if text:
        assert read(client, "sync", "text", response) == text
    else:
        error = failed(lambda: read(client, "sync", "text", response))
        assert (type(error).__name__, "charset" in str(error)) == (
            "APIResponseValidationError",
            True,
        )
        assert len(str(error)) < 400


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain; charset=punycode",
        "text/plain; charset*=punycode'en'%s",
        "text/plain; charset=%s",
    ],
)
def test_time_for_a_text_grows_with_its_bytes(client: ModuleType, kind: str) -> None:
    def run(size: int) -> None:
        headers = {"content-type": kind.replace("%s", "a" * size)}
        response = httpx.Response(200, headers=headers, stream=Body(b"a-" + b"9a" * size, 1))
        try:
            read(client, "sync", "text", response)
        except Exception as error:
            assert type(error).__name__ == "APIResponseValidationError"

    assert exponent(lambda size: size, run, 50_000) <= LINEAR


# Times and numbers beyond what a system can wait for


@pytest.mark.parametrize(
    "seconds", [3e6, 9.3e9, 1e308, 10**400, math.inf], ids=lambda one: str(one)[:9]
)
@pytest.mark.parametrize("name", ["deadline", "timeout"])
@styles
def test_waits_for_ever(style: str, name: str, seconds: float) -> None:
    with Server((Behaviour(ANSWER),)) as server:
        assert edit(style, server.url, ARGUMENTS | {name: seconds}).created == 1


def test_tries_for_ever() -> None:
    error = RateLimitError("busy", Answer(httpx.Response(429, headers={"retry-after-ms": "0"})))
    for attempt in (4, 1_100, 10**6):
        assert pause(error, attempt, {"max_retries": 10**9}) == 0


@pytest.mark.parametrize("name", ["content-length", "Content-Length", "transfer-encoding"])
@pytest.mark.parametrize("where", ["extra_headers", "default_headers"])
@styles
def test_the_length_of_a_body_is_not_given(style: str, where: str, name: str) -> None:
    """Else h11 raises an error of its own in the middle of a request."""
    given = {where: {name: "5"}}
    call, settings = (given, {}) if where == "extra_headers" else ({}, given)
    with pytest.raises(ValueError, match="the length of a body is found out"):
        edit(style, "http://localhost", ARGUMENTS | call, **settings)


# Cookies


@styles
def test_a_client_keeps_no_cookies(style: str) -> None:
    """Neither those of an API nor, with a warning of the standard library, those whose age is beyond reason."""
    jars = [("set-cookie", f"a{number}=b; max-age=9{'9' * 40}") for number in range(3)]
    with Server((json_answer({"created": 1, "data": []}, 200, jars),)) as server:
        settings: dict[str, Any] = {"api_key": KEY, "base_url": server.url}

        async def run() -> None:
            async with AsyncRoutescope(**settings) as client:
                for _ in range(2):
                    await client.images.edit(**ARGUMENTS)

        if style == "sync":
            with Routescope(**settings) as client:
                for _ in range(2):
                    client.images.edit(**ARGUMENTS)
        else:
            anyio.run(run)
    assert [("cookie" in one.headers) for one in server.requests] == [False, False]


def test_a_client_of_your_own_keeps_cookies() -> None:
    jar = [("set-cookie", "a=b")]
    with (
        Server((json_answer({"created": 1, "data": []}, 200, jar),)) as server,
        httpx.Client(verify=NO_CERTIFICATES) as http,
    ):
        for _ in range(2):
            Routescope(api_key=KEY, base_url=server.url, http_client=http).images.edit(**ARGUMENTS)
    assert server.requests[1].headers["cookie"] == "a=b"


@pytest.mark.parametrize(
    ("method", "line"),
    [
        *(("events", line) for line in (b": ping\n", b"other: x\n", b"id: 12345678\n")),
        *(("objects", line) for line in (b": ping\n", b":\n", b"other: x\n")),
        *(("lines", line) for line in (b"   \n", b"\x1e\n", b" \t \r\n")),
    ],
)
@styles
def test_what_is_not_held_is_not_counted(
    client: ModuleType, style: str, method: str, line: bytes
) -> None:
    body = Body(line * 100, 20)
    response = httpx.Response(200, headers={"content-type": KINDS[method]}, stream=body)
    assert read(client, style, method, response, max_line_bytes=1000) == 0
    assert body.given == 20


@pytest.mark.parametrize(
    ("method", "line"), [("events", b"data: x\n"), ("objects", b"event: x\n"), ("objects", b"id\n")]
)
def test_what_is_held_is_counted(client: ModuleType, method: str, line: bytes) -> None:
    body = Body(line * 100, 20)
    response = httpx.Response(200, headers={"content-type": KINDS[method]}, stream=body)
    error = failed(lambda: read(client, "sync", method, response, max_line_bytes=1000))
    assert "an event of more than 1000 bytes" in str(error)


KINDS = {
    **dict.fromkeys(("events", "objects"), "text/event-stream"),
    "lines": "application/jsonl",
    "file": "application/zip",
}


# Answers that were read already


@pytest.mark.parametrize("how", ["twice", "closed", "closed within"])
@pytest.mark.parametrize("method", ["events", "objects", "lines", "file_stream"])
@styles
def test_an_answer_is_read_once(client: ModuleType, style: str, method: str, how: str) -> None:
    kind = KINDS[method.removesuffix("_stream")]
    item = b"1\n" if method == "lines" else b"data: 1\n\n"
    headers = {"content-type": kind}
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers=headers, stream=Body(item, 9))
    )
    settings: dict[str, Any] = {"base_url": "https://api.example"}

    async def run() -> None:
        async with httpx.AsyncClient(transport=transport, verify=NO_CERTIFICATES) as http:
            found = await getattr(client.AsyncPkg(http_client=http, **settings).all, method)()
            if how == "closed":
                await found.close()
            async for _ in found:
                if how == "closed within":
                    await found.close()
            async for _ in found:
                pass

    def call() -> None:
        with httpx.Client(transport=transport, verify=NO_CERTIFICATES) as http:
            found = getattr(client.Pkg(http_client=http, **settings).all, method)()
            if how == "closed":
                found.close()
            for _ in found:
                if how == "closed within":
                    found.close()
            list(found)

    error = raised(ValueError, call if style == "sync" else lambda: anyio.run(run))
    assert str(error) == "the answer was closed or read before: it is read once"
