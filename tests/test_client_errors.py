"""What a call raises, and how often it was sent, when the other side misbehaves: over real sockets, sync and async."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

import routescope
from calling import DATA, URL, Clock, all_styles, edit, raised, styles
from misbehaving import (
    CLOSED_READ,
    RESET_READ,
    RESET_UNREAD,
    Behaviour,
    Server,
    answer,
    json_answer,
    refusing,
)

pytestmark = pytest.mark.shipped

ID = ("x-request-id", "req-1")
HTML = ("content-type", "text/html")
PAGE = "<html><h1>502 Bad Gateway</h1></html>"
CHUNKED = b"HTTP/1.1 200 OK\r\nx-request-id: req-1\r\ntransfer-encoding: chunked\r\n\r\n"
SAID = {
    "error": {"message": "No.", "type": "invalid_request_error", "param": "image[1]", "code": "bad"}
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What a server does, and the error that a call raises then. `sent` and `sent_unsafe` are how often the server
    was asked, by default and with `retry_unsafe`."""

    name: str
    does: Behaviour
    kind: type[routescope.APIError]
    status: int | None
    says: str
    body: str = ""
    request_id: str | None = "req-1"
    processed: bool = True
    sent: int = 1
    sent_unsafe: int = 3


def status(
    code: int, kind: type[routescope.APIError], processed: bool, sent: int, sent_unsafe: int
) -> Failure:
    says = f"{code} Said: No. (request req-1"
    does = json_answer(SAID, code, [ID])
    return Failure(
        str(code), does, kind, code, says, json.dumps(SAID), "req-1", processed, sent, sent_unsafe
    )


def misfit(name: str, body: str, says: str) -> Failure:
    """A body of status 200 that is no result: the images may have been made, so nothing is sent again."""
    does = answer(body, 200, [ID])
    kind = routescope.APIResponseValidationError
    return Failure(
        name,
        does,
        kind,
        200,
        f"not an answer of /v1/images/edits: {says}",
        body[:500],
        sent_unsafe=1,
    )


def told(name: str, body: str, says: str) -> Failure:
    """A body of status 400 that is not in the documented shape."""
    kind = routescope.BadRequestError
    return Failure(
        name,
        answer(body, 400, [ID]),
        kind,
        400,
        f"400 Said{says or shown(body)} (request req-1)",
        body[:500],
        "req-1",
        False,
        1,
        1,
    )


def shown(body: str) -> str:
    """The beginning of a body that has no message: its words in one line."""
    return f": {' '.join(body[:500].split())[:200]}" if body else ""


STATUSES = (
    status(400, routescope.BadRequestError, False, 1, 1),
    status(401, routescope.AuthenticationError, False, 1, 1),
    status(402, routescope.APIStatusError, False, 1, 1),
    status(403, routescope.PermissionDeniedError, False, 1, 1),
    status(404, routescope.NotFoundError, False, 1, 1),
    status(405, routescope.APIStatusError, False, 1, 1),
    status(408, routescope.APIStatusError, False, 1, 3),
    status(409, routescope.ConflictError, False, 1, 1),
    status(413, routescope.RequestTooLargeError, False, 1, 1),
    status(415, routescope.UnsupportedMediaTypeError, False, 1, 1),
    status(422, routescope.UnprocessableEntityError, False, 1, 1),
    status(429, routescope.RateLimitError, False, 3, 3),
    status(500, routescope.InternalServerError, True, 1, 3),
    status(502, routescope.InternalServerError, True, 1, 3),
    status(503, routescope.InternalServerError, True, 1, 3),
    status(504, routescope.InternalServerError, True, 1, 3),
    status(599, routescope.InternalServerError, True, 1, 3),
    status(999, routescope.InternalServerError, True, 1, 3),
)

REDIRECTS = tuple(
    Failure(
        f"redirect {code}",
        answer("Over there.", code, [ID, ("location", "/elsewhere")]),
        routescope.APIStatusError,
        code,
        f"{code} Said: Over there. (request req-1)",
        "Over there.",
        processed=False,
        sent_unsafe=1,
    )
    for code in (301, 302, 303, 307, 308)
)

