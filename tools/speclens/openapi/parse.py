"""JSON -> nodes of the document itself and of its operations (OpenAPI 3.2.0, sections 4.1 to 4.17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speclens.objects import RELATIVE, names_no_host, path_item_of
from speclens.objects.tables import METHODS
from speclens.openapi.nodes import (
    InfoObject,
    OperationObject,
    ParameterKey,
    ParameterObject,
    RequestBodyObject,
    ResponseObject,
    SecurityRequirement,
    SecuritySchemeObject,
    ServerObject,
    TagObject,
)
from speclens.openapi.parts import a_list, a_text, an_object, extensions_of, followed, objects_in
from speclens.openapi.values import content_of, header_object, parameter_object
from speclens.source.pointer import JsonObject, follow, get, join, tokens


def info_object(document: JsonObject) -> InfoObject:
    """The metadata of a document (section 4.2)."""
    own = an_object(document.get("info"))
    return InfoObject(
        title=a_text(own.get("title")),
        version=a_text(own.get("version")),
        summary=a_text(own.get("summary")),
        description=a_text(own.get("description")),
    )


def tag_objects(document: JsonObject) -> Iterator[TagObject]:
    """The tags that a document declares (section 4.22)."""
    for one in objects_in(document.get("tags")):
        yield TagObject(str(one.get("name")), a_text(one.get("description")))


def server_objects(owner: JsonObject) -> tuple[ServerObject, ...]:
    """The servers of a document, a path item or an operation (sections 4.5 and 4.6)."""
    return tuple(
        ServerObject(
            url=a_text(one.get("url")) or "",
            variables={
                name: a_text(variable.get("default")) or ""
                for name, variable in an_object(one.get("variables")).items()
                if isinstance(variable, dict)
            },
            is_relative=one.get(RELATIVE) is True or names_no_host(a_text(one.get("url")) or ""),
        )
        for one in objects_in(owner.get("servers"))
    )


_SCHEMES = "#/components/securitySchemes/"


def requirements_of(owner: JsonObject) -> tuple[SecurityRequirement, ...] | None:
    """The alternatives of a document or an operation (section 4.30); None if it has none of its own. A scheme may be named by
    its URI here (3.2)."""
    if not isinstance(owner.get("security"), list):
        return None
    return tuple(
        {
            name.removeprefix(_SCHEMES): tuple(map(str, a_list(scopes)))
            for name, scopes in one.items()
        }
        for one in objects_in(owner.get("security"))
    )


def scheme_objects(document: JsonObject) -> dict[str, SecuritySchemeObject]:
    """The security schemes of the components (section 4.27), by name."""
    declared = an_object(an_object(document.get("components")).get("securitySchemes"))
    return {
        name: _security_scheme(document, join("#/components/securitySchemes", name), value)
        for name, value in declared.items()
        if isinstance(value, dict)
    }


def _security_scheme(document: JsonObject, pointer: str, value: JsonObject) -> SecuritySchemeObject:
    place, own = followed(document, pointer, value)
    flow = an_object(an_object(own.get("flows")).get("clientCredentials"))
    return SecuritySchemeObject(
        pointer=place,
        type=a_text(own.get("type")),
        name=a_text(own.get("name")),
        location=a_text(own.get("in")),
        scheme=a_text(own.get("scheme")),
        token_url=a_text(flow.get("tokenUrl")),
    )


def operations_of_paths(document: JsonObject) -> Iterator[tuple[str, str, JsonObject]]:
    """The operations of the paths (section 4.8): path, pointer, object."""
    for path, item in an_object(document.get("paths")).items():
        if path.startswith("/"):
            for pointer, own in _path_item(document, join("#", "paths", path), item):
                yield path, pointer, own


def _path_item(document: JsonObject, pointer: str, item: Any) -> Iterator[tuple[str, JsonObject]]:
    """The operations of a path item (section 4.9). Its own ones win over those of the item that it refers to."""
    place, value = follow(document, pointer, item)
    if not isinstance(value, dict):
        return
    beside = item if "$ref" in item else {}
    for method in METHODS:
        if isinstance(beside.get(method), dict):
            yield join(pointer, method), beside[method]
        elif isinstance(value.get(method), dict):
            yield join(place, method), value[method]
    for method, own in an_object(value.get("additionalOperations")).items():
        if isinstance(own, dict):
            yield join(place, "additionalOperations", method), own


def operation_object(
    document: JsonObject, pointer: str, own: JsonObject, path: str
) -> OperationObject:
    """An operation (section 4.10) at a pointer."""
    outer = path_item_of(pointer)
    item = get(document, outer)
    return OperationObject(
        pointer=pointer,
        path=path,
        method=tokens(pointer)[-1],
        operation_id=a_text(own.get("operationId")),
        summary=a_text(own.get("summary")),
        description=a_text(own.get("description")),
        tags=tuple(one for one in a_list(own.get("tags")) if isinstance(one, str)),
        is_deprecated=own.get("deprecated") is True,
        parameters=_effective(document, (outer, item), (pointer, own)),
        body=_request_body(document, join(pointer, "requestBody"), own.get("requestBody")),
        responses=tuple(_responses(document, join(pointer, "responses"), own.get("responses"))),
        servers=(*server_objects(own), *server_objects(an_object(item))),
        security=requirements_of(own),
        extensions=extensions_of(own),
        is_internal=own.get("x-internal", followed(document, outer, item)[1].get("x-internal"))
        is True,
    )


def _effective(
    document: JsonObject, item: tuple[str, Any], own: tuple[str, JsonObject]
) -> Mapping[ParameterKey, ParameterObject]:
    """The parameters of an operation, with those of its path item, which may be a reference beside the operation."""
    found: dict[ParameterKey, ParameterObject] = {}
    for place, owner in (follow(document, *item), own):
        for index, value in enumerate(a_list(an_object(owner).get("parameters"))):
            one = parameter_object(document, join(place, "parameters", index), value)
            if one is not None:
                found[one.key] = one
    return found


def _request_body(document: JsonObject, pointer: str, value: Any) -> RequestBodyObject | None:
    """A request body (section 4.13); None for something that is no object."""
    place, found = follow(document, pointer, value)
    if not isinstance(found, dict):
        return None
    content = content_of(document, place, found, "request-body")
    told = a_text(found.get("description"))
    return RequestBodyObject(place, told, found.get("required") is True, content)


def _responses(document: JsonObject, pointer: str, value: Any) -> Iterator[ResponseObject]:
    """The responses of an operation (sections 4.16 and 4.17) in document order."""
    for status, one in an_object(value).items():
        if status.startswith("x-"):
            continue
        place, own = followed(document, join(pointer, status), one)
        headers = (
            header_object(document, name, join(place, "headers", name), inner)
            for name, inner in an_object(own.get("headers")).items()
        )
        content = content_of(document, place, own, "response")
        yield ResponseObject(
            status,
            place,
            a_text(own.get("description")),
            tuple(one for one in headers if one is not None),
            content,
        )
