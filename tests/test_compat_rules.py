"""One smallest document per refusal of x-compat, told on its first lines, and its mended twin, which is generated."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from built import drafts, problems
from speclens.problems import Problem
from speclens.reporting import render

INVALID = Path(__file__).parent / "invalid"
FILES = sorted(INVALID.glob("compat_*.yaml"))
EXPECTED = re.compile(r"# expected: (.*)")
RULES = {
    "chain", "cycle", "declared-twice", "discriminator", "merge-non-array", "misplaced", "overlap", "partial-update", "pattern", "repeated-part", "required-spoke", "result-mismatch",
    "sunset-before-since", "template-text", "too-many-shapes", "uncovered-shape", "unknown-keyword", "unknown-target", "unsupported-keyword",
    "values-key",
}  # fmt: skip
# What stands alone has no second place: a keyword by itself, and a value that folds into itself.
ONE_PLACE = re.compile(
    "unknown-keyword|folds into itself|no branch|nothing folds|`values` renames too|under `not`|under `definitions`|through `.dynamicRef`"
    "|no property|is neither|no query parameter|no header parameter|misplaced|values-key|no canonical form beside"
    "|beside `|beside a `|has no meaning here|compat/pattern|too-many-shapes|uses `.` 5 times"
)


def told(problem: Problem) -> str:
    line = render([problem], "text").removeprefix(f"{problem.file}:").rstrip("\n")
    return line if problem.severity == "error" else f"{line} [warning]"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_refused(file: Path) -> None:
    text = file.read_text("utf-8")
    found = problems(text, str(file))
    assert [told(problem) for problem in found] == EXPECTED.findall(text)
    for problem in found:
        assert problem.severity == "error"
        assert problem.hint, "no hint"
        assert ONE_PLACE.search(f"{problem.rule} {problem.message}") or re.search(
            "#/|folds into `/", problem.message
        ), "one place only"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_mended_twin_is_generated(file: Path) -> None:
    text = (INVALID / "mended" / file.name).read_text("utf-8")
    assert [told(problem) for problem in problems(text) if problem.severity == "error"] == []
    for name, draft in drafts(text).items():
        if name.endswith(".py"):
            ast.parse(draft.text)


def test_every_rule_has_a_document() -> None:
    found = {line.split(": ")[1] for file in FILES for line in EXPECTED.findall(file.read_text())}
    assert found == {f"compat/{rule}" for rule in RULES}


def test_every_document_has_a_twin() -> None:
    twins = sorted(path.name for path in (INVALID / "mended").iterdir())
    assert twins == [file.name for file in FILES]
