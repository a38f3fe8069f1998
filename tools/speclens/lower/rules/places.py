"""Refuses x-compat at places where it has no effect, or where values are not folded.

Generated code folds values wherever a schema describes a body, a response, an item of a stream or a parameter. At the
places that this module refuses, it would silently leave values as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations
from typing import Any

from speclens.lower.ground import (
    differences,
    discriminators,
    x_compat,
)
from speclens.lower.ground.walk import all_schemas
from speclens.lower.rules import shapes
from speclens.objects import kinds_along, nodes
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, from_reference, get, join, tokens

ELSEWHERE = frozenset({
    "not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas", "patternProperties",
    "prefixItems", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
})  # fmt: skip
"""Keywords whose schemas apply to only some values, or not to the value at their place."""
_NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_UNIONS = ("oneOf", "anyOf")
_OLDER = ("definitions", "dependencies", "additionalItems")
"""Keywords that held schemas before JSON Schema 2020-12."""
_OR_KEY = " or a required key"
_OR_DISCRIMINATOR = ", a required key, or a `discriminator`"


def misplaced(document: JsonObject) -> Iterator[Finding]:
    """x-compat on objects on which it has no effect, in a document as written. Operations may have policies, and parameters
    may have all keywords of properties."""
    for node in nodes(document, is_complete=True):
        if x_compat.KEYWORD not in node.value or node.kind == "schema":
            continue
        place, own = join(node.pointer, x_compat.KEYWORD), x_compat.keywords(node.value)
        if node.reference is not None:
            hint = "move it to the target of the reference, or write the target out here"
            yield _nothing(place, "x-compat has no effect beside a `$ref` of this kind", hint)
        elif node.kind == "parameter":
            for keyword in sorted(own.keys() & {"hubs", "partial"}):
                message = f"x-compat: `{keyword}` has no effect on a parameter"
                yield _nothing(join(place, keyword), message, "write it on the operation")
        elif node.kind == "operation":
            if not own.get("hubs") or own.keys() - {"hubs"}:
                hint = "write `hubs: {/query.name: {conflict: prefer}}`, or remove it"
                yield _nothing(place, "x-compat on an operation may have only `hubs`", hint)
        else:
            message = f"x-compat has no effect on an object of the kind `{node.kind}`"
            yield _nothing(place, message, "move it to a schema, to a parameter, or remove it")


def _nothing(place: str, message: str, hint: str) -> Finding:
    return Finding("compat/misplaced", place, message, hint)


def unfolded(
    document: JsonObject, folding: Collection[str], skip: Collection[str]
) -> Iterator[Finding]:
    """Places with x-compat whose values would not be folded. `folding` are the pointers of all schemas that hold something
    to fold. Other rules check the schemas in `skip`."""
    anchors = {f"#{get(document, place).get('$dynamicAnchor')}" for place in folding}
    older = frozenset(_older_forms(document, folding))
    skipped = tuple(f"{place}/" for place in skip)
    for pointer, schema in all_schemas(document):
        if isinstance(schema, dict) and not f"{pointer}/".startswith(skipped):
            keywords = sorted(elsewhere(pointer))
            yield from _unknown(document, pointer, schema, folding, anchors)
            if not keywords:
                yield from alone(document, pointer, schema)
            yield from _into_older(older, pointer, schema)
            if pointer in folding:
                yield from _refers(document, folding, pointer, schema, keywords)
                yield from _beside(folding, pointer, schema)
                yield from _alike(document, folding, pointer, schema)


def elsewhere(pointer: str) -> frozenset[str]:
    """The keywords in the pointer of a schema under which nothing is folded."""
    return ELSEWHERE & {token for token, is_name in way(pointer) if not is_name}


def way(pointer: str) -> list[tuple[str, bool]]:
    """The tokens from the outermost schema to the one at a pointer, each with whether it is a name."""
    path = tokens(pointer)
    start = next((length for length, kind in kinds_along({}, path) if kind == "schema"), len(path))
    found: list[tuple[str, bool]] = []
    is_name = False
    for token in path[start:]:
        found.append((token, is_name))
        is_name = not is_name and token in _NAMED_SCHEMAS
    return found


def is_property(pointer: str) -> bool:
    """Whether a pointer is that of a property's schema."""
    return way(pointer)[-2:-1] == [("properties", False)]


def _is_branch(pointer: str) -> bool:
    return way(pointer)[-2:-1] in ([("oneOf", False)], [("anyOf", False)])


def _is_component(pointer: str) -> bool:
    path = tokens(pointer)
    return path[:2] == ("components", "schemas") and len(path) == 3


