"""Enumerations, tables and absent values of x-compat with many entries: a value takes no longer for more of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime._values import is_among, is_one_of, renamed

from built import HEAD, imported, texts
from growth import LINEAR, exponent
from routescope._compat import Log
from routescope._gather import gather, hub_of, merged

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 1.5, "", "1", "a"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner)
)  # fmt: skip


@given(VALUES, st.lists(VALUES, max_size=5))
def test_a_table_of_keys_says_the_same_as_comparing(value: Any, values: list[Any]) -> None:
    assert is_among(value, json.dumps(values)) is is_one_of(value, values)


def test_what_a_table_does_not_name_stays() -> None:
    assert [renamed(name, '{"a": "b"}') for name in ("a", "b")] == ["b", "b"]


@pytest.mark.shipped
@pytest.mark.parametrize(
    "absent", [(None, "", "a"), (None, 1, ["a"]), partial(is_among, listed='[null, 1, "a"]')]
)
@given(value=VALUES)
def test_a_source_is_given_unless_its_value_is_listed(absent: Any, value: Any) -> None:
    listed = absent if isinstance(absent, tuple) else (None, 1, "a")
    folded, log = {"o": value}, Log()
    gather(folded, None, log, merged, hub_of(("n", None, (), None), ("o", None, absent, None)))
    assert folded == ({} if is_one_of(value, listed) else {"n": value})
    assert bool(log.drops) is is_one_of(value, listed)


def entries(size: int) -> Any:
    """A list whose items are arrays of an enumeration of some size."""
    shape = {"type": "array", "enum": [[n] for n in range(size)], "x-compat": {"to": {"u": 1}}}
    item = {"type": "object", "properties": {"u": {"type": "integer"}}}
    return {"type": "array", "items": {"oneOf": [item, shape]}}


def names(size: int) -> Any:
    """A list whose items are objects with an older field of renamed values."""
    older = {"type": "string", "x-compat": {"into": "/n", "values": {f"o{n}": f"n{n}" for n in range(size)}}}  # fmt: skip
    return {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}, "o": older}}}  # fmt: skip


def unsaid(**told: Any) -> Any:
    """A list whose items are objects, a property of which has absent values. `told` is what x-compat says of it."""

    def make(size: int) -> Any:
        absent = [*map(str, range(size - 1)), [size]]
        properties = {
            name: {"type": ["string", "array"], "x-compat": own | {"absent": absent}}
            for name, own in told.items()
        }
        return {"type": "array", "items": {"type": "object", "properties": {"n": {}, **properties}}}

    return make


def of_hub(size: int) -> Any:
    """A list whose items are objects, a hub of which has absent values in its policy."""
    older = {"type": "array", "x-compat": {"into": "/n"}}
    hubs = {"/n": {"absent": [*map(str, range(size - 1)), [size]]}}
    item = {"type": "object", "properties": {"n": {}, "o": older}, "x-compat": {"hubs": hubs}}
    return {"type": "array", "items": item}


@pytest.mark.parametrize(
    ("table", "item", "folded"),
    [
        (entries, lambda size: [size - 1], {"u": 1}),
        (names, lambda size: {"o": f"o{size - 1}"}, None),
        (unsaid(o={"into": "/n"}), lambda size: {"o": [size], "n": 1}, {"n": 1}),
        (unsaid(o={}), lambda size: {"o": [size], "n": 1}, {"n": 1}),
        (of_hub, lambda size: {"o": [size], "n": 1}, {"n": 1}),
        (of_hub, lambda size: {"n": [size], "o": [1]}, {"n": [1]}),
    ],
    ids=["enum", "values", "of a spoke", "of a property", "of a hub for its spoke", "of a hub"],
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


def test_a_value_is_not_read_as_a_whole_at_each_level(tmp_path: Path) -> None:
    """None of the absent values is as large as what is nested."""
    older = {"$ref": "#/components/schemas/A", "x-compat": {"into": "/n", "absent": [[n] for n in range(20)]}}  # fmt: skip
    own = {"n": {"$ref": "#/components/schemas/A"}, "o": older}
    document = {**HEAD, "components": {"schemas": {"A": {"type": "object", "properties": own}}}}
    normalize = imported(texts(document), tmp_path, "normalizers").normalize_a

    def nested(size: int) -> Any:
        value: Any = {"x": [*range(100 * size)]}
        for _ in range(size):
            value = {"o": value}
        return value

    assert exponent(nested, lambda payload: normalize(payload).value, 40) <= LINEAR
