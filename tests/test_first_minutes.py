"""What a new user types: a document and nothing else, an address, standard input, and what is told then."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from speclens.cli import main
from speclens.commands import status
from speclens.config import settings
from speclens.config.package_names import is_package, package_of
from speclens.source import watching
from speclens.tree import read_lock

PET = {"type": "object", "properties": {"name": {"type": "string", "not": {"const": "x"}}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pet Store API", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "responses": {
                    "200": {
                        "description": "Pets.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    }
                },
            }
        }
    },
    "components": {"schemas": {"Pet": PET, "Owner": PET, "Home": PET}},
}  # fmt: skip
RULE = "model/not-enforced"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: str = "", **more: Any) -> Result:
    return CliRunner(**more).invoke(
        main, arguments, stdin, catch_exceptions=False, prog_name="speclens"
    )


def write(document: dict[str, Any] = DOCUMENT, name: str = "openapi.json", **dump: Any) -> None:
    Path(name).write_text(json.dumps(document, **dump))


# The document alone


def test_a_document_is_enough() -> None:
    write()
    made = run("generate", "openapi.json")
    assert (made.exit_code, made.stdout.splitlines()[0].split(" files ")[1]) == (
        0,
        "written to pet-store-api",
    )
    assert "next:\n  pip install ./pet-store-api\n" in made.stdout
    assert {path.name for path in Path("pet-store-api").iterdir()} == {
        "README.md", "pet_store_api", "pyproject.toml", "speclens.lock",
    }  # fmt: skip
    assert run("generate", "openapi.json").stdout == "nothing to do: all in sync\n"
    assert run("check", "openapi.json").stdout == "in sync\n"
    place = "pet-store-api/pet_store_api/models.py:1"
    assert "openapi.json:1:1" in run("explain", place, "openapi.json").stdout


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Petstore", "petstore"),
        ("Swagger Petstore - OpenAPI 3.0", "swagger_petstore"),
        ("GitHub v3 REST API", "github_api"),
        ("FastAPI", "fastapi_client"),
        ("OpenAPI definition", "api_client"),
        ("MyApp | v1", "myapp"),
        ("REST API Version 2", "api_client"),
        ("", "api_client"),
        ("1Password Connect", "n1password_connect"),
        ("Types", "types_client"),
        ("class", "class_client"),
        ("Zoom's Café API v2.1", "zooms_cafe_api"),
        ("One " * 40, "one_one_one_one_one_one_one_one_one_one"),
        ("x" * 99, "x" * 40),
    ],
)
def test_the_title_names_the_package(title: str, name: str) -> None:
    assert package_of(title) == name
    assert is_package(name)


def test_a_new_title_renames_no_package_that_is_there() -> None:
    write()
    assert run("generate", "openapi.json", "-o", "out", "-q").exit_code == 0
    write({**DOCUMENT, "info": {"title": "Zoo", "version": "1"}})
    assert run("generate", "openapi.json", "-o", "out", "-q").exit_code == 0
    assert read_lock(Path("out/speclens.lock").read_text()).inputs.config["package"] == (
        "pet_store_api"
    )
    assert not Path("out/zoo").exists()


def test_the_default_directory_is_nobody_elses() -> None:
    write()
    Path("pet-store-api").mkdir()
    Path("pet-store-api/main.py").write_text("mine")
    found = run("generate", "openapi.json")
    assert (found.exit_code, found.stdout.split(": ")[1]) == (2, "config/output")
    assert [path.name for path in Path("pet-store-api").iterdir()] == ["main.py"]
    assert run("generate", "openapi.json", "--output", "out").exit_code == 0


def test_the_default_directory_is_of_one_document() -> None:
    write()
    assert run("generate", "openapi.json", "-q").exit_code == 0
    write(name="other.json")
    found = run("generate", "other.json")
    assert (found.exit_code, found.stdout.split(": ")[2].split(" (")[0]) == (
        2,
        "pet-store-api holds the package of openapi.json",
    )
    assert run("generate", "other.json", "-o", "pet-store-api").exit_code == 0


def test_names_of_options() -> None:
    write()
    assert run("generate", "openapi.json", "-o", "out", "-n", "pets", "-q").exit_code == 0
    assert Path("out/pets/models.py").exists()
    assert run("check", "--spec", "openapi.json", "--output", "out").stdout == "in sync\n"
    for name in ("-n", "--name", "--package"):
        assert run("show", "openapi.json", name, "zoo").stdout.startswith("zoo: Zoo\n")


def test_settings_without_package_and_output() -> None:
    """They are by default beside the file with the settings, whatever the current directory is."""
    Path("project/api").mkdir(parents=True)
    write(name="project/api/openapi.json")
    Path("project/pyproject.toml").write_text('[tool.speclens]\nspec = "api/openapi.json"\n')
    assert run("generate", "-c", "project/pyproject.toml", "-q").exit_code == 0
    assert Path("project/pet-store-api/speclens.lock").exists()
    os.chdir("project/api")
    assert run("check").stdout == "in sync\n"


def test_a_configuration_by_name() -> None:
    write()
    Path("mine.toml").write_text('[tool.speclens]\nspec = "none.json"\npackage = "mine"\n')
    made = run("generate", "openapi.json", "--config", "mine.toml", "-v")
    assert (made.exit_code, "mine/mine/models.py" in made.stdout) == (0, True)
    Path("mine/mine/models.py").unlink()
    report = json.loads(run("check", "openapi.json", "-c", "mine.toml", "--format", "json").stdout)
    assert report["fix"] == "speclens generate --config mine.toml openapi.json"
    Path("other.toml").write_text("")
    assert "other.toml:1:1: config/unreadable: there is no [tool.speclens]" in (
        run("check", "-c", "other.toml").stdout
    )


def test_explain_finds_the_settings_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of the current directory."""
    Path("here").mkdir()
    Path("there").mkdir()
    for place, package in (("here", "mine"), ("there", "theirs")):
        write(name=f"{place}/openapi.json")
        Path(place, "pyproject.toml").write_text(
            f'[tool.speclens]\nspec = "openapi.json"\npackage = "{package}"\noutput = "out"\n'
        )
        assert run("generate", "-c", f"{place}/pyproject.toml", "-q").exit_code == 0
    monkeypatch.chdir("here")
    told = json.loads(run("explain", "../there/out/theirs/models.py:1", "--format", "json").stdout)
    assert told["document"]["file"] == "../there/openapi.json"
    assert run("explain", "out/mine/models.py:1").exit_code == 0


