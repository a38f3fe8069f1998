"""Finds the maker of each line of a tidied file, for the lock, which holds a digest of the lines of each maker.

A maker is a subject of the file, by its pointer. For lines that no subject made, it is the statement or heading around
them, by its name. `provenance` follows tokens and takes four times as long. Here it does no harm if a line counts for its
neighbour's maker, as long as every run gives the same maker.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from speclens.output.marks import LineOrigin

_BEGINNING = re.compile(r"[^(\[{=:,)\]}]*")
_LOOK_AHEAD = 5
_STATEMENT = re.compile(r"(?:(?:async )?def|class|from|import|##+) +([\w.]+)|(\w+) ?[:=]")


def makers(
    draft: str, origins: Sequence[LineOrigin], subjects: Collection[str], text: str
) -> tuple[str, ...]:
    """The maker of each line of a tidied text."""
    lines = text.split("\n")
    of_draft = _subjects(origins, subjects)
    found = _aligned(draft.split("\n"), of_draft, lines) if any(of_draft) else [""] * len(lines)
    name, made = "", []
    for line, subject in zip(lines, found, strict=True):
        if begins := _STATEMENT.match(line):
            name = begins[1] or begins[2]
        made.append(subject or name)
    return tuple(made)


def _subjects(origins: Sequence[LineOrigin], subjects: Collection[str]) -> list[str]:
    """The subject of each line of a draft. Lines from other places to which a subject refers count as its own."""
    known, found, subject = {"#": ""}, list[str](), ""
    for origin in origins:
        pointer = origin.pointer
        if pointer not in known:
            above = pointer
            while above and above not in subjects:
                above = above.rpartition("/")[0]
            known[pointer] = above
        if pointer == "#" or known[pointer]:
            subject = known[pointer]
        found.append(subject)
    return found


def _aligned(draft: Sequence[str], subjects: Sequence[str], lines: Sequence[str]) -> list[str]:
    """The subjects of tidied lines. The layout breaks and joins lines, but most lines stay as they are, and the others
    begin as before. So this walks draft and text in step, and finds its place again at the unique first line of a
    subject."""
    rows = [
        (bare, subject)
        for line, subject in zip(draft, subjects, strict=True)
        if (bare := line.strip())
    ]
    first = _first_rows(rows)
    rows.append(("", ""))
    found, subject, row = list[str](), "", 0
    for line in lines:
        if bare := line.strip():
            at = row if bare == rows[row][0] else _next(rows, row, first, _start(bare))
            if at is not None:
                subject, row = rows[at][1], at + 1
        found.append(subject)
    return found


def _next(
    rows: Sequence[tuple[str, str]], row: int, first: Mapping[str, int], start: str
) -> int | None:
    """The row of the draft that begins with `start`: one of the next rows, or the first row of a subject."""
    if not start:
        return None
    for at, (line, _) in enumerate(rows[row : row + _LOOK_AHEAD], row):
        if line.startswith(start) and _start(line) == start:
            return at
    return first.get(start)


def _first_rows(rows: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The first row of each subject, by the beginning of its line, if that is unique among first rows."""
    before, found, times = "", dict[str, int](), Counter[str]()
    for row, (line, subject) in enumerate(rows):
        if subject != before:
            before, start = subject, _start(line)
            found[start] = row
            times[start] += 1
    return {start: row for start, row in found.items() if times[start] == 1}


def _start(line: str) -> str:
    """The beginning of a line, up to the first place at which the layout may break it."""
    found = _BEGINNING.match(line)
    return found[0].rstrip() if found else ""
