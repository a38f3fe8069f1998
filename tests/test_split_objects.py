"""An object with older fields that several schemas describe together, through `allOf` and references: whatever stands in
which of them, it says what one schema with all of it says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema_rs import validator_for

from built import HEAD, imported, source, texts
from growth import LINEAR, exponent
from speclens import judging
from speclens.lower.rewrites import views, wire
from speclens.reading.modern import modern
from speclens.verify import formats_of, generated
from speclens.verify.running import report_on
from speclens.verify.subjects import subjects

EXAMPLES = 60
TEXT = {"type": "string"}
COMPAT = "x-compat"
PARTS: tuple[Any, ...] = (
    {"properties": {"a": TEXT}},
    {"properties": {"b": {**TEXT, COMPAT: {"into": "/a"}}}},
    {"properties": {"p": {**TEXT, COMPAT: {"absent": [""]}}}},
    {"properties": {"c": {"type": "object", "properties": {"d": TEXT, "f": TEXT}, "required": ["d"]}}},
    {"properties": {"e": {**TEXT, COMPAT: {"into": "/c/d"}}}},
    {COMPAT: {"hubs": {"/a": {"absent": ["", None], "conflict": "prefer"}}}},
    {"required": ["a"]},
    {"required": ["c"]},
    {"required": ["p"]},
    {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
)  # fmt: skip
"""What an object may say: properties with older ones, one that is deep, values that mean "not given", what is required."""

GIVEN = {
    "a": ("", "x"), "b": (None, "", "y"), "p": ("", "v"), "c": ({}, {"d": "z"}, {"f": "z"}), "e": (None, "u"),
}  # fmt: skip
PAYLOADS = [
    {name: value for name, value in zip(GIVEN, found, strict=True) if value != "left out"}
    for found in product(*(("left out", *values) for values in GIVEN.values()))
]


def together(parts: Iterable[Any]) -> dict[str, Any]:
    """One schema that says all that the parts say. Only one of them has an `anyOf`."""
    found: dict[str, Any] = {"type": "object"}
    for part in parts:
        for keyword, value in part.items():
            if keyword == "required":
                found["required"] = [*found.get("required", ()), *value]
            elif isinstance(value, dict):
                found[keyword] = {**found.get(keyword, {}), **value}
            else:
                found[keyword] = value
    return found


NEEDS = {1: {0}, 4: {3}, 5: {0, 1}}
"""By the number of a part: what must stand in the same component. An older property does not stand without its hub."""


def split(random: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """An object as one schema, and as several, of which some are components of their own."""
    while True:
        numbers = [number for number in range(len(PARTS)) if random.random() < 0.85]
        places = {number: random.randrange(4) for number in numbers}
        # The objects there are: W (places 0 to 3), Z (2 and 3), Below (3); the inline member is no object of its own.
        objects = [{one for one in numbers if places[one] >= least} for least in (0, 2, 3)]
        if all(NEEDS.get(one, set()) <= held for held in objects for one in held):
            break
    own, inline, referred, below = (
        together(PARTS[number] for number in numbers if places[number] == place)
        for place in range(4)
    )
    referred["allOf"] = [{"$ref": "#/components/schemas/Below"}]
    members = [{"$ref": "#/components/schemas/Z"}, inline]
    random.shuffle(members)
    whole = {"W": together(PARTS[number] for number in numbers)}
    return whole, {"W": {"allOf": members, **own}, "Z": referred, "Below": below}


def written(schemas: dict[str, Any]) -> dict[str, Any]:
    return modern(source({**HEAD, "components": {"schemas": schemas}}).value)


def accepted(schemas: dict[str, Any]) -> list[list[bool]]:
    """Of each payload, whether the wire view and the canonical view of W accept it."""
    document, found = written(schemas), []
    for view in (views.wire(document).document, views.canonical(document).document):
        judge = validator_for({"$ref": "#/components/schemas/W", **view})
        found.append([judge.is_valid(payload) for payload in PAYLOADS])
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_views_say_what_one_schema_says(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        whole, schemas = split(random)
        assert accepted(schemas) == accepted(whole), schemas


@pytest.mark.parametrize("seed", range(2))
def test_the_laws_hold(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    document: dict[str, Any] = {**HEAD, "components": {"schemas": {}}}
    for number in range(6):
        text = json.dumps(split(random)[1])
        for name in ("W", "Z", "Below"):
            text = text.replace(f'/{name}"', f'/{name}{number}"')
        document["components"]["schemas"] |= {
            f"{name}{number}": schema for name, schema in json.loads(text).items()
        }
    document |= {"paths": {}}
    files = texts(document)
    package = imported(files, tmp_path, "models").__name__.rpartition(".")[0]
    models, normalizers = (import_module(f"{package}.{one}") for one in ("models", "normalizers"))
    read = source(document)
    api, warnings, _ = judging.read_document(read)
    unenforced = {one.pointer for one in warnings if one.rule == "model/not-enforced"}
    subject_of = subjects(modern(read.value), unenforced, formats_of(models))
    tried = generated(modern(read.value), api, models, normalizers)
    for pointer, one in tried.items():
        report = report_on(subject_of(pointer, one), EXAMPLES)
        assert [verdict for verdict in report.verdicts if verdict.broken] == [], pointer


def test_a_chain_of_members_takes_linear_time() -> None:
    """Each level asks for one property more. It was written out twice for each level above it."""

    def chain(size: int) -> dict[str, Any]:
        names = [f"c{number}" for number in range(4)]
        older = {f"old_{name}": {**TEXT, COMPAT: {"into": f"/{name}"}} for name in names}
        first: Any = {"type": "object", "properties": {**dict.fromkeys(names, TEXT), **older}}
        levels = {"M0": first} | {
            f"M{number}": {"allOf": [ref(f"M{number - 1}")], "required": [names[number % 4]]}
            for number in range(1, size)
        }
        return written({**levels, "X": {"allOf": [ref(f"M{size - 1}")], "required": names}})

    counted: list[str] = []

    def cost(act: Any) -> float:
        counted.clear()
        act()
        return float(len(counted))

    usual = wire.wire_schema

    def counting(*given: Any) -> Any:
        counted.append(given[1])
        return usual(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "wire_schema", counting)
        assert exponent(chain, views.wire, 8, cost=cost) <= LINEAR


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_further_members_are_folded_by_all_that_concerns_them(tmp_path: Path) -> None:
    def older(name: str) -> Any:
        properties = {name: TEXT, f"{name}old": {**TEXT, COMPAT: {"into": f"/{name}"}}}
        return {"type": "object", "properties": properties}

    schemas = {
        "Z": older("z"),
        "U": older("u"),
        "M": {"type": "object", "properties": {"c": ref("Z")}},
        "X": {"type": "object", "additionalProperties": ref("U"), "allOf": [ref("M")]},
    }
    document = {**HEAD, "components": {"schemas": schemas}}
    normalizers = imported(texts(document), tmp_path, "normalizers")
    found = normalizers.normalize_x({"c": {"zold": "1", "uold": "2"}})
    assert found.value == {"c": {"z": "1", "u": "2"}}


@pytest.mark.parametrize("conflict", ["prefer", "merge"])
@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_components_does_not_matter(conflict: str, order: int, tmp_path: Path) -> None:
    """X sets values of `old` aside or adds to them, and M does not: `old` judges them for both."""
    value = {"type": "array", "items": TEXT, "minItems": 1}
    hubs = {"hubs": {"/c": {"conflict": conflict}}}
    schemas = {
        "M": {
            "type": "object",
            "properties": {"c": value, "old": {**value, COMPAT: {"into": "/c"}}},
        },
        "X": {"allOf": [ref("M")], COMPAT: hubs},
    }
    document = {**HEAD, "components": {"schemas": dict([*schemas.items()][::order])}}
    normalizers = imported(texts(document), tmp_path, "normalizers")
    with pytest.raises(ValueError, match="/old"):
        normalizers.normalize_x({"c": ["x"], "old": []})
