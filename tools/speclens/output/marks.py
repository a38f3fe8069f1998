"""Provenance: the template line and the place of the document that made a line of the output.

A rendered file carries marks: at the end of each template line, and wherever a template prints a pointer through the filter
`mark`. The nonce in a mark is a digest of the document, which no document can contain. `take_out` removes the marks before
speclens writes a file, and gives the origin of each line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate

_CONTROL = re.compile(r"\s*\{[%#]")
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


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
    # Stands for the end of a line inside a tag, where Jinja would take a mark for a part of the tag.
    inside = f"⟦{nonce}⟧"
    lines = _TAG.sub(lambda tag: tag[0].replace("\n", inside), source).split("\n")
    ends = accumulate(1 + line.count(inside) for line in lines)
    name = _escaped(template)
    marked = (
        line
        if _CONTROL.match(line) or (line == "" and index == len(lines))
        else f"{line}⟦{nonce} {name} {end}⟧"
        for index, (line, end) in enumerate(zip(lines, ends, strict=True), 1)
    )
    return "\n".join(marked).replace(inside, "\n")


@lru_cache(maxsize=64)
def origins_of_copy(text: str, template: str) -> tuple[LineOrigin, ...]:
    """The origin of each line of a template that is copied."""
    return tuple(LineOrigin("#", template, row) for row in range(1, text.count("\n") + 2))


def mark(pointer: str, nonce: str) -> str:
    """The mark of a place of the document, from which the text after the mark comes."""
    return f"⟦{nonce} {_escaped(pointer)}⟧"


def _escaped(name: str) -> str:
    """A pointer or the name of a template without characters that mean something in a mark, or to Jinja."""
    text = name.encode("unicode_escape").decode("ascii")
    return text.replace(" ", r"\x20").replace("{", r"\x7b")


def _unescaped(text: str) -> str:
    return text.encode("ascii").decode("unicode_escape")


def take_out(text: str, nonce: str, template: str) -> tuple[str, tuple[LineOrigin, ...]]:
    """The text without its marks, and the origin of each of its lines."""
    pattern = re.compile(f"⟦{nonce} ([^ ⟧]+)(?: ([0-9]+))?⟧")
    lines, pointers, printed = [], [], []
    pointer = "#"
    for line in text.split("\n"):
        end: tuple[str, int] | None = None
        for name, digits in pattern.findall(line):
            if digits:
                end = (_unescaped(name), int(digits))
            else:
                pointer = _unescaped(name)
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
