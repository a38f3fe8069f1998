"""A payload in canonical form: what was rewritten and dropped on the way there, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ._source_map import Path as Path
from ._source_map import mark, pointer, pointer_of, source_of, within

__all__ = ["CompatError", "Deprecation", "Drop", "Normalized", "PayloadError", "Rewrite"]

Fold = Callable[[Any, Path, "Log"], Any]
Note = tuple[str, Any, Any, Any]  # what was noted, where, and two more things
Told = tuple[tuple["Rewrite", ...], tuple["Drop", ...], int, int]
Ends = tuple[Path, Path]  # where something was sent, and where it is now
End = list[Any]  # of the root and of spokes: where, both ends, whether what is inside has its own
Spot = tuple[End, Ends, Ends | None]  # the spoke that a place is in, its ends, those of its array
Move = tuple[Path, Path, str, "Deprecation | None"]  # what a rewrite is made of

MOST_ERRORS = 100
"""The errors of a payload that are listed; `PayloadError.more` says how many there are besides."""
MOST_NOTES = 1000
"""The rewrites of a payload that are listed, and the drops; `more_rewrites` and `more_drops` say how many there are besides."""
MOST_TEXT = 100_000
"""The characters of pointers after which no more errors, rewrites or drops are listed: a key may have megabytes."""
_MOST_COUNTED = 10_000  # pydantic gives all errors or none, and each takes about 600 bytes


@dataclass(frozen=True, slots=True)
class Deprecation:
    """How long an older field is still accepted (dates as YYYY-MM-DD)."""

    since: str = ""
    sunset: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A field that came in an older shape: its JSON Pointer, that of its value now, and the shape."""

    source: str
    target: str
    rule: str
    deprecated: Deprecation | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A value that went nowhere; `reason` is absent, duplicate, preferred or template."""

    pointer: str
    reason: str


class CompatError(ValueError):
    """What does not fit: `rule` says what it breaks, `pointer` (RFC 6901) where the sender wrote it."""

    def __init__(self, rule: str, pointer: str, message: str) -> None:
        super().__init__(rule, pointer, message)
        self.rule, self.pointer, self.message = rule, pointer, message

    def __str__(self) -> str:
        return f"{self.pointer or '(root)'}: {self.message}"


class PayloadError(ValueError):
    """A payload that its model refuses. `errors` holds the faults, each at the sender's own pointer;
    of very many the first, and `more` says how many are left out."""

    def __init__(self, errors: tuple[CompatError, ...], more: int = 0) -> None:
        super().__init__(errors, more)
        self.errors, self.more = errors, more

    def __str__(self) -> str:
        rest = [f"and {self.more} more"] if self.more else []
        return "\n".join([*map(str, self.errors), *rest])


M = TypeVar("M", bound=Any)  # a pydantic model


@dataclass(slots=True, eq=False)
class Normalized:
    """A payload in canonical form, what was rewritten to get there, and what was dropped: the first
    1,000 of each."""

    value: Any
    _notes: list[Note] = field(repr=False)
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
        return (self._told or self._tell())[3]

    def _tell(self) -> Told:
        self._told = tell(self._notes)
        return self._told

    def locate(self, pointers: Iterable[str]) -> list[tuple[str, str]]:
        """The sender's pointers of pointers into `value` (what came from `image` is at `/image`),
        each with what to say of a required field that nothing was given for, else ""."""
        log, targets = Log(), list(pointers)
        value = self._fold(mark(self._sent), None, log)
        known = {target: source_of(target, value, self._sent) for target in targets}
        if lost := [target for target, source in known.items() if source is None]:
            inside = within(lost)
            for sent, now, _, _ in moves(log.notes):
                for target in inside(now):
                    if known[target] is None:
                        known[target] = pointer(sent)
        sources = [target if (source := known[target]) is None else source for target in targets]
        inside, missing = within(sources), dict[str, str]()
        for at, needed in log.missing:
            missing |= {one: needed for one in inside(at) if one == pointer(at)}
        return [(source, missing.get(source, "")) for source in sources]

    def validate(self, model: type[M]) -> M:
        """The payload as an instance of its model. Raises PayloadError, with the sender's pointers."""
        try:
            instance: M = model.model_validate(self.value, by_alias=True, by_name=False)
        except ValueError as error:
            raise self._refusal(error) from error
        except RecursionError:
            raise PayloadError((_too_deep(),)) from None
        except OverflowError:
            told = "a number is too large to be judged"
            raise PayloadError((CompatError("number", "", told),)) from None
        return instance

    def _refusal(self, error: Any) -> PayloadError:
        """What a model refuses a payload with: `error` is pydantic's, or one without places."""
        count: int = getattr(error, "error_count", int)()
        if count > _MOST_COUNTED:
            said = f"{count} errors, too many to list them"
            return PayloadError((CompatError("errors", "", said),))
        plain = {"include_url": False, "include_context": False, "include_input": False}
        seen, size = 0, 0
        found: dict[tuple[str, str], str] = {}
        for one in error.errors(**plain) if count else ():
            if len(found) == MOST_ERRORS or size > MOST_TEXT:
                break
            seen += 1
            at = pointer_of(one["loc"], self.value, one["type"])
            size += len(at) if (at, one["msg"]) not in found else 0
            found.setdefault((at, one["msg"]), one["type"])
        try:
            places = self.locate(at for at, _ in found)
        except RecursionError:  # places are not looked for in what is nested beyond reason
            return PayloadError((_too_deep(),))
        told: dict[tuple[str, str], CompatError] = {}
        for ((_, message), rule), (source, missing) in zip(found.items(), places, strict=True):
            fault = CompatError(rule, source, missing or message)
            told.setdefault((source, fault.message), fault)
        return PayloadError(tuple(told.values()), count - seen)


