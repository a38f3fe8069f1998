"""Turns a document that passed `repair` into the modern form: its schemas are JSON Schema 2020-12, whatever its version.

Schemas of OpenAPI 3.1 and 3.2 have this form already (section 4.8.24 of 3.1), apart from two things. Keywords of OpenAPI 3.0
(section 4.7.24) get their modern counterparts: exclusive bounds become numbers, and null becomes a type. Of the keywords
beside a `$ref`, 3.0 keeps only annotations; since 3.1 assertions count, so a `$ref` beside them becomes a member of an `allOf`.
Every other schema stays at its place, so a place of the form is a place of the document as written. `validate` and
the lock use only the document as written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.objects import (
    OR_NULL,
    WAS_20,
    declared_types,
    holds,
    is_30,
    nodes,
    rewrite_schemas,
    rewrite_subschemas,
    sole_type,
)
from speclens.objects.tables import EXCLUSIVE_BOUNDS, SUBSCHEMAS
from speclens.problems import Finding
from speclens.source.pointer import join, tokens

_VERSION = "3.1.1"
_BESIDE_REFERENCE = frozenset({
    "$ref", "title", "description", "default", "deprecated", "example", "examples", "externalDocs", "readOnly",
    "writeOnly", "xml", "nullable",
})  # fmt: skip
_ASSERTIONS = frozenset(SUBSCHEMAS) - {"$defs", "definitions"} | {
    "type", "enum", "const", "required", "dependentRequired", "format", "pattern", "uniqueItems", "multipleOf", "minimum",
    "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties",
    "maxProperties", "minContains", "maxContains",
}  # fmt: skip
_NULLS = frozenset({"nullable", OR_NULL})  # a document has no word of ours
_OF_OBJECTS = frozenset({"hubs", "partial"})
"""The keywords of x-compat that say how an object is folded."""
_BESIDE_TYPE = frozenset({"$ref", "allOf", "oneOf", "anyOf", "enum", "const"})
_STYLES = ("style", "explode", "allowReserved")
_STYLED = "application/x-www-form-urlencoded"


def modern(document: dict[str, Any]) -> dict[str, Any]:
    """The modern form of a document that passed `repair`."""
    if is_30(document):
        result = {**rewrite_schemas(document, _schema_of_30), "openapi": _VERSION}
        if WAS_20 not in document:  # which has `collectionFormat`
            _without_styles(result)
        return result
    return rewrite_schemas(document, _schema)


def remarks(document: dict[str, Any]) -> Iterator[Finding]:
    """The keywords of a document as written that have no meaning in its version: `nullable` since 3.1, and in 3.0 x-compat
    under keywords beside a `$ref`."""
    was_30 = is_30(document)
    for node in nodes(document):
        if node.kind != "schema":
            continue
        if was_30 and node.reference is not None:
            yield from _beside(node.pointer, node.value)
        elif not was_30 and node.value.get("nullable") is True:
            told = "`nullable` is no keyword of OpenAPI 3.1; it is taken as null admitted"
            place = join(node.pointer, "nullable")
            yield Finding("model/nullable", place, told, "", "warning")


def _beside(pointer: str, schema: dict[str, Any]) -> Iterator[Finding]:
    for keyword in sorted(SUBSCHEMAS.keys() & schema.keys()):
        if holds(schema[keyword], ("x-compat",)):
            told = f"x-compat has no meaning under `{keyword}` beside a `$ref` in OpenAPI 3.0"
            hint = "declare the shape at the place of the value"
            yield Finding("compat/unsupported-keyword", join(pointer, keyword), told, hint)


def worded_as(document: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    """A view of a modern form in the keywords of its document as written: the way back, for `export`."""
    was_30 = is_30(written)

    def schema(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        said = {key: part for key, part in value.items() if key != OR_NULL}
        if was_30:
            said |= {
                key: True for key, bound in EXCLUSIVE_BOUNDS.items() if _is_same(value, key, bound)
            }
        kind = sole_type(value) if was_30 and "null" in declared_types(value) else ""
        if kind:
            said["type"] = kind
        if kind or OR_NULL in value:
            said["nullable"] = True
        return rewrite_subschemas(said, schema)

    return {**rewrite_schemas(document, schema), "openapi": written["openapi"]}


def _is_same(schema: dict[str, Any], exclusive: str, bound: str) -> bool:
    return exclusive in schema and schema[exclusive] == schema.get(bound)


def exclusive_bounds(schema: dict[str, Any]) -> dict[str, int | float]:
    """The exclusive bounds of a schema of 3.0 as numbers: the schema may have booleans or numbers."""
    found: dict[str, int | float] = {}
    for exclusive, bound in EXCLUSIVE_BOUNDS.items():
        limit = schema.get(exclusive)
        limit = schema.get(bound) if limit is True else limit
        if isinstance(limit, (int, float)) and not isinstance(limit, bool):
            found[exclusive] = limit
    return found


def _schema_of_30(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        kept = {
            key: part
            for key, part in value.items()
            if key in _BESIDE_REFERENCE or key.startswith("x-")
        }
        return _apart(_null_said(kept))
    plain = {key: part for key, part in value.items() if key not in EXCLUSIVE_BOUNDS}
    return rewrite_subschemas(_null_said(plain | exclusive_bounds(value)), _schema_of_30)


def _schema(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return _apart(rewrite_subschemas(_null_said(value), _schema))


def _apart(schema: dict[str, Any]) -> dict[str, Any]:
    """A `$ref` as a member of an `allOf` if assertions, or x-compat that says how an object is folded, stand beside it: both
    hold (JSON Schema 2020-12 core, section 8.2.3.1), and code that follows references would ignore what stands beside."""
    own = schema.get("x-compat")
    has_policies = isinstance(own, dict) and not own.keys().isdisjoint(_OF_OBJECTS)
    is_said = has_policies or not schema.keys().isdisjoint(_ASSERTIONS)
    return _reference_among(schema) if isinstance(schema.get("$ref"), str) and is_said else schema


def _reference_among(schema: dict[str, Any]) -> dict[str, Any]:
    rest = {key: part for key, part in schema.items() if key != "$ref"}
    members = rest.get("allOf")
    others = members if isinstance(members, list) else []
    return {**rest, "allOf": [*others, {"$ref": schema["$ref"]}]}


def _null_said(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with null among its types in place of `nullable`; with `OR_NULL` if other keywords constrain its values too."""
    if schema.keys().isdisjoint(_NULLS):
        return schema
    said = {key: part for key, part in schema.items() if key not in _NULLS}
    if schema.get("nullable") is not True:
        return said
    if "type" not in said or said.keys() & _BESIDE_TYPE:
        return {**said, OR_NULL: True}
    return with_null(said)


def with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with null among its types and its values."""
    kinds, values = declared_types(schema), schema.get("enum")
    said = dict(schema)
    if kinds and "null" not in kinds:
        said["type"] = [*kinds, "null"]
    if isinstance(values, list) and None not in values:
        said["enum"] = [*values, None]
    return said


def _without_styles(document: dict[str, Any]) -> None:
    """Remove the styles of parts, in place: 3.0 defines styles only for URL-encoded forms (section 4.7.15)."""
    for node in nodes(document):
        if (
            node.kind == "encoding"
            and tokens(node.pointer)[-3].partition(";")[0].strip().lower() != _STYLED
        ):
            for name in _STYLES:
                node.value.pop(name, None)
