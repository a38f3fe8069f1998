"""Responses that are read as they come: server-sent events, lines of JSON, files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import anyio
import httpx
from pydantic_core import from_json

from ._bodies import Raw
from ._errors import Answer, APIError, APIResponseValidationError, Unreadable
from ._limits import Limits, async_pieces, cut_off, pieces
from ._operation import MISFITS, Codec, Json, Operation
from ._payload import UNCHANGED, PayloadError, PayloadFault
from ._request import Request, Settings
from ._transport import AsyncClient, SyncClient
from ._values import visible

T = TypeVar("T")
_FIELDS = frozenset({"event", "data", "id", "retry"})
Reader = Callable[[str], Iterable[Any]]
"""The items that the next line of a response completes."""


class _Lines:
    """The lines that incoming bytes complete.

    `str.splitlines`, as httpx uses it, would also end them at characters that may stand inside of JSON, such as U+2028.
    """

    def __init__(self, most: int) -> None:
        self._begun, self._most, self._is_first = bytearray(), most, True

    def read(self, chunk: bytes) -> list[str]:
        """The next lines; after the last chunk, called with none, those that are left."""
        begun = self._begun
        begun += chunk
        if (
            chunk
            and b"\n" not in chunk
            and b"\r" not in chunk
            and begun[-len(chunk) - 1 :][:1] != b"\r"
        ):
            self._judge(begun)
            return []
        # The CR at the end of a chunk may be the first half of CR LF.
        found = re.split(rb"\r\n|\n|\r(?!\Z)" if chunk else rb"\r\n?|\n", bytes(begun))
        for line in found if len(begun) > self._most else ():
            self._judge(line)
        self._begun = bytearray(found.pop() if chunk else b"")
        lines = [line.decode("utf-8", "replace") for line in found]
        if self._is_first and lines:
            self._is_first, lines[0] = False, lines[0].removeprefix("\ufeff")
        return lines

    def _judge(self, line: bytes | bytearray) -> None:
        if len(line) > self._most:
            raise Unreadable(f"a line of more than {self._most} bytes (max_line_bytes)")


@dataclass(frozen=True)
class JsonLines(Json):
    """Lines of JSON of a type (`application/jsonl` and its kin)."""

    media_type: str = "application/jsonl"
    held: ClassVar[frozenset[str]] = frozenset()
    """The fields whose lines are held until their event ends."""

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(value, bytes) and self.folding is UNCHANGED:
            return {"content": value}
        said = {**options, "extra_body": None}
        groups = self._groups(value) if isinstance(value, bytes) else (("", [one]) for one in value)
        parts: list[bytes] = []
        for others, items in groups:
            parts.append(others.encode())
            encoded = (super(JsonLines, self).encode(item, said)["content"] for item in items)
            parts += map(self.line, encoded)
        return {"content": b"".join(parts)}

    @cached_property
    def _unfolded(self) -> JsonLines:
        """The reader of items as JSON values. It is kept, because each codec has a validator of its own."""
        return replace(self, annotation=Any, folding=UNCHANGED)

    def _groups(self, content: bytes) -> Iterator[tuple[str, list[Any]]]:
        """The items in bytes, as JSON values that are not folded yet.

        Each comes with the lines of its group that say something else. Raises PayloadError.
        """
        read, lines = self._unfolded.reader(), _Lines(len(content))
        group: list[str] = []
        for number, line in enumerate((*lines.read(content), *lines.read(b""), ""), 1):
            group.append(line)
            try:
                items = [*read(line)]
            except ValueError as error:
                told = f"line {number} is not read: {error!s:.200}"
                raise PayloadError((PayloadFault("json", "", told),)) from None
            if items or not line:
                yield self._others(group, bool(items)), items
                group.clear()

    def _others(self, lines: list[str], is_item: bool) -> str:
        """The lines of a group that the client sends as they are, beside an item or alone."""
        return ""

    def line(self, item: bytes) -> bytes:
        """An item as the client sends it."""
        return b"%b%b\n" % (b"\x1e" if "json-seq" in self.media_type else b"", item)

    def reader(self, most: float = inf) -> Reader:
        """A reader of items that hold at most a number of values each."""

        def read(line: str) -> Iterable[Any]:
            text = line.strip(" \t\x1e")  # RFC 7464 puts a record separator before each
            return (self.judged(_json(text, most)),) if text else ()

        return read


@dataclass(frozen=True)
class _EventLines(JsonLines):
    """Server-sent events (HTML, 9.2.6)."""

    media_type: str = "text/event-stream"

    def _others(self, lines: list[str], is_item: bool) -> str:
        said = self.held if is_item else frozenset()
        kept = [line for line in lines if line.partition(":")[0] not in said]
        kept = [line for line in kept if line] if is_item else kept  # the item ends the event
        return "".join(f"{line}\n" for line in kept) if any(kept) else ""


@dataclass(frozen=True)
class Events(_EventLines):
    """Server-sent events whose data is JSON of a type, or text. Some streams end with `[DONE]`."""

    is_text: bool = False  # whether the schema accepts texts only
    held: ClassVar[frozenset[str]] = frozenset({"data"})

    def line(self, item: bytes) -> bytes:
        lines = re.split(b"\r\n?|\n", from_json(item).encode()) if self.is_text else [item]
        return b"".join(b"data: %b\n" % line for line in lines) + b"\n"

    def reader(self, most: float = inf) -> Reader:
        data: list[str] = []

        def read(line: str) -> Iterable[Any]:
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
            elif not line and data:
                text = "\n".join(data)
                data.clear()
                return self._event(text, most)
            return ()

        return read

    def _event(self, text: str, most: float) -> Iterator[Any]:
        try:
            yield self.judged(text if self.is_text else _json(text, most))
        except ValueError:
            if text != "[DONE]":
                raise


@dataclass(frozen=True)
class EventObjects(_EventLines):
    """Server-sent events with their fields (`event`, `data`, `id`, `retry`): the data is text, or the JSON in it."""

    is_json: bool = False  # whether data is JSON, by the API document
    held: ClassVar[frozenset[str]] = _FIELDS

    def line(self, item: bytes) -> bytes:
        event = from_json(item)
        if self.is_json and "data" in event:
            event["data"] = json.dumps(event["data"], ensure_ascii=False)
        fields = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in event.items()
            if name in _FIELDS
        }
        for name, text in fields.items():
            if name != "data" and not {"\n", "\r"}.isdisjoint(text):
                raise PayloadError((PayloadFault("type", f"/{name}", "must be one line"),))
        lines = (
            f"{name}: {line}\n" for name in fields for line in re.split("\r\n?|\n", fields[name])
        )
        return f"{''.join(lines)}\n".encode()

    def reader(self, most: float = inf) -> Reader:
        fields: dict[str, list[str]] = {}

        def read(line: str) -> Iterable[Any]:
            name, _, value = line.partition(":")
            if name in _FIELDS:
                fields.setdefault(name, []).append(value.removeprefix(" "))
            elif not line:
                found = {
                    name: "\n".join(lines) if name == "data" else lines[-1]
                    for name, lines in fields.items()
                }
                fields.clear()
                if "data" in found:
                    return self._event(found, most)
            return ()

        return read

    def _event(self, fields: Mapping[str, str], most: float) -> Iterator[Any]:
        event: dict[str, Any] = {name: value for name, value in fields.items() if name != "retry"}
        if fields.get("retry", "").isdecimal():
            event["retry"] = int(fields["retry"])
        try:
            yield self._decoded(event, self.is_json, most)
        except ValueError as failure:
            if event["data"] != "[DONE]":
                yield self._otherwise(event, failure, most)

    def _otherwise(self, event: dict[str, Any], failure: ValueError, most: float) -> Any:
        """An event whose data is of the other kind than its type. Raises the error of its JSON."""
        try:
            return self._decoded(event, not self.is_json, most)
        except ValueError:
            if self.is_json:
                raise failure from None
            raise

    def _decoded(self, event: dict[str, Any], is_json: bool, most: float) -> Any:
        return self.judged({**event, "data": _json(event["data"], most)} if is_json else event)


def _json(text: str, most: float) -> Any:
    """A JSON value of a stream. Raises ValueError, and Unreadable if it holds too many values."""
    return Answer(content=text.encode(), most_values=most).json()


def _bytes(line: str) -> int:
    """The number of bytes of a line in UTF-8."""
    return len(line) if line.isascii() else len(line.encode())


class _Answered:
    """A response whose body is not read yet: `response`."""

    def __init__(self, operation: Operation[Any], answer: Answer, limits: Limits) -> None:
        self._operation, self._answer, self._limits = operation, answer, limits

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
        try:
            self.response.close()
        finally:
            cut_off(self.response)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _AsyncOpen(_Answered):
    async def close(self) -> None:
        try:
            await self.response.aclose()
        finally:
            cut_off(self.response)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Items(_Answered, Generic[T]):
    """The common part of both streams."""

    def __init__(self, operation: Operation[Any], answer: Answer, limits: Limits) -> None:
        super().__init__(operation, answer, limits)
        self._lines, self._held = _Lines(limits.line), 0
        codec: Any = operation.codec(self.response)
        is_known = isinstance(codec, JsonLines)
        self._read: Reader = codec.reader(limits.values) if is_known else self._refused
        self._fields: frozenset[str] = codec.held if is_known else frozenset()

    def _refused(self, line: str) -> Iterable[Any]:
        kind = self.response.headers.get("content-type", "")
        raise ValueError(f"{visible(kind) or 'an answer without a media type'} is no stream")

    def _items(self, chunk: bytes) -> Iterator[T]:
        """The items that the next bytes complete; after the last chunk, called with none, those that are left."""
        try:
            lines = self._lines.read(chunk)
            lines += [] if chunk else [""]
            is_near = self._held + sum(map(_bytes, lines)) > self._limits.line
            for line in lines:
                yield from self._read(line)
                if is_near:
                    self._hold(line)
            if not is_near:
                after = lines[::-1].index("") if "" in lines else len(lines)
                for line in lines[-after - 1 :]:
                    self._hold(line)
        except MISFITS as error:
            message = f"not an item of {self._operation.path}: {error!s:.1000}"
            raise APIResponseValidationError(message, self._answer, True) from error

    def _hold(self, line: str) -> None:
        """Count the bytes that are held of an event until its end."""
        if self._fields and (not line or line.partition(":")[0] in self._fields):
            self._held = self._held + _bytes(line) if line else 0
        if self._held > self._limits.line:
            raise Unreadable(f"an event of more than {self._limits.line} bytes (max_line_bytes)")


class Stream(_Items[T], _Open):
    """Items as they come, once.

    A second iteration, or one after `close()`, raises ValueError. Close the stream (or use `with`), unless you read it
    to its end.
    """

    def __iter__(self) -> Iterator[T]:
        try:
            for chunk in pieces(self.response, self._limits):
                yield from self._items(chunk)
            yield from self._items(b"")
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            self.close()


class AsyncStream(_Items[T], _AsyncOpen):
    """`Stream` for asyncio and trio."""

    async def __aiter__(self) -> AsyncIterator[T]:
        try:
            async with aclosing(async_pieces(self.response, self._limits)) as chunks:
                async for chunk in chunks:
                    for item in self._items(chunk):
                        yield item
            for item in self._items(b""):
                yield item
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            await self.close()


class Download(_Open):
    """The bytes of a response as they come, or all of them in a file, once.

    A second attempt, or one after `close()`, raises ValueError. Close the download (or use `with`), unless you read it
    to its end.
    """

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from pieces(self.response, self._limits)
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            self.close()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, and return its path. If the response is cut off, the bytes that came stay in the file."""
        with self, open(path, "wb") as file:
            file.writelines(self)
        return Path(path)


