"""Mutations of values: lookalikes that careless code confuses, and near misses of valid values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from speclens.lower.ground import copied
from speclens.verify.values import Json, members

ODD: tuple[Json, ...] = (
    *(None, "", [], {}, True, False, 0, 1, 1.0, 1.5, -1, "x", "1", "true", "null"),
    *([None], [""], [[]], [{}], {"": None}, {"url": None}),
)
"""Values that careless code confuses."""


def near_misses(
    values: SearchStrategy[Json], known: tuple[str, ...]
) -> SearchStrategy[tuple[Json, Json]]:
    """Pairs of a value and a copy with one to three changes. `known` are names for members."""

    @st.composite
    def draw_both(draw: DrawFn) -> tuple[Json, Json]:
        value = draw(values)
        root = [copied(value)]
        for _ in range(draw(_TIMES)):
            whole, *inside = _places(root)
            holder, key = draw(st.sampled_from([*inside * _INSIDE, whole]))
            draw(_CHANGES)(draw, holder, key, known)
            if not root:
                return value, None
        return value, root[0]

    return draw_both()


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in members(holder):
        yield holder, key
        yield from _places(item)


def lookalikes(value: Json, number: int) -> Iterator[Json]:
    """Copies of a value in which one scalar, chosen by a number, is replaced by a lookalike. One place at a time, since lax
    code is lax at few places."""
    places = [(holder, key) for holder, key in _places([value]) if alike(holder[key])]
    if not places:
        return
    holder, key = places[number % len(places)]
    before = holder[key]
    for other in alike(before):
        holder[key] = other
        yield copied(value)
    holder[key] = before


def _drop(_: DrawFn, holder: Any, key: Any, __: tuple[str, ...]) -> None:
    del holder[key]


def _retype(draw: DrawFn, holder: Any, key: Any, _: tuple[str, ...]) -> None:
    holder[key] = copied(draw(_ODDLY))


def alike(value: Json) -> list[Json]:
    """The lookalikes of a scalar, which Python or a lax parser takes for the same: `true`, 1.0 and "1" for 1."""
    if isinstance(value, str):
        return [int(value)] if value.isdecimal() and value.isascii() and len(value) < 300 else []
    if isinstance(value, dict | list):
        return []
    found: list[Json] = [json.dumps(value)]
    if isinstance(value, bool):
        found.append(int(value))
    elif isinstance(value, int) and abs(value) < 2**53:
        found += [float(value), *([bool(value)] if value in (0, 1) else [])]
    return found


def _alike(draw: DrawFn, holder: Any, key: Any, _: tuple[str, ...]) -> None:
    if found := alike(holder[key]):
        holder[key] = draw(st.sampled_from(found))


def _repeat(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    """Repeats an item, or a member under a second name."""
    if isinstance(holder, list):
        holder.append(copied(holder[key]))
    else:
        holder[draw(st.sampled_from(known))] = copied(holder[key])


def _rename(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    """Renames a member, so that a value for one shape is in the place of another."""
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(known))] = holder.pop(key)


def _wrap(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    is_item = draw(st.booleans())
    holder[key] = [holder[key]] if is_item else {draw(st.sampled_from(known)): holder[key]}


def _unwrap(_: DrawFn, holder: Any, key: Any, __: tuple[str, ...]) -> None:
    if inner := members(holder[key]):
        holder[key] = inner[0][1]


def _add(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    inner = holder[key] if isinstance(holder[key], dict) else holder
    if isinstance(inner, dict):
        inner[draw(st.sampled_from(known))] = copied(draw(_ODDLY))


_MUTATIONS: tuple[Callable[[DrawFn, Any, Any, tuple[str, ...]], None], ...] = (
    *(_drop, _retype, _alike, _repeat, _rename, _wrap, _unwrap, _add),
)
_TIMES = st.sampled_from((1, 1, 2, 3))  # a single change shows most faults
_INSIDE = 5  # times as likely to change as the whole
_ODDLY = st.sampled_from(ODD)
_CHANGES = st.sampled_from(_MUTATIONS)
