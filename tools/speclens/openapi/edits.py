"""Changes of the objects of a document, in place, for views."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from speclens.objects import nodes
from speclens.openapi.parts import a_list, an_object
from speclens.source.pointer import JsonObject, follow, join, tokens, walk


def remove_members(document: JsonObject, pointers: Iterable[str]) -> None:
    """Remove the members of objects at some pointers, if they are there."""
    for pointer in pointers:
        *path, last = tokens(pointer)
        walk(document, path).pop(last, None)


def remove_parameters(document: JsonObject, gone: Collection[str]) -> None:
    """Remove the parameters at some pointers, and all references to them (OpenAPI 3.2.0, sections 4.7, 4.9 and 4.10)."""

    def is_kept(pointer: str, value: Any) -> bool:
        return follow(document, pointer, value)[0] not in gone

    kept: list[tuple[JsonObject, list[Any]]] = []
    for node in nodes(document):
        if node.kind in {"operation", "path-item"} and "parameters" in node.value:
            place = join(node.pointer, "parameters")
            listed = enumerate(a_list(node.value["parameters"]))
            kept.append((node.value, [one for i, one in listed if is_kept(join(place, i), one)]))
    named = an_object(an_object(document.get("components")).get("parameters"))
    place = "#/components/parameters"
    unnamed = [name for name, one in named.items() if not is_kept(join(place, name), one)]
    for owner, parameters in kept:
        owner["parameters"] = parameters
    for name in unnamed:
        del named[name]


def without_version(document: JsonObject) -> JsonObject:
    """A document without the version of its API (section 4.2)."""
    info = an_object(document.get("info"))
    return {**document, "info": {name: one for name, one in info.items() if name != "version"}}
