"""Faults of a text before there is a document: where they stand, and how they become problems."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from speclens.problems import Problem, Room, quoted
from speclens.source.pointer import join

MAX_DEPTH = 100
"""Deepest nesting that is read: real documents stay under 40, and recursion is safe to here."""

MAX_DIGITS = 308
"""Longest integer literal that is read; what is longer is beyond the doubles."""

Path = tuple[str | int, ...]
"""The keys and indices on the way to a part."""

_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at an offset (in characters) of a text; `path` is the way to the part that it is in.

    `first` is the offset of the other place, where there is one.
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
        """One more, if there is room."""
        if self.room.takes(fault.path):
            self.listed.append(fault)
        elif self.room.untold == 1:
            self.after = fault.offset

    def told(self) -> list[Fault]:
        """What is told of them."""
        if not self.room.untold:
            return self.listed
        hint = "mend those before, and look again"
        return [*self.listed, Fault("source/more-faults", self.after, self.room.rest, hint)]


class Unreadable(Exception):
    """The rest of the text cannot be read: the fault is noted already."""


class Lines:
    """Offsets of a text as line and column, both counted from 1, columns in characters."""

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
    """A document that is no object."""
    hint = "start with `openapi: 3.1.1`"
    return Fault("source/root", offset, "the document is not a mapping", hint)


def too_deep(offset: int, path: Path) -> Fault:
    """Nesting beyond what any tool can be asked to follow."""
    return Fault(
        "source/depth",
        offset,
        f"nested more than {MAX_DEPTH} levels deep",
        "move inner parts to components and use $ref",
        path,
    )


def bad_number(offset: int, literal: str, path: Path) -> Fault:
    """A number that is no JSON number, or beyond what a double holds."""
    shown = literal if len(literal) <= 20 else f"{literal[:17]}..."
    return Fault(
        "source/number",
        offset,
        f"{shown} is not a finite number",
        "write a number that fits a double",
        path,
    )


def duplicate_key(offset: int, key: str, path: Path, first: int) -> Fault:
    """A key that its mapping has already, `first` being where."""
    return Fault("source/duplicate-key", offset, f"duplicate key {quoted(key)}", "", path, first)


def lone_surrogate(offset: int, path: Path) -> Fault:
    """Half of a character, by an escape."""
    message = "a surrogate without its other half is not a character"
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
