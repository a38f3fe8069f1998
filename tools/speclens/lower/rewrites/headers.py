"""Headers of answers as properties: those of an operation are an object, whatever the status they come with, so that
their types, names and docs are those of properties (section 4.8.21 of OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.lower.ground.view import View
from speclens.lower.ground.walk import objects
from speclens.lower.rewrites.parameters import operation_component, schema_of
from speclens.source.pointer import JsonObject, follow, join, to_reference, tokens

_KIND = "headers"
_IGNORED = "content-type"  # section 4.8.17.1: told by `content`
DeclaredHeaders = dict[str, tuple[str, str, JsonObject]]
"""The headers of a response by name in lower case: the name as written, pointer and Header Object."""


def lift(document: JsonObject, origins: dict[str, str]) -> None:
    """Add a component schema for the headers of each operation that says some, in place. `origins` receives where they
    come from."""
    made: JsonObject = {}
    for pointer, operation in objects(document, "operation"):
        path = tokens(pointer)
        answers = list(_answers(document, pointer, operation))
        if any(answers) and path[0] != "webhooks" and "callbacks" not in path[3:]:
            name = operation_component(document, made, pointer, operation, _KIND)
            place = join("#/components/schemas", name)
            origins[place] = join(pointer, "responses")
            made[name] = _schema(answers, place, origins)
    if made:
        document.setdefault("components", {}).setdefault("schemas", {}).update(made)


def lifted_headers(view: View) -> dict[str, str]:
    """The components that headers were lifted to, by the pointers of their operations."""
    found = {place: origin for place, origin in view.origins.items() if is_lifted(view, place)}
    return {origin.rpartition("/")[0]: place for place, origin in found.items()}


def is_lifted(view: View, pointer: str) -> bool:
    """Whether a schema is one that headers were lifted to."""
    is_ours = pointer.rstrip("_").endswith(f".{_KIND}") and pointer.count("/") == 3
    return is_ours and view.origins.get(pointer, "").endswith("/responses")


def _answers(
    document: JsonObject, pointer: str, operation: JsonObject
) -> Iterator[DeclaredHeaders]:
    """The headers of each response of an operation."""
    declared = operation.get("responses")
    for status, value in declared.items() if isinstance(declared, dict) else ():
        place, response = follow(document, join(pointer, "responses", status), value)
        listed = response.get("headers") if isinstance(response, dict) else None
        found: DeclaredHeaders = {}
        for name, one in listed.items() if isinstance(listed, dict) else ():
            here, header = follow(document, join(place, "headers", name), one)
            if isinstance(header, dict) and name.lower() != _IGNORED:
                found[name.lower()] = (name, here, header)
        yield found


def _schema(answers: list[DeclaredHeaders], place: str, origins: dict[str, str]) -> JsonObject:
    properties: JsonObject = {}
    required: list[str] = []
    for key in dict.fromkeys(key for one in answers for key in one):
        said = [one[key] for one in answers if key in one]
        name, here, _ = said[0]
        origins[join(place, "properties", name)] = here
        properties[name] = _property(said)
        if len(said) == len(answers) and all(one.get("required") is True for *_, one in said):
            required.append(name)
    called = tokens(place)[-1].rpartition(f".{_KIND}")[0]
    told = f"The headers that {called} answers with."
    return {
        "type": "object",
        "description": told,
        "properties": properties,
        "required": required,
    }


def _property(said: list[tuple[str, str, JsonObject]]) -> JsonObject:
    """A header as a property: what any of the responses says of it."""
    kinds: list[Any] = []
    options: list[JsonObject] = []
    for _, here, header in said:
        place, schema = schema_of(here, header)
        if schema not in kinds:
            kinds.append(schema)
            options.append({"$ref": to_reference(place)} if schema else {"type": "string"})
    first = said[0][2]
    told: JsonObject = {key: first[key] for key in ("description", "deprecated") if key in first}
    return {**told, "allOf" if len(options) == 1 else "anyOf": options}
