"""A payload in canonical form: what was rewritten and dropped on the way there, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ._source_map import escape, mark, pointer_of, source_of

__all__ = ["CompatError", "Deprecation", "Drop", "Normalized", "PayloadError", "Rewrite"]

Path = tuple[Any, ...] | None  # (path of the container, key or index); None is the root
Fold = Callable[[Any, Path, "Log"], Any]
Note = tuple[str, Any, Any, Any]  # what was noted, where, and two more things
Told = tuple[tuple["Rewrite", ...], tuple["Drop", ...]]


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
