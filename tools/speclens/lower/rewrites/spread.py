"""Unions beside the properties of an object, as unions of objects that have those properties.

`{properties: P, oneOf: [A, B]}` says the same as `{oneOf: [{P, A}, {P, B}]}`, and that is what classes can say. P is
written once, under `$defs`, and referred to by each branch, so that what stands inside it is one thing as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from speclens.lower.ground.composed import is_class, is_object
from speclens.lower.ground.view import View
from speclens.lower.ground.walk import all_schemas
from speclens.lower.rewrites import members
from speclens.source.pointer import JsonObject, follow, from_reference, get, join, to_reference

_UNIONS = ("oneOf", "anyOf")
_MOVED = ("type", "properties", "required", "additionalProperties", "allOf")
_MOST_BRANCHES = 100  # more than any document by hand; what unions of unions of unions could become


@dataclass(frozen=True, slots=True)
class _SpreadUnion:
    """A union beside properties: where it stands, and whether in the schema itself or in that member of its `allOf`."""

    keyword: str
    place: str
    branches: list[Any]
    member: int | None


@dataclass(frozen=True, slots=True)
class Made:
    """What is made on the way: where places come from, where those that are gone went, and what is done."""

    origins: dict[str, str]
    gone: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def move(self, before: str, after: str, is_gone: bool) -> None:
        self.origins[after] = View({}, self.origins).origin(before)  # it may have moved before
        if is_gone and before != after:
            self.gone[before] = after

    def share(self, pointer: str, shared: _Shared) -> None:
        """Note that a schema has the closers of `shared`."""
        for number, place in enumerate(shared.closers):
            self.move(place, join(pointer, "allOf", number), is_gone=False)


def spread(document: JsonObject, origins: dict[str, str]) -> None:
    """Rewrite every such schema of a document whose properties are merged, in place."""
    made = Made(origins)
    for pointer, schema in list(all_schemas(document)):
        if isinstance(schema, dict) and (schema.keys() & {"allOf", *_UNIONS}):
            _spread(document, made, pointer)
    if made.gone:
        for _, schema in list(all_schemas(document)):
            if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
                place = from_reference(schema["$ref"])
                if place is not None and (after := _after(made.gone, place)) != place:
                    schema["$ref"] = to_reference(after)


def _after(gone: Mapping[str, str], place: str) -> str:
    """Where a place is now."""
    for _ in range(8):
        above, rest = place, ""
        while above not in gone and above.count("/"):
            above, _, token = above.rpartition("/")
            rest = f"/{token}{rest}"
        if above not in gone:
            break
        place = gone[above] + rest
    return place


def _spread(document: JsonObject, made: Made, pointer: str) -> None:
    if pointer in made.done:
        return
    made.done.add(pointer)
    try:
        get(document, pointer)
    except (KeyError, IndexError, ValueError):
        return  # it has moved into the branches of another schema
    schema = get(document, pointer)
    if not isinstance(schema, dict):
        return
    for index, member in enumerate(schema.get("allOf") or ()):
        here = join(pointer, "allOf", index)
        _spread(document, made, here)
        _spread(document, made, follow(document, here, member)[0])
    found = [
        one for one in _unions(document, pointer, schema) if _is_of_objects(document, one, pointer)
    ]
    if len(found) != 1 or not _has_members(document, pointer, schema, found[0]):
        return
    if len(found[0].branches) > _MOST_BRANCHES:
        return
    _rewrite(document, made, pointer, found[0])
    for index in range(len(found[0].branches)):
        here = join(pointer, found[0].keyword, index)
        members.merge_one(document, made.origins, here)
        _spread(document, made, here)


def _unions(document: JsonObject, pointer: str, schema: JsonObject) -> list[_SpreadUnion]:
    """The unions of a schema itself and of the members of its `allOf`."""
    found = [
        _SpreadUnion(keyword, join(pointer, keyword), schema[keyword], None)
        for keyword in _UNIONS
        if isinstance(schema.get(keyword), list)
    ]
    for index, member in enumerate(schema.get("allOf") or ()):
        place, target = follow(document, join(pointer, "allOf", index), member)
        for keyword in _UNIONS if isinstance(target, dict) else ():
            is_plain = not target.keys() & {"properties", "allOf"} or "$ref" not in member
            if isinstance(target.get(keyword), list) and is_plain:
                found.append(_SpreadUnion(keyword, join(place, keyword), target[keyword], index))
    return found


def _is_of_objects(document: JsonObject, union: _SpreadUnion, base: str, depth: int = 8) -> bool:
    """Whether each branch says something of the members of an object, and more than which are required."""
    if not union.branches or not depth:
        return False
    for index, branch in enumerate(union.branches):
        place, target = follow(document, join(union.place, index), branch)
        if is_class(document, place, target) or _inherits(document, place, base):
            continue
        inner = _unions(document, place, target) if isinstance(target, dict) else []
        if not any(_is_of_objects(document, one, base, depth - 1) for one in inner):
            return False
    return True


def _has_members(
    document: JsonObject, pointer: str, schema: JsonObject, union: _SpreadUnion
) -> bool:
    """Whether a schema says something of the members of an object beside a union."""
    if not is_object(schema) or schema.keys() & {"$ref", "enum", "const"}:
        return False
    others = [
        follow(document, join(pointer, "allOf", index), member)
        for index, member in enumerate(schema.get("allOf") or ())
        if index != union.member or "$ref" not in member
    ]
    own = {key: value for key, value in schema.items() if key in {"type", "properties", "required"}}
    if schema.get("additionalProperties") is False:
        own["additionalProperties"] = False
    told = [(place, target) for place, target in others if isinstance(target, dict)]
    if not all(is_object(target) for _, target in told):
        return False
    return is_class(document, pointer, own) or any(
        target.get("properties") or is_class(document, place, target) for place, target in told
    )


def _rewrite(document: JsonObject, made: Made, pointer: str, union: _SpreadUnion) -> None:
    schema = get(document, pointer)
    shared = _shared(pointer, schema, union)
    base = join(pointer, union.keyword)
    is_own = union.place.startswith(f"{pointer}/")
    is_base = any(
        _inherits(document, join(union.place, index), pointer)
        for index in range(len(union.branches))
    )
    branches = [
        branch if is_base else _branch(join(union.place, index), branch, shared, is_own)
        for index, branch in enumerate(union.branches)
    ]
    for index in range(len(branches)):
        here, before = join(base, index), join(union.place, index)
        if not is_base:
            made.move(before, here, is_gone=is_own)
        for name, (place, _) in shared.properties.items():
            made.origins.setdefault(join(here, "properties", name), place)
        made.share(here, shared)
    definitions = dict(schema.get("$defs") or {})
    named = {shared.keys[name]: found for name, found in shared.properties.items()}
    for key, (place, inner) in {**named, **shared.extras}.items():
        definitions[key] = inner
        made.move(place, join(pointer, "$defs", key), is_gone=True)
    for keyword in _MOVED:
        schema.pop(keyword, None)
    schema |= {union.keyword: branches}
    if definitions:
        schema["$defs"] = definitions
    if is_base:
        _disinherit(document, made, pointer, shared)


def _inherits(document: JsonObject, pointer: str, base: str) -> bool:
    """Whether a schema is made of another one by `allOf`: then that is its base, whose union names its children."""
    stack, seen = [pointer], set[str]()
    while stack:
        place, target = follow(document, (here := stack.pop()), get(document, here))
        if place == base:
            return True
        if place not in seen and isinstance(target, dict):
            seen.add(place)
            stack += [join(place, "allOf", i) for i in range(len(target.get("allOf") or ()))]
    return False


def _disinherit(document: JsonObject, made: Made, base: str, shared: _Shared) -> None:
    """Children have the members of their base, not the choice between the children."""
    for pointer, schema in list(all_schemas(document)):
        found = schema.get("allOf") if isinstance(schema, dict) else None
        for index, member in enumerate(found or ()):
            if follow(document, here := join(pointer, "allOf", index), member)[0] == base:
                schema["allOf"][index] = shared.schema()
                made.share(here, shared)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What each branch has: properties (place, schema) with their keys under `$defs`, and the rest of an object schema.
    The first members of its `allOf` are of the places `closers`; `extras` are their schemas, by keys under `$defs`."""

    properties: dict[str, tuple[str, Any]]
    keys: dict[str, str]
    root: str
    rest: JsonObject
    closers: list[str]
    extras: dict[str, tuple[str, Any]]

    def schema(self) -> JsonObject:
        referred = {
            name: {"$ref": to_reference(join(self.root, "$defs", key))}
            for name, key in self.keys.items()
        }
        return {"type": "object", "properties": referred, **self.rest}


