"""The faults of a document.

A `Finding` is a fault at a JSON Pointer; a `Problem` is a finding with its location in a file. Rules yield findings,
because a location costs a second parse, and most runs have no finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from heapq import nlargest
from itertools import islice
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place of a document.

    `rule` is a stable id such as `compat/cycle`; `pointer` is an RFC 6901 pointer in URI fragment form
    (`#/components/schemas/Image`); `hint` says what to write instead. `is_before` says that `pointer` names a place of the
    document before its conversion to OpenAPI 3.
    """

    rule: str
    pointer: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding located in a file. `line` and `column` count from 1."""

    rule: str
    severity: Severity
    pointer: str
    file: str
    line: int
    column: int
    message: str
    hint: str = ""


class Refused(Exception):
    """A document, or another input of a command, that speclens cannot work with. `problems` holds all problems, at least
    one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(f"{p.file}:{p.line}:{p.column}: {p.rule}: {p.message}" for p in self.problems)
        )


_MOST_SHOWN = 200


def shortened(text: str) -> str:
    """A text of a document for a message. Only the beginning of a long text, since many messages may quote it."""
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."


def quoted(text: str) -> str:
    """The same in quotes."""
    return repr(shortened(text))


@dataclass(slots=True)
class Room:
    """The room that is left for faults of one text: 100 faults, at places of 100,000 characters together. The place of a fault
    repeats all names around it."""

    faults: int = 100
    characters: int = 100_000
    untold: int = 0

    def takes(self, path: Iterable[str | int]) -> bool:
        """Whether there is room for a fault at this path. Counts the fault if not."""
        if self.faults <= 0 or self.characters <= 0:
            self.untold += 1
            return False
        self.faults -= 1
        self.characters -= sum(len(str(token)) for token in path)
        return True

    @property
    def rest(self) -> str:
        """The message that says how many faults found no room."""
        return f"{self.untold:,} more faults, which are not listed"


_MOST_NAMES = 100
_LONGEST = 60
_LIKELY = 10


def closest(name: str, names: Iterable[str], most: int = _MOST_NAMES) -> str:
    """The name, of the first `most` names, that is closest to `name`; "" if none is close, or `name` is too long to compare.
    A quick comparison by letters chooses the few names to compare at length, since a run may make many such hints."""
    if len(name) > _LONGEST:
        return ""
    words = [word for word in islice(names, most) if len(word) <= _LONGEST]
    matcher = SequenceMatcher(b=name)

    def likeness(word: str) -> float:
        matcher.set_seq1(word)
        return matcher.quick_ratio()

    return next(iter(get_close_matches(name, nlargest(_LIKELY, words, likeness), 1)), "")
