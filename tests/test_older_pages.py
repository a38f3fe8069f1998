"""Pages of calls that are given older arguments: each page is asked for in canonical form, as the first one was."""

from __future__ import annotations

import warnings
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from built import imported, texts
from calling import styles

ITEMS = "results: $response.items"
DOCUMENT = f"""
openapi: 3.1.0
info: {{title: Tests, version: '1'}}
servers: [{{url: 'http://test'}}]
paths:
  /cursor:
    get:
      operationId: cursor
      tags: [all]
      x-fern-pagination: {{cursor: $request.cursor, next_cursor: $response.cursor, {ITEMS}}}
      parameters:
        - {{name: cursor, in: query, schema: {{type: string}}}}
        - {{name: after, in: query, schema: {{type: string}}, x-compat: {{into: {{in: query, name: cursor}}}}}}
        - {{name: color, in: query, schema: {{type: string}}}}
        - {{name: colour, in: query, schema: {{type: string}}, x-compat: {{into: {{in: query, name: color}}, deprecated: {{since: '2026-01-01'}}}}}}
      responses: &page {{'200': {{description: p, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Page'}}}}}}}}}}
  /number:
    get:
      operationId: number
      tags: [all]
      x-compat: {{hubs: {{/query.page: {{conflict: prefer}}}}}}
      x-fern-pagination: {{offset: $request.page, {ITEMS}}}
      parameters:
        - {{name: page, in: query, schema: {{type: integer}}}}
        - {{name: seite, in: query, schema: {{type: integer}}, x-compat: {{into: {{in: query, name: page}}}}}}
      responses: *page
  /body:
    post:
      operationId: body
      tags: [all]
      x-fern-pagination: {{offset: $request.page, {ITEMS}}}
      requestBody: {{content: {{application/json: &members {{schema: {{$ref: '#/components/schemas/Asked'}}}}, application/x-www-form-urlencoded: *members}}}}
      responses: *page
  /form:
    post:
      operationId: form
      tags: [all]
      x-fern-pagination: {{offset: $request.page, {ITEMS}}}
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                page: {{type: integer}}
                seite: {{type: integer, x-compat: {{into: /page}}}}
                picture: {{type: string, format: binary}}
                bild: {{type: string, format: binary, x-compat: {{into: /picture}}}}
      responses: *page
  /plain:
    post:
      operationId: plain
      tags: [all]
      x-fern-pagination: {{offset: $request.page, {ITEMS}}}
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties: {{page: {{type: integer}}}}}}}}}}}}
      responses: *page
  /both:
    post: &both
      operationId: both
      tags: [all]
      x-fern-pagination: {{cursor: $request.cursor, next_cursor: $response.cursor, {ITEMS}}}
      parameters: [{{name: cursor, in: query, schema: {{type: string}}}}]
      requestBody: {{content: {{application/json: {{schema: {{type: object, properties: {{cursor: {{type: string}}, note: {{type: string}}}}}}}}}}}}
      responses: *page
    put:
      <<: *both
      operationId: inside
      x-fern-pagination: null
      x-speakeasy-pagination: {{type: cursor, inputs: [{{name: cursor, in: requestBody, type: cursor}}], outputs: {{nextCursor: $.cursor}}}}
  /parts:
    post:
      operationId: parts
      tags: [all]
      x-fern-pagination: {{cursor: $request.after, next_cursor: $response.cursor, {ITEMS}}}
      requestBody: &parts {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Parts'}}}}}}}}
      responses: *page
    put:
      operationId: templates
      tags: [all]
      x-fern-pagination: {{cursor: $request.token, next_cursor: $response.cursor, {ITEMS}}}
      requestBody: *parts
      responses: *page
components:
  schemas:
    Parts:
      type: object
      properties:
        page: {{type: object, properties: {{cursor: {{type: string}}}}}}
        after: {{type: string, x-compat: {{into: /page/cursor}}}}
        list: {{type: array, items: {{type: string}}}}
        token: {{type: string, x-compat: {{into: /list, to: [$]}}}}
    Page: {{type: object, properties: {{items: {{type: array, items: {{type: integer}}}}, cursor: {{type: string}}}}}}
    Asked:
      type: object
      x-compat: {{hubs: {{/page: {{conflict: prefer}}}}}}
      properties:
        page: {{type: integer}}
        seite: {{type: integer, x-compat: {{into: /page}}}}
        id: {{type: string, format: int64}}
        note: {{type: [string, 'null']}}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("pages"), "client")


def asked(client: ModuleType, style: str, name: str, **arguments: Any) -> list[str]:
    """What is asked for three pages, of which the last one is empty: the query or the body of each."""
    sent: list[str] = []

    def say(request: httpx.Request) -> httpx.Response:
        sent.append(request.content.decode() or request.url.query.decode())
        more = {"items": [1], "cursor": f"c{len(sent)}"} if len(sent) < 3 else {"items": []}
        return httpx.Response(200, json=more)

    transport = httpx.MockTransport(say)
    if style == "sync":
        with httpx.Client(transport=transport) as http:
            found = getattr(client.Pkg(http_client=http).all, f"{name}_pages")(**arguments)
            assert len(list(found)) == 3
        return sent

    async def run() -> None:
        async with httpx.AsyncClient(transport=transport) as http:
            found = getattr(client.AsyncPkg(http_client=http).all, f"{name}_pages")(**arguments)
            assert len([page async for page in found]) == 3

    anyio.run(run, backend=style)
    return sent


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("cursor", {"after": "z"}, ["cursor=z", "cursor=c1", "cursor=c2"]),
        ("cursor", {"after": "z", "compat": {"/query.cursor": "query.after"}}, ["after=z", "after=c1", "after=c2"]),
        ("number", {"seite": 5}, ["page=5", "page=6", "page=7"]),
        ("number", {"seite": 9, "page": 5}, ["page=5", "page=6", "page=7"]),
        ("body", {"seite": 5}, ['{"page":5}', '{"page":6}', '{"page":7}']),
        ("body", {"seite": 9, "page": 5, "extra_body": {"x": 1}}, [f'{{"page":{n},"x":1}}' for n in (5, 6, 7)]),
        ("body", {"seite": 1, "note": None, "id": 2}, [f'{{"page":{n},"id":"2","note":null}}' for n in (1, 2, 3)]),
        ("body", {"seite": 5, "content_type": "application/x-www-form-urlencoded"}, ["page=5", "page=6", "page=7"]),
        ("body", {"id": "7"}, ['{"id":"7"}', '{"id":"7","page":2}', '{"id":"7","page":3}']),
        ("plain", {"page": 5}, ['{"page":5}', '{"page":6}', '{"page":7}']),
        ("both", {}, ["", "cursor=c1", "cursor=c2"]),
        ("inside", {"note": "x"}, ['{"note":"x"}', '{"note":"x","cursor":"c1"}', '{"note":"x","cursor":"c2"}']),
    ],
)  # fmt: skip
@styles
def test_an_older_argument_holds_for_all_pages(
    client: ModuleType, style: str, name: str, arguments: dict[str, Any], said: list[str]
) -> None:
    def members(text: str) -> Any:
        return httpx.Response(200, text=text).json() if text[:1] == "{" else text

    found = asked(client, style, name, **arguments)
    assert [*map(members, found)] == [*map(members, said)]


@pytest.mark.parametrize("name", ["parts", "templates"])
def test_an_argument_that_becomes_a_part_asks_for_no_pages(client: ModuleType, name: str) -> None:
    """The next page would be asked for by the whole, whose value an answer does not give."""
    assert hasattr(client.All, name)
    assert not hasattr(client.All, f"{name}_pages")


def test_an_older_part_of_a_form_holds_for_all_pages(client: ModuleType) -> None:
    found = asked(client, "sync", "form", seite=5, bild=b"x")
    parts = [text.splitlines() for text in found]
    assert [lines[lines.index('Content-Disposition: form-data; name="page"') + 3] for lines in parts] == ["5", "6", "7"]  # fmt: skip
    assert all('filename="picture"' in text and "bild" not in text for text in found)


def test_a_caller_is_warned_once(client: ModuleType) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = asked(client, "sync", "cursor", colour="red")
    assert found == ["color=red", "cursor=c1&color=red", "cursor=c2&color=red"]
    assert [str(one.message) for one in caught] == [
        "'query.colour' is deprecated: Use query.color."
    ]


def test_a_wrong_older_argument_is_told_where_it_was_given(client: ModuleType) -> None:

    with pytest.raises(ValueError, match=r"^/seite: "):
        asked(client, "sync", "body", seite="x")
