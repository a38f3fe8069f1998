"""Swagger 2.0 -> OpenAPI 3.0: an equivalent document, each part of which keeps its origin.

A part of the wrong JSON type stays as it is, or is left out if 3.0 has no place for it; `validate` judges the structure of
the document as written. Section names are those of the Swagger 2.0 specification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from speclens.objects import WAS_20, nodes
from speclens.objects.tables import METHODS
from speclens.problems import Finding, Refused
from speclens.reading.component_names import component_names
from speclens.reading.swagger import bodies
from speclens.reading.swagger.lookup import media_types, resolved, section_members
from speclens.reading.swagger.parameters import header, parameter
from speclens.reading.swagger.schemas import SECTIONS, Names, converted_reference, converted_schema
from speclens.reading.swagger.size import too_many_media_types, too_many_values
from speclens.source import Source, locate
from speclens.source.origins import Part, mapping, sequence
from speclens.source.pointer import join

OPENAPI_VERSION = "3.0.4"
"""The version in a converted document."""

_KEPT = ("info", "tags", "externalDocs", "security")
_OPERATION = (
    "tags", "summary", "description", "externalDocs", "operationId", "deprecated", "security",
)  # fmt: skip
_SCHEMES = ("https", "http")
_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def converted(source: Source) -> Source:
    """A document of Swagger 2.0 as one of OpenAPI 3.0. `before` is the given document. Warnings name the parts that 3.0
    cannot express. Raises Refused if the document becomes very much larger."""
    written = replace(source, before=source)
    if found := too_many_media_types(source.value):
        raise Refused(locate(written, found))
    root = Part(source.value, source.origin)
    names = {section: component_names(section_members(root, section)) for section in SECTIONS}
    made = _document(root, names)
    if found := too_many_values(source.value, made.value):
        raise Refused(locate(written, found))
    lost = locate(written, _lost(source.value))
    return replace(
        written, value=made.value, origin=made.origin, warnings=(*source.warnings, *lost)
    )


def _lost(document: dict[str, Any]) -> Iterable[Finding]:
    for node in nodes(document):
        if node.kind == "parameter" and node.value.get("collectionFormat") == "tsv":
            place = join(node.pointer, "collectionFormat")
            message = "OpenAPI 3 has no lists separated by tabs; speclens reads this one as separated by commas"
            yield Finding(
                "swagger/collection-format", place, message, "", "warning", is_before=True
            )


def _document(root: Part, names: Names) -> Part:
    given = root.fields()
    made = {
        "openapi": given["swagger"].at_same_place(OPENAPI_VERSION),
        WAS_20: given["swagger"].at_same_place(True),
    }
    made |= {key: one for key, one in given.items() if key in _KEPT or key.startswith("x-")}
    if servers := _servers(root, root):
        made["servers"] = servers
    paths = given.get("paths", root.at_same_place({}))
    items = {
        path: _path_item(root, one, names) if path.startswith("/") else one
        for path, one in paths.fields().items()
    }
    made["paths"] = mapping(paths.origin, items)
    components = {
        "schemas": _section(root, "definitions", lambda part: converted_schema(part, names), names),
        "parameters": _section(root, "parameters", lambda part: parameter(part, names), names),
        "requestBodies": bodies.components(root, names),
        "responses": _section(
            root, "responses", lambda part: _response(root, root, part, names), names
        ),
        "securitySchemes": _section(root, "securityDefinitions", _security_scheme, names),
    }
    kept = {key: one for key, one in components.items() if one.value}
    return mapping(root.origin, made | ({"components": mapping(root.origin, kept)} if kept else {}))


def _section(root: Part, section: str, made: Callable[[Part], Part], names: Names) -> Part:
    """The components of a section, without parameters that are bodies or form fields."""
    given = section_members(root, section)
    renamed = names.get(section, {})
    origin = root.origin.member(section)
    return mapping(
        origin,
        {
            renamed.get(k, k): made(one)
            for k, one in given.items()
            if not bodies.is_of_body(one.value)
        },
    )


# Servers and paths


def _servers(root: Part, holder: Part) -> Part | None:
    """`schemes`, `host` and `basePath` as Server Objects. A host without schemes gets https."""
    host, base = root.value.get("host"), root.value.get("basePath")
    path = base.rstrip("/") if isinstance(base, str) else ""
    if not isinstance(host, str):
        return (
            _server_list(root.member("basePath"), [path or "/"])
            if "basePath" in root.value
            else None
        )
    given = next((one.value["schemes"] for one in (holder, root) if "schemes" in one.value), None)
    listed = given if isinstance(given, list) else []
    schemes = [scheme for scheme in _SCHEMES if scheme in listed] or ["https"]
    return _server_list(root.member("host"), [f"{scheme}://{host}{path}" for scheme in schemes])


def _server_list(place: Part, urls: Sequence[str]) -> Part:
    servers = [mapping(place.origin, {"url": place.at_same_place(url)}) for url in urls]
    return sequence(place.origin, servers)


def _path_item(root: Part, part: Part, names: Names) -> Part:
    given = part.fields()
    shared = given["parameters"].items() if "parameters" in given else []
    made: dict[str, Part] = {}
    for key, one in given.items():
        if key in METHODS:
            made[key] = _operation(root, one, shared, names)
        elif key == "parameters" and isinstance(one.value, list):
            made[key] = _parameters(root, one, names)
        else:
            made[key] = one
    return mapping(part.origin, made)


def _parameters(root: Part, part: Part, names: Names) -> Part:
    kept = [one for one in part.items() if not bodies.is_of_body(resolved(root, one).value)]
    return sequence(part.origin, [parameter(one, names) for one in kept])


# Operations


def _operation(root: Part, part: Part, shared: Sequence[Part], names: Names) -> Part:
    if not isinstance(part.value, dict):
        return part
    given = part.fields()
    made = {key: one for key, one in given.items() if key in _OPERATION or key.startswith("x-")}
    if "schemes" in given and (servers := _servers(root, part)):
        made["servers"] = servers
    own = given["parameters"].items() if "parameters" in given else []
    if own and (listed := _parameters(root, given["parameters"], names)).value:
        made["parameters"] = listed
    if sent := bodies.of_operation(root, shared, own):
        made["requestBody"] = bodies.request(root, part, sent, names)
    if "responses" in given:
        responses = {
            status: one if status.startswith("x-") else _response(root, part, one, names)
            for status, one in given["responses"].fields().items()
        }
        made["responses"] = mapping(given["responses"].origin, responses)
    return mapping(part.origin, made)


def _response(root: Part, operation: Part, part: Part, names: Names) -> Part:
    """A response, or a reference to one. If an operation has media types of its own, the response replaces the reference."""
    if not isinstance(part.value, dict):
        return part
    if isinstance(part.value.get("$ref"), str):
        target = resolved(root, part)
        is_own = "produces" in operation.value and operation.value is not root.value
        if is_own and target.value is not part.value:
            return _response(root, operation, target, names)
        inner = part.member("$ref")
        return mapping(
            part.origin, {"$ref": inner.at_same_place(converted_reference(inner.value, names))}
        )
    given = part.fields()
    made = {key: one for key, one in given.items() if key.startswith("x-")}
    made["description"] = given.get("description", part.at_same_place(""))
    if "headers" in given:
        headers = {name: header(one, names) for name, one in given["headers"].fields().items()}
        made["headers"] = mapping(given["headers"].origin, headers)
    if content := _content(part, media_types(root, operation, "produces"), names):
        made["content"] = mapping(part.origin, content)
    return mapping(part.origin, made)


def _content(part: Part, produces: Sequence[str], names: Names) -> dict[str, Part]:
    """The media types of a response: those that the operation produces, and those of the examples."""
    given = part.fields()
    examples = given["examples"].fields() if "examples" in given else {}
    said: dict[str, Part] = {}
    if "schema" in given:
        said["schema"] = converted_schema(given["schema"], names)
        is_file = (
            isinstance(given["schema"].value, dict) and given["schema"].value.get("type") == "file"
        )
        if is_file:  # bytes, even where all operations produce JSON
            produces = [one for one in produces if "json" not in one] or ["*/*"]
        produces = produces or (bodies.JSON,)
    types = dict.fromkeys((*(produces if said else ()), *examples))
    return {
        one: mapping(part.origin, said | ({"example": examples[one]} if one in examples else {}))
        for one in types
    }


def _security_scheme(part: Part) -> Part:
    if not isinstance(part.value, dict):
        return part
    given = part.fields()
    kind = part.value.get("type")
    made = {key: one for key, one in given.items() if key.startswith("x-") or key == "description"}
    if kind == "basic":
        basic = {"type": "http", "scheme": "basic"}
        return mapping(
            part.origin,
            made | {key: given["type"].at_same_place(value) for key, value in basic.items()},
        )
    if kind != "oauth2":
        return part
    flow = {key: one for key, one in given.items() if key in ("authorizationUrl", "tokenUrl")}
    flow["scopes"] = given.get("scopes", part.at_same_place({}))
    name = _FLOWS.get(str(part.value.get("flow")), "implicit")
    flows = mapping(part.origin, {name: mapping(part.origin, flow)})
    return mapping(part.origin, {**made, "type": given["type"], "flows": flows})
