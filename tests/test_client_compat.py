"""`compat`: one client that talks to an older server, which knows its own fields only."""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from built import imported, schemas, texts
from calling import ARGUMENTS, URL, edit, raised, sent, styles
from routescope import CompatError, PayloadError, Routescope, normalizers
from speclens.cli import main
from test_one_way import SPEC

pytestmark = pytest.mark.shipped

OTHER = "https://example.com/b.png"
# How a server of each age says one picture, and two.
SAID: list[tuple[dict[str, str] | None, Any, Any]] = [
    (
        None,
        {"images": [{"image_url": URL}]},
        {"images": [{"image_url": URL}, {"image_url": OTHER}]},
    ),
    ({}, {"images": [{"image_url": URL}]}, {"images": [{"image_url": URL}, {"image_url": OTHER}]}),
    ({"/images": "image_urls"}, {"image_urls": [URL]}, {"image_urls": [URL, OTHER]}),
    (
        {"/images": "image"},
        {"image": {"image_url": URL}},
        {"image": [{"image_url": URL}, {"image_url": OTHER}]},
    ),
]


@styles
@pytest.mark.parametrize(("compat", "one", "two"), SAID, ids=lambda case: str(case)[:24])
@pytest.mark.parametrize("where", ["client", "call"])
def test_requests_are_said_as_an_older_server_knows_them(
    style: str, compat: Any, one: Any, two: Any, where: str
) -> None:
    for urls, wanted in (([URL], one), ([URL, OTHER], two)):
        arguments = {**ARGUMENTS, "images": [{"image_url": url} for url in urls]}
        settings = {"compat": compat} if where == "client" else {}
        call = arguments if settings else {**arguments, "compat": compat}
        body = json.loads(sent(style, call, **settings).body)
        rest = {"model": "gpt-image-2", "prompt": ARGUMENTS["prompt"]}
        assert body == rest | wanted
        assert normalizers.normalize_image_edit_request(body).value == {
            **rest,
            **(SAID[0][1] if len(urls) == 1 else SAID[0][2]),
        }


@styles
def test_a_call_decides_before_its_client(style: str) -> None:
    call = {**ARGUMENTS, "compat": {}}
    body = json.loads(sent(style, call, compat={"/images": "image_urls"}).body)
    assert body.keys() == {"model", "prompt", "images"}


@styles
def test_older_arguments_are_said_as_another_older_server_knows_them(style: str) -> None:
    call = {"prompt": "x", "image": [URL, OTHER], "compat": {"/images": "image_urls"}}
    with pytest.warns(DeprecationWarning, match="'image' is deprecated"):
        body = json.loads(sent(style, call).body)
    assert body["image_urls"] == [URL, OTHER]


# An address at which nothing listens: whoever asked would fail otherwise.
NOBODY = "http://127.0.0.1:9"


@styles
def test_what_an_older_server_cannot_be_told_is_not_sent(style: str) -> None:
    call = {
        "prompt": "x",
        "images": [{"image_url": URL, "detail": "high"}],
        "compat": {"/images": "image_urls"},
    }
    error = raised(CompatError, lambda: edit(style, NOBODY, call))
    assert (error.rule, error.pointer) == ("denormalize", "/images")


@styles
def test_a_request_is_judged_before_it_is_said_otherwise(style: str) -> None:
    call = {"prompt": "x", "images": [{"image_url": ""}], "compat": {"/images": "image_urls"}}
    error = raised(PayloadError, lambda: edit(style, NOBODY, call))
    assert [one.pointer for one in error.errors] == ["/images/0/image_url"]


@styles
@pytest.mark.parametrize(
    "compat", [{"/images": "imag"}, {"/image": "image_urls"}, {"images": "image"}]
)
def test_fields_that_nobody_knows_are_refused(style: str, compat: dict[str, str]) -> None:
    known = r"is none of '/images': 'image', '/images': 'image_urls'"
    with pytest.raises(ValueError, match=known):
        Routescope(api_key="k", compat=compat)
    with pytest.raises(ValueError, match=known):
        edit(style, NOBODY, {**ARGUMENTS, "compat": compat})


