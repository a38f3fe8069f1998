"""Refuses x-compat that speclens cannot generate. Each finding names both places and says what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from speclens.lower.ground import composed, facts, x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.lower.rewrites.folding import folding
from speclens.lower.rules import (
    conditions,
    discriminators,
    keywords,
    payloads,
    places,
    repeated,
    shapes,
    twice,
)
from speclens.openapi.api import OpenApi
from speclens.problems import Finding, closest
from speclens.source.pointer import JsonObject, follow, join, tokens


def check(api: OpenApi, skip: Collection[str] = ()) -> tuple[Finding, ...]:
    """All findings on the x-compat of a document, without those on the schemas in `skip`."""
    document, found = api.document, list[Finding]()
    skipped = tuple(f"{place}/" for place in skip)
    for pointer, schema in all_schemas(document):
        is_skipped = f"{pointer}/".startswith(skipped)
        if isinstance(schema, dict) and not is_skipped:
            found += keywords.of_keywords(pointer, schema)
            found += _object(document, pointer, schema)
            found += shapes.of_union(document, pointer, schema)
    folds = folding(document)
    found += places.unfolded(document, folds, skip)
    found += payloads.check(api, folds)
    found += twice.check(document, folds, skip)
    found += repeated.check(document, skip)
    found += discriminators.check(document, folds)
    found += _partial_updates(api)
    return tuple(dict.fromkeys(found))


def _object(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    if pointer.rpartition("/")[0].endswith("/allOf"):
        return  # its parts belong to the object around the `allOf`
    inline = [
        (place, layer)
        for place, layer in composed.layers(document, pointer, schema)
        if f"{place}/".startswith(f"{pointer}/")
    ]
    for place, layer in inline:
        yield from _unused_hubs(document, (pointer, schema), place, layer)
    spokes = x_compat.spokes(document, pointer, schema)
    yield from conditions.of_object_with_spokes(document, pointer, schema)
    declared = [inner for _, layer in inline for inner in _declared(layer).values()]
    has_policies = any("hubs" in x_compat.keywords(layer) for _, layer in inline)
    if not has_policies and not any("into" in x_compat.keywords(inner) for inner in declared):
        return
    own = composed.properties(document, pointer, schema)
    names = {spoke.name for spoke in spokes}
    policies = x_compat.policies(document, pointer, schema)
    for spoke in spokes:
        yield from _target(document, (pointer, schema), spoke, own, names)
        policy = policies.get(spoke.hub)
        yield from _results(document, (pointer, schema), spoke, policy)
        yield from _one_way(document, (pointer, schema), spoke)
        hub = composed.at_path(document, pointer, schema, spoke.hub)
        if (
            policy
            and policy.conflict == "merge"
            and hub
            and not facts.types_of(document, hub[1]) <= {"array", "null"}
        ):
            message = f"only arrays merge, but {hub[0]} is not an array"
            yield Finding(
                "compat/merge-non-array",
                policy.pointer,
                message,
                "use `equal`, `prefer` or `error`",
            )


def _declared(schema: JsonObject) -> JsonObject:
    value = schema.get("properties")
    return value if isinstance(value, dict) else {}


def _unused_hubs(
    document: JsonObject, owner: tuple[str, JsonObject], pointer: str, layer: JsonObject
) -> Iterator[Finding]:
    hubs = x_compat.keywords(layer).get("hubs")
    used = {spoke.hub for spoke in x_compat.spokes(document, *owner)} if hubs else set()
    for name in hubs if isinstance(hubs, dict) else ():
        if not name.startswith("/") or tokens(name) not in used:
            place = join(pointer, x_compat.KEYWORD, "hubs", name)
            hint = f"give a property `x-compat: {{into: {name}}}`, or remove the policy"
            yield Finding("compat/unknown-target", place, f"nothing folds into `{name}`", hint)


def _target(
    document: JsonObject,
    owner: tuple[str, JsonObject],
    spoke: x_compat.Spoke,
    own: dict[str, tuple[str, Any]],
    names: set[str],
) -> Iterator[Finding]:
    place = join(spoke.pointer, x_compat.KEYWORD, "into")
    path = "/" + "/".join(spoke.hub)
    if spoke.hub and spoke.hub[0] == spoke.name:
        yield Finding(
            "compat/cycle",
            place,
            f"`{spoke.name}` folds into itself",
            "name the canonical property",
        )
    elif spoke.hub and spoke.hub[0] in names:
        other, _ = own[spoke.hub[0]]
        into = str(x_compat.keywords(own[spoke.hub[0]][1]).get("into"))
        back = into.split("/")[1:2] == [spoke.name]
        hint = f"name the property that `{spoke.hub[0]}` folds into: `{into}`"
        message = f"`{spoke.name}` folds into `{path}`, which is an older property itself ({other})"
        yield Finding("compat/cycle" if back else "compat/chain", place, message, hint)
    elif composed.at_path(document, *owner, spoke.hub) is None:
        hint = _nearest(document, owner, spoke.hub)
        yield Finding(
            "compat/unknown-target", place, f"no property `{path}` beside `{spoke.name}`", hint
        )
    else:
        yield from _older_inside(document, owner, spoke)


def _older_inside(
    document: JsonObject, owner: tuple[str, JsonObject], spoke: x_compat.Spoke
) -> Iterator[Finding]:
    """Refuses a way to a hub on which an object has an older property: it is folded before anything gets there."""
    for depth in range(1, len(spoke.hub)):
        here = composed.at_path(document, *owner, spoke.hub[:depth])
        for other in x_compat.spokes(document, *here) if here else ():
            if other.name == spoke.hub[depth]:
                path = "/" + "/".join(spoke.hub[: depth + 1])
                into = "/" + "/".join((*spoke.hub[:depth], *other.hub))
                message = f"`{spoke.name}` folds into `{path}`, which is an older property itself ({other.pointer})"
                hint = f"name the property that `{path}` folds into: `{into}`"
                place = join(spoke.pointer, x_compat.KEYWORD, "into")
                yield Finding("compat/chain", place, message, hint)


def _nearest(document: JsonObject, owner: tuple[str, JsonObject], path: tuple[str, ...]) -> str:
    """A hint for a path that names nothing."""
    for depth, name in enumerate(path):
        here = composed.at_path(document, *owner, path[:depth]) if depth else owner
        names = composed.properties(document, *here) if here else {}
        if name not in names:
            if close := closest(name, names):
                return f"did you mean `/{'/'.join((*path[:depth], close))}`?"
            where = "/" + "/".join(path[:depth])
            return f"declare `{name}` among the properties of `{where}`; arrays cannot be entered"
    return "write a JSON Pointer from the object that holds the property, such as `/name`"


def _results(
    document: JsonObject,
    owner: tuple[str, JsonObject],
    spoke: x_compat.Spoke,
    policy: x_compat.HubPolicy | None,
) -> Iterator[Finding]:
    hub = composed.at_path(document, *owner, spoke.hub)
    absent = x_compat.absent_of_spoke(document, *owner, spoke, policy)
    unsent = frozenset({"null"} if None in absent else ())
    for branch in x_compat.branches(document, spoke.pointer, spoke.schema, is_spoke=True):
        uncovered = [branch.pointer] if branch.shape is None else _silent(branch)
        for place in uncovered:
            into = f"{hub[0]}" if hub else "/" + "/".join(spoke.hub)
            message = f"a branch of `{spoke.name}` does not declare what it becomes in {into}"
            hint = "give it `x-compat: {to: …}`, or `{}`"
            yield Finding("compat/uncovered-shape", place, message, hint)
        if hub is not None and branch.shape is not None and not uncovered:
            yield from shapes.result_mismatches(document, branch.shape, hub, unsent)


def _one_way(
    document: JsonObject, owner: tuple[str, JsonObject], spoke: x_compat.Spoke
) -> Iterator[Finding]:
    """Refuses a hub that requests or responses do not have, if they have the spoke."""
    for keyword, what in (("readOnly", "requests"), ("writeOnly", "responses")):
        if _says(document, (spoke.pointer, spoke.schema), keyword):
            continue
        for depth in range(1, len(spoke.hub) + 1):
            found = composed.at_path(document, *owner, spoke.hub[:depth])
            if found is not None and _says(document, found, keyword):
                message = (
                    f"{what} may hold `{spoke.name}`, but not {found[0]}, which is `{keyword}`"
                )
                place = join(spoke.pointer, x_compat.KEYWORD, "into")
                hint = f"write `{keyword}: true` on both, or on neither"
                yield Finding("compat/result-mismatch", place, message, hint)


def _says(document: JsonObject, place: tuple[str, Any], keyword: str) -> bool:
    """Whether a schema, or the target of its reference, sets a keyword to true."""
    schemas = place[1], follow(document, *place)[1]
    return any(isinstance(one, dict) and one.get(keyword) is True for one in schemas)


def _silent(branch: x_compat.Branch) -> list[str]:
    """The branches of a spoke's own union, if none of them declares what it becomes."""
    if "into" not in x_compat.keywords(branch.schema):
        return []
    return [
        join(branch.pointer, keyword, index)
        for keyword in ("oneOf", "anyOf")
        if isinstance(inner := branch.schema.get(keyword), list)
        for index, one in enumerate(inner)
        if not (isinstance(one, dict) and one.keys() == {"required"})
    ]


def _partial_updates(api: OpenApi) -> Iterator[Finding]:
    for operation in api.every_operation:
        if operation.method != "patch" or not operation.body:
            continue
        for media in operation.body.content:
            here, schema = media.value_schema
            partial = [layer for _, layer in composed.layers(api.document, here, schema)]
            spokes = x_compat.spokes(api.document, here, schema)
            if spokes and not any(
                x_compat.keywords(layer).get("partial") is True for layer in partial
            ):
                hint = "write `x-compat: {partial: true}` on the schema if that is the intention"
                places = ", ".join(spoke.pointer for spoke in spokes)
                message = f"a PATCH body with older properties ({places}): an absent hub means `unchanged` here"
                yield Finding("compat/partial-update", here, message, hint)
