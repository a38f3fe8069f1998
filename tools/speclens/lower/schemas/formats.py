"""Formats of strings that are Python types in models; all others are `str`, as sent."""

from __future__ import annotations

from speclens.lower.ground.walk import all_schemas
from speclens.source.pointer import JsonObject

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
