"""The operations of a document: where each stands, what is called after it, and the names of resources and methods."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote

from speclens import ir, names
from speclens.names.operations import Called, resource_name
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation of the paths, and what is called after it: its handler, its constant."""

    operation: OperationObject
    ident: str = ""
    constant: str = ""

    @property
    def called(self) -> Called:
        """The names of the operation, of its resource and of its method."""
        return self.operation.called

    @property
    def is_named(self) -> bool:
        """Whether the document names it."""
        return bool(names.words(self.operation.operation_id or ""))

    @property
    def name(self) -> str:
        """Its id, else its method and path: what messages call it."""
        own = self.operation
        return (self.is_named and own.operation_id) or f"{own.method} {own.path}"

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
    found = [Endpoint(operation) for operation in api.operations]
    idents, constants = (_distinct_names(found, make) for make in (names.snake, names.constant))
    return [replace(one, ident=idents[one.key], constant=constants[one.key]) for one in found]


def _distinct_names(found: list[Endpoint], make: Callable[[str], str]) -> dict[str, str]:
    """Key -> identifier. Of operations that would be called the same, one keeps its name if that is its id: as it is written,
    else in words. The others are called after method and path; if that is not enough, their names say all of these."""
    alike: dict[str, list[Endpoint]] = {}
    for one in found:
        alike.setdefault(names.snake(one.called.whole), []).append(one)
    told = {}
    for ident, group in alike.items():
        ids = {one.key: one.operation.operation_id or "" for one in group}
        exact = [key for key, written in ids.items() if written == ident]
        own = exact or [key for key, written in ids.items() if names.snake(written) == ident]
        for one in group:
            is_clear = len(group) == 1 or own == [one.key]
            told[one.key] = one.called.whole if is_clear else one.called.by_path
    counts = Counter(map(names.snake, told.values()))
    for one in found:
        is_own = names.snake(told[one.key]) == names.snake(one.operation.operation_id or "")
        if counts[names.snake(told[one.key])] > 1 and not is_own:
            told[one.key] = _in_full(one)
    return names.distinct(told, lambda key: make(told.get(key, key)))


def _in_full(one: Endpoint) -> str:
    """The name of an operation with its method and its path, where what is in braces is told from what is not."""
    method, path = one.operation.method, re.sub(r"{([^{}]*)}", r" by \1 ", one.operation.path)
    return f"{one.called.whole} {method} {path}" if one.is_named else f"{method} {path}"


# Resources and methods


def ident_of_resource(tag: str) -> str:
    """The attribute of a client for the operations of a tag."""
    return names.resource(resource_name(tag))


def class_of_resource(tag: str) -> str:
    """The class of the operations of a tag."""
    return names.class_name(resource_name(tag))


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
