"""When a call is sent again, and after which wait; nobody waits here."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import anyio
import pytest

from calling import ANSWER, ARGUMENTS, DATA, KEY, NOW, URL, Clock, all_styles, edit, raised, styles
from misbehaving import RESET_READ, Behaviour, Server, answer, json_answer
from routescope import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    AsyncRoutescope,
    InternalServerError,
    RateLimitError,
    Routescope,
)

pytestmark = pytest.mark.shipped

GOOD = Behaviour(ANSWER)


def busy(*headers: tuple[str, str]) -> Behaviour:
    return json_answer({"error": {"message": "Slow down."}}, 429, headers)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    clock.install(monkeypatch)
    return clock


# Too long a wait: the caller is told instead.
GIVEN_UP = None

WAITS: tuple[tuple[tuple[tuple[str, str], ...], Any], ...] = (
    ((), 0.5),
    ((("retry-after", "0"),), 0.0),
    ((("retry-after", "3"),), 3.0),
    ((("Retry-After", " 7 "),), 7.0),
    ((("retry-after", "1.5"),), 1.5),
    ((("retry-after", "120"),), 120.0),
    ((("retry-after", "121"),), GIVEN_UP),
    ((("retry-after", "1000000000"),), GIVEN_UP),
    ((("retry-after", "1e9"),), GIVEN_UP),
    ((("retry-after", "9" * 5000),), GIVEN_UP),
    ((("retry-after", "1e999"),), GIVEN_UP),
    ((("retry-after", "-5"),), 0.5),
    ((("retry-after", ""),), 0.5),
    ((("retry-after", "soon"),), 0.5),
    ((("retry-after", "nan"),), 0.5),
    ((("retry-after", "inf"),), 0.5),
    ((("retry-after", "5 seconds"),), 0.5),
    ((("retry-after", "1, 2"),), 0.5),
    ((("retry-after", "1"), ("retry-after", "2")), 0.5),
    ((("retry-after", "\u00b2"),), 0.5),
    ((("retry-after", formatdate(NOW + 10, usegmt=True)),), 10.0),
    ((("retry-after", formatdate(NOW - 10, usegmt=True)),), 0.0),
    ((("retry-after", formatdate(NOW + 500, usegmt=True)),), GIVEN_UP),
    ((("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),), GIVEN_UP),
    ((("retry-after", "Fri, 31 Dec 99999 23:59:59 GMT"),), 0.5),
    ((("retry-after", "Fri, 31 Foo 2027"),), 0.5),
    ((("retry-after-ms", "250"),), 0.25),
    ((("retry-after-ms", "250"), ("retry-after", "9")), 0.25),
    ((("retry-after-ms", "-250"),), 0.5),
    ((("retry-after-ms", "1e9"),), GIVEN_UP),
    ((("retry-after-ms", "soon"),), 0.5),
    ((("retry-after-ms", "nan"),), 0.5),
    ((("retry-after-ms", "inf"),), 0.5),
)


@pytest.mark.parametrize(("headers", "wait"), WAITS, ids=lambda value: str(value)[:50])
@styles
def test_wait(style: str, headers: Any, wait: Any, clock: Clock) -> None:
    with Server((busy(*headers), GOOD)) as server:
        if wait is GIVEN_UP:
            raised(RateLimitError, lambda: edit(style, server.url))
        else:
            assert edit(style, server.url)._request_id == "req-1"
    assert clock.waits == ([] if wait is GIVEN_UP else [wait])
    assert len(server.requests) == 1 + len(clock.waits)
    assert len({(request.body, *request.headers.items()) for request in server.requests}) == 1


@all_styles
def test_a_wait_is_slept_through(style: str) -> None:
    with Server((busy(("retry-after-ms", "20")), GOOD)) as server:
        assert edit(style, server.url).data[0].url == "https://example.com/b.png"
    assert len(server.requests) == 2


@styles
def test_waits_grow(style: str, clock: Clock) -> None:
    with Server((busy(),)) as server:
        error = raised(RateLimitError, lambda: edit(style, server.url, max_retries=7))
    assert clock.waits == [0.5, 1, 2, 4, 8, 8, 8]
    assert len(server.requests) == 8
    assert error.message == "429 Said: Slow down."


def test_waits_are_jittered(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("routescope._transport.time.sleep", waits.append)
    with Server((busy(),)) as server:
        raised(RateLimitError, lambda: edit("sync", server.url, max_retries=40))
    assert all(6 <= wait <= 8 for wait in waits[4:])
    assert len(set(waits[4:])) > 1


SHOULD: tuple[tuple[Behaviour, bool, bool], ...] = (
    # behaviour, again by default, again with retry_unsafe
    (busy(("x-should-retry", "true")), True, True),
    (busy(("x-should-retry", "false")), False, False),
    (busy(("x-should-retry", "maybe")), True, True),
    (answer("", 500), False, True),
    (answer("", 500, [("x-should-retry", "true")]), True, True),
    (answer("", 500, [("x-should-retry", "false")]), False, False),
    (answer("", 400), False, False),
    (answer("", 400, [("x-should-retry", "true")]), True, True),
    (answer("", 408), False, True),
    (answer("", 408, [("x-should-retry", "true")]), True, True),
    (answer("", 409), False, False),
    (answer("", 409, [("x-should-retry", "true")]), True, True),
    (answer("", 302, [("x-should-retry", "true"), ("location", "/")]), True, True),
    (answer(DATA[:20], 429, length=100), True, True),
    (answer(DATA[:20], 200, length=100), False, True),
    (answer(DATA[:20], 200, [("x-should-retry", "true")], length=100), True, True),
    (answer(DATA[:20], 200, [("x-should-retry", "false")], length=100), False, False),
    (answer("{}", 200), False, False),
    (answer("{}", 200, [("x-should-retry", "true")]), False, False),
    (RESET_READ, False, True),
)


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize(
    ("does", "again", "again_unsafe"), SHOULD, ids=lambda value: str(value)[:90]
)
@styles
def test_again(
    style: str, does: Behaviour, again: bool, again_unsafe: bool, unsafe: bool, clock: Clock
) -> None:
    expected = again_unsafe if unsafe else again
    with Server((does, GOOD)) as server:
        if expected:
            assert edit(style, server.url, retry_unsafe=unsafe)._request_id == "req-1"
        else:
            with pytest.raises(APIError):
                edit(style, server.url, retry_unsafe=unsafe)
    assert len(server.requests) == 1 + len(clock.waits)
    assert len(server.requests) == 1 + expected


@styles
def test_options_of_a_call_come_first(style: str, clock: Clock) -> None:
    with Server((answer("", 500),)) as server:
        call = ARGUMENTS | {"max_retries": 1, "retry_unsafe": True}
        raised(InternalServerError, lambda: edit(style, server.url, call, max_retries=5))
        assert len(server.requests) == 2
        call = ARGUMENTS | {"retry_unsafe": False}
        raised(InternalServerError, lambda: edit(style, server.url, call, retry_unsafe=True))
        assert len(server.requests) == 3
        raised(
            InternalServerError, lambda: edit(style, server.url, max_retries=0, retry_unsafe=True)
        )
    assert len(server.requests) == 4


@styles
def test_one_key_for_all_attempts(style: str, clock: Clock) -> None:
    with Server((busy(), busy(), GOOD)) as server:
        edit(style, server.url, ARGUMENTS | {"idempotency_key": "order-1"})
    assert [request.headers["idempotency-key"] for request in server.requests] == ["order-1"] * 3


@styles
def test_the_last_error_counts(style: str, clock: Clock) -> None:
    with Server((busy(), RESET_READ)) as server:
        raised(APIConnectionError, lambda: edit(style, server.url))
    assert len(server.requests) == 2
    with Server((busy(), answer("{}"))) as server:
        raised(APIResponseValidationError, lambda: edit(style, server.url))
    assert len(server.requests) == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_call_is_over(backend: str) -> None:
    """And its connection too: the server sees the end of it."""

    async def run() -> None:
        async with AsyncRoutescope(api_key=KEY, base_url=server.url) as client:
            with anyio.move_on_after(0.2) as scope:
                await client.images.edit(prompt="x", images=[URL])
            assert scope.cancelled_caught

    with Server((Behaviour(ends="hold"),)) as server:
        anyio.run(run, backend=backend)
    assert len(server.requests) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_calls_side_by_side(backend: str) -> None:
    async def run() -> list[str | None]:
        found: list[str | None] = []

        async def one() -> None:
            found.append((await client.images.edit(prompt="x", images=[URL]))._request_id)

        async with (
            AsyncRoutescope(api_key=KEY, base_url=server.url) as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(8):
                group.start_soon(one)
        return found

    with Server((GOOD,)) as server:
        assert anyio.run(run, backend=backend) == ["req-1"] * 8
    assert len(server.requests) == 8


def test_a_client_makes_many_calls() -> None:
    with (
        Server((busy(("retry-after", "0")), GOOD)) as server,
        Routescope(api_key=KEY, base_url=server.url) as client,
    ):
        for _ in range(3):
            assert client.images.edit(prompt="x", images=[URL]).data[0].url
    assert len(server.requests) == 4
