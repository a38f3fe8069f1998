"""Checks whether values are within bounds that keywords of JSON Schema give."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from speclens import patterns
from speclens.lower.ground.facts import is_number


def within(value: Any, bounds: Mapping[str, Any]) -> bool:
    """Whether a string or a number is within bounds given as keywords of JSON Schema; a pattern is the engine's."""
    if isinstance(value, str):
        lengths = bounds.get("minLength", 0) <= len(value) <= bounds.get("maxLength", len(value))
        return lengths and _is_found(str(bounds.get("pattern", "")), value)
    if not is_number(value):
        return True
    step = bounds.get("multipleOf", 0)
    return (
        bounds.get("minimum", value) <= value <= bounds.get("maximum", value)
        and not ("exclusiveMinimum" in bounds and value <= bounds["exclusiveMinimum"])
        and not ("exclusiveMaximum" in bounds and value >= bounds["exclusiveMaximum"])
        and (not step or Fraction(str(value)) % Fraction(str(step)) == 0)
    )


def _is_found(source: str, text: str) -> bool:
    search = patterns.compiled(source) if patterns.fits(source, patterns.USUAL) else None
    return search is None or search(text)
