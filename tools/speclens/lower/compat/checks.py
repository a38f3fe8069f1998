"""What a shape asks of its value beyond what the canonical place asks of the result.

A part that lands in a place with the same schema is judged there; everything else is judged before it is folded, so
that nothing the wire refuses gets through (x-compat laws 5 and 7).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from speclens import ir, patterns
from speclens.literals import literal
from speclens.lower.compat import dispatch, lens
from speclens.lower.ground import composed, differences, facts, x_compat
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, join

_NUMBER = frozenset({"integer", "fraction"})
_TEXT = frozenset({"string"})
_ARRAY = frozenset({"array"})
_OBJECT = frozenset({"object"})
_LIMITS = (
    ("minLength", ">=", "must have at least {} characters", _TEXT),
    ("maxLength", "<=", "must have at most {} characters", _TEXT),
    ("minItems", ">=", "must have at least {} items", _ARRAY),
    ("maxItems", "<=", "must have at most {} items", _ARRAY),
    ("minProperties", ">=", "must have at least {} members", _OBJECT),
    ("maxProperties", "<=", "must have at most {} members", _OBJECT),
    ("minimum", ">=", "must be at least {}", _NUMBER),
    ("maximum", "<=", "must be at most {}", _NUMBER),
    ("exclusiveMinimum", ">", "must be more than {}", _NUMBER),
    ("exclusiveMaximum", "<", "must be less than {}", _NUMBER),
    ("multipleOf", "", "must be a multiple of {}", _NUMBER),
)
"""The keyword, the sign of its bound, the message, and the types to which it applies."""
_ITEM = ir.Operand("item")
Guard = tuple[ir.Test, ...]
"""The tests that hold already when a check runs."""

_DEEPEST = 5  # levels that one function looks into a value: each check names the way

JudgeNamer = Callable[[str, Any], str]
"""Gives the function that checks values of a place; "" where there is nothing to check."""


@dataclass(frozen=True, slots=True)
class _Task:
    document: JsonObject
    judge: JudgeNamer
    unsaid: set[str]
    lands: Callable[[lens.TemplatePath, tuple[str, Any]], bool]
    written: set[str] = field(default_factory=set)  # the places of objects whose checks are there


def shape_checks(
    document: JsonObject,
    shape: x_compat.Shape,
    target: tuple[str, Any] | None,
    judge: JudgeNamer,
    unsaid: set[str],
    is_merged: bool,
) -> tuple[ir.Check, ...]:
    """The checks of one shape whose results go to the place `target`; None: they may come to nothing. What is merged
    is judged together with others there, and so by itself before. The pointers of patterns that no check can search for
    are added to `unsaid`."""
    task = _Task(document, judge, unsaid, _landing(document, shape, target, is_merged))
    whole = (shape.pointer, shape.schema)
    if not shape.each:
        return tuple(_complete(task, whole, ir.VALUE, "at", ()))
    source = lens.source_schema(document, shape)
    checks = [
        *_type(document, source[1], _ITEM, "(at, index)"),
        *_complete(task, source, _ITEM, "(at, index)", ()),
    ]
    own = _own(task, whole, facts.types_of(document, whole[1]), ir.VALUE, "at", ())
    return (*own, *(replace(check, is_item=True) for check in checks))


def sure(document: JsonObject, shape: x_compat.Shape) -> int:
    """How many members that the template takes whole an object always has: one of no more has nothing else. 0 if it
    takes only parts of some, or is for each item."""
    parts = {hole.part for hole in lens.holes(shape.template)}
    if shape.each or any(len(part) != 1 for part in parts):
        return 0
    found = [lens.part_schema(document, shape.pointer, shape.schema, part) for part in parts]
    return sum(one is not None and one[2] for one in found)


def of_place(
    document: JsonObject, place: tuple[str, Any], judge: JudgeNamer, unsaid: set[str]
) -> tuple[ir.Check, ...]:
    """Everything a place asks of a value; `unsaid` as in `shape_checks`."""
    task = _Task(document, judge, unsaid, lambda path, inner: False)
    checks = list(_type(document, place[1], ir.VALUE, "at"))
    return (*checks, *_complete(task, place, ir.VALUE, "at", ()))


def refused(unsaid: Collection[str]) -> tuple[Finding, ...]:
    """What a document is refused for that has patterns no check can search for."""
    message = "the normalizer cannot enforce this pattern: Rust's regex engine does not run it"
    hint = "write it without look-around and references to groups, and shorter if it is very long"
    return tuple(Finding("compat/pattern", place, message, hint) for place in sorted(unsaid))


def _landing(
    document: JsonObject, shape: x_compat.Shape, target: tuple[str, Any] | None, is_merged: bool
) -> Callable[[lens.TemplatePath, tuple[str, Any]], bool]:
    """Whether what is at a path of the value goes, unchanged, to a canonical place with its own schema."""
    prefix: lens.TemplatePath = (0,) if shape.each else ()
    holes = () if shape.values else tuple(lens.holes(shape.template))

    def lands(path: lens.TemplatePath, place: tuple[str, Any]) -> bool:
        ends = [
            (*prefix, *hole.at, *path[len(hole.part) :])
            for hole in holes
            if path[: len(hole.part)] == hole.part
        ]
        return target is not None and any(
            _is_judged(document, target, end, place) for end in ends if end or not is_merged
        )

    return lands


def _is_judged(
    document: JsonObject, target: tuple[str, Any], at: lens.TemplatePath, place: tuple[str, Any]
) -> bool:
    ends = lens.places_at(document, *target, at) + lens.canonical_places(document, *target, at)
    return any(lens.same_schema(document, place, end) for end in ends)


def _type(
    document: JsonObject, schema: Any, value: ir.Operand, at: str, guard: Guard = ()
) -> Iterator[ir.Check]:
    types = facts.types_of(document, schema)
    if len(types) < len(facts.TYPES):
        other = ir.Not(ir.IsOf(value, types))
        yield _check((*guard, other), at, "type", dispatch.expected(types))


def _complete(
    task: _Task,
    place: tuple[str, Any],
    value: ir.Operand,
    at: str,
    path: lens.TemplatePath,
    guard: Guard = (),
) -> Iterator[ir.Check]:
    """Everything the schema at `place` asks of `value`, whose JSON type is already known; not what is judged later."""
    if task.lands(path, place):
        return
    types = facts.types_of(task.document, place[1])
    place = _left(task, place, path)
    yield from _own(task, place, types, value, at, guard)
    if "object" in types:
        task.written.add(follow(task.document, *place)[0])
        narrow = _narrow(types, value, _OBJECT)
        yield from _members(task, place, value, at, path, guard + narrow)
    if "array" in types:
        items = ir.EachPart(value, ir.all_of(*guard, *_narrow(types, value, _ARRAY)), is_items=True)
        yield from _inside(task, place, "items", items, at, path)


def _narrow(types: frozenset[str], value: ir.Operand, kinds: frozenset[str]) -> Guard:
    """The test that a value of some types has one of `kinds`; none if it always has."""
    return () if types <= kinds else (ir.IsOf(value, kinds),)


def _left(task: _Task, place: tuple[str, Any], path: lens.TemplatePath) -> tuple[str, Any]:
    """A schema without the members of its `allOf` that are judged where the value goes."""
    pointer, schema = place
    members = schema.get("allOf") if isinstance(schema, dict) else None
    if not isinstance(members, list):
        return place
    found = ((join(pointer, "allOf", index), one) for index, one in enumerate(members))
    return pointer, {**schema, "allOf": [task.lands(path, one) or one[1] for one in found]}


def _own(
    task: _Task,
    place: tuple[str, Any],
    types: frozenset[str],
    value: ir.Operand,
    at: str,
    guard: Guard,
) -> Iterator[ir.Check]:
    """What the keywords of a schema ask of the value itself, which has one of some types."""
    for pointer, layer in composed.layers(task.document, *place):
        yield from _values(layer, types, value, at, guard)
        yield from _limits(layer, types, value, at, guard)
        pattern = layer.get("pattern")
        if isinstance(pattern, str) and "string" in types:
            if (source := patterns.translated(pattern)) is None:
                task.unsaid.add(join(pointer, "pattern"))
                continue
            fault = ir.Not(ir.Matches(value, literal(source)))
            tests = (*guard, *_narrow(types, value, _TEXT), fault)
            yield _check(tests, at, "pattern", f"must match {pattern}", value)


def _members(
    task: _Task,
    place: tuple[str, Any],
    value: ir.Operand,
    at: str,
    path: lens.TemplatePath,
    guard: Guard,
) -> Iterator[ir.Check]:
    """What a schema asks of the members of an object."""
    layers = [layer for _, layer in composed.layers(task.document, *place)]
    required = dict.fromkeys(name for layer in layers for name in layer.get("required") or ())
    for name in required:
        missing = ir.Not(ir.Has(value, name))
        yield _check((*guard, missing), f"({at}, {literal(name)})", "required", "is required")
    declared = composed.properties(task.document, *place)
    for name, inner in declared.items():
        is_sure = name in required and not any(isinstance(one, ir.IsOf) for one in guard)
        has = guard if is_sure else (*guard, ir.Has(value, name))
        member, where = value.at(name), f"({at}, {literal(name)})"
        if inner[1] is False:
            yield _check(has, where, "properties", "is not allowed here")
            continue
        # What is met again has a function of its own: it may be inside of itself, or be led to by very many ways.
        is_again = follow(task.document, *inner)[0] in task.written
        is_apart = is_again or len(path) >= _DEEPEST
        if is_apart and not task.lands((*path, name), inner) and (ident := task.judge(*inner)):
            only = ir.EachPart(value, ir.all_of(*has), member=name)
            yield ir.Check(at, parts=only, judge=ident)
            continue
        yield from _type(task.document, inner[1], member, where, has)
        yield from _complete(task, inner, member, where, (*path, name), has)
    names = tuple(declared)
    if any(layer.get("additionalProperties") is False for layer in layers):
        message = "has members that are not allowed"
        tests = (*guard, ir.HasOthers(value, names))
        yield _check(tests, at, "additionalProperties", message)
    others = ir.EachPart(value, ir.all_of(*guard), besides=names)
    yield from _inside(task, place, "additionalProperties", others, at, path)


def _inside(
    task: _Task,
    place: tuple[str, Any],
    keyword: str,
    parts: ir.EachPart,
    at: str,
    path: lens.TemplatePath,
) -> Iterator[ir.Check]:
    """What the schema under a keyword asks of every part of a value, by a function of its own."""
    for pointer, layer in composed.layers(task.document, *place):
        inner = (join(pointer, keyword), layer.get(keyword))
        is_judged = keyword == "items" and task.lands((*path, 0), inner)
        if isinstance(inner[1], dict) and not is_judged and (ident := task.judge(*inner)):
            yield ir.Check(at, parts=parts, judge=ident)


def _values(
    layer: JsonObject, types: frozenset[str], value: ir.Operand, at: str, guard: Guard
) -> Iterator[ir.Check]:
    allowed = [layer["const"]] if "const" in layer else layer.get("enum")
    if isinstance(allowed, list):
        test = differences.one_of(tuple(allowed), value)
        message = f"must be one of {', '.join(test.literals)}"
        # A schema may admit null beside an enumeration that does not list null.
        is_apart = "null" in types and None not in allowed
        is_null = ir.IsOf(value, frozenset({"null"}))
        tests = (*guard, *((ir.Not(is_null),) if is_apart else ()), ir.Not(test))
        yield _check(tests, at, "const" if "const" in layer else "enum", message, value)


def _limits(
    layer: JsonObject, types: frozenset[str], value: ir.Operand, at: str, guard: Guard
) -> Iterator[ir.Check]:
    for keyword, sign, message, kinds in _LIMITS:
        limit = layer.get(keyword)
        if facts.is_number(limit) and kinds & types:
            bound, is_size = literal(limit), kinds != _NUMBER
            is_met = (
                ir.IsWithin(value, sign, bound, is_size) if sign else ir.IsMultiple(value, bound)
            )
            tests = (*guard, *_narrow(types, value, kinds), ir.Not(is_met))
            judged = value if kinds == _TEXT else None
            yield _check(tests, at, keyword, message.format(bound), judged)
    if layer.get("uniqueItems") is True and "array" in types:
        tests = (*guard, *_narrow(types, value, _ARRAY), ir.HasRepeats(value))
        yield _check(tests, at, "uniqueItems", "must not repeat an item")


def _check(
    tests: Guard, at: str, rule: str, message: str, text: ir.Operand | None = None
) -> ir.Check:
    """The check that finds a fault if all of some tests hold."""
    return ir.Check(at, ir.all_of(*tests), literal(rule), literal(message), text=text)