LOST = (
    Failure(
        "connection reset before the request was read",
        *(RESET_UNREAD, routescope.APIConnectionError, None, "Error", "", None),
    ),
    Failure(
        "connection reset after the request was read",
        *(RESET_READ, routescope.APIConnectionError, None, "Error", "", None),
    ),
    Failure(
        "connection closed after the request was read",
        *(
            CLOSED_READ,
            routescope.APIConnectionError,
            None,
            "RemoteProtocolError: Server disc",
            "",
            None,
        ),
    ),
    Failure(
        "no HTTP",
        *(
            Behaviour(b"SSH-2.0-OpenSSH\r\n\r\n"),
            routescope.APIConnectionError,
            None,
            "RemoteProt",
            "",
            None,
        ),
    ),
    Failure(
        "half of the headers",
        *(
            Behaviour(b"HTTP/1.1 200 OK\r\nx-re"),
            routescope.APIConnectionError,
            None,
            "RemoteProt",
            "",
            None,
        ),
    ),
    Failure(
        "no headers for too long",
        *(Behaviour(ends="hold"), routescope.APITimeoutError, None, "ReadTimeout", "", None),
    ),
    Failure(
        "no body for too long",
        answer(DATA[:20], 200, [ID], length=len(DATA), ends="hold"),
        *(routescope.APITimeoutError, 200, "ReadTimeout", DATA[:20]),
    ),
    Failure(
        "cut-off body",
        answer(DATA[:20], 200, [ID], length=len(DATA)),
        *(routescope.APIConnectionError, 200, "RemoteProtocolError: peer closed", DATA[:20]),
    ),
    Failure(
        "cut-off before the body",
        answer("", 200, [ID], length=10),
        *(routescope.APIConnectionError, 200, "RemoteProtocolError: peer closed"),
    ),
    Failure(
        "connection reset in the body",
        answer(DATA[:20], 200, [ID], length=len(DATA), ends="reset"),
        *(routescope.APIConnectionError, 200, "ReadError", DATA[:20]),
    ),
    Failure(
        "cut-off chunks",
        Behaviour(CHUNKED + b'5\r\n{"cre\r\n'),
        *(routescope.APIConnectionError, 200, "RemoteProtocolError: peer closed", '{"cre'),
    ),
    Failure(
        "chunks that are none",
        Behaviour(CHUNKED + b"{}"),
        *(routescope.APIConnectionError, 200, "RemoteProtocolError: "),
    ),
    Failure(
        "two lengths",
        answer(DATA, 200, [("content-length", "5")]),
        *(routescope.APIConnectionError, None, "RemoteProtocolError: conflicting", "", None),
    ),
    Failure(
        "broken gzip",
        answer(
            gzip.compress(DATA.encode())[:-8] + b"?" * 8, 200, [ID, ("content-encoding", "gzip")]
        ),
        *(routescope.APIConnectionError, 200, "DecodingError: Error -3 while decompressing"),
    ),
    Failure(
        "no gzip",
        answer(DATA, 200, [ID, ("content-encoding", "gzip")]),
        *(routescope.APIConnectionError, 200, "DecodingError: Error -3 while decompressing"),
    ),
    Failure(
        "cut-off body of a failure",
        answer(PAGE[:20], 502, [ID, HTML], length=200),
        *(
            routescope.InternalServerError,
            502,
            f"502 Said{shown(PAGE[:20])} (request req-1; it may",
            PAGE[:20],
        ),
    ),
    Failure(
        "cut-off body of a refusal",
        answer(PAGE[:20], 401, [ID, HTML], length=200),
        *(
            routescope.AuthenticationError,
            401,
            f"401 Said{shown(PAGE[:20])} (request req-1)",
            PAGE[:20],
            "req-1",
            False,
            1,
            1,
        ),
    ),
)

SUCCESSES_THAT_ARE_NONE = (
    misfit("error", json.dumps(SAID), "/data: "),
    misfit("array", "[]", "(root): "),
    misfit("null", "null", "(root): "),
    misfit("string", '"Bad Gateway"', "(root): "),
    misfit("empty body", "", "EOF while parsing"),
    misfit("HTML", PAGE, "expected value at line 1 column 1 (200, no content-type: <html>"),
    misfit("half of it", DATA[:20], "EOF while parsing"),
    misfit("NaN", '{"created": NaN, "data": []}', "expected value"),
    misfit("infinite", '{"created": 1e999, "data": []}', "/created: "),
    misfit("nested beyond reason", '{"data": ' + "[" * 9000, "recursion limit"),
    misfit("lone surrogate", '{"data": [{"url": "\\ud800"}]}', "unexpected end of hex"),
    misfit("bytes that are no UTF-8", '{"data": "caf\u00e9"}', "/data: "),
    misfit("url is a number", '{"data": [{"url": 5}]}', "/data/0/url: "),
    misfit("data is a string", '{"data": "https://example.com"}', "/data: "),
    misfit("created is a string", '{"created": "1", "data": []}', "/created: "),
)

