"""Refuses x-compat in media types and headers whose values the generated code does not fold."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from speclens.lower.ground import composed, facts, media_types
from speclens.openapi.api import OpenApi
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, join

_ANSWERS_AS_THEY_ARE = media_types.FORMS


def check(api: OpenApi, folding: Collection[str]) -> Iterator[Finding]:
    """`compat/misplaced` for schemas of bodies, responses, parts and headers. `folding` are the pointers of all schemas that
    hold something to fold."""
    yield from _media(api, folding)
    yield from _items(api, folding)
    yield from _headers(api, folding)


def _misplaced(place: str, message: str, hint: str) -> Finding:
    return Finding("compat/misplaced", place, message, hint)


def _media(api: OpenApi, folding: Collection[str]) -> Iterator[Finding]:
    """Refuses media types whose values are not folded, unless JSON with the same schema is offered beside them."""
    document, every = api.document, list(media_types.held_media_types(api))
    spoken = {
        (_content(one), follow(document, one.place, one.schema)[0])
        for one in every
        if one.codec in {"Json", "MergePatch"}
    }
    for one in every:
        place = follow(document, one.place, one.schema)[0]
        is_spoken = (_content(one), place) in spoken and one.codec == "Raw"
        if place in folding and not is_spoken and one.media.owner != "header":
            for message, hint in _unread(document, one, place):
                yield _misplaced(one.place, message, hint)
        if one.media.owner == "request-body" and one.codec in media_types.FORMS:
            yield from _parts(document, folding, one)


def _content(one: media_types.Held) -> str:
    """The place of the media types that a media type is one of."""
    return one.media.pointer.rpartition("/")[0]


def _parts(
    document: JsonObject, folding: Collection[str], form: media_types.Held
) -> Iterator[Finding]:
    """Refuses members of a form that callers pass as they are to be sent."""
    schema = form.place, form.schema
    members = composed.properties(document, *schema)
    for name, encoding in media_types.unwritten(document, form.media, *schema).items():
        target = follow(document, *members[name])[0]
        if target in folding:
            place = join(encoding.pointer, "contentType")
            message = f"{target} has x-compat, but a part of `{encoding.kind}` is not folded"
            yield _misplaced(
                place, message, "declare it as JSON, or refer to a schema without x-compat"
            )


def _items(api: OpenApi, folding: Collection[str]) -> Iterator[Finding]:
    """Refuses `itemSchema` beside a media type that is not a stream."""
    for schema, name in media_types.stray_items(api):
        target = follow(api.document, *schema)[0]
        if target in folding:
            message = f"{target} has x-compat, but `itemSchema` has no effect beside `{name}`"
            hint = "write `schema`, or a media type of a stream"
            yield _misplaced(schema.pointer, message, hint)


def _unread(document: JsonObject, one: media_types.Held, place: str) -> Iterator[tuple[str, str]]:
    """The reasons why values of a media type are not folded, each with a hint."""
    as_it_is = _ANSWERS_AS_THEY_ARE if one.media.owner == "response" else frozenset[str]()
    if one.codec not in media_types.FOLDED_CODECS - as_it_is:
        what = {"response": "a response", "parameter": "a parameter"}.get(one.media.owner, "a body")
        message = f"{place} has x-compat, but {what} of `{one.media.name}` is not folded"
        yield message, "declare it as JSON, or refer to a schema without x-compat"
    elif (
        one.media.owner == "parameter"
        and one.media.item_schema
        and one.place == one.media.item_schema.pointer
    ):
        yield f"{place} has x-compat, but a parameter has no `itemSchema`", "write `schema`"
    elif one.codec == "Text" and facts.types_of(document, one.schema) - {"string"}:
        message = f"{place} has x-compat, and accepts more than strings, but `{one.media.name}` holds only strings"
        yield message, "declare it as JSON, or let it accept only strings"
    elif one.codec == "JsonLines" and one.place == join(one.media.pointer, "schema"):
        message = f"{place} has x-compat, but it is the schema of a whole `{one.media.name}` stream, not of its items"
        yield message, "write `itemSchema`, or an array of items"


def _headers(api: OpenApi, folding: Collection[str]) -> Iterator[Finding]:
    for header in api.every_header:
        place, schema = header.value_schema
        if follow(api.document, place, schema)[0] in folding:
            hint = "refer to a schema without x-compat"
            message = "the schema of a header has x-compat, but headers are not folded"
            yield _misplaced(place, message, hint)
