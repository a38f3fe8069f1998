"""Calls of generated clients, sync and async, against a server on loopback.

A case in `golden/<feature>/calls.json` is a call with its arguments, the request that has to arrive (its target as it
is on the wire) and what is answered; then the `result`, the `items` of a stream, or what it `raises`. `$bytes`,
`$tuple` and `$file` (name, content, media type, headers) stand for what JSON has no values for,
`$url` in settings for the server's address.
"""

from __future__ import annotations

import email
import email.policy
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

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
def test_call(clients: Any, feature: str, case: dict[str, Any], style: str) -> None:
    client = clients(feature)
    script = tuple(map(answered, case.get("responses", [case.get("response", {})])))
    with Server(script) as server:
        items: list[Any] = []
        told = (
            pytest.warns(DeprecationWarning, match="is deprecated")
            if case.get("warns")
            else nullcontext()
        )
        try:
            with told:
                found = made(client, case, style, server.url, items)
        except Exception as error:
            assert type(error).__name__ == case.get("raises"), error
            if "value" in case:
                raised: Any = error
                assert same(raised.value, case["value"], case.get("class"))
        else:
            assert "raises" not in case
            assert "items" in case or same(found, case["result"], case.get("class"))
        assert items == case.get("items", [])
        if "request" in case:
            (request,) = server.requests
            arrived(request, case["request"])
        else:
            assert [one.target for one in server.requests] == case.get("requests", [])


def answered(said: dict[str, Any]) -> Behaviour:
    headers = said.get("headers", {}).items()
    return answer(said.get("body", ""), said.get("status", 200), headers)


def made(client: Any, case: dict[str, Any], style: str, url: str, items: list[Any]) -> Any:
    own = json.loads(json.dumps(case.get("settings", {})).replace("$url", url))
    settings = {"base_url": url, "max_retries": 0, **valued(own)}
    arguments = valued(case["arguments"])
    resource, method = case["call"].split(".")
    if style == "sync":
        with httpx.Client(verify=NO_CERTIFICATES) as http:
            called = getattr(getattr(client.Pkg(http_client=http, **settings), resource), method)
            found = called(**arguments)
            if "items" in case:
                items += (dumped(item) for item in found)
            return found

    async def run() -> Any:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            own = client.AsyncPkg(http_client=http, **settings)
            called = getattr(getattr(own, resource), method)(**arguments)
            assert inspect.iscoroutine(called) or "requests" in case
            found = await called if inspect.iscoroutine(called) else called
            if "items" in case:
                async for item in found:
                    items.append(dumped(item))
            return found

    return anyio.run(run, backend=style)


def valued(value: Any) -> Any:
    """A JSON value with what stands for other values in their place."""
    if isinstance(value, list):
        return [valued(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$bytes" in value:
        return value["$bytes"].encode()
    if "$tuple" in value:
        return tuple(value["$tuple"])
    if "$file" in value:
        name, content, *rest = value["$file"]
        return name, content.encode(), *rest
    return {key: valued(item) for key, item in value.items()}


def dumped(value: Any) -> Any:
    return (
        value.model_dump(mode="json", exclude_unset=True) if hasattr(value, "model_dump") else value
    )


def same(found: Any, expected: Any, class_name: str | None) -> bool:
    return dumped(found) == valued(expected) and class_name in {None, type(found).__name__}


def arrived(request: Received, expected: dict[str, Any]) -> None:
    assert (request.method, request.target) == (expected["method"], expected["target"])
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


def test_clients_of_all_kinds_are_strictly_typed(tmp_path: Path) -> None:
    for feature in FEATURES:
        files = texts(feature, feature)
        place = tmp_path / feature
        place.mkdir()
        for name, text in files.items():
            if name.endswith((".py", ".typed")):
                place.joinpath(name).write_text(text, "utf-8")
    packages = [part for feature in FEATURES for part in ("-p", feature)]
    options = (
        "--config-file=",
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        str(tmp_path / "cache"),
    )
    command = [sys.executable, "-m", "mypy", *options, *packages]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "", done.stdout
    assert done.returncode == 0
