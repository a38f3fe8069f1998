"""What the normalizers share: rewrites and drops, the equality of JSON values, conflict policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol, Self, TypeGuard, TypeVar

from . import _source_map

Path = tuple[Any, ...] | None
"""Where a value stands in the sender's payload: (path of the container, key or index); None is the root."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """How long an older field is still accepted (dates as YYYY-MM-DD)."""

    since: str = ""
    sunset: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A shape of the API document at `pointer`; `hub` is where a compatibility field folds into, a
    JSON Pointer from the object that has the field."""

    pointer: str
    hub: str = ""
    is_rename: bool = False
    deprecated: Deprecation | None = None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A field that came in an older shape: `source` as the sender wrote it, `target` where its
    value went (both JSON Pointers), `rule` the shape in the API document."""

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
    """A payload that does not fit: `rule` says what it breaks, `pointer` where, as the sender wrote
    it (RFC 6901)."""

    def __init__(self, rule: str, pointer: str, message: str) -> None:
        super().__init__(f"{pointer or '(root)'}: {message}")
        self.rule, self.pointer, self.message = rule, pointer, message


class PayloadError(ValueError):
    """A payload that its model refuses. `errors` holds all faults, each at the sender's own pointer."""

    def __init__(self, errors: tuple[CompatError, ...]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class _Model(Protocol):
    @classmethod
    def model_validate(cls, obj: Any, *, by_alias: bool, by_name: bool) -> Self: ...


M = TypeVar("M", bound=_Model)


@dataclass(frozen=True, slots=True)
class Normalized:
    """A payload in canonical form, what was rewritten to get there, and what was dropped."""

    value: Any
    rewrites: tuple[Rewrite, ...]
    drops: tuple[Drop, ...]
    _replay: Callable[[], _source_map.Replay] = field(repr=False, compare=False)

    def locate(self, pointers: Iterable[str]) -> list[tuple[str, str]]:
        """The sender's pointers of pointers into `value` (what came from `image` is at `/image`),
        each with what to say of a required field that nothing was given for, else ""."""
        replay = self._replay()
        moved = [(rewrite.source, rewrite.target) for rewrite in self.rewrites]
        return [
            (target, replay.missing[target])
            if target in replay.missing
            else (_source_map.source_of(replay, target, moved), "")
            for target in pointers
        ]

    def validate(self, model: type[M]) -> M:
        """The payload as an instance of its model. Raises PayloadError with all faults, at the
        sender's pointers."""
        try:
            return model.model_validate(self.value, by_alias=True, by_name=False)
        except ValueError as error:
            raise PayloadError(self._located(error)) from error

    def _located(self, error: ValueError) -> tuple[CompatError, ...]:
        try:
            return tuple(self._faults(error))
        except RecursionError:  # places are not looked for in what is nested beyond reason
            return (_too_deep(),)

    def _faults(self, error: ValueError) -> Iterator[CompatError]:
        faults: list[Any] = getattr(error, "errors", list)()
        places = self.locate(_source_map.pointer_of(fault["loc"], self.value) for fault in faults)
        seen = set[tuple[str, str]]()
        for fault, (source, missing) in zip(faults, places, strict=True):
            message = missing or fault["msg"]
            if (source, message) not in seen:
                seen.add((source, message))
                yield CompatError(fault["type"], source, message)


def unchanged(payload: Any) -> Normalized:
    """A payload of a schema without compatibility fields, as it is."""
    return Log().run(lambda value, at, log: value, payload)


def pointer(path: Path) -> str:
    """The JSON Pointer of a path."""
    text = ""
    while path is not None:
        path, key = path
        if isinstance(key, str) and ("~" in key or "/" in key):
            key = _source_map.escape(key)
        text = f"/{key}{text}"
    return text


# What a run notes down


class Log:
    """The rewrites and drops of one payload, as paths; made into pointers once it is through."""

    __slots__ = ("_drops", "_missing", "_rewrites")

    def __init__(self) -> None:
        self._rewrites: list[tuple[Path, Rule]] = []
        self._drops: list[tuple[Path, str]] = []
        self._missing: dict[str, str] = {}

    def rewrite(self, path: Path, rule: Rule) -> None:
        self._rewrites.append((path, rule))

    def drop(self, path: Path, reason: str) -> None:
        self._drops.append((path, reason))

    def drop_unused(self, value: Any, used: Mapping[str, Any], path: Path) -> None:
        """Note the members of a value that its shape does not carry over. Of those in `used` it
        carries over the members named there in turn; all of them, if none is."""
        for key, inner in value.items():
            if key not in used:
                self._drops.append(((path, key), "template"))
            elif used[key] and isinstance(inner, dict):
                self.drop_unused(inner, used[key], (path, key))

    def missing(self, path: Path, message: str) -> None:
        """Note that nothing was given for a required field, in whatever way."""
        self._missing[pointer(path)] = message

    def run(self, fold: Callable[[Any, Path, Log], Any], payload: Any) -> Normalized:
        """A payload folded, with what was noted on the way. Raises CompatError."""
        try:
            value = fold(payload, None, self)
        except RecursionError:
            raise _too_deep() from None

        def replay() -> _source_map.Replay:
            log = Log()
            marked, sent = _source_map.mark(payload)
            return _source_map.Replay(fold(marked, None, log), sent, log._missing)

        rewrites = self._told() if self._rewrites else ()
        drops = (
            tuple([Drop(pointer(path), why) for path, why in self._drops]) if self._drops else ()
        )
        return Normalized(value, rewrites, drops, replay)

    def _told(self) -> tuple[Rewrite, ...]:
        """One rewrite per rule and property, however many items of it were rewritten."""
        moved = {path: rule for path, rule in self._rewrites if rule.hub}
        ends: dict[Path, tuple[str, str]] = {}
        told: dict[tuple[str, Rule], Rewrite] = {}
        for at, rule in self._rewrites:
            # An item counts as its array.
            path = at[0] if at is not None and isinstance(at[1], int) else at
            if path not in ends:
                ends[path] = _from_to(path, moved)
            source, target = ends[path]
            if (source, rule) not in told:
                told[source, rule] = Rewrite(source, target, rule.pointer, rule.deprecated)
        return tuple(told.values())


def _too_deep() -> CompatError:
    return CompatError("depth", "", "nested too deep")


def _from_to(path: Path, moved: Mapping[Path, Rule]) -> tuple[str, str]:
    """The property that a value was sent in, up to the first index of an array, and where it is in
    the end.

    What is inside a compatibility field counts as that field, unless the field was only renamed.
    """
    source, rest = path, ""
    while path is not None:
        above, key = path
        rule = moved.get(path)
        if rule is not None:
            inside = rest if rule.is_rename else ""
            return pointer(path) + inside, pointer(above) + rule.hub + inside
        if isinstance(key, int):
            source, rest = above, ""
        else:
            rest = f"/{_source_map.escape(key)}{rest}"
        path = above
    return pointer(source), pointer(source)


# Values


def same(a: Any, b: Any) -> bool:
    """Equality of JSON values: `True` is not `1`, `1.0` is."""
    if a != b:
        return False
    if isinstance(a, dict):
        return all(same(item, b[key]) for key, item in a.items())
    if isinstance(a, list):
        return all(map(same, a, b))
    return isinstance(a, bool) == isinstance(b, bool)


def is_one_of(value: Any, values: Sequence[Any]) -> bool:
    """Whether a JSON value equals one of some."""
    return value in values and any(same(value, other) for other in values)


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


# Hubs and spokes


def is_given(value: dict[str, Any], key: str, absent: tuple[Any, ...]) -> bool:
    """Whether a member is there, with a value that does not mean "not given"."""
    return key in value and not is_one_of(value[key], absent)


def take(folded: dict[str, Any], key: str, absent: tuple[Any, ...], at: Path, log: Log) -> bool:
    """Remove a member that folds elsewhere; whether it has anything to fold."""
    if key not in folded:
        return False
    if is_one_of(folded.pop(key), absent):
        log.drop((at, key), "absent")
        return False
    return True


def dig(value: Any, path: tuple[str, ...], absent: tuple[Any, ...]) -> Iterator[Any]:
    """The value at a path of names, if it is given."""
    for name in path[:-1]:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict) and is_given(value, path[-1], absent):
        yield value[path[-1]]


