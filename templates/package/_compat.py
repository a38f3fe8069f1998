"""What the normalizers share: rewrites and drops, the equality of JSON values, conflict policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeGuard, TypeVar

from ._source_map import escape, mark, names_of, pointer_of, source_of

__all__ = ["CompatError", "Deprecation", "Drop", "Normalized", "PayloadError", "Rewrite"]

Path = tuple[Any, ...] | None  # (path of the container, key or index); None is the root
Fold = Callable[[Any, Path, "Log"], Any]
Hub = tuple[Any, ...]  # pointer, name, fold, absent values, whether all are empty, spokes
Note = tuple[str, Any, Any, Any]  # what was noted, where, and two more things
Told = tuple[tuple["Rewrite", ...], tuple["Drop", ...]]
Source = tuple[Path, Any, Any]  # of a hub: where it stands, its value as sent, and folded
Join = Callable[[list[Source], "Log"], Any]


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
    """A payload that its model refuses. `errors` holds all faults, each at the sender's own pointer."""

    def __init__(self, errors: tuple[CompatError, ...]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


M = TypeVar("M", bound=Any)  # a pydantic model


@dataclass(slots=True, eq=False)
class Normalized:
    """A payload in canonical form, what was rewritten to get there, and what was dropped."""

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

    def _tell(self) -> Told:
        self._told = tell(self._notes)
        return self._told

    def locate(self, pointers: Iterable[str]) -> list[tuple[str, str]]:
        """The sender's pointers of pointers into `value` (what came from `image` is at `/image`),
        each with what to say of a required field that nothing was given for, else ""."""
        log, sent = Log(), set[str]()
        value = self._fold(mark(self._sent, sent), None, log)
        moved = [(rewrite.source, rewrite.target) for rewrite in self.rewrites]
        sources = [source_of(target, value, sent, moved) for target in pointers]
        return [(source, log.missing.get(source, "")) for source in sources]

    def validate(self, model: type[M]) -> M:
        """The payload as an instance of its model. Raises PayloadError, with the sender's pointers."""
        try:
            instance: M = model.model_validate(self.value, by_alias=True, by_name=False)
        except ValueError as error:
            raise PayloadError(self._located(getattr(error, "errors", list)())) from error
        return instance

    def _located(self, errors: list[Any]) -> tuple[CompatError, ...]:
        try:
            places = self.locate(pointer_of(one["loc"], self.value, one["type"]) for one in errors)
        except RecursionError:  # places are not looked for in what is nested beyond reason
            return (fault("depth", None, "nested too deep"),)
        told: dict[tuple[str, str], CompatError] = {}
        for error, (source, missing) in zip(errors, places, strict=True):
            message = missing or error["msg"]
            told.setdefault((source, message), CompatError(error["type"], source, message))
        return tuple(told.values())


def unchanged(payload: Any) -> Normalized:
    """A payload of a schema without compatibility fields, as it is."""
    return Log().run(lambda value, at, log: value, payload)


def pointer(path: Path) -> str:
    """The JSON Pointer of a path."""
    text = ""
    while path is not None:
        path, key = path
        if isinstance(key, str) and ("~" in key or "/" in key):
            key = escape(key)
        text = f"/{key}{text}"
    return text


def path_of(at: Path, names: Iterable[str]) -> Path:
    """The path of a member some objects deep."""
    for name in names:
        at = (at, name)
    return at


def fault(rule: str, at: Path, message: str) -> CompatError:
    """What to raise for a value that does not fit."""
    return CompatError(rule, pointer(at), message)


class Log:
    """What a run notes down on the way: no more than it must, since many never ask what was told."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.missing: dict[str, str] = {}

    def run(self, fold: Fold, payload: Any) -> Normalized:
        """A payload folded, with what was noted on the way. Raises CompatError."""
        try:
            return Normalized(fold(payload, None, self), self.notes, fold, payload)
        except RecursionError:
            raise fault("depth", None, "nested too deep") from None

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


def tell(notes: Iterable[Note]) -> Told:
    """What notes come to. An older shape is told once per rule and property that it was sent in, up
    to the first index of an array; in a spoke that was not just renamed it counts as the spoke."""
    rewrites: dict[tuple[str, str], Rewrite] = {}
    drops: list[Drop] = []
    deprecations: dict[Path, Deprecation | None] = {}
    # Of the root and of spokes: the pointer, the hub's, whether what is inside has its own.
    ends: dict[Path, tuple[str, str, bool]] = {None: ("", "", True)}
    for kind, at, this, that in notes:
        if kind == "drop":
            drops.append(Drop(pointer(at), this))
            source, target, is_open = ends.get(at) or ("", "", False)
            for key in list(rewrites) if is_open else ():
                if key[0].startswith(f"{source}/"):  # what was told there is nowhere else
                    one = rewrites.pop(key)
                    told = Rewrite(source, target, one.rule, one.deprecated)
                    rewrites.setdefault((source, one.rule), told)
            continue
        path, rest, is_item = at[0] if kind == "spoke" else at, "", False
        while path not in ends:
            path, key = path
            is_item = is_item or isinstance(key, int)
            rest = "" if isinstance(key, int) and kind != "spoke" else f"/{escape(key)}{rest}"
        source, target, is_open = ends[path]
        if is_open:
            source, target = source + rest, target + rest
        if kind == "spoke":
            if path is None or (is_open and not is_item):
                ends[at] = source + this[0], target + this[1], False
            deprecations[at] = that
            continue
        if that and path is at:
            ends[at] = source, target, True
        deprecated = deprecations.pop(at, None)  # the first one of a spoke is its own
        if (source, this) not in rewrites:
            rewrites[source, this] = Rewrite(source, target, this, deprecated)
    return tuple(rewrites.values()), tuple(drops)


def same(a: Any, b: Any) -> bool:
    """Equality of JSON values: `True` is not `1`, `1.0` is."""
    if a != b:
        return False
    if isinstance(a, dict):
        for key, inner in a.items():
            if not isinstance(inner, str) and not same(inner, b[key]):
                return False
        return True
    if isinstance(a, list):
        return all(map(same, a, b))
    return isinstance(a, bool) == isinstance(b, bool)


def is_one_of(value: Any, values: Sequence[Any]) -> bool:
    """Whether a JSON value equals one of some."""
    if value in values:
        for other in values:
            if same(value, other):
                return True
    return False


def rough(value: Any) -> int:
    """A number that equal JSON values share: a hash of the scalars that they are or hold."""
    inner = value.values() if isinstance(value, dict) else [value]
    return hash(frozenset([item for item in inner if isinstance(item, (str, int, float))]))


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a JSON value is a number; `True` is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integer(value: Any) -> TypeGuard[float]:
    """Whether a JSON value is an integer; `3.0` is one, `True` is none."""
    return is_number(value) and (isinstance(value, int) or value.is_integer())


def is_multiple(value: float, of: float) -> bool:
    """Whether a number is a whole multiple of another, as they are written: 0.3 is one of 0.1."""
    return (Fraction(str(value)) / Fraction(str(of))).denominator == 1


def has_repeats(items: list[Any]) -> bool:
    """Whether two items of an array are equal."""
    return any(is_one_of(item, items[:index]) for index, item in enumerate(items))


def part(key: str, value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """A member with a part of a value, or no member where the value has no such part."""
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return {}
        value = value[name]
    return {key: value}


def hub_of(hub: tuple[Any, ...], *spokes: tuple[Any, ...]) -> Hub:
    """What `gather` takes: the pointer of the hub, what it is, and its spokes with both pointers."""
    names = [hub[0]] if isinstance(hub[0], str) else hub[0]
    target = "".join(f"/{escape(name)}" for name in names)
    ends = [((f"/{escape(spoke[0])}", target), *spoke, not any(spoke[2])) for spoke in spokes]
    return target, *hub[:3], not any(hub[2]), ends


def gather(
    folded: Any, at: Path, log: Log, join: Join, fields: Hub, needed: str = "", place: Path = None
) -> None:
    """Fold what is given in some fields into the first, the hub; the object loses the others."""
    target, hub, own, absent, blank, spokes = fields
    place = place or (at, hub)
    sources: list[Source] = []
    if hub in folded and (((value := folded[hub]) and blank) or not is_one_of(value, absent)):
        sources.append((place, value, own(value, place, log) if own else value))
    for ends, name, fold, absent, deprecated, blank in spokes:
        if name in folded:
            value, here = folded.pop(name), (at, name)
            if not (value and blank) and is_one_of(value, absent):
                log.drop(here, "absent")
                continue
            log.notes.append(("spoke", here, ends, deprecated))
            sources.append((here, value, fold(value, here, log) if fold else value))
    if sources:
        if sources[0][0] is not place and hub in folded:
            log.drop(place, "absent")
        folded[hub] = join(sources, log)
    elif needed:
        log.missing[pointer(at) + target] = needed


def gather_deep(
    folded: Any, at: Path, log: Log, join: Join, fields: Hub, needed: str = ""
) -> None:
    """The same for a hub some objects deep. Objects on the way are made, or copied, never changed."""
    hub = fields[1]
    for value in cut(folded, hub)[1]:
        folded[hub] = value  # no name of a member is a tuple
    gather(folded, at, log, join, fields, needed, path_of(at, hub))
    if hub in folded:
        value, here = folded.pop(hub), folded
        for depth, name in enumerate(hub[:-1], 1):
            inner = here.get(name, {})
            if not isinstance(inner, dict):
                raise fault("type", path_of(at, hub[:depth]), "must be an object")
            here[name] = here = inner.copy()
        here[hub[-1]] = value


def merged(sources: list[Source], log: Log) -> Any:
    """All items in the order of the sources; what an earlier one has given already is dropped."""
    if len(sources) == 1:
        return sources[0][2]  # if that is no array, the model says so
    found: list[Any] = []
    alike: dict[int, list[Any]] = {}
    for at, sent, items in sources:
        if not isinstance(items, list):
            raise fault("type", at, "must be an array")
        if len(found) > 9:  # of many, only those that may be equal are compared
            alike = {}
            for item in found:
                alike.setdefault(rough(item), []).append(item)
        earlier = found.copy()
        for index, item in enumerate(items):
            near = alike.get(rough(item), ()) if alike else earlier
            if item in near and is_one_of(item, near):
                itemwise = isinstance(sent, list) and len(sent) == len(items)
                log.drop((at, index) if itemwise else at, "duplicate")
            else:
                found.append(item)
    return found


def merged_within(most: int, sources: list[Source], log: Log) -> Any:
    """All items, as `merged` gives them. Too many are the fault of a source that brings too many by
    itself, else of the last that brings any."""
    found = merged(sources, log)
    if isinstance(found, list) and len(found) > most:
        full = [at for at, _, items in sources if len(items) > most]
        given = [merged(sources[:count], Log()) for count in range(len(sources) + 1)]
        last = [at for (at, *_), a, b in zip(sources, given, given[1:]) if len(b) > len(a)][-1]
        at = full[0] if full else last
        raise fault("maxItems", at, f"too many items: {len(found)}, at most {most}")
    return found


def agreed(sources: list[Source], log: Log) -> Any:
    """The one value that all sources say."""
    (first, _, value), *others = sources
    for at, _, other in others:
        if not same(value, other):
            raise fault("conflict", at, f"says something else than {pointer(first)}")
    return value


def preferred(sources: list[Source], log: Log) -> Any:
    """The value of the first source."""
    for at, _, _ in sources[1:]:
        log.drop(at, "preferred")
    return sources[0][2]


def only(sources: list[Source], log: Log) -> Any:
    """The value of the only source."""
    if len(sources) > 1:
        raise fault("conflict", sources[1][0], f"cannot be given beside {pointer(sources[0][0])}")
    return sources[0][2]


def unfold(
    value: dict[str, Any],
    to: Mapping[str, str],
    ways: Mapping[tuple[str, str], Callable[[Any], Iterator[Any]]],
    normalize: Callable[[Any], Normalized],
) -> dict[str, Any]:
    """`value` with hubs said by older fields, each in the first way that folds back to the same."""
    for hub, spoke in to.items():
        if (hub, spoke) not in ways:
            raise CompatError("denormalize", hub, f"{spoke!r} is no other way to say it")
        rest, found = cut(value, names_of(hub))
        for said in found:
            for way in ways[hub, spoke](said):
                if _folds_to(candidate := {**rest, spoke: way}, value, normalize):
                    value = candidate
                    break
            else:
                raise CompatError("denormalize", hub, f"cannot be said by {spoke!r}")
    return value


def _folds_to(candidate: Any, value: Any, normalize: Callable[[Any], Normalized]) -> bool:
    try:
        return same(normalize(candidate).value, normalize(value).value)
    except (CompatError, RecursionError):
        return False


def cut(value: Any, path: Sequence[str]) -> tuple[dict[str, Any], list[Any]]:
    """An object without the member at a path and what that leaves empty; and the member, if any."""
    name, *inner = path
    if not isinstance(value, dict) or name not in value:
        return value, []
    left, found = cut(value[name], inner) if inner else ({}, [value[name]])
    rest = {**value, name: left}
    if not left:
        del rest[name]
    return rest, found
