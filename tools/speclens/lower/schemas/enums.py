"""Enumerations that become classes: those of at least two strings, or of at least two integers, besides null.

An enumeration of one value is a constant, and stays a `Literal`; so does an inline one by which a discriminator tells branches
apart, and one of other values or of values of several types.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens import ir, names
from speclens.literals import docstring, literal
from speclens.lower.ground import composed
from speclens.lower.ground.discriminators import property_of
from speclens.lower.ground.facts import json_type, types_of
from speclens.lower.ground.view import View
from speclens.lower.ground.walk import all_schemas
from speclens.lower.schemas.markup import plain_text
from speclens.objects import OR_NULL
from speclens.openapi.enumerations import enum_values, value_text
from speclens.source.pointer import JsonObject, follow, join

_BESIDE = frozenset({"$ref", "allOf", "anyOf", "oneOf", "const", "not", "if"})
"""Keywords beside which an enumeration is not all that a schema says."""
_WIDTH = 92  # of lines that are indented by four


def is_enum(schema: Any) -> bool:
    """Whether a schema is an enumeration that becomes a class."""
    if not isinstance(schema, dict) or not isinstance(schema.get("enum"), list):
        return False
    if schema.keys() & _BESIDE:
        return False
    values = [value for value in _values(schema) if value is not None]
    kinds = {json_type(value) for value in values}
    return len(kinds) == 1 and kinds <= {"string", "integer"} and len({*values}) > 1


def has_null(schema: JsonObject) -> bool:
    """Whether null is a value of an enumeration too."""
    return schema.get(OR_NULL) is True or ("enum" in schema and None in _values(schema))


def _values(schema: JsonObject) -> list[Any]:
    """The values of an enumeration that are of its `type`."""
    values: list[Any] = schema["enum"]
    if "type" not in schema:
        return values
    kinds = types_of({}, {"type": schema["type"]})
    return [value for value in values if json_type(value) in kinds]


def enum_members(schema: JsonObject, type_: ir.Type) -> tuple[ir.EnumMember, ...]:
    """The members of the class of an enumeration, whose type is this; none if it is not what its values say."""
    if not isinstance(type_, ir.Literals):
        return ()
    told = {value_text(_whole(one.value)): one for one in reversed(enum_values(schema))}
    texts = {value_text(value): value for value in type_.values}
    given = {text: told[text].name for text in texts if text in told}
    idents = names.distinct(texts, names.member, given)
    return tuple(
        ir.EnumMember(
            ident=idents[text],
            literal=literal(value),
            doc=docstring(plain_text(told[text].doc), _WIDTH)
            if text in told and told[text].doc
            else "",
        )
        for text, value in texts.items()
    )


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def inline_enums(view: View) -> dict[str, str]:
    """The places of enumerations that are no components, each with the place that the class is named after: the class of a
    schema that was copied is that of the first copy, or of the schema itself."""
    kept = frozenset(_tags(view.document))
    found: dict[str, list[str]] = {}
    for pointer, schema in all_schemas(view.document):
        is_component = pointer.startswith("#/components/schemas/") and pointer.count("/") == 3
        if not is_component and pointer not in kept and is_enum(schema):
            found.setdefault(view.origin(pointer), []).append(pointer)
    return {
        pointer: origin if origin in places else places[0]
        for origin, places in found.items()
        for pointer in places
    }


def _tags(document: JsonObject) -> Iterator[str]:
    """The places of the properties by which discriminators tell branches apart."""
    for pointer, schema in all_schemas(document):
        name = property_of(schema) if isinstance(schema, dict) else None
        if name is None:
            continue
        owners = [(pointer, schema)]
        for keyword in ("oneOf", "anyOf"):
            branches = schema.get(keyword)
            for index, branch in enumerate(branches if isinstance(branches, list) else ()):
                owners.append(follow(document, join(pointer, keyword, index), branch))
        for place, owner in owners:
            if name in (known := composed.properties(document, place, owner)):
                yield known[name][0]
