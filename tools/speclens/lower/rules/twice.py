"""Refuses schemas that declare a property, the items of an array or the policy of a hub twice, in an `allOf` or beside a
`$ref`: only one of the two would count, silently."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, join


def check(
    document: JsonObject, folding: Collection[str], skip: Collection[str]
) -> Iterator[Finding]:
    """Findings on all object schemas. `folding` are the pointers of all schemas that hold something to fold. Other rules
    check the schemas in `skip`."""
    for pointer, schema in all_schemas(document):
        if not isinstance(schema, dict) or pointer in skip or not schema.keys() & {"allOf", "$ref"}:
            continue
        layers = list(composed.layers(document, pointer, schema))
        if len(layers) > 1 and any(place in folding for place, _ in layers):
            yield from _declared(document, folding, pointer, layers)
            yield from _policies(layers)


def _declared(
    document: JsonObject,
    folding: Collection[str],
    pointer: str,
    layers: list[tuple[str, JsonObject]],
) -> Iterator[Finding]:
    found: dict[tuple[str, ...], list[tuple[str, Any]]] = {}
    for place, layer in layers:
        declared = layer.get("properties")
        for name, inner in declared.items() if isinstance(declared, dict) else ():
            found.setdefault(("properties", name), []).append(
                (join(place, "properties", name), inner)
            )
        if isinstance(layer.get("items"), dict):
            found.setdefault(("items",), []).append((join(place, "items"), layer["items"]))
    for way, places in found.items():
        ends = {x_compat.folded_place(document, *one)[0] for one in places}
        has_own = any(x_compat.KEYWORD in inner for _, inner in places if isinstance(inner, dict))
        is_folded = has_own or any(place in folding for place, _ in places)
        if len(places) > 1 and is_folded and (has_own or len(ends) > 1):
            (first, _), (second, _), *_ = places
            message = (
                f"`{way[-1]}` is declared here and at {second}, and one declaration has x-compat"
            )
            place = first if f"{first}/".startswith(f"{pointer}/") else second
            yield Finding("compat/declared-twice", place, message, "declare it once")


def _policies(layers: list[tuple[str, JsonObject]]) -> Iterator[Finding]:
    found: dict[str, tuple[str, Any]] = {}
    for place, layer in layers:
        hubs = x_compat.keywords(layer).get("hubs")
        for name, policy in hubs.items() if isinstance(hubs, dict) else ():
            here = join(place, x_compat.KEYWORD, "hubs", name)
            other, known = found.setdefault(name, (here, policy))
            if known != policy:
                message = f"{other} has another policy of `{name}`"
                yield Finding("compat/declared-twice", here, message, "write one of them")
