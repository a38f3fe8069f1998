"""Layout: a fixed point of the formatter, and every line still known by what made it."""

from __future__ import annotations

import io
import subprocess
import tokenize
from pathlib import Path

import pytest
from ruff import find_ruff_bin

from goldens import FEATURES, GOLDEN, drafts
from speclens.output import tidy


def test_every_file_is_a_fixed_point_of_the_formatter(tmp_path: Path) -> None:
    for path in sorted(GOLDEN.glob("*/expected/*.py")):
        copy = tmp_path / f"{path.parent.parent.name}_{path.name}"
        copy.write_bytes(path.read_bytes())
    command = [
        find_ruff_bin(),
        "format",
        "--isolated",
        "--line-length",
        "100",
        "--check",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_tidying_twice_is_tidying_once() -> None:
    files = {name: draft.text for name, draft in drafts("compat_narrow_checks").items()}
    once = tidy.tidy(files)
    assert tidy.tidy(once) == once


def code(text: str) -> dict[int, set[str]]:
    """The code tokens of each line, but for brackets, commas and quotes, which the layout may change."""
    found: dict[int, set[str]] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in {tokenize.NAME, tokenize.NUMBER}:
            found.setdefault(token.start[0], set()).add(token.string)
        elif token.type == tokenize.STRING:
            for row in range(token.start[0], token.end[0] + 1):
                found.setdefault(row, set()).add("text")
    return found


@pytest.mark.parametrize("feature", FEATURES[::4])
def test_each_line_is_known_by_the_line_it_was_made_from(feature: str) -> None:
    made = {
        name: draft
        for name, draft in drafts(feature).items()
        if name in {"models.py", "normalizers.py", "__init__.py"}
    }
    tidied = tidy.tidy({name: draft.text for name, draft in made.items()})
    for name, draft in made.items():
        before, after = code(draft.text), code(tidied[name])
        origins = tidy.lines_before(draft.text, tidied[name])
        for line, tokens in after.items():
            origin = origins[line - 1]
            assert tokens & before.get(origin, set()), f"{name}:{line} is not {name}.draft:{origin}"
        assert len(draft.origins) == len(draft.text.split("\n"))


LINES = (
    ("a = 1\nb = 2\n", "a = 1\nb = 2\n", {1: 1, 2: 2}),
    ("x = f(a, b)\n", "x = f(\n    a,\n    b,\n)\n", {1: 1, 2: 1, 3: 1}),
    ("import b\nimport a\nx = a\n", "import a\n\nx = a\n", {1: 2, 3: 3}),
    ("x = 'a'\ny = 'b'\n", 'x = "a"\n\n\ny = "b"\n', {1: 1, 4: 2}),
    ('"""One\n\ntwo."""\nx = 1\n', '"""One\n\ntwo."""\n\nx = 1\n', {1: 1, 3: 3, 5: 4}),
)


@pytest.mark.parametrize(("draft", "text", "expected"), LINES)
def test_lines_before(draft: str, text: str, expected: dict[int, int]) -> None:
    found = tidy.lines_before(draft, text)
    assert {line: found[line - 1] for line in expected} == expected


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        tidy.tidy({"a.py": "def :\n"})


def test_other_files_end_with_one_newline() -> None:
    assert tidy.tidy({"README.md": "a\n\n\n", "b.toml": "x = 1"}) == {
        "README.md": "a\n",
        "b.toml": "x = 1\n",
    }


def test_unused_imports_go_and_the_rest_is_sorted() -> None:
    text = "from typing import Any, Annotated\nimport re, abc\n\nx: Annotated[int, re]\n"
    assert tidy.tidy({"a.py": text}) == {
        "a.py": "import re\nfrom typing import Annotated\n\nx: Annotated[int, re]\n"
    }


README = """\
# Pets

```python
pets.add(one="a name that is quite long", two="a name that is quite long", three="a name that is long")
x = 1
```

| a | b |
"""


def test_python_in_markdown_is_laid_out_and_each_line_known() -> None:
    laid_out = tidy.tidy({"README.md": README})["README.md"]
    assert tidy.tidy({"README.md": laid_out}) == {"README.md": laid_out}
    lines = laid_out.split("\n")
    assert lines[3] == "pets.add("
    before = tidy.lines_like(README, laid_out)
    assert len(before) == len(lines)
    drafted = README.split("\n")
    assert [drafted[before[row] - 1] for row in range(3)] == lines[:3]
    assert before[3:6] == (4,) * 3
    assert [drafted[place - 1] for place in before[6:]] == lines[6:]
