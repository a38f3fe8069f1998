"""Documents on the network, from hosts that the user named: bounded in number, size and time, one by one and together."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from speclens.reading.addresses import Unreachable, host_of, is_among, split

MAX_BYTES = 1 << 24
"""Largest document that is fetched (16 MiB)."""

TIMEOUT = 10.0
"""Seconds that a server may take to connect, and between two reads."""

PATIENCE = 60.0
"""Seconds that a document may take as a whole, from the look-up of its host to its last byte."""

MAX_REQUESTS = 500
"""Requests that are made for one document and all that it refers to; each redirect is one."""

MAX_TOTAL = 1 << 26
"""Bytes that are fetched for all of them (64 MiB)."""

MAX_SECONDS = 300.0
"""Seconds that all of them may take."""

_CHUNK = 1 << 16
_MOST_TOLD = 200


class NotFetched(Exception):
    """Why there is no document at an address. Of what a server says only the beginning is told."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason[:_MOST_TOLD])


@dataclass(slots=True)
class Remote:
    """The hosts that may be asked, and what may still be spent on asking them."""

    hosts: tuple[str, ...]
    requests: int = field(default_factory=lambda: MAX_REQUESTS)
    room: int = field(default_factory=lambda: MAX_TOTAL)
    seconds: float = field(default_factory=lambda: MAX_SECONDS)

    def fetch(self, url: str) -> str:
        """The text at an http or https address on one of the hosts. Raises NotFetched."""
        if self.seconds <= 0:
            raise NotFetched(f"fetching took {MAX_SECONDS:.0f} seconds already")
        self.weigh(0)
        began, patience = time.monotonic(), min(PATIENCE, self.seconds)
        found: list[bytes | NotFetched] = []
        # A thread, since a server that sends a byte now and then keeps any read of a header from ending.
        worker = Thread(target=lambda: found.append(_outcome(self, url)), daemon=True)
        worker.start()
        worker.join(patience)
        self.seconds -= time.monotonic() - began
        if not found:
            raise NotFetched(f"not there after {patience:.0f} seconds")
        if isinstance(found[0], NotFetched):
            raise found[0]
        try:
            return found[0].decode()
        except UnicodeDecodeError:
            raise NotFetched("not UTF-8") from None

    def count(self) -> None:
        """Take one request from those that are left. Raises NotFetched."""
        if self.requests <= 0:
            raise NotFetched(f"{MAX_REQUESTS} requests were made already")
        self.requests -= 1

    def weigh(self, size: int) -> None:
        """Take some bytes from those that are left. Raises NotFetched."""
        self.room -= size
        if self.room < 0:
            raise NotFetched(f"{MAX_TOTAL:,} bytes were fetched already")


def _outcome(remote: Remote, url: str) -> bytes | NotFetched:
    try:
        return _fetched(remote, url)
    except NotFetched as reason:
        return reason
    except HTTPError as error:
        error.close()
        return NotFetched(f"{error.code} {error.reason}")
    except (
        Exception
    ) as error:  # whatever a server can make of urllib: nothing catches it in a thread
        return NotFetched(str(getattr(error, "reason", "") or error))


def _fetched(remote: Remote, url: str) -> bytes:
    opener = build_opener(_Redirects(remote))
    accept = "application/yaml, application/json, */*"
    request = Request(_plain(url), headers={"Accept": accept, "User-Agent": "speclens"})
    data = bytearray()
    remote.count()
    with opener.open(request, timeout=TIMEOUT) as answer:
        if (encoding := answer.headers.get("Content-Encoding", "identity")) != "identity":
            raise NotFetched(f"encoded ({encoding}), which was not asked for")
        while chunk := answer.read(_CHUNK):
            remote.weigh(len(chunk))
            data += chunk
            if len(data) > MAX_BYTES:
                raise NotFetched(f"larger than {MAX_BYTES:,} bytes")
        if answer.length:
            raise NotFetched(f"it ends {answer.length:,} bytes too early")
    return bytes(data)


def _plain(url: str) -> str:
    """An address with its host as it was judged."""
    parts = urlsplit(url)
    host = host_of(parts)
    netloc = (f"[{host}]" if ":" in host else host) + (
        "" if parts.port is None else f":{parts.port}"
    )
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


class _Redirects(HTTPRedirectHandler):
    """Redirects lead where a reference may: to the hosts and ports that the user named, and never from https to http."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        fp.close()  # urllib would read all of its body
        return super().redirect_request(req, fp, code, msg, headers, self._judged(req, newurl))

    def _judged(self, req: Request, newurl: str) -> str:
        """The address that a redirect leads to. Raises NotFetched."""
        try:
            parts = split(newurl)
        except Unreachable:
            parts = split("")
        schemes = ("https",) if req.type == "https" else ("http", "https")
        if (
            parts.scheme not in schemes
            or parts.username is not None
            or not is_among(parts, self.remote.hosts)
        ):
            raise NotFetched(f"it redirects to {parts.scheme}://{parts.netloc.rpartition('@')[2]}")
        self.remote.count()
        return _plain(newurl)
