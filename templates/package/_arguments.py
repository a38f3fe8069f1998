"""The arguments of a method: the marks that put them into a request, the options of every call, and `omit`."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Any, ClassVar, Literal, TypedDict

import httpx
from pydantic import BaseModel

from ._payload import ArgumentError

is_token = lru_cache(256)(re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch)
"""Whether a text may be the name of a header (RFC 9110, 5.1) or of a cookie (RFC 6265, 4.1.1)."""


class Omit:
    """The type of `omit`."""

    def __repr__(self) -> str:
        return "omit"

    def __bool__(self) -> Literal[False]:
        return False

    def __reduce__(self) -> str:
        return "omit"


omit = Omit()
"""The argument is not given. It is the default of arguments that may be None: the client sends None as null."""


class RequestOptions(TypedDict, total=False):
    """The options of a client and of each method. Those of a method take precedence."""

    timeout: float | httpx.Timeout | None
    """How long the client waits for the server each time, in seconds."""
    deadline: float | None
    """How long a whole call may take, with its retries and the reading of its response, in seconds."""
    max_response_bytes: int
    """The limit of a response, after decoding: 64 MiB; a stream or a download has none."""
    max_line_bytes: int
    """The limit of a line or an event of a stream: 16 MiB."""
    max_response_values: int
    """The limit of strings, numbers, objects and arrays in the JSON of a response or of an item: 1,000,000."""
    max_retries: int
    """How often the client sends a request again if the server was not reached, or could not answer."""
    retry_unsafe: bool
    """Whether the client also sends a request again that the server may have processed."""
    idempotency_key: str | None
    """The header `Idempotency-Key`, by which a server knows a request that it has processed."""
    extra_headers: Mapping[str, str] | None
    extra_query: Mapping[str, str | int | float | bool | None] | None
    """Parameters of the query that the API document does not list."""
    extra_body: Mapping[str, Any] | None
    """Members of the body that the API document does not list."""
    compat: Mapping[str, str] | None
    """The fields (by pointer) to write as an older server knows them: {"/new": "old"}."""
    on_response: Callable[[httpx.Response], object] | None
    """Called with the response of each result, for its status and headers."""


@dataclass(slots=True)
class Draft:
    """A request in the making.

    The client replaces the names in braces in its path, and encodes the parts of its query. `content` is the argument
    of httpx for the body, `content_type` the chosen media type.
    """

    path: str
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    members: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    has_files: bool = False
    content_type: str = ""
    content: dict[str, Any] = field(default_factory=dict)

    def add_cookies(self, name: str, pairs: Iterable[str]) -> None:
        """Add the encoded pairs of a cookie. Raises ValueError for a name that no cookie can have."""
        if not is_token(name):
            raise ValueError(f"no cookie can have the name {name!r:.100}")
        self.cookies.extend(pairs)


# A mark puts an argument into a request: `put` may raise ValueError or PayloadError. `place` is that of a parameter, and empty
# for parts of the body. The client does not send None, unless `is_nullable`.


@dataclass(frozen=True, slots=True)
class Member:
    """An argument that is a member of the body."""

    name: str
    is_nullable: bool = False
    is_required: ClassVar[bool] = False
    place: ClassVar[str] = ""

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        draft.members[self.name] = value
        draft.has_body = True


@dataclass(frozen=True, slots=True)
class TextMember(Member):
    """A member of the body that is a text, or holds texts: the client sends integers as texts."""

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        Member.put(self, draft, ident, _texts(value))


def _texts(value: Any) -> Any:
    """Integers as texts, also in a list or a mapping."""
    if isinstance(value, (list, tuple)):
        return [_texts(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _texts(item) for key, item in value.items()}
    return str(value) if type(value) is int else value


def in_base64(value: Any) -> Any:
    """Bytes in base64, also in a list or a mapping. Those of a response that Python would write otherwise know their text."""
    if isinstance(value, (bytes, bytearray)):
        return getattr(value, "_text", "") or b64encode(value).decode()
    if isinstance(value, (list, tuple)) and not is_file(value):
        return [in_base64(item) for item in value]
    if isinstance(value, Mapping):
        return {key: in_base64(item) for key, item in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class FileMember(Member):
    """A member of the body that may be a file.

    The client sends files in a form, although the API document lists another media type first.
    """

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        Member.put(self, draft, ident, value)
        several = value if isinstance(value, list) else [value]
        draft.has_files = draft.has_files or any(map(is_content, several))


def is_file(value: Any) -> bool:
    """Whether a tuple is a file with its name. A tuple of texts is a sequence like any other."""
    is_named = isinstance(value, tuple) and len(value) in {2, 3, 4} and isinstance(value[0], str)
    return is_named and not isinstance(value[1], str)


def is_content(value: Any) -> bool:
    """Whether a value is a file of a form: bytes, a path, an open file, or such a tuple."""
    return (
        is_file(value)
        or isinstance(value, (bytes, bytearray, os.PathLike))
        or hasattr(value, "read")
    )


@dataclass(frozen=True, slots=True)
class Members:
    """An argument that is all members of the body at once, in place of the arguments for each.

    It is a model, or a mapping by the names in the API document.
    """

    place: ClassVar[str] = ""
    is_nullable: ClassVar[bool] = False
    is_required: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        draft.members.update(value)
        draft.body, draft.has_body = {}, True


def members_of(ident: str, value: Any) -> dict[str, Any]:
    """The members of a whole body, by their names in the API document.

    Raises TypeError for a value that has none, and ArgumentError for one that is no JSON.
    """
    if isinstance(value, BaseModel):
        try:
            return _members_of_model(value)
        except ValueError as error:
            raise ArgumentError(str(error), ident) from None
    if not isinstance(value, Mapping):
        raise TypeError(
            f"{ident!r} has to be a model or a mapping, and is a {type(value).__name__}"
        )
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"{ident!r} has the member {key!r:.100}, whose name has to be a string")
    return dict(value)


def _members_of_model(model: BaseModel) -> dict[str, Any]:
    """The members of a model as JSON, but files (`format: binary`) as they are."""
    held = {key for key, item in vars(model).items() if _has_bytes(item)}
    dump = partial(model.model_dump, mode="json", by_alias=True, exclude_unset=True)
    found = dump(exclude=held)
    for key in held:
        item, name = getattr(model, key), type(model).model_fields[key].alias or key
        try:
            text = dump(include={key}).get(name)
        except ValueError:  # bytes that are no text
            text = None
        found[name] = item if text is None or _is_same_text(item, text) else text
    return found


def _has_bytes(value: Any) -> bool:
    return isinstance(value, bytes) or (isinstance(value, list) and any(map(_has_bytes, value)))


def _is_same_text(value: Any, text: Any) -> bool:
    """Whether bytes, or those in a list, are written unchanged, and not in base64."""
    if isinstance(value, list):
        return isinstance(text, list) and all(map(_is_same_text, value, text))
    return isinstance(value, bytes) and value == text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Body:
    """An argument that is the whole body."""

    is_nullable: bool = False
    is_required: bool = False
    place: ClassVar[str] = ""

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        draft.body, draft.has_body = value, True


@dataclass(frozen=True, slots=True)
class ContentType:
    """An argument that chooses the media type of the body."""

    place: ClassVar[str] = ""
    is_nullable: ClassVar[bool] = False
    is_required: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        draft.content_type = value


def refuse(option: str, given: Iterable[str], names: Iterable[str]) -> None:
    """Raises TypeError if an option contains the name of an argument.

    The client would send its value without folding or validating it.
    """
    if found := set(given).intersection(names):
        raise TypeError(f"{min(found)!r} is an argument, and may not be in {option}")


def refuse_unknown(given: Iterable[str], known: Iterable[str], hint: str = "") -> None:
    """Raises TypeError for a name that is not known. Without a similar name, the message has the hint."""
    names = {*known}
    if unknown := set(given) - names:
        name = min(unknown)
        close = get_close_matches(name, names, 1)
        told = f"did you mean {close[0]!r}?" if close else hint
        raise TypeError(f"unexpected argument {name!r}{told and f' ({told})'}")
