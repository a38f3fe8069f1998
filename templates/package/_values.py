"""JSON values: which are equal, what kind they are, and parts of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeGuard


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
