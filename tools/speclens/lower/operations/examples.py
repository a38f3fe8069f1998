"""What a document gives as examples of its bodies, the least value of a schema where it gives none, and the call that
the README of a package shows."""

from __future__ import annotations

from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower.ground import example_values, media_types
from speclens.lower.operations import servers
from speclens.lower.operations.arguments import Inputs
from speclens.lower.operations.bodies import WHOLE
from speclens.lower.schemas import files
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import MediaTypeObject
from speclens.source.pointer import JsonObject, exists, follow, get


def call(inputs: Inputs, resource: ir.Resource) -> ir.Example:
    """A call of the first operation of a resource, with what the document gives as an example of its body."""
    operation = resource.operations[0]
    value, defaults = None, {}
    if operation.body and operation.body.content[0].schema:
        media = operation.body.content[0]
        value = _of(inputs.document, inputs.api.media_type(media.name, media.pointer))
        defaults = {} if operation.body.argument else inputs.defaults(_target(inputs, media)[0])
    arguments = []
    for one in sorted(operation.arguments, key=lambda one: not one.is_positional):
        given = _given(inputs.api, operation, one, value)
        if given is not None and (one.name not in defaults or defaults[one.name] != given):
            text = literal(given)
            arguments.append(text if one.is_positional else f"{one.ident}={text}")
    answers = [one.content[0] for one in operation.responses if one.is_success and one.content]
    schemas = [_target(inputs, media)[1] for media in answers if media.schema]
    is_file = any(isinstance(one, dict) and files.KEYWORD in one for one in schemas)
    address = "" if servers.of_document(inputs.api) else 'base_url="https://api.example.com"'
    return ir.Example(resource.ident, operation.ident, tuple(arguments), address, is_file)


def _target(inputs: Inputs, media: ir.Media) -> tuple[str, Any]:
    """The schema of a media type as it is written; models may be made of another."""
    place, document = inputs.named.view.origin(media.schema), inputs.document
    return follow(document, place, get(document, place) if exists(document, place) else {})


def _given(api: OpenApi, operation: ir.Operation, argument: ir.Argument, body: Any) -> Any:
    """What to show for an argument; None to leave it out."""
    if argument.place == "member":
        return body.get(argument.name) if isinstance(body, dict) else None
    if argument.place == "body":
        return body if argument.is_required else None
    if argument.place == WHOLE or not argument.is_required:
        return None
    written = api.operation(operation.pointer)
    parameter = written.parameter_at(argument.pointer) if written else None
    if parameter is None:
        return "text"
    if parameter.example is not None:
        return parameter.example
    return example_values.least(api.document, parameter.value_schema.value, wanted={})


def answer(api: OpenApi, pointer: str) -> Any:
    """What the operation at a pointer answers, if all goes well."""
    operation = api.operation(pointer)
    declared = operation.responses if operation else ()
    success = next(
        one for start in ("2", "default", "3") for one in declared if one.status.startswith(start)
    )
    kinds = [one for one in success.content if media_types.codec_of(one.name, None) == "Json"]
    usual = media_types.USUAL_MEDIA_TYPES["Json"]
    return _of(api.document, min(kinds, key=lambda one: one.name != usual))


def _of(document: JsonObject, media: MediaTypeObject) -> Any:
    """The first example of a media type, else the least value of its schema."""
    for example in media.examples:
        return example
    return example_values.least(document, media.value_schema.value)
