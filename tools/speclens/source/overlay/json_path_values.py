"""Comparisons and regular expressions of JSONPath filters (RFC 9535, section 2.3.5), which spend from a budget."""

from __future__ import annotations

import re
from typing import Any

from iregexp_check import check

from speclens import patterns
from speclens.source.overlay.budget import Budget, Pattern, TooCostly

_PATTERN_COST = 20_000
"""The steps for compiling a regular expression: Rust's engine may take some 20 ms for a large one."""
_SMALL_PATTERN = 2**16
"""The bytes of a compiled pattern that costs almost nothing for a character; up to `patterns.USUAL`, it costs 20
microseconds."""


class _Nothing:
    """Stands, in a comparison, for a query that selects no value (section 2.3.5.2.2)."""


NOTHING = _Nothing()


def compare(left: Any, operator: str, right: Any, budget: Budget) -> bool:
    """Whether a comparison of two values, or NOTHING, is true (section 2.3.5.2.2). Raises TooCostly."""
    match operator:
        case "==":
            return _is_equal(left, right, budget)
        case "!=":
            return not _is_equal(left, right, budget)
        case "<":
            return _is_less(left, right)
        case ">":
            return _is_less(right, left)
        case "<=":
            return _is_less(left, right) or _is_equal(left, right, budget)
        case _:
            return _is_less(right, left) or _is_equal(left, right, budget)


def _is_less(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return _is_number(left) and _is_number(right) and bool(left < right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_equal(left: Any, right: Any, budget: Budget) -> bool:
    budget.spend(1)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _is_equal(left[key], right[key], budget) for key in left
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            _is_equal(one, other, budget) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, str) and isinstance(right, str):
        budget.spend(min(len(left), len(right)) // 1_000)
        return left == right
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def matches(text: Any, pattern: Any, is_whole: bool, budget: Budget) -> bool:
    """`match`, or `search` unless `is_whole`. False if the value is not a string, or the pattern is not an I-Regexp
    (RFC 9485). Raises TooCostly."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        return False
    name = (pattern, is_whole)
    if name not in budget.patterns:
        budget.spend(_PATTERN_COST + len(pattern))
        budget.patterns[name] = _compiled(pattern, is_whole)
    compiled = budget.patterns[name]
    budget.spend(len(text) * compiled.price // 100)
    return compiled.search is not None and compiled.search(text)


def _compiled(pattern: str, is_whole: bool) -> Pattern:
    source = _for_rust(pattern)
    source = rf"\A(?:{source})\z" if is_whole else source
    size = patterns.size(source)
    # `check` comes last: nested groups overflow its stack, and the engine accepts at most 250 levels of them.
    if not 0 < size <= patterns.LARGEST or not check(pattern):
        return Pattern(None, 1)
    if size > patterns.USUAL:
        raise TooCostly
    return Pattern(patterns.compiled(source), 1 if size <= _SMALL_PATTERN else 2_000)


def _for_rust(pattern: str) -> str:
    """An I-Regexp in the syntax of Rust's engine, in which a dot matches every character but a newline, and classes have operators."""
    parts: list[str] = []
    in_class = False
    for token in re.findall(r"\\.|.", pattern, re.DOTALL):
        if in_class:
            in_class = token != "]"
            parts.append(f"\\{token}" if token in ("&", "~") else token)
        else:
            in_class = token == "["
            parts.append(r"[^\n\r]" if token == "." else token)
    return "".join(parts)
