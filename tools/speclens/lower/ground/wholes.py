"""What an object schema and the members of its `allOf` say together: of what has to be given, and of what counts as given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.facts import identity
from speclens.lower.ground.walk import remembered
from speclens.source.pointer import JsonObject


@dataclass(frozen=True, slots=True)
class Whole:
    """What x-compat says of the object schema at `pointer`, and of every member of its `allOf` as a part of that object."""

    pointer: str
    schema: JsonObject
    spokes: tuple[x_compat.Spoke, ...]
    absent: Mapping[str, tuple[Any, ...]]
    """By the names of the properties: the values that mean "not given". Each spoke is there, even without such values."""
    needed: frozenset[str]
    """The hubs of this object of which some source has to be there."""
    names: frozenset[str]
    """The names of the spokes."""
    sources: Mapping[composed.PropertyPath, Sequence[str]]
    """By the paths of hubs: the names of their spokes."""
    parts: Mapping[str, Sequence[str]]
    """By the names of properties: those of the spokes that fold into them, or into something inside."""

    def is_spoke(self, name: str) -> bool:
        return name in self.names

    def is_hub(self, name: str) -> bool:
        return (name,) in self.sources

    def says_of(self, names: Collection[str]) -> Any:
        """What is said of some properties, to compare it."""
        return (
            {one.pointer for one in self.spokes if one.name in names or (one.hub[:1] and one.hub[0] in names)},
            {name: identity(list(values)) for name, values in self.absent.items() if name in names},
            self.needed.intersection(names),
        )  # fmt: skip


@remembered
def whole_object(document: JsonObject, pointer: str, schema: JsonObject) -> Whole:
    """What x-compat says of an object schema with all its layers."""
    spokes = x_compat.spokes(document, pointer, schema)
    policies = x_compat.policies(document, pointer, schema)
    absent = {
        spoke.name: x_compat.absent_of_spoke(
            document, pointer, schema, spoke, policies.get(spoke.hub)
        )
        for spoke in spokes
    }
    for name, (_, inner) in composed.properties(document, pointer, schema).items():
        if name not in absent:
            values = x_compat.absent_values(inner, policies.get((name,)))
            absent |= {name: values} if values else {}
    hubs = {spoke.hub for spoke in spokes}
    found = hubs & needed_hubs(document, pointer, schema)
    sources: dict[composed.PropertyPath, list[str]] = {}
    parts: dict[str, list[str]] = {}
    for spoke in spokes:
        sources.setdefault(spoke.hub, []).append(spoke.name)
        parts.setdefault("".join(spoke.hub[:1]), []).append(spoke.name)
    names = frozenset(spoke.name for spoke in spokes)
    needed = frozenset(hub[0] for hub in found)
    return Whole(pointer, schema, spokes, absent, needed, names, sources, parts)


def says_other(document: JsonObject, one: Whole, pointer: str, schema: JsonObject) -> bool:
    """Whether an object schema says something else of the properties of a member of its `allOf` than the member alone."""
    names = set(composed.properties(document, pointer, schema))
    for _, layer in composed.layers(document, pointer, schema):
        names.update(layer.get("required") or ())
        names.update(
            name for group in composed.required_groups(layer.get("anyOf")) or () for name in group
        )
    return bool(one.says_of(names) != whole_object(document, pointer, schema).says_of(names))


def giving(one: Whole, name: str) -> JsonObject:
    """The schema of objects in which a property is given."""
    if not (absent := one.absent.get(name, ())):
        return {"required": [name]}
    return {"required": [name], "properties": {name: {"not": {"enum": list(absent)}}}}


def giving_any(one: Whole, hub: str) -> list[JsonObject]:
    """The schemas of objects in which a property, or something that folds into it or into a part of it, is given."""
    return [giving(one, name) for name in (hub, *one.parts.get(hub, ()))]


def shared_groups(
    one: Whole, groups: Iterable[Iterable[str]]
) -> tuple[frozenset[str], list[frozenset[str]]]:
    """What the groups of an `anyOf` ask for if each older name counts as its hub: the names that each of several groups has,
    and the rest of each group."""
    hubs = {spoke.name: spoke.hub[0] for spoke in one.spokes if spoke.hub}
    least = composed.least_groups((hubs.get(name, name) for name in group) for group in groups)
    if len(least) == 1 and len(least[0]) == 1:
        return frozenset(), least
    always = frozenset.intersection(*least)
    return always, [group - always for group in least if group != always]


@remembered
def needed_hubs(document: JsonObject, pointer: str, schema: JsonObject) -> set[tuple[str, ...]]:
    """The hubs of which some source has to be there."""
    hubs = {spoke.name: spoke.hub for spoke in x_compat.spokes(document, pointer, schema)}
    needed: set[tuple[str, ...]] = {
        (name,)
        for _, layer in composed.layers(document, pointer, schema)
        for name in layer.get("required") or ()
    }
    for _, layer in composed.layers(document, pointer, schema):
        groups = composed.required_groups(layer.get("anyOf"))
        if groups:
            first, *others = [{hubs.get(name, (name,)) for name in group} for group in groups]
            needed |= first.intersection(*others)
    return needed
