"""Judges documents by the OpenAPI Initiative's JSON Schemas, and schemas by the JSON Schema metaschema.

The schemas are files of the package openapi-spec-validator. speclens never imports its code.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, Validator, validator_for

from speclens.objects.tables import COMPONENTS
from speclens.problems import Finding
from speclens.source import pointer
from speclens.validate.branches import leaf_errors
from speclens.validate.document import Document
from speclens.validate.errors import Explained, explain, invalid_name

METASCHEMA = "https://json-schema.org/draft/2020-12/schema"
_OAS_DIALECTS = "https://spec.openapis.org/oas/3."
_KEY = re.compile(r"[a-zA-Z0-9._-]+")
_SCHEMAS_PACKAGE = "openapi_spec_validator"


def structure(document: Document) -> Iterator[Finding]:
    """Yields violations of the official schema of the document's version."""
    schema = _schema(document.version)
    for found in _explained(_validator(document.version), document.value, schema):
        yield Finding(f"openapi/{found.rule}", _place(found), found.message, found.hint)


def component_keys(document: Document) -> Iterator[Finding]:
    """Yields invalid names of components in a 3.0 document (section 4.7.7.1)."""
    components = document.value.get("components")
    if document.version != "3.0" or not isinstance(components, dict):
        return
    for section, named in components.items():
        for name in named if section in COMPONENTS and isinstance(named, dict) else ():
            if not _KEY.fullmatch(name):
                found = invalid_name(("components", section, name))
                yield Finding(f"openapi/{found.rule}", _place(found), found.message, found.hint)


def schemas(document: Document) -> Iterator[Finding]:
    """Yields keywords, in 3.1 or later, whose values the 2020-12 metaschema refuses. speclens reads every dialect as
    2020-12."""
    if document.version == "3.0":
        return
    for node in document.of_kind("schema"):
        if node.parent != "schema":
            for found in _explained(_metaschema(), node.value, {}):
                place = node.pointer + _place(found).removeprefix("#")
                yield Finding("schema/keyword", place, found.message, found.hint)


def _explained(validator: Validator, value: Any, schema: dict[str, Any]) -> Iterable[Explained]:
    errors = [leaf for error in validator.iter_errors(value) for leaf in leaf_errors(error)]
    found = [explained for error in errors for explained in explain(error, schema, errors)]
    mistyped = {explained.path for explained in found if explained.rule == "type"}
    return dict.fromkeys(f for f in found if f.rule == "type" or f.path not in mistyped)


def dialect(document: Document) -> Iterator[Finding]:
    """Yields an unknown dialect, since its schemas may have another meaning."""
    given = document.value.get("jsonSchemaDialect", METASCHEMA)
    if not _is_known(given):
        message = f"dialect {given!r} is unknown; speclens reads its schemas as 2020-12"
        yield Finding("openapi/dialect", "#/jsonSchemaDialect", message, "leave it out", "warning")


def _is_known(dialect: Any) -> bool:
    is_text = isinstance(dialect, str)
    return is_text and (dialect.rstrip("#") == METASCHEMA or dialect.startswith(_OAS_DIALECTS))


def _place(found: Explained) -> str:
    return pointer.join("#", *found.path)


@functools.cache
def _validator(version: str) -> Validator:
    return validator_for(_schema(version), mask="value", validate_formats=False, offline=True)


@functools.cache
def _metaschema() -> Validator:
    return Draft202012Validator(
        {"$ref": METASCHEMA}, mask="value", validate_formats=False, offline=True
    )


@functools.cache
def _schema(version: str) -> dict[str, Any]:
    spec = importlib.util.find_spec(_SCHEMAS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {_SCHEMAS_PACKAGE}", name=_SCHEMAS_PACKAGE)
    folder = Path(spec.submodule_search_locations[0]) / "resources" / "schemas" / f"v{version}"
    schema: dict[str, Any] = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    correct = {"3.0": _corrected_30, "3.1": _corrected_31}.get(version)
    return correct(schema) if correct else schema


def _corrected_30(schema: dict[str, Any]) -> dict[str, Any]:
    """The 3.0 schema, changed to look into a component whose name is invalid. `component_keys` reports such names."""
    for section in schema["definitions"]["Components"]["properties"].values():
        [section["additionalProperties"]] = section.pop("patternProperties").values()
    return schema


def _corrected_31(schema: dict[str, Any]) -> dict[str, Any]:
    """The 3.1 schema of 2022-10-07, corrected where it differs from the specification.

    A Link Object's field is `server`, not `body`; `example` and `examples` exclude each other
    (Parameter, Header and Media Type Object); a Path Item Object's `$ref` is a field beside others.
    """
    definitions = schema["$defs"]
    link = definitions["link"]["properties"]
    if "body" in link:
        link["server"] = link.pop("body")
    definitions["examples"]["not"] = {"required": ["example", "examples"]}
    definitions["path-item"]["properties"]["$ref"] = {"type": "string"}
    definitions["path-item-or-reference"] = {"$ref": "#/$defs/path-item"}
    return schema
