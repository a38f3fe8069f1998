"""Names that a configuration gives to parts of a document: they become the extensions that name these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from speclens.config.renames import Rename
from speclens.objects import component_schemas
from speclens.openapi import naming
from speclens.openapi.api import OpenApi
from speclens.openapi.enumerations import FERN, enum_values, value_text
from speclens.openapi.nodes import OperationObject
from speclens.problems import Finding, closest
from speclens.source.pointer import JsonObject, exists, get, join, tokens

NameEdit = tuple[str, str, Any]
"""The pointer of an object, an extension, and its value."""


def renamed(
    api: OpenApi, document: JsonObject, renames: Sequence[Rename]
) -> tuple[JsonObject, tuple[Finding, ...]]:
    """The document with names of a configuration, and warnings on those that name nothing. `api` has its nodes, whose
    pointers are those of `document`."""
    found: list[Finding] = []
    for one in renames:
        edits = [edit for edit in _edits(api, document, one) if exists(document, edit[0])]
        edits = [edit for edit in edits if isinstance(get(document, edit[0]), dict)]
        for pointer, extension, name in edits:
            document = _with(document, tokens(pointer), extension, name)
        if not edits:
            close = closest(one.named, _candidates(api, one.kind))
            hint = f"did you mean `{close}`?" if close else ""
            message = f"`rename` of the configuration names no {one.kind} `{one.named}`"
            found.append(Finding("rename/no-match", "#", message, hint, "warning"))
    return document, tuple(found)


def _with(value: Any, path: Sequence[str], key: str, text: Any) -> Any:
    """JSON with one more member at a path; it shares all else with what it was."""
    if not path:
        return {**value, key: text}
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        index = int(first)
        return [*value[:index], _with(value[index], rest, key, text), *value[index + 1 :]]
    return {**value, first: _with(value[first], rest, key, text)}


def _edits(api: OpenApi, document: JsonObject, one: Rename) -> Iterator[NameEdit]:
    match one.kind:
        case "operation":
            for operation in _operations(api, one.named):
                group, _, method = one.name.rpartition(".")
                yield operation.pointer, naming.METHODS[0], method
                if group:
                    yield operation.pointer, naming.GROUPS[0], group
        case "tag":
            for operation in api.operations:
                if operation.tags[:1] == (one.named,):
                    yield operation.pointer, naming.GROUPS[0], one.name
        case "schema":
            yield _schema(one.named), naming.TYPES[0], one.name
        case "property":
            schema, _, name = one.named.rpartition(".")
            yield join(_schema(schema), "properties", name), naming.PROPERTIES[0], one.name
        case "value":
            yield from _of_value(document, one)
        case _:
            owner, _, name = one.named.rpartition(".")
            for operation in _operations(api, owner):
                for parameter in operation.parameters.values():
                    if parameter.name == name:
                        yield parameter.pointer, naming.PARAMETERS[0], one.name


def _of_value(document: JsonObject, one: Rename) -> Iterator[NameEdit]:
    """The edits for a value of an enumeration: that of a schema, or of a property. Names and values may have dots."""
    parts = one.named.split(".")
    for end in range(1, len(parts)):
        owner, value = ".".join(parts[:end]), ".".join(parts[end:])
        schema, _, name = owner.rpartition(".")
        for place in (_schema(owner), join(_schema(schema), "properties", name)):
            found = get(document, place) if exists(document, place) else {}
            if value in (value_text(known.value) for known in enum_values(found)):
                said = found.get(FERN)
                told = said if isinstance(said, dict) else {}
                own = told.get(value)
                named = {**(own if isinstance(own, dict) else {}), "name": one.name}
                yield place, FERN, {**told, value: named}


def _operations(api: OpenApi, named: str) -> Iterator[OperationObject]:
    """The operations of an id, or of `METHOD /path`."""
    for one in api.operations:
        if named in {one.operation_id, f"{one.method.upper()} {one.path}"}:
            yield one


def _schema(named: str) -> str:
    """The place of a component, or a pointer as it is."""
    return named if named.startswith("#/") else join("#/components/schemas", named)


def _candidates(api: OpenApi, kind: str) -> Iterator[str]:
    """What a name of a kind may have meant."""
    for one in api.operations:
        own = one.operation_id or f"{one.method.upper()} {one.path}"
        if kind == "operation":
            yield own
        elif kind == "tag":
            yield from one.tags[:1]
        elif kind == "argument":
            yield from (f"{own}.{parameter.name}" for parameter in one.parameters.values())
    for name, schema in component_schemas(api.document).items():
        if kind == "schema":
            yield name
        elif kind in ("property", "value") and isinstance(schema, dict):
            known = schema.get("properties")
            inside = {
                f"{name}.{key}": one
                for key, one in (known if isinstance(known, dict) else {}).items()
            }
            if kind == "property":
                yield from inside
            for owner, one in {name: schema, **inside}.items() if kind == "value" else ():
                yield from (f"{owner}.{value_text(known.value)}" for known in enum_values(one))
