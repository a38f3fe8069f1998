"""The operations of a document: where each stands, what is called after it, and the names of resources and methods."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from speclens import ir, names
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject

# Extensions by which documents name resources and methods for other generators.
_GROUPS = ("x-fern-sdk-group-name", "x-speakeasy-group")
_METHODS = ("x-fern-sdk-method-name", "x-speakeasy-name-override")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation of the paths, its name, and what is called so: its handler, its constant."""

    operation: OperationObject
    name: str
    is_named: bool  # by the document, not after its method and path
    ident: str = ""
    constant: str = ""

    @property
    def key(self) -> str:
        """What no other operation has: two paths may refer to one item."""
        return f"{self.operation.method} {self.operation.path}"


RequestTarget = tuple[str, str, frozenset[tuple[str, str]]]
"""What a server tells requests apart by: their method, their path without percent-encoding, and the pairs of their query."""


def request_target(method: str, path: str) -> RequestTarget:
    """The target of the requests of an operation, whose path may have a query, and a fragment that no client sends."""
    head, _, query = path.partition("#")[0].partition("?")
    kept: list[str] = []
    for segment in head.split("/"):  # RFC 3986, 5.2.4
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    pairs = frozenset(parse_qsl(query, keep_blank_values=True))
    return method, unquote("/".join(kept)) or "/", pairs


def named_endpoints(api: OpenApi) -> list[Endpoint]:
    """The operations of the paths, in document order."""
    found = [_endpoint(operation) for operation in api.operations]
    idents, constants = (_distinct_names(found, make) for make in (names.snake, names.constant))
    return [
        replace(
            one,
            ident=idents[one.key],
            constant=constants[one.key],
        )
        for one in found
    ]


def _endpoint(operation: OperationObject) -> Endpoint:
    given = operation.operation_id or ""
    if names.words(given):
        return Endpoint(operation, given, True)
    return Endpoint(operation, f"{operation.method} {operation.path}", False)


def _distinct_names(found: list[Endpoint], make: Callable[[str], str]) -> dict[str, str]:
    """Key -> identifier. Operations that would be called the same, but for one that is written just so, say their method
    and path as well."""
    exact = Counter(one.name for one in found)
    alike = Counter(names.snake(one.name) for one in found)
    told = {}
    for one in found:
        ident = names.snake(one.name)
        is_own = alike[ident] == 1 or (exact[one.name] == 1 and one.name == ident)
        told[one.key] = one.name if is_own else _in_full(one)
    return names.distinct(told, lambda key: make(told.get(key, key)))


def _in_full(one: Endpoint) -> str:
    """The name of an operation with its method and its path, where what is in braces is told from what is not."""
    method, path = one.operation.method, re.sub(r"{([^{}]*)}", r" by \1 ", one.operation.path)
    return f"{one.name} {method} {path}" if one.is_named else f"{method} {path}"


# Resources and methods


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
    taken = {ident for ident, times in count.items() if times == 1}
    found = []
    for one in operations:
        ident = one.ident
        if count[ident] > 1:
            ident = names.unused(names.method(one.handler), taken)
            taken.add(ident)
        found.append(replace(one, ident=ident))
    told = []
    for one in found:
        pages = names.unused(f"{one.ident}_pages", taken) if one.paging else ""
        told.append(replace(one, stream_ident=_stream(one, taken), pages_ident=pages))
        taken |= {pages, told[-1].stream_ident}
    return tuple(told)


def _stream(one: ir.Operation, taken: Collection[str]) -> str:
    """What the method is called that gives an answer as it comes."""
    is_beside = (one.is_plain and one.stream) or one.is_download
    return names.unused(f"{one.ident}_stream", taken) if is_beside else one.ident
