"""Which branch of a union a value belongs to: the tests, in the order in which they are tried (x-compat rule 2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from speclens import ir
from speclens.lower.ground import differences, facts, x_compat
from speclens.source.pointer import JsonObject

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
            result.append(replace(one.case, when=ir.IsOf(ir.VALUE, own)))
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
    is_kind = ir.IsOf(ir.VALUE, kind)
    ordered = sorted(candidates, key=lambda one: not one.is_canonical)
    default, *others = ordered
    by_keys = True
    sure = []
    for one in others:
        test, only_keys = _test(
            document, kind, one, [other for other in candidates if other is not one]
        )
        by_keys = by_keys and only_keys
        sure.append(replace(one.case, when=ir.all_of(is_kind, test)))
    likely = []
    if not by_keys:
        mine, _ = _test(document, kind, default, others)
        sure.append(replace(default.case, when=ir.all_of(is_kind, mine)))
        for one in ordered:
            names = sorted(
                frozenset[str]().union(*(alternative.required for alternative in one.of(kind)))
            )
            if names:
                present = (ir.Has(ir.VALUE, name) for name in names)
                likely.append(replace(one.case, when=ir.all_of(is_kind, *present)))
    last = replace(default.case, when=is_kind)
    tried = [*sure, *likely]
    while tried and replace(tried[-1], when=is_kind) == last:
        tried.pop()
    failed = {test for case in tried for test in _only_test(case, is_kind)}
    return [*(_without_implied(case, set()) for case in tried), _without_implied(last, failed)]


def _only_test(case: ir.Case, is_kind: ir.Test) -> tuple[ir.Test, ...]:
    """The one test of a case besides that of the kind of the value; () for several."""
    rest = tuple(test for test in ir.conjuncts(case.when) if test != is_kind)
    return rest if len(rest) == 1 else ()


def _without_implied(case: ir.Case, failed: Collection[ir.Test]) -> ir.Case:
    """The case without the checks that its own test has made already, or the tests that failed before it. Only comparisons
    go; checks of types stay."""
    known = {_of_size(ir.Not(test)) for test in ir.conjuncts(case.when) if _compares(test)}
    known |= {_of_size(test) for test in failed if _compares(test)}
    return replace(
        case, checks=tuple(one for one in case.checks if _of_size(one.fault) not in known)
    )


def _of_size(test: ir.Test) -> ir.Test:
    """A negated comparison of a size, as the opposite comparison; any other test as it is. Sizes are integers, so "not at least
    1" is "at most 0"."""
    match test:
        case ir.Not(ir.IsWithin(operand, ">=", bound, True)) if bound.isdecimal():
            return ir.IsWithin(operand, "<=", str(int(bound) - 1), True)
        case ir.Not(ir.IsWithin(operand, "<=", bound, True)) if bound.isdecimal():
            return ir.IsWithin(operand, ">=", str(int(bound) + 1), True)
    return test


def _compares(test: ir.Test) -> bool:
    is_of_texts = isinstance(test, ir.IsOneOf) and test.kind == "text"
    return is_of_texts or isinstance(test, ir.Has | ir.IsWithin)


def _test(
    document: JsonObject, kind: frozenset[str], one: _Candidate, others: list[_Candidate]
) -> tuple[ir.Test, bool]:
    """What sets the values of one branch apart from those of the others, and whether that is keys alone."""
    tests, by_keys = dict[ir.Test, None](), True
    for ours in one.of(kind):
        parts: dict[ir.Test, None] = {}
        for theirs in (alternative for other in others for alternative in other.of(kind)):
            found = differences.difference(document, ours, theirs)
            if found is not None:
                parts[found.ours] = None
                by_keys = by_keys and found.by_keys
        if all(map(_begins_with_key, parts)) and parts:
            parts |= {ir.Has(ir.VALUE, name): None for name in sorted(ours.required)}
        if parts:
            tests[ir.all_of(*sorted(parts, key=_asks_for_none))] = None
    return ir.any_of(*tests) if tests else ir.ALWAYS, by_keys


def _begins_with_key(test: ir.Test) -> bool:
    first = ir.conjuncts(test)[0]
    return isinstance(first.test if isinstance(first, ir.Not) else first, ir.Has)


def _asks_for_none(test: ir.Test) -> bool:
    """Whether a test requires that a member is absent. Such tests come last."""
    match test:
        case ir.All(tests) | ir.Some(tests):
            return any(map(_asks_for_none, tests))
        case ir.Not(ir.Has()):
            return True
        case _:
            return False


def branch_test(document: JsonObject, branches: Sequence[Any], index: int) -> ir.Test:
    """The test of one branch of a union that has no shapes: by type, and by what tells it from the others."""
    found = [
        _Candidate(
            ir.Case(ir.ALWAYS, "", ir.ValueFold("")), True, facts.alternatives(document, branch)
        )
        for branch in branches
    ]
    mine, others = found[index], [one for position, one in enumerate(found) if position != index]
    types = frozenset[str]().union(*(one.types for one in mine.accepts))
    tests = []
    for kind in facts.KINDS:
        if not mine.of(kind):
            continue
        rivals = [one for one in others if one.of(kind)]
        test = _test(document, kind, mine, rivals)[0] if rivals else ir.ALWAYS
        tests.append(ir.all_of(ir.IsOf(ir.VALUE, kind & types), test))
    return ir.any_of(*tests)


def expected(types: frozenset[str]) -> str:
    """What a value must be, for a message: "must be a string or an array"."""
    return f"must be {kinds_told(types)}"


def kinds_told(types: frozenset[str]) -> str:
    """JSON types, for a message: "a string or an array"."""
    told = types - {"integer", "fraction"} | {"number"} if "fraction" in types else types
    kinds = ("string", "boolean", "number", "integer", "array", "object", "null")
    names = [_ARTICLES.get(kind, f"a {kind}") for kind in kinds if kind in told]
    return (
        names[0]
        if len(names) == 1
        else f"{', '.join(names[:-1])} or {names[-1]}"
        if names
        else "nothing"
    )
