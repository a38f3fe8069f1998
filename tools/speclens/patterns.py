"""Runs the regular expressions of documents (ECMA-262, as JSON Schema Core section 6.4 asks) in time linear in the text.

The toolkit and generated packages use one engine: Rust's regex crate in pydantic-core, which pydantic needs anyway. It
never backtracks, and refuses patterns that compile to more than 10 MiB. This module rewrites syntax to which the engine
gives another meaning than ECMA-262. Syntax that the engine lacks (look-around, references to groups) has no translation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

LARGEST = 10 * 2**20
"""The most bytes to which a pattern may compile. A character of a text may cost a step for each state of the pattern."""
USUAL = 2**19
"""The most bytes to which a pattern may compile if many texts of a document are searched."""
_SMALLER = (2**13, 2**16, USUAL, 2**21)
"""The steps to which `size` rounds up, below LARGEST. Measuring costs no more than compiling to that size."""
_LONGEST = 100_000  # tokens of a pattern
_TOKEN = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[pP]\{[^{}]*\}|.)"
    r"|\(\?(?:[:=!]|<[=!]|<\w+>|-?i[:)])?|\{[0-9]+(?:,[0-9]*)?\}|\{,[0-9]+\}|\[\^?|.",
    re.DOTALL,
)
_SPACE = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NO_SPACE = (
    r"\x00-\x08\x0e-\x1f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e"
    r"\u2060-\u2fff\u3001-\ufefe\uff00-\U0010ffff"
)
_CLASSES = {
    "d": "0-9", "D": r"\x00-/:-\U0010ffff", "w": "A-Za-z0-9_", "W": r"\x00-/:-@\[-\^`\{-\U0010ffff",
    "s": _SPACE, "S": _NO_SPACE,
}  # fmt: skip
_ANY = r"\x00-\U0010ffff"
_PLAIN = {".": r"[^\n\r\u2028\u2029]", "]": r"\]", "{": r"\{", "}": r"\}"}
_STAND_INS: dict[str, str] = {
    **dict.fromkeys(("(?=", "(?!", "(?<=", "(?<!"), "(?:"),
    **dict.fromkeys((*(f"\\{digit}" for digit in range(1, 10)), "\\k"), "(?:)"),
}
_META = frozenset("\\.+*?()|[]{}^$#&-~")
_OPERATORS = frozenset("[&~-")  # in a set


class _Unsaid(ValueError):
    """Syntax that the engine lacks, or that has no meaning in ECMA-262."""


@lru_cache(1024)
def translated(pattern: str) -> str | None:
    """A pattern in the engine's syntax; None if it has no translation, or is too large."""
    return _taken(_source(_tokens(pattern)))


def search(pattern: str) -> Callable[[str], bool] | None:
    """A function that says whether a text has a match of a pattern; None if the pattern has no translation."""
    source = translated(pattern)
    return None if source is None else compiled(source)


@lru_cache(1024)
def is_sound(pattern: str) -> bool:
    """Whether a pattern is a valid regular expression, as far as the engine can tell. Stand-ins replace syntax that the
    engine lacks."""
    return _taken(_stood_in(pattern)) is not None


def weight(pattern: str) -> int:
    """The bytes, rounded up and at most LARGEST, to which a pattern compiles; 0 for an invalid pattern."""
    source = _stood_in(pattern)
    return 0 if source is None else min(size(source), LARGEST)


def _stood_in(pattern: str) -> str | None:
    return _source([_STAND_INS.get(token, token) for token in _tokens(pattern)])


def _tokens(pattern: str) -> list[str]:
    return _TOKEN.findall(pattern[: _LONGEST + 1])


def _source(tokens: list[str]) -> str | None:
    if len(tokens) > _LONGEST:
        return None
    try:
        return "".join(_translated(iter(tokens)))
    except _Unsaid:
        return None


def _taken(source: str | None) -> str | None:
    return source if source is not None and 0 < size(source) <= LARGEST else None


@lru_cache(4096)
def size(source: str) -> int:
    """The bytes, rounded up, to which a pattern in the engine's syntax compiles: more than LARGEST if the engine refuses
    its size, 0 if it is invalid. The function does not keep the compiled pattern."""
    made = _made(source)
    if isinstance(made, str):
        return LARGEST + 1 if "size limit" in made else 0
    return next((size for size in _SMALLER if fits(source, size)), LARGEST)


@lru_cache(1024)
def compiled(source: str) -> Callable[[str], bool] | None:
    """A function that says whether a text has a match of a pattern in the engine's syntax; None if the engine refuses it."""
    made = _made(source)
    return None if isinstance(made, str) else made


