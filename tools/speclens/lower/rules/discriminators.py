"""Refuses x-compat on the property of a discriminator: the normalizer reads it to choose a branch before it folds any
field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from speclens.lower.ground import composed, discriminators, x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.lower.rewrites import inherit
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, get, join

_HINT = "name another property in the `discriminator`, or leave this one without x-compat"


def check(document: JsonObject, folding: Collection[str]) -> Iterator[Finding]:
    """Findings on the properties that discriminators name. `folding` are the pointers of all schemas that hold something to
    fold."""
    children = inherit.children(document) if folding else {}
    for pointer, schema in all_schemas(document) if folding else ():
        name = discriminators.property_of(schema)
        if name is not None:
            for place, inner in _told_apart(document, pointer, schema, children):
                yield from _older(document, folding, (place, inner), name, pointer)


def _told_apart(
    document: JsonObject, pointer: str, schema: Any, children: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Any]]:
    """A schema with a discriminator, its children, and the branches of all these."""
    stack = [
        (pointer, schema),
        *((place, get(document, place)) for place in children.get(pointer, ())),
    ]
    seen = set[str]()
    while stack:
        place, inner = follow(document, *stack.pop())
        if place in seen:
            continue
        seen.add(place)
        yield place, inner
        for here, layer in composed.layers(document, place, inner):
            for keyword in ("oneOf", "anyOf"):
                listed = layer.get(keyword)
                for index, branch in enumerate(listed if isinstance(listed, list) else ()):
                    stack.append((join(here, keyword, index), branch))


def _older(
    document: JsonObject,
    folding: Collection[str],
    owner: tuple[str, Any],
    name: str,
    told: str,
) -> Iterator[Finding]:
    what = f"the discriminator of {told} reads `{name}` before anything is folded"
    for spoke in x_compat.spokes(document, *owner):
        if name in (spoke.name, *spoke.hub[:1]):
            message = f"`{spoke.name}` folds into `/{'/'.join(spoke.hub)}`, but {what}"
            place = join(spoke.pointer, x_compat.KEYWORD, "into")
            yield Finding("compat/discriminator", place, message, _HINT)
    place, inner = composed.properties(document, *owner).get(name, ("", {}))
    if "into" not in x_compat.keywords(inner) and place in folding:
        message = f"`{name}` has x-compat, but {what}"
        yield Finding("compat/discriminator", place, message, _HINT)
