"""Finds the objects of an OpenAPI document by kind, with tables of the places of each kind.

It visits only fields that a table names. Examples, defaults, enums and extensions are data, and hold no schemas or
references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from speclens.objects.tables import (
    ALL,
    ALL_20,
    ANY,
    METHODS,
    OPENAPI_TABLE,
    REFERABLE,
    TABLE_20,
    Field,
    Table,
)
from speclens.source import pointer


@dataclass(frozen=True, slots=True)
class Node:
    """An object of a document.

    `parent` is the kind of the object that holds it. `base` is the schema resource at which local references start: "#",
    except inside a schema with `$id` (JSON Schema 2020-12, core 8.2.1).
    """

    kind: str
    pointer: str
    value: dict[str, Any]
    parent: str = ""
    base: str = "#"

    @property
    def reference(self) -> str | None:
        """The `$ref` of an object that is a reference, or None."""
        reference = self.value.get("$ref") if self.kind in REFERABLE else None
        return reference if isinstance(reference, str) else None


def is_30(document: dict[str, Any]) -> bool:
    """Whether a document is OpenAPI 3.0, whose schemas are not JSON Schema 2020-12."""
    return str(document.get("openapi")).startswith("3.0")


def holds(value: Any, names: Collection[str]) -> bool:
    """Whether a value, or any object inside it, has a member with one of the names."""
    stack = [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, dict):
            if not inner.keys().isdisjoint(names):
                return True
            stack.extend(inner.values())
        elif isinstance(inner, list):
            stack.extend(inner)
    return False


WAS_20 = "x-speclens-swagger"
"""The field that marks a converted document of Swagger 2.0, since rules of 2.0 that 3.0 cannot express still apply to it."""


RELATIVE = "x-speclens-relative"
"""The field that marks a server whose URL was relative to the address of the document."""


def names_no_host(url: str) -> bool:
    """Whether the URL of a server is a relative one, of a path alone. One that begins with a variable may name a host, and one
    that begins with a space or a control character is no URL (RFC 3986)."""
    return not re.match(r"[A-Za-z][^/?#]*:|//|\\|\{|[\x00-\x20]", url)


OR_NULL = "speclens-or-null"
"""A keyword of speclens: null is a value too, whatever else the schema says. JSON Schema 2020-12 would need a second schema
around it, at another place and with another class. The name has no `x-`, since the keyword is no annotation."""


def declared_types(schema: dict[str, Any]) -> list[str]:
    """The types that a schema declares."""
    declared = schema.get("type")
    return declared if isinstance(declared, list) else [declared] if declared else []


def sole_type(schema: dict[str, Any]) -> str:
    """The one type besides null that a schema declares; "" for none, or several."""
    kinds = [kind for kind in declared_types(schema) if kind != "null"]
    return str(kinds[0]) if len(kinds) == 1 else ""


def is_20(document: dict[str, Any]) -> bool:
    """Whether a document is Swagger 2.0."""
    return "openapi" not in document and document.get("swagger") == "2.0"


def table(document: dict[str, Any], is_complete: bool = False) -> Table:
    """The places of each kind of object in the version of a document: of kinds that hold schemas or references, or of all
    kinds if `is_complete`."""
    if is_20(document):
        return ALL_20 if is_complete else TABLE_20
    return ALL if is_complete else OPENAPI_TABLE


def operations(path_item: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """The operations of a Path Item Object: HTTP method, tokens of the place in it, Operation Object. Those of
    `additionalOperations` (OpenAPI 3.2.0, section 4.9.1) come last, with their methods as written."""
    for name in METHODS:
        if isinstance(operation := path_item.get(name), dict):
            yield name.upper(), (name,), operation
    further = path_item.get("additionalOperations")
    for name, operation in further.items() if isinstance(further, dict) else ():
        if isinstance(operation, dict):
            yield name, ("additionalOperations", name), operation


def path_item_of(pointer: str) -> str:
    """The pointer of an operation's Path Item Object."""
    return pointer.rpartition("/")[0].removesuffix("/additionalOperations")


