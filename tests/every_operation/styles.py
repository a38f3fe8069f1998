"""Parameters of a request, read by the style table of the specification (4.8.12.6 of OpenAPI 3.1, and RFC 6570).

Values are read as texts: a style does not say whether `1` is a number. What a style cannot say raises Ambiguous:

- a value with the separator in it where that is not encoded, or encoded like the separator itself: `,` and `=` in headers
  and beside `allowReserved` (where `%20` stays what it is), spaces and pipes in lists delimited by them, `.` in exploded labels;
- two parts of one segment of a path, if the value of one has what stands between them;
- an exploded object with a member that is called like another parameter;
- an empty array or object, which RFC 6570 takes for nothing; null inside of one, which is left out;
- arrays and objects inside of another, and arrays as a deepObject, which the specification leaves open: they are read as
  JSON, or not in a deepObject.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx

Pair = tuple[str, str]
_TRIPLE = re.compile("%[0-9A-Fa-f]{2}")


class Ambiguous(Exception):
    """A value that its style cannot say."""


class Wrong(Exception):
    """A request that is not what was given."""


@dataclass(slots=True)
class Parts:
    """A request taken apart, still encoded; what is read is taken out."""

    slots: dict[str, str]
    query: list[Pair]
    headers: dict[str, str]
    cookies: list[Pair]
    taken: list[Pair] = field(default_factory=list)


def parts(request: httpx.Request, base: str, template: str) -> Parts:
    """The parts of a request for an operation at a path below another."""
    path, _, query = request.url.raw_path.decode().partition("?")
    own, _, fixed = template.partition("?")
    headers = {name.decode().lower(): value.decode() for name, value in request.headers.raw}
    cookies = headers.pop("cookie", "")
    found = Parts(
        _slots(path, base + own),
        [_pair(one.replace("+", "%20")) for one in query.split("&") if one],
        headers,
        [_pair(one.strip()) for one in cookies.split(";") if one.strip()],
    )
    for name, value in map(_pair, filter(None, fixed.split("&"))):
        _fixed(found, name, value)
    return found


def _pair(text: str) -> Pair:
    name, _, value = text.partition("=")
    return name, value


def _fixed(found: Parts, name: str, value: str) -> None:
    """Take out what a path says of the query itself, parameters among it."""
    pair = next((one for one in found.query if one[0] == name), None)
    if pair is None:
        raise Wrong(f"the query lacks {name!r}")
    found.query.remove(pair)
    if slot := re.fullmatch("{(.*)}", value):
        found.slots[slot[1]] = pair[1]
    elif unquote(pair[1]) != unquote(value):
        raise Wrong(f"{name!r} is {pair[1]!r} in the query")


def _slots(path: str, template: str) -> dict[str, str]:
    """The raw values of the parameters in a path."""
    pieces = re.split(r"({[^{}]*})", template)
    names = [piece[1:-1] for piece in pieces[1::2]]
    found = []
    for many in ("(.*)", "(.*?)"):
        pattern = "".join(many if piece[:1] == "{" else _literal(piece) for piece in pieces)
        if (told := re.fullmatch(pattern, path, re.DOTALL)) is None:
            raise Wrong(f"the path is {path!r}")
        found.append(told.groups())
    if found[0] != found[1]:
        raise Ambiguous
    return dict(zip(names, found[0], strict=True))


def _literal(text: str) -> str:
    """A pattern for a text of a path, of which some characters are sent encoded."""
    return "".join(f"(?:{re.escape(one)}|{_encoded(one)})" for one in text)


def _encoded(one: str) -> str:
    return "".join(f"%{byte:02X}" for byte in one.encode())


# The table


def read(parameter: dict[str, Any], given: Any, found: Parts) -> Any:
    """What a request says of a parameter, of which that was given: its kind and the names of its members are taken
    from it, nothing else. None where it says nothing."""
    place, name = parameter["in"], parameter["name"]
    if "content" in parameter:
        return _content(next(iter(parameter["content"])), _whole(place, name, found))
    usual = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}[place]
    style = parameter.get("style") or usual
    explode = parameter.get("explode", style in {"form", "cookie"}) is True
    clear(parameter, style, explode, given)
    if place == "path":
        return _path(found.slots.pop(name), name, style, explode, given)
    if place == "header":
        text = found.headers.pop(name.lower(), None)
        return None if text is None else _listed(text, ",", explode, given, str)
    pairs = found.query if place == "query" else found.cookies
    style = style.replace("cookie", "form")  # 4.12.2 of OpenAPI 3.2: the same, not encoded
    return read_pairs(pairs, name, style, explode, given)


def _whole(place: str, name: str, found: Parts) -> str | None:
    if place == "path":
        return unquote(found.slots.pop(name))
    if place == "header":
        return found.headers.pop(name.lower(), None)
    texts = _take(found.query if place == "query" else found.cookies, name)
    return unquote(texts[0]) if texts else None


def _content(kind: str, text: str | None) -> Any:
    return json.loads(text) if text is not None and "json" in kind else text


def _take(pairs: list[Pair], name: str) -> list[str]:
    """The values of a name, taken out."""
    own = [pair for pair in pairs if unquote(pair[0]) == name]
    pairs[:] = [pair for pair in pairs if unquote(pair[0]) != name]
    return [value for _, value in own]


def read_pairs(pairs: list[Pair], name: str, style: str, explode: bool, given: Any) -> Any:
    """A value by a style of the query: form, spaceDelimited, pipeDelimited, deepObject."""
    if style == "deepObject" and isinstance(given, dict):
        return _deep(pairs, name)
    if isinstance(given, (list, dict)) and explode:
        if isinstance(given, list):
            return [unquote(text) for text in _take(pairs, name)] or None
        members = {key: _take(pairs, key) for key in given}
        return {key: unquote(texts[0]) for key, texts in members.items() if texts} or None
    texts = _take(pairs, name)
    if len(texts) > 1:
        raise Wrong(f"{name!r} is there {len(texts)} times")
    if not texts:
        return None
    between = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return _listed(texts[0].replace("|", "%7C"), between, False, given, unquote)


def _deep(pairs: list[Pair], name: str) -> Any:
    found = {}
    for pair in list(pairs):
        if told := re.fullmatch(rf"{re.escape(name)}\[([^\[\]]*)\]", unquote(pair[0]), re.DOTALL):
            pairs.remove(pair)
            found[told[1]] = unquote(pair[1])
    return found or None


def _path(text: str, name: str, style: str, explode: bool, given: Any) -> Any:
    if style == "label":
        if not text.startswith("."):
            raise Wrong(f"{text!r} is no label")
        return _listed(text[1:], "." if explode else ",", explode, given, unquote)
    if style == "matrix":
        return _matrix(text, name, explode, given)
    return _listed(text, ",", explode, given, unquote)


def _matrix(text: str, name: str, explode: bool, given: Any) -> Any:
    pairs = [_pair(one) for one in text.split(";")[1:]]
    if not text.startswith(";"):
        raise Wrong(f"{text!r} is no matrix")
    if explode and isinstance(given, dict):
        return {unquote(key): unquote(value) for key, value in pairs}
    if {unquote(key) for key, _ in pairs} != {name}:
        raise Wrong(f"{text!r} is not of {name!r}")
    if explode and isinstance(given, list):
        return [unquote(value) for _, value in pairs]
    ((_, value),) = pairs
    return _listed(value, ",", False, given, unquote)


def _listed(text: str, between: str, explode: bool, given: Any, decode: Any) -> Any:
    """A text that holds all of a value."""
    if not isinstance(given, (list, dict)):
        return decode(text)
    several = text.split(between)
    if isinstance(given, list):
        return [decode(one) for one in several]
    if explode:
        return {decode(key): decode(value) for key, value in map(_pair, several)}
    if len(several) % 2:
        raise Wrong(f"{text!r} holds no pairs")
    return dict(zip(map(decode, several[::2]), map(decode, several[1::2]), strict=True))


# What a style cannot say


def clear(parameter: dict[str, Any], style: str, explode: bool, given: Any) -> None:
    """Raises Ambiguous for a value that the style of a parameter cannot say."""
    if parameter.get("allowReserved") is True and any(map(_TRIPLE.search, _texts([given]))):
        raise Ambiguous
    if not isinstance(given, (list, dict)):
        return
    if not said(given):
        raise Ambiguous
    inside = given.values() if isinstance(given, dict) else [given]
    if style == "deepObject" and any(isinstance(one, (list, dict)) for one in inside):
        raise Ambiguous
    texts = list(_texts(given))
    unsayable = {"spaceDelimited": " ", "pipeDelimited": "|", "deepObject": "[]"}.get(style, "")
    if explode and style == "label":
        unsayable = "."
    if parameter["in"] == "header" or style == "cookie" or parameter.get("allowReserved") is True:
        unsayable += ",=;&"
    if any(set(text) & set(unsayable) for text in texts):
        raise Ambiguous
    keys = given if isinstance(given, dict) and explode and style == "form" else ()
    if parameter["name"] in keys or "" in keys:
        raise Ambiguous


def shared(given: Iterable[tuple[dict[str, Any], Any]]) -> set[str]:
    """The names that several of some parameters of one place are written with, members of exploded objects among them."""
    count = Counter[str]()
    for parameter, value in given:
        style = parameter.get("style", "form")
        is_exploded = parameter.get("explode", style == "form") is True and style == "form"
        is_members = is_exploded and isinstance(value, dict) and "content" not in parameter
        count.update(list(value) if is_members else [parameter["name"]])
    return {name for name, times in count.items() if times > 1}


def _texts(value: Any) -> Iterator[str]:
    """The texts that an array or an object is made of."""
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value:
        yield text_of(item)


def said(given: Any) -> Any:
    """What of a value is sent: null is nothing."""
    if isinstance(given, dict):
        return {key: item for key, item in given.items() if item is not None}
    return [item for item in given if item is not None] if isinstance(given, list) else given


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_said(found: Any, given: Any) -> bool:
    """Whether what was read is what was given."""
    if same(found, given):
        return True
    if isinstance(found, str) and not isinstance(given, str):
        try:
            return bool(same(json.loads(found), given))
        except ValueError:
            return False
    if isinstance(given, dict) and isinstance(found, dict):
        inside = said(given)
        return found.keys() == inside.keys() and all(
            is_said(found[key], inside[key]) for key in inside
        )
    if isinstance(given, list) and isinstance(found, list):
        inside = said(given)
        return len(found) == len(inside) and all(map(is_said, found, inside))
    return same(found, given)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, true and 1 told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
