"""Parameters as properties: those of an operation together are an object, so that x-compat between them is what it is
between properties, with the same rules, functions and model.

A parameter is a member called as in OpenAPI's runtime expressions (section 4.8.20.4 of 3.1): `query.limit`,
`header.X-Model`. Policies of hubs are those of the operation's own `x-x_compat.hubs`.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, count
from typing import Any

from speclens.lower.ground import x_compat
from speclens.lower.ground.view import View
from speclens.lower.ground.walk import objects
from speclens.lower.rewrites.folding import folding
from speclens.objects import nodes, path_item_of
from speclens.problems import Finding, closest
from speclens.source.pointer import JsonObject, exists, follow, get, join, tokens

Parameters = Mapping[tuple[str, str], tuple[str, JsonObject]]
"""By location and name (of a header in lower case): pointer and Parameter Object."""


def lift(document: JsonObject, origins: dict[str, str]) -> JsonObject:
    """The document with a component schema for the parameters of each operation that has x-compat among them. `origins`
    receives where they come from."""
    folds = folding(document)
    made: JsonObject = {}
    for pointer, operation in objects(document, "operation"):
        found = effective(document, pointer, operation)
        if x_compat.KEYWORD in operation or any(_is_compat(folds, *one) for one in found.values()):
            name = operation_component(document, made, pointer, operation, "parameters")
            made[name] = _schema(
                found, operation, pointer, join("#/components/schemas", name), origins
            )
    if not made:
        return document
    components = document.get("components") or {}
    schemas = {**(components.get("schemas") or {}), **made}
    return {**document, "components": {**components, "schemas": schemas}}


def lifted_places(lifted: View) -> dict[str, str]:
    """The components that the parameters of operations were lifted to, by the pointers of the operations."""
    components = (item for item in lifted.origins.items() if item[0].count("/") == 3)
    return {origin: place for place, origin in components}


def hubs(found: Parameters) -> frozenset[tuple[str, str]]:
    """The parameters that others fold into, by location and name."""
    into = (hub_of(x_compat.keywords(parameter).get("into")) for _, parameter in found.values())
    return frozenset(one for one in into if one is not None)


def hub_of(into: Any) -> tuple[str, str] | None:
    """The location and the name of the parameter that another one folds into; None if it names none."""
    return _key(into["in"], into["name"]) if _names_one(into) else None


def operation_component(
    document: JsonObject, made: Collection[str], pointer: str, operation: JsonObject, kind: str
) -> str:
    """The name of a component that is made of an operation: after that, and not the name of another. Of many operations
    with one id each has a digest of its place."""
    path = tokens(pointer)
    name = f"{operation.get('operationId') or f'{path[-1]} {path[-2]}'}.{kind}"
    digest = sha256(pointer.encode()).hexdigest()[:12]
    ends = chain(("", "_", "__"), (f"_{digest}{'_' * more}" for more in count()))
    return next(
        one
        for one in (name + end for end in ends)
        if one not in made and not exists(document, join("#/components/schemas", one))
    )


def effective(document: JsonObject, pointer: str, operation: JsonObject) -> Parameters:
    """The parameters of an operation, those of its path included."""
    found: dict[tuple[str, str], tuple[str, JsonObject]] = {}
    outer = path_item_of(pointer)
    item = follow(
        document, outer, get(document, outer)
    )  # the operation may stand beside a reference
    for place, owner in (item, (pointer, operation)):
        listed = owner.get("parameters") if isinstance(owner, dict) else None
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            here, value = follow(document, join(place, "parameters", index), item)
            if isinstance(value, dict) and isinstance(value.get("name"), str):
                found[_key(value.get("in"), value["name"])] = (here, value)
    return found


def _key(location: Any, name: str) -> tuple[str, str]:
    return (str(location), name.lower() if location == "header" else name)


def _is_compat(folds: frozenset[str], pointer: str, parameter: JsonObject) -> bool:
    return x_compat.KEYWORD in parameter or schema_of(pointer, parameter)[0] in folds


def schema_of(pointer: str, parameter: JsonObject) -> tuple[str, Any]:
    """The schema of a parameter: its own, or that of its one media type (section 4.8.12)."""
    content = parameter.get("content")
    for name, media in content.items() if isinstance(content, dict) else ():
        if isinstance(media, dict):
            return join(pointer, "content", name, "schema"), media.get("schema", {})
    return join(pointer, "schema"), parameter.get("schema", {})


def _schema(
    found: Parameters, operation: JsonObject, pointer: str, place: str, origins: dict[str, str]
) -> JsonObject:
    origins[place] = pointer
    properties: JsonObject = {}
    required: list[str] = []
    for here, parameter in found.values():
        name = f"{parameter.get('in')}.{parameter['name']}"
        at = join(place, "properties", name)
        properties[name] = _property(found, here, parameter, at, origins)
        if parameter.get("required") is True:
            origins[join(place, "required", len(required))] = join(here, "required")
            required.append(name)
    own = {x_compat.KEYWORD: operation[x_compat.KEYWORD]} if x_compat.KEYWORD in operation else {}
    path = tokens(pointer)
    told = f"The parameters of {path[-1].upper()} {path[-2]}, by location and name."
    return {
        "type": "object",
        "description": told,
        "properties": properties,
        "required": required,
        **own,
    }


def _property(
    found: Parameters, pointer: str, parameter: JsonObject, at: str, origins: dict[str, str]
) -> Any:
    place, schema = schema_of(pointer, parameter)
    origins[at] = pointer
    inner = dict(schema) if isinstance(schema, dict) else {}
    for keyword in inner:
        origins[join(at, keyword)] = join(place, keyword)
    for keyword in ("description", "deprecated"):
        if keyword in parameter and keyword not in inner:
            inner[keyword] = parameter[keyword]
    if x_compat.KEYWORD in parameter:
        origins[join(at, x_compat.KEYWORD)] = join(pointer, x_compat.KEYWORD)
        own = {**x_compat.keywords(inner), **x_compat.keywords(parameter)}
        if target := _target(found, own.pop("into", None)):
            own["into"] = join("", target)
        inner[x_compat.KEYWORD] = (
            own if isinstance(parameter[x_compat.KEYWORD], dict) else parameter[x_compat.KEYWORD]
        )
    return inner


def _target(found: Parameters, into: Any) -> str:
    """The member that a parameter folds into; "" if none is named."""
    if isinstance(into, dict) and isinstance(into.get("name"), str):
        _, hub = found.get(_key(into.get("in"), into["name"]), ("", {}))
        return f"{hub['in']}.{hub['name']}" if hub else ""
    return ""


# What is asked of parameters by themselves


def own_schemas(document: JsonObject) -> frozenset[str]:
    """The schemas of parameters with x-compat: they say something only together with it."""
    return frozenset(
        schema_of(node.pointer, node.value)[0]
        for node in nodes(document)
        if node.kind == "parameter" and x_compat.KEYWORD in node.value
    )


def check(document: JsonObject) -> Iterator[Finding]:
    """Whether `into` of each parameter names another of every operation that it is a parameter of."""
    for pointer, operation in objects(document, "operation"):
        found = effective(document, pointer, operation)
        for here, parameter in found.values():
            own = x_compat.keywords(parameter)
            into: Any = own.get("into")
            place = join(here, x_compat.KEYWORD, "into")
            if "into" in own and not _names_one(into):
                yield _misnamed(place)
            elif "into" in own and not _target(found, into):
                path = tokens(pointer)
                told = (
                    f"no {into['in']} parameter `{into['name']}` in {path[-1].upper()} {path[-2]}"
                )
                others = [value for _, value in found.values() if value is not parameter]
                hint = _nearest(into["name"], others)
                yield Finding("compat/unknown-target", place, told, hint)


def unused_parameters(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """The parameters with x-compat that no operation has."""
    used = {
        here
        for pointer, operation in objects(document, "operation")
        for here, _ in effective(document, pointer, operation).values()
    }
    for node in nodes(document):
        is_compat = node.kind == "parameter" and x_compat.KEYWORD in node.value
        if is_compat and node.reference is None and node.pointer not in used:
            yield node.pointer, node.value


def check_unused(pointer: str, parameter: JsonObject) -> Iterator[Finding]:
    """Whether `into` of a parameter that no operation has could name another one."""
    own = x_compat.keywords(parameter)
    if "into" in own and not _names_one(own["into"]):
        yield _misnamed(join(pointer, x_compat.KEYWORD, "into"))


def _misnamed(place: str) -> Finding:
    message = "`into` of a parameter names another one"
    return Finding("compat/unknown-keyword", place, message, "write `{in: query, name: …}`")


def _nearest(name: str, others: Sequence[JsonObject]) -> str:
    close = closest(name, (other["name"] for other in others))
    for other in others:
        if close and other["name"] == close:
            return f"did you mean `{{in: {other.get('in')}, name: {other['name']}}}`?"
    return "declare it beside this one"


def _names_one(into: Any) -> bool:
    is_object = isinstance(into, dict) and into.keys() == {"in", "name"}
    return is_object and all(isinstance(value, str) for value in into.values())


# As plain documents


def without_compat(document: JsonObject, is_canonical: bool) -> JsonObject:
    """A view without x-compat of operations and parameters. In the canonical one spokes are gone; in the wire view a
    hub that is required may be missing, since OpenAPI cannot say that one of several parameters has to be there."""
    result = copy.deepcopy(document)
    owners = [node for node in nodes(result) if x_compat.KEYWORD in node.value]
    if not owners:
        return document
    for pointer, operation in objects(result, "operation"):
        found = effective(result, pointer, operation)
        for _, parameter in found.values():
            target = _target(found, x_compat.keywords(parameter).get("into"))
            for _, hub in found.values() if target and not is_canonical else ():
                if f"{hub['in']}.{hub['name']}" == target:
                    hub.pop("required", None)
    if is_canonical:
        _without_spokes(result)
    for node in owners:
        node.value.pop(x_compat.KEYWORD, None)
    return result


def _without_spokes(document: JsonObject) -> None:
    def is_spoke(item: Any) -> bool:
        return "into" in x_compat.keywords(follow(document, "", item)[1])

    for node in [node for node in nodes(document) if node.kind in {"operation", "path-item"}]:
        listed = node.value.get("parameters")
        if isinstance(listed, list):
            node.value["parameters"] = [item for item in listed if not is_spoke(item)]
    components = document.get("components") or {}
    named = components.get("parameters") or {}
    for name in [name for name, item in named.items() if is_spoke(item)]:
        del named[name]
