"""Hypothesis strategies made from a JSON Schema (2020-12, as OpenAPI documents hold them).

They aim at values that a schema accepts, and at values that nearly are: what is valid is for a JSON
Schema validator to say, never for the strategy. Keywords that are not read here only make the aim
worse.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from speclens.source.pointer import get

Json = Any
Layers = tuple[Any, ...]

ODD: tuple[Json, ...] = (
    *(None, "", [], {}, True, False, 0, 1, 1.0, 1.5, -1, "x", "1", "true", "null"),
    *([None], [""], [[]], [{}], {"": None}, {"url": None}),
)
"""Values that are taken for one another by careless code."""

_ODD_NAMES = ("", "a/b", "~", "0", "x")
_COMBINATORS = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_DEPTH = 5
_LONGEST = 60


def anything() -> SearchStrategy[Json]:
    """Any JSON value at all, with what only escapes and exponents can say in a JSON text."""
    numbers = st.integers() | st.floats(allow_nan=False) | st.sampled_from([1e400, 10**400])
    texts = st.text(max_size=5) | st.sampled_from(["\ud800", "\x00"])
    return st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    )


def instances(document: dict[str, Any], pointer: str) -> SearchStrategy[Json]:
    """Values that the schema at `pointer` of a document mostly accepts."""
    maker = _Maker(document, tuple(dict.fromkeys(_texts(document))), names(document))
    return maker.values((get(document, pointer),), _DEPTH)


def names(document: Json) -> tuple[str, ...]:
    """The names of all properties of a document, and some that no document has."""
    return (*dict.fromkeys(_names(document)), *_ODD_NAMES)


def _names(value: Json) -> Iterator[str]:
    for key, item in _members(value):
        if key == "properties" and isinstance(item, dict):
            yield from item
        yield from _names(item)


def _texts(value: Json) -> Iterator[str]:
    for _, item in _members(value):
        if isinstance(item, str) and len(item) <= _LONGEST:
            yield item
        yield from _texts(item)


def _members(value: Json) -> list[tuple[Any, Json]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


# Instances


@dataclass(frozen=True, slots=True)
class _Maker:
    document: dict[str, Any]
    texts: tuple[str, ...]
    names: tuple[str, ...]
    made: dict[Any, SearchStrategy[Json]] = field(default_factory=dict)

    def values(self, schemas: Layers, depth: int) -> SearchStrategy[Json]:
        """The values that all of some schemas accept; made once, since schemas may be recursive."""
        key = (depth, *(id(schema) for schema in schemas))
        if key not in self.made:
            alternatives = [
                self._plain(layers, depth)
                for parts in product(*(tuple(self._alternatives(schema)) for schema in schemas))
                for layers in [tuple(layer for part in parts for layer in part)]
            ]
            self.made[key] = st.one_of(alternatives)
        return self.made[key]

    def _alternatives(self, schema: Any) -> Iterator[Layers]:
        """A schema as alternatives, each some schemas without `$ref` and combinators."""
        if schema is False:
            return
        if not isinstance(schema, dict):
            yield ()
            return
        parts: list[list[Layers]] = [[(schema,)]]
        if "$ref" in schema:
            parts.append(list(self._alternatives(get(self.document, schema["$ref"]))))
        parts += [list(self._alternatives(inner)) for inner in schema.get("allOf", ())]
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                parts.append(
                    [one for inner in schema[keyword] for one in self._alternatives(inner)]
                )
        for chosen in product(*parts):
            yield tuple(layer for part in chosen for layer in part)

    def _plain(self, layers: Layers, depth: int) -> SearchStrategy[Json]:
        if not any(layers):
            return st.sampled_from(ODD)
        excluded = [layer["not"] for layer in layers if "not" in layer]
        banned = [value for schema in excluded for value in schema.get("enum", ())]
        types = _types(layers)
        given = [[layer["const"]] if "const" in layer else layer.get("enum") for layer in layers]
        allowed = [values for values in given if values is not None]
        if allowed:
            fitting = [
                value
                for value in allowed[0]
                if all(any(same(value, other) for other in values) for values in allowed)
                and not any(same(value, other) for other in banned)
                and _type(value) & types
            ]
            return st.sampled_from(fitting) if fitting else st.nothing()
        return st.one_of([self._of_type(name, layers, depth) for name in _TYPES if name in types])

    def _of_type(self, name: str, layers: Layers, depth: int) -> SearchStrategy[Json]:
        match name:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer" | "number":
                return _numbers(layers, name == "integer")
            case "string":
                return self._strings(layers)
            case "array":
                return self._arrays(layers, depth)
            case _:
                return self._objects(layers, depth)

    def _strings(self, layers: Layers) -> SearchStrategy[Json]:
        low, high = _bounds(layers, "minLength", "maxLength")
        patterns = [layer["pattern"] for layer in layers if "pattern" in layer]
        fitting = [
            text
            for text in self.texts
            if low <= len(text) <= high and all(re.search(pattern, text) for pattern in patterns)
        ][:4]
        free = st.from_regex(patterns[0]) if patterns else st.text(min_size=low, max_size=low + 4)
        return st.sampled_from(fitting) | free if fitting else free

    def _arrays(self, layers: Layers, depth: int) -> SearchStrategy[Json]:
        low, high = _bounds(layers, "minItems", "maxItems")
        most = low if depth <= 0 else min(high, low + 3)
        if not most:
            return st.builds(list)
        items = self.values(
            tuple(layer["items"] for layer in layers if "items" in layer), depth - 1
        )
        if most < low:
            return st.nothing()
        return st.lists(items, min_size=low, max_size=most)

    def _objects(self, layers: Layers, depth: int) -> SearchStrategy[Json]:
        declared: dict[str, list[Any]] = {}
        for layer in layers:
            for name, schema in layer.get("properties", {}).items():
                declared.setdefault(name, []).append(schema)
        required = {name for layer in layers for name in layer.get("required", ())}
        unwanted = {name for layer in layers for name in layer.get("not", {}).get("required", ())}
        known = {
            name: self.values(tuple(declared.get(name, ())), depth - 1)
            for name in dict.fromkeys((*declared, *sorted(required)))
            if name in required or (name not in unwanted and depth > 0)
        }
        members = st.fixed_dictionaries(
            {name: values for name, values in known.items() if name in required},
            optional={name: values for name, values in known.items() if name not in required},
        )
        free = [name for name in self.names if name not in declared and name not in unwanted]
        rest = [
            layer["additionalProperties"] for layer in layers if "additionalProperties" in layer
        ]
        if False in rest or depth <= 0 or not free:
            return members
        further = self.values(tuple(rest), 0) if rest else st.sampled_from(ODD)
        others = st.dictionaries(st.sampled_from(free), further, max_size=2)
        return st.builds(lambda a, b: {**b, **a}, members, st.just({}) | others)


def _type(value: Json) -> set[str]:
    """The names that JSON Schema has for the type of a value."""
    if isinstance(value, bool) or value is None:
        return {"null" if value is None else "boolean"}
    if isinstance(value, int | float):
        return {"number", "integer"} if value == int(value) else {"number"}
    return {
        "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
    }


def _types(layers: Layers) -> set[str]:
    found = set(_TYPES)
    for layer in layers:
        if "type" in layer:
            declared = layer["type"] if isinstance(layer["type"], list) else [layer["type"]]
            widened = {*declared, "integer"} if "number" in declared else set(declared)
            found &= widened
    return found


def _bounds(layers: Layers, low: str, high: str) -> tuple[int, int]:
    return (
        max((layer[low] for layer in layers if low in layer), default=0),
        min((layer[high] for layer in layers if high in layer), default=1000),
    )


def _numbers(layers: Layers, is_integer: bool) -> SearchStrategy[Json]:
    low = max((layer["minimum"] for layer in layers if "minimum" in layer), default=None)
    high = min((layer["maximum"] for layer in layers if "maximum" in layer), default=None)
    if not is_integer:
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    whole = st.integers(low, high)
    return whole | st.integers(0 if low is None else low, 9 if high is None else high).map(float)


# Mutations


def near_misses(values: SearchStrategy[Json], known: tuple[str, ...]) -> SearchStrategy[Json]:
    """As often a value as one with something changed in it."""
    changed = mutated(values, known)
    return st.booleans().flatmap(lambda is_changed: changed if is_changed else values)


def mutated(values: SearchStrategy[Json], known: tuple[str, ...]) -> SearchStrategy[Json]:
    """Values with one to three things changed somewhere; `known` are names for members."""

    @st.composite
    def change(draw: DrawFn) -> Json:
        root = [copy.deepcopy(draw(values))]
        for _ in range(draw(st.integers(1, 3))):
            holder, key = draw(st.sampled_from(list(_places(root))))
            draw(st.sampled_from(_MUTATIONS))(draw, holder, key, known)
            if not root:
                return None
        return root[0]

    return change()


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in _members(holder):
        yield holder, key
        yield from _places(item)


def _drop(_: DrawFn, holder: Any, key: Any, __: tuple[str, ...]) -> None:
    del holder[key]


def _retype(draw: DrawFn, holder: Any, key: Any, _: tuple[str, ...]) -> None:
    holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))


def _number_or_boolean(_: DrawFn, holder: Any, key: Any, __: tuple[str, ...]) -> None:
    """`true` for 1, 1.0 for 1, "1" for 1: what Python or a lax parser takes for the same."""
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = int(value)
    elif isinstance(value, int):
        holder[key] = float(value) if abs(value) < 2**53 else str(value)
    else:
        holder[key] = str(value)


def _repeat(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    """An item twice; a member under a second name, too."""
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[draw(st.sampled_from(known))] = copy.deepcopy(holder[key])


def _rename(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    """A member under another name: the value of one shape in the place of another."""
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(known))] = holder.pop(key)


def _wrap(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    is_item = draw(st.booleans())
    holder[key] = [holder[key]] if is_item else {draw(st.sampled_from(known)): holder[key]}


def _unwrap(_: DrawFn, holder: Any, key: Any, __: tuple[str, ...]) -> None:
    if inner := _members(holder[key]):
        holder[key] = inner[0][1]


def _add(draw: DrawFn, holder: Any, key: Any, known: tuple[str, ...]) -> None:
    inner = holder[key] if isinstance(holder[key], dict) else holder
    if isinstance(inner, dict):
        inner[draw(st.sampled_from(known))] = copy.deepcopy(draw(st.sampled_from(ODD)))


_MUTATIONS: tuple[Callable[[DrawFn, Any, Any, tuple[str, ...]], None], ...] = (
    *(_drop, _retype, _number_or_boolean, _repeat, _rename, _wrap, _unwrap, _add),
)


def same(a: Json, b: Json) -> bool:
    """Equality of JSON values: `true` is not 1, `1.0` is."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(item, b[key]) for key, item in a.items())
    return bool(a == b)


def with_members(
    values: SearchStrategy[Json], known: list[str], inner: SearchStrategy[Json]
) -> SearchStrategy[Json]:
    """Objects in which one or two members are something else."""
    others = st.dictionaries(st.sampled_from(known), inner, min_size=1, max_size=2)
    objects = values.filter(lambda value: isinstance(value, dict))
    return st.builds(lambda value, members: {**value, **members}, objects, others)
