"""How values go over the wire: the codecs of media types, the marks of arguments, and the security schemes."""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir.types import Type


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the client writes a member of a form, if the document says so."""

    member: str
    media_type: str = ""
    style: str = ""
    explode: bool = True
    is_reserved: bool = False


@dataclass(frozen=True, slots=True)
class Codec:
    """The class of the runtime that reads and writes a media type, and its arguments."""

    name: str  # ident
    model: Type | None = None  # validates values
    media_type: str | None = None  # None if it is the usual one of the class
    is_text: bool = False  # of events: whether their data is text
    is_json: bool = False  # of events with fields: whether their data is JSON
    fold: str = ""  # ident of the function that folds values
    encodings: tuple[Encoding, ...] = ()
    required: tuple[str, ...] = ()  # of a form: the members that are always sent
    # Of a form: the members that are JSON in which something is folded; and those that it declares, if the others are such
    # JSON, too.
    folded: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None
    denormalize: str = ""  # ident of the function that expresses a value in older fields
    older: str = ""  # literal: the ways to do so, pairs of a hub's pointer and a field


@dataclass(frozen=True, slots=True)
class Mark:
    """How the client writes an argument at its place in a request. The defaults stand for what is usual at the place."""

    is_nullable: bool = False  # of a member or a body: whether None is sent, as null
    is_text: bool = False  # of a member: whether the client sends integers in it as texts
    is_base64: bool = False  # whether the client sends bytes in it in base64
    is_file: bool = False  # of a member: whether a file in it decides on the media type of the body
    style: str = ""
    explode: bool | None = None
    is_reserved: bool = False
    codec: Codec | None = None  # of an argument that is the whole query


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header, in the query or in a cookie."""

    place: str
    key: str


@dataclass(frozen=True, slots=True)
class Http:
    """A scheme of HTTP authentication (RFC 9110, section 11)."""

    scheme: str


@dataclass(frozen=True, slots=True)
class OAuth2:
    """A token of OAuth 2.0. With a `token_url` the client requests it (client credentials flow); else the caller gives it."""

    token_url: str = ""
    scopes: tuple[str, ...] = ()


Proof = ApiKey | Http | OAuth2
"""The proof of identity that a request carries."""
