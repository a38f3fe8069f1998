"""Regular expressions of the document, searched in time that grows with the text alone: nothing is tried twice."""

from __future__ import annotations

from functools import cache

from pydantic_core import SchemaValidator, core_schema


def matches(pattern: str, text: str) -> bool:
    """Whether some part of a text is as a pattern says, in the syntax of Rust's regex crate, as in models."""
    return _compiled(pattern).isinstance_python(text)


@cache
def _compiled(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern))
