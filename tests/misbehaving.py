"""An HTTP server that does what no server should: it cuts bodies, resets connections, and says anything.

It listens on a free port of loopback and follows a script: the n-th connection gets the n-th behaviour, and the last
one from then on. Each connection carries one request at most.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Self

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a connection gets: whether its request is read, what is sent, what is sent again and again every few
    milliseconds until the client has gone, and how it ends."""

    sends: bytes = b""
    ends: Literal["close", "reset", "hold"] = "close"
    reads: bool = True
    drips: bytes = b""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(
    body: bytes | str = b"",
    status: int = 200,
    headers: Iterable[tuple[str, str]] = (),
    *,
    length: int | None = None,
    ends: Literal["close", "reset", "hold"] = "close",
) -> Behaviour:
    """An answer; with a `length` of more than its body has, it is cut off."""
    content = body.encode() if isinstance(body, str) else body
    size = len(content) if length is None else length
    fields = (("content-length", str(size)), ("connection", "close"), *headers)
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields)]
    return Behaviour("\r\n".join(lines).encode() + b"\r\n\r\n" + content, ends)


def json_answer(
    value: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()
) -> Behaviour:
    """An answer with a JSON body."""
    return answer(json.dumps(value), status, (("content-type", "application/json"), *headers))


RESET_UNREAD = Behaviour(ends="reset", reads=False)
RESET_READ = Behaviour(ends="reset")
CLOSED_READ = Behaviour()


@dataclass(slots=True)
class Server:
    """The server, as a context; `requests` and `connections` are those so far."""

    script: tuple[Behaviour, ...]
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    _listener: socket.socket = field(default_factory=socket.socket)
    _threads: list[threading.Thread] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _start(self, run: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            behaviour = self.script[min(self.connections, len(self.script) - 1)]
            self.connections += 1
            self._start(self._serve, connection, behaviour)

    def _serve(self, connection: socket.socket, behaviour: Behaviour) -> None:
        connection.settimeout(PATIENCE)
        with connection:
            try:
                if behaviour.reads:
                    self.requests.append(_received(connection))
                else:  # it is there, and lost
                    connection.recv(1, socket.MSG_PEEK)
                connection.sendall(behaviour.sends)
                while behaviour.drips and not self._is_over.wait(0.02):
                    connection.sendall(behaviour.drips)
                if behaviour.ends == "hold":
                    connection.recv(1)
            except OSError:
                pass  # the client has gone
            if behaviour.ends == "reset":
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _received(connection: socket.socket) -> Received:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    line, *fields = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (item.partition(":") for item in fields)
    }
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(connection)
    while "chunked" in headers.get("transfer-encoding", "") and not body.endswith(b"0\r\n\r\n"):
        body += _more(connection)
    method, target, _ = line.split(" ")
    return Received(method, target, headers, body)


def _more(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65536)):
        raise ConnectionResetError
    return data


@contextmanager
def refusing() -> Iterator[str]:
    """The address of a port that nobody listens on, and that nobody else gets meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
