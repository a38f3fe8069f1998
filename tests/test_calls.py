"""Calls of generated clients, sync and async, against a server on loopback.

A case in `golden/<feature>/calls.json` is a call with its arguments, the request that has to arrive (its target as it
is on the wire) and what is answered; then the `result`, the `items` of a stream, or what it `raises`; `headers` are
what a class of them reads from the answer, None where it refuses them. `$bytes`, `$date` and so on (`VALUES`) and
`$file` (name, content, media type, headers) stand for what JSON has no values for, `$url` in settings for the server's
address. The server answers for all http addresses, as a proxy. A call that is made several `times` has `requests`, each
a target or as much of a request as matters.
"""

from __future__ import annotations

import email
import email.policy
import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import anyio
import httpx
import pytest

from built import imported
from calling import NO_CERTIFICATES
from goldens import GOLDEN, texts
from misbehaving import Behaviour, Received, Server, answer

FEATURES = sorted(path.parent.name for path in GOLDEN.glob("*/calls.json"))


def cases() -> Iterator[Any]:
    for feature in FEATURES:
        found = json.loads((GOLDEN / feature / "calls.json").read_text("utf-8"))
        for index, case in enumerate(found):
            for style in ("sync", "asyncio", "trio"):
                yield pytest.param(feature, case, style, id=f"{feature}-{index}-{style}")


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("calls")

    @cache
    def load(feature: str) -> ModuleType:
        return imported(texts(feature), directory, "client")

    return load


# trio tells of generators inside httpx that are left when a stream is given up half read.
@pytest.mark.filterwarnings(
    "ignore:Async generator 'httpx", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize(("feature", "case", "style"), list(cases()))
def test_call(
    clients: Any, feature: str, case: dict[str, Any], style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = clients(feature)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    script = tuple(map(answered, case.get("responses", [case.get("response", {})])))
    with Server(script) as server:
        monkeypatch.setenv("http_proxy", server.url)
        items: list[Any] = []
        answers: list[httpx.Response] = []
        told = (
            pytest.warns(DeprecationWarning, match="is deprecated")
            if case.get("warns")
            else nullcontext()
        )
        try:
            with told:
                found = made(client, case, style, server.url, items, answers.append)
        except Exception as error:
            assert type(error).__name__ == case.get("raises"), error
            if "value" in case:
                raised: Any = error
                answers.append(raised.response)
                assert same(raised.value, case["value"], case.get("class"))
        else:
            assert "raises" not in case
            assert "items" in case or same(found, case["result"], case.get("class"))
        assert items == valued(case.get("items", []))
        wanted = [case["request"]] if "request" in case else case.get("requests", [])
        for request, expected in zip(server.requests, wanted, strict=True):
            arrived(request, {"target": expected} if isinstance(expected, str) else expected)
        for name, values in case.get("headers", {}).items():
            assert headers(client, name, answers[0]) == values


def headers(client: Any, name: str, response: httpx.Response) -> Any:
    kind = getattr(importlib.import_module(f"{client.__package__}.models"), name)
    try:
        return dumped(kind.from_response(response))
    except ValueError:
        return None


def answered(said: dict[str, Any]) -> Behaviour:
    headers = said.get("headers", {}).items()
    return answer(said.get("body", ""), said.get("status", 200), headers)


def made(
    client: Any,
    case: dict[str, Any],
    style: str,
    url: str,
    items: list[Any],
    tell: Callable[[httpx.Response], None],
) -> Any:
    own = json.loads(json.dumps(case.get("settings", {})).replace("$url", url))
    settings = {"base_url": url, "max_retries": 0, "on_response": tell, **valued(own)}
    resource, method = case["call"].split(".")
    before = range(1, case.get("times", 1))

    def of(client: Any) -> Callable[[], Any]:
        return partial(getattr(getattr(client, resource), method), **valued(case["arguments"]))

    if style == "sync":
        with httpx.Client(verify=NO_CERTIFICATES) as http:
            call = of(client.Pkg(http_client=http, **settings))
            for _ in before:
                call()
            found = call()
            if "items" in case:
                items += (dumped(item) for item in found)
            return found

    async def run() -> Any:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            call = of(client.AsyncPkg(http_client=http, **settings))
            for _ in before:
                await call()
            called = call()
            assert inspect.iscoroutine(called) or "items" in case
            found = await called if inspect.iscoroutine(called) else called
            if "items" in case:
                async for item in found:
                    items.append(dumped(item))
            return found

    return anyio.run(run, backend=style)


VALUES: dict[str, Callable[[Any], Any]] = {
    "$bytes": str.encode,
    "$tuple": tuple,
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$seconds": lambda seconds: timedelta(seconds=seconds),
    "$decimal": Decimal,
    "$uuid": UUID,
}


def valued(value: Any) -> Any:
    """A JSON value with what stands for other values in their place."""
    if isinstance(value, list):
        return [valued(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$file" in value:
        name, content, *rest = value["$file"]
        return name, content.encode(), *rest
    for key, made_of in VALUES.items():
        if key in value:
            return made_of(value[key])
    return {key: valued(item) for key, item in value.items()}


def dumped(value: Any) -> Any:
    return (
        value.model_dump(mode="json", exclude_unset=True) if hasattr(value, "model_dump") else value
    )


def same(found: Any, expected: Any, class_name: str | None) -> bool:
    return dumped(found) == valued(expected) and class_name in {None, type(found).__name__}


def arrived(request: Received, expected: dict[str, Any]) -> None:
    assert (request.method, request.target) == (
        expected.get("method", request.method),
        expected["target"],
    )
    for name, value in expected.get("headers", {}).items():
        assert request.headers.get(name) == value
    if "json" in expected:
        assert request.json == expected["json"]
    if "body" in expected:
        assert request.body.decode() == expected["body"]
    if "parts" in expected:
        assert list(parts(request)) == expected["parts"]


def parts(request: Received) -> Iterator[dict[str, Any]]:
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    message: Any = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    for part in message.iter_parts():
        told = part.get("content-disposition").params
        found = {
            "name": told["name"],
            "filename": told.get("filename"),
            "type": part.get_content_type(),
        }
        found["x-part"] = part.get("x-part")
        content = part.get_payload(decode=True).decode()
        yield {key: value for key, value in {**found, "body": content}.items() if value is not None}


def test_clients_of_all_kinds_are_strictly_typed(tmp_path: Path, mypy_cache: str) -> None:
    for feature in FEATURES:
        files = texts(feature, feature)
        place = tmp_path / feature
        place.mkdir()
        for name, text in files.items():
            if name.endswith((".py", ".typed")):
                place.joinpath(name).write_text(text, "utf-8")
    packages = [part for feature in FEATURES for part in ("-p", feature)]
    options = ("--config-file=", "--strict", "--no-error-summary", "--cache-dir", mypy_cache)
    command = [sys.executable, "-m", "mypy", *options, *packages]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "", done.stdout
    assert done.returncode == 0
