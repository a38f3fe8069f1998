"""Which branch of a union a value belongs to: the tests, in the order in which they are tried (x-compat rule 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower.ground import differences, facts, x_compat
from speclens.lower.ground.walk import JsonObject

_ARTICLES = {"array": "an array", "object": "an object", "null": "null", "integer": "an integer"}


@dataclass(frozen=True, slots=True)
class _Candidate:
    case: ir.Case
    is_canonical: bool
    accepts: tuple[facts.Facts, ...]

    def of(self, kind: frozenset[str]) -> tuple[facts.Facts, ...]:
        return tuple(facts.narrowed(one, kind) for one in self.accepts if one.types & kind)


def branch_cases(
    document: JsonObject, branches: Sequence[x_compat.Branch], bodies: Iterable[ir.Case]
) -> tuple[tuple[ir.Case, ...], str]:
    """The bodies of the branches under their tests, and the message for a value of no branch's JSON type.

    A JSON type that one branch has to itself needs no other test; what is wrong inside is found inside.
    """
    found = [
        _Candidate(body, branch.shape is None, facts.alternatives(document, branch.schema))
        for branch, body in zip(branches, bodies, strict=True)
    ]
    contested = [kind for kind in facts.KINDS if sum(bool(one.of(kind)) for one in found) > 1]
    result = [
        case
        for kind in contested
        for case in _chain(document, kind, [one for one in found if one.of(kind)])
    ]
    shared = frozenset[str]().union(*contested)
    for one in found:
        if (
            own := frozenset[str]().union(*(alternative.types for alternative in one.accepts))
            - shared
        ):
            result.append(replace(one.case, test=differences.type_test(own)))
    return tuple(result), expected(
        frozenset[str]().union(*(a.types for one in found for a in one.accepts))
    )


def _chain(
    document: JsonObject, kind: frozenset[str], candidates: list[_Candidate]
) -> list[ir.Case]:
    """The cases of one JSON type that several branches accept.

    First whoever can be told for sure; then, for values that fit none, whoever has all its required keys; last the
    canonical branch, else the first.
    """
    is_kind = differences.type_test(kind)
    ordered = sorted(candidates, key=lambda one: not one.is_canonical)
    default, *others = ordered
    by_keys = True
    sure = []
    for one in others:
        test, only_keys = _test(
            document, kind, one, [other for other in candidates if other is not one]
        )
        by_keys = by_keys and only_keys
        sure.append(replace(one.case, test=f"{is_kind} and {test}" if test else is_kind))
    likely = []
    if not by_keys:
        mine, _ = _test(document, kind, default, others)
        sure.append(replace(default.case, test=f"{is_kind} and {mine}"))
        for one in ordered:
            names = sorted(
                frozenset[str]().union(*(alternative.required for alternative in one.of(kind)))
            )
            if names:
                present = " and ".join(f"{literal(name)} in value" for name in names)
                likely.append(replace(one.case, test=f"{is_kind} and {present}"))
    last = replace(default.case, test=is_kind)
    tried = [*sure, *likely]
    while tried and replace(tried[-1], test="") == replace(last, test=""):
        tried.pop()
    return [_without_implied(case) for case in (*tried, last)]


_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.NotIn: ast.In,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
}


def _without_implied(case: ir.Case) -> ir.Case:
    """The case without checks that its own test has made already."""
    known = set(_conjuncts(case.test))
    checks = tuple(check for check in case.checks if _opposite(check.fails) not in known)
    return replace(case, checks=checks)


def _conjuncts(test: str) -> Iterable[str]:
    """What a test asks for: its parts as they parse, so that text in them is no operator."""
    body = ast.parse(test, mode="eval").body
    parts = body.values if isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And) else [body]
    return map(ast.dump, parts)


def _opposite(test: str) -> str:
    """The test for the contrary of a comparison, as it parses; "" for another test."""
    match ast.parse(test or "None", mode="eval").body:
        case ast.Compare(left, [sign], others) if type(sign) in _OPPOSITES:
            return ast.dump(ast.Compare(left, [_OPPOSITES[type(sign)]()], others))
        case _:
            return ""


def _test(
    document: JsonObject, kind: frozenset[str], one: _Candidate, others: list[_Candidate]
) -> tuple[str, bool]:
    """What sets the values of one branch apart from those of the others, and whether that is keys alone."""
    tests, by_keys = [], True
    for ours in one.of(kind):
        parts: dict[str, None] = {}
        for theirs in (alternative for other in others for alternative in other.of(kind)):
            found = differences.difference(document, ours, theirs)
            if found is not None:
                parts[found.ours] = None
                by_keys = by_keys and found.by_keys
        if parts and all(name.startswith(('"', "'")) for name in parts):
            for name in sorted(ours.required):
                parts.setdefault(f"{literal(name)} in value")
        tests.append(" and ".join(sorted(parts, key=lambda part: " not in " in part)))
    distinct = list(dict.fromkeys(test for test in tests if test))
    return (
        distinct[0] if len(distinct) == 1 else " or ".join(f"({test})" for test in distinct)
    ), by_keys


def branch_test(document: JsonObject, branches: Sequence[Any], index: int) -> str:
    """The test of one branch of a union that has no shapes: by type, and by what tells it from the others."""
    found = [
        _Candidate(ir.Case("", "", ir.ValueFold("")), True, facts.alternatives(document, branch))
        for branch in branches
    ]
    mine, others = found[index], [one for position, one in enumerate(found) if position != index]
    tests = []
    for kind in facts.KINDS:
        if not mine.of(kind):
            continue
        rivals = [one for one in others if one.of(kind)]
        test = _test(document, kind, mine, rivals)[0] if rivals else ""
        is_kind = differences.type_test(
            kind & frozenset[str]().union(*(one.types for one in mine.accepts))
        )
        tests.append(
            f"{is_kind} and ({test})"
            if " or " in test
            else f"{is_kind} and {test}"
            if test
            else is_kind
        )
    return tests[0] if len(tests) == 1 else " or ".join(f"({test})" for test in tests)


def expected(types: frozenset[str]) -> str:
    """What a value must be, for a message: "must be a string or an array"."""
    told = types - {"integer", "fraction"} | {"number"} if "fraction" in types else types
    kinds = ("string", "boolean", "number", "integer", "array", "object", "null")
    names = [_ARTICLES.get(kind, f"a {kind}") for kind in kinds if kind in told]
    text = (
        names[0]
        if len(names) == 1
        else f"{', '.join(names[:-1])} or {names[-1]}"
        if names
        else "nothing"
    )
    return f"must be {text}"
