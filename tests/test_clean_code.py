"""Generated code is what a linter with common rules asks of code by hand, and has the layout of `ruff format`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from ruff import find_ruff_bin

ROOT = Path(__file__).parents[1]
CODE = [*sorted(ROOT.glob("tests/golden/*/expected")), ROOT / "generated"]
OPTIONS = ("--isolated", "--no-cache", "--line-length", "100", "--target-version", "py311")
RULES = "E,F,W,D,N,UP,B,SIM"
GOOGLE = 'lint.pydocstyle.convention = "google"'
EXCEPTIONS = {
    "E501": "no part of the defaults of ruff: an address or a literal of a document cannot be broken",
    "D101": "a model of which the document says nothing: its name is all there is to say",
    "D107": "the class says what its arguments are",
    "D205": "a first paragraph of the document that is longer than a line stays one",
    "D301": "backslashes are escaped: a raw docstring cannot hold every text",
    "D417": "an argument of which the document says nothing",
    "N801": "a name of the document that the module has already, or two names that only differ in signs",
    "N812": "`Date` for `date`: an argument may be called as the type is",
    "N818": "`Refused` and `_End`, signals that leave no package",
}
"""The rules that generated code does not follow, each with the reason."""


def test_generated_code_follows_common_rules() -> None:
    found = _ruff("check", "--select", RULES, "--config", GOOGLE, "--output-format", "json")
    kinds: dict[str, list[tuple[str, int]]] = {}
    for one in json.loads(found.stdout):
        kinds.setdefault(one["code"], []).append((one["filename"], one["location"]["row"]))
    assert {code: places for code, places in kinds.items() if code not in EXCEPTIONS} == {}
    assert {code for code in EXCEPTIONS if code not in kinds} == set(), "exceptions of nothing"
    assert {Path(name).name for name, _ in kinds["D101"]} == {"models.py"}
    assert {Path(name).name for name, _ in kinds["D205"]} <= {"models.py", "client.py"}
    assert {Path(name).name for name, _ in kinds["N818"]} == {"_bounded.py"}


def test_generated_code_has_the_layout_of_ruff_format() -> None:
    found = _ruff("format", "--check")
    assert (found.returncode, found.stderr) == (0, "")
    assert int(found.stdout.split()[0]) > len(CODE)


def _ruff(command: str, *arguments: str) -> Any:
    line = [find_ruff_bin(), command, *OPTIONS, *arguments, *map(str, CODE)]
    return subprocess.run(line, capture_output=True, text=True, check=False)
