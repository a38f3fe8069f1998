"""Enumerations and tables of x-compat with many entries: a value takes no longer for more of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime._values import is_among, is_one_of, renamed

from built import HEAD, imported, texts
from growth import LINEAR, exponent

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 1.5, "", "1", "a"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner)
)  # fmt: skip


@given(VALUES, st.lists(VALUES, max_size=5))
def test_a_table_of_keys_says_the_same_as_comparing(value: Any, values: list[Any]) -> None:
    assert is_among(value, json.dumps(values)) is is_one_of(value, values)


def test_what_a_table_does_not_name_stays() -> None:
    assert [renamed(name, '{"a": "b"}') for name in ("a", "b")] == ["b", "b"]


def entries(size: int) -> Any:
    """A list whose items are arrays of an enumeration of some size."""
    shape = {"type": "array", "enum": [[n] for n in range(size)], "x-compat": {"to": {"u": 1}}}
    item = {"type": "object", "properties": {"u": {"type": "integer"}}}
    return {"type": "array", "items": {"oneOf": [item, shape]}}


def names(size: int) -> Any:
    """A list whose items are objects with an older field of renamed values."""
    older = {"type": "string", "x-compat": {"into": "/n", "values": {f"o{n}": f"n{n}" for n in range(size)}}}  # fmt: skip
    return {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}, "o": older}}}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "item", "folded"),
    [
        (entries, lambda size: [size - 1], {"u": 1}),
        (names, lambda size: {"o": f"o{size - 1}"}, None),
    ],
    ids=["enum", "values"],
)
def test_the_size_of_a_table_does_not_multiply_the_work(
    table: Callable[[int], Any], item: Callable[[int], Any], folded: Any, tmp_path: Path
) -> None:
    number = count()

    def make(size: int) -> tuple[Any, Any]:
        document = {**HEAD, "components": {"schemas": {"A": table(size)}}}
        directory = tmp_path / str(next(number))
        directory.mkdir()
        normalize = imported(texts(document), directory, "normalizers").normalize_a
        (first,) = normalize([item(size)]).value
        assert first == (folded or {"n": f"n{size - 1}"})
        return normalize, [item(size)] * 2_000

    def work(made: tuple[Any, Any]) -> object:
        normalize, payload = made
        return normalize(payload).value

    # Not at all, were there no caches of a processor; 1 is a scan or a copy for each item.
    assert exponent(make, work, 500, bound=LINEAR - 1) <= LINEAR - 1
