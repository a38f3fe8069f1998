"""The flagship endpoint, case by case, by the generated server: plain JSON over HTTP."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from endpoint_cases import REQUESTS, RESPONSES, A, B, Case, ResponseCase, folded, request, response
from routescope import CompatError, Image, ImagesResponse, PayloadError, PayloadFault, Rewrite
from routescope import server as generated
from serving import AUTHORIZED, JSON, PATH, Recorder, app_of, ask, fails_with, running
from test_generated_endpoint import exact, examples, expected_errors

pytestmark = pytest.mark.shipped

FAILED = {"message": "The server failed.", "type": "server_error", "param": None, "code": None}


@dataclass
class Endpoint:
    """The server, and the handler behind it."""

    http: httpx.Client
    handler: Recorder

    def post(self, payload: Any) -> httpx.Response:
        return self.http.post(PATH, content=json.dumps(payload), headers=JSON)


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    handler = Recorder()
    with running(app_of(handler)) as (host, port):
        url = f"http://{host}:{port}"
        with httpx.Client(base_url=url, headers=AUTHORIZED, trust_env=False) as http:
            yield Endpoint(http, handler)


@pytest.fixture
def endpoint(served: Endpoint) -> Endpoint:
    served.handler.__init__()  # type: ignore[misc]
    return served


def as_callers_know_it(pointer: str) -> str | None:
    """A JSON Pointer in the notation of the style."""
    text = ""
    for token in pointer.split("/")[1:]:
        text += f"[{token}]" if token.isdecimal() else f".{token}"
    return text.removeprefix(".") or None


def assert_refused(answer: httpx.Response, pointers: tuple[str, ...]) -> None:
    """400 in the shape of the style, at the first of some pointers, with the others in the message."""
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    error = answer.json()["error"]
    places = [as_callers_know_it(pointer) for pointer in pointers]
    assert (error["type"], error["param"], error["code"]) == (
        "invalid_request_error",
        places[0],
        None,
    )
    told = [part.partition(": ")[0] for part in error["message"].split("; ")]
    assert told == [place or "The body" for place in places]


def rewrites_told(answer: httpx.Response) -> set[tuple[str, str]]:
    """Pairs of source and target in the Compat-Rewrites header, which must be a list as RFC 9651 has it."""
    text = answer.headers.get("compat-rewrites", "")
    item = r'"((?:[ !#-\[\]-~]|\\["\\])*)";to="((?:[ !#-\[\]-~]|\\["\\])*)"'
    assert re.fullmatch(rf"(?:{item}(?:, (?!$)|$))*", text)
    found = [(one[1], one[2]) for one in re.finditer(item, text)]
    assert len(set(found)) == len(found)
    return {(source.replace("\\", ""), target.replace("\\", "")) for source, target in found}


def logged(caplog: pytest.LogCaptureFixture, request_id: str) -> BaseException:
    """What was logged of a failed request, in the server's log and in no other."""
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("routescope.server", "ERROR")
    assert request_id in record.getMessage()
    assert record.exc_info
    assert record.exc_info[1]
    return record.exc_info[1]


# Requests


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: case.name)
def test_case_by_server(case: Case, endpoint: Endpoint) -> None:
    answer = endpoint.post(case.payload)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    if case.error_pointer is not None:
        assert_refused(answer, expected_errors(case))
        assert (endpoint.handler.seen, rewrites_told(answer)) == ([], set())
        return
    assert (answer.status_code, answer.json()) == (200, endpoint.handler.answers)
    assert exact(endpoint.handler.received()) == exact(integral(case.canonical))
    assert rewrites_told(answer) == case.rewrites
    context = endpoint.handler.seen[0][1]
    assert {(one.source, one.target) for one in context.rewrites} == case.rewrites
    assert context.request_id == answer.headers["x-request-id"]
    assert (context.identity, context.http.url.path) == (True, PATH)


def integral(value: Any) -> Any:
    """A request in which `n` is the integer that it is."""
    return value | {"n": int(value["n"])} if "n" in value else value


def of(side: str, kind: str) -> list[Any]:
    """The examples of one side of the document, with their names."""
    return [
        pytest.param(one.values[1], id=one.id) for one in examples(kind) if one.values[0] == side
    ]


@pytest.mark.parametrize("example", of("request", "examples"))
def test_example_is_taken(example: Any, endpoint: Endpoint) -> None:
    answer = endpoint.post(example["value"])
    assert answer.status_code == 200
    assert {"model", "prompt", "images"} <= set(endpoint.handler.received())
    assert bool(rewrites_told(answer)) == bool(endpoint.handler.seen[0][1].rewrites)


@pytest.mark.parametrize("example", of("request", "x-invalid-examples"))
def test_invalid_example_is_refused(example: Any, endpoint: Endpoint) -> None:
    assert_refused(endpoint.post(example["value"]), (example["pointer"],))


