"""Schemas: what becomes models."""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir.types import Literals, Type
from speclens.literals import literal


@dataclass(frozen=True, slots=True)
class Property:
    """A member of an object schema. `optional` means that it may be left out; null is a value like any other."""

    name: str
    ident: str
    pointer: str
    type: Type
    doc: str
    optional: bool
    alias: str  # literal of the wire name where it is not the identifier, else ""
    annotation: str = ""  # of the value; filled in by `models`


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A member of the class of an enumeration."""

    ident: str
    literal: str
    doc: str


@dataclass(frozen=True, slots=True)
class Schema:
    """A named schema. An object has `properties` and becomes a class; anything else has `type` and becomes an alias, or a
    class of `enum` if it has `members`."""

    name: str
    ident: str
    pointer: str
    place: str  # the pointer, safe in Markdown
    doc: str
    is_object: bool
    properties: tuple[Property, ...]
    closed: bool  # additionalProperties: false
    type: Type
    extras: Type | None = None  # of members that are no properties, where a type is said
    extra_annotation: str = ""  # of these; filled in by `models`
    file: tuple[tuple[str, str], ...] = ()  # of an object that is a file: roles, and idents
    members: tuple[EnumMember, ...] = ()  # of an enumeration that is a class
    is_headers: bool = False  # those of the answers of an operation
    is_made: bool = False  # it says more than what stands at its place alone
    is_lazy: bool = False  # an alias that is made of itself, or would be too long written out
    is_circular: bool = False  # one of many classes that are all made of each other
    annotation: str = ""  # of an alias; filled in by `models`

    @property
    def enum_base(self) -> str:
        """The class of the runtime that the class of an enumeration has as its base."""
        is_text = isinstance(self.type, Literals) and isinstance(self.type.values[0], str)
        return "TextEnum" if is_text else "IntegerEnum"

    @property
    def file_arguments(self) -> str:
        """The keyword arguments of the runtime's FileModel."""
        return ", ".join(f"{role}={literal(ident)}" for role, ident in self.file)
