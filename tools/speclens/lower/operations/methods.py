"""Names of resources and of their methods."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from speclens import ir, names
from speclens.openapi.nodes import OperationObject

# Extensions by which documents name resources and methods for other generators.
_GROUPS = ("x-fern-sdk-group-name", "x-speakeasy-group")
_METHODS = ("x-fern-sdk-method-name", "x-speakeasy-name-override")


def tag(operation: OperationObject) -> str:
    """What an operation belongs to: the group that an extension names, its first tag, else the first telling part of
    its path, of which a query and a fragment (`/#Action=List`) are no part."""
    tags = _said(operation.extensions, _GROUPS) or operation.tags
    if tags and names.words(tags[0]):
        return tags[0]
    way = re.split("[?#]", operation.path)[0]
    parts = [part for part in way.split("/") if names.words(part) and not part.startswith("{")]
    return next((part for part in parts if not part[1:].isdecimal()), "operations")


def _said(said: Mapping[str, Any], extensions: tuple[str, ...]) -> list[str]:
    found = [said[key] for key in extensions if key in said]
    parts = [
        ".".join(one)
        if isinstance(one, list) and all(isinstance(part, str) for part in one)
        else one
        for one in found
    ]
    return [one for one in parts if isinstance(one, str) and names.words(one)]


def verb(operation: OperationObject, name: str, tag: str) -> str:
    """The name of a method: what an extension says, else that of its operation without what its resource says
    already."""
    if said := _said(operation.extensions, _METHODS):
        return names.method(said[0])
    own = [word.lower() for word in names.words(tag)]
    one = [*own[:-1], *(word.removesuffix("s") for word in own[-1:])]
    words = [word.lower() for word in names.words(name)]
    for start in range(len(words) - len(own) + 1) if len(own) < len(words) else ():
        end = start + len(own)
        if words[start:end] in (own, one):
            return names.method("_".join(words[:start] + words[end:]))
    return names.method("_".join(words))


def distinct_methods(operations: list[ir.Operation]) -> tuple[ir.Operation, ...]:
    """The operations of a resource; where two would be one method, each keeps the whole name of its operation."""
    count = Counter(one.ident for one in operations)
    found = [replace(one, ident=one.handler) if count[one.ident] > 1 else one for one in operations]
    taken = {one.ident for one in found}
    return tuple(replace(one, stream_ident=_stream(one, taken)) for one in found)


def _stream(one: ir.Operation, taken: Collection[str]) -> str:
    """What the method is called that gives an answer as it comes."""
    is_beside = (one.is_plain and one.stream) or one.is_download
    return names.unused(f"{one.ident}_stream", taken) if is_beside else one.ident
