"""Hypothesis strategies made from a JSON Schema (2020-12, as OpenAPI documents hold them).

They aim at values that a schema accepts. Only a JSON Schema validator judges what is valid, never the strategy. So keywords
that this module ignores, and limits that keep large documents fast, only make the aim worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from speclens.lower.ground import identity
from speclens.source.pointer import JsonObject, follow, get
from speclens.verify import layers as of
from speclens.verify import scalars
from speclens.verify.layers import JSON_TYPES, Layers
from speclens.verify.mutations import ODD
from speclens.verify.values import Json, members

_ODD_NAMES = ("", "a/b", "~", "0", "x")
_DEPTH = 5
_DEEPEST = 60
_LONGEST = 60
_MOST_ITEMS = 10
_MOST_OPTIONAL = 12
_FEW = 3
_MOST_TEXTS = 200
_MOST_VALUES = 500
"""The most values in the smallest value of a schema. Hypothesis draws few larger ones, and takes long to give up."""
_LARGE = 100
"""From this size of the smallest array on, the strategy draws no longer arrays."""


def instances(document: JsonObject) -> Callable[[str], SearchStrategy[Json]]:
    """A function from a schema's pointer to a strategy of values that the schema mostly accepts."""
    every, known, near = tuple(_texts(document)), property_names(document), scalars.edges(document)

    def made(pointer: str) -> SearchStrategy[Json]:
        texts = tuple(dict.fromkeys(_texts(get(document, pointer))))[:_MOST_TEXTS]
        more = tuple(dict.fromkeys((*texts, *every)))[:_MOST_TEXTS]
        return _Maker(document, more, known, near).values((get(document, pointer),), _DEPTH)

    return made


def property_names(document: Json) -> tuple[str, ...]:
    """The names of all properties of a document, and some odd ones."""
    return (*dict.fromkeys(_names(document)), *_ODD_NAMES)


def _names(value: Json) -> Iterator[str]:
    for key, item in members(value):
        if key == "properties" and isinstance(item, dict):
            yield from item
        yield from _names(item)


def _texts(value: Json) -> Iterator[str]:
    for _, item in members(value):
        if isinstance(item, str) and len(item) <= _LONGEST:
            yield item
        yield from _texts(item)


