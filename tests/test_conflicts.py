"""Every conflict policy by every rule of what means "not given", by what is given: the folded value, rewrites and drops,
or the error at its exact pointer; and what the two views say of it. Expectations are written from the language of
x-compat, none is taken from output.

A payload of a table names the hub `all` and its spokes `one` (any scalar, as `[$]`) and `some` (a rename), of at most
three items. It is run with its keys in either order, and also with the hub moved to `out.all`.
"""

# mypy: disable-error-code="list-item, misc, arg-type"
# Rows are unpacked from lists, whose lengths are not known to it.
from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from built import imported, schemas, texts
from speclens.lower.rewrites import views
from speclens.validate.dialect import schema_validator
from test_golden import function, judged, runtime_of

POLICIES = ("equal", "merge", "prefer", "error")
HUBS = {"flat": "/all", "deep": "/out/all"}
SPOKES = ("one", "some")
NOTHING = object()

# What comes of a payload


@dataclass(frozen=True)
class Gives:
    """The value of the hub, and what is dropped: `POINTER REASON`. Every spoke that is given is rewritten."""

    value: Any
    drops: tuple[str, ...]


@dataclass(frozen=True)
class Refuses:
    """The rule and the pointer of the only error, and the other place that it names."""

    rule: str
    pointer: str
    beside: str = ""


Outcome = Gives | Refuses


def gives(value: Any, *drops: str) -> Gives:
    return Gives(value, drops)


def conflict(pointer: str, beside: str) -> Refuses:
    return Refuses("conflict", pointer, beside)


# The documents

SCALAR = {"type": ["number", "boolean", "string"]}
ITEMS = {"type": "array", "maxItems": 3, "items": {"type": [*SCALAR["type"], "null"]}}

# What means "not given": keywords of the hub's policy, of the hub and of `one`.
RULES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "default": ({}, {}, {}),
    "hub": ({"absent": [None, [], ""]}, {}, {}),
    "spoke": ({}, {}, {"absent": [0, "none"]}),
    "own": ({}, {"absent": [[]]}, {}),
    "nothing": ({"absent": []}, {}, {}),
    "spoke_nothing": ({}, {}, {"absent": []}),
}


def thing(policy: str, rule: str, depth: str, **keywords: Any) -> dict[str, Any]:
    """The schema of the tables."""
    of_policy, of_hub, of_one = RULES[rule]
    hub = {**ITEMS, **({"x-compat": of_hub} if of_hub else {})}
    inner = {"all": hub}
    return {
        "type": "object",
        "x-compat": {"hubs": {HUBS[depth]: {"conflict": policy, **of_policy}}},
        "properties": {
            **(inner if depth == "flat" else {"out": {"type": "object", "properties": inner}}),
            "one": {**SCALAR, "x-compat": {"into": HUBS[depth], "to": ["$"], **of_one}},
            "some": {**ITEMS, "x-compat": {"into": HUBS[depth]}},
        },
        **keywords,
    }


def pair(policy: str, new: Any, old: Any, **of_policy: Any) -> dict[str, Any]:
    """A hub `new` and one spoke `old`."""
    return {
        "type": "object",
        "x-compat": {"hubs": {"/new": {"conflict": policy, **of_policy}}},
        "properties": {"new": new, "old": old},
    }


