"""What payloads can make the normalizers cost: time and memory that grow with the payload, whatever it looks like, and
lists that end.

Each payload has a size of its own (`n`); what it costs is measured at n and 4n, and is bounded by the exponent of its
growth. Twice the payload, twice the cost, is 1; places or comparisons that multiply are 2.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from runtime._compat import CompatError
from runtime._errors import Answer
from runtime._gather import merged_within
from runtime._operation import Json
from runtime._payload import PayloadError
from runtime._types import OneOf, Unique
from runtime._values import has_repeats, is_among, is_number, is_one_of

import routescope
from growth import LINEAR, Cost, exponent, memory, seconds
from routescope._compat import MOST_NOTES, Log, Normalized
from routescope._gather import gather, hub_of, merged
from routescope._payload import MOST_ERRORS, MOST_TEXT
from routescope._source_map import mark
from routescope._values import key_of, same
from speclens import ir
from speclens.lower.ground import differences

pytestmark = pytest.mark.shipped

Act = Callable[[], object]
MERSENNE = 2**61 - 1
"""The modulus of Python's hashes of numbers: its multiples share one."""


def refused(payload: Any) -> routescope.PayloadError:
    with pytest.raises(routescope.PayloadError) as caught:
        routescope.normalize_image_edit_request(payload).validate(routescope.ImageEditRequest)
    return caught.value


# Places

WRONG: dict[str, Any] = {
    "model": "m",
    "prompt": "x",
    "images": [{"image_url": "https://a"}],
    "n": 0,
}


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"k": inner}
    return inner


