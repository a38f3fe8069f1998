"""Refuses x-compat of parameters that folding would lose: of parameters that are not arguments of the client, and of
parameters whose schema declares the same keyword."""

from __future__ import annotations

from collections.abc import Iterator

from speclens.lower.ground import x_compat
from speclens.lower.operations import endpoints, requests
from speclens.lower.rewrites import parameters
from speclens.lower.rules import keywords
from speclens.objects import nodes
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, join

_HINTS = {
    "header": "use a header with another name: media types and security schemes define this one",
    "path": "write its name into the path, in braces, or use another parameter",
}


def check(document: JsonObject) -> Iterator[Finding]:
    """Findings on the parameters of a document as written."""
    yield from _ungiven(document)
    yield from _twice(document)


def _ungiven(document: JsonObject) -> Iterator[Finding]:
    for one in endpoints.named_endpoints(document):
        found = parameters.effective(document, one.pointer, one.value)
        ungiven = requests.ungiven(document, one.value, one.path, found)
        for key, (place, parameter) in found.items() if ungiven else ():
            own, here = x_compat.keywords(parameter), join(place, x_compat.KEYWORD)
            hub = parameters.hub_of(own.get("into"))
            if key in ungiven and x_compat.KEYWORD in parameter:
                yield _misplaced(here, parameter)
            elif hub in ungiven:
                yield _misplaced(join(here, "into"), found[hub][1])


def _misplaced(place: str, parameter: JsonObject) -> Finding:
    kind, name = parameter["in"], parameter["name"]
    message = (
        f"the {kind} parameter `{name}` is not an argument of the client, so it cannot be folded"
    )
    return Finding("compat/misplaced", place, message, _HINTS[kind])


def _twice(document: JsonObject) -> Iterator[Finding]:
    for node in nodes(document):
        if node.kind != "parameter" or x_compat.KEYWORD not in node.value:
            continue
        place, schema = parameters.schema_of(node.pointer, node.value)
        if isinstance(schema, dict) and not isinstance(schema.get(x_compat.KEYWORD, {}), dict):
            yield from keywords.of_keywords(place, schema)
        both = x_compat.keywords(node.value).keys() & x_compat.keywords(schema).keys()
        for name in sorted(both):
            other = join(node.pointer, x_compat.KEYWORD, name)
            message = f"`{name}` of the same value is also at {other}"
            at = join(place, x_compat.KEYWORD, name)
            yield Finding("compat/declared-twice", at, message, "write one of them")
