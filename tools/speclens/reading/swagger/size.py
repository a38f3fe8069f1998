"""Limits the conversion of Swagger 2.0: in OpenAPI 3.0 each operation repeats the media types and schemas that many
operations share in 2.0."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from speclens.objects.tables import METHODS
from speclens.problems import Finding

_MOST_MEDIA_TYPES = 100_000
_MOST_VALUES = 50_000
_MOST_TIMES = 10
"""A converted document may always have 50,000 values, and more if it has at most ten times those of the original."""


def too_many_media_types(document: dict[str, Any]) -> list[Finding]:
    """A fault if a document would have too many media types after each body and each response repeats them. It is called
    before the conversion."""
    count = sum(_media_types(document, operation) for operation in _operations(document))
    return [_fault(_MOST_MEDIA_TYPES, "media types")] if count > _MOST_MEDIA_TYPES else []


def too_many_values(document: dict[str, Any], made: dict[str, Any]) -> list[Finding]:
    """A fault if the converted document has very many more values than the document."""
    if _count(made, _MOST_VALUES) <= _MOST_VALUES:
        return []
    most = max(_MOST_VALUES, _MOST_TIMES * sum(1 for _ in _values(document)))
    return [_fault(most, "values")] if _count(made, most) > most else []


def _fault(most: int, what: str) -> Finding:
    message = f"in OpenAPI 3 each operation repeats shared parts: the document would have more than {most:,} {what}"
    hint = "declare fewer media types for all operations, and use $ref for repeated schemas"
    return Finding("swagger/size", "#", message, hint, is_before=True)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    paths = document.get("paths")
    for item in paths.values() if isinstance(paths, dict) else ():
        for method in METHODS if isinstance(item, dict) else ():
            if isinstance(operation := item.get(method), dict):
                yield operation


def _media_types(document: dict[str, Any], operation: dict[str, Any]) -> int:
    """The number of media types of an operation's request and responses, with or without a body."""
    sent, answered = (
        given if isinstance(given := operation.get(key, document.get(key)), list) else ()
        for key in ("consumes", "produces")
    )
    responses = operation.get("responses")
    return len(sent) + len(answered) * len(responses if isinstance(responses, dict) else ())


def _count(value: Any, most: int) -> int:
    """The number of values in a value; a number larger than `most` need not be exact."""
    return sum(1 for _ in islice(_values(value), most + 1))


def _values(value: Any) -> Iterator[Any]:
    stack = [value]
    while stack:
        yield (one := stack.pop())
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
