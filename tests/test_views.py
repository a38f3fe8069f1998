"""The canonical and the wire view: what they are, that they are sound, and that folding obeys both."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from built import imported, texts
from speclens import judging
from speclens.lower.ground import x_compat
from speclens.lower.rewrites import views
from speclens.reading.modern import modern, worded_as
from speclens.source import Source, load, loads
from speclens.validate import validate
from speclens.verify import formats_of, generated, verify
from speclens.verify.values import Json
from view_cases import VIEW_CASES, ViewCase

FLAGSHIP = load(Path(__file__).parents[1] / "openapi" / "routescope-images.yaml")
VIEWS = {"canonical": views.canonical, "wire": views.wire}
EXAMPLES = 100
POINTER = "#/components/schemas/Thing"

cases = pytest.mark.parametrize("case", VIEW_CASES, ids=lambda case: case.name)
either = pytest.mark.parametrize("view", VIEWS)


def schemas(text: str) -> Json:
    return yaml.safe_load(textwrap.dedent(text))


def source(case: ViewCase) -> Source:
    head = {"openapi": case.version, "info": {"title": "Tests", "version": "1"}, "paths": {}}
    document = {**head, "components": {"schemas": schemas(case.written)}}
    return loads(yaml.safe_dump(document, sort_keys=False), f"{case.name}.yaml")


def members(value: Json) -> list[Json]:
    return (
        list(value.values())
        if isinstance(value, dict)
        else value
        if isinstance(value, list)
        else []
    )


def holds_compat(value: Json) -> bool:
    is_schema = isinstance(value, dict) and x_compat.KEYWORD in value
    return is_schema or any(holds_compat(inner) for inner in members(value))


def plain(one: Source, view: str) -> Json:
    """A view as it is exported."""
    return worded_as(VIEWS[view](modern(one.value)).document, one.value)


@cases
@either
def test_view_is_as_expected(case: ViewCase, view: str) -> None:
    actual = plain(source(case), view)["components"]["schemas"]
    assert actual == schemas(getattr(case, view))


@pytest.mark.parametrize(
    "one", [FLAGSHIP, *map(source, VIEW_CASES)], ids=lambda one: Path(one.name).stem
)
@either
def test_view_is_a_sound_document_without_compat(one: Source, view: str) -> None:
    before = yaml.safe_dump(one.value)
    found = plain(one, view)
    text = yaml.dump(found, Dumper=_Dumper, sort_keys=False)
    assert [
        finding for finding in validate(loads(text, "view.yaml")) if finding.severity == "error"
    ] == []
    assert not holds_compat(found)
    assert yaml.safe_dump(one.value) == before


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


REFERENCE = "#/components/schemas/ImageReference"
RESPONSE_DATA = "#/components/schemas/ImagesResponse/properties/data"
REQUEST = "#/components/schemas/ImageEditRequest"


@pytest.mark.parametrize(
    ("view", "pointer", "origin"),
    [
        ("canonical", "#", "#"),
        ("canonical", f"{REQUEST}/properties/n", f"{REQUEST}/properties/n"),
        ("canonical", REFERENCE, REFERENCE),
        ("canonical", f"{REFERENCE}/properties", f"{REFERENCE}/properties"),
        (
            "canonical",
            f"{REFERENCE}/properties/image_url",
            f"{REFERENCE}/oneOf/0/properties/image_url",
        ),
        (
            "canonical",
            f"{REFERENCE}/properties/image_url/description",
            f"{REFERENCE}/oneOf/0/properties/image_url/description",
        ),
        ("canonical", RESPONSE_DATA, RESPONSE_DATA),
        ("canonical", f"{RESPONSE_DATA}/items", f"{RESPONSE_DATA}/oneOf/0/items"),
        ("canonical", "#/paths/~1v1~1edits", "#/paths/~1v1~1edits"),
        ("wire", f"{RESPONSE_DATA}/oneOf/1", f"{RESPONSE_DATA}/oneOf/1"),
    ],
)
def test_origin_is_the_place_as_written(view: str, pointer: str, origin: str) -> None:
    assert VIEWS[view](FLAGSHIP.value).origin(pointer) == origin


# Folding


@cases
def test_laws(case: ViewCase, tmp_path: Path) -> None:
    """All laws, on the package of the document and a JSON Schema validator on its views."""
    one = source(case)
    files = texts(one.text)
    models, normalizers = (imported(files, tmp_path, name) for name in ("models", "normalizers"))
    document, warnings, _ = judging.read_document(one)
    value = modern(one.value)
    made = generated(value, document, models, normalizers)
    unenforced = {found.pointer for found in warnings if found.rule == "model/not-enforced"}
    judged = formats_of(models)
    unseen, examples = {"accepted"}, EXAMPLES
    # Hypothesis takes values from the modules that are loaded, so payloads differ with the tests that ran before.
    while unseen and examples <= 4 * EXAMPLES:
        (report,) = verify(value, {POINTER: made[POINTER]}, unenforced, examples, judged)
        assert {one.law: (one.broken, one.payload) for one in report.verdicts if one.broken} == {}
        assert report.seen["accepted"] >= examples * 0.2
        assert report.seen["refused"] >= examples * 0.1
        unseen = {event for event in (*report.unseen, *case.seen) if not report.seen[event]}
        examples *= 2
    assert unseen == set()
