"""The flagship endpoint, case by case: by the generated functions, and by `speclens normalize`."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import routescope
from endpoint_cases import REQUESTS, RESPONSES, A, B, Case, folded, request, response
from routescope import CompatError, Normalized, PayloadError, normalizers
from speclens import folding, ir, project
from speclens.cli import main
from speclens.commands import normalize as command
from speclens.lower.rewrites import views
from speclens.source.load import Source, load
from speclens.validate.dialect import schema_validator

pytestmark = pytest.mark.shipped

Json = Any
Normalize = Callable[[Json], Normalized]

SPEC = Path(__file__).parents[1] / "openapi" / "routescope-images.yaml"
DOCUMENT: Any = load(SPEC).value
CANONICAL = views.canonical(DOCUMENT).document
OPERATION = DOCUMENT["paths"]["/v1/images/edits"]["post"]
CASES = (*REQUESTS, *RESPONSES)

SIDES: dict[str, tuple[Normalize, Any, str, Any]] = {
    "request": (
        normalizers.normalize_image_edit_request,
        routescope.ImageEditRequest,
        "ImageEditRequest",
        OPERATION["requestBody"]["content"]["application/json"],
    ),
    "response": (
        normalizers.normalize_images_response,
        routescope.ImagesResponse,
        "ImagesResponse",
        OPERATION["responses"]["200"]["content"]["application/json"],
    ),
}
sides = pytest.mark.parametrize("side", SIDES)


def side_of(case: Case) -> str:
    return "request" if case in REQUESTS else "response"


def named(case: Case) -> str:
    return f"{side_of(case)}: {case.name}"


def errors(normalize: Normalize, model: Any, payload: Json) -> tuple[str, ...]:
    """The pointers of all errors of a payload, in order; () if it is valid."""
    try:
        normalize(payload).validate(model)
    except CompatError as error:
        return (error.pointer,)
    except PayloadError as error:
        return tuple(found.pointer for found in error.errors)
    return ()


def expected_errors(case: Case) -> tuple[str, ...]:
    return () if case.error_pointer is None else (case.error_pointer, *case.further_pointers)


def exact(value: Json) -> str:
    """A value as text that tells `1`, `1.0` and `true` apart."""
    return json.dumps(value, sort_keys=True)


def test_there_are_cases() -> None:
    assert (len(REQUESTS), len(RESPONSES)) == (192, 41)
    assert len({named(case) for case in CASES}) == len(CASES)


# By function


@pytest.mark.parametrize("case", CASES, ids=named)
def test_case_by_function(case: Case) -> None:
    normalize, model, *_ = SIDES[side_of(case)]
    before = json.dumps(case.payload)
    assert errors(normalize, model, case.payload) == expected_errors(case)
    if case.error_pointer is None:
        result = normalize(case.payload)
        assert exact(result.value) == exact(case.canonical)
        assert {(found.source, found.target) for found in result.rewrites} == case.rewrites
        assert sorted((found.pointer, found.reason) for found in result.drops) == sorted(case.drops)
    assert json.dumps(case.payload) == before


@pytest.mark.parametrize("case", [case for case in CASES if case.canonical is not None], ids=named)
def test_what_the_model_holds_is_what_was_folded(case: Case) -> None:
    normalize, model, *_ = SIDES[side_of(case)]
    instance = normalize(case.payload).validate(model)
    assert instance.model_dump(mode="json", exclude_unset=True) == case.canonical


# By command

_OPENED = cache(project.opened)
_FOLDERS: dict[str, Any] = {}


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document is read, and its normalizers are made, for the first payload of a schema: they are the same for all.
    `test_case_by_process` makes them anew each time."""
    usual = folding.folder

    def folder(source: Source, document: ir.Api, name: str) -> Any:
        return _FOLDERS.get(name) or _FOLDERS.setdefault(name, usual(source, document, name))

    monkeypatch.setattr(command, "opened", _OPENED)
    monkeypatch.setattr(folding, "folder", folder)


def by_command(schema: str, payload: Json) -> tuple[int, Json]:
    """Exit code and report of `speclens normalize`."""
    arguments = ["normalize", "--spec", str(SPEC), "--schema", schema, "--format", "json"]
    result = CliRunner().invoke(main, arguments, input=json.dumps(payload))
    return result.exit_code, json.loads(result.stdout)


def assert_told(case: Case, told: tuple[int, Json]) -> None:
    """That a report says what is expected of a case."""
    code, report = told
    if case.error_pointer is not None:
        assert list(report) == ["errors"]
        assert all(list(error) == ["rule", "pointer", "message"] for error in report["errors"])
        pointers = tuple(error["pointer"] for error in report["errors"])
        assert (code, pointers) == (1, expected_errors(case))
        return
    assert list(report) == ["value", "rewrites", "drops", "more_rewrites", "more_drops"]
    assert (code, exact(report["value"])) == (0, exact(case.canonical))
    assert {(found["source"], found["target"]) for found in report["rewrites"]} == case.rewrites
    drops = sorted((found["pointer"], found["reason"]) for found in report["drops"])
    assert drops == sorted(case.drops)


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("case", CASES, ids=named)
def test_case_by_command(case: Case) -> None:
    assert_told(case, by_command(SIDES[side_of(case)][2], case.payload))


