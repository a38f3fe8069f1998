"""Types in the signatures of a client, also those of schemas that lead to themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from speclens import ir
from speclens.lower.ground.facts import is_literal
from speclens.lower.ground.groups import groups
from speclens.lower.ground.walk import subschemas
from speclens.source.pointer import JsonObject, follow, join

ANY = ir.AnyType()
TEXT = ir.Primitive("string")
INTEGER = ir.Primitive("integer")
NULL = ir.Primitive("null")
OBJECT = ir.Map(ANY)
BYTES = ir.Primitive("string", format="bytes")
CONTENT = ir.Primitive("string", format="Content")
OMIT = ir.Named("Omit", is_input=True)
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
    "byte": "bytes",
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


def can_stand(value: Any, options: Iterable[ir.Type]) -> bool:
    """Whether a value can stand in a signature as the default of an argument of these types."""
    for option in options:
        match option:
            case ir.AnyType():
                return is_literal(value)
            case ir.Constants(texts):
                if json.dumps(value, ensure_ascii=False) in texts:
                    return True
            case ir.Primitive(name, format=""):
                if OF_VALUES.get(type(value)) == ir.Primitive(name):
                    return True
            case _:
                pass
    return False


# Circles

_LED_BY = frozenset(("additionalProperties", "allOf", "anyOf", "items", "oneOf"))
_MOST_FOUND = 100
"""How many findings one way through a circle takes at most."""

Question = tuple[str, str]
"""The place of a schema, and what is asked of it."""


@dataclass(slots=True)
class Circles:
    """Findings on the schemas of a document, each found once; but in a circle, where it is found anew for each schema by
    which a way enters the circle: so a finding never depends on what was asked before. What leads back counts as
    `unknown`."""

    document: JsonObject
    unknown: list[ir.Type]
    known: dict[Question, list[ir.Type]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of circles, by the places in them
    here: str = ""  # the circle that the way is in
    within: dict[Question, list[ir.Type]] = field(
        default_factory=dict
    )  # what was found on the way in it

    def find(self, part: Question, schema: Any, find: Callable[[], list[ir.Type]]) -> list[ir.Type]:
        """What was found of a part, else what the function finds, which may ask for others."""
        if part[0] not in self.names:
            self._explore(part[0], schema)
        if self.names[part[0]] == self.here:
            if part not in self.within:
                self.within[part] = self.unknown
                self.within[part] = find() if len(self.within) <= _MOST_FOUND else self.unknown
            return self.within[part]
        if part not in self.known:
            outer = self.here, self.within
            self.here, self.within = self.names[part[0]], {part: self.unknown}
            self.known[part] = find()
            self.here, self.within = outer
        return self.known[part]

    def _explore(self, place: str, schema: Any) -> None:
        """Names the circles that a place leads to. What is in no circle is one by itself."""
        graph: dict[str, list[str]] = {}
        waiting = [(place, schema)]
        while waiting:
            here, one = waiting.pop()
            if here in graph or here in self.names:
                continue
            led = [
                follow(self.document, join(here, *path), inner)
                for path, inner in subschemas(one)
                if path[0] in _LED_BY
            ]
            graph[here] = [to for to, _ in led if to not in self.names]
            waiting += led
        for group in groups(graph):
            self.names |= dict.fromkeys(group, group[0])


def needed_inputs(
    inputs: tuple[ir.Input, ...], operations: Iterable[ir.Operation]
) -> tuple[ir.Input, ...]:
    """Those of some inputs that arguments of operations are made of."""
    found = {
        name
        for one in operations
        for argument in one.arguments
        for name in inputs_in(argument.type)
    }
    for one in reversed(inputs):  # each after those that it is made of
        if one.ident in found:
            found.update(inputs_in(one.type))
    return tuple(one for one in inputs if one.ident in found)
