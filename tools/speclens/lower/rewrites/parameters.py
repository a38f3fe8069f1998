"""Parameters as properties: those of an operation together are an object, so that x-compat between them is what it is
between properties, with the same rules, functions and model.

A parameter is a member called as in OpenAPI's runtime expressions (section 4.8.20.4 of 3.1): `query.limit`,
`header.X-Model`. Policies of hubs are those of the operation's own `x-x_compat.hubs`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from itertools import chain, count
from typing import Any

from speclens.lower.ground import x_compat
from speclens.lower.ground.view import View, copied
from speclens.lower.rewrites.folding import folding
from speclens.objects import with_component_schemas
from speclens.openapi import edits
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import OperationObject, ParameterKey, ParameterObject, parameter_key
from speclens.problems import Finding, closest
from speclens.source.pointer import JsonObject, exists, join


def lift(api: OpenApi, origins: dict[str, str]) -> JsonObject:
    """The document with a component schema for the parameters of each operation that has x-compat among them. `origins`
    receives where they come from."""
    folds = folding(api.document)
    made: JsonObject = {}
    for operation in api.every_operation:
        declared = operation.parameters.values()
        if _says_compat(operation) or any(_is_compat(folds, one) for one in declared):
            name = operation_component(api.document, made, operation, "parameters")
            made[name] = _schema(operation, join("#/components/schemas", name), origins)
    return with_component_schemas(api.document, made) if made else api.document


def lifted_places(lifted: View) -> dict[str, str]:
    """The components that the parameters of operations were lifted to, by the pointers of the operations."""
    components = (item for item in lifted.origins.items() if item[0].count("/") == 3)
    return {origin: place for place, origin in components}


def hubs(operation: OperationObject) -> frozenset[ParameterKey]:
    """The parameters of an operation that others fold into."""
    into = (hub_of(parameter) for parameter in operation.parameters.values())
    return frozenset(one for one in into if one is not None)


def hub_of(parameter: ParameterObject) -> ParameterKey | None:
    """The parameter that another one folds into; None if it names none."""
    named = x_compat.parameter_of(_own(parameter).get("into"))
    return parameter_key(*named) if named else None


def operation_component(
    document: JsonObject, made: Collection[str], operation: OperationObject, kind: str
) -> str:
    """The name of a component that is made of an operation: after that, and not the name of another. Of many operations
    with one id each has a digest of its place."""
    name = f"{operation.called.whole}.{kind}"
    digest = sha256(operation.pointer.encode()).hexdigest()[:12]
    ends = chain(("", "_", "__"), (f"_{digest}{'_' * more}" for more in count()))
    return next(
        one
        for one in (name + end for end in ends)
        if one not in made and not exists(document, join("#/components/schemas", one))
    )


def _own(one: ParameterObject | OperationObject) -> JsonObject:
    return x_compat.keywords(one.extensions)


def _says_compat(one: ParameterObject | OperationObject) -> bool:
    return x_compat.KEYWORD in one.extensions


def _is_compat(folds: frozenset[str], parameter: ParameterObject) -> bool:
    return _says_compat(parameter) or parameter.value_schema.pointer in folds


def _schema(operation: OperationObject, place: str, origins: dict[str, str]) -> JsonObject:
    origins[place] = operation.pointer
    properties: JsonObject = {}
    required: list[str] = []
    for parameter in operation.parameters.values():
        name = _member(parameter)
        properties[name] = _property(operation, parameter, join(place, "properties", name), origins)
        if parameter.is_required:
            origins[join(place, "required", len(required))] = join(parameter.pointer, "required")
            required.append(name)
    own = {key: value for key, value in operation.extensions.items() if key == x_compat.KEYWORD}
    return {
        "type": "object",
        "description": f"The parameters of {_called(operation)}, by location and name.",
        "properties": properties,
        "required": required,
        **own,
    }


def _called(operation: OperationObject) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _member(parameter: ParameterObject) -> str:
    return f"{parameter.location}.{parameter.name}"


def _property(
    operation: OperationObject, parameter: ParameterObject, at: str, origins: dict[str, str]
) -> Any:
    place, schema = parameter.value_schema
    origins[at] = parameter.pointer
    inner = dict(schema) if isinstance(schema, dict) else {}
    for keyword in inner:
        origins[join(at, keyword)] = join(place, keyword)
    if parameter.description is not None:
        inner.setdefault("description", parameter.description)
    if parameter.is_deprecated:
        inner.setdefault("deprecated", True)
    if _says_compat(parameter):
        origins[join(at, x_compat.KEYWORD)] = join(parameter.pointer, x_compat.KEYWORD)
        given = parameter.extensions[x_compat.KEYWORD]
        own = {**x_compat.keywords(inner), **_own(parameter)}
        own.pop("into", None)
        if hub := _hub(operation, parameter):
            own["into"] = join("", _member(hub))
        inner[x_compat.KEYWORD] = own if isinstance(given, dict) else given
    return inner


def _hub(operation: OperationObject, parameter: ParameterObject) -> ParameterObject | None:
    """The parameter of an operation that another one folds into; None if it names none."""
    key = hub_of(parameter)
    return operation.parameters.get(key) if key else None


# What is asked of parameters by themselves


def own_schemas(api: OpenApi) -> frozenset[str]:
    """The schemas of parameters with x-compat: they say something only together with it."""
    return frozenset(one.value_schema.pointer for one in api.every_parameter if _says_compat(one))


def check(api: OpenApi) -> Iterator[Finding]:
    """Whether `into` of each parameter names another of every operation that it is a parameter of."""
    for operation in api.every_operation:
        for parameter in operation.parameters.values():
            own = _own(parameter)
            named = x_compat.parameter_of(own.get("into"))
            if "into" in own and named is None:
                yield _misnamed(parameter)
            elif named and not _hub(operation, parameter):
                told = f"no {named[0]} parameter `{named[1]}` in {_called(operation)}"
                others = [one for one in operation.parameters.values() if one is not parameter]
                place = join(parameter.pointer, x_compat.KEYWORD, "into")
                yield Finding("compat/unknown-target", place, told, _nearest(named[1], others))


def unused_parameters(api: OpenApi) -> Iterator[ParameterObject]:
    """The parameters with x-compat that no operation has."""
    used = {
        parameter.pointer
        for operation in api.every_operation
        for parameter in operation.parameters.values()
    }
    for parameter in api.every_parameter:
        if _says_compat(parameter) and parameter.pointer not in used:
            yield parameter


def check_unused(parameter: ParameterObject) -> Iterator[Finding]:
    """Whether `into` of a parameter that no operation has could name another one."""
    own = _own(parameter)
    if "into" in own and x_compat.parameter_of(own["into"]) is None:
        yield _misnamed(parameter)


def _misnamed(parameter: ParameterObject) -> Finding:
    place = join(parameter.pointer, x_compat.KEYWORD, "into")
    message = "`into` of a parameter names another one"
    return Finding("compat/unknown-keyword", place, message, "write `{in: query, name: …}`")


def _nearest(name: str, others: Iterable[ParameterObject]) -> str:
    by_name: dict[str, ParameterObject] = {}
    for one in others:
        by_name.setdefault(one.name, one)
    if close := closest(name, by_name):
        return f"did you mean `{{in: {by_name[close].location}, name: {close}}}`?"
    return "declare it beside this one"


# As plain documents


def without_compat(document: JsonObject, is_canonical: bool) -> JsonObject:
    """A view without x-compat of operations and parameters. In the canonical one spokes are gone; in the wire view a
    hub that is required may be missing, since OpenAPI cannot say that one of several parameters has to be there."""
    api = OpenApi(document)
    compat = [one for one in api.every_parameter if _says_compat(one)]
    owners = [one.pointer for one in compat]
    owners += [one.pointer for one in api.every_operation if _says_compat(one)]
    if not owners:
        return document
    result: JsonObject = copied(document)
    if not is_canonical:
        for operation in api.every_operation:
            found = (_hub(operation, one) for one in operation.parameters.values())
            edits.remove_members(result, (join(hub.pointer, "required") for hub in found if hub))
    edits.remove_members(result, (join(pointer, x_compat.KEYWORD) for pointer in owners))
    if is_canonical:
        edits.remove_parameters(result, [one.pointer for one in compat if "into" in _own(one)])
    return result
