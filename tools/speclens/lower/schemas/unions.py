"""Finds the unions whose options the generated code must tell apart before it tries them.

Pydantic tries each option of a union, and each option tries what is inside of a value anew. If two options lead to the
same union again, the tries double with each level of a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial

from speclens import ir
from speclens.lower.ground import groups
from speclens.lower.schemas import order

_MOST_ERRORS = 20
"""Errors that pydantic may make of one value. Each takes some 600 bytes of memory, and `{}` is 2 bytes of a payload."""

_Kinds = Callable[[ir.Type], frozenset[str]]
_Need = Callable[[ir.Union], bool]
_NONE = frozenset[str]()


def told_apart(schemas: Iterable[ir.Schema]) -> tuple[ir.Schema, ...]:
    """The schemas, with `is_told_apart` at the unions that need it: those with tags, those that are made of themselves,
    and those that can make more than 20 errors of one value."""
    named = {schema.ident: schema for schema in schemas}
    graph = {name: order.parts(schema) for name, schema in named.items()}
    kinds = _kinds_of(named)
    found, most = dict[str, ir.Schema](), dict[str, int]()
    for group in groups.groups(graph):
        is_circle = bool(group[1:]) or group[0] in graph[group[0]]
        is_needed = partial(_is_needed, frozenset(group) if is_circle else _NONE, most)
        for name in group:
            found[name] = _schema(named[name], kinds, is_needed)
        highest = max(_errors_of(found[name], most) for name in group)
        most |= dict.fromkeys(group, highest)
    return tuple(found[name] for name in named)


def _is_needed(circle: frozenset[str], most: Mapping[str, int], union: ir.Union) -> bool:
    is_circular = not circle.isdisjoint(order.mentioned(union))
    return is_circular or _errors(union, most) > _MOST_ERRORS


def _kinds_of(named: Mapping[str, ir.Schema]) -> _Kinds:
    """What gives which of objects and arrays a type admits; an alias is looked through."""
    known = dict[str, frozenset[str]]()

    def kinds(type_: ir.Type) -> frozenset[str]:
        match type_:
            case ir.Map():
                return frozenset({"object"})
            case ir.Array() | ir.Tuple():
                return frozenset({"array"})
            case ir.Union(options):
                return _NONE.union(*map(kinds, options))
            case ir.Named(ident):
                if ident not in known:
                    known[ident] = _NONE
                    schema = named[ident]
                    known[ident] = frozenset({"object"}) if schema.is_object else kinds(schema.type)
                return known[ident]
            case _:
                return _NONE

    return kinds


def _schema(schema: ir.Schema, kinds: _Kinds, is_needed: _Need) -> ir.Schema:
    properties = (
        replace(item, type=_type(item.type, kinds, is_needed)) for item in schema.properties
    )
    return replace(
        schema,
        properties=tuple(properties),
        extras=schema.extras and _type(schema.extras, kinds, is_needed),
        type=_type(schema.type, kinds, is_needed),
    )


def _type(type_: ir.Type, kinds: _Kinds, is_needed: _Need) -> ir.Type:
    match type_:
        case ir.Array(item):
            return replace(type_, item=_type(item, kinds, is_needed))
        case ir.Map(value):
            return replace(type_, value=_type(value, kinds, is_needed))
        case ir.Tuple(items):
            return ir.Tuple(tuple(_type(item, kinds, is_needed) for item in items))
        case ir.Union(options, tags):
            inside = tuple(_type(option, kinds, is_needed) for option in options)
            return _union(ir.Union(inside, tags), kinds, is_needed)
        case _:
            return type_


def _union(union: ir.Union, kinds: _Kinds, is_needed: _Need) -> ir.Type:
    """A union in which options of one JSON type are a union of their own, if they have to be told apart."""
    objects = tuple(one for one in union.options if "object" in kinds(one))
    arrays = tuple(one for one in union.options if kinds(one) == {"array"})
    made: list[ir.Type] = []
    for options, tags in ((objects, union.tags), (arrays, None)):
        inner = ir.Union(options, tags, is_told_apart=True)
        if options and (tags or (options[1:] and is_needed(ir.Union(options)))):
            made.append(inner)
        else:
            made += options
    if not any(isinstance(one, ir.Union) and one.is_told_apart for one in made):
        return union
    made += (one for one in union.options if one not in objects and one not in arrays)
    return made[0] if len(made) == 1 else ir.Union(tuple(made))


def _errors_of(schema: ir.Schema, most: Mapping[str, int]) -> int:
    """The most errors that a value, or one inside of it, can make."""
    if not schema.is_object:
        return _errors(schema.type, most)
    types = [item.type for item in schema.properties]
    types += [schema.extras] if schema.extras else []
    required = sum(not item.optional for item in schema.properties)
    return max([1, required, *(_errors(one, most) for one in types)])


def _errors(type_: ir.Type, most: Mapping[str, int]) -> int:
    match type_:
        case ir.Named(ident):
            return most.get(ident, 1)
        case ir.Array(item=inner) | ir.Map(value=inner):
            return _errors(inner, most)
        case ir.Tuple(items):
            return max(_errors(item, most) for item in items)
        case ir.Union(options, is_told_apart=is_told_apart):
            found = [_errors(option, most) for option in options]
            return max(found) if is_told_apart else sum(found)
        case _:
            return 1