# Standard input, and addresses


def test_a_document_on_standard_input() -> None:
    text = json.dumps(DOCUMENT)
    assert run("generate", "-", "-o", "out", "-q", stdin=text).exit_code == 0
    assert "by speclens from standard input with" in Path("out/README.md").read_text()
    assert run("check", "-", "-o", "out", stdin=text).stdout == "in sync\n"
    assert run("validate", "-", stdin="[").stdout.startswith("-:1:2: source/syntax: ")
    assert json.loads(run("export", "-", "--view", "wire", stdin=text).stdout)["paths"]


def test_references_of_standard_input_are_relative_to_the_current_directory() -> None:
    Path("pet.json").write_text(json.dumps({"type": "object"}))
    text = json.dumps({**DOCUMENT, "components": {"schemas": {"Pet": {"$ref": "pet.json"}}}})
    assert run("validate", "-", stdin=text).exit_code == 0


class Site(BaseHTTPRequestHandler):
    """A document, pages that are none, and redirects."""

    def do_GET(self) -> None:
        found = {
            "/v1/openapi.json": json.dumps(DOCUMENT),
            "/refers.json": json.dumps({**DOCUMENT, "components": {"schemas": {"Pet": {"$ref": "pet.json"}}}}),
            "/reads.json": json.dumps({**DOCUMENT, "components": {"schemas": {"Pet": {"$ref": "file:///etc/hostname"}}}}),
            "/pet.json": '{"type": "object"}',
            "/docs": "<!DOCTYPE html><html></html>",
        }  # fmt: skip
        to = {"/here": "/v1/openapi.json", "/away": "http://other.invalid/openapi.json"}
        if self.path in to:
            self.send_response(302)
            self.send_header("Location", to[self.path])
        else:
            self.send_response(200 if self.path in found else 404)
        self.end_headers()
        self.wfile.write(found.get(self.path, "").encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/here"])
def test_a_document_at_an_address(site: str, path: str) -> None:
    """A document without servers has one with the URL `/`, relative to the document (OpenAPI 3.1.1, 4.8.1)."""
    made = run("generate", site + path)
    assert made.exit_code == 0
    assert f'_base_url = "{site}"' in Path("pet-store-api/pet_store_api/client.py").read_text()
    call = 'python -c "from pet_store_api import PetStoreApi; print(PetStoreApi().'
    assert f"  pip install ./pet-store-api && {call}" in made.stdout
    assert run("check", site + path).stdout == "in sync\n"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/none", "cannot be fetched: 404"),
        ("/docs", "this is an HTML page (give the address of the document itself"),
        ("/away", "cannot be fetched: it redirects to http://other.invalid"),
    ],
)
def test_what_is_no_document_at_an_address(site: str, path: str, told: str) -> None:
    found = run("validate", site + path)
    assert (found.exit_code, found.stdout.split(": ")[:2]) == (
        2,
        [f"{site}{path}:1:1", "source/unreadable"],
    )
    assert told in found.stdout


