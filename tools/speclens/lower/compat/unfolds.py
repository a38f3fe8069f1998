"""The other direction: how a hub is said by a spoke."""

from __future__ import annotations

from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower.compat import lens
from speclens.lower.compat.build import Build, distinct_ident
from speclens.lower.ground import facts, x_compat
from speclens.names import snake
from speclens.source.pointer import JsonObject, follow, join


def unfolds_of(build: Build, pointer: str, schema: Any, stem: str) -> tuple[ir.Unfold, ...]:
    """The ways to say the hubs of an object schema in older fields, one for each spoke."""
    found = []
    for spoke in x_compat.spokes(build.document, *_object(build.document, pointer, schema)):
        lenses = []
        for branch in x_compat.branches(build.document, spoke.pointer, spoke.schema, is_spoke=True):
            if branch.shape is not None:
                lenses.append(_lens(build.document, branch.shape))
        found.append(
            ir.Unfold(
                ident=distinct_ident(build, "_unfold", [stem, snake(spoke.name)], spoke.pointer),
                pointer=spoke.pointer,
                hub=literal(join("", *spoke.hub)),
                spoke=literal(spoke.name),
                lenses=tuple(lenses),
            )
        )
    return tuple(found)


def _object(document: JsonObject, pointer: str, schema: Any) -> tuple[str, Any]:
    """The one schema that a place accepts besides null; the place itself if there are several."""
    place, target = follow(document, pointer, schema)
    for keyword in ("oneOf", "anyOf"):
        listed = target.get(keyword) if isinstance(target, dict) else None
        if isinstance(listed, list):
            others = [
                (join(place, keyword, index), one)
                for index, one in enumerate(listed)
                if facts.types_of(document, one) != {"null"}
            ]
            if len(others) == 1 and len(listed) == 2:
                return others[0]
    return pointer, schema


def _lens(document: JsonObject, shape: x_compat.Shape) -> ir.Lens:
    name = "item" if shape.each else "value"
    test, result = lens.inverse(document, shape, name)
    if shape.values:
        back: dict[Any, str] = {}
        for old, new in shape.values:
            if isinstance(new, str):
                back.setdefault(new, old)
        is_scalar = f"not isinstance({result}, (dict, list))"
        test = f"{test} and {is_scalar}" if test else is_scalar
        result = f"{literal(back)}.get({result}, {result})"
    if not shape.each:
        return ir.Lens(shape.pointer, test, result)
    every = f"isinstance(value, list) and all({test} for item in value)"
    return ir.Lens(
        shape.pointer, every if test else "isinstance(value, list)", f"[{result} for item in value]"
    )
