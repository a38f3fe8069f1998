"""Reports drift: as text for people, as the JSON of `speclens check`, as problems for the other formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from speclens.problems import Problem
from speclens.reporting import safe
from speclens.tree.diff import first_line
from speclens.tree.values import JOURNAL, Cause, Drift, FileDrift

_MESSAGES: dict[Cause, str] = {
    "document": "the document changed",
    "template": "its template changed",
    "config": "the configuration changed",
    "toolkit": "another version of the toolkit made it",
    "hand-edited": "it was edited by hand",
    "missing": "it is missing",
    "stale": "speclens no longer generates it",
}


def render_text(drift: Drift) -> str:
    """Every file with its causes, pointers and diff; the last line is the command that fixes the drift.

    The text escapes characters that a terminal would obey, since diffs hold text of the document.
    """
    if drift.in_sync:
        return "in sync\n"
    count = len(drift.files)
    summary = f"{count} {'file is' if count == 1 else 'files are'} out of sync; to fix it:"
    blocks = (*(_block(file) for file in drift.files), f"{summary}\n{_in_one_line(drift.fix)}\n")
    return _visible("\n".join(blocks))


def to_json(drift: Drift) -> dict[str, Any]:
    """The form that `speclens check --format json` prints."""
    files = [
        {
            "path": file.path,
            "causes": list(file.causes),
            "pointers": list(file.pointers),
            "diff": file.diff,
        }
        for file in drift.files
    ]
    return {"in_sync": drift.in_sync, "files": files, "fix": drift.fix}


def problems(drift: Drift, output: str) -> tuple[Problem, ...]:
    """Drift as problems: one for each cause, and one for each pointer if the cause is `document`.

    The problems name files below `output`, the path of the output root.
    """
    return tuple(
        Problem(
            f"drift/{cause}",
            "error",
            pointer,
            f"{output}/{file.path}",
            first_line(file.diff),
            1,
            _message(file, cause),
            f"run `{drift.fix}`",
        )
        for file in drift.files
        for cause in file.causes
        for pointer in (file.pointers if cause == "document" else ("#",))
    )


def _message(file: FileDrift, cause: Cause) -> str:
    if file.path == JOURNAL:
        return "a run was interrupted while it wrote; the next run finishes or undoes its work"
    return f"{file.path} is out of sync: {_MESSAGES[cause]}"


def _block(file: FileDrift) -> str:
    return "".join(_lines(file))


def _lines(file: FileDrift) -> Iterator[str]:
    yield f"{file.path}: {', '.join(file.causes)}\n"
    for cause in file.causes:
        yield f"  {_message(file, cause)}\n"
    for pointer in file.pointers:
        yield f"  {_in_one_line(pointer)}\n"
    if not {"missing", "stale"} & set(file.causes) or "hand-edited" in file.causes:
        yield file.diff  # the diff of a missing or stale file would be the whole file


def _in_one_line(text: str) -> str:
    return text.replace("\n", "\\n")


def _visible(text: str) -> str:
    def escaped(found: re.Match[str]) -> str:
        character = found[0]
        return character if character.isprintable() else ascii(character)[1:-1]

    shown = re.sub(r"[^\n\t -~]", escaped, text)
    return "\n".join("\t".join(map(safe, line.split("\t"))) for line in shown.split("\n"))
