"""A limit on the conversion of Swagger 2.0: in OpenAPI 3.0 each operation repeats the media types and schemas that many
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
"""A document may always have 50,000 values, and a larger one ten times those that are written."""


def too_many_media_types(document: dict[str, Any]) -> list[Finding]:
    """A fault if the media types of a document, written out for each body and each response, are too many; asked before
    they are written."""
    count = sum(_media_types(document, operation) for operation in _operations(document))
    return [_fault(_MOST_MEDIA_TYPES, "media types")] if count > _MOST_MEDIA_TYPES else []


def too_many_values(document: dict[str, Any], made: dict[str, Any]) -> list[Finding]:
    """A fault if what was made of a document has very many more values than the document."""
    if _count(made, _MOST_VALUES) <= _MOST_VALUES:
        return []
    most = max(_MOST_VALUES, _MOST_TIMES * sum(1 for _ in _values(document)))
    return [_fault(most, "values")] if _count(made, most) > most else []


def _fault(most: int, what: str) -> Finding:
    message = f"in OpenAPI 3 each operation repeats what it shares: the document would have more than {most:,} {what}"
    hint = (
        "give fewer media types for all operations, and refer to schemas that are used many times"
    )
    return Finding("swagger/size", "#", message, hint, is_before=True)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    paths = document.get("paths")
    for item in paths.values() if isinstance(paths, dict) else ():
        for method in METHODS if isinstance(item, dict) else ():
            if isinstance(operation := item.get(method), dict):
                yield operation


def _media_types(document: dict[str, Any], operation: dict[str, Any]) -> int:
    """Those of its request and its responses, whether they have a body or not."""
    sent, answered = (
        given if isinstance(given := operation.get(key, document.get(key)), list) else ()
        for key in ("consumes", "produces")
    )
    responses = operation.get("responses")
    return len(sent) + len(answered) * len(responses if isinstance(responses, dict) else ())


def _count(value: Any, most: int) -> int:
    """The number of values in a value, or some larger one than `most`."""
    return sum(1 for _ in islice(_values(value), most + 1))


def _values(value: Any) -> Iterator[Any]:
    stack = [value]
    while stack:
        yield (one := stack.pop())
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
