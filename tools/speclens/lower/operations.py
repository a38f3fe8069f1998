"""Lowering Operation Objects to what becomes the client and the server.

Generated are operations with a JSON object as their body and as their answer, both components; what else a document
has is told, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from speclens import ir, names
from speclens.literals import comment, docstring, literal
from speclens.lower import compat, examples
from speclens.lower.arguments import Inputs
from speclens.lower.naming import is_class
from speclens.lower.view import View
from speclens.lower.walk import JsonObject, follow
from speclens.objects import METHODS
from speclens.problems import Finding
from speclens.source.pointer import get, join

_JSON = "application/json"
_WIDTH = 88  # of docstrings that are indented by eight


@dataclass(frozen=True, slots=True)
class _Bodies:
    """Where the schemas of an operation stand: of its request and of its answer."""

    request: str
    response: str


def lower(
    document: JsonObject,
    canonical: View,
    components: Mapping[str, str],
    folded: Mapping[str, ir.Normalizer],
) -> tuple[ir.Client | None, tuple[Finding, ...]]:
    """The client of a document, None if no operation can be generated, and warnings on those that cannot.

    `components` are the names of schemas by pointer, `folded` the functions that fold them.
    """
    findings: list[Finding] = []
    supported: dict[str, tuple[str, _Bodies]] = {}
    for pointer, path, method, operation in _operations(document):
        found = _bodies(document, canonical, components, pointer, operation)
        if isinstance(found, str):
            message = f"no method is generated for {method.upper()} {path}: {found}"
            findings.append(Finding("operation/not-generated", pointer, message, "", "warning"))
        else:
            supported[_name(pointer, operation, path)] = pointer, found
    if not supported:
        return None, tuple(findings)
    inputs = Inputs(document, canonical, components)
    idents = names.distinct(supported, names.snake)
    classes = names.distinct(supported, names.class_name)
    resources: dict[str, list[ir.Operation]] = {}
    for name, (pointer, bodies) in supported.items():
        tag = _tag(get(document, pointer), _path(pointer))
        made = _operation(inputs, pointer, bodies, folded, (idents[name], classes[name]))
        resources.setdefault(tag, []).append(made)
    return _client(document, resources, inputs), tuple(findings)


def _operations(document: JsonObject) -> Iterator[tuple[str, str, str, JsonObject]]:
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield join("#", "paths", path, method), path, method, item[method]


# What can be generated


def _bodies(
    document: JsonObject,
    canonical: View,
    components: Mapping[str, str],
    pointer: str,
    operation: JsonObject,
) -> _Bodies | str:
    """Where the schemas of an operation stand, or why it cannot be generated."""
    item = get(document, pointer.rpartition("/")[0])
    if operation.get("parameters") or item.get("parameters") or "$ref" in item:
        return "it has parameters"
    if not _is_plainly_secured(document, operation):
        return "its security is more than a bearer token"
    body = follow(document, pointer, operation.get("requestBody"))[1]
    if not isinstance(body, dict):
        return "it has no body"
    answers = [
        follow(document, pointer, answer)[1]
        for status, answer in (operation.get("responses") or {}).items()
        if str(status).startswith("2")
    ]
    if len(answers) != 1:
        return "it has not exactly one answer that is a success"
    request, response = (_schema(document, side) for side in (body, answers[0]))
    for what, place in (("body", request), ("answer", response)):
        if place is None or place not in components:
            return f"its {what} is not JSON of a component"
        if not is_class(canonical.document, place, get(canonical.document, place)):
            return f"its {what} is no object"
    return _Bodies(str(request), str(response))


def _schema(document: JsonObject, side: Any) -> str | None:
    """Where the schema of a request body or a response stands that is JSON and nothing else."""
    content = side.get("content") if isinstance(side, dict) else None
    if not isinstance(content, dict) or list(content) != [_JSON]:
        return None
    schema = content[_JSON].get("schema")
    return follow(document, "", schema)[0] if isinstance(schema, dict) else None


def _is_plainly_secured(document: JsonObject, operation: JsonObject) -> bool:
    used = [
        follow(document, "", _schemes(document).get(name))[1]
        for requirement in operation.get("security", document.get("security")) or ()
        for name in requirement
    ]
    return all(_is_bearer(scheme) for scheme in used)


def _needs_key(document: JsonObject, operation: JsonObject) -> bool:
    return bool(operation.get("security", document.get("security")))


def _schemes(document: JsonObject) -> JsonObject:
    return (document.get("components") or {}).get("securitySchemes") or {}


def _is_bearer(scheme: Any) -> bool:
    if not isinstance(scheme, dict) or scheme.get("type") != "http":
        return False
    return str(scheme.get("scheme", "")).lower() == "bearer"


# Names


def _tag(operation: JsonObject, path: str) -> str:
    """What an operation belongs to: its first tag, else the first telling part of its path."""
    tags = operation.get("tags")
    if isinstance(tags, list) and tags and isinstance(tags[0], str) and names.words(tags[0]):
        return tags[0]
    parts = [part for part in path.split("/") if names.words(part) and not part.startswith("{")]
    return next((part for part in parts if not part[1:].isdecimal()), "operations")


def _name(pointer: str, operation: JsonObject, path: str) -> str:
    given = operation.get("operationId")
    return given if isinstance(given, str) and given else f"{pointer.rpartition('/')[2]} {path}"


def _verb(name: str, tag: str) -> str:
    """The name of a method: that of its operation without what its resource says already."""
    own = [word.lower() for word in names.words(tag)]
    one = [*own[:-1], *(word.removesuffix("s") for word in own[-1:])]
    words = [word.lower() for word in names.words(name)]
    for start in range(len(words) - len(own) + 1) if len(own) < len(words) else ():
        end = start + len(own)
        if words[start:end] in (own, one):
            return names.attribute("_".join(words[:start] + words[end:]))
    return names.attribute("_".join(words))


# What is generated


def _operation(
    inputs: Inputs,
    pointer: str,
    bodies: _Bodies,
    folded: Mapping[str, ir.Normalizer],
    called: tuple[str, str],
) -> ir.Operation:
    document, components = inputs.document, inputs.components
    stem, class_name = called
    operation = get(document, pointer)
    path = _path(pointer)
    name = _name(pointer, operation, path)
    members = compat.properties(document, bodies.request, get(document, bodies.request))
    idents = names.distinct(members, names.argument)
    arguments = inputs.arguments(bodies.request, idents)
    params = names.unused(f"{class_name}Params", inputs.taken())
    request, response = (folded.get(components[one]) for one in (bodies.request, bodies.response))
    return ir.Operation(
        ident=_verb(name, _tag(operation, path)),
        handler=names.attribute(stem),
        constant=stem.upper(),
        pointer=pointer,
        method=literal(pointer.rpartition("/")[2].upper()),
        path=literal(path),
        doc=_doc(operation),
        params=params,
        arguments=arguments,
        names=_table({ident: wire for wire, ident in idents.items() if ident != wire}),
        defaults=_table(inputs.defaults(bodies.request)),
        request=components[bodies.request],
        normalize=request.ident if request else "unchanged",
        response=components[bodies.response],
        fold=response.ident if response else "unchanged",
        denormalize=request.denormalize if request else "",
        older=_older(request.unfolds if request else ()),
    )


def _older(unfolds: Iterable[ir.Unfold]) -> str:
    pairs = ", ".join(f"({unfold.hub}, {unfold.spoke})" for unfold in unfolds)
    return f"frozenset({{{pairs}}})" if pairs else ""


def _table(entries: dict[str, Any]) -> str:
    """The literal of a table; "" where there is nothing in it."""
    return literal(entries) if entries else ""


def _path(pointer: str) -> str:
    return pointer.split("/")[2].replace("~1", "/").replace("~0", "~")


def _doc(operation: JsonObject) -> str:
    parts = [str(operation.get(key) or "").strip() for key in ("summary", "description")]
    if parts[0] and parts[0][-1] not in ".!?":
        parts[0] += "."
    return docstring("\n\n".join(part for part in parts if part) or "See the API.", _WIDTH)


def _client(
    document: JsonObject,
    made: Mapping[str, list[ir.Operation]],
    inputs: Inputs,
) -> ir.Client:
    idents = names.distinct(made, names.attribute)
    taken = inputs.taken()
    classes = names.distinct(made, names.class_name)
    resources = tuple(
        ir.Resource(
            ident=idents[tag],
            class_name=names.unused(classes[tag], taken),
            pointer=operations[0].pointer,
            doc=_tag_doc(document, tag),
            operations=_distinct(operations),
        )
        for tag, operations in made.items()
    )
    all_made = [operation for resource in resources for operation in resource.operations]
    used = [name for one in all_made for name in (one.normalize, one.denormalize, one.fold)]
    return ir.Client(
        pointer="#/info",
        base_url=literal(_base_url(document)),
        is_bearer=any(_needs_key(document, get(document, one.pointer)) for one in all_made),
        resources=resources,
        operations=tuple(all_made),
        inputs=inputs.used(),
        bodies=_sorted(name for one in all_made for name in (one.request, one.response)),
        normalizers=_sorted(name for name in used if name not in {"unchanged", ""}),
        example=examples.call(inputs, resources[0]),
        older=" | ".join(f"{one.constant}.older" for one in all_made if one.older),
    )


def _distinct(operations: list[ir.Operation]) -> tuple[ir.Operation, ...]:
    """The operations of a resource; where two would be one method, each keeps the whole name of its operation."""
    count = [operation.ident for operation in operations]
    return tuple(
        replace(one, ident=one.handler) if count.count(one.ident) > 1 else one for one in operations
    )


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(found)))


def _tag_doc(document: JsonObject, tag: str) -> str:
    for declared in document.get("tags") or ():
        if isinstance(declared, dict) and declared.get("name") == tag:
            return docstring(str(declared.get("description") or tag), 92)
    return docstring(f"Operations of {comment(tag)}.", 92)


def _base_url(document: JsonObject) -> str:
    """The first server with a host (OpenAPI 3.1.1, 4.8.5), its variables at their defaults."""
    for server in document.get("servers") or ():
        url = str(server.get("url", "")) if isinstance(server, dict) else ""
        for name, variable in (server.get("variables") or {}).items() if url else ():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        if url.startswith(("https://", "http://")):
            return url.rstrip("/")
    return ""
