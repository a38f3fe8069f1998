"""How two schemas are told apart: the tests, as Python source, that values of the one meet and of the other do not.

Overlap of two shapes is excluded by JSON type, disjoint `enum`/`const`, a key that both require with disjoint
schemas, a key that one requires and the other cannot have, bounds, and item schemas where `[]` is excluded; `format`
and `pattern` never separate (x-compat rule 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from speclens.literals import literal, tuple_literal
from speclens.lower.ground.facts import BOUNDS, KINDS, Facts, alternatives, identity, narrowed
from speclens.lower.ground.walk import JsonObject


@dataclass(frozen=True, slots=True)
class Difference:
    """Two tests over one expression of which values of the one and of the other schema meet only their own."""

    ours: str
    theirs: str
    by_keys: bool = False  # only by which keys are there


def difference(
    document: JsonObject, ours: Facts, theirs: Facts, value: str = "value"
) -> Difference | None:
    """How values of one JSON type that both alternatives admit are told apart, or None: they may overlap."""
    if not ours.types & theirs.types:
        return Difference(type_test(ours.types, value), type_test(theirs.types, value))
    mine, others = ours.values, theirs.values
    if (
        mine is not None
        and others is not None
        and {identity(value) for value in mine}.isdisjoint(map(identity, others))
    ):
        return Difference(one_of(mine, value), one_of(others, value))
    kinds = {
        "number" if kind in {"integer", "fraction"} else kind for kind in ours.types & theirs.types
    }
    if kinds == {"object"} and (found := _by_keys(document, ours, theirs, value)):
        return found
    is_filled = kinds == {"array"} and min(ours.bound("array")[0], theirs.bound("array")[0]) >= 1
    if is_filled and (found := _between(document, ours.items, theirs.items, f"{value}[0]")):
        return Difference(f"{value} and {found.ours}", f"{value} and {found.theirs}")
    if len(kinds) == 1 and (kind := next(iter(kinds))) in BOUNDS:
        return _by_bounds(ours.bound(kind), theirs.bound(kind), BOUNDS[kind][2].format(value))
    return None


def _by_keys(document: JsonObject, ours: Facts, theirs: Facts, value: str) -> Difference | None:
    for a, b, flip in ((ours, theirs, False), (theirs, ours, True)):
        for name in sorted(a.required):
            if name in b.forbidden or (b.known is not None and name not in b.known):
                has, lacks = f"{literal(name)} in {value}", f"{literal(name)} not in {value}"
                return Difference(lacks, has, True) if flip else Difference(has, lacks, True)
    for name in sorted(ours.required & theirs.required):
        mine = tuple(schema for key, schema in ours.properties if key == name)
        others = tuple(schema for key, schema in theirs.properties if key == name)
        if found := _between(document, mine, others, f"{value}[{literal(name)}]"):
            has = f"{literal(name)} in {value}"
            return Difference(f"{has} and {found.ours}", f"{has} and {found.theirs}")
    return None


def _between(
    document: JsonObject, ours: tuple[Any, ...], theirs: tuple[Any, ...], value: str
) -> Difference | None:
    """Told apart by one pair of schemas; only where each has a single alternative, or types alone do it."""
    for a, b in product(ours, theirs):
        mine, others = alternatives(document, a, 3), alternatives(document, b, 3)
        types = [
            frozenset[str]().union(*(facts.types for facts in side)) for side in (mine, others)
        ]
        if not types[0] & types[1]:
            return Difference(type_test(types[0], value), type_test(types[1], value))
        if len(mine) == len(others) == 1 and (
            found := difference(document, mine[0], others[0], value)
        ):
            guard = type_test(mine[0].types & others[0].types, value)
            return Difference(f"{guard} and {found.ours}", f"{guard} and {found.theirs}")
    return None


def _by_bounds(
    ours: tuple[float, float], theirs: tuple[float, float], size: str
) -> Difference | None:
    if ours[1] < theirs[0]:
        return Difference(f"{size} <= {literal(ours[1])}", f"{size} >= {literal(theirs[0])}")
    if theirs[1] < ours[0]:
        return Difference(f"{size} >= {literal(ours[0])}", f"{size} <= {literal(theirs[1])}")
    return None


def overlap(document: JsonObject, a: Any, b: Any) -> bool:
    """Whether some value may be accepted by both schemas."""
    pairs = product(alternatives(document, a), alternatives(document, b))
    return any(
        difference(document, narrowed(one, kind), narrowed(other, kind)) is None
        for one, other in pairs
        for kind in KINDS
        if one.types & kind and other.types & kind
    )


def type_test(types: frozenset[str], value: str = "value") -> str:
    """The Python test for JSON types; for none of them, the one that no value meets."""
    if not types:
        return "False"
    tests: list[str] = []
    classes = [
        name
        for kind, name in (("string", "str"), ("array", "list"), ("object", "dict"))
        if kind in types
    ]
    if "boolean" in types:
        classes.append("bool")
    if classes:
        tests.append(
            f"isinstance({value}, {classes[0] if len(classes) == 1 else '(' + ', '.join(classes) + ')'})"
        )
    if {"integer", "fraction"} <= types:
        tests.append(f"is_number({value})")
    elif "integer" in types:
        tests.append(f"is_integer({value})")
    if "null" in types:
        tests.append(f"{value} is None")
    return " or ".join(tests) if len(tests) <= 1 else "(" + " or ".join(tests) + ")"


_FEW = 16
"""Of more values than these, one is looked up by its hash: an array of many would take their product."""


def one_of(values: tuple[Any, ...], value: str, negated: bool = False) -> str:
    """The Python test for being one of some JSON values, or none of them."""
    no = "not " if negated else ""
    kinds = set(map(type, values))
    is_text, is_number = kinds <= {str}, kinds <= {int, float}
    if len(values) > _FEW and (is_text or is_number):
        listed = ", ".join(map(literal, values))
        narrow = type_test(frozenset({"string"} if is_text else {"integer", "fraction"}), value)
        return f"{no}({narrow} and {value} in {{{listed}}})"
    if not is_text:
        return f"{no}is_one_of({value}, {tuple_literal(values)})"
    if len(values) == 1:
        return f"{value} {'!=' if negated else '=='} {literal(values[0])}"
    return f"{value} {'not in' if negated else 'in'} {tuple_literal(values)}"
