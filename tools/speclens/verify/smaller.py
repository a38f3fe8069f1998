"""Shrinks a payload while a condition holds. Hypothesis cannot shrink texts from the document, or payloads that were made
from other payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from speclens.verify.values import Json, exact

_MOST = 2000


def smallest(value: Json, holds: Callable[[Json], bool]) -> Json:
    """The smallest value found for which `holds` is still true."""
    left = _MOST
    while left > 0:
        tried = islice(simpler(value), left)
        for one in tried:
            left -= 1
            if _size(one) < _size(value) and holds(one):
                value = one
                break
        else:
            break
    return value


def _size(value: Json) -> tuple[int, int, str]:
    """A sort key: short values before long ones, letters before other characters."""
    text = exact(value)
    return len(text), sum(not char.isalnum() for char in text), text


def simpler(value: Json) -> Iterator[Json]:
    """Simpler values: an empty one, one member or item less, half of a text or of a number."""
    yield from (0, "", [], {})
    if isinstance(value, str):
        yield from (value[: len(value) // 2], value[:-1], "0" * len(value), "a" * len(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from (1, -1, int(value) // 2, int(value))
    elif isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != key} for key in value)
        yield from ({"" if k == key else k: v for k, v in value.items()} for key in value)
        yield from ({**value, key: one} for key, inner in value.items() for one in simpler(inner))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], one, *value[index + 1 :]] for one in simpler(inner))
