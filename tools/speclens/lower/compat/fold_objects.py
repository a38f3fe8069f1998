"""What is folded inside an object: its members, the hubs that several of them say, and those that its schema does not name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.lower.compat.build import (
    Build,
    absent_source,
    deprecation,
    distinct_ident,
    folding_enough,
    is_absent,
    joining,
    stem_of,
)
from speclens.lower.ground import composed, x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.lower.ground.wholes import needed_hubs
from speclens.names import snake
from speclens.source.pointer import JsonObject, join

FoldNamer = Callable[[str, Any], str]
"""Gives the function that folds the values of a place; "" where there is nothing to fold."""
IS_OBJECT = ir.IsOf(ir.VALUE, frozenset({"object"}))


def of_object(build: Build, fold: FoldNamer, pointer: str, schema: Any) -> ir.Case | None:
    """The case of an object: None where there is nothing to fold inside."""
    document = build.document
    spokes = x_compat.spokes(document, pointer, schema)
    policies = x_compat.policies(document, pointer, schema)
    shallow = {spoke.hub[0] for spoke in spokes if len(spoke.hub) == 1}
    members, absents = [], []
    rests = list(_rests(build, fold, pointer, schema))
    for name, (place, inner) in composed.properties(document, pointer, schema).items():
        if name in shallow or "into" in x_compat.keywords(inner):
            continue
        if values := x_compat.absent_values(inner):
            absents.append(ir.Absent(literal(name), place, is_absent(name, values)))
        if ident := fold(place, inner):
            members.append(ir.Member(literal(name), place, ident))
    hubs = [
        _hub(
            build,
            fold,
            (pointer, schema),
            path,
            [s for s in spokes if s.hub == path],
            policies.get(path),
        )
        for path in _outside_in(dict.fromkeys(spoke.hub for spoke in spokes))
    ]
    if not (members or absents or hubs or rests):
        return None
    handling = ir.ObjectFold(tuple(members), tuple(rests), tuple(absents), tuple(hubs))
    return ir.Case(IS_OBJECT, pointer, handling)


def _outside_in(hubs: Mapping[composed.PropertyPath, None]) -> Iterable[composed.PropertyPath]:
    """Hubs in their order, but each after those that it is a part of: these are made first."""
    ways = (path[:depth] for path in hubs for depth in range(1, len(path) + 1))
    return dict.fromkeys(way for way in ways if way in hubs)


def _rests(build: Build, fold: FoldNamer, pointer: str, schema: Any) -> Iterator[ir.Rest]:
    for place, layer in composed.layers(build.document, pointer, schema):
        inner, here = layer.get("additionalProperties"), join(place, "additionalProperties")
        if isinstance(inner, dict) and (ident := fold(here, inner)):
            names = tuple(layer.get("properties") or ())
            known = tuple_literal(names) if names else ""
            yield ir.Rest(known, here, ident)


def _hub(
    build: Build,
    fold: FoldNamer,
    at: tuple[str, Any],
    path: tuple[str, ...],
    spokes: list[x_compat.Spoke],
    policy: x_compat.HubPolicy | None,
) -> ir.Hub:
    found = composed.at_path(build.document, *at, path)
    place, inner = found if found else (at[0], {})
    conflict = policy.conflict if policy else "equal"
    names = ", ".join([".".join(path), *(spoke.name for spoke in spokes)])
    is_needed = path in needed_hubs(build.document, *at)
    absent = x_compat.absent_values(inner, policy)
    own_fold = "" if path[1:] else fold(place, inner)
    own = ir.HubField(
        key=tuple_literal(path) if path[1:] else literal(path[-1]),
        pointer=place,
        fold=folding_enough(build, conflict, inner, absent, own_fold),
        absent=absent_source(absent),
        deprecated="None",
    )
    stem = stem_of(build, at[0])
    return ir.Hub(
        ident=distinct_ident(
            build, "_HUB", [snake(name).upper() for name in (stem, *path)], f"{at[0]}#{path}"
        ),
        pointer=place,
        gather="gather_deep" if path[1:] else "gather",
        fields=(own, *(_spoke(build, fold, at, spoke, policy) for spoke in spokes)),
        join=joining(build, conflict, inner),
        needed=literal(f"at least one of {names} must be given") if is_needed else "",
    )


def _spoke(
    build: Build,
    fold: FoldNamer,
    at: tuple[str, Any],
    spoke: x_compat.Spoke,
    policy: x_compat.HubPolicy | None,
) -> ir.HubField:
    return ir.HubField(
        key=literal(spoke.name),
        pointer=spoke.pointer,
        fold=fold(spoke.pointer, spoke.schema) or "None",
        absent=absent_source(x_compat.absent_of_spoke(build.document, *at, spoke, policy)),
        deprecated=deprecation(build, spoke.deprecated, spoke.schema),
    )


def targets(document: JsonObject) -> tuple[dict[str, tuple[str, Any] | None], set[str]]:
    """Where the values of each spoke go, and the spokes of hubs that merge, by their pointers. Several objects may be made
    of one, each with a policy of its own, and a spoke has one function: it judges by itself what any of them sets aside."""
    found: dict[str, tuple[str, Any] | None] = {}
    merging = set[str]()
    for pointer, schema in all_schemas(document):
        spokes = x_compat.spokes(document, pointer, schema) if isinstance(schema, dict) else ()
        policies = x_compat.policies(document, pointer, schema) if spokes else {}
        for spoke in spokes:
            conflict = policies[spoke.hub].conflict if spoke.hub in policies else "equal"
            hub = composed.at_path(document, pointer, schema, spoke.hub)
            known = found.get(spoke.pointer, hub)
            is_one = hub is not None and known is not None and known[0] == hub[0]
            if hub is not None:
                found[spoke.pointer] = hub if is_one and conflict != "prefer" else None
            if conflict == "merge":
                merging.add(spoke.pointer)
    return found, merging
