"""Reading `x-compat` from a document: shapes, spokes and hubs as they are declared, nothing decided yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from speclens.lower.ground import composed
from speclens.lower.ground.facts import identity
from speclens.lower.ground.walk import remembered
from speclens.objects import OR_NULL, holds
from speclens.objects.tables import SUBSCHEMAS
from speclens.openapi.nodes import ParameterKey
from speclens.source.pointer import JsonObject, follow, join, tokens

KEYWORD = "x-compat"
SHAPE_KEYWORDS = frozenset({"to", "each", "values"})
KEYWORDS = SHAPE_KEYWORDS | {"into", "hubs", "partial", "absent", "deprecated"}
POLICIES = ("equal", "merge", "prefer", "error")


@dataclass(frozen=True, slots=True)
class Shape:
    """A branch whose values become something else. `template` is `$` for a plain rename or move."""

    pointer: str
    schema: Any
    template: Any
    each: bool
    values: tuple[tuple[str, Any], ...]

    @property
    def is_rename(self) -> bool:
        return self.template == "$" and not self.each and not self.values


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of what a place accepts; canonical if `shape` is None."""

    pointer: str
    schema: Any
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Spoke:
    """A property that folds into the hub at `hub` (names from the object that holds both)."""

    name: str
    pointer: str
    schema: Any
    hub: tuple[str, ...]
    deprecated: JsonObject | None


@dataclass(frozen=True, slots=True)
class HubPolicy:
    """What is declared of a hub: what happens to several sources, and which values mean "not given" (None: nothing
    is said)."""

    pointer: str
    path: tuple[str, ...]
    conflict: str
    absent: tuple[Any, ...] | None


def is_used(document: JsonObject) -> bool:
    """Whether anything in a document may say something on compatibility: that it does not is known for sure."""
    return holds(document, (KEYWORD,))


def keywords(schema: Any) -> JsonObject:
    """The x-compat keywords that stand on a schema itself, or among the extensions of an object; {} where there are none."""
    value = schema.get(KEYWORD) if isinstance(schema, dict) else None
    return value if isinstance(value, dict) else {}


def parameter_of(into: Any) -> ParameterKey | None:
    """The location and the name, as written, of the parameter that another one folds into; None if `into` names none."""
    is_object = isinstance(into, dict) and into.keys() == {"in", "name"}
    if is_object and all(isinstance(value, str) for value in into.values()):
        return into["in"], into["name"]
    return None


def shape_keywords(document: JsonObject, pointer: str, schema: Any) -> JsonObject | None:
    """The keywords that make a branch a shape (its own, else those of what it refers to); None: it is canonical."""
    if isinstance(schema, dict) and KEYWORD in schema:
        own = keywords(schema)
        return own if not own or own.keys() & SHAPE_KEYWORDS else None
    if isinstance(schema, dict) and "$ref" in schema:
        target, inner = follow(document, pointer, schema)
        if target != pointer and (found := keywords(inner)).keys() & SHAPE_KEYWORDS:
            return found
    return None


def shape(pointer: str, schema: Any, found: JsonObject) -> Shape:
    """What some x-compat keywords say of the values of a schema."""
    values = found.get("values")
    return Shape(
        pointer=pointer,
        schema=schema,
        template=found.get("each", found.get("to", "$")),
        each="each" in found,
        values=tuple(values.items()) if isinstance(values, dict) else (),
    )


def folded_place(document: JsonObject, pointer: str, schema: Any) -> tuple[str, Any]:
    """The schema that says what is to be folded of a place: through references, and through an `allOf` of one schema
    that nothing else stands beside."""
    seen = set[str]()
    while pointer not in seen and isinstance(schema, dict) and "into" not in keywords(schema):
        seen.add(pointer)
        beside = schema.keys() & SUBSCHEMAS.keys()
        if "$ref" in schema and not beside:
            pointer, schema = follow(document, pointer, schema)
        elif beside == {"allOf"} and schema.get(OR_NULL) is not True and KEYWORD not in schema:
            members = schema["allOf"]
            if isinstance(members, list) and len(members) == 1:
                pointer, schema = join(pointer, "allOf", 0), members[0]
    return pointer, schema


