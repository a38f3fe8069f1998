"""What can be known of the values a schema accepts without seeing one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from speclens.lower.ground.walk import remembered
from speclens.objects import OR_NULL, sole_type
from speclens.source.pointer import JsonObject, follow, tokens

TYPES = ("null", "boolean", "integer", "fraction", "string", "array", "object")
KINDS = tuple(
    map(
        frozenset,
        (["null"], ["boolean"], ["integer", "fraction"], ["string"], ["array"], ["object"]),
    )
)
_NAMED = {"number": ("integer", "fraction")}
BOUNDS = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
    "number": ("minimum", "maximum"),
}
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """One alternative of what a schema accepts: necessary conditions, each of which a value has to meet."""

    types: frozenset[str]
    values: Sequence[Any] | None = None  # the very list of an enumeration
    required: frozenset[str] = frozenset()
    older: frozenset[str] = frozenset()  # members that an older field may stand for
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
    return identity(a) == identity(b)


def is_literal(value: Any) -> bool:
    """Whether `Literal` can hold a value: type checkers and pydantic-core know integers of 64 bits there."""
    is_large = isinstance(value, int) and not -(2**63) < value < 2**63
    return value is None or (isinstance(value, str | int) and not is_large)


def identity(value: Any) -> str:
    """A text that equal JSON values have in common, and no others: sets of it find values in time that nobody's choice of
    numbers makes longer, as hashes of numbers would."""
    match value:
        case list():
            return f"[{','.join(map(identity, value))}]"
        case dict():
            members = sorted((json.dumps(key), identity(item)) for key, item in value.items())
            return f"{{{','.join(f'{key}:{item}' for key, item in members)}}}"
        case int() if not isinstance(value, bool):
            return hex(value)
        case float():
            return hex(int(value)) if value.is_integer() else value.hex()
        case _:
            return json.dumps(value)


def identities(document: JsonObject, values: Sequence[Any]) -> frozenset[str]:
    """The identities of some values; those of an enumeration are made once, however many others it is compared with."""
    return _of_enumeration(document, "", values) if isinstance(values, list) else _each(values)


def _each(values: Sequence[Any]) -> frozenset[str]:
    return frozenset(map(identity, values))


@remembered
def _of_enumeration(_: JsonObject, __: str, values: list[Any]) -> frozenset[str]:
    return _each(values)


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
            parts.append(_OF_PLACES[depth - 1](document, target, inner))
            if len(schema) == 1:
                return parts[1]
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
        found = tuple(
            facts for a, b in product(found, part) if (facts := _both(document, a, b)).types
        )
    return _or_null(document, found) if schema.get(OR_NULL) is True else found


def _or_null(document: JsonObject, found: tuple[Facts, ...]) -> tuple[Facts, ...]:
    """The alternatives of a schema that admits null, whatever else it says."""
    if len(found) != 1:
        return (*found, Facts(frozenset({"null"})))
    values = found[0].values
    if values is not None:
        values = _with_null(document, "", values) if isinstance(values, list) else (*values, None)
    return (replace(found[0], types=found[0].types | {"null"}, values=values),)


@remembered
def _with_null(_: JsonObject, __: str, values: list[Any]) -> list[Any]:
    """An enumeration with null. Each comparison gets the same list, so its identities are computed once."""
    return [*values, None]


def _referred(depth: int) -> Callable[[JsonObject, str, Any], tuple[Facts, ...]]:
    @remembered
    def found(document: JsonObject, _: str, schema: Any) -> tuple[Facts, ...]:
        return alternatives(document, schema, depth)

    return found


_OF_PLACES = [_referred(depth) for depth in range(_DEPTH)]
"""The alternatives of what is referred to, by depth: a union may be referred to by each of its members."""
of_part = _OF_PLACES[3]
"""The alternatives of a schema inside another, which is looked into less deep."""


def _list(schema: JsonObject, keyword: str) -> list[Any]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _own(schema: JsonObject) -> Facts:
    types = _declared_types(schema)
    values: Sequence[Any] | None = None
    if isinstance(schema.get("enum"), list):
        values = schema["enum"]
    if "const" in schema:
        values = (schema["const"],)
    if values is not None:
        types &= {json_type(value) for value in values}
    declared = schema.get("properties")
    properties = declared if isinstance(declared, dict) else {}
    forbidden = {name for name, inner in properties.items() if inner is False}
    older = frozenset(name for inner in properties.values() for name in _folds_into(inner))
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
        required=frozenset(_list(schema, "required")) - older,
        older=older,
        forbidden=frozenset(forbidden),
        known=frozenset(properties) if closed else None,
        properties=tuple(properties.items()),
        items=(schema["items"],) if "items" in schema else (),
        bounds=tuple(_own_bounds(schema)),
    )


def _folds_into(schema: Any) -> tuple[str, ...]:
    """The member that a property folds into, or into a part of."""
    own = schema.get("x-compat") if isinstance(schema, dict) else None
    into = own.get("into") if isinstance(own, dict) else None
    try:
        return tokens(into)[:1] if isinstance(into, str) else ()
    except ValueError:  # a rule reports it
        return ()


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
    return frozenset(types)


def _own_bounds(schema: JsonObject) -> Iterable[tuple[str, float, float]]:
    for kind, (low, high) in BOUNDS.items():
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


def _both(document: JsonObject, a: Facts, b: Facts) -> Facts:
    values = a.values if b.values is None else b.values
    if a.values is not None and b.values is not None:
        others = identities(document, b.values)
        values = tuple(value for value in a.values if identity(value) in others)
    known = a.known if b.known is None else b.known if a.known is None else a.known & b.known
    types, older = a.types & b.types, a.older | b.older
    if values is not None:
        types &= {json_type(value) for value in values}
    return Facts(
        types=types,
        values=values,
        required=(a.required | b.required) - older,
        older=older,
        forbidden=a.forbidden | b.forbidden,
        known=known,
        properties=a.properties + b.properties,
        items=a.items + b.items,
        bounds=a.bounds + b.bounds,
    )


def narrowed(facts: Facts, types: frozenset[str]) -> Facts:
    """The same facts for values of these types only."""
    return replace(facts, types=facts.types & types)


def is_binary(schema: Any) -> bool:
    """Whether a schema is of bytes that are sent as they are (section 4.8.14.3)."""
    if not isinstance(schema, dict):
        return False
    said = schema.get("format") in {"binary", "file"} or "contentMediaType" in schema
    is_text = "type" not in schema or sole_type(schema) == "string"
    return said and is_text and "contentEncoding" not in schema
