"""Media Type Objects: what each is of, how it is written, and the schema of its values (section 4.8.14 of OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from speclens.lower.ground import composed
from speclens.lower.ground.facts import is_binary, types_of
from speclens.objects import sole_type
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import EncodingObject, LocatedSchema, MediaTypeObject
from speclens.source.pointer import JsonObject, follow, join

USUAL_MEDIA_TYPES = {
    "Json": "application/json",
    "MergePatch": "application/merge-patch+json",
    "Form": "application/x-www-form-urlencoded",
    "Multipart": "multipart/form-data",
    "Text": "text/plain",
    "Raw": "application/octet-stream",
    "Events": "text/event-stream",
    "EventObjects": "text/event-stream",
    "JsonLines": "application/jsonl",
}
STREAMS = frozenset({"Events", "EventObjects", "JsonLines"})
_JSON_LINES = frozenset(
    {"application/jsonl", "application/x-jsonl", "application/x-ndjson", "application/ndjson"}
)
JUDGED_CODECS = frozenset({"Json", "MergePatch", "Form", *STREAMS})
FORMS = frozenset({"Form", "Multipart"})
FOLDED_CODECS = JUDGED_CODECS | {"Multipart", "Text"}
"""The codecs that make what is sent, or answered, canonical."""
FIELDS = "x-speclens-event-fields"
"""In the view of models a member of media types whose items are events with their fields, not what their data holds."""
HELD = "x-speclens-event-data"
"""In the view of models a member of media types: whether the data of all its events is JSON."""
_OF_PARTS = frozenset({"object", "array", "null"})
_TOLD = frozenset(("title", "description", "example", "examples", "default", "deprecated"))


def essence(media_type: str) -> str:
    """The type and the subtype of a media type, which have no case, without its parameters (RFC 9110, section 8.3.1)."""
    return media_type.partition(";")[0].strip().lower()


def sent_as(media_type: str) -> str:
    """A media type as a client sends it: with its parameters, but for the `boundary` of a form, which has one of its own."""
    parameters = media_type.split(";")[1:]
    kept = [one for one in parameters if one.partition("=")[0].strip().lower() != "boundary"]
    return ";".join((essence(media_type), *kept))


def codec_of(media_type: str, schema: Any) -> str:
    """The codec of a media type (RFC 6838, RFC 6839)."""
    name = essence(media_type)
    if name in _JSON_LINES or name == "application/json-seq":
        return "JsonLines"
    if name == USUAL_MEDIA_TYPES["Events"]:
        return "Events"
    if name == "*/*":
        return "Raw" if is_binary(schema) or not schema else "Json"
    if name == USUAL_MEDIA_TYPES["MergePatch"]:
        return "MergePatch"
    if name.endswith(("/json", "+json")) or name == "application/*":
        return "Json"
    if name == USUAL_MEDIA_TYPES["Form"]:
        return "Form"
    if name.startswith("multipart/"):
        return "Multipart"
    if name.startswith("text/") and not name.endswith("xml"):
        return "Text"
    return "Raw"


class Held(NamedTuple):
    """A media type of a document, its codec, and the schema of a value of it: of a stream that of one item."""

    media: MediaTypeObject
    codec: str
    place: str
    schema: Any


def held_media_types(api: OpenApi) -> Iterator[Held]:
    """The media types of a document that say something of their values."""
    for media in api.every_media_type:
        found = value_of(api.document, media)
        if found[2] is not None:
            yield Held(media, *found)


def value_of(document: JsonObject, media: MediaTypeObject) -> tuple[str, str, Any]:
    """The codec of a media type, and where the schema of its values stands: of a stream that of one item."""
    whole = media.schema or LocatedSchema("", None)
    codec = codec_of(media.name, follow(document, *whole)[1])
    place, schema = whole
    if codec in STREAMS and media.item_schema:
        place, schema = media.item_schema
    elif codec in STREAMS:
        place, schema = _item(document, *whole, codec == "JsonLines")
    if codec == "Events" and media.extensions.get(FIELDS) is True:
        codec = "EventObjects"
    if codec in FORMS and schema is not None and "object" not in types_of(document, schema):
        codec = "Raw"  # a form has members
    return codec, place, schema


def _item(document: JsonObject, pointer: str, schema: Any, is_lines: bool) -> tuple[str, Any]:
    """Of a stream that is described as a whole the schema of what one item holds."""
    place, target = follow(document, pointer, schema)
    if not isinstance(target, dict):
        return place, target
    if sole_type(target) == "array" and isinstance(target.get("items"), dict):
        return join(place, "items"), target["items"]
    if is_lines and sole_type(target) == "string":
        return place, None  # all of the text, which says nothing of an item
    return pointer, schema


def judged(api: OpenApi) -> Iterator[str]:
    """Where the schemas stand that values of bodies and answers are judged by, and that say more than a reference or
    a plain type can."""
    for one in held_media_types(api):
        if (
            one.codec in JUDGED_CODECS
            and isinstance(one.schema, dict)
            and not _is_plain(one.schema)
        ):
            yield one.place


def _is_plain(schema: JsonObject) -> bool:
    is_typed = schema.get("type") in (None, "string", "boolean", "object")
    return bool(referenced(schema)) or (is_typed and schema.keys() <= {*_TOLD, "type"})


def referenced(schema: Any) -> str:
    """What a schema is a reference to, also if it has to be an `allOf` to say something beside it; else ""."""
    if not isinstance(schema, dict):
        return ""
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"])
    members = schema.get("allOf")
    if not isinstance(members, list) or len(members) != 1 or schema.keys() - {*_TOLD, "allOf"}:
        return ""
    return referenced(members[0])


def stray_items(api: OpenApi) -> Iterator[tuple[LocatedSchema, str]]:
    """The `itemSchema`s beside a media type that is read and written as a whole, each with that media type."""
    for media in api.every_media_type:
        whole = media.schema.value if media.schema else None
        if media.item_schema and codec_of(media.name, whole) not in STREAMS:
            yield media.item_schema, media.name


def unwritten(
    document: JsonObject, media: MediaTypeObject, place: str, schema: Any
) -> dict[str, EncodingObject]:
    """The members of a form that are objects, or lists of them, of a media type that is neither JSON nor text, each with its
    encoding. The schema of the form stands at `place`."""
    found: dict[str, EncodingObject] = {}
    members = composed.properties(document, place, schema) if media.encodings else {}
    for name, inner in members.items():
        one = media.encodings.get(name)
        if one is None or one.has_style:
            continue
        kind = one.kind
        is_known = not kind or "*" in kind or "json" in kind or kind.startswith("text/")
        if not is_known and is_of_objects(document, *inner):
            found[name] = one
    return found


def is_list(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a member of a form has a part for each item."""
    return types_of(document, follow(document, pointer, schema)[1]) <= {"array", "null"}


def may_be_text(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether strings are among the values of a schema, or may be among the items of its lists."""
    types = types_of(document, schema)
    found = composed.layers(document, pointer, schema, ("allOf", "oneOf", "anyOf"))
    items = [(join(place, "items"), layer["items"]) for place, layer in found if "items" in layer]
    if "string" in types or ("array" in types and not items):
        return True
    return any(may_be_text(document, *one) for one in items)


def is_of_objects(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a schema is one of objects alone, or of lists of them."""
    place, target = follow(document, pointer, schema)
    types = types_of(document, target)
    if is_list(document, place, target) and isinstance(target, dict):
        return "items" in target and is_of_objects(document, join(place, "items"), target["items"])
    return "object" in types and types <= _OF_PARTS
