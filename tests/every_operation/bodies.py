"""Bodies of requests, read by their media types and the Encoding Object (4.8.15 of OpenAPI 3.1).

Forms cannot say everything either: see `styles`. Null has no form; parts of `multipart/form-data` are texts, so `1` may be
a number; and members of forms are JSON if they are objects, or arrays that are said to be JSON.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import httpx

from every_operation import styles
from every_operation.styles import Ambiguous, Pair, Wrong, clear, is_said, read_pairs, same


def check(request: httpx.Request, given: Any, encoding: Mapping[str, Any]) -> None:
    """Raises Wrong unless the body of a request says what was given, with the encodings of its members."""
    content, told = request.read(), request.headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower()
    if isinstance(given, bytes):
        _expect(content == given, content)
    elif kind.endswith(("/json", "+json")):
        _expect(same(json.loads(content), given), content)
    elif isinstance(given, dict) and (None in given.values() or _is_shared(given, encoding)):
        raise Ambiguous
    elif kind == "application/x-www-form-urlencoded":
        _form(content.decode(), given, encoding)
    elif kind.startswith("multipart/"):
        _multipart(content, told, given, encoding)
    elif isinstance(given, list) and kind == "text/event-stream":
        _expect(_events(content.decode()) == list(map(_event, given)), content)
    elif isinstance(given, list) and ("json" in kind):
        lines = [json.loads(line.strip(b"\x1e")) for line in content.split(b"\n") if line]
        _expect(same(lines, given), content)
    else:
        _expect(is_said(content.decode(), given), content)


def _events(text: str) -> list[dict[str, str]]:
    """The fields of events (HTML, 9.2.6)."""
    found = []
    for one in text.split("\n\n")[:-1]:
        fields: dict[str, str] = {}
        for name, value in (line.split(": ", 1) for line in one.split("\n")):
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
        found.append(fields)
    return found


def _event(given: Mapping[str, Any]) -> dict[str, str]:
    """An event as texts."""
    plain: Any = {"separators": (",", ":"), "ensure_ascii": False}
    return {
        name: one if isinstance(one, str) else json.dumps(one, **plain)
        for name, one in given.items()
    }


def _expect(is_right: bool, content: Any) -> None:
    if not is_right:
        raise Wrong(f"the body is {content!r:.500}")


def _is_shared(given: Mapping[str, Any], encoding: Mapping[str, Any]) -> bool:
    """Whether members of a form are written with the same name."""
    members = ((_query(name, encoding.get(name) or {}), value) for name, value in given.items())
    return bool(styles.shared(members))


def _form(text: str, given: Mapping[str, Any], encoding: Mapping[str, Any]) -> None:
    pairs: list[Pair] = []
    for one in filter(None, text.replace("+", "%20").split("&")):
        name, _, value = one.partition("=")
        pairs.append((name, value))
    unclear = False
    for name, value in given.items():
        how = encoding.get(name) or {}
        try:
            found = _member(pairs, name, how, value)
        except Ambiguous:
            unclear = True
            continue
        is_nothing = value in ([], {})
        _expect(is_nothing if found is None else is_said(found, value), text)
    if unclear:
        raise Ambiguous
    _expect(not pairs, text)


def _member(pairs: list[Pair], name: str, how: Mapping[str, Any], value: Any) -> Any:
    """A member of a form: in a style if one is said, else by its media type, which is JSON for objects."""
    if is_styled(how):
        return _styled(pairs, name, how, value)
    is_list = isinstance(value, list) and "json" not in how.get("contentType", "")
    if is_list and None in value:
        raise Ambiguous
    return read_pairs(pairs, name, "form", True, value if is_list else "")


def _query(name: str, how: Mapping[str, Any]) -> dict[str, Any]:
    """A member of a form as if it were a parameter of the query."""
    return {"name": name, "in": "query", **(how if is_styled(how) else {"content": {}})}


def is_styled(how: Mapping[str, Any]) -> bool:
    return bool(how.keys() & {"style", "explode", "allowReserved"})


def _styled(pairs: list[Pair], name: str, how: Mapping[str, Any], value: Any) -> Any:
    style = how.get("style", "form")
    explode = how.get("explode", style == "form") is True
    if value not in ([], {}):  # of which nothing is written
        clear(_query(name, how), style, explode, value)
    return read_pairs(pairs, name, style, explode, value)


def _multipart(
    content: bytes, told: str, given: Mapping[str, Any], encoding: Mapping[str, Any]
) -> None:
    whole = email.message_from_bytes(
        b"content-type: " + told.encode() + b"\r\n\r\n" + content, policy=email.policy.HTTP
    )
    found: dict[str, list[tuple[str, bytes]]] = {}
    for part in whole.iter_parts() if whole.is_multipart() else ():
        payload: Any = part.get_payload(decode=True)
        name = str(part.get_param("name", header="content-disposition"))
        for sent, meant in (("%22", '"'), ("%0D", "\r"), ("%0A", "\n")):  # HTML, 4.10.21.8
            name = name.replace(sent, meant)
        found.setdefault(name, []).append((part.get_content_type(), payload))
    unclear = False
    for name, value in given.items():
        is_file = isinstance(value, list) and any(isinstance(one, bytes) for one in value)
        is_parted = isinstance(value, (dict, list)) and not is_file
        if is_parted and is_styled(encoding.get(name) or {}):
            unclear |= not _parts_in_style(found, name, encoding[name], value)
            continue
        how = str((encoding.get(name) or {}).get("contentType", "")).partition(",")[0].strip()
        several = value if isinstance(value, list) and "json" not in how else [value]
        parts = found.pop(name, [])
        _expect(len(parts) == len(several), content)
        for (kind, payload), one in zip(parts, several, strict=True):
            _expect(_is_part(payload, one), content)
            _expect(not how or "*" in how or kind == how.partition(";")[0].strip(), content)
    if unclear:
        raise Ambiguous
    _expect(not found, content)


def _is_part(payload: bytes, value: Any) -> bool:
    if isinstance(value, bytes):
        return payload == value
    return is_said(payload.decode(), value)


def _parts_in_style(
    found: dict[str, list[tuple[str, bytes]]], name: str, how: Mapping[str, Any], value: Any
) -> bool:
    """Whether parts can be read that are written as parameters of a query, but not encoded (4.8.15.1.2)."""
    pairs = [
        (quote(key), quote(payload.decode(), ","))
        for key, several in found.items()
        for _, payload in several
    ]
    try:
        if value not in ([], {}):
            clear({"in": "header", "name": name}, "form", False, value)
        said = _styled(pairs, name, how, value)
    except Ambiguous:
        return False
    _expect(value in ([], {}) if said is None else is_said(said, value), found)
    left = {unquote(key) for key, _ in pairs}
    for key in [key for key in found if key not in left]:
        del found[key]
    return True
