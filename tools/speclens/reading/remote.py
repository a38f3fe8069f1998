"""Fetches documents from hosts that the user named. Limits bound the number, the size and the time of requests."""

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
"""The largest document that speclens fetches (16 MiB)."""

TIMEOUT = 10.0
"""The most seconds to connect, and between two reads."""

PATIENCE = 60.0
"""The most seconds for one document, from the look-up of its host to its last byte."""

MAX_REQUESTS = 500
"""The most requests for all documents together; each redirect is one."""

MAX_TOTAL = 1 << 26
"""The most bytes of all documents together (64 MiB)."""

MAX_SECONDS = 300.0
"""The most seconds for all documents together."""

_CHUNK = 1 << 16
_MOST_TOLD = 200


class NotFetched(Exception):
    """A document could not be fetched. The message says why, and quotes only the beginning of a server's text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason[:_MOST_TOLD])


@dataclass(slots=True)
class Remote:
    """The allowed hosts, and the limits that are left."""

    hosts: tuple[str, ...]
    requests: int = field(default_factory=lambda: MAX_REQUESTS)
    room: int = field(default_factory=lambda: MAX_TOTAL)
    seconds: float = field(default_factory=lambda: MAX_SECONDS)

    def fetch(self, url: str) -> str:
        """The text at an http or https URL on one of the hosts. Raises NotFetched."""
        if self.seconds <= 0:
            raise NotFetched(f"{MAX_SECONDS:.0f} seconds for all documents are the limit")
        self.weigh(0)
        began, patience = time.monotonic(), min(PATIENCE, self.seconds)
        found: list[bytes | NotFetched] = []
        # A thread bounds the time, since a server that sends single bytes keeps a read of headers from ending.
        worker = Thread(target=lambda: found.append(_outcome(self, url)), daemon=True)
        worker.start()
        worker.join(patience)
        self.seconds -= time.monotonic() - began
        if not found:
            raise NotFetched(f"no complete response after {patience:.0f} seconds")
        if isinstance(found[0], NotFetched):
            raise found[0]
        try:
            return found[0].decode()
        except UnicodeDecodeError:
            raise NotFetched("not UTF-8") from None

    def count(self) -> None:
        """Count one request. Raises NotFetched if none is left."""
        if self.requests <= 0:
            raise NotFetched(f"{MAX_REQUESTS} requests are the limit")
        self.requests -= 1

    def weigh(self, size: int) -> None:
        """Count some bytes. Raises NotFetched if too few are left."""
        self.room -= size
        if self.room < 0:
            raise NotFetched(f"{MAX_TOTAL:,} bytes are the limit")


def _outcome(remote: Remote, url: str) -> bytes | NotFetched:
    try:
        return _fetched(remote, url)
    except NotFetched as reason:
        return reason
    except HTTPError as error:
        error.close()
        return NotFetched(f"{error.code} {error.reason}")
    except Exception as error:  # any error that a server can cause in urllib: nothing else catches it in this thread
        return NotFetched(str(getattr(error, "reason", "") or error))


def _fetched(remote: Remote, url: str) -> bytes:
    opener = build_opener(_Redirects(remote))
    accept = "application/yaml, application/json, */*"
    request = Request(_plain(url), headers={"Accept": accept, "User-Agent": "speclens"})
    data = bytearray()
    remote.count()
    with opener.open(request, timeout=TIMEOUT) as answer:
        if (encoding := answer.headers.get("Content-Encoding", "identity")) != "identity":
            raise NotFetched(f"encoded ({encoding}), which the request did not allow")
        while chunk := answer.read(_CHUNK):
            remote.weigh(len(chunk))
            data += chunk
            if len(data) > MAX_BYTES:
                raise NotFetched(f"larger than {MAX_BYTES:,} bytes")
        if answer.length:
            raise NotFetched(f"it ends {answer.length:,} bytes early")
    return bytes(data)


def _plain(url: str) -> str:
    """A URL with its host in the form that was judged."""
    parts = urlsplit(url)
    host = host_of(parts)
    netloc = (f"[{host}]" if ":" in host else host) + (
        "" if parts.port is None else f":{parts.port}"
    )
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


class _Redirects(HTTPRedirectHandler):
    """Follows redirects only to hosts and ports that the user named, and never from https to http."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        fp.close()  # urllib would read all of its body
        return super().redirect_request(req, fp, code, msg, headers, self._judged(req, newurl))

    def _judged(self, req: Request, newurl: str) -> str:
        """The target of a redirect. Raises NotFetched if it is not allowed."""
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
