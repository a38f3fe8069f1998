"""Values of the shapes of a document, to show, and what their templates make of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from speclens.lower.compat import lens
from speclens.lower.ground import example_values, facts, x_compat
from speclens.lower.rewrites import views
from speclens.objects import with_component_schemas
from speclens.source.pointer import JsonObject, get, join, tokens
from speclens.validate.cost import LIMIT, costs
from speclens.validate.dialect import validators


@dataclass(frozen=True, slots=True)
class Samples:
    """The places that were asked for, in the canonical view, so that nothing inside a value of them is left to fold.

    `candidates` gives values that may well be of a place (as of `example_values.candidates`), `accepts` judges one.
    """

    candidates: Callable[[str, example_values.Wanted], Iterator[Any]]
    accepts: Callable[[str, Any], bool]


MOST_CHARACTERS = 300
"""The longest example that is shown."""


def is_long(value: Any) -> bool:
    """Whether a value is too long to show. Looks at a limited number of its parts."""
    room, parts = MOST_CHARACTERS, [value]
    while parts and room > 0:
        part = parts.pop()
        room -= len(part) if isinstance(part, str | dict | list) else 1
        if room > 0 and isinstance(part, dict | list):
            parts += [*part, *part.values()] if isinstance(part, dict) else part
    return room <= 0


def samples(document: JsonObject, pointers: Iterable[str]) -> Samples:
    """Samples of the schemas at some places of a document whose x-compat has no errors. Shapes are none of the
    canonical view, so they are looked at as components of their own; no component can be called so."""
    schemas = {pointer.removeprefix("#"): get(document, pointer) for pointer in pointers}
    view = views.canonical(with_component_schemas(document, schemas)).document
    judges, cost = cache(lambda: validators(view)), costs(view)

    def place(pointer: str) -> str:
        return join("#", "components", "schemas", pointer.removeprefix("#"))

    def candidates(pointer: str, wanted: example_values.Wanted) -> Iterator[Any]:
        return example_values.candidates(view, get(view, place(pointer)), wanted)

    def accepts(pointer: str, value: Any) -> bool:
        try:
            # A long text against a long pattern takes minutes, and nobody reads it.
            is_short = not is_long(value) and len(json.dumps(value)) <= MOST_CHARACTERS
            is_cheap = is_short and cost(place(pointer)) < LIMIT
            return is_cheap and judges()(place(pointer)).is_valid(value)
        except ValueError:  # no sound schema
            return False

    return Samples(candidates, accepts)


def shape_samples(known: Samples, shape: x_compat.Shape, absent: tuple[Any, ...]) -> Iterator[Any]:
    """Values of a shape, none of which means "not given"; where values are renamed, older ones."""
    parts = [hole.part for hole in lens.holes(shape.template)]
    for found in known.candidates(shape.pointer, _tree(parts)):
        for value in _olden(shape, parts, found):
            is_absent = any(facts.equal(value, one) for one in absent)
            if not is_absent and known.accepts(shape.pointer, value):
                yield value


def _tree(parts: list[tuple[str, ...]]) -> dict[str, Any]:
    names = dict.fromkeys(part[0] for part in parts if part)
    return {name: _tree([part[1:] for part in parts if part[:1] == (name,)]) for name in names}


def _olden(shape: x_compat.Shape, parts: list[tuple[str, ...]], value: Any) -> Iterator[Any]:
    for old, _ in shape.values:
        items = [value]
        if shape.each:
            items = value if isinstance(value, list) else []
        for part in parts:
            items = [_put(item, part, old) for item in items]
        yield from ([items] if shape.each else items)
    if not shape.values:
        yield value


def _put(value: Any, part: tuple[str, ...], new: Any) -> Any:
    """A value with another one at a part of it, if it has that part."""
    if not part:
        return new
    if not isinstance(value, dict) or part[0] not in value:
        return value
    return {**value, part[0]: _put(value[part[0]], part[1:], new)}


def folded(shape: x_compat.Shape, value: Any) -> Any:
    """What a value of a shape becomes, if nothing inside it is left to fold."""
    if shape.each:
        return [_filled(shape, shape.template, item) for item in value]
    return _filled(shape, shape.template, value)


def _filled(shape: x_compat.Shape, template: Any, value: Any) -> Any:
    if isinstance(template, dict):
        return {
            name: _filled(shape, item, value)
            for name, item in template.items()
            if not _is_lacking(item, value)
        }
    if isinstance(template, list):
        return [_filled(shape, item, value) for item in template]
    if not lens.is_hole(template):
        return lens.unescaped(template) if isinstance(template, str) else template
    part = get(value, template[1:])
    renamed = dict(shape.values)
    return renamed.get(part, part) if isinstance(part, str) else part


def _is_lacking(template: Any, value: Any) -> bool:
    """Whether a template is a part that the value has not: its member is left out."""
    if not isinstance(template, str) or not template.startswith("$/"):
        return False
    for name in tokens(template[1:]):
        if not isinstance(value, dict) or name not in value:
            return True
        value = value[name]
    return False
