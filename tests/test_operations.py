"""Operations of documents other than the flagship's: their names, and what is said of those that have no method."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from built import HEAD, imported, problems, texts
from built import source as source
from speclens import judging
from speclens.config import Config
from speclens.output import plan
from speclens.problems import Refused

OBJECT = "{type: object, properties: {a: {type: string}}}"
NAMES = ("Request", "Response", "Context", "File", "Operation", "Mapping")


def body(name: str) -> str:
    return f"content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}"


def operation(head: str, request: str, response: str) -> str:
    return f"""
    post:
      {head}
      requestBody: {{required: true, {body(request)}}}
      responses: {{'200': {{description: ok, {body(response)}}}}}"""


def document(*operations: str) -> str:
    paths = "".join(f"\n  /p{number}:{one}" for number, one in enumerate(operations))
    schemas = "".join(f"\n    {name}: {OBJECT}" for name in NAMES if name != "Request")
    return f"""openapi: 3.1.0
info: {{title: Clash, version: '1'}}
servers: [{{url: 'https://x.example'}}]
paths:{paths}
components:
  schemas:
    Request: {{type: object, properties: {{timeout: {{type: integer}}, class: {{type: string}}}}}}{schemas}
"""


SCHEMES = "  securitySchemes: {basic: {type: http, scheme: basic}}\n"


CLASH = document(
    operation("operationId: getFoo\n      tags: [client]", "Request", "Response"),
    operation("operationId: get_foo\n      tags: [resource]", "Context", "File"),
    operation("tags: [client]", "Operation", "Mapping"),
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("clash")
    made = texts(CLASH, "clash")
    return imported(made, directory, "client"), imported(made, directory, "server"), made


def test_names_that_clash_with_each_other_and_with_ours(package: Any) -> None:
    _, server, made = package
    assert server.create_app is not None
    assert made["client.py"].count("= Operation(") == 3


def test_a_member_called_as_an_option_is_an_argument_of_another_name(package: Any) -> None:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return httpx.Response(200, json={})

    clash = package[0].Clash(http_client=httpx.Client(transport=httpx.MockTransport(answer)))
    clash.client.get_foo(timeout_=3, class_="x", timeout=30)
    assert sent == [b'{"timeout":3,"class":"x"}']


@pytest.mark.parametrize(
    "head",
    [
        "parameters: [{name: q, in: query, schema: {type: string}}]",
        "security: [{basic: []}]",
    ],
)
def test_what_the_server_leaves_out_is_told_with_its_place(head: str) -> None:
    served = operation("operationId: a", "Request", "Response")
    text = document(operation(head, "Request", "Response"), served)
    text += SCHEMES
    (told,) = [one for one in warned(text) if one.rule == "operation/not-served"]
    assert told.message.startswith("the server leaves out post /p0: ")
    assert (told.severity, told.pointer) == ("warning", "#/paths/~1p0/post")
    made = texts(text)
    assert made["client.py"].count("= Operation(") == 2
    assert made["server.py"].count("        route(") == 0
    assert made["server.py"].count("route(A_OPERATION, handler.a)") == 1
    alone = document(operation(head, "Request", "Response")) + SCHEMES
    assert "server.py" not in texts(alone)


def warned(text: str) -> tuple[Any, ...]:
    from built import source
    from speclens import judging

    assert not [one for one in problems(text) if one.severity == "error"]
    return judging.read_document(source(text))[1]


def test_what_an_input_is_made_of_stands_before_it(tmp_path: Path) -> None:
    """Aliases are looked up at once: an order by name alone would not import."""
    document = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /pets:
    post:
      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
      responses: {'204': {description: ok}}
components:
  schemas:
    Pet:
      oneOf: [{type: object, properties: {a: {type: integer}}}, {$ref: '#/components/schemas/Toy'}]
      properties: {b: {type: string}}
    Toy: {type: object, required: [b], properties: {b: {type: string}}}
"""
    client = imported(texts(document, "ordered"), tmp_path, "client")
    assert client.PetInput


