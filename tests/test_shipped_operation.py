"""The runtime of a client as the flagship ships it, by operations that its document does not have."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from io import BytesIO
from typing import Any, ClassVar

import anyio
import httpx
import pytest

from routescope import (
    AsyncRoutescope,
    AuthenticationError,
    Image,
    InternalServerError,
    PayloadError,
    Routescope,
    _compat,
    _folding,
    _limits,
    _payload,
    _source_map,
)
from routescope._arguments import Draft, Member
from routescope._errors import APIResponseValidationError
from routescope._files import Content
from routescope._operation import Json, Operation
from routescope._security import Http

pytestmark = pytest.mark.shipped

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Cookie:
    """A mark, as those of parameters are."""

    name: str
    is_required: bool = False
    place: ClassVar[str] = "cookie"
    is_nullable: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        draft.cookies.append(f"{self.name}={value}")


PARAMETERS = {"limit": Cookie("page-limit", is_required=True), "other": Cookie("other")}


def called(
    operation: Operation[Any], answer: httpx.Response, url: str = "http://test", /, **given: Any
) -> tuple[Any, list[httpx.Request]]:
    """The result of an operation, and what was sent for it."""
    sent: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        client = Routescope(http_client=http, base_url=url, api_key="k")
        return client.call(operation, **given), sent


def test_values_that_are_no_models() -> None:
    numbers = Json(list[int])
    operation: Operation[list[int]] = Operation("GET", "/x", answers={"200": numbers})
    assert called(operation, httpx.Response(200, json=[1, 2]))[0] == [1, 2]
    with pytest.raises(APIResponseValidationError, match="not an answer of /x: /0: "):
        called(operation, httpx.Response(200, json=["1"]))
    with pytest.raises(PayloadError):
        numbers.encode(["1"], {})


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [
        ("application/json", 1, 1),
        ("Application/Vnd.Other+Json; q=1", "a", "a"),
        ("application/none", 1, 1),
        ("application/vnd.none+json", 1, 1),
        ("text/x", [1], [1]),
    ],
)
def test_the_media_type_chooses(kind: str, value: Any, result: Any) -> None:
    codecs = (Json(int), Json(str, "application/vnd.other+json"), Json(list[int], "text/*"))
    operation: Operation[Any] = Operation("GET", "/x", answers={"2XX": codecs})
    answer = httpx.Response(201, json=value, headers={"content-type": kind})
    assert called(operation, answer)[0] == result
    others = "application/vnd.other+json;q=0.9, text/*;q=0.9"
    assert operation.accept == f"application/json, {others}"


def test_a_success_that_is_not_listed_is_read_as_the_first_that_is() -> None:
    operation: Operation[Any] = Operation("GET", "/x", answers={"200": Json(int), "404": Json(str)})
    assert called(operation, httpx.Response(203, json=1))[0] == 1


def test_what_redirects_is_a_result_where_it_is_listed() -> None:
    operation: Operation[None] = Operation("GET", "/x", answers={"302": None})
    assert called(operation, httpx.Response(302, headers={"location": "/y"}))[0] is None


def test_parameters_go_where_their_marks_say() -> None:
    operation: Operation[Any] = Operation("GET", "/x", PARAMETERS, answers={"204": None})
    _, [request] = called(operation, httpx.Response(204), limit=3)
    assert request.headers["cookie"] == "page-limit=3"


def test_bytes_are_sent_in_base64() -> None:
    operation: Operation[Any] = Operation("GET", "/x", {"a": Member("a")}, base64=("a",))
    given = [b"hi", [bytearray(b"hi"), "x", 1], {"b": b"hi"}]
    sent = [operation.draft({"a": value}).members["a"] for value in given]
    assert sent == ["aGk=", ["aGk=", "x", 1], {"b": "aGk="}]


def test_a_missing_argument_is_told() -> None:
    operation: Operation[Any] = Operation("GET", "/x", PARAMETERS, answers={"204": None})
    with pytest.raises(TypeError, match="'limit' has to be given"):
        called(operation, httpx.Response(204))


def test_an_operation_that_asks_for_no_key_gets_none() -> None:
    operation: Operation[Any] = Operation("GET", "/x?a=1", answers={"204": None}, security=())
    _, [request] = called(operation, httpx.Response(204), extra_query={"b": 2})
    assert "authorization" not in request.headers
    assert str(request.url) == "http://test/x?a=1&b=2"


def test_a_user_and_a_password_where_the_scheme_takes_them() -> None:
    sent: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204)

    operation: Operation[Any] = Operation("GET", "/x", answers={"204": None})
    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        [name] = Routescope._schemes
        client = Routescope(http_client=http, credentials={name: ("user", "password")})
        client.call(operation)
    assert sent[0].headers["authorization"] == "Bearer dXNlcjpwYXNzd29yZA=="


class Basic(Routescope):
    """A client of an API with another scheme, that refuses some arguments."""

    _schemes: ClassVar = {"basic": Http("Basic")}
    _security = (("basic",),)

    @staticmethod
    def _check_arguments(operation: Operation[Any], arguments: Any) -> None:
        if arguments:
            raise ValueError(min(arguments))


def test_what_is_asked_for_is_told_by_its_scheme() -> None:
    operation: Operation[Any] = Operation("GET", "/x", answers={"204": None})
    with (
        Basic() as client,
        pytest.raises(AuthenticationError, match=r"credentials=\{'basic': \(user, password\)\}"),
    ):
        client.call(operation)


def test_arguments_are_judged_before_they_become_a_request() -> None:
    operation: Operation[Any] = Operation("GET", "/x", PARAMETERS, answers={"204": None})
    with Basic() as client, pytest.raises(ValueError, match="limit"):
        client.call(operation, limit=1)


def test_a_stream_is_not_read_yet() -> None:
    operation: Operation[Any] = Operation("GET", "/x", answers={"200": None})
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Endless()))
    with httpx.Client(transport=transport) as http:
        client = Routescope(http_client=http, api_key="k")
        request = client.request(operation, {}, "text/x")
        answer = client.answer(operation, request)
    assert request.http.headers["accept"] == "text/x"
    assert answer.response is not None
    assert next(answer.response.iter_bytes()) == b"a"


def test_a_stream_is_not_read_yet_in_asyncio() -> None:
    operation: Operation[Any] = Operation("GET", "/x", answers={"200": None})

    async def call() -> bytes:
        transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Endless()))
        async with httpx.AsyncClient(transport=transport) as http:
            client = AsyncRoutescope(http_client=http, api_key="k")
            answer = await client.answer(operation, client.request(operation, {}, "text/x"))
            assert answer.response is not None
            chunks: Any = answer.response.aiter_bytes()
            async with aclosing(chunks):
                found: bytes = await anext(chunks)
                return found

    assert anyio.run(call) == b"a"


class Endless(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body without an end."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b"a"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b"a"


class Elsewhere(Routescope):
    """A client of an API with variables in the address of its server."""

    _base_url = "https://{region}.example"
    _variables: ClassVar = {"region": "eu"}


def test_the_answer_of_any_result_can_be_seen() -> None:
    told: list[httpx.Response] = []
    operation: Operation[None] = Operation("PUT", "/x", answers={"201": None})
    answer = httpx.Response(201, headers={"location": "/x/1"})
    assert called(operation, answer, on_response=told.append)[0] is None
    assert [one.headers["location"] for one in told] == ["/x/1"]


def test_the_answer_of_any_result_can_be_seen_in_asyncio() -> None:
    told: list[httpx.Response] = []

    async def call() -> None:
        transport = httpx.MockTransport(lambda request: httpx.Response(204))
        async with httpx.AsyncClient(transport=transport) as http:
            client = AsyncRoutescope(http_client=http, api_key="k", on_response=told.append)
            await client.call(Operation("PUT", "/x", answers={"204": None}))

    anyio.run(call)
    assert [one.status_code for one in told] == [204]


def test_variables_of_a_server() -> None:
    assert Elsewhere(api_key="k").base_url == "https://eu.example"
    assert (
        Elsewhere(api_key="k", server_variables={"region": "us"}).base_url == "https://us.example"
    )
    with pytest.raises(ValueError, match="server_variables: 'zone' is none of"):
        Elsewhere(api_key="k", server_variables={"zone": "us"})
    for elsewhere in ("evil.example/", "a@evil.example", "x#", "x?y"):
        with pytest.raises(ValueError, match="would lead elsewhere"):
            Elsewhere(api_key="k", server_variables={"region": elsewhere})


@dataclass(frozen=True, slots=True)
class Flow:
    """A codec whose bodies are sent as they come."""

    content: Any
    media_type: str = "application/octet-stream"

    def encode(self, value: Any, options: Any) -> dict[str, Any]:
        return {"content": self.content}

    def decode(self, answer: Any) -> Any:
        raise NotImplementedError


def flows() -> list[Any]:
    async def items() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    return [BytesIO(b"abc"), iter([b"ab", b"c"]), items()]


@pytest.mark.parametrize(
    ("is_async", "index"), [(False, 0), (False, 1), (True, 0), (True, 1), (True, 2)]
)
def test_what_is_sent_as_it_comes_is_sent_once(is_async: bool, index: int) -> None:
    sent: list[bytes] = []
    operation: Operation[Any] = Operation("PUT", "/x", body=Flow(flows()[index]))

    async def answered(request: httpx.Request) -> httpx.Response:
        sent.append(await request.aread())
        return httpx.Response(503)

    async def call() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answered)) as http:
            await AsyncRoutescope(http_client=http, api_key="k").call(operation)

    def kept(request: httpx.Request) -> httpx.Response:
        sent.append(request.read())
        return httpx.Response(503)

    def call_now() -> None:
        with httpx.Client(transport=httpx.MockTransport(kept)) as http:
            Routescope(http_client=http, api_key="k").call(operation)

    with pytest.raises(InternalServerError):
        anyio.run(call) if is_async else call_now()
    assert sent == [b"abc"]


def test_a_file_that_is_bytes_already() -> None:
    image = Image.model_construct(b64_json=Content(b"abc"))
    assert image.bytes() == b"abc"


# What is shipped for other documents as well


class _Vast:
    """A model that cannot judge a number."""

    @staticmethod
    def model_validate(value: Any, **options: bool) -> Any:
        raise OverflowError


def test_a_number_that_cannot_be_judged_is_a_fault_of_the_payload() -> None:
    with pytest.raises(_payload.PayloadError, match="a number is too large"):
        _payload.Payload({}).validate(_Vast)


def test_a_rewrite_below_a_key_that_a_pointer_escapes() -> None:
    def fold(value: Any, at: Any, log: Any) -> Any:
        log.notes.append(("rewrite", (at, "a/b~"), "#/rule", False))
        return value

    assert _compat.Log().run(fold, {}).rewrites[0].source == "/a~1b~0"


def test_pointers_within_a_place() -> None:
    assert _source_map.within(["/a/b", "/c"])((None, "a")) == ["/a/b"]


def test_an_answer_that_is_read_again() -> None:
    def closed() -> Iterator[bytes]:
        raise httpx.StreamClosed
        yield b""

    response = httpx.Response(200, content=closed())
    with pytest.raises(ValueError, match="it is read once"):
        _limits.read(response, _limits.Limits(), _limits.Content())


def test_cookies_have_names_that_are_tokens() -> None:
    draft = Draft("/")
    draft.add_cookies("a", ["a=b"])
    assert draft.cookies == ["a=b"]
    with pytest.raises(ValueError, match="no cookie can have the name"):
        draft.add_cookies("a;b", [])


def test_a_deprecated_field_inside_of_others_is_named_without_its_place() -> None:
    old = _compat.Deprecation()
    for source, target, told in (
        ("/old", "/new/deep", "'old' is deprecated: Use new/deep."),
        ("/items/0/old", "/items/0/new", "'old' is deprecated: Use new."),
    ):
        rewrite = _compat.Rewrite(source, target, "#/rule", old)
        assert _folding._deprecation(rewrite, old) == told


@pytest.mark.parametrize("size", [1, 1000, 5000, 100_000])
def test_content_is_put_together(size: int) -> None:
    content, sent = _limits.Content(), [b"x" * 70_000, *[b"y" * size] * 300, b"z" * 70_000, b"a"]
    for piece in sent:
        content.write(piece)
    assert content.getvalue() == b"".join(sent)
    assert _limits.Content().getvalue() == b""


def test_an_answer_that_was_read_before_is_read_again_and_one_that_was_closed_is_not() -> None:
    async def pieces(response: httpx.Response) -> bytes:
        found = _limits.async_pieces(response, _limits.Limits.of({}))
        return b"".join([piece async for piece in found])

    async def run() -> None:
        read = httpx.Response(200, content=b"abc")
        assert await pieces(read) == b"abc"
        transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Once()))
        async with httpx.AsyncClient(transport=transport) as http:
            request = http.build_request("GET", "http://a.example/")
            response = await http.send(request, stream=True)
            await response.aclose()
            with pytest.raises(ValueError, match="closed or read before"):
                await pieces(response)

    anyio.run(run)


class Once(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"abc"


SIZED = {name: Member(name) for name in ("size", "old", "n", "more")}


def in_new_fields(value: Any) -> _compat.Normalized:
    """Folds `old` into `size`; its empty text means "not given"."""

    def fold(value: Any, at: Any, log: Any) -> Any:
        known = {name: item for name, item in value.items() if (name, item) != ("old", "")}
        return {"size" if name == "old" else name: known[name] for name in known}

    return _compat.Log().run(fold, value)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {"size": "l", "n": 1}),
        ({"old": "s"}, {"size": "s", "n": 1}),
        ({"old": ""}, {"size": "l", "n": 1}),
        ({"old": "s", "more": iter([1, 2])}, {"size": "s", "n": 1, "more": [1, 2]}),
    ],
)
def test_a_default_is_sent_unless_an_older_field_says_another_value(
    given: dict[str, Any], sent: dict[str, Any]
) -> None:
    codec = Json(dict[str, Any], folding=_folding.OlderFields(in_new_fields))
    usual, older = {"size": "l", "n": 1}, {"size": ("old",)}
    operation: Operation[None] = Operation(
        "POST", "/x", arguments=SIZED, body=codec, defaults=usual, spokes=older
    )
    assert json.loads(operation.draft(given).content["content"]) == sent


def test_a_body_that_is_nested_too_deep_is_not_sent() -> None:
    class Deep(Json):
        def encode(self, value: Any, options: Any) -> dict[str, Any]:
            raise RecursionError

    operation: Operation[None] = Operation("POST", "/x", body=Deep(Any))
    with pytest.raises(ValueError, match="nested too deep to be sent"):
        operation.draft({})
