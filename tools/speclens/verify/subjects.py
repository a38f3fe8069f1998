"""The subjects of `verify`: a schema of a document with its generated functions and model."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import islice, product
from types import ModuleType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import BaseModel, TypeAdapter, ValidationError

from speclens import ir
from speclens.lower.ground import x_compat
from speclens.lower.rewrites import lifting, views
from speclens.lower.schemas import naming
from speclens.source.pointer import JsonObject, exists, get, join
from speclens.verify.instances import instances, property_names
from speclens.verify.judges import Formats, ValueJudge, judges, typed
from speclens.verify.mutations import near_misses
from speclens.verify.values import Json, exact

REFUSED: Any = object()
"""Stands for the value of a refused payload."""

_MOST_CHOICES = 64


class Crashed(Exception):
    """Generated code raised an error other than CompatError and PayloadError."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a payload: its folded value, (source, target, rule) of each rewrite, (pointer, reason) of each drop;
    or (rule, pointer, message) of each error."""

    value: Json = None
    rewrites: tuple[tuple[str, str, str], ...] = ()
    drops: tuple[tuple[str, str], ...] = ()
    errors: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        if self.errors:
            told = (f"{pointer or '(root)'}: {message}" for _, pointer, message in self.errors)
            return f"refused ({'; '.join(told)})"
        rewrites = [f"{source} -> {target}" for source, target, _ in self.rewrites]
        drops = [f"{pointer} dropped" for pointer, _ in self.drops]
        notes = ", ".join([*rewrites, *drops])
        return exact(self.value) + (f" ({notes})" if notes else "")


@dataclass(frozen=True, slots=True)
class Generated:
    """The code generated from a schema: the name of its class, its model (None for plain text, which has none), and the
    functions that fold and unfold, if it has older fields."""

    name: str
    model: Any
    normalize: Callable[[Json], Any] | None = None
    denormalize: Callable[..., Json] | None = None


def generated(
    written: JsonObject, document: ir.Api, models: ModuleType, normalizers: ModuleType | None
) -> dict[str, Generated]:
    """The generated code of a document's schemas, from the modules of its package. It covers schemas that are at the same
    place in both views. A branch that becomes part of the schema around it is verified with that schema.

    The pointers are those of the document with its parameters lifted to schemas (`lower.rewrites.lifting`).
    """
    view = lifting.lifted(written, is_modelled=True)
    lifted = view.document
    places = {ident: pointer for pointer, ident in naming.component_classes(lifted).items()}
    functions = {
        one.schema: (
            getattr(normalizers, one.ident),
            getattr(normalizers, one.denormalize or "_", None),
        )
        for one in (document.compat.normalizers if normalizers else ())
    }
    both = views.wire(lifted), views.canonical(lifted)
    made: dict[str, Generated] = {}
    for one in document.schemas:
        if one.is_made:
            continue
        moved = (place for place, origin in view.origins.items() if origin == one.pointer)
        pointer = places.get(one.ident) or next(moved, one.pointer)
        if all(one.origin(pointer) == pointer and exists(one.document, pointer) for one in both):
            own = functions.get(one.ident, (None, None))
            made[pointer] = Generated(one.ident, getattr(models, one.ident), *own)
    known = {one.name for one in made.values()}
    for made_of in document.compat.normalizers if normalizers else ():
        if made_of.schema not in known and exists(lifted, made_of.pointer):
            own = functions[made_of.schema]
            made[made_of.pointer] = Generated(made_of.schema, None, *own)
    return made


@dataclass(frozen=True, slots=True)
class SchemaUnderTest:
    """A schema of a document with its generated code, its judges, and payloads to try.

    `fold` normalizes and validates as users do. `normalize` gives the folded value, valid or not, or REFUSED. `model`
    validates a value and serializes it again, or gives REFUSED. `denormalize` is None if there are no older fields;
    `choices` are the choices of spokes for hubs. All raise Crashed for an unexpected error. `fits` says whether a value is
    valid for the schema at a pointer (None: not judged). `origin` gives the pointer of a place in the document as written.
    `payloads` are pairs of a mostly valid payload and a near miss.
    """

    document: JsonObject
    origin: Callable[[str], str]
    pointer: str
    has_folds: bool
    fold: Callable[[Json], Outcome]
    normalize: Callable[[Json], Json]
    model: Callable[[Json], Json]
    denormalize: Callable[[Json, Mapping[str, str]], Json] | None
    choices: tuple[dict[str, str], ...]
    fits: Callable[[str, Json], bool | None]
    wire: ValueJudge
    canonical: ValueJudge
    payloads: SearchStrategy[tuple[Json, Json]]


def subjects(
    written: JsonObject, unenforced: Collection[str] = (), judged: Formats | None = None
) -> Callable[[str, Generated], SchemaUnderTest]:
    """A function that makes the subject of a schema, by its pointer in the document with its parameters lifted.
    `unenforced` are the places that models do not enforce, `judged` the formats that they do (`formats_of`)."""
    lifted, of = lifting.lifted(written, is_modelled=True), judged or {}
    document = typed(lifted.document, of)
    wire, canonical = views.wire(document).document, views.canonical(document).document
    on_wire, on_canonical = judges(document, [*unenforced, *lifted.places(unenforced)], of)
    sendable, foldable = instances(wire), instances(canonical)
    known = property_names(document)
    sides = ((wire, cache(on_wire)), (canonical, cache(on_canonical)))

    def fits(pointer: str, value: Json) -> bool | None:
        found = {judge(pointer)(value) if exists(view, pointer) else True for view, judge in sides}
        return True if True in found else None if None in found else False

    def subject(pointer: str, made: Generated) -> SchemaUnderTest:
        sent = near_misses(_alone(sendable(pointer), _sources(document, pointer)), known)
        folded = near_misses(foldable(pointer), known)
        accepts = on_canonical(pointer)
        say = _saying(made.model, accepts, in_json="int64" in of)
        return SchemaUnderTest(
            document=document,
            origin=lifted.origin,
            pointer=pointer,
            has_folds=made.normalize is not None,
            fold=_folding(made, say),
            normalize=_normalizing(made),
            model=say,
            denormalize=_denormalizing(made.denormalize) if made.denormalize else None,
            choices=_choices(document, pointer) if made.denormalize else (),
            fits=fits,
            wire=on_wire(pointer),
            canonical=accepts,
            payloads=st.one_of(sent, sent, folded) if made.normalize else folded,
        )

    return subject


def _sources(document: JsonObject, pointer: str) -> list[set[str]]:
    """The names of the properties that fold into one hub, for each hub of a schema."""
    found: dict[tuple[str, ...], set[str]] = {}
    for spoke in x_compat.spokes(document, pointer, get(document, pointer)):
        found.setdefault(spoke.hub, set(spoke.hub) if len(spoke.hub) == 1 else set())
        found[spoke.hub].add(spoke.name)
    return list(found.values())


def _alone(values: SearchStrategy[Json], sources: list[set[str]]) -> SearchStrategy[Json]:
    """Values of which about half have only one source of each hub, since most with several sources are in conflict."""

    @st.composite
    def draw_one(draw: DrawFn) -> Json:
        value = draw(values)
        if not isinstance(value, dict) or not draw(st.booleans()):
            return value
        for hub in sources:
            given = [name for name in value if name in hub]
            kept = draw(st.sampled_from(given)) if len(given) > 1 else None
            if kept is not None:
                value = {name: value[name] for name in value if name == kept or name not in hub}
        return value

    return draw_one() if sources else values


def _choices(document: JsonObject, pointer: str) -> tuple[dict[str, str], ...]:
    """The choices of a spoke for each of some hubs of a schema."""
    spokes: dict[str, list[str]] = {}
    for spoke in x_compat.spokes(document, pointer, get(document, pointer)):
        spokes.setdefault(join("", *spoke.hub), [""]).append(spoke.name)
    chosen = product(*([(hub, name) for name in names] for hub, names in spokes.items()))
    found = ({hub: name for hub, name in one if name} for one in chosen)
    return tuple(islice(found, _MOST_CHOICES))


def _folding(made: Generated, say: Callable[[Json], Json]) -> Callable[[Json], Outcome]:
    def fold(payload: Json) -> Outcome:
        if made.normalize is None:
            return _judged(payload)
        try:
            result = made.normalize(payload)
            is_object = _is_class(made.model) and isinstance(result.value, dict)
            if is_object:
                result.validate(made.model)
        except Exception as error:
            return Outcome(errors=_reported_errors(error))
        if not is_object and say(result.value) is REFUSED:
            return _judged(result.value)
        rewrites = ((rewrite.source, rewrite.target, rewrite.rule) for rewrite in result.rewrites)
        drops = ((drop.pointer, drop.reason) for drop in result.drops)
        return Outcome(result.value, tuple(rewrites), tuple(drops))

    def _judged(value: Json) -> Outcome:
        return (
            Outcome(errors=(("model", "", "refused"),)) if say(value) is REFUSED else Outcome(value)
        )

    return fold


def _reported_errors(error: Exception) -> tuple[tuple[str, str, str], ...]:
    """The errors in a CompatError, or in a PayloadError, which may have several. Raises Crashed for any other error. The
    classes are those of the generated package."""
    told: Any = getattr(error, "errors", (error,))
    try:
        return tuple((one.rule, one.pointer, one.message) for one in told)
    except (AttributeError, TypeError):
        raise Crashed(f"raises {type(error).__name__}: {error}") from error


def _is_class(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _normalizing(made: Generated) -> Callable[[Json], Json]:
    def normalize(payload: Json) -> Json:
        try:
            return made.normalize(payload).value if made.normalize else payload
        except Exception as error:
            _reported_errors(error)
            return REFUSED

    return normalize


def _denormalizing(said_by: Callable[..., Json]) -> Callable[[Json, Mapping[str, str]], Json]:
    def denormalize(value: Json, to: Mapping[str, str]) -> Json:
        try:
            return said_by(value, to=to)
        except Exception as error:
            _reported_errors(error)
            return REFUSED

    return denormalize


def _saying(model: Any, accepts: ValueJudge, in_json: bool) -> Callable[[Json], Json]:
    """A function that validates a value with a model and serializes it again. A class is only for objects, or for what is not
    null: code that uses the class handles other values that its schema accepts (null). `in_json` validates JSON text, since a format may refuse
    an integer in JSON but accept Python's int."""
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    is_class = _is_class(model)
    is_enum = isinstance(model, type) and issubclass(model, Enum)
    if model is None:
        return lambda value: value if accepts(value) else REFUSED

    def say(value: Json) -> Json:
        if (is_class and not isinstance(value, dict)) or (is_enum and value is None):
            return value if accepts(value) else REFUSED
        try:
            if in_json:
                text = json.dumps(value)
                instance = adapter.validate_json(text, strict=True)
            else:
                instance = adapter.validate_python(value, strict=True)
            return adapter.dump_python(instance, mode="json", by_alias=True, exclude_unset=True)
        except ValidationError:
            return REFUSED
        except Exception as error:
            raise Crashed(f"the model raises {type(error).__name__}: {error}") from error

    return say
