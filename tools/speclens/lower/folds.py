"""Lowering x-compat to the functions that fold: one per schema that holds a shape, a spoke or an absent value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from speclens import ir
from speclens.literals import comment, literal, tuple_literal
from speclens.lower import checks, compat, dispatch, lens, samples, shape_tables
from speclens.lower.build import Build, deprecation, distinct, folding, ident_of, is_absent, joining
from speclens.lower.required import needed_hubs
from speclens.lower.unfolds import unfolds_of
from speclens.lower.walk import JsonObject, follow
from speclens.names import snake
from speclens.problems import Finding
from speclens.source.pointer import get, join


def lower(document: JsonObject, names: Mapping[str, str]) -> tuple[ir.Compat, tuple[Finding, ...]]:
    """The normalizers of a document whose x-compat has no errors, and patterns for which it is refused all the same.
    `names` gives the class of each named schema by its pointer; each of those that holds something to fold gets a public
    function."""
    build = Build(document, folding(document), names)
    if not build.folding:
        return ir.Compat((), (), (), ()), ()
    known = samples.samples(document, build.folding)
    normalizers = []
    for pointer in names:
        if ident := fold_ident(build, pointer, get(document, pointer)):
            normalizers.append(_normalizer(build, known, pointer, ident))
    folds = sorted((fold for fold in build.folds.values() if fold), key=lambda fold: fold.ident)
    made = ir.Compat(
        constants=tuple(sorted(build.constants.values(), key=lambda constant: constant.ident)),
        folds=tuple(folds),
        judges=tuple(judge for _, judge in sorted(build.judges.items()) if judge),
        normalizers=tuple(sorted(normalizers, key=lambda normalizer: normalizer.ident)),
    )
    return made, checks.refused(build.unsaid)


def _normalizer(build: Build, known: samples.Samples, pointer: str, ident: str) -> ir.Normalizer:
    name, schema = build.names[pointer], get(build.document, pointer)
    stem = distinct(build, "", [snake(name)], pointer)
    unfolds = unfolds_of(build, pointer, schema, snake(name))
    return ir.Normalizer(
        schema=name,
        pointer=pointer,
        ident=f"normalize{stem}",
        doc=f"Fold the compatibility fields of `{name}` into its canonical form.",
        fold=ident,
        denormalize=f"denormalize{stem}" if unfolds else "",
        denormalize_doc=f"Say a canonical `{name}` in older fields.",
        unfolds=unfolds,
        table=shape_tables.table(build.document, known, pointer, schema),
    )


def fold_ident(build: Build, pointer: str, schema: Any) -> str:
    """The function that folds the values of a place, made on the way; "" where there is nothing to fold."""
    if pointer not in build.folding:
        return ""
    target, inner = follow(build.document, pointer, schema)
    if target != pointer and not compat.keywords(schema).keys() & {"into"}:
        return fold_ident(build, target, inner)
    ident = ident_of(build, pointer)
    if ident not in build.folds:
        build.folds[ident] = None  # a recursive schema finds its own name
        build.folds[ident] = _fold(build, ident, pointer, schema)
        if build.folds[ident] is None:
            return ""
    return ident


def _fold(build: Build, ident: str, pointer: str, schema: Any) -> ir.Fold | None:
    is_spoke = "into" in compat.keywords(schema)
    branches = compat.branches(build.document, pointer, schema, is_spoke)
    summary = comment(f"Fold `{pointer}`.")
    if branches:
        return _union(build, ident, pointer, schema, branches, summary)
    plain = _plain(build, pointer, schema)
    branched = [] if plain else _branches_without_shapes(build, pointer, schema)
    cases = (plain,) if plain else tuple(branched)
    return ir.Fold(ident, pointer, summary, cases, "") if cases else None


def _plain(build: Build, pointer: str, schema: Any) -> ir.Case | None:
    """What is folded inside an object, an array or a map."""
    if case := _object(build, pointer, schema):
        return case
    for place, layer in compat.layers(build.document, pointer, schema):
        if "items" in layer and (ident := fold_ident(build, join(place, "items"), layer["items"])):
            return ir.Case("isinstance(value, list)", pointer, is_array=True, fold=ident)
        inner = layer.get("additionalProperties")
        if isinstance(inner, dict) and (
            ident := fold_ident(build, join(place, "additionalProperties"), inner)
        ):
            return ir.Case("isinstance(value, dict)", pointer, is_map=True, fold=ident)
    return None


def _branches_without_shapes(build: Build, pointer: str, schema: Any) -> Iterable[ir.Case]:
    """A union none of whose branches is a shape: what is inside them is folded by their JSON types."""
    for place, layer in compat.layers(build.document, pointer, schema):
        for keyword in ("oneOf", "anyOf"):
            branches = layer.get(keyword)
            if not isinstance(branches, list):
                continue
            for index, branch in enumerate(branches):
                here = join(place, keyword, index)
                if ident := fold_ident(build, here, branch):
                    test = dispatch.branch_test(build.document, branches, index)
                    yield ir.Case(test, here, is_same=True, fold=ident)


# Objects


def _object(build: Build, pointer: str, schema: Any) -> ir.Case | None:
    document = build.document
    spokes = compat.spokes(document, pointer, schema)
    policies = compat.policies(document, pointer, schema)
    shallow = {spoke.hub[0] for spoke in spokes if len(spoke.hub) == 1}
    members, absents = [], []
    for name, (place, inner) in compat.properties(document, pointer, schema).items():
        if name in shallow or "into" in compat.keywords(inner):
            continue
        if values := compat.absent_values(inner):
            absents.append(ir.Absent(literal(name), place, is_absent(name, values)))
        if ident := fold_ident(build, place, inner):
            members.append(ir.Member(literal(name), place, ident))
    hubs = [
        _hub(
            build, (pointer, schema), path, [s for s in spokes if s.hub == path], policies.get(path)
        )
        for path in dict.fromkeys(spoke.hub for spoke in spokes)
    ]
    if not (members or absents or hubs):
        return None
    return ir.Case(
        "isinstance(value, dict)",
        pointer,
        is_object=True,
        members=tuple(members),
        absents=tuple(absents),
        hubs=tuple(hubs),
    )


def _hub(
    build: Build,
    at: tuple[str, Any],
    path: tuple[str, ...],
    spokes: list[compat.Spoke],
    policy: compat.HubPolicy | None,
) -> ir.Hub:
    found = compat.at_path(build.document, *at, path)
    place, inner = found if found else (at[0], {})
    conflict = policy.conflict if policy else "equal"
    build.targets.update(
        {spoke.pointer: None if conflict == "prefer" else found for spoke in spokes}
    )
    build.merging.update(spoke.pointer for spoke in spokes if conflict == "merge")
    names = ", ".join([".".join(path), *(spoke.name for spoke in spokes)])
    is_needed = path in needed_hubs(build.document, *at)
    own = ir.Field(
        key=tuple_literal(path) if path[1:] else literal(path[-1]),
        pointer=place,
        fold=("" if path[1:] else fold_ident(build, place, inner)) or "None",
        absent=tuple_literal(compat.absent_values(inner, policy)),
        deprecated="None",
    )
    stem = ident_of(build, at[0]).removeprefix("_fold_")
    return ir.Hub(
        ident=distinct(
            build, "_HUB", [snake(name).upper() for name in (stem, *path)], f"{at[0]}#{path}"
        ),
        pointer=place,
        gather="gather_deep" if path[1:] else "gather",
        fields=(own, *(_spoke(build, at, spoke, policy) for spoke in spokes)),
        join=joining(build, conflict, inner),
        needed=literal(f"at least one of {names} must be given") if is_needed else "",
    )


def _spoke(
    build: Build, at: tuple[str, Any], spoke: compat.Spoke, policy: compat.HubPolicy | None
) -> ir.Field:
    return ir.Field(
        key=literal(spoke.name),
        pointer=spoke.pointer,
        fold=fold_ident(build, spoke.pointer, spoke.schema) or "None",
        absent=tuple_literal(compat.absent_of_spoke(build.document, *at, spoke, policy)),
        deprecated=deprecation(build, spoke.deprecated, spoke.schema),
    )


# Unions


def _union(
    build: Build,
    ident: str,
    pointer: str,
    schema: Any,
    branches: tuple[compat.Branch, ...],
    summary: str,
) -> ir.Fold:
    own = compat.keywords(schema)
    target = build.targets[pointer] if "into" in own else (pointer, schema)
    is_merged = pointer in build.merging
    bodies = [_branch(build, branch, target, "into" in own, is_merged) for branch in branches]
    cases, expected = dispatch.cases(build.document, branches, bodies)
    return ir.Fold(ident, pointer, summary, cases, literal(expected))


def _branch(
    build: Build,
    branch: compat.Branch,
    target: tuple[str, Any] | None,
    is_spoke: bool,
    is_merged: bool,
) -> ir.Case:
    if branch.shape is None:
        return _canonical_branch(build, branch)
    shape = branch.shape
    fold, folds_items = _inner(build, branch.pointer, branch.schema)
    found = checks.of_shape(
        build.document, shape, target, partial(_judge, build), build.unsaid, is_merged
    )
    value = "item" if shape.each else "value"
    result = lens.expression(build.document, shape, value)
    is_array = folds_items and result == "value"
    is_same = bool(fold) and not folds_items and result == "value"
    return ir.Case(
        "",
        branch.pointer,
        is_array=is_array,
        is_shape=not (shape.each or is_array or is_same),
        is_same=is_same,
        is_each=shape.each,
        fold=fold,
        folds_items=folds_items and not is_array,
        rule=literal(shape.pointer),
        is_rename=is_spoke and shape.is_rename,
        checks=found,
        used=lens.used(build.document, shape),
        sure=checks.sure(build.document, shape),
        result=result,
    )


def _judge(build: Build, pointer: str, schema: Any) -> str:
    """The function that checks values of a place, made on the way; "" where there is nothing to check. What is folded
    there is checked by its own fold."""
    place = follow(build.document, pointer, schema)
    if place[0] in build.folding:
        return ""
    ident = ident_of(build, place[0]).replace("_fold_", "_judge_", 1)
    if ident not in build.judges:
        build.judges[ident] = None  # a recursive schema finds its own name
        found = checks.of_place(build.document, place, partial(_judge, build), build.unsaid)
        build.judges[ident] = ir.Judge(ident, place[0], found)
        if not found:
            del build.judges[ident]
            return ""
    return ident


def _canonical_branch(build: Build, branch: compat.Branch) -> ir.Case:
    is_reference = follow(build.document, branch.pointer, branch.schema)[0] != branch.pointer
    if not is_reference and (case := _plain(build, branch.pointer, branch.schema)):
        return case
    return ir.Case(
        "", branch.pointer, is_same=True, fold=fold_ident(build, branch.pointer, branch.schema)
    )


def _inner(build: Build, pointer: str, schema: Any) -> tuple[str, bool]:
    """The fold of what a shape's value holds, before its template, and whether it is one for items; the shape itself
    is not applied again."""
    target, inner = follow(build.document, pointer, schema)
    if target != pointer:
        return fold_ident(build, target, inner), False
    case = _plain(build, pointer, schema)
    if case is None or case.is_array:
        return (case.fold, True) if case else ("", False)
    outer = ident_of(build, pointer).removeprefix("_fold_")
    ident = distinct(build, "_fold", [outer, "parts"], f"{pointer}#parts")
    build.folds[ident] = ir.Fold(
        ident, pointer, comment(f"Fold the parts of `{pointer}`."), (case,), ""
    )
    return ident, False
