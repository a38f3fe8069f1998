"""What the wire view says of hubs some objects deep (`/output/format`), which spokes can give too.

Folding makes the objects on the way, or fills the ones that were sent (x-compat rule 5). So an
object that was sent may lack what a spoke gives, and one that a spoke makes must not lack anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.wholes import Whole
from speclens.source.pointer import JsonObject, follow, join

Transform = Callable[[str, str, Any], Any]
"""A schema in the view: from its pointers, as written and in the view, and what is written."""


@dataclass(frozen=True, slots=True)
class _Deep:
    """The deep hubs of an object (whose schema is at `place` in the view): their values that mean "not given", and for each
    of their spokes the schema of the objects in which it is given."""

    document: JsonObject
    whole: Whole
    place: str
    absent: Mapping[composed.PropertyPath, tuple[Any, ...]]
    given: tuple[tuple[composed.PropertyPath, JsonObject], ...]


def relax(
    document: JsonObject,
    whole: Whole,
    at: tuple[str, str],
    schema: JsonObject,
    result: JsonObject,
    transform: Transform,
) -> None:
    """Relax the properties of `result` that are on the way to deep hubs of an object. The schema with these properties is a
    part of the object, `at` its places as written and in the view."""
    absent = _absent(document, whole)
    for name in {path[0] for path in absent} & schema["properties"].keys():
        paths = {path[1:]: values for path, values in absent.items() if path[0] == name}
        old, new = (join(place, "properties", name) for place in at)
        inner = schema["properties"][name]
        result["properties"][name] = _relaxed(document, old, new, inner, paths, transform)


def rules(
    document: JsonObject,
    whole: Whole,
    place: str,
    given: Mapping[str, JsonObject],
    transform: Transform,
) -> list[JsonObject]:
    """What is asked for of an object (whose schema is at `place` in the view) in return for what is relaxed.

    `given` has, by the name of each spoke, the schema of the objects in which it is given.
    """
    sources = tuple((one.hub, given[one.name]) for one in whole.spokes)
    return _rules(_Deep(document, whole, place, _absent(document, whole), sources), transform)


def _absent(document: JsonObject, whole: Whole) -> dict[composed.PropertyPath, tuple[Any, ...]]:
    """By the paths of the deep hubs of an object: their values that mean "not given"."""
    paths = dict.fromkeys(spoke.hub for spoke in whole.spokes if len(spoke.hub) > 1)
    policies = x_compat.policies(document, whole.pointer, whole.schema) if paths else {}
    found: dict[composed.PropertyPath, tuple[Any, ...]] = {}
    for path in paths:
        if (place := composed.at_path(document, whole.pointer, whole.schema, path)) is not None:
            found[path] = x_compat.absent_values(place[1], policies.get(path))
    return found


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
    result = _asking_for_less(result, names)
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
    if "allOf" in result:
        written = schema.get("allOf", ())
        parts = [
            _relaxed(document, join(old, "allOf", i), join(new, "allOf", i), part, paths, transform)
            for i, part in enumerate(written)
        ]
        result["allOf"] = parts + _others(result["allOf"][len(written) :], names)
    return result


def _asking_for_less(schema: JsonObject, names: Collection[str]) -> JsonObject:
    """A copy of an object schema that requires none of some properties."""
    result = {**schema}
    if "properties" in result:
        result["properties"] = {**result["properties"]}
    if required := [name for name in schema.get("required", ()) if name not in names]:
        result["required"] = required
    else:  # OpenAPI 3.0 does not take an empty list
        result.pop("required", None)
    return result


def _others(rules: Sequence[JsonObject], names: Collection[str]) -> list[JsonObject]:
    """The rules that the view has added to an object, without those that ask for some properties."""
    return [one for one in rules if not _asks_for(one, names)]


def _asks_for(rule: JsonObject, names: Collection[str]) -> bool:
    """Whether a rule of an object asks for one of some properties, or for an older one in its place."""
    return rule.get("anyOf", [{}])[0].get("required", [])[:1] in [[name] for name in names]


def _rules(deep: _Deep, transform: Transform) -> list[JsonObject]:
    found: list[JsonObject] = []
    for path, absent in deep.absent.items():
        place = composed.at_path(deep.document, deep.whole.pointer, deep.whole.schema, path)
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
                    there = [_present(deep.whole, path[:depth]), *_made(deep, path[:depth])]
                    found.append({"anyOf": [{"not": given}, *there, *others]})
    return [rule for index, rule in enumerate(found) if rule not in found[:index]]


def _below(path: composed.PropertyPath) -> list[str]:
    return [token for name in path for token in ("properties", name)]


def _given(deep: _Deep, path: composed.PropertyPath) -> list[JsonObject]:
    """The objects in which a spoke gives something at a path, or inside of it."""
    return [schema for hub, schema in deep.given if hub[: len(path)] == path]


def _required(deep: _Deep, path: composed.PropertyPath) -> list[str]:
    place = composed.at_path(deep.document, deep.whole.pointer, deep.whole.schema, path)
    layers = composed.layers(deep.document, *place) if place else ()
    return list(dict.fromkeys(name for _, layer in layers for name in layer.get("required") or ()))


def _inside(path: composed.PropertyPath, schema: JsonObject) -> JsonObject:
    """The objects that obey a schema at a path, if they have one."""
    for name in reversed(path):
        schema = {"properties": {name: schema}}
    return schema


def _made(deep: _Deep, path: composed.PropertyPath) -> list[JsonObject]:
    """The objects in which a spoke gives all that is at a path."""
    return [schema for hub, schema in deep.given if hub == path]


def _present(whole: Whole, path: composed.PropertyPath) -> JsonObject:
    """The objects that have something at a path."""
    schema: JsonObject = {}
    for name in reversed(path):
        schema = {"required": [name], **({"properties": {name: schema}} if schema else {})}
    if absent := whole.absent.get(path[0]):
        inner = schema.get("properties", {}).get(path[0], {})
        schema["properties"] = {path[0]: {**inner, "not": {"enum": list(absent)}}}
    return schema
