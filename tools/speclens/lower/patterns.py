"""The regular expressions of `pattern` (ECMA-262, JSON Schema Validation section 6.3.3) for the engines that run them.

`\\d`, `\\w` and `\\b` are ASCII there, and `$` is the very end.
"""

from __future__ import annotations

import re
import warnings

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_"}


def for_python(pattern: str) -> str | None:
    """The pattern for `re`; None if it cannot be said there."""
    source = re.sub(r"(\\.)|\$", lambda match: match.group(1) or r"\Z", pattern, flags=re.DOTALL)
    source = f"(?a:{source})" if re.search(r"\\[dwsbDWSB]", source) else source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a set in a set: not what ECMA-262 says
            re.compile(source)
    except (re.error, RecursionError, OverflowError, FutureWarning):
        return None
    return source


def for_pydantic(pattern: str) -> str | None:
    """The pattern for pydantic's own engine (Rust's regex crate); None if it cannot be said there."""
    # Imported here: it is an eighth of what every command takes to start, and few need it.
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    source = _ascii(pattern)
    try:
        SchemaValidator(core_schema.str_schema(pattern=source))
    except (SchemaError, ValueError):
        return None
    return source


def _ascii(pattern: str) -> str:
    """The pattern with its digits and word characters spelled out."""
    parts: list[str] = []
    in_class = False
    for token in re.findall(r"\\.|.|\n", pattern, re.DOTALL):
        if token[0] == "\\" and token[1:] in _CLASSES:
            members = _CLASSES[token[1:]]
            parts.append(members if in_class else f"[{members}]")
            continue
        in_class = token == "[" or (in_class and token != "]")
        parts.append(token)
    return "".join(parts)
