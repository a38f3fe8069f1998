"""What a shape asks of its value beyond what the canonical place asks of the result.

A part that lands in a place with the same schema is judged there; everything else is judged before it is folded, so
that nothing the wire refuses gets through (x-compat laws 5 and 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower import compat, dispatch, facts, lens, patterns
from speclens.lower.walk import JsonObject

_LIMITS = (
    ("minLength", "len({0}) < {1}", "must have at least {1} characters", {"string"}),
    ("maxLength", "len({0}) > {1}", "must have at most {1} characters", {"string"}),
    ("minItems", "len({0}) < {1}", "must have at least {1} items", {"array"}),
    ("maxItems", "len({0}) > {1}", "must have at most {1} items", {"array"}),
    ("minProperties", "len({0}) < {1}", "must have at least {1} members", {"object"}),
    ("maxProperties", "len({0}) > {1}", "must have at most {1} members", {"object"}),
    ("minimum", "{0} < {1}", "must be at least {1}", {"integer", "fraction"}),
    ("maximum", "{0} > {1}", "must be at most {1}", {"integer", "fraction"}),
    ("exclusiveMinimum", "{0} <= {1}", "must be more than {1}", {"integer", "fraction"}),
    ("exclusiveMaximum", "{0} >= {1}", "must be less than {1}", {"integer", "fraction"}),
)


def of_shape(
    document: JsonObject, shape: compat.Shape, target: tuple[str, Any]
) -> tuple[ir.Check, ...]:
    """The checks of one shape whose results go to the place `target`."""
    source = lens.source_schema(document, shape)
    judged = frozenset(
        hole.part
        for hole in lens.holes(shape.template)
        if _lands(document, shape, hole, source, target)
    )
    if not shape.each:
        return tuple(_complete(document, source, "value", "at", (), judged))
    checks = [
        *_type(document, source[1], "item", "(at, index)"),
        *_complete(document, source, "item", "(at, index)", (), judged),
    ]
    return tuple(
        ir.Check(check.fails, check.at, check.rule, check.message, is_item=True) for check in checks
    )


def _lands(
    document: JsonObject,
    shape: compat.Shape,
    hole: lens.Hole,
    source: tuple[str, Any],
    target: tuple[str, Any],
) -> bool:
    """Whether a part goes, unchanged, to a canonical place with its own schema."""
    found = lens.part_schema(document, *source, hole.part)
    if found is None or shape.values:
        return False
    prefix: lens.Path = (0,) if shape.each else ()
    at = (*prefix, *hole.at)
    ends = lens.places_at(document, *target, at) + lens.canonical_places(document, *target, at)
    return any(lens.same_schema(document, found[:2], end) for end in ends)


def _type(
    document: JsonObject, schema: Any, value: str, at: str, guard: str = ""
) -> Iterator[ir.Check]:
    types = facts.types_of(document, schema)
    if len(types) == len(facts.TYPES):
        return
    test = facts.type_test(types, value)
    negated = f"not {test}" if " or " not in test or test.startswith("(") else f"not ({test})"
    yield _check(f"{guard}{negated}", at, "type", dispatch.expected(types))


def _complete(
    document: JsonObject,
    place: tuple[str, Any],
    value: str,
    at: str,
    part: tuple[str, ...],
    judged: frozenset[tuple[str, ...]],
    guard: str = "",
) -> Iterator[ir.Check]:
    """Everything the schema at `place` asks of `value`, whose JSON type is already known; not what is judged later."""
    if part in judged:
        return
    layers = [layer for _, layer in compat.layers(document, *place)]
    types = facts.types_of(document, place[1])
    for layer in layers:
        yield from _values(layer, value, at, guard)
        yield from _limits(layer, types, value, at, guard)
    if "object" not in types:
        return
    narrow = f"isinstance({value}, dict) and " if len(types) > 1 else ""
    for name in dict.fromkeys(name for layer in layers for name in layer.get("required") or ()):
        missing = f"{guard}{narrow}{literal(name)} not in {value}"
        yield _check(missing, f"({at}, {literal(name)})", "required", "is required")
    for name, inner in compat.properties(document, *place).items():
        has = f"{guard}{narrow}{literal(name)} in {value} and "
        if any(name in (layer.get("required") or ()) for layer in layers) and not narrow:
            has = guard
        member, where = f"{value}[{literal(name)}]", f"({at}, {literal(name)})"
        if inner[1] is False:
            yield _check(has.removesuffix(" and "), where, "properties", "is not allowed here")
            continue
        yield from _type(document, inner[1], member, where, has)
        yield from _complete(document, inner, member, where, (*part, name), judged, has)
    yield from _closed(document, place, layers, value, at, guard + narrow)


def _closed(
    document: JsonObject,
    place: tuple[str, Any],
    layers: list[JsonObject],
    value: str,
    at: str,
    guard: str,
) -> Iterator[ir.Check]:
    if any(layer.get("additionalProperties") is False for layer in layers):
        names = ", ".join(map(literal, compat.properties(document, *place)))
        known = "{" + names + "}" if names else "set()"
        yield _check(
            f"{guard}{value}.keys() - {known}",
            at,
            "additionalProperties",
            "has members that are not allowed",
        )


def _values(layer: JsonObject, value: str, at: str, guard: str) -> Iterator[ir.Check]:
    allowed = [layer["const"]] if "const" in layer else layer.get("enum")
    if isinstance(allowed, list):
        test = facts.one_of(tuple(allowed), value)
        negated = (
            test.replace(" == ", " != ", 1)
            if " == " in test
            else test.replace(" in ", " not in ", 1)
        )
        fails = f"not {test}" if test.startswith("is_one_of") else negated
        names = ", ".join(literal(item) for item in allowed)
        yield _check(
            f"{guard}{fails}",
            at,
            "const" if "const" in layer else "enum",
            f"must be one of {names}",
        )


def _limits(
    layer: JsonObject, types: frozenset[str], value: str, at: str, guard: str
) -> Iterator[ir.Check]:
    for keyword, fails, message, kinds in _LIMITS:
        limit = layer.get(keyword)
        if isinstance(limit, (int, float)) and not isinstance(limit, bool) and kinds & types:
            narrow = "" if types <= kinds else f"{facts.type_test(frozenset(kinds), value)} and "
            text = fails.format(value, literal(limit))
            yield _check(f"{guard}{narrow}{text}", at, keyword, message.format("", literal(limit)))
    pattern = layer.get("pattern")
    if isinstance(pattern, str) and "string" in types and (source := patterns.for_python(pattern)):
        narrow = "" if types <= {"string"} else f"isinstance({value}, str) and "
        yield _check(
            f"{guard}{narrow}not re.search({literal(source)}, {value})",
            at,
            "pattern",
            f"must match {pattern}",
        )


def _check(fails: str, at: str, rule: str, message: str) -> ir.Check:
    return ir.Check(fails, at, literal(rule), literal(message))
