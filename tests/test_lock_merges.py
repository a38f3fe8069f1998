"""Branches that each change the document and generate: git merges their locks by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from speclens.cli import main
from speclens.tree import read_lock

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

CONFIG = """\
[tool.speclens]
spec = "api.yaml"
package = "shop"
output = "out"
"""


def schema(*names: str) -> dict[str, Any]:
    """An object that can be told from others by the order of its members as well."""
    return {
        "type": "object",
        "description": f"Of {' and '.join(names)}.",
        "properties": {name: {"type": "string"} for name in names},
        "required": [*names],
    }


def operation(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {
        "operationId": f"make{name}",
        "tags": [name.lower()],
        "summary": f"Make a {name}.",
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {"description": "Made.", "content": content},
            "default": {"$ref": "#/components/responses/Failure"},
        },
    }


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1.0.0"},
    "servers": [{"url": "https://shop.example"}],
    "paths": {
        f"/{name.lower()}": {"post": operation(name)} for name in ("Bag", "Cap", "Hat", "Shoe")
    },
    "components": {
        "responses": {"Failure": {"description": "It failed."}},
        "schemas": {
            "Bag": schema("colour", "size"),
            "Cap": schema("brim", "size"),
            "Hat": schema("height", "size"),
            "Pin": schema("metal", "size"),
            "Shoe": schema("sole", "size"),
            "Tie": schema("pattern", "size"),
        },
    },
}
Change = Callable[[dict[str, Any]], None]


def describe(name: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"][name]["description"] = f"Another {name}."

    return change


def add(name: str, after: str, **members: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        before = [*schemas.items()]
        schemas.clear()
        for key, value in before:
            schemas[key] = value
            if key == after:
                schemas[name] = {**schema("length"), **members}

    return change


def remove(name: str) -> Change:
    return lambda document: document["components"]["schemas"].pop(name)


def add_property(name: str, **value: Any) -> Change:
    """With this first the class of a schema changes, and what it needs of the runtime."""

    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"][name]["properties"]["added"] = value

    return change


def summarize(name: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        document["paths"][f"/{name.lower()}"]["post"]["summary"] = f"Sew a {name}."

    return change


CHANGES: dict[str, Change] = {
    "describes Bag": describe("Bag"),
    "adds Belt": add("Belt", "Bag"),
    "a date for Cap": add_property("Cap", type="string", format="date"),
    "describes Hat": describe("Hat"),
    "removes Pin": remove("Pin"),
    "a UUID for Shoe": add_property("Shoe", type="string", format="uuid"),
    "renames a field of Tie": add_property("Tie", type="string", **{"x-compat": {"into": "/size"}}),
    "tells of Cap's operation": summarize("Cap"),
    "tells of Hat's operation": summarize("Hat"),
}


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@example.com"))
    }
    return subprocess.run(
        ["git", *arguments],
        cwd=root,
        env={**os.environ, **settings, **who},
        capture_output=True,
        text=True,
        check=False,
    )


def run(*arguments: str) -> int:
    return CliRunner().invoke(main, arguments, catch_exceptions=False).exit_code


def generate(root: Path, change: Change) -> None:
    """Change the document, generate, and commit both."""
    document = yaml.safe_load((root / "api.yaml").read_text())
    change(document)
    (root / "api.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    assert run("generate") == 0
    assert git(root, "add", "--all").returncode == 0
    assert git(root, "commit", "-m", "a change").returncode == 0


@pytest.fixture(scope="module")
def branches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a generated package, and a branch for each change."""
    root = tmp_path_factory.mktemp("repository")
    (root / "pyproject.toml").write_text(CONFIG)
    (root / "api.yaml").write_text(yaml.safe_dump(DOCUMENT, sort_keys=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert git(root, "init", "--initial-branch", "main").returncode == 0
        generate(root, lambda document: None)
        for number, change in enumerate(CHANGES.values()):
            assert git(root, "checkout", "-b", f"branch{number}", "main").returncode == 0
            generate(root, change)
    return root


def test_a_change_of_one_schema_changes_its_values_alone(branches: Path) -> None:
    bag = "#/components/schemas/Bag"
    before, after = (
        read_lock(git(branches, "show", f"{branch}:out/speclens.lock").stdout)
        for branch in ("main", "branch0")
    )
    changed = replace(before.inputs, document={**before.inputs.document, bag: ""})
    assert replace(after.inputs, document={**after.inputs.document, bag: ""}) == changed
    assert after.inputs != before.inputs
    files = {
        (path, maker)
        for path, sums in before.files.items()
        for maker in sums.keys() | after.files[path].keys()
        if sums.get(maker) != after.files[path].get(maker)
    }
    assert files == {("shop/models.py", bag)}


IN_ONE_PLACE = {
    # The names that the package exports.
    ("adds Belt", "removes Pin"),
    ("adds Belt", "renames a field of Tie"),
    ("removes Pin", "renames a field of Tie"),
    # The first formats of a package without any.
    ("a date for Cap", "a UUID for Shoe"),
}
"""What meets in another generated file, too: in lines that both branches change."""


@pytest.mark.parametrize(
    ("one", "other"), sorted({*IN_ONE_PLACE, *[*combinations(CHANGES, 2)][::4]})
)
def test_merged(one: str, other: str, branches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (f"branch{[*CHANGES].index(name)}" for name in (one, other))
    monkeypatch.chdir(branches)
    assert git(branches, "checkout", "--force", "--detach", first).returncode == 0

    git(branches, "merge", "--no-edit", second)

    unmerged = git(branches, "diff", "--name-only", "--diff-filter=U").stdout.split()
    merged = (branches / "out/speclens.lock").read_text()
    assert ("out/speclens.lock" in unmerged) == ((one, other) in IN_ONE_PLACE)
    assert "api.yaml" not in unmerged
    assert (run("check") == 0) == (not unmerged)
    assert run("generate") == 0
    assert run("check") == 0
    if not unmerged:
        assert (branches / "out/speclens.lock").read_text() == merged
