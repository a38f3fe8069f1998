"""A payload that was folded: its rewrites and its drops, and where its values came from."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ._payload import MOST_TEXT, ArgumentError, Payload, in_words
from ._source_map import Path as Path
from ._source_map import above, escape, mark, pointer, source_of, within

__all__ = ["CompatError", "Deprecation", "Drop", "Normalized", "Rewrite"]

Fold = Callable[[Any, Path, "Log"], Any]
Note = tuple[str, Any, Any, Any]  # "spoke" or "rewrite", where, and two more things
Told = tuple[tuple["Rewrite", ...], tuple["Drop", ...], int]
Spot = list[
    Any
]  # of a place: where it was sent, where it is, whether what is inside has its own, the spoke it is in

MOST_NOTES = 1000
"""The number of rewrites of a payload that are listed, and of drops; `more_rewrites` and `more_drops` count the
others."""
_ROOM = 2 * MOST_TEXT


@dataclass(frozen=True, slots=True)
class Deprecation:
    """How long the API accepts an older field (dates as YYYY-MM-DD)."""

    since: str = ""
    sunset: str = ""
    note: str = ""


@dataclass(frozen=True)
class Rewrite:
    """A report that the sender used an older shape.

    It has the JSON Pointer of the field, the pointer of its value now, and the shape.
    """

    source: str
    target: str
    rule: str
    deprecated: Deprecation | None = None

    # What dataclasses make of a frozen class takes twice as long.
    def __init__(
        self, source: str, target: str, rule: str, deprecated: Deprecation | None = None
    ) -> None:
        fields = self.__dict__
        fields["source"], fields["target"] = source, target
        fields["rule"], fields["deprecated"] = rule, deprecated


@dataclass(frozen=True)
class Drop:
    """A report that a value is not part of the result; `reason` is absent, duplicate, preferred or template."""

    pointer: str
    reason: str

    def __init__(self, pointer: str, reason: str) -> None:
        fields = self.__dict__
        fields["pointer"], fields["reason"] = pointer, reason


class CompatError(ArgumentError):
    """A value that breaks a rule: `rule` names it, `pointer` (RFC 6901) is the place where the sender wrote the value."""

    def __init__(self, rule: str, pointer: str, message: str) -> None:
        ValueError.__init__(self, rule, pointer, message)
        self.rule, self.pointer, self.message = rule, pointer, message
        self.argument = ""

    def __str__(self) -> str:
        return in_words(self.pointer, self.message, self.argument)


@dataclass(slots=True, eq=False)
class Normalized(Payload):
    """A payload in canonical form, with its rewrites and its drops: the first 1,000 of each."""

    _log: Log = field(repr=False)
    _fold: Fold = field(repr=False)
    _sent: Any = field(repr=False)
    _told: Told | None = field(default=None, repr=False)

    @property
    def rewrites(self) -> tuple[Rewrite, ...]:
        return (self._told or self._tell())[0]

    @property
    def drops(self) -> tuple[Drop, ...]:
        return (self._told or self._tell())[1]

    @property
    def more_rewrites(self) -> int:
        """How many rewrites there are besides those in `rewrites`."""
        return (self._told or self._tell())[2]

    @property
    def more_drops(self) -> int:
        """How many drops there are besides those in `drops`."""
        return len(self._log.drops) - len(self.drops)

    def _tell(self) -> Told:
        log = self._log
        rewrites, more = rewrites_of(log, MOST_NOTES, _ROOM) if log.notes else ((), 0)
        self._told = told = rewrites, _drops_of(log) if log.drops else (), more
        return told

    def locate(self, pointers: Iterable[str]) -> list[tuple[str, str]]:
        """The sender's pointers of pointers into `value` (a value that came from `image` is at `/image`).

        With each stands the message for a required field without a value, else "".
        """
        log, targets = Log(), list(pointers)
        value = self._fold(mark(self._sent, targets), None, log)
        known = {target: source_of(target, value, self._sent) for target in targets}
        if lost := [target for target, source in known.items() if source is None]:
            moved: dict[str, str] = {}
            for one in rewrites_of(log, len(log.notes), 10 * MOST_TEXT)[0]:
                moved.setdefault(one.target, one.source)
            for target in lost:
                known[target] = next((moved[at] for at in above(target) if at in moved), target)
        sources = [known[target] or "" for target in targets]
        inside, missing = within(sources), dict[str, str]()
        for at, needed in log.missing:
            missing |= {one: needed for one in inside(at) if one == pointer(at)}
        return [(source, missing.get(source, "")) for source in sources]


def fault(rule: str, at: Path, message: str) -> CompatError:
    """The error to raise for a value that does not fit."""
    return CompatError(rule, pointer(at), message)


class Log:
    """The notes of one run. It notes as little as possible, because many callers never read rewrites and drops."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.drops: list[tuple[Path, str]] = []
        self.missing: list[tuple[Path, str]] = []

    def run(self, fold: Fold, payload: Any) -> Normalized:
        """Folds a payload, and takes notes. Raises CompatError."""
        try:
            return Normalized(fold(payload, None, self), self, fold, payload)
        except RecursionError:
            raise fault("depth", None, "nested too deep") from None

    def drop(self, at: Path, reason: str) -> None:
        self.drops.append((at, reason))

    def drop_unused(self, value: Any, used: Mapping[str, Any], path: Path) -> None:
        """Notes the members of an object that its shape does not carry over.

        If `used` names a member, the shape carries over the members named there in turn, or all of them if it names
        none.
        """
        for key, inner in value.items() if isinstance(value, dict) else ():
            if key not in used:
                self.drop((path, key), "template")
            elif used[key] and isinstance(inner, dict):
                self.drop_unused(inner, used[key], (path, key))


