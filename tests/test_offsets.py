"""Datetimes without an offset: RFC 3339 demands one, so none is sent; those of answers stay as they were written."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from built import imported, texts

DOCUMENT = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
servers: [{url: 'https://api.example'}]
paths:
  /event:
    post:
      operationId: send
      tags: [all]
      parameters:
      - {name: since-when, in: query, schema: {type: string, format: date-time}}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}}
    put:
      operationId: replace
      tags: [all]
      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Event'}}}}}
      responses: {'204': {description: d}}
components:
  schemas:
    Event:
      type: object
      properties:
        at: {type: string, format: date-time}
        times: {type: array, items: {type: string, format: date-time}}
        inner/most: {$ref: '#/components/schemas/Event'}
        anything: {}
"""
NAIVE, AWARE = datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TOLD = "a datetime without an offset: astimezone() gives it that of this machine, replace(tzinfo=UTC) says it is UTC"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("offsets"), "client")


def called(package: Any, method: str, answer: Any = None, /, **arguments: Any) -> tuple[Any, Any]:
    """The result of a call, and its request."""
    sent: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(204) if answer is None else httpx.Response(200, json=answer)

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        result = getattr(package.Pkg(http_client=http).all, method)(**arguments)
    return result, sent[0]


def test_arguments_nested_too_deep_are_refused_before_anything_is_sent(package: Any) -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="nested too deep to be sent"):
        called(package, "send", times=value)


@pytest.mark.parametrize(
    ("method", "arguments", "places"),
    [
        ("send", {"at": NAIVE}, ["/at"]),
        ("send", {"since_when": NAIVE}, ["/since-when"]),
        ("send", {"times": [AWARE, NAIVE, "2026"]}, ["/times/1"]),
        (
            "send",
            {"inner_most": {"inner/most": {"at": NAIVE}}},
            ["/inner~1most/inner~1most/at"],
        ),
        (
            "send",
            {"at": NAIVE, "anything": [{"x": (1, NAIVE)}]},
            ["/anything/0/x/1", "/at"],
        ),
        ("replace", {"body": [{}, {"at": NAIVE}]}, ["/1/at"]),
    ],
)
def test_none_is_sent(package: Any, method: str, arguments: Any, places: list[str]) -> None:
    with pytest.raises(ValueError, match="without an offset") as caught:
        called(package, method, **arguments)
    error: Any = caught.value
    assert type(error).__name__ == "PayloadError"
    assert sorted(one.pointer for one in error.errors) == places
    assert {(one.rule, one.message) for one in error.errors} == {("timezone_aware", TOLD)}


def test_one_with_an_offset_is_sent(package: Any) -> None:
    east = AWARE.astimezone(timezone(timedelta(hours=2)))
    result, request = called(
        package,
        "send",
        {"at": "2026-01-01T00:00:00Z"},
        at=AWARE,
        times=[east],
        since_when=AWARE,
    )
    assert json.loads(request.content) == {
        "at": "2026-01-02T03:04:05Z",
        "times": ["2026-01-02T05:04:05+02:00"],
    }
    assert request.url.params["since-when"] == "2026-01-02T03:04:05Z"
    assert result.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_model_refuses_one(package: Any) -> None:
    event = package._models.Event
    with pytest.raises(ValidationError, match="without an offset") as caught:
        event(times=[NAIVE])
    assert [(one["loc"], one["type"]) for one in caught.value.errors()] == [
        (("times", 0), "timezone_aware")
    ]
    made = event(at=AWARE)
    made.at = NAIVE
    with pytest.raises(PydanticSerializationError, match="without an offset"):
        made.model_dump_json()


def test_text_is_sent_as_it_is(package: Any) -> None:
    _, request = called(package, "send", {}, at="2026-01-02T03:04:05")
    assert json.loads(request.content) == {"at": "2026-01-02T03:04:05"}


@pytest.mark.parametrize("again", [lambda value: value, copy.deepcopy, pickle.loads])
def test_one_of_an_answer_can_be_sent_back(package: Any, again: Any) -> None:
    said = {"at": "2026-01-02T03:04:05", "times": ["2026-01-02 03:04"]}
    result, _ = called(package, "send", said)
    assert result.at == NAIVE
    event = again(pickle.dumps(result.at)) if again is pickle.loads else again(result.at)
    _, request = called(package, "replace", body=[result, {"at": event}])
    assert json.loads(request.content) == [said, {"at": said["at"]}]
    with pytest.raises(ValueError, match="without an offset"):
        called(package, "send", at=event + timedelta(days=1))


SERVED = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /event:
    post:
      operationId: send
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}}
components: {schemas: {Event: {type: object, properties: {at: {type: string, format: date-time}}}}}
"""


def test_a_server_sends_none(tmp_path: Path) -> None:
    server = imported(texts(SERVED), tmp_path, "server")
    assert server._content(server.EVENT_SEND, {"at": AWARE}) == b'{"at":"2026-01-02T03:04:05Z"}'
    with pytest.raises(ValueError, match=r"^/at: a datetime without an offset"):
        server._content(server.EVENT_SEND, {"at": NAIVE})
