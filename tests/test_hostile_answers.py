"""Whatever a server says, a call ends as a result or as the error that is documented: nothing else is raised, no error
holds a key or what a terminal would obey."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import os
import pickle
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

import goldens
from built import imported, texts
from hostile_answers import CREDENTIALS, DOCUMENT, KEY, SECRET, answer, token
from test_calls import valued

# The HTTP clients of these tests keep cookies, and the jar warns of those whose age is beyond reason.
pytestmark = pytest.mark.filterwarnings("ignore:http.cookiejar bug")
METHODS = (
    *(
        "all.thing",
        "all.text",
        "all.anything",
        "all.file",
        "all.file_stream",
        "all.form",
        "all.events",
        "all.objects",
        "all.lines",
    ),
    *("cursors.list_pages", "links.list_pages"),
)
MOST_ITEMS = 3


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("hostile"), "client")


def server(chance: random.Random) -> Callable[[httpx.Request], httpx.Response]:
    def say(request: httpx.Request) -> httpx.Response:
        is_token = request.url.host == "tokens.example"
        return token() if is_token and chance.random() < 0.9 else answer(chance)

    return say


def some(items: Iterator[Any]) -> list[Any]:
    return [item for item, _ in zip(items, range(MOST_ITEMS), strict=False)]


def called(client: ModuleType, method: str, chance: random.Random, **settings: Any) -> Any:
    resource, name = method.split(".")
    with httpx.Client(transport=httpx.MockTransport(server(chance))) as http:
        own = client.Pkg(http_client=http, **settings)
        found = getattr(getattr(own, resource), name)(**({"id": "1"} if name == "thing" else {}))
        return (
            some(iter(found))
            if name != "thing"
            and hasattr(found, "__iter__")
            and not isinstance(found, (str, bytes, dict))
            else found
        )


def awaited(client: ModuleType, method: str, chance: random.Random, **settings: Any) -> Any:
    resource, name = method.split(".")

    async def run() -> Any:
        async with httpx.AsyncClient(transport=httpx.MockTransport(server(chance))) as http:
            own = client.AsyncPkg(http_client=http, **settings)
            found = getattr(getattr(own, resource), name)(
                **({"id": "1"} if name == "thing" else {})
            )
            found = await found if asyncio.iscoroutine(found) else found
            if not hasattr(found, "__aiter__"):
                return found
            items = []
            async for item in found:
                items.append(item)
                if len(items) == MOST_ITEMS:
                    break
            return items

    return asyncio.run(run())


def hold(client: ModuleType, seed: int) -> None:
    """One call, sync and async, that a seed makes."""
    errors: Any = importlib.import_module(f"{client.__package__}._errors")
    models: Any = importlib.import_module(f"{client.__package__}.models")
    method = METHODS[seed % len(METHODS)]
    told: list[httpx.Response] = []
    settings = {
        "base_url": "https://api.example",
        "credentials": CREDENTIALS,
        "max_retries": 0,
        "on_response": told.append,
    }
    outcomes = []
    for call in (called, awaited):
        try:
            found = call(client, method, random.Random(seed), **settings)
            outcomes.append(repr(found)[:300])
            shown = pickle.dumps(found)
        except errors.APIError as error:
            outcomes.append(f"{type(error).__name__}: {error}")
            assert str(error).isprintable()
            assert error.message.isprintable()
            shown = pickle.dumps(error)
            told += [error.response] if error.response is not None else []
        assert SECRET.encode() not in shown
        assert KEY.encode() not in shown
    assert outcomes[0] == outcomes[1]
    for response in told:
        assert not {"authorization", "cookie"} & set(response.request.headers)
        if method == "all.thing":
            with contextlib.suppress(ValueError):
                models.ThingHeaders.from_response(response)


def test_every_answer_ends_as_documented(
    client: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for seed in range(660):
        hold(client, seed)
    assert "key=***" in caplog.text
    assert KEY not in caplog.text


GOLDENS = (
    "downloads",
    "formats_sent",
    "pages",
    "response_headers",
    "responses",
    "security",
    "servers",
    "streams",
    "streams_32",
    "streams_of_events",
)


@pytest.mark.parametrize("feature", GOLDENS)
def test_every_answer_to_a_golden_case_ends_as_documented(feature: str, tmp_path: Path) -> None:
    made = imported(goldens.texts(feature), tmp_path, "client")
    errors: Any = importlib.import_module(f"{made.__package__}._errors")
    for number, case in enumerate(
        json.loads((goldens.GOLDEN / feature / "calls.json").read_text("utf-8"))
    ):
        own = json.loads(
            json.dumps(case.get("settings", {})).replace("$url", "https://api.example")
        )
        settings = {"base_url": "https://api.example", "max_retries": 0, **valued(own)}
        resource, method = case["call"].split(".")
        for seed in range(0 if "Error" in case.get("raises", "") else 6):
            chance = random.Random(f"{number} {seed}")
            with httpx.Client(
                transport=httpx.MockTransport(lambda _, chance=chance: answer(chance))
            ) as http:
                call = getattr(getattr(made.Pkg(http_client=http, **settings), resource), method)
                try:
                    found = call(**valued(case["arguments"]))
                    some(iter(found)) if "items" in case else found
                except errors.APIError as error:
                    assert str(error).isprintable()


@pytest.mark.soak
def test_every_answer_ends_as_documented_at_length(client: ModuleType) -> None:
    for seed in range(1000, 1000 + int(os.environ.get("SPECLENS_SOAK", "20000"))):
        hold(client, seed)
