"""Answers that are read as they come: server-sent events, lines of JSON, files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import anyio
import httpx
from pydantic_core import from_json

from ._bodies import Raw
from ._errors import Answer, APIError, APIResponseValidationError
from ._operation import Codec, Json, Operation
from ._transport import AsyncClient, Request, SyncClient

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
        said = {"compat": options.get("compat")}
        items = (super(JsonLines, self).encode(item, said)["content"] for item in value)
        return {"content": b"".join(map(self.line, items))}

    def line(self, item: bytes) -> bytes:
        """An item as it is sent."""
        return b"%b%b\n" % (b"\x1e" if "json-seq" in self.media_type else b"", item)

    def reader(self) -> Reader:
        def read(line: str) -> Iterator[Any]:
            if text := line.strip(" \t\x1e"):  # RFC 7464 puts a record separator before each
                yield self.decode(Answer(content=text.encode()))

        return read


@dataclass(frozen=True)
class Events(JsonLines):
    """Server-sent events (HTML, 9.2.6), their data JSON of a type, or text. Some end with `[DONE]`."""

    media_type: str = "text/event-stream"

    def line(self, item: bytes) -> bytes:
        return b"data: %b\n\n" % item

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
                    yield self.fold(text).value
                elif text != "[DONE]":
                    yield self.decode(Answer(content=text.encode()))

        return read


@dataclass(frozen=True)
class EventObjects(JsonLines):
    """Server-sent events with their fields (`event`, `data`, `id`, `retry`): data is text, or what its JSON holds."""

    media_type: str = "text/event-stream"

    def line(self, item: bytes) -> bytes:
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in from_json(item).items()}
        lines = (f"{name}: {line}\n" for name in fields for line in re.split("\r\n?|\n", fields[name]))
        return f"{''.join(lines)}\n".encode()

    def reader(self) -> Reader:
        fields: dict[str, list[str]] = {}

        def read(line: str) -> Iterator[Any]:
            name, _, value = line.partition(":")
            if line:
                fields.setdefault(name, []).append(value.removeprefix(" "))
            else:
                found = {name: "\n".join(lines) if name == "data" else lines[-1] for name, lines in fields.items()}
                fields.clear()
                if "data" in found:
                    yield from self._event(found)

        return read

    def _event(self, fields: Mapping[str, str]) -> Iterator[Any]:
        event: dict[str, Any] = {name: fields[name] for name in ("event", "data", "id") if name in fields}
        if fields.get("retry", "").isdecimal():
            event["retry"] = int(fields["retry"])
        try:
            yield self.decode(Answer(content=json.dumps(event).encode()))
        except ValueError:
            if event["data"] != "[DONE]":
                held = {**event, "data": from_json(event["data"])}
                yield self.decode(Answer(content=json.dumps(held).encode()))


class _Answered:
    """An answer whose body is not read yet: `response`."""

    def __init__(self, operation: Operation[Any], answer: Answer) -> None:
        self._operation, self._answer = operation, answer

    @property
    def response(self) -> httpx.Response:
        response = self._answer.response
        assert response is not None
        return response

    def _broken(self, failure: httpx.RequestError) -> APIError:
        error = self._answer._replace(failure=failure).error()
        assert error is not None
        return error


class _Open(_Answered):
    def close(self) -> None:
        self.response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _AsyncOpen(_Answered):
    async def close(self) -> None:
        await self.response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Items(_Answered, Generic[T]):
    """What both streams are."""

    def __init__(self, operation: Operation[Any], answer: Answer) -> None:
        super().__init__(operation, answer)
        codec: Any = operation.codec(self.response)
        self._read: Reader = codec.reader() if isinstance(codec, JsonLines) else self._refused

    def _refused(self, line: str) -> Iterator[Any]:
        kind = self.response.headers.get("content-type", "")
        raise ValueError(f"{kind or 'an answer without a media type'} is no stream")

    def _items(self, line: str) -> Iterator[T]:
        try:
            yield from self._read(line)
        except ValueError as error:
            message = f"not an item of {self._operation.path}: {error!s:.1000}"
            raise APIResponseValidationError(message, self._answer, True) from error


class Stream(_Items[T], _Open):
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


class AsyncStream(_Items[T], _AsyncOpen):
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


class Download(_Open):
    """The bytes of an answer as they come, or all of them in a file. Close it, by `with` if you like, unless
    it was read to its end."""

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.response.iter_bytes()
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            self.close()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, and give its path. What is cut off stays, as far as it came."""
        with self, open(path, "wb") as file:
            file.writelines(self)
        return Path(path)


class AsyncDownload(_AsyncOpen):
    """`Download` for asyncio and trio."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self.response.aiter_bytes():
                yield chunk
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            await self.close()

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, and give its path. What is cut off stays, as far as it came."""
        async with self, await anyio.open_file(path, "wb") as file:
            async for chunk in self:
                await file.write(chunk)
        return Path(path)


def _request(
    client: SyncClient | AsyncClient, operation: Operation[Any], arguments: Mapping[str, Any], kind: type[Codec]
) -> Request:
    """A request for what codecs of a kind read."""
    every = [one for codecs in operation.answers.values() for one in (codecs if isinstance(codecs, tuple) else (codecs,))]
    accept = dict.fromkeys(one.media_type for one in every if isinstance(one, kind))
    return client.request(operation, arguments, ", ".join(accept))


def open_stream(
    client: SyncClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> Stream[Any]:
    """The answer of an operation, not yet read. Raises what a call does."""
    return Stream(operation, client.answer(operation, _request(client, operation, arguments, JsonLines)))


async def open_async_stream(
    client: AsyncClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> AsyncStream[Any]:
    """`open_stream` for asyncio and trio."""
    return AsyncStream(operation, await client.answer(operation, _request(client, operation, arguments, JsonLines)))


def open_download(
    client: SyncClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> Download:
    """The answer of an operation, not yet read. Raises what a call does."""
    return Download(operation, client.answer(operation, _request(client, operation, arguments, Raw)))


async def open_async_download(
    client: AsyncClient, operation: Operation[Any], arguments: Mapping[str, Any]
) -> AsyncDownload:
    """`open_download` for asyncio and trio."""
    return AsyncDownload(operation, await client.answer(operation, _request(client, operation, arguments, Raw)))
