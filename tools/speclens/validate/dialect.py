"""A document's schemas as plain JSON Schema 2020-12, and validators for them.

OpenAPI 3.1 schemas have this form already (section 4.8.24). This module reads schemas of OpenAPI 3.0 (section 4.7.24) as
strictly as 3.0 defines them: `nullable` widens the `type` beside it and nothing else, keywords that 3.0 does not have do
not count, and of two bounds the stricter one counts. `reading/modern.py` reads the same schemas as their authors mean
them, for all stages after `repair`. `speclens.patterns` translates the patterns; no validator judges a pattern that has no
translation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import jsonschema_rs
from jsonschema_rs import Draft202012Validator, RegexOptions, Registry

from speclens import patterns
from speclens.objects import OR_NULL, is_30, nodes, rewrite_schemas, rewrite_subschemas
from speclens.objects.tables import EXCLUSIVE_BOUNDS
from speclens.reading.modern import exclusive_bounds, with_null
from speclens.source.pointer import get

_URI = "urn:speclens:document"
_KEYWORDS_30 = """
title description default example deprecated readOnly writeOnly format pattern enum type multipleOf
maximum minimum maxLength minLength maxItems minItems uniqueItems maxProperties minProperties
required not allOf oneOf anyOf items properties additionalProperties
"""
_KEPT_30 = frozenset(_KEYWORDS_30.split())
_IDENTIFIERS = ("$id", "$anchor", "$dynamicAnchor")


def to_2020_12(
    document: dict[str, Any], version: str, largest_pattern: int = patterns.USUAL
) -> dict[str, Any]:
    """A document of version "3.0" or "3.1" with 2020-12 schemas in the same places, without patterns that compile to more
    bytes than `largest_pattern`."""

    def converted(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        schema = _schema_30(value) if version == "3.0" else value
        schema = with_null(schema) if schema.get(OR_NULL) is True else schema
        plain = _required_once(_encoded(schema))
        return rewrite_subschemas(_linear(plain, largest_pattern), converted)

    return rewrite_schemas(document, converted)


def schema_validator(document: dict[str, Any], pointer: str) -> Draft202012Validator:
    """A validator for the schema at `pointer`. It resolves local references, judges all patterns that the engine accepts,
    and does not assert formats.

    Raises ValueError if the schema is not sound: it has wrong keyword values, or a reference that names nothing or leaves
    the document. The validator never uses the network.
    """
    return validators(document, largest_pattern=patterns.LARGEST)(pointer)


def validators(
    document: dict[str, Any],
    formats: Mapping[str, Callable[[str], bool]] | None = None,
    largest_pattern: int = patterns.USUAL,
) -> Callable[[str], Draft202012Validator]:
    """`schema_validator` for many schemas of one document. The validators assert only the formats in `formats`. They ignore
    patterns that compile to more bytes than `largest_pattern`."""
    resource = to_2020_12(document, "3.0" if is_30(document) else "3.1", largest_pattern)
    roots = _identified(resource)
    if roots:
        resource = {**resource, "$defs": {str(i): get(resource, r) for i, r in enumerate(roots)}}
    registry = _registry(resource)

    def validator(pointer: str) -> Draft202012Validator:
        reference = {"$ref": _URI + _fragment(_under_defs(pointer, roots))}
        try:
            return Draft202012Validator(
                reference,
                registry=registry,
                validate_formats=bool(formats),
                formats=dict(formats) if formats else None,
                pattern_options=RegexOptions(size_limit=largest_pattern),
                offline=True,
            )
        except (jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError) as error:
            raise ValueError(str(error)) from None

    return validator


def _identified(document: dict[str, Any]) -> tuple[str, ...]:
    """The outermost schemas, if any schema has an identifier. `validators` then puts them under `$defs` as well: a validator
    looks for identifiers only in schemas, and an OpenAPI document is not a schema.
    """
    schemas = [node for node in nodes(document) if node.kind == "schema"]
    if not any(keyword in node.value for node in schemas for keyword in _IDENTIFIERS):
        return ()
    return tuple(node.pointer for node in schemas if node.parent != "schema")


def _under_defs(pointer: str, roots: tuple[str, ...]) -> str:
    for index, root in enumerate(roots):
        if f"{pointer}/".startswith(f"{root}/"):
            return f"#/$defs/{index}{pointer.removeprefix(root)}"
    return pointer


def _registry(document: dict[str, Any]) -> Registry:
    try:
        return Registry([(_URI, document)], jsonschema_rs.Draft202012, _retrieve)
    except jsonschema_rs.ReferencingError as error:
        raise ValueError(str(error)) from None


def _retrieve(_: str) -> dict[str, Any]:
    """Stands for another document: a reference that fails if the validator follows it."""
    return {"$ref": "#/not-in-this-document"}


def _schema_30(value: dict[str, Any]) -> dict[str, Any]:
    if isinstance(value.get("$ref"), str):
        return {"$ref": value["$ref"]}
    kept = {key: part for key, part in value.items() if key in _KEPT_30}
    return _bounds(value, _nullable(value, kept))


def _encoded(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose local references are URI references. Authors also write pointers without escapes (`#/a{b}#c`)."""
    for keyword in ("$ref", "$dynamicRef"):
        text = schema.get(keyword)
        if isinstance(text, str) and text.startswith("#"):
            schema = {**schema, keyword: _fragment(unquote(text))}
    return schema


def _required_once(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that requires each name once. The validator compares the length of the list with the number of members, so
    a repeated name would make it refuse valid objects."""
    names = schema.get("required")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return schema
    return {**schema, "required": list(dict.fromkeys(names))}


def _fragment(pointer: str) -> str:
    """A pointer or an anchor, with its `#`, as the fragment of a URI (RFC 3986, section 3.5)."""
    return "#" + quote(pointer[1:], safe="/~!$&'()*+,;=:@?")


def _linear(schema: dict[str, Any], largest: int) -> dict[str, Any]:
    """A schema with patterns for the linear engine. A `pattern` without a translation is left out, so it refuses no text.
    If one of `patternProperties` has none, every name matches a further pattern, which accepts any value."""
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        source = patterns.translated(pattern)
        schema = {key: part for key, part in schema.items() if key != "pattern"}
        schema |= (
            {"pattern": source} if source is not None and patterns.fits(source, largest) else {}
        )
    names = schema.get("patternProperties")
    if isinstance(names, dict):
        # Names stay as written, since pointers lead through them.
        known = {name: part for name, part in names.items() if _is_name_pattern(name, largest)}
        every = {} if len(known) == len(names) else {"": True}
        schema = {**schema, "patternProperties": every | known}
    return schema


def _is_name_pattern(name: Any, largest: int) -> bool:
    is_said = isinstance(name, str) and patterns.translated(name) is not None
    return is_said and patterns.fits(name, largest)


def _nullable(schema: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    if schema.get("nullable") is True and isinstance(kept.get("type"), str):
        return {**kept, "type": [kept["type"], "null"]}
    return kept


def _bounds(schema: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    limits = exclusive_bounds(schema)
    said = {EXCLUSIVE_BOUNDS[key] for key in limits if schema[key] is True}
    return {key: part for key, part in kept.items() if key not in said} | limits
