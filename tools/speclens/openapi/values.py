"""JSON -> nodes of what describes values: parameters, headers and media types (OpenAPI 3.2.0, sections 4.12 to 4.21)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speclens.openapi.nodes import EncodingObject, HeaderObject, MediaTypeObject, ParameterObject
from speclens.openapi.parts import a_text, a_truth, an_object, extensions_of, followed, schema_in
from speclens.source.pointer import JsonObject, follow, join


def parameter_object(document: JsonObject, pointer: str, value: Any) -> ParameterObject | None:
    """A parameter (section 4.12); None for something without a name."""
    place, own = followed(document, pointer, value)
    name = own.get("name")
    if not isinstance(name, str):
        return None
    return ParameterObject(
        pointer=place,
        name=name,
        location=str(own.get("in")),
        description=a_text(own.get("description")),
        is_required=own.get("required") is True,
        is_deprecated=own.get("deprecated") is True,
        allow_empty_value=own.get("allowEmptyValue") is True,
        style=a_text(own.get("style")),
        explode=a_truth(own.get("explode")),
        allow_reserved=own.get("allowReserved") is True,
        schema=schema_in(own, place, "schema"),
        content=content_of(document, place, own, "parameter") if "content" in own else None,
        example=own.get("example"),
        extensions=extensions_of(own),
    )


def header_object(document: JsonObject, name: str, pointer: str, value: Any) -> HeaderObject | None:
    """A header (section 4.21); None for something that is no object."""
    place, found = follow(document, pointer, value)
    if not isinstance(found, dict):
        return None
    return HeaderObject(
        name=name,
        pointer=place,
        description=a_text(found.get("description")),
        is_required=found.get("required") is True,
        is_deprecated=found.get("deprecated") is True,
        schema=schema_in(found, place, "schema"),
        content=content_of(document, place, found, "header"),
    )


def content_of(
    document: JsonObject, pointer: str, owner: JsonObject, kind: str
) -> tuple[MediaTypeObject, ...]:
    """The media types of an object of a kind, in document order."""
    return tuple(
        media_type_object(document, name, join(pointer, "content", name), value, kind)
        for name, value in an_object(owner.get("content")).items()
    )


def media_type_object(
    document: JsonObject, name: str, pointer: str, value: Any, owner: str = ""
) -> MediaTypeObject:
    """A media type (section 4.14)."""
    place, own = followed(document, pointer, value)
    return MediaTypeObject(
        name=name,
        pointer=place,
        owner=owner,
        schema=schema_in(own, place, "schema"),
        item_schema=schema_in(own, place, "itemSchema"),
        encodings=_encodings(place, own),
        examples=tuple(_examples(document, place, own)),
        extensions=extensions_of(own),
    )


def _encodings(pointer: str, media: JsonObject) -> Mapping[str, EncodingObject]:
    """The encodings of the members of a form (section 4.15), by name."""
    return {
        name: EncodingObject(
            pointer=join(pointer, "encoding", name),
            content_type=a_text(one.get("contentType")),
            style=a_text(one.get("style")),
            explode=a_truth(one.get("explode")),
            allow_reserved=a_truth(one.get("allowReserved")),
        )
        for name, one in an_object(media.get("encoding")).items()
        if isinstance(one, dict)
    }


def _examples(document: JsonObject, pointer: str, owner: JsonObject) -> Iterator[Any]:
    """The values of the examples of an object (section 4.19)."""
    if "example" in owner:
        yield owner["example"]
    for name, value in an_object(owner.get("examples")).items():
        one = followed(document, join(pointer, "examples", name), value)[1]
        if "value" in one:
            yield one["value"]
