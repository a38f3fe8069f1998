"""Several packages in one configuration: each is generated, checked and found by itself, and told apart in every report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema_rs import Draft7Validator

from speclens.cli import main
from speclens.config import editors, load_configs
from speclens.config.toml_text import parse_toml
from speclens.problems import Refused

DOCUMENT = """\
openapi: 3.1.0
info: {title: %s, version: "1"}
paths: {}
components: {schemas: {%s: {type: object, properties: {name: {type: string, enum: [x, y]}}}}}
"""
BROKEN = "{type: object, properties: {old: {x-compat: {into: /nowhere}}}}"
USUAL = """\
[project]
version = "7"
output = "elsewhere"

[tool.speclens]
layout = "package"
output = "src"
enums = "enum"
targets = ["models"]

"""
CAT = '[[tool.speclens.packages]]\npackage = "cats"\nspec = "cats.yaml"\n'
DOG = '[[tool.speclens.packages]]\nspec = "dogs.yaml"\nenums = "literal"\npackage = "dogs"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / ".git").mkdir()
    (tmp_path / "cats.yaml").write_text(DOCUMENT % ("Cats", "Cat"))
    (tmp_path / "dogs.yaml").write_text(DOCUMENT % ("Dogs", "Dog"))
    (tmp_path / "pyproject.toml").write_text(USUAL + CAT + DOG)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_each_is_written_with_a_lock_of_its_own(project: Path) -> None:
    made = run("generate")
    assert made.exit_code == 0, made.output
    assert made.stdout.count("files written") == 2
    assert made.stdout.index("cats:\n") < made.stdout.index("dogs:\n")
    assert "class CatName(TextEnum)" in (project / "src/cats/models.py").read_text()
    assert 'Literal["x", "y"]' in (project / "src/dogs/models.py").read_text()
    locks = {path.name for path in project.glob("*.lock")}
    assert locks == {"speclens.cats.lock", "speclens.dogs.lock"}
    assert run("check").exit_code == 0
    assert run("generate").stdout.count("all in sync") == 2

    models = project / "src/dogs/models.py"
    models.write_text(models.read_text() + "# mine\n")
    assert run("check", "--only", "cats").exit_code == 0
    found = run("check")
    assert (found.exit_code, found.stdout.count("in sync\n")) == (1, 1)
    assert "speclens generate --only dogs" in found.stdout
    told = json.loads(run("check", "--format", "json").stdout)
    assert {name: one["in_sync"] for name, one in told.items()} == {"cats": True, "dogs": False}
    explained = run("explain", "src/dogs/models.py:2")
    assert "dogs.yaml:" in explained.stdout
    assert run("generate", "--only", "dogs").exit_code == run("check").exit_code == 0


def test_one_that_fails_keeps_no_other_one_from_being_written(project: Path) -> None:
    assert run("generate").exit_code == 0
    old = (project / "src/cats/models.py").read_bytes()
    (project / "cats.yaml").write_text(DOCUMENT % ("Cats", f"Cat: {BROKEN}, Kitten"))
    (project / "dogs.yaml").write_text(DOCUMENT % ("Dogs", "Puppy"))
    made = run("generate")
    assert made.exit_code == 1
    assert "cats.yaml:4:" in made.stdout
    assert (project / "src/cats/models.py").read_bytes() == old
    assert "class Puppy(" in (project / "src/dogs/models.py").read_text()
    assert run("check", "--only", "dogs").exit_code == 0

    (project / "dogs.yaml").write_text(DOCUMENT % ("Dogs", f"Dog: {BROKEN}, Puppy"))
    problems = json.loads(run("generate", "--format", "json").stdout)
    assert {one["file"] for one in problems} == {"cats.yaml", "dogs.yaml"}
    (sarif,) = json.loads(run("validate", "--format", "sarif").stdout)["runs"]
    assert len(sarif["results"]) >= 2
    told = json.loads(run("show", "--format", "json").stdout)
    assert [one["file"] for name in ("cats", "dogs") for one in told[name]][::len(told["cats"])] == [
        "cats.yaml", "dogs.yaml"
    ]  # fmt: skip


def test_commands_for_one_ask_which(project: Path) -> None:
    asked = run("export", "--view", "wire")
    assert (asked.exit_code, "--only: cats, dogs" in asked.stderr) == (2, True)
    chosen = run("export", "--view", "wire", "--only", "dogs")
    assert "title: Dogs" in chosen.stdout
    for arguments, told in (
        (("--only", "dog"), "Did you mean 'dogs'?"),
        (("--output", "x"), "Give --output for one package"),
        (("cats.yaml", "--only", "cats"), "give no document"),
        (("other.yaml", "--config", "pyproject.toml"), "Give a document for one package"),
    ):
        assert told in run("generate", *arguments).stderr
    assert run("generate", "--only", "cats", "-n", "felines").exit_code == 0
    assert (project / "src/felines/models.py").is_file()
    assert "No package of the configuration has this file" in run("explain", "cats.yaml:1").stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CAT + DOG.replace("dogs", "cats", 2).replace("cats.yaml", "dogs.yaml"), [(17, "package: two packages have the name")]),
        (CAT + 'layout = "distribution"\n' + DOG + 'layout = "distribution"\n', [(7, "output: `dogs` would be written to the place")]),
        (CAT + DOG + 'output = "src/cats"\n', [(18, "output: `dogs` would be written to the place")]),
        (CAT + "speck = 1\nlenient = 2\n" + DOG + 'rename = ["x"]\n', [(14, "speck: "), (15, "lenient: ")]),
        (CAT.replace('package = "cats"', "") + DOG, [(11, "package: ")]),
        (CAT + 'include = ["x"]\n' + DOG + 'version = "x"\n', [(14, "include: "), (19, "version: ")]),
        ('packages = "cats"\n', [(11, "packages: ")]),
        ("packages = []\n", [(11, "packages: ")]),
        ('package = "all"\npackages = [{package = "a"}]\n', [(11, "package: "), (12, "spec: ")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_is(
    project: Path, text: str, told: list[tuple[int, str]]
) -> None:
    (project / "pyproject.toml").write_text(USUAL + text)
    with pytest.raises(Refused) as refused:
        load_configs(Path("pyproject.toml"))
    found = [(one.line, f"{one.rule}: {one.message}") for one in refused.value.problems]
    assert len(found) == len(told)
    for (line, message), (wanted, start) in zip(found, told, strict=True):
        assert (line, message.startswith(f"config/{start}")) == (wanted, True), found


def test_editors_know_the_tables(project: Path) -> None:
    table: Any = parse_toml((project / "pyproject.toml").read_text())["tool"]["speclens"]
    judge = Draft7Validator(editors.settings_schema())
    assert judge.is_valid(table)
    assert not judge.is_valid({"enums": "enum"})
    table["packages"][0]["speck"] = 1
    assert not judge.is_valid(table)


def test_the_journal_of_one_package_is_left_to_it(project: Path, monkeypatch: Any) -> None:
    """A run that is killed while it writes one package is finished by a run for this package, and by no other one."""
    from speclens.tree import journal

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(journal, "_finish", killed)
        patch.setattr(journal, "_discard", lambda root: None)
        assert run("generate", "--only", "cats").exit_code != 0
    other = run("generate", "--only", "dogs")
    assert (other.exit_code, "speclens.cats.lock" in other.stdout) == (1, True)
    assert run("generate").exit_code == run("check").exit_code == 0