ANY_OF = {"anyOf": [{"required": [name]} for name in ("all", *SPOKES)]}
NEEDED: dict[str, dict[str, Any]] = {"required": {"required": ["all"]}, "group": ANY_OF}
SIZES = {"type": "string", "enum": ["s", "l"]}
OLD_SIZES = {
    "type": "string",
    "x-compat": {"into": "/new", "values": {"small": "s", "large": "l"}},
    "enum": ["small", "large"],
}
OBJECT = {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}}
PICTURE = {
    "oneOf": [
        {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
        {"type": "string", "x-compat": {"to": {"url": "$"}}},
    ]
}
REFERENCE = {
    "type": "object",
    "required": ["href"],
    "properties": {"href": {"type": "string"}, "note": {"type": "string"}},
    "x-compat": {"into": "/new", "to": [{"url": "$/href"}]},
}


def rename(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "x-compat": {"into": "/new"}}


def everything() -> Iterator[tuple[str, dict[str, Any]]]:
    for policy in POLICIES:
        for rule in RULES:
            for depth in HUBS:
                yield f"{policy}_{rule}_{depth}", thing(policy, rule, depth)
        for need, keywords in NEEDED.items():
            for rule in ("default", "hub"):
                yield f"{policy}_{rule}_{need}", thing(policy, rule, "flat", **keywords)
        deep = thing(policy, "default", "deep")
        deep["properties"]["out"] |= {"required": ["all"]}
        yield f"{policy}_deep_needed", deep
        templates = pair(policy, {"type": "array", "items": PICTURE}, REFERENCE)
        yield f"{policy}_templates", templates
        if policy != "merge":  # which is for arrays
            yield f"{policy}_scalar", pair(policy, SCALAR, rename(SCALAR))
            yield f"{policy}_scalar_hub", pair(policy, SCALAR, rename(SCALAR), absent=[None, ""])
            yield f"{policy}_object", pair(policy, OBJECT, rename(OBJECT))
            yield f"{policy}_narrow", pair(policy, SCALAR, rename({"type": "number", "maximum": 5}))
            yield f"{policy}_values", pair(policy, SIZES, OLD_SIZES)
    unsaid = thing("equal", "own", "flat")
    del unsaid["x-compat"]
    yield "unsaid_own", unsaid


DOCUMENT = schemas(**{name.title().replace("_", ""): schema for name, schema in everything()})
Package = tuple[ModuleType, ModuleType]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    directory, files = tmp_path_factory.mktemp("conflicts"), texts(DOCUMENT)
    return imported(files, directory), imported(files, directory, "normalizers")


@cache
def validator(view: str, schema: str) -> Any:
    made = {"wire": views.wire, "canonical": views.canonical}[view](DOCUMENT).document
    return schema_validator(made, f"#/components/schemas/{schema}")


# Running a row

Said = tuple[Any, list[tuple[str, str]], list[tuple[str, str]]]  # value, rewrites, drops


def check(
    package: Package, name: str, payload: Any, expected: Said | Refuses, fits: bool = True
) -> None:
    """Hold a payload against what comes of it. `fits`: every source by itself is one that the wire view accepts."""
    schema = name.title().replace("_", "")
    for sent in (payload, dict(reversed(payload.items()))):
        context = f"{name}: {json.dumps(sent)}"
        before = json.dumps(sent)
        found = outcome(package, schema, copy.deepcopy(sent))
        if isinstance(expected, Refuses):
            rule, pointer, message = found
            assert (rule, pointer) == (expected.rule, expected.pointer), context
            assert message.startswith(f"{pointer}: "), context
            assert message.endswith(expected.beside), context
        else:
            assert json.dumps(found) == json.dumps(expected), context
            assert validator("canonical", schema).is_valid(expected[0]), context
        # Law 5: what each source says is fine, so it is taken, or the sources are in conflict.
        assert validator("wire", schema).is_valid(sent) == fits, context
        if fits and isinstance(expected, Refuses):
            assert expected.rule in {"conflict", "maxItems"}, context
        assert json.dumps(sent) == before, context


@cache
def normalizer(normalizers: ModuleType, schema: str) -> Any:
    return function(normalizers, "normalize", schema)


def outcome(package: Package, schema: str, payload: Any) -> Any:
    models, normalizers = package
    errors, normalize = runtime_of(normalizers), normalizer(normalizers, schema)
    before = json.dumps(payload)
    try:
        folded = normalize(payload)
    except errors.CompatError as error:
        return error.rule, error.pointer, str(error)
    finally:
        assert json.dumps(payload) == before, "the payload was changed"
    model = getattr(models, schema)
    if judged(model, folded.value):
        assert not validator("canonical", schema).is_valid(folded.value)
        with pytest.raises(errors.PayloadError) as caught:
            folded.validate(model)
        fault, *others = caught.value.errors  # several, if a union says of each branch why not
        assert {other.pointer for other in others} <= {fault.pointer}
        return "union" if others else fault.rule, fault.pointer, str(fault)
    again = normalize(folded.value)
    assert json.dumps((again.value, again.rewrites, again.drops)) == json.dumps(
        (folded.value, (), ())
    )
    return (
        folded.value,
        sorted((rewrite.source, rewrite.target) for rewrite in folded.rewrites),
        sorted((drop.pointer, drop.reason) for drop in folded.drops),
    )


def placed(depth: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A payload of the tables with its hub at its depth."""
    if depth == "flat" or "all" not in payload:
        return payload
    return {("out" if key == "all" else key): inner for key, inner in payload.items()} | {
        "out": {"all": payload["all"]}
    }


def at(depth: str, pointer: str) -> str:
    return pointer.replace("/all", HUBS[depth])


def said(depth: str, payload: dict[str, Any], row: Outcome) -> Said | Refuses:
    """What a row of the tables says of its payload at a depth."""
    if isinstance(row, Refuses):
        return Refuses(row.rule, at(depth, row.pointer), at(depth, row.beside))
    drops = sorted((at(depth, pointer), reason) for pointer, reason in map(str.split, row.drops))
    spokes = [f"/{name}" for name in SPOKES if name in payload]
    rewrites = [(spoke, HUBS[depth]) for spoke in spokes if (spoke, "absent") not in drops]
    value = {} if row.value is NOTHING else placed(depth, {"all": row.value})
    return value, rewrites, drops


# One source or none: the policy has no say

ONE: dict[str, list[tuple[dict[str, Any], Outcome]]] = {
    "default": [
        ({}, gives(NOTHING)),
        ({"all": [1]}, gives([1])),
        ({"all": []}, gives([])),
        ({"all": None}, Refuses("list_type", "/all")),
        ({"one": 1}, gives([1])),
        ({"one": ""}, gives([""])),
        ({"one": 0}, gives([0])),
        ({"one": False}, gives([False])),
        ({"one": None}, gives(NOTHING, "/one absent")),
        ({"one": []}, Refuses("type", "/one")),
        ({"some": [1, 2]}, gives([1, 2])),
        ({"some": []}, gives([])),
        ({"some": [None, ""]}, gives([None, ""])),
        ({"some": ""}, Refuses("type", "/some")),
        ({"one": None, "some": None}, gives(NOTHING, "/one absent", "/some absent")),
        ({"one": None, "some": [1]}, gives([1], "/one absent")),
        ({"all": [1], "one": None}, gives([1], "/one absent")),
        ({"all": [1], "one": None, "some": None}, gives([1], "/one absent", "/some absent")),
        ({"all": None, "one": None}, Refuses("list_type", "/all")),
    ],
    "hub": [
        ({}, gives(NOTHING)),
        ({"all": [1]}, gives([1])),
        ({"all": []}, gives([])),
        ({"all": None}, Refuses("list_type", "/all")),
        ({"all": ""}, Refuses("list_type", "/all")),
        ({"all": [None, ""]}, gives([None, ""])),
        ({"one": None}, gives(NOTHING, "/one absent")),
        ({"one": ""}, gives(NOTHING, "/one absent")),
        ({"one": []}, gives(NOTHING, "/one absent")),
        ({"one": 0}, gives([0])),
        ({"one": False}, gives([False])),
        ({"one": " "}, gives([" "])),
        ({"some": []}, gives(NOTHING, "/some absent")),
        ({"some": ""}, gives(NOTHING, "/some absent")),
        ({"some": [None]}, gives([None])),
        ({"some": [""]}, gives([""])),
        ({"one": "", "some": [1]}, gives([1], "/one absent")),
        ({"one": 1, "some": []}, gives([1], "/some absent")),
        ({"all": [], "one": 1}, gives([1], "/all absent")),
        ({"all": None, "one": 1}, gives([1], "/all absent")),
        ({"all": "", "some": [1]}, gives([1], "/all absent")),
        ({"all": None, "one": 1, "some": ""}, gives([1], "/all absent", "/some absent")),
        ({"all": [1], "one": "", "some": []}, gives([1], "/one absent", "/some absent")),
        ({"all": [], "one": None}, gives([], "/one absent")),
        ({"all": [], "one": "", "some": []}, gives([], "/one absent", "/some absent")),
        ({"all": None, "one": ""}, Refuses("list_type", "/all")),
    ],
    "spoke": [
        ({"one": 0}, gives(NOTHING, "/one absent")),
        ({"one": 0.0}, gives(NOTHING, "/one absent")),
        ({"one": False}, gives([False])),
        ({"one": "none"}, gives(NOTHING, "/one absent")),
        ({"one": None}, Refuses("type", "/one")),
        ({"one": ""}, gives([""])),
        ({"some": None}, gives(NOTHING, "/some absent")),
        ({"some": [0, "none"]}, gives([0, "none"])),
        ({"some": 0}, Refuses("type", "/some")),
        ({"all": 0}, Refuses("list_type", "/all")),
        ({"all": [0], "one": 0}, gives([0], "/one absent")),
        ({"all": [1], "one": None}, Refuses("type", "/one")),
    ],
    "own": [
        ({"all": [1]}, gives([1])),
        ({"all": None}, Refuses("list_type", "/all")),
        ({"all": [], "one": 1}, gives([1], "/all absent")),
        ({"all": [], "some": [1]}, gives([1], "/all absent")),
        ({"one": None}, gives(NOTHING, "/one absent")),
        ({"one": []}, gives(NOTHING, "/one absent")),
        ({"one": ""}, gives([""])),
        ({"some": []}, gives(NOTHING, "/some absent")),
        ({"some": [None]}, gives([None])),
        ({"all": [1], "some": []}, gives([1], "/some absent")),
    ],
    "nothing": [
        ({"all": []}, gives([])),
        ({"all": None}, Refuses("list_type", "/all")),
        ({"one": None}, Refuses("type", "/one")),
        ({"some": None}, Refuses("type", "/some")),
        ({"some": []}, gives([])),
        ({"one": ""}, gives([""])),
        ({"all": [1], "one": None}, Refuses("type", "/one")),
        ({"all": [1], "some": None}, Refuses("type", "/some")),
    ],
    "spoke_nothing": [
        ({"one": None}, Refuses("type", "/one")),
        ({"some": None}, gives(NOTHING, "/some absent")),
        ({"all": [1], "one": None}, Refuses("type", "/one")),
        ({"all": [1], "some": None}, gives([1], "/some absent")),
        ({"one": 1, "some": None}, gives([1], "/some absent")),
    ],
}


# The hub's value alone means "not given": it stays, but an object that holds a deep hub has its own say of its property.
OWN: list[tuple[str, dict[str, Any], Said]] = [
    ("flat", {"all": []}, ({"all": []}, [], [])),
    ("flat", {"all": [], "one": None}, ({"all": []}, [], [("/one", "absent")])),
    ("flat", {"all": [], "some": []}, ({"all": []}, [], [("/some", "absent")])),
    ("deep", {"out": {"all": []}}, ({"out": {}}, [], [("/out/all", "absent")])),
    (
        "deep",
        {"out": {"all": []}, "some": []},
        ({"out": {}}, [], [("/out/all", "absent"), ("/some", "absent")]),
    ),
]


def rows(table: Iterable[Any]) -> list[Any]:
    return [pytest.param(*row, id=json.dumps(row[-2])) for row in table]


@pytest.mark.parametrize(
    ("rule", "payload", "row"),
    rows((rule, payload, row) for rule, table in ONE.items() for payload, row in table),
)
@pytest.mark.parametrize("policy", POLICIES)
def test_one_source_or_none(
    package: Package, policy: str, rule: str, payload: Any, row: Outcome
) -> None:
    for depth in HUBS:
        expected = said(depth, payload, row)
        name = f"{policy}_{rule}_{depth}"
        check(package, name, placed(depth, payload), expected, isinstance(row, Gives))


@pytest.mark.parametrize(("depth", "payload", "expected"), rows(OWN))
def test_absent_values_of_the_hub_alone(
    package: Package, depth: str, payload: Any, expected: Said
) -> None:
    for policy in POLICIES:
        check(package, f"{policy}_own_{depth}", payload, expected)
    if depth == "flat":  # nothing is declared of the hub but on itself
        check(package, "unsaid_own", payload, expected)


# Several sources: no value here means "not given", so the rule has no say


@dataclass(frozen=True)
class Row:
    """What comes of a payload by each policy. `fits`: every source by itself is one that is accepted."""

    payload: dict[str, Any]
    equal: Outcome
    merge: Outcome
    prefer: Outcome
    error: Outcome
    fits: bool = True

    def __str__(self) -> str:
        return json.dumps(self.payload)


ONE_ALL, SOME_ALL = conflict("/one", "/all"), conflict("/some", "/all")
SOME_ONE = conflict("/some", "/one")
ONE_LOSES, SOME_LOSES = "/one preferred", "/some preferred"
ONE_TWICE, SOME_TWICE = "/one duplicate", "/some/0 duplicate"
TOO_MANY, UNFIT, NO_ARRAY = (
    Refuses("maxItems", "/some"),
    Refuses("type", "/one"),
    Refuses("type", "/all"),
)

# fmt: off
SEVERAL = [
    # two sources that say the same
    Row({"all": [1], "one": 1}, gives([1]), gives([1], ONE_TWICE), gives([1], ONE_LOSES), ONE_ALL),
    Row({"all": [1], "some": [1]}, gives([1]), gives([1], SOME_TWICE), gives([1], SOME_LOSES), SOME_ALL),
    Row({"one": 1, "some": [1]}, gives([1]), gives([1], SOME_TWICE), gives([1], SOME_LOSES), SOME_ONE),
    Row({"all": [1, 2], "some": [1, 2]}, gives([1, 2]), gives([1, 2], SOME_TWICE, "/some/1 duplicate"), gives([1, 2], SOME_LOSES), SOME_ALL),
    # two sources that do not
    Row({"all": [1], "one": 2}, ONE_ALL, gives([1, 2]), gives([1], ONE_LOSES), ONE_ALL),
    Row({"all": [1], "some": [2]}, SOME_ALL, gives([1, 2]), gives([1], SOME_LOSES), SOME_ALL),
    Row({"one": 1, "some": [2]}, SOME_ONE, gives([1, 2]), gives([1], SOME_LOSES), SOME_ONE),
    Row({"all": [1, 2], "some": [2, 1]}, SOME_ALL, gives([1, 2], SOME_TWICE, "/some/1 duplicate"), gives([1, 2], SOME_LOSES), SOME_ALL),
    Row({"all": [1, 2], "one": 2}, ONE_ALL, gives([1, 2], ONE_TWICE), gives([1, 2], ONE_LOSES), ONE_ALL),
    # three sources
    Row({"all": [1], "one": 1, "some": [1]}, gives([1]), gives([1], ONE_TWICE, SOME_TWICE), gives([1], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1], "one": 1, "some": [2]}, SOME_ALL, gives([1, 2], ONE_TWICE), gives([1], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1], "one": 2, "some": [1]}, ONE_ALL, gives([1, 2], SOME_TWICE), gives([1], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1], "one": 2, "some": [3]}, ONE_ALL, gives([1, 2, 3]), gives([1], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1], "one": 2, "some": [2]}, ONE_ALL, gives([1, 2], SOME_TWICE), gives([1], ONE_LOSES, SOME_LOSES), ONE_ALL),
    # equal as JSON: 1.0 is 1, true is not, "1" is not; the first source is the one whose writing stays
    Row({"all": [1], "one": 1.0}, gives([1]), gives([1], ONE_TWICE), gives([1], ONE_LOSES), ONE_ALL),
    Row({"all": [1.0], "one": 1}, gives([1.0]), gives([1.0], ONE_TWICE), gives([1.0], ONE_LOSES), ONE_ALL),
    Row({"all": [1], "one": True}, ONE_ALL, gives([1, True]), gives([1], ONE_LOSES), ONE_ALL),
    Row({"one": False, "some": [0.0]}, SOME_ONE, gives([False, 0.0]), gives([False], SOME_LOSES), SOME_ONE),
    Row({"one": True, "some": [True]}, gives([True]), gives([True], SOME_TWICE), gives([True], SOME_LOSES), SOME_ONE),
    Row({"all": ["1"], "one": 1}, ONE_ALL, gives(["1", 1]), gives(["1"], ONE_LOSES), ONE_ALL),
    # an item is never absent
    Row({"all": [None], "some": [None]}, gives([None]), gives([None], SOME_TWICE), gives([None], SOME_LOSES), SOME_ALL),
    Row({"all": [None, ""], "some": [""]}, SOME_ALL, gives([None, ""], SOME_TWICE), gives([None, ""], SOME_LOSES), SOME_ALL),
    Row({"all": [None], "some": ["", 0]}, SOME_ALL, gives([None, "", 0]), gives([None], SOME_LOSES), SOME_ALL),
    # repeats within one source stay
    Row({"all": [1, 1], "one": 2}, ONE_ALL, gives([1, 1, 2]), gives([1, 1], ONE_LOSES), ONE_ALL),
    Row({"all": [1, 1], "one": 1}, ONE_ALL, gives([1, 1], ONE_TWICE), gives([1, 1], ONE_LOSES), ONE_ALL),
    Row({"one": 1, "some": [2, 2]}, SOME_ONE, gives([1, 2, 2]), gives([1], SOME_LOSES), SOME_ONE),
    Row({"one": 1, "some": [2, 2, 1]}, SOME_ONE, gives([1, 2, 2], "/some/2 duplicate"), gives([1], SOME_LOSES), SOME_ONE),
    # at most three items: the last source that brings any is at fault
    Row({"all": [1, 2], "some": [3, 4]}, SOME_ALL, TOO_MANY, gives([1, 2], SOME_LOSES), SOME_ALL),
    Row({"all": [1, 2], "one": 3, "some": [4]}, ONE_ALL, TOO_MANY, gives([1, 2], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1, 2, 3], "one": 4, "some": [5]}, ONE_ALL, TOO_MANY, gives([1, 2, 3], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1, 2, 3], "one": 4, "some": [1]}, ONE_ALL, Refuses("maxItems", "/one"), gives([1, 2, 3], ONE_LOSES, SOME_LOSES), ONE_ALL),
    Row({"all": [1, 2, 3], "one": 1, "some": [2]}, ONE_ALL, gives([1, 2, 3], ONE_TWICE, SOME_TWICE), gives([1, 2, 3], ONE_LOSES, SOME_LOSES), ONE_ALL),
    # a source that fits no shape is refused, a loser too
    Row({"all": [1], "one": {}}, UNFIT, UNFIT, UNFIT, UNFIT, fits=False),
    Row({"one": [7], "some": [1]}, UNFIT, UNFIT, UNFIT, UNFIT, fits=False),
    Row({"all": [1], "some": 1}, *[Refuses("type", "/some")] * 4, fits=False),
    Row({"all": [1], "one": 1, "some": "x"}, *[Refuses("type", "/some")] * 4, fits=False),
    # a hub of which the model would say it: a conflict is told first, and both are true
    Row({"all": "x", "one": 1}, ONE_ALL, NO_ARRAY, Refuses("list_type", "/all"), ONE_ALL, fits=False),
    Row({"all": [{}], "one": 1}, ONE_ALL, Refuses("union", "/all/0"), Refuses("union", "/all/0"), ONE_ALL, fits=False),
    Row({"all": [1], "some": [{}]}, SOME_ALL, Refuses("union", "/some/0"), Refuses("type", "/some/0"), SOME_ALL, fits=False),
    Row({"all": [1], "some": [1, 2, 3, 4]}, SOME_ALL, TOO_MANY, TOO_MANY, SOME_ALL, fits=False),
    Row({"all": [1, 2, 3, 4], "one": 5}, ONE_ALL, Refuses("maxItems", "/all"), Refuses("too_long", "/all"), ONE_ALL, fits=False),
]
# fmt: on


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("row", SEVERAL, ids=str)
def test_several_sources(package: Package, row: Row, policy: str) -> None:
    for rule in RULES:
        for depth in HUBS:
            expected = said(depth, row.payload, getattr(row, policy))
            check(
                package, f"{policy}_{rule}_{depth}", placed(depth, row.payload), expected, row.fits
            )


# A hub that must be there


MISSING = Refuses("missing", "/all", "at least one of all, one, some must be given")
NEEDS: dict[str, list[tuple[dict[str, Any], Outcome]]] = {
    "default": [
        ({}, MISSING),
        ({"all": [1]}, gives([1])),
        ({"all": []}, gives([])),
        ({"all": None}, Refuses("list_type", "/all")),
        ({"one": 1}, gives([1])),
        ({"some": []}, gives([])),
        ({"one": None}, MISSING),
        ({"one": None, "some": None}, MISSING),
        ({"one": None, "some": [1]}, gives([1], "/one absent")),
    ],
    "hub": [
        ({}, MISSING),
        ({"all": [1]}, gives([1])),
        ({"all": []}, Refuses("too_short", "/all")),
        ({"all": None}, Refuses("list_type", "/all")),
        ({"all": ""}, Refuses("list_type", "/all")),
        ({"some": []}, MISSING),
        ({"one": "", "some": None}, MISSING),
        ({"all": [], "one": ""}, Refuses("too_short", "/all")),
        ({"all": [], "one": 1}, gives([1], "/all absent")),
        ({"all": None, "one": "", "some": [1]}, gives([1], "/all absent", "/one absent")),
    ],
}


@pytest.mark.parametrize(
    ("rule", "payload", "row"),
    rows((rule, payload, row) for rule, table in NEEDS.items() for payload, row in table),
)
@pytest.mark.parametrize("policy", POLICIES)
def test_a_required_hub(
    package: Package, policy: str, rule: str, payload: Any, row: Outcome
) -> None:
    """In `required`, or in each group of an `anyOf`: the canonical view asks for the hub, whatever the policy."""
    for need in NEEDED:
        expected = said("flat", payload, row)
        check(package, f"{policy}_{rule}_{need}", payload, expected, isinstance(row, Gives))


DEEP_NEEDS: list[tuple[dict[str, Any], Said | Refuses]] = [
    ({}, ({}, [], [])),
    ({"out": {}}, Refuses("missing", "/out/all")),
    ({"out": {}, "one": None}, Refuses("missing", "/out/all")),
    ({"one": None}, ({}, [], [("/one", "absent")])),
    ({"one": 1}, ({"out": {"all": [1]}}, [("/one", "/out/all")], [])),
    ({"out": {}, "some": [1]}, ({"out": {"all": [1]}}, [("/some", "/out/all")], [])),
    ({"out": 5, "one": 1}, Refuses("type", "/out")),
]


@pytest.mark.parametrize(("payload", "expected"), rows(DEEP_NEEDS))
@pytest.mark.parametrize("policy", POLICIES)
def test_a_deep_hub_that_its_object_requires(
    package: Package, policy: str, payload: Any, expected: Said | Refuses
) -> None:
    check(package, f"{policy}_deep_needed", payload, expected, isinstance(expected, tuple))


# Other kinds of hubs: `new`, and its one spoke `old`


def same(value: Any, *drops: tuple[str, str]) -> Said:
    return {"new": value}, [("/old", "/new")], list(drops)


OLD_NEW, LOSES = conflict("/old", "/new"), ("/old", "preferred")
A, B = {"a": 1, "b": 2}, {"b": 2, "a": 1}
MAXIMUM = Refuses("maximum", "/old")

# fmt: off
PAIRS: list[tuple[str, dict[str, Any], Any, Any, Any, bool]] = [  # equal, prefer, error
    ("scalar", {"new": "a", "old": "a"}, same("a"), same("a", LOSES), OLD_NEW, True),
    ("scalar", {"new": "a", "old": "b"}, OLD_NEW, same("a", LOSES), OLD_NEW, True),
    ("scalar", {"new": 1, "old": 1.0}, same(1), same(1, LOSES), OLD_NEW, True),
    ("scalar", {"new": 1, "old": True}, OLD_NEW, same(1, LOSES), OLD_NEW, True),
    ("scalar", {"new": False, "old": 0}, OLD_NEW, same(False, LOSES), OLD_NEW, True),
    ("scalar", {"new": "", "old": "a"}, OLD_NEW, same("", LOSES), OLD_NEW, True),
    ("scalar", {"new": "", "old": ""}, same(""), same("", LOSES), OLD_NEW, True),
    ("scalar", {"new": "a", "old": ""}, OLD_NEW, same("a", LOSES), OLD_NEW, True),
    ("scalar", {"new": "a", "old": []}, *[Refuses("type", "/old")] * 3, False),
    ("scalar_hub", {"new": "", "old": "a"}, *[same("a", ("/new", "absent"))] * 3, True),
    ("scalar_hub", {"new": None, "old": "a"}, *[same("a", ("/new", "absent"))] * 3, True),
    ("scalar_hub", {"new": "a", "old": ""}, *[({"new": "a"}, [], [("/old", "absent")])] * 3, True),
    ("scalar_hub", {"new": "", "old": ""}, *[({"new": ""}, [], [("/old", "absent")])] * 3, True),
    ("scalar_hub", {"new": False, "old": False}, same(False), same(False, LOSES), OLD_NEW, True),
    # objects: the order of keys does not matter, numbers do as everywhere
    ("object", {"new": A, "old": B}, same(A), same(A, LOSES), OLD_NEW, True),
    ("object", {"new": A, "old": {**B, "a": 1.0}}, same(A), same(A, LOSES), OLD_NEW, True),
    ("object", {"new": {"c": 1}, "old": {"c": True}}, OLD_NEW, same({"c": 1}, LOSES), OLD_NEW, True),
    ("object", {"new": A, "old": {"a": 1}}, OLD_NEW, same(A, LOSES), OLD_NEW, True),
    ("object", {"new": {"a": 1}, "old": A}, OLD_NEW, same({"a": 1}, LOSES), OLD_NEW, True),
    ("object", {"new": {}, "old": {}}, same({}), same({}, LOSES), OLD_NEW, True),
    ("object", {"new": A, "old": [1]}, *[Refuses("type", "/old")] * 3, False),
    # a spoke that accepts less than its hub does: what it says is refused, whoever wins
    ("narrow", {"old": 7}, MAXIMUM, MAXIMUM, MAXIMUM, False),
    ("narrow", {"new": 7, "old": 7}, MAXIMUM, MAXIMUM, MAXIMUM, False),
    ("narrow", {"new": 7, "old": 3}, OLD_NEW, same(7, LOSES), OLD_NEW, True),
    # renamed values
    ("values", {"old": "small"}, *[same("s")] * 3, True),
    ("values", {"new": "s", "old": "small"}, same("s"), same("s", LOSES), OLD_NEW, True),
    ("values", {"new": "s", "old": "large"}, OLD_NEW, same("s", LOSES), OLD_NEW, True),
    ("values", {"new": "s", "old": "huge"}, *[Refuses("enum", "/old")] * 3, False),
]
# fmt: on


@pytest.mark.parametrize(
    ("kind", "payload", "outcomes", "fits"),
    [pytest.param(k, p, o, fits, id=f"{k}-{json.dumps(p)}") for k, p, *o, fits in PAIRS],
)
def test_a_hub_and_a_spoke(
    package: Package, kind: str, payload: Any, outcomes: Any, fits: bool
) -> None:
    for policy, expected in zip(("equal", "prefer", "error"), outcomes, strict=True):
        check(package, f"{policy}_{kind}", payload, expected, fits)


# Templates, and shapes of the hub's own


U, V = {"url": "u"}, {"url": "v"}
NOTE = ("/old/note", "template")
HUB_SHAPE = ("/new", "/new")
REF = ("/old", "/new")
TWICE = ("/old", "duplicate")

# fmt: off
TEMPLATES: list[tuple[dict[str, Any], Any, Any, Any, Any, bool]] = [  # equal, merge, prefer, error
    ({"old": {"href": "u"}}, *[same([U])] * 4, True),
    ({"old": {"href": "u", "note": "n"}}, *[same([U], NOTE)] * 4, True),
    ({"new": ["u"]}, *[({"new": [U]}, [HUB_SHAPE], [])] * 4, True),
    ({"new": [U], "old": {"href": "u"}}, same([U]), same([U], TWICE), same([U], LOSES), OLD_NEW, True),
    ({"new": [U], "old": {"href": "v"}}, OLD_NEW, same([U, V]), same([U], LOSES), OLD_NEW, True),
    ({"new": [U], "old": {"href": "u", "note": "n"}}, same([U], NOTE), same([U], TWICE, NOTE), same([U], LOSES, NOTE), OLD_NEW, True),
    ({"new": ["u"], "old": {"href": "u"}}, ({"new": [U]}, [HUB_SHAPE, REF], []), ({"new": [U]}, [HUB_SHAPE, REF], [TWICE]), ({"new": [U]}, [HUB_SHAPE, REF], [LOSES]), OLD_NEW, True),
    ({"new": ["u", U], "old": {"href": "v"}}, OLD_NEW, ({"new": [U, U, V]}, [HUB_SHAPE, REF], []), ({"new": [U, U]}, [HUB_SHAPE, REF], [LOSES]), OLD_NEW, True),
    ({"new": [U], "old": {"note": "n"}}, *[Refuses("required", "/old/href")] * 4, False),
    ({"new": [U], "old": {"href": 1}}, *[Refuses("type", "/old/href")] * 4, False),
    ({"new": [1], "old": {"href": "u"}}, *[Refuses("type", "/new/0")] * 4, False),
]
# fmt: on


@pytest.mark.parametrize(
    ("payload", "outcomes", "fits"),
    [pytest.param(p, o, fits, id=json.dumps(p)) for p, *o, fits in TEMPLATES],
)
def test_templates(package: Package, payload: Any, outcomes: Any, fits: bool) -> None:
    for policy, expected in zip(POLICIES, outcomes, strict=True):
        check(package, f"{policy}_templates", payload, expected, fits)
