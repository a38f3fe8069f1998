"""What the wire view says of hubs some objects deep (`/output/format`), which spokes can give too.

Folding makes the objects on the way, or fills the ones that were sent (x-compat rule 5). So an
object that was sent may lack what a spoke gives, and one that a spoke makes must not lack anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.source.pointer import JsonObject, follow, join

Transform = Callable[[str, str, Any], Any]
"""A schema in the view: from its pointers, as written and in the view, and what is written."""


@dataclass(frozen=True, slots=True)
class _Deep:
    """The deep hubs of the object schema at `pointer` (`place` in the view): their values that mean
    "not given", and for each of their spokes the schema of the objects in which it is given."""

    document: JsonObject
    pointer: str
    place: str
    schema: JsonObject
    absent: Mapping[composed.PropertyPath, tuple[Any, ...]]
    given: tuple[tuple[composed.PropertyPath, JsonObject], ...]


def relax(
    document: JsonObject,
    pointer: str,
    place: str,
    schema: JsonObject,
    result: JsonObject,
    given: Mapping[str, JsonObject],
    transform: Transform,
) -> list[JsonObject]:
    """Relaxes the properties of `result` that are on the way to deep hubs of the object schema at
    `pointer` (`place` in the view); what is asked for of the whole object in return.

    `given` has, by the name of each spoke, the schema of the objects in which it is given.
    """
    spokes = [spoke for spoke in x_compat.spokes(document, pointer, schema) if len(spoke.hub) > 1]
    policies = x_compat.policies(document, pointer, schema) if spokes else {}
    absent: dict[composed.PropertyPath, tuple[Any, ...]] = {}
    for path in dict.fromkeys(spoke.hub for spoke in spokes):
        if (found := composed.at_path(document, pointer, schema, path)) is not None:
            absent[path] = x_compat.absent_values(found[1], policies.get(path))
    sources = tuple((spoke.hub, given[spoke.name]) for spoke in spokes)
    deep = _Deep(document, pointer, place, schema, absent, sources)
    for name in {path[0] for path in absent} & schema["properties"].keys():
        paths = {path[1:]: values for path, values in absent.items() if path[0] == name}
        old, new = (join(at, "properties", name) for at in (pointer, place))
        inner = schema["properties"][name]
        result["properties"][name] = _relaxed(document, old, new, inner, paths, transform)
    return _rules(deep, transform)


def _relaxed(
    document: JsonObject,
    old: str,
    new: str,
    schema: Any,
    paths: Mapping[composed.PropertyPath, tuple[Any, ...]],
    transform: Transform,
) -> Any:
    """The schema of a property on the way, asking for nothing that spokes can give."""
    old, schema = follow(document, old, schema)
    result = transform(old, new, schema)
    if not isinstance(result, dict):
        return result
    names = {path[0] for path in paths}
    result = {
        **result,
        **({"properties": {**result["properties"]}} if "properties" in result else {}),
    }
    for name in names & result.get("properties", {}).keys():
        inner = {path[1:]: absent for path, absent in paths.items() if path[0] == name}
        here, there = (join(at, "properties", name) for at in (old, new))
        if absent := inner.pop((), ()):
            result["properties"][name] = {
                "anyOf": [{"enum": list(absent)}, result["properties"][name]]
            }
        elif inner:
            result["properties"][name] = _relaxed(
                document, here, there, schema["properties"][name], inner, transform
            )
    if "required" in result:
        result["required"] = [name for name in result["required"] if name not in names]
        if not result["required"]:  # OpenAPI 3.0 does not take an empty list
            del result["required"]
    if "allOf" in result:
        result["allOf"] = [
            _relaxed(document, join(old, "allOf", i), join(new, "allOf", i), part, paths, transform)
            for i, part in enumerate(schema["allOf"])
        ]
    return result


def _rules(deep: _Deep, transform: Transform) -> list[JsonObject]:
    found: list[JsonObject] = []
    for path, absent in deep.absent.items():
        place = composed.at_path(deep.document, deep.pointer, deep.schema, path)
        if absent and place is not None:  # the hub's own value is judged where it is the only one
            judged = transform(place[0], join(deep.place, *_below(path)), place[1])
            own = _inside(path[:-1], {"properties": {path[-1]: judged}})
            found.append({"anyOf": [own, *_given(deep, path)]})
        for depth in range(1, len(path)):
            if path[depth] in _required(deep, path[:depth]):
                own = _inside(path[:depth], {"required": [path[depth]]})
                found.append({"anyOf": [own, *_given(deep, path[: depth + 1])]})
    for path, given in deep.given:
        for depth in range(1, len(path)):
            for name in _required(deep, path[:depth]):
                if name != path[depth]:
                    others = _given(deep, (*path[:depth], name))
                    found.append({"anyOf": [{"not": given}, _present(path[:depth]), *others]})
    return [rule for index, rule in enumerate(found) if rule not in found[:index]]


def _below(path: composed.PropertyPath) -> list[str]:
    return [token for name in path for token in ("properties", name)]


def _given(deep: _Deep, path: composed.PropertyPath) -> list[JsonObject]:
    """The objects in which a spoke gives something at a path, or inside of it."""
    return [schema for hub, schema in deep.given if hub[: len(path)] == path]


def _required(deep: _Deep, path: composed.PropertyPath) -> list[str]:
    place = composed.at_path(deep.document, deep.pointer, deep.schema, path)
    layers = composed.layers(deep.document, *place) if place else ()
    return list(dict.fromkeys(name for _, layer in layers for name in layer.get("required") or ()))


def _inside(path: composed.PropertyPath, schema: JsonObject) -> JsonObject:
    """The objects that obey a schema at a path, if they have one."""
    for name in reversed(path):
        schema = {"properties": {name: schema}}
    return schema


def _present(path: composed.PropertyPath) -> JsonObject:
    """The objects that have something at a path."""
    schema: JsonObject = {}
    for name in reversed(path):
        schema = {"required": [name], **({"properties": {name: schema}} if schema else {})}
    return schema
