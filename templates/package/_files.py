"""Results that hold a file, and pictures as the data: URLs that requests take."""

from __future__ import annotations

import os
import re
import socket
from base64 import b64decode, b64encode
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import anyio.to_thread
import httpx

from ._errors import FileError
from ._types import Model

__all__ = ["data_url"]

Content: TypeAlias = bytes
_KINDS = re.compile(
    rb"(?P<png>\x89PNG\r\n\x1a\n)|(?P<jpeg>\xff\xd8\xff)|(?P<gif>GIF8[79]a)|(?P<webp>RIFF.{4}WEBP)"
    rb"|(?P<avif>.{4}ftypavi[fs])",
    re.DOTALL,
)
_SUFFIXES = {".png", ".jpeg", ".gif", ".webp", ".avif"}
_MOST_BYTES = 64 * 1024 * 1024


def data_url(picture: bytes | str | os.PathLike[str]) -> str:
    """A picture (its bytes, or the path of a file) as a `data:` URL. Raises ValueError for what is no picture."""
    content = picture if isinstance(picture, bytes) else Path(picture).read_bytes()
    if not (kind := _kind(content)):
        raise ValueError("neither PNG, JPEG, GIF, WebP nor AVIF")
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _kind(content: bytes) -> str | None:
    found = _KINDS.match(content)
    return found.lastgroup if found else None


class File(Model):
    """A result that is a file, in base64 or at a URL, or whose first item is one."""

    _base64: ClassVar[str]
    _url: ClassVar[str]
    _first: ClassVar[str]

    def __init_subclass__(cls, *, base64: str = "", url: str = "", first: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._base64, cls._url, cls._first = base64, url, first

    def bytes(self) -> Content:
        """The bytes of the file; what is at a URL is fetched now: at most 64 MiB, from http(s), without the API key.
        Raises FileError."""
        files = vars(self).get(self._first)
        if files and isinstance(files[0], File):
            vars(files[0]).setdefault("_response", self._response)
            return files[0].bytes()
        if (inline := vars(self).get(self._base64)) is not None:
            try:
                return b64decode(inline, validate=True)
            except ValueError as error:
                raise FileError(f"the file is no base64: {error}", self._response) from error
        if (url := vars(self).get(self._url)) is not None:
            return _fetched(url)
        raise FileError("the answer holds no file", self._response)

    async def abytes(self) -> Content:
        """`bytes`, without holding up others."""
        return await anyio.to_thread.run_sync(self.bytes)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, with the extension of what it is: `cat` and `cat.jpg` may become `cat.png`. Gives its path.
        Raises FileError, OSError."""
        content, place = self.bytes(), Path(path)
        suffix = place.suffix.lower().replace(".jpg", ".jpeg")
        if (kind := _kind(content)) and suffix != f".{kind}":
            place = place.with_name(f"{place.stem if suffix in _SUFFIXES else place.name}.{kind}")
        place.write_bytes(content)
        return place

    async def asave(self, path: str | os.PathLike[str]) -> Path:
        """`save`, without holding up others."""
        return await anyio.to_thread.run_sync(self.save, path)


def _fetched(url: str) -> Content:
    """What is at a URL. The answer is trusted with the first address, nobody with a private one after that."""

    def judge(request: httpx.Request) -> None:
        if str(request.url) != first:
            for place in socket.getaddrinfo(request.url.host, None):
                if not ip_address(str(place[4][0]).partition("%")[0]).is_global:
                    raise FileError(f"{url} redirects to {request.url.host}, which is not public")

    content = bytearray()
    try:
        first = str(httpx.URL(url))
        hooks = {"request": [judge]}
        with (
            httpx.Client(timeout=60, follow_redirects=True, max_redirects=5, event_hooks=hooks) as http,
            http.stream("GET", url) as response,
        ):
            response.raise_for_status()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > _MOST_BYTES:
                    raise FileError(f"{url} has more than {_MOST_BYTES} bytes", response)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        message = f"{url:.200} cannot be fetched: {error!r:.500}"
        raise FileError(message, getattr(error, "response", None)) from error
    return bytes(content)
