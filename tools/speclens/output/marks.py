"""Provenance: the template line and the place of the document that made a line of the output.

A rendered file carries marks: at the end of each template line, and wherever a template prints a pointer through the filter
`mark`. The nonce in a mark is a digest of the document, which no document can contain. `take_out` removes the marks before
speclens writes a file, and gives the origin of each line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

_CONTROL = re.compile(r"\s*\{[%#]")


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """The origin of one line: a place of the document, a template and its line (from 1)."""

    pointer: str
    template: str
    line: int


def nonce(text: str) -> str:
    """A string that cannot occur in `text`, and is always the same for it."""
    return f"speclens-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def mark_lines(source: str, template: str, nonce: str) -> str:
    """A template with a mark at the end of every line that it prints. Lines that begin with a block get no mark."""
    lines = source.split("\n")
    marked = (
        line
        if _CONTROL.match(line) or (line == "" and index == len(lines))
        else f"{line}⟦{nonce} {template} {index}⟧"
        for index, line in enumerate(lines, 1)
    )
    return "\n".join(marked)


def mark_lines_verbatim(text: str, template: str, nonce: str) -> str:
    """The text of a copied file, with a mark at the end of every line."""
    return "\n".join(
        f"{line}⟦{nonce} {template} {index}⟧" for index, line in enumerate(text.split("\n"), 1)
    )


def mark(pointer: str, nonce: str) -> str:
    """The mark of a place of the document, from which the text after the mark comes."""
    escaped = pointer.encode("unicode_escape").decode("ascii").replace(" ", r"\x20")
    return f"⟦{nonce} {escaped}⟧"


def take_out(text: str, nonce: str, template: str) -> tuple[str, tuple[LineOrigin, ...]]:
    """The text without its marks, and the origin of each of its lines."""
    pattern = re.compile(f"⟦{nonce} ([^ ⟧]+)(?: ([0-9]+))?⟧")
    lines, pointers, printed = [], [], []
    pointer = "#"
    for line in text.split("\n"):
        end: tuple[str, int] | None = None
        for name, digits in pattern.findall(line):
            if digits:
                end = (name, int(digits))
            else:
                pointer = name.encode("ascii").decode("unicode_escape")
        lines.append(pattern.sub("", line))
        pointers.append(pointer)
        printed.append(end)
    # A line without a mark is part of a value of several lines, and gets the origin of the template line that ends it.
    following = (template, 1)
    origins: list[LineOrigin] = []
    for place, end in zip(reversed(pointers), reversed(printed), strict=True):
        name, number = following = end or following
        origins.append(LineOrigin(place, name, number))
    return "\n".join(lines), tuple(reversed(origins))