def branches(
    document: JsonObject, pointer: str, schema: Any, is_spoke: bool = False
) -> tuple[Branch, ...]:
    """What a place accepts, branch by branch in declared order; () where nothing of it is a shape.

    A spoke that is one plain schema is its own single shape, a rename if it says nothing else; so is one that refers
    to a schema with a canonical form of its own. The `oneOf`/`anyOf` is looked for through `$ref`s.
    """
    found = _of_place(document, pointer, schema)
    is_own = any(branch.pointer.startswith(f"{pointer}/") for branch in found)
    if is_spoke and not is_own and not (found and all(branch.shape for branch in found)):
        return (Branch(pointer, schema, shape(pointer, schema, keywords(schema))),)
    return found


def _of_place(document: JsonObject, pointer: str, schema: Any) -> tuple[Branch, ...]:
    """The first union of a place, or of what it refers to, that says something on compatibility."""
    place, target = follow(document, pointer, schema)
    for here, value in ((pointer, schema), (place, target)):
        for keyword in ("oneOf", "anyOf"):
            inner = value.get(keyword) if isinstance(value, dict) else None
            if isinstance(inner, list) and (
                found := union_branches(document, join(here, keyword), inner)
            ):
                return found
    return ()


def union_branches(document: JsonObject, pointer: str, listed: Sequence[Any]) -> tuple[Branch, ...]:
    """The branches of the `oneOf` or `anyOf` at a pointer; () where none of them is a shape."""
    found: list[Branch] = []
    for index, inner in enumerate(listed):
        place = join(pointer, index)
        own = shape_keywords(document, place, inner)
        found.append(Branch(place, inner, None if own is None else shape(place, inner, own)))
    return tuple(found) if any(branch.shape for branch in found) else ()


@remembered
def spokes(document: JsonObject, pointer: str, schema: Any) -> tuple[Spoke, ...]:
    """The spokes of an object schema in declared order."""
    found = []
    for name, (place, inner) in composed.properties(document, pointer, schema).items():
        own = keywords(inner)
        if isinstance(own.get("into"), str):
            deprecated = own.get("deprecated")
            try:
                path = tokens(own["into"])
            except ValueError:
                path = ()
            found.append(
                Spoke(
                    name, place, inner, path, deprecated if isinstance(deprecated, dict) else None
                )
            )
    return tuple(found)


def policies(document: JsonObject, pointer: str, schema: Any) -> dict[tuple[str, ...], HubPolicy]:
    """The declared policies of the hubs of an object schema, by path."""
    found: dict[tuple[str, ...], HubPolicy] = {}
    for place, layer in composed.layers(document, pointer, schema):
        hubs = keywords(layer).get("hubs")
        for name, policy in hubs.items() if isinstance(hubs, dict) else ():
            try:
                path = tokens(name)
            except ValueError:
                continue
            if isinstance(policy, dict):
                absent = policy.get("absent")
                found.setdefault(
                    path,
                    HubPolicy(
                        join(place, KEYWORD, "hubs", name),
                        path,
                        str(policy.get("conflict", "equal")),
                        tuple(absent) if isinstance(absent, list) else None,
                    ),
                )
    return found


def absent_values(
    schema: Any, hub: HubPolicy | None = None, is_spoke: bool = False
) -> tuple[Any, ...]:
    """The values of a property that mean "not given": its own list, else its hub's, else null for a spoke."""
    own = keywords(schema).get("absent")
    if isinstance(own, list):
        return tuple(own) + (hub.absent or () if hub else ())
    if hub is not None and hub.absent is not None:
        return hub.absent
    return (None,) if is_spoke else ()


def absent_of_spoke(
    document: JsonObject, pointer: str, schema: Any, spoke: Spoke, hub: HubPolicy | None
) -> tuple[Any, ...]:
    """The values of a spoke that mean "not given": beside its own, those of the property that is its hub."""
    values = absent_values(spoke.schema, hub, is_spoke=True)
    target = composed.at_path(document, pointer, schema, spoke.hub)
    of_hub = absent_values(target[1]) if target else ()
    known = {identity(value) for value in values}
    return values + tuple(value for value in of_hub if identity(value) not in known)
