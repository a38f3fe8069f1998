"""What an `itemSchema` of server-sent events is taken for, and what becomes of its parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from built import imported, problems, texts


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


PAINT = {
    "type": "object",
    "properties": {
        "color": {"type": "string"},
        "colour": {"type": "string", "x-compat": {"into": "/color"}},
    },
}
SENT = b'id: 7\n: a comment\nevent: e\ndata: {"colour": "red"}\nretry: 3\n\nevent: end\ndata: [DONE]\n\n'


@pytest.mark.parametrize(
    ("media", "first"),
    [
        (
            {"schema": PAINT},
            b'id: 7\n: a comment\nevent: e\nretry: 3\ndata: {"color":"red"}\n\n',
        ),
        (
            {"itemSchema": {"properties": {"event": {}, "data": {**HELD, "contentSchema": PAINT}}}},
            b': a comment\nid: 7\nevent: e\ndata: {"color": "red"}\nretry: 3\n\n',
        ),
    ],
    ids=["data", "events"],
)
def test_bytes_keep_what_is_not_folded(media: Any, first: bytes, tmp_path: Path) -> None:
    operation = {
        "operationId": "tell",
        "tags": ["news"],
        "requestBody": {"required": True, "content": {"text/event-stream": media}},
        "responses": {"204": {"description": ""}},
    }
    document = {**with_content({}), "paths": {"/news": {"post": operation}}}
    package = imported(texts(json.dumps(document)), tmp_path, "client")
    sent: list[bytes] = []

    def receive(request: httpx.Request) -> httpx.Response:
        sent.append(request.read())
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(receive)) as http:
        package.Pkg(http_client=http).news.tell(body=SENT)
    if "itemSchema" in media:
        for field in ("event", "id"):
            with pytest.raises(ValueError, match=f"/{field}: must be one line"):
                package.Pkg().news.tell(body=[{field: "a\nb", "data": {"color": "a"}}])
    assert sent == [first + b"event: end\ndata: [DONE]\n\n"]


@pytest.mark.parametrize(
    ("schema", "got"),
    [
        ({"type": "string"}, ["a\nb", '"c"']),
        ({"type": "string", "maxLength": 9}, ["a\nb", '"c"']),
        ({"enum": ["a\nb", "c"]}, None),
    ],
)
def test_data_that_is_text_is_not_read_as_json(schema: Any, got: Any, tmp_path: Path) -> None:
    document = with_content({"text/event-stream": {"schema": schema}})
    package = imported(texts(json.dumps(document)), tmp_path, "client")
    content = b'data: a\ndata: b\n\ndata: "c"\n\n'
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content)
    with httpx.Client(transport=httpx.MockTransport(lambda request: answer)) as http:
        items = iter(package.Pkg(http_client=http).news.list())
        if got:
            assert list(items) == got
        else:
            assert next(items) == "a\nb"
            with pytest.raises(Exception, match="not an item of"):
                next(items)


@pytest.mark.parametrize("name", ["text/event-stream; charset=utf-8", "Text/Event-Stream"])
def test_the_media_type_of_events_may_have_parameters(name: str, tmp_path: Path) -> None:
    item = {"type": "object", "properties": {"event": {"type": "string"}, "id": {"type": "string", "x-compat": {"into": "/event"}}, "data": HELD}}  # fmt: skip
    files = texts(json.dumps(with_content({name: {"itemSchema": item}})))
    assert "class NewsEvent(" in files["models.py"] or "Event(Model)" in files["models.py"]
    package = imported(files, tmp_path, "client")
    content = b"id: done\ndata: 7\n\n"
    answer = httpx.Response(200, headers={"content-type": name}, content=content)
    with httpx.Client(transport=httpx.MockTransport(lambda request: answer)) as http:
        (event,) = package.Pkg(http_client=http).news.list()
    assert (event.event, event.data) == ("done", 7)


def test_operations_that_refer_to_one_schema_share_a_model() -> None:
    """A copy for each operation made the time grow with operations times kinds of events, squared."""
    document = with_content(
        {"text/event-stream": {"itemSchema": {"$ref": "#/components/schemas/E"}}}
    )
    (operation,) = document["paths"].values()
    paths = {f"/{n}": {"get": {**operation["get"], "operationId": f"list{n}"}} for n in "ab"}
    event = {
        "type": "object",
        "properties": {"event": {}, "data": {**HELD, "contentSchema": PAINT}},
    }
    schemas = {"components": {"schemas": {"E": event}}}
    files = texts(json.dumps({**document, "paths": paths, **schemas}))
    assert files["models.py"].count("data: Maybe[EEventData]") == 1
    assert files["client.py"].count("_models.EEvent,") == 2
    assert files["normalizers.py"].count("def normalize_") == 1


def test_what_data_holds_in_text_again_is_not_folded() -> None:
    inner = {**HELD, "contentSchema": {**HELD, "contentSchema": PAINT}}
    item = {"type": "object", "properties": {"event": {}, "data": inner}}
    document = with_content({"text/event-stream": {"itemSchema": item}})
    (found,) = problems(json.dumps(document))
    assert found.rule == "compat/unsupported-keyword"
    assert "contentSchema" in found.message


def test_data_in_base64_is_text(tmp_path: Path) -> None:
    item = {"properties": {"event": {}, "data": {**HELD, "contentEncoding": "base64"}}}
    assert "data: Maybe[str]" in client(item)[1]