def path_of(at: Path, names: tuple[str, ...]) -> Path:
    """The path of a member some objects deep."""
    for name in names:
        at = (at, name)
    return at


def put(
    folded: dict[str, Any], names: tuple[str, ...], value: Any, at: Path, log: Log, own: bool
) -> None:
    """Set a hub some objects deep. Objects on the way are made, or copied, never changed; a value
    there that is not its `own` source means "not given"."""
    here = folded
    for depth, name in enumerate(names[:-1], 1):
        inner = here.get(name, {})
        if not isinstance(inner, dict):
            raise CompatError("type", pointer(path_of(at, names[:depth])), "must be an object")
        here[name] = here = inner.copy()
    if not own and names[-1] in here:
        log.drop(path_of(at, names), "absent")
    here[names[-1]] = value


_UNBOUNDED = float("inf")
Source = tuple[Path, Any, Any]
"""Where a source of a hub stands, its value as sent, and folded."""


def join_merge(sources: list[Source], log: Log, most: float = _UNBOUNDED) -> Any:
    """All items in the order of the sources; what an earlier one has given already is dropped."""
    if len(sources) == 1 and (most == _UNBOUNDED or not isinstance(sources[0][2], list)):
        return sources[0][2]  # if that is no array, the model says so
    merged: list[Any] = []
    for at, sent, items in sources:
        if not isinstance(items, list):
            raise CompatError("type", pointer(at), "must be an array")
        earlier = merged.copy()
        itemwise = isinstance(sent, list) and len(sent) == len(items)
        for index, item in enumerate(items):
            if is_one_of(item, earlier):
                log.drop((at, index) if itemwise else at, "duplicate")
            else:
                merged.append(item)
        if len(merged) > most:
            raise CompatError(
                "maxItems", pointer(at), f"too many items: {len(merged)}, at most {most}"
            )
    return merged


