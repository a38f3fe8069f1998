"""Warnings on what a Media Type Object says and the generated code does not do (sections 4.14 and 4.15 of OpenAPI 3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from speclens.lower.ground import media_types
from speclens.lower.ground.media_types import stray_items, unwritten
from speclens.lower.ground.walk import JsonObject
from speclens.problems import Finding
from speclens.source.pointer import get, join


def check(document: JsonObject) -> Iterator[Finding]:
    """Warnings on items of what is no stream, and on members of forms that are of a media type nothing writes."""
    for place, name in dict(stray_items(document)).items():
        message = f"`itemSchema` is for streams, and `{name}` is read and written as a whole: it says nothing here"
        hint = "write `schema`, or a media type of a stream, such as application/jsonl"
        yield Finding("media/item-schema", place, message, hint, "warning")
    for one in media_types.held_media_types(document):
        if one.owner == "request-body" and one.codec in {"Form", "Multipart"}:
            parts = get(document, one.pointer)
            for name, kind in unwritten(document, parts, one.place, one.schema).items():
                place = join(one.pointer, "encoding", name, "contentType")
                message = f"`{name}` is an object, and nothing writes objects as `{kind}`"
                hint = "declare it as JSON, or as `format: binary`"
                yield Finding("media/not-written", place, message, hint, "warning")
