"""Names that become one identifier, or one of ours: every one is distinct, and does its own work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hostile_checks import drafts, outcome, quicken, run_cases, source
from names_that_clash import PROPERTIES, SCHEMAS
from speclens import judging
from speclens.output import tidy

HEAD = {"openapi": "3.1.1", "info": {"title": "x", "version": "1"}, "paths": {}}
PLAIN = {"type": "string"}


def document(**schemas: Any) -> dict[str, Any]:
    return {**HEAD, "components": {"schemas": schemas}}


def failures(value: dict[str, Any], cases: list[list[Any]], directory: Path) -> Any:
    """What went wrong when a document's package ran cases (module, name, argument, expected)."""
    write(value, "package", directory)
    return run_cases(directory, [["", "package", *case] for case in cases])


def write(value: dict[str, Any], package: str, directory: Path) -> None:
    for path, text in tidy.tidy(drafts(source(value), package)[1]).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, "utf-8", newline="")


def test_properties(tmp_path: Path) -> None:
    """Each keeps its own value, whatever its neighbours are called and typed."""
    kinds = [PLAIN, {"type": "array", "items": PLAIN}, {"$ref": "#/components/schemas/Other"}]
    samples: list[Any] = ["x", ["x"], {"a": "x"}]
    properties = {name: kinds[index % 3] for index, name in enumerate(PROPERTIES)}
    full = {name: samples[index % 3] for index, name in enumerate(PROPERTIES)}
    wrong = [{name: samples[(index + 1) % 3]} for index, name in enumerate(PROPERTIES)]
    value = document(
        Thing={"type": "object", "properties": properties},
        Other={"type": "object", "required": ["a"], "properties": {"a": PLAIN}},
    )
    cases: list[list[Any]] = [
        ["models", "Thing", full, full],
        *(["models", "Thing", {name: full[name]}, {name: full[name]}] for name in full),
        *(["models", "Thing", one, None] for one in wrong),
    ]
    assert failures(value, cases, tmp_path) == []


FIELDS: dict[str, tuple[Any, Any]] = {
    "text": ({"type": "string", "minLength": 1}, "x"),
    "whole": ({"type": "integer", "minimum": 1}, 1),
    "number": ({"type": "number"}, 1.5),
    "truth": ({"type": "boolean"}, True),
    "listed": ({"type": "array", "items": PLAIN}, ["x"]),
    "mapped": ({"type": "object", "additionalProperties": {"type": "integer"}}, {"x": 1}),
    "one": ({"enum": ["x", 1, None]}, 1),
    "free": ({}, {"x": [None]}),
    "other": ({"$ref": "#/components/schemas/Any"}, {"a": "x"}),
}