def join_equal(sources: list[Source], log: Log) -> Any:
    """The one value that all sources say."""
    (first, _, value), *others = sources
    for at, _, other in others:
        if not same(value, other):
            raise CompatError("conflict", pointer(at), f"says something else than {pointer(first)}")
    return value


def join_prefer(sources: list[Source], log: Log) -> Any:
    """The value of the first source."""
    for at, _, _ in sources[1:]:
        log.drop(at, "preferred")
    return sources[0][2]


def join_error(sources: list[Source], log: Log) -> Any:
    """The value of the only source."""
    if len(sources) > 1:
        raise CompatError(
            "conflict", pointer(sources[1][0]), f"cannot be given beside {pointer(sources[0][0])}"
        )
    return sources[0][2]


def unfold(
    value: dict[str, Any],
    to: Mapping[str, str],
    unfolds: Mapping[tuple[str, str], tuple[tuple[str, ...], Callable[[Any], Iterator[Any]]]],
    normalize: Callable[[Any], Normalized],
) -> dict[str, Any]:
    """`value` with hubs said by older fields. Each way of saying it is tried until one folds back to the same."""
    for hub, spoke in to.items():
        if (hub, spoke) not in unfolds:
            raise CompatError("denormalize", hub, f"{spoke!r} is no other way to say it")
        path, ways = unfolds[hub, spoke]
        for said in dig(value, path, ()):
            rest = _without(value, path)
            for way in ways(said):
                candidate = {**rest, spoke: way}
                if _folds_to(candidate, value, normalize):
                    value = candidate
                    break
            else:
                raise CompatError("denormalize", hub, f"cannot be said by {spoke!r}")
    return value


def _without(value: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A copy without the member at a path; objects that it leaves empty go too."""
    rest = value.copy()
    if len(path) == 1:
        del rest[path[0]]
    elif inner := _without(rest[path[0]], path[1:]):
        rest[path[0]] = inner
    else:
        del rest[path[0]]
    return rest


def _folds_to(candidate: Any, value: Any, normalize: Callable[[Any], Normalized]) -> bool:
    try:
        return same(normalize(candidate).value, normalize(value).value)
    except (CompatError, RecursionError):
        return False
