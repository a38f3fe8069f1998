"""Refuses shapes that cannot be told apart, and templates that cannot give a canonical value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from speclens.literals import literal
from speclens.lower.compat import lens
from speclens.lower.ground import differences, facts, x_compat
from speclens.lower.ground.walk import all_schemas, remembered
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, join

MOST_BRANCHES = 100
"""The most branches of a union with x-compat, since every pair needs a test that tells it apart."""


def of_union(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Refuses branches that cannot be told apart, and shapes that become values that the place does not accept."""
    branches = x_compat.branches(document, pointer, schema)
    if "$ref" in schema or not branches:
        return
    if len(branches) > MOST_BRANCHES:
        yield too_many(pointer, len(branches))
        return
    is_spoke = "into" in x_compat.keywords(schema)
    canonical = [branch for branch in branches if branch.shape is None]
    if not canonical and not is_spoke and not _is_spoke_component(document, pointer):
        yield Finding(
            "compat/uncovered-shape",
            pointer,
            "no branch is canonical",
            "leave one branch without x-compat",
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
                yield from result_mismatches(document, branch.shape, (pointer, schema))


def too_many(pointer: str, count: int) -> Finding:
    """The refusal of a union with too many branches."""
    message = f"{count} branches are too many, since every pair must be told apart"
    hint = f"join some: at most {MOST_BRANCHES} are allowed"
    return Finding("compat/too-many-shapes", pointer, message, hint)


def _is_spoke_component(document: JsonObject, pointer: str) -> bool:
    """Whether all references to a component come from spokes. Then all of its branches may be shapes."""
    return _only_of_spokes(document, "", document).get(pointer, False)


@remembered
def _only_of_spokes(document: JsonObject, _: str, __: JsonObject) -> dict[str, bool]:
    """For each target of references, whether all of these come from spokes."""
    found: dict[str, bool] = {}
    for place, schema in all_schemas(document):
        if isinstance(schema, dict) and "$ref" in schema:
            target = follow(document, place, schema)[0]
            found[target] = found.get(target, True) and "into" in x_compat.keywords(schema)
    return found


def result_mismatches(
    document: JsonObject,
    shape: x_compat.Shape,
    target: tuple[str, Any],
    unsent: frozenset[str] = frozenset(),
) -> Iterator[Finding]:
    """`compat/result-mismatch` for a template that cannot give a value that its canonical place accepts. `unsent` are JSON
    types whose values never reach the shape."""
    source = lens.source_schema(document, shape)
    place = (
        join(shape.pointer, x_compat.KEYWORD) if x_compat.KEYWORD in shape.schema else shape.pointer
    )
    prefix: lens.TemplatePath = (0,) if shape.each else ()
    try:
        found = tuple(lens.holes(shape.template))
    except ValueError:
        return
    yield from _value_names(document, shape, source)
    holes = (hole for hole in found if hole.part or not shape.values)
    for message, hint in tuple(_kind(document, shape, source, unsent)) or itertools.chain(
        *(_hole(document, source, hole, target, prefix) for hole in holes),
        *(_renamed(document, shape, hole, target, prefix) for hole in found),
        _constants(document, shape.template, target, prefix),
    ):
        yield Finding("compat/result-mismatch", place, f"{message} (canonical: {target[0]})", hint)


def _value_names(
    document: JsonObject, shape: x_compat.Shape, source: tuple[str, Any]
) -> Iterator[Finding]:
    """`compat/values-key` for old values that are not values of the shape. `values` renames only texts."""
    is_scalar = not facts.types_of(document, source[1]) & {"array", "object"}
    for old, _ in shape.values if is_scalar else ():
        if not differences.overlap(document, {"const": old}, source[1]):
            message = f"no value of this shape is the string {literal(old)}"
            hint = "for another value write a separate shape: `{const: 1, x-compat: {to: new}}`"
            place = join(shape.pointer, x_compat.KEYWORD, "values", old)
            yield Finding("compat/values-key", place, message, hint)


def _kind(
    document: JsonObject, shape: x_compat.Shape, source: tuple[str, Any], unsent: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """The demands of `each`, `values` and parts on their shape that the shape does not meet."""
    for part in dict.fromkeys(hole.part for hole in lens.holes(shape.template)):
        none_sent = frozenset[str]() if shape.each else unsent
        if (owner := _no_object(document, source, part, none_sent)) is not None:
            what = f"`{_part(owner)}`" if owner else "the items" if shape.each else "the shape"
            message = f"`{_part(part)}` is a part of an object, but {what} may be something else"
            yield message, "write `type: object` there"
    if shape.each and not facts.types_of(document, shape.schema) <= {"array"}:
        yield (
            "`each` is for arrays, but the shape accepts other values",
            "give the shape `type: array`",
        )
    if shape.values and facts.types_of(document, source[1]) & {"array", "object"}:
        message = "`values` renames scalars, but the shape accepts arrays or objects"
        yield message, "give the shape `type: string`"


def _no_object(
    document: JsonObject, source: tuple[str, Any], part: tuple[str, ...], unsent: frozenset[str]
) -> tuple[str, ...] | None:
    """The outermost part around `part` that need not be an object; None if there is none. If `part` may be absent, the
    parts around it, except the shape itself, need only allow objects."""
    if (whole := lens.part_schema(document, *source, part)) is None:
        return None
    for depth in range(len(part)):
        found = lens.part_schema(document, *source, part[:depth])
        types = facts.types_of(document, found[1]) if found else frozenset[str]()
        if depth and not whole[2]:
            is_object = "object" in types
        else:
            is_object = types <= {"object", *(() if depth else unsent)}
        if not is_object:
            return part[:depth]
    return None


def _part(part: tuple[str, ...]) -> str:
    return "$" + "".join(f"/{token}" for token in part)


def _renamed(
    document: JsonObject,
    shape: x_compat.Shape,
    hole: lens.Hole,
    target: tuple[str, Any],
    prefix: lens.TemplatePath,
) -> Iterator[tuple[str, str]]:
    """Refuses `values` that give a value that is not canonical, or that rename a canonical value."""
    if hole.part:
        return
    places = lens.canonical_places(document, *target, (*prefix, *hole.at))
    for old, new in shape.values if places else ():
        if not any(differences.overlap(document, {"const": new}, place) for _, place in places):
            yield f"`values` gives {literal(new)}, which is not canonical", "name a canonical value"
        if any(_lists(document, place, old) for _, place in places):
            yield f"`values` renames {literal(old)}, which is canonical", "remove it from `values`"


def _lists(document: JsonObject, schema: Any, value: str) -> bool:
    """Whether an enumeration lists a value."""
    return any(value in (one.values or ()) for one in facts.alternatives(document, schema))


def _hole(
    document: JsonObject,
    source: tuple[str, Any],
    hole: lens.Hole,
    target: tuple[str, Any],
    prefix: lens.TemplatePath,
) -> Iterator[tuple[str, str]]:
    name = _part(hole.part)
    found = lens.part_schema(document, *source, hole.part)
    if found is None:
        yield (
            f"the shape declares no `{name}`",
            "declare the property under `properties` of the shape",
        )
        return
    if not found[2] and _is_needed(document, target, (*prefix, *hole.at), bool(hole.at)):
        yield f"`{name}` may be absent", "list it under `required` of the shape"
    places = lens.canonical_places(document, *target, (*prefix, *hole.at))
    if places and not any(differences.overlap(document, found[1], place) for _, place in places):
        yield f"`{name}` never fits where the template puts it", "change the template or the shape"


def _is_needed(
    document: JsonObject, target: tuple[str, Any], at: lens.TemplatePath, is_inside: bool
) -> bool:
    """Whether a place of a template's result must have a value: an item of an array, or a required member."""
    if not is_inside or not isinstance(at[-1], str):
        return True
    owners = [owner for _, owner in lens.canonical_places(document, *target, at[:-1])]
    required = [one.required for owner in owners for one in facts.alternatives(document, owner)]
    return bool(required) and all(at[-1] in names for names in required)


def _constants(
    document: JsonObject, template: Any, target: tuple[str, Any], at: lens.TemplatePath
) -> Iterator[tuple[str, str]]:
    """Refuses constants of a template that are not canonical."""
    if lens.is_hole(template):
        return
    places = [place for _, place in lens.canonical_places(document, *target, at)]
    kind = facts.json_type(template)
    fitting = [one for p in places for one in facts.alternatives(document, p) if kind in one.types]
    if places and not fitting:
        message = f"the template gives a value of type {kind}, which its place does not accept"
        yield message, "change the template"
    elif isinstance(template, dict):
        yield from _object(template, fitting)
        for name, item in template.items():
            yield from _constants(document, item, target, (*at, name))
    elif isinstance(template, list):
        bounds = [one.bound("array") for one in fitting]
        if bounds and not any(low <= len(template) <= high for low, high in bounds):
            message = f"the template gives {len(template)} items, which its place does not accept"
            yield message, "change the template"
        for index, item in enumerate(template):
            yield from _constants(document, item, target, (*at, index))
    else:
        value = lens.unescaped(template) if isinstance(template, str) else template
        if places and not any(differences.overlap(document, {"const": value}, p) for p in places):
            message = f"the template gives {literal(value)}, which its place does not accept"
            yield message, "change the template"


def _object(template: JsonObject, fitting: list[facts.Facts]) -> Iterator[tuple[str, str]]:
    """Refuses templates that lack required members, or give members that cannot be there."""
    lacking = [sorted(one.required - template.keys()) for one in fitting]
    if lacking and all(lacking):
        fewest = min(lacking, key=len)
        message = f"the template leaves out the required {', '.join(fewest)}"
        yield message, "add the member to the template"
    surplus = [
        sorted(template.keys() - (template.keys() if one.known is None else one.known))
        for one in fitting
    ]
    if surplus and all(surplus):
        fewest = min(surplus, key=len)
        yield f"the template gives {', '.join(fewest)}, which cannot be there", "remove the member"