@pytest.mark.parametrize("url", ["http://a:b@127.0.0.1/x", "http://", "https://[::1/x"])
def test_addresses_that_are_not_asked(url: str) -> None:
    found = run("validate", url)
    assert (found.exit_code, "source/unreadable" in found.stdout) == (2, True)
    assert "a:b" not in found.stdout


def test_references_of_an_address_follow_the_same_rules(site: str) -> None:
    refused = run("validate", f"{site}/refers.json")
    assert (refused.exit_code, "allow it with --allow-remote 127.0.0.1:" in refused.stdout) == (
        1,
        True,
    )
    host = site.removeprefix("http://")
    assert run("validate", f"{site}/refers.json", "--allow-remote", host).exit_code == 0
    reads = run("validate", f"{site}/reads.json", "--allow-path", "/etc")
    assert "is a file, to which documents on the network cannot refer" in reads.stdout


# What is told


def test_warnings_of_generate_are_the_first_of_each_rule() -> None:
    write(indent=1)
    short = run("generate", "openapi.json")
    lines = short.stderr.splitlines()
    assert [line.split(": ")[:3:2] for line in lines[:-1]] == [["warning", RULE]]
    assert lines[0].endswith(" … and 2 more")
    assert lines[-1] == "3 warnings; to see all: speclens validate openapi.json"
    assert run("validate", "openapi.json").stdout.count(RULE) == 3
    assert run("generate", "openapi.json", "-v").stderr.count(RULE) == 3
    assert run("generate", "openapi.json", "-q").output == ""


@pytest.mark.parametrize("command", ["generate", "check", "validate", "show", "export", "verify"])
def test_every_command_may_fail_for_warnings(command: str) -> None:
    write()
    more = {"export": ("--view", "wire"), "verify": ("--examples", "5")}.get(command, ())
    if command == "check":
        assert run("generate", "openapi.json").exit_code == 0
    usual = run(command, "openapi.json", *more)
    strict = run(command, "openapi.json", *more, "--fail-on", "warning")
    assert (usual.exit_code, strict.exit_code) == (0, 1)
    assert RULE in strict.stdout


def test_generate_that_fails_for_warnings_writes_nothing() -> None:
    write()
    assert run("generate", "openapi.json", "--fail-on", "warning").exit_code == 1
    assert [path.name for path in Path().iterdir()] == ["openapi.json"]


def test_a_dry_run_writes_nothing() -> None:
    write()
    told = run("generate", "openapi.json", "--dry-run").stdout.splitlines()
    assert [path.name for path in Path().iterdir()] == ["openapi.json"]
    assert run("generate", "openapi.json").exit_code == 0
    made = {str(path) for path in Path("pet-store-api").rglob("*") if path.is_file()}
    assert set(told[:-1]) == made
    assert told[-1] == f"{len(made)} of {len(made)} files would be written to pet-store-api"
    Path("pet-store-api/README.md").unlink()
    again = run("generate", "openapi.json", "--dry-run").stdout
    assert again.splitlines()[0] == "pet-store-api/README.md"
    assert not Path("pet-store-api/README.md").exists()


def test_a_place_in_one_line_has_its_pointer() -> None:
    write()
    place = re.match(r"openapi.json:1:\d+ \((.*?)\): ", run("validate", "openapi.json").stdout)
    assert place is not None
    assert place[1] == "#/components/schemas/Pet/properties/name/not"
    write(indent=1)
    assert re.match(r"openapi.json:\d+:\d+: ", run("validate", "openapi.json").stdout)


def test_options_that_went_are_named_by_keys_that_are_there() -> None:
    options = {one for row in settings.SETTINGS for one in (*row.options, f"--no-{row.option[2:]}")}
    assert set(settings.RENAMED_OPTIONS.values()) <= options
    assert not set(settings.RENAMED_OPTIONS) & options
    assert set(settings.RENAMED_KEYS.values()) <= settings.BY_KEY.keys()
    assert not set(settings.RENAMED_KEYS) & settings.BY_KEY.keys()


