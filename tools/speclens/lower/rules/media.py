"""Warns of fields of Media Type Objects that the generated code ignores (sections 4.14 and 4.15 of OpenAPI 3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from speclens.lower.ground import media_types
from speclens.lower.ground.media_types import stray_items, unwritten
from speclens.openapi.api import OpenApi
from speclens.problems import Finding
from speclens.source.pointer import join


def check(api: OpenApi) -> Iterator[Finding]:
    """Warnings of `itemSchema` beside a media type that is not a stream, of form members with a media type for which no
    codec writes objects, and of forms that are no objects."""
    for schema, name in {one.pointer: (one, name) for one, name in stray_items(api)}.values():
        message = f"`itemSchema` is for streams, and `{name}` is read and written as a whole, so it has no effect here"
        hint = "write `schema`, or a media type of a stream, such as application/jsonl"
        yield Finding("media/item-schema", schema.pointer, message, hint, "warning")
    for one in media_types.held_media_types(api):
        if one.codec == "Raw" and media_types.codec_of(one.media.name, None) in media_types.FORMS:
            message = f"`{one.media.name}` is a form, but this schema accepts no object: the client sends and returns bytes"
            hint = "write a schema of an object, whose properties are the parts"
            yield Finding("media/not-written", one.place, message, hint, "warning")
        if one.media.owner == "request-body" and one.codec in media_types.FORMS:
            found = unwritten(api.document, one.media, one.place, one.schema)
            for name, encoding in found.items():
                place = join(encoding.pointer, "contentType")
                message = f"`{name}` is an object, but no codec writes objects as `{encoding.kind}`"
                hint = "declare it as JSON, or as `format: binary`"
                yield Finding("media/not-written", place, message, hint, "warning")
