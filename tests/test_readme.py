"""Every Python example of the READMEs and of the pages in docs/ runs, against a mock, and is typed."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

import hostile
from built import HEAD, source
from hostile_checks import quicken
from mocked import Mock, mock
from speclens import judging
from speclens.config import Config
from speclens.output import marks, plan, render
from speclens.problems import Refused
from test_hostile import check_readme

ROOT = Path(__file__).parents[1]
READMES = (
    "README.md",
    "docs/client.md",
    "docs/server.md",
    "docs/x-compat.md",
    "generated/README.md",
)
OF_FILES = {"docs/comparison.md", "docs/configuration.md"}
"""Those whose examples are parts of files: tests/test_comparison.py runs the first, and the second shows generated code."""
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(text: str) -> list[str]:
    """The Python examples of a page; each line is where it was, so that faults are told by their line."""
    found = []
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        found.append("\n" * line + block[1])
    return found


@pytest.fixture(scope="module")
def running() -> Iterator[Mock]:
    with mock(ROOT) as found:
        yield found


@pytest.fixture
def place(running: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory with one picture, and the mock in the environment."""
    monkeypatch.setenv("ROUTESCOPE_BASE_URL", running.url)
    monkeypatch.setenv("ROUTESCOPE_API_KEY", running.key)
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (8, 8)).save("cat.png")
    return tmp_path


