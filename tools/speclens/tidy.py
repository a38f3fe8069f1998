"""The last touch on Python files: imports that are used, the layout of `ruff format`, and proof that it compiles.

Ruff is pinned, so the layout is the same on every machine; one run of it serves all files.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path

from ruff import find_ruff_bin

LINE_LENGTH = 100
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
    """Path -> text, with every `.py` file put in order. Raises SyntaxError for one that is no Python."""
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    for path, text in python.items():
        compile(text, path, "exec", dont_inherit=True)
    with tempfile.TemporaryDirectory(prefix="speclens-") as directory:
        places = {path: Path(directory, f"f{index}.py") for index, path in enumerate(python)}
        for path, place in places.items():
            place.write_bytes(python[path].encode())
        _ruff("check", "--fix-only", "--select", "F401,I001", directory)
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
        raise RuntimeError(f"ruff {command} failed: {done.stderr.strip()}")


def line_before(draft: str, text: str, line: int) -> int:
    """The line of the draft (from 1) that a line of the tidied text was made from.

    Tidying moves and removes tokens but neither reorders nor makes up any, commas and brackets apart.
    """
    earlier = _tokens(draft)
    found = 1
    for kind, string, row in _tokens(text):
        if row > line:
            break
        for other_kind, other, other_row in earlier:
            if kind == other_kind and (kind == tokenize.STRING or string == other):
                found = other_row
                break
        if row == line:
            return found
    return found


def _tokens(text: str) -> Iterator[tuple[int, str, int]]:
    skipped = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            for row in range(token.start[0], token.end[0] + 1):
                yield token.type, "", row
        elif token.type not in skipped and token.string not in {",", "(", ")"}:
            yield token.type, token.string, token.start[0]
