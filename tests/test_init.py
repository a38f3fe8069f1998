"""`speclens init`: what it writes works as it is, and nothing that is there is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from speclens import config
from speclens.cli import main
from speclens.config import settings
from speclens.lower.ground import x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.source import load


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, called shop; the current one."""
    directory = tmp_path / "shop"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ("init", *arguments), catch_exceptions=False)


def files(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


# What is written


@pytest.mark.parametrize("arguments", [(), ("there/my-shop",), (".", "--package", "orders")])
def test_what_is_written_works_without_options(
    empty: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    directory = empty / (arguments[0] if arguments else ".")

    def speclens(*command: str, cwd: Path = directory) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "speclens", *command],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    written, _, following = speclens("init", *arguments, cwd=empty).partition("next:\n")
    paths = [empty / line.removeprefix("wrote ") for line in written.splitlines()]
    assert sorted(paths) == sorted(directory / name for name in files(directory))
    commands = [line.strip().split(" ", 1) for line in following.splitlines()]
    assert commands.pop(0) == ["cd", arguments[0]] if directory != empty else True
    assert commands == [["speclens", name] for name in ("validate", "generate", "check", "verify")]

    assert speclens("validate", "--quiet") == ""
    assert "files written" in speclens("generate")
    assert speclens("check") == "in sync\n"
    if not arguments:  # the document is the same
        assert "BROKEN" not in speclens("verify")
    generated = files(directory / "generated")
    assert {Path(name).name for name in generated} >= {"client.py", "server.py", "normalizers.py"}


def test_x_compat_is_in_use(empty: Path) -> None:
    assert run().exit_code == 0
    document = load(Path("openapi/shop.yaml")).value
    found = [x_compat.keywords(schema) for _, schema in all_schemas(document)]
    used = {keyword for own in found for keyword in own}
    assert used == {"into", "to", "values", "absent", "deprecated"}
    assert [sorted(own["deprecated"]) for own in found if "deprecated" in own] == [
        ["note", "since", "sunset"]
    ]


def test_every_key_of_the_configuration_is_explained(empty: Path) -> None:
    run()
    lines = Path("pyproject.toml").read_text().splitlines()
    for key in settings.BY_KEY:
        (number,) = (n for n, line in enumerate(lines) if line.lstrip("# ").startswith(f"{key} = "))
        assert lines[number - 1].startswith("# ")
    assert tomllib.loads("\n".join(line.removeprefix("# ") for line in lines[2:] if " = " in line))


def test_the_document_names_the_schema_beside_it(empty: Path) -> None:
    run()
    first = Path("openapi/shop.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=openapi.schema.json"
    printed = CliRunner().invoke(main, ["schema"])
    assert Path("openapi/openapi.schema.json").read_text() == printed.stdout


@pytest.mark.parametrize(
    ("directory", "package"),
    [
        ("pet-store", "pet_store"), ("PetStore", "pet_store"), ("2d", "n2d"), ("class", "class_api"), ("json", "json_api"),
        ("httpx", "httpx_api"), ("test", "test_api"), ("größe", "grosse"), ("a b", "a_b"), ("...x", "x"), ("日本", "ri_ben"),
    ],
)  # fmt: skip
def test_the_package_is_called_as_the_directory(empty: Path, directory: str, package: str) -> None:
    assert run(directory).exit_code == 0
    (loaded,) = config.load_configs(Path(directory, "pyproject.toml"))
    assert loaded.package == package
    assert package.isidentifier()
    assert not package.endswith("_")


# What is there already


def test_nothing_is_overwritten(empty: Path) -> None:
    run()
    before = files(empty)

    again = run("--format", "json")

    assert again.exit_code == 2
    assert [(one["rule"], one["file"], one["line"]) for one in json.loads(again.stdout)] == [
        ("config/exists", "openapi/shop.yaml", 1),
        ("config/exists", "openapi/openapi.schema.json", 1),
        ("config/exists", "pyproject.toml", 2),
    ]
    assert files(empty) == before


def test_all_is_told_in_one_run_and_nothing_written(empty: Path) -> None:
    Path("openapi").mkdir()
    Path("openapi/openapi.schema.json").symlink_to("nowhere")
    Path("pyproject.toml").write_text("[project]\n\n[ tool . 'speclens' ]\nspec = 1\n")

    result = run("--package", "not-a-name")

    assert result.exit_code == 2
    assert [line.split(": ")[:2] for line in result.stdout.splitlines()] == [
        ["openapi/openapi.schema.json:1:1", "config/exists"],
        ["pyproject.toml:3:1", "config/exists"],
        ["command line:1:1", "config/package"],
    ]
    assert sorted(path.name for path in empty.rglob("*")) == [
        "openapi", "openapi.schema.json", "pyproject.toml",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[project]\nname = 'x'\n",
        "[project]\nname = 'x'",
        "# größe\r\n[tool.other]\r\nx = 1\r\n",
        "[tool]\nother.x = 1\n",
        "[[tool.mypy.overrides]]\nmodule = 'x'\n\n\n",
    ],
)
def test_a_table_is_added_to_what_is_there(empty: Path, text: str) -> None:
    before = text.encode()
    Path("pyproject.toml").write_bytes(before)

    assert run().exit_code == 0

    after = Path("pyproject.toml").read_bytes()
    assert after.startswith(before)
    rest = after.removeprefix(before)
    assert (b"\r\n" in before) == (b"\r\n" in rest)
    assert rest.count(b"\r\n") in {0, rest.count(b"\n")}
    project = tomllib.loads(after.decode())
    assert project["tool"].pop("speclens")["package"] == "shop"
    was = tomllib.loads(text)
    assert project == {**was, "tool": was.get("tool", {})}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b"[project\n", "config/unreadable"),
        (b"\xff", "config/unreadable"),
        (b"tool = {x = 1}\n", "config/exists"),
        (b"tool = 1\n", "config/exists"),
        (b"[tool]\nspeclens = {}\n", "config/exists"),
    ],
)
def test_a_project_that_cannot_take_a_table(empty: Path, text: bytes, rule: str) -> None:
    Path("pyproject.toml").write_bytes(text)

    result = run("--format", "json")

    (problem,) = json.loads(result.stdout)
    assert (result.exit_code, problem["rule"], problem["file"]) == (2, rule, "pyproject.toml")
    assert files(empty) == {"pyproject.toml": text}


