"""How the client makes a call: it sends a request, and the response becomes a result or an APIError."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, closing, suppress
from email.utils import parsedate_to_datetime
from functools import partial
from math import inf
from ssl import SSLError
from traceback import walk_tb
from typing import Any, Generic, Self, TypeVar

import anyio
import httpx

from ._errors import Answer, APIError, APIResponseValidationError
from ._limits import Content, Limits, async_read, cut_off, read
from ._operation import Operation
from ._request import Request, Settings, bare

R = TypeVar("R")
C = TypeVar("C")

_LONGEST_PAUSE = 120.0
REPEATABLE = frozenset(
    {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"}
)  # RFC 9110, 9.2.2
_FAILURES = (httpx.RequestError, httpx.InvalidURL, SSLError, ValueError)
_NO_AUTH = httpx.Auth()  # neither that of the HTTP client nor of netrc


def pause(
    error: APIError,
    attempt: int,
    options: Mapping[str, Any],
    is_repeatable: bool = False,
    left: float = inf,
) -> float:
    """The seconds until a retry.

    Raises the error if the request was sent often enough, or if the server may have processed it and neither its method
    nor the caller allows a retry. `left` is the time until the deadline.
    """
    said = error.headers.get("x-should-retry")
    is_risky = is_repeatable or options.get("retry_unsafe", False)
    is_refused = error.status_code == 429 or not (error.status_code or error.maybe_processed)
    is_unclear = error.status_code == 408 or error.maybe_processed
    pause: float = 0.5 * 2 ** min(attempt, 4) * random.uniform(0.75, 1.0)
    text, milliseconds = (error.headers.get(f"retry-after{end}", "") for end in ("", "-ms"))
    with suppress(ValueError, OverflowError):  # RFC 9110, 10.2.3
        if milliseconds[:1].isdigit():
            pause = float(milliseconds) / 1000
        elif text:
            is_date = not text[:1].isdigit()
            pause = (
                parsedate_to_datetime(text).timestamp() - time.time() if is_date else float(text)
            )
    may = said == "true" or (said != "false" and (is_refused or (is_risky and is_unclear)))
    is_final = isinstance(error, APIResponseValidationError) or attempt >= options.get(
        "max_retries", 2
    )
    if not may or is_final or pause > _LONGEST_PAUSE or pause >= left:
        raise error
    return max(pause, 0.0)


class Resource(Generic[C]):
    """The operations of one tag."""

    def __init__(self, client: C) -> None:
        self._client = client


def _kept(response: httpx.Response, limits: Limits, request: httpx.Request) -> httpx.Response:
    """A response without the credentials of its request. The time that is left limits each wait for its body."""
    response.request, response.next_request = bare(request), None
    limits.shorten(request)
    return response


def _failed(
    failure: Exception, response: httpx.Response | None, content: Content, request: httpx.Request
) -> Answer:
    """The part of a response that came before a failure.

    Raises an error that is not the server's: that of a body of the caller, or of a hook. httpx reports by errors of
    other kinds a TLS failure, a redirect to an invalid URL, and a status of HTTP/2 that is no number.
    """
    if isinstance(failure, SSLError):
        failure = httpx.ReadError(f"{failure!s:.200}")
    elif not isinstance(failure, httpx.RequestError):
        frames = [frame.f_code.co_name for frame, _ in walk_tb(failure.__traceback__)]
        if "_build_redirect_request" in frames:
            failure = httpx.RemoteProtocolError(f"a redirect to no URL: {failure!s:.200}")
        elif frames[-1].startswith("_receive_"):
            failure = httpx.RemoteProtocolError(f"the response is not HTTP: {failure!s:.200}")
        else:
            raise failure
    failure.request = bare(request)
    if response is not None:
        cut_off(response)
    return Answer(response, content.getvalue(), failure)


class SyncClient(Settings[httpx.Client]):
    """Makes calls one after the other."""

    _new_http = httpx.Client

    def _streamed(self, content: Any) -> Any:
        if hasattr(content, "__aiter__"):
            raise TypeError("a body that comes by `async for` is one for the asynchronous client")
        return content

    def call(self, operation: Operation[R], /, **arguments: Any) -> R:
        """The result of an operation. Raises APIError; raises TypeError or PayloadError before it sends anything."""
        request = self.request(operation, arguments)
        return request.result(operation, self.answer(operation, request))

    def answer(
        self, operation: Operation[Any], request: Request, limits: Limits | None = None
    ) -> Answer:
        """The final response to a request, after retries.

        Its limits begin now, unless they have begun. A stream is not read yet. Raises APIError.
        """
        attempt, limits = 0, limits or request.limits()
        send = partial(self._sent, is_stream=request.is_stream)
        while True:
            if request.tokens:
                answer = request.tokens.answer(request.http, limits, send, self._sent)
            else:
                answer = send(request.http, limits)
            if not (error := operation.failure(answer)):
                return answer
            time.sleep(
                pause(error, attempt, request.options, operation.method in REPEATABLE, limits.left)
            )
            attempt += 1

    def _sent(self, request: httpx.Request, limits: Limits, is_stream: bool = False) -> Answer:
        limits.shorten(request)
        return limits.in_time(lambda: self._tried(request, limits, is_stream))

    def _tried(self, request: httpx.Request, limits: Limits, is_stream: bool) -> Answer:
        response, content = None, Content()
        try:
            response = self.http.send(request, stream=True, auth=_NO_AUTH, follow_redirects=False)
            _kept(response, limits, request)
            if is_stream and response.is_success:
                return Answer(response)
            with closing(response):
                read(response, limits, content)
        except _FAILURES as failure:
            return _failed(failure, response, content, request)
        cut_off(response)
        return Answer(response, content.getvalue(), most_values=limits.values)

    def close(self) -> None:
        """Close the connections, unless they belong to an `http_client` of yours."""
        if self._is_own:
            self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _chunks(content: Any) -> AsyncIterator[bytes]:
    for chunk in iter(lambda: content.read(65536), b"") if hasattr(content, "read") else content:
        yield chunk


class AsyncClient(Settings[httpx.AsyncClient]):
    """Makes calls concurrently, with asyncio or trio."""

    _new_http = httpx.AsyncClient

    def _streamed(self, content: Any) -> AsyncIterator[bytes]:
        return content if hasattr(content, "__aiter__") else _chunks(content)

    async def call(self, operation: Operation[R], /, **arguments: Any) -> R:
        """The result of an operation. Raises APIError; raises TypeError or PayloadError before it sends anything."""
        request = self.request(operation, arguments)
        return request.result(operation, await self.answer(operation, request))

    async def answer(
        self, operation: Operation[Any], request: Request, limits: Limits | None = None
    ) -> Answer:
        """The final response to a request, after retries.

        Its limits begin now, unless they have begun. A stream is not read yet. Raises APIError.
        """
        attempt, limits = 0, limits or request.limits()
        send = partial(self._sent, is_stream=request.is_stream)
        while True:
            if request.tokens:
                answer = await request.tokens.async_answer(request.http, limits, send, self._sent)
            else:
                answer = await send(request.http, limits)
            if not (error := operation.failure(answer)):
                return answer
            wait = pause(
                error, attempt, request.options, operation.method in REPEATABLE, limits.left
            )
            await anyio.sleep(wait)
            attempt += 1

    async def _sent(
        self, request: httpx.Request, limits: Limits, is_stream: bool = False
    ) -> Answer:
        response, content = None, Content()
        limits.shorten(request)
        try:
            with limits.scope():
                response = await self.http.send(
                    request, stream=True, auth=_NO_AUTH, follow_redirects=False
                )
                _kept(response, limits, request)
                if is_stream and response.is_success:
                    return Answer(response)
                async with aclosing(response):
                    await async_read(response, limits, content)
        except _FAILURES as failure:
            return _failed(failure, response, content, request)
        cut_off(response)
        return Answer(response, content.getvalue(), most_values=limits.values)

    async def close(self) -> None:
        """Close the connections, unless they belong to an `http_client` of yours."""
        if self._is_own:
            await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
