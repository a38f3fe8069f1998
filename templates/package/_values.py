"""JSON values: their equality, their kinds, their number, and their parts; and texts that are safe to show."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cache
from typing import Any, TypeGuard

_DUMP = json.JSONEncoder(sort_keys=True, default=repr).encode
_HEAVY = frozenset({dict, list, float})
_PLACE = 32  # bytes that a key or an index takes in the place of an error, besides the key's own
_SHOWN = 1_000  # characters of a place, or of what is wrong there
_BLOCK = 65_536  # bytes or characters of a long text that are looked at together
_LONGEST = 14_285  # bits of integers of at most 4,300 digits, which Python writes
_WHOLE = re.compile(r"\.0|e\+")  # what floats hold that are whole numbers, and texts may
_SCALARS = frozenset({str, int, float, bool, type(None)})
_MANY = (dict, list, tuple)
_FEW = 9  # items that are compared with each other
_SMALL = 256  # values and characters of a value whose key costs next to nothing


class File(str):
    """Stands for a file of a form while the form is folded: a text that is equal to the one of the same file."""

    file: Any


class Payload:
    """The context in which pydantic validates JSON: there an integer is no text, of whatever format."""


PAYLOAD = Payload()


def same(a: Any, b: Any) -> bool:
    """Equality of JSON values: `True` is not `1`, `1.0` is."""
    return bool(a == b) and _alike(a, b)


def _alike(a: Any, b: Any) -> bool:
    """Whether two equal values have booleans at the same places."""
    if isinstance(a, dict):
        for key, inner in a.items():
            if not isinstance(inner, str) and not _alike(inner, b[key]):
                return False
        return True
    if isinstance(a, list):
        return all(map(_alike, a, b))
    return isinstance(a, bool) == isinstance(b, bool)


def is_one_of(value: Any, values: Sequence[Any]) -> bool:
    """Whether a JSON value equals one of some values."""
    if value in values:
        for other in values:
            if same(value, other):
                return True
    return False


def is_among(value: Any, listed: str) -> bool:
    """Whether a JSON value equals one of the values of an array, which is a constant as JSON text."""
    keys, most = _keys_in(listed)
    if isinstance(value, _MANY) and _is_larger(value, most):
        return False  # a key costs as much as its value, and what holds the value may be looked up, too
    return key_of(value) in keys


@cache
def _keys_in(listed: str) -> tuple[frozenset[Hashable], int]:
    """The keys of the values of an array, and a number that none of the arrays and objects in it is larger than."""
    values = json.loads(listed)
    several = [one for one in values if isinstance(one, _MANY)]
    most = 0 if several else -1
    while any(_is_larger(one, most) for one in several):
        most = 2 * most + 1
    return frozenset(map(key_of, values)), most


def renamed(value: Any, names: str) -> Any:
    """The new name of a value in a table of old and new names, which is a constant as JSON text; else the value."""
    return _names_in(names).get(value, value)


@cache
def _names_in(names: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(names)
    return found


def in_order(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The members of an object by their names: of several faults, the same one is told whatever their order."""
    return sorted(value.items(), key=_name_of)


def _name_of(member: tuple[object, Any]) -> str:
    return str(member[0])


def key_of(value: Any) -> Hashable:
    """A key that equal JSON values share, and no others.

    It hashes only texts: Python salts their hashes, so nobody can send values that collide. Numbers and nested arrays
    could.
    """
    if type(value) is int:  # of any length
        return (hex(value),)
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        flat = _flat_key(value)
        return (
            frozenset((name, key_of(one)) for name, one in value.items()) if flat is None else flat
        )
    if isinstance(value, int):
        return (repr(value) if isinstance(value, bool) else hex(value),)
    if isinstance(value, float):
        return (hex(int(value)) if value.is_integer() else float.__repr__(value),)
    if not isinstance(value, (list, tuple)):
        return (repr(value),)
    with suppress(TypeError, ValueError):  # names that are no texts, integers of 4,300 digits
        text = _DUMP(value)
        if not _WHOLE.search(text):
            return (text,)
    return (_DUMP(_whole(value)),)


def _flat_key(value: dict[str, Any]) -> Hashable:
    """The key of an object, or None if it holds arrays or objects."""
    members: list[tuple[Hashable, ...]] = []
    for name, one in value.items():  # no comprehension: that is a call, too
        kind = type(one)
        if kind is str:
            members.append((name, one))
        elif kind is int:
            members.append((name, hex(one), 0))
        elif isinstance(one, _MANY):
            return None
        else:
            key = key_of(one)
            members.append((name, *key, 0) if isinstance(key, tuple) else (name, key))
    return frozenset(members)


