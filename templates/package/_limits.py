"""Limits of a response from any server.

They are on bytes after decoding, bytes of a line, values and time, and on URLs that no server can have.
"""

from __future__ import annotations

import socket
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, aclosing, contextmanager, nullcontext, suppress
from contextvars import copy_context
from http.cookiejar import CookieJar
from math import inf
from ssl import SSLError
from threading import TIMEOUT_MAX, Thread, Timer
from time import monotonic
from typing import Any, NamedTuple

import anyio
import httpx
from anyio.lowlevel import checkpoint

from ._errors import ERROR_BYTES, ERROR_VALUES, Answer, Unreadable
from ._values import visible

ACCEPT_ENCODING = "gzip, deflate"  # what zlib reads, within bounds
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
_PIECE = 65536
_SMALL_PIECE = 4096
_RESPONSE_BYTES = 64 * 1024 * 1024
_RESPONSE_VALUES = 1_000_000  # some 350 MB, if they are empty models
_LINE_BYTES = 16 * 1024 * 1024
_TOKEN_SECONDS = 60.0
_NOTHING = httpx.ByteStream(b"")
_LONGEST_WAIT = 2_000_000.0  # for the network: beyond 2^31 milliseconds a socket takes none


def unreachable(url: httpx.URL) -> str:
    """Why no connection can reach the host and port of a URL; empty if one may.

    Each event loop fails in another way for these.
    """
    try:
        url.raw_host.decode().encode("idna")  # as sockets do
    except UnicodeError:
        return "its host is longer than names are, or has a part of no or more than 63 characters"
    is_port = url.port is None or 0 < url.port < 65536
    return "" if is_port else "its port is none of 1 to 65535"


class NoCookies(CookieJar):
    """A cookie jar that keeps no cookie of a server.

    The client would otherwise hold each for its whole life, and send it with every call.
    """

    def extract_cookies(self, response: Any, request: Any) -> None:
        return


class Limits(NamedTuple):
    """The limits of a response.

    They are its bytes after decoding, the bytes of a line, the values of its JSON, and the time of its deadline
    (`time.monotonic`).
    """

    most: float = _RESPONSE_BYTES
    line: int = _LINE_BYTES
    values: int = _RESPONSE_VALUES
    seconds: float = inf
    until: float = inf

    @classmethod
    def of(cls, options: Mapping[str, Any], is_stream: bool = False) -> Limits:
        """The limits of a call that begins now.

        A stream has only the limits of lines and items, unless the caller sets others.
        """
        seconds = options.get("deadline")
        most = options.get("max_response_bytes", inf if is_stream else _RESPONSE_BYTES)
        line = options.get("max_line_bytes", _LINE_BYTES)
        values = options.get("max_response_values", _RESPONSE_VALUES)
        if seconds is None or seconds > TIMEOUT_MAX:  # what no thread can wait for is never over
            return cls(most, line, values)
        return cls(most, line, values, seconds, monotonic() + seconds)

    def of_token(self) -> Limits:
        """The limits of a response that holds a token."""
        until = min(self.until, monotonic() + _TOKEN_SECONDS)
        return Limits(ERROR_BYTES, 0, ERROR_VALUES, min(self.seconds, _TOKEN_SECONDS), until)

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.until - monotonic() if self.until < inf else inf

    def late(self) -> httpx.ReadTimeout:
        return httpx.ReadTimeout(f"the deadline of {self.seconds:g} seconds is over")

    def shorten(self, request: httpx.Request) -> None:
        """Limit each wait for the network to the time that is left."""
        if self.until < inf:
            shorten(request, max(self.left, 0.001))

    def scope(self) -> AbstractContextManager[None]:
        """A context that ends the asynchronous work inside it in time. Raises httpx.ReadTimeout."""
        return self._scope() if self.until < inf else nullcontext()

    @contextmanager
    def _scope(self) -> Iterator[None]:
        with anyio.move_on_after(max(self.left, 0)) as scope:
            yield
        if scope.cancelled_caught:
            raise self.late()

    def in_time(self, run: Callable[[], Answer]) -> Answer:
        """The result of a function, or an error after the deadline.

        The function runs in a thread, because the caller can leave only a thread behind, whatever it waits for: a name,
        or headers that come byte by byte.
        """
        if self.until == inf:
            return run()
        done, context = Future[Answer](), copy_context()

        def work() -> None:
            try:
                done.set_result(context.run(run))
            except BaseException as error:  # raised where the caller waits
                done.set_exception(error)

        Thread(target=work, daemon=True).start()
        wait([done], max(self.left, 0))
        if done.done():
            return done.result()
        done.add_done_callback(_dropped)
        return Answer(failure=self.late())


def shorten(request: httpx.Request, most: float = inf) -> None:
    """Limit each wait for the network to a number of seconds. httpcore reads the same mapping."""
    waits = request.extensions.setdefault("timeout", {})
    for kind in ("connect", "read", "write", "pool"):
        wait = min(most, inf if waits.get(kind) is None else waits[kind])
        waits[kind] = None if wait > _LONGEST_WAIT else wait


def _dropped(late: Future[Answer]) -> None:
    """Close a response that nobody waits for any more."""
    if not late.exception() and (response := late.result().response) is not None:
        response.close()