# Several operations, one of which has older fields; and a body with a member called `compat`


def objects(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def operation(name: str, body: str) -> dict[str, Any]:
    def content(schema: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    return {
        "post": {
            "operationId": name,
            "tags": ["things"],
            "requestBody": {"content": content(body)},
            "responses": {"200": {"description": "d", "content": content("Plain")}},
        }
    }


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    string = {"type": "string"}
    document = schemas(
        Paint=objects(color=string, colour={**string, "x-compat": {"into": "/color"}}),
        Plain=objects(name=string, compat=string),
    )
    document["paths"] = {
        "/paint": operation("paint", "Paint"),
        "/plain": operation("plain", "Plain"),
    }
    document["servers"] = [{"url": "http://127.0.0.1:9"}]
    return imported(texts(document), tmp_path_factory.mktemp("compat"), "client")


def test_a_client_says_what_each_operation_has(client: Any) -> None:
    assert (
        client.PAINT_OPERATION.draft({"color": "red", "compat": {"/color": "colour"}}).content[
            "content"
        ]
        == b'{"colour":"red"}'
    )
    assert (
        client.PLAIN_OPERATION.draft({"name": "x", "compat": {"/color": "colour"}}).content[
            "content"
        ]
        == b'{"name":"x"}'
    )
    client.Pkg(base_url="http://a.example", compat={"/color": "colour"})
    with pytest.raises(ValueError, match="compat: '/color': 'tint' is none of '/color': 'colour'"):
        client.Pkg(base_url="http://a.example", compat={"/color": "tint"})


def test_a_member_called_compat_is_another_argument(client: Any) -> None:
    assert client.PLAIN_OPERATION.draft({"compat_": "x"}).content["content"] == b'{"compat":"x"}'


# A merge patch: what is taken away has an older name, too

PATCH = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /paint:
    patch:
      operationId: paint
      requestBody: {content: {application/merge-patch+json: {schema: {$ref: '#/components/schemas/Paint'}}}}
      responses: {'204': {description: nothing}}
components:
  schemas:
    Paint:
      type: object
      x-compat: {partial: true}
      properties:
        color: {type: string}
        colour: {type: string, x-compat: {into: /color}}
        tone: {type: [string, 'null']}
        tint: {type: [string, 'null'], x-compat: {into: /tone}}
        box: {type: object, properties: {width: {type: integer}, height: {type: integer}}}
        crate: {type: object, x-compat: {into: /box}}
        size: {type: object, required: [w], properties: {w: {type: integer}}, x-compat: {into: /box, to: {width: $/w}}}
        output: {type: object, properties: {format: {type: string}, count: {type: integer}}}
        output_format: {type: string, x-compat: {into: /output/format}}
"""


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Any:
    client = imported(texts(PATCH), tmp_path_factory.mktemp("patched"), "client")
    return lambda **arguments: json.loads(
        client.PAINT_OPERATION.draft(arguments).content["content"]
    )


@pytest.mark.parametrize(
    ("patch", "compat", "said"),
    [
        ({"color": None}, {"/color": "colour"}, {"colour": None}),
        ({"tone": None}, {"/tone": "tint"}, {"tint": None}),
        ({"color": None, "tone": "x"}, {"/tone": "tint"}, {"color": None, "tint": "x"}),
        ({"box": None}, {"/box": "size"}, {"size": None}),
        (
            {"box": {"width": None, "height": 2}},
            {"/box": "crate"},
            {"crate": {"width": None, "height": 2}},
        ),
        (
            {"output": {"format": None}},
            {"/output/format": "output_format"},
            {"output_format": None},
        ),
        (
            {"output": None},
            {"/output/format": "output_format"},
            {"output": None, "output_format": None},
        ),
        ({"color": None}, {"/output/format": "output_format"}, {"color": None}),
        (
            {"output": {"format": "a", "count": None}},
            {"/output/format": "output_format"},
            {"output": {"count": None}, "output_format": "a"},
        ),
    ],
)
def test_what_a_patch_takes_away_is_said_as_an_older_server_knows_it(
    patched: Any, patch: Any, compat: Any, said: Any
) -> None:
    assert patched(**patch, compat=compat) == said
    assert patched(**patch) == patch


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        ({"color": None, "colour": "red"}, "/colour: says something else than /color"),
        ({"output": None, "output_format": "a"}, "/output: must be an object"),
    ],
)
def test_what_is_taken_away_and_set_at_once_is_a_conflict(
    patched: Any, patch: Any, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        patched(**patch)


def test_a_removal_that_an_older_field_cannot_say_is_not_sent(patched: Any) -> None:
    with pytest.raises(ValueError, match="/box: cannot be said by 'size'"):
        patched(box={"width": None}, compat={"/box": "size"})


# Defaults of hubs

DEFAULTS = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /pictures:
    post:
      operationId: send
      requestBody: {required: true, content: {MEDIA: {schema: {$ref: '#/components/schemas/Picture'}}}}
      responses: {'204': {description: nothing}}
components:
  schemas:
    Picture:
      type: object
      required: [size, tags, box]
      x-compat: {hubs: {/size: {conflict: prefer}, /tags: {conflict: merge}}}
      properties:
        size: {type: string, default: large}
        old_size: {type: string, x-compat: {into: /size, absent: ['']}}
        tags: {type: array, items: {type: string}, default: [all]}
        tag: {type: string, x-compat: {into: /tags, to: [$]}}
        box: {type: object, properties: {width: {type: integer}, height: {type: integer}}, default: {width: 1}}
        width: {type: integer, x-compat: {into: /box/width}}
"""
USUAL = {"size": "large", "tags": ["all"], "box": {"width": 1}}


@pytest.mark.parametrize(
    ("given", "differs"),
    [
        ({}, {}),
        ({"old_size": "small"}, {"size": "small"}),
        ({"old_size": ""}, {}),
        ({"old_size": "", "extra_body": {"other": 1}}, {"other": 1}),
        ({"tag": "mine"}, {"tags": ["mine"]}),
        ({"width": 2}, {"box": {"width": 2}}),
        (
            {"size": "small", "tags": [], "box": {"height": 3}},
            {"size": "small", "tags": [], "box": {"height": 3}},
        ),
        ({"extra_body": {"other": 1}}, {"other": 1}),
    ],
)
def test_a_default_is_not_sent_beside_an_older_field(
    given: Any, differs: Any, tmp_path: Path
) -> None:
    client = imported(texts(DEFAULTS.replace("MEDIA", "application/json")), tmp_path, "client")
    sent = json.loads(client.PICTURES_SEND.draft(given).content["content"])
    assert sent == USUAL | differs


def test_an_iterator_is_sent_beside_an_older_field_and_a_default(tmp_path: Path) -> None:
    client = imported(texts(DEFAULTS.replace("MEDIA", "application/json")), tmp_path, "client")
    given = {"old_size": "", "tags": iter(["a", "b"])}
    sent = json.loads(client.PICTURES_SEND.draft(given).content["content"])
    assert sent == {**USUAL, "tags": ["a", "b"]}


def test_a_default_of_a_form_is_not_sent_beside_an_older_field(tmp_path: Path) -> None:
    form = DEFAULTS.replace("MEDIA", "application/x-www-form-urlencoded")
    client = imported(texts(form), tmp_path, "client")
    sent = client.PICTURES_SEND.draft({"old_size": "small"}).content["content"]
    assert b"size=small" in sent
    assert b"large" not in sent


def test_a_required_hub_of_parts_is_said_in_its_older_field(tmp_path: Path) -> None:
    client = imported(texts(DEFAULTS.replace("MEDIA", "multipart/form-data")), tmp_path, "client")
    call = {"size": "small", "tags": ["a"], "box": {}, "compat": {"/size": "old_size"}}
    sent = {name for name, _ in client.PICTURES_SEND.draft(call).content["files"]}
    assert "old_size" in sent
    assert "size" not in sent


# Files of a form: texts only while they are folded

FILES = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /pictures:
    post:
      operationId: send
      requestBody: {content: {multipart/form-data: {schema: {$ref: '#/components/schemas/Form'}}}}
      responses: {'204': {description: nothing}}
components:
  schemas:
    Form:
      type: object
      properties:
        picture: {type: string, format: binary}
        image: {type: string, minLength: 2, maxLength: 10, pattern: '^x', x-compat: {into: /picture}}
        pictures: {type: array, items: {type: string, format: binary}}
        images: {type: array, items: {type: string, minLength: 99}, x-compat: {into: /pictures}}
        either:
          x-compat: {into: /pictures}
          oneOf:
            - {type: string, enum: [xa, xb], x-compat: {to: [$]}}
            - {type: array, items: {type: string, const: xa}, x-compat: {}}
"""


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Any:
    client = imported(texts(FILES), tmp_path_factory.mktemp("parted"), "client")
    return lambda **arguments: client.PICTURES_SEND.draft(arguments).content["files"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"image": b"a"}, "picture"),
        ({"images": [b"a"]}, "pictures"),
        ({"either": b"a"}, "pictures"),
        ({"either": [b"a"]}, "pictures"),
    ],
)
def test_a_file_is_not_judged_as_a_text(parted: Any, given: Any, name: str) -> None:
    assert parted(**given) == [(name, (name, b"a", None, {}))]


@pytest.mark.parametrize("depth", [600, 100_000])
def test_parts_nested_too_deep_are_refused(parted: Any, depth: int) -> None:
    value: Any = []
    for _ in range(depth):
        value = [value]
    with pytest.raises(ValueError, match="too deep"):
        parted(pictures=value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"image": "x"}, "/image: must have at least 2 characters"),
        ({"image": "x" * 11}, "/image: must have at most 10 characters"),
        ({"image": "ya"}, "/image: must match ^x"),
        ({"images": ["x"]}, "/images/0: must have at least 99 characters"),
        ({"either": "x"}, '/either: must be one of "xa", "xb"'),
        ({"either": ["x"]}, '/either/0: must be one of "xa"'),
    ],
)
def test_a_text_beside_files_is_judged(parted: Any, given: Any, told: str) -> None:
    with pytest.raises(ValueError, match=r"^/") as caught:
        parted(**given)
    assert str(caught.value) == told


# Parts of JSON that are given as they are to be sent

PARTS = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /parts:
    post:
      operationId: parts
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                meta: {$ref: '#/components/schemas/Paint'}
                old: {$ref: '#/components/schemas/Paint', x-compat: {into: /meta}}
                metas: {type: array, items: {$ref: '#/components/schemas/Paint'}}
                whole: {type: array, items: {$ref: '#/components/schemas/Paint'}}
                markup: {type: object, properties: {color: {type: string}}}
                either: {oneOf: [{type: string, format: binary}, {$ref: '#/components/schemas/Paint'}]}
                other: {type: object, properties: {colour: {type: string}}}
                file: {type: string, format: binary}
            encoding: {whole: {contentType: application/json}, markup: {contentType: application/xml}}
      responses: {'204': {description: nothing}}
components:
  schemas:
    Paint: {type: object, properties: {color: {type: string}, colour: {type: string, x-compat: {into: /color}}}}
"""
OLD = b'{"colour":"r"}'
NEW: Any = (None, b'{"color":"r"}', "application/json", {})


@pytest.fixture(scope="module")
def sending(tmp_path_factory: pytest.TempPathFactory) -> Any:
    client = imported(texts(PARTS), tmp_path_factory.mktemp("parts"), "client")
    return lambda **arguments: client.PARTS_OPERATION.draft(arguments).content["files"]


@pytest.mark.parametrize("name", ["meta", "old"])
@pytest.mark.parametrize("given", [{"colour": "r"}, OLD, bytearray(OLD), OLD.decode(), Path("old")])
def test_a_part_of_json_is_folded_however_it_is_given(
    sending: Any, name: str, given: Any, tmp_path: Path
) -> None:
    if isinstance(given, Path):
        given = tmp_path / given
        given.write_bytes(OLD)
    assert sending(**{name: given}) == [("meta", NEW)]


def test_lists_of_parts_of_json_are_folded(sending: Any) -> None:
    assert sending(metas=[OLD, {"color": "r"}, OLD.decode()]) == [("metas", NEW)] * 3
    whole: Any = (None, b'[{"color":"r"}]', "application/json", {})
    assert sending(whole=b"[%b]" % OLD) == sending(whole=[OLD]) == [("whole", whole)]


@pytest.mark.parametrize("name", ["either", "other", "file", "markup"])
def test_a_file_is_sent_as_it_is(sending: Any, name: str) -> None:
    """One of another media type, too, and one in which nothing is folded."""
    kind = "application/xml" if name == "markup" else None
    assert sending(**{name: OLD}) == [(name, (name, OLD, kind, {}))]


@pytest.mark.parametrize("given", [("m.json", OLD, "application/json"), BytesIO(OLD)])
def test_a_part_of_json_is_no_other_file(sending: Any, given: Any) -> None:
    """Neither is its name dropped in silence, nor is what it holds left as it is."""
    for name, value in (("meta", given), ("metas", [given])):
        with pytest.raises(TypeError, match=f"^'{name}' is JSON with older fields"):
            sending(**{name: value})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"colour", "/meta: is not read as JSON: expected value"),
        ('{"color": NaN}', "/meta: is not read as JSON: "),
        (b'{"colour":"r","color":"b"}', "/meta/colour: says something else than /meta/color"),
    ],
)
def test_what_is_wrong_with_a_part_of_json_is_told(sending: Any, given: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        sending(meta=given)


# Items that are given as bytes

LINES = """
openapi: 3.2.0
info: {title: Tests, version: '1'}
paths:
  /lines: {post: {operationId: lines, requestBody: {content: {application/jsonl: {itemSchema: {$ref: '#/components/schemas/Paint'}}}}, responses: {'204': {description: nothing}}}}
  /sequence: {post: {operationId: sequence, requestBody: {content: {application/json-seq: {itemSchema: {$ref: '#/components/schemas/Paint'}}}}, responses: {'204': {description: nothing}}}}
  /data: {post: {operationId: data, requestBody: {content: {text/event-stream: {itemSchema: {$ref: '#/components/schemas/Paint'}}}}, responses: {'204': {description: nothing}}}}
  /events: {post: {operationId: events, requestBody: {content: {text/event-stream: {itemSchema: {$ref: '#/components/schemas/Event'}}}}, responses: {'204': {description: nothing}}}}
  /plain: {post: {operationId: plain, requestBody: {content: {application/jsonl: {itemSchema: {type: object}}}}, responses: {'204': {description: nothing}}}}
components:
  schemas:
    Paint: {type: object, properties: {color: {type: string}, colour: {type: string, x-compat: {into: /color}}}}
    Event:
      type: object
      required: [data]
      properties:
        event: {type: string}
        data: {type: string, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Paint'}}
"""


@pytest.fixture(scope="module")
def lining(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(texts(LINES), tmp_path_factory.mktemp("lined"), "client")


@pytest.fixture(scope="module")
def lined(lining: Any) -> Any:
    def sent(name: str, **arguments: Any) -> Any:
        return getattr(lining, f"{name.upper()}_OPERATION").draft(arguments).content["content"]

    return sent


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("lines", b'{"colour":"a"}\r\n\n{"color":"b"}', b'{"color":"a"}\n{"color":"b"}\n'),
        ("lines", b"", b""),
        ("sequence", b'\x1e{"colour":\t"a"}\n', b'\x1e{"color":"a"}\n'),
        ("data", b': x\ndata: {"colour":\ndata: "a"}\n\n', b': x\ndata: {"color":"a"}\n\n'),
        ("events", b'event: e\ndata: {"colour":"a"}\n\n', b'event: e\ndata: {"color": "a"}\n\n'),
        ("plain", b'no {"colour"', b'no {"colour"'),
    ],
)
def test_items_that_are_given_as_bytes_are_folded(
    lined: Any, name: str, body: bytes, said: bytes
) -> None:
    assert lined(name, body=body) == said


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"colour":"a"}\n{"colour"', "line 2 is not read: EOF"),
        (b'{"colour": NaN}', "line 1 is not read: "),
        (b'{"colour": 3}', "/colour: must be a string"),
        (b'{"color": 3}', "/color: Input should be a valid string"),
    ],
)
def test_bytes_that_hold_no_items_are_not_sent(lined: Any, body: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        lined("lines", body=body)


def test_items_that_are_given_as_bytes_are_read_by_one_validator(lining: Any, lined: Any) -> None:
    """Each call made one, which the package kept for as long as it lived."""
    bounded = import_module(f"{lining.__package__}._bounded")
    sizes = set()
    for _ in range(3):
        lined("lines", body=b'{"colour":"a"}')
        lined("events", body=b'data: {"colour":"a"}\n\n')
        sizes.add(bounded._built.cache_info().currsize)
    assert len(sizes) == 1


def test_items_that_are_given_as_bytes_are_said_in_older_fields(lined: Any) -> None:
    given = {"body": b'{"color":"a"}', "compat": {"/color": "colour"}}
    assert lined("lines", **given) == b'{"colour":"a"}\n'


def test_a_package_without_the_way_back_knows_no_older_servers(tmp_path: Any) -> None:
    target = ("--spec", str(SPEC), "--package", "routescope", "--output", str(tmp_path))
    assert CliRunner().invoke(main, ["generate", *target, "--no-denormalize"]).exit_code == 0
    text = (tmp_path / "routescope/client.py").read_text("utf-8")
    assert "older=" not in text
    assert "denormalize" not in text


def test_names_that_are_no_texts_are_folded_as_others_are(tmp_path: Path) -> None:
    """A mapping of Python's is no JSON for that, and no reason for an error of `sorted`."""
    paint = {
        "type": "object",
        "properties": {
            "color": {"type": "string"},
            "colour": {"type": "string", "x-compat": {"into": "/color"}},
        },
    }
    document = schemas(Map={"type": "object", "additionalProperties": paint})
    normalizers = imported(texts(document), tmp_path, "normalizers")
    given = {1: {"colour": "red"}, "a": {}, None: {"colour": "blue"}, (1, 2): {}}
    folded = normalizers.normalize_map(given)
    assert folded.value == {1: {"color": "red"}, "a": {}, None: {"color": "blue"}, (1, 2): {}}
    assert {one.target for one in folded.rewrites} == {"/1/color", "/None/color"}


BODIES = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
servers: [{url: https://x.example}]
paths:
  /one: {post: {operationId: one, tags: [all], requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/C'}}}}, responses: {'204': {description: d}}}}
  /null: {post: {operationId: or_null, tags: [all], requestBody: {required: true, content: {application/json: {schema: {anyOf: [{$ref: '#/components/schemas/C'}, {type: 'null'}]}}}}, responses: {'204': {description: d}}}}
  /many: {post: {operationId: many, tags: [all], requestBody: {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/C'}}}}}, responses: {'204': {description: d}}}}
components:
  schemas:
    C: {type: object, properties: {color: {type: string}, colour: {type: string, x-compat: {into: /color}}}}
"""


def test_a_body_that_may_be_null_is_said_in_older_fields(tmp_path: Path) -> None:
    client = imported(texts(BODIES), tmp_path, "client")
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        all_of = client.Pkg(http_client=http, compat={"/color": "colour"}).all
        all_of.one(color="red")
        all_of.or_null(body={"color": "red"})
        all_of.or_null(body=None)
        all_of.many(body=[{"color": "red"}])
    assert seen == [{"colour": "red"}, {"colour": "red"}, None, [{"color": "red"}]]


def test_a_call_that_cannot_say_it_is_refused(tmp_path: Path) -> None:
    client = imported(texts(BODIES), tmp_path, "client")
    own = client.Pkg(compat={"/color": "colour"}).all
    with pytest.raises(ValueError, match=r"compat: '/color': 'colour' is unknown"):
        own.many(body=[{"color": "red"}], compat={"/color": "colour"})


WITHIN = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
servers: [{url: 'https://api.test'}]
paths:
  /a:
    post:
      tags: [all]
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {pets: {$ref: '#/components/schemas/Pets'}}}}}}
      responses: {'204': {description: nothing}}
components:
  schemas:
    Pets:
      type: object
      additionalProperties:
        type: object
        properties:
          color: {type: string}
          colour: {type: string, deprecated: true, x-compat: {into: /color, deprecated: {since: "2026-08-01"}}}
"""


def test_a_caller_is_warned_once_of_what_stands_at_many_places(tmp_path: Path) -> None:
    module = imported(texts(WITHIN), tmp_path, "client")
    answered = httpx.MockTransport(lambda request: httpx.Response(204))
    client = module.Pkg(http_client=httpx.Client(transport=answered))
    registry: dict[Any, Any] = globals().setdefault("__warningregistry__", {})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        registry.clear()
        for number in range(50):
            client.all.a(pets={f"k{number}": {"colour": "red"}, "other": {"colour": "red"}})
    assert [str(one.message) for one in caught] == ["'colour' is deprecated: Use color."]
    assert len(registry) < 5


# What the document does not list

EXTRA = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
servers: [{url: 'https://api.test'}]
paths:
  /a:
    get:
      operationId: extra
      parameters:
        - {name: color, in: query, schema: {type: string}}
        - {name: colour, in: query, schema: {type: string}, x-compat: {into: {in: query, name: color}}}
        - {name: the-filter, in: query, style: deepObject, schema: {type: object, properties: {a: {type: string}}}}
        - {name: X-New, in: header, schema: {type: string}}
        - {name: X-Old, in: header, schema: {type: string}, x-compat: {into: {in: header, name: X-New}}}
      responses: {'204': {description: nothing}}
"""


@pytest.fixture(scope="module")
def extra(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return imported(texts(EXTRA), tmp_path_factory.mktemp("extra"), "client").EXTRA_OPERATION.draft


@pytest.mark.parametrize("name", ["color", "colour", "the-filter", "the-filter[a]"])
def test_an_argument_is_not_sent_as_it_is_in_the_query(extra: Any, name: str) -> None:
    told = f"{name.removesuffix('[a]')!r} is an argument, and may not be in extra_query"
    with pytest.raises(TypeError, match=told):
        extra({"extra_query": {"b": 1, name: "red"}})


def test_what_is_no_argument_of_the_query_is_sent_as_it_is(extra: Any) -> None:
    given = {"X-Old": 1, "the_filter": 2, "color[]": 3, "a": None}
    made = extra({"x_old": "old", "color": "red", "extra_query": given})
    assert made.query == ["color=red", "X-Old=1", "the_filter=2", "color%5B%5D=3", "a="]
    assert made.headers == {"x-new": "old"}


def test_a_whole_body_of_a_union_with_null_may_be_null(tmp_path: Path) -> None:
    """The types of an enumeration were taken for those of the whole union."""
    size = {"type": "string", "enum": ["small"], "x-compat": {"values": {"small": "s"}}}
    union = {"oneOf": [{"type": "string", "enum": ["s"]}, size]}
    media = {"application/json": {"schema": {"anyOf": [union, {"type": "null"}]}}}
    sent = {"required": True, "content": media}
    operation = {"operationId": "send", "requestBody": sent, "responses": {"204": {"description": ""}}}  # fmt: skip
    document = json.dumps({**schemas(), "paths": {"/a": {"post": operation}}})
    client = imported(texts(document), tmp_path, "client")
    for given, body in ((None, b"null"), ("small", b'"s"')):
        assert client.A_SEND.draft({"body": given}).content["content"] == body
