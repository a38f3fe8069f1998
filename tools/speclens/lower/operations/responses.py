"""What an operation answers: by status, with the codecs of each, and the type of what a call gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower.ground import facts, media_types
from speclens.lower.operations import media
from speclens.lower.operations.annotations import ANY, NULL, TEXT, union
from speclens.lower.schemas.docs import cut
from speclens.lower.schemas.markup import plain_text
from speclens.openapi.nodes import OperationObject, ResponseObject
from speclens.source.pointer import follow

_EMPTY = frozenset({"204", "205", "304"})  # RFC 9110: no content


def lower(named: media.ModelNames, operation: OperationObject) -> tuple[ir.Response, ...]:
    """The responses of an operation, those of success first. What redirects is a success where nothing else is."""
    found = [_response(named, one) for one in operation.responses]
    is_head = operation.method.lower() == "head"
    for range_ in ("2", "default", "3"):
        if chosen := [one for one in found if one.status.startswith(range_)]:
            break
    marked = [_marked(one, one in chosen, is_head) for one in found]
    success = [one for one in marked if one.is_success]
    return (*success, *_in_ranges([one for one in marked if not one.is_success]))


def _in_ranges(failures: list[ir.Response]) -> Iterator[ir.Response]:
    """Failures; those of a range that all hold the same are told as one, and not where `default` holds that too."""
    rest = [one.content for one in failures if one.status == "default"]
    for status in dict.fromkeys(one.status[0] for one in failures):
        group = [one for one in failures if one.status[0] == status]
        whats = {tuple(media.codec for media in one.content) for one in group}
        is_same = len(whats) == 1 and status.isdigit()
        usual = {tuple(media.codec for media in content) for content in rest}
        for index, one in enumerate(group):
            is_told = one.is_told and not (is_same and (index or whats <= usual))
            name = f"{status}XX" if is_same and len(group) > 1 else one.status
            yield replace(one, is_told=is_told, literal=literal(name))


def _marked(one: ir.Response, is_success: bool, is_head: bool) -> ir.Response:
    content = () if is_head else one.content
    is_unknown = is_success and not content and not is_head and one.status not in _EMPTY
    return replace(
        one,
        content=content,
        is_choice=len(content) > 1,
        is_success=is_success,
        is_told=is_success or bool(content),
        is_unknown=is_unknown,
    )


def _response(named: media.ModelNames, response: ResponseObject) -> ir.Response:
    status, content, same = response.status, [], {}
    for one in response.content if status not in _EMPTY else ():
        said = one.item_schema or one.schema or ("", None)
        schema = follow(named.document, *said)[1]
        for two in _of_any_kind(named, media.lower(named, one), schema):
            content.append(two)
            same[two.name] = schema
    kind = status.upper() if status != "default" else status
    chosen = media.preferred(named.document, content, same)
    told = cut(plain_text((response.description or "").strip()))
    return ir.Response(
        kind, literal(kind), response.pointer, chosen, told, False, False, False, False
    )


def _of_any_kind(named: media.ModelNames, one: ir.Media, schema: Any) -> Iterator[ir.Media]:
    """A media type; if it is any with a schema that has strings, JSON of this schema, and text for all others. Bytes of any
    media type are asked for as such."""
    if one.name == "*/*" and one.codec.name == "Raw":
        one = replace(one, codec=replace(one.codec, media_type="*/*"))
    is_text = one.name == "*/*" and one.codec.name == "Json"
    if not is_text or "string" not in facts.types_of(named.document, schema):
        yield one
        return
    text = replace(one.codec, name="Text", model=None, media_type="*/*", denormalize="")
    yield replace(one, name=media_types.USUAL_MEDIA_TYPES["Json"])
    yield replace(one, type=TEXT, codec=text)


def result_type(responses: tuple[ir.Response, ...]) -> ir.Type:
    """The type of the result of a call, apart from streams."""
    options = [option for one in responses if one.is_success for option in _options(one)]
    return union(options or [ANY])


def _options(response: ir.Response) -> Iterator[ir.Type]:
    if not response.content:
        yield ANY if response.is_unknown else NULL
    yield from (one.type for one in response.content if one.codec.name not in media_types.STREAMS)


def stream(responses: tuple[ir.Response, ...]) -> ir.Type | None:
    """The type of the items if a successful response may be a stream."""
    found = [
        one.type
        for response in responses
        if response.is_success
        for one in response.content
        if one.codec.name in media_types.STREAMS
    ]
    return found[0] if found else None


def is_plain(responses: tuple[ir.Response, ...]) -> bool:
    """Whether a success may be more than a stream of items."""
    contents = [one for response in responses if response.is_success for one in response.content]
    return not contents or any(one.codec.name not in media_types.STREAMS for one in contents)


def is_download(responses: tuple[ir.Response, ...]) -> bool:
    """Whether a success may be bytes, which may be many, and none a stream of items."""
    contents = [one for response in responses if response.is_success for one in response.content]
    return any(one.codec.name == "Raw" for one in contents) and not stream(responses)
