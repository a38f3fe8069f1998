"""What the generated server refuses before a handler sees it, in which order, and how it says so."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from endpoint_cases import A, folded, response
from routescope import server
from routescope.server import Fault
from serving import (
    AUTHORIZED,
    GOOD,
    JSON,
    KEY,
    PATH,
    Message,
    Recorder,
    app_of,
    ask,
    chunk,
    fails_with,
    scope,
    talk,
)

pytestmark = pytest.mark.shipped

INVALID, UNAUTHORIZED = "invalid_request_error", "authentication_error"
LONG = 5000


def refusal(answer: Any, status: int, kind: str = INVALID) -> str:
    """The message of an answer that must be a refusal in the shape of the style."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    error = answer.json()["error"]
    assert (list(error), error["type"]) == (["message", "type", "param", "code"], kind)
    assert error["param"] is None
    return str(error["message"])


# Who asks


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "Bearer", "Bearer ", "Bearer    ", f"Basic {KEY}", KEY, f"Bearer{KEY}"),
        *(f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Bearer {KEY} {KEY}", f"Bearer\t{KEY}"),
        *(f"Token {KEY}", f"Bearer {KEY}é", "Bearer ÿþ", f"Bearer Bearer {KEY}"),
    ],
)
@pytest.mark.parametrize("is_async", [False, True])
def test_without_a_key_nothing_is_read(value: str | None, is_async: bool) -> None:
    """Keys are compared as careful people do, which takes ASCII only."""

    def authenticate(token: str) -> Any:
        async def later() -> bool:
            return hmac.compare_digest(token, KEY)

        return later() if is_async else hmac.compare_digest(token, KEY)

    headers = [(b"content-type", b"text/plain")]
    if value is not None:
        headers.append((b"authorization", value.encode("latin-1")))
    told = talk(app_of(authenticate=authenticate), scope(headers=()) | {"headers": headers})
    assert (told.status, told.taken) == (401, 0)
    assert (b"www-authenticate", b"Bearer") in told.headers
    assert told.json()["error"]["type"] == UNAUTHORIZED
    assert told.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("value", [f"bearer {KEY}", f"BEARER {KEY}", f"Bearer  {KEY} "])
def test_the_scheme_may_be_written_in_any_way(value: str) -> None:
    assert ask(app_of(), headers={"authorization": value}).status_code == 200


@pytest.mark.parametrize("identity", [{"user": 7}, "someone", 1])
@pytest.mark.parametrize("is_async", [False, True])
def test_the_handler_knows_who_asks(identity: Any, is_async: bool) -> None:
    tokens, handler = list[str](), Recorder()

    def at_once(token: str) -> Any:
        tokens.append(token)
        return identity

    async def later(token: str) -> Any:
        return at_once(token)

    app = app_of(handler, authenticate=later if is_async else at_once)
    assert ask(app).status_code == 200
    assert (tokens, handler.seen[0][1].identity) == ([KEY], identity)


@pytest.mark.parametrize("identity", [None, False, "", 0, {}])
def test_what_is_falsy_is_refused(identity: Any) -> None:
    refusal(ask(app_of(authenticate=lambda _: identity)), 401, UNAUTHORIZED)


def test_who_asks_may_be_refused_otherwise() -> None:
    app = app_of(authenticate=fails_with(Fault(403, "Not this model.")))
    assert refusal(ask(app), 403) == "Not this model."


def test_a_failure_to_tell_who_asks_is_no_leak(caplog: pytest.LogCaptureFixture) -> None:
    app = app_of(authenticate=fails_with(RuntimeError("secret")))
    assert refusal(ask(app), 500, "server_error") == "The server failed."
    assert [record.name for record in caplog.records] == ["routescope.server"]


# Where, and how


@pytest.mark.parametrize(
    "path", ["/", "/v1", f"{PATH}/", f"{PATH}/x", "/V1/images/edits", "//v1/images/edits"]
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_another_path_is_refused_before_anything_else(path: str, method: str) -> None:
    app = app_of(authenticate=fails_with(AssertionError()))
    told = ask(app, method=method, path=f"http://test{path}", plain=True)
    assert refusal(told, 404) == "Not Found"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "x"])
