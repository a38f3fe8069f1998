"""What is known of schemas without a value; telling two apart (x-compat rule 7)."""

from __future__ import annotations

from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from growth import LINEAR, counted, exponent
from runtime import _values
from speclens import ir
from speclens.ir.condition_printing import condition_source
from speclens.lower.ground import differences, facts
from speclens.lower.ground.differences import difference, overlap

Json = dict[str, Any]
STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
DOCUMENT: Json = {
    "components": {
        "schemas": {
            "Text": STRING,
            "Kind": {"enum": ["x", "y"]},
            "Node": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Node"}}},
        }
    }
}


def keyed(key: str = "a", schema: Any = None, **more: Any) -> Json:
    return {"type": "object", "required": [key], "properties": {key: schema or {}}, **more}


def closed(*keys: str) -> Json:
    return {
        "type": "object",
        "properties": {key: {} for key in keys},
        "additionalProperties": False,
    }


def array(items: Any, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


# criterion, one schema, the other, whether some value may fit both
TABLE: tuple[tuple[str, Any, Any, bool], ...] = (
    ("type", STRING, INTEGER, False),
    ("type: integers are numbers", NUMBER, INTEGER, True),
    ("type: lists", {"type": ["string", "null"]}, {"type": ["integer", "null"]}, True),
    ("type: lists apart", {"type": ["string", "null"]}, {"type": ["integer", "array"]}, False),
    ("type: none said", {}, STRING, True),
    ("nothing", False, {}, False),
    ("enum", {"enum": ["a", "b"]}, {"enum": ["c"]}, False),
    ("enum: shared", {"enum": ["a", "b"]}, {"enum": ["b"]}, True),
    ("enum: against type", {"enum": ["a", 1]}, {"type": "boolean"}, False),
    ("const", {"const": 1}, {"const": True}, False),
    ("const: 1.0 is 1", {"const": 1}, {"const": 1.0}, True),
    ("const: against enum", {"const": "a"}, {"enum": ["a"]}, True),
    ("const: objects", {"const": {"a": 1}}, {"const": {"a": True}}, False),
    ("required: disjoint", keyed(schema=STRING), keyed(schema=INTEGER), False),
    ("required: same", keyed(schema=STRING), keyed(schema=STRING), True),
    ("required: const", keyed(schema={"const": "x"}), keyed(schema={"const": "y"}), False),
    ("required: only one does", keyed(schema=STRING), {"properties": {"a": INTEGER}}, True),
    ("required: nested", keyed(schema=keyed("b", STRING)), keyed(schema=keyed("b", INTEGER)), False),
    ("forbidden: false", keyed(), {"type": "object", "properties": {"a": False}}, False),
    ("forbidden: not", keyed(), {"type": "object", "not": {"required": ["a"]}}, False),
    ("forbidden: not both", keyed(), {"type": "object", "not": {"required": ["a", "b"]}}, True),
    ("forbidden: closed", keyed(), closed("b"), False),
    ("forbidden: closed, but listed", keyed(), closed("a", "b"), True),
    (
        "forbidden: closed, but by pattern",
        keyed(),
        {**closed("b"), "patternProperties": {"a": {}}},
        True,
    ),
    ("bounds", {"type": "string", "maxLength": 1}, {"type": "string", "minLength": 2}, False),
    ("bounds: touching", {"type": "string", "maxLength": 2}, {"type": "string", "minLength": 2}, True),
    ("bounds: numbers", {"type": "number", "maximum": 1}, {"type": "number", "minimum": 2}, False),
    ("bounds: items", array({}, maxItems=1), array({}, minItems=2), False),
    ("bounds: members", {"type": "object", "maxProperties": 0}, keyed(minProperties=1), False),
    ("bounds: of another type", {"maxLength": 1}, {"minLength": 2}, True),
    ("items", array(STRING, minItems=1), array(INTEGER, minItems=1), False),
    ("items: [] fits both", array(STRING, minItems=1), array(INTEGER), True),
    ("format never", {"type": "string", "format": "uri"}, {"type": "string", "format": "uuid"}, True),
    ("pattern never", {"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^b"}, True),
    ("allOf", {"allOf": [STRING, {"enum": ["a"]}]}, {"const": "b"}, False),
    ("oneOf", {"oneOf": [STRING, INTEGER]}, {"type": ["array", "null"]}, False),
    ("oneOf: one of them", {"oneOf": [STRING, INTEGER]}, NUMBER, True),
    ("anyOf of required names", {"anyOf": [{"required": ["a"]}]}, STRING, True),
    ("$ref", {"$ref": "#/components/schemas/Text"}, INTEGER, False),
    ("$ref beside", {"$ref": "#/components/schemas/Text", "maxLength": 0}, keyed(), False),
    ("$ref: recursive", {"$ref": "#/components/schemas/Node"}, keyed(schema=STRING), True),
)  # fmt: skip


@pytest.mark.parametrize(("criterion", "a", "b", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_criteria(criterion: str, a: Any, b: Any, expected: bool) -> None:
    assert overlap(DOCUMENT, a, b) is expected
    assert overlap(DOCUMENT, b, a) is expected


TYPES: tuple[Any, ...] = (
    (None, "null"),
    (True, "boolean"),
    (1, "integer"),
    (3.0, "integer"),
    (0.5, "fraction"),
    ("3", "string"),
    ([], "array"),
    ({}, "object"),
)


@pytest.mark.parametrize(("value", "expected"), TYPES)
def test_json_type(value: Any, expected: str) -> None:
    assert facts.json_type(value) == expected


EQUAL = (
    (1, 1.0, True),
    (1, True, False),
    (0, False, False),
    ([1], [True], False),
    ({"a": 0}, {"a": False}, False),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1.0}, True),
    ([1, 2], [2, 1], False),
    ("", None, False),
)


@pytest.mark.parametrize(("a", "b", "expected"), EQUAL)
def test_equal(a: Any, b: Any, expected: bool) -> None:
    assert facts.equal(a, b) is expected


# The law: what is told apart has no value in common.

NAMES = {name: getattr(_values, name) for name in ("is_integer", "is_number", "is_one_of")}
SCALARS: list[Any] = [None, True, False, 0, 1, 2, 1.0, 1.5, "", "x", "y", "xy"]
INNER: list[Any] = [None, True, 1, 1.5, "x", "y", [], ["x"], {}, {"b": "x"}]
VALUES: list[Any] = [
    *SCALARS,
    *([item] for item in INNER),
    *([a, b] for a, b in product([1, "x", {}], repeat=2)),
    [],
    {},
    *({key: item} for key in "abc" for item in INNER),
    *({"a": a, "b": b} for a, b in product(INNER, repeat=2)),
    {"a": 1, "b": 1, "c": 1},
]
NAME = st.sampled_from("abc")
COUNT = st.integers(0, 2)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.just("object"),
            "required": st.lists(NAME, unique=True, max_size=2),
            "properties": st.dictionaries(NAME, inner | st.just(False), max_size=2),
            "additionalProperties": st.just(False) | inner,
            "not": st.fixed_dictionaries(
                {"required": st.lists(NAME, min_size=1, max_size=2, unique=True)}
            ),
            "minProperties": COUNT,
            "maxProperties": COUNT,
        },
    )


