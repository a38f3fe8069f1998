"""Discriminators as tests: which values of a property name which branch of a union (OpenAPI 3.1.1, section 4.8.25)."""

from __future__ import annotations

from collections import Counter
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
    found: list[set[str]] = [set() for _ in branches]
    at: dict[str, list[int]] = {}
    for index, branch in enumerate(branches):
        if target := _target(branch):
            at.setdefault(target, []).append(index)
    mapping = told.get("mapping")
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        for index in at.get(place(document, target), ()):
            found[index].add(str(value))
    for target, indices in at.items():
        for index in indices:
            found[index] = found[index] or {tokens(target)[-1]}
    used = Counter(value for values in found for value in values)
    return [{value for value in values if used[value] == 1} for values in found]


def tests(document: JsonObject, owner: Any, branches: Sequence[Any]) -> list[str]:
    """For each branch the Python test over `value` by the discriminator of the schema `owner`; "" where no value names it."""
    told = owner.get("discriminator") if isinstance(owner, dict) else None
    name = told.get("propertyName") if isinstance(told, dict) else None
    if not isinstance(name, str):
        return [""] * len(branches)
    value = f"value.get({literal(name)})"
    return [
        f"isinstance(value, dict) and {one_of(tuple(sorted(values)), value)}" if values else ""
        for values in names(document, told, branches)
    ]


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
