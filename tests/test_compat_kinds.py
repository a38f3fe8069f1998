"""Shapes that accept several JSON types: whatever is sent is folded, or refused as the document says; nothing breaks."""

from __future__ import annotations

import copy
import itertools
from types import ModuleType
from typing import Any

import pytest

from built import imported, schemas, texts
from speclens.lower.rewrites import views
from speclens.validate.dialect import schema_validator
from test_golden import function, runtime_of

TEXT: dict[str, Any] = {"type": "string"}
CIRCLE = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "circle"}}}
FOLDED = {"a": TEXT, "b": {"type": "string", "x-compat": {"into": "/a"}}}
ITEM = {"type": "object", "properties": FOLDED}


def beside(*shapes: dict[str, Any], canonical: dict[str, Any] = CIRCLE) -> dict[str, Any]:
    return {"oneOf": [canonical, *shapes]}


def spoke(hub: dict[str, Any], **schema: Any) -> dict[str, Any]:
    own = {"into": "/hub", **schema.pop("x-compat", {})}
    return {"type": "object", "properties": {"hub": hub, "old": {**schema, "x-compat": own}}}


DOT = {"required": ["kind"], "properties": {"kind": {"const": "dot"}}}
SAYS_CIRCLE = {"x-compat": {"to": {"kind": "circle"}}}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "NoType": beside({**DOT, **SAYS_CIRCLE}),
    "NoTypeLimits": beside({**DOT, "maxProperties": 1, "minItems": 1, "maxLength": 1, "minimum": 2, **SAYS_CIRCLE}),
    "ObjectOrText": beside({**DOT, "type": ["object", "string"], **SAYS_CIRCLE}),
    "ObjectWithEither": beside(
        {"anyOf": [{"type": "object", "required": [name], "properties": {"kind": False}} for name in "pq"], **SAYS_CIRCLE}
    ),
    "ArrayWithMembers": beside({**DOT, "type": "array", **SAYS_CIRCLE}),
    "CanonicalObjectOrNumber": beside(
        {"type": "string", "x-compat": {"to": {"a": "$"}}}, canonical={"type": ["object", "integer"], "properties": FOLDED}
    ),
    "CanonicalArrayOrNumber": beside(
        {"type": "string", "x-compat": {"to": 1}},
        canonical={"type": ["array", "integer"], "items": ITEM},
    ),
    "SpokeOfTypes": spoke({"items": ITEM}, type=["array", "integer"], items=ITEM),
    "SpokeNoType": spoke({"items": ITEM}, items=ITEM),
    "SpokeNullable": spoke(
        TEXT, type=["object", "null"], required=["n"], properties={"n": TEXT}, **{"x-compat": {"to": "$/n"}}
    ),
    "EmptyEnum": spoke(
        {"type": "object", "additionalProperties": {"type": "integer"}},
        type="object", additionalProperties={"type": "integer", "enum": []},
    ),
    "EmptyEnumMember": spoke({}, type="object", properties={"kind": {"enum": []}}, required=["n"]),
    "ItemsNoType": spoke(
        {"type": "array", "items": CIRCLE}, type="array", items=DOT, **{"x-compat": {"each": {"kind": "circle"}}}
    ),
}  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, 5, 1.5, "", "a", [], [None], [1], ["a"], [{"b": "x"}], {}, {"kind": "dot"}, {"kind": "circle"},
    {"kind": "dot", "more": 1}, {"kind": 1}, {"a": "x"}, {"b": "x"}, {"b": 1}, {"n": "x"}, {"n": None},
]  # fmt: skip
PAYLOADS = [
    *VALUES,
    *({key: value} for key, value in itertools.product(("hub", "old"), VALUES)),
    *({"old": [value]} for value in VALUES),
    *({"old": {"k": value}} for value in VALUES),
]


@pytest.fixture(scope="module")
def normalizers(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(schemas(**DOCUMENTS)), tmp_path_factory.mktemp("kinds"), "normalizers")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_value_is_folded_or_refused(normalizers: ModuleType, name: str) -> None:
    made = views.wire(schemas(**DOCUMENTS)), views.canonical(schemas(**DOCUMENTS))
    place = f"#/components/schemas/{name}"
    wire, canonical = (schema_validator(view.document, place) for view in made)
    normalize = function(normalizers, "normalize", name)
    for payload in PAYLOADS:
        try:
            value = normalize(copy.deepcopy(payload)).value
        except runtime_of(normalizers).CompatError:
            accepted = False
        else:
            accepted = canonical.is_valid(value)
        assert accepted == wire.is_valid(payload), payload
