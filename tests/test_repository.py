"""What the repository tells of itself to those who work on it agrees with itself."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def parsed(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def test_the_workflow_runs_the_commands_of_the_readme_on_all_versions() -> None:
    jobs = parsed(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for step in jobs["make"]["steps"] if "run" in step]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert commands == ["make test", "make demo"]
    assert all(re.search(rf"^{command}\b", readme, re.M) for command in commands)
    versions = jobs["tests"]["strategy"]["matrix"]["python"]
    classifier = "Programming Language :: Python :: "
    told = [one.removeprefix(classifier) for one in PROJECT["project"]["classifiers"]]
    assert versions == [one for one in told if re.fullmatch(r"3\.\d+", one)]
    assert PROJECT["project"]["requires-python"] == f">={versions[0]}"


def test_hooks_run_the_pinned_ruff() -> None:
    (rev,) = [one["rev"] for one in parsed(".pre-commit-config.yaml")["repos"] if "rev" in one]
    assert f"ruff=={rev.removeprefix('v')}" in PROJECT["project"]["dependencies"]


def test_issue_forms_ask_for_something() -> None:
    for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml")):
        form = parsed(str(path.relative_to(ROOT)))
        assert {"name", "description", "body"} <= form.keys()
        assert all(field["attributes"]["label"] for field in form["body"])
