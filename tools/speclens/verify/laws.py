"""The laws of x-compat for any schema of any document, as functions of one case that raise Broken.

A law yields its observations, and none if it does not concern the payload, so that the caller can count its cases. JSON
Schema validators for the two views of the document judge payloads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from speclens.lower.compat import lens
from speclens.lower.ground import equal, x_compat
from speclens.source.pointer import exists, get
from speclens.verify.cases import PayloadCase, spokes_in
from speclens.verify.subjects import REFUSED, Crashed, Outcome, SchemaUnderTest
from speclens.verify.values import Json, exact, is_under, leaves, pointers, reordered

_CONFLICTS = {"conflict", "maxItems"}


class Broken(Exception):
    """A payload breaks a law. The message says how. `at` is the place in the payload ("" for all of it), `hint` what the
    author of the document can do, if anything."""

    def __init__(self, message: str, at: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.at, self.hint = at, hint


Law = Callable[[PayloadCase], Iterable[str]]


def _must(holds: bool, message: str, at: str = "") -> None:
    if not holds:
        raise Broken(message, at)


def nothing_else_is_raised(case: PayloadCase) -> Iterator[str]:
    """Generated code raises only CompatError and PayloadError."""
    try:
        yield "refused" if case.outcome.errors else "accepted"
        if case.value is not REFUSED and case.said is not REFUSED:
            yield "valid"
        yield from ("said" for _ in case.older)
    except Crashed as crashed:
        raise Broken(str(crashed)) from crashed


def folding_twice_is_folding_once(case: PayloadCase) -> Iterator[str]:
    """Law 1: a folded value has nothing left to fold."""
    outcome = case.outcome
    if not outcome.errors:
        yield "accepted"
        is_same = _is_as_sent(case.again, outcome.value)
        _must(
            is_same, f"it becomes {exact(outcome.value)}, and folding that again gives {case.again}"
        )


def canonical_stays(case: PayloadCase) -> Iterator[str]:
    """Law 1 for canonical payloads: folding leaves them as they are."""
    if case.is_canonical:
        yield "canonical"
        is_same = _is_as_sent(case.outcome, case.payload)
        _must(is_same, f"it is canonical, but becomes {case.outcome}")


def _is_as_sent(outcome: Outcome, value: Json) -> bool:
    return outcome == Outcome(value) and exact(outcome.value) == exact(value)


def input_is_not_mutated(case: PayloadCase) -> Iterator[str]:
    """Law 2: folding does not change the payload itself, even if the payload is refused."""
    yield "refused" if case.outcome.errors else "accepted"
    _must(case.after == case.text, f"folding changed the payload itself, to {case.after}")


def no_spoke_survives(case: PayloadCase) -> Iterator[str]:
    """Law 3: no older field is left. Payloads that the wire view does not judge are left out: an older field of one branch
    may be an ordinary field of another branch."""
    if case.spokes and not case.outcome.errors and case.wire is not None:
        yield "spoke sent"
        left = list(spokes_in(case.one, case.outcome.value))
        told = f"{', '.join(left)} is left in {exact(case.outcome.value)}"
        _must(not left, told, left[0] if left else "")


def order_of_keys_is_no_matter(case: PayloadCase) -> Iterator[str]:
    """Law 4: the order of keys changes no value, error, rewrite or drop."""
    others = {
        exact(other): other
        for other in (reordered(case.payload, reversed), reordered(case.payload, sorted))
    }
    others.pop(case.text, None)
    for text, other in others.items():
        yield "other order"
        told, outcome = case.one.fold(other), case.outcome
        is_same = (
            equal(told.value, outcome.value)
            and sorted(told.rewrites) == sorted(outcome.rewrites)
            and sorted(told.drops) == sorted(outcome.drops)
            and {error[:2] for error in told.errors} == {error[:2] for error in outcome.errors}
        )
        _must(is_same, f"it becomes {outcome}; as {text} it becomes {told}")


def wire_and_canonical_view_agree(case: PayloadCase) -> Iterator[str]:
    """Law 5: a payload that the wire view accepts is folded and accepted, or has a conflict. A payload that the wire view
    refuses is refused."""
    outcome = case.outcome
    if outcome.errors and outcome.errors[0][0] in _CONFLICTS and case.wire:
        yield "conflict"
        ((rule, pointer, message),) = outcome.errors
        _must(exists(case.payload, pointer), f"a conflict names {pointer}, where nothing is")
        is_both = rule == "maxItems" or any(
            message.endswith(f" {other}") for other in pointers(case.payload) if other
        )
        _must(is_both, f"a conflict names only one place: {message}", pointer)
        return
    is_canonical = None if outcome.errors else case.accepts
    if case.wire is None or (case.wire is False and not outcome.errors and is_canonical is None):
        yield "not judged"
    else:
        yield "accepted" if case.wire else "refused"
        _must(
            case.wire or bool(outcome.errors),
            "the document does not allow it, but the code accepts it",
        )
        if case.wire and outcome.errors:
            hint = "make the older shape accept no more than the field that it becomes"
            raise Broken(f"the document allows it, but it is {outcome}", outcome.errors[0][1], hint)
    _must(is_canonical is not False, f"it becomes {exact(outcome.value)}, which is not canonical")


def model_and_schema_agree(case: PayloadCase) -> Iterator[str]:
    """The model accepts a folded value if and only if a JSON Schema validator for the canonical view accepts it, and the
    model serializes it unchanged."""
    if case.value is REFUSED:
        return
    text, accepts, said = exact(case.value), case.accepts, case.said
    what = "it" if text == case.text else text
    yield "valid" if accepts else "not judged" if accepts is None else "invalid"
    if said is REFUSED:
        _must(accepts is not True, f"the model refuses {what}, but the schema accepts it")
    else:
        _must(accepts is not False, f"the model accepts {what}, but the schema refuses it")
        _must(equal(said, case.value), f"the model reads {what} and writes {exact(said)}")


def older_fields_say_the_same(case: PayloadCase) -> Iterator[str]:
    """Law 6: `denormalize` expresses a canonical value in older fields that are accepted, and that fold back to it."""
    for to, said, after in case.older:
        yield "cannot be said" if said is REFUSED else "said"
        _must(after == case.text, f"expressing it in {_ways(to)} changes it to {after}")
        if said is not REFUSED:
            text = exact(said)
            _must(
                case.one.wire(said) is not False,
                f"in {_ways(to)} it is {text}, which the document does not allow",
            )
            back = case.one.normalize(said)
            shown = "nothing" if back is REFUSED else exact(back)
            _must(
                equal(back, case.payload), f"in {_ways(to)} it is {text}, which folds into {shown}"
            )


def _ways(to: Mapping[str, str]) -> str:
    return ", ".join(f"{spoke} for {hub}" for hub, spoke in to.items()) or "no older field"


def nothing_is_lost(case: PayloadCase) -> Iterator[str]:
    """Law 7: nothing is lost, and the pointers of rewrites and drops are right.

    Each leaf of the payload is in the output at its own place, or under a drop, or it is a rewritten field itself, or it
    is under a rewritten field and in the output at that field's target, unless the shape of the field replaces values
    completely. An empty object or array may have been filled.
    """
    one, payload, outcome = case.one, case.payload, case.outcome
    if outcome.errors:
        return
    yield "accepted"
    for source, target, rule in outcome.rewrites:
        _must(
            exists(payload, source), f"a rewrite names the source {source}, where nothing was sent"
        )
        _must(
            exists(outcome.value, target), f"a rewrite names the target {target}, where nothing is"
        )
        _must(_is_rule(one, rule), f"a rewrite names the rule {rule}, which is not a shape")
    for pointer, _ in outcome.drops:
        _must(exists(payload, pointer), f"a drop names {pointer}, where nothing was sent")
    for pointer, value in leaves(payload):
        is_kept = _is_kept(one, pointer, value, outcome)
        _must(is_kept, f"{pointer} is lost: it becomes {outcome}", pointer)


def _is_rule(one: SchemaUnderTest, rule: str) -> bool:
    schema = get(one.document, rule)
    is_shape = x_compat.shape_keywords(one.document, rule, schema) is not None
    return is_shape or "into" in x_compat.keywords(schema)


def _is_kept(one: SchemaUnderTest, pointer: str, value: Json, outcome: Outcome) -> bool:
    is_empty = value in ({}, [])
    if exists(outcome.value, pointer):
        there = get(outcome.value, pointer)
        if equal(there, value) or (is_empty and isinstance(there, type(value))):
            return True
    if any(is_under(pointer, drop) for drop, _ in outcome.drops):
        return True
    for source, target, rule in outcome.rewrites:
        if is_under(pointer, source):
            if pointer == source or is_empty or _is_constant(one, rule):
                return True
            if any(equal(leaf, value) for _, leaf in leaves(get(outcome.value, target))):
                return True
    return False


def _is_constant(one: SchemaUnderTest, rule: str) -> bool:
    """Whether a shape replaces its values completely."""
    own = x_compat.keywords(get(one.document, rule))
    return "values" in own or not any(lens.holes(own.get("each", own.get("to", "$"))))


def errors_are_the_senders(case: PayloadCase) -> Iterator[str]:
    """An error names a place of the payload, or a missing member directly below one."""
    errors = case.outcome.errors
    for _, pointer, message in errors:
        is_there = exists(case.payload, pointer)
        yield "at a value" if is_there else "missing"
        is_near = is_there or exists(case.payload, pointer.rpartition("/")[0])
        _must(is_near, f"an error names {pointer}, where nothing was sent: {message}")
    _must(len(set(errors)) == len(errors), "the same error is reported twice")


COMPAT_LAWS: tuple[Law, ...] = (
    folding_twice_is_folding_once,
    canonical_stays,
    input_is_not_mutated,
    no_spoke_survives,
    order_of_keys_is_no_matter,
    wire_and_canonical_view_agree,
    older_fields_say_the_same,
    nothing_is_lost,
    errors_are_the_senders,
)
LAWS: tuple[Law, ...] = (nothing_else_is_raised, *COMPAT_LAWS, model_and_schema_agree)
"""All laws. Those of x-compat concern only schemas that fold."""
