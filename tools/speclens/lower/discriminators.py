"""Discriminators as tests: which values of a property name which branch of a union (OpenAPI 3.1.1, section 4.8.25)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from speclens.literals import literal
from speclens.lower.differences import one_of
from speclens.lower.walk import JsonObject
from speclens.source.pointer import from_reference, join, tokens

_SCHEMAS = "#/components/schemas"


def names(document: JsonObject, discriminator: Any, branches: Sequence[Any]) -> list[set[str]]:
    """For each branch the values that name it: those of the mapping, else the name of its component. No value names two."""
    told = discriminator if isinstance(discriminator, dict) else {}
    places = [_target(branch) for branch in branches]
    found: list[set[str]] = [set() for _ in branches]
    mapping = told.get("mapping")
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        for index, at in enumerate(places):
            if at and at == place(document, target):
                found[index].add(str(value))
    for index, at in enumerate(places):
        if at and not found[index]:
            found[index].add(tokens(at)[-1])
    used = [value for values in found for value in values]
    return [{value for value in values if used.count(value) == 1} for values in found]


def test(document: JsonObject, owner: Any, branches: Sequence[Any], index: int) -> str:
    """The Python test over `value` of the branch that the discriminator of a schema names; "" where no value names it."""
    told = owner.get("discriminator") if isinstance(owner, dict) else None
    name = told.get("propertyName") if isinstance(told, dict) else None
    found = names(document, told, branches)[index]
    if not isinstance(name, str) or not found:
        return ""
    return (
        f"isinstance(value, dict) and {one_of(tuple(sorted(found)), f'value.get({literal(name)})')}"
    )


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
    schemas = (document.get("components") or {}).get("schemas") or {}
    return join(_SCHEMAS, target) if target in schemas else from_reference(target) or ""