def test_another_method_is_refused_before_anything_else(method: str) -> None:
    told = ask(app_of(authenticate=fails_with(AssertionError())), method=method, plain=True)
    assert refusal(told, 405) == "Method Not Allowed"
    assert told.headers["allow"] == "POST"


def test_head_is_another_method() -> None:
    told = ask(app_of(), method="HEAD", plain=True)
    assert (told.status_code, told.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("query", ["?", "?a=b", "?api-version=1&x"])
def test_a_query_is_nothing(query: str) -> None:
    assert ask(app_of(), path=PATH + query).status_code == 200


def test_a_body_may_be_left_out_where_the_document_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    optional, seen = replace(vars(server)["EDIT_IMAGE"], needs_body=False), list[Any]()
    monkeypatch.setattr(server, "EDIT_IMAGE", optional)

    def answers(request: Any, _: Any) -> Any:
        seen.append(request)
        return response([{"url": A}])

    app = app_of(Recorder(answers))
    assert ask(app, b"", {"content-type": "text/plain"}).status_code == 200
    assert seen == [None]
    refusal(ask(app, b"{}", {"content-type": "text/plain"}), 415)


# How much


def messages(*sizes: int) -> list[Message]:
    return [chunk(b" " * size) for size in sizes]


def test_a_body_is_read_no_further_than_its_limit() -> None:
    told = talk(app_of(max_body_bytes=100), scope(), messages(60, 40, 1, 60, 60))
    assert (told.status, told.taken) == (413, 3)
    assert told.json()["error"]["message"] == "The body has more than 100 bytes."


@pytest.mark.parametrize("length", ["101", "9" * 20, "9" * LONG, f"{'0' * 9}101"])
def test_a_body_that_is_said_to_be_too_long_is_not_read(length: str) -> None:
    given = scope([(b"content-length", length.encode())])
    told = talk(app_of(max_body_bytes=100), given)
    assert (told.status, told.taken) == (413, 0)


@pytest.mark.parametrize("length", ["-1", "0", "5", "00000000000000000000999"])
def test_what_is_said_of_the_length_is_not_believed(length: str) -> None:
    given = scope([(b"content-length", length.encode("latin-1"))])
    told = talk(app_of(max_body_bytes=100), given, messages(60, 60, 60))
    assert (told.status, told.taken) == (413, 2)


def test_a_body_as_long_as_the_limit_is_taken() -> None:
    app = app_of(max_body_bytes=len(GOOD))
    assert ask(app, GOOD).status_code == 200
    refusal(ask(app, GOOD + b" "), 413)


def test_a_body_may_come_in_pieces() -> None:
    pieces = [chunk(GOOD[at : at + 1]) for at in range(len(GOOD))]
    told = talk(app_of(), scope(), [*pieces, chunk(b"", more=False)])
    assert (told.status, told.taken) == (200, len(GOOD) + 1)


def test_the_limit_is_8_megabytes() -> None:
    given = [(b"content-length", str(8 * 1024 * 1024 + 1).encode())]
    assert talk(app_of(), scope(given)).status == 413
    padded = [chunk(GOOD), chunk(b" " * (8 * 1024 * 1024 - len(GOOD)), more=False)]
    assert talk(app_of(), scope(), padded).status == 200


# How many values

MANY: dict[str, bytes] = {
    "nested 200,000": b"[" * 200_000 + b"]" * 200_000,
    "nested 200,000, objects": b'{"a":' * 200_000,
    "nested 200,000, unclosed": b"[" * 200_000,
    "arrays": b"[" + b"[]," * 10_000 + b"[]]",
    "numbers": b"[" + b"1," * 10_000 + b"1]",
    "texts": b"[" + b'"",' * 10_000 + b'""]',
    "members": b"{" + b'"":1,' * 10_000 + b'"":1}',
    "behind quotes in a text": b'["\\"","\\\\",' + b"1," * 10_000 + b"1]",
}


@pytest.mark.parametrize("body", MANY.values(), ids=MANY)
def test_a_body_of_many_values_is_not_parsed(body: bytes) -> None:
    assert refusal(ask(app_of(), body), 413) == "The body has more than 10000 values."


def test_values_are_counted_outside_of_texts() -> None:
    texts = ["[{,:" * 5000, '"[,' * 5000, "\\" * 5000 + '",[' * 5000]
    body = GOOD[:-1] + b', "x": ' + json.dumps(texts).encode() + b"}"
    assert ask(app_of(), body).status_code == 200
    assert ask(app_of(max_body_values=20), body).status_code == 200
    refusal(ask(app_of(max_body_values=3), body), 413)


@pytest.mark.parametrize(
    "value",
    [{"k" * 5000: [1] * 5000}, {f"{index:0>4000}": {"a": {"b": [1] * 9}} for index in range(500)}],
    ids=["one long key", "many long keys"],
)
def test_a_body_whose_places_are_too_long_is_refused(value: Any) -> None:
    """pydantic names the place of each error, so its memory would be their product."""
    body = GOOD[:-1] + b', "x": ' + json.dumps(value).encode() + b"}"
    assert "places" in refusal(ask(app_of(), body), 413)


# Of what type


@pytest.mark.parametrize(
    "value",
    [
        *("application/json", "application/json; charset=utf-8", "APPLICATION/JSON"),
        *("application/json;charset=UTF-8", " application/json ; x=y"),
    ],
)
def test_json_is_taken(value: str) -> None:
    assert ask(app_of(), headers={"content-type": value}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        *({"content-type": ""}, {"content-type": "text/plain"}, {"content-type": "json"}),
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/jsonx"},
        {"content-type": "application/json, text/plain"},
        {"content-type": "application/problem+json"},
        *({"content-encoding": "gzip"}, {"content-encoding": "identity, gzip"}),
    ],
    ids=str,
)
def test_other_types_are_refused_unread(headers: dict[str, str]) -> None:
    sent = {**AUTHORIZED, **JSON, **headers}
    given = [(name.encode(), value.encode()) for name, value in sent.items()]
    told = talk(app_of(), scope() | {"headers": given})
    assert (told.status, told.taken) == (415, 0)
    assert "application/json" in told.json()["error"]["message"]


