"""Where an error was in the sender's payload: it is folded again, by values that know their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar


class Replay(NamedTuple):
    """A folded payload whose values know their place, all pointers of the payload as sent, and for
    required fields that nothing was given for what to say."""

    value: Any
    sent: frozenset[str]
    missing: Mapping[str, str]


class _Dict(dict[str, Any]):
    at = ""

    def copy(self) -> _Dict:
        return _at(_Dict(self), self.at)


class _List(list[Any]):
    at = ""


class _Str(str):
    at = ""


class _Int(int):
    at = ""


class _Float(float):
    at = ""


T = TypeVar("T", _Dict, _List, _Str, _Int, _Float)
_NONE = object()


def _at(value: T, at: str) -> T:
    value.at = at
    return value


def escape(name: object) -> str:
    """A key or an index as a token of a JSON Pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def mark(payload: Any) -> tuple[Any, frozenset[str]]:
    """A copy of a payload that knows its places (but for true, false and null), and all its pointers."""
    sent = set[str]()
    return _mark(payload, "", sent), frozenset(sent)


def _mark(value: Any, at: str, sent: set[str]) -> Any:
    sent.add(at)
    if isinstance(value, dict):
        return _at(_Dict((key, _mark(item, f"{at}/{escape(key)}", sent)) for key, item in value.items()), at)
    if isinstance(value, list):
        return _at(_List(_mark(item, f"{at}/{index}", sent) for index, item in enumerate(value)), at)
    if isinstance(value, str):
        return _at(_Str(value), at)
    if isinstance(value, float):
        return _at(_Float(value), at)
    if isinstance(value, int) and not isinstance(value, bool):
        return _at(_Int(value), at)
    return value


def source_of(replay: Replay, target: str, moved: Iterable[tuple[str, str]]) -> str:
    """The sender's pointer of a pointer into the folded value. `moved` are pairs of source and
    target pointers.

    A made-up container is where the first of what it holds came from.
    """
    above, here, name = None, replay.value, ""
    for name in target.split("/")[1:]:
        above, here = here, _member(here, name.replace("~1", "/").replace("~0", "~"))
    at = getattr(here, "at", None)
    if at is None and isinstance(above, (_Dict, _List)):
        beside = f"{above.at}/{name}"
        at = beside if here is _NONE or beside in replay.sent else None
    if at is None:
        at = _first_mark(above if here is _NONE else here)
    if at is None:
        at = next((source for source, hub in moved if f"{target}/".startswith(f"{hub}/")), target)
    return at


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name, _NONE)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return _NONE


def _first_mark(value: Any) -> str | None:
    if hasattr(value, "at"):
        return str(value.at)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((at for item in inner if (at := _first_mark(item)) is not None), None)


def pointer_of(location: Iterable[str | int], value: Any) -> str:
    """The JSON Pointer of a place as pydantic names it; its names for branches of unions are left out."""
    keys, text = list(location), ""
    for index, key in enumerate(keys):
        inner = _member(value, str(key))
        is_missing_member = index == len(keys) - 1 and isinstance(key, str) and isinstance(value, dict)
        if inner is not _NONE or is_missing_member:
            text, value = f"{text}/{escape(key)}", inner
    return text
