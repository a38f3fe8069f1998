"""Answers that a document admits, and what has to become of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from pydantic import TypeAdapter

from every_operation import package as of
from every_operation.arguments import NOTHING, STREAMS, drawn, items
from every_operation.package import Package
from every_operation.styles import Wrong, same
from speclens import ir
from speclens.source.pointer import join

Json = Any
_EMPTY = (204, 205, 304)  # RFC 9110: no content


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of answer: a status, and a media type with what reads it; None where there is no content."""

    status: int
    is_success: bool
    media: ir.Media | None = None
    is_open: bool = False  # whether a document says nothing of what it holds


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and the value that has to become of it: JSON, a text, bytes, None, or items."""

    response: httpx.Response
    value: Any
    is_success: bool
    how: str = ""  # it is read: as a stream of items, a download, or at once
    media_type: str = ""  # as in the document


def kinds(package: Package, operation: ir.Operation) -> list[Kind]:
    """Every kind of answer that an operation declares."""
    return list(_kinds(package, operation)) or [Kind(200, True, is_open=True)]


def _kinds(package: Package, operation: ir.Operation) -> Iterator[Kind]:
    declared = dict(of.responses_of(package.document, operation))
    lowered = {one.status: one for one in operation.responses}
    chosen = next((one for one in "2d3" if any(key[0] == one for key in declared)), "")
    for status in declared:
        code, is_success = _status(status, declared, chosen), status[0] == chosen
        one = lowered[status]
        if operation.verb == "HEAD" or code in _EMPTY or not one.content:
            yield Kind(code, is_success, is_open=one.is_unknown)
        for media in one.content if operation.verb != "HEAD" and code not in _EMPTY else ():
            yield Kind(code, is_success, media)


def _status(status: str, declared: dict[str, str], chosen: str) -> int:
    """A status that is answered by what is declared under a key, and under no other."""
    if status.isdigit():
        return int(status)
    first = (2 if chosen == "d" else 5) if status == "default" else int(status[0])
    free = (code for code in range(first * 100, 600) if str(code) not in declared)
    return next(
        code
        for code in free
        if code not in _EMPTY and (status[0] != "d" or f"{code // 100}XX" not in declared)
    )


def broken() -> Answer:
    """An answer that no document declares."""
    return Answer(httpx.Response(500), None, False)


def draw(data: DataObject, package: Package, operation: ir.Operation, kind: Kind) -> Answer | None:
    """An answer of a kind; None if no value was found."""
    media = kind.media
    if media is None:
        said = data.draw(st.sampled_from([None, {"a": [1]}])) if kind.is_open else None
        given: Any = {} if said is None else {"json": said}
        return Answer(httpx.Response(kind.status, **given), said, kind.is_success)
    if media.codec.name in STREAMS:
        return _stream(data, package, kind, media)
    name = media.name.replace("*/*", "image/*").replace("/*", "/png")
    if media.codec.name == "Json" and "*" in media.name:
        name = "application/json"
    value = _value(data, package, media)
    if value is NOTHING:
        return None
    content = value if isinstance(value, bytes) else _encoded(media, value)
    response = httpx.Response(kind.status, headers={"content-type": name}, content=content)
    can_be_download = operation.is_download and kind.is_success and media.codec.name == "Raw"
    how = "download" if can_be_download and data.draw(st.booleans()) else ""
    asked = name if media.codec.name == "Json" else media.name
    return Answer(response, value, kind.is_success, how, asked)


def _value(data: DataObject, package: Package, media: ir.Media) -> Any:
    if media.codec.name in {"Raw", "Multipart"}:
        return data.draw(st.binary())
    if media.codec.name in {"Text", "Form"}:
        return data.draw(st.text())
    return drawn(data, package.schemas, join(media.pointer, "schema"))


def _encoded(media: ir.Media, value: Any) -> bytes:
    if media.codec.name in {"Text", "Form"}:
        return bytes(value.encode())
    return json.dumps(value).encode()


def _stream(data: DataObject, package: Package, kind: Kind, media: ir.Media) -> Answer | None:
    found = items(data, package.schemas, media)
    if found is NOTHING:
        return None
    if media.codec.name == "Events" and media.type == ir.Primitive("string"):
        found = [one for one in found if isinstance(one, str) and one.splitlines() == [one]]
        content = "".join(f"data: {one}\n\n" for one in found).encode()
    elif media.codec.name == "EventObjects":
        content = "".join(f"{event(one)}\n" for one in found).encode()
    else:
        start, end = ("data: ", "\n\n") if media.codec.name == "Events" else ("", "\n")
        content = "".join(f"{start}{json.dumps(one)}{end}" for one in found).encode()
    response = httpx.Response(kind.status, headers={"content-type": media.name}, content=content)
    return Answer(response, found, kind.is_success, "items", media.name)


def event(fields: Json) -> str:
    """The lines of an event (HTML, 9.2.6)."""
    texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in fields.items()}
    return "".join(f"{name}: {line}\n" for name, text in texts.items() for line in text.split("\n"))


# Results


def check(operation: Any, result: Any, answer: Answer) -> None:
    """Raises Wrong unless what became of an answer says what was answered. `operation` is that of the runtime, whose
    types say how values are written that are no models."""
    annotation: Any = getattr(operation.codec(answer.response), "annotation", Any)
    whole: Any = list[annotation] if answer.how == "items" else annotation
    found = result
    if not isinstance(answer.value, bytes):
        found = TypeAdapter(whole).dump_python(
            result, mode="json", by_alias=True, exclude_unset=True
        )
    if not same(found, answer.value):
        raise Wrong(f"the result is {found!r:.500} instead of {answer.value!r:.500}")
