"""Documents on the network, from hosts that the user named: bounded in size and time, and from that host only."""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

MAX_BYTES = 1 << 24
"""Largest document that is fetched (16 MiB)."""

TIMEOUT = 10.0
"""Seconds that a server may take to connect, and between two reads."""

PATIENCE = 60.0
"""Seconds that a document may take as a whole."""

_CHUNK = 1 << 16


class NotFetched(Exception):
    """Why there is no document at an address."""


class _SameHost(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        schemes = ("https",) if before.scheme == "https" else ("http", "https")
        if after.hostname != before.hostname or after.scheme not in schemes:
            fp.close()
            raise NotFetched(f"it redirects to {after.scheme}://{after.hostname}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str) -> str:
    """The text at an http or https address. Raises NotFetched."""
    opener = build_opener(_SameHost)
    request = Request(
        url, headers={"Accept": "application/yaml, application/json, */*", "User-Agent": "speclens"}
    )
    ends = time.monotonic() + PATIENCE
    data = b""
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            while chunk := answer.read1(_CHUNK):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise NotFetched(f"larger than {MAX_BYTES:,} bytes")
                if time.monotonic() > ends:
                    raise NotFetched(f"not there after {PATIENCE:.0f} seconds")
        return data.decode()
    except UnicodeDecodeError:
        raise NotFetched("not UTF-8") from None
    except HTTPError as error:
        error.close()
        raise NotFetched(f"{error.code} {error.reason}") from None
    except (URLError, OSError, ValueError, http.client.HTTPException) as error:
        raise NotFetched(str(getattr(error, "reason", "") or error)) from None