def scalars() -> st.SearchStrategy[Json]:
    names = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
    return st.fixed_dictionaries(
        {},
        optional={
            "type": names | st.lists(names, min_size=1, max_size=2, unique=True),
            "enum": st.lists(st.sampled_from(INNER), min_size=1, max_size=2),
            "const": st.sampled_from(INNER),
            "minimum": COUNT,
            "maximum": COUNT,
            "exclusiveMinimum": COUNT,
            "minLength": COUNT,
            "maxLength": COUNT,
        },
    )


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {},
        optional={"type": st.just("array"), "items": inner, "minItems": COUNT, "maxItems": COUNT},
    )


def unions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    several = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries(
        {}, optional={"oneOf": several, "anyOf": several, "allOf": several}
    )


REFERENCES = st.sampled_from(["Text", "Kind", "Node"]).map(
    lambda name: {"$ref": f"#/components/schemas/{name}"}
)
SCHEMA: st.SearchStrategy[Any] = st.recursive(
    scalars() | REFERENCES | st.booleans(),
    lambda inner: objects(inner) | arrays(inner) | unions(inner),
    max_leaves=6,
)


def values_of(schema: Any) -> list[Any]:
    validator = jsonschema_rs.Draft202012Validator({**DOCUMENT, "allOf": [schema]})
    return [value for value in VALUES if validator.is_valid(value)]


@settings(max_examples=400, deadline=None)
@given(scalars() | SCHEMA, scalars() | SCHEMA, st.booleans())
@example({"enum": ["x", None]}, {"const": "y"}, False)
@example({"type": ["string", "null"], "maxLength": 1}, {"type": "string", "minLength": 2}, True)
@example({"enum": [1.5, "x"]}, {"type": ["integer", "string"], "minLength": 2}, False)
def test_values_meet_the_tests_of_their_own_side(a: Any, b: Any, is_array: bool) -> None:
    """Whatever their types: a member, and the first item of an array, may have values of several types."""
    ours, theirs = (array(one, minItems=1) if is_array else keyed("a", one) for one in (a, b))
    sides = [facts.alternatives(DOCUMENT, one) for one in (ours, theirs)]
    found = difference(DOCUMENT, sides[0][0], sides[1][0]) if all(sides) else None
    if found and len(sides[0]) == len(sides[1]) == 1:
        tests = map(condition_source, (found.ours, found.theirs))
        for test, mine, others in zip(tests, (ours, theirs), (theirs, ours), strict=True):
            assert [value for value in values_of(mine) if not eval(test, NAMES, {"value": value})] == []  # fmt: skip
            assert [value for value in values_of(others) if eval(test, NAMES, {"value": value})] == []  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(SCHEMA, SCHEMA)
