"""Regular expressions of the document.

The time of a search grows with the text alone, because the engine does not backtrack.
"""

from __future__ import annotations

from functools import cache

from pydantic_core import SchemaValidator, core_schema


def matches(pattern: str, text: str) -> bool:
    """Whether a part of a text matches a pattern, in the syntax of Rust's regex crate, as in models."""
    return _compiled(pattern).isinstance_python(text)


@cache
def _compiled(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern))
