"""Reads the text of a pyproject.toml. tomllib takes time and memory that grow with the square of the parts of a dotted key,
so this refuses very long keys first."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_MOST_PARTS = 100

# The four kinds of strings and comments (TOML 1.0), also without an end. Without them only keys and numbers hold dots.
_TEXT = re.compile(
    r"""
    "{3} (?: [^"\\]++ | \\.? | "(?!"") )*+ "{0,5}
    | '{3} (?: [^']++ | '(?!'') )*+ '{0,5}
    | " (?: [^"\\\n]++ | \\[^\n]? )*+ "?
    | ' [^'\n]*+ '?
    | \# [^\n]*+
    """,
    re.VERBOSE | re.DOTALL,
)
_AROUND_KEYS = re.compile(r"[=,{}\[\]\n]")


def parse_toml(text: str) -> dict[str, Any]:
    """The value of a text. Raises ValueError for a fault or a very long key, RecursionError for deep nesting."""
    if any(key.count(".") >= _MOST_PARTS for key in _AROUND_KEYS.split(_TEXT.sub("", text))):
        raise ValueError(f"a key has more than {_MOST_PARTS} parts")
    return tomllib.loads(text)
