"""Texts that a pattern may well match, for examples and for `speclens verify`."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from functools import lru_cache

from speclens import patterns

_LONGEST = 1000  # pattern that a text is guessed of
_DEEPEST = 50  # groups of it
_MOST_CHARACTERS = 1000  # of the text
_MORE = 3  # how often something is repeated beyond what it must be
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:)?|\{\d+(?:,\d*)?\}|.", re.DOTALL
)
_ESCAPED = {"d": "0", "w": "a", "s": " ", "b": "", "B": "", "D": "a", "W": " ", "S": "a"}
_ALPHABET = "aZ9_ -.,:;/@+!~\t\n\u00e4\u00df\u0437\u4e2d\u2028\U0001f600"

Pick = Callable[[int], int]
"""One of so many ways, by its number; the first is the shortest."""


def text_of(pattern: str, pick: Pick = lambda count: 0) -> str:
    """A text that a pattern may well match: by default its first way, with as little as may be. A guess, for plain
    patterns; "" for long ones."""
    is_plain = len(pattern) <= _LONGEST and pattern.count("(") <= _DEEPEST
    return _first(deque(_TOKEN.findall(pattern)), pick) if is_plain else ""


def _first(tokens: deque[str], pick: Pick) -> str:
    """One of the alternatives up to the end of a group, all of which are taken off."""
    found = [_sequence(tokens, pick)]
    while tokens and tokens[0] == "|":
        tokens.popleft()
        found.append(_sequence(tokens, pick))
    return found[pick(len(found))]


def _sequence(tokens: deque[str], pick: Pick) -> str:
    text = ""
    while tokens and tokens[0] not in {"|", ")"}:
        atom = _atom(tokens.popleft(), tokens, pick)
        least, most = _counts(tokens)
        text = (text + atom * (least + pick(most - least + 1)))[:_MOST_CHARACTERS]
    return text


def _atom(token: str, tokens: deque[str], pick: Pick) -> str:
    if token[0] == "(":
        inner = _first(tokens, pick)
        if tokens:
            tokens.popleft()
        return "" if token[-1] in "=!" else inner
    members = _members(token)
    return members[pick(len(members))]


@lru_cache(256)
def _members(token: str) -> tuple[str, ...]:
    """Some of the characters that one token is for, or the one text that it is."""
    first = _member(token)
    if token[0] not in "[\\." or not first:
        return (first,)
    search = patterns.search(f"^{token}$")
    others = filter(search, dict.fromkeys(_ALPHABET + token)) if search else ()
    return tuple(dict.fromkeys((first, *others)))


def _member(token: str) -> str:
    if token[0] == "[" and token[1:]:
        members = _TOKEN.findall(token[1:-1])
        return "a" if token[1] == "^" or not members else _member(members[0])
    if token[0] == "\\" and token[1:]:
        return _ESCAPED.get(token[1], token[1])
    return {"^": "", "$": "", ".": "a"}.get(token, token)


def _counts(tokens: deque[str]) -> tuple[int, int]:
    """How often what stands before is there at least, and at most as far as is tried."""
    is_counted = bool(tokens) and (
        tokens[0] in {"*", "+", "?"} or tokens[0][:1] == "{" != tokens[0]
    )
    if not is_counted:
        return 1, 1
    quantifier = tokens.popleft()
    if tokens and tokens[0] == "?":
        tokens.popleft()
    if not quantifier[1:]:
        least, most = {"*": (0, _MORE), "+": (1, _MORE), "?": (0, 1)}[quantifier]
        return least, most
    low, comma, high = quantifier[1:-1].partition(",")
    least = min(int(low[:9]), _MOST_CHARACTERS)
    most = int(high[:9] or least + _MORE) if comma else least
    return least, max(least, min(most, least + _MORE))
