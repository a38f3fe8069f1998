"""Formats of strings that are Python types in models; all others are `str`, as sent."""

from __future__ import annotations

from typing import Any

from speclens.lower.ground.keywords import implied_types
from speclens.lower.ground.walk import all_schemas
from speclens.objects import declared_types
from speclens.source.pointer import JsonObject, follow, join

PYTHON_TYPES = {
    "date-time": ("JsonDateTime", "datetime.datetime"),
    "date": ("JsonDate", "datetime.date"),
    "time": ("JsonTime", "datetime.time"),
    "duration": ("JsonDuration", "datetime.timedelta"),
    "uuid": ("JsonUUID", "uuid.UUID"),
    "byte": ("JsonBase64", "bytes"),
    "binary": ("JsonBinary", "bytes"),
    "decimal": ("JsonDecimal", "decimal.Decimal"),
    "int64": ("JsonInt", "int"),
}
"""By format the type of `_formats.py` that fields are annotated with, and the Python type that it stands for."""

_BOUNDS = frozenset({"minLength", "maxLength", "pattern", "enum", "const"})


def format_of(schema: JsonObject) -> str:
    """The format of the strings of a schema where that makes them another type; "" where they are `str`, as all of which
    a length, a pattern or the values are said."""
    name = schema.get("format")
    is_typed = isinstance(name, str) and name in PYTHON_TYPES and not schema.keys() & _BOUNDS
    return str(name) if is_typed else ""


def annotation(schema: JsonObject) -> str:
    """The type of `_formats.py` for the strings of a schema; "" for `str`."""
    return PYTHON_TYPES[name][0] if (name := format_of(schema)) else ""


def has_datetimes(document: JsonObject) -> bool:
    """Whether some strings of a document are datetimes."""
    return any(
        isinstance(one, dict) and format_of(one) == "date-time" for _, one in all_schemas(document)
    )


def are_all(
    name: str, document: JsonObject, pointer: str, schema: Any, above: frozenset[str] = frozenset()
) -> bool:
    """Whether texts of a format are all that a schema accepts, by itself or in a list or a map: a caller may give integers
    (`int64`) or bytes (`byte`) for them. `above` has the places that lead here."""
    place, target = follow(document, pointer, schema)
    if not isinstance(target, dict) or place in above:
        return False
    above |= {place}
    for keyword in ("anyOf", "oneOf"):
        if branches := target.get(keyword):
            places = ((join(place, keyword, index), one) for index, one in enumerate(branches))
            told = (pair for pair in places if not _is_null(pair[1]))
            return all(are_all(name, document, *pair, above) for pair in told)
    kinds = {*(declared_types(target) or implied_types(target))} - {"null"}
    for kind, keyword in (("array", "items"), ("object", "additionalProperties")):
        if kinds == {kind} and keyword in target and not target.get("properties"):
            return are_all(name, document, join(place, keyword), target[keyword], above)
    return kinds == {"string"} and format_of(target) == name


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and declared_types(schema) == ["null"]
