"""Server-sent events as objects: what an `itemSchema` says of their fields (section 4.14.4 of OpenAPI 3.2).

Data is text, of which `contentSchema` says what JSON it holds. In models it is that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speclens.lower.ground.media_types import FIELDS, HELD, codec_of
from speclens.lower.ground.view import copied
from speclens.names import unused
from speclens.objects import component_schemas, with_component_schemas
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import LocatedSchema
from speclens.source.pointer import JsonObject, follow, join, put, to_reference, tokens

_HELD = "contentSchema"
_UNIONS = ("oneOf", "anyOf")


def are_used(api: OpenApi) -> bool:
    """Whether a document describes events that `decode` has not looked at yet."""
    return any(True for _ in _undecoded(api))


def _undecoded(api: OpenApi) -> Iterator[tuple[str, LocatedSchema]]:
    """The media types of events with their places and the schemas of their events."""
    for media in api.every_media_type:
        is_events = codec_of(tokens(media.pointer)[-1], None) == "Events"
        is_told = media.item_schema and isinstance(media.item_schema.value, dict)
        if is_events and is_told and media.item_schema and FIELDS not in media.extensions:
            yield media.pointer, media.item_schema


def decode(document: JsonObject, origins: dict[str, str]) -> JsonObject:
    """Mark what describes events in a document, and say what their data holds, in place. The result has the schemas that
    several media types share, too. `origins` receives where new places come from."""
    made: JsonObject = {}
    shared: dict[str, str] = {}
    for pointer, event in list(_undecoded(OpenApi(document))):
        found = [layer for _, layer in _layers(document, *event, set())]
        put(document, join(pointer, FIELDS), _describes(found))
        put(document, join(pointer, HELD), _are_json(found))
        if any(_held(layer) is not None for layer in found):
            put(document, event.pointer, _decoded(document, event, made, shared, origins))
    return with_component_schemas(document, made) if made else document


def _decoded(
    document: JsonObject,
    event: LocatedSchema,
    made: JsonObject,
    shared: dict[str, str],
    origins: dict[str, str],
) -> JsonObject:
    """The schema of events that says what their data holds. Media types that only refer to one schema share what is made of
    it: a component of `made`, whose place `shared` holds by the place of the schema."""
    whole: JsonObject
    if event.value.keys() != {"$ref"}:
        whole = _inlined(document, *event, event.pointer, origins, set())
        _say(whole, event.pointer, origins)
        return whole
    target, inner = follow(document, *event)
    if target not in shared:
        name = unused(f"{tokens(target)[-1]}.event", {**component_schemas(document), **made})
        shared[target] = at = join("#/components/schemas", name)
        origins[at] = target
        made[name] = whole = _inlined(document, target, inner, at, origins, set())
        _say(whole, at, origins)
    return {"$ref": to_reference(shared[target])}


def data_places(origins: Mapping[str, str]) -> frozenset[str]:
    """The places of a document that say what data holds, if `decode` made properties of them elsewhere. If it made them in
    place, this place may now be that of another schema: a `contentSchema` inside the first one."""
    found = (place for place in origins.values() if place.endswith(f"/data/{_HELD}"))
    return frozenset(place for place in found if place.removesuffix(f"/{_HELD}") not in origins)


def event_layers(api: OpenApi) -> Iterator[tuple[str, JsonObject]]:
    """The places and schemas of which events with their fields are made, in a document that `decode` has not changed."""
    for _, event in _undecoded(api):
        found = list(_layers(api.document, *event, set()))
        if _describes([layer for _, layer in found]):
            yield from found


def _describes(layers: list[JsonObject]) -> bool:
    """Whether a schema is of events with their fields: data is text then, and no payload has an `event` without any."""
    found = [layer["properties"] for layer in layers if isinstance(layer.get("properties"), dict)]
    data = [one["data"] for one in found if isinstance(one.get("data"), dict)]
    is_text = any(_HELD in one or one.get("type", "string") == "string" for one in data)
    return is_text if data else any("event" in one for one in found)


def _are_json(layers: list[JsonObject]) -> bool:
    """Whether all that is said of data says what JSON it holds."""
    found = [layer["properties"] for layer in layers if isinstance(layer.get("properties"), dict)]
    data = [one["data"] for one in found if isinstance(one.get("data"), dict)]
    return bool(data) and all(_HELD in one for one in data)


def _layers(
    document: JsonObject, pointer: str, schema: Any, seen: set[str]
) -> Iterator[tuple[str, JsonObject]]:
    """A schema, what it refers to, and the members of its `allOf`, `oneOf` and `anyOf`, each once: chains of references
    may meet as often as they like."""
    if not isinstance(schema, dict) or pointer in seen:
        return
    seen.add(pointer)
    yield pointer, schema
    if "$ref" in schema:
        yield from _layers(document, *follow(document, pointer, schema), seen)
    for place, one in _members(pointer, schema, "allOf", *_UNIONS):
        yield from _layers(document, place, one, seen)


def _members(pointer: str, schema: JsonObject, *keywords: str) -> Iterator[tuple[str, Any]]:
    for keyword in keywords:
        found = schema.get(keyword)
        for index, one in enumerate(found if isinstance(found, list) else ()):
            yield join(pointer, keyword, index), one


def _held(layer: JsonObject) -> Any:
    """The schema of what data holds; None where it is text."""
    properties = layer.get("properties")
    data = properties.get("data") if isinstance(properties, dict) else None
    # Text in base64, say, is not the JSON that it holds.
    return data.get(_HELD) if isinstance(data, dict) and "contentEncoding" not in data else None


def _inlined(
    document: JsonObject,
    pointer: str,
    schema: Any,
    at: str,
    origins: dict[str, str],
    seen: set[str],
) -> Any:
    """A schema with what it is made of inside it, so that to change it is nothing to others that refer to that. What it
    is made of twice stays a reference the second time."""
    if at != pointer:
        origins[at] = pointer
    if pointer in seen:
        return {"$ref": to_reference(pointer)}
    if not isinstance(schema, dict):
        return schema
    seen.add(pointer)
    made = {key: copied(value) for key, value in schema.items() if key != "$ref"}
    parts = {key: list(_members(pointer, schema, key)) for key in ("allOf", *_UNIONS)}
    if "$ref" in schema:
        parts["allOf"].append(follow(document, pointer, schema))
    for keyword, found in parts.items():
        if found:
            made[keyword] = [
                _inlined(document, *one, join(at, keyword, index), origins, seen)
                for index, one in enumerate(found)
            ]
    return made


def _say(event: JsonObject, place: str, origins: dict[str, str]) -> None:
    """Put what data holds in its place: for all events, or for each kind of them."""
    text: JsonObject = {"type": "string"}
    kinds: list[tuple[str, JsonObject]] = []
    for at, layer in _own(place, event):
        kinds += (one for one in _members(at, layer, *_UNIONS) if isinstance(one[1], dict))
        if not _replaced(at, layer, origins) and "data" in (layer.get("properties") or {}):
            text = layer["properties"].pop("data")
    for at, kind in kinds:
        is_held = [_replaced(here, layer, origins) for here, layer in _own(at, kind)]
        if True not in is_held:
            own = kind.setdefault("properties", {})
            own["data"] = _both(text, own.get("data", True))


def _both(one: Any, other: Any) -> Any:
    """A schema of the values that two schemas accept, of which the second says more."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **other}
    return one if other is True else other


def _own(pointer: str, schema: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """A schema, and the members of its `allOf`."""
    yield pointer, schema
    for place, one in _members(pointer, schema, "allOf"):
        if isinstance(one, dict):
            yield from _own(place, one)


def _replaced(pointer: str, layer: JsonObject, origins: dict[str, str]) -> bool:
    """Whether the data of a schema is now what it holds."""
    if (held := _held(layer)) is None:
        return False
    place = join(pointer, "properties", "data")
    layer["properties"]["data"] = held
    origins[place] = join(origins.get(pointer, pointer), "properties", "data", _HELD)
    return True
