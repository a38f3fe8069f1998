"""Faults of a text that keep it from being a document, and their conversion into problems."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from speclens.problems import Problem, Room, quoted
from speclens.source.pointer import join

MAX_DEPTH = 100
"""The deepest nesting that speclens reads. Real documents stay below 40, and recursion is safe up to this depth."""

MAX_DIGITS = 308
"""The most digits of an integer literal that speclens reads. Longer ones exceed doubles."""

Path = tuple[str | int, ...]
"""The keys and indices on the way to a part."""

_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at an offset (in characters) of a text; `path` is the way to the part that it is in.

    `first` is the offset of the other of two clashing places, if there is one.
    """

    rule: str
    offset: int
    message: str
    hint: str = ""
    path: Path = ()
    first: int | None = None


@dataclass(slots=True)
class Faults:
    """The faults of one text: the first ones, and how many there are besides."""

    listed: list[Fault] = field(default_factory=list)
    room: Room = field(default_factory=Room)
    after: int = 0

    def add(self, fault: Fault) -> None:
        """Adds a fault, if there is room."""
        if self.room.takes(fault.path):
            self.listed.append(fault)
        elif self.room.untold == 1:
            self.after = fault.offset

    def told(self) -> list[Fault]:
        """The faults to report: the first ones, and one that says how many others there are."""
        if not self.room.untold:
            return self.listed
        hint = "fix the faults above, and run again"
        return [*self.listed, Fault("source/more-faults", self.after, self.room.rest, hint)]


class Unreadable(Exception):
    """The rest of the text cannot be read. The reader has recorded the fault already."""


class Lines:
    """Converts offsets of a text into lines and columns. Both count from 1, columns in characters."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def located(faults: Iterable[Fault], name: str, text: str) -> tuple[Problem, ...]:
    """The faults as problems of the file `name`, in the order of the text."""
    lines = Lines(text)
    return tuple(_problem(fault, name, lines) for fault in sorted(faults, key=lambda f: f.offset))


def _problem(fault: Fault, name: str, lines: Lines) -> Problem:
    line, column = lines.position(fault.offset)
    hint = fault.hint
    if fault.first is not None:
        hint = f"first given on line {lines.position(fault.first)[0]}; keep one of the two"
    return Problem(
        fault.rule, "error", join("#", *fault.path), name, line, column, fault.message, hint
    )


def not_a_mapping(offset: int) -> Fault:
    """The fault of a document that is not an object."""
    hint = "start with `openapi: 3.1.1`"
    return Fault("source/root", offset, "the document is not a mapping", hint)


def too_deep(offset: int, path: Path) -> Fault:
    """The fault of a part that nests too deep."""
    return Fault(
        "source/depth",
        offset,
        f"nested more than {MAX_DEPTH} levels deep",
        "move inner parts to components and use $ref",
        path,
    )


def bad_number(offset: int, literal: str, path: Path) -> Fault:
    """The fault of a number that is not a JSON number, or exceeds doubles."""
    shown = literal if len(literal) <= 20 else f"{literal[:17]}..."
    return Fault(
        "source/number",
        offset,
        f"{shown} is not a finite number",
        "write a number that fits a double",
        path,
    )


def duplicate_key(offset: int, key: str, path: Path, first: int) -> Fault:
    """The fault of a key that its mapping has already, at `first`."""
    return Fault("source/duplicate-key", offset, f"duplicate key {quoted(key)}", "", path, first)


def lone_surrogate(offset: int, path: Path) -> Fault:
    """The fault of an escape for a lone surrogate."""
    message = "a lone surrogate is not a character"
    return Fault(
        "source/surrogate", offset, message, "write the pair, or the character itself", path
    )


def has_surrogate(text: str) -> bool:
    """Whether a text cannot be written as UTF-8."""
    try:
        _ = text.encode()
    except UnicodeEncodeError:
        return True
    return False
