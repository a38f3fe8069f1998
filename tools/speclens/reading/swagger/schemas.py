"""Converts the schemas of Swagger 2.0, and the value fields of its parameters and headers, into Schema Objects of OpenAPI
3.0."""

from __future__ import annotations

from collections.abc import Mapping

from speclens.objects.tables import SUBSCHEMAS
from speclens.source.origins import Part, mapping, sequence
from speclens.source.pointer import from_reference, join, to_reference, tokens

Names = Mapping[str, Mapping[str, str]]
"""For each section of components, the names in 3.0 by the names as written."""

SECTIONS = {"definitions": "schemas", "parameters": "parameters", "responses": "responses"}
"""The sections of Swagger 2.0 to which references can lead, and their names in 3.0."""

_BINARY = {"type": "string", "format": "binary"}
_OF_VALUES = frozenset(
    [
        "type",
        "format",
        "items",
        "default",
        "enum",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "x-nullable",
    ]
)

_OF_ENUMS = ("x-enum", "x-fern-enum", "x-speakeasy-enum", "x-ms-enum")
"""How the names of extensions begin that tell of the values of an `enum` (`openapi/enumerations.py`)."""


def converted_reference(text: str, names: Names) -> str:
    """A `$ref` for the converted document. One that names no component stays as written."""
    try:
        path = tokens(from_reference(text) or "")
    except ValueError:
        return text
    if len(path) < 2 or path[1] not in names.get(path[0], {}):
        return text
    name = names[path[0]][path[1]]
    return to_reference(join("#", "components", SECTIONS[path[0]], name, *path[2:]))


def converted_schema(part: Part, names: Names) -> Part:
    """A Schema Object (Swagger 2.0, Schema Object)."""
    if not isinstance(part.value, dict):
        return part
    made: dict[str, Part] = {}
    for keyword, inner in part.fields().items():
        if keyword == "$ref" and isinstance(inner.value, str):
            made[keyword] = inner.at_same_place(converted_reference(inner.value, names))
        elif keyword == "discriminator" and isinstance(inner.value, str):
            made[keyword] = mapping(inner.origin, {"propertyName": inner})
        elif keyword == "x-nullable":
            made["nullable"] = inner
        elif keyword == "type" and inner.value == "file":
            made |= {key: inner.at_same_place(value) for key, value in _BINARY.items()}
        else:
            made[keyword] = _inner(keyword, inner, names)
    return mapping(part.origin, made)


def _inner(keyword: str, part: Part, names: Names) -> Part:
    """The value of a keyword, with converted schemas in it."""
    shape = SUBSCHEMAS[keyword][0] if keyword in SUBSCHEMAS else ""
    if shape == "one":
        return converted_schema(part, names)
    if shape == "list" and isinstance(part.value, list):
        return sequence(part.origin, [converted_schema(item, names) for item in part.items()])
    if shape == "map" and isinstance(part.value, dict):
        made = {name: converted_schema(one, names) for name, one in part.fields().items()}
        return mapping(part.origin, made)
    return part


def schema_of_values(part: Part, names: Names) -> Part:
    """The schema of a parameter's or header's values, from the fields beside `name` and `in`."""
    fields = part.fields().items()
    found = {name: one for name, one in fields if name in _OF_VALUES or name.startswith(_OF_ENUMS)}
    return converted_schema(_items_alike(mapping(part.origin, found)), names)


def _items_alike(part: Part) -> Part:
    """A schema without `collectionFormat` of inner lists, since 3.0 cannot express their style."""
    if "items" not in part.fields():
        return part
    made = part.fields()
    inner = made["items"]
    if isinstance(inner.value, dict):
        kept = {name: one for name, one in inner.fields().items() if name != "collectionFormat"}
        made["items"] = _items_alike(mapping(inner.origin, kept))
    return mapping(part.origin, made)