def test_what_is_told_apart_shares_no_value(a: Any, b: Any) -> None:
    if not overlap(DOCUMENT, a, b):
        validator = jsonschema_rs.Draft202012Validator({**DOCUMENT, "allOf": [a]})
        assert [value for value in values_of(b) if validator.is_valid(value)] == []


@settings(max_examples=300, deadline=None)
@given(SCHEMA)
def test_the_types_of_a_schema_are_all_it_accepts(schema: Any) -> None:
    validator = jsonschema_rs.Draft202012Validator({**DOCUMENT, "allOf": [schema]})
    found = {facts.json_type(value) for value in VALUES if validator.is_valid(value)}
    assert found <= facts.types_of(DOCUMENT, schema)


# Schemas that refer to others, and back


def referring(**named: Any) -> Json:
    return {"components": {"schemas": named}}


def to(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def members(**properties: Any) -> Json:
    return {"type": "object", "required": [*properties], "properties": properties}


def trees(count: int, leaf: Json = STRING) -> Json:
    """Objects whose members are two of the next kind, `count` levels of them, and the like of them with another leaf."""
    found = {"A0": STRING, "B0": leaf}
    for number in range(1, count):
        for name in "AB":
            inner = to(f"{name}{number - 1}")
            found[f"{name}{number}"] = members(x=inner, y=inner.copy())
    return referring(**found)


def test_comparing_grows_with_the_levels() -> None:
    """Each way to a leaf was gone by itself: 30 levels would never have ended."""

    def compare(count: int) -> None:
        assert overlap(trees(count), to(f"A{count - 1}"), to(f"B{count - 1}"))

    assert exponent(lambda count: count, compare, 100) <= LINEAR


@pytest.mark.parametrize(("count", "expected"), [(2, False), (20, False), (200, True)])
def test_what_is_far_inside_tells_nothing_apart(count: int, expected: bool) -> None:
    document = trees(count, INTEGER)
    assert overlap(document, to(f"A{count - 1}"), to(f"B{count - 1}")) is expected


def circle(name: str, count: int, **further: Any) -> Json:
    """Kinds of objects of which each has one of the next kind, and the last one of the first."""
    return {
        f"{name}{number}": members(next=to(f"{name}{(number + 1) % count}"), **further)
        for number in range(count)
    }


@pytest.mark.parametrize(("ours", "theirs"), [(1, 1), (2, 3), (31, 29)])
def test_circles_are_compared(ours: int, theirs: int) -> None:
    """Two schemas that refer to themselves were compared until the stack had an end."""
    document = referring(**circle("A", ours), **circle("B", theirs))
    assert overlap(document, to("A0"), to("B0"))
    document = referring(**circle("A", ours, tag=STRING), **circle("B", theirs, tag=INTEGER))
    assert not overlap(document, to("A0"), to("B0"))


def test_circles_are_compared_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two circles lead to as many pairs as the product of their lengths."""
    asked = counted(monkeypatch, differences, "of_part")
    assert overlap(referring(**circle("A", 101), **circle("B", 100)), to("A0"), to("B0"))
    assert len(asked) == 2 * 10_000


@pytest.mark.parametrize("first", ["", "P", "Q"])
def test_pairs_that_need_each_other_are_told_apart_whichever_comes_first(first: str) -> None:
    """The second way of P tells it apart; Q, which P asks first, is told apart by P alone."""
    document = referring(
        **{f"P{side}": members(a=to(f"Q{side}"), b=leaf) for side, leaf in enumerate((STRING, INTEGER))},
        **{f"Q{side}": members(p=to(f"P{side}")) for side in range(2)},
    )  # fmt: skip
    for name in (first, "P", "Q"):
        assert not name or not overlap(document, to(f"{name}0"), to(f"{name}1"))
    ours, theirs = (facts.alternatives(document, to(f"Q{side}"))[0] for side in range(2))
    told = difference(document, ours, theirs)
    assert told
    parts = ir.conjuncts(told.ours)
    assert parts[-1] == ir.IsOf(ir.Operand(path=("p", "b")), frozenset({"string"}))


def test_an_enumeration_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pair of branches read the enumerations of both."""
    read = counted(monkeypatch, facts, "identity")
    document = referring(
        **{f"A{number}": members(a=to("All"), b={"enum": [*range(9)]}) for number in range(30)},
        All={"enum": [str(number) for number in range(100)]},
    )
    for a, b in product(range(30), range(30)):
        assert overlap(document, to(f"A{a}"), to(f"A{b}"))
    assert len(read) == 100 + 9 * 30
