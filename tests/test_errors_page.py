"""docs/errors.md shows real messages: each is what a command or a call says here."""

from __future__ import annotations

import re
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import routescope
from built import imported
from speclens.cli import main

PAGE = (Path(__file__).parents[1] / "docs" / "errors.md").read_text("utf-8")
TOOL, PACKAGE = (
    {
        line
        for block in re.findall(r"^```\n(.*?)^```$", part, re.M | re.S)
        for line in block.splitlines()
    }
    for part in PAGE.split("## The generated package\n")
)
DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{name: limit, in: query, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: Pets.
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
    post:
      operationId: addPet
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {"200": {description: A pet., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
components:
  schemas:
    Pet:
      type: object
      properties:
        name: {type: string}
        born: {type: string, format: date-time}
"""
TARGET = ("--spec", "pets.yaml", "--package", "petstore", "--output", "out")
GENERATE = ("generate", *TARGET)
OVERLAY = """\
overlay: 1.1.0
info: {title: Ours, version: "1"}
actions:
  - target: $.components.schemas.Dog
    update: {description: A dog.}
"""
# What is run, and what is another in the document first.
RUNS: tuple[tuple[tuple[str, ...], tuple[str, str]], ...] = (
    (("generate",), ("", "")),
    (("generate", "pets.yaml"), ("{title: Pets,", "{title: Pet Store,")),
    (("generate", "--formats", "types"), ("", "")),
    (("validate", "http://127.0.0.1:9/openapi.json"), ("", "")),
    (("generate", *TARGET, "--package", "class"), ("", "")),
    (("normalize", "--spec", "pets.yaml", "--schema", "Dog"), ("", "")),
    (("validate", "petz.yaml"), ("", "")),
    (("validate", "pets.yaml"), ('{title: Pets, version: "1"}', '{title: Pets, version: "1"')),
    (("validate", "pets.yaml"), ("info:", "openapi: 3.1.1\ninfo:")),
    (("validate", "pets.yaml"), ("openapi: 3.1.0", "openapi: 4.0.0")),
    (("validate", "pets.yaml"), ("schemas/Pet'}}}\n    post", "schemas/Pat'}}}\n    post")),
    (("validate", "pets.yaml"), ("'#/components/schemas/Pet'}}}\n    post", "https://schemas.example.com/pet.yaml}}}\n    post")),
    (("validate", "pets.yaml"), ("'#/components/schemas/Pet'}}}\n    post", "../shared/pet.yaml}}}\n    post")),
    (GENERATE, ("          description: Pets.\n", "")),
    (GENERATE, ("name: limit, ", "")),
    (("generate", "--lenient", *TARGET), ("name: limit, ", "")),
    (GENERATE, ("name: {type: string}", "name: {type: string, not: {const: x}}")),
    (("validate", "pets.yaml", "--overlay", "overlay.yaml"), ("", "")),
    (("generate", *TARGET[:-1], "mine"), ("", "")),
    (("generate", *TARGET, "--templates", "unmarked"), ("", "")),
    (("generate", *TARGET, "--templates", "faulty"), ("", "")),
    (("explain", "out/petstore/models.py:9999", *TARGET), ("", "")),
    (("mock", "--spec", "pets.yaml"), ("", "")),
)  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with all that the commands are run on, and the package in `out`."""
    directory = tmp_path_factory.mktemp("errors") / "project"
    files = {
        "pets.yaml": DOCUMENT,
        "overlay.yaml": OVERLAY,
        "mine/README.md": "My notes.\n",
        "pet-store/README.md": "My notes.\n",
        "unmarked/package/README.md.j2": "{{ package.title }}\n",
        "faulty/package/README.md.j2": "{{ package.nope }}\n",
        "../shared/pet.yaml": "type: object\n",
    }
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return directory


def test_messages_of_the_tool(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    seen = set[str]()
    for arguments, change in ((GENERATE, ("", "")), *RUNS):
        Path("pets.yaml").write_text(DOCUMENT.replace(*change, 1), "utf-8")
        seen |= set(CliRunner().invoke(main, arguments, prog_name="speclens").output.splitlines())
    assert sorted(TOOL - seen) == []


def test_messages_of_the_package(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    monkeypatch.delenv("ROUTESCOPE_API_KEY", raising=False)
    Path("pets.yaml").write_text(DOCUMENT, "utf-8")
    CliRunner().invoke(main, GENERATE)
    files = {path.name: path.read_text("utf-8") for path in Path("out/petstore").glob("*.py")}
    shutil.rmtree("out")
    pets = imported(files, tmp_path, "client")
    assert sorted(PACKAGE - {told(call) for call in calls(pets)}) == []


def told(call: Callable[[], Any]) -> str:
    """What Python's traceback of a call ends with, without the module."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            call()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return ""


PICTURE = "https://example.com/cat.png"


def calls(pets: ModuleType) -> Iterator[Callable[[], Any]]:
    """Calls that fail."""
    good: dict[str, Any] = {"prompt": "p", "images": [PICTURE]}
    edit: Any = client(httpx.Response(200, json={"data": [{"url": PICTURE}]})).images.edit
    yield lambda: edit(**good, colour="red")
    api: Any = pets.Petstore(api_key="k")
    yield lambda: api.pets.list(limit=None)
    yield lambda: api.pets.add(nam="a")
    yield lambda: api.pets.add(name="a", body={"name": "b"})
    yield lambda: edit(prompt="", images=[PICTURE])
    yield lambda: edit(prompt="p")
    yield lambda: edit(prompt="p", images=["cat.png"])
    yield lambda: edit(prompt="p", image=PICTURE)
    yield lambda: pets.Petstore().pets.add(born=datetime(2026, 1, 1))
    yield lambda: routescope.normalize_image_edit_request({"prompt": "p", "image": 5})
    older: Any = {
        "images": [{"image_url": PICTURE, "note": 1}],
        "compat": {"/images": "image_urls"},
    }
    yield lambda: edit(prompt="p", **older)
    yield lambda: edit(**good, compat={"/images": "nope"})
    yield lambda: client(httpx.Response(200), api_key="").images.edit(**good)
    yield lambda: routescope.Routescope(base_url="127.0.0.1:8000")
    yield lambda: routescope.data_url(b"hello")
    for answer in (
        httpx.ConnectError("[Errno 111] Connection refused"),
        httpx.ReadTimeout("timed out"),
        httpx.Response(500),
        httpx.Response(429, json={"error": {"message": "slow down"}}),
        httpx.Response(200, json={"data": [{"url": 3}]}),
        httpx.Response(200, json={"data": []}),
    ):
        yield partial(lambda failing: failing.images.edit(**good).bytes(), client(answer))
    yield lambda: edit(**good, max_response_bytes=10)


def client(answer: httpx.Response | Exception, **options: Any) -> routescope.Routescope:
    """A client whose calls are all answered alike, or fail alike."""

    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    http = httpx.Client(transport=httpx.MockTransport(handle))
    settings: dict[str, Any] = {"api_key": "k", "max_retries": 0, "http_client": http, **options}
    return routescope.Routescope(**settings)
