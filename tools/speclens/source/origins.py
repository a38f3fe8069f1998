"""Records which text wrote each part of a document, as a sparse tree beside the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Origin:
    """The text that wrote a part (0 is the document, then its overlays, then the other files to which it refers), and the
    part's path there.

    `members` has only those parts that are not written below it. So an unchanged document is one `Origin(0)`, and an
    overlay adds entries only where it changes something.
    """

    text: int
    path: tuple[str, ...] = ()
    members: Mapping[str, Origin] = field(default_factory=dict)

    def member(self, token: str) -> Origin:
        """The origin of a part by its key or index."""
        return self.members.get(token) or Origin(self.text, (*self.path, token))


@dataclass(frozen=True, slots=True)
class Part:
    """A value with its origin."""

    value: Any
    origin: Origin

    def member(self, token: str | int) -> Part:
        """A part of the value by its key or index."""
        return Part(self.value[token], self.origin.member(str(token)))

    def fields(self) -> dict[str, Part]:
        """The members of an object; none for other values."""
        return {name: self.member(name) for name in self.value} if type(self.value) is dict else {}

    def items(self) -> list[Part]:
        """The items of a list; none for other values."""
        return [self.member(i) for i in range(len(self.value))] if type(self.value) is list else []

    def at_same_place(self, value: Any) -> Part:
        """Another value with this origin."""
        return Part(value, Origin(self.origin.text, self.origin.path))


def mapping(origin: Origin, members: Mapping[str, Part]) -> Part:
    """An object written at an origin, made of parts that may be written elsewhere."""
    value = {token: part.value for token, part in members.items()}
    return Part(value, _holding(origin, members))


def sequence(origin: Origin, items: Sequence[Part]) -> Part:
    """A list written at an origin, made of parts that may be written elsewhere."""
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
    """The origin of the part that a pointer's tokens name."""
    for token in tokens:
        root = root.member(token)
    return root
