"""`speclens mock`: the generated server, with real pictures as they are asked for, and a clean end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from PIL import Image

from built import HEAD, lowered
from mocked import Mock, command, mock
from speclens import mock as mocking
from speclens.cli import main
from speclens.lower.ground import example_values
from speclens.lower.operations import examples
from speclens.mock import pictures
from speclens.openapi.api import OpenApi

ROOT = Path(__file__).parents[1]
A = "https://example.com/a.png"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def running() -> Iterator[Mock]:
    with mock(ROOT) as found:
        yield found


@pytest.fixture(scope="module")
def http(running: Mock) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {running.key}"}
    with httpx.Client(base_url=running.url, headers=headers, timeout=60) as client:
        yield client


def edit(http: httpx.Client, **members: Any) -> Json:
    body = {"model": "gpt-image-2", "prompt": "Add a hat.", "images": [A], **members}
    answer = http.post("/v1/images/edits", json=body)
    return {"status": answer.status_code, **answer.json()}


def picture(http: httpx.Client, item: Json) -> Image.Image:
    content = b64decode(item["b64_json"]) if "b64_json" in item else http.get(item["url"]).content
    with Image.open(BytesIO(content)) as image:
        image.load()
        return image


# Pictures


@pytest.mark.parametrize("how", ["url", "b64_json"])
@pytest.mark.parametrize(
    ("kind", "mode"), [("png", "RGB"), ("png", "RGBA"), ("jpeg", "RGB"), ("webp", "RGBA")]
)
def test_pictures_are_what_was_asked_for(
    http: httpx.Client, kind: str, mode: str, how: str
) -> None:
    background = "transparent" if mode == "RGBA" else "opaque"
    told = edit(
        http, n=2, size="64x48", output_format=kind, background=background, response_format=how
    )

    assert [set(item) for item in told["data"]] == [{how}, {how}]
    found = [picture(http, item) for item in told["data"]]
    assert [(one.format, one.size, one.mode) for one in found] == [
        (kind.upper(), (64, 48), mode)
    ] * 2
    assert found[0].tobytes() != found[1].tobytes()
    if mode == "RGBA":
        corner, middle = found[0].getpixel((0, 0)), found[0].getpixel((32, 24))
        assert isinstance(corner, tuple)
        assert isinstance(middle, tuple)
        assert (corner[3], middle[3]) == (0, 255)
    assert told.keys() - {"status"} == {"created", "data"}  # no more than the document promises


@pytest.mark.parametrize("members", [{}, {"size": "auto"}])
def test_one_square_png_by_url_if_nothing_is_asked(http: httpx.Client, members: Json) -> None:
    (item,) = edit(http, **members)["data"]

    found = picture(http, item)
    assert (found.format, found.size) == ("PNG", (1024, 1024))
    assert item["url"].startswith(str(http.base_url))


def test_compression(http: httpx.Client) -> None:
    sizes = [
        len(
            http.get(
                edit(http, output_format="jpeg", output_compression=one)["data"][0]["url"]
            ).content
        )
        for one in (5, 95)
    ]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"size": "8x8"}, "size"),
        ({"size": "99999x16"}, "size"),
        ({"size": "64 x 64"}, "size"),
        ({"size": "huge"}, "size"),
        ({"n": 11}, "n"),
        ({"output_format": "tiff"}, "output_format"),
        ({"output_format": "jpeg", "background": "transparent"}, "background"),
    ],
)
def test_what_is_not_made_is_told(http: httpx.Client, members: Json, param: str) -> None:
    told = edit(http, **members)
    assert (told["status"], told["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    "name",
    ["", "x.png", "64x64-3f2a09c4.gif", "8x8-3f2a09c4.png", "5000x64-3f2a09c4.png", "064x64-3f2a09c4.png",
     "64x64-3f2a09c4.webp", "64x64-3f2a09c4.png/", "64x64-3F2A09C4.png", "64x64-3f2a09c4-q101.jpeg",
     "64x64-3f2a09c4.png%0A"],
)  # fmt: skip
def test_names_of_no_picture(http: httpx.Client, name: str) -> None:
    assert http.get(f"/files/{name}").status_code == 404


def test_a_name_holds_all_of_its_picture(http: httpx.Client) -> None:
    (found,) = pictures.asked(
        {"size": "64x48", "output_format": "webp", "background": "transparent"}
    )
    assert pictures.named(found.name) == found
    assert http.get(f"/files/{found.name}").content == found.content()


# The command


def test_what_it_says_of_a_run(tmp_path: Path) -> None:
    with mock(ROOT, "--api-key", "sesame") as running:
        answer = httpx.post(f"{running.url}/v1/images/edits", json={})
        assert (answer.status_code, running.key) == (401, "sesame")
        headers = {"authorization": "Bearer sesame"}
        body = {"model": "m", "prompt": "p", "image": A}
        answer = httpx.post(f"{running.url}/v1/images/edits", json=body, headers=headers)
        assert answer.headers["compat-rewrites"] == '"/image";to="/images"'
        httpx.get(f"{running.url}/%1b[31m")

    assert running.log == [
        "POST /v1/images/edits 401",
        'POST /v1/images/edits 200 "/image";to="/images"',
        "GET /\\x1b[31m 404",
    ]
    assert running.code == 0


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_to(stop: signal.Signals) -> None:
    with mock(ROOT, stop=stop) as running:
        pass
    assert (running.code, running.log) == (0, [])


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            command(["--port", port]), cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: cannot listen on 127.0.0.1:{port}: ")


@pytest.mark.parametrize(
    "host", ["ü" * 70, "\udcff", "a\0b", "", ".", "256.0.0.1", "::g", "x" * 300]
)
def test_what_is_no_address(host: str) -> None:
    with pytest.raises(mocking.Unavailable, match=r"^cannot listen on "):
        mocking._listening((host, 70_000))


def test_what_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(main, ["mock"])
    assert (result.exit_code, result.stderr) == (
        2,
        "error: uvicorn not installed: pip install 'speclens[mock]'\n",
    )


def test_a_document_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("api.json").write_text(json.dumps(HEAD))
    result = CliRunner().invoke(main, ["mock", "--spec", "api.json"])
    assert result.exit_code == 1
    assert (
        "api.json:1:66 (#/paths): mock/no-server: the generated server has no operations"
        in result.stdout
    )
    assert not Path("out").exists()


# Other documents

PETS = {"type": "object", "required": ["name", "age"]} | {
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 3}}
}


def pets(answer: Json) -> Json:
    def body(**media: Any) -> Json:
        return {"description": "d", "content": {"application/json": media}}

    schema = {"$ref": "#/components/schemas/Pet"}
    operation = {
        "requestBody": body(schema=schema),
        "responses": {"201": body(schema=schema, **answer)},
    }
    return {
        **HEAD,
        "paths": {"/pets": {"post": operation}},
        "components": {"schemas": {"Pet": PETS}},
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, {"name": "text", "age": 3}),
        ({"example": {"name": "Rex", "age": 7}}, {"name": "Rex", "age": 7}),
        ({"examples": {"a": {"value": {"name": "Rex", "age": 8}}}}, {"name": "Rex", "age": 8}),
    ],
)
def test_an_answer_without_pictures(tmp_path: Path, answer: Json, expected: Json) -> None:
    (tmp_path / "api.json").write_text(json.dumps(pets(answer)))
    with mock(tmp_path, "--spec", "api.json") as running:
        told = httpx.post(f"{running.url}/pets", json={"name": "x", "age": 3})
    assert (told.json(), running.key, running.code) == (expected, "", 0)
    assert [path.name for path in tmp_path.iterdir()] == ["api.json"]


@pytest.mark.parametrize("status", ["201", "2XX", "default", "302"])
@pytest.mark.parametrize("kind", ["application/json", "application/hal+json"])
def test_an_answer_of_any_status_and_json(status: str, kind: str) -> None:
    content = {"application/xml": {"example": 1}, kind: {"example": 2}}
    answers = {"404": {"content": {kind: {}}}, status: {"content": content}}
    api = OpenApi({"paths": {"/a": {"post": {"responses": answers}}}})
    assert examples.answer(api, "#/paths/~1a/post") == 2


# The least value of a schema

LEAST: tuple[tuple[Any, Any], ...] = (
    (True, None),
    ({"type": "string", "minLength": 6}, "textxx"),
    ({"type": "string", "maxLength": 2}, "te"),
    ({"type": "string", "format": "uri"}, "https://example.com/"),
    ({"type": ["integer", "null"], "exclusiveMinimum": 2}, 3),
    ({"type": "boolean"}, False),
    ({"enum": ["a", "b"]}, "a"),
    ({"oneOf": [{"const": 4}, {"type": "string"}]}, 4),
    ({"type": "array", "items": {"type": "string"}}, []),
    ({"type": "array", "items": {"type": "null"}, "minItems": 2}, [None, None]),
    ({"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"default": 1}}}]}, {"a": 1}),
    ({"type": "object", "properties": {"a": {}}}, {}),
)  # fmt: skip


@pytest.mark.parametrize(("schema", "value"), LEAST)
def test_least(schema: Any, value: Any) -> None:
    assert example_values.least({}, schema) == value


@pytest.mark.parametrize(
    ("item", "depth"),
    [({"type": "string"}, 5), ({"type": "string"}, 40), ({"type": "string", "minLength": 9_000}, 2), ({"example": "x" * 5_000}, 3)],
)  # fmt: skip
def test_least_of_lists_within_lists(item: Json, depth: int) -> None:
    """What is shown in a README, and answered by the mock, has a bound."""
    schema = item
    for _ in range(depth):
        schema = {"type": "array", "minItems": 100, "items": schema}
    assert len(json.dumps(example_values.least({}, schema))) < 20_000
    several = {"type": "object", "properties": dict.fromkeys("abc", schema), "required": [*"abc"]}
    listed = {"type": "array", "minItems": 9, "items": several}
    assert len(json.dumps(example_values.least({}, listed))) < 60_000


def test_least_of_what_has_no_end() -> None:
    """As many as grow with every step, and one that is inside itself."""
    reference = {"$ref": "#/components/schemas/A"}
    inner = dict.fromkeys("abc", reference)
    grown = {"type": "object", "required": [*inner], "properties": inner}
    document = {"components": {"schemas": {"A": grown}}}
    assert len(json.dumps(example_values.least(document, reference))) < 10_000
    circle = {"components": {"schemas": {"A": {"allOf": [reference]}}}}
    assert example_values.least(circle, reference) is None


# The call that a README shows


def shown(document: Json) -> tuple[str, ...]:
    client = lowered(document).client
    assert client is not None
    return client.example.arguments


def test_the_call_of_an_example() -> None:
    document = pets({})
    assert shown(document) == ('name="text"', "age=3")
    media = document["paths"]["/pets"]["post"]["requestBody"]["content"]["application/json"]
    media["example"] = {"name": 'Rex"\n```', "age": 9}
    assert shown(document) == ("name='Rex\"\\n```'", "age=9")