def test_speclens_alone_says_what_to_type() -> None:
    told = run()
    assert told.exit_code == 0
    assert len(told.stdout.splitlines()) < 12
    assert "speclens generate openapi.yaml" in told.stdout


def test_without_a_document_the_one_that_is_there_is_named() -> None:
    assert "as in `speclens check openapi.yaml`, or begin a project" in run("check").stderr
    write(name="swagger.json")
    assert "as in `speclens check swagger.json`." in run("check").stderr


# Terminals


@pytest.mark.parametrize(
    ("variables", "style", "is_coloured"),
    [
        ({}, "text", False),
        ({"FORCE_COLOR": "1"}, "text", True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "text", False),
        ({"FORCE_COLOR": "1"}, "json", False),
        ({"FORCE_COLOR": "1"}, "github", False),
        ({"FORCE_COLOR": "1"}, "sarif", False),
    ],
)
def test_colours(
    variables: dict[str, str], style: str, is_coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("validate", "openapi.json", "--format", style).stdout) == is_coloured


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_terminal_shows_what_takes_long() -> None:
    """A FIFO that nobody writes to for a while is the document."""
    os.mkfifo("slow.json")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "speclens", "validate", "slow.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        told = b""
        while "slow.json … " not in told.decode(errors="replace"):
            told += os.read(ours, 1000)
        Path("slow.json").write_text(json.dumps(DOCUMENT))
        assert process.stdout is not None
        assert RULE in process.stdout.read().decode()
    os.close(ours)
    assert process.returncode == 0


def test_no_terminal_has_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "_PATIENCE", 0.0)
    write(indent=1)
    assert "…" not in run("validate", "openapi.json").output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "_SPECLENS_COMPLETE" in run("completion", shell).stdout
    monkeypatch.setenv("COMP_WORDS", "speclens gen")
    monkeypatch.setenv("COMP_CWORD", "gen" if shell == "fish" else "1")
    monkeypatch.setenv("_SPECLENS_COMPLETE", f"{shell}_complete")
    told = run().stdout
    assert "generate" in told
    assert "validate" not in told


# --watch


class _Ended(BaseException):
    """Ends a run that only a signal ends."""


def test_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change of a file that was read leads to another run, whatever is wrong with it."""
    write({**DOCUMENT, "components": {"schemas": {"Pet": {"$ref": "pet.json"}}}})
    pet, good = Path("pet.json"), json.dumps(PET)
    pet.write_text(good)
    steps: Iterator[Callable[[], object]] = iter(
        [
            lambda: pet.write_text("{"),
            lambda: pet.write_text(good.replace("name", "nickname")),
            pet.unlink,
            lambda: None,  # nothing has changed since
            lambda: pet.write_text(good),
        ]
    )

    def wait(_: float) -> None:
        step = next(steps, None)
        if step is None:
            raise _Ended
        step()

    monkeypatch.setattr(time, "sleep", wait)
    with pytest.raises(_Ended):
        run("generate", "openapi.json", "--watch", "-o", "out")
    assert "name" in Path("out/pet_store_api/models.py").read_text()


def test_watch_tells_each_run(monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    seen: list[str] = []
    changes: Iterator[Callable[[], object]] = iter(
        [lambda: write({**DOCUMENT, "paths": {}}), lambda: Path("openapi.json").unlink()]
    )

    def wait(_: float) -> None:
        step = next(changes, None)
        if step is None:
            raise _Ended
        step()

    def runs() -> frozenset[Path]:
        seen.append("run")
        return frozenset({Path("openapi.json")})

    monkeypatch.setattr(time, "sleep", wait)
    with pytest.raises(_Ended):
        watching.watch(runs, seen.append)
    assert seen == ["run", "openapi.json", "run", "openapi.json", "run"]


@pytest.mark.parametrize("document", ["-", "http://127.0.0.1:1/openapi.json"])
def test_watch_needs_a_file(document: str) -> None:
    found = run("generate", document, "--watch")
    assert (found.exit_code, "--watch needs a document that is a file" in found.stderr) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_watch_ends_quietly() -> None:
    write(indent=1)
    command = [sys.executable, "-m", "speclens", "generate", "openapi.json", "--watch", "-o", "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not Path("out/speclens.lock").exists():
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(2)
        _, told = process.communicate()
    assert process.returncode == -2
    assert [line for line in told.decode().splitlines() if RULE not in line] == [
        "3 warnings; to see all: speclens validate openapi.json"
    ]
