"""What two types have in common: the type of an `allOf`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from speclens import ir
from speclens.lower.ground import facts
from speclens.lower.ground.bounds import within

Resolve = Callable[[ir.Named], ir.Type | None]
"""What an alias stands for; None for a class."""


class TooMany(Exception):
    """More options of unions than a document may compare with each other."""


@dataclass(frozen=True, slots=True)
class Means:
    """What aliases stand for, and what pays for so many options of a union. It raises TooMany: what was left out of a
    union would be refused."""

    resolve: Resolve
    pay: Callable[[int], None]


_TYPE_OF_KIND = {"integer": "integer", "fraction": "number"}
_HIGHEST = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties")
_LOWEST = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties")


def meet(a: ir.Type, b: ir.Type, means: Means) -> ir.Type | None:
    """The type of the values that are of both; None where no type says so. Raises TooMany."""
    if a == b or isinstance(b, ir.AnyType):
        return a
    if isinstance(a, ir.AnyType):
        return b
    if isinstance(a, ir.Union):
        return _among(a, b, means)
    if isinstance(b, ir.Union):
        return _among(b, a, means)
    if isinstance(a, ir.Named) or isinstance(b, ir.Named):
        return _named(a, b, means)
    return _plain(a, b, means)


def either(options: Iterable[ir.Type]) -> ir.Type:
    """The type of what is of any of some types, each once; a union inside is taken apart, unless its tags matter."""
    flat = [
        part
        for one in options
        for part in (one.options if isinstance(one, ir.Union) and one.tags is None else (one,))
    ]
    if any(isinstance(one, ir.Primitive) and one.name in {"integer", "number"} for one in flat):
        flat = [_as_text(one) for one in flat]
    distinct = tuple(dict.fromkeys(flat))
    if not distinct or any(isinstance(option, ir.AnyType) for option in distinct):
        return ir.AnyType()
    return distinct[0] if len(distinct) == 1 else ir.Union(distinct)


def _as_text(one: ir.Type) -> ir.Type:
    """Beside numbers, a text of an integer stays a text: as Python's integers, the two could not be told apart."""
    is_integer = isinstance(one, ir.Primitive) and one.format == "JsonInt"
    return replace(one, format="") if isinstance(one, ir.Primitive) and is_integer else one


def kinds_of(type_: ir.Type, resolve: Resolve) -> tuple[str, ...]:
    """The JSON types of the values of a type; () where they may be any."""
    match type_:
        case ir.AnyType():
            return ()
        case ir.Primitive(name):
            return (name,)
        case ir.Array() | ir.Tuple():
            return ("array",)
        case ir.Map():
            return ("object",)
        case ir.Literals(values):
            return tuple(dict.fromkeys(_kind(value) for value in values))
        case ir.Constants(texts):
            return tuple(dict.fromkeys(_kind(json.loads(text)) for text in texts))
        case ir.Union(options):
            found = [kinds_of(option, resolve) for option in options]
            return (
                tuple(dict.fromkeys(kind for kinds in found for kind in kinds))
                if all(found)
                else ()
            )
        case ir.Named():
            inner = resolve(type_)
            return ("object",) if inner is None else kinds_of(inner, resolve)


def _kind(value: Any) -> str:
    kind = facts.json_type(value)
    return _TYPE_OF_KIND.get(kind, kind)


def _among(union: ir.Union, other: ir.Type, means: Means) -> ir.Type | None:
    """Of some types what each has in common with another one, without those that have nothing."""
    means.pay(len(union.options))
    options = [found for one in union.options if (found := meet(one, other, means)) is not None]
    if tuple(options) == union.options:
        return union
    return either(options) if options else None


def _named(a: ir.Type, b: ir.Type, means: Means) -> ir.Type | None:
    """A class has in common with any object itself; an alias is what it stands for."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, ir.Named):
            inner = means.resolve(one)
            if inner is None and other == ir.Map(ir.AnyType()):
                return one
            if inner is not None:
                found = meet(inner, other, means)
                return one if found == inner else found
    return None


def _plain(a: ir.Type, b: ir.Type, means: Means) -> ir.Type | None:
    match a, b:
        case ((ir.Literals() | ir.Constants()), _):
            return _enumerated(a, b)
        case _, (ir.Literals() | ir.Constants()):
            return _enumerated(b, a)
        case ir.Primitive(), ir.Primitive():
            return _primitive(a, b)
        case (ir.Tuple(), ir.Array()) if b == ir.Array(ir.AnyType()):
            return a
        case (ir.Array(), ir.Tuple()) if a == ir.Array(ir.AnyType()):
            return b
        case ir.Array(), ir.Array():
            item = meet(a.item, b.item, means)
            constraints = _both(a.constraints, b.constraints)
            return None if item is None or constraints is None else ir.Array(item, constraints)
        case ir.Map(), ir.Map():
            value = meet(a.value, b.value, means)
            constraints = _both(a.constraints, b.constraints)
            if value is None or constraints is None or (a.pattern and b.pattern):
                return None
            return ir.Map(value, constraints, a.pattern or b.pattern)
    return None


def _values(type_: ir.Type) -> list[Any] | None:
    """The values of an enumeration."""
    match type_:
        case ir.Literals(values):
            return [*values]
        case ir.Constants(texts):
            return [json.loads(text) for text in texts]
        case _:
            return None


def _enumerated(a: ir.Literals | ir.Constants, b: ir.Type) -> ir.Type | None:
    """The values of an enumeration that are of another type, as far as its name and bounds say."""
    values, others = _values(a) or [], _values(b)
    known = {facts.identity(other) for other in others or ()}
    kept = [
        place
        for place, value in enumerate(values)
        if (_is_of(value, b) if others is None else facts.identity(value) in known)
    ]
    if not kept:
        return None
    if isinstance(a, ir.Literals):
        return ir.Literals(tuple(a.values[place] for place in kept))
    return ir.Constants(tuple(a.texts[place] for place in kept))


def _is_of(value: Any, type_: ir.Type) -> bool:
    kind = facts.json_type(value)
    match type_:
        case ir.Primitive("number", constraints):
            return kind in ("integer", "fraction") and within(value, dict(constraints))
        case ir.Primitive(name, constraints):
            return kind == name and within(value, dict(constraints))
        case ir.Array() | ir.Tuple():
            return kind == "array"
        case ir.Map():
            return kind == "object"
        case _:
            return False


def _primitive(a: ir.Primitive, b: ir.Primitive) -> ir.Type | None:
    names = {a.name, b.name}
    if len(names) > 1 and names != {"integer", "number"}:
        return None
    constraints = _both(a.constraints, b.constraints)
    name = "integer" if len(names) > 1 else a.name
    if constraints is None:
        return None
    formats = {a.format, b.format} - {""}
    return ir.Primitive(
        name, constraints, formats.pop() if len(formats) == 1 and not constraints else ""
    )


def _both(a: ir.Constraints, b: ir.Constraints) -> ir.Constraints | None:
    """The bounds that hold where both do; None where no one keyword says so."""
    found: dict[str, Any] = dict(a)
    for keyword, value in b:
        before = found.setdefault(keyword, value)
        if before == value:
            continue
        if keyword in _HIGHEST:
            found[keyword] = max(before, value)
        elif keyword in _LOWEST:
            found[keyword] = min(before, value)
        elif keyword == "uniqueItems":
            found[keyword] = before or value
        elif keyword == "multipleOf" and before % value == 0:
            pass
        elif keyword == "multipleOf" and value % before == 0:
            found[keyword] = value
        else:
            return None
    return tuple(found.items())
