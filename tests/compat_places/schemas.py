"""Schemas with x-compat, bare and inside of others, each with an old value and what becomes of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any


@dataclass(frozen=True)
class Sample:
    """A schema, the JSON types that it accepts, a value in an older shape, and that value in canonical form. `said` names
    how the schema is put together; `is_open` says whether more members may stand beside those it names."""

    said: str
    schema: Any
    types: frozenset[str]
    old: Any
    new: Any
    is_open: bool = False


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
COMPONENTS: dict[str, Any] = {
    "Paint": {
        **_object(color=TEXT, colour={**TEXT, "x-compat": {"into": "/color"}}),
        "required": ["color"],
    },
    "Picture": {
        "oneOf": [
            {**_object(url=TEXT), "required": ["url"]},
            {**TEXT, "x-compat": {"to": {"url": "$"}}},
        ]
    },
    "Post": _object(
        tags={"type": "array", "items": TEXT},
        tag={
            "x-compat": {"into": "/tags"},
            "oneOf": [
                {**TEXT, "x-compat": {"to": ["$"]}},
                {"type": "array", "items": TEXT, "x-compat": {}},
            ],
        },
    ),
    "Size": {
        "oneOf": [
            {**TEXT, "enum": ["s", "l"]},
            {
                **TEXT,
                "enum": ["small", "large"],
                "x-compat": {"values": {"small": "s", "large": "l"}},
            },
        ]
    },
    "Job": _object(
        output=_object(format=TEXT, width={"type": "integer"}),
        output_format={**TEXT, "x-compat": {"into": "/output/format"}},
    ),
    "Words": {
        "oneOf": [
            {"type": "array", "items": TEXT},
            {**TEXT, "x-compat": {"to": ["$"]}},
        ]
    },
    "Note": _object(text=TEXT, body={**TEXT, "x-compat": {"into": "/text", "absent": [None, ""]}}),
    "Tree": _object(
        name=TEXT,
        title={**TEXT, "x-compat": {"into": "/name"}},
        parts={"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
    ),
    # Since 3.1 keywords beside a `$ref` count.
    "Plain": _object(plain=TEXT),
    "Framed": {
        "$ref": "#/components/schemas/Plain",
        **_object(paint={"$ref": "#/components/schemas/Paint"}),
    },
    "Tinted": {
        "$ref": "#/components/schemas/Plain",
        **_object(tint=TEXT, shade={**TEXT, "x-compat": {"into": "/tint"}}),
    },
    # What tells kinds apart: a union with a discriminator, and a base with children.
    "Cat": {
        "allOf": [
            {"$ref": "#/components/schemas/Paint"},
            {**_object(kind=TEXT), "required": ["kind"]},
        ]
    },
    "Dog": {**_object(kind=TEXT, colour={"type": "integer"}), "required": ["kind"]},
    "Vehicle": {
        **_object(kind=TEXT, wheels={"type": "integer"}),
        "required": ["kind"],
        "discriminator": {"propertyName": "kind"},
    },
    "Car": {
        "allOf": [
            {"$ref": "#/components/schemas/Vehicle"},
            _object(
                seats={"type": "integer"},
                places={"type": "integer", "x-compat": {"into": "/seats"}},
            ),
        ]
    },
    "Bike": {
        "allOf": [
            {"$ref": "#/components/schemas/Vehicle"},
            _object(places={"type": "boolean"}),
        ]
    },
}
_TREE = {"title": "a", "parts": [{"title": "b"}]}, {"name": "a", "parts": [{"name": "b"}]}
VALUES: dict[str, tuple[str, list[tuple[Any, Any]]]] = {
    "Paint": ("object", [({"colour": "red"}, {"color": "red"})]),
    "Picture": ("object string", [("a.png", {"url": "a.png"})]),
    "Post": (
        "object",
        [({"tag": "x"}, {"tags": ["x"]}), ({"tag": ["x", "y"]}, {"tags": ["x", "y"]})],
    ),
    "Size": ("string", [("small", "s")]),
    "Job": (
        "object",
        [
            (
                {"output_format": "png", "output": {"width": 2}},
                {"output": {"width": 2, "format": "png"}},
            )
        ],
    ),
    "Words": ("array string", [("a", ["a"])]),
    "Tree": ("object", [_TREE]),
    "Framed": (
        "object",
        [({"plain": "x", "paint": {"colour": "red"}}, {"plain": "x", "paint": {"color": "red"}})],
    ),
    "Tinted": ("object", [({"plain": "x", "shade": "red"}, {"plain": "x", "tint": "red"})]),
    "Note": (
        "object",
        [({"text": "a", "body": ""}, {"text": "a"}), ({"body": "b"}, {"text": "b"})],
    ),
}


SINCE_31 = {"Framed", "Tinted"}


def bare(random: Random, is_30: bool) -> Sample:
    """One of the schemas, by reference or inline; or one that a discriminator finds."""
    named = [name for name in VALUES if not (is_30 and name in SINCE_31)]
    name = random.choice([*named, "Cat or Dog", "Vehicle"])
    reference = {"$ref": f"#/components/schemas/{name}"}
    if name == "Vehicle":
        rest = {"kind": "Car", "wheels": 4}
        return Sample(
            name, reference, frozenset({"object"}), {**rest, "places": 5}, {**rest, "seats": 5}
        )
    if name == "Cat or Dog":
        schema = {
            "oneOf": [{"$ref": "#/components/schemas/Dog"}, {"$ref": "#/components/schemas/Cat"}],
            "discriminator": {"propertyName": "kind"},
        }
        return Sample(
            name,
            schema,
            frozenset({"object"}),
            {"kind": "Cat", "colour": "red"},
            {"kind": "Cat", "color": "red"},
        )
    kinds, values = VALUES[name]
    old, new = random.choice(values)
    is_inline = random.random() < 0.5
    inner = copy.deepcopy(COMPONENTS[name]) if is_inline else reference
    said = f"{name} inline" if is_inline else name
    is_open = kinds == "object"
    return Sample(said, inner, frozenset(kinds.split()), old, new, is_open)


def _array(one: Sample, is_30: bool) -> Sample:
    schema = {"type": "array", "items": one.schema}
    return Sample(
        "array of", schema, frozenset({"array"}), [one.old, one.new, one.old], [one.new] * 3
    )


def _map(one: Sample, is_30: bool) -> Sample:
    schema = {"type": "object", "additionalProperties": one.schema}
    return Sample(
        "map of",
        schema,
        frozenset({"object"}),
        {"k": one.old, "m": one.new},
        {"k": one.new, "m": one.new},
    )


def _member(one: Sample, is_30: bool) -> Sample:
    schema = {**_object(held=one.schema, count={"type": "integer"}), "required": ["held"]}
    return Sample(
        "member of",
        schema,
        frozenset({"object"}),
        {"held": one.old, "count": 1},
        {"held": one.new, "count": 1},
    )


def _rest(one: Sample, is_30: bool) -> Sample:
    schema = {**_object(count={"type": "integer"}), "additionalProperties": one.schema}
    return Sample(
        "rest of",
        schema,
        frozenset({"object"}),
        {"count": 1, "k": one.old},
        {"count": 1, "k": one.new},
    )


def _nullable(one: Sample, is_30: bool) -> Sample:
    types = one.types | {"null"}
    if is_30:
        return replace(
            one, said="nullable", schema={"nullable": True, "allOf": [one.schema]}, types=types
        )
    return replace(
        one, said="or null", schema={"anyOf": [one.schema, {"type": "null"}]}, types=types
    )


def _null(one: Sample, is_30: bool) -> Sample:
    outer = _nullable(one, is_30)
    return replace(outer, said=f"null {outer.said}", old=None, new=None, is_open=False)


def _other(one: Sample, is_30: bool) -> Sample:
    schema = {"oneOf": [{"type": "boolean"}, one.schema]}
    return replace(
        one, said="or boolean", schema=schema, types=one.types | {"boolean"}, is_open=False
    )


def _described(one: Sample, is_30: bool) -> Sample:
    return replace(
        one, said="allOf of", schema={"description": "More words.", "allOf": [one.schema]}
    )


def _more(one: Sample, is_30: bool) -> Sample:
    schema = {"allOf": [one.schema, _object(more={"type": "integer"})]}
    old, new = {**one.old, "more": 1}, {**one.new, "more": 1}
    return replace(one, said="allOf with more beside", schema=schema, old=old, new=new)


def _beside(one: Sample, is_30: bool) -> Sample:
    schema = {**_object(more={"type": "integer"}), "allOf": [one.schema]}
    return replace(
        one,
        said="allOf beside properties",
        schema=schema,
        old={**one.old, "more": 1},
        new={**one.new, "more": 1},
    )


Wrapper = Callable[[Sample, bool], Sample]


def _wrappers(one: Sample) -> list[Wrapper]:
    found: list[Wrapper] = [_array, _map, _member, _rest]
    # Models do not admit the null of a nullable schema inside of an `allOf` (3.0).
    found += [_described] if "null" not in one.types else []
    found += [_nullable, _null] if "null" not in one.types else []
    found += [_other] if "boolean" not in one.types else []
    found += [_more, _beside] if one.is_open else []
    return found


def drawn(random: Random, is_30: bool, depth: int) -> Sample:
    """A schema inside of others, at most `depth` deep."""
    one = bare(random, is_30)
    for _ in range(random.randint(0, depth)):
        outer = random.choice(_wrappers(one))(one, is_30)
        one = replace(outer, said=f"{outer.said} {one.said}")
    return one
