"""Types in the signatures of a client."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from speclens import ir

ANY = ir.AnyType()
TEXT = ir.Primitive("string")
INTEGER = ir.Primitive("integer")
NULL = ir.Primitive("null")
OBJECT = ir.Map(ANY)
BYTES = ir.Primitive("string", format="bytes")
CONTENT = ir.Primitive("string", format="Content")
FILE = ir.Primitive("string", format="FileInput")

# Of strings of a format; text of the format is taken as well.
FORMATS = {
    "date-time": "DateTime",
    "date": "Date",
    "time": "Time",
    "duration": "TimeDelta",
    "uuid": "UUID",
    "decimal": "Decimal",
    "int64": "int",
}
PLAIN = ("string", "integer", "number", "boolean", "null")
OF_VALUES: dict[type, ir.Type] = {
    str: TEXT,
    bool: ir.Primitive("boolean"),
    int: INTEGER,
    float: ir.Primitive("number"),
    type(None): NULL,
    list: ir.Array(ANY),
    dict: OBJECT,
}

_MOST = 32
"""How many lists and maps a type holds at most. Where each schema refers to the one below it twice, each type would be
twice as long as the one below it."""


def enumerated(values: Iterable[Any]) -> ir.Constants:
    """The type of some values. It holds JSON texts, because `1` and `true` are equal in Python; without escapes, because two
    halves of a character would become one."""
    return ir.Constants(tuple(json.dumps(value, ensure_ascii=False) for value in values))


def union(options: Sequence[ir.Type]) -> ir.Type:
    """Alternatives, each once, null last as people write it."""
    if ANY in options:
        return ANY
    distinct = tuple(sorted(dict.fromkeys(options), key=lambda option: option == NULL))
    return distinct[0] if len(distinct) == 1 else ir.Union(distinct)


def short(options: Sequence[ir.Type]) -> list[ir.Type]:
    """Alternatives as they are, or, if they hold too many lists and maps, with lists and maps of anything: a caller may
    give what is accepted, in any case."""
    if sum(isinstance(one, ir.Array | ir.Map) for one in _parts(union(options))) > _MOST:
        options = [_of_anything(option) for option in options]
    return list(dict.fromkeys(options))


def _of_anything(option: ir.Type) -> ir.Type:
    match option:
        case ir.Array():
            return ir.Array(ANY)
        case ir.Map():
            return OBJECT
        case _:
            return option


def inputs_in(type_: ir.Type) -> set[str]:
    """The idents of the inputs in a type."""
    return {one.ident for one in _parts(type_) if isinstance(one, ir.Named) and one.is_input}


def _parts(type_: ir.Type) -> Iterator[ir.Type]:
    """A type in a signature, and all its parts."""
    yield type_
    match type_:
        case ir.Array(inner) | ir.Map(inner):
            yield from _parts(inner)
        case ir.Union(options):
            for option in options:
                yield from _parts(option)
        case _:
            pass
