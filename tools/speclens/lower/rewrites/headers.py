"""Headers of answers as properties: those of an operation are an object, whatever the status they come with, so that
their types, names and docs are those of properties (section 4.8.21 of OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.lower.ground.view import View
from speclens.lower.rewrites.parameters import operation_component
from speclens.objects import with_component_schemas
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import HeaderObject, OperationObject
from speclens.source.pointer import JsonObject, join, to_reference, tokens

_KIND = "headers"
_IGNORED = "content-type"  # section 4.8.17.1: told by `content`


def lift(document: JsonObject, origins: dict[str, str]) -> JsonObject:
    """The document with a component schema for the headers of each operation that says some. `origins` receives where they
    come from."""
    made: JsonObject = {}
    for operation in OpenApi(document).every_operation:
        path = tokens(operation.pointer)
        answers = list(_answers(operation))
        if any(answers) and path[0] != "webhooks" and "callbacks" not in path[3:]:
            name = operation_component(document, made, operation, _KIND)
            place = join("#/components/schemas", name)
            origins[place] = join(operation.pointer, "responses")
            made[name] = _schema(operation, answers, place, origins)
    return with_component_schemas(document, made) if made else document


def lifted_headers(view: View) -> dict[str, str]:
    """The components that headers were lifted to, by the pointers of their operations."""
    found = {place: origin for place, origin in view.origins.items() if is_lifted(view, place)}
    return {origin.rpartition("/")[0]: place for place, origin in found.items()}


def is_lifted(view: View, pointer: str) -> bool:
    """Whether a schema is one that headers were lifted to."""
    is_ours = pointer.rstrip("_").endswith(f".{_KIND}") and pointer.count("/") == 3
    return is_ours and view.origins.get(pointer, "").endswith("/responses")


def _answers(operation: OperationObject) -> Iterator[dict[str, HeaderObject]]:
    """The headers of each response of an operation by name in lower case."""
    for response in operation.responses:
        told = ((one.name.lower(), one) for one in response.headers)
        yield {name: one for name, one in told if name != _IGNORED}


def _schema(
    operation: OperationObject,
    answers: list[dict[str, HeaderObject]],
    place: str,
    origins: dict[str, str],
) -> JsonObject:
    properties: JsonObject = {}
    required: list[str] = []
    for key in dict.fromkeys(key for one in answers for key in one):
        said = [one[key] for one in answers if key in one]
        name = said[0].name
        origins[join(place, "properties", name)] = said[0].pointer
        properties[name] = _property(said)
        if len(said) == len(answers) and all(one.is_required for one in said):
            required.append(name)
    name = operation.operation_id or f"{operation.method} {operation.path}"
    told = f"The headers that {name} answers with."
    return {
        "type": "object",
        "description": told,
        "properties": properties,
        "required": required,
    }


def _property(said: list[HeaderObject]) -> JsonObject:
    """A header as a property: what any of the responses says of it."""
    kinds: list[Any] = []
    options: list[JsonObject] = []
    for header in said:
        place, schema = header.value_schema
        if schema not in kinds:
            kinds.append(schema)
            options.append({"$ref": to_reference(place)} if schema else {"type": "string"})
    told: JsonObject = {}
    if said[0].description is not None:
        told["description"] = said[0].description
    if said[0].is_deprecated:
        told["deprecated"] = True
    return {**told, "allOf" if len(options) == 1 else "anyOf": options}
