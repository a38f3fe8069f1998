"""Bodies of requests: the types that are given, as a whole or as members, in each media type (sections 4.8.13 and 4.8.15 of
OpenAPI 3.1).

An array of a form with `contentType: application/json` is one part, a JSON array: items that are objects are JSON anyway, so
an author who writes it means the array. OpenAPI 3.2 reads it for each item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from speclens import ir
from speclens.literals import comment, tuple_literal
from speclens.lower.ground import facts, media_types
from speclens.lower.ground.composed import is_class, layers, properties
from speclens.lower.ground.nulls import admits_null
from speclens.lower.ground.walk import remembered
from speclens.lower.operations import media
from speclens.lower.operations.annotations import (
    ANY,
    BYTES,
    CONTENT,
    NULL,
    OBJECT,
    TEXT,
    enumerated,
    union,
)
from speclens.lower.operations.arguments import Inputs
from speclens.lower.rewrites.folding import folding
from speclens.lower.schemas import docs
from speclens.lower.schemas.markup import plain_text
from speclens.openapi.nodes import EncodingObject, MediaTypeObject, RequestBodyObject
from speclens.source.pointer import JsonObject, exists, follow, get, join

_holding = remembered(lambda document, pointer, schema: folding(document))  # forms may be many
OPTION = "content-type"
"""The place of an argument that chooses the media type."""
WHOLE = "object"
"""The place of an argument that is all members of the body at once."""


def lower(inputs: Inputs, body: RequestBodyObject) -> tuple[ir.Body | None, str, bool]:
    """A body, the schema that it is the members of, if it is taken apart, and whether null is one of its values."""
    found, same = [], {}
    for media_type in body.content:
        one = media.lower(inputs.named, media_type)
        found.append(replace(one, codec=_told(inputs, one, media_type)))
        said = media_type.item_schema or media_type.schema or ("", None)
        same[one.name] = follow(inputs.document, *said)[1]
    if not found:
        return None, "", False
    content = _choices(inputs.document, media.preferred(inputs.document, found, same), same)
    members = _members(inputs, content)
    kinds = [[ANY] if members else _given(inputs, one) for one in content]
    is_nullable = any(NULL in options for options in kinds)
    typed = (
        replace(one, type=union([kind for kind in options if kind != NULL] or [NULL]))
        for one, options in zip(content, kinds, strict=True)
    )
    others = _others(found, content[0], same)
    result = ir.Body(
        pointer=body.pointer,
        argument="",
        content=tuple(typed),
        others=tuple_literal(others) if others else "",
        is_choice=len(content) > 1,
        is_required=body.is_required,
        doc=docs.cut(plain_text((body.description or "").strip())),
    )
    return result, members, is_nullable


def _choices(
    document: JsonObject, content: tuple[ir.Media, ...], same: Mapping[str, Any]
) -> tuple[ir.Media, ...]:
    """The media types among which a caller chooses. If the first one is JSON, other names of JSON are left out: .NET lists
    three or four for each body."""
    first, *rest = content
    said = facts.identity(same[first.name])
    names = _other_names(document, first, same[first.name])

    def is_first(one: ir.Media) -> bool:
        is_named = "*" in one.name or media_types.essence(one.name) in names
        is_json = one.codec.name == first.codec.name == "Json"
        return is_named and is_json and facts.identity(same[one.name]) == said

    return first, *(one for one in rest if not is_first(one))


def _other_names(document: JsonObject, first: ir.Media, schema: Any) -> frozenset[str]:
    """The media types that say no more than that of a body of JSON. A JSON patch is an array (RFC 6902, 3)."""
    if media_types.essence(first.name) != "application/json":
        return frozenset()
    is_patch = "array" in facts.types_of(document, schema)
    return frozenset({"text/json", *(() if is_patch else ("application/json-patch+json",))})


def _others(found: list[ir.Media], first: ir.Media, same: Mapping[str, Any]) -> tuple[str, ...]:
    """The media types, without parameters, that say the same as the first one, besides the one that its codec names. XML
    and other text with the schema of JSON are none of these: nothing reads them."""
    told = first.codec.media_type or media_types.USUAL_MEDIA_TYPES[first.codec.name]
    said = facts.identity(same[first.name])
    kinds = dict.fromkeys(
        media_types.essence(one.name)
        for one in found
        if one.codec.name == first.codec.name and facts.identity(same[one.name]) == said
    )
    return tuple(one for one in kinds if one != media_types.essence(told))


def _told(inputs: Inputs, one: ir.Media, media_type: MediaTypeObject) -> ir.Codec:
    """The codec of a body. The codec of a form gets the encodings of its members, and the members that it requires and folds."""
    codec = one.codec
    if codec.name not in media_types.FORMS:
        return codec
    told = replace(codec, encodings=encodings(media_type, _has_styles(one)))
    if codec.name == "Form":
        return told
    required = inputs.required(one.schema) if one.schema else ()
    told = replace(told, required=tuple(sorted(required)))
    return _with_folded(inputs, told, media_type) if codec.fold else told


def _given(inputs: Inputs, one: ir.Media) -> list[ir.Type]:
    """The types of what a caller gives as a whole body."""
    if one.codec.name == "Raw":
        return [CONTENT]
    if one.codec.name == "Multipart":
        return [OBJECT]
    found: list[ir.Type] = [ANY]
    if one.schema:
        place = inputs.named.view.origin(one.schema)
        if exists(inputs.document, place):
            found = inputs.options(place, get(inputs.document, place))
    if one.codec.name in media_types.STREAMS:
        return [ir.Array(union(found if one.type != ANY else [ANY])), BYTES]
    return [TEXT] if one.codec.name == "Text" and ANY in found else found


def _members(inputs: Inputs, content: tuple[ir.Media, ...]) -> str:
    """Where the schema stands, as written, that a body is the members of, in whatever media type; "" if it is given as a
    whole."""
    document = inputs.named.document
    places = {
        follow(document, one.schema, get(document, one.schema))[0] if one.schema else ""
        for one in content
    }
    place = min(places)
    if (
        len(places) > 1
        or not place
        or {one.codec.name for one in content} - {"Json", "MergePatch", "Form", "Multipart"}
    ):
        return ""
    schema, origin = get(document, place), inputs.named.view.origin(place)
    if (
        not isinstance(schema, dict)
        or not _is_plain(schema)
        or admits_null(document, place, schema)
    ):
        return ""
    # Of an object whose members are all for answers no member is left to be a class of, and there is nothing to give.
    sides = ((document, place, schema), (inputs.document, origin, get(inputs.document, origin)))
    return origin if any(is_class(*side) for side in sides) else ""


def _is_plain(schema: JsonObject) -> bool:
    """Whether an object is said by its members alone."""
    kinds = schema.get("type")
    is_union = any(
        schema.get(keyword) and not all(map(_is_group, schema[keyword]))
        for keyword in ("oneOf", "anyOf")
    )
    return not isinstance(kinds, list) and not is_union


def _is_group(branch: Any) -> bool:
    return isinstance(branch, dict) and branch.keys() <= {"required", "not"}


def whole(inputs: Inputs, body: ir.Body, is_nullable: bool) -> ir.Argument:
    """The argument that is all of a body."""
    places = [inputs.named.view.origin(one.schema) for one in body.content if one.schema]
    are_bytes = all(
        exists(inputs.document, place)
        and inputs.are_all("byte", place, get(inputs.document, place))
        for place in places
    )
    options = [one.type for one in body.content]
    type_ = union([*options, NULL] if is_nullable else options)
    mark = ir.Mark(is_nullable=is_nullable, is_base64=bool(places) and are_bytes)
    return ir.Argument("body", "body", "", body.pointer, type_, mark, body.doc, body.is_required)


def members_at_once(inputs: Inputs, body: ir.Body, schema: str) -> ir.Argument:
    """The argument that is all members of a body at once, of the object at a pointer."""
    model = inputs.named.given.get(schema)
    type_ = union([ir.Named(model), OBJECT] if model else [OBJECT])
    told = docs.told_with(
        body.doc, ["All members of the body at once, in place of the arguments for each."]
    )
    return ir.Argument("body", WHOLE, "", schema, type_, ir.Mark(), told, body.is_required)


def option(body: ir.Body) -> ir.Argument | None:
    """The argument that chooses the media type, where there is a choice."""
    is_open = any(one.name.endswith("/*") and one.codec.name == "Raw" for one in body.content)
    if len(body.content) == 1 and not is_open:
        return None
    type_ = TEXT if is_open else enumerated(one.name for one in body.content)
    told = "" if is_open else f"`{comment(body.content[0].name)}` if left out."
    said = f"The media type of the body. {told}".strip()
    return ir.Argument(OPTION, OPTION, "", body.pointer, type_, ir.Mark(), said, False)


def _has_styles(media: ir.Media) -> bool:
    """Whether members of a form may have a style."""
    return media.codec.name == "Form" or media.name == "multipart/form-data"


def encodings(media_type: MediaTypeObject, has_styles: bool) -> tuple[ir.Encoding, ...]:
    """How the members of a form are written, where the document says so (section 4.8.15)."""
    found = [_encoding(name, one, has_styles) for name, one in media_type.encodings.items()]
    return tuple(one for one in found if one != ir.Encoding(one.member))


def _encoding(name: str, one: EncodingObject, has_styles: bool) -> ir.Encoding:
    """The encoding of a member: its media type, and its style if the document gives one."""
    plain = ir.Encoding(name, "" if "*" in one.kind else one.kind)
    if not has_styles or not one.has_style:
        return plain
    style = one.style or "form"
    return replace(
        plain,
        style=style,
        explode=style == "form" if one.explode is None else one.explode,
        is_reserved=one.allow_reserved is True,
    )


def unwritten_members(inputs: Inputs, body: RequestBodyObject) -> frozenset[str]:
    """The members of a form that are given as they are to be sent, since nothing writes them."""
    return frozenset(
        name
        for one in body.content
        for name in media_types.unwritten(inputs.document, one, *one.value_schema)
    )


def _with_folded(inputs: Inputs, codec: ir.Codec, media_type: MediaTypeObject) -> ir.Codec:
    """The codec of a form, with the members that are JSON in which something is folded. Members that may be texts are none
    of these: what is given as bytes is a file there."""
    document, schema = inputs.document, media_type.value_schema
    holding = _holding(document, "#", None)
    texts = set(media_types.unwritten(document, media_type, *schema))
    known, folded, is_rest = set[str](), set[str](), False
    for place, layer in layers(document, *schema, ("allOf", "oneOf", "anyOf")):
        for name, inner in properties(document, place, layer).items():
            known.add(name)
            if media_types.may_be_text(document, *inner):
                texts.add(name)
            elif inner[0] in holding:
                folded.add(name)
        rest = join(place, "additionalProperties"), layer.get("additionalProperties")
        is_rest |= rest[0] in holding and not media_types.may_be_text(document, *rest)
    sure = tuple(sorted(folded - texts))
    return replace(codec, folded=sure, known=tuple(sorted(known)) if is_rest else None)
