"""The command `speclens verify`: what it tells, in every format; odd and hostile documents; what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import ValidationError

from built import HEAD, HEAD_30, imported, schemas, source, texts
from speclens import judging
from speclens.cli import main
from speclens.reporting import safe

TYPED = {"type": "string"}
RENAME = {"type": "string", "x-compat": {"into": "/name"}}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def written(directory: Path, document: Any, name: str = "openapi.json") -> Path:
    path = directory / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def verify(directory: Path, document: Any, *arguments: object) -> Result:
    return run("--spec", written(directory, document), "--examples", 100, *arguments)


GOOD = schemas(Thing=thing(name=TYPED, title=RENAME), Other=thing(x={"type": "integer"}))
WIDER = """openapi: 3.1.1
info: {title: Tests, version: '1'}
paths: {}
components:
  schemas:
    Thing:
      type: object
      properties:
        name: {type: string, maxLength: 3}
        title: {type: string, maxLength: 5, x-compat: {into: /name}}
"""
"""`title` accepts more than `name` does: no rule of x-compat tells."""
TOLD = "String should have at most 3 characters"


# What is told


def test_what_was_tried_is_told(tmp_path: Path) -> None:
    result = verify(tmp_path, GOOD)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.output.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["Other", "Thing"]
    assert lines[1].endswith("1 of 1 shapes")
    assert len(lines) == 2 + 11
    assert all(line.endswith(" holds") for line in lines[2:])


def test_a_shape_that_accepts_more_than_it_becomes_is_told_at_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, WIDER, "openapi.yaml")
    result = run("--spec", path)
    assert result.exit_code == 1
    assert "  wire and canonical view agree " in result.output
    assert [line for line in result.output.splitlines() if line.endswith("BROKEN by 1 schema")]
    assert result.output.splitlines()[-1] == (
        f"{path}:10:9: verify/wire-and-canonical-view-agree: "
        f'{{"title": "0000"}}: the document allows it, but it is refused (/title: {TOLD}) '
        "(make the older shape accept no more than the field that it becomes)"
    )


TITLE = "#/components/schemas/Thing/properties/title"
WIDER_SHAPES: dict[str, tuple[dict[str, Any], Any]] = {
    "pattern": (thing(name={**TYPED, "pattern": "^a"}, title=RENAME), {"title": ""}),
    "enum": (
        thing(name={**TYPED, "enum": ["a"]}, title={**RENAME, "enum": ["a", "b"]}),
        {"title": "b"},
    ),
    "minimum": (
        thing(
            name={"type": "integer", "minimum": 300},
            title={"type": "integer", "x-compat": {"into": "/name"}},
        ),
        {"title": 0},
    ),
    "items": (
        thing(
            name={"type": "array", "items": {**TYPED, "maxLength": 1}},
            title={"type": "array", "items": TYPED, "x-compat": {"into": "/name"}},
        ),
        {"title": ["00"]},
    ),
    "required": (
        thing(
            name={**thing(a=TYPED), "required": ["a"]},
            title={**thing(a=TYPED), "x-compat": {"into": "/name"}},
        ),
        {"title": {}},
    ),
    "closed": (
        thing(
            name={**thing(a=TYPED), "additionalProperties": False},
            title={**thing(a=TYPED), "x-compat": {"into": "/name"}},
        ),
        {"title": {"": 0}},
    ),
}


CLOSED = {"additionalProperties": False}
COUNTED: dict[str, Any] = {"additionalProperties": {"type": "integer"}}
BESIDE = "additionalProperties"
BRANCHES: dict[str, Any] = {"oneOf": [reference("Z"), reference("Y")]}
# A schema, and where it says something of further members that its model does not enforce.
FURTHER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Z": (thing(a=TYPED), []),
    "Y": ({**thing(y=TYPED), "required": ["y"]}, []),
    "Map": ({"type": "object", **COUNTED}, []),
    "Union": (BRANCHES, []),
    "Reference": ({**reference("Z"), **CLOSED}, [BESIDE]),
    "Typed": ({**reference("Z"), "type": "object", **CLOSED}, [BESIDE]),
    "Member": ({"allOf": [reference("Z")], **CLOSED}, [BESIDE]),
    "More": ({"allOf": [reference("Z")], **thing(b=TYPED), **CLOSED}, [BESIDE]),
    "All": ({"allOf": [reference("Z")], **thing(a={}, b=TYPED), **CLOSED}, []),
    "Inner": ({"allOf": [reference("Z"), {**thing(b=TYPED), **CLOSED}]}, [f"allOf/1/{BESIDE}"]),
    "Twice": (
        {"allOf": [reference("Z"), {"properties": {"a": {"maxLength": 3}}}], **thing(b={}), **CLOSED},
        [BESIDE],
    ),
    "Base": ({**thing(a=TYPED), **CLOSED}, [BESIDE]),
    "Child": ({"allOf": [reference("Base"), {"properties": {"b": TYPED}}]}, []),
    "Required": ({"type": "object", "required": ["a"], **CLOSED}, [BESIDE]),
    "Items": ({"type": "array", "items": {**reference("Z"), **CLOSED}}, [f"items/{BESIDE}"]),
    "OfMap": ({**reference("Map"), **CLOSED}, [BESIDE]),
    "OfUnion": ({**reference("Union"), **CLOSED}, [BESIDE]),
    "Any": ({"anyOf": [reference("Z"), reference("Y")], **CLOSED}, [BESIDE]),
    "Spread": ({**thing(p=TYPED), **CLOSED, **BRANCHES}, [BESIDE]),
    "Branch": (
        {**thing(p=TYPED), "oneOf": [{**thing(a=TYPED), **CLOSED}, reference("Y")]},
        [f"oneOf/0/{BESIDE}"],
    ),
    "Both": (
        {**thing(p=TYPED), **CLOSED, "oneOf": [{**thing(a=TYPED), **CLOSED}, reference("Y")]},
        [BESIDE, f"oneOf/0/{BESIDE}"],
    ),
    "Deeper": (
        {
            "allOf": [
                {"oneOf": [{**thing(a=TYPED), **CLOSED, "oneOf": [thing(c=TYPED), {**thing(d=TYPED), **CLOSED}]}, reference("Y")]}
            ],
            **thing(p=TYPED),
        },
        [f"allOf/0/oneOf/0/{BESIDE}", f"allOf/0/oneOf/0/oneOf/1/{BESIDE}"],
    ),
    "Counted": ({**thing(p=TYPED), **COUNTED, **BRANCHES}, [BESIDE]),
    "CountedBranch": (
        {**thing(p=TYPED), "oneOf": [{**thing(a=TYPED), **COUNTED}, reference("Y")]},
        [f"oneOf/0/{BESIDE}"],
    ),
    "CountedAll": (
        {**thing(p=TYPED, y=TYPED), **COUNTED, "oneOf": [{**thing(p=TYPED), "required": ["p"]}, {**thing(y=TYPED), "required": ["y"]}]},
        [],
    ),
    "Patterns": (
        {**thing(a=TYPED), **CLOSED, "patternProperties": {"^x": TYPED}},
        ["patternProperties", BESIDE],
    ),
    "Nothing": (CLOSED, []),
    "OrText": ({"type": ["object", "string"], **CLOSED}, []),
}  # fmt: skip


def test_what_is_said_of_further_members_is_enforced_or_told(tmp_path: Path) -> None:
    """By JSON Schema they are those that are not declared beside the keyword, also if another schema declares them."""
    document = schemas(**{name: schema for name, (schema, _) in FURTHER.items()})
    result = verify(tmp_path, document)
    assert result.exit_code == 0, result.output
    told: dict[str, list[str]] = {name: [] for name in FURTHER}
    for one in judging.read_document(source(document)).warnings:
        assert one.rule == "model/not-enforced"
        _, _, _, name, place = one.pointer.split("/", 4)
        told[name] = sorted([*told[name], place])
    assert told == {name: sorted(places) for name, (_, places) in FURTHER.items()}


def test_a_closed_base_whose_children_are_its_union_is_told_once() -> None:
    children = {
        "oneOf": [reference("Cat"), reference("Dog")],
        "discriminator": {"propertyName": "kind"},
    }
    document = schemas(
        Base={**thing(kind=TYPED), **CLOSED, **children},
        Cat={"allOf": [reference("Base"), thing(cat=TYPED)]},
        Dog={"allOf": [reference("Base"), thing(dog=TYPED)]},
    )
    found = judging.read_document(source(document)).warnings
    assert [one.pointer for one in found if one.rule == "model/not-enforced"] == [
        f"#/components/schemas/Base/{BESIDE}"
    ]


@pytest.mark.parametrize("name", ["Reference", "Member", "More", "Inner", "Twice", "Base"])
def test_a_closed_class_refuses_what_no_schema_of_it_declares(name: str, tmp_path: Path) -> None:
    document = schemas(**{name: schema for name, (schema, _) in FURTHER.items()})
    model = getattr(imported(texts(document), tmp_path), name)
    assert model.model_validate({"a": "x"}).a == "x"
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        model.model_validate({"z": 1})


@pytest.mark.parametrize("name", WIDER_SHAPES)
def test_shapes_that_accept_more_are_told(name: str, tmp_path: Path) -> None:
    schema, payload = WIDER_SHAPES[name]
    told = json.loads(
        verify(tmp_path, schemas(Thing=schema), "--format", "json", "--examples", 400).output
    )
    (thing_told,) = [one for one in told["schemas"] if one["schema"] == "Thing"]
    broken = {law["law"]: law for law in thing_told["laws"] if law["broken"]}
    assert list(broken) == ["wire and canonical view agree"]
    assert broken["wire and canonical view agree"]["payload"] == payload
    assert broken["wire and canonical view agree"]["place"].startswith(TITLE)


def test_json(tmp_path: Path) -> None:
    path = written(tmp_path, WIDER, "openapi.yaml")
    result = run("--spec", path, "--format", "json")
    told = json.loads(result.output)
    assert (result.exit_code, told.keys()) == (1, {"examples", "schemas"})
    (one,) = told["schemas"]
    keys = "schema pointer payloads accepted refused conflicts not_judged shapes laws"
    assert list(one) == keys.split()
    assert (one["schema"], one["pointer"]) == ("Thing", "#/components/schemas/Thing")
    assert one["accepted"] + one["refused"] == one["payloads"] >= 200
    assert list(one["shapes"]) == ["#/components/schemas/Thing/properties/title"]
    assert {tuple(law) for law in one["laws"]} == {
        ("law", "cases", "broken", "payload", "place", "hint")
    }


def test_github_and_sarif(tmp_path: Path) -> None:
    path = written(tmp_path, WIDER, "openapi.yaml")
    github = run("--spec", path, "--format", "github")
    assert github.output.startswith(f"::error file={path},line=10,col=9,title=verify/wire-")
    assert len(github.output.splitlines()) == 1
    sarif = run("--spec", path, "--format", "sarif")
    (result,) = json.loads(sarif.output)["runs"][0]["results"]
    assert result["ruleId"] == "verify/wire-and-canonical-view-agree"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 10
    assert (github.exit_code, sarif.exit_code) == (1, 1)


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_nothing_to_tell(style: str, tmp_path: Path) -> None:
    result = verify(tmp_path, HEAD, "--format", style)
    assert (result.exit_code, result.stderr) == (0, "")
    empty = {"text": "no schema to verify\n", "github": ""}
    if style in empty:
        assert result.output == empty[style]
    else:
        assert json.loads(result.output)


def test_warnings_do_not_fail(tmp_path: Path) -> None:
    """A shape that no payload has; a schema that accepts nothing."""
    clash = thing(name=TYPED, title={**RENAME, "pattern": r"^a\bb"})
    document = schemas(Thing=clash, Nothing={**TYPED, "minLength": 3, "maxLength": 1})
    result = verify(tmp_path, document, "--format", "github")
    assert result.exit_code == 0
    assert [
        line.partition("title=")[2].partition("::")[0] for line in result.output.splitlines()
    ] == [
        "verify/unseen-shape",
        "verify/nothing-accepted",
    ]
    assert all(line.startswith("::warning ") for line in result.output.splitlines())


# What models do not enforce


UNENFORCED = schemas(
    Thing=thing(
        few={"type": "array", "items": {"type": "integer"}, "contains": {"const": 1}},
        name={**TYPED, "maxLength": 3},
        title={**RENAME, "maxLength": 5},
    )
)


def test_what_models_do_not_enforce_is_not_judged_and_hides_nothing(tmp_path: Path) -> None:
    told = json.loads(verify(tmp_path, UNENFORCED, "--format", "json", "--examples", 400).output)[
        "schemas"
    ][0]
    assert told["not_judged"] > 0
    broken = {law["law"]: law["payload"] for law in told["laws"] if law["broken"]}
    assert broken == {"wire and canonical view agree": {"title": "0000"}}


# What is chosen


def test_schemas_by_name(tmp_path: Path) -> None:
    document = schemas(**{"pet-owner": thing(x=TYPED), "Thing": thing(inner=thing(y=TYPED))})
    for name in ("pet-owner", "PetOwner"):
        assert verify(tmp_path, document, "--schema", name).output.startswith("PetOwner: ")
    both = verify(tmp_path, document, "--schema", "Thing", "--schema", "ThingInner")
    assert [line.partition(":")[0] for line in both.output.splitlines()[:2]] == [
        "Thing",
        "ThingInner",
    ]
    unknown = verify(tmp_path, document, "--schema", "Thinginer")
    assert unknown.exit_code == 2
    assert "no schema 'Thinginer'; did you mean 'ThingInner'?" in unknown.stderr
    assert "no schema 'Xyzzy'\n" in verify(tmp_path, document, "--schema", "Xyzzy").stderr


@pytest.mark.parametrize("count", ["0", "-1", "x", "1000001"])
def test_wrong_numbers_of_examples(count: str, tmp_path: Path) -> None:
    assert verify(tmp_path, GOOD, "--examples", count).exit_code == 2


def test_examples(tmp_path: Path) -> None:
    told = json.loads(verify(tmp_path, GOOD, "--examples", 1, "--format", "json").output)
    assert told["examples"] == 1
    assert all(1 <= one["payloads"] <= 6 for one in told["schemas"])


def test_overlay(tmp_path: Path) -> None:
    """What an overlay lays over the document is verified, and told in the overlay."""
    document = schemas(Thing=thing(name={**TYPED, "maxLength": 3}, title={**TYPED, "maxLength": 5}))
    overlay = written(
        tmp_path,
        "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n"
        "  - target: $.components.schemas.Thing.properties.title\n"
        "    update: {x-compat: {into: /name}}\n",
        "overlay.yaml",
    )
    assert verify(tmp_path, document).exit_code == 0
    result = verify(tmp_path, document, "--overlay", overlay)
    assert result.exit_code == 1
    assert '{"title": "0000"}' in result.output


def test_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "There is no document" in run().stderr
    assert run().exit_code == 2
    written(tmp_path, WIDER, "api.yaml")
    written(tmp_path, '[tool.speclens]\nspec = "api.yaml"\npackage = "p"\noutput = "out"\n', "pyproject.toml")  # fmt: skip
    result = run()
    assert result.exit_code == 1
    assert "api.yaml:10:9: verify/" in result.output
    assert run("--overlay", "x.yaml").exit_code == 2


def test_refused_documents(tmp_path: Path) -> None:
    chained = thing(a=TYPED, b={**TYPED, "x-compat": {"into": "/none"}})
    refused = verify(tmp_path, schemas(Thing=chained))
    assert refused.exit_code == 1
    assert "compat/unknown-target" in refused.output
    assert verify(tmp_path, "openapi: [").exit_code == 1
    assert run("--spec", tmp_path / "none.yaml").exit_code == 2


# The same in every run, and nothing left behind


def test_two_runs_give_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, WIDER, "openapi.yaml")
    place = tmp_path / "here"
    place.mkdir()
    outputs = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "speclens",
                "verify",
                "--spec",
                path,
                "--examples",
                "200",
                "--format",
                "json",
            ],
            cwd=place,
            env={**os.environ, "PYTHONHASHSEED": seed, "XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, b"")
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert list(place.iterdir()) == []


# Odd and hostile documents


def test_what_a_document_holds_does_not_get_to_the_terminal_raw(tmp_path: Path) -> None:
    name = "x\u001b]0;pwn\u0007\u202e\u2028::error::"
    wider = thing(
        **{
            name: {**TYPED, "enum": ["\u001b[31m", "a"]},
            "old": {
                **TYPED,
                "enum": ["\u001b[31m", "\u009b2J"],
                "x-compat": {"into": f"/{name}"},
            },
        }
    )
    for style in ("text", "json", "github", "sarif"):
        result = verify(tmp_path, schemas(Thing=wider), "--format", style, "--examples", 300)
        assert result.exit_code == 1, result.output
        assert "2J" in result.output
        lines = result.output.split("\n")
        if style == "github":  # each is a command, and no other
            lines = [line.removeprefix("::") for line in lines]
        assert all(safe(line) == line for line in lines)


def nested(depth: int, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = TYPED
    for _ in range(depth):
        inner = schema
        schema = (
            {"type": "array", "items": inner, "minItems": 1} if kind == "array" else thing(p=inner)
        )
    return schema


ODD: dict[str, tuple[dict[str, Any], int]] = {
    "recursive": (
        {
            "Node": thing(
                next=reference("Node"), all={"type": "array", "items": reference("Node")}
            ),
            "Never": {**thing(next=reference("Never")), "required": ["next"]},
            "Map": {"type": "object", "additionalProperties": reference("Map")},
        },
        0,
    ),
    "union of itself": ({"U": {"oneOf": [reference("U"), TYPED]}}, 1),
    "unions of each other": (
        {
            "V": {"anyOf": [reference("W"), {"type": "integer"}]},
            "W": {"anyOf": [reference("V"), {"type": "null"}]},
        },
        1,  # as above: a validator follows it without end, and takes anything
    ),
    "all of itself": ({"A": {"allOf": [reference("A"), thing(x=TYPED)]}}, 0),
    "wide": ({"Wide": thing(**{f"p{n}": TYPED for n in range(300)})}, 0),
    "wide and required": (
        {
            "Wide": {
                **thing(**{f"p{n}": {"type": "integer"} for n in range(300)}),
                "required": [f"p{n}" for n in range(300)],
            }
        },
        0,
    ),
    "wide with older fields": (
        {
            "Wide": thing(
                **{f"p{n}": TYPED for n in range(150)},
                **{f"q{n}": {**TYPED, "x-compat": {"into": f"/p{n}"}} for n in range(150)},
            )
        },
        0,
    ),
    "chain of references": (
        {**{f"C{n}": reference(f"C{n + 1}") for n in range(40)}, "C40": TYPED},
        0,
    ),
    "chain of required": (
        {
            **{f"C{n}": {**thing(n=reference(f"C{n + 1}")), "required": ["n"]} for n in range(30)},
            "C30": TYPED,
        },
        0,
    ),
    "deep": ({"A": nested(40, "array"), "B": nested(20, "object")}, 0),
    "nothing fits": (
        {
            "A": {**TYPED, "minLength": 5, "maxLength": 2},
            "B": {"type": "integer", "minimum": 5, "maximum": 2},
            "C": {"type": "array", "items": {"not": {}}, "minItems": 1},
            "D": {"allOf": [TYPED, {"type": "integer"}]},
            "E": {"type": "string", "enum": [1]},
            "F": {"type": "array", "items": TYPED, "minItems": 3, "maxItems": 1},
        },
        0,
    ),
    "patterns": (
        {
            name: {**TYPED, "pattern": pattern}
            for name, pattern in {
                "Bad": "(",
                "Range": "[z-a]",
                "Ahead": "^(?=a)b",
                "Back": r"(a)\1",
                "Slow": "^(a+)+$",
                "Letters": r"^\p{L}+$",
                "End": r"a\Z",
                "Half": r"\ud83d",
                "Long": "^.{1,1000}$",
            }.items()
        },
        0,
    ),
    "bad pattern as a name": (
        {"A": {"type": "object", "patternProperties": {"(": {"type": "integer"}}}},
        0,
    ),
    "huge": (
        {
            "A": {**TYPED, "minLength": 100_000},
            "B": {"type": "array", "items": {"type": "integer"}, "minItems": 5000},
            "C": {"type": "integer", "minimum": 10**30, "maximum": 10**31},
            "D": {"type": "number", "minimum": 1e308},
            "E": {**TYPED, "maxLength": 10**12},
            "F": {"type": "object", "minProperties": 100},
        },
        0,
    ),
    "enumerations": (
        {
            "A": {"enum": [None]},
            "B": {"const": None},
            "C": {**TYPED, "enum": [None, "a"]},
            "D": {"enum": [1, True, "1", None]},
            "E": {"enum": [1.5, [1], {"a": 1}]},
        },
        0,
    ),
    "not": (
        {"A": {"not": True}, "B": {"not": {}}, "C": {"not": False}, "D": thing(x={"not": True})},
        0,
    ),
    "booleans": (
        {
            "A": True,
            "B": False,
            "C": thing(x=True, y=False),
            "D": {"type": "array", "items": False},
            "E": {"allOf": [True, False]},
        },
        0,
    ),
    "not enforced": (
        {
            "A": {"type": "array", "prefixItems": [{"type": "integer"}]},
            "B": {**thing(a=TYPED, b=TYPED), "dependentRequired": {"a": ["b"]}},
            "C": {"if": TYPED, "then": {"minLength": 2}},
            "D": {**thing(x={}), "unevaluatedProperties": False},
            "E": {"type": "object", "propertyNames": False},
            "F": {"type": "array", "contains": {"type": "integer"}},
        },
        0,
    ),
    "many unions": (
        {
            **{
                f"S{n}": {
                    "oneOf": [
                        reference(f"S{n + 1}"),
                        thing(a=reference(f"S{n + 1}"), b=reference(f"S{n + 1}")),
                    ]
                }
                for n in range(10)
            },
            "S10": TYPED,
        },
        0,
    ),
}
ODD_30: dict[str, tuple[dict[str, Any], int]] = {
    "nullable": (
        {
            "A": {**TYPED, "nullable": True},
            "B": thing(
                a={"allOf": [reference("A")], "nullable": True},
                b={"oneOf": [{"type": "integer"}, reference("A")], "nullable": True},
                c={"nullable": True},
                d={**reference("A"), "nullable": True},
                e={"type": "integer", "enum": [1, 2], "nullable": True},
            ),
            "C": {"allOf": [reference("B")], "nullable": True},
            "D": {**thing(x=reference("C")), "nullable": True},
        },
        0,
    ),
    "bounds": (
        {
            "A": {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 3},
            "B": {"type": "number", "minimum": 0, "exclusiveMinimum": False, "multipleOf": 0.01},
            "C": {"type": "integer", "minimum": 1, "maximum": 1, "exclusiveMaximum": True},
        },
        0,
    ),
}
ALL_ODD = {
    **{name: ({**HEAD, "components": {"schemas": s}}, code) for name, (s, code) in ODD.items()},
    **{
        name: ({**HEAD_30, "components": {"schemas": s}}, code)
        for name, (s, code) in ODD_30.items()
    },
}


@pytest.mark.parametrize("name", ALL_ODD)
def test_odd_documents_are_verified_in_bounded_time(name: str, tmp_path: Path) -> None:
    document, code = ALL_ODD[name]
    start = time.process_time()
    result = verify(tmp_path, document, "--examples", 8)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == code, result.output
    assert time.process_time() - start < 20
