"""Results that hold a file, and pictures as `data:` URLs for requests."""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import ClassVar, TypeAlias

from ._types import Model

__all__ = ["data_url"]

Content: TypeAlias = bytes
_KINDS = re.compile(
    rb"(?s)(?P<png>\x89PNG\r\n\x1a\n)|(?P<jpeg>\xff\xd8\xff)|(?P<gif>GIF8[79]a)"
    rb"|(?P<webp>RIFF.{4}WEBP)|(?P<avif>.{4}ftypavi[fs])"
)
_FILE_BYTES = 64 * 1024 * 1024
_FILE_SECONDS = 300.0


def data_url(picture: bytes | str | os.PathLike[str]) -> str:
    """A picture (its bytes, or the path of a file) as a `data:` URL. Raises ValueError for anything else."""
    content = picture if isinstance(picture, bytes) else Path(picture).read_bytes()
    if not (kind := _KINDS.match(content)):
        raise ValueError("neither PNG, JPEG, GIF, WebP nor AVIF")
    return f"data:image/{kind.lastgroup};base64,{b64encode(content).decode()}"


class FileModel(Model):
    """A result that is a file, in base64 or at a URL, or a result whose first item is such a file."""

    _fields: ClassVar[tuple[str, str, str]]

    def __init_subclass__(cls, *, base64: str = "", url: str = "", first: str = "") -> None:
        cls._fields = base64, url, first

    def bytes(
        self, *, max_response_bytes: int = _FILE_BYTES, deadline: float | None = _FILE_SECONDS
    ) -> Content:
        """The bytes of the file.

        If it is at a URL, this method fetches it: over http(s), without the API key, up to `max_response_bytes` (64
        MiB), within `deadline` seconds (300). Raises FileError.
        """
        import httpx  # with _errors, more than half of what importing models would cost

        from ._errors import Answer, FileError
        from ._fetch import fetched
        from ._limits import Limits

        base64, url, first = (vars(self).get(name) for name in self._fields)
        if first and isinstance(first, (list, tuple)) and isinstance(first[0], FileModel):
            vars(first[0]).setdefault("_response", self._response)
            return first[0].bytes(max_response_bytes=max_response_bytes, deadline=deadline)
        told = "the file is no base64"
        try:
            if isinstance(base64, Content):
                return base64
            if isinstance(base64, str):
                return b64decode(base64, validate=True)
            if isinstance(url, str):
                told = f"{url:.200} cannot be fetched"
                return fetched(
                    url, Limits.of({"max_response_bytes": max_response_bytes, "deadline": deadline})
                )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            answer = Answer(getattr(error, "response", self._response))
            raise FileError(f"{told}: {error!r:.500}", answer) from error
        raise FileError("the answer holds no file", Answer(self._response))

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        max_response_bytes: int = _FILE_BYTES,
        deadline: float | None = _FILE_SECONDS,
    ) -> Path:
        """Write the file, with the extension of its format: `cat` and `cat.jpg` may become `cat.png`.

        Fetches the file as `bytes` does. Returns its path. Raises FileError, OSError.
        """
        content = self.bytes(max_response_bytes=max_response_bytes, deadline=deadline)
        place = Path(path)
        suffix = place.suffix.lower().replace(".jpg", ".jpeg")
        if (kind := _KINDS.match(content)) and suffix != f".{kind.lastgroup}":
            stem = place.stem if suffix[1:] in _KINDS.groupindex else place.name
            place = place.with_name(f"{stem}.{kind.lastgroup}")
        place.write_bytes(content)
        return place
