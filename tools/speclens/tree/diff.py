"""Unified diffs between a file on the disk and the generated one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from speclens.output.matching import LineMatcher

_HUNK = re.compile(r"@@ -([0-9]+)(?:,[0-9]+)? \+([0-9]+)(?:,[0-9]+)? @@")
_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(path: str, disk: bytes | None, new: bytes | None) -> str:
    """The diff from the content on the disk to the generated content. None stands for no file."""
    old_name = "/dev/null" if disk is None else path
    new_name = "/dev/null" if new is None else path
    lines = _hunks(_lines(disk), _lines(new))
    text = "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)
    # The header always stands: an empty file has no lines, and bytes that are not UTF-8 may look like their escapes.
    return f"--- {old_name}\ton disk\n+++ {new_name}\tgenerated\n{text}"


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    """The lines of a unified diff, each change with three lines around it."""
    for group in LineMatcher(old, new).get_grouped_opcodes(3):
        (_, start, _, first, _), (_, _, end, _, last) = group[0], group[-1]
        yield f"@@ -{_range(start, end)} +{_range(first, last)} @@\n"
        for what, at, to, at_new, to_new in group:
            yield from (f" {line}" if what == "equal" else f"-{line}" for line in old[at:to])
            yield from (f"+{line}" for line in new[at_new:to_new] if what != "equal")


def _range(start: int, end: int) -> str:
    """A range of lines in the notation of diffs: the number of the first line, and the count unless it is one."""
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def added_lines(diff: str) -> Iterator[int]:
    """The numbers, in the new file, of the lines that a diff adds or changes, without blank lines."""
    number = 0
    for line in diff.split("\n")[2:]:
        if hunk := _HUNK.match(line):
            number = int(hunk[2])
        elif line.startswith("+"):
            if line[1:].strip():
                yield number
            number += 1
        elif line.startswith(" "):
            number += 1


def first_line(diff: str) -> int:
    """The number, in the file on the disk, of the first line of the diff's first hunk; 1 if there is no hunk."""
    hunk = _HUNK.search(diff)
    return max(1, int(hunk[1])) if hunk else 1


def _lines(data: bytes | None) -> list[str]:
    """The lines of a file. Only `\\n` ends a line; a carriage return is part of the line, so that it shows in a diff."""
    *lines, tail = (data or b"").decode("utf-8", "backslashreplace").split("\n")
    return [f"{line}\n" for line in lines] + ([tail] if tail else [])