def _shared(pointer: str, schema: JsonObject, union: _SpreadUnion) -> _Shared:
    found: dict[str, tuple[str, Any]] = {}
    references: list[Any] = []
    required: list[str] = []
    closers: dict[str, JsonObject] = {}
    extras: dict[str, tuple[str, Any]] = {}
    taken = set[str](schema.get("$defs") or ())
    stack = [(pointer, schema, union.member)]
    while stack:
        place, layer, skipped = stack.pop(0)
        for name, inner in (layer.get("properties") or {}).items():
            found.setdefault(name, (join(place, "properties", name), inner))
        required += [name for name in layer.get("required") or () if name not in required]
        if layer.get("additionalProperties", True) not in (True, {}):
            closers[place] = _closer(pointer, place, layer, extras, taken)
        for index, member in enumerate(layer.get("allOf") or ()):
            if isinstance(member, dict) and "$ref" not in member:
                stack.append((join(place, "allOf", index), member, None))
            elif index != skipped:
                references.append(member)
    rest: JsonObject = {}
    if required:
        rest["required"] = required
    if closers or references:
        rest["allOf"] = [*closers.values(), *references]
    keys = {name: name + "_" * (name in taken) for name in found}
    return _Shared(found, keys, pointer, rest, list(closers), extras)


