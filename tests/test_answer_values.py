"""How many values an answer may have, what is made of one that has more, and of one that has a thousand headers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import create_model
from runtime._errors import Unreadable

from built import imported, texts
from growth import LINEAR, exponent, memory
from routescope import APIResponseValidationError, BadRequestError, Routescope
from routescope._errors import ERROR_VALUES, Answer
from routescope._headers import ResponseHeaders
from routescope._operation import Json
from routescope._values import counted, joined, visible
from runtime import _streams  # type: ignore[attr-defined]

pytestmark = pytest.mark.shipped

VALUES = st.recursive(
    st.none() | st.integers() | st.text('",[]{}:\\a'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('",[]{}:\\a'), inner),
)


def size(value: Any) -> tuple[int, int]:
    """How many values there are in a value, itself too, and how many of them have a name."""
    inner = (
        [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    )
    sizes = [size(one) for one in inner]
    named = len(inner) if isinstance(value, dict) else 0
    return 1 + sum(one[0] for one in sizes), named + sum(one[1] for one in sizes)


@given(VALUES)
def test_values_are_counted_outside_of_texts(value: Any) -> None:
    values, named = size(value)
    body = json.dumps(value).encode()
    assert counted(body, len(body) + 1)[1] == named
    assert values <= counted(body, len(body) + 1)[0] <= min(2 * values, len(body) + 1)


def test_values_of_a_long_body_are_counted_in_parts() -> None:
    for text in ("a,b", '"', "\\", '\\"[', "é,"):
        value = [text * 30_000, text, *range(50_000), {text: text * 30_000}]
        assert counted(json.dumps(value).encode(), 10**6) == (2 + 50_002 + 1, 1)
        assert counted(json.dumps(value).encode(), 10)[0] < 50_000


def test_counting_takes_no_more_than_the_bytes() -> None:
    for item in (b"1,", b'"ab",', b'"\\"",', b"[],"):
        body = b"[" + item * 50_000 + b"1]"
        assert memory(partial(counted, body, 10**9)) < 2 * len(body) + 4_000_000


def answered(response: httpx.Response, **settings: Any) -> Any:
    """What a call of the client gives or raises that is answered so."""
    transport = httpx.MockTransport(lambda request: response)
    settings = {"api_key": "k", "base_url": "https://api.example", "max_retries": 0, **settings}
    with httpx.Client(transport=transport) as http:
        try:
            return Routescope(http_client=http, **settings).images.edit(
                prompt="x", images=["https://example.com/a.png"]
            )
        except Exception as error:
            return error


def test_an_answer_of_more_values_than_it_may_have() -> None:
    content = b'{"data": [' + b"{}," * 40 + b"{}]}"
    assert len(answered(httpx.Response(200, content=content)).data) == 41
    assert len(answered(httpx.Response(200, content=content), max_response_values=84).data) == 41
    error = answered(httpx.Response(200, content=content), max_response_values=83)
    assert isinstance(error, APIResponseValidationError)
    assert error.message == "not to be read: more than 83 values (max_response_values)"
    assert error.maybe_processed
    too_many = b'{"data": [' + b"{}," * 500_000 + b"{}]}"
    assert "more than 1000000 values" in str(answered(httpx.Response(200, content=too_many)))


@pytest.mark.parametrize(
    ("member", "told"),
    [
        (b'"no"', "400 Bad Request: no"),
        (b'["no", 1]', '400 Bad Request: ["no", 1]'),
        (b"[" + b"[]," * ERROR_VALUES + b"[]]", "400 Bad Request"),
        ('"∀"'.encode("utf-16-le") + b"," * ERROR_VALUES, "400 Bad Request"),
    ],
    ids=["a text", "few values", "many values", "hidden in UTF-16"],
)
def test_the_values_of_an_error_are_few(member: bytes, told: str) -> None:
    content = b'{"error": {"message": %b, "code": "c"}}' % member
    error = answered(httpx.Response(400, content=content), max_response_values=10**9)
    assert isinstance(error, BadRequestError)
    is_counted = len(content) > ERROR_VALUES
    words = " ".join(content[:500].decode().split())[:200]
    assert error.message == visible(f"{told}: {words}" if is_counted else told)
    assert error.code == (None if told == "400 Bad Request" else "c")


def test_an_error_with_a_mark_of_its_byte_order_is_read() -> None:
    content = b'\xef\xbb\xbf{"error": {"message": "no"}}'
    assert answered(httpx.Response(400, content=content)).message == "400 Bad Request: no"


READERS: dict[str, Callable[[Any], Any]] = {
    "lines": lambda read: read("[1, 2, 3]"),
    "events": lambda read: [*read("data: [1, 2, 3]"), *read("")],
    "objects": lambda read: [*read("data: [1, 2, 3]"), *read("")],
}
CODECS: dict[str, Any] = {
    "lines": _streams.JsonLines(Any),
    "events": _streams.Events(Any),
    "objects": _streams.EventObjects(Any, is_json=True),
}


@pytest.mark.parametrize("kind", READERS)
def test_an_item_of_more_values_than_it_may_have(kind: str) -> None:
    assert len(list(READERS[kind](CODECS[kind].reader(4)))) == 1
    with pytest.raises(Unreadable, match=r"more than 3 values \(max_response_values\)"):
        list(READERS[kind](CODECS[kind].reader(3)))


def test_a_stream_tells_its_limit(tmp_path: Path) -> None:
    operation = {
        "operationId": "news",
        "tags": ["all"],
        "responses": {
            "200": {"description": "", "content": {"application/jsonl": {"itemSchema": {}}}}
        },
    }
    document = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/news": {"get": operation}},
    }
    client = imported(texts(document), tmp_path, "client")
    response = httpx.Response(
        200, headers={"content-type": "application/jsonl"}, content=b"[1]\n[1, 2]\n"
    )
    with httpx.Client(transport=httpx.MockTransport(lambda request: response)) as http:
        own = client.Pkg(http_client=http, base_url="https://api.example", max_response_values=2)
        items = iter(own.all.news())
        assert next(items) == [1]
        with pytest.raises(Exception, match="not to be read: more than 2 values") as caught:
            next(items)
    assert type(caught.value).__name__ == "APIResponseValidationError"


# Headers


def headed(count: int) -> httpx.Response:
    return httpx.Response(429, headers=[(f"x-{index}", "a") for index in range(count)])


def test_an_error_reads_its_headers_once() -> None:
    assert exponent(headed, lambda response: Answer(response).error(), 500) <= LINEAR


def test_typed_headers_are_read_once() -> None:
    def make(count: int) -> tuple[Any, httpx.Response]:
        fields: Any = {f"y_{index}": (str | None, None) for index in range(count)}
        return create_model("Said", __base__=ResponseHeaders, **fields), headed(10 * count)

    assert exponent(make, lambda made: made[0].from_response(made[1]), 100) <= LINEAR


def test_headers_of_an_error_are_those_of_httpx() -> None:
    pairs = [("X-A", "1"), ("x-b", "2"), ("x-a", "3"), ("Set-Cookie", "a=b"), ("x-a", "ä".encode())]
    response = httpx.Response(429, headers=pairs)  # type: ignore[arg-type]
    found = Answer(response).error().headers
    assert found == dict(response.headers)
    assert type(found) is dict
    assert joined([]) == {}


# Texts


def test_a_long_text_takes_no_more_than_its_escapes() -> None:
    for text in ("\x80" + "Ā" * 300_000, "\u2028" * 200_000):
        taken = memory(partial(visible, text))
        assert taken < 3 * len(visible(text)) + 6_000_000


@given(st.text())
def test_each_character_is_shown_or_escaped(text: str) -> None:
    shown = "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
    assert visible(text) == shown
    assert visible(text * 2) == shown * 2


def test_a_type_without_limits_reads_any_number_of_values() -> None:
    assert Json(Any).decode(Answer(content=b"[1, 2]")) == [1, 2]
