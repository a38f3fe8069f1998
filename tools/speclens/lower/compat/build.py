"""What is collected while the normalizers of a document are made, and the names in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from speclens import ir
from speclens.literals import literal, tuple_literal
from speclens.lower.compat.lens import FEW
from speclens.lower.ground import facts
from speclens.lower.ground.view import View
from speclens.names import snake
from speclens.source.pointer import JsonObject, join, tokens


@dataclass(frozen=True, slots=True)
class Build:
    """What is collected while the functions of a document are made; lives as long as one call of `lower`."""

    document: JsonObject
    folding: frozenset[str]
    names: Mapping[str, str]
    children: Mapping[str, Sequence[str]]  # of bases with a discriminator (`inherit`)
    canonical: Callable[[], View]  # the canonical view, made once it is needed
    places: dict[str, str] = field(default_factory=dict)  # name of a function -> pointer
    folds: dict[str, ir.Fold | None] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)  # names of functions that have nothing to fold
    judges: dict[str, ir.Judge | None] = field(default_factory=dict)
    # Where the values of a spoke go, by its pointer. None: they may be set aside, so that the spoke judges them itself.
    targets: dict[str, tuple[str, Any] | None] = field(default_factory=dict)
    merging: set[str] = field(
        default_factory=set
    )  # spokes of hubs that merge: what is judged in the end is more
    deprecations: dict[str, ir.Deprecation] = field(default_factory=dict)
    unsaid: set[str] = field(
        default_factory=set
    )  # patterns that no check can search for, by pointer


def ident_of(build: Build, pointer: str) -> str:
    """The name of the function that folds a place."""
    return f"_fold_{stem_of(build, pointer)}"


def stem_of(build: Build, pointer: str) -> str:
    """What the functions of a place are called after: the nearest named schema around it, and the way from there.

    Places whose plain names would be one are told apart by longer ones, never by numbers.
    """
    path, rest = list(tokens(pointer)), list[str]()
    while path and join("#", *path) not in build.names:
        token = path.pop()
        if token != "properties" or (path and path[-1] == "properties"):
            rest.insert(0, token if token.isascii() and token.isdigit() else snake(token))
    stem = snake(build.names[join("#", *path)]) if path else ""
    return _distinct(build, "_fold", [part for part in (stem, *rest) if part], pointer)


def distinct_ident(build: Build, prefix: str, parts: Sequence[str], pointer: str) -> str:
    """The name of what is made from a place: plain, else with the parts held apart, else with the place's digest."""
    return f"{prefix}_{_distinct(build, prefix, parts, pointer)}"


def _distinct(build: Build, prefix: str, parts: Sequence[str], pointer: str) -> str:
    """What stands in such a name after the prefix."""
    plain, apart = "_".join(parts), "__".join(parts)
    candidates = [plain, apart, f"{plain}_{sha256(pointer.encode()).hexdigest()[:8]}"]
    while build.places.setdefault(f"{prefix}_{candidates[0]}", pointer) != pointer:
        last = candidates.pop(0)
        candidates = candidates or [f"{last}_"]
    return candidates[0]


def deprecation(build: Build, told: JsonObject | None, schema: Any) -> str:
    """The name of what is said of a deprecated field, after its date; equal ones are shared."""
    known = {key: told[key] for key in ("since", "sunset", "note") if key in told} if told else {}
    if not known:
        is_deprecated = isinstance(schema, dict) and schema.get("deprecated") is True
        return "Deprecation()" if is_deprecated else "None"
    since = snake(str(known.get("since", ""))).removeprefix("n").upper()
    members = tuple((key, str(value)) for key, value in known.items())
    wanted = ir.Deprecation(f"_SINCE_{since}".rstrip("_"), members)
    if build.deprecations.setdefault(wanted.ident, wanted) != wanted:
        digest = sha256(repr(members).encode()).hexdigest()[:8]
        wanted = replace(wanted, ident=f"{wanted.ident}_{digest}")
        build.deprecations[wanted.ident] = wanted
    return wanted.ident


def is_absent(name: str, values: tuple[Any, ...]) -> str:
    """Whether a member is one of some values. Only numbers and booleans can be equal without being the same."""
    value, listed = f"folded[{literal(name)}]", tuple_literal(values)
    if len(values) > FEW:
        return f"is_among({value}, {literal(json.dumps(values))})"
    is_plain = all(item is None or isinstance(item, str) for item in values)
    return f"{value} in {listed}" if is_plain else f"is_one_of({value}, {listed})"


def absent_source(values: tuple[Any, ...]) -> str:
    """The values of a field of a hub that mean "not given": a tuple, or the function that looks up one of many."""
    if len(values) > FEW:
        return f"partial(is_among, listed={literal(json.dumps(values))})"
    return tuple_literal(values)


def joining(build: Build, conflict: str, schema: Any) -> str:
    """The function that makes one value of the sources of a hub, by its conflict policy."""
    found = facts.alternatives(build.document, schema)
    most = min((accepted.bound("array")[1] for accepted in found), default=float("inf"))
    if conflict == "merge" and most != float("inf"):
        return f"partial(merged_within, {int(most)})"
    return {"equal": "agreed", "merge": "merged", "prefer": "preferred", "error": "only"}[conflict]


def folding_enough(
    build: Build, conflict: str, schema: Any, absent: tuple[Any, ...], fold: str
) -> str:
    """The function that folds the own value of a hub, or None: what it adds to others must have enough items by itself."""
    found = facts.alternatives(build.document, schema) if conflict == "merge" else ()
    least = min((accepted.bound("array")[0] for accepted in found), default=0)
    if least < 1 or (least == 1 and [] in absent):
        return fold or "None"
    return f"partial(at_least, {int(least)}, {fold or 'None'})"
