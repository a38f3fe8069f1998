"""The wire view of objects with older fields takes the payloads that the code takes, or that have a conflict, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema_rs import validator_for

from built import HEAD, imported, problems, schemas, texts
from growth import LINEAR, exponent
from speclens.lower.rewrites import views
from speclens.reading.modern import modern

TEXT = {"type": "string"}
COMPAT = "x-compat"
LEFT_OUT = object()


def older(hub: str, schema: Any = None, **keywords: Any) -> dict[str, Any]:
    return {**(schema or TEXT), COMPAT: {"into": hub, **keywords}}


def thing(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties}


def groups(*found: str) -> Any:
    return [{"required": one.split()} for one in found]


SIZED = thing("g", f=TEXT, g={"type": "integer"})
FREE = thing(f=TEXT, g={"type": "integer"})
OR_NULL = {**FREE, "type": ["object", "null"]}
OLD = thing("w", w=TEXT, v=older("/w"), n={"type": "integer"})
PREFER = {COMPAT: {"hubs": {"/c": {"conflict": "prefer"}}}}
EMPTY = {COMPAT: {"absent": [None]}}
DEEP = {"o": thing(f=TEXT, s=TEXT), "of": older("/o/f"), "os": older("/o/s")}

Row = tuple[dict[str, Any], dict[str, list[Any]], list[Any]]
ROWS: dict[str, Row] = {
    "deep hub beside a hub": (
        thing(c=thing("w", w=TEXT, v=older("/w"), f=TEXT), of=older("/c/f")),
        {"c": [{}, {"v": "x"}, {"w": "x"}], "of": [None, "y"]},
        [{"c": {"v": "x"}}, {"c": {"w": "x"}, "of": "y"}, {}],
    ),
    "a hub that a nested object and the outer one fold into": (
        thing(c=thing("w", w={**TEXT, COMPAT: {"absent": [""]}}, v=older("/w"), f=TEXT), of=older("/c/w")),
        {"c": [{}, {"v": "x"}, {"w": ""}, {"w": "", "v": "x"}], "of": [None, "x"]},
        [{"c": {"v": "x"}}, {"c": {"w": "", "v": "x"}}, {"of": "x"}, {"c": {}, "of": "x"}],
    ),
    "a group without a source": (
        thing(c=TEXT, s=older("/c"), t=older("/c")) | {"anyOf": groups("c", "s")},
        {"c": ["x"], "s": [None, "x"], "t": [None, "x"]},
        [{"c": "x"}, {"s": "x"}, {"t": "x"}],
    ),
    "a group of the hub alone": (
        thing(c=TEXT, s=older("/c"), q=TEXT) | {"anyOf": groups("c", "q")},
        {"c": ["x"], "s": [None, "x"], "q": ["x"]},
        [{"c": "x"}, {"s": "x"}, {"q": "x"}],
    ),
    "groups that share a hub": (
        thing(c=TEXT, s=older("/c"), d=TEXT, t=older("/d"), q=TEXT) | {"anyOf": groups("c d", "c t", "s d", "s t", "c q", "s q")},
        {"c": ["x"], "s": [None, "x"], "d": ["x"], "t": ["x"], "q": ["x"]},
        [{"c": "x", "d": "x"}, {"s": "x", "t": "x"}, {"s": "x", "q": "x"}],
    ),
    "a group of the object that holds a hub": (
        thing(**DEEP) | {"anyOf": groups("o", "of")},
        {"o": [{}, {"f": "x"}], "of": [None, "x"], "os": [None, "x"]},
        [{"o": {}}, {"of": "x"}, {"os": "x"}],
    ),
    "a group of a deep hub beside another property": (
        thing(**DEEP, q=TEXT) | {"anyOf": groups("of", "q")},
        {"o": [{}, {"f": "x"}], "of": [None, "x"], "os": [None, "x"], "q": ["x"]},
        [{"o": {}}, {"of": "x"}, {"os": "x"}, {"q": "x"}],
    ),
    "an object and its part": (
        thing(c=SIZED, s=older("/c", SIZED), t=older("/c/f")),
        {"c": [{"g": 1}, {}], "s": [{"g": 1}, {"g": 1, "f": "x"}], "t": ["x"]},
        [{"s": {"g": 1}, "t": "x"}, {"c": {"g": 1}, "t": "x"}, {}],
    ),
    "a part and its object": (
        thing(t=older("/c/f"), s=older("/c", SIZED), c=SIZED),
        {"c": [{"g": 1}, {}], "s": [{"g": 1}, {"g": 1, "f": "x"}], "t": ["x"]},
        [{"s": {"g": 1}, "t": "x"}, {"c": {"g": 1}, "t": "x"}, {}],
    ),
    "an absent object": (
        thing(c={**thing("f", "g", **FREE["properties"]), COMPAT: {"absent": [""]}}, s=older("/c/g", {"type": "integer"})),
        {"c": ["", {"f": "x"}, {"f": "x", "g": 1}], "s": [None, 1]},
        [{"c": {"f": "x"}, "s": 1}, {"c": ""}, {}],
    ),
    "an object or null": (
        thing(c=OR_NULL, s=older("/c/f")),
        {"c": [None, {}], "s": [None, "x"]},
        [{"c": None}, {"s": "x"}, {"c": {}, "s": "x"}],
    ),
    "an object or null that is not given": (
        thing(c={**SIZED, "type": ["object", "null"], **EMPTY}, s=older("/c/f")),
        {"c": [None, {}, {"g": 1}], "s": [None, "x"]},
        [{"c": None}, {"c": {"g": 1}, "s": "x"}],
    ),
    "a nested object or null": (
        thing(b=thing(c=OR_NULL), s=older("/b/c/f")),
        {"b": [{}, {"c": None}, {"c": {}}], "s": [None, "x"]},
        [{"b": {"c": None}}, {"s": "x"}, {"b": {}, "s": "x"}],
    ),
    "a nested object or null that is not given": (
        thing(b=thing(c={**SIZED, "type": ["object", "null"], **EMPTY}), s=older("/b/c/f"), t=older("/b/c/g", {"type": "integer"})),
        {"b": [{}, {"c": None}, {"c": {"g": 1}}], "s": [None, "x"], "t": [1]},
        [{"b": {"c": None}}, {"b": {"c": None}, "s": "x", "t": 1}, {"b": {"c": {"g": 1}}, "s": "x"}],
    ),
    "a part that is not given": (
        thing(c=thing(w={"type": "string", "maxLength": 1, COMPAT: {"absent": [None]}}), s=older("/c/w"))
        | {COMPAT: {"hubs": {"/c/w": {"absent": [None, 3]}}}},
        {"c": [None, {}, {"w": None}, {"w": 3}, {"w": "xy"}], "s": [None, 3, "x"]},
        [{"c": {"w": None}}, {"c": {"w": 3}, "s": "x"}],
    ),
    "an object or null with spokes of its own": (
        thing(c=OR_NULL, t=older("/c/f"), s=older("/c", FREE)) | {COMPAT: {"hubs": {"/c": {"absent": [None]}}}},
        {"c": [None, {}], "s": [None, {"g": 1}], "t": [None, "x"]},
        [{"c": None}, {"t": "x"}, {"c": None, "s": {"g": 1}, "t": "x"}],
    ),
    "an object with older parts that may be set aside": (
        thing(c=OLD, s=older("/c", OLD)) | PREFER,
        {"c": [{"w": "x"}, {"v": None}], "s": [{"w": "x"}, {"v": "x"}, {"v": None}, {"v": 3}, {"w": "x", "n": "x"}, {"w": "x", "v": None}]},
        [{"c": {"w": "x"}, "s": {"v": "x"}}, {"s": {"w": "x", "v": None}}],
    ),
    "members that are counted as sent": (
        thing(c={"type": "object"}, s=older("/c", {"minProperties": 1, **thing(p={**TEXT, COMPAT: {"absent": [""]}})})) | PREFER,
        {"c": [{}], "s": [{}, {"p": ""}, {"p": "x"}, {"p": 3}]},
        [{"s": {"p": ""}}, {"c": {}, "s": {"p": "x"}}],
    ),
    "items with older parts that may be set aside": (
        thing(c={"type": "array", "items": OLD}, s={"oneOf": [{**OLD, COMPAT: {"to": ["$"]}}, {"type": "array", "items": OLD, COMPAT: {}}], COMPAT: {"into": "/c"}})
        | PREFER,
        {"c": [[], [{"v": "x"}]], "s": [one for value in ({"v": "x"}, {"v": None}, {"w": "x", "n": "x"}, {"w": "x", "v": None}) for one in (value, [value])]},
        [{"c": [], "s": [{"v": "x"}]}, {"s": {"w": "x", "v": None}}],
    ),
    "items that are merged": (
        thing(c={"type": ["array", "null"], "items": TEXT, "minItems": 2}, s=older("/c", {"type": "array", "items": TEXT}))
        | {COMPAT: {"hubs": {"/c": {"conflict": "merge"}}}},
        {"c": [None, [], ["x"], ["x", "y"], ["x", "x"]], "s": [None, ["y", "z"], ["x", "z"]]},
        [{"c": ["x", "y"], "s": ["y", "z"]}, {"c": None, "s": None}, {"c": None}],
    ),
    "a part that a template leaves out": (
        thing(c=TEXT, s={**thing("a", a=OLD, b={"type": "array", "items": OLD}), COMPAT: {"into": "/c", "to": "$/a/w"}}),
        {"s": [{"a": {"v": "x"}, "b": [one]} for one in ({"v": "x"}, {"v": None}, {"w": "x", "n": "x"}, {"w": "x", "v": None})] + [{"a": {"w": "x", "v": None}}]},
        [{"s": {"a": {"v": "x"}, "b": [{"w": "x", "v": None}]}}, {"s": {"a": {"w": "x", "v": None}}}],
    ),
    "what several spokes make": (
        thing(o=thing("f", "s", f=TEXT, s=TEXT, t=TEXT), of=older("/o/f"), os=older("/o/s"), ot=older("/o/t")),
        {"o": [{}, {"f": "x"}, {"f": "x", "s": "x"}], "of": [None, "x"], "os": ["x"], "ot": ["x"]},
        [{"of": "x", "os": "x"}, {"o": {"f": "x"}, "os": "x", "ot": "x"}, {}],
    ),
}  # fmt: skip
"""By a name: an object, the values that its members may have in a payload, and some of the payloads that are taken."""


DOCUMENT = {
    **HEAD,
    "components": {"schemas": {f"X{index}": row[0] for index, row in enumerate(ROWS.values())}},
}


@pytest.fixture(scope="module")
def normalizers(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("wire"), "normalizers")


@pytest.mark.parametrize("name", ROWS)
def test_the_wire_view_takes_what_the_code_takes(name: str, normalizers: ModuleType) -> None:
    schema, given, expected = ROWS[name]
    index = list(ROWS).index(name)
    alone = {**HEAD, "components": {"schemas": {"X": schema}}}
    wire, canonical = (
        validator_for({"$ref": "#/components/schemas/X", **view(modern(alone)).document}).is_valid
        for view in (views.wire, views.canonical)
    )
    fold, taken, refused = getattr(normalizers, f"normalize_x{index}"), [], 0
    for found in product(*([LEFT_OUT, *values] for values in given.values())):
        named = zip(given, found, strict=True)
        payload = {one: value for one, value in named if value is not LEFT_OUT}
        try:
            is_taken = canonical(fold(payload).value)
        except ValueError as error:
            is_taken = wire(payload) if getattr(error, "rule", "") == "conflict" else False
        assert is_taken == wire(payload), (payload, "taken" if is_taken else "refused")
        taken += [payload] if is_taken else []
        refused += not is_taken
    assert [one for one in expected if one not in taken] == []
    assert refused


@pytest.mark.parametrize(
    ("conflict", "payload", "told"),
    [
        ("equal", {"s": "x", "t": "y"}, "/t: says something else than /s"),
        ("equal", {"c": {"f": "x"}, "t": "y"}, "/t: says something else than /c/f"),
        ("equal", {"c": {"f": "x"}, "s": "y"}, "/s: says something else than /c"),
        ("prefer", {"c": {"f": "x"}, "s": "y", "t": "z"}, "/t: says something else than /c/f"),
    ],
)
def test_a_conflict_names_what_was_sent(
    conflict: str, payload: Any, told: str, tmp_path: Path
) -> None:
    """Of a part and of the object that it is in."""
    schema = thing(c=thing(f=TEXT), s=older("/c", to={"f": "$"}), t=older("/c/f"))
    hubs = {COMPAT: {"hubs": {"/c": {"conflict": conflict}}}}
    normalizers = imported(texts(schemas(X=schema | hubs)), tmp_path, "normalizers")
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        normalizers.normalize_x(payload)


def wide(count: int) -> Any:
    """Many older names of a property, and a group for each."""
    names = [f"s{number}" for number in range(count)]
    return thing(h=TEXT, **{name: older("/h") for name in names}) | {"anyOf": groups("h", *names)}


def many_parts(count: int) -> Any:
    """An object that requires all that it has, each by an older name."""
    parts = {f"h{number}": TEXT for number in range(count)}
    spokes = {f"s{number}": older(f"/o/h{number}") for number in range(count)}
    return thing(o=thing(*parts, **parts), **spokes)


@pytest.mark.parametrize("make", [wide, many_parts], ids=lambda make: make.__name__)
def test_the_wire_view_grows_with_the_document(make: Callable[[int], Any]) -> None:
    def document(count: int) -> Any:
        return {**HEAD, "components": {"schemas": {"X": make(count)}}}

    assert exponent(document, views.wire, 300) <= LINEAR


def crossed(count: int) -> Any:
    """As many groups as older names of one property, and another property in each."""
    spokes = {f"s{number}": older("/h") for number in range(count)}
    others = {f"q{number}": TEXT for number in range(count)}
    found = [f"h {name}" for name in others] + ["k"]
    return thing(h=TEXT, k=TEXT, **spokes, **others) | {"anyOf": groups(*found)}


def set_aside(count: int) -> Any:
    """As many values that mean "not given" as older names of one property."""
    values = [f"v{number}" for number in range(count)]
    spokes = {f"s{number}": older("/h") for number in range(count)}
    return thing(h={**TEXT, COMPAT: {"absent": values}}, **spokes)


@pytest.mark.parametrize(
    ("make", "place"), [(crossed, "anyOf"), (set_aside, "properties/h")], ids=["groups", "absent"]
)
def test_what_is_written_out_very_often_is_told(make: Callable[[int], Any], place: str) -> None:
    few, many = (schemas(X=make(count)) for count in (90, 110))
    assert problems(json.dumps(few)) == ()
    assert [(one.rule, one.pointer) for one in problems(json.dumps(many))] == [
        ("compat/too-many-shapes", f"#/components/schemas/X/{place}")
    ]
