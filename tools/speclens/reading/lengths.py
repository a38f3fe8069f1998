"""Limits the length of all pointers of a document together: the toolkit keeps a pointer for each part, and each pointer
repeats the names around its part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from speclens.problems import Finding, Refused
from speclens.source import Source, locate
from speclens.source.pointer import join

_MOST = 10_000_000
_MOST_ON_AVERAGE = 500  # for larger documents; real documents stay below 200
_INDEX = 3
_NAME_FIELDS = ("operationId", "name")
"""Further names that classes and arguments of inner parts are named after, as after the tokens of the pointer."""

_Way = tuple["_Way | None", str]
"""A name, and the names before it."""


def bounded(source: Source) -> Source:
    """Returns the document unchanged. Raises Refused if the pointers of its objects and lists have more than 10,000,000
    characters together, and more than 500 on average."""
    total, count = 0, 0
    longest: tuple[int, _Way | None] = (0, None)
    stack: list[tuple[Any, int, _Way | None]] = [(source.value, 1, None)]
    while stack:
        value, length, way = stack.pop()
        total, count = total + length, count + 1
        named: Iterable[tuple[Any, Any]] = enumerate(value)
        if isinstance(value, dict):
            named = value.items()
            length += sum(
                len(name) for name in map(value.get, _NAME_FIELDS) if isinstance(name, str)
            )
        for name, part in named:
            if isinstance(part, (dict, list)):
                size = len(name) if isinstance(name, str) else _INDEX
                inner = (way, str(name))
                stack.append((part, length + 1 + size, inner))
                if size > longest[0]:
                    longest = size, inner
    if total <= max(_MOST, _MOST_ON_AVERAGE * count):
        return source
    message = f"long names are repeated too often: all pointers have more than {_MOST:,} characters, and {_MOST_ON_AVERAGE} on average"
    finding = Finding("source/long-names", _pointer(longest[1]), message, "shorten this name")
    raise Refused(locate(source, [finding]))


def _pointer(way: _Way | None) -> str:
    names: list[str] = []
    while way is not None:
        way, name = way
        names.append(name)
    return join("#", *reversed(names))