@pytest.mark.parametrize(
    "case", [REQUESTS[0], REQUESTS[-1], RESPONSES[8], RESPONSES[-1]], ids=named
)
def test_case_by_process(case: Case, tmp_path: Path) -> None:
    arguments = ["normalize", "--schema", SIDES[side_of(case)][2], "--format", "json"]
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps(case.payload))
    done = subprocess.run(
        [sys.executable, "-m", "speclens", *arguments, str(SPEC), "--payload", str(payload)],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stderr == ""
    assert_told(case, (done.returncode, json.loads(done.stdout)))


def test_rewrites_are_told_with_their_rule_and_deprecation() -> None:
    _, report = by_command("ImageEditRequest", request(image=A, mask={"image_url": B}))
    schema = "#/components/schemas/ImageEditRequest/properties"
    note = {"since": "2026-08-01", "sunset": "", "note": "Use images[].image_url."}
    reference = "#/components/schemas/ImageReference/oneOf/1"
    rules = {(found["source"], found["rule"]): found["deprecated"] for found in report["rewrites"]}
    assert rules == {
        ("/mask", f"{schema}/mask/oneOf/1"): None,
        ("/image", f"{schema}/image/oneOf/0"): note,
        ("/image", reference): None,
    }


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "nul", "[1,]", '{"a": 1, "a": 2}', "NaN", "1" * 5000, "[" * 50_000, "1e400"),
        *("[" * 101 + "]" * 101, "[" * 900 + "]" * 900),
        *('"\\ud800"', '{"\\udfff": 1}', '{"prompt": "\\ud83d"}', '{"x": "\\ud800"}'),
    ],
    ids=lambda text: text[:20],
)
@pytest.mark.parametrize("style", ["text", "json"])
def test_what_is_no_json_is_refused_at_the_root(text: str, style: str) -> None:
    arguments = ["normalize", "--spec", str(SPEC), "--schema", "ImageEditRequest"]
    result = CliRunner().invoke(main, [*arguments, "--format", style], input=text)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    if style == "json":
        (error,) = json.loads(result.stdout)["errors"]
        assert (error["rule"], error["pointer"]) == ("json", "")
    else:
        assert result.stderr.startswith("(root): json: ")


@pytest.mark.parametrize("inner", ["", "1"])
def test_a_payload_is_read_to_a_depth_of_a_hundred(inner: str) -> None:
    payload = request(image=A, x=json.loads("[" * 99 + inner + "]" * 99))
    code, report = by_command("ImageEditRequest", payload)
    assert (code, report["value"]["x"]) == (0, payload["x"])


# The examples of the document


def examples(kind: str) -> list[Any]:
    """The named examples of both sides under a keyword: (side, example)."""
    return [
        pytest.param(side, example, id=f"{side}: {name}")
        for side, (_, _, _, body) in SIDES.items()
        for name, example in body[kind].items()
    ]


@pytest.mark.parametrize(("side", "example"), examples("examples"))
def test_example_folds_to_a_valid_canonical_value(side: str, example: Json) -> None:
    normalize, model, schema, _ = SIDES[side]
    value = normalize(example["value"]).value
    assert errors(normalize, model, example["value"]) == ()
    assert schema_validator(CANONICAL, f"#/components/schemas/{schema}").is_valid(value)
    assert normalize(value).rewrites == ()


@pytest.mark.parametrize(("side", "example"), examples("x-invalid-examples"))
def test_invalid_example_is_refused_at_its_pointer(side: str, example: Json) -> None:
    normalize, model, *_ = SIDES[side]
    assert errors(normalize, model, example["value"]) == (example["pointer"],)


def test_every_shape_is_reached_by_an_example() -> None:
    """Law 8."""
    rules = {
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(inspect.getsource(normalizers)))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "rule"
    }
    reached = {
        rewrite.rule
        for normalize, _, _, body in SIDES.values()
        for example in body["examples"].values()
        for rewrite in normalize(example["value"]).rewrites
    }
    assert len(rules) == 11
    assert reached == rules


# Saying it in older fields


@pytest.mark.parametrize(
    ("value", "spoke", "said"),
    [
        (folded(A), "image", request(image={"image_url": A})),
        (folded(A, B), "image", request(image=[{"image_url": A}, {"image_url": B}])),
        (folded(A), "image_urls", request(image_urls=[A])),
        (folded(A, A, B), "image_urls", request(image_urls=[A, A, B])),
        (folded(A) | {"x": 1}, "image_urls", request(x=1, image_urls=[A])),
        (request(), "image", request()),
    ],
)
def test_denormalize(value: Json, spoke: str, said: Json) -> None:
    before = json.dumps(value)
    denormalize = normalizers.denormalize_image_edit_request
    assert denormalize(value, to={"/images": spoke}) == said
    assert json.dumps(value) == before


@pytest.mark.parametrize(
    ("value", "to", "pointer"),
    [
        (request(images=[{"image_url": A, "x": 1}]), {"/images": "image_urls"}, "/images"),
        (request(images=[]), {"/images": "image"}, "/images"),
        (folded(A), {"/images": "images"}, "/images"),
        (folded(A), {"/images": "picture"}, "/images"),
        (folded(A), {"/mask": "image"}, "/mask"),
    ],
)
def test_denormalize_refuses(value: Json, to: dict[str, str], pointer: str) -> None:
    with pytest.raises(CompatError) as caught:
        normalizers.denormalize_image_edit_request(value, to=to)
    assert (caught.value.rule, caught.value.pointer) == ("denormalize", pointer)


def test_payloads_of_a_list_are_folded_one_by_one() -> None:
    """Nothing is shared between what was sent and what was folded, nor between two runs."""
    payload = response({"url": A})
    first, second = (normalizers.normalize_images_response(payload).value for _ in range(2))
    first["data"][0]["url"] = B
    assert (second, payload) == (response([{"url": A}]), response({"url": A}))