REFUSALS = (
    told("detail", '{"detail": "Not found"}', ": Not found"),
    told(
        "detail, a list",
        '{"detail": [{"loc": ["body"], "msg": "x"}]}',
        ': [{"loc": ["body"], "msg": "x"}]',
    ),
    told("detail with a message", '{"detail": {"message": "Nope", "code": 7}}', ": Nope"),
    told("problem", '{"type": "/p", "title": "No", "status": 400, "detail": "Nope"}', ": Nope"),
    told("problem without detail", '{"type": "about:blank", "title": "Nope"}', ": Nope"),
    told("error and message", '{"status": 400, "error": "Bad", "message": "Nope"}', ": Nope"),
    told("string", '"Nope"', ": Nope"),
    told("error is a string", '{"error": "Nope"}', ": Nope"),
    told("no envelope", '{"message": "Nope", "code": 7}', ": Nope"),
    told("error is empty", '{"error": {}}', ""),
    told("empty body", "", ""),
    told("null", "null", ""),
    told("empty array", "[]", ""),
    told("array", "[1]", ": [1]"),
    told("zero", "0", ""),
    told("false", "false", ""),
    told("number", "7", ": 7"),
    told("no JSON", "nope", ""),
    told("nested beyond reason", "[" * 100_000, ""),
    told("HTML", PAGE, ""),
    told("message is a dict", '{"error": {"message": {"a": ["b"]}}}', ': {"a": ["b"]}'),
    told("message is a list", '{"error": {"message": ["a", 1]}}', ': ["a", 1]'),
    told("message is a number", '{"error": {"message": 5}}', ": 5"),
    told("message is null", '{"error": {"message": null}}', ""),
    told("message is long", json.dumps({"error": {"message": "x" * 9000}}), f": {'x' * 500}"),
    told("error is long", json.dumps({"error": "x" * 9000}), f": {'x' * 500}"),
    told("list is long", json.dumps({"detail": ["x" * 9000]}), f': ["{"x" * 498}'),
    told("body is not ASCII", '{"detail": "Schade, K\u00e4se"}', ": Schade, K\u00e4se"),
)

FAILURES = (
    Failure(
        "HTML 502",
        answer(PAGE, 502, [ID, HTML]),
        *(
            routescope.InternalServerError,
            502,
            f"502 Said{shown(PAGE)} (request req-1; it may have been carried out, and billed)",
            PAGE,
        ),
    ),
    Failure(
        "HTML 502 without request id",
        answer(PAGE, 502, [HTML]),
        *(
            routescope.InternalServerError,
            502,
            f"502 Said{shown(PAGE)} (it may have been carried out",
            PAGE,
            None,
        ),
    ),
    Failure(
        "several request ids",
        answer(PAGE, 502, [ID, ("X-Request-ID", "req-2")]),
        *(routescope.InternalServerError, 502, "(request req-1, req-2; ", PAGE, "req-1, req-2"),
    ),
    *(STATUSES + REDIRECTS + LOST + SUCCESSES_THAT_ARE_NONE + REFUSALS),
)


