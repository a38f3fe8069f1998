"""Which named schemas a package needs, and in which order their code can stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from speclens import ir
from speclens.lower.meet import either


def needed(schemas: Iterable[ir.Schema], roots: Iterable[str]) -> tuple[ir.Schema, ...]:
    """The schemas called so, and all that they are made of."""
    named = {schema.ident: schema for schema in schemas}
    stack, found = [name for name in roots if name in named], set[str]()
    while stack:
        if (name := stack.pop()) not in found:
            found.add(name)
            stack += _parts(named[name])
    return tuple(schema for name, schema in named.items() if name in found)


def untied(schemas: Iterable[ir.Schema]) -> tuple[ir.Schema, ...]:
    """The schemas without aliases that are themselves or something else: they are just something else."""
    named = {schema.ident: schema for schema in schemas}
    direct = {name: _direct(schema, named) for name, schema in named.items()}
    loops = {name for name in direct if name in _reachable(direct, name)}
    return tuple(
        replace(schema, type=either(_without(named, loops, name, set())))
        if name in loops
        else schema
        for name, schema in named.items()
    )


def _direct(schema: ir.Schema, named: Mapping[str, ir.Schema]) -> tuple[str, ...]:
    """The aliases that an alias is, or is one of."""
    return tuple(
        one.ident
        for one in _options(schema)
        if isinstance(one, ir.Named) and not named[one.ident].is_object
    )


def _options(schema: ir.Schema) -> tuple[ir.Type, ...]:
    if schema.is_object:
        return ()
    return schema.type.options if isinstance(schema.type, ir.Union) else (schema.type,)


def _without(
    named: Mapping[str, ir.Schema], loops: set[str], name: str, seen: set[str]
) -> Iterator[ir.Type]:
    """What an alias is besides those that are made of it."""
    seen.add(name)
    for one in _options(named[name]):
        if not isinstance(one, ir.Named) or one.ident not in loops:
            yield one
        elif one.ident not in seen:
            yield from _without(named, loops, one.ident, seen)


def in_order(schemas: Iterable[ir.Schema]) -> tuple[ir.Schema, ...]:
    """Classes by name; then aliases, each after those that it is made of, else by name.

    Python looks up what a class is made of later, but what an alias is made of at once; an alias that is made of itself
    is marked, since it has to be looked up later too.
    """
    named = {schema.ident: schema for schema in schemas}
    aliases = {
        name: _aliases(schema, named) for name, schema in named.items() if not schema.is_object
    }
    recursive = {name for name in aliases if name in _reachable(aliases, name)}
    heights: dict[str, int] = dict.fromkeys(recursive, 0)
    for name in aliases:
        _height(aliases, heights, name)
    return tuple(
        replace(schema, is_recursive=name in recursive)
        for name, schema in sorted(
            named.items(), key=lambda item: (heights.get(item[0], -1), item[0])
        )
    )


def mentioned(type_: ir.Type) -> Iterator[str]:
    """The names in a type."""
    match type_:
        case ir.Named(ident):
            yield ident
        case ir.Array(item=inner) | ir.Map(value=inner):
            yield from mentioned(inner)
        case ir.Union(options=options) | ir.Tuple(options):  # tags name options only
            for option in options:
                yield from mentioned(option)
        case _:
            return


def _parts(schema: ir.Schema) -> list[str]:
    types = [item.type for item in schema.properties] if schema.is_object else [schema.type]
    types += [schema.extras] if schema.extras else []
    return [name for type_ in types for name in mentioned(type_)]


def _aliases(schema: ir.Schema, named: Mapping[str, ir.Schema]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(_parts(schema)) if not named[name].is_object)


def _reachable(graph: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    stack, found = list(graph[start]), set[str]()
    while stack:
        if (name := stack.pop()) not in found:
            found.add(name)
            stack += graph[name]
    return found


def _height(graph: Mapping[str, tuple[str, ...]], heights: dict[str, int], name: str) -> int:
    """How many aliases deep an alias is made of others; those that are made of themselves are known already."""
    if name not in heights:
        heights[name] = 1 + max((_height(graph, heights, part) for part in graph[name]), default=0)
    return heights[name]
