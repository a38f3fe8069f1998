"""Finds the place of an error in the sender's payload: it folds the payload again, with values that know their place.

A place is a linked path, which shares the path of its container. A pointer is written only for the few places that
are reported: pointers of all places would take the depth of a payload times its size.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

Path = tuple[Any, ...] | None  # (path of the container, key or index); None is the root
_NONE = object()
_LONG = 1_000
_MOST_MARKED = 20_000  # values, of which each takes some 400 bytes
_MOST_LOOKED_AT = 10_000  # values of a made-up container


class _Dict(dict[str, Any]):
    __slots__ = ("at",)
    at: Path

    def copy(self) -> _Dict:
        copied = _Dict(self)
        copied.at = self.at
        return copied


class _List(list[Any]):
    __slots__ = ("at",)


class _Str(str):
    __slots__ = ("at",)


class _Float(float):
    __slots__ = ("at",)


class _Int(int):  # an integer has no slots
    pass


_MARKED: dict[type[Any], Any] = {str: _Str, int: _Int, float: _Float, dict: _Dict, list: _List}


def escape(name: object) -> str:
    """A key or an index as a token of a JSON Pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def names_of(pointer: str) -> list[str]:
    """The keys and indices of a JSON Pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def above(pointer: str) -> Iterator[str]:
    """The pointers of all containers of a place, from the root, and its own."""
    for end, character in enumerate(pointer):
        if character == "/":
            yield pointer[:end]
    yield pointer


def pointer(path: Path, above: Path = None) -> str:
    """The JSON Pointer of a path, from the root or from a container on the way."""
    tokens: list[str] = []
    text = ""
    while path is not above and path:
        path, key = path
        if isinstance(key, str) and ("~" in key or "/" in key):
            key = escape(key)
        text = f"/{key}{text}"
        if len(text) > _LONG:  # what is written again with each token stays short
            tokens.append(text)
            text = ""
    return text + "".join(reversed(tokens)) if tokens else text


def mark(value: Any, targets: Iterable[str] = ()) -> Any:
    """A copy of a payload that knows its places (except for true, false and null).

    Of a large payload it copies a limited number of values: first those whose name or index is a part of a target,
    because few places move far.
    """
    names = {name for target in targets for name in names_of(target)}
    near: set[Any] = names | {int(name) for name in names if name.isdecimal() and len(name) < 20}
    root = _marked(value, None)
    first, later, room = [root], deque([root]), _MOST_MARKED
    while room > 0 and (first or later):
        is_first = bool(first)
        container = first.pop() if is_first else later.popleft()
        for key, item in _members(container):
            if (key in near) is is_first:
                container[key] = made = _marked(item, (container.at, key))
                room -= 1
                if isinstance(made, (_Dict, _List)):
                    first.append(made)
                    later.append(made)
            if room <= 0:
                break
    return root


def _members(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _marked(value: Any, at: Path) -> Any:
    """A copy of one value that knows its place."""
    kind = next((kind for kind in _MARKED if isinstance(value, kind)), bool)
    if kind is bool or isinstance(value, bool):
        return value
    marked = _MARKED[kind](value)
    marked.at = at
    return marked


def source_of(target: str, value: Any, sent: Any) -> str | None:
    """The sender's pointer of a pointer into a folded payload that knows its places, if these tell it.

    A container that folding created has the place of the first value in it.
    """
    above = here = value
    for name in names_of(target):
        above, here = here, _member(here, name)
    if not hasattr(here, "at") and hasattr(above, "at"):
        beside = pointer((above.at, names_of(target)[-1]))
        if here is _NONE or _is_sent(beside, sent):
            return beside
    inside = islice(_marks(above if here is _NONE else here), _MOST_LOOKED_AT)
    found: Any = next((at for at in inside if at is not _NONE), _NONE)
    return None if found is _NONE else pointer(found)


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name, _NONE)
    if isinstance(value, list) and name.isdecimal() and len(name) < 20:
        return value[int(name)] if int(name) < len(value) else _NONE
    return _NONE


def _is_sent(pointer: str, value: Any) -> bool:
    for name in names_of(pointer):
        value = _member(value, name)
    return value is not _NONE


def _marks(value: Any) -> Iterator[Any]:
    """The places that a value knows, its own or those inside; `_NONE` for each value that knows none."""
    yield (found := getattr(value, "at", _NONE))
    for _, item in _members(value) if found is _NONE else ():
        yield from _marks(item)


def pointer_of(location: Iterable[str | int], value: Any, error: str = "missing") -> str:
    """The JSON Pointer of a place that pydantic names, without its names of branches of unions.

    A missing member has a place of its own.
    """
    keys, tokens = list(location), [""]
    for index, key in enumerate(keys, 1):
        inner = _member(value, str(key))
        is_missing = error == "missing" and index == len(keys) and isinstance(value, dict)
        if inner is not _NONE or is_missing:
            tokens.append(escape(key))
            value = inner
    return "/".join(tokens)


def within(pointers: Iterable[str]) -> Callable[[Path], list[str]]:
    """A function that returns those of some pointers that are a place or inside of it.

    It looks at each part of a path once, however many places share the part.
    """
    tree: dict[Any, Any] = {}
    for one in pointers:
        node = tree
        for name in names_of(one):
            node = node.setdefault(name, {})
        node[None] = one
    known: dict[int, tuple[Path, dict[Any, Any]]] = {id(None): (None, tree)}

    def inside(path: Path) -> list[str]:
        new: list[Path] = []
        while id(path) not in known:
            new.append(path)
            path = path[0] if path else None
        node = known[id(path)][1]
        for path in reversed(new):
            node = node.get(str(path[1]), {}) if path else node
            known[id(path)] = path, node
        return list(_ends(node))

    return inside


def _ends(node: dict[Any, Any]) -> Iterator[str]:
    for name, inner in node.items():
        if name is None:
            yield inner
        else:
            yield from _ends(inner)
