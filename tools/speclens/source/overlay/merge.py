"""Changes parts of a value on a copy, which shares unchanged parts with the original. Each part keeps its origin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from speclens.source.origins import Origin, Part
from speclens.source.overlay.budget import Budget

Location = tuple[str | int, ...]

_COPIED = 8
"""The members of a container that are copied, with their origins, in one step of a budget."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two parts that cannot be merged: the location of one in the document, the origin of the other, and the reason."""

    at: Location
    origin: Origin
    reason: str


@dataclass(slots=True)
class _Marks:
    """A tree of locations."""

    is_marked: bool = False
    members: dict[str | int, _Marks] = field(default_factory=dict)


def is_container(value: Any) -> bool:
    """Whether a value has parts."""
    return isinstance(value, dict | list)


def change(
    root: Part,
    locations: Iterable[Location],
    changed: Callable[[Part, Location], Part],
    budget: Budget,
) -> Part:
    """The root with the parts at the locations changed, each part after the part that holds it. Raises TooCostly."""

    def walk(part: Part, marks: _Marks, at: Location) -> Part:
        part = changed(part, at) if marks.is_marked else part
        if not marks.members:
            return part
        budget.spend(1 + len(part.value) // 16)
        value, members = part.value.copy(), dict(part.origin.members)
        for token, inner in marks.members.items():
            new = walk(part.member(token), inner, (*at, token))
            value[token], members[str(token)] = new.value, new.origin
        return Part(value, replace(part.origin, members=members))

    return walk(root, _marks(locations), ())


def remove(root: Part, locations: Iterable[Location], budget: Budget) -> Part:
    """The root without the parts at the locations, none of which is the root. Raises TooCostly."""

    def walk(part: Part, marks: _Marks) -> Part:
        budget.spend(1 + len(part.value))
        tokens: Iterable[Any] = (
            part.value if isinstance(part.value, dict) else range(len(part.value))
        )
        gone = {token for token, inner in marks.members.items() if inner.is_marked}
        kept = {
            token: walk(part.member(token), marks.members[token])
            if token in marks.members
            else part.member(token)
            for token in tokens
            if token not in gone
        }
        here = Origin(part.origin.text, part.origin.path)
        if isinstance(part.value, dict):
            # The pointer of a removed part gets the origin of the object that held it.
            members = {token: one.origin for token, one in kept.items()} | dict.fromkeys(gone, here)
            return Part(
                {token: one.value for token, one in kept.items()}, replace(here, members=members)
            )
        members = {str(index): one.origin for index, one in enumerate(kept.values())}
        return Part([one.value for one in kept.values()], replace(here, members=members))

    return walk(root, _marks(locations))


def _marks(locations: Iterable[Location]) -> _Marks:
    root = _Marks()
    for location in locations:
        marks = root
        for token in location:
            marks = marks.members.setdefault(token, _Marks())
        marks.is_marked = True
    return root


def merge(old: Part, new: Part, at: Location, clashes: list[Clash], budget: Budget) -> Part:
    """A part with another merged into it (Overlay 1.1, Action Object): objects merge member by member, lists are
    concatenated, and other values are replaced. Parts that cannot be merged stay as they are, and go to `clashes`. Raises
    TooCostly."""
    if isinstance(old.value, dict) and isinstance(new.value, dict):
        budget.spend(len(old.value) // _COPIED)
        value, members = dict(old.value), dict(old.origin.members)
        for name in new.value:
            part = new.member(name)
            if name in value:
                part = merge(old.member(name), part, (*at, name), clashes, budget)
            value[name], members[name] = part.value, part.origin
        return Part(value, replace(old.origin, members=members))
    if isinstance(old.value, list) and isinstance(new.value, list):
        return append(old, [new.member(index) for index in range(len(new.value))], budget)
    if is_container(old.value) or is_container(new.value):
        reason = f"{kind(new.value)} cannot be merged into {kind(old.value)}"
        clashes.append(Clash(at, new.origin, reason))
        return old
    return new


def append(old: Part, items: list[Part], budget: Budget) -> Part:
    """A list with items added at its end. Raises TooCostly."""
    budget.spend(len(old.value) // _COPIED)
    start = len(old.value)
    added = {str(start + index): item.origin for index, item in enumerate(items)}
    value = [*old.value, *(item.value for item in items)]
    return Part(value, replace(old.origin, members={**old.origin.members, **added}))


def kind(value: Any) -> str:
    """The JSON type of a value in words."""
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return names.get(type(value), "a number")


def measure(value: Any, budget: Budget) -> tuple[int, int]:
    """The number of values in a value, itself included, and its depth: 0 if it is neither an object nor a list. Raises
    TooCostly."""
    budget.spend(1)
    if not is_container(value):
        return 1, 0
    parts = [
        measure(part, budget) for part in (value.values() if isinstance(value, dict) else value)
    ]
    return 1 + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0)
