"""Which named schemas a package needs, and in which order their code can stand.

Long chains of classes are built when `models` is imported, leaves first: pydantic builds a class within those that use it,
and Python's stack has an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from speclens import ir
from speclens.lower.ground.groups import groups
from speclens.lower.schemas.meet import either
from speclens.problems import Finding

_AT_ONCE = 20  # classes that are built within each other
_CIRCLE = 1_000  # classes that are all made of each other
_CHAINED = 50  # aliases of which each is made of the next
_WRITTEN = 200  # aliases that are written out where one is used


def needed(schemas: Iterable[ir.Schema], roots: Iterable[str]) -> tuple[ir.Schema, ...]:
    """The schemas called so, and all that they are made of."""
    named = {schema.ident: schema for schema in schemas}
    stack, found = [name for name in roots if name in named], set[str]()
    while stack:
        if (name := stack.pop()) not in found:
            found.add(name)
            stack += parts(named[name])
    return tuple(schema for name, schema in named.items() if name in found)


def untied(schemas: Iterable[ir.Schema]) -> tuple[ir.Schema, ...]:
    """The schemas without aliases that are themselves or something else: they are just something else."""
    named = {schema.ident: schema for schema in schemas}
    direct = {name: _direct(schema, named) for name, schema in named.items()}
    loops = _circular(direct)
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
    is marked, since it has to be looked up later too. So is one that would be too long written out: pydantic builds it
    once, and not for each use.
    """
    named = {schema.ident: schema for schema in schemas}
    aliases = {
        name: _aliases(schema, named) for name, schema in named.items() if not schema.is_object
    }
    lazy, heights = _long(aliases, named), _heights(aliases)
    circles = {name for group in _circles(named) for name in group}
    return tuple(
        replace(schema, is_lazy=name in lazy, is_circular=name in circles)
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


def parts(schema: ir.Schema) -> list[str]:
    """The names of what a schema is made of."""
    types = [item.type for item in schema.properties] if schema.is_object else [schema.type]
    types += [schema.extras] if schema.extras else []
    return [name for type_ in types for name in mentioned(type_)]


def _aliases(schema: ir.Schema, named: Mapping[str, ir.Schema]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(parts(schema)) if not named[name].is_object)


def _circular(graph: Mapping[str, Iterable[str]]) -> set[str]:
    """The names that lead to themselves."""
    return {name for group in groups(graph) for name in group if group[1:] or name in graph[name]}


def _long(graph: Mapping[str, tuple[str, ...]], named: Mapping[str, ir.Schema]) -> set[str]:
    """The aliases that have no end written out, or one too far off: each that they are made of counts as often as it is
    met, since unions of two others, and these of two others, double with each level."""
    found = _circular(graph)
    lengths = dict.fromkeys(found, 1)
    for (name,) in (group for group in groups(graph) if not group[1:]):
        length = 1 + _length(named[name].type, lengths)
        if length > _WRITTEN:
            found.add(name)
        lengths.setdefault(name, 1 if name in found else length)
    return found


def _length(type_: ir.Type, lengths: Mapping[str, int]) -> int:
    """How many aliases a type is made of, written out."""
    match type_:
        case ir.Named(ident):
            return lengths.get(ident, 0)
        case ir.Array(item=inner) | ir.Map(value=inner):
            return _length(inner, lengths)
        case ir.Tuple(options):
            return sum(_length(option, lengths) for option in options)
        case ir.Union(options=options, is_told_apart=is_told_apart):  # which are built twice
            return (1 + is_told_apart) * sum(_length(option, lengths) for option in options)
        case _:
            return 0


def _heights(graph: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many aliases deep an alias is made of others; those that are made of themselves are at the bottom."""
    heights = dict.fromkeys(_circular(graph), 0)
    for (name,) in (group for group in groups(graph) if not group[1:]):
        heights.setdefault(name, 1 + max((heights[part] for part in graph[name]), default=0))
    return heights


def _circles(named: Mapping[str, ir.Schema]) -> list[list[str]]:
    """The classes that are made of each other, where there are many."""
    graph = {name: parts(schema) for name, schema in named.items()}
    found = ([name for name in group if named[name].is_object] for group in groups(graph))
    return [circle for circle in found if len(circle) > _AT_ONCE]


def built(schemas: Iterable[ir.Schema]) -> tuple[str, ...]:
    """Classes that are to be built first, in this order: pydantic builds what a class is made of within it, and Python's
    stack has an end."""
    named = {schema.ident: schema for schema in schemas}
    graph = {name: parts(schema) for name, schema in named.items()}
    depths: dict[str, int] = {}
    found: list[str] = []
    for group in groups(graph):
        own = len(group) if len(group) <= _AT_ONCE else 1  # a larger circle sees to itself
        depth = own + max(
            (depths.get(part, 0) for name in group for part in graph[name]), default=0
        )
        if depth >= _AT_ONCE and named[group[0]].is_object and not group[1:]:
            found.append(group[0])
            depth = 0
        depths |= dict.fromkeys(group, depth)
    return tuple(found)


def too_deep_to_build(schemas: Iterable[ir.Schema]) -> tuple[Finding, ...]:
    """What would be more than Python's stack holds when it is built."""
    named = {schema.ident: schema for schema in schemas}
    large = [circle for circle in _circles(named) if len(circle) > _CIRCLE]
    graph = {name: _aliases(one, named) for name, one in named.items() if not one.is_object}
    depths, deep = dict[str, int](), list[str]()
    for group in groups(graph):
        below = max((depths.get(part, 0) for name in group for part in graph[name]), default=0)
        depth = below + (not isinstance(named[group[0]].type, ir.Named))
        depths |= dict.fromkeys(group, depth)
        deep += group[:1] if below == _CHAINED < depth else ()
    circle = f"{{}} schemas that are made of each other; there may be {_CIRCLE:,}"
    chain = f"arrays, maps or unions of each other, more than {_CHAINED} deep"
    told = [(circle.format(f"{len(one):,}"), one[0]) for one in large] + [
        (chain, name) for name in deep
    ]
    hint = "take one of them apart, or make one an object"
    return tuple(Finding("source/depth", named[name].pointer, what, hint) for what, name in told)
