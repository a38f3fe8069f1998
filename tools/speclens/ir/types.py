"""Types: of schemas, where they are all that reaches the model generator, and in the signatures of a client."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = str | int | float | bool | None
Constraints = tuple[tuple[str, int | float | str], ...]
"""JSON Schema keywords with their values."""


@dataclass(frozen=True, slots=True)
class AnyType:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Primitive:
    """`name` is string, integer, number, boolean or null. `constraints` are JSON Schema keywords with their numbers.
    `format` is the type of the runtime for strings of a format; a text that has bounds has none."""

    name: str
    constraints: Constraints = ()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Literals:
    """A closed enumeration (JSON Schema `enum`, `const`) of strings, integers, booleans and null."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Constants:
    """A closed enumeration of any values, as JSON texts."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array of one type of items. `constraints` as in Primitive."""

    item: Type
    constraints: Constraints = ()


@dataclass(frozen=True, slots=True)
class Tuple:
    """An array of a fixed number of items, each of its own type."""

    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """An object whose members have any names, or names that match `pattern`, and one type. `constraints` as in Primitive."""

    value: Type
    constraints: Constraints = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Tags:
    """A property whose value names the option to try first (`discriminator`). `default` is the option for all other
    values; "" if that may be any."""

    property: str
    idents: tuple[tuple[str, str], ...]
    default: str = ""


@dataclass(frozen=True, slots=True)
class Union:
    """Any of some types (JSON Schema `oneOf`, `anyOf`, a list of types). With `is_told_apart` the models
    try a value only with options that may accept it, and once with each."""

    options: tuple[Type, ...]
    tags: Tags | None = None
    is_told_apart: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to a schema with a name of its own or, with `is_input`, to an `Input`."""

    ident: str
    is_input: bool = False


Type = AnyType | Primitive | Literals | Constants | Array | Tuple | Map | Union | Named
