"""Refuses x-compat of parameters that folding would lose: of parameters that are not arguments of the client, and of
parameters whose schema declares the same keyword."""

from __future__ import annotations

from collections.abc import Iterator

from speclens.lower.ground import x_compat
from speclens.lower.operations import requests
from speclens.lower.rewrites import parameters
from speclens.lower.rules import keywords
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import ParameterObject
from speclens.problems import Finding
from speclens.source.pointer import join

_HINTS = {
    "header": "use a header with another name: media types and security schemes define this one",
    "path": "write its name into the path, in braces, or use another parameter",
}


def check(api: OpenApi) -> Iterator[Finding]:
    """Findings on the parameters of a document as written."""
    yield from _ungiven(api)
    yield from _twice(api)


def _ungiven(api: OpenApi) -> Iterator[Finding]:
    for operation in api.operations:
        declared = operation.parameters
        ungiven = requests.ungiven(api, operation)
        for key, parameter in declared.items() if ungiven else ():
            here = join(parameter.pointer, x_compat.KEYWORD)
            hub = parameters.hub_of(parameter)
            if key in ungiven and x_compat.KEYWORD in parameter.extensions:
                yield _misplaced(here, parameter)
            elif hub in ungiven:
                yield _misplaced(join(here, "into"), declared[hub])


def _misplaced(place: str, parameter: ParameterObject) -> Finding:
    kind, name = parameter.location, parameter.name
    message = (
        f"the {kind} parameter `{name}` is not an argument of the client, so it cannot be folded"
    )
    return Finding("compat/misplaced", place, message, _HINTS[kind])


def _twice(api: OpenApi) -> Iterator[Finding]:
    for parameter in api.every_parameter:
        if x_compat.KEYWORD not in parameter.extensions:
            continue
        place, schema = parameter.value_schema
        if isinstance(schema, dict) and not isinstance(schema.get(x_compat.KEYWORD, {}), dict):
            yield from keywords.of_keywords(place, schema)
        both = x_compat.keywords(parameter.extensions).keys() & x_compat.keywords(schema).keys()
        for name in sorted(both):
            other = join(parameter.pointer, x_compat.KEYWORD, name)
            message = f"`{name}` of the same value is also at {other}"
            at = join(place, x_compat.KEYWORD, name)
            yield Finding("compat/declared-twice", at, message, "write one of them")