def alone(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Refuses a shape that is neither a branch nor a property that folds: nothing declares the canonical form."""
    own = x_compat.keywords(schema)
    is_own = isinstance(schema.get(x_compat.KEYWORD), dict)
    place = join(pointer, x_compat.KEYWORD)
    hint = "make it a branch of `oneOf` beside the canonical form, or give the property `into`"
    if not is_own and "$ref" in schema and not _is_branch(pointer):
        target, inner = follow(document, pointer, schema)
        if x_compat.shape_keywords(document, target, inner) is not None and not _is_component(
            pointer
        ):
            message = f"{target} is a shape, but there is no canonical form beside it here"
            yield Finding("compat/uncovered-shape", join(pointer, "$ref"), message, hint)
    if not is_own or "into" in own:
        return
    is_shape = not own or own.keys() & x_compat.SHAPE_KEYWORDS
    if is_shape and not _is_branch(pointer) and not _is_component(pointer):
        message = "there is no canonical form beside this shape"
        yield Finding("compat/uncovered-shape", place, message, hint)
    if "absent" in own and not is_property(pointer):
        message = "`absent` has no meaning here: only a property can be left out"
        yield Finding(
            "compat/unsupported-keyword", join(place, "absent"), message, "move it to the property"
        )
    if "deprecated" in own:
        message = "`deprecated` has no meaning here: it gives the dates of a property that folds"
        hint = "write it beside `into`"
        yield Finding("compat/unsupported-keyword", join(place, "deprecated"), message, hint)


def _unknown(
    document: JsonObject,
    pointer: str,
    schema: JsonObject,
    folding: Collection[str],
    anchors: Collection[str],
) -> Iterator[Finding]:
    """Refuses x-compat behind references that speclens does not follow, and under keywords of older drafts, which it does
    not read. `anchors` name schemas that hold something to fold."""
    dynamic = schema.get("$dynamicRef")
    if dynamic in anchors or follow(document, "", {"$ref": dynamic})[0] in folding:
        message = "x-compat is not followed through `$dynamicRef`"
        place = join(pointer, "$dynamicRef")
        yield Finding("compat/unsupported-keyword", place, message, "write a `$ref`")
    for keyword in _OLDER:
        if keyword in schema and _is_held(schema[keyword], folding):
            message = f"x-compat has no meaning under `{keyword}`"
            hint = "declare the shape at the place of the value"
            yield Finding("compat/unsupported-keyword", join(pointer, keyword), message, hint)


def _is_held(value: Any, folding: Collection[str]) -> bool:
    """Whether x-compat stands somewhere in a value, or in a schema that a `$ref` in it names."""
    if isinstance(value, list):
        return any(_is_held(item, folding) for item in value)
    if not isinstance(value, dict):
        return False
    reference = value.get("$ref")
    is_named = isinstance(reference, str) and from_reference(reference) in folding
    return (
        is_named
        or x_compat.KEYWORD in value
        or any(_is_held(item, folding) for item in value.values())
    )


def _refers(
    document: JsonObject,
    folding: Collection[str],
    pointer: str,
    schema: JsonObject,
    keywords: list[str],
) -> Iterator[Finding]:
    """Refuses references under keywords whose values are not folded."""
    target = follow(document, pointer, schema)[0]
    if keywords and target != pointer and target in folding:
        message = f"{target} has x-compat, but nothing is folded under `{keywords[0]}`"
        hint = "refer to a schema without x-compat"
        yield Finding("compat/unsupported-keyword", join(pointer, "$ref"), message, hint)


def _older_forms(document: JsonObject, folding: Collection[str]) -> Iterator[str]:
    """The pointers of the older fields and shapes that the canonical form does not have."""
    for place in folding:
        own = x_compat.keywords(get(document, place))
        is_shape = _is_branch(place) and not own.keys().isdisjoint(x_compat.SHAPE_KEYWORDS)
        if is_shape or (is_property(place) and "into" in own):
            yield place


def _into_older(older: Collection[str], pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Refuses references to a part of the document that the canonical form does not have."""
    place = from_reference(str(schema.get("$ref", ""))) or ""
    while place:
        if place in older and not f"{pointer}/".startswith(f"{place}/"):
            message = f"{place} is an older form, which is declared only for its own place"
            hint = "move the schema to `components/schemas`, and refer to that from both places"
            yield Finding("compat/unsupported-keyword", join(pointer, "$ref"), message, hint)
        place = place.rpartition("/")[0]


def _beside(folding: Collection[str], pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Refuses x-compat under a keyword that applies to the values left by another keyword, which folding ignores."""
    for keyword, other in (("items", "prefixItems"), ("additionalProperties", "patternProperties")):
        if other in schema and join(pointer, keyword) in folding:
            message = f"values under `{keyword}` with x-compat are not folded beside `{other}`"
            hint = f"remove x-compat there, or remove `{other}`"
            yield Finding("compat/unsupported-keyword", join(pointer, keyword), message, hint)


def _alike(
    document: JsonObject, folding: Collection[str], pointer: str, schema: JsonObject
) -> Iterator[Finding]:
    """Refuses canonical branches with something to fold inside, if nothing tells them apart. Beside shapes, a discriminator
    does not count."""
    for keyword in _UNIONS:
        listed, here = schema.get(keyword), join(pointer, keyword)
        if not isinstance(listed, list):
            continue
        places = [follow(document, join(here, index), one)[0] for index, one in enumerate(listed)]
        branches = x_compat.union_branches(document, here, listed)
        named = [""] * len(listed) if branches else discriminators.tests(document, schema, listed)
        canonical = [
            index for index in range(len(listed)) if not branches or not branches[index].shape
        ]
        if all(named) or not any(places[index] in folding for index in canonical):
            continue
        if len(listed) > shapes.MOST_BRANCHES:
            if not branches:  # `shapes.of_union` reports it for shapes
                yield shapes.too_many(here, len(listed))
            continue
        for a, b in combinations(canonical, 2):
            is_same = places[a] == places[b] or listed[a] == listed[b]
            is_told = (named[a] and named[b]) or is_same
            if is_told or not (places[a] in folding or places[b] in folding):
                continue
            if differences.overlap(document, listed[a], listed[b]):
                message = f"a value may fit both this and {join(here, a)}, which fold differently"
                hint = f"separate them by type, const{_OR_KEY if branches else _OR_DISCRIMINATOR}"
                yield Finding("compat/overlap", join(here, b), message, hint)