def run(readme: str) -> tuple[dict[str, Any], list[str]]:
    """What the examples of a page leave behind, run one after the other, and what they warn of."""
    names: dict[str, Any] = {"__name__": "readme"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for example in examples((ROOT / readme).read_text("utf-8")):
            exec(compile(example, readme, "exec"), names)
    return names, [f"{one.category.__name__}: {one.message}" for one in caught]


def test_all_pages_with_examples_are_run() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    found = {
        page.relative_to(ROOT).as_posix() for page in pages if examples(page.read_text("utf-8"))
    }
    assert found - OF_FILES == set(READMES) - {"generated/README.md"}


def test_examples_of_the_readme(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, warned = run("README.md")

    assert warned == []
    assert capsys.readouterr().out.startswith("cat.png 1 ")
    assert names["normalized"].value["images"] == [{"image_url": "https://example.com/cat.png"}]
    assert names["normalized"].rewrites[0].target == "/images"
    with Image.open("cat.png") as picture:
        assert picture.size == (1024, 1024)


def test_examples_of_the_client(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, warned = run("docs/client.md")

    printed = capsys.readouterr().out
    assert "/prompt: String should have at least 1 character" in printed
    assert "\nsize " in printed
    (told,) = re.findall(
        "# (DeprecationWarning: .*)", (ROOT / "docs" / "client.md").read_text("utf-8")
    )
    assert warned == [told]
    assert {path.name for path in place.iterdir()} == {"cat.png", "season-0.png", "season-1.png"}
    assert names["picture"].startswith(b"\x89PNG")


def test_examples_of_x_compat() -> None:
    found = run("docs/x-compat.md")[0]["found"]
    assert found.value == {"prompt": "Red.", "images": [{"image_url": "https://example.com/a.png"}]}
    assert {(one.source, one.target) for one in found.rewrites} == {("/image", "/images")}
    assert [(one.pointer, one.reason) for one in found.drops] == [("/image_urls", "absent")]


def test_the_server_of_the_page(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = run("docs/server.md")[0]["app"]
    capsys.readouterr()

    async def call(key: str, model: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
            headers = {"authorization": f"Bearer {key}"}
            body = {"model": model, "prompt": "p", "image": "https://example.com/cat.png"}
            return await http.post("http://x/v1/images/edits", json=body, headers=headers)

    answer = asyncio.run(call("secret", "gpt-image-2"))
    assert answer.json() == {"data": [{"url": "https://example.com/cat.png"}]}
    assert answer.headers["compat-rewrites"] in (ROOT / "docs" / "server.md").read_text("utf-8")
    assert set(capsys.readouterr().out.splitlines()) == {"tenant-1 still sends /image"}
    assert asyncio.run(call("wrong", "gpt-image-2")).status_code == 401
    answer = asyncio.run(call("secret", "other"))
    assert (answer.status_code, answer.json()["error"]["param"]) == (404, "model")


def test_examples_of_the_generated_readme(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, warned = run("generated/README.md")

    assert (warned, capsys.readouterr().out) == ([], "")
    assert names["path"] == Path("result.png")
    with Image.open("result.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (1024, 1024))
    assert callable(names["app"])


@pytest.mark.parametrize("checker", ["mypy", "basedpyright"])
def test_examples_are_typed(checker: str, tmp_path: Path, mypy_cache: str) -> None:
    paths = []
    for number, readme in enumerate(READMES):
        text = (ROOT / readme).read_text("utf-8")
        paths.append(tmp_path / f"readme_{number}.py")
        paths[-1].write_text("".join(block[1] for block in BLOCK.finditer(text)), "utf-8")
    config = tmp_path / "pyrightconfig.json"
    config.write_text(f'{{"typeCheckingMode": "standard", "extraPaths": ["{ROOT / "generated"}"]}}')
    command = {
        "mypy": ["mypy", "--strict", "--no-error-summary", "--config-file", os.devnull],
        "basedpyright": ["basedpyright", "--project", str(config), "--pythonpath", sys.executable],
    }[checker]
    done = subprocess.run(
        [sys.executable, "-m", *command, *(paths if checker == "mypy" else ())],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "generated"), "MYPY_CACHE_DIR": mypy_cache},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# Of any document

STATEMENTS = [
    ["ImportFrom", "With"],
    ["Import", "ImportFrom", "AsyncFunctionDef", "Expr"],
    ["ImportFrom", "Try"],
    ["ImportFrom", "ImportFrom", "ClassDef", "Assign"],
]


def api(text: str) -> dict[str, Any]:
    """An operation with a text for everything that its README tells of."""
    schema = {"type": "object", "properties": {text: {"type": "string"}, "plain": {}}}
    reference = {"$ref": "#/components/schemas/Told"}
    media = {"schema": reference, "example": {text: text, "plain": [{text: text}]}}
    side = {"description": text, "content": {"application/json": media}}
    operation = {
        "operationId": text,
        "tags": [text],
        "requestBody": side,
        "responses": {"200": side},
    }
    return {
        **HEAD,
        "info": {"title": text, "version": "1"},
        "paths": {"/x": {"post": operation}},
        "components": {"schemas": {"Told": schema}},
    }


def readme_of(document: dict[str, Any]) -> str | None:
    """The README of a document's package; None for a document that is refused."""
    read = source(document)
    try:
        lowered = judging.read_document(read)[0]
    except Refused:
        return None
    config = Config(Path(read.name), "pkg", Path(), "speclens generate")
    file = next(one for one in plan.files(lowered, config) if one.path == "README.md")
    variables = {"file": file, "package": plan.package(lowered, config), "document": lowered}
    nonce = marks.nonce(read.text)
    text = render.renderer((render.BUILT_IN,), nonce)(file.template, variables).text
    return marks.take_out(text, nonce, file.template)[0]


def test_a_hostile_document_has_a_readme_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)
    seen = 0
    for name, text in hostile.TEXTS.items():
        if (readme := readme_of(api(text))) is not None:
            check_readme(readme)
            found = [ast.parse(example) for example in examples(readme)]
            statements = [[type(node).__name__ for node in one.body] for one in found]
            assert statements == STATEMENTS, name
            seen += 1
    assert seen > 100


def test_what_verify_says(tmp_path: Path) -> None:
    """The two fields of the page on CI and what is told of them."""
    text = (ROOT / "docs" / "ci.md").read_text("utf-8").partition("## Verify")[2]
    found = re.search(r"```yaml\n(.*?)```\n.*?```\n(.*?)\n```", text, re.DOTALL)
    assert found is not None
    fields, told = found.groups()
    head = (
        "openapi: 3.1.1\ninfo: {title: Thing, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
    )
    thing = "    Thing:\n      type: object\n      properties:\n"
    lines = "".join(f"        {line}\n" for line in fields.splitlines())
    (tmp_path / "openapi.yaml").write_text(head + thing + lines, "utf-8")
    command = [sys.executable, "-m", "speclens", "verify", "--spec", "openapi.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == told
