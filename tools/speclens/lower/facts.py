"""What can be known of the values a schema accepts without seeing one, and how two schemas are told apart.

Overlap of two shapes is excluded by JSON type, disjoint `enum`/`const`, a key that both require with disjoint
schemas, a key that one requires and the other cannot have, bounds, and item schemas where `[]` is excluded; `format`
and `pattern` never separate (x-compat rule 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from speclens.literals import literal, tuple_literal
from speclens.lower.walk import JsonObject, follow

TYPES = ("null", "boolean", "integer", "fraction", "string", "array", "object")
KINDS = tuple(
    map(
        frozenset,
        (["null"], ["boolean"], ["integer", "fraction"], ["string"], ["array"], ["object"]),
    )
)
_NAMED = {"number": ("integer", "fraction")}
_BOUNDS = {
    "string": ("minLength", "maxLength", "len({})"),
    "array": ("minItems", "maxItems", "len({})"),
    "object": ("minProperties", "maxProperties", "len({})"),
    "number": ("minimum", "maximum", "{}"),
}
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """One alternative of what a schema accepts: necessary conditions, each of which a value has to meet."""

    types: frozenset[str]
    values: tuple[Any, ...] | None = None
    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    known: frozenset[str] | None = None  # all names an object can have, where it is closed
    properties: tuple[tuple[str, Any], ...] = ()
    items: tuple[Any, ...] = ()
    bounds: tuple[tuple[str, float, float], ...] = ()  # kind, lowest, highest

    def bound(self, kind: str) -> tuple[float, float]:
        lows = [low for name, low, _ in self.bounds if name == kind]
        highs = [high for name, _, high in self.bounds if name == kind]
        return max(lows, default=float("-inf")), min(highs, default=float("inf"))


def json_type(value: Any) -> str:
    """The JSON type of a value, numbers split into `integer` (3.0 is one) and `fraction`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "fraction"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number; `true` is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(a: Any, b: Any) -> bool:
    """Equality of JSON values: `true` is not `1`, `1.0` is `1` (JSON Schema Core section 4.2.2)."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return bool(a == b)


def types_of(document: JsonObject, schema: Any) -> frozenset[str]:
    """All JSON types a schema may accept."""
    return frozenset[str]().union(*(facts.types for facts in alternatives(document, schema)))


def alternatives(document: JsonObject, schema: Any, depth: int = _DEPTH) -> tuple[Facts, ...]:
    """What a schema accepts, as alternatives of which one holds for every accepted value. None: it accepts nothing."""
    if schema is False:
        return ()
    if not isinstance(schema, dict) or depth == 0:
        return (Facts(frozenset(TYPES)),)
    parts: list[tuple[Facts, ...]] = [(_own(schema),)]
    if "$ref" in schema:
        target, inner = follow(document, "", schema)
        if target:
            parts.append(alternatives(document, inner, depth - 1))
    for inner in _list(schema, "allOf"):
        parts.append(alternatives(document, inner, depth - 1))
    for keyword in ("oneOf", "anyOf"):
        branches = _list(schema, keyword)
        if branches and not all(
            isinstance(branch, dict) and branch.keys() == {"required"} for branch in branches
        ):
            parts.append(
                tuple(
                    facts
                    for branch in branches
                    for facts in alternatives(document, branch, depth - 1)
                )
            )
    found = parts[0]
    for part in parts[1:]:
        found = tuple(facts for a, b in product(found, part) if (facts := _both(a, b)).types)
    return found


def _list(schema: JsonObject, keyword: str) -> list[Any]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _own(schema: JsonObject) -> Facts:
    types = _declared_types(schema)
    values: tuple[Any, ...] | None = None
    if isinstance(schema.get("enum"), list):
        values = tuple(schema["enum"])
    if "const" in schema:
        values = (schema["const"],)
    if values is not None:
        types &= {json_type(value) for value in values}
    declared = schema.get("properties")
    properties = declared if isinstance(declared, dict) else {}
    forbidden = {name for name, inner in properties.items() if inner is False}
    excluded = schema.get("not")
    if (
        isinstance(excluded, dict)
        and excluded.keys() == {"required"}
        and len(excluded["required"]) == 1
    ):
        forbidden |= set(excluded["required"])
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    return Facts(
        types=types,
        values=values,
        required=frozenset(_list(schema, "required")),
        forbidden=frozenset(forbidden),
        known=frozenset(properties) if closed else None,
        properties=tuple(properties.items()),
        items=(schema["items"],) if "items" in schema else (),
        bounds=tuple(_own_bounds(schema)),
    )


def _declared_types(schema: JsonObject) -> frozenset[str]:
    declared = schema.get("type")
    names = (
        declared
        if isinstance(declared, list)
        else [declared]
        if isinstance(declared, str)
        else list(TYPES)
    )
    types = {part for name in names for part in _NAMED.get(name, (name,)) if part in TYPES}
    if schema.get("nullable") is True and isinstance(declared, str):
        types.add("null")
    return frozenset(types)


def _own_bounds(schema: JsonObject) -> Iterable[tuple[str, float, float]]:
    for kind, (low, high, _) in _BOUNDS.items():
        bounds = schema.get(low), schema.get(high)
        if any(isinstance(bound, (int, float)) for bound in bounds):
            lowest, highest = (
                bound if isinstance(bound, (int, float)) else None for bound in bounds
            )
            yield (
                kind,
                float("-inf") if lowest is None else lowest,
                float("inf") if highest is None else highest,
            )


def _both(a: Facts, b: Facts) -> Facts:
    values = a.values if b.values is None else b.values
    if a.values is not None and b.values is not None:
        values = tuple(
            value for value in a.values if any(equal(value, other) for other in b.values)
        )
    known = a.known if b.known is None else b.known if a.known is None else a.known & b.known
    types = a.types & b.types
    if values is not None:
        types &= {json_type(value) for value in values}
    return Facts(
        types=types,
        values=values,
        required=a.required | b.required,
        forbidden=a.forbidden | b.forbidden,
        known=known,
        properties=a.properties + b.properties,
        items=a.items + b.items,
        bounds=a.bounds + b.bounds,
    )


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
        and not any(equal(a, b) for a in mine for b in others)
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
    if len(kinds) == 1 and (kind := next(iter(kinds))) in _BOUNDS:
        return _by_bounds(ours.bound(kind), theirs.bound(kind), _BOUNDS[kind][2].format(value))
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


def narrowed(facts: Facts, types: frozenset[str]) -> Facts:
    """The same facts for values of these types only."""
    return replace(facts, types=facts.types & types)


def type_test(types: frozenset[str], value: str = "value") -> str:
    """The Python test for JSON types."""
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


def one_of(values: tuple[Any, ...], value: str) -> str:
    if all(isinstance(item, str) for item in values):
        return (
            f"{value} == {literal(values[0])}"
            if len(values) == 1
            else f"{value} in {tuple_literal(values)}"
        )
    return f"is_one_of({value}, {tuple_literal(values)})"
