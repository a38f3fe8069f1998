"""Finds the places of all parts of a JSON text, and the faults of its values.

json.loads accepts the text, or the text nests too deep for it. So this scan ignores commas and colons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from speclens.source.faults import (
    MAX_DEPTH,
    Fault,
    Faults,
    Path,
    Unreadable,
    bad_number,
    duplicate_key,
    has_surrogate,
    lone_surrogate,
    too_deep,
)
from speclens.source.places import Place
from speclens.source.scalars import finite, integer

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s"{}\[\],:]+', re.DOTALL)
_WORDS = frozenset(("true", "false", "null"))
_INTEGER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Scan:
    """The places and the faults of a text."""

    root: Place
    faults: list[Fault]


def scan(text: str) -> Scan:
    """The places and faults of a text with valid JSON syntax. The scan ends at a value that nests too deep."""
    scanner = _Scanner(_TOKEN.finditer(text))
    try:
        return Scan(scanner.value(next(scanner.tokens)), scanner.faults.told())
    except Unreadable:
        return Scan(Place(0), scanner.faults.told())


@dataclass(slots=True)
class _Scanner:
    tokens: Iterator[re.Match[str]]
    faults: Faults = field(default_factory=Faults)
    path: list[str | int] = field(default_factory=list)

    def value(self, token: re.Match[str]) -> Place:
        start = token[0][0]
        place = Place(token.start())
        if start not in "{[":
            self.scalar(token)
        elif len(self.path) >= MAX_DEPTH:
            self.faults.add(too_deep(token.start(), self.here()))
            raise Unreadable
        elif start == "{":
            self.object(place)
        else:
            self.array(place)
        return place

    def object(self, place: Place) -> None:
        while (token := next(self.tokens))[0] != "}":
            key = self.string(token)
            self.path.append(key)
            if key in place.members:
                first = place.members[key].offset
                self.faults.add(duplicate_key(token.start(), key, self.here(), first))
            child = self.value(next(self.tokens))
            place.members.setdefault(key, Place(token.start(), child.members))
            self.path.pop()

    def array(self, place: Place) -> None:
        while (token := next(self.tokens))[0] != "]":
            index = len(place.members)
            self.path.append(index)
            place.members[str(index)] = self.value(token)
            self.path.pop()

    def scalar(self, token: re.Match[str]) -> None:
        text = token[0]
        if text.startswith('"'):
            self.string(token)
        elif text not in _WORDS:
            self.number(token)

    def number(self, token: re.Match[str]) -> None:
        text = token[0]
        try:
            integer(text) if _INTEGER.fullmatch(text) else finite(text)
        except ValueError:
            self.faults.add(bad_number(token.start(), text, self.here()))

    def string(self, token: re.Match[str]) -> str:
        if "\\" not in token[0]:
            return token[0][1:-1]
        text: str = json.loads(token[0])
        if has_surrogate(text):
            self.faults.add(lone_surrogate(token.start(), self.here()))
        return text

    def here(self) -> Path:
        return tuple(self.path)
