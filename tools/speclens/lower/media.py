"""Media Type Objects: which codec of the runtime reads and writes each, and the type of its values (section 4.8.14 of
OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from speclens import ir
from speclens.literals import literal
from speclens.lower import compat, events
from speclens.lower.facts import is_binary
from speclens.lower.nulls import admits_null
from speclens.lower.view import View
from speclens.lower.walk import JsonObject, follow
from speclens.objects import nodes
from speclens.source.pointer import exists, from_reference, get, join, tokens

USUAL = {
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
_LINES = frozenset(
    {"application/jsonl", "application/x-jsonl", "application/x-ndjson", "application/ndjson"}
)
_JUDGED = frozenset({"Json", "MergePatch", "Form", *STREAMS})
FOLDED = _JUDGED | {"Multipart", "Text"}
"""The codecs that make what is sent, or answered, canonical."""


@dataclass(frozen=True, slots=True)
class Named:
    """What models are made of: the names of those of its schemas that models hold, by pointer, and the functions that
    fold the schemas of `lifted`, by their pointers there."""

    view: View
    lifted: View  # what the normalizers are made of
    idents: Mapping[str, str]
    folds: Mapping[str, ir.Normalizer]
    given: Mapping[
        str, str
    ]  # by the pointer of a schema as written, what models call it in requests
    classes: frozenset[str]  # of the names those that are classes

    @property
    def document(self) -> JsonObject:
        return self.view.document

    def normalizer(self, pointer: str) -> ir.Normalizer | None:
        """The function that folds the values of a place of the view, if there is something to fold."""
        place = self.view.origin(pointer, self.lifted)
        if not self.folds or not exists(self.lifted.document, place):
            return None
        schema = get(self.lifted.document, place)
        return self.folds.get(compat.folded_place(self.lifted.document, place, schema)[0])

    def model(self, pointer: str, schema: Any) -> tuple[str, bool]:
        """The name of a schema, "" if it has none, and whether null is a value that its class has no part of."""
        seen: set[str] = set()
        is_nullable = False
        while pointer not in seen:
            seen.add(pointer)
            is_nullable = is_nullable or admits_null(self.document, pointer, schema)
            target = from_reference(_reference(schema))
            if pointer in self.idents or target is None:
                break
            try:
                pointer, schema = target, get(self.document, target)
            except (KeyError, ValueError):
                break
        ident = self.idents.get(pointer, "")
        return ident, is_nullable and ident in self.classes


def named(
    view: View,
    lifted: View,
    all_idents: Mapping[str, str],
    schemas: tuple[ir.Schema, ...],
    folds: Mapping[str, ir.Normalizer],
) -> Named:
    """The names of a view of models, of which models hold some schemas: what is inside a schema need not be one of them."""
    held = {one.ident for one in schemas}
    idents = {place: ident for place, ident in all_idents.items() if ident in held}
    ranked: dict[str, tuple[int, str]] = {}
    for place, ident in idents.items():
        key, origin = tokens(place)[-1], view.origin(place)
        # In requests a schema is its variant of that direction, and all that is made of it.
        rank = 3 * key.startswith("Any ") + 2 * (".request" in key) + (place == origin)
        if place == origin or ".response" not in key:
            ranked[origin] = max(ranked.get(origin, (-1, "")), (rank, ident))
    given = {origin: ident for origin, (_, ident) in ranked.items()}
    classes = frozenset(one.ident for one in schemas if one.is_object)
    return Named(view, lifted, idents, folds, given, classes)


def kind(media_type: str, schema: Any) -> str:
    """The codec of a media type (RFC 6838, RFC 6839)."""
    name = media_type.partition(";")[0].strip().lower()
    if name in _LINES or name == "application/json-seq":
        return "JsonLines"
    if name == USUAL["Events"]:
        return "Events"
    if name == "*/*":
        return "Raw" if is_binary(schema) or not schema else "Json"
    if name == USUAL["MergePatch"]:
        return "MergePatch"
    if name.endswith(("/json", "+json")) or name == "application/*":
        return "Json"
    if name == USUAL["Form"]:
        return "Form"
    if name.startswith("multipart/"):
        return "Multipart"
    if name.startswith("text/") and not name.endswith("xml"):
        return "Text"
    return "Raw"


def content(
    document: JsonObject, pointer: str, side: JsonObject
) -> Iterator[tuple[str, str, JsonObject]]:
    """The media types of a request body or a response: name, pointer, object."""
    declared = side.get("content")
    for name, media in declared.items() if isinstance(declared, dict) else ():
        yield name, *_followed(document, join(pointer, "content", name), media)


def _followed(document: JsonObject, pointer: str, media: Any) -> tuple[str, JsonObject]:
    place, found = follow(document, pointer, media)
    return place, found if isinstance(found, dict) else {}


class Held(NamedTuple):
    """A media type of a document (its name, the kind of the object that has it, its codec), and the schema of a value
    of it: of a stream that of one item."""

    name: str
    owner: str
    pointer: str
    codec: str
    place: str
    schema: Any


def held(document: JsonObject) -> Iterator[Held]:
    """The media types of a document that say something of their values."""
    for node in nodes(document):
        if node.kind == "media-type" and node.parent != "components":  # there it has no name
            name = tokens(node.pointer)[-1]
            pointer, value = _followed(document, node.pointer, node.value)
            found = _value(document, name, pointer, value)
            if found[2] is not None:
                yield Held(name, node.parent, pointer, *found)


def _value(
    document: JsonObject, name: str, pointer: str, media: JsonObject
) -> tuple[str, str, Any]:
    """The codec of a media type, and where the schema of its values stands: of a stream that of one item."""
    codec = kind(name, follow(document, join(pointer, "schema"), media.get("schema"))[1])
    keyword = "itemSchema" if codec in STREAMS and "itemSchema" in media else "schema"
    schema, place = media.get(keyword), join(pointer, keyword)
    if codec in STREAMS and keyword == "schema":
        place, schema = _item(document, place, schema, codec == "JsonLines")
    if codec == "Events" and media.get(events.FIELDS) is True:
        codec = "EventObjects"
    return codec, place, schema


def judged(document: JsonObject) -> Iterator[str]:
    """Where the schemas stand that values of bodies and answers are judged by, and that say more than a reference or
    a plain type can."""
    for one in held(document):
        if one.codec in _JUDGED and isinstance(one.schema, dict) and not _is_plain(one.schema):
            yield one.place


_TOLD = frozenset(("title", "description", "example", "examples", "default", "deprecated"))


def _is_plain(schema: JsonObject) -> bool:
    is_typed = schema.get("type") in (None, "string", "boolean", "object")
    return bool(_reference(schema)) or (is_typed and schema.keys() <= {*_TOLD, "type"})


def _reference(schema: Any) -> str:
    """What a schema is a reference to, also if it has to be an `allOf` to say something beside it; else ""."""
    if not isinstance(schema, dict):
        return ""
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"])
    members = schema.get("allOf")
    if not isinstance(members, list) or len(members) != 1 or schema.keys() - {*_TOLD, "allOf"}:
        return ""
    return _reference(members[0])


def lower(named: Named, name: str, pointer: str) -> ir.Media:
    """What becomes of the media type at a pointer. `annotation` is that of an answer."""
    media = get(named.document, pointer)
    codec, place, schema = _value(named.document, name, pointer, media)
    ident, is_nullable = (
        named.model(place, schema) if codec in _JUDGED and schema is not None else ("", False)
    )
    model = f"_models.{ident}" if ident else _plain(named.document, place, schema)
    model = f"{model} | None" if is_nullable else model
    normalizer = named.normalizer(place) if schema is not None else None
    told = [model] if codec in _JUDGED else []
    told += [f"media_type={literal(name)}"] if name not in {USUAL[codec], "*/*"} else []
    told += ["is_json=True"] if codec == "EventObjects" and media.get(events.HELD) else []
    return ir.Media(
        name=name,
        pointer=pointer,
        schema=place if exists(named.document, place) else "",
        codec=codec,
        annotation={"Text": "str", "Raw": "bytes", "Multipart": "bytes"}.get(codec, model),
        arguments=(*told, *([f"fold={normalizer.ident}"] if normalizer else [])),
        fold=normalizer.ident if normalizer else "",
        denormalize=normalizer.denormalize if normalizer and codec != "Text" else "",
        older=_older(normalizer),
    )


def of_parameters(named: Named, place: str, pointer: str) -> tuple[ir.Media, ...]:
    """What folds and judges the parameters of an operation, whose schema they were lifted to: that at `place`. There is
    nothing where nothing is to be folded."""
    if place not in named.folds:
        return ()
    one = named.folds[place]
    told = (f"_models.{named.idents[place]}", f"fold={one.ident}")
    ways = (one.ident, one.denormalize, _older(one))
    return (ir.Media("", pointer, "", "Parameters", "", told, *ways),)


def _item(document: JsonObject, pointer: str, schema: Any, is_lines: bool) -> tuple[str, Any]:
    """Of a stream that is described as a whole the schema of what one item holds."""
    place, target = follow(document, pointer, schema)
    if not isinstance(target, dict):
        return place, target
    if target.get("type") == "array" and isinstance(target.get("items"), dict):
        return join(place, "items"), target["items"]
    if is_lines and target.get("type") == "string":
        return place, None  # all of the text, which says nothing of an item
    return pointer, schema


def _plain(document: JsonObject, pointer: str, schema: Any) -> str:
    """The type of a schema that has no name."""
    target = follow(document, pointer, schema)[1]
    declared = target.get("type") if isinstance(target, dict) else None
    return {"string": "str", "boolean": "bool", "object": "Dict[str, Any]"}.get(
        str(declared), "Any"
    )


def _older(normalizer: ir.Normalizer | None) -> str:
    pairs = ", ".join(
        f"({one.hub}, {one.spoke})" for one in (normalizer.unfolds if normalizer else ())
    )
    return f"frozenset({{{pairs}}})" if pairs else ""


def preferred(found: list[ir.Media], same: Mapping[str, Any]) -> tuple[ir.Media, ...]:
    """The media types to speak, JSON first: of those that say the same thing the first one. `same` holds the schema of
    each, by its name."""
    order = sorted(found, key=lambda one: (one.codec != "Json", one.name != USUAL["Json"]))
    kept: list[ir.Media] = []
    for one in order:
        is_other = one.codec in {"Text", "Raw"} and one.schema
        if not any(
            same[one.name] == same[other.name]
            and (one.codec == other.codec or (is_other and other.codec == "Json"))
            for other in kept
        ):
            kept.append(one)
    return tuple(kept)
