"""The generated server of another document: no security, several operations, names that are no identifiers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

import built
from serving import JSON, App, ask

pytestmark = pytest.mark.shipped

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
        "named": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Named"}},
    },
}
NAMED = {
    "type": "object",
    "properties": {
        "size": {"type": "integer"},
        "color": {"type": "string"},
        "colour": {"type": "string", "x-compat": {"into": "/color"}},
    },
}
ANSWER = {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}


def operation(name: str, **members: Any) -> Any:
    def content(schema: str) -> Any:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    answers = {"200": {"description": "Done.", "content": content("Answer")}}
    return {
        "operationId": name,
        "requestBody": {"required": True, "content": content("Thing")},
        "responses": answers,
        **members,
    }


DOCUMENT = {
    **built.HEAD,
    "paths": {
        "/things": {"post": operation("makeThing"), "put": operation("changeThing")},
        "/things/parts": {"delete": operation("mendThing", tags=["parts"])},
    },
    "components": {"schemas": {"Thing": THING, "Named": NAMED, "Answer": ANSWER}},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    server = built.imported(built.texts(DOCUMENT), tmp_path_factory.mktemp("other"), "server")

    def answering(name: str) -> Any:
        async def answer(request: Any, context: Any) -> Any:
            assert context.identity is None
            return {"ok": True, "by": name, "parts": request.parts}

        return answer

    names = ("make_thing", "change_thing", "mend_thing")
    app: App = server.create_app(SimpleNamespace(**{name: answering(name) for name in names}))
    return app


def send(app: App, payload: Any, method: str = "POST", path: str = "/things") -> Any:
    return ask(app, json.dumps(payload), JSON, method=method, path=path, plain=True)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/things", "make_thing"),
        ("PUT", "/things", "change_thing"),
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


@pytest.mark.parametrize("key", ["😀", "\x01", "~", "/1"])
@pytest.mark.parametrize("inner", [{"size": "x"}, {"color": "a", "colour": "b"}])
def test_a_long_place_is_not_told_as_a_whole(app: App, key: str, inner: Any) -> None:
    """Neither in bytes that a caller multiplies by asking, nor in memory."""
    told = send(app, {"parts": [], "named": {key * 50_000: inner}})
    error = told.json()["error"]
    assert told.status_code == 400
    assert len(told.content) < 20_000
    assert (error["param"][:6], error["param"][-1]) == ("named.", "…")
    assert error["message"].startswith(f"{error['param']}: ")
    assert len(error["param"]) <= 1_001


def test_a_body_may_be_left_out_only_where_the_document_says_so(app: App) -> None:
    assert ask(app, b"", method="DELETE", path="/things/parts", plain=True).status_code == 415


def test_what_is_not_there_is_refused(app: App) -> None:
    assert send(app, {}, path="/").status_code == 404
    told = send(app, {}, "PATCH", "/things/parts")
    assert (told.status_code, told.headers["allow"]) == (405, "DELETE")


# Media types, statuses, and bodies that are left out

KINDS = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /own:
    post:
      operationId: own
      requestBody: {required: true, content: {application/vnd.x+json;v=1: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {'201': {description: made, content: {application/hal+json: {schema: {$ref: '#/components/schemas/A'}}}}}
  /any:
    post:
      operationId: any
      requestBody: {required: true, content: {application/*: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {2XX: {description: done, content: {application/*: {schema: {$ref: '#/components/schemas/A'}}}}}
  /several:
    post:
      operationId: several
      requestBody:
        required: true
        content:
          Text/JSON; charset=utf-8: {schema: {$ref: '#/components/schemas/A'}}
          application/xml: {schema: {$ref: '#/components/schemas/A'}}
          application/vnd.*+json: {schema: {$ref: '#/components/schemas/A'}}
          application/json: {schema: {$ref: '#/components/schemas/A'}}
      responses: {'200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
  /all:
    post:
      operationId: all
      requestBody: {required: true, content: {'*/*': {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {'200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
  /optional:
    post:
      operationId: optional
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {default: {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  schemas:
    A: {type: object, required: [a], properties: {a: {type: integer}, b: {type: integer, x-compat: {into: /a}}}}
"""


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> App:
    server = built.imported(built.texts(KINDS), tmp_path_factory.mktemp("kinds"), "server")

    async def answer(request: Any, context: Any) -> Any:
        return {"a": 0 if request is None else request.a}

    names = ("own", "any", "several", "all", "optional")
    app: App = server.create_app(SimpleNamespace(**dict.fromkeys(names, answer)))
    return app


def of_kind(app: App, path: str, kind: str | None, body: bytes = b'{"b": 1}') -> tuple[Any, ...]:
    headers = {"content-type": kind} if kind else {}
    told = ask(app, body, headers, path=path, plain=True)
    return told.status_code, told.headers["content-type"], told.json().get("a")


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/own", "application/vnd.x+json", 201),
        ("/own", "Application/VND.x+json; v=1", 201),
        ("/own", "application/json", 415),
        ("/own", None, 415),
        ("/any", "application/vnd.y+json", 200),
        ("/any", "application/json", 200),
        ("/any", "text/json", 415),
        ("/any", "application/xml", 415),
        ("/several", "application/json", 200),
        ("/several", "text/json", 200),
        ("/several", "application/vnd.y+json", 200),
        ("/several", "application/vnd.y", 415),
        ("/several", "application/y+json", 415),
        ("/several", "application/xml", 415),
        ("/all", "text/json", 200),
        ("/all", "text/plain", 415),
        ("/optional", "application/json", 200),
        ("/optional", "text/plain", 415),
        ("/optional", None, 415),
    ],
)
def test_a_body_is_of_the_declared_media_type(
    kinds: App, path: str, kind: str | None, status: int
) -> None:
    told = "application/hal+json" if status == 201 else "application/json"
    assert of_kind(kinds, path, kind) == (status, told, None if status == 415 else 1)


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain"])
def test_a_body_that_is_left_out_is_none(kinds: App, kind: str | None) -> None:
    assert of_kind(kinds, "/optional", kind, b"") == (200, "application/json", 0)
    assert of_kind(kinds, "/own", kind, b"")[0] == 415


def test_an_empty_body_is_no_body_that_is_left_out(kinds: App) -> None:
    assert of_kind(kinds, "/own", "application/vnd.x+json", b"")[0] == 400
    assert of_kind(kinds, "/optional", "application/json", b" ")[0] == 400
    assert of_kind(kinds, "/optional", "application/json", b"null")[0] == 400


def test_the_handler_is_typed_as_a_body_may_be() -> None:
    server = built.texts(KINDS)["server.py"]
    assert server.count("self, request: _models.A | None, context: Context") == 1
    assert server.count("self, request: _models.A, context: Context") == 4
