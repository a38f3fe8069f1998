"""Tests of JSON values as data: what is printed says what the data says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from runtime import _values
from speclens import ir
from speclens.ir.condition_printing import condition_source
from speclens.lower.ground import differences
from speclens.lower.ground.facts import json_type

NAMES = {
    name: getattr(_values, name) for name in ("is_among", "is_integer", "is_number", "is_one_of")
}
KINDS = ("null", "boolean", "integer", "fraction", "string", "array", "object")
VALUES: list[Any] = [None, True, 0, 1, 1.0, 1.5, "", "x", "y", [], ["x"], {}, {"a": 1}, {"b": None}]
ENTRIES = st.sampled_from([None, True, 1, "x", "y"])
OBJECT = ir.IsOf(ir.VALUE, frozenset({"object"}))


def holds(test: ir.Test, value: Any) -> bool:
    """What a test says of a value."""
    match test:
        case ir.IsOf(_, types):
            return json_type(value) in types
        case ir.IsOneOf(listed=listed):
            return any(
                value == other and json_type(value) == json_type(other)
                for other in json.loads(listed)
            )
        case ir.Has(_, name):
            return name in value
        case ir.Not(inner):
            return not holds(inner, value)
        case ir.All(tests):
            return all(holds(one, value) for one in tests)
        case ir.Some(tests):
            return any(holds(one, value) for one in tests)
        case _:
            raise TypeError(test)


LEAVES: st.SearchStrategy[ir.Test] = (
    st.builds(ir.IsOf, st.just(ir.VALUE), st.frozensets(st.sampled_from(KINDS)))
    | st.lists(ENTRIES, min_size=1).map(lambda entries: differences.one_of(entries, ir.VALUE))
    | st.sampled_from("ab").map(lambda name: ir.All((OBJECT, ir.Has(ir.VALUE, name))))
)
TESTS: st.SearchStrategy[ir.Test] = st.recursive(
    LEAVES,
    lambda inner: (
        inner.map(ir.Not)
        | st.lists(inner, max_size=3).map(lambda tests: ir.all_of(*tests))
        | st.lists(inner, min_size=1, max_size=3).map(lambda tests: ir.any_of(*tests))
    ),
)


@given(TESTS)
def test_what_is_printed_says_what_the_data_says(test: ir.Test) -> None:
    printed = condition_source(test)
    for value in VALUES:
        assert bool(eval(printed, NAMES, {"value": value})) is holds(test, value), printed
