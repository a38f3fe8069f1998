"""Refuses x-compat without effect on the fields of server-sent events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.lower.ground import x_compat
from speclens.lower.rewrites import events
from speclens.openapi.api import OpenApi
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, join, tokens

_FIELDS = ("event", "data", "id", "retry")  # HTML, 9.2.6


def check(api: OpenApi) -> Iterator[Finding]:
    """`compat/misplaced` for x-compat on members that no event has, and for x-compat beside the `contentSchema` of data."""
    for pointer, layer in events.event_layers(api):
        properties = layer.get("properties")
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            place = join(pointer, "properties", name)
            if own := x_compat.keywords(schema):
                for message, hint in _useless(name, schema, own):
                    yield Finding("compat/misplaced", join(place, x_compat.KEYWORD), message, hint)


def _useless(name: str, schema: JsonObject, own: JsonObject) -> Iterator[tuple[str, str]]:
    unknown = [field for field in (name, *_target(own)) if field not in _FIELDS]
    if unknown:
        message = f"an event has no field `{unknown[0]}`, so the client neither reads nor sends it"
        yield message, f"an event has {', '.join(f'`{one}`' for one in _FIELDS)}"
    if name == "data" and "contentSchema" in schema:
        yield "x-compat has no effect beside `contentSchema`", "move it into the `contentSchema`"


def _target(own: JsonObject) -> tuple[str, ...]:
    into: Any = own.get("into")
    try:
        return tokens(into)[:1] if isinstance(into, str) else ()
    except ValueError:  # another rule reports it
        return ()
