"""Folding by the branch of a union that a value belongs to, where no branch is an older shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from speclens import ir
from speclens.literals import literal
from speclens.lower.compat import dispatch
from speclens.lower.compat.build import Build
from speclens.lower.compat.fold_objects import IS_OBJECT, FoldNamer
from speclens.lower.ground import composed, discriminators, facts
from speclens.source.pointer import follow, get, join, to_reference


def of_branches(
    build: Build, fold: FoldNamer, owner: Any, pointer: str, branches: Sequence[Any]
) -> Iterator[ir.Case]:
    """The branches of the union at a pointer, each by its test: what the discriminator of the owner says, or what tells
    it from the others."""
    places = [(join(pointer, index), branch) for index, branch in enumerate(branches)]
    named = discriminators.tests(build.document, owner, branches)
    rest = list(_rest(build, fold, owner, pointer, places))
    for index, (place, branch) in enumerate(places):
        ident = fold(place, branch)
        if ident or (rest and "object" in facts.types_of(build.document, branch)):
            test = named[index] or dispatch.branch_test(build.document, branches, index)
            yield ir.Case(test, place, ir.ValueFold(ident))
    yield from rest


def _rest(
    build: Build, fold: FoldNamer, owner: Any, pointer: str, places: Sequence[tuple[str, Any]]
) -> Iterator[ir.Case]:
    """What happens to objects that the discriminator of the owner gives to no branch."""
    branches = [branch for _, branch in places]
    unsure = discriminators.unsure(build.document, owner, branches)
    default = discriminators.default(build.document, owner, branches)
    if default is not None:
        yield from _otherwise(fold, places[default])
    elif len(unsure) == 1:
        yield from _otherwise(fold, places[unsure[0]])
    else:
        yield from _undecided(build, fold, owner, pointer, [places[index] for index in unsure])


def of_children(build: Build, fold: FoldNamer, pointer: str, schema: Any) -> Iterator[ir.Case]:
    """The children of a base, each for the values that its discriminator names (OpenAPI 3.1.1, section 4.8.25). What
    names none is of the base alone."""
    places = build.children.get(pointer, ())
    references = [{"$ref": to_reference(place)} for place in places]
    tests = discriminators.tests(build.document, schema, references)
    for place, test in zip(places, tests, strict=True):
        ident = fold(place, get(build.document, place))
        if test and ident:
            yield ir.Case(test, place, ir.ValueFold(ident))
    default = discriminators.default(build.document, schema, references)
    if default is not None:
        unnamed = discriminators.unnamed_test(build.document, schema, references)
        child = places[default], get(build.document, places[default])
        yield from _otherwise(fold, child, unnamed)


def _otherwise(
    fold: FoldNamer, place: tuple[str, Any], test: ir.Test = IS_OBJECT
) -> Iterator[ir.Case]:
    """An object that the discriminator gives to no branch folds as one of them."""
    if ident := fold(*place):
        yield ir.Case(test, place[0], ir.ValueFold(ident))


def _undecided(
    build: Build, fold: FoldNamer, owner: Any, pointer: str, places: Sequence[tuple[str, Any]]
) -> Iterator[ir.Case]:
    """An object that no discriminator names, and that may be of several branches: it is refused if one of them would fold
    something in it."""
    folded = [place for place in places if fold(*place)]
    if not folded:
        return
    keys = [_keys(build, *place) for place in folded]
    known = sorted({key for found in keys for key in found or ()})
    fault = ir.HasAny(ir.VALUE, tuple(known)) if all(keys) else ir.HasItems(ir.VALUE)
    name = owner["discriminator"]["propertyName"]
    message = f"`{name}` must name one of the schemas, since their older fields differ"
    check = ir.Check("at", fault, literal("discriminator"), literal(message))
    yield ir.Case(IS_OBJECT, pointer, ir.ValueFold(""), checks=(check,))


def _keys(build: Build, pointer: str, schema: Any) -> set[str] | None:
    """The members of an object in which there is something to fold; None where that may be any."""
    found: set[str] = set()
    for place, layer in composed.layers(build.document, pointer, schema):
        if any(keyword in layer for keyword in ("oneOf", "anyOf", "additionalProperties")):
            return None
        for name, inner in (layer.get("properties") or {}).items():
            here = join(place, "properties", name)
            if {here, follow(build.document, here, inner)[0]} & build.folding:
                found.add(name)
    return found
