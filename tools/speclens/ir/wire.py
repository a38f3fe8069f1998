"""How values go over the wire: the codecs of media types, how arguments are written, and how a client proves who calls."""

from __future__ import annotations

from dataclasses import dataclass

from speclens.ir.types import Type


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a member of a form is written, where the document says so."""

    member: str
    media_type: str = ""
    style: str = ""
    explode: bool = True
    is_reserved: bool = False


@dataclass(frozen=True, slots=True)
class Codec:
    """The class of the runtime that reads and writes a media type, and what it is told."""

    name: str  # ident
    model: Type | None = None  # what it judges values by
    media_type: str | None = None  # None where it is the one that the class is for
    is_text: bool = False  # of events: whether their data is no JSON
    is_json: bool = False  # of events with fields: whether their data is JSON
    fold: str = ""  # ident of the function that folds values
    encodings: tuple[Encoding, ...] = ()
    required: tuple[str, ...] = ()  # of a form: the members that are always sent
    folded: tuple[
        str, ...
    ] = ()  # of a form: the members that are JSON in which something is folded
    denormalize: str = ""  # ident of the function that says a value in older fields
    older: str = ""  # literal: the ways to do so, pairs of a hub's pointer and a field


@dataclass(frozen=True, slots=True)
class Mark:
    """How an argument is written at its place in a request. What is not said is as usual at that place."""

    is_nullable: bool = False  # of a member or a body: whether None is sent, as null
    is_text: bool = False  # of a member: whether integers in it are sent as texts
    style: str = ""
    explode: bool | None = None
    is_reserved: bool = False
    codec: Codec | None = None  # of what is all of the query


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
    """A token of OAuth 2.0: one that the caller has, or of the client credentials flow where there is a `token_url`."""

    token_url: str = ""
    scopes: tuple[str, ...] = ()


Proof = ApiKey | Http | OAuth2
"""What a request shows of who sends it."""
