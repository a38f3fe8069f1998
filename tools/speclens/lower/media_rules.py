"""Warnings on what a Media Type Object says and the generated code does not do (sections 4.14 and 4.15 of OpenAPI 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.lower import compat, media
from speclens.lower.facts import types_of
from speclens.lower.walk import JsonObject, follow
from speclens.objects import nodes
from speclens.problems import Finding
from speclens.source.pointer import get, join, tokens

_STYLES = ("style", "explode", "allowReserved")
_OF_PARTS = frozenset({"object", "array", "null"})


def check(document: JsonObject) -> Iterator[Finding]:
    """Warnings on items of what is no stream, and on members of forms that are of a media type nothing writes."""
    for place, name in dict(stray_items(document)).items():
        message = f"`itemSchema` is for streams, and `{name}` is read and written as a whole: it says nothing here"
        hint = "write `schema`, or a media type of a stream, such as application/jsonl"
        yield Finding("media/item-schema", place, message, hint, "warning")
    for one in media.held(document):
        if one.owner == "request-body" and one.codec in {"Form", "Multipart"}:
            parts = get(document, one.pointer)
            for name, kind in unwritten(document, parts, one.place, one.schema).items():
                place = join(one.pointer, "encoding", name, "contentType")
                message = f"`{name}` is an object, and nothing writes objects as `{kind}`"
                hint = "declare it as JSON, or as `format: binary`"
                yield Finding("media/not-written", place, message, hint, "warning")


def stray_items(document: JsonObject) -> Iterator[tuple[str, str]]:
    """Where an `itemSchema` stands beside a media type that is read and written as a whole, and the media type."""
    for node in nodes(document):
        if node.kind == "media-type" and node.parent != "components":  # there it has no name
            name = tokens(node.pointer)[-1]
            pointer, value = follow(document, node.pointer, node.value)
            is_said = isinstance(value, dict) and "itemSchema" in value
            if is_said and media.kind(name, value.get("schema")) not in media.STREAMS:
                yield join(pointer, "itemSchema"), name


def unwritten(document: JsonObject, parts: JsonObject, place: str, schema: Any) -> dict[str, str]:
    """The members of a form that are objects, or lists of them, of a media type that is neither JSON nor text: what they
    are of, by name. `parts` is the media type of the form, whose schema stands at `place`."""
    declared, found = parts.get("encoding"), dict[str, str]()
    members = compat.properties(document, place, schema) if isinstance(declared, dict) else {}
    for name, inner in members.items():
        one = declared.get(name) if isinstance(declared, dict) else None
        if not isinstance(one, dict) or any(one.get(field) is not None for field in _STYLES):
            continue
        kind = str(one.get("contentType") or "").partition(",")[0].strip()
        is_known = not kind or "*" in kind or "json" in kind or kind.startswith("text/")
        if not is_known and _is_object(document, *inner):
            found[name] = kind
    return found


def is_list(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a member of a form has a part for each item."""
    return types_of(document, follow(document, pointer, schema)[1]) <= {"array", "null"}


def _is_object(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a schema is one of objects alone, or of lists of them."""
    place, target = follow(document, pointer, schema)
    types = types_of(document, target)
    if is_list(document, place, target) and isinstance(target, dict):
        return "items" in target and _is_object(document, join(place, "items"), target["items"])
    return "object" in types and types <= _OF_PARTS