def _drops_of(log: Log) -> tuple[Drop, ...]:
    """The first drops of a run."""
    drops: list[Drop] = []
    size = 0
    for at, reason in log.drops:
        if size > MOST_TEXT or len(drops) == MOST_NOTES:
            break
        text = pointer(at)
        size += len(text)
        drops.append(Drop(text, reason))
    return tuple(drops)


def rewrites_of(log: Log, most: int, room: int) -> tuple[tuple[Rewrite, ...], int]:
    """The first rewrites of a run, up to a number, and how many are left out.

    `room` is for the characters of pointers, those of containers too: without room, the list ends. It has one rewrite
    for each rule and each property that the sender used, up to the first index of an array. A rewrite inside a spoke
    counts as the spoke, if the spoke was dropped or not just renamed.
    """
    found: dict[tuple[str, str], Rewrite] = {}
    more: dict[tuple[int, str], None] = {}
    deprecations: dict[int, Deprecation] = {}
    dropped: set[int] | None = None
    here: Path = None
    spot: Spot = ["", "", True, None]
    spots: dict[int, Spot] = {id(here): spot}
    source: Any
    target: Any
    for kind, at, this, that in log.notes:
        place = at if kind == "rewrite" else at[0]
        if place is not here:  # notes of one place often follow each other
            here = place
            known = spots.get(id(place))
            if known:
                spot = known
            elif (over := spots.get(id(place[0]))) and not over[2]:
                spot = over  # inside of a closed spot, all counts as it
            else:
                for path in (place,) if over else _unknown(place, spots):
                    spot, name = spots[id(path[0])], path[1]
                    if not isinstance(name, str):
                        spot[2] = False  # of an array
                    elif spot[2] and room < 0:
                        spot = [None, None, True, spot[3]]
                    elif spot[2]:
                        if "~" in name or "/" in name:
                            name = escape(name)
                        source, target = f"{spot[0]}/{name}", f"{spot[1]}/{name}"
                        room -= len(source)
                        spot = [source, target, True, spot[3]]
                    spots[id(path)] = spot
        source, target, is_open, spoke = spot
        if kind == "rewrite":
            if that and spoke is at:
                if dropped is None:
                    dropped = {id(path) for path, _ in log.drops}
                spot[2] = id(at) not in dropped
            deprecated = deprecations.pop(id(at), None) if deprecations else None
            if (key := (source, this)) not in found:
                if source is None or len(found) == most:
                    room = -1
                    more[id(spot), this] = None
                else:
                    found[key] = Rewrite(source, target, this, deprecated)
        else:
            if that:
                deprecations[id(at)] = that  # its own first rewrite says so
            if is_open or spoke is None:
                if room < 0:
                    source = target = None
                else:
                    if not is_open:  # an item of an array
                        source = target = pointer(place)
                    source += this[0]
                    target += this[1]
                    room -= len(source)
                here = at
                spot = spots[id(at)] = [source, target, False, at]
    return tuple(found.values()), len(more)


def _unknown(path: Any, known: Container[int]) -> list[Any]:
    """The containers of a place whose ids are not known, from the outermost one, and the place itself."""
    found = [path]
    while id(path := path[0]) not in known:
        found.append(path)
    return found[::-1]