def _made(source: str) -> Callable[[str], bool] | str:
    """The search for a pattern, or the error that the engine gives."""
    # Imported here: the import takes an eighth of the start of every command, and few commands need it.
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    try:
        return SchemaValidator(
            core_schema.str_schema(pattern=source, strict=True)
        ).isinstance_python
    except (SchemaError, ValueError) as error:
        return str(error)


@lru_cache(4096)
def fits(source: str, size: int) -> bool:
    """Whether a pattern in the engine's syntax compiles to at most `size` bytes."""
    from jsonschema_rs import (  # the same engine, with this option
        Draft202012Validator,
        RegexOptions,
    )

    options = RegexOptions(size_limit=size)
    try:
        Draft202012Validator({"pattern": source}, pattern_options=options, offline=True)
    except ValueError:
        return False
    return True


def _translated(tokens: Iterator[str]) -> Iterator[str]:
    """The pieces of a pattern for the engine. Raises _Unsaid."""
    repeats = 0
    for token in tokens:
        if token in {"*", "+", "?"} or (token[0] == "{" and token[1:]):
            repeats += 1
            # In other syntaxes `++` is a possessive repetition and `{,2}` a count. ECMA-262 has neither.
            if repeats > 2 or (repeats == 2 and token != "?") or token[1:2] == ",":
                raise _Unsaid(token)
            yield token
            continue
        repeats = 0
        if token in {"[", "[^"}:
            yield _set(tokens, token)
        elif token in {"(?", "(?=", "(?!", "(?<=", "(?<!"}:
            raise _Unsaid(token)
        elif token in {"\\b", "\\B"}:
            yield f"(?-u:{token})"
        elif token[0] == "\\":
            members, is_one = _escaped(token)
            yield members if is_one else f"[{members}]"
        else:
            yield _PLAIN.get(token, token)


def _set(tokens: Iterator[str], opening: str) -> str:
    """A set of characters whose first token was read already. Raises _Unsaid."""
    members: list[tuple[str, bool]] = []
    for token in tokens:
        if token == "]":
            inside = "".join(_joined(members))
            flipped = {"[": "[^", "[^": "["}
            return f"{opening}{inside}]" if inside else f"{flipped[opening]}{_ANY}]"
        if token == "\\b":
            members.append((r"\x08", True))
        elif token[0] == "\\":
            members.append(_escaped(token))
        else:  # tokens of several characters have no meaning in a set
            members += [(char, True) for char in token]
    raise _Unsaid(opening)


def _joined(members: list[tuple[str, bool]]) -> Iterator[str]:
    """The source of the members of a set. Tells ranges from hyphens that stand for themselves."""
    at = 0
    while at < len(members):
        ends = members[at : at + 3 : 2]
        is_range = members[at + 1 : at + 2] == [("-", True)] and len(ends) == 2
        if is_range and all(is_one for _, is_one in ends):
            yield "-".join(_member(text) for text, _ in ends)
            at += 3
        elif is_range:  # `[\w-.]`: ECMA-262, B.1.2.8.1
            yield "".join([_member(ends[0][0]), r"\-", _member(ends[1][0])])
            at += 3
        else:
            yield _member(members[at][0])
            at += 1


def _member(text: str) -> str:
    return f"\\{text}" if text in _OPERATORS else text


def _escaped(token: str) -> tuple[str, bool]:
    """The characters of an escape, as members of a set, and whether that is one character. Raises _Unsaid."""
    name = token[1:]
    if name in _CLASSES:
        return _CLASSES[name], False
    if name[:1] in {"p", "P"} and name[1:]:
        return token, False
    if name[:1] == "u" and name[1:]:
        return _code_point(token), True
    if name[:1] == "c" and name[1:]:
        return f"\\x{ord(name[1]) % 32:02x}", True
    if name in set("tnvfr") or (name[:1] == "x" and name[1:]):
        return token, True
    if name == "0":
        return r"\x00", True
    if not name or (name.isascii() and name.isalnum()):
        raise _Unsaid(token)
    return token if name in _META else name, True


def _code_point(token: str) -> str:
    digits = [part.strip("{}") for part in token.split("\\u")[1:]]
    number = int(digits[0][-9:], 16)
    if len(digits) == 2:
        number = 0x10000 + (number - 0xD800) * 0x400 + int(digits[1], 16) - 0xDC00
    if 0xD800 <= number < 0xE000 or number > 0x10FFFF:
        raise _Unsaid(token)
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"
