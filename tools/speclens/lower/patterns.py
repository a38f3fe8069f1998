"""The regular expressions of `pattern` (ECMA-262, JSON Schema Validation section 6.3.3) for the engines that run them.

`\\d`, `\\w` and `\\b` are ASCII there, and `$` is the very end.
"""

from __future__ import annotations

import re
import warnings
from collections import deque

_LONGEST = 100  # pattern that a text is guessed of
_MOST_CHARACTERS = 1000  # of it
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:)?|\{\d+(?:,\d*)?\}|.", re.DOTALL
)
_ESCAPED = {"d": "0", "w": "a", "s": " ", "b": "", "B": "", "D": "a", "W": " ", "S": "a"}
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


def likely(pattern: str) -> str:
    """A text that a pattern may well match: its first way, with as little as may be. A guess, for plain patterns."""
    return _first(deque(_TOKEN.findall(pattern))) if len(pattern) <= _LONGEST else ""


def _first(tokens: deque[str]) -> str:
    """The first of the alternatives up to the end of a group, all of which are taken off."""
    first = _sequence(tokens)
    while tokens and tokens[0] == "|":
        tokens.popleft()
        _sequence(tokens)
    return first


def _sequence(tokens: deque[str]) -> str:
    text = ""
    while tokens and tokens[0] not in {"|", ")"}:
        atom = _atom(tokens.popleft(), tokens)
        text = (text + atom * _fewest(tokens))[:_MOST_CHARACTERS]
    return text


def _atom(token: str, tokens: deque[str]) -> str:
    if token[0] == "(":
        inner = _first(tokens)
        if tokens:
            tokens.popleft()
        return "" if token[-1] in "=!" else inner
    if token[0] == "[" and token[1:]:
        members = _TOKEN.findall(token[1:-1])
        return "a" if token[1] == "^" or not members else _atom(members[0], deque())
    if token[0] == "\\" and token[1:]:
        return _ESCAPED.get(token[1], token[1])
    return {"^": "", "$": "", ".": "a"}.get(token, token)


def _fewest(tokens: deque[str]) -> int:
    """How often what stands before is there at least."""
    is_counted = bool(tokens) and (
        tokens[0] in {"*", "+", "?"} or tokens[0][:1] == "{" != tokens[0]
    )
    if not is_counted:
        return 1
    quantifier = tokens.popleft()
    if tokens and tokens[0] == "?":
        tokens.popleft()
    if quantifier[1:]:
        return min(int(re.split("[,}]", quantifier[1:])[0]), _MOST_CHARACTERS)
    return 1 if quantifier == "+" else 0
