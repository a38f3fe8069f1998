"""Responses that come page by page. Each page says how to request the next one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx
from pydantic import BaseModel

from ._arguments import Draft
from ._errors import APIResponseValidationError
from ._operation import Operation
from ._request import Request, Settings
from ._transport import AsyncClient, SyncClient

R = TypeVar("R")
Names = tuple[str, ...]
AnyClient = Settings[Any]


class Paging(Protocol):
    """How to request the next page."""

    def next(
        self, client: AnyClient, operation: Operation[Any], page: Any, request: Request
    ) -> Request | None:
        """The request of the page after the page of a request; None after the last one."""
        ...


def _at(value: Any, names: Names) -> Any:
    """A part of a response, some members deep; None if it is not there."""
    for name in names:
        if isinstance(value, BaseModel):
            fields = type(value).model_fields.items()
            idents = {info.alias or ident: ident for ident, info in fields}
            ident, model = idents.get(name, name), value
            value = getattr(model, ident, None)
            if isinstance(value, bytes):  # its text is the cursor
                value = model.model_dump(mode="json", by_alias=True, include={ident}).get(name)
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


@dataclass(frozen=True, slots=True)
class Cursor:
    """The value at `following` is an argument of the next request. The last page has none."""

    argument: str
    following: Names

    def next(
        self, client: AnyClient, operation: Operation[Any], page: Any, request: Request
    ) -> Request | None:
        found = _at(page, self.following)
        if found in (None, "", request.options.get(self.argument)):
            return None
        return client.request(operation, {**request.options, self.argument: found})


@dataclass(frozen=True, slots=True)
class Count:
    """The next page has the next number or, if `is_offset`, begins after the results so far.

    The last page is empty, reaches `total`, or says that there are no `more`.
    """

    argument: str
    results: Names | None = None
    first: int = 1
    is_offset: bool = False
    total: Names = ()
    more: Names = ()

    def next(
        self, client: AnyClient, operation: Operation[Any], page: Any, request: Request
    ) -> Request | None:
        given = request.options.get(self.argument)
        now = self.first if given is None else int(given)
        found = _at(page, self.results) if self.results is not None else [None]
        if not isinstance(found, list) or not found or self._is_last(page, now):
            return None
        step = len(found) if self.is_offset else 1
        return client.request(operation, {**request.options, self.argument: now + step})

    def _is_last(self, page: Any, now: int) -> bool:
        total = _at(page, self.total) if self.total else None
        is_all = isinstance(total, int) and now - self.first + 1 >= total
        return is_all or (bool(self.more) and _at(page, self.more) is not True)


@dataclass(frozen=True, slots=True)
class Link:
    """The next page is at the URL at `following`.

    The last page has none. The client ignores the host of the URL: it sends neither a key nor a request to a host that
    the caller did not name.
    """

    following: Names

    def next(
        self, client: AnyClient, operation: Operation[Any], page: Any, request: Request
    ) -> Request | None:
        found, now = _at(page, self.following), request.http.url
        if not isinstance(found, str) or not found:
            return None
        made = client.request(operation, request.options)
        made.http.url = client._private(self._target(client, operation, made, found, now))
        return made if made.http.url.raw_path != now.raw_path else None

    def _target(
        self, client: AnyClient, operation: Operation[Any], made: Request, link: str, now: httpx.URL
    ) -> httpx.URL:
        """The target of a link, with the key of the query if the link lacks it."""
        path, _, query = httpx.URL(now).join(link).raw_path.decode().partition("?")
        draft = Draft(path, query=[pair for pair in query.split("&") if pair])
        client._secured(operation, draft, made.http.headers)
        whole = f"{path}?{'&'.join(draft.query)}" if draft.query else path
        return now.copy_with(raw_path=whole.encode())


def _next(
    paging: Paging, client: AnyClient, operation: Operation[Any], page: Any, request: Request
) -> Request | None:
    """The request of the next page. Raises APIResponseValidationError if a page names one that cannot exist."""
    try:
        if client._older:
            # An older argument, left beside the one that it folds into, would contradict it from the second page on.
            folded = client._older.refolded(operation, request.options)
            request = request._replace(options=folded)
        return paging.next(client, operation, page, request)
    except (httpx.InvalidURL, ValueError, TypeError, OverflowError) as error:
        message = f"no next page of {operation.path}: {error!s:.500}"
        raise APIResponseValidationError(message) from error


def pages(
    client: SyncClient, operation: Operation[R], paging: Paging, /, **arguments: Any
) -> Iterator[R]:
    """All pages of an operation from the requested one on. Raises the errors of a call."""
    request: Request | None = client.request(operation, arguments)
    while request is not None:
        page = request.result(operation, client.answer(operation, request))
        yield page
        request = _next(paging, client, operation, page, request)


async def async_pages(
    client: AsyncClient, operation: Operation[R], paging: Paging, /, **arguments: Any
) -> AsyncIterator[R]:
    """`pages` for asyncio and trio."""
    request: Request | None = client.request(operation, arguments)
    while request is not None:
        page = request.result(operation, await client.answer(operation, request))
        yield page
        request = _next(paging, client, operation, page, request)