def _one_body(members: str) -> str:
    """A document of one operation whose body has some members, and of two schemas that inherit out of order."""
    return f"""openapi: 3.0.3
info: {{title: Members, version: '1'}}
servers: [{{url: 'https://x.example'}}]
paths:
  /p:
    post:
      operationId: send
      requestBody:
        content: {{application/json: {{schema: {{type: object, properties: {members}}}}}}}
      responses: {{'204': {{description: ok}}}}
components:
  schemas:
    A: {{type: object, allOf: [{{$ref: '#/components/schemas/Z'}}], required: [x]}}
    B: {{oneOf: [{{type: array, items: {{$ref: '#/components/schemas/Z'}}}}, {{type: string}}]}}
    Z: {{type: object, properties: {{x: {{type: string}}}}}}
"""


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ("{$ref: '#/components/schemas/A'}", "AInput | None"),
        ("{$ref: '#/components/schemas/B'}", "Sequence[ZInput] | str | None"),
        ("{allOf: [{properties: {x: {type: string}}}], properties: {y: {}}}", "PSendRequestMInput | None"),
        ("{allOf: [{$ref: '#/components/schemas/Z'}, {properties: {y: {}}}]}", "PSendRequestMInput | None"),
        ("{type: object, allOf: [{properties: {x: {}}}], required: [x]}", "PSendRequestMInput | None"),
        ("{allOf: [{type: string}, {maxLength: 3}]}", "str | None"),
        ("{enum: [1.5, 2]}", "float | int | None"),
        ("{type: array, items: {enum: [[1], [2]]}}", "Sequence[Sequence[Any]] | None"),
        ("{type: object, additionalProperties: {type: integer}}", "Mapping[str, int] | None"),
        (
            "{nullable: true, allOf: [{$ref: '#/components/schemas/Z'}]}",
            "ZInput | Omit | None",
        ),
    ],
)  # fmt: skip
def test_a_member_is_typed_as_far_as_the_document_says(
    tmp_path: Any, schema: str, annotation: str
) -> None:
    made = texts(_one_body(f"{{m: {schema}}}"), "members")
    default = "omit" if "Omit" in annotation else "None"
    assert f" m: {annotation} = {default}," in made["client.py"]
    assert imported(made, tmp_path, "client")


def test_a_body_beside_a_schema_of_its_name_says_that_it_is_a_body() -> None:
    made = texts(
        """openapi: 3.0.3
info: {title: Names, version: '1'}
servers: [{url: 'https://x.example'}]
paths:
  /flows:
    post:
      operationId: createFlow
      tags: [IDs]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties: {a: {type: object, properties: {b: {type: string}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: object, required: [a]}}}}
        '201': {description: ok, content: {application/json: {schema: {type: object, required: [b]}}}}
components:
  schemas:
    CreateFlowRequest: {type: object, properties: {a: {type: string}}}
""",
        "bodies",
    )
    models, client = made["models.py"], made["client.py"]
    for name in (
        "CreateFlowRequest",
        "CreateFlowRequestBody",
        "CreateFlowResponse200",
        "CreateFlowResponse201",
    ):
        assert f"class {name}(Model)" in models
    assert "a: CreateFlowRequestAInput | None" in client
    assert "def ids(self)" in client


@pytest.mark.parametrize("name", ["Client", "Request", "Operation"])
def test_a_client_called_like_something_else_is_refused(name: str) -> None:
    document = judging.read_document(source(CLASH)).document
    config = Config(Path("openapi.yaml"), "clash", Path(), "fix", client=name)
    with pytest.raises(Refused) as caught:
        plan.package(document, config)
    assert [one.rule for one in caught.value.problems] == ["config/client"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (
            "x-fern-pagination: {cursor: $request.gone, next_cursor: $response.next}",
            "x-fern-pagination",
        ),
        (
            "x-speakeasy-pagination: {type: url, outputs: {nextUrl: '$.links[0]'}}",
            "x-speakeasy-pagination",
        ),
        ("x-speakeasy-pagination: true", "x-speakeasy-pagination"),
    ],
)
def test_pages_that_are_not_understood_are_told(said: str, key: str) -> None:
    (told,) = [
        one
        for one in warned(document(operation(said, "Request", "Response")))
        if one.rule == "operation/not-paged"
    ]
    assert (told.severity, told.pointer) == ("warning", f"#/paths/~1p0/post/{key}")


