"""The operations of a document: where each stands, and what is called after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from speclens import names
from speclens.objects.tables import METHODS
from speclens.source.pointer import JsonObject, follow, join


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An Operation Object: where it stands, the path that it is at, its method in lower case, its name, and what is
    called so: its handler, its classes, its constant."""

    pointer: str
    path: str
    method: str
    value: JsonObject
    name: str
    is_named: bool  # by the document, not after its method and path
    ident: str = ""
    class_name: str = ""
    constant: str = ""

    @property
    def key(self) -> str:
        """What no other operation has: two paths may refer to one item."""
        return f"{self.method} {self.path}"


def named_endpoints(document: JsonObject) -> list[Endpoint]:
    """The operations of the paths, in document order."""
    found = list(_operations(document))
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


def _operations(document: JsonObject) -> Iterator[Endpoint]:
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        place, value = follow(document, join("#", "paths", path), item)
        if not isinstance(value, dict) or not path.startswith("/"):
            continue
        beside = item if "$ref" in item else {}  # section 4.8.9.1: fields beside a reference
        more = value.get("additionalOperations")
        for method in METHODS:
            owner = join("#", "paths", path) if isinstance(beside.get(method), dict) else place
            operation = beside.get(method) or value.get(method)
            if isinstance(operation, dict):
                yield _endpoint(join(owner, method), path, method, operation)
        for method, operation in more.items() if isinstance(more, dict) else ():
            if isinstance(operation, dict):
                pointer = join(place, "additionalOperations", method)
                yield _endpoint(pointer, path, method, operation)


def _endpoint(pointer: str, path: str, method: str, operation: JsonObject) -> Endpoint:
    given = operation.get("operationId")
    if isinstance(given, str) and names.words(given):
        return Endpoint(pointer, path, method, operation, given, True)
    return Endpoint(pointer, path, method, operation, f"{method} {path}", False)


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
    path = re.sub(r"{([^{}]*)}", r" by \1 ", one.path)
    return f"{one.name} {one.method} {path}" if one.is_named else f"{one.method} {path}"
