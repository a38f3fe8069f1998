"""What an object asks to be there: names in `required`, and hubs that any of several properties can say."""

from __future__ import annotations

from typing import Any

from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.walk import remembered
from speclens.source.pointer import JsonObject


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
        groups = required_groups(layer.get("anyOf"))
        if groups:
            first, *others = [{hubs.get(name, (name,)) for name in group} for group in groups]
            needed |= first.intersection(*others)
    return needed


def required_groups(branches: Any) -> list[list[str]] | None:
    """The `required` lists of an `anyOf` that consists of nothing else."""
    if not isinstance(branches, list) or not branches:
        return None
    if not all(isinstance(branch, dict) and branch.keys() == {"required"} for branch in branches):
        return None
    return [list(branch["required"]) for branch in branches]
