"""Refusals of shapes: what cannot be told apart, and templates that cannot give a canonical value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from speclens.lower import compat, differences, facts, lens
from speclens.lower.walk import JsonObject, all_schemas, follow
from speclens.problems import Finding
from speclens.source.pointer import join


def of_union(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Whether the branches at a place can be told apart, and what they become is what the place accepts."""
    branches = compat.branches(document, pointer, schema)
    if "$ref" in schema or not branches:
        return
    is_spoke = "into" in compat.keywords(schema)
    canonical = [branch for branch in branches if branch.shape is None]
    if not canonical and not is_spoke and not _is_spoke_component(document, pointer):
        yield Finding(
            "compat/uncovered-shape",
            pointer,
            "no branch is canonical",
            "leave one without x-compat",
        )
    for a, b in itertools.combinations(branches, 2):
        if (a.shape or b.shape) and differences.overlap(document, a.schema, b.schema):
            hint = "separate them by type, const, a required key with different schemas, or a key one forbids"
            yield Finding(
                "compat/overlap", b.pointer, f"a value may fit both this and {a.pointer}", hint
            )
    if canonical and not is_spoke:
        for branch in branches:
            if branch.shape:
                yield from result(document, branch.shape, (pointer, schema))


def _is_spoke_component(document: JsonObject, pointer: str) -> bool:
    """A component all of whose branches are shapes is meant for spokes that refer to it."""
    users = [
        compat.keywords(schema)
        for place, schema in all_schemas(document)
        if isinstance(schema, dict)
        and "$ref" in schema
        and follow(document, place, schema)[0] == pointer
    ]
    return bool(users) and all("into" in own for own in users)


def result(document: JsonObject, shape: compat.Shape, target: tuple[str, Any]) -> Iterator[Finding]:
    """`compat/result-mismatch`: the template cannot give a value that its canonical place accepts."""
    source = lens.source_schema(document, shape)
    place = join(shape.pointer, compat.KEYWORD) if compat.KEYWORD in shape.schema else shape.pointer
    prefix: lens.Path = (0,) if shape.each else ()
    try:
        found = tuple(lens.holes(shape.template))
    except ValueError:
        return
    if shape.values and facts.types_of(document, source[1]) & {"array", "object"}:
        message = "`values` renames scalars, and the shape accepts arrays or objects"
        yield Finding("compat/result-mismatch", place, message, "give the shape `type: string`")
        return
    for message, hint in itertools.chain(
        *(
            _hole(document, source, hole, target, prefix)
            for hole in found
            if hole.part or not shape.values
        ),
        _constants(document, shape.template, target, prefix),
    ):
        yield Finding("compat/result-mismatch", place, f"{message} (canonical: {target[0]})", hint)


def _hole(
    document: JsonObject,
    source: tuple[str, Any],
    hole: lens.Hole,
    target: tuple[str, Any],
    prefix: lens.Path,
) -> Iterator[tuple[str, str]]:
    name = "$" + "".join(f"/{token}" for token in hole.part)
    found = lens.part_schema(document, *source, hole.part)
    if found is None:
        yield (
            f"the shape declares no `{name}`",
            "declare the property under `properties` of the shape",
        )
        return
    if not found[2] and not (hole.at and isinstance(hole.at[-1], str)):
        yield f"`{name}` may be absent", "list it under `required` of the shape"
    places = lens.canonical_places(document, *target, (*prefix, *hole.at))
    if places and not any(differences.overlap(document, found[1], place) for _, place in places):
        yield f"`{name}` never fits where the template puts it", "change the template or the shape"


def _constants(
    document: JsonObject, template: Any, target: tuple[str, Any], at: lens.Path
) -> Iterator[tuple[str, str]]:
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        return
    places = lens.canonical_places(document, *target, at)
    kind = facts.json_type(template)
    if places and not any(kind in facts.types_of(document, place) for _, place in places):
        yield (
            f"the template gives a value of type {kind}, which does not fit",
            "change the template",
        )
    elif isinstance(template, dict):
        required = [
            set[str]().union(*(f.required for f in facts.alternatives(document, p)))
            for _, p in places
        ]
        if places and all(names - template.keys() for names in required):
            missing = ", ".join(sorted(min(required, key=len) - template.keys()))
            yield (
                f"the template leaves out the required {missing}",
                "add the member to the template",
            )
        for name, item in template.items():
            yield from _constants(document, item, target, (*at, name))
    elif isinstance(template, list):
        for index, item in enumerate(template):
            yield from _constants(document, item, target, (*at, index))
