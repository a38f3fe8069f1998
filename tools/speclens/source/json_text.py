"""JSON text -> JSON value by the standard library, with every fault of the text in one run.

json.loads accepts duplicate keys, NaN, overflow and lone surrogates, and gives no places. Cheap checks look for signs of
such faults; only if there are any, the slow scan with places runs.
"""

from __future__ import annotations

import json
import re
from typing import Any

from speclens.source.faults import MAX_DEPTH, Fault
from speclens.source.json_scan import scan
from speclens.source.scalars import finite, integer

_CONTAINERS = frozenset((dict, list))
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(text: str) -> tuple[Any, list[Fault]]:
    """The value of a JSON text (RFC 8259) and its faults. The value is usable only if there are no faults."""
    suspicions: list[str] = []
    try:
        value = _loads(text, suspicions)
    except json.JSONDecodeError as error:
        return None, [Fault("source/syntax", error.pos, error.msg)]
    except RecursionError:
        return None, scan(text).faults
    if suspicions or _SURROGATE.search(text) or _too_deep(value):
        return value, scan(text).faults
    return value, []


def is_json(text: str) -> bool:
    """Whether `load` read a text as JSON: whether it is an object that json.loads accepts."""
    if not starts_object(text):
        return False
    try:
        _loads(text, [])
    except (ValueError, RecursionError):
        return False
    return True


def starts_object(text: str) -> bool:
    """Whether a text starts with `{`, as an object does in JSON and in the flow style of YAML."""
    return text.lstrip(" \t\r\n").startswith("{")


def _loads(text: str, suspicions: list[str]) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            suspicions.append("duplicate")
        return result

    def number(literal: str) -> int | float:
        try:
            return finite(literal) if not literal.lstrip("-").isdigit() else integer(literal)
        except ValueError:
            suspicions.append(literal)
            return 0

    return json.loads(
        text, object_pairs_hook=members, parse_int=number, parse_float=number, parse_constant=number
    )


def _too_deep(value: Any) -> bool:
    level: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return False
    return True
