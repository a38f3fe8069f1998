"""What the wire view says of hubs some objects deep (`/output/format`), which spokes can give too.

Folding makes the objects on the way, or fills the ones that were sent (x-compat rule 5). So an
object that was sent may lack what a spoke gives, and one that a spoke makes must not lack anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speclens.lower.ground import composed, facts, x_compat
from speclens.lower.ground.wholes import Whole, giving, giving_any, whole_object
from speclens.source.pointer import JsonObject, follow, join

Transform = Callable[[str, str, Any], Any]
"""A schema in the view: from its pointers, as written and in the view, and what is written."""


@dataclass(frozen=True, slots=True)
class _Deep:
    """The deep hubs of an object (whose schema is at `place` in the view): their values that mean "not given". By the paths
    of all that they are in: the schemas of the objects in which a spoke gives what is there, or something inside of it, and
    the names of what is on the way to hubs."""

    document: JsonObject
    whole: Whole
    place: str
    absent: Mapping[composed.PropertyPath, tuple[Any, ...]]
    made: Mapping[composed.PropertyPath, list[JsonObject]]
    inside: Mapping[composed.PropertyPath, list[JsonObject]]
    names: Mapping[composed.PropertyPath, set[str]]

    def at(self, path: composed.PropertyPath) -> tuple[str, Any]:
        """The schema at a path, with its place."""
        found = composed.at_path(self.document, self.whole.pointer, self.whole.schema, path)
        return found or (self.whole.pointer, self.whole.schema)

    def with_spoke(self, path: composed.PropertyPath) -> list[JsonObject]:
        """The objects in which a spoke gives something at a path, or inside of it."""
        return [*self.made.get(path, ()), *self.inside.get(path, ())]


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
    for name, paths in _by_first(_absent(document, whole)).items():
        if name not in schema["properties"]:
            continue
        old, new = (join(place, "properties", name) for place in at)
        inner = schema["properties"][name]
        result["properties"][name] = _relaxed(document, old, new, inner, paths, transform)


def rules(document: JsonObject, whole: Whole, place: str, transform: Transform) -> list[JsonObject]:
    """What is asked for of an object (whose schema is at `place` in the view) in return for what is relaxed."""
    made: dict[composed.PropertyPath, list[JsonObject]] = {}
    inside: dict[composed.PropertyPath, list[JsonObject]] = {}
    names: dict[composed.PropertyPath, set[str]] = {}
    for one in whole.spokes:
        told = giving(whole, one.name)
        made.setdefault(one.hub, []).append(told)
        for depth in range(1, len(one.hub)):
            inside.setdefault(one.hub[:depth], []).append(told)
            names.setdefault(one.hub[:depth], set()).add(one.hub[depth])
    deep = _Deep(document, whole, place, _absent(document, whole), made, inside, names)
    found = [_own_value(deep, path, transform) for path, absent in deep.absent.items() if absent]
    return [*found, *(rule for way in deep.inside for rule in _of_object(deep, way))]


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
    names = _by_first(paths)
    result = _asking_for_less(result, names)
    for name, inner in names.items():
        if name not in result.get("properties", {}):
            continue
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


def _by_first(
    paths: Mapping[composed.PropertyPath, tuple[Any, ...]],
) -> dict[str, dict[composed.PropertyPath, tuple[Any, ...]]]:
    """What stands by paths, by the first names of these and the rest."""
    found: dict[str, dict[composed.PropertyPath, tuple[Any, ...]]] = {}
    for path, values in paths.items():
        found.setdefault(path[0], {})[path[1:]] = values
    return found


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
    asked = rule.get("anyOf", [{}])[0].get("required", [])
    return bool(asked) and asked[0] in names


def _own_value(deep: _Deep, path: composed.PropertyPath, transform: Transform) -> JsonObject:
    """A hub's own value is judged where it is the only one."""
    where, schema = deep.at(path)
    judged = transform(where, join(deep.place, *_below(path)), schema)
    holder = whole_object(deep.document, *deep.at(path[:-1]))
    sources = [giving(holder, name) for name in holder.sources.get(path[-1:], ())]
    aside = [{"enum": list(values)}] if (values := _set_aside(deep, path)) else []
    sole = {"properties": {path[-1]: _any([judged, *aside])}}
    own = [_inside(path[:-1], one) for one in (sole, *sources)]
    return {"anyOf": [*own, *deep.with_spoke(path)]}


def _of_object(deep: _Deep, way: composed.PropertyPath) -> Iterator[JsonObject]:
    """What is asked for of an object that holds hubs: that it is one, and that it has what it requires, as sent or made."""
    place, schema = deep.at(way)
    is_untouched = {"not": _any(deep.inside[way])}
    if facts.types_of(deep.document, schema) != {"object"}:
        aside = [{"enum": list(values)}] if (values := _set_aside(deep, way)) else []
        is_object = {"properties": {way[-1]: _any([{"type": "object"}, *aside])}}
        yield {"anyOf": [_inside(way[:-1], is_object), is_untouched, *deep.made.get(way, ())]}
    required = list(dict.fromkeys(
        name
        for _, layer in composed.layers(deep.document, place, schema)
        for name in layer.get("required") or ()
    ))  # fmt: skip
    names = deep.names[way]
    holder = whole_object(deep.document, place, schema)
    for name in required:
        if name in names:
            own = [_inside(way, one) for one in giving_any(holder, name)]
            yield {"anyOf": [*own, *deep.with_spoke((*way, name))]}
    if set(required) - (names if len(names) == 1 else set()):
        parts = [deep.with_spoke((*way, name)) for name in required]
        whole = [{"allOf": [_any(part) for part in parts]}] if all(parts) else []
        yield {"anyOf": [is_untouched, _present(deep, way), *deep.made.get(way, ()), *whole]}


def _any(schemas: Sequence[JsonObject]) -> JsonObject:
    return schemas[0] if len(schemas) == 1 else {"anyOf": [*schemas]}


def _set_aside(deep: _Deep, way: composed.PropertyPath) -> tuple[Any, ...]:
    """The values of a property that mean "not given" whatever else is given: those of a hub stay if it is the only source."""
    parent = whole_object(deep.document, *deep.at(way[:-1]))
    return () if parent.is_hub(way[-1]) else parent.absent.get(way[-1], ())


def _below(path: composed.PropertyPath) -> list[str]:
    return [token for name in path for token in ("properties", name)]


def _inside(path: composed.PropertyPath, schema: JsonObject) -> JsonObject:
    """The objects that obey a schema at a path, if they have one."""
    for name in reversed(path):
        schema = {"properties": {name: schema}}
    return schema


def _present(deep: _Deep, path: composed.PropertyPath) -> JsonObject:
    """The objects that have something at a path."""
    schema: JsonObject = {}
    for depth in range(len(path), 0, -1):
        name = path[depth - 1]
        if values := _set_aside(deep, path[:depth]):
            schema = {**schema, "not": {"enum": list(values)}}
        schema = {"required": [name], **({"properties": {name: schema}} if schema else {})}
    return schema
