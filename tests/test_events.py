"""What an `itemSchema` of server-sent events is taken for, and what becomes of its parts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from built import texts


def client(item: Any, **schemas: Any) -> tuple[str, str]:
    """The operation and the models of a document that answers with such events."""
    document = with_content({"text/event-stream": {"itemSchema": item}})
    files = texts(json.dumps({**document, "components": {"schemas": schemas}}))
    return files["client.py"], files["models.py"]


def with_content(content: Any) -> dict[str, Any]:
    operation = {
        "operationId": "listNews",
        "responses": {"200": {"description": "", "content": content}},
    }
    return {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.example"}],
        "paths": {"/news": {"get": operation}},
    }


HELD = {
    "type": "string",
    "contentMediaType": "application/json",
    "contentSchema": {"type": "integer"},
}


@pytest.mark.parametrize(
    ("item", "codec"),
    [
        ({"properties": {"data": {"type": "string"}}}, "EventObjects("),
        ({"properties": {"data": {}}}, "EventObjects("),
        ({"properties": {"event": {"type": "string"}}}, "EventObjects("),
        ({"anyOf": [True, {"properties": {"data": HELD}}]}, "EventObjects("),
        ({"properties": {"data": {"type": "object"}, "event": {}}}, " Events("),
        ({"properties": {"id": {"type": "string"}}}, " Events("),
        ({"properties": []}, " Events("),
        (True, " Events("),
    ],
)
def test_events_or_what_they_hold(item: Any, codec: str) -> None:
    assert codec in client(item)[0]


def test_what_a_component_refers_to_stays_as_it_is() -> None:
    event = {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}}
    kind = {"$ref": "#/components/schemas/Event", "properties": {"data": HELD}}
    models = client(kind, Event=event)[1]
    assert "class Event(Model):\n    data: str\n" in models
    assert "class ListNewsResponseEvent(Model):\n    data: Integer\n" in models


def test_kinds_that_hold_something_beside_those_that_do_not() -> None:
    number = {
        "allOf": [{"properties": {"event": {"const": "n"}}}, {"properties": {"data": HELD}}, True]
    }
    item = {
        "type": "object",
        "properties": {"data": {"type": "string"}},
        "oneOf": [number, {"properties": {"event": {"const": "t"}}}],
    }
    models = client(item)[1]
    assert "data: Maybe[Integer]" in models
    assert "data: Maybe[str]" in models


def test_events_that_are_made_of_themselves() -> None:
    event = {
        "type": "object",
        "properties": {"data": HELD},
        "anyOf": [{"$ref": "#/components/schemas/Event"}, True],
    }
    assert "EventObjects(" in client({"$ref": "#/components/schemas/Event"}, Event=event)[0]


@pytest.mark.parametrize("keyword", ["allOf", "oneOf"])
def test_chains_that_meet_again_and_again(keyword: str) -> None:
    chain = {
        f"S{index}": {keyword: [{"$ref": f"#/components/schemas/S{index + 1}"}] * 2}
        for index in range(40)
    }
    last = {"type": "object", "properties": {"data": HELD}}
    assert "EventObjects(" in client({"$ref": "#/components/schemas/S0"}, **chain, S40=last)[0]


def test_a_document_cannot_say_that_something_is_an_event() -> None:
    content = {"application/json": {"schema": {"type": "object"}, "x-speclens-event-fields": True}}
    made = texts(json.dumps(with_content(content)))["client.py"]
    assert "EventObjects" not in made
