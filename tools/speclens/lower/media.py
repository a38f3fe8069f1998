"""Media Type Objects: which codec of the runtime reads and writes each, and the type of its values (section 4.8.14 of
OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower.facts import is_binary
from speclens.lower.walk import JsonObject, follow
from speclens.objects import nodes
from speclens.source.pointer import from_reference, get, join, tokens

USUAL = {
    "Json": "application/json",
    "MergePatch": "application/merge-patch+json",
    "Form": "application/x-www-form-urlencoded",
    "Multipart": "multipart/form-data",
    "Text": "text/plain",
    "Raw": "application/octet-stream",
    "Events": "text/event-stream",
    "JsonLines": "application/jsonl",
}
STREAMS = frozenset({"Events", "JsonLines"})
_LINES = frozenset(
    {"application/jsonl", "application/x-jsonl", "application/x-ndjson", "application/ndjson"}
)
_JUDGED = frozenset({"Json", "MergePatch", "Form", *STREAMS})


@dataclass(frozen=True, slots=True)
class Named:
    """The names of the schemas of a document, by pointer, and the functions that fold them, by name."""

    document: JsonObject
    idents: Mapping[str, str]
    folded: Mapping[str, ir.Normalizer]

    def ident(self, pointer: str, schema: Any) -> str:
        """The name of a schema; "" if it has none."""
        seen: set[str] = set()
        while pointer not in self.idents and pointer not in seen:
            seen.add(pointer)
            target = (
                from_reference(schema["$ref"])
                if isinstance(schema, dict) and isinstance(schema.get("$ref"), str)
                else None
            )
            if target is None:
                break
            try:
                pointer, schema = target, get(self.document, target)
            except (KeyError, ValueError):
                break
        return self.idents.get(pointer, "")


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
    if name.endswith(("/json", "+json")) or name in {"application/*", "json"}:
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


def judged(document: JsonObject) -> Iterator[str]:
    """Where the schemas stand that values of bodies and answers are judged by, and that say more than a reference or
    a plain type can."""
    for node in nodes(document):
        if node.kind == "media-type":
            name = tokens(node.pointer)[-1]
            keyword = "itemSchema" if "itemSchema" in node.value else "schema"
            schema, place = node.value.get(keyword), join(node.pointer, keyword)
            codec = kind(name, schema)
            if codec in STREAMS:
                place, schema = _item(
                    document, place, schema, keyword == "itemSchema", codec == "JsonLines"
                )
            if codec in _JUDGED and isinstance(schema, dict) and not _is_plain(schema):
                yield place


def _is_plain(schema: JsonObject) -> bool:
    said = schema.keys() - {
        "title",
        "description",
        "example",
        "examples",
        "default",
        "deprecated",
        "type",
    }
    return "$ref" in schema or (
        not said and schema.get("type") in {None, "string", "boolean", "object"}
    )


def lower(named: Named, name: str, pointer: str, media: JsonObject) -> ir.Media:
    """What becomes of one media type. `annotation` is that of an answer."""
    keyword = "itemSchema" if "itemSchema" in media else "schema"
    schema, place = media.get(keyword), join(pointer, keyword)
    codec = kind(name, follow(named.document, place, schema)[1])
    if codec in STREAMS:
        place, schema = _item(
            named.document, place, schema, keyword == "itemSchema", codec == "JsonLines"
        )
    ident = named.ident(place, schema) if codec in _JUDGED and schema is not None else ""
    model = f"_models.{ident}" if ident else _plain(named.document, place, schema)
    normalizer = named.folded.get(ident)
    told = [model] if codec in _JUDGED else []
    told += [f"media_type={literal(name)}"] if name not in {USUAL[codec], "*/*"} else []
    return ir.Media(
        name=name,
        pointer=pointer,
        schema=place if keyword in media else "",
        codec=codec,
        annotation={"Text": "str", "Raw": "bytes", "Multipart": "bytes"}.get(codec, model),
        arguments=(*told, *([f"fold={normalizer.ident}"] if normalizer else [])),
        fold=normalizer.ident if normalizer else "",
        denormalize=normalizer.denormalize if normalizer else "",
        older=_older(normalizer),
    )


def _item(
    document: JsonObject, pointer: str, schema: Any, is_item: bool, is_lines: bool
) -> tuple[str, Any]:
    """Of a stream the schema of what one item holds: the data of an event (section 4.14.4 of OpenAPI 3.2)."""
    place, target = follow(document, pointer, schema)
    if not isinstance(target, dict):
        return place, target
    inside = (target.get("properties") or {}).get("data")
    if is_item and isinstance(inside, dict) and isinstance(inside.get("contentSchema"), dict):
        return join(place, "properties", "data", "contentSchema"), inside["contentSchema"]
    if not is_item and target.get("type") == "array" and isinstance(target.get("items"), dict):
        return join(place, "items"), target["items"]
    if is_lines and not is_item and target.get("type") == "string":
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