def _whole(value: Any) -> Any:
    """A value whose whole numbers are integers, and which JSON can express."""
    if isinstance(value, int) and value.bit_length() <= _LONGEST:
        return value
    if isinstance(value, dict):
        return {str(key): _whole(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return list(map(_whole, value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return hex(value) if isinstance(value, int) else value


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a JSON value is a number; `True` is not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integer(value: Any) -> TypeGuard[float]:
    """Whether a JSON value is an integer; `3.0` is, `True` is not."""
    return is_number(value) and (isinstance(value, int) or value.is_integer())


def is_multiple(value: float, of: float) -> bool:
    """Whether a number is a whole multiple of another one, both as decimals: 0.3 is a multiple of 0.1."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    exact = Fraction(
        value if isinstance(value, int) else str(value)
    )  # an integer may be of any length
    return (exact / Fraction(str(of))).denominator == 1


def has_repeats(items: list[Any]) -> bool:
    """Whether two items of an array are equal."""
    if not _holds_others(items):
        return len(set(map(key_of, items))) < len(items)
    if len(items) > _FEW:
        return len(set(keys_of(items))) < len(items)
    earlier: list[Any] = []
    for item in items:
        if item in earlier and is_one_of(item, earlier):
            return True
        earlier.append(item)
    return False


def keys_of(values: Sequence[Any]) -> list[Hashable]:
    """Keys of some values: equal values share one, and no others.

    A key costs as much as its value, and the arrays in the value may need keys as well. So the key is None for the
    largest value that holds others; it equals no other value.
    """
    if not _holds_others(values):
        return [*map(key_of, values)]
    keys: list[Hashable] = []
    left: dict[int, Any] = {}
    for index, one in enumerate(values):
        if isinstance(one, dict):
            key = _flat_key(one)
        else:
            key = None if isinstance(one, _MANY) and _holds_others(one) else key_of(one)
        keys.append(key)
        if key is None:
            left[index] = one
    most = _SMALL
    while len(left) > 1:
        larger = {index: one for index, one in left.items() if _is_larger(one, most)}
        for index in left.keys() - larger:
            keys[index] = key_of(left[index])
        left, most = larger, 4 * most
    return keys


def _holds_others(values: Collection[Any]) -> bool:
    """Whether one of some values is an array or an object."""
    if _SCALARS.issuperset(map(type, values)):
        return False
    return any(isinstance(one, _MANY) for one in values)


def _is_larger(value: Any, most: int) -> bool:
    """Whether an array or an object holds more than a number of values and characters.

    It reads no more than that of a larger one. Equal values hold as many of both.
    """
    left = [value]
    for one in left:
        most -= len(one)
        if most < 0:
            return True
        is_object = isinstance(one, dict)
        if is_object:
            most -= sum(map(len, map(str, one)))
        for inner in one.values() if is_object else one:
            if isinstance(inner, str):
                most -= len(inner)
            elif isinstance(inner, _MANY):
                left.append(inner)
            elif isinstance(inner, int) or (isinstance(inner, float) and inner.is_integer()):
                most -= int(inner).bit_length() // 32
    return most < 0


def weigh(value: Any) -> tuple[int, int]:
    """How many members the objects in a JSON value have, and about how many bytes the places of its values take.

    Each place counts written out: pydantic writes one for each error. Raises ValueError for numbers that are not
    finite.
    """
    members = size = 0
    left: list[tuple[Any, int]] = [(value, _PLACE)]
    while left:
        inner, at = left.pop()
        if isinstance(inner, dict):
            members += len(inner)
            size += at * len(inner)
            for name, item in inner.items():
                size += len(name)
                if type(item) in _HEAVY:
                    left.append((item, at + _PLACE + len(name)))
        elif isinstance(inner, list):
            size += at * len(inner)
            for item in inner:
                if type(item) in _HEAVY:
                    left.append((item, at + _PLACE))
        elif isinstance(inner, float) and not math.isfinite(inner):
            raise ValueError("a number is beyond all numbers")
    return members, size


def counted(body: bytes, most: float) -> tuple[int, int]:
    """How many values some JSON has at most, and how many colons stand outside of its strings.

    The count of values stops beyond `most`. It needs no parser: outside of strings, a comma and an opening bracket
    stand for one value each.
    """
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    values, colons, quotes = 1, 0, 0
    for at in range(
        0, len(body), _BLOCK
    ):  # all parts of a long body would take many times its bytes
        parts = body[at : at + _BLOCK].split(b'"')
        bare = b"".join(parts[quotes % 2 :: 2])
        values += sum(map(bare.count, (b",", b"[", b"{")))
        colons += bare.count(b":")
        quotes += len(parts) - 1
        if values > most:
            break
    return values, colons


def part(key: str, value: Any, path: tuple[str, ...]) -> dict[str, Any]:
    """A member with a part of a value, or no member if the value has no such part."""
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return {}
        value = value[name]
    return {key: value}


def cut(value: Any, path: Sequence[str]) -> tuple[dict[str, Any], list[Any]]:
    """An object without the member at a path and without the objects that this empties; and the member, if any."""
    name, *inner = path
    if not isinstance(value, dict) or name not in value:
        return value, []
    left, found = cut(value[name], inner) if inner else ({}, [value[name]])
    rest = {**value, name: left}
    if not left:
        del rest[name]
    return rest, found


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names and texts, one text for each name. httpx reads all headers again for each header that it returns."""
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return {name: ", ".join(texts) for name, texts in found.items()}


def visible(text: str) -> str:
    """A text of somebody else, without characters that move the cursor, end the line or reverse its direction."""
    if text.isprintable():
        return text
    # A character on its own takes 80 bytes, so a long text is not taken apart as a whole.
    blocks = (text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))
    return "".join("".join(map(_visible, block)) for block in blocks)


def _visible(one: str) -> str:
    return one if one.isprintable() else repr(one)[1:-1]


def shortened(text: str) -> str:
    """The first 1,000 characters of a text, and an ellipsis in place of the others: a key may have megabytes."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
