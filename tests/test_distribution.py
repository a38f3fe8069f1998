"""What a package says of itself, and where it is written: a distribution of its own, or a package in a source tree."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from built import HEAD, imported, load_config, printed, source, texts
from speclens.cli import main
from speclens.config import Config
from speclens.problems import Refused

CONFIG = Config(Path("openapi.yaml"), "my_pets", Path(), "speclens generate")
DOCUMENT: dict[str, Any] = {
    **HEAD,
    "servers": [{"url": "https://api.example"}],
    "paths": {"/pets": {"get": {"operationId": "pets.list", "tags": ["pets"], "responses": {"204": {"description": "d"}}}}},
    "components": {"schemas": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}}},
}  # fmt: skip


def versioned(version: str) -> dict[str, Any]:
    return {**DOCUMENT, "info": {**DOCUMENT["info"], "version": version}}


def files(document: Mapping[str, Any] = DOCUMENT, **settings: Any) -> dict[str, str]:
    made = printed(source(document), replace(CONFIG, **settings))
    return {path: draft.text for path, draft in made.items()}


def project(**settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(files(**settings)["pyproject.toml"])["project"]
    return found


def test_metadata_is_what_the_configuration_says() -> None:
    usual = project()
    assert (usual["name"], usual["version"]) == ("my-pets", "0.1.0")
    assert not {"authors", "license"} & usual.keys()
    found = project(
        distribution="Acme.pets",
        version="1.2",
        authors=("Ada Lovelace <ada@example.com>", 'Acme "Inc"', "<a@b.example>"),
        license="MIT OR Apache-2.0",
    )
    assert (found["name"], found["version"], found["license"]) == (
        "Acme.pets",
        "1.2",
        "MIT OR Apache-2.0",
    )
    assert found["authors"] == [
        {"name": "Ada Lovelace", "email": "ada@example.com"},
        {"name": 'Acme "Inc"'},
        {"email": "a@b.example"},
    ]


@pytest.mark.parametrize(
    ("written", "version"),
    [("1.2.3", "1.2.3"), ("v2", "2"), ("1.0.0-beta.2", "1.0.0b2"), ("1.0-rc1", "1.0rc1"), ("2024.1", "2024.1")],
)  # fmt: skip
def test_the_version_may_be_that_of_the_document(written: str, version: str) -> None:
    found = files(versioned(written), version="document")
    assert tomllib.loads(found["pyproject.toml"])["project"]["version"] == version
    assert f'\n__version__ = "{version}"\n' in found["__init__.py"]


def test_a_version_that_python_does_not_have_is_refused() -> None:
    with pytest.raises(Refused, match="'2024-01-01', is no version of Python"):
        files(versioned("2024-01-01"), version="document")


@pytest.mark.parametrize(
    ("key", "value"),
    [("distribution", "-pets"), ("distribution", "a b"), ("authors", ["Ada <ada>"]), ("authors", ["a\nb"]), ("license", 'M"IT'), ("version", "doc")],
)  # fmt: skip
def test_metadata_is_checked(key: str, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    table = '[tool.speclens]\nspec = "a.yaml"\npackage = "pets"\noutput = "out"\n'
    path.write_text(f"{table}{key} = {json.dumps(value)}\n")
    with pytest.raises(Refused) as refused:
        load_config(path)
    assert [(one.rule, one.line) for one in refused.value.problems] == [(f"config/{key}", 5)]


def test_requests_say_who_sends_them(tmp_path: Path) -> None:
    client = imported(texts(DOCUMENT, "pets"), tmp_path, "client")
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["user-agent"])
        return httpx.Response(204)

    def called(headers: dict[str, str], **options: Any) -> str:
        http = httpx.Client(transport=httpx.MockTransport(answer), headers=headers)
        client.PetsClient(http_client=http, **options).pets.list()
        return seen.pop()

    own = f"pets/0.1.0 python-httpx/{httpx.__version__}"
    assert called({}) == own
    assert called({"user-agent": "mine"}) == "mine"
    assert called({}, default_headers={"User-Agent": "given"}) == "given"


# In a source tree


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src" / "app").mkdir(parents=True)
    (tmp_path / "src" / "app" / "own.py").write_text("mine = 1\n")
    (tmp_path / "openapi.yaml").write_text(json.dumps(DOCUMENT))
    (tmp_path / "pyproject.toml").write_text(
        '[tool.speclens]\nspec = "openapi.yaml"\npackage = "pets"\noutput = "src/app"\nlayout = "package"\n'
    )
    return tmp_path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, arguments)


def test_a_package_is_written_into_a_source_tree(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("generate")
    assert done.exit_code == 0, done.output
    assert {path.name for path in tree.iterdir()} == {
        "src",
        "openapi.yaml",
        "pyproject.toml",
        "speclens.lock",
    }
    assert {path.name for path in (tree / "src" / "app").iterdir()} == {"own.py", "pets"}
    assert {"__init__.py", "client.py", "models.py", "py.typed"} <= {
        path.name for path in (tree / "src" / "app" / "pets").iterdir()
    }
    assert "files written to src/app\n" in done.output
    monkeypatch.chdir(tree / "src")
    assert run("check").exit_code == 0
    lines = (tree / "src" / "app" / "pets" / "models.py").read_text().split("\n")
    told = run("explain", f"app/pets/models.py:{lines.index('class Pet(Model):') + 1}")
    assert told.exit_code == 0, told.output
    assert "#/components/schemas/Pet" in told.output
    assert run("verify", "--examples", "5").exit_code == 0
    (tree / "src" / "app" / "pets" / "models.py").write_text("# Generated by speclens\n")
    changed = run("check")
    assert (changed.exit_code, "src/app/pets/models.py" in changed.output) == (1, True)
    assert run("generate").exit_code == 0
    assert (tree / "src" / "app" / "own.py").read_text() == "mine = 1\n"


def test_a_package_that_is_renamed_leaves_nothing(tree: Path) -> None:
    assert run("generate").exit_code == 0
    path = tree / "pyproject.toml"
    path.write_text(path.read_text().replace('"pets"', '"cats"'))
    assert run("generate").exit_code == 0
    assert {path.name for path in (tree / "src" / "app").iterdir()} == {"own.py", "cats"}


def test_the_package_is_the_same_in_both_layouts(tree: Path) -> None:
    assert run("generate").exit_code == 0
    assert run("generate", "--layout", "distribution", "--output", "dist").exit_code == 0
    for path in (tree / "dist" / "pets").iterdir():
        here = (tree / "src" / "app" / "pets" / path.name).read_text("utf-8")
        # The first line names the command.
        assert here.split("\n")[1:] == path.read_text("utf-8").split("\n")[1:]


def test_the_lock_is_above_the_package(tree: Path) -> None:
    path = tree / "pyproject.toml"
    path.write_text(path.read_text().replace('"src/app"', '"../app"'))
    done = run("generate")
    assert done.exit_code != 0
    assert (
        "pyproject.toml:4:1: config/output: ../app is outside of ., where the lock is"
        in done.output
    )


def test_the_version_of_a_document_changes_no_byte(tree: Path) -> None:
    assert run("generate").exit_code == 0
    (tree / "openapi.yaml").write_text(json.dumps(versioned("99")))
    assert run("check").exit_code == 0
    assert run("generate").output.endswith("nothing to do: all in sync\n")
