"""The laws of x-compat as properties of the generated normalizers, made from the document.

Every property says at the end what it saw, so that none holds because nothing interesting came by.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import routescope
from routescope import CompatError, normalizers
from speclens.source.load import load
from speclens.source.pointer import get
from speclens.verify import Report
from speclens.verify.cases import observations
from speclens.verify.running import report_on
from speclens.verify.subjects import Generated, SchemaUnderTest, subjects
from speclens.verify.values import Json

DOCUMENT: Any = load(Path(__file__).parents[1] / "openapi" / "routescope-images.yaml").value
EXAMPLES = 1000
FEW = 400
GENERATED = {
    "ImageEditRequest": Generated(
        "ImageEditRequest",
        routescope.ImageEditRequest,
        normalizers.normalize_image_edit_request,
        normalizers.denormalize_image_edit_request,
    ),
    "ImagesResponse": Generated(
        "ImagesResponse", routescope.ImagesResponse, normalizers.normalize_images_response
    ),
}
_SUBJECT = subjects(DOCUMENT)
SUBJECTS = {
    name: _SUBJECT(f"#/components/schemas/{name}", made) for name, made in GENERATED.items()
}
REASONS = {"ImageEditRequest": {"absent", "duplicate", "template"}, "ImagesResponse": {"absent"}}
# The shares of payloads that a law has to say something of, where that is not all.
LEAST = {
    "folding twice is folding once": 0.4,
    "canonical stays": 0.15,
    "no spoke survives": 0.1,
    "order of keys is no matter": 0.4,
    "older fields say the same": 0.15,
    "nothing is lost": 0.4,
    "errors are the senders": 0.1,
    "model and schema agree": 0.7,
}
sides = pytest.mark.parametrize("side", SUBJECTS)


@sides
def test_laws(side: str) -> None:
    """Laws 1 to 8, and that the model is of one mind with a JSON Schema validator."""
    report = report_on(SUBJECTS[side], EXAMPLES)
    assert {one.law: (one.broken, one.payload) for one in report.verdicts if one.broken} == {}
    assert report.payloads >= EXAMPLES
    assert_enough(report, accepted=0.3, refused=0.1)
    assert len(report.shapes) == {"ImageEditRequest": 8, "ImagesResponse": 3}[side]
    wanted = {*report.shapes, *REASONS[side]}
    assert {event for event in wanted if report.seen[event] < EXAMPLES / 200} == set()
    shares = {one.law: one.cases / report.payloads for one in report.verdicts}
    if SUBJECTS[side].denormalize is None:  # there are no older fields
        assert shares.pop("older fields say the same") == 0
        assert shares.pop("no spoke survives") == 0
    assert {law: share for law, share in shares.items() if share < LEAST.get(law, 1)} == {}


def assert_enough(report: Report, **least: float) -> None:
    """That at least these shares of the payloads were seen."""
    shares = {event: report.seen[event] / report.payloads for event in least}
    assert {event: share for event, share in shares.items() if share < least[event]} == {}


def test_choices_are_those_of_the_document() -> None:
    assert SUBJECTS["ImageEditRequest"].choices == (
        {},
        {"/images": "image"},
        {"/images": "image_urls"},
    )
    assert SUBJECTS["ImagesResponse"].choices == ()
    assert [name for name in vars(normalizers) if name.startswith("denormalize")] == [
        "denormalize_image_edit_request"
    ]


def test_what_cannot_be_said_in_older_fields_is_refused_as_that() -> None:
    say = normalizers.denormalize_image_edit_request
    value = {"model": "m", "prompt": "x", "images": [{"image_url": "https://a", "detail": "high"}]}
    with pytest.raises(CompatError) as caught:
        say(value, to={"/images": "image_urls"})
    assert (caught.value.rule, caught.value.pointer) == ("denormalize", "/images")


# Anything at all


def anything() -> SearchStrategy[Json]:
    """Any JSON value at all, with what only escapes and exponents can say in a JSON text."""
    numbers = st.integers() | st.floats(allow_nan=False) | st.sampled_from([1e400, 10**400])
    texts = st.text(max_size=5) | st.sampled_from(["\ud800", "\x00"])
    return st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    )


def with_members(
    values: SearchStrategy[Json], known: list[str], inner: SearchStrategy[Json]
) -> SearchStrategy[Json]:
    """Objects in which one or two members are something else."""
    others = st.dictionaries(st.sampled_from(known), inner, min_size=1, max_size=2)
    objects = values.filter(lambda value: isinstance(value, dict))
    return st.builds(lambda value, members: {**value, **members}, objects, others)


def folded(one: SchemaUnderTest, values: SearchStrategy[Json]) -> Counter[str]:
    """What became of many values, each of them folded or refused: nothing else may be raised."""
    seen = Counter[str]()

    @seed(len(one.pointer))
    @settings(
        max_examples=FEW, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(values)
    def fold(value: Json) -> None:
        seen.update({"all", *observations(one.fold(value))})

    run_all: Callable[[], None] = fold
    run_all()
    assert seen["all"] >= FEW
    return seen


@sides
def test_anything_is_folded_or_refused(side: str) -> None:
    seen = folded(SUBJECTS[side], anything())
    assert seen["refused"] >= seen["all"] * 0.9


@sides
def test_anything_in_place_of_a_member_is_folded_or_refused(side: str) -> None:
    """As above, deeper inside: a member or two of a good payload is anything at all."""
    one = SUBJECTS[side]
    members = [*get(DOCUMENT, one.pointer)["properties"], "x"]
    seen = folded(one, with_members(one.payloads.map(lambda both: both[0]), members, anything()))
    assert seen["refused"] >= seen["all"] * 0.3
    assert seen["accepted"] >= seen["all"] * 0.02


DEEP: Json = json.loads("[" * 900 + "]" * 900)


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"image": "https://a", "x": DEEP}, None),
        ({"image": DEEP}, ("type", "/image/0")),
        ({"image": "https://a", "x": DEEP, "n": 0}, ("greater_than_equal", "/n")),
        ({"images": [{"image_url": "https://a", "x": DEEP}] * 2, "image": "https://a"}, None),
        (
            {
                "images": [{"image_url": "https://a", "x": DEEP}],
                "image": {"image_url": "https://a", "x": json.loads(json.dumps(DEEP))},
            },
            ("depth", ""),
        ),
    ],
    ids=["unknown", "type", "model", "no comparison", "comparison"],
)
def test_nesting_beyond_reason_is_refused_at_most(
    members: dict[str, Json], error: tuple[str, str] | None
) -> None:
    outcome = SUBJECTS["ImageEditRequest"].fold({"model": "m", "prompt": "x", **members})
    assert [found[:2] for found in outcome.errors] == ([error] if error else [])