@pytest.mark.parametrize("name", ["openapi", "pyproject.toml", "there"])
def test_a_file_for_a_directory_and_the_reverse(empty: Path, name: str) -> None:
    if name == "pyproject.toml":
        Path(name).mkdir()
    else:
        Path(name).write_text("")

    result = run("there" if name == "there" else ".")

    assert result.exit_code == 2
    assert result.stdout.startswith(f"{name}:1:1: config/exists: ")
    assert [path.name for path in empty.rglob("*")] == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize(("directory", "rule"), [("loop", "exists"), ("loop/x", "unwritable")])
def test_a_loop_of_links(empty: Path, directory: str, rule: str) -> None:
    Path("loop").symlink_to("loop")

    result = run(directory)

    assert (result.exit_code, result.stdout.split(": ")[1]) == (2, f"config/{rule}")
    assert files(empty) == {}


@pytest.mark.parametrize("before", [[], ["openapi"]])
def test_what_cannot_be_written_leaves_nothing(
    before: list[str], empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in before:
        empty.joinpath(name).mkdir()
    opened: Any = Path.open

    def fail(path: Path, *arguments: str, **options: str) -> Any:
        if path.name == "pyproject.toml" and "x" in arguments:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", fail)

    result = run("--format", "json")

    (problem,) = json.loads(result.stdout)
    assert (problem["rule"], problem["file"]) == ("config/unwritable", "pyproject.toml")
    assert [path.name for path in empty.rglob("*")] == before


def test_a_directory_that_cannot_be(empty: Path) -> None:
    result = run("x" * 300)

    assert result.exit_code == 2
    assert ": config/unreadable: cannot be read: " in result.stdout
