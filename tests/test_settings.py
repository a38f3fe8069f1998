"""The table of settings: what is made of it agrees with the configuration, the commands, docs/configuration.md and itself."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema_rs import Draft7Validator

from built import load_config
from growth import LINEAR, exponent
from speclens.cli import main
from speclens.config import Config, command_line, editors, settings
from speclens.config.toml_text import parse_toml
from speclens.problems import Refused

ROOT = Path(__file__).parents[1]
TABLE = '[tool.speclens]\nspec = "openapi.yaml"\npackage = "pets"\noutput = "out"\n'
DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get: {operationId: list, responses: {"200": {description: Pets}}}
    put: {operationId: broken, parameters: [{in: query}], responses: {"200": {description: Pets}}}
components:
  schemas:
    Pet: {type: object, properties: {born: {type: string, format: date}, name: {type: string}, tag: {type: string, x-compat: {into: /name}}}}
"""
READING = ("--spec", "--overlay", "--allow-remote", "--allow-path")
MEANING = (
    "--lenient",
    "--no-lenient",
    "--include",
    "--exclude",
    "--internal",
    "--no-internal",
    "--string-types",
    "--enums",
    "--rename",
)
PACKAGE = (
    "-n",
    "--name",
    "--package",
    "-o",
    "--output",
    "--target",
    "--templates",
    "--package-version",
    "--distribution",
    "--author",
    "--license",
    "--layout",
    "--client",
    "--denormalize",
    "--no-denormalize",
)
OPTIONS = {
    "check": (*READING, *MEANING, *PACKAGE),
    "completion": (),
    "explain": (*READING, *MEANING, *PACKAGE),
    "export": (*READING, *MEANING),
    "generate": (*READING, *MEANING, *PACKAGE),
    "init": (),
    "mock": (*READING, *MEANING),
    "normalize": (*READING, *MEANING),
    "schema": (),
    "show": (*READING, *MEANING, "-n", "--name", "--package", "--client"),
    "validate": READING,
    "verify": (*READING, *MEANING),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    (tmp_path / "pyproject.toml").write_text(TABLE)
    return tmp_path


def run(*arguments: str, stdin: str = "") -> Any:
    return CliRunner().invoke(main, arguments, stdin)


# The table and what is made of it


def test_a_configuration_has_a_field_for_each_setting() -> None:
    fields = {field.name: field for field in dataclasses.fields(Config)}
    assert fields.keys() - {"fix", "file", "see", "table"} == settings.BY_KEY.keys()
    for setting in settings.SETTINGS:
        if setting.default is not None:
            assert fields[setting.key].default == setting.default


@pytest.mark.parametrize("name", OPTIONS)
def test_each_command_has_the_options_that_concern_it(name: str) -> None:
    assert OPTIONS.keys() == main.commands.keys()
    of_settings = {one for setting in settings.SETTINGS for one in named(setting)}
    found = {
        one for param in main.commands[name].params for one in (*param.opts, *param.secondary_opts)
    }
    own = {"init": {"-n", "--name", "--package"}}.get(name, set())
    assert (found - own) & of_settings == set(OPTIONS[name])


def named(setting: settings.Setting) -> tuple[str, ...]:
    no = (f"--no-{setting.option[2:]}",) if setting.kind == "switch" else ()
    return (*setting.options, *no)


def test_the_page_has_the_table() -> None:
    """`UPDATE=1` writes it."""
    path = ROOT / "docs" / "configuration.md"
    text = path.read_text("utf-8")
    table = next(one for one in re.findall(r"(?:^\|.*\n)+", text, re.M) if "| key |" in one)
    if os.environ.get("UPDATE"):
        path.write_text(text.replace(table, markdown()), "utf-8")
    assert table == markdown()


def markdown() -> str:
    """All settings as a table for people."""
    rows = [_row(setting) for setting in settings.SETTINGS]
    return "".join(["| key | option | what it says | default |\n", "|---|---|---|---|\n", *rows])


def _row(setting: settings.Setting) -> str:
    option = ", ".join(setting.options) + (f" {setting.metavar}" if setting.metavar else "")
    if setting.kind == "switch":
        option = f"{setting.option}`, `--no-{setting.option[2:]}"
    usual = "" if setting.default is None else f"`{settings.toml_value(setting.default)}`"
    told = "required" if setting.is_required else usual
    return f"| `{setting.key}` | `{option}` | {setting.help} | {told} |\n"


GOOD: tuple[dict[str, Any], ...] = (
    {},
    {"rename": ["operation GET /pets = pets.all", "schema Pet = Animal", "property Pet.tag=label"]},
    {"overlays": ["a.yaml"], "allow_remote": ["a.example"], "allow_path": ["b"]},
    {
        "lenient": True,
        "denormalize": False,
        "string_types": "annotation",
        "version": "1.0",
        "client": "Pets",
        "targets": ["models", "async-client"],
        "distribution": "pets-client",
        "authors": ["Ada <ada@example.com>"],
        "license": "MIT",
    },
)
BAD: tuple[dict[str, Any], ...] = (
    {"lenient": "yes"},
    {"rename": "operation a = b"},
    {"overlays": "a.yaml"},
    {"overlays": [1]},
    {"client": 5},
    {"string_types": "none"},
    {"targets": ["clients"]},
    {"targets": []},
    {"outptu": "x"},
    {"spec": None},
)


@pytest.mark.parametrize("more", [*GOOD, *BAD])
def test_the_schema_for_editors_takes_what_is_loaded(more: dict[str, Any], project: Path) -> None:
    table = {"spec": "openapi.yaml", "package": "pets", "output": "out"} | more
    table = {key: value for key, value in table.items() if value is not None}
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
    (project / "pyproject.toml").write_text(f"[tool.speclens]\n{text}")
    validator = Draft7Validator(json.loads(run("schema", "config").stdout))
    assert validator.is_valid(table) == (more in GOOD)
    try:
        load_config(Path("pyproject.toml"))
        is_loaded = True
    except Refused:
        is_loaded = False
    assert is_loaded == (more in GOOD)


def test_the_project_of_speclens_itself_fits_its_schema() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["speclens"]
    Draft7Validator(editors.settings_schema()).validate(table)


# Options and pyproject.toml


def test_an_option_comes_before_what_pyproject_toml_says(project: Path) -> None:
    (project / "pyproject.toml").write_text(f'{TABLE}lenient = true\nstring_types = "annotation"\n')
    given = {"output": Path("elsewhere"), "lenient": False, "overlays": (Path("a b.yaml"),)}
    config = load_config(Path("pyproject.toml"), given)
    assert (config.package, config.string_types) == ("pets", "annotation")
    assert (config.output, config.lenient) == (Path("elsewhere"), False)
    assert config.fix == "speclens generate --overlay 'a b.yaml' --no-lenient --output elsewhere"


def test_a_fault_is_told_where_it_was_written(project: Path) -> None:
    (project / "pyproject.toml").write_text(f'{TABLE}client = "a b"\n')
    found = run("check", "--package", "class")
    assert found.exit_code == 2
    assert [line.split(": ")[:2] for line in found.stdout.splitlines()] == [
        ["command line:1:1", "config/package"],
        ["pyproject.toml:5:1", "config/client"],
    ]


def test_options_of_a_table_without_pyproject_toml(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    found = run("generate", "--lenient")
    assert found.exit_code == 2
    assert "as in `speclens generate openapi.yaml`." in found.stderr
    assert "as in `speclens show openapi.yaml`." in run("show").stderr


def test_settings_as_options_are_taken_back(project: Path) -> None:
    given = {
        "spec": Path("openapi.yaml"),
        "overlays": (),
        "package": "pets",
        "output": Path("out it"),
        "version": "1.0",
        "lenient": True,
        "denormalize": False,
    }
    assert command_line(given) == (
        " openapi.yaml --lenient --package pets --output 'out it' --package-version 1.0 --no-denormalize"
    )


# Every command honours what concerns it

COMMANDS = (
    ("generate",),
    ("check",),
    ("show",),
    ("export", "--view", "wire"),
    ("normalize", "--schema", "Pet"),
    ("verify", "--schema", "Pet", "--examples", "5"),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: one[0])
def test_each_command_is_as_lenient_as_it_is_told(
    arguments: tuple[str, ...], project: Path
) -> None:
    """One operation of the document cannot be understood."""

    def outcome(*more: str) -> str:
        found = run(*arguments, *more, stdin="{}")
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return str(found.output)

    assert re.search(r"openapi.yaml:6:\d+: ", outcome())
    assert "openapi.yaml:6:" in outcome("--no-lenient")
    strict = run(*arguments, stdin="{}").exit_code
    lenient = run(*arguments, "--lenient", stdin="{}")
    (project / "pyproject.toml").write_text(f"{TABLE}lenient = true\n")
    configured = run(*arguments, stdin="{}")
    assert (strict, lenient.exit_code) == (1, 1 if arguments == ("check",) else 0)
    assert configured.exit_code == lenient.exit_code
    if arguments != ("generate",):  # which has written all by then
        assert configured.stdout == lenient.stdout.replace(" --lenient", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a." * 2_000 + "a = 1\n", "cannot be read: a key has more than 100 parts"),
        ("[" + "a." * 2_000 + "a]\n", "cannot be read: a key has more than 100 parts"),
        ("[x]\n'a b'" + ".a" * 300 + " = 1\n", "cannot be read: a key has more than 100 parts"),
        ('"a \\" b"' + " . a" * 300 + " = 1\n", "cannot be read: a key has more than 100 parts"),
        ("a = {a" + ".a" * 300 + " = 1}\n", "cannot be read: a key has more than 100 parts"),
        ("a = [1, {'='" + ".a" * 300 + " = 1}]\n", "cannot be read: a key has more than 100 parts"),
        (
            'a = ["""b"""", {a' + ".a" * 300 + " = 1}]\n",
            "cannot be read: a key has more than 100 parts",
        ),
        (
            "a = ['''b''''', {a" + ".a" * 300 + " = 1}]\n",
            "cannot be read: a key has more than 100 parts",
        ),
        ("# '\na" + ".a" * 300 + " = 1\n", "cannot be read: a key has more than 100 parts"),
        ("a = [" + "1.5, " * 300 + "]\n" + "# " + "." * 300 + "\n", "`spec` is missing"),
        ("'" + "." * 300 + "' = \"#" + "." * 300 + '"\n', "`spec` is missing"),
        ('a = """\n' + "One sentence. " * 300 + '\n"""\n', "`spec` is missing"),
        ('a = """\n' + "." * 300 + '\n"""\n', "`spec` is missing"),
    ],
    ids=[
        "key",
        "table",
        "quoted",
        "quoted twice",
        "inline",
        "in a list",
        "quotes at the end",
        "apostrophes at the end",
        "after a comment",
        "numbers",
        "a name",
        "sentences",
        "dots",
    ],
)
def test_keys_of_many_parts_are_not_parsed(tmp_path: Path, text: str, told: str) -> None:
    """tomllib takes the square of their number."""
    path = tmp_path / "pyproject.toml"
    path.write_text(f"{text}[tool.speclens]\n")
    with pytest.raises(Refused) as raised:
        load_config(path)
    assert told in {one.message for one in raised.value.problems}


def test_a_long_line_of_spaces_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"

    def load(count: int) -> Path:
        path.write_text(" " * count + "\n[tool.speclens]\n")
        return path

    def read(file: Path) -> None:
        with pytest.raises(Refused):
            load_config(file)

    assert exponent(load, read, 50_000) <= LINEAR


@pytest.mark.parametrize(
    "piece", ["'", '"', '"""\\', "'''a", "#", "a.", '"\\"', "''''''", '"""a"""']
)
def test_strings_without_an_end_are_read_at_once(piece: str) -> None:
    def read(text: str) -> None:
        with pytest.raises(ValueError, match=r"\(at |a key"):
            parse_toml(text)

    assert exponent(lambda count: f"= {piece * count}", read, 4_000) <= LINEAR


# Renames


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("operation list", "write KIND NAME = NEW"),
        ("pets list = all", "write KIND NAME = NEW"),
        ("operation list = petsAll", "write `pets_all`"),
        ("operation list = self.all", "write `self_.all`"),
        ("schema Pet = pet", "write `Pet`"),
        ("property Pet.name = copy", "write `copy_`"),
        ("argument list.q = timeout", "write `timeout_`"),
        ("tag pets = a.b", "write `b`"),
    ],
)
def test_a_name_that_cannot_be_one_is_told_where_it_was_written(
    text: str, hint: str, project: Path
) -> None:
    (project / "pyproject.toml").write_text(f"{TABLE}rename = {json.dumps([text])}\n")
    found = run("show")
    assert found.exit_code == 2
    assert found.stdout.startswith("pyproject.toml:5:1: config/rename: ")
    assert hint in found.stdout


def test_parts_are_called_as_the_configuration_says(project: Path) -> None:
    document = DOCUMENT.replace(
        "operationId: list", "operationId: list, parameters: [{name: q, in: query}]"
    )
    (project / "openapi.yaml").write_text(document)
    said = [
        "operation list = zoo.all",
        "schema Pet = Animal",
        "property Pet.name = label",
        "argument list.q = text",
        "schema Pett = B",
    ]
    options = [word for one in said for word in ("--rename", one)]
    given = ("--spec", "openapi.yaml", "--package", "pets", "--lenient", *options)
    found = run("show", *given, "--format", "json")
    data = json.loads(found.stdout)
    assert data["operations"][0]["call"] == "zoo.all"
    assert data["operations"][0]["parameters"][0]["argument"] == "text"
    assert [one["class"] for one in data["schemas"]] == ["Animal"]
    made = run("generate", *given, "--output", "out")
    assert made.exit_code == 0
    assert "rename/no-match" in made.output
    assert "did you mean `Pet`?" in made.output
    assert "    label: " in (project / "out/pets/models.py").read_text("utf-8")
