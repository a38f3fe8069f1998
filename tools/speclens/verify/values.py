"""Functions on JSON values, for the laws of x-compat."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from speclens.source.pointer import join

Json = Any


def exact(value: Json) -> str:
    """A value as text, which differs for `1`, `1.0` and `true`, and for another order of keys."""
    return json.dumps(value)


def is_under(pointer: str, other: str) -> bool:
    """Whether a pointer equals another, or names a place inside it."""
    return f"{pointer}/".startswith(f"{other}/")


def members(value: Json) -> list[tuple[Any, Json]]:
    """The members of an object, or the items of an array, by key or index."""
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def leaves(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Scalars and empty containers, with their pointers."""
    inside = members(value)
    if not inside:
        yield pointer, value
    for key, item in inside:
        yield from leaves(item, join(pointer, key))


def pointers(value: Json, pointer: str = "") -> Iterator[str]:
    """The pointers of a value and of everything inside it."""
    yield pointer
    for key, item in members(value):
        yield from pointers(item, join(pointer, key))


def reordered(value: Json, order: Callable[[list[str]], Iterable[str]]) -> Json:
    """The same value with its keys in another order."""
    if isinstance(value, dict):
        return {key: reordered(value[key], order) for key in order(list(value))}
    return [reordered(item, order) for item in value] if isinstance(value, list) else value
