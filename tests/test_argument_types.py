"""The types of arguments stay short, and are found in time, however often schemas refer to each other."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from built import HEAD, imported, texts
from growth import LINEAR, exponent
from speclens import ir
from speclens.lower.operations.arguments import Inputs

Json = dict[str, Any]
TEXT = {"type": "string"}
OK = {"200": {"description": "ok"}}


def reference(number: int) -> Json:
    return {"$ref": f"#/components/schemas/A{number}"}


def either(*options: Json) -> Json:
    return {"anyOf": list(options)}


def a_list(items: Json) -> Json:
    return {"type": "array", "items": items}


def a_map(values: Json) -> Json:
    return {"type": "object", "additionalProperties": values}


KINDS: dict[str, Callable[[Json], Json]] = {
    "lists": lambda below: either(below, a_list(below)),
    "lists and maps": lambda below: either(a_list(below), a_map(below)),
    "parts": lambda below: {"allOf": [below, below]},
}
PLACES = ["query", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"]


def levels(kind: str, count: int) -> list[Json]:
    """Schemas that refer to the one before them twice."""
    last = {} if kind == "parts" else TEXT
    return [last, *(KINDS[kind](reference(number)) for number in range(count))]


def taking(schemas: list[Json], place: str, *names: int) -> Json:
    """A document whose operation takes arguments of some schemas."""
    operation: Json = {"operationId": "a", "responses": OK}
    members = {f"p{number}": reference(number) for number in names}
    if place == "query":
        operation["parameters"] = [
            {"name": name, "in": "query", "schema": schema} for name, schema in members.items()
        ]
    else:
        body = {"schema": {"type": "object", "properties": members}}
        operation["requestBody"] = {"content": {place: body}}
    named = {f"A{number}": schema for number, schema in enumerate(schemas)}
    paths = {"/a": {"post": operation}}
    return {**HEAD, "paths": paths, "components": {"schemas": named}}


def client(document: Json) -> str:
    return texts(document)["client.py"]


@pytest.mark.parametrize(
    ("kind", "place"), [*(("lists", place) for place in PLACES), *((kind, "query") for kind in KINDS)][1:]
)  # fmt: skip
def test_types_of_many_levels_are_short(kind: str, place: str) -> None:
    made = client(taking(levels(kind, 40), place, 40))
    signature = re.sub(r"\s+", "", made.partition("    def a(")[2].partition(") ->")[0])
    assert 0 < len(signature) < 1_000
    assert signature.count("Sequence[") + signature.count("Mapping[") <= 41


def test_types_of_few_levels_are_written_out(tmp_path: Path) -> None:
    document = taking(levels("lists", 2), "query", 2)
    made = client(document)
    assert "p2: str | Sequence[str] | Sequence[str | Sequence[str]] | None = None," in made
    imported(texts(document), tmp_path, "client")


def circle(count: int) -> list[Json]:
    """Schemas each of which holds lists of all of them."""
    every = [a_list(reference(number)) for number in range(count)]
    return [either(TEXT, *every)] * count


def test_types_in_circles_are_found_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    found = Inputs._of_place

    def counted(inputs: Inputs, place: str, target: Json) -> list[ir.Type]:
        calls.append(place)
        return found(inputs, place, target)

    def count(act: Any) -> float:
        calls.clear()
        act()
        return float(len(calls))

    def make(size: int) -> Json:
        number = math.isqrt(size)
        return taking(circle(number), "query", *range(number))

    monkeypatch.setattr(Inputs, "_of_place", counted)
    assert exponent(make, client, 100, cost=count) <= LINEAR


def test_a_type_in_a_circle_does_not_depend_on_other_arguments() -> None:
    schemas = [
        either(TEXT, a_list(reference(1))),
        either({"type": "integer"}, a_list(reference(0)), a_map(reference(2))),
        either({"type": "boolean"}, a_list(reference(1))),
    ]

    def types(*names: int) -> dict[str, str]:
        made = re.sub(r"\s+", "", client(taking(schemas, "query", *names)))
        return dict(re.findall(r"(p\d):(.*?)\|None=None,", made))

    alone = {name: told for number in range(3) for name, told in types(number).items()}
    assert types(0, 1, 2) == types(2, 1, 0) == alone
    assert alone["p0"] == ("str|Sequence[int|Sequence[Any]|Mapping[str,bool|Sequence[Any]]]")
