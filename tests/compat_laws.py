"""The laws of x-compat, for any schema of any document: functions of one payload that assert.

Each returns what it saw, so that a test can tell that it saw enough. Who accepts what is said by a
JSON Schema validator on the two views of the document.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from schema_strategies import instances, names, near_misses, same
from speclens.lower import compat, lens, views
from speclens.lower.walk import follow, subschemas
from speclens.source.pointer import get, join
from speclens.validate.dialect import schema_validator

Json = Any
_CONFLICTS = {"conflict", "maxItems"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a payload: its folded value, (source, target, rule) of each rewrite, (pointer,
    reason) of each drop; or (rule, pointer, message) of each error."""

    value: Json = None
    rewrites: tuple[tuple[str, str, str], ...] = ()
    drops: tuple[tuple[str, str], ...] = ()
    errors: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A schema of a document, and the function that folds and judges payloads of it."""

    document: dict[str, Any]
    pointer: str
    fold: Callable[[Json], Outcome]
    wire_accepts: Callable[[Json], bool]
    canonical_accepts: Callable[[Json], bool]
    payloads: SearchStrategy[Json]
    canonical_payloads: SearchStrategy[Json]


def subject(document: dict[str, Any], pointer: str, fold: Callable[[Json], Outcome]) -> Subject:
    """A subject with payloads made from the views of its document, valid ones and near misses."""
    wire, canonical = views.wire(document).document, views.canonical(document).document
    sent, folded = instances(wire, pointer), instances(canonical, pointer)
    return Subject(
        document=document,
        pointer=pointer,
        fold=fold,
        wire_accepts=schema_validator(wire, pointer).is_valid,
        canonical_accepts=schema_validator(canonical, pointer).is_valid,
        payloads=near_misses(sent, names(document)),
        canonical_payloads=folded,
    )


Law = Callable[[Subject, Json], Iterable[str]]


def run(law: Law, one: Subject, values: SearchStrategy[Json], examples: int) -> Counter[str]:
    """Hold a law against many values, the same in every run; how many of them saw what."""
    seen = Counter[str]()

    @seed(crc32(law.__name__.encode()))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(values)
    def hold(value: Json) -> None:
        seen.update({"all", *law(one, value)})

    hold()
    return seen


# The laws


def folding_twice_is_folding_once(one: Subject, payload: Json) -> Iterator[str]:
    """Law 1, and what is left of law 3: nothing that is folded has anything left to fold."""
    outcome = one.fold(payload)
    yield from events(outcome)
    if not outcome.errors:
        again = one.fold(outcome.value)
        assert (exact(again.value), again) == (exact(outcome.value), Outcome(outcome.value))


def canonical_stays(one: Subject, payload: Json) -> Iterator[str]:
    """Law 1 for payloads that are canonical as sent."""
    if one.canonical_accepts(payload) and not list(spokes_in(one, payload)):
        yield "canonical"
        assert one.fold(payload) == Outcome(payload)
        assert exact(one.fold(payload).value) == exact(payload)


def input_is_not_mutated(one: Subject, payload: Json) -> Iterator[str]:
    """Law 2, for refused payloads too."""
    before = exact(payload)
    yield from events(one.fold(payload))
    assert exact(payload) == before


def no_spoke_survives(one: Subject, payload: Json) -> Iterator[str]:
    """Law 3."""
    outcome = one.fold(payload)
    yield from events(outcome)
    if not outcome.errors:
        assert list(spokes_in(one, outcome.value)) == []
    if list(spokes_in(one, payload)):
        yield "spoke sent"


def order_of_keys_is_no_matter(one: Subject, payload: Json) -> Iterator[str]:
    """Law 4, for values, errors and drops."""
    outcome = one.fold(payload)
    yield from events(outcome)
    for other in (reordered(payload, reversed), reordered(payload, sorted)):
        if exact(other) != exact(payload):
            yield "other order"
        told = one.fold(other)
        assert same(told.value, outcome.value)
        assert sorted(told.rewrites) == sorted(outcome.rewrites)
        assert sorted(told.drops) == sorted(outcome.drops)
        assert [error[:2] for error in told.errors] == [error[:2] for error in outcome.errors]


def wire_and_canonical_view_agree(one: Subject, payload: Json) -> Iterator[str]:
    """Law 5, both ways: what the wire view accepts is folded and accepted, or in conflict; what it
    refuses is refused."""
    outcome = one.fold(payload)
    yield from events(outcome)
    if outcome.errors and outcome.errors[0][0] in _CONFLICTS and one.wire_accepts(payload):
        yield "conflict"
        ((rule, pointer, message),) = outcome.errors
        assert exists(payload, pointer)
        assert rule == "maxItems" or any(exists(payload, word) for word in message.split()[-1:])
    else:
        assert one.wire_accepts(payload) == (not outcome.errors), outcome.errors
    if not outcome.errors:
        assert one.canonical_accepts(outcome.value)


def nothing_is_lost(one: Subject, payload: Json) -> Iterator[str]:
    """Law 7, and that the pointers of rewrites and drops name what they tell of.

    A leaf is in the output at its own place (an empty object may have been filled), or under a
    drop, or it is a rewritten field itself, or it is under a rewritten field and in the output
    where that went, unless the shape of the field says that it becomes something else.
    """
    outcome = one.fold(payload)
    yield from events(outcome)
    if outcome.errors:
        return
    for source, target, rule in outcome.rewrites:
        assert exists(payload, source), source
        assert exists(outcome.value, target), target
        assert compat.shape_keywords(one.document, rule, get(one.document, rule)) is not None or (
            "into" in compat.keywords(get(one.document, rule))
        )
    for pointer, _ in outcome.drops:
        assert exists(payload, pointer), pointer
    assert [leaf for leaf in leaves(payload) if not _is_kept(one, *leaf, outcome)] == []


def _is_kept(one: Subject, pointer: str, value: Json, outcome: Outcome) -> bool:
    if exists(outcome.value, pointer):
        there = get(outcome.value, pointer)
        if same(there, value) or (value == {} and isinstance(there, dict)):
            return True
    if any(is_under(pointer, drop) for drop, _ in outcome.drops):
        return True
    for source, target, rule in outcome.rewrites:
        if pointer == source or (is_under(pointer, source) and _is_constant(one, rule)):
            return True
        if is_under(pointer, source):
            kept = (leaf for _, leaf in leaves(get(outcome.value, target)))
            if any(same(leaf, value) for leaf in kept):
                return True
    return False


def _is_constant(one: Subject, rule: str) -> bool:
    """Whether a shape turns its values into other ones, and keeps nothing of them."""
    own = compat.keywords(get(one.document, rule))
    return "values" in own or not any(lens.holes(own.get("each", own.get("to", "$"))))


def errors_are_the_senders(one: Subject, payload: Json) -> Iterator[str]:
    """An error is at a place of the payload, or right below one, where something is missing."""
    outcome = one.fold(payload)
    yield from events(outcome)
    for _, pointer, _ in outcome.errors:
        is_there = exists(payload, pointer)
        yield "at a value" if is_there else "missing"
        assert is_there or exists(payload, pointer.rpartition("/")[0]), pointer
    assert len(set(outcome.errors)) == len(outcome.errors)


def nothing_else_is_raised(one: Subject, payload: Json) -> Iterator[str]:
    """Whatever is sent is folded or refused."""
    yield from events(one.fold(payload))


LAWS: tuple[Law, ...] = (
    folding_twice_is_folding_once,
    input_is_not_mutated,
    no_spoke_survives,
    order_of_keys_is_no_matter,
    wire_and_canonical_view_agree,
    nothing_is_lost,
    errors_are_the_senders,
)


# What the laws speak of


def events(outcome: Outcome) -> set[str]:
    """What was seen: the verdict, the shapes of a payload, and why parts of it were dropped."""
    rules = {rule for _, _, rule in outcome.rewrites}
    return {"refused" if outcome.errors else "accepted", *rules, *(why for _, why in outcome.drops)}


def exact(value: Json) -> str:
    """A value as text that tells `1`, `1.0` and `true` apart, and the order of keys."""
    return json.dumps(value)


def exists(value: Json, pointer: str) -> bool:
    try:
        get(value, pointer)
    except (KeyError, ValueError):
        return False
    return True


def is_under(pointer: str, other: str) -> bool:
    return f"{pointer}/".startswith(f"{other}/")


def leaves(value: Json, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Scalars and empty containers, with their pointers."""
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    if not members or not value:
        yield pointer, value
        return
    for key, item in members:
        yield from leaves(item, join(pointer, key))


