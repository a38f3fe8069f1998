"""The parameters of a request, in the styles of OpenAPI (section 4.8.12 of 3.1), and their places in the request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from ._arguments import Draft
from ._operation import Codec, Json, encoded, replaced, to_json

Quote = Callable[[str], str]
_SEPARATORS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
_SENDABLE = re.compile(r"([!-~]+([ \t]+[!-~]+)*)?")  # in a header: what httpx and h11 take
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]*")  # RFC 6265, 4.1.1
_RESERVED = "!$'()*,/:;?@"  # RFC 3986, 2.2, without what would end a part of the query
_IN_PATH = "!$'()*,:;@&=+"  # section 4.12.2 of 3.2: in a path neither `/`, `?` nor `#`


_TRIPLE = re.compile("(%[0-9A-Fa-f]{2})")


def _quoted(is_reserved: bool) -> Quote:
    return _reserved if is_reserved else partial(quote, safe="")


def _reserved(text: str, kept: str = _RESERVED) -> str:
    """Reserved expansion (RFC 6570, 3.2.3): it does not encode again what is encoded already."""
    parts = enumerate(_TRIPLE.split(text))
    return "".join(part if index % 2 else quote(part, kept) for index, part in parts)


def _octets(text: str) -> str:
    """A part of a cookie, sent unchanged. Raises ValueError for a text that no cookie can hold."""
    if not _COOKIE.fullmatch(text):
        raise ValueError(
            "no cookie can hold what is not ASCII, spaces, quotes, commas or semicolons"
        )
    return text


def _json(value: Any) -> str:
    return encoded(value).decode()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _parts(value: Any, how: Quote) -> list[Any]:
    """The encoded parts of a value: the items of an array, the pairs of an object."""
    if isinstance(value, dict):
        return [(how(key), how(_text(item))) for key, item in value.items() if item is not None]
    if isinstance(value, list):
        return [how(_text(item)) for item in value if item is not None]
    return [how(_text(value))]


def _joined(value: Any, explode: bool, how: Quote, separator: str = ",") -> str:
    """All parts of a value: `a,b`, `key,a` or, exploded, `key=a`."""
    within = "=" if explode else separator
    parts = (part if isinstance(part, str) else within.join(part) for part in _parts(value, how))
    return separator.join(parts)


def _exploded(name: str, value: Any, how: Quote) -> Iterator[str]:
    """A pair for each part of a value: `name=a`, `name=b`, or the pairs of an object."""
    for part in _parts(value, how):
        yield f"{name}={part}" if isinstance(part, str) else "=".join(part)


def _nested(name: str, value: Any, how: Quote) -> Iterator[str]:
    """`deepObject`: `name[key]=a`, and so on inside. Items have their index, which the specification leaves open."""
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _nested(f"{name}[{how(str(key))}]", item, how)
    elif value is not None:
        yield from _exploded(name, value, how)


@dataclass(frozen=True, slots=True)
class Path:
    """A part of the path. Raises ValueError for a text that would change the path."""

    name: str
    style: str = "simple"
    explode: bool = False
    reserved: bool = False
    place: ClassVar[str] = "path"
    is_nullable: ClassVar[bool] = False
    is_required: ClassVar[bool] = True

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        name = self.name
        how = partial(_reserved, kept=_IN_PATH) if self.reserved else _quoted(False)
        text = self._expanded(name, to_json(value), how)
        if unquote(text) in {"", ".", ".."} or "/../" in f"/{text}/":
            raise ValueError(f"{ident!r} is a part of the path, and may not be {value!r}")
        draft.path = draft.path.replace(f"{{{name}}}", text)

    def _expanded(self, name: str, value: Any, how: Quote) -> str:
        if self.style == "json":
            return how(_json(value))
        if self.style == "label":
            return "." + _joined(value, self.explode, how, "." if self.explode else ",")
        if self.style != "matrix":
            return _joined(value, self.explode, how)
        if self.explode and isinstance(value, (list, dict)):
            return "".join(f";{pair}" for pair in _exploded(name, value, how))
        text = _joined(value, False, how)
        return f";{name}={text}" if text else f";{name}"


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query."""

    name: str
    style: str = "form"
    explode: bool = True
    reserved: bool = False
    is_required: bool = False
    place: ClassVar[str] = "query"
    is_nullable: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        draft.query.extend(self.pairs(ident, to_json(value)))

    def pairs(self, ident: str, value: Any) -> Iterator[str]:
        """The encoded parts of a query, or of a form."""
        name, how = quote(self.name, "[]"), _quoted(self.reserved)
        if self.style == "json":
            yield f"{name}={how(_json(value))}"
        elif self.style == "deepObject":
            yield from _nested(name, value, how)
        elif self.explode or not isinstance(value, (list, dict)):
            yield from _exploded(name, value, how)
        elif _parts(value, how):
            yield f"{name}={_joined(value, False, how, _SEPARATORS.get(self.style, ','))}"


