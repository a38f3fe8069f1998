"""Which text each part of a document came from, where it is not one text as written: a sparse tree beside the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part is written: the number of its text (0 is the document, then its overlays, then the
    other files it refers to), and its path there.

    `members` has those of its parts that are written elsewhere than beneath it. So a document that was not changed is
    one `Origin(0)`, and what an overlay changes costs entries only in what it touched.
    """

    text: int
    path: tuple[str, ...] = ()
    members: Mapping[str, Origin] = field(default_factory=dict)

    def member(self, token: str) -> Origin:
        """The origin of a part by its key or index."""
        return self.members.get(token) or Origin(self.text, (*self.path, token))


@dataclass(frozen=True, slots=True)
class Part:
    """A value and where it is written."""

    value: Any
    origin: Origin

    def member(self, token: str | int) -> Part:
        """A part of it by its key or index."""
        return Part(self.value[token], self.origin.member(str(token)))

    def fields(self) -> dict[str, Part]:
        """Its members if it is an object, else nothing."""
        return {name: self.member(name) for name in self.value} if type(self.value) is dict else {}

    def items(self) -> list[Part]:
        """Its items if it is a list, else nothing."""
        return [self.member(i) for i in range(len(self.value))] if type(self.value) is list else []

    def at_same_place(self, value: Any) -> Part:
        """Another value that is said by what is written there."""
        return Part(value, Origin(self.origin.text, self.origin.path))


def mapping(origin: Origin, members: Mapping[str, Part]) -> Part:
    """An object that is written at an origin, of parts that may be written elsewhere."""
    value = {token: part.value for token, part in members.items()}
    return Part(value, _holding(origin, members))


def sequence(origin: Origin, items: Sequence[Part]) -> Part:
    """A list that is written at an origin, of parts that may be written elsewhere."""
    parts = {str(index): part for index, part in enumerate(items)}
    return Part([part.value for part in items], _holding(origin, parts))


def with_members(part: Part, added: Mapping[tuple[str, ...], Part]) -> Part:
    """An object with further members at paths below it."""
    members = part.fields()
    inner: dict[str, dict[tuple[str, ...], Part]] = {}
    for (token, *rest), one in added.items():
        if rest:
            inner.setdefault(token, {})[tuple(rest)] = one
        else:
            members[token] = one
    for token, below in inner.items():
        members[token] = with_members(members.get(token) or part.at_same_place({}), below)
    return mapping(part.origin, members)


def _holding(origin: Origin, parts: Mapping[str, Part]) -> Origin:
    text, path = origin.text, origin.path
    moved = {
        token: part.origin
        for token, part in parts.items()
        if part.origin.members or part.origin.text != text or part.origin.path != (*path, token)
    }
    return Origin(text, path, moved)


def origin_at(root: Origin, tokens: Iterable[str]) -> Origin:
    """The origin of what a pointer's tokens name."""
    for token in tokens:
        root = root.member(token)
    return root
