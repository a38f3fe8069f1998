"""The operations of a document: where each stands, and what is called after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote

from speclens import names
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation of the paths, its name, and what is called so: its handler, its classes, its constant."""

    operation: OperationObject
    name: str
    is_named: bool  # by the document, not after its method and path
    ident: str = ""
    class_name: str = ""
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
    idents, classes, constants = (
        _distinct_names(found, make) for make in (names.snake, names.class_name, names.constant)
    )
    return [
        replace(
            one,
            ident=idents[one.key],
            class_name=classes[one.key],
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
