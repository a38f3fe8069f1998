"""Answers that come page by page, each asked for with what the one before says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from ._operation import Operation
from ._transport import AsyncClient, SyncClient

R = TypeVar("R")
Names = tuple[str, ...]


def _at(value: Any, names: Names) -> Any:
    """What is in an answer, some members deep; None if it is not there."""
    for name in names:
        if isinstance(value, BaseModel):
            fields = type(value).model_fields.items()
            idents = {info.alias or ident: ident for ident, info in fields}
            value = getattr(value, idents.get(name, name), None)
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


@dataclass(frozen=True, slots=True)
class Cursor:
    """The next page is asked for with the value at `following` as an argument, until there is none."""

    argument: str
    following: Names

    def next(self, page: Any, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        found = _at(page, self.following)
        is_new = found not in (None, "", arguments.get(self.argument))
        return {**arguments, self.argument: found} if is_new else None


@dataclass(frozen=True, slots=True)
class Count:
    """The next page has the next number, or if `is_offset` begins after the results so far. The last one is empty, is as
    many as `total` says, or says that there are no `more`."""

    argument: str
    results: Names | None = None
    first: int = 1
    is_offset: bool = False
    total: Names = ()
    more: Names = ()

    def next(self, page: Any, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        given = arguments.get(self.argument)
        now = self.first if given is None else given
        found = _at(page, self.results) if self.results is not None else [None]
        if not isinstance(found, list) or not found or (self.more and _at(page, self.more) is not True):
            return None
        total = _at(page, self.total) if self.total else None
        if isinstance(total, int) and now - self.first + 1 >= total:
            return None
        return {**arguments, self.argument: now + (len(found) if self.is_offset else 1)}


def pages(
    client: SyncClient, operation: Operation[R], arguments: Mapping[str, Any], paging: Cursor | Count
) -> Iterator[R]:
    """All pages of an operation from the one that is asked for. Raises what a call does."""
    wanted: Mapping[str, Any] | None = arguments
    while wanted is not None:
        page = client.call(operation, wanted)
        yield page
        wanted = paging.next(page, wanted)


async def async_pages(
    client: AsyncClient, operation: Operation[R], arguments: Mapping[str, Any], paging: Cursor | Count
) -> AsyncIterator[R]:
    """`pages` for asyncio and trio."""
    wanted: Mapping[str, Any] | None = arguments
    while wanted is not None:
        page = await client.call(operation, wanted)
        yield page
        wanted = paging.next(page, wanted)
