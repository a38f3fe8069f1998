"""What results, errors and streams lead to, once their answer is read or closed: neither to a key nor to what was sent. A
connection is a real one, since a mock has none that an answer could lead to."""

from __future__ import annotations

import copy
import gc
import pickle
import types
from collections.abc import Callable
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from built import imported, texts
from calling import ARGUMENTS, KEY, NO_CERTIFICATES, edit, styles
from misbehaving import Behaviour, Server, answer, json_answer

BODY = "b0dy-b0dy"
DOCUMENT = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /whole: {post: &whole {operationId: whole, tags: [all], requestBody: &body {content: {text/plain: {}}}, responses: {'200': {description: t, content: {application/json: {schema: {$ref: '#/components/schemas/T'}}}}}}}
  /lines: {post: {operationId: lines, tags: [all], requestBody: *body, responses: {'200': {description: l, content: {application/jsonl: {itemSchema: {type: integer}}}}}}}
  /file: {post: {operationId: file, tags: [all], requestBody: *body, responses: {'200': {description: f, content: {application/zip: {}}}}}}
components:
  schemas: {T: {type: object, properties: {n: {type: integer}}}}
  securitySchemes: {bearer: {type: http, scheme: bearer}}
security: [{bearer: []}]
"""
APART = (
    types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, types.FrameType, types.TracebackType,
)  # fmt: skip
LINES = answer("1\n2\n", headers=[("content-type", "application/jsonl")])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("kept"), "client")


def held(root: Any) -> set[str]:
    """What of the key and of the body a value leads to, but by code and by the frames of a traceback."""
    left, seen, found = [root], dict[int, Any](), set[str]()
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, APART):
            continue
        seen[id(one)] = one
        if isinstance(one, (str, bytes, bytearray)):
            text = one if isinstance(one, str) else bytes(one).decode("latin-1")
            found |= {secret for secret in (KEY, BODY) if secret in text}
        left += gc.get_referents(one)
    assert len(seen) < 100_000
    return found


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        return error


def called(client: ModuleType, style: str, method: str, does: Any, behaviour: Behaviour) -> Any:
    """What a call gives, or what is done to it gives, after its client was closed."""
    with Server((behaviour,)) as server:
        settings = {"api_key": KEY, "base_url": server.url, "max_retries": 0}
        if style == "sync":
            with httpx.Client(verify=NO_CERTIFICATES) as http:
                all_of = client.Pkg(http_client=http, **settings).all
                return outcome(lambda: does(getattr(all_of, method)(body=BODY)))

        async def run() -> Any:
            async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
                all_of = client.AsyncPkg(http_client=http, **settings).all
                try:
                    return await does(await getattr(all_of, method)(body=BODY))
                except Exception as error:
                    return error

        found = anyio.run(run, backend=style)
    assert server.requests[0].body == BODY.encode()
    return found


def of(style: str, sync: Callable[[Any], Any], other: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return sync if style == "sync" else other


async def itself(found: Any) -> Any:
    return found


async def every(found: Any) -> Any:
    return found, [one async for one in found]


async def first(found: Any) -> Any:
    async for _ in found:
        break
    await found.close()
    return found


def first_of(found: Any) -> Any:
    next(iter(found))
    found.close()
    return found


async def closed(found: Any) -> Any:
    await found.close()
    return found


ANSWERS = {
    "result": json_answer({"n": 1}),
    "error": json_answer({}, 400),
    "redirect": answer("", 307, [("location", "/elsewhere")]),
    "no result": json_answer([]),
    "cut off": answer("{", headers=[("content-type", "application/json")], length=50),
}


@pytest.mark.parametrize("what", ANSWERS)
@styles
def test_an_answer_keeps_nothing_of_its_request(client: ModuleType, style: str, what: str) -> None:
    does = of(style, lambda found: found, itself)
    found = called(client, style, "whole", does, ANSWERS[what])
    assert isinstance(found, Exception) is (what != "result")
    response = getattr(found, "response", None) or found._response
    assert response.status_code in {200, 307, 400}
    assert held(found) == held(response) == held(copy.copy(found)) == set()
    assert held(pickle.loads(pickle.dumps(response))) == set()


STREAMS = {
    "lines to the end": ("lines", lambda found: (found, list(found)), every, LINES),
    "some lines": ("lines", first_of, first, LINES),
    "no lines": ("lines", lambda found: found.close() or found, closed, LINES),
    "a wrong line": ("lines", list, every, answer("x\n", headers=[("content-type", "application/jsonl")])),
    "lines cut off": ("lines", list, every, answer("1\n", headers=[("content-type", "application/jsonl")], length=9)),
    "a file": ("file_stream", lambda found: (found, list(found)), every, answer("zip")),
    "a file cut off": ("file_stream", list, every, answer("zip", length=9)),
    "no stream": ("lines", list, every, json_answer({}, 500)),
}  # fmt: skip


@pytest.mark.parametrize("what", STREAMS)
@styles
def test_a_stream_keeps_nothing_of_its_request(client: ModuleType, style: str, what: str) -> None:
    method, sync, other, behaviour = STREAMS[what]
    found = called(client, style, method, of(style, sync, other), behaviour)
    assert isinstance(found, Exception) is (
        what[-3:] == "off" or what in {"a wrong line", "no stream"}
    )
    assert held(found) == set()


@styles
def test_a_result_of_the_shipped_client_keeps_nothing(style: str) -> None:
    with Server((json_answer({"data": []}),)) as server:
        found = edit(style, server.url, ARGUMENTS | {"prompt": BODY})
    assert BODY in str(server.requests[0].body)
    assert found._response is not None
    assert held(found) == set()


def test_what_is_not_read_yet_leads_to_its_connection(client: ModuleType) -> None:
    """So `held` sees what it is to see."""
    found = called(client, "sync", "lines", lambda found: (found, held(found)), LINES)
    assert found[1] == {KEY, BODY}
    found[0].close()
    assert held(found[0]) == set()