PLACES: dict[str, Callable[[int], Any]] = {
    "a long key over many items": lambda n: {"k" * n: [1.5] * n},
    "many items far inside": lambda n: {"x": nested(n // 10, [1.5] * n)},
    "long keys inside of each other": lambda n: {"k" * n: {"l" * n: {"m" * n: ["x"] * n}}},
    "many long keys": lambda n: {f"{index:0>100}": {"x": index} for index in range(n // 10)},
}


@pytest.mark.parametrize("payload", PLACES.values(), ids=PLACES)
def test_a_fault_costs_no_place_of_each_value(payload: Callable[[int], Any]) -> None:
    def judge(wrong: Any) -> None:
        assert [error.pointer for error in refused(wrong).errors] == ["/n"]

    assert exponent(lambda n: WRONG | payload(n), judge, 1000, cost=memory) <= LINEAR


def older(value: Any, at: Any, log: Log) -> Any:
    """A fold of maps, arrays and objects in which `old` is another name of `new`; `x` is dropped."""
    if isinstance(value, list):
        return [older(item, (at, index), log) for index, item in enumerate(value)]
    if isinstance(value, dict):
        folded = {key: older(item, (at, key), log) for key, item in value.items()}
        log.drop_unused({key: 0 for key in value if key == "x"}, {}, at)
        gather(folded, at, log, merged, NEW)
        return folded
    return value


def _rename(value: Any, at: Any, log: Log) -> Any:
    log.notes.append(("rewrite", at, "#/old", True))
    return value


NEW = hub_of(("new", None, (), None), ("old", _rename, (), None))
SPOKES: dict[str, Callable[[int], Any]] = {
    "under a long key": lambda n: {"k" * n: [{"old": 1, "x": 1}] * n},
    "far inside": lambda n: nested(n // 10, [{"old": 1, "x": 1}] * n),
    "each at its own key": lambda n: {f"{index:0>100}": {"old": 1, "x": 1} for index in range(n)},
    "in arrays of arrays": lambda n: [[[{"old": 1, "x": 1}]] * n],
}


@pytest.mark.parametrize("payload", SPOKES.values(), ids=SPOKES)
@pytest.mark.parametrize("cost", [memory, seconds])
def test_rewrites_and_drops_grow_with_the_payload(
    payload: Callable[[int], Any], cost: Cost
) -> None:
    def run(payload: Any) -> None:
        assert Log().run(older, payload).rewrites

    assert exponent(payload, run, 500, cost=cost) <= LINEAR


def test_of_many_rewrites_and_drops_the_first_are_listed() -> None:
    found = Log().run(older, [{"old": 1, "x": 1}] * 3000)
    assert [one.source for one in found.rewrites] == [
        f"/{index}/old" for index in range(MOST_NOTES)
    ]
    assert [one.pointer for one in found.drops] == [f"/{index}/x" for index in range(MOST_NOTES)]
    assert (found.more_rewrites, found.more_drops) == (2000, 2000)
    few = Log().run(older, [{"old": 1, "x": 1}] * MOST_NOTES)
    assert (len(few.rewrites), few.more_rewrites, few.more_drops) == (MOST_NOTES, 0, 0)


def test_of_long_pointers_few_are_listed() -> None:
    found = Log().run(older, {"k" * MOST_TEXT: [{"old": 1, "x": 1}] * 5})
    assert (len(found.rewrites), found.more_rewrites) == (1, 4)
    assert (len(found.drops), found.more_drops) == (1, 4)


def test_an_error_after_many_rewrites_is_where_it_was_sent() -> None:
    """True has no mark of its own, so its place is found by the rewrite that moved it."""
    sent = {"a": [{"old": True}] * 2500, "b": {"old": None}, "c": {"old": [True]}}
    found = Log().run(older, sent)
    assert found.locate(["/a/2400/new", "/b/new", "/c/new/0", "/a/7/new", "/a/7/y"]) == [
        ("/a/2400/old", ""),
        ("/b/old", ""),
        ("/c/old", ""),
        ("/a/7/old", ""),
        ("/a/7/y", ""),
    ]


def test_an_error_in_a_long_payload_is_where_it_was_sent() -> None:
    """Not all of its values know their places."""
    sent = {"a": [{"old": "x"}] * 12_000 + [{"old": 5}], "z": [""] * 12_000}
    found = Log().run(older, sent)
    assert found.locate(["/a/12000/new", "/z/7", "/a/11000/new"]) == [
        ("/a/12000/old", ""),
        ("/z/7", ""),
        ("/a/11000/old", ""),
    ]


# Errors


def test_of_many_errors_the_first_are_listed() -> None:
    error = refused({"model": "m", "prompt": "x", "images": [{}] * 5000})
    places = [f"/images/{index}/image_url" for index in range(MOST_ERRORS)]
    assert [one.pointer for one in error.errors] == places
    assert error.more == 4900
    assert str(error).splitlines()[-1] == "and 4900 more"


def test_of_errors_without_end_the_number_is_told() -> None:
    error = refused({"model": "m", "prompt": "x", "images": [{}] * 10_001})
    (one,) = error.errors
    assert (one.rule, one.pointer) == ("errors", "")
    assert "more than 10000 errors" in one.message


def test_of_errors_at_long_places_few_are_listed() -> None:
    normalized: Normalized = Log().run(older, {"k" * MOST_TEXT: ["x"] * 50})
    with pytest.raises(routescope.PayloadError, match=r"and 49 more$") as caught:
        normalized.validate(Json(dict[str, list[int]]).model)
    assert len(caught.value.errors) == 1


def test_a_model_that_goes_too_deep_refuses() -> None:
    class Model:
        @staticmethod
        def model_validate(value: Any, **_: bool) -> Any:
            raise RecursionError

    with pytest.raises(routescope.PayloadError, match="nested too deep"):
        routescope.normalize_image({}).validate(Model)


def test_a_required_field_that_is_missing_costs_no_pointer_of_each() -> None:
    """A run notes where something is missing, be it asked for or not."""

    def fold(value: Any, at: Any, log: Log) -> Any:
        for index, item in enumerate(value["k"]):
            gather(item.copy(), ((at, value["name"]), index), log, merged, NEW, "is needed")

    found = exponent(
        lambda n: {"name": "k" * n, "k": [{}] * n},
        lambda payload: Log().run(fold, payload),
        1000,
        cost=memory,
    )
    assert found <= LINEAR


# Equal values

ITEMS: dict[str, Callable[[int], Any]] = {
    "numbers of one hash": lambda index: index * MERSENNE,
    "arrays": lambda index: [[index]],
    "arrays of nothing": lambda index: [[[]] if bit == "1" else [] for bit in f"{index:b}"],
    "objects in objects": lambda index: {"a": "x", "b": {"c": [index]}},
    "objects of numbers of one hash": lambda index: {"a": index * MERSENNE},
    "floats": lambda index: float(index * 2**60) * 2**61,
    "texts": lambda index: f"{index}",
}


def many(item: Callable[[int], Any], n: int, start: int = 0) -> list[Any]:
    return [item(index) for index in range(start, start + n)]


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_merging_grows_with_the_items(item: Callable[[int], Any]) -> None:
    def sources(n: int) -> Any:
        first, second = many(item, n), many(item, n, n // 2)
        found: list[Any] = [((None, "a"), first, first), ((None, "b"), second, second)]
        assert len(merged(found, Log())) == n + n // 2
        return found

    assert exponent(sources, lambda found: merged(found, Log()), 1_000) <= LINEAR


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_looking_for_repeats_grows_with_the_items(item: Callable[[int], Any]) -> None:
    adapter = TypeAdapter(Annotated[list[Any], Unique])
    short = many(item, 300)
    assert not has_repeats(short)
    assert adapter.validate_python(short) == short
    assert has_repeats([*short, item(7)])
    with pytest.raises(ValidationError):
        adapter.validate_python([*short, item(7)])
    assert exponent(lambda n: many(item, n), has_repeats, 1000) <= LINEAR


LEVELS: dict[str, list[Any]] = {
    "alone": [],
    "beside one": [{"i": [-1]}],
    "beside many": [{"i": [index]} for index in range(12)],
}


@pytest.mark.parametrize("others", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("is_merged", [False, True])
def test_arrays_inside_of_each_other_are_compared_once(others: list[Any], is_merged: bool) -> None:
    """What holds all the others is not read anew at each level."""

    def levels(n: int) -> list[Any]:
        found: list[Any] = [[{"text": "é" * 300 * n, "numbers": [10**30] * n}]]
        for _ in range(n):
            found.append([*others, {"many": found[-1]}])
        return found

    def compare(found: list[Any]) -> None:
        for items in found:
            if is_merged:
                sources: list[Any] = [((None, "a"), 0, items), ((None, "b"), 0, [{"i": [-2]}])]
                assert len(merged(sources, Log())) == len(items) + 1
            else:
                assert not has_repeats(items)

    assert exponent(levels, compare, 50) <= LINEAR


def test_the_largest_of_many_values_is_told_apart_by_its_size() -> None:
    small = [{"i": [index]} for index in range(12)]
    large: list[Any] = [{"x": [0.5, "x" * size, 1e300, 10**400]} for size in (2000, 2001)]
    long: list[Any] = [*small, [[0]] * 300, [[0]] * 301]
    assert not has_repeats(long)
    both: list[Any] = [((None, "a"), 0, long), ((None, "b"), 0, long[::-1])]
    assert len(merged(both, Log())) == len(long)
    for items in ([*small, large[0]], [large[0], *small, large[1]]):
        assert not has_repeats(items)
        assert has_repeats([*items, small[3]])
        assert has_repeats([*items, {"x": [0.5, "x" * 2000, int(1e300), 10**400]}])
        assert has_repeats([*items, mark(small[3])])
        assert has_repeats([*items, mark(large[0])])
        twice: list[Any] = [((None, "a"), 0, items), ((None, "b"), 0, items[::-1])]
        assert len(merged(twice, Log())) == len(items)


def test_an_enumeration_of_many_values_costs_no_more_for_each() -> None:
    def act(n: int) -> Act:
        values = [[index * MERSENNE] for index in range(n)]
        adapter = TypeAdapter(Annotated[Any, OneOf(*values)])
        return lambda: [adapter.validate_python(one) for one in values]

    assert exponent(act, lambda run: run(), 500) <= LINEAR


@pytest.mark.parametrize(
    "values",
    [tuple(map(str, range(20))), tuple(range(20)), (*range(20), 0.5), (*range(20), "x", True, [1])],
    ids=["texts", "integers", "numbers", "any"],
)
def test_a_normalizer_looks_up_one_of_many_values(values: tuple[Any, ...]) -> None:
    others = [*values, "", "20", 20, 1.0, 0.25, True, False, None, [], [1], {}, {"a": 1}]
    names = {"is_among": is_among, "is_number": is_number, "is_one_of": is_one_of}
    for is_negated in (False, True):
        found_in = differences.one_of(values, ir.VALUE)
        test = ir.condition_printing.condition_source(ir.Not(found_in) if is_negated else found_in)
        assert (" in {" in test) is (values[-1] != [1])
        for value in others:
            found = eval(test, names | {"value": value})
            assert found is (is_one_of(value, values) is not is_negated)


def test_comparing_grows_with_the_values() -> None:
    """Not with their depth: what is inside is compared once."""

    def twins(n: int) -> list[Any]:
        return [nested(n, list(range(20 * n))) for _ in range(2)]

    def compare(found: list[Any]) -> None:
        assert same(*found)

    assert exponent(twins, compare, 75) <= LINEAR


def test_too_many_items_are_merged_once() -> None:
    """And not for each source anew, to find the one that brings too many."""

    def act(n: int) -> Act:
        sources: list[Any] = [
            ((None, index), items := [[index, item] for item in range(20)], items)
            for index in range(n)
        ]

        def run() -> None:
            with pytest.raises(CompatError) as caught:
                merged_within(20 * n - 1, sources, Log())
            assert caught.value.pointer == f"/{n - 1}"

        return run

    assert exponent(act, lambda run: run(), 50) <= LINEAR


@pytest.mark.parametrize(
    ("counts", "pointer"),
    [
        ([range(0), range(50)], "/1"),
        ([range(30), range(20, 50), range(9)], "/1"),
        ([range(30), range(41), range(60)], "/1"),
    ],
)
def test_too_many_items_are_the_fault_of_a_source_that_brings_some(
    counts: list[range], pointer: str
) -> None:
    sources: list[Any] = [
        ((None, index), 0, [[item] for item in count]) for index, count in enumerate(counts)
    ]
    with pytest.raises(CompatError) as caught:
        merged_within(40, sources, Log())
    assert (caught.value.rule, caught.value.pointer) == ("maxItems", pointer)


def plain() -> st.SearchStrategy[Any]:
    scalars = st.sampled_from(
        [
            None,
            True,
            False,
            0,
            1,
            1.0,
            -0.0,
            0.5,
            1e16,
            10**16,
            1e300,
            int(1e300),
            "",
            "1",
            "1.0",
            "[]",
            "true",
        ]
    )
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["", "a", "b"]), inner, max_size=2)
        ),
        max_leaves=4,
    )


@given(plain(), plain())
def test_equal_values_share_a_key_and_no_others(a: Any, b: Any) -> None:
    assert (key_of(a) == key_of(b)) is same(a, b)
    assert key_of(a) == key_of(json.loads(json.dumps(a)))


def test_what_is_no_json_has_a_key() -> None:
    assert key_of([(1,)]) == key_of([[1.0]])
    assert key_of({1: [1.0]}) == key_of({1: [1]})
    assert key_of([{1: 1, "a": 1}]) != key_of([{1: 2, "a": 1}])
    assert key_of([object()]) != key_of([object()])
    assert key_of([10**5000, 1.0]) == key_of([10**5000, 1]) != key_of([10**5000 + 1, 1])


def test_merging_what_is_equal_to_nothing() -> None:
    nan = [float("nan")]
    sources: list[Any] = [((None, "a"), 0, [*range(20), nan]), ((None, "b"), 0, [[float("nan")]])]
    assert len(merged(sources, Log())) == 22


@pytest.mark.parametrize("count", [5_000, 10_000, 20_000])
def test_places_of_an_answer_are_bounded(count: int) -> None:
    """Pydantic took a gigabyte for the errors of the first of these, of 115 kB."""
    codec = Json(dict[str, list[str]])
    content = json.dumps({"k" * 20 * count: [1] * count}).encode()
    tracemalloc.start()
    with pytest.raises(PayloadError):
        codec.decode(Answer(content=content))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000 + 40 * len(content)
    many = {"k": ["text"] * count}
    assert codec.decode(Answer(content=json.dumps(many).encode())) == many