@styles
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_failure(
    style: str, unsafe: bool, failure: Failure, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    clock.install(monkeypatch)
    with Server((failure.does,)) as server:
        settings = {"retry_unsafe": unsafe, "timeout": 1.5 if failure.does.ends == "hold" else 5}
        error = raised(failure.kind, lambda: edit(style, server.url, **settings))
    assert server.connections == (failure.sent_unsafe if unsafe else failure.sent)
    assert len(server.requests) == (server.connections if failure.does.reads else 0)
    assert {request.target for request in server.requests} <= {"/v1/images/edits"}
    assert len({request.body for request in server.requests}) <= 1
    assert clock.waits == [0.5, 1.0][: server.connections - 1]
    assert failure.says in str(error)
    assert ("it may have been carried out, and billed" in str(error)) is failure.processed
    assert (error.status_code, error.request_id) == (failure.status, failure.request_id)
    assert error.maybe_processed is failure.processed
    # A reset may overtake what was sent before it.
    assert error.body == failure.body or (failure.does.ends == "reset" and error.body == "")
    assert isinstance(error, routescope.APIError)
    assert isinstance(error.__cause__, Exception) is not isinstance(
        error, routescope.APIStatusError
    ) or ("cut-off" in failure.name)


@all_styles
def test_nobody_listens(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    clock.install(monkeypatch)
    with refusing() as url:
        error = raised(routescope.APIConnectionError, lambda: edit(style, url))
    assert str(error).startswith("ConnectError: ")
    assert (error.status_code, error.request_id, error.body, error.headers) == (None, None, "", {})
    assert (error.maybe_processed, clock.waits) == (False, [0.5, 1.0])


@all_styles
def test_trio_and_asyncio_fail_alike(style: str) -> None:
    with Server((answer(DATA[:20], length=100),)) as server:
        error = raised(routescope.APIConnectionError, lambda: edit(style, server.url))
    assert (error.status_code, error.maybe_processed, len(server.requests)) == (200, True, 1)


@pytest.mark.parametrize(
    ("failure", "kind", "processed", "text"),
    [
        (httpx.ConnectTimeout(""), routescope.APITimeoutError, False, "ConnectTimeout"),
        (httpx.PoolTimeout("late"), routescope.APITimeoutError, False, "PoolTimeout: late"),
        (httpx.ProxyError("403"), routescope.APIConnectionError, False, "ProxyError: 403"),
        (httpx.WriteTimeout(""), routescope.APITimeoutError, True, "WriteTimeout (it may have"),
        (httpx.WriteError(""), routescope.APIConnectionError, True, "WriteError (it may have"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_failure_of_the_transport(
    failure: httpx.RequestError,
    kind: Any,
    processed: bool,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What loopback does not do on demand."""
    clock = Clock()
    clock.install(monkeypatch)

    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    with httpx.Client(transport=httpx.MockTransport(fail)) as http:
        client = routescope.Routescope(api_key="k", http_client=http)
        error = raised(kind, lambda: client.images.edit(prompt="x", images=[URL]))
    assert str(error).startswith(text)
    assert (error.maybe_processed, len(clock.waits)) == (processed, 0 if processed else 2)
    assert error.__cause__ is failure


class Broken(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        raise ssl.SSLError("broken")


@pytest.mark.parametrize("is_late", [False, True])
def test_tls_breaks(is_late: bool) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        if is_late:
            return httpx.Response(200, stream=Broken())
        raise ssl.SSLError("broken")

    with httpx.Client(transport=httpx.MockTransport(fail)) as http:
        client = routescope.Routescope(api_key="k", http_client=http)
        error = raised(
            routescope.APIConnectionError, lambda: client.images.edit(prompt="x", images=[URL])
        )
    assert (str(error)[:11], error.maybe_processed) == ("ReadError: ", True)


def test_what_is_no_failure_of_the_transport_is_passed_on() -> None:
    failure = ValueError("mine")

    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    with httpx.Client(transport=httpx.MockTransport(fail)) as http:
        client = routescope.Routescope(api_key="k", http_client=http)
        call = partial(client.images.edit, prompt="x", images=[URL])
        assert raised(ValueError, call) is failure


# What an error tells


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SAID["error"], ("invalid_request_error", "image[1]", "bad")),
        ({"message": "x"}, (None, None, None)),
        ({"message": "x", "code": 1234, "param": None}, (None, None, 1234)),
        ({"type": ["a"], "param": {"b": 1}, "code": False}, (["a"], {"b": 1}, False)),
    ],
)
def test_members_of_an_error(error: Any, expected: Any) -> None:
    with Server((json_answer({"error": error}, 400),)) as server:
        caught = raised(routescope.BadRequestError, lambda: edit("sync", server.url))
    assert (caught.type, caught.param, caught.code) == expected


def test_problem_details_tell_their_type() -> None:
    problem = json_answer({"type": "/problems/size", "detail": "Too big.", "size": 3}, 400)
    with Server((problem,)) as server:
        caught = raised(routescope.BadRequestError, lambda: edit("sync", server.url))
    assert (caught.type, caught.message) == ("/problems/size", "400 Said: Too big.")


def test_a_body_that_is_long_is_told_in_part() -> None:
    body = "\u00e4" * 100_000
    with Server((answer(body, 400),)) as server:
        error = raised(routescope.BadRequestError, lambda: edit("sync", server.url))
    assert error.body == body[:500]


def test_a_misfit_that_is_long_is_told_in_part() -> None:
    with Server((json_answer({"data": [{"url": number} for number in range(3000)]}),)) as server:
        error = raised(routescope.APIResponseValidationError, lambda: edit("sync", server.url))
    assert len(str(error)) < 2000


def test_bytes_that_are_no_text() -> None:
    with Server((answer(b"\xff\xfe\x00", 400),)) as server:
        error = raised(routescope.BadRequestError, lambda: edit("sync", server.url))
    assert error.body == "\ufffd\ufffd\0"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
@pytest.mark.parametrize(
    "does", [json_answer(SAID, 429, [ID]), CLOSED_READ, json_answer(SAID, 200, [ID])]
)
def test_errors_can_be_copied(again: Any, does: Behaviour) -> None:
    with Server((does,)) as server, pytest.raises(routescope.APIError) as caught:
        edit("sync", server.url, max_retries=0)
    error, twin = caught.value, again(caught.value)
    assert (type(twin), str(twin)) == (type(error), str(error))
    for name in (
        "status_code",
        "headers",
        "request_id",
        "body",
        "type",
        "param",
        "code",
        "message",
        "maybe_processed",
    ):
        assert getattr(twin, name) == getattr(error, name), name
    assert (twin.response is None) is (error.response is None)
