"""Lowering x-compat to the functions that fold: one per schema that holds a shape, a spoke or an absent value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from speclens import ir
from speclens.literals import comment, literal
from speclens.lower.compat import (
    checks,
    dispatch,
    fold_objects,
    fold_unions,
    judges,
    lens,
    samples,
    shape_tables,
)
from speclens.lower.compat.build import Build, distinct_ident, ident_of, stem_of
from speclens.lower.compat.unfolds import unfolds_of
from speclens.lower.ground import composed, facts, x_compat
from speclens.lower.rewrites import inherit, views
from speclens.lower.rewrites.folding import folding
from speclens.names import snake
from speclens.objects import OR_NULL
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, get, join

_IS_ARRAY = ir.IsOf(ir.VALUE, frozenset({"array"}))


def lower(document: JsonObject, names: Mapping[str, str]) -> tuple[ir.Compat, tuple[Finding, ...]]:
    """The normalizers of a document whose x-compat has no errors, and patterns for which it is refused all the same.
    `names` gives the class of each named schema by its pointer; each of those that holds something to fold gets a public
    function."""
    held = folding(document)
    if not held:
        return ir.Compat((), (), (), ()), ()
    targets, merging = fold_objects.targets(document)
    children = inherit.children(document)
    canonical = cache(partial(views.canonical, document))
    build = Build(document, held, names, children, canonical, targets=targets, merging=merging)
    known = samples.samples(document, build.folding)
    normalizers = []
    for pointer in names:
        if ident := fold_ident(build, pointer, get(document, pointer)):
            normalizers.append(_normalizer(build, known, pointer, ident))
    folds = sorted((fold for fold in build.folds.values() if fold), key=lambda fold: fold.ident)
    made = ir.Compat(
        deprecations=tuple(sorted(build.deprecations.values(), key=lambda one: one.ident)),
        folds=tuple(folds),
        judges=tuple(judge for _, judge in sorted(build.judges.items()) if judge),
        normalizers=tuple(sorted(normalizers, key=lambda normalizer: normalizer.ident)),
    )
    return made, checks.refused(build.unsaid)


def _normalizer(build: Build, known: samples.Samples, pointer: str, ident: str) -> ir.Normalizer:
    name, schema = build.names[pointer], get(build.document, pointer)
    stem = distinct_ident(build, "", [snake(name)], pointer)
    unfolds = unfolds_of(build, pointer, schema, snake(name))
    return ir.Normalizer(
        schema=name,
        pointer=pointer,
        ident=f"normalize{stem}",
        doc=f"Fold the compatibility fields of `{name}` into its canonical form.",
        fold=ident,
        denormalize=f"denormalize{stem}" if unfolds else "",
        denormalize_doc=f"Express a canonical `{name}` in older fields.",
        unfolds=unfolds,
        table=shape_tables.shape_table(build.document, known, pointer, schema),
    )


def fold_ident(build: Build, pointer: str, schema: Any) -> str:
    """The function that folds the values of a place, made on the way; "" where there is nothing to fold."""
    if pointer not in build.folding:
        return ""
    target, inner = x_compat.folded_place(build.document, pointer, schema)
    if target != pointer:
        return fold_ident(build, target, inner)
    ident = ident_of(build, pointer)
    if ident not in build.folds:
        build.folds[ident] = None  # a recursive schema finds its own name
        build.folds[ident] = _fold(build, ident, pointer, schema)
        if build.folds[ident] is None:
            build.empty.add(ident)
    return "" if ident in build.empty else ident


def _fold(build: Build, ident: str, pointer: str, schema: Any) -> ir.Fold | None:
    branches = x_compat.branches(build.document, pointer, schema, True) if _is_spoke(schema) else ()
    summary = comment(f"Fold `{pointer}`.")
    is_nullable = isinstance(schema, dict) and schema.get(OR_NULL) is True
    if branches:
        found = _union(build, ident, pointer, schema, branches, summary)
        return replace(found, is_nullable=is_nullable and len(branches) > 1) if found else None
    inner, part = x_compat.folded_place(build.document, pointer, {**schema, OR_NULL: False})
    if inner != pointer:  # null is what it admits besides
        only = fold_ident(build, inner, part)
        return ir.Fold(ident, pointer, summary, (), "", (only,), True) if only else None
    unions = list(_unions(build, pointer, schema))
    children = fold_unions.of_children(build, partial(fold_ident, build), pointer, schema)
    cases = (*children, *_plain(build, pointer, schema))
    is_nullable = bool(unions) and is_nullable
    if len(unions) == 1 and not cases:
        found = _of_union(build, ident, unions[0], pointer, summary)
        return replace(found, is_nullable=is_nullable)
    before = tuple(_union_ident(build, union) for union in unions)
    if not (before or cases):
        return None
    return ir.Fold(ident, pointer, summary, cases, "", before, is_nullable)


def _is_spoke(schema: Any) -> bool:
    return "into" in x_compat.keywords(schema)


def _plain(build: Build, pointer: str, schema: Any) -> tuple[ir.Case, ...]:
    """What is folded inside an object, and inside an array."""
    found = [
        fold_objects.of_object(build, partial(fold_ident, build), pointer, schema),
        _array(build, pointer, schema),
    ]
    return tuple(case for case in found if case)


def _array(build: Build, pointer: str, schema: Any) -> ir.Case | None:
    for place, layer in composed.layers(build.document, pointer, schema):
        if "items" in layer and (ident := fold_ident(build, join(place, "items"), layer["items"])):
            return ir.Case(_IS_ARRAY, pointer, ir.ItemsFold(ident))
    return None


# Unions that are not of older shapes alone


@dataclass(frozen=True, slots=True)
class _FoldedUnion:
    """A `oneOf` or `anyOf`: the schema that it stands in, and its branches."""

    pointer: str
    owner: tuple[str, Any]
    schemas: list[Any]
    branches: tuple[x_compat.Branch, ...]  # () where none of them is a shape


def _unions(build: Build, pointer: str, schema: Any) -> Iterator[_FoldedUnion]:
    """The unions that a value of a schema has to fit, its own and those of its `allOf`, in which there is something
    to fold."""
    for place, layer in composed.layers(build.document, pointer, schema):
        for keyword in ("oneOf", "anyOf"):
            listed, here = layer.get(keyword), join(place, keyword)
            if not isinstance(listed, list):
                continue
            branches = x_compat.union_branches(build.document, here, listed)
            inner = [join(here, index) for index in range(len(listed))]
            if branches or any(
                fold_ident(build, at, one) for at, one in zip(inner, listed, strict=True)
            ):
                yield _FoldedUnion(here, (place, layer), listed, branches)


def _union_ident(build: Build, union: _FoldedUnion) -> str:
    """The function that folds by the branches of a union, and leaves the rest of a value as it is."""
    ident = ident_of(build, union.pointer)
    if ident not in build.folds:
        build.folds[ident] = None
        summary = comment(f"Fold `{union.pointer}`.")
        build.folds[ident] = _of_union(build, ident, union, union.pointer, summary)
    return ident


def _of_union(build: Build, ident: str, union: _FoldedUnion, pointer: str, summary: str) -> ir.Fold:
    if union.branches:
        return _union(build, ident, *union.owner, union.branches, summary, pointer)
    fold = partial(fold_ident, build)
    cases = fold_unions.of_branches(build, fold, union.owner[1], union.pointer, union.schemas)
    return ir.Fold(ident, pointer, summary, tuple(cases), "")


# Unions


def _union(
    build: Build,
    ident: str,
    pointer: str,
    schema: Any,
    branches: tuple[x_compat.Branch, ...],
    summary: str,
    place: str = "",
) -> ir.Fold:
    """The function of the union of a schema; `place` says where that is, if not at the schema itself."""
    is_spoke = _is_spoke(schema)
    target = build.targets.get(pointer) if is_spoke else (pointer, schema)
    is_merged = pointer in build.merging
    bodies = [_branch(build, branch, target, is_spoke, is_merged) for branch in branches]
    cases, expected = dispatch.branch_cases(build.document, branches, bodies)
    return ir.Fold(ident, place or pointer, summary, cases, literal(expected))


def _branch(
    build: Build,
    branch: x_compat.Branch,
    target: tuple[str, Any] | None,
    is_spoke: bool,
    is_merged: bool,
) -> ir.Case:
    if branch.shape is None:
        return _canonical_branch(build, branch)
    shape = branch.shape
    fold, folds_items = _inner(build, branch.pointer, branch.schema)
    use = ir.ShapeUse(
        shape.pointer,
        is_rename=is_spoke and shape.is_rename,
        used=lens.used(build.document, shape),
        sure=checks.sure(build.document, shape),
    )
    handling = _handling(build, shape, fold, folds_items)
    judge_of = partial(judges.of_values, build, build.document)
    found = checks.shape_checks(build.document, shape, target, judge_of, build.unsaid, is_merged)
    own = tuple(check for check in found if check.is_of_whole)
    if fold and (target is None or use.used or len(own) < len(found)):
        # Parts are judged when they are folded, in canonical form.
        judge = judges.of_folded(build, branch)
        return ir.Case(ir.ALWAYS, branch.pointer, handling, use, own, judge)
    return ir.Case(ir.ALWAYS, branch.pointer, handling, use, found)


def _handling(build: Build, shape: x_compat.Shape, fold: str, folds_items: bool) -> ir.Handling:
    """The handling of a value of a shape; `fold` is the function for its parts."""
    inner = {"items_fold" if folds_items else "fold": fold}
    if shape.each:
        return ir.EachFilling(lens.expression(build.document, shape, "item"), **inner)
    if shape.template == "$" and not shape.values:
        return ir.ItemsFold(fold) if folds_items else ir.ValueFold(fold)
    return ir.Filling(lens.expression(build.document, shape, "value"), **inner)


def _canonical_branch(build: Build, branch: x_compat.Branch) -> ir.Case:
    is_reference = follow(build.document, branch.pointer, branch.schema)[0] != branch.pointer
    if not is_reference and not any(_unions(build, branch.pointer, branch.schema)):
        cases = _plain(build, branch.pointer, branch.schema)
        if len(cases) == 1 and _is_only(build, branch.schema, cases[0]):
            return cases[0]
    fold = fold_ident(build, branch.pointer, branch.schema)
    return ir.Case(ir.ALWAYS, branch.pointer, ir.ValueFold(fold))


def _is_only(build: Build, schema: Any, case: ir.Case) -> bool:
    """Whether all values of a schema are of the JSON type that a case is for, so that it needs no test."""
    return facts.types_of(build.document, schema) <= {"array" if case.is_array else "object"}


def _inner(build: Build, pointer: str, schema: Any) -> tuple[str, bool]:
    """The fold of what a shape's value holds, before its template, and whether it is one for items; the shape itself
    is not applied again."""
    target, inner = follow(build.document, pointer, schema)
    if target == pointer and isinstance(schema, dict):
        plain = {key: value for key, value in schema.items() if key != x_compat.KEYWORD}
        target, inner = x_compat.folded_place(build.document, pointer, plain)
    if target != pointer:
        return fold_ident(build, target, inner), False
    cases = _plain(build, pointer, schema)
    before = tuple(_union_ident(build, union) for union in _unions(build, pointer, schema))
    if not (cases or before):
        return "", False
    handling = cases[0].handling if len(cases) == 1 and not before else None
    if isinstance(handling, ir.ItemsFold) and _is_only(build, schema, cases[0]):
        return handling.fold, True
    outer = stem_of(build, pointer)
    ident = distinct_ident(build, "_fold", [outer, "parts"], f"{pointer}#parts")
    summary = comment(f"Fold the parts of `{pointer}`.")
    build.folds[ident] = ir.Fold(ident, pointer, summary, cases, "", before)
    return ident, False
