"""What is asked of every document, however hostile: a sound package or located problems, told safely."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from speclens import ir, judging, project, reporting
from speclens.config import Config
from speclens.output import marks, render
from speclens.problems import Problem, Refused
from speclens.source import Source, loads

RUNNER = Path(__file__).with_name("hostile_runner.py")
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


_RENDERER = cache(render.renderer)


def quicken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are compiled once for all documents, under one nonce that none of them contains."""
    monkeypatch.setattr(marks, "nonce", lambda text: "speclens-nonce")
    monkeypatch.setattr(render, "renderer", _RENDERER)


def source(document: Mapping[str, Any]) -> Source:
    return loads(json.dumps(document), "openapi.json")


def drafts(
    document: Source, package: str, is_lenient: bool = False
) -> tuple[ir.Api, dict[str, str]]:
    """The IR and the untidied files of a document that is not refused."""
    lowered = judging.read_document(document, is_lenient).document
    config = Config(Path(document.name), package, Path(), "speclens generate")
    made = project.drafts(document, lowered, config)
    return lowered, {path: draft.text for path, draft in made.items()}


def outcome(
    document: Source, package: str = "package", is_lenient: bool = False
) -> tuple[Sequence[Problem], dict[str, str]]:
    """The problems a document is refused with; or warnings, and the files of its package, which compile."""
    try:
        warnings = judging.read_document(document, is_lenient).warnings
    except Refused as refused:
        problems = refused.problems
        assert {problem.severity for problem in problems} >= {"error"}
        return problems, {}
    files = drafts(document, package, is_lenient)[1]
    for path, text in files.items():
        if path.endswith(".py"):
            compile(text, path, "exec", dont_inherit=True)
    return warnings, files


def check_problems(problems: Sequence[Problem], document: Source) -> None:
    """Every problem has a place; what terminals and runners read is one line a problem, and nothing they obey."""
    count = len(re.split("\r\n?|\n", document.text))
    assert all(0 < problem.line <= count and problem.column > 0 for problem in problems)
    assert {problem.file for problem in problems} <= {document.name}
    text, github = (reporting.render(problems, style) for style in ("text", "github"))
    assert text.count("\n") == github.count("\n") == len(problems)
    assert all(re.match("::(error|warning) file=", line) for line in github.splitlines())
    for style in ("text", "github", "json", "sarif"):
        assert not UNSAFE.search(reporting.render(problems, style))
    assert len(json.loads(reporting.render(problems, "json"))) == len(problems)


def run_cases(directory: Path, cases: list[list[Any]]) -> Any:
    """What went wrong in a process of its own, which tells of whatever is done outside `directory`."""
    (directory / "cases.json").write_text(json.dumps(cases))
    command = [sys.executable, "-I", "-W", "error", str(RUNNER), str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
