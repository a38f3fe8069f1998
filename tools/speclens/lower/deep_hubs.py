"""What the wire view says of hubs some objects deep (`/output/format`): spokes beside those objects give them too.

Folding makes the objects on the way, or fills the ones that were sent (x-compat rule 5). So an object that was sent
may lack what a spoke gives, and one that a spoke makes must not lack anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from speclens.lower import compat
from speclens.lower.walk import JsonObject, follow
from speclens.source.pointer import join

Names = tuple[str, ...]
Transform = Callable[[str, str, Any], Any]
"""A schema in the view, from its pointer as written, its pointer in the view, and what is written."""


@dataclass(frozen=True, slots=True)
class Deep:
    """The deep hubs of the object schema at `pointer` (`place` in the view): their values that mean "not given", and
    for each of their spokes the schema of the objects in which it is given."""

    document: JsonObject
    pointer: str
    place: str
    schema: JsonObject
    absent: Mapping[Names, tuple[Any, ...]]
    given: tuple[tuple[Names, JsonObject], ...]


def relaxed(deep: Deep, name: str, transform: Transform) -> Any:
    """The property on the way to deep hubs, asking for nothing that spokes can give."""
    paths = {path[1:]: absent for path, absent in deep.absent.items() if path[0] == name}
    old, new = (join(at, "properties", name) for at in (deep.pointer, deep.place))
    return _relaxed(deep.document, old, new, deep.schema["properties"][name], paths, transform)


def _relaxed(
    document: JsonObject,
    old: str,
    new: str,
    schema: Any,
    paths: Mapping[Names, tuple[Any, ...]],
    transform: Transform,
) -> Any:
    old, schema = follow(document, old, schema)
    result = transform(old, new, schema)
    if not isinstance(result, dict):
        return result
    names = {path[0] for path in paths}
    result = {**result, **({"properties": {**result["properties"]}} if "properties" in result else {})}
    for name in names & result.get("properties", {}).keys():
        inner = {path[1:]: absent for path, absent in paths.items() if path[0] == name}
        places = (join(at, "properties", name) for at in (old, new))
        if absent := inner.pop((), ()):
            result["properties"][name] = {"anyOf": [{"enum": list(absent)}, result["properties"][name]]}
        elif inner:
            result["properties"][name] = _relaxed(
                document, *places, schema["properties"][name], inner, transform
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


def rules(deep: Deep, transform: Transform) -> list[JsonObject]:
    """What is asked for of the whole object in return."""
    found: list[JsonObject] = []
    for path, absent in deep.absent.items():
        place = compat.at_path(deep.document, deep.pointer, deep.schema, path)
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


def _below(path: Names) -> list[str]:
    return [token for name in path for token in ("properties", name)]


def _given(deep: Deep, path: Names) -> list[JsonObject]:
    """The objects in which a spoke gives something at a path, or inside of it."""
    return [schema for hub, schema in deep.given if hub[: len(path)] == path]


def _required(deep: Deep, path: Names) -> list[str]:
    place = compat.at_path(deep.document, deep.pointer, deep.schema, path)
    layers = compat.layers(deep.document, *place) if place else ()
    return list(dict.fromkeys(name for _, layer in layers for name in layer.get("required") or ()))


def _inside(path: Names, schema: JsonObject) -> JsonObject:
    """The objects that obey a schema at a path, if they have one."""
    for name in reversed(path):
        schema = {"properties": {name: schema}}
    return schema


def _present(path: Names) -> JsonObject:
    """The objects that have something at a path."""
    schema: JsonObject = {}
    for name in reversed(path):
        schema = {"required": [name], **({"properties": {name: schema}} if schema else {})}
    return schema
