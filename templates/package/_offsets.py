"""Refuses datetimes without an offset: RFC 3339 requires one, and any guess would be wrong for somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ._arguments import Member
from ._formats import NAIVE, is_naive
from ._operation import Operation
from ._payload import ArgumentError, PayloadError, PayloadFault
from ._source_map import escape

_PLAIN = frozenset({str, int, float})


def check_arguments(operation: Operation[Any], arguments: Mapping[str, Any]) -> None:
    """Raises PayloadError if arguments of an operation hold such datetimes.

    Raises ArgumentError for arguments that are nested too deep.
    """
    given = {
        f"/{escape(mark.name)}" if mark.place or isinstance(mark, Member) else "": arguments[ident]
        for ident, mark in operation.arguments.items()
        if ident in arguments
    }
    try:
        check_offsets(given)
    except RecursionError as error:
        raise ArgumentError("the arguments are nested too deep to be sent") from error


def check_offsets(values: Mapping[str, Any]) -> None:
    """The same for values by their JSON Pointers."""
    if found := [place for at, value in values.items() for place in _naive_in(value, at)]:
        raise PayloadError(tuple(PayloadFault("timezone_aware", place, NAIVE) for place in found))


def _naive_in(value: Any, at: str) -> Iterator[str]:
    """The pointers of such datetimes in plain values. Models refuse them by themselves."""
    if is_naive(value):
        yield at
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _naive_in(item, f"{at}/{escape(key)}")
    elif isinstance(value, (list, tuple)) and not _PLAIN.issuperset(map(type, value)):
        for index, item in enumerate(value):
            yield from _naive_in(item, f"{at}/{index}")