@dataclass(frozen=True, slots=True)
class QueryString:
    """The whole query, in a media type.

    If it is not a form, it is percent-encoded as a whole (section 4.12.1 of 3.2).
    """

    name: str
    codec: Codec
    is_required: bool = False
    place: ClassVar[str] = "querystring"
    is_nullable: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        text = self.codec.encode(value, {})["content"].decode()
        is_form = self.codec.media_type == "application/x-www-form-urlencoded"
        draft.query.extend([text if is_form else quote(text, "")] if text else [])


@dataclass(frozen=True, slots=True)
class Header:
    """A header. Raises ValueError for a text that no header can hold: line ends, and characters that are not ASCII."""

    name: str
    style: str = "simple"
    explode: bool = False
    is_required: bool = False
    place: ClassVar[str] = "header"
    is_nullable: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        sent = to_json(value)
        text = _json(sent) if self.style == "json" else _joined(sent, self.explode, str)
        if not _SENDABLE.fullmatch(text):
            raise ValueError(f"{ident!r} is a header, and has to be text of one line of ASCII")
        draft.headers[(self.name).lower()] = text


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie. With the style `cookie` (3.2) it is not percent-encoded."""

    name: str
    style: str = "form"
    explode: bool = True
    is_required: bool = False
    place: ClassVar[str] = "cookie"
    is_nullable: ClassVar[bool] = False

    def put(self, draft: Draft, ident: str, value: Any) -> None:
        name, sent = self.name, to_json(value)
        how = _octets if self.style == "cookie" else _quoted(False)
        if self.style == "json":
            draft.add_cookies(name, [f"{name}={how(_json(sent))}"])
        elif self.explode:
            draft.add_cookies(name, _exploded(name, sent, how))
        else:
            draft.add_cookies(name, [f"{name}={_joined(sent, False, how)}"])


@dataclass(frozen=True)
class Parameters(Json):
    """Parameters, some of which are older fields of others: one object of all of them, by place and name."""

    def folded(self, marks: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments whose parameters are in canonical form, or in the form that an older server knows."""
        names, sent = _named(marks, arguments)
        options = {"compat": arguments.get("compat")}
        return replaced(arguments, names, json.loads(self.encode(sent, options)["content"]))

    def refolded(self, marks: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of a call that was made, whose parameters are in canonical form."""
        names, sent = _named(marks, arguments)
        return replaced(arguments, names, self.folding.read(to_json(sent)).value)


def _named(
    marks: Mapping[str, Any], arguments: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, Any]]:
    """The names of all parameters in this object, and the given parameters."""
    own = {ident: mark for ident, mark in marks.items() if mark.place}
    names = {ident: f"{mark.place}.{mark.name}" for ident, mark in own.items()}
    sent = {
        name: arguments[ident] for ident, name in names.items() if arguments.get(ident) is not None
    }
    return names, sent