def test_a_body_without_a_type_is_refused() -> None:
    refusal(ask(app_of(), headers=AUTHORIZED, plain=True), 415)


def test_the_encoding_identity_is_none() -> None:
    assert ask(app_of(), headers={"content-encoding": "identity"}).status_code == 200


# That it is JSON

FAULTS: dict[str, bytes] = {
    "empty": b"",
    "space": b" \n",
    "truncated": GOOD[:-1],
    "two values": GOOD + b"{}",
    "comma at the end": GOOD[:-1] + b",}",
    "single quotes": b"{'a': 1}",
    "comment": b"{} // no",
    "control character": b'{"a": "\x01"}',
    "name twice": b'{"a": 1, "a": 1}',
    "name twice, inside": b'{"a": [{"b": {"c": 1, "c": 2}}]}',
    "name twice, escaped": b'{"a": 1, "\\u0061": 1}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": [Infinity]}',
    "-Infinity": b"-Infinity",
    "1e400": b'{"a": 1e400}',
    "-1e400": b"[-1e400]",
    "endless float": b"[1." + b"0" * LONG + b"e999]",
    "5,000 digits": b"[" + b"1" * LONG + b"]",
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-16 without mark": GOOD.decode().encode("utf-16-le"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "UTF-7": b'{"a": "+AOk-\xff"}',
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "overlong": b'{"a": "\xc0\xaf"}',
    "surrogate in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "half a character": b'{"a": "\\ud800"}',
    "half a character, second": b'{"a": ["\\uDFFF"]}',
    "half a character, name": b'{"\\ud83d": 1}',
    "halves the wrong way round": b'{"a": "\\udc00\\ud800"}',
    "nested 210": b"[" * 210 + b"]" * 210,
    "nested 210, objects": b'{"a":' * 209 + b"[]" + b"}" * 209,
    "nested 900": b'{"a":' * 900 + b"1" + b"}" * 900,
    "nested 5,000": b"[" * LONG + b"]" * LONG,
}


@pytest.mark.parametrize("body", FAULTS.values(), ids=FAULTS)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    handler = Recorder()
    told = ask(app_of(handler), body)
    message = refusal(told, 400)
    assert message.startswith("The body is no JSON: ")
    assert len(message) < 250
    assert handler.seen == []