@dataclass(frozen=True, slots=True)
class _Maker:
    document: JsonObject
    texts: tuple[str, ...]
    names: tuple[str, ...]
    edges: tuple[int, ...]
    made: dict[Any, SearchStrategy[Json]] = field(default_factory=dict)
    within: list[tuple[int, ...]] = field(default_factory=list)
    least: dict[SearchStrategy[Json], int] = field(default_factory=dict)
    """The number of values in the smallest value of a strategy, if not one."""

    def values(self, schemas: Layers, depth: int) -> SearchStrategy[Json]:
        """A strategy of values that all of the schemas accept. It is made once, since schemas may be recursive."""
        places = tuple(id(schema) for schema in schemas)
        if depth < -_DEEPEST or (depth < 0 and places in self.within):
            return st.nothing()  # no finite value is valid, or another alternative gives one
        if (depth, *places) not in self.made:
            self.within.append(places)
            parts = [list(self._alternatives(schema, ())) for schema in schemas]
            plain = [(one, self._plain(one, depth)) for one in of.combined(parts)]
            made = st.one_of([made for one, made in plain for _ in range(_weight(one))])
            self._measure(made, [one for _, one in plain])
            self.within.pop()
            self.made[depth, *places] = made
        return self.made[depth, *places]

    def _alternatives(self, schema: Any, seen: tuple[int, ...]) -> Iterator[Layers]:
        """The alternatives of a schema; none for a schema that contains itself."""
        if schema is False or id(schema) in seen:
            return
        if not isinstance(schema, dict):
            yield ()
            return
        inner, seen = [], (*seen, id(schema))
        if "$ref" in schema:
            place, target = follow(self.document, "", schema)
            inner.append([target] if place else [True])
        inner += [[part] for part in schema.get("allOf", ())]
        inner += [schema[keyword] for keyword in ("anyOf", "oneOf") if keyword in schema]
        parts: list[list[Layers]] = [[(schema,)]]
        for branches in inner:
            parts.append([one for part in branches for one in self._alternatives(part, seen)])
        yield from of.combined(parts)

    def _plain(self, layers: Layers, depth: int) -> SearchStrategy[Json]:
        if not any(layers):
            return st.sampled_from(ODD)
        types = of.types(layers)
        given = [[layer["const"]] if "const" in layer else layer.get("enum") for layer in layers]
        allowed = [values for values in given if isinstance(values, list)]
        if allowed:
            known = frozenset.intersection(
                *(frozenset(map(identity, values)) for values in allowed)
            )
            known -= {identity(value) for layer in layers for value in of.excluded(layer, "enum")}
            fitting = [
                value
                for value in allowed[0]
                if identity(value) in known and of.types_of_value(value) & types
            ]
            return st.sampled_from(fitting) if fitting else st.nothing()
        kinds = [self._of_type(name, layers, depth) for name in JSON_TYPES if name in types]
        made = st.one_of(kinds)
        self._measure(made, kinds)
        return made

    def _measure(self, made: SearchStrategy[Json], options: list[SearchStrategy[Json]]) -> None:
        """Records the size of a strategy's smallest value, from its options."""
        sizes = [self.least.get(one, 1) for one in options if not one.is_empty]
        self.least[made] = min(sizes, default=1)

    def _of_type(self, name: str, layers: Layers, depth: int) -> SearchStrategy[Json]:
        match name:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer" | "number":
                return scalars.numbers(layers, name == "integer", self.edges)
            case "string":
                return scalars.texts(layers, self.texts, self.edges)
            case "array":
                return self._arrays(layers, depth)
            case _:
                return self._objects(layers, depth)

    def _arrays(self, layers: Layers, depth: int) -> SearchStrategy[Json]:
        low, high = of.sizes(layers, "minItems", "maxItems")
        near = [edge for edge in self.edges if edge <= _MOST_ITEMS]
        most = low if depth <= 0 else min(high, max([low + 3, *near]))
        if not most:
            return st.builds(list)
        if most < low:
            return st.nothing()
        schemas = tuple(layer["items"] for layer in layers if "items" in layer)
        items = self.values(schemas, depth - 1)
        if items.is_empty:
            return st.nothing() if low else st.builds(list)
        size = 1 + low * self.least.get(items, 1)
        if size > _MOST_VALUES:
            return st.nothing()
        made = st.lists(items, min_size=low, max_size=low if size > _LARGE else most)
        self.least[made] = size
        return made

    def _objects(self, layers: Layers, depth: int) -> SearchStrategy[Json]:
        declared: dict[str, list[Any]] = {}
        for layer in layers:
            for name, schema in layer.get("properties", {}).items():
                declared.setdefault(name, []).append(schema)
        required = {name for layer in layers for name in layer.get("required", ())}
        unwanted = {name for layer in layers for name in of.excluded(layer, "required")}
        known = {
            name: self.values(tuple(declared.get(name, ())), depth - 1)
            for name in dict.fromkeys((*declared, *sorted(required)))
            if name in required or (name not in unwanted and depth > 0)
        }
        size = 1 + sum(self.least.get(known[name], 1) for name in required)
        if size > _MOST_VALUES or any(known[name].is_empty for name in required):
            return st.nothing()
        made = self._of_members(layers, known, required, declared.keys() | unwanted, depth)
        self.least[made] = size
        return made

    def _of_members(
        self,
        layers: Layers,
        known: dict[str, SearchStrategy[Json]],
        required: Set[str],
        taken: Set[str],
        depth: int,
    ) -> SearchStrategy[Json]:
        """Objects with known members, and as often with further members that are not `taken`."""
        given = _members(
            {name: values for name, values in known.items() if name in required},
            {name: values for name, values in known.items() if name not in required},
        )
        free = [name for name in self.names if name not in taken]
        rest = [
            layer["additionalProperties"] for layer in layers if "additionalProperties" in layer
        ]
        if False in rest or depth <= 0 or not free:
            return given
        further = self.values(tuple(rest), 0) if rest else st.sampled_from(ODD)
        if further.is_empty:
            return given
        others = st.dictionaries(st.sampled_from(free), further, max_size=2)
        return st.builds(lambda a, b: {**b, **a}, given, st.just({}) | others)


def _weight(layers: Layers) -> int:
    """The weight of an alternative. One with many values is drawn more often than one with few, such as null."""
    return 1 if any("enum" in layer or "const" in layer for layer in layers) else 3


def _members(
    required: dict[str, SearchStrategy[Json]], optional: dict[str, SearchStrategy[Json]]
) -> SearchStrategy[Json]:
    """Objects with all required members, and with any, a few or all optional ones; if these are very many, always a few."""
    some = {name: values for name, values in optional.items() if not values.is_empty}
    if len(some) > _MOST_OPTIONAL:
        return _with_a_few(required, some, _MOST_OPTIONAL)
    found = [st.fixed_dictionaries(required, optional=some)]
    if len(some) > _FEW:
        found.append(_with_a_few(required, some, _FEW))
    return st.one_of(*found, st.fixed_dictionaries({**required, **some}))


def _with_a_few(
    required: dict[str, SearchStrategy[Json]], optional: dict[str, SearchStrategy[Json]], most: int
) -> SearchStrategy[Json]:
    given = st.fixed_dictionaries(required)
    chosen = st.lists(st.sampled_from(sorted(optional)), max_size=most, unique=True)

    @st.composite
    def draw_some(draw: DrawFn) -> Json:
        return draw(given) | {name: draw(optional[name]) for name in draw(chosen)}

    return draw_some()