def _closer(
    pointer: str, place: str, layer: JsonObject, extras: dict[str, tuple[str, Any]], taken: set[str]
) -> JsonObject:
    """What a schema says of members that are not declared beside it, as a schema of its own: a branch declares more."""
    told = layer["additionalProperties"]
    if isinstance(told, dict):
        key = "additionalProperties"
        while key in taken:
            key += "_"
        taken.add(key)
        extras[key] = (join(place, "additionalProperties"), told)
        told = {"$ref": to_reference(join(pointer, "$defs", key))}
    patterns: JsonObject = {"patternProperties": {}} if "patternProperties" in layer else {}
    return {"type": "object", "additionalProperties": told, **patterns}


def _branch(place: str, branch: Any, shared: _Shared, is_own: bool) -> JsonObject:
    """What is shared, and what a branch says itself; one that stands elsewhere is referred to."""
    whole = shared.schema()
    if "$ref" in branch or not is_own:
        target = branch if "$ref" in branch else {"$ref": to_reference(place)}
        return {**whole, "allOf": [*whole.get("allOf", ()), target]}
    properties = dict(whole["properties"])
    for name, inner in (branch.get("properties") or {}).items():
        is_both = name in properties and isinstance(inner, dict)
        properties[name] = {"allOf": [inner, properties[name]]} if is_both else inner
    required = [*whole.get("required", ()), *(branch.get("required") or ())]
    merged = {**whole, **branch, "properties": properties}
    if required:
        merged["required"] = list(dict.fromkeys(required))
    if inherited := [*whole.get("allOf", ()), *(branch.get("allOf") or ())]:
        merged["allOf"] = inherited
    return merged
