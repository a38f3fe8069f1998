"""Media types besides JSON: text, bytes, forms."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, ClassVar, TypeAlias
from urllib.parse import quote, unquote

import httpx
from pydantic import BaseModel

from ._arguments import is_content, is_file
from ._errors import Answer
from ._operation import Json, encoded, to_json
from ._parameters import Query
from ._payload import UNCHANGED, ArgumentError, Folding

Content: TypeAlias = (
    bytes | str | os.PathLike[str] | IO[bytes] | Iterable[bytes] | AsyncIterable[bytes]
)
"""A body as it is. The client sends the content of the file at a path, and the pieces of an iterable as they come."""

FileInput: TypeAlias = (
    bytes
    | os.PathLike[str]
    | IO[bytes]
    | tuple[str, Any]
    | tuple[str, Any, str]
    | tuple[str, Any, str, Mapping[str, str]]
)
"""A file of a form: bytes, a path or an open file; or a tuple with a name, a media type and the headers of its part."""


_CHARSET = re.compile(r""";[ \t]*charset[ \t]*=[ \t]*["']?([^"';, \t]*)""", re.IGNORECASE)
# Python also takes for encodings what needs more than linear time (punycode), is no text (zip), or writes escapes.
_TEXT = re.compile(
    r"(utf[-_]?(8|16|32)([-_]?[bl]e)?|(us[-_]?)?ascii|latin[-_]?1|iso[-_]?8859[-_]\d{1,2}|(windows|cp)[-_]?(125\d|874|932|949|950)"
    r"|koi8[-_][ru]|gb(2312|k|18030)|big5([-_]?hkscs)?|(shift[-_]?jis|sjis)|euc[-_]?(jp|kr)|tis[-_]?620|iso[-_]?2022[-_]?(jp|kr))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_LINE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


@dataclass(frozen=True)
class MergePatch(Json):
    """A merge patch (RFC 7396): null removes a member, whatever the type of the member."""

    media_type: str = "application/merge-patch+json"

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        canonical_only = {**options, "compat": None}
        try:
            patch = json.loads(super().encode(value, canonical_only)["content"])
        except ArgumentError:
            if not isinstance(sent := to_json(value), dict):
                raise
            patch = self.folding.patch({**sent, **(options.get("extra_body") or {})})
            # The schema judges all of the patch but the members that it removes.
            super().encode(_kept(patch), {**canonical_only, "extra_body": None})
        return {"content": encoded(self.folding.written(patch, options))}


def _kept(patch: Any) -> Any:
    """A patch without the members that it removes. A patch sets arrays as a whole, with their nulls."""
    if not isinstance(patch, dict):
        return patch
    return {key: _kept(item) for key, item in patch.items() if item is not None}


@dataclass(frozen=True, slots=True)
class Text:
    """Text of any media type."""

    media_type: str = "text/plain"
    folding: Folding = UNCHANGED

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"content": plain(self.folding.sent(to_json(value)).value).encode()}

    def decode(self, answer: Answer) -> str:
        """The text of a response, in the charset of its media type.

        Raises ValueError for a charset that is not one of texts.
        """
        kind = (
            answer.response.headers.get("content-type", "") if answer.response is not None else ""
        )
        said = _CHARSET.search(kind)
        name = said[1] if said else "utf-8"
        if not _TEXT.fullmatch(name):
            raise ValueError(f"text in the charset {name!r:.100}, which is not read")
        try:
            text = answer.content.decode(name)
        except LookupError as error:
            raise ValueError(f"text in an unknown charset: {error}") from error
        return plain(self.folding.read(text).value)


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes."""

    media_type: str = "application/octet-stream"

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        return {"content": Path(value).read_bytes() if isinstance(value, os.PathLike) else value}

    def decode(self, answer: Answer) -> bytes:
        return answer.content


@dataclass(frozen=True, slots=True)
class Unknown:
    """A response that the API document does not describe: its own media type says whether it is JSON, text or bytes."""

    media_type: str = "*/*"

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(value, (bytes, str)):
            return {"content": value}
        return {"content": encoded(to_json(value))}

    def decode(self, answer: Answer) -> Any:
        kind = (
            answer.response.headers.get("content-type", "") if answer.response is not None else ""
        )
        if not answer.content:
            return None
        if "json" in kind:
            return answer.json()
        return (
            answer.content.decode("utf-8", "replace")
            if kind.startswith("text/")
            else answer.content
        )


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a member of a form is written (section 4.8.15 of 3.1)."""

    content_type: str = ""
    style: str = ""  # "" where the media type says it all
    explode: bool = True
    reserved: bool = False


@dataclass(frozen=True)
class Form(Json):
    """A form whose members are written as in a query (`application/x-www-form-urlencoded`)."""

    media_type: str = "application/x-www-form-urlencoded"
    encoding: Mapping[str, Encoding] = field(default_factory=dict)

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        members = json.loads(super().encode(value, options)["content"])
        pairs = [pair for name, member in members.items() for pair in self._pairs(name, member)]
        return {"content": "&".join(pairs).encode()}

    def _pairs(self, name: str, value: Any) -> Iterator[str]:
        how = self.encoding.get(name, Encoding())
        if how.style not in {"", "deepObject"}:
            return Query(name, how.style, how.explode, how.reserved).pairs(name, value)
        if how.style and isinstance(value, (dict, list)):
            pairs = self._nested(name, value)
        else:
            is_list = isinstance(value, list) and "json" not in how.content_type
            several = value if is_list else [value]
            is_plain = not any(isinstance(one, (dict, list)) for one in several)
            if not is_plain and not _is_written(how.content_type):
                raise TypeError(f"{name!r} is sent as {how.content_type}, which nothing writes")
            pairs = ((name, one) for one in several)
        return (
            f"{quote(key, '[]')}={quote('' if one is None else plain(one), '')}"
            for key, one in pairs
        )

    def _nested(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """`name[key]`, and so on inside. Items have their index, which the specification leaves open."""
        if isinstance(value, (dict, list)):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                yield from self._nested(f"{name}[{key}]", item)
        elif value is not None:  # RFC 6570, 2.3: ignored inside of a value
            yield name, value

    def decode(self, answer: Answer) -> Any:
        return answer.content.decode()


@dataclass(frozen=True, slots=True)
class Multipart:
    """A form whose members are parts (`multipart/form-data` and its kin).

    Files are sent unchanged, text and numbers as text, everything else as JSON. An array becomes one part for each
    item, unless the API document declares it to be JSON, or its plain items to stand together.
    """

    has_files: ClassVar[bool] = True
    media_type: str = "multipart/form-data"
    encoding: Mapping[str, Encoding] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    folding: Folding = UNCHANGED

    def encode(self, value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
        given = value if isinstance(value, Mapping) else to_json(value)
        sent = {**given, **(options.get("extra_body") or {})}
        members = {name: item for name, item in sent.items() if item is not None}  # no part is null
        parts = list[tuple[str, Any]]()
        members = self.folding.sent(members).value
        if missing := [name for name in self.required if name not in members]:
            raise TypeError(f"{missing[0]!r} has to be given, and may not be None")
        for name, member in self.folding.written(members, options).items():
            parts += self._parts(name, member)
        if not parts:  # httpx would send no body
            return {"content": b"--none--\r\n", "content_type": f"{self.media_type}; boundary=none"}
        if self.media_type == "multipart/form-data":
            return {"files": parts}
        made = httpx.Request("POST", "http://localhost", files=parts)  # httpx writes no other kind
        kind = made.headers["content-type"].replace("multipart/form-data", self.media_type)
        return {"content": made.read(), "content_type": kind}

    def _how(self, name: str) -> Encoding:
        return self.encoding.get(name, Encoding())

    def _parts(self, name: str, value: Any) -> list[tuple[str, Any]]:
        """The parts of a member. Files have no style."""
        how, is_list = self._how(name), isinstance(value, (list, tuple)) and not is_file(value)
        value = to_json(value) if isinstance(value, BaseModel) else value
        if how.style and (
            isinstance(value, Mapping) or (is_list and not any(map(is_content, value)))
        ):
            pairs = Query(name, how.style, how.explode).pairs(name, to_json(value))
            split = (map(unquote, pair.split("=", 1)) for pair in pairs)
            return [(key, (None, text.encode(), "text/plain", {})) for key, text in split]
        several = value if is_list and "json" not in how.content_type else [value]
        return [(name, self._part(name, one)) for one in several]

    def _part(self, name: str, value: Any) -> tuple[Any, ...]:
        """A part as httpx takes it: file name, content, media type, headers."""
        how = self._how(name)
        if is_file(value):
            file: tuple[Any, ...] = tuple(value) + (how.content_type, {})[len(value) - 2 :]
            filename, content, kind, headers = file
            is_typed = isinstance(kind, str | None) and isinstance(headers, Mapping)
            if not (is_content(content) and is_typed) or is_file(content):
                told = "a file with its name is (name, content, media type, headers)"
                raise TypeError(f"{name!r}: {told}, and content bytes, a path or an open file")
            return _written(name, filename, content, kind, dict(headers))
        if isinstance(value, os.PathLike):
            return _written(name, Path(value).name, value, how.content_type, {})
        if is_content(value):
            named = os.path.basename(str(getattr(value, "name", name)))
            return _written(name, named, value, how.content_type, {})
        sent = to_json(value)
        is_plain = not isinstance(sent, (dict, list))
        kind = how.content_type or ("text/plain" if is_plain else "application/json")
        if not is_plain and not _is_written(kind):
            raise TypeError(f"{name!r} is sent as {kind}: give bytes, text, a path or an open file")
        return None, plain(sent).encode(), kind, {}

    def decode(self, answer: Answer) -> bytes:
        return answer.content


def _written(
    name: str, filename: str, content: Any, kind: str | None, headers: dict[str, str]
) -> tuple[Any, ...]:
    """A part as httpx writes it. Raises ValueError for a value that would end a line of its headers."""
    texts = filename, kind or "", *headers.values()
    if not (
        all(isinstance(text, str) and _LINE.fullmatch(text) for text in texts)
        and all(isinstance(one, str) and _TOKEN.fullmatch(one) for one in headers)
    ):
        raise ValueError(
            f"{name!r}: file name, media type and headers of a part are texts of one line each"
        )
    return filename, _opened(content), kind or None, headers


def _is_written(kind: str) -> bool:
    """Whether a media type can express an object: as JSON."""
    return not kind or "json" in kind or kind.startswith("text/")


def _opened(content: Any) -> Any:
    """The content of a file. It reads a path, and everything that it could not read a second time for a retry."""
    if isinstance(content, os.PathLike):
        return Path(content).read_bytes()
    if isinstance(content, bytearray):
        return bytes(content)
    if hasattr(content, "read") and not (hasattr(content, "seekable") and content.seekable()):
        return content.read()
    return content


def plain(value: Any) -> str:
    """A JSON value as text: a string unchanged."""
    return value if isinstance(value, str) else encoded(value).decode()
