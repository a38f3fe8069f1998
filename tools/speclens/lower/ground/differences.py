"""How two schemas are told apart: the tests that values of the one meet and of the other do not.

Overlap of two shapes is excluded by JSON type, disjoint `enum`/`const`, a key that both require with disjoint
schemas, a key that one requires and the other cannot have, bounds, and item schemas where `[]` is excluded; `format`
and `pattern` never separate (x-compat rule 7).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from speclens import ir
from speclens.literals import literal
from speclens.lower.ground.facts import (
    BOUNDS,
    KINDS,
    Facts,
    alternatives,
    identities,
    narrowed,
    of_part,
)
from speclens.lower.ground.walk import remembered
from speclens.source.pointer import JsonObject, follow


@dataclass(frozen=True, slots=True)
class Difference:
    """Two tests of one value: values of the first schema meet only the first test, values of the second only the second."""

    ours: ir.Test
    theirs: ir.Test
    by_keys: bool = False  # only by which keys are there


_Tests = Callable[[ir.Operand], Difference]
"""Makes the tests that tell two schemas apart, for a value."""
_PairedPart = tuple[str | int, Any, Any]
"""A member, or the first item, that values of two schemas have, and what each of them says of it."""


class _Pair(NamedTuple):
    """The alternatives of two schemas, and the schemas, so that they keep their ids."""

    ours: tuple[Facts, ...]
    theirs: tuple[Facts, ...]
    schemas: tuple[Any, Any]


class _Known(NamedTuple):
    """Whether two schemas are told apart: by tests, how many levels inside; `tests` is None if they may overlap."""

    pair: _Pair
    tests: _Tests | None = None
    depth: int = 0


_Key = tuple[int, int]
_KnownPairs = dict[_Key, _Known]
_DEEPEST = 20
"""Levels inside of a value at which one is told from another: each test names the way to it."""
_MOST = 10_000
"""Pairs that one question compares at most. Schemas that refer back lead to as many as the product of their numbers."""


@remembered
def _known(_: JsonObject, __: str, ___: Any) -> _KnownPairs:
    """What is known of the pairs of a document, which grows: each pair is compared once."""
    return {}


def difference(document: JsonObject, ours: Facts, theirs: Facts) -> Difference | None:
    """How values of one JSON type that both alternatives admit are told apart, or None: they may overlap."""
    known = _known(document, "", document)
    if _at_once(document, ours, theirs) is None:
        _compare(document, known, list(_parts(ours, theirs)))
    found = _told(document, ours, theirs, known)
    return found[0](ir.VALUE) if found else None


def _compare(document: JsonObject, known: _KnownPairs, parts: list[_PairedPart]) -> None:
    """Compare the schemas of some parts, and all that these lead to, near ones first. What is left without a test may
    overlap: a pair that leads back to itself is told apart by another way, or not at all."""
    users: dict[_Key, list[_Key]] = {}
    open_: dict[_Key, _Pair] = {}
    told: list[_Key] = []
    reached = [(_key(document, part), part) for part in parts]
    for key, (_, *schemas) in reached:  # which grows
        if key in known or key in open_ or len(open_) == _MOST:
            continue
        ours, theirs = (of_part(document, "", schema) for schema in schemas)
        pair = _Pair(ours, theirs, (schemas[0], schemas[1]))
        if found := _of_pair(document, pair, known):
            known[key] = found
            told.append(key)
            continue
        open_[key] = pair
        for part in _parts(ours[0], theirs[0]) if len(ours) == len(theirs) == 1 else ():
            inner = _key(document, part)
            users.setdefault(inner, []).append(key)
            reached.append((inner, part))
    while told:
        asked = dict.fromkeys(user for key in told for user in users.get(key, ()))
        told = []
        for key in asked:
            if key in open_ and (found := _of_pair(document, open_[key], known)):
                known[key] = found
                del open_[key]
                told.append(key)
    known.update((key, _Known(pair)) for key, pair in open_.items())


def _key(document: JsonObject, part: _PairedPart) -> _Key:
    """What two schemas are known by: those that they only refer to, if they do."""
    ours, theirs = (
        follow(document, "", schema)[1]
        if isinstance(schema, dict) and schema.keys() == {"$ref"}
        else schema
        for schema in part[1:]
    )
    return id(ours), id(theirs)


def _of_pair(document: JsonObject, pair: _Pair, known: _KnownPairs) -> _Known | None:
    """What tells two schemas apart, as far as it is known yet; only where each has a single alternative, or types alone do
    it."""
    mine, others = (frozenset[str]().union(*(facts.types for facts in side)) for side in pair[:2])
    if not mine & others:
        return _Known(pair, _by_types(mine, others), 1)
    if len(pair.ours) == len(pair.theirs) == 1:
        found = _told(document, pair.ours[0], pair.theirs[0], known)
        if found and found[1] <= _DEEPEST:
            return _Known(pair, partial(_of_types, mine, others, found[0]), found[1])
    return None


def _told(
    document: JsonObject, ours: Facts, theirs: Facts, known: _KnownPairs
) -> tuple[_Tests, int] | None:
    """What tells two alternatives apart, as far as their parts are known, and how many levels inside."""
    if found := _at_once(document, ours, theirs):
        return found, 1
    for part in _parts(ours, theirs):
        inner = known.get(_key(document, part))
        if inner and inner.tests:
            return partial(_inside, part[0], inner.tests), inner.depth + 1
    bounds = _by_bounds(ours, theirs)
    return (bounds, 1) if bounds else None


def _kinds(ours: Facts, theirs: Facts) -> set[str]:
    types = ours.types & theirs.types
    return {"number" if kind in {"integer", "fraction"} else kind for kind in types}


def _at_once(document: JsonObject, ours: Facts, theirs: Facts) -> _Tests | None:
    """What tells two alternatives apart without a look inside: types, values, keys."""
    if not ours.types & theirs.types:
        return _by_types(ours.types, theirs.types)
    mine, others = ours.values, theirs.values
    if (
        mine is not None
        and others is not None
        and identities(document, mine).isdisjoint(identities(document, others))
    ):
        return lambda value: Difference(one_of(mine, value), one_of(others, value))
    return _by_keys(ours, theirs) if _kinds(ours, theirs) == {"object"} else None


def _by_types(ours: frozenset[str], theirs: frozenset[str]) -> _Tests:
    return lambda value: Difference(ir.IsOf(value, ours), ir.IsOf(value, theirs))


def _by_keys(ours: Facts, theirs: Facts) -> _Tests | None:
    for a, b, flip in ((ours, theirs, False), (theirs, ours, True)):
        for name in sorted(a.required):
            if name in b.forbidden or (b.known is not None and name not in b.known):
                return partial(_by_key, name, flip)
    return None


def _by_key(name: str, flip: bool, value: ir.Operand) -> Difference:
    has = ir.Has(value, name)
    lacks = ir.Not(has)
    return Difference(lacks, has, True) if flip else Difference(has, lacks, True)


def _parts(ours: Facts, theirs: Facts) -> Iterator[_PairedPart]:
    """The parts that all values of two alternatives have: required members, the first items of arrays that are never
    empty."""
    kinds = _kinds(ours, theirs)
    if kinds == {"object"}:
        sides = [
            _members(side.properties, ours.required & theirs.required) for side in (ours, theirs)
        ]
        for name in sorted(sides[0].keys() & sides[1].keys()):
            yield from ((name, a, b) for a, b in product(sides[0][name], sides[1][name]))
    elif kinds == {"array"} and min(ours.bound("array")[0], theirs.bound("array")[0]) >= 1:
        yield from ((0, a, b) for a, b in product(ours.items, theirs.items))


def _members(
    properties: tuple[tuple[str, Any], ...], names: frozenset[str]
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, schema in properties:
        if name in names:
            found.setdefault(name, []).append(schema)
    return found


def _inside(part: str | int, tests: _Tests, value: ir.Operand) -> Difference:
    has = ir.Has(value, part) if isinstance(part, str) else ir.HasItems(value)
    found = tests(value.at(part))
    return Difference(ir.all_of(has, found.ours), ir.all_of(has, found.theirs))


def _of_types(
    ours: frozenset[str], theirs: frozenset[str], tests: _Tests, value: ir.Operand
) -> Difference:
    """The tests for members of several types. `tests` tell values of shared types apart; a value of any other type belongs to
    the side that has the type."""
    guard, found = ir.IsOf(value, ours & theirs), tests(value)
    return Difference(
        _or_of(value, ours - theirs, ir.all_of(guard, found.ours)),
        _or_of(value, theirs - ours, ir.all_of(guard, found.theirs)),
    )


def _or_of(value: ir.Operand, types: frozenset[str], test: ir.Test) -> ir.Test:
    return ir.any_of(test, ir.IsOf(value, types)) if types else test


def _by_bounds(ours: Facts, theirs: Facts) -> _Tests | None:
    kinds = _kinds(ours, theirs)
    kind = next(iter(kinds))
    if len(kinds) > 1 or kind not in BOUNDS:
        return None
    sides = [ours.bound(kind), theirs.bound(kind)]
    for flip, (a, b) in enumerate((sides, sides[::-1])):
        if a[1] < b[0]:
            return partial(_by_bound, literal(a[1]), literal(b[0]), kind != "number", bool(flip))
    return None


def _by_bound(most: str, least: str, is_size: bool, flip: bool, value: ir.Operand) -> Difference:
    low = ir.IsWithin(value, "<=", most, is_size)
    high = ir.IsWithin(value, ">=", least, is_size)
    return Difference(high, low) if flip else Difference(low, high)


def overlap(document: JsonObject, a: Any, b: Any) -> bool:
    """Whether some value may be accepted by both schemas."""
    pairs = product(alternatives(document, a), alternatives(document, b))
    return any(
        difference(document, narrowed(one, kind), narrowed(other, kind)) is None
        for one, other in pairs
        for kind in KINDS
        if one.types & kind and other.types & kind
    )


def one_of(values: Sequence[Any], operand: ir.Operand) -> ir.IsOneOf:
    """The test for being one of some JSON values."""
    kinds = set(map(type, values))
    kind = "text" if kinds <= {str} else "number" if kinds <= {int, float} else ""
    return ir.IsOneOf(operand, tuple(map(literal, values)), kind, json.dumps(values))
