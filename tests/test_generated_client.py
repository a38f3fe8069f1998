"""What the generated clients send, and what they take: over real sockets, sync and async."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable, Iterator
from enum import Enum, IntEnum
from functools import partial
from types import MappingProxyType
from typing import Any

import anyio
import httpx
import pytest

import routescope
from calling import (
    ANSWER,
    ARGUMENTS,
    KEY,
    PATH,
    all_styles,
    edit,
    raised,
    sent,
    styles,
)
from endpoint_cases import REQUESTS, A, B, Case, folded, request
from misbehaving import Behaviour, Server
from routescope import (
    ArgumentError,
    AsyncRoutescope,
    CompatError,
    ImageReference,
    PayloadError,
    Routescope,
)
from routescope.client import EDIT_IMAGE

pytestmark = pytest.mark.shipped

GOOD = Behaviour(ANSWER)
ARGUMENT_NAMES = EDIT_IMAGE.arguments.keys() - {"body"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server((GOOD,)) as running:
        yield running


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROUTESCOPE_API_KEY", "ROUTESCOPE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def exact(value: Any) -> str:
    """A value as text that tells `1`, `1.0` and `true` apart."""
    return json.dumps(value, sort_keys=True)


def body(style: str, **arguments: Any) -> Any:
    """The body that goes out for these arguments."""
    return sent(style, {"prompt": "x", "images": [A]} | arguments).json


# Every row of the table of requests


def arguments_of(case: Case) -> dict[str, Any]:
    """The members of a case as arguments, those that are none of them in `extra_body`."""
    members = {name: value for name, value in case.payload.items() if name in ARGUMENT_NAMES}
    extra = {name: value for name, value in case.payload.items() if name not in ARGUMENT_NAMES}
    return members | ({"extra_body": extra} if extra else {})


EXPRESSIBLE = [case for case in REQUESTS if isinstance(case.payload, dict)]
# Refused for a null, which as an argument is "not sent", or for no `model`, which has a default then.
UNSENT_FAULTS = {f"/{name}" for name in ("model", "mask", "n", "size", "response_format")}


def is_not_a_fault_here(case: Case) -> bool:
    pointer = case.error_pointer or ""
    return pointer in UNSENT_FAULTS and case.payload.get(pointer[1:]) is None


def test_which_rows_there_are() -> None:
    assert len(REQUESTS) - len(EXPRESSIBLE) == 3
    assert len([case for case in EXPRESSIBLE if is_not_a_fault_here(case)]) == 7


@styles
@pytest.mark.parametrize("case", EXPRESSIBLE, ids=lambda case: case.name)
def test_case_by_client(style: str, case: Case, server: Server) -> None:
    already, arguments = len(server.requests), arguments_of(case)
    before = copy.deepcopy(arguments)
    pointers: tuple[str, ...] = ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            edit(style, server.url, arguments)
        except CompatError as error:
            pointers = (error.pointer,)
        except PayloadError as error:
            pointers = tuple(fault.pointer for fault in error.errors)
    assert exact(arguments) == exact(before)
    received = [request.json for request in server.requests[already:]]
    if case.error_pointer is None:
        assert (pointers, [exact(value) for value in received]) == ((), [exact(case.canonical)])
    elif is_not_a_fault_here(case):
        assert pointers == case.further_pointers
        expected = {name: value for name, value in case.payload.items() if value is not None}
        assert received == ([] if pointers else [{"model": "gpt-image-2"} | expected])
    else:
        assert (received, pointers) == ([], (case.error_pointer, *case.further_pointers))


# What goes out


@all_styles
def test_only_what_is_set_goes_out(style: str) -> None:
    request = sent(style, {"prompt": "x", "images": [{"image_url": A}]})
    expected = {"model": "gpt-image-2", "prompt": "x", "images": [{"image_url": A}]}
    assert (request.method, request.target, request.json) == ("POST", PATH, expected)
    assert request.body == json.dumps(expected, separators=(",", ":")).encode()
    headers = dict(request.headers)
    assert headers.pop("host").startswith("127.0.0.1:")
    assert headers.pop("user-agent")
    assert headers.pop("accept-encoding")
    assert headers == {
        "accept": "application/json",
        "authorization": f"Bearer {KEY}",
        "connection": "keep-alive",
        "content-length": str(len(request.body)),
        "content-type": "application/json",
    }


@styles
def test_none_is_not_sent(style: str) -> None:
    names = ARGUMENT_NAMES - {"prompt", "images"}
    assert body(style, **dict.fromkeys(names)) == request(prompt="x", images=[{"image_url": A}])


@styles
def test_model(style: str) -> None:
    assert body(style, model="other")["model"] == "other"
    assert list(body(style, model="other")) == ["model", "prompt", "images"]


@styles
def test_text_goes_out_as_utf_8(style: str) -> None:
    request = sent(style, {"prompt": "Käse 🧀\u2028\0", "images": [A]})
    assert request.json["prompt"] == "Käse 🧀\u2028\0"
    assert "Käse 🧀".encode() in request.body


class Size(str, Enum):  # noqa: UP042
    SMALL = "256x256"


class Kind(str, Enum):  # noqa: UP042
    URL = "url"


class Count(IntEnum):
    THREE = 3


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"images": [ImageReference(image_url=A)]}, {}),
        ({"images": (ImageReference(image_url=A),)}, {}),
        ({"images": ({"image_url": A},)}, {}),
        ({"images": (A,)}, {}),
        ({"images": [MappingProxyType({"image_url": A})]}, {}),
        ({"images": [Text(A)]}, {}),
        ({"size": Size.SMALL}, {"size": "256x256"}),
        ({"size": Text("1x1")}, {"size": "1x1"}),
        ({"response_format": Kind.URL}, {"response_format": "url"}),
        ({"n": Count.THREE}, {"n": 3}),
        ({"mask": {"image_url": A}}, {"mask": A}),
        ({"mask": MappingProxyType({"image_url": A})}, {"mask": A}),
        (
            {"extra_body": {"seed": 7, "deep": {"a": [None, 1.5]}}},
            {"seed": 7, "deep": {"a": [None, 1.5]}},
        ),
        ({"extra_body": {"timeout": 7, "max_retries": 1}}, {"timeout": 7, "max_retries": 1}),
        ({"extra_body": {}}, {}),
        ({"extra_body": None}, {}),
    ],
    ids=str,
)
@styles
def test_arguments(style: str, arguments: Any, expected: Any) -> None:
    assert body(style, **arguments) == request(prompt="x", images=[{"image_url": A}]) | expected


@styles
def test_a_model_goes_out_as_it_was_set(style: str) -> None:
    picture = ImageReference.model_validate({"image_url": A, "detail": "high", "file_id": None})
    assert body(style, images=[picture])["images"] == [
        {"image_url": A, "detail": "high", "file_id": None}
    ]


@styles
def test_a_result_is_no_picture(style: str) -> None:
    """A result has `url`, a place that may be gone tomorrow; but that is for the gateway to say."""
    assert body(style, images=[routescope.Image(url=B)])["images"] == [{"image_url": B}]


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (
        {"promt": "x"},
        TypeError,
        "unexpected argument 'promt' (did you mean 'prompt'?)",
    ),
    ({"seed": None}, TypeError, "unexpected argument 'seed'"),
    (
        {"extra_body": {"size": "1x1"}},
        TypeError,
        "'size' is an argument, and may not be in extra_body",
    ),
    ({"extra_body": {"image": A}}, TypeError, "'image' is an argument"),
    ({"extra_body": {"model": None}}, TypeError, "'model' is an argument"),
    ({"extra_body": {"x": ...}}, ArgumentError, "Unable to serialize unknown type"),
    ({"extra_body": {"x": float("nan")}}, ArgumentError, "Out of range float values are not JSON"),
    ({"extra_body": {"x": "\ud800"}}, ArgumentError, "surrogates not allowed"),
    ({"n": float("inf")}, PayloadError, "/n: "),
    ({"prompt": "\ud800"}, PayloadError, "/prompt: "),
    ({"images": b"x"}, PayloadError, "/images: "),
]


@pytest.mark.parametrize(("arguments", "kind", "says"), REFUSED, ids=str)
@styles
def test_refused_arguments(
    style: str, arguments: Any, kind: Any, says: str, server: Server
) -> None:
    already = server.connections
    error = raised(kind, lambda: edit(style, server.url, ARGUMENTS | arguments))
    assert says in str(error)
    assert server.connections == already


def test_arguments_are_keywords() -> None:
    edit_anything: Callable[..., Any] = Routescope(api_key=KEY).images.edit
    with pytest.raises(TypeError):
        edit_anything("x")


# Options of a call


@styles
def test_extra_headers(style: str) -> None:
    headers = sent(
        style,
        ARGUMENTS | {"extra_headers": {"X-Mine": "1", "Accept": "text/plain", "x-both": "call"}},
        default_headers={"X-Ours": "2", "X-Both": "client"},
    ).headers
    assert {name: headers[name] for name in ("x-mine", "x-ours", "x-both", "accept")} == {
        "x-mine": "1",
        "x-ours": "2",
        "x-both": "call",
        "accept": "text/plain",
    }


@styles
def test_extra_query(style: str) -> None:
    query = {"a b": "ü&", "n": 1, "yes": True, "none": None}
    target = sent(style, ARGUMENTS | {"extra_query": query}).target
    assert (
        target == f"{PATH}?a%20b=%C3%BC%26&n=1&yes=true&none="
        or target == f"{PATH}?a%20b=%C3%BC%26&n=1&yes=true&none="
    )


@styles
def test_options_that_are_none(style: str) -> None:
    options = ("timeout", "idempotency_key", "extra_headers", "extra_query", "extra_body")
    request = sent(style, ARGUMENTS | dict.fromkeys(options))
    assert request.target == PATH
    assert "idempotency-key" not in request.headers


@styles
def test_idempotency_key(style: str) -> None:
    assert sent(style, ARGUMENTS | {"idempotency_key": "k-1"}).headers["idempotency-key"] == "k-1"
    assert "idempotency-key" not in sent(style).headers


@styles
@pytest.mark.parametrize("timeout", [0.1, httpx.Timeout(5, read=0.1)], ids=str)
def test_timeout(style: str, timeout: Any) -> None:
    with Server((Behaviour(ends="hold"),)) as server:
        for arguments, settings in (
            ({"timeout": timeout}, {"timeout": 9}),
            ({}, {"timeout": timeout}),
        ):
            raised(
                routescope.APITimeoutError,
                partial(edit, style, server.url, ARGUMENTS | arguments, **settings),
            )
    assert len(server.requests) == 2


def test_the_timeout_unless_told_otherwise() -> None:
    waits: list[Any] = []

    def answered(request: httpx.Request) -> httpx.Response:
        waits.append(request.extensions["timeout"])
        return httpx.Response(200, json={"data": []})

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        client = Routescope(api_key=KEY, http_client=http)
        client.images.edit(prompt="x", images=[A])
        client.images.edit(prompt="x", images=[A], timeout=None)
    assert [(one["connect"], one["read"]) for one in waits] == [(5, 600), (None, None)]


# Deprecated arguments


@styles
def test_deprecated_arguments_are_told(style: str) -> None:
    arguments = {"prompt": "x", "image": A, "image_urls": [B]}
    with pytest.warns(DeprecationWarning, match="is deprecated") as caught:
        request = sent(style, arguments)
    assert request.json == folded(A, B) | {"prompt": "x"}
    assert [str(warning.message) for warning in caught] == [
        f"{name!r} is deprecated: Use images[].image_url." for name in ("image", "image_urls")
    ]


def test_the_warning_is_where_the_call_is(server: Server) -> None:
    script = (
        "import anyio\n"
        "def run(client):\n"
        "    for _ in range(3):\n"
        "        client.images.edit(prompt='x', image=A)\n"
        "    client.images.edit(prompt='x', image=A)\n"
        "async def arun(client):\n"
        "    for _ in range(3):\n"
        "        await client.images.edit(prompt='x', image_urls=A)\n"
        "    async with client:\n"
        "        pass\n"
    )
    names: dict[str, Any] = {"A": A, "__name__": "__main__"}
    exec(compile(script, "caller.py", "exec"), names)
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
        with Routescope(api_key=KEY, base_url=server.url) as client:
            names["run"](client)
        anyio.run(names["arun"], AsyncRoutescope(api_key=KEY, base_url=server.url))
    assert [(warning.filename, warning.lineno) for warning in caught] == [
        ("caller.py", 4),
        ("caller.py", 5),
        ("caller.py", 8),
    ]


@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_a_deprecation_that_is_an_error_sends_nothing(server: Server) -> None:
    already = server.connections
    raised(DeprecationWarning, lambda: edit("sync", server.url, {"prompt": "x", "image": A}))
    assert server.connections == already
