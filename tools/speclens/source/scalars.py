"""Resolves plain YAML scalars by the core schema (YAML 1.2.2, section 10.3.2)."""

from __future__ import annotations

import math
import re
import sys

from speclens.source.faults import MAX_DIGITS

YamlScalar = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_START = frozenset("0123456789+-.")


def resolve_scalar(text: str) -> YamlScalar:
    """The value of a plain scalar. Raises ValueError for a number that is not a finite double."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.fullmatch(text):
        return integer(text)
    if _FLOAT.fullmatch(text):
        return finite(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(text)
    return text


def finite(text: str) -> float:
    """A float literal's value. Raises ValueError if it is not finite."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def integer(text: str) -> int:
    """An integer literal's value. Raises ValueError if it exceeds doubles."""
    if len(text) > MAX_DIGITS:
        raise ValueError(text)
    value = int(text, 0) if text[1:2] in ("o", "x") else int(text)
    if value.bit_length() > sys.float_info.max_exp:
        raise ValueError(text)
    return value