def component_schemas(document: dict[str, Any]) -> dict[str, Any]:
    """The schemas of the components of a document (OpenAPI 3.2.0, section 4.7), by name."""
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else {}


def with_component_schemas(document: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """A document with further schemas of the components. It shares all other parts with the given one."""
    components = document.get("components") or {}
    schemas = {**component_schemas(document), **made}
    return {**document, "components": {**components, "schemas": schemas}}


def nodes(
    document: dict[str, Any], is_outermost: bool = False, is_complete: bool = False
) -> Iterator[Node]:
    """Every object of a document that may hold schemas or references, parents first, without parts of the wrong JSON type.
    With `is_complete` all other objects too; with `is_outermost` nothing inside a schema."""
    kinds = table(document, is_complete)
    siblings = frozenset(("path-item",)) if is_30(document) else frozenset(("path-item", "schema"))
    stack = [Node("document", "#", document)]
    while stack:
        node = stack.pop()
        yield node
        if is_outermost and node.kind == "schema":
            continue
        if node.reference is None or node.kind in siblings:
            stack.extend(reversed(list(_children(node, kinds))))


def kinds_along(document: dict[str, Any], path: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The objects on a path, from the document: the number of tokens up to each object, and its kind."""
    kinds = table(document)
    length, kind = 0, "document"
    yield length, kind
    while length < len(path) and (field := field_of(kinds, kind, path[length])):
        length, kind = length + (1 if field[0] == "one" else 2), field[1]
        if length > len(path):
            return
        yield length, kind


def rewrite_schemas(document: dict[str, Any], schema: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a document with `schema` applied to every outermost Schema Object."""

    def rewrite(value: Any, kind: str) -> Any:
        if kind == "schema":
            return schema(value)
        return _rewritten(value, kind, rewrite) if isinstance(value, dict) else value

    return _rewritten(document, "document", rewrite)


def rewrite_subschemas(value: dict[str, Any], schema: Callable[[Any], Any]) -> dict[str, Any]:
    """A copy of a Schema Object with `schema` applied to every direct subschema."""
    return _rewritten(value, "schema", lambda part, _: schema(part))


def _children(node: Node, kinds: Table) -> Iterator[Node]:
    fields = kinds.get(node.kind)
    for key, value in node.value.items() if fields else ():
        field = field_of(kinds, node.kind, key) if isinstance(value, (dict, list)) else None
        if field is None:
            continue
        place = pointer.join(node.pointer, key)
        for token, part in _parts(field[0], value):
            if isinstance(part, dict):
                child = place if token is None else pointer.join(place, token)
                base = child if _has_id(part, field[1]) else node.base
                yield Node(field[1], child, part, node.kind, base)


def _has_id(value: dict[str, Any], kind: str) -> bool:
    return kind == "schema" and isinstance(value.get("$id"), str)


def _parts(shape: str, value: Any) -> Iterable[tuple[str | int | None, Any]]:
    if shape == "one":
        return ((None, value),)
    if shape == "list" and isinstance(value, list):
        return enumerate(value)
    if shape == "map" and isinstance(value, dict):
        return value.items()
    return ()


def _rewritten(
    value: dict[str, Any], kind: str, rewrite: Callable[[Any, str], Any]
) -> dict[str, Any]:
    return {
        key: _rewritten_part(part, field_of(OPENAPI_TABLE, kind, key), rewrite)
        for key, part in value.items()
    }


def _rewritten_part(value: Any, field: Field | None, rewrite: Callable[[Any, str], Any]) -> Any:
    if field is None:
        return value
    shape, kind = field
    if shape == "one":
        return rewrite(value, kind)
    if shape == "list" and isinstance(value, list):
        return [rewrite(item, kind) for item in value]
    if shape == "map" and isinstance(value, dict):
        return {key: rewrite(part, kind) for key, part in value.items()}
    return value


def field_of(kinds: Table, kind: str, key: str) -> Field | None:
    """The shape and the kind of the objects in a field of an object of a kind, or None if the field holds no objects."""
    fields = kinds.get(kind, {})
    if ANY in fields and not key.startswith("x-"):
        return fields[ANY]
    return fields.get(key)