@pytest.mark.parametrize(
    "text",
    [
        *('"\\ud83d\\ude00"', '"\\\\ud800"', '"😀"', '"\\u0000"', "1e308", "-0", "0.1", "[[[]]]"),
        *("9" * 4000, "[" * 199 + "]" * 199, '{"a":' * 199 + "1" + "}" * 199),
        "[" + "[]," * 4000 + "[]]",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_json_is_taken_as_it_is(text: str) -> None:
    handler = Recorder()
    told = ask(app_of(handler), GOOD[:-1] + b', "x": ' + text.encode() + b"}")
    assert told.status_code == 200
    assert handler.received()["x"] == json.loads(text)


# Which request it was


@pytest.mark.parametrize("given", ["r", "req_1.2:3-4", "x" * 128, "00-4bf92f3577b34da6-01"])
def test_a_request_id_is_kept(given: str) -> None:
    handler = Recorder()
    told = ask(app_of(handler), headers={"x-request-id": given})
    assert told.headers.get_list("x-request-id") == [given]
    assert handler.seen[0][1].request_id == given


@pytest.mark.parametrize(
    "given", [b"", b"x" * 129, b"a b", b"a\r\nx-evil: 1", b"a\n", b"\xe9", b"<b>", b"a,b", b'"']
)
def test_a_request_id_that_is_no_short_plain_word_is_replaced(given: bytes) -> None:
    told = talk(app_of(), scope([(b"x-request-id", given)]), [chunk(GOOD, more=False)])
    assert told.status == 200
    (found,) = (value for name, value in told.headers if name == b"x-request-id")
    assert re.fullmatch(rb"[0-9a-f]{32}", found)


def test_request_ids_differ() -> None:
    app = app_of()
    assert len({ask(app).headers["x-request-id"] for _ in range(20)}) == 20


# A caller who leaves


@pytest.mark.parametrize("parts", [(), (GOOD,), (GOOD[:10], GOOD[10:])])
def test_a_caller_who_leaves_before_the_end_is_no_failure(
    parts: tuple[bytes, ...], caplog: pytest.LogCaptureFixture
) -> None:
    handler = Recorder()
    gone: Message = {"type": "http.disconnect"}
    told = talk(app_of(handler), scope(), [*map(chunk, parts), gone])
    assert (told.status, handler.seen, caplog.records) == (400, [], [])


def test_a_handler_that_is_cancelled_is_not_answered_for() -> None:
    """Whoever runs the application may cancel it; that is no fault to hide."""

    async def go() -> Message | None:
        started, sent = asyncio.Event(), list[Message]()

        async def slow() -> None:
            started.set()
            await asyncio.sleep(60)

        async def receive() -> Message:
            return chunk(GOOD, more=False)

        async def send(message: Message) -> None:
            sent.append(message)

        app = app_of(Recorder(answers=lambda *_: slow()))
        task = asyncio.ensure_future(app(scope(), receive, send))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sent[0] if sent else None

    assert asyncio.run(go()) is None


# What stands around it


def test_it_may_be_mounted() -> None:
    handler = Recorder()
    outer = Starlette(routes=[Mount("/gateway", app=app_of(handler))])
    assert ask(outer, path=f"/gateway{PATH}").status_code == 200
    assert handler.received() == folded(A)
    refusal(ask(outer, path=f"/gateway{PATH}/"), 404)
    refusal(ask(outer, path=f"/gateway{PATH}", method="GET"), 405)
    refusal(ask(outer, path="/gateway/v1"), 404)
    assert ask(outer, path=PATH).headers.get("x-request-id") is None


def test_it_starts_and_stops() -> None:
    given: Message = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    steps: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = [message["type"] for message in talk(app_of(), given, steps).sent]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_it_closes_websockets() -> None:
    told = talk(app_of(), scope(type="websocket"), [{"type": "websocket.connect"}])
    assert [message["type"] for message in told.sent] == ["websocket.close"]


def test_a_streamed_body_is_taken_without_a_length() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield GOOD[:20]
        yield GOOD[20:]

    assert ask(app_of(), body()).status_code == 200
