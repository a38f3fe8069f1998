"""A case: one payload with the results of the generated code and of the judges. Each runs once, for all laws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

from speclens.lower.ground import composed, copied, subschemas, x_compat
from speclens.source.pointer import follow, get, join, tokens
from speclens.verify.mutations import lookalikes
from speclens.verify.subjects import REFUSED, Crashed, Outcome, SchemaUnderTest
from speclens.verify.values import Json, exact


@dataclass(frozen=True)
class PayloadCase:
    """A payload of a schema. Generated code gets copies, so that its changes to one copy affect only one law."""

    one: SchemaUnderTest
    payload: Json

    @cached_property
    def text(self) -> str:
        return exact(self.payload)

    @cached_property
    def _folded(self) -> tuple[Outcome, str]:
        sent = copied(self.payload)
        return self.one.fold(sent), exact(sent)

    @property
    def outcome(self) -> Outcome:
        return self._folded[0]

    @property
    def after(self) -> str:
        """The payload after folding, as text."""
        return self._folded[1]

    @cached_property
    def again(self) -> Outcome:
        """The outcome of folding the folded value again."""
        return self.one.fold(copied(self.outcome.value))

    @cached_property
    def value(self) -> Json:
        """The folded value, valid or not, or REFUSED."""
        if not self.outcome.errors:
            return self.outcome.value
        return self.one.normalize(copied(self.payload))

    @cached_property
    def said(self) -> Json:
        """The folded value as the model serializes it, or REFUSED."""
        return self.one.model(self.value)

    @cached_property
    def wire(self) -> bool | None:
        return self.one.wire(self.payload)

    @cached_property
    def accepts(self) -> bool | None:
        """Whether the canonical view accepts the folded value."""
        return self.one.canonical(self.value)

    @cached_property
    def spokes(self) -> tuple[str, ...]:
        """The pointers of the older fields in the payload."""
        return tuple(spokes_in(self.one, self.payload))

    @cached_property
    def is_canonical(self) -> bool:
        return self.one.canonical(self.payload) is True and not self.spokes

    @cached_property
    def older(self) -> tuple[tuple[Mapping[str, str], Json, str], ...]:
        """For each choice of older fields: the choice, the canonical payload in these fields, and the text of the payload
        afterwards."""
        say = self.one.denormalize
        if say is None or not self.is_canonical:
            return ()
        values = [(to, copied(self.payload)) for to in self.one.choices]
        return tuple((to, say(value, to), exact(value)) for to, value in values)


def cases(one: SchemaUnderTest, payload: Json) -> Iterator[PayloadCase]:
    """The case of a payload. If the payload is accepted, also the cases of lookalikes, of its folded value, and of that
    value in older fields."""
    first = PayloadCase(one, payload)
    yield first
    try:
        if first.outcome.errors:
            return
        others = [
            PayloadCase(one, like)
            for like in lookalikes(copied(payload), crc32(first.text.encode()))
        ]
        if one.has_folds:
            others += _meanings(first)
    except Crashed:
        return
    told = {case.text: case for case in others}
    told.pop(first.text, None)
    yield from told.values()


def _meanings(first: PayloadCase) -> list[PayloadCase]:
    one = first.one
    canonical = first if first.is_canonical else PayloadCase(one, copied(first.outcome.value))
    said = (older for _, older, _ in canonical.older if older is not REFUSED)
    return [canonical, *(PayloadCase(one, copied(older)) for older in said)]


def observations(outcome: Outcome) -> set[str]:
    """The observations of an outcome: the verdict, the rules of its rewrites, and the reasons of its drops."""
    rules = {rule for _, _, rule in outcome.rewrites}
    return {"refused" if outcome.errors else "accepted", *rules, *(why for _, why in outcome.drops)}


def spokes_in(one: SchemaUnderTest, value: Json) -> Iterator[str]:
    """The pointers of all older fields in a value."""
    place = one.pointer, get(one.document, one.pointer)
    yield from _spokes_in(one, place, value, "", frozenset())


def _spokes_in(
    one: SchemaUnderTest, place: tuple[str, Any], value: Json, at: str, seen: frozenset[str]
) -> Iterator[str]:
    """`seen` are the schemas of the same value around this one, since a schema may contain itself."""
    pointer, schema = follow(one.document, *place)
    if not isinstance(schema, dict) or pointer in seen or not isinstance(value, dict | list):
        return
    for here, branch in _branches(one, pointer, schema, value):
        yield from _spokes_in(one, (here, branch), value, at, seen | {pointer})
    for key, here, inner in _inside(pointer, schema, value):
        if isinstance(value, dict) and "into" in x_compat.keywords(inner):
            yield join(at, key)
        else:
            yield from _spokes_in(one, (here, inner), value[key], join(at, key), frozenset())


def _branches(
    one: SchemaUnderTest, pointer: str, schema: dict[str, Any], value: Json
) -> Iterator[tuple[str, Any]]:
    """The branches of a schema that apply to a value: of several alternatives, those that accept it."""
    for keyword in ("oneOf", "anyOf", "allOf"):
        found = [
            (here, branch)
            for index, branch in enumerate(schema.get(keyword, ()))
            if x_compat.shape_keywords(one.document, here := join(pointer, keyword, index), branch)
            is None
        ]
        if keyword == "allOf" or len(found) == 1:
            yield from found
            continue
        fits = [one.fits(here, value) for here, _ in found]
        wanted = True if True in fits else None
        yield from (it for it, fit in zip(found, fits, strict=True) if fit is wanted)


def _inside(pointer: str, schema: dict[str, Any], value: Json) -> Iterator[tuple[Any, str, Any]]:
    """The keys or indices of a value, each with the pointer and the value of its schema."""
    if isinstance(value, list):
        if "items" in schema:
            yield from ((i, join(pointer, "items"), schema["items"]) for i in range(len(value)))
        return
    declared = schema.get("properties", {})
    for key in value:
        if key in declared:
            yield key, join(pointer, "properties", key), declared[key]
        elif isinstance(schema.get("additionalProperties"), dict):
            yield key, join(pointer, "additionalProperties"), schema["additionalProperties"]


def place_of(document: Any, pointer: str, at: str) -> str:
    """The pointer of the schema for a place of a payload, or of its nearest known parent."""
    here = pointer, get(document, pointer)
    for token in tokens(at):
        found = composed.properties(document, *here).get(token)
        for place, layer in composed.layers(document, *here) if found is None else ():
            if "items" in layer and token.isdecimal():
                found = join(place, "items"), layer["items"]
                break
        if found is None:
            break
        here = found
    return here[0]


def shapes(document: Any, pointer: str) -> dict[str, None]:
    """The pointers of all shapes that a payload of a schema may have, at any depth."""
    found, seen, stack = dict[str, None](), set[str](), [(pointer, get(document, pointer))]
    while stack:
        place, schema = stack.pop()
        if place in seen or not isinstance(schema, dict):
            continue
        seen.add(place)
        own = x_compat.branches(document, place, schema, "into" in x_compat.keywords(schema))
        found |= dict.fromkeys(branch.pointer for branch in own if branch.shape)
        stack.append(follow(document, place, schema))
        stack += [(join(place, *path), inner) for path, inner in subschemas(schema)]
    return found
