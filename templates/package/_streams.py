"""Answers that come item by item: server-sent events, lines of JSON."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import anyio
import httpx

from ._errors import Answer, APIConnectionError, APIResponseValidationError
from ._operation import Json, Operation
from ._transport import REPEATABLE, AsyncClient, SyncClient, pause

T = TypeVar("T")
Reader = Callable[[str], Iterator[Any]]
"""The items that the next line of an answer completes."""


def _lines() -> Callable[[bytes], list[str]]:
    """What gives the lines that the next bytes complete. `str.splitlines`, as httpx has it, would also end them at what
    may stand inside of JSON, such as U+2028."""
    begun: list[bytes] = []

    def read(chunk: bytes) -> list[str]:
        begun.append(chunk)
        if chunk and b"\n" not in chunk and b"\r" not in chunk:
            return []
        # The CR at the end of a chunk may be the first half of CR LF.
        found = re.split(rb"\r\n|\n|\r(?!\Z)" if chunk else rb"\r\n?|\n", b"".join(begun))
        begun[:] = [found.pop()] if chunk else []
        return [line.decode("utf-8", "replace") for line in found]

    return read


@dataclass(frozen=True)
class JsonLines(Json):
    """Lines of JSON of a type (`application/jsonl` and its kin)."""

    media_type: str = "application/jsonl"

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(value, bytes):
            return {"content": value}
        start = b"\x1e" if "json-seq" in self.media_type else b""
        lines = (super(JsonLines, self).encode(item, {})["content"] for item in value)
        return {"content": b"".join(start + line + b"\n" for line in lines)}

    def reader(self) -> Reader:
        def read(line: str) -> Iterator[Any]:
            if text := line.strip(" \t\x1e"):  # RFC 7464 puts a record separator before each
                yield self.decode(Answer(content=text.encode()))

        return read


@dataclass(frozen=True)
class Events(JsonLines):
    """Server-sent events (HTML, 9.2.6), their data JSON of a type, or text. Some end with `[DONE]`."""

    media_type: str = "text/event-stream"

    def reader(self) -> Reader:
        data: list[str] = []

        def read(line: str) -> Iterator[Any]:
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
            elif not line and data:
                text = "\n".join(data)
                data.clear()
                if self.annotation is str:
                    yield text
                elif text != "[DONE]":
                    yield self.decode(Answer(content=text.encode()))

        return read


class _Items(Generic[T]):
    """What both streams are. `response` is the answer, whose body they read."""

    def __init__(self, operation: Operation[Any], answer: Answer) -> None:
        self._operation, self._answer = operation, answer
        codec: Any = operation.codec(self.response)
        self._read: Reader = codec.reader() if isinstance(codec, JsonLines) else self._refused

    @property
    def response(self) -> httpx.Response:
        response = self._answer.response
        assert response is not None
        return response

    def _refused(self, line: str) -> Iterator[Any]:
        kind = self.response.headers.get("content-type", "")
        raise ValueError(f"{kind or 'an answer without a media type'} is no stream")

    def _items(self, line: str) -> Iterator[T]:
        try:
            yield from self._read(line)
        except ValueError as error:
            message = f"not an item of {self._operation.path}: {error!s:.1000}"
            raise APIResponseValidationError(message, self._answer, True) from error

    def _broken(self, failure: httpx.RequestError) -> APIConnectionError:
        return APIConnectionError(f"{type(failure).__name__}: {failure}", self._answer, True)


class Stream(_Items[T]):
    """Items as they come. Close it, by `with` if you like, unless it was read to its end."""

    def __iter__(self) -> Iterator[T]:
        try:
            lines = _lines()
            for chunk in self.response.iter_bytes():
                for line in lines(chunk):
                    yield from self._items(line)
            for line in (*lines(b""), ""):
                yield from self._items(line)
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            self.close()

    def close(self) -> None:
        self.response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStream(_Items[T]):
    """`Stream` for asyncio and trio."""

    async def __aiter__(self) -> AsyncIterator[T]:
        try:
            lines = _lines()
            async for chunk in self.response.aiter_bytes():
                for line in lines(chunk):
                    for item in self._items(line):
                        yield item
            for line in (*lines(b""), ""):
                for item in self._items(line):
                    yield item
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            await self.close()

    async def close(self) -> None:
        await self.response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _parts(operation: Operation[Any], request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What makes a request for a stream, and what sends it."""
    every = [one for codecs in operation.answers.values() for one in (codecs if isinstance(codecs, tuple) else (codecs,))]
    kinds = dict.fromkeys(one.media_type for one in every if isinstance(one, JsonLines))
    request["headers"] = {**request["headers"], "accept": ", ".join(kinds)}
    how = {key: request.pop(key) for key in ("auth", "follow_redirects")}
    return request, how


def open_stream(
    client: SyncClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> Stream[Any]:
    """The answer of an operation, not yet read. Raises what a call does."""
    options = client.options(arguments)
    made, how = _parts(operation, client.request(operation, options))
    http, attempt = client.http, 0
    while True:
        try:
            response = http.send(http.build_request(**made), stream=True, **how)
            if not response.is_success:
                response.read()
            answer = Answer(response, b"" if response.is_success else response.content)
        except httpx.RequestError as failure:
            answer = Answer(failure=failure)
        if (error := operation.failure(answer)) is None:
            return Stream(operation, answer)
        time.sleep(pause(error, attempt, options, operation.method in REPEATABLE))
        attempt += 1


async def open_async_stream(
    client: AsyncClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> AsyncStream[Any]:
    """`open_stream` for asyncio and trio."""
    options = client.options(arguments)
    made, how = _parts(operation, client.request(operation, options))
    http, attempt = client.http, 0
    while True:
        try:
            response = await http.send(http.build_request(**made), stream=True, **how)
            if not response.is_success:
                await response.aread()
            answer = Answer(response, b"" if response.is_success else response.content)
        except httpx.RequestError as failure:
            answer = Answer(failure=failure)
        if (error := operation.failure(answer)) is None:
            return AsyncStream(operation, answer)
        await anyio.sleep(pause(error, attempt, options, operation.method in REPEATABLE))
        attempt += 1