def _decoder(response: httpx.Response) -> Callable[[bytes], Iterator[bytes]] | None:
    """The decoder of one content coding (RFC 9110, 8.4).

    It gives pieces of at most 64 KiB; after the last bytes it is called with none. It is None for a response that has
    no content coding, or that somebody has decoded already.
    """
    if response.is_stream_consumed:
        return None
    listed = response.headers.get_list("content-encoding", split_commas=True)
    codings = [one for one in map(str.lower, listed) if one not in {"", "identity"}]
    if not codings:
        return None
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as it begins
    has_begun = False

    def decode(chunk: bytes) -> Iterator[bytes]:
        nonlocal has_begun
        if not chunk and has_begun and not inflater.eof:
            raise httpx.DecodingError(f"cut off inside of its {codings[0]}")
        has_begun, piece = True, b""
        if chunk and (len(codings) > 1 or codings[0] not in _CODINGS):
            told = visible(", ".join(codings))[:100]
            raise Unreadable(f"content coding {told}, where one of {ACCEPT_ENCODING} was asked for")
        while chunk or len(piece) == _PIECE:
            try:
                piece = inflater.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            if inflater.unused_data:
                raise httpx.DecodingError(f"more after the end of its {codings[0]}")
            yield piece
            chunk = inflater.unconsumed_tail

    return decode


class _Meter:
    """Passes the bytes of a response on as long as they are within its limits."""

    def __init__(self, response: httpx.Response, limits: Limits) -> None:
        self._decode, self._limits, self._size = _decoder(response), limits, 0
        self._most = limits.most if response.is_success else min(limits.most, ERROR_BYTES)

    def passed(self, chunk: bytes) -> Iterator[bytes]:
        """The content of the next bytes, or at the end of none.

        Raises Unreadable beyond the limits, httpx.DecodingError for broken content, httpx.ReadTimeout after the
        deadline.
        """
        for piece in self._decode(chunk) if self._decode else (chunk,):
            if self._limits.left <= 0:  # a chunk may hold a thousand times its bytes
                raise self._limits.late()
            self._size += len(piece)
            if self._size > self._most:
                raise Unreadable(f"more than {self._most} bytes (max_response_bytes)")
            if piece:
                yield piece


class Content:
    """The bytes of a response as they come.

    It joins small pieces, so that many pieces take no more memory than their bytes.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._small = bytearray()

    def write(self, piece: bytes) -> None:
        if len(piece) < _SMALL_PIECE and self._pieces:
            self._small += piece
            if len(self._small) < _PIECE:
                return
            piece = b""
        if self._small:
            self._pieces.append(bytes(self._small))
            self._small.clear()
        if piece:
            self._pieces.append(piece)

    def getvalue(self) -> bytes:
        return b"".join([*self._pieces, self._small] if self._small else self._pieces)


def cut_off(response: httpx.Response) -> None:
    """Separate a response that nobody reads further from its connection.

    That leads to the request with its keys and its body.
    """
    response.stream = _NOTHING


def _misread(error: Exception) -> Exception:
    """A misuse of a response by the caller, in words of this package; a TLS failure, in those of httpx."""
    if isinstance(error, SSLError):
        return httpx.ReadError(f"{error!s:.200}")
    return ValueError("the answer was closed or read before: it is read once")


@contextmanager
def _cut_in_time(response: httpx.Response, limits: Limits) -> Iterator[None]:
    """End the connection of an answer at its deadline.

    A server may send bytes that are no content, one by one for ever (the size of a chunk, what follows it, trailers),
    and no wait for the next one is too long.
    """
    stream = response.extensions.get("network_stream")
    is_open = limits.until < inf and not response.is_stream_consumed
    connection = stream.get_extra_info("socket") if stream and is_open else None
    if connection is None or response.http_version == "HTTP/2":  # other calls may share it
        yield
        return
    timer = Timer(max(limits.left, 0), _shut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    except httpx.RequestError:
        if limits.left <= 0:
            raise limits.late() from None
        raise
    finally:
        timer.cancel()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        # SSLSocket.shutdown would drop the TLS state with which another thread reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def pieces(response: httpx.Response, limits: Limits) -> Iterator[bytes]:
    """The decoded content of a response, as it comes.

    Raises httpx.RequestError, and ValueError if it was read or closed before.
    """
    meter = _Meter(response, limits)
    try:
        with _cut_in_time(response, limits):
            whole = response.is_stream_consumed
            for chunk in (response.content,) if whole else response.iter_raw():
                yield from meter.passed(chunk)
    except (httpx.StreamError, SSLError) as error:
        raise _misread(error) from error
    yield from meter.passed(b"")


async def async_pieces(response: httpx.Response, limits: Limits) -> AsyncGenerator[bytes, None]:
    """`pieces` for asyncio and trio."""
    if response.is_stream_consumed:
        for piece in pieces(response, limits):
            yield piece
        return
    meter, chunks = _Meter(response, limits), response.aiter_raw()
    while True:
        try:
            with limits.scope():
                chunk = await anext(chunks, b"")
        except (httpx.StreamError, SSLError) as error:
            raise _misread(error) from error
        for number, piece in enumerate(meter.passed(chunk)):
            if number:  # others are served while a chunk is decoded that holds much
                await checkpoint()
            yield piece
        if not chunk:  # httpx gives no empty ones
            return


def read(response: httpx.Response, limits: Limits, content: Content) -> None:
    """Read the whole response."""
    for piece in pieces(response, limits):
        content.write(piece)


async def async_read(response: httpx.Response, limits: Limits, content: Content) -> None:
    """`read` for asyncio and trio."""
    if response.is_stream_consumed:
        read(response, limits, content)
        return
    async with aclosing(async_pieces(response, limits)) as found:
        async for piece in found:
            content.write(piece)
