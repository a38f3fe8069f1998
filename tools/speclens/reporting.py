"""Problems as text, JSON, GitHub workflow commands and SARIF."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal
from urllib.parse import quote

from speclens.problems import Problem, shortened

Format = Literal["text", "json", "github", "sarif"]

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

# Control characters, line separators, bidirectional controls and lone surrogates. With these a hostile document could
# forge lines, recolour a terminal, or reverse text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

# The beginnings of commands for a GitHub runner: `::` at the start of a line, and `##[` anywhere.
# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
_COMMAND = re.compile(r"^\s*:(?=:)|#(?=#\[)")


def render(problems: Sequence[Problem], format: Format) -> str:
    """The problems in one of the formats, in the given order. The text ends with a newline unless it is empty."""
    return _RENDERERS[format](problems)


def _text(problems: Sequence[Problem]) -> str:
    return "".join(f"{': '.join(line_parts(problem))}\n" for problem in problems)


def line_parts(problem: Problem) -> tuple[str, str, str]:
    """The place, the rule and the message of a problem, each as text for one line.

    A column of JSON without line breaks, or of another very long line, helps nobody, so the place has the pointer too.
    """
    hint = f" ({problem.hint})" if problem.hint else ""
    place = f"{problem.file}:{problem.line}:{problem.column}"
    is_found = problem.column <= (_WIDEST if problem.line > 1 else 1)
    if not is_found and problem.pointer != "#":
        place += f" ({shortened(problem.pointer)})"
    return safe(place), safe(problem.rule), safe(f"{problem.message}{hint}")


_WIDEST = 160
"""The widest column that people find by its number, if the document has several lines."""


def _json(problems: Sequence[Problem]) -> str:
    keys = ("rule", "severity", "pointer", "file", "line", "column", "message", "hint")
    rows = [{key: row[key] for key in keys} for row in map(asdict, problems)]
    return json.dumps(rows, indent=2) + "\n"


def _github(problems: Sequence[Problem]) -> str:
    """https://docs.github.com/actions/reference/workflow-commands-for-github-actions"""
    return "".join(_command(problem) for problem in problems)


def _command(problem: Problem) -> str:
    properties = {
        "file": problem.file,
        "line": str(problem.line),
        "col": str(problem.column),
        "title": problem.rule,
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"::{problem.severity} {listed}::{_data(problem.message + hint)}\n"


def _data(text: str) -> str:
    return safe(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0 (OASIS standard), one run."""
    rules = sorted({problem.rule for problem in problems})
    driver = {"name": "speclens", "rules": [{"id": rule} for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules.index(problem.rule)) for problem in problems],
    }
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    hint = f" ({problem.hint})" if problem.hint else ""
    artifact = {"uri": _uri(problem.file)}
    region = {"startLine": problem.line, "startColumn": problem.column}
    return {
        "ruleId": problem.rule,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": safe(problem.message + hint)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": artifact, "region": region},
                "logicalLocations": [{"fullyQualifiedName": safe(problem.pointer)}],
            }
        ],
    }


def _uri(name: str) -> str:
    is_address = name.startswith(("http://", "https://"))
    return quote(name.replace("\\", "/"), ":/?&=%" if is_address else "/", errors="replace")


def safe(text: str) -> str:
    """A text of a document or a payload as one line that a terminal and a runner show but do not obey."""
    shown = _UNSAFE.sub(lambda match: repr(match[0])[1:-1], text)
    return _COMMAND.sub(lambda match: f"{match[0][:-1]}\\x{ord(match[0][-1]):x}", shown)


def safe_json(value: Any) -> str:
    """A JSON value as indented text for people. Unsafe characters become escapes of JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSAFE.sub(
        lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text
    )


_RENDERERS = {"text": _text, "json": _json, "github": _github, "sarif": _sarif}
