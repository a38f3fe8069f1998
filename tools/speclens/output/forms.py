"""The form of an output file, which its name says: Python, TOML, or any text. A template may print something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from speclens.config.toml_text import parse_toml
from speclens.output.marks import LineOrigin
from speclens.output.render import TemplateFault

_TOML_FAULT = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python and `tomllib` raise for a text of another form."""


@lru_cache(maxsize=64)  # documents have most of their files in common
def parse(path: str, text: str) -> None:
    """Raises one of FAULTS for a file that does not have the form of its name, or that cannot be encoded as UTF-8."""
    text.encode()
    if path.endswith(".py"):
        compile(text, path, "exec", dont_inherit=True)
    elif path.endswith(".toml"):
        parse_toml(text)


def check_printed(path: str, text: str, origins: Sequence[LineOrigin]) -> None:
    """Raises TemplateFault, with the line of the template, for a file of lines from templates for which `parse` raises."""
    try:
        parse(path, text)
    except FAULTS as error:
        line, told = _line(error, text), _told(error)
        # An error without a line concerns the whole template. The last line of a file comes from its own template.
        at = origins[min(line, len(origins)) - 1]
        at = at if line else replace(at, line=1)
        message = f"this prints invalid {_form(path)}: {told}"
        raise TemplateFault(at.template, at.line, message) from error


def _form(path: str) -> str:
    if path.endswith(".py"):
        return "Python"
    return "TOML" if path.endswith(".toml") else "text"


def _line(error: BaseException, text: str) -> int:
    """The line (from 1) of an error; 0 if it names none."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    if isinstance(error, UnicodeEncodeError):
        return 1 + text.count("\n", 0, error.start)
    if found := _TOML_FAULT.fullmatch(str(error)):
        return int(found[2] or 1 + text.rstrip().count("\n"))
    return 0


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg
    found = _TOML_FAULT.fullmatch(str(error))
    return (found[1] if found else str(error)) or "nested too deep"