def _too_deep() -> CompatError:
    return CompatError("depth", "", "nested too deep")


def unchanged(payload: Any) -> Normalized:
    """A payload of a schema without compatibility fields, as it is."""
    return Log().run(lambda value, at, log: value, payload)


def fault(rule: str, at: Path, message: str) -> CompatError:
    """What to raise for a value that does not fit."""
    return CompatError(rule, pointer(at), message)


class Log:
    """What a run notes down on the way: no more than it must, since many never ask what was told."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.missing: list[tuple[Path, str]] = []

    def run(self, fold: Fold, payload: Any) -> Normalized:
        """A payload folded, with what was noted on the way. Raises CompatError."""
        try:
            return Normalized(fold(payload, None, self), self.notes, fold, payload)
        except RecursionError:
            raise _too_deep() from None

    def rewrite(self, at: Path, rule: str, is_rename: bool = False) -> None:
        self.notes.append(("rewrite", at, rule, is_rename))

    def drop(self, at: Path, reason: str) -> None:
        self.notes.append(("drop", at, reason, None))

    def drop_unused(self, value: Any, used: Mapping[str, Any], path: Path) -> None:
        """Note the members of a value that its shape does not carry over. Of those in `used` it
        carries over the members named there in turn; all of them, if none is."""
        for key, inner in value.items():
            if key not in used:
                self.drop((path, key), "template")
            elif used[key] and isinstance(inner, dict):
                self.drop_unused(inner, used[key], (path, key))


def tell(notes: list[Note]) -> Told:
    """What notes come to: rewrites, drops, and how many of each are left out."""
    if not notes:
        return (), (), 0, 0
    rewrites: dict[tuple[str, str], Rewrite] = {}
    size = more = 0
    source: Path = ()
    target: Path = ()
    sent = now = ""
    for at, to, rule, deprecated in moves(notes):
        if size > MOST_TEXT or len(rewrites) == MOST_NOTES:
            more += 1
            continue
        if at is not source:  # one place is often in older shapes of several kinds
            source, sent = at, pointer(at)
        if to is not target:
            target, now = to, sent if to is at else pointer(to)
        if (sent, rule) not in rewrites:
            rewrites[sent, rule] = Rewrite(sent, now, rule, deprecated)
            size += len(sent) + len(now)
    return tuple(rewrites.values()), *_dropped(notes, more)


def _dropped(notes: list[Note], more_rewrites: int) -> tuple[tuple[Drop, ...], int, int]:
    """The drops among notes; how many rewrites, and how many drops are left out."""
    drops: list[Drop] = []
    size = more = 0
    for kind, at, reason, _ in notes:
        if kind == "drop":
            if size > MOST_TEXT or len(drops) == MOST_NOTES:
                more += 1
                continue
            drops.append(Drop(pointer(at), reason))
            size += len(drops[-1].pointer)
    return tuple(drops), more_rewrites, more


def moves(notes: list[Note]) -> list[Move]:
    """Where older shapes came from, and where they went. One is told once per rule and property that
    it was sent in, up to the first index of an array; inside a spoke that was not just renamed, or
    that was dropped, it counts as the spoke."""
    closed: set[int] | None = None
    deprecations: dict[int, Deprecation | None] = {}
    found: dict[tuple[int, str], Move] = {}
    root: End = [None, (None, None), True]
    spots: dict[int, Spot] = {id(None): (root, root[1], None)}
    for kind, at, this, that in notes:
        if kind == "rewrite":
            key = id(at)
            end, here, array = spots.get(key) or _inner(_spot(at[0], spots), at)
            source, target = (array or here) if end[2] else end[1]
            if that and end[0] is at:
                if closed is None:
                    closed = {id(place) for kind, place, _, _ in notes if kind == "drop"}
                end[2] = key not in closed
            deprecated = deprecations.pop(key, None)  # the first one of a spoke is its own
            if (id(source), this) not in found:
                found[id(source), this] = source, target, this, deprecated
        elif kind == "spoke":
            end, (_, target), array = spots.get(id(at[0])) or _spot(at[0], spots)
            if end is root or (end[2] and not array):
                for name in this:
                    target = target, name
                here = at, target
                spots[id(at)] = [at, here, False], here, None
            deprecations[id(at)] = that
    return list(found.values())


def _spot(path: Path, spots: dict[int, Spot]) -> Spot:
    """The spot of a path; `spots` holds those that are known, and gets those on the way."""
    new: list[tuple[Any, ...]] = []
    while path is not None and id(path) not in spots:
        new.append(path)
        path = path[0]
    spot = spots[id(path)]
    for path in reversed(new):
        spot = spots[id(path)] = _inner(spot, path)
    return spot


def _inner(spot: Spot, path: tuple[Any, ...]) -> Spot:
    """The spot of a member or an item of what is at a spot."""
    end, here, array = spot
    above, key = path
    target = path if here[1] is above else (here[1], key)
    return end, (path, target), array or (here if isinstance(key, int) else None)
