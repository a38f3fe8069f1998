"""Paths, operations and parameters (OpenAPI 3.1.1, sections 4.8.8 to 4.8.12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from speclens.objects import Node, operations
from speclens.problems import Finding, quoted, shortened
from speclens.source import pointer
from speclens.validate.document import Document, resolve

_QUERY = frozenset(("query", "querystring"))
_EXPRESSION = re.compile(r"\{([^{}]*)\}")


def equivalent_paths(document: Document) -> Iterator[Finding]:
    """Yields a path that differs from another one only in the names of its parameters, so that both match the same URLs."""
    firsts: dict[str, str] = {}
    for path, node in _path_items(document):
        first = firsts.setdefault(_EXPRESSION.sub("{}", path), path)
        if first != path:
            message = f"{quoted(path)} and {quoted(first)} are the same path"
            yield _warning("path/equivalent", node.pointer, message, "merge the two")


def path_parameters(document: Document) -> Iterator[Finding]:
    """Yields template expressions without a parameter, and path parameters without an expression."""
    for path, node in _path_items(document):
        expected = set(_EXPRESSION.findall(path))
        item = resolve(document, node.value)
        for _, method, operation in operations(item) if isinstance(item, dict) else ():
            place = pointer.join(node.pointer, *method)
            declared = _path_names(document, item) | _path_names(document, operation)
            for name in sorted(expected - declared):
                message = f"path parameter {quoted(name)} is not declared"
                hint = f"add a parameter with `in: path` and `name: {shortened(name)}`"
                yield _warning("path/undeclared-parameter", place, message, hint)
            for name in sorted(declared - expected):
                message = f"path parameter {quoted(name)} is not in {quoted(path)}"
                hint = f"write {{{shortened(name)}}} into the path, or remove the parameter"
                yield _warning("path/unused-parameter", place, message, hint)


def operation_ids(document: Document) -> Iterator[Finding]:
    """Yields an operationId that another operation has already."""
    firsts: dict[str, str] = {}
    for node in document.of_kind("operation"):
        name = node.value.get("operationId")
        if not isinstance(name, str):
            continue
        first = firsts.setdefault(name, node.pointer)
        if first != node.pointer:
            place = pointer.join(node.pointer, "operationId")
            message = f"operationId {quoted(name)} is also that of {shortened(first)}"
            yield _warning(
                "operation/duplicate-id", place, message, "give each a unique operationId"
            )


def duplicate_parameters(document: Document) -> Iterator[Finding]:
    """Yields a parameter that one list declares twice, by name and location."""
    for node in document.of_kind("path-item", "operation"):
        seen: set[tuple[str, str]] = set()
        for index, parameter in _parameters(document, node.value):
            key = (parameter["in"], parameter["name"])
            if key in seen:
                place = pointer.join(node.pointer, "parameters", index)
                message = f"{key[0]} parameter {quoted(key[1])} is declared twice"
                yield _warning("parameter/duplicate", place, message, "keep one of the two")
            seen.add(key)


def query_strings(document: Document) -> Iterator[Finding]:
    """Yields a `querystring` parameter (OpenAPI 3.2, 4.12.1) if the operation or its path has another query parameter."""
    for _, node in _path_items(document):
        item = resolve(document, node.value)
        for _, method, operation in operations(item) if isinstance(item, dict) else ():
            place = pointer.join(node.pointer, *method)
            listed = [
                (pointer.join(owner, "parameters", index), parameter)
                for owner, value in ((node.pointer, item), (place, operation))
                for index, parameter in _parameters(document, value)
            ]
            of_query = [parameter for _, parameter in listed if parameter["in"] in _QUERY]
            for here, whole in listed:
                beside = (one for one in of_query if one is not whole)
                if whole["in"] == "querystring" and (other := next(beside, None)):
                    name = other["name"]
                    message = f"{quoted(whole['name'])} is the whole query string, but {quoted(name)} is also in the query"
                    hint = "make one a member of the other"
                    yield _warning("parameter/querystring", here, message, hint)


def _path_items(document: Document) -> Iterable[tuple[str, Node]]:
    return (
        (pointer.tokens(node.pointer)[-1], node)
        for node in document.of_kind("path-item")
        if node.parent == "paths"
    )


def _path_names(document: Document, value: dict[str, Any]) -> set[str]:
    return {p["name"] for _, p in _parameters(document, value) if p["in"] == "path"}


def _parameters(document: Document, value: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    listed = value.get("parameters")
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        parameter = resolve(document, item)
        if isinstance(parameter, dict) and all(
            isinstance(parameter.get(key), str) for key in ("in", "name")
        ):
            yield index, parameter


def _warning(rule: str, place: str, message: str, hint: str) -> Finding:
    return Finding(rule, place, message, hint, "warning")
