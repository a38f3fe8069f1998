"""Finishes files: checks that they have the form of their names, and for Python removes unused imports and applies the
layout of `ruff format`.

`ruff format` also lays out the Python in Markdown. Ruff is pinned, so the layout is the same on every machine. One run
of ruff handles all files.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ruff import find_ruff_bin

from speclens.output import forms
from speclens.output.matching import LineMatcher

LINE_LENGTH = 100
_LONG_LINE = 10_000
"""The length from which a line is broken before `ruff check`, which takes quadratic time for the strings in a line."""
_OPTIONS = (
    "--isolated",
    "--quiet",
    "--no-cache",
    "--line-length",
    str(LINE_LENGTH),
    "--target-version",
    "py311",
)


def tidy(files: Mapping[str, str]) -> dict[str, str]:
    """Path -> text, with every `.py` and `.md` file tidied. Raises one of `forms.FAULTS` for a file of another form."""
    for path, text in files.items():
        forms.parse(path, text)
    with tempfile.TemporaryDirectory(prefix="speclens-") as directory:
        places = {
            path: Path(directory, f"f{index}{path[-3:]}")
            for index, path in enumerate(files)
            if path.endswith((".py", ".md"))
        }
        for path, place in places.items():
            place.write_bytes(files[path].encode())
        if any(len(line) > _LONG_LINE for text in files.values() for line in text.split("\n")):
            _ruff("format", directory)
        # Without the unused names, imports that fit one line become one line.
        collapse = "lint.isort = { split-on-trailing-comma = false, combine-as-imports = true }"
        _ruff(
            "check",
            "--fix-only",
            "--select",
            "F401,I001,RUF022,TC005",
            "--config",
            collapse,
            directory,
        )
        _ruff("format", directory)
        found = {path: place.read_bytes().decode() for path, place in places.items()}
    return {path: found.get(path, text).rstrip("\n") + "\n" for path, text in files.items()}


def _ruff(command: str, *arguments: str) -> None:
    done = subprocess.run(
        [find_ruff_bin(), command, *_OPTIONS, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ChildProcessError(f"ruff {command} failed: {done.stderr.strip()}")


def lines_like(draft: str, text: str) -> tuple[int, ...]:
    """`lines_before` for Markdown: equal lines, and for other lines the first of the lines that they replace."""
    found: list[int] = []
    matcher = LineMatcher(draft.split("\n"), text.split("\n"))
    for what, start, _, first, end in matcher.get_opcodes():
        found += [start + 1 + (row if what == "equal" else 0) for row in range(end - first)]
    return tuple(found)


def lines_before(draft: str, text: str) -> tuple[int, ...]:
    """For each line of the tidied text, the line of the draft (from 1) from which it was made.

    Tidying does not reorder or add tokens, except commas, brackets and imports. This finds imports by their names.
    """
    imports: dict[str, int] = {}
    earlier: list[_Token] = []
    for token in _tokens(draft):
        if token.is_import:
            imports.setdefault(token.string, token.row)
        else:
            earlier.append(token)
    rows: dict[int, int] = {}
    position = 0
    for token in _tokens(text):
        if token.is_import:
            rows.setdefault(token.row, imports.get(token.string, 1))
        elif (place := _next(earlier, position, token)) is not None:
            rows.setdefault(token.row, earlier[place].row)
            position = place + 1
    # A line without a token gets the origin of the line before it.
    found, before = [], 1
    for row in range(1, text.count("\n") + 2):
        before = rows.get(row, before)
        found.append(before)
    return tuple(found)


class _Token(NamedTuple):
    kind: str
    string: str
    row: int
    is_import: bool


def _next(tokens: Sequence[_Token], position: int, like: _Token) -> int | None:
    """The next position of the same token. Any string equals any other: quotes and indentation may change."""
    for index in range(position, len(tokens)):
        if (tokens[index].kind, tokens[index].string) == (like.kind, like.string):
            return index
    return None


_PYTHON = re.compile(
    r"""(?P<string>(?i:[bfru]{0,2})(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))"""
    r"|(?P<comment>#[^\n]*)|(?P<newline>\\?\n)|(?P<other>\w+|[^\w\s])",
    re.DOTALL,
)
"""`tokenize` takes ten times as long, and splits f-strings since Python 3.12."""


def _tokens(text: str) -> Iterator[_Token]:
    row, depth, begins, is_import = 1, 0, True, False
    for found in _PYTHON.finditer(text):
        kind, string = str(found.lastgroup), found[0]
        if kind == "newline":
            row += 1
            begins = begins or (string == "\n" and not depth)
        elif kind == "string":
            begins = is_import = False
            for place in range(row, row + string.count("\n") + 1):
                yield _Token(kind, "", place, is_import)
            row += string.count("\n")
        elif kind == "comment":
            yield _Token(kind, string, row, False)
        else:
            depth += (string in "([{") - (string in ")]}")
            if string not in {",", "(", ")"}:
                if begins:
                    begins, is_import = False, string in {"from", "import"}
                if not is_import or string not in {"from", "import", ".", "as"}:
                    yield _Token(kind, string, row, is_import)