class AsyncDownload(_AsyncOpen):
    """`Download` for asyncio and trio."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async with aclosing(async_pieces(self.response, self._limits)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except httpx.RequestError as failure:
            raise self._broken(failure) from failure
        finally:
            await self.close()

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, and return its path. If the response is cut off, the bytes that came stay in the file."""
        async with self, await anyio.open_file(path, "wb") as file:
            async for chunk in self:
                await file.write(chunk)
        return Path(path)


def _request(
    client: Settings[Any],
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    kind: type[Codec],
) -> Request:
    """A request that accepts the media types of codecs of a kind."""
    every = [
        one
        for codecs in operation.answers.values()
        for one in (codecs if isinstance(codecs, tuple) else (codecs,))
    ]
    accept = dict.fromkeys(one.media_type for one in every if isinstance(one, kind))
    return client.request(operation, arguments, ", ".join(accept))


def open_stream(client: SyncClient, operation: Operation[Any], /, **arguments: Any) -> Stream[Any]:
    """The response of an operation, not yet read. Raises the errors of a call."""
    request = _request(client, operation, arguments, JsonLines)
    limits = request.limits()
    return Stream(operation, client.answer(operation, request, limits), limits)


async def open_async_stream(
    client: AsyncClient, operation: Operation[Any], /, **arguments: Any
) -> AsyncStream[Any]:
    """`open_stream` for asyncio and trio."""
    request = _request(client, operation, arguments, JsonLines)
    limits = request.limits()
    return AsyncStream(operation, await client.answer(operation, request, limits), limits)


def open_download(client: SyncClient, operation: Operation[Any], /, **arguments: Any) -> Download:
    """The response of an operation, not yet read. Raises the errors of a call."""
    request = _request(client, operation, arguments, Raw)
    limits = request.limits()
    return Download(operation, client.answer(operation, request, limits), limits)


async def open_async_download(
    client: AsyncClient, operation: Operation[Any], /, **arguments: Any
) -> AsyncDownload:
    """`open_download` for asyncio and trio."""
    request = _request(client, operation, arguments, Raw)
    limits = request.limits()
    return AsyncDownload(operation, await client.answer(operation, request, limits), limits)
