"""What a body can make the generated server cost: memory, and the time of other callers."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from serving import AUTHORIZED, GOOD, JSON, PATH, Talk, app_of, chunk, running, scope

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="memory is that of a fork")
MOST = 20
"""The memory above that at rest, by the size of a body of 1 MB."""
MEGABYTE = 1_000_000


def body_of(size: int) -> bytes:
    """A body that takes long: many values, and places of faults to be looked for."""
    items = b",".join(b'{"image_url":"%d"}' % index for index in range(1600))
    body = b'{"model":"m","prompt":"x","n":0,"images":[%s],"image":[%s]' % (items, items)
    return body + b',"pad":"%s"}' % (b"a" * (size - len(body)))


def test_memory_is_bounded_by_the_size_of_a_body() -> None:
    script = Path(__file__).parent / "server_memory.py"
    done = subprocess.run(
        [sys.executable, str(script), str(MEGABYTE)], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert len(found) == 16
    statuses = {status for status, _ in found.values()}
    assert statuses == {400, 413}
    assert {name: factor for name, (_, factor) in found.items() if factor > MOST} == {}
    refused = [name for name, (status, _) in found.items() if status == 413]
    assert refused == ["a long key", "only 1", 'only ""', "only []", "only {}"]


def test_others_are_served_while_a_long_body_is_read() -> None:
    """In the order of what is served: no time is measured."""

    async def exchange(app: object, body: bytes) -> Talk:
        told = Talk()

        async def receive() -> dict[str, object]:
            return chunk(body, more=False)

        async def send(message: dict[str, object]) -> None:
            told.sent.append(message)

        await app(scope(), receive, send)  # type: ignore[operator]
        return told

    async def go() -> tuple[int, int]:
        app, served = app_of(), 0
        long = asyncio.ensure_future(exchange(app, body_of(8 * MEGABYTE)))
        while not long.done():
            served += (await exchange(app, GOOD)).status == 200
            await asyncio.sleep(0)
        return long.result().status, served

    status, served = asyncio.run(go())
    assert status == 400
    assert served >= 5


@pytest.mark.soak  # a time; that others are served is asserted above by order
def test_another_caller_is_served_within_a_second() -> None:
    """While four send the largest bodies, one after the other."""
    body = body_of(8 * MEGABYTE)
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in {**AUTHORIZED, **JSON}.items())
    sent, is_over = [], threading.Event()

    def send(address: tuple[str, int]) -> None:
        while not is_over.is_set():
            with socket.create_connection(address) as connection, suppress(OSError):
                connection.sendall(head.encode() + b"\r\n" + body)
                sent.append(connection.recv(20))

    with running(app_of()) as address, ExitStack() as stack:
        threads = [threading.Thread(target=send, args=(address,)) for _ in range(4)]
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(is_over.set)
        longest = 0.0
        with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", timeout=30) as client:
            while len(sent) < 12:
                before = time.monotonic()
                answer = client.post(PATH, content=GOOD, headers={**AUTHORIZED, **JSON})
                longest = max(longest, time.monotonic() - before)
                assert answer.status_code == 200
    assert {answer[9:12] for answer in sent} == {b"400"}
    assert longest < 1
