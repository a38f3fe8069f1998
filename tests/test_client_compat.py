"""`compat`: one client that talks to an older server, which knows its own fields only."""

from __future__ import annotations

import json
import warnings
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
            **SAID[0][len(urls)],
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
    known = r"is none of \[\('/images', 'image'\), \('/images', 'image_urls'\)\]"
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
    assert client.Pkg._older == frozenset({("/color", "colour")})


def test_a_member_called_compat_is_another_argument(client: Any) -> None:
    assert client.PLAIN_OPERATION.draft({"compat_": "x"}).content["content"] == b'{"compat":"x"}'


def test_a_package_without_the_way_back_knows_no_older_servers(tmp_path: Any) -> None:
    target = ("--spec", str(SPEC), "--package", "routescope", "--output", str(tmp_path))
    assert CliRunner().invoke(main, ["generate", *target, "--one-way"]).exit_code == 0
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
            client.all.post_a(pets={f"k{number}": {"colour": "red"}, "other": {"colour": "red"}})
    assert [str(one.message) for one in caught] == ["'colour' is deprecated: Use color."]
    assert len(registry) < 5