def reordered(value: Json, order: Callable[[list[str]], Iterable[str]]) -> Json:
    """The same value with its keys in another order."""
    if isinstance(value, dict):
        return {key: reordered(value[key], order) for key in order(list(value))}
    return [reordered(item, order) for item in value] if isinstance(value, list) else value


def spokes_in(one: Subject, value: Json) -> Iterator[str]:
    """The pointers of all compatibility fields in a value."""
    yield from _spokes_in(one.document, one.pointer, get(one.document, one.pointer), value, "")


def _spokes_in(document: Any, place: str, schema: Any, value: Json, at: str) -> Iterator[str]:
    place, schema = follow(document, place, schema)
    for keyword in ("oneOf", "anyOf", "allOf"):
        for index, branch in enumerate(schema.get(keyword, ()) if isinstance(schema, dict) else ()):
            here = join(place, keyword, index)
            if compat.shape_keywords(document, here, branch) is None:
                yield from _spokes_in(document, here, branch, value, at)
    if isinstance(value, list) and isinstance(schema, dict) and "items" in schema:
        for index, item in enumerate(value):
            yield from _spokes_in(
                document, join(place, "items"), schema["items"], item, join(at, index)
            )
    if isinstance(value, dict) and isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value and "into" in compat.keywords(inner):
                yield join(at, name)
            elif name in value:
                here = join(place, "properties", name)
                yield from _spokes_in(document, here, inner, value[name], join(at, name))


def shapes(document: Any, pointer: str) -> set[str]:
    """The pointers of all shapes that a payload of a schema may have, at any depth."""
    found, seen, stack = set[str](), set[str](), [(pointer, get(document, pointer))]
    while stack:
        place, schema = stack.pop()
        if place in seen or not isinstance(schema, dict):
            continue
        seen.add(place)
        own = compat.branches(document, place, schema, "into" in compat.keywords(schema))
        found |= {branch.pointer for branch in own if branch.shape}
        stack.append(follow(document, place, schema))
        stack += [(join(place, *path), inner) for path, inner in subschemas(schema)]
    return found
