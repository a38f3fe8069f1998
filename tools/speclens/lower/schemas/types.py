"""Lowering the Schema Objects of a view to types: what a value may be, as far as a model enforces it.

Each keyword that says something gives a type of its own, and the type of a schema is what these have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from speclens import ir
from speclens.lower.ground import keywords
from speclens.lower.ground.composed import is_class
from speclens.lower.ground.keywords import SchemaBuild, implied_types, warn_unenforced
from speclens.lower.ground.nulls import admits_null
from speclens.lower.ground.walk import remembered
from speclens.lower.schemas import enums, formats
from speclens.lower.schemas.meet import Means, TooMany, either, kinds_of, meet
from speclens.lower.schemas.tags import tags
from speclens.objects import OR_NULL
from speclens.source.pointer import JsonObject, follow, from_reference, get, join

_OF_ONE_TYPE = frozenset(
    ["required", *(name for names in keywords.CONSTRAINTS.values() for name in names)]
)
_SAYING = frozenset({"type", "$ref", "allOf", "oneOf", "anyOf", "enum", "const"})
_WITH_MEMBERS = frozenset(
    {"$ref", "allOf", "oneOf", "anyOf", "properties", "patternProperties", "enum", "const"}
)
_DEEPEST = 8  # alias of aliases that is looked through for what it has in common with something
_NULL = ir.Primitive("null")
_OTHERS: dict[str, ir.Type] = {"object": ir.Map(ir.AnyType()), "array": ir.Array(ir.AnyType())}
_OTHERS |= {kind: ir.Primitive(kind) for kind in ("string", "number", "boolean", "null")}
"""Any value of each JSON type."""
_NULLS: tuple[ir.Type, ...] = (_NULL, ir.Literals((None,)))
_is_class = remembered(is_class)  # here nobody changes the document any more


def type_of(build: SchemaBuild, pointer: str, schema: Any, is_root: bool = False) -> ir.Type:
    """The type of a schema; one that has a name is that name, but for the root of what the name stands for."""
    if not isinstance(schema, dict) or not schema:
        if schema is False:
            build.warn(pointer, "a schema that accepts nothing is taken as any value")
        return ir.AnyType()
    if not is_root and pointer in build.names:
        return _named(build, pointer, schema)
    warn_unenforced(build, pointer, schema)
    found: ir.Type = ir.AnyType()
    for place, part in _parts(build, pointer, schema):
        both = _met(build, found, part)
        if both is None:
            what = place.removeprefix(f"{pointer}/") if place != pointer else "`type`"
            build.warn(place, f"{what} beside what else is said is not enforced by the model")
        else:
            found = both
    for place, bounds in _bounds(build, pointer, schema):
        found = _bounded(build, place, bounds, found)
    if is_root and build.style.has_enums and enums.is_enum(schema):
        return _without_null(found)  # which is beside the class
    return _or_null(schema, found)


def _without_null(found: ir.Type) -> ir.Type:
    match found:
        case ir.Union(options):
            return either([_without_null(one) for one in options if one not in _NULLS])
        case ir.Literals(values):
            return ir.Literals(tuple(value for value in values if value is not None))
        case _:
            return found


def _met(build: SchemaBuild, a: ir.Type, b: ir.Type) -> ir.Type | None:
    """What two types have in common; None where no type says so, or where finding out takes too long."""

    def pay(options: int) -> None:
        build.aliases.left -= options
        if build.aliases.left < 0:
            raise TooMany

    try:
        return meet(a, b, Means(partial(_through, build), pay))
    except TooMany:
        return None


def _through(build: SchemaBuild, named: ir.Named) -> ir.Type | None:
    """What an alias stands for, through all aliases, but for what is made of itself."""
    known, place = build.aliases.through, (named.ident, build.depth)
    if place not in known:
        known[place] = _resolved(build, named, (), set())
    return known[place]


def _resolved(
    build: SchemaBuild, named: ir.Named, seen: tuple[str, ...], tried: set[tuple[str, int]]
) -> ir.Type | None:
    """The same without what was tried before in the same union: its options are there already."""
    place = build.aliases.places[named.ident]
    schema = get(build.view.document, place)
    if _is_class(build.view.document, place, schema):
        return named if seen else None
    here = (named.ident, build.depth)
    if named.ident in seen or here in tried or build.depth > _DEEPEST:
        return None
    tried.add(here)
    inner = SchemaBuild(build.view, build.names, build.aliases, build.style, depth=build.depth + 1)
    said = build.aliases.said
    if here not in said:
        said[here] = type_of(inner, place, schema, is_root=True)
    found = said[here]
    options = found.options if isinstance(found, ir.Union) else (found,)
    through = [
        _resolved(inner, one, (*seen, named.ident), tried) if isinstance(one, ir.Named) else one
        for one in options
    ]
    left = [one for one in through if one is not None]
    return either(left) if left else None


def _parts(build: SchemaBuild, pointer: str, schema: JsonObject) -> Iterator[tuple[str, ir.Type]]:
    """What each keyword of a schema says, with its place."""
    if isinstance(schema.get("$ref"), str):
        yield join(pointer, "$ref"), _reference(build, pointer, schema)
    members = schema.get("allOf")
    for index, member in enumerate(members if isinstance(members, list) else ()):
        place = join(pointer, "allOf", index)
        if not _is_bounds(follow(build.view.document, place, member)[1]):
            yield place, type_of(build, place, member)
    if "enum" in schema or "const" in schema:
        keyword = "const" if "const" in schema else "enum"
        yield join(pointer, keyword), keywords.enumeration(build, pointer, schema)
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            yield join(pointer, keyword), _union(build, pointer, schema, keyword)
    if kinds := _kinds(schema):
        yield pointer, either([_one(build, pointer, schema, kind) for kind in kinds])
    for kind in keywords.meant_types(schema) if "type" not in schema and not kinds else ():
        if (said := _one(build, pointer, schema, kind)) not in _OTHERS.values():
            others = (of_kind for other, of_kind in _OTHERS.items() if other != kind)
            yield pointer, either([said, *others])


def _kinds(schema: JsonObject) -> list[str]:
    declared = schema.get("type")
    if isinstance(declared, list):
        return [kind for kind in declared if isinstance(kind, str)]
    return [declared] if isinstance(declared, str) else implied_types(schema)


def _bounds(
    build: SchemaBuild, pointer: str, schema: JsonObject
) -> Iterator[tuple[str, JsonObject]]:
    """The schema itself and the members of its `allOf` that only give bounds: they count for what the others say."""
    members = schema.get("allOf")
    for index, member in enumerate(members if isinstance(members, list) else ()):
        place, target = follow(build.view.document, join(pointer, "allOf", index), member)
        if _is_bounds(target):
            yield place, target
    yield pointer, schema


def _is_bounds(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(schema) and schema.keys() <= _OF_ONE_TYPE


def _bounded(build: SchemaBuild, pointer: str, schema: JsonObject, found: ir.Type) -> ir.Type:
    """A type within the bounds that a schema gives without a `type`: they count for the types they are of."""
    if _kinds(schema) or not schema.keys() & _OF_ONE_TYPE:
        return found
    kinds = kinds_of(found, partial(_through, build))
    told = "keywords without a `type` are not enforced by the model"
    if not kinds or "required" in schema:
        build.warn(pointer, told)
        return found
    bounds = either([_one(build, pointer, schema, kind) for kind in kinds])
    both = _met(build, found, bounds)
    if both is None:
        build.warn(pointer, told)
    return found if both is None else both


def _named(build: SchemaBuild, pointer: str, schema: Any) -> ir.Type:
    """A name; where it is a class, beside whatever else than an object, or than a member, the schema admits."""
    named = ir.Named(build.names[pointer])
    if build.style.has_enums and enums.is_enum(schema):
        return either([named, _NULL]) if enums.has_null(schema) else named
    if not _is_class(build.view.document, pointer, schema):
        return named
    declared = schema.get("type")
    kinds = declared if isinstance(declared, list) else []
    others = [
        _one(build, pointer, schema, kind) for kind in kinds if kind not in {"object", "null"}
    ]
    null = [_NULL] if admits_null(build.view.document, pointer, schema) else []
    return either([named, *others, *null])


def _or_null(schema: JsonObject, found: ir.Type) -> ir.Type:
    """A type that admits null too, where `OR_NULL` says so."""
    if schema.get(OR_NULL) is not True:
        return found
    if isinstance(found, ir.Literals):
        return ir.Literals((*found.values, *(() if None in found.values else (None,))))
    return either([found, _NULL])


def _reference(build: SchemaBuild, pointer: str, schema: JsonObject) -> ir.Type:
    target = from_reference(schema["$ref"])
    if target is not None and target in build.names:
        return _named(build, target, get(build.view.document, target))
    place, inner = follow(build.view.document, pointer, schema)
    if place == pointer:
        build.warn(pointer, "a reference by `$anchor` or `$id` is taken as any value")
        return ir.AnyType()
    return type_of(build, place, inner)


def _union(build: SchemaBuild, pointer: str, schema: JsonObject, keyword: str) -> ir.Type:
    branches = [
        (join(pointer, keyword, index), branch) for index, branch in enumerate(schema[keyword])
    ]
    if all(isinstance(branch, dict) and branch.keys() == {"required"} for _, branch in branches):
        build.warn(
            join(pointer, keyword), f"`{keyword}` of required names is not enforced by the model"
        )
        return ir.AnyType()
    typed = [(place, _typed(build, place, branch, schema)) for place, branch in branches]
    options = [type_of(build, place, branch) for place, branch in typed]
    found = either(options)
    told = schema.get("discriminator")
    if not isinstance(found, ir.Union) or not isinstance(told, dict):
        return found
    names = {place: one for (place, _), one in zip(branches, options, strict=True)}
    return ir.Union(found.options, tags(build.view, names, told))


def _typed(build: SchemaBuild, pointer: str, branch: Any, schema: JsonObject) -> Any:
    """A branch that only gives bounds, for values of the type that is said beside the union."""
    if not isinstance(branch, dict) or branch.keys() & _SAYING or "type" not in schema:
        return branch
    if branch.keys() == {"required"}:
        build.warn(pointer, "a branch of required names is not enforced by the model")
    return {"type": schema["type"], **branch}


def _one(build: SchemaBuild, pointer: str, schema: JsonObject, kind: str) -> ir.Type:
    """The type of the values of a schema that are of one JSON type."""
    bounds = keywords.constraints(build, pointer, schema, kind)
    if kind == "array":
        return _array(build, pointer, schema, bounds)
    if kind == "object":
        return _map(build, pointer, schema, bounds)
    if kind != "string":
        return ir.Primitive(kind, bounds)
    text = ir.Primitive(kind, bounds, formats.annotation(schema) if build.style.has_formats else "")
    known = schema.get("x-extensible-enum")
    if isinstance(known, list) and known and all(isinstance(value, str) for value in known):
        return either([ir.Literals(tuple(dict.fromkeys(known))), text])
    return text


def _array(build: SchemaBuild, pointer: str, schema: JsonObject, bounds: ir.Constraints) -> ir.Type:
    prefix, rest = schema.get("prefixItems"), schema.get("items", True)
    item = ir.AnyType()
    if not isinstance(prefix, list) or not prefix:
        if rest is not True:
            return ir.Array(type_of(build, join(pointer, "items"), rest), bounds)
        return ir.Array(item, bounds)
    first = [
        type_of(build, join(pointer, "prefixItems", index), one) for index, one in enumerate(prefix)
    ]
    said = dict(bounds)
    highest = len(first) if rest is False else said.get("maxItems")
    if said.get("minItems") == highest == len(first) and "uniqueItems" not in said:
        return ir.Tuple(tuple(first))
    for keyword in ("prefixItems", *(("items",) if "items" in schema else ())):
        build.warn(join(pointer, keyword), "which item is which is not enforced by the model")
    others = [] if rest is False else [type_of(build, join(pointer, "items"), rest)]
    most = () if rest is not False or "maxItems" in said else (("maxItems", len(first)),)
    return ir.Array(either([*first, *others]), (*bounds, *most))


def _map(build: SchemaBuild, pointer: str, schema: JsonObject, bounds: ir.Constraints) -> ir.Type:
    if (pattern := keywords.keys(schema)) is not None:
        [(written, inner)] = schema["patternProperties"].items()
        place = join(pointer, "patternProperties", written)
        return ir.Map(type_of(build, place, inner), bounds, pattern)
    inner, here = schema.get("additionalProperties", True), join(pointer, "additionalProperties")
    if isinstance(inner, dict) and inner:
        return ir.Map(type_of(build, here, inner), bounds)
    if inner is False and schema.keys() & _WITH_MEMBERS:
        build.warn(here, "`additionalProperties` beside other schemas is not enforced by the model")
    elif inner is False:
        bounds = (*(one for one in bounds if one[0] != "maxProperties"), ("maxProperties", 0))
    return ir.Map(ir.AnyType(), bounds)
