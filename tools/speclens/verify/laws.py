"""The laws of x-compat, for any schema of any document: functions of one payload that raise Broken.

Each yields what it saw, so that who runs it can tell that it saw enough. Who accepts what is said by a JSON Schema
validator on the two views of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, product
from typing import Any

from speclens.lower import compat, lens
from speclens.lower.facts import equal
from speclens.lower.walk import follow, subschemas
from speclens.source.pointer import exists, get, join
from speclens.verify.subjects import REFUSED, Outcome, Subject
from speclens.verify.values import Json, exact, is_under, leaves, reordered

_CONFLICTS = {"conflict", "maxItems"}
_MOST_CHOICES = 64


class Broken(Exception):
    """A payload that breaks a law; the message says how."""


Law = Callable[[Subject, Json], Iterable[str]]


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise Broken(message)


def folding_twice_is_folding_once(one: Subject, payload: Json) -> Iterator[str]:
    """Law 1: nothing that is folded has anything left to fold."""
    outcome = one.fold(payload)
    yield from events(outcome)
    if not outcome.errors:
        again = one.fold(outcome.value)
        is_same = (exact(again.value), again) == (exact(outcome.value), Outcome(outcome.value))
        _must(is_same, f"folded once {exact(outcome.value)}, folded twice {again}")


def canonical_stays(one: Subject, payload: Json) -> Iterator[str]:
    """Law 1 for payloads that are canonical as sent."""
    if one.canonical(payload) and not list(spokes_in(one, payload)):
        yield "canonical"
        found = one.fold(payload)
        is_same = found == Outcome(payload) and exact(found.value) == exact(payload)
        _must(is_same, f"a canonical payload becomes {found}")


def input_is_not_mutated(one: Subject, payload: Json) -> Iterator[str]:
    """Law 2, for refused payloads too."""
    before = exact(payload)
    yield from events(one.fold(payload))
    _must(exact(payload) == before, f"{before} was changed")


def no_spoke_survives(one: Subject, payload: Json) -> Iterator[str]:
    """Law 3."""
    outcome = one.fold(payload)
    yield from events(outcome)
    if list(spokes_in(one, payload)):
        yield "spoke sent"
    if not outcome.errors:
        left = list(spokes_in(one, outcome.value))
        _must(not left, f"{', '.join(left)} is left in {exact(outcome.value)}")


def order_of_keys_is_no_matter(one: Subject, payload: Json) -> Iterator[str]:
    """Law 4, for values, errors and drops."""
    outcome = one.fold(payload)
    yield from events(outcome)
    for other in (reordered(payload, reversed), reordered(payload, sorted)):
        if exact(other) != exact(payload):
            yield "other order"
        told = one.fold(other)
        is_same = (
            equal(told.value, outcome.value)
            and sorted(told.rewrites) == sorted(outcome.rewrites)
            and sorted(told.drops) == sorted(outcome.drops)
            and {error[:2] for error in told.errors} == {error[:2] for error in outcome.errors}
        )
        _must(is_same, f"{exact(other)} gives {told}, and not {outcome}")


def wire_and_canonical_view_agree(one: Subject, payload: Json) -> Iterator[str]:
    """Law 5, both ways: what the wire view accepts is folded and accepted, or in conflict; what it refuses is
    refused."""
    outcome = one.fold(payload)
    yield from events(outcome)
    on_wire = one.wire(payload)
    if outcome.errors and outcome.errors[0][0] in _CONFLICTS and on_wire:
        yield "conflict"
        ((rule, pointer, message),) = outcome.errors
        named = message.split()[-1:]
        _must(exists(payload, pointer), f"the conflict is told at {pointer}, where nothing is")
        is_both = rule == "maxItems" or any(exists(payload, word) for word in named)
        _must(is_both, f"the conflict names one place only: {message}")
    elif on_wire is None:
        yield "not judged"
    else:
        told = "; ".join(
            f"{pointer or '(root)'}: {message}" for _, pointer, message in outcome.errors
        )
        _must(on_wire or bool(outcome.errors), "refused by the wire view, and folded")
        _must(not on_wire or not outcome.errors, f"accepted by the wire view, and refused: {told}")
    if not outcome.errors:
        is_canonical = one.canonical(outcome.value) is not False
        _must(is_canonical, f"{exact(outcome.value)} is not canonical")


def model_and_schema_agree(one: Subject, payload: Json) -> Iterator[str]:
    """The model accepts of folded values what a JSON Schema validator accepts on the canonical view, nothing else, and
    says each as it was."""
    value = one.normalize(payload)
    if value is REFUSED:
        return
    accepts, said = one.canonical(value), one.model(value)
    yield "valid" if accepts else "not judged" if accepts is None else "invalid"
    if said is REFUSED:
        _must(accepts is not True, f"the model refuses {exact(value)}, which its schema accepts")
    else:
        _must(accepts is not False, f"the model accepts {exact(value)}, which its schema refuses")
        _must(equal(said, value), f"the model says {exact(said)} for {exact(value)}")


def older_fields_say_the_same(one: Subject, payload: Json) -> Iterator[str]:
    """Law 6: what `denormalize` says of a canonical value in older fields is accepted, and folds back to it."""
    if one.denormalize is None or not one.canonical(payload) or list(spokes_in(one, payload)):
        return
    before = exact(payload)
    for to in choices(one):
        said = one.denormalize(payload, to)
        _must(exact(payload) == before, f"{before} was changed")
        yield "cannot be said" if said is REFUSED else "said"
        if said is not REFUSED:
            _must(one.wire(said) is not False, f"says {exact(said)} for {to}, which is refused")
            back = one.normalize(said)
            _must(equal(back, payload), f"says {exact(said)} for {to}, which means {back}")


def nothing_is_lost(one: Subject, payload: Json) -> Iterator[str]:
    """Law 7, and that the pointers of rewrites and drops name what they tell of.

    A leaf is in the output at its own place (an empty object may have been filled), or under a drop, or it is a
    rewritten field itself, or it is under a rewritten field and in the output where that went, unless the shape of
    the field says that it becomes something else.
    """
    outcome = one.fold(payload)
    yield from events(outcome)
    if outcome.errors:
        return
    for source, target, rule in outcome.rewrites:
        _must(exists(payload, source), f"a rewrite names {source}, where nothing was sent")
        _must(exists(outcome.value, target), f"a rewrite names {target}, where nothing is")
        _must(_is_rule(one, rule), f"a rewrite names {rule}, which is no shape")
    for pointer, _ in outcome.drops:
        _must(exists(payload, pointer), f"a drop names {pointer}, where nothing was sent")
    for pointer, value in leaves(payload):
        is_kept = _is_kept(one, pointer, value, outcome)
        _must(is_kept, f"{pointer} is in no output, rewrite or drop: {outcome}")


def _is_rule(one: Subject, rule: str) -> bool:
    schema = get(one.document, rule)
    is_shape = compat.shape_keywords(one.document, rule, schema) is not None
    return is_shape or "into" in compat.keywords(schema)


def _is_kept(one: Subject, pointer: str, value: Json, outcome: Outcome) -> bool:
    if exists(outcome.value, pointer):
        there = get(outcome.value, pointer)
        if equal(there, value) or (value == {} and isinstance(there, dict)):
            return True
    if any(is_under(pointer, drop) for drop, _ in outcome.drops):
        return True
    for source, target, rule in outcome.rewrites:
        if pointer == source or (is_under(pointer, source) and _is_constant(one, rule)):
            return True
        if is_under(pointer, source):
            kept = (leaf for _, leaf in leaves(get(outcome.value, target)))
            if any(equal(leaf, value) for leaf in kept):
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
    for _, pointer, message in outcome.errors:
        is_there = exists(payload, pointer)
        yield "at a value" if is_there else "missing"
        is_near = is_there or exists(payload, pointer.rpartition("/")[0])
        _must(is_near, f"an error at {pointer}, where the sender wrote nothing: {message}")
    _must(len(set(outcome.errors)) == len(outcome.errors), "an error is told twice")


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
LAWS: tuple[Law, ...] = (*COMPAT_LAWS, model_and_schema_agree)
"""The last holds for every schema; the others say nothing where there is nothing to fold."""


# What the laws speak of


def events(outcome: Outcome) -> set[str]:
    """What was seen: the verdict, the shapes of a payload, and why parts of it were dropped."""
    rules = {rule for _, _, rule in outcome.rewrites}
    return {"refused" if outcome.errors else "accepted", *rules, *(why for _, why in outcome.drops)}


def choices(one: Subject) -> list[dict[str, str]]:
    """Every way to choose for some hubs of a schema the spoke to say them by."""
    spokes: dict[str, list[str]] = {}
    for spoke in compat.spokes(one.document, one.pointer, get(one.document, one.pointer)):
        spokes.setdefault(join("", *spoke.hub), [""]).append(spoke.name)
    chosen = product(*([(hub, name) for name in names] for hub, names in spokes.items()))
    found = ({hub: name for hub, name in one if name} for one in chosen)
    return list(islice(found, _MOST_CHOICES))


def spokes_in(one: Subject, value: Json) -> Iterator[str]:
    """The pointers of all compatibility fields in a value."""
    place = one.pointer, get(one.document, one.pointer)
    yield from _spokes_in(one.document, place, value, "", frozenset())


def _spokes_in(
    document: Any, place: tuple[str, Any], value: Json, at: str, seen: frozenset[str]
) -> Iterator[str]:
    """`seen` are the schemas of the same value around this one: some are made of themselves."""
    pointer, schema = follow(document, *place)
    if not isinstance(schema, dict) or pointer in seen:
        return
    for keyword in ("oneOf", "anyOf", "allOf"):
        for index, branch in enumerate(schema.get(keyword, ())):
            here = join(pointer, keyword, index)
            if compat.shape_keywords(document, here, branch) is None:
                yield from _spokes_in(document, (here, branch), value, at, seen | {pointer})
    inside: list[tuple[Any, str, Any]] = []
    if isinstance(value, list) and "items" in schema:
        here = join(pointer, "items")
        inside = [(index, here, schema["items"]) for index in range(len(value))]
    elif isinstance(value, dict):
        declared = schema.get("properties", {}).items()
        inside = [(name, join(pointer, "properties", name), inner) for name, inner in declared]
    for key, here, inner in inside:
        if isinstance(value, dict) and key not in value:
            continue
        if isinstance(value, dict) and "into" in compat.keywords(inner):
            yield join(at, key)
        else:
            yield from _spokes_in(document, (here, inner), value[key], join(at, key), frozenset())


def shapes(document: Any, pointer: str) -> dict[str, None]:
    """The pointers of all shapes that a payload of a schema may have, at any depth."""
    found, seen, stack = dict[str, None](), set[str](), [(pointer, get(document, pointer))]
    while stack:
        place, schema = stack.pop()
        if place in seen or not isinstance(schema, dict):
            continue
        seen.add(place)
        own = compat.branches(document, place, schema, "into" in compat.keywords(schema))
        found |= dict.fromkeys(branch.pointer for branch in own if branch.shape)
        stack.append(follow(document, place, schema))
        stack += [(join(place, *path), inner) for path, inner in subschemas(schema)]
    return found