def test_one_property_beside_every_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field called as a type, a class or a helper hides none from the annotations beside it."""
    quicken(monkeypatch)
    cases: list[list[Any]] = []
    for index, name in enumerate(PROPERTIES):
        properties = {name: PLAIN, **{field: kind for field, (kind, _) in FIELDS.items()}}
        full = {name: "x", **{field: sample for field, (_, sample) in FIELDS.items()}}
        closed = {"type": "object", "properties": {"a": PLAIN}, "additionalProperties": False}
        value = document(Thing={"type": "object", "properties": properties}, Any=closed)
        write(value, f"package_{index}", tmp_path)
        cases.append(["", f"package_{index}", "models", "Thing", full, full])
    assert run_cases(tmp_path, cases) == []


def test_schemas(tmp_path: Path) -> None:
    """Each has a class of its own, and refers to the others by it."""
    wanted = {
        name: {
            "type": "object",
            "additionalProperties": False,
            "required": [f"p{index}"],
            "properties": {
                f"p{index}": PLAIN,
                "next": {"$ref": f"#/components/schemas/{SCHEMAS[index - 1]}"},
            },
        }
        for index, name in enumerate(SCHEMAS)
    }
    lowered, _ = drafts(source(document(**wanted)), "package")
    idents = {schema.name: schema.ident for schema in lowered.schemas}
    assert len(set(idents.values())) == len(SCHEMAS)
    cases: list[list[Any]] = []
    for index, name in enumerate(SCHEMAS):
        before = (index - 1) % len(SCHEMAS)
        good = {f"p{index}": "x", "next": {f"p{before}": "x"}}
        cases.append(["models", idents[name], good, good])
        cases.append(["models", idents[name], {f"p{index}": "x", "next": {f"p{index}": "x"}}, None])
    assert failures(document(**wanted), cases, tmp_path) == []


def test_inline_schemas(tmp_path: Path) -> None:
    properties = {
        name: {"type": "object", "required": [f"p{index}"], "properties": {f"p{index}": PLAIN}}
        for index, name in enumerate(PROPERTIES)
    }
    full = {name: {f"p{index}": "x"} for index, name in enumerate(PROPERTIES)}
    empty: list[Any] = [{name: {}} for name in PROPERTIES]
    value = document(Thing={"type": "object", "properties": properties})
    cases: list[list[Any]] = [
        ["models", "Thing", full, full],
        *(["models", "Thing", one, None] for one in empty),
    ]
    assert failures(value, cases, tmp_path) == []


def test_normalizers(tmp_path: Path) -> None:
    """Of schemas and spokes whose names become one, each folds its own."""
    wanted = {
        name: {
            "type": "object",
            "properties": {
                f"hub{index}": {"type": "array", "items": PLAIN},
                **{
                    spoke: {**PLAIN, "x-compat": {"into": f"/hub{index}", "to": ["$", f"{place}"]}}
                    for place, spoke in enumerate(PROPERTIES[:12])
                },
            },
        }
        for index, name in enumerate(SCHEMAS)
    }
    lowered, _ = drafts(source(document(**wanted)), "package")
    classes = {schema.name: schema.ident for schema in lowered.schemas}
    functions = {one.schema: one.ident for one in lowered.compat.normalizers}
    assert len(set(functions.values())) == len(SCHEMAS)
    cases: list[list[Any]] = [
        [
            "normalizers",
            functions[classes[name]],
            {spoke: "x"},
            {f"hub{index}": ["x", f"{place}"]},
        ]
        for index, name in enumerate(SCHEMAS)
        for place, spoke in enumerate(PROPERTIES[:12])
    ]
    assert failures(document(**wanted), cases, tmp_path) == []


def test_parts_of_a_shape_beside_a_property_called_parts(tmp_path: Path) -> None:
    inner = {"oneOf": [{"type": "array", "items": PLAIN}, {**PLAIN, "x-compat": {"to": ["$"]}}]}
    shape = {
        "type": "object",
        "required": ["parts", "b"],
        "properties": {"parts": inner, "b": inner},
        "x-compat": {"to": {"c": "$/parts", "d": "$/b"}},
    }
    canonical = {
        "type": "object",
        "required": ["c", "d"],
        "properties": {"c": {}, "d": {}},
        "additionalProperties": False,
    }
    value = document(Thing={"oneOf": [canonical, shape]})
    case = ["normalizers", "normalize_thing", {"parts": "x", "b": "y"}, {"c": ["x"], "d": ["y"]}]
    assert failures(value, [case], tmp_path) == []


def keyed(keywords: Any, **further: Any) -> dict[str, Any]:
    hub = {"hub": {"type": ["string", "array", "object"]}}
    return {
        "type": "object",
        "properties": {**hub, "key": {"type": "string", **further, "x-compat": keywords}},
    }


THING = {"type": "object", "properties": {"a": PLAIN}}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "into-nothing": (document(A=keyed({"into": ""})), "compat/unknown-target"),
    "into-on-a-component": (
        document(A={**THING, "x-compat": {"into": "/a"}}),
        "compat/unsupported-keyword",
    ),
    "into-on-items-of-properties": (
        document(
            properties={"type": "array", "items": {"type": "string", "x-compat": {"into": "/a"}}}
        ),
        "compat/unsupported-keyword",
    ),
    "values-of-arrays": (
        document(A=keyed({"into": "/hub", "values": {"a": "b"}}, type="array")),
        "compat/result-mismatch",
    ),
    "values-of-parts": (
        document(A=keyed({"into": "/hub", "to": "$/a", "values": {"a": "b"}})),
        "compat/result-mismatch",
    ),
    "dialect-required": (
        {**document(A={**THING, "required": 5}), "jsonSchemaDialect": "https://example.com/x"},
        "schema/keyword",
    ),
    "dialect-type": (
        document(A={**THING, "type": [{"a": 5}], "$schema": "https://example.com/x"}),
        "schema/keyword",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    value, rule = REFUSED[name]
    problems = judging.judge(source(value))
    assert rule in {problem.rule for problem in problems if problem.severity == "error"}
    assert all(
        problem.pointer.startswith("#/components/schemas/")
        for problem in problems
        if problem.rule == rule
    )


def test_a_callback_called_like_a_keyword() -> None:
    body = {"content": {"a/json": {"schema": {"type": "object", "properties": {"a": PLAIN}}}}}
    inner = {"{$url}": {"post": {"requestBody": body, "responses": {"200": {"description": ""}}}}}
    operation = {
        "callbacks": {"oneOf": inner, "properties": inner},
        "responses": {"200": {"description": ""}},
    }
    _, files = outcome(source({**document(A=THING), "paths": {"/x": {"get": operation}}}))
    assert "package/models.py" in files


def test_a_class_called_like_the_constant_of_an_operation() -> None:
    """Two names that would be one class keep their underscores, as constants of operations do."""
    value = document(A_B={"type": "object", "properties": {"x": PLAIN}}, AB=PLAIN)
    answers = {"200": {"description": ""}}
    value["paths"] = {"/a": {"get": {"operationId": "a_b", "responses": answers}}}
    files = drafts(source(value), "package")[1]
    assert "class A_B(" in files["package/models.py"]
    assert (
        "A_B_: Operation" in files["package/client.py"]
        or "A_B_ = Operation" in files["package/client.py"]
    )
