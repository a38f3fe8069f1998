"""The default limit of values of a body: whatever the server makes of them takes less than 20 MB."""

from __future__ import annotations

import json
import re
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from built import imported, schemas, texts

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
WIDE: Json = {"type": "object", "properties": {f"p{number}": TEXT for number in range(400)}}


def body(schema: Json, **others: Json) -> str:
    media = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    sent = {"requestBody": {"required": True, "content": media}, "operationId": "send"}
    answers = {"200": {"description": "", "content": media}}
    paths = {"/a": {"post": {**sent, "responses": answers}}}
    return json.dumps({**schemas(A=schema, **others), "paths": paths})


def within(names: list[str], leaf: Any, schema: bool) -> Any:
    for name in reversed(names):
        leaf = {"type": "object", "properties": {name: leaf}} if schema else {name: leaf}
    return leaf


def each(items: Json, template: Any) -> Json:
    older = {"type": "array", "items": TEXT, "x-compat": {"into": "/new", "each": template}}
    return {"type": "object", "properties": {"new": {"type": "array", "items": items}, "old": older}}  # fmt: skip


def levels(count: int) -> Json:
    names = [f"m{number}" for number in range(count)]
    return each(within(names, TEXT, True), within(names, "$", False))


def constants(count: int, template: Any) -> Json:
    items = {"type": "object", "properties": {"url": TEXT}}
    return each(items, {"url": "$", **{f"c{number}": template for number in range(count)}})


def listed(items: Json) -> Json:
    return {"type": "object", "properties": {"old": {"type": "array", "items": items}}}


def most(text: str) -> int:
    found = re.search(r"max_body_values: int = ([\d_]+)", texts(text)["server.py"])
    assert found
    return int(found[1].replace("_", ""))


@pytest.mark.parametrize(
    ("schema", "item"),
    [
        (levels(2), "x" * 90),
        (levels(6), "x" * 90),
        (constants(39, {"t": "auto"}), "x"),
        (constants(60, "auto"), "x"),
        (listed(WIDE), {}),
        (listed({"type": "object", "properties": {"x": WIDE}}), {"x": {}}),
    ],
)
def test_what_a_server_makes_of_a_body_takes_less_than_20_megabytes(
    schema: Json, item: Any, tmp_path: Path
) -> None:
    text = body(schema)
    limit = most(text)
    server: Any = imported(texts(text), tmp_path, "server")
    client: Any = sys.modules[f"{server.__package__}.client"]
    size = 1 + str(item).count("{")  # an object counts as its comma and its bracket
    content = json.dumps({"old": [item] * ((limit - 10) // size)}).encode()
    server._accepted(client.A_SEND, b'{"old": []}', 10)
    tracemalloc.start()
    server._accepted(client.A_SEND, content, limit)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


NODE: Json = {"$ref": "#/components/schemas/Node"}
BASE: Json = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": TEXT},
    "discriminator": {"propertyName": "kind"},
}


@pytest.mark.parametrize(
    ("schema", "others"),
    [
        (NODE, {"Node": {"type": "object", "properties": {**WIDE["properties"], "l": NODE, "r": NODE}}}),
        (listed({"$ref": "#/components/schemas/Base"}), {"Base": BASE, "Child": {"allOf": [{"$ref": "#/components/schemas/Base"}, WIDE]}}),
        (listed({"type": "object", "properties": {"a": within(["d"] * 29, TEXT, True), "old": {**TEXT, "x-compat": {"into": "/a" + "/d" * 29}}}}), {}),
        (listed({"oneOf": [{"type": "object", "required": [f"k{n}"], "properties": {"q": TEXT}} for n in range(99)]}), {}),
        (listed({"anyOf": [{"type": "object", "properties": {"t": {"const": n}}} for n in range(99)]}), {}),
        (listed({"anyOf": [{"anyOf": [{"type": "object", "properties": {f"p{n}": TEXT}} for n in range(10)]}] * 9}), {}),
    ],
    ids=["circles", "children", "far hubs", "options", "optional constants", "unions of unions"],
)  # fmt: skip
def test_many_values_are_found_wherever_they_come_from(schema: Json, others: Json) -> None:
    assert most(body(schema, **others)) < 2_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (body(levels(1)), 10_000),
        (body({"type": "object", "properties": {"old": WIDE}}), 10_000),  # once
        (body(listed(TEXT), Other=WIDE), 10_000),  # elsewhere
        (body(levels(6)), 3_584),
        (body(listed(WIDE)), 1_744),
    ],
)
def test_only_values_that_become_large_are_fewer(text: str, expected: int) -> None:
    assert most(text) == expected
