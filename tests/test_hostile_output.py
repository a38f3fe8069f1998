"""What commands print and write of hostile documents and payloads: no escape of a terminal, no command of a runner, no
path outside the output."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import hostile
from speclens.cli import main

NASTY = (
    "\x1b]0;x\x07\x1b[31m\x9b2J\r\n::error::x\n::stop-commands::y\r\x00\u202e\u2066\u2028%0A\x7f"
)
UNSAFE = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
BIDI = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
FORGED = re.compile(r"^::(error::x|stop-commands::y)", re.MULTILINE)
FORMATS = ("text", "json", "github", "sarif")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


def run(*arguments: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, arguments, input=stdin, color=True, catch_exceptions=False)
    for printed in (result.stdout, result.stderr):
        # Of a document written as YAML no more is asked than YAML does.
        unsafe = UNSAFE if "yaml" in arguments else UNSAFE + BIDI
        plain = re.sub("\x1b\\[(0|1|31|33)m", "", printed)  # the colours of speclens itself
        assert not re.search(f"[{unsafe}]", plain), arguments
        assert not FORGED.search(printed), arguments
    return result


def write(document: Any) -> None:
    Path("api.json").write_text(json.dumps(document))


TARGET = ("--spec", "api.json", "--package", "pets", "--output", "out")


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("name", hostile.place(""))
def test_validate(place: Path, name: str, style: str) -> None:
    write(hostile.place(NASTY)[name])
    assert run("validate", "api.json", "--format", style).exit_code in {0, 1}


@pytest.mark.parametrize("style", FORMATS)
def test_a_document_full_of_it(place: Path, style: str) -> None:
    """Warnings of generating, drift with its pointers and diffs."""
    write(hostile.names(NASTY))
    assert run("generate", *TARGET, "--format", style).exit_code == 0
    assert run("check", *TARGET, "--format", style).exit_code == 0
    write(hostile.names(f"{NASTY}!"))
    assert run("check", *TARGET, "--format", style).exit_code == 1
    write(hostile.texts(NASTY, NASTY, NASTY))
    assert run("check", *TARGET, "--format", style).exit_code == 1


def test_drift_of_the_document_is_told_by_line(place: Path) -> None:
    """A pointer of several lines could say that all is well."""
    write(hostile.names("x\nin sync\n"))
    assert run("generate", *TARGET).exit_code == 0
    write(hostile.names("y\nin sync\n"))
    result = run("check", *TARGET)
    assert (result.exit_code, "in sync" in result.stdout.splitlines()) == (1, False)


@pytest.mark.parametrize("style", ["text", "json"])
def test_explain(place: Path, style: str) -> None:
    write(hostile.names(NASTY))
    assert run("generate", *TARGET).exit_code == 0
    lines = Path("out/pets/models.py").read_text("utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if "alias=" in line)
    result = run("explain", f"out/pets/models.py:{number}", *TARGET, "--format", style)
    assert result.exit_code == 0
    if style == "json":
        pointer = json.loads(result.stdout)["document"]["pointer"]
        assert pointer.endswith(NASTY)
        assert pointer.startswith("#/components/schemas/")


PAYLOADS: list[tuple[str, Any, int]] = [
    ("Folded", {"spoke": f"old{NASTY}"}, 0),
    ("Folded", {"spoke": "x", "hub": NASTY, NASTY: NASTY}, 1),
    ("Folded", {"hub": f"no{NASTY}"}, 0),
    ("Folded", {"shaped": [f"{NASTY}?"]}, 1),
    ("Folded", {"shaped": {NASTY: 1}}, 0),
    ("Folded", NASTY, 1),
    ("Folded", {"hub": "\ud800"}, 1),
    ("Folded", {"\ud800": 1, "spoke": "\udc00"}, 1),
    ("Told", {"one": NASTY, "only": f"{NASTY}?"}, 1),
    ("Alias", f"{NASTY}?", 1),
    ("Alias", NASTY, 0),
]


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(("schema", "payload", "code"), PAYLOADS)
def test_normalize(place: Path, schema: str, payload: Any, code: int, style: str) -> None:
    write(hostile.texts(NASTY, "x", "x"))
    arguments = ("normalize", "--spec", "api.json", "--schema", schema, "--format", style)
    result = run(*arguments, stdin=json.dumps(payload))
    assert (result.exit_code, result.stderr if code else "") == (
        code,
        result.stderr if code else "",
    )
    if code == 0 and style == "text":
        json.loads(result.stdout)


def test_normalize_an_unknown_schema(place: Path) -> None:
    write(hostile.texts("x", "x", "x"))
    result = run("normalize", "--spec", "api.json", "--schema", NASTY, stdin="{}")
    assert result.exit_code == 2


@pytest.mark.parametrize(
    "payload", ["{", NASTY, f'{{"{NASTY}": 1}}', '{"a": 1, "a": 2}', "NaN", ""]
)
def test_normalize_what_is_no_json(place: Path, payload: str) -> None:
    write(hostile.texts("x", "x", "x"))
    result = run("normalize", "--spec", "api.json", "--schema", "Folded", stdin=payload)
    assert result.exit_code == 1


@pytest.mark.parametrize("view", ["wire", "canonical"])
@pytest.mark.parametrize("syntax", ["json", "yaml"])
def test_export(place: Path, view: str, syntax: str) -> None:
    write(hostile.names(NASTY))
    assert run("export", "api.json", "--view", view, "--syntax", syntax).exit_code == 0


PATHS = (
    "parent-path",
    "root-path",
    "windows-path",
    "device",
    "url",
    "percent-path",
    "nul",
    "tilde",
)


@pytest.mark.parametrize("name", PATHS)
def test_files_are_written_inside_the_output_only(place: Path, name: str) -> None:
    text = hostile.TEXTS[name]
    for document in (hostile.names(text), hostile.texts(text, "x", "x")):
        write(document)
        assert run("generate", *TARGET).exit_code == 0
        below = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
        known = {
            "api.json",
            "out/README.md",
            "out/pyproject.toml",
            "out/speclens.lock",
            *(f"out/pets/{file}" for file in FILES),
        }
        assert known <= below <= known | {f"out/pets/{file}" for file in OF_CLIENTS}
        assert {path.name for path in place.parent.iterdir()} <= {"project", "cache"}


OF_CLIENTS = (
    "client.py", "_bodies.py", "_errors.py", "_headers.py", "_limits.py", "_arguments.py", "_operation.py", "_parameters.py", "_patterns.py", "_request.py", "_security.py", "_streams.py", "_transport.py",
)  # fmt: skip
FILES = (
    "__init__.py",
    "_bounded.py",
    "_compat.py",
    "_gather.py",
    "_payload.py",
    "_source_map.py",
    "_types.py",
    "_values.py",
    "models.py",
    "normalizers.py",
    "py.typed",
)


def test_the_name_of_a_document_breaks_no_comment(place: Path) -> None:
    """The name of the file is in every header, that of README.md an HTML comment."""
    name = "a-->b`|{{x}}\n.json"
    Path(name).write_text(json.dumps(hostile.names("x")))
    options = ("--package", "pets", "--output", "out")
    assert CliRunner().invoke(main, ["generate", "--spec", name, *options]).exit_code == 0
    readme = Path("out/README.md").read_text("utf-8")
    assert re.match(r"<!-- [^<>\n]* -->\n# pets\n", readme)
    for file in FILES:
        head = Path("out/pets", file).read_text("utf-8").split("\n")[0]
        assert head.startswith("# Generated by speclens from a--&gt;b'")
