"""The names and the descriptions that extensions give to the values of an enumeration.

`x-enum-varnames` and `x-enum-descriptions` (OpenAPI Generator), `x-enumNames` (NSwag), `x-enumDescriptions` (Redoc),
`x-fern-enum`, `x-speakeasy-enums`, `x-speakeasy-enum-descriptions` and `x-ms-enum` (AutoRest) are known. Each is a list in the
order of the values, or an object by value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FERN = "x-fern-enum"
_MICROSOFT = "x-ms-enum"
_NAMES = (FERN, "x-speakeasy-enums", "x-enum-varnames", "x-enumNames", _MICROSOFT)
_DOCS = (
    FERN,
    "x-speakeasy-enum-descriptions",
    "x-enum-descriptions",
    "x-enumDescriptions",
    _MICROSOFT,
)


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A value of an enumeration, with the name and the description that extensions give it, or ""."""

    value: Any
    name: str
    doc: str


def enum_values(schema: Any) -> tuple[EnumValue, ...]:
    """The values of the `enum` of a schema, in order; none if it has no `enum`."""
    values = schema.get("enum") if isinstance(schema, dict) else None
    if not isinstance(values, list):
        return ()
    names = _first(_told(schema, key, values, "name") for key in _NAMES)
    docs = _first(_told(schema, key, values, "description") for key in _DOCS)
    texts = map(value_text, values)
    return tuple(
        EnumValue(value, names.get(text, ""), docs.get(text, ""))
        for value, text in zip(values, texts, strict=True)
    )


def value_text(value: Any) -> str:
    """A value as the keys of these extensions write it: a string as it is, any other value as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _told(
    schema: Mapping[str, Any], key: str, values: Sequence[Any], member: str
) -> Iterator[tuple[str, str]]:
    """What an extension says of values: pairs of their texts and of a text. `member` has it where there is more."""
    said = schema.get(key)
    pairs: Iterator[tuple[str, Any]] = iter(())
    if key == _MICROSOFT:
        listed = said.get("values") if isinstance(said, dict) else None
        entries = (
            [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        )
        pairs = ((value_text(one.get("value")), one) for one in entries)
    elif isinstance(said, dict):
        pairs = iter(said.items())
    elif isinstance(said, list):
        pairs = zip(map(value_text, values), said, strict=False)
    for text, one in pairs:
        found = one.get(member) if isinstance(one, dict) else one
        if isinstance(found, str) and found.strip():
            yield text, found.strip()


def _first(tables: Iterator[Iterator[tuple[str, str]]]) -> dict[str, str]:
    """What the first of some tables says of each value."""
    found: dict[str, str] = {}
    for table in tables:
        found = {**dict(table), **found}
    return found
