"""Discriminators as tests: which values of a property name which branch of a union (OpenAPI 3.1.1, section 4.8.25)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from speclens import ir
from speclens.lower.ground import composed
from speclens.lower.ground.differences import one_of
from speclens.objects import component_schemas
from speclens.source.pointer import JsonObject, follow, from_reference, join, tokens

_SCHEMAS = "#/components/schemas"


def branch_values(
    document: JsonObject, discriminator: Any, branches: Sequence[Any]
) -> list[set[str]]:
    """For each branch the values that name it: those of the mapping, and the name of its component where the mapping gives
    that to no other. No value names two."""
    told = discriminator if isinstance(discriminator, dict) else {}
    found: list[set[str]] = [set() for _ in branches]
    at: dict[str, list[int]] = {}
    for index, branch in enumerate(branches):
        if target := _target(branch):
            at.setdefault(target, []).append(index)
    mapping = told.get("mapping")
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        for index in at.get(place(document, target), ()):
            found[index].add(str(value))
    explicit = {value for values in found for value in values}
    for target, indices in at.items():
        for index in indices:
            found[index] |= {tokens(target)[-1]} - explicit
    used = Counter(value for values in found for value in values)
    return [{value for value in values if used[value] == 1} for values in found]


_IS_OBJECT = ir.IsOf(ir.VALUE, frozenset({"object"}))


def tests(document: JsonObject, owner: Any, branches: Sequence[Any]) -> list[ir.Test | None]:
    """For each branch the test by the discriminator of the schema `owner`; None where no value names it."""
    name = property_of(owner)
    if name is None:
        return [None] * len(branches)
    value = ir.Operand(path=(name,), is_optional=True)
    return [
        ir.all_of(_IS_OBJECT, one_of(tuple(sorted(values)), value)) if values else None
        for values in branch_values(document, owner["discriminator"], branches)
    ]


def unnamed_test(document: JsonObject, owner: Any, branches: Sequence[Any]) -> ir.Test:
    """The test for an object that the discriminator of the schema `owner` gives to no branch."""
    known = {
        value
        for values in branch_values(document, owner["discriminator"], branches)
        for value in values
    }
    value = ir.Operand(path=(owner["discriminator"]["propertyName"],), is_optional=True)
    return ir.all_of(_IS_OBJECT, ir.Not(one_of(tuple(sorted(known)), value)))


def default(document: JsonObject, owner: Any, branches: Sequence[Any]) -> int | None:
    """The branch of objects that the discriminator of the schema `owner` names no branch for (OpenAPI 3.2,
    `defaultMapping`)."""
    if property_of(owner) is None or "defaultMapping" not in owner["discriminator"]:
        return None
    target = place(document, owner["discriminator"]["defaultMapping"])
    targets = [_target(branch) for branch in branches]
    return targets.index(target) if target and target in targets else None


def unsure(document: JsonObject, owner: Any, branches: Sequence[Any]) -> list[int]:
    """The named branches that also take objects which the discriminator of the schema `owner` gives to no branch: the
    property is not required, or may be something else."""
    name = property_of(owner)
    if name is None:
        return []
    named = branch_values(document, owner["discriminator"], branches)
    return [
        index
        for index, (branch, values) in enumerate(zip(branches, named, strict=True))
        if values and not _is_sure(document, branch, name, values)
    ]


def _is_sure(document: JsonObject, branch: Any, name: str, values: set[str]) -> bool:
    at, schema = follow(document, "#", branch)
    layers = [layer for _, layer in composed.layers(document, at, schema)]
    said = composed.properties(document, at, schema).get(name)
    if said is None or not any(name in (layer.get("required") or ()) for layer in layers):
        return False
    inner = follow(document, *said)[1]
    listed = inner.get("enum", [inner["const"]] if "const" in inner else None)
    return isinstance(listed, list) and all(
        isinstance(value, str) and value in values for value in listed
    )


def property_of(owner: Any) -> str | None:
    """The property by which the discriminator of a schema tells branches apart."""
    told = owner.get("discriminator") if isinstance(owner, dict) else None
    name = told.get("propertyName") if isinstance(told, dict) else None
    return name if isinstance(name, str) else None


def _target(branch: Any) -> str:
    """The component that a branch refers to; "" if it is none."""
    if not isinstance(branch, dict) or "$ref" not in branch:
        return ""
    at = from_reference(str(branch["$ref"])) or ""
    return at if at.startswith(f"{_SCHEMAS}/") and len(tokens(at)) == 3 else ""


def place(document: JsonObject, target: Any) -> str:
    """The place that a value of a mapping names: a component by its name, or a reference."""
    if not isinstance(target, str):
        return ""
    is_named = target in component_schemas(document)
    return join(_SCHEMAS, target) if is_named else from_reference(target) or ""