def test_ten_faults_are_told() -> None:
    payload = {"images": [], "n": 0, "user": 5, "size": 1, "quality": 1, "watermark": 1}
    payload |= {"moderation": 1, "background": 1, "output_format": 1, "output_compression": -1}
    answer = ask(app_of(), json.dumps(payload | {"image": A, "response_format": 1}))
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, "model")
    assert error["message"].count(";") == 10
    assert error["message"].endswith("; and 2 more")


def test_of_many_faults_the_number_is_told() -> None:
    answer = ask(app_of(), json.dumps({"model": "m", "prompt": "x", "images": [{}] * 3000}))
    assert answer.json()["error"]["message"].endswith("; and 2990 more")


def test_places_as_callers_know_them() -> None:
    told = [generated._param(at) for at in ("", "/0", "/a/0/1/b", "/a~1b/~01/2x", "/~1/0")]
    assert told == [None, "[0]", "a[0][1].b", "a/b.~1.2x", "/[0]"]


# Answers


@pytest.mark.parametrize("case", RESPONSES, ids=lambda case: case.name)
def test_answer_by_server(
    case: ResponseCase, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.handler.answers = case.payload
    answer = endpoint.post(folded(A))
    assert answer.headers["x-request-id"]
    if case.error_pointer is None:
        assert (answer.status_code, exact(answer.json())) == (200, exact(case.canonical))
        assert caplog.records == []
    else:
        assert (answer.status_code, answer.json()) == (500, {"error": FAILED})
        assert case.error_pointer in str(logged(caplog, answer.headers["x-request-id"]))


@pytest.mark.parametrize("example", of("response", "examples"))
def test_example_of_an_answer_is_passed_on(example: Any, endpoint: Endpoint) -> None:
    endpoint.handler.answers = example["value"]
    assert isinstance(endpoint.post(folded(A)).json()["data"], list)


@pytest.mark.parametrize("example", of("response", "x-invalid-examples"))
def test_invalid_example_of_an_answer_is_not(example: Any, endpoint: Endpoint) -> None:
    endpoint.handler.answers = example["value"]
    assert endpoint.post(folded(A)).json() == {"error": FAILED}


@pytest.mark.parametrize(
    "answer",
    [
        ImagesResponse(created=1, data=[Image(url=A)]),
        {"created": 1, "data": [Image(url=A)]},
        {"created": 1, "data": ({"url": A},)},
        MappingProxyType({"created": 1, "data": [MappingProxyType({"url": A, "b64_json": ""})]}),
        ImagesResponse.model_construct(created=1, data=[Image.model_construct(url=A)]),
    ],
    ids=["model", "models inside", "tuple", "mappings", "constructed"],
)
def test_what_a_handler_may_answer(answer: Any) -> None:
    told = ask(app_of(Recorder(answers=answer)))
    assert (told.status_code, told.json()) == (200, {"created": 1, "data": [{"url": A}]})


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ImagesResponse.model_construct(data="secret"),
        ImagesResponse.model_construct(data=[{"url": 5}]),
        ImagesResponse.model_construct(created=1),
        Image(url="secret"),
        response([], note="\ud800"),
        response([], note=object()),
    ],
    ids=["None", "no array", "wrong inside", "no data", "other model", "half", "no JSON"],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_what_a_handler_may_not_answer(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    told = ask(app_of(Recorder(answers=answer)))
    assert (told.status_code, told.json()) == (500, {"error": FAILED})
    assert logged(caplog, told.headers["x-request-id"])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_an_answer_with_a_number_that_json_has_not(number: float) -> None:
    """It is not sent as null, which says something else."""
    told = ask(app_of(Recorder(answers=response([], note=number))))
    assert (told.status_code, told.json()) == (500, {"error": FAILED})


# Errors of the handler


def test_a_fault_of_the_handler_is_told() -> None:
    said = {"retry-after": "7"}
    fault = generated.Fault(429, "Slow down.", said, type="rate_limit", param="n", code=7)
    told = ask(app_of(Recorder(answers=fails_with(fault))))
    error = {"message": "Slow down.", "type": "rate_limit", "param": "n", "code": 7}
    assert (told.status_code, told.json()) == (429, {"error": error})
    assert (told.headers["retry-after"], "x-request-id" in told.headers) == ("7", True)


def test_a_fault_is_told_in_utf_8() -> None:
    """Half a surrogate pair, which UTF-8 has no bytes for, is told as an escape."""
    fault = generated.Fault(400, "Größe \ud800 😀")
    told = ask(app_of(Recorder(answers=fails_with(fault))))
    assert told.json()["error"]["message"] == "Größe \ud800 😀"
    assert "Größe \\ud800 😀".encode() in told.content


@pytest.mark.parametrize(
    "fault",
    [
        generated.Fault(400, object()),  # type: ignore[arg-type]
        *(generated.Fault(400, "x", type=one) for one in (object(), math.inf, {1, 2})),
        *(generated.Fault(400, "x", {"x-a": one}) for one in ("\u20ac", "a\r\nx-b: c", "\0")),
        *(generated.Fault(400, "x", {one: "a"}) for one in ("x-\u20ac", "x a", "", "x\n")),
        generated.Fault(400, "x", {"x-a": 1}),  # type: ignore[dict-item]
        generated.Fault("400", "x"),  # type: ignore[arg-type]
    ],
)
def test_a_fault_that_no_answer_can_hold(fault: Any, caplog: pytest.LogCaptureFixture) -> None:
    told = ask(app_of(Recorder(answers=fails_with(fault))))
    assert (told.status_code, told.json()) == (500, {"error": FAILED})
    assert logged(caplog, told.headers["x-request-id"])


@pytest.mark.parametrize(
    ("status", "kind"), [(403, "invalid_request_error"), (503, "server_error")]
)
def test_a_fault_has_the_type_of_its_status(status: int, kind: str) -> None:
    told = ask(app_of(Recorder(answers=fails_with(generated.Fault(status, "No.")))))
    error = {"message": "No.", "type": kind, "param": None, "code": None}
    assert (told.status_code, told.json()) == (status, {"error": error})


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("secret"),
        CompatError("type", "/secret", "secret"),
        PayloadError((PayloadFault("type", "/secret", "secret"),)),
        TimeoutError("secret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_else_the_handler_raises_is_logged(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    told = ask(app_of(Recorder(answers=fails_with(error))), headers={"x-request-id": "r-1"})
    assert (told.status_code, told.json()) == (500, {"error": FAILED})
    assert logged(caplog, "r-1") is error


# Telling of older fields


def test_the_hook_is_called_before_the_handler() -> None:
    calls: list[Any] = []

    def answers(*_: Any) -> Any:
        calls.append("handler")
        return response([])

    handler = Recorder(answers=answers)
    app = app_of(handler, on_rewrite=lambda *told: calls.append(told))
    told = ask(app, json.dumps(request(image=[A, {"url": B}], mask={"image_url": A})))
    assert told.status_code == 200
    context = handler.seen[0][1]
    assert calls == [*((one, context) for one in context.rewrites), "handler"]
    assert {one.source for one in context.rewrites} == {"/image", "/mask"}
    assert {one.deprecated.since for one in context.rewrites if one.deprecated} == {"2026-08-01"}


def test_the_hook_is_not_called_without_older_fields() -> None:
    told = ask(app_of(on_rewrite=fails_with(AssertionError("called"))))
    assert (told.status_code, "compat-rewrites" in told.headers) == (200, False)


@pytest.mark.parametrize(
    ("error", "status"), [(generated.Fault(410, "Gone."), 410), (ValueError("secret"), 500)]
)
def test_a_hook_may_refuse(error: Exception, status: int) -> None:
    """What was not carried out costs nothing: a hook that fails ends the request."""
    handler = Recorder()
    told = ask(app_of(handler, on_rewrite=fails_with(error)), json.dumps(request(image=A)))
    assert (told.status_code, handler.seen) == (status, [])
    assert "secret" not in told.text


def header(*rewrites: tuple[str, str]) -> str | None:
    return generated._rewritten(tuple(Rewrite(*one, "#") for one in rewrites)).get(
        "compat-rewrites"
    )


def test_the_header_is_a_bounded_list() -> None:
    many = [(f"/a{index}", "/b") for index in range(100)]
    listed = ", ".join(f'"/a{index}";to="/b"' for index in range(16))
    assert header(*many[:16]) == listed
    assert header(*many) == f"{listed}, more;n=84"
    assert header(("/a", "/b"), ("/a", "/b"), ("/a", "/c")) == '"/a";to="/b", "/a";to="/c"'
    assert header() is None


@pytest.mark.parametrize("key", ["k" * 600, "é" * 100, "k" * 1_000_000, "%" * 300, "k" * 2100])
def test_the_header_has_2_kilobytes_at_most(key: str) -> None:
    """Which is what proxies take of a header. What is too long is left out, and counted."""
    told = header(*((f"/{key}{index}", "/b") for index in range(20)), ("/short", "/b")) or ""
    *listed, more = told.split(", ")
    assert len(told) <= 2048
    assert listed[-1] == '"/short";to="/b"'
    assert more == f"more;n={21 - len(listed)}"


def test_the_header_counts_what_a_run_does_not_list() -> None:
    told = generated._rewritten((Rewrite("/a", "/b", "#"),), 7)
    assert told == {"compat-rewrites": '"/a";to="/b", more;n=7'}


def test_the_header_cannot_be_broken_out_of() -> None:
    assert header(('/a"b\\c', "/é\r\nx: 1")) == '"/a%22b%5Cc";to="/%C3%A9%0D%0Ax%3A%201"'