PAGED = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /pages:
    get:
      operationId: pages
      EXTENSION
      parameters:
        - {name: cursor, in: query, schema: {type: string}}
        - {name: token, in: query, schema: {type: string}, x-compat: {into: {in: query, name: cursor}}}
        - {name: page, in: query, schema: {type: integer}}
      responses: {'200': {description: a page, content: {application/json: {schema: {$ref: '#/components/schemas/Page'}}}}}
components:
  schemas:
    Page:
      type: object
      properties:
        meta: {type: object, properties: {next: {type: string}, nextCursor: {type: string, x-compat: {into: /next}}}}
        after: {type: string, x-compat: {into: /meta/next}}
        data: {type: array, items: {type: string}}
        items: {type: array, items: {type: string}, x-compat: {into: /data}}
"""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "x-fern-pagination: {cursor: $request.token, next_cursor: $response.meta.nextCursor, results: $response.items}",
            'Cursor("cursor", ("meta", "next"))',
        ),
        (
            "x-fern-pagination: {offset: $request.page, results: $response.items}",
            'Count("page", ("data",))',
        ),
        ("x-fern-pagination: {next_uri: $response.after}", 'Link(("meta", "next"))'),
        (
            "x-speakeasy-pagination: {type: cursor, inputs: [{name: token, in: parameters, type: cursor}], outputs: {nextCursor: $.after}}",
            'Cursor("cursor", ("meta", "next"))',
        ),
        (
            "x-speakeasy-pagination: {type: url, outputs: {nextUrl: $.meta.next}}",
            'Link(("meta", "next"))',
        ),
    ],
)
def test_pages_are_followed_by_canonical_names(said: str, expected: str) -> None:
    """Answers are folded before they are asked for the next page."""
    client = texts(PAGED.replace("EXTENSION", said))["client.py"]
    assert client.count(expected) == 2


# Media types that say more than the generated code does

MEDIA = """
openapi: 3.2.0
info: {title: Tests, version: '1'}
paths:
  /parts:
    post:
      operationId: parts
      requestBody:
        content:
          multipart/form-data:
            schema: {$ref: '#/components/schemas/Form'}
            encoding: {meta: {contentType: application/xml}, more: {contentType: 'image/svg+xml, text/plain'}, plain: {contentType: application/xml}, json: {contentType: application/vnd.x+json}, text: {contentType: text/yaml}, any: {contentType: image/*}}
      responses: {'204': {description: nothing}}
  /form:
    post:
      operationId: form
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {$ref: '#/components/schemas/Form'}
            encoding: {meta: {contentType: application/xml}, more: {contentType: application/xml, style: form}, json: {contentType: application/json}}
      responses: {'204': {description: nothing}}
components:
  schemas:
    Item: {type: object, properties: {a: {type: string}}}
    Form:
      type: object
      properties:
        meta: {$ref: '#/components/schemas/Item'}
        more: {type: array, items: {$ref: '#/components/schemas/Item'}}
        plain: {type: string}
        json: {type: object}
        text: {type: object}
        any: {type: object}
"""


def told(text: str, rule: str) -> list[tuple[str, str, str]]:
    found = [one for one in warned(text) if one.rule == rule]
    return [(one.severity, one.pointer, one.message) for one in found]


def test_members_of_a_media_type_that_nothing_writes_are_told_with_their_places() -> None:
    parts = "#/paths/~1parts/post/requestBody/content/multipart~1form-data/encoding"
    form = "#/paths/~1form/post/requestBody/content/application~1x-www-form-urlencoded/encoding"
    xml = "is an object, but no codec writes objects as `application/xml`"
    svg = "is an object, but no codec writes objects as `image/svg+xml`"
    assert told(MEDIA, "media/not-written") == [
        ("warning", f"{parts}/meta/contentType", f"`meta` {xml}"),
        ("warning", f"{parts}/more/contentType", f"`more` {svg}"),
        ("warning", f"{form}/meta/contentType", f"`meta` {xml}"),
    ]


def test_members_of_a_media_type_that_nothing_writes_are_given_as_files(tmp_path: Path) -> None:
    made = texts(MEDIA)
    signature = made["client.py"].partition("    def parts(")[2].partition(") ->")[0]
    assert " meta: FileInput | None = None," in signature
    assert " more: Sequence[FileInput] | None = None," in signature
    client = imported(made, tmp_path, "client")
    given = {
        "meta": b"<a/>",
        "more": [b"<b/>"],
        "json": {"a": 1},
        "text": {"a": 1},
        "plain": "<c/>",
    }
    files = client.PARTS_OPERATION.draft(given).content["files"]
    assert [(name, part[1:3]) for name, part in files] == [
        ("meta", (b"<a/>", "application/xml")),
        ("more", (b"<b/>", "image/svg+xml")),
        ("plain", (b"<c/>", "application/xml")),
        ("json", (b'{"a":1}', "application/vnd.x+json")),
        ("text", (b'{"a":1}', "text/yaml")),
    ]
    for operation, wrong in (
        ("PARTS", {"meta": {"a": "b"}}),
        ("PARTS", {"more": [{"a": "b"}]}),
        ("FORM", {"meta": {"a": "b"}}),
    ):
        with pytest.raises(TypeError, match=f"'{next(iter(wrong))}' is sent as "):
            getattr(client, f"{operation}_OPERATION").draft(wrong)


ITEMS = """
openapi: 3.2.0
info: {title: Tests, version: '1'}
paths:
  /a:
    post:
      operationId: a
      requestBody: {content: {application/json: {itemSchema: {type: object, properties: {a: {type: string}}}}}}
      responses: {'200': {description: some, content: {application/json: {schema: {type: integer}, itemSchema: {type: string}}, application/jsonl: {itemSchema: {type: string}}}}}
"""


def test_items_of_what_is_no_stream_are_told_with_their_places() -> None:
    message = "`itemSchema` is for streams, and `application/json` is read and written as a whole, so it has no effect here"
    content = "content/application~1json/itemSchema"
    assert told(ITEMS, "media/item-schema") == [
        ("warning", f"#/paths/~1a/post/requestBody/{content}", message),
        ("warning", f"#/paths/~1a/post/responses/200/{content}", message),
    ]
    client = texts(ITEMS)["client.py"]
    assert "body: Any" in client


def test_items_of_what_is_no_stream_have_no_older_shapes() -> None:
    older = "properties: {a: {type: string}, b: {type: string, x-compat: {into: /a}}}"
    text = ITEMS.replace("properties: {a: {type: string}}", older)
    (found,) = problems(text)
    assert (found.rule, found.pointer[-10:]) == ("compat/misplaced", "itemSchema")


def test_no_class_is_called_like_the_asynchronous_twin_of_another(tmp_path: Path) -> None:
    tags = ("Client", "AsyncClient", "Foo", "AsyncFoo", "AsyncPkg")
    paths = "".join(
        f"\n  /p{number}: {{get: {{tags: [{tag}], operationId: read{number}, responses: {{'204': {{description: ok}}}}}}}}"
        for number, tag in enumerate(tags)
    )
    text = f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nservers: [{{url: 'https://x.example'}}]\npaths:{paths}\n"
    client = imported(texts(text), tmp_path, "client")
    classes = [
        type(getattr(one, name))
        for one in (client.Pkg(), client.AsyncPkg())
        for name in ("client", "async_client", "foo", "async_foo", "async_pkg")
    ]
    assert len(set(classes)) == 10
    for number, name in enumerate(("client", "async_client", "foo")):
        assert hasattr(getattr(client.AsyncPkg(), name), f"read{number}")


N = {"schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
ANSWERS: dict[str, dict[str, Any]] = {
    "alone": {},
    "in a range": {"application/*": {"schema": {"type": "array"}}},
    "with a parameter": {"application/vnd.x+json;v=2": {"schema": {"type": "array"}}},
}


@pytest.mark.parametrize("others", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("kind", ["application/json", "application/vnd.x+json"])
def test_each_media_type_of_one_schema_is_read_alike(
    others: dict[str, Any], kind: str, tmp_path: Path
) -> None:
    content = {"application/json": N, "application/vnd.x+json": N, **others}
    answers = {"200": {"description": "d", "content": content}}
    get = {"operationId": "get", "tags": ["all"], "responses": answers}
    client = imported(texts({**HEAD, "paths": {"/a": {"get": get}}}), tmp_path, "client")
    response = httpx.Response(200, headers={"content-type": kind}, content=b'{"n": 1}')
    with httpx.Client(transport=httpx.MockTransport(lambda request: response)) as http:
        assert client.Pkg(http_client=http, base_url="https://h").all.get().n == 1
