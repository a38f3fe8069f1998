"""Where an error was in the sender's payload: it is folded again, by values that know their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

_NONE = object()


class _Dict(dict[str, Any]):
    at = ""

    def copy(self) -> _Dict:
        copied = _Dict(self)
        copied.at = self.at
        return copied


_MARKED: dict[type[Any], Any] = {
    **{kind: type(kind.__name__, (kind,), {}) for kind in (list, str, int, float)},
    dict: _Dict,
}


def escape(name: object) -> str:
    """A key or an index as a token of a JSON Pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def names_of(pointer: str) -> list[str]:
    """The keys and indices of a JSON Pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def mark(value: Any, sent: set[str], at: str = "") -> Any:
    """A copy of a payload that knows its places (but for true, false and null); adds them to `sent`."""
    sent.add(at)
    kind = next((kind for kind in _MARKED if isinstance(value, kind)), bool)
    if kind is dict:
        value = {key: mark(item, sent, f"{at}/{escape(key)}") for key, item in value.items()}
    elif kind is list:
        value = [mark(item, sent, f"{at}/{index}") for index, item in enumerate(value)]
    if kind is bool or isinstance(value, bool):
        return value
    marked = _MARKED[kind](value)
    marked.at = at
    return marked


def source_of(target: str, value: Any, sent: set[str], moved: list[tuple[str, str]]) -> str:
    """The sender's pointer of a pointer into a folded payload that knows its places. `moved` are
    pairs of source and target. A made-up container is where the first of what it holds came from."""
    above = here = value
    for name in names_of(target):
        above, here = here, _member(here, name)
    if not hasattr(here, "at") and hasattr(above, "at"):
        beside = f"{above.at}/{target.rpartition('/')[2]}"
        if here is _NONE or beside in sent:
            return beside
    inner = _marks(above if here is _NONE else here)
    sources = (source for source, hub in moved if f"{target}/".startswith(f"{hub}/"))
    return next(chain(inner, sources), target)


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name, _NONE)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return _NONE


def _marks(value: Any) -> Iterator[str]:
    if hasattr(value, "at"):
        yield value.at
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _marks(item)


def pointer_of(location: Iterable[str | int], value: Any, error: str = "missing") -> str:
    """The JSON Pointer of a place as pydantic names it, but for its names of branches of unions.
    What is missing has a place of its own."""
    keys, text = list(location), ""
    for index, key in enumerate(keys, 1):
        inner = _member(value, str(key))
        is_missing = error == "missing" and index == len(keys) and isinstance(value, dict)
        if inner is not _NONE or is_missing:
            text, value = f"{text}/{escape(key)}", inner
    return text
