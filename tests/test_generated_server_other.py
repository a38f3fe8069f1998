"""The generated server of another document: no security, several operations, names that are no identifiers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

import built
from serving import JSON, App, ask

ODD = 'a/b~c "d"\\é'
THING = {
    "type": "object",
    "required": ["parts"],
    "properties": {
        "parts": {"type": "array", "items": {"type": "integer"}},
        ODD: {"type": "integer", "x-compat": {"into": "/parts", "to": ["$"]}},
        "Part-Numbers": {
            "type": "array",
            "items": {"type": "integer"},
            "x-compat": {"into": "/parts"},
        },
    },
}
ANSWER = {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}


def operation(name: str, **members: Any) -> Any:
    def content(schema: str) -> Any:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    answers = {"200": {"description": "Done.", "content": content("Answer")}}
    return {
        "operationId": name,
        "requestBody": {"content": content("Thing")},
        "responses": answers,
        **members,
    }


DOCUMENT = {
    **built.HEAD,
    "paths": {
        "/things": {"post": operation("makeThing"), "put": operation("putThing")},
        "/things/parts": {"delete": operation("mendThing", tags=["parts"])},
    },
    "components": {"schemas": {"Thing": THING, "Answer": ANSWER}},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    server = built.imported(built.texts(DOCUMENT), tmp_path_factory.mktemp("other"), "server")

    def answering(name: str) -> Any:
        async def answer(request: Any, context: Any) -> Any:
            assert context.identity is None
            return {"ok": True, "by": name, "parts": request.parts}

        return answer

    names = ("make_thing", "put_thing", "mend_thing")
    app: App = server.create_app(SimpleNamespace(**{name: answering(name) for name in names}))
    return app


def send(app: App, payload: Any, method: str = "POST", path: str = "/things") -> Any:
    return ask(app, json.dumps(payload), JSON, method=method, path=path, plain=True)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/things", "make_thing"),
        ("PUT", "/things", "put_thing"),
        ("DELETE", "/things/parts", "mend_thing"),
    ],
)
def test_each_operation_has_its_handler_and_needs_no_key(
    app: App, method: str, path: str, name: str
) -> None:
    told = send(app, {"parts": [1]}, method, path)
    assert (told.status_code, told.json()) == (200, {"ok": True, "by": name, "parts": [1]})


def test_an_odd_name_does_not_break_the_header(app: App) -> None:
    told = send(app, {ODD: 1})
    assert told.json()["parts"] == [1]
    assert told.headers["compat-rewrites"] == '"/a~1b~0c%20%22d%22%5C%C3%A9";to="/parts"'


@pytest.mark.parametrize(
    ("payload", "param"),
    [
        ({ODD: "x"}, ODD),
        ({"Part-Numbers": [1, "x"]}, "Part-Numbers[1]"),
        ({"parts": [None]}, "parts[0]"),
        ([], None),
    ],
)
def test_a_place_is_told_as_it_was_sent(app: App, payload: Any, param: str | None) -> None:
    told = send(app, payload)
    assert (told.status_code, told.json()["error"]["param"]) == (400, param)
    assert told.json()["error"]["message"].startswith(f"{param or 'The body'}: ")


def test_what_is_not_there_is_refused(app: App) -> None:
    assert send(app, {}, path="/").status_code == 404
    told = send(app, {}, "PATCH", "/things/parts")
    assert (told.status_code, told.headers["allow"]) == (405, "DELETE")
