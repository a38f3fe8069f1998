"""The generated server under uvicorn, byte by byte: what an ASGI client in process cannot show."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from endpoint_cases import A, folded, request, response
from serving import AUTHORIZED, GOOD, KEY, PATH, Recorder, app_of, fails_with, running

pytestmark = pytest.mark.shipped

LIMIT = 1 << 20
SLOW = 10.0
"""Seconds after which a test gives up; nothing here takes as many tenths."""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[tuple[str, int], Recorder]]:
    handler = Recorder()
    with running(app_of(handler, max_body_bytes=LIMIT)) as address:
        yield address, handler


@pytest.fixture
def address(served: tuple[tuple[str, int], Recorder], handler: Recorder) -> tuple[str, int]:
    assert handler.seen == []
    return served[0]


@pytest.fixture
def handler(served: tuple[tuple[str, int], Recorder]) -> Recorder:
    served[1].__init__()  # type: ignore[misc]
    return served[1]


def head(*lines: str, method: str = "POST", path: str = PATH, key: str = KEY) -> bytes:
    own = [f"{method} {path} HTTP/1.1", "host: test", "content-type: application/json"]
    return "\r\n".join([*own, f"authorization: Bearer {key}", *lines, "", ""]).encode("latin-1")


def connected(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=SLOW)


def answer_on(connection: socket.socket, method: str = "POST") -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and body of the next answer: read by hand, as far as its length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += (piece := connection.recv(65536))
        assert piece, data
    top, _, body = data.partition(b"\r\n\r\n")
    line, *rest = top.split(b"\r\n")
    pairs = [one.partition(b": ")[::2] for one in rest]
    headers = httpx.Headers(pairs)
    while method != "HEAD" and len(body) < int(headers["content-length"]):
        body += connection.recv(65536)
    return int(line.split()[1]), headers, body


def exchange(address: tuple[str, int], *pieces: bytes) -> tuple[int, Any]:
    """Send some bytes, and read one answer without sending more."""
    with connected(address) as connection:
        for piece in pieces:
            connection.sendall(piece)
        status, headers, body = answer_on(connection)
        assert headers["x-request-id"]
        return status, json.loads(body)


# Before the body is there


@pytest.mark.parametrize(
    ("key", "path", "status"),
    [("wrong", PATH, 401), ("", PATH, 401), ("wrong", "/nowhere", 404), (KEY, f"{PATH}/", 404)],
)
@pytest.mark.parametrize("how", ["content-length: 500000", "transfer-encoding: chunked"])
def test_a_refusal_does_not_wait_for_the_body(
    address: tuple[str, int], key: str, path: str, status: int, how: str
) -> None:
    told, body = exchange(address, head(how, key=key, path=path), b"5\r\n")
    assert (told, list(body)) == (status, ["error"])


def test_a_type_is_refused_without_the_body(address: tuple[str, int]) -> None:
    first = head("content-length: 500000", "content-encoding: gzip")
    assert exchange(address, first)[0] == 415


def test_a_length_over_the_limit_is_refused_without_the_body(address: tuple[str, int]) -> None:
    assert exchange(address, head(f"content-length: {LIMIT + 1}"))[0] == 413


def test_whoever_asks_before_sending_is_told(address: tuple[str, int], handler: Recorder) -> None:
    expecting = ("expect: 100-continue", f"content-length: {len(GOOD)}")
    assert exchange(address, head(*expecting, key="wrong"))[0] == 401
    with connected(address) as connection:
        connection.sendall(head(*expecting))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(GOOD)
        assert answer_on(connection)[0] == 200
    assert handler.received() == folded(A)


def test_a_stream_over_the_limit_is_refused_before_it_ends(address: tuple[str, int]) -> None:
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    told = exchange(address, head("transfer-encoding: chunked"), *[piece] * 17)
    assert (told[0], told[1]["error"]["code"]) == (413, None)


# Framing


def test_a_body_may_come_byte_by_byte_and_the_connection_stays(
    address: tuple[str, int], handler: Recorder
) -> None:
    with connected(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(3):
            for byte in head(f"content-length: {len(GOOD)}") + GOOD:
                connection.send(bytes([byte]))
            assert answer_on(connection)[0] == 200
    assert len(handler.seen) == 3


def test_a_refused_body_leaves_the_connection_usable(
    address: tuple[str, int], handler: Recorder
) -> None:
    with connected(address) as connection:
        for body, status in ((b"{", 400), (b"[" * 9999, 400), (GOOD, 200), (b"", 400), (GOOD, 200)):
            connection.sendall(head(f"content-length: {len(body)}") + body)
            assert answer_on(connection)[0] == status
    assert len(handler.seen) == 2


def test_a_failure_leaves_the_connection_usable(
    address: tuple[str, int], handler: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    """A caller who is told 500 does not find the connection cut under its next call, which is paid for."""
    handler.answers = fails_with(RuntimeError("secret"))
    with connected(address) as connection:
        for _ in range(3):
            connection.sendall(head(f"content-length: {len(GOOD)}") + GOOD)
            status, headers, body = answer_on(connection)
            assert (status, "connection" in headers, b"secret" in body) == (500, False, False)
    assert [record.name for record in caplog.records] == ["routescope.server"] * 3


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "HEAD", "DELETE", "BREW"])
def test_other_methods(address: tuple[str, int], method: str) -> None:
    with connected(address) as connection:
        connection.sendall(head(method=method))
        status, headers, body = answer_on(connection, method)
        assert (status, headers["allow"], bool(body)) == (405, "POST", method != "HEAD")
        connection.sendall(head(f"content-length: {len(GOOD)}") + GOOD)
        assert answer_on(connection)[0] == 200


@pytest.mark.parametrize("given", ["a b", "é", "x" * 129, '"><b>', "a%0d%0ax-evil:1"])
def test_a_request_id_adds_no_header(address: tuple[str, int], given: str) -> None:
    with connected(address) as connection:
        connection.sendall(head(f"x-request-id: {given}", f"content-length: {len(GOOD)}") + GOOD)
        status, headers, _ = answer_on(connection)
    assert (status, headers["x-request-id"].isalnum()) == (200, True)
    assert set(headers) == {"date", "server", "content-length", "content-type", "x-request-id"}


def test_older_fields_are_told_in_a_header(address: tuple[str, int]) -> None:
    body = json.dumps(request(image=[A], mask={"image_url": A}))
    url = f"http://{address[0]}:{address[1]}{PATH}"
    headers = {**AUTHORIZED, "content-type": "application/json"}
    told = httpx.post(url, content=body, headers=headers, trust_env=False)
    assert set(told.headers["compat-rewrites"].split(", ")) == {
        '"/image";to="/images"',
        '"/mask";to="/mask"',
    }


# A caller who leaves, others who come


def test_a_caller_who_leaves_while_sending_harms_nobody(
    address: tuple[str, int], handler: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        with connected(address) as connection:
            connection.sendall(head("content-length: 500000") + b'{"model": ')
    body = head(f"content-length: {len(GOOD)}") + GOOD
    assert exchange(address, body)[0] == 200
    assert (len(handler.seen), caplog.records) == (1, [])


def test_a_caller_who_leaves_while_the_handler_runs_harms_nobody(
    address: tuple[str, int], handler: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    """The handler goes on: what it does may be paid for already."""
    entered, left, done = threading.Event(), threading.Event(), threading.Event()

    async def slow() -> Any:
        entered.set()
        while not left.is_set():
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        done.set()
        return response([])

    handler.answers = lambda *_: slow()
    with connected(address) as connection:
        connection.sendall(head(f"content-length: {len(GOOD)}") + GOOD)
        assert entered.wait(SLOW)
    left.set()
    assert done.wait(SLOW)
    handler.answers = response([])
    assert exchange(address, head(f"content-length: {len(GOOD)}") + GOOD)[0] == 200
    assert caplog.records == []


def test_a_slow_caller_holds_up_nobody(address: tuple[str, int], handler: Recorder) -> None:
    with connected(address) as slow:
        slow.sendall(head(f"content-length: {len(GOOD)}") + GOOD[:5])
        begun = time.monotonic()
        assert exchange(address, head(f"content-length: {len(GOOD)}") + GOOD)[0] == 200
        assert time.monotonic() - begun < SLOW / 2
        slow.sendall(GOOD[5:])
        assert answer_on(slow)[0] == 200


def test_answers_are_not_mixed_up(address: tuple[str, int], handler: Recorder) -> None:
    handler.answers = lambda asked, context: response([], user=asked.user, id=context.request_id)

    def call(number: int) -> Any:
        body = json.dumps(request(image=A, user=f"u{number}")).encode()
        given = head(f"x-request-id: r{number}", f"content-length: {len(body)}") + body
        return exchange(address, given)[1]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, range(64)))
    assert [(one["user"], one["id"]) for one in answers] == [(f"u{n}", f"r{n}") for n in range(64)]
