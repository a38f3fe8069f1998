"""The laws of x-compat as properties of the generated normalizers, made from the document.

Every property says at the end what it saw, so that none holds because nothing interesting came by.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import both_ways
import compat_laws as laws
import routescope
from compat_laws import Json, Law, Outcome, Subject, exact
from routescope import CompatError, Normalized, PayloadError, normalizers
from schema_strategies import anything, names, near_misses, same, with_members
from speclens.lower import compat, views
from speclens.source.load import load
from speclens.source.pointer import get
from speclens.validate.dialect import schema_validator

DOCUMENT: Any = load(Path(__file__).parents[1] / "openapi" / "routescope-images.yaml").value
CANONICAL = views.canonical(DOCUMENT).document
EXAMPLES = 1000

Fold = Callable[[Json], Outcome]


def folding(normalize: Callable[[Json], Normalized], model: Any) -> Fold:
    """Folding and validating, as users do it."""

    def fold(payload: Json) -> Outcome:
        try:
            result = normalize(payload)
            result.validate(model)
        except CompatError as error:
            return Outcome(errors=((error.rule, error.pointer, error.message),))
        except PayloadError as error:
            return Outcome(errors=tuple((e.rule, e.pointer, e.message) for e in error.errors))
        return Outcome(
            result.value,
            tuple((rewrite.source, rewrite.target, rewrite.rule) for rewrite in result.rewrites),
            tuple((drop.pointer, drop.reason) for drop in result.drops),
        )

    return fold


def _subject(schema: str, normalize: Callable[[Json], Normalized], model: Any) -> Subject:
    return laws.subject(DOCUMENT, f"#/components/schemas/{schema}", folding(normalize, model))


NORMALIZERS = {
    "request": normalizers.normalize_image_edit_request,
    "response": normalizers.normalize_images_response,
}
MODELS: dict[str, Any] = {
    "request": routescope.ImageEditRequest,
    "response": routescope.ImagesResponse,
}
SUBJECTS = {
    "request": _subject("ImageEditRequest", NORMALIZERS["request"], MODELS["request"]),
    "response": _subject("ImagesResponse", NORMALIZERS["response"], MODELS["response"]),
}
REASONS = {"request": {"absent", "duplicate", "template"}, "response": {"absent"}}
sides = pytest.mark.parametrize("side", SUBJECTS)


def assert_seen(seen: Counter[str], examples: int, **least: float) -> None:
    """That enough was tried, and that at least these shares of it were seen."""
    assert seen["all"] >= examples
    shares = {event: seen[event.replace("_", " ")] / seen["all"] for event in least}
    assert {event: share for event, share in shares.items() if share < least[event]} == {}


def assert_everything_seen(seen: Counter[str], side: str) -> None:
    """That every shape of the document was sent and accepted, and every reason for a drop told."""
    wanted = laws.shapes(DOCUMENT, SUBJECTS[side].pointer) | REASONS[side]
    assert {event for event in wanted if seen[event] < seen["all"] / 100} == set()


# What the laws are to see besides good payloads, bad ones and every shape.
LEAST: dict[tuple[Law, str], dict[str, float]] = {
    (laws.no_spoke_survives, "request"): {"spoke_sent": 0.5},
    (laws.order_of_keys_is_no_matter, "request"): {"other_order": 0.5},
    (laws.order_of_keys_is_no_matter, "response"): {"other_order": 0.5},
    (laws.errors_are_the_senders, "request"): {"at_a_value": 0.05, "missing": 0.02},
    (laws.errors_are_the_senders, "response"): {"at_a_value": 0.05, "missing": 0.02},
}


@sides
@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_law(law: Law, side: str) -> None:
    one = SUBJECTS[side]
    seen = laws.run(law, one, one.payloads, EXAMPLES)
    assert_seen(seen, EXAMPLES, accepted=0.3, refused=0.1, **LEAST.get((law, side), {}))
    assert_everything_seen(seen, side)


def test_all_shapes_are_those_of_the_document() -> None:
    assert {side: len(laws.shapes(DOCUMENT, one.pointer)) for side, one in SUBJECTS.items()} == {
        "request": 8,
        "response": 3,
    }


@sides
def test_canonical_payloads_stay(side: str) -> None:
    one = SUBJECTS[side]
    seen = laws.run(laws.canonical_stays, one, one.canonical_payloads, EXAMPLES)
    assert_seen(seen, EXAMPLES, canonical=0.5)


@sides
@pytest.mark.parametrize("view", ["wire", "canonical"])
def test_model_and_canonical_view_are_of_one_mind(side: str, view: str) -> None:
    """Law 5: the generated model and a JSON Schema validator judge every folded value alike."""
    one, validator = SUBJECTS[side], schema_validator(CANONICAL, SUBJECTS[side].pointer)

    def judged_alike(_: Subject, payload: Json) -> Iterator[str]:
        try:
            result = NORMALIZERS[side](payload)
        except CompatError:
            return
        is_valid = validator.is_valid(result.value)
        yield "accepted" if is_valid else "refused"
        try:
            result.validate(MODELS[side])
        except PayloadError:
            assert not is_valid
        else:
            assert is_valid

    canonical = near_misses(one.canonical_payloads, names(DOCUMENT))
    payloads = one.payloads if view == "wire" else canonical
    assert_seen(
        laws.run(judged_alike, one, payloads, EXAMPLES), EXAMPLES, accepted=0.3, refused=0.1
    )


@sides
def test_whatever_folds_folds_no_further(side: str) -> None:
    """Law 1 for values that no model would accept, too."""
    normalize = NORMALIZERS[side]

    def twice_is_once(one: Subject, payload: Json) -> Iterator[str]:
        try:
            value = normalize(payload).value
        except CompatError:
            return
        again = normalize(value)
        yield "folded"
        assert (exact(again.value), again.rewrites) == (exact(value), ())

    one = SUBJECTS[side]
    assert_seen(laws.run(twice_is_once, one, one.payloads, EXAMPLES), EXAMPLES, folded=0.3)


# Law 6


def choices(document: Any, pointer: str) -> list[dict[str, str]]:
    """Every way to choose for some hubs of a schema the spoke to say them by."""
    spokes: dict[str, list[str]] = {}
    for spoke in compat.spokes(document, pointer, get(document, pointer)):
        spokes.setdefault("/" + "/".join(spoke.hub), [""]).append(spoke.name)
    chosen = itertools.product(*([(hub, name) for name in names] for hub, names in spokes.items()))
    return [{hub: name for hub, name in one if name} for one in chosen]


def test_choices_are_those_of_the_document() -> None:
    assert choices(DOCUMENT, SUBJECTS["request"].pointer) == [
        {},
        {"/images": "image"},
        {"/images": "image_urls"},
    ]
    assert choices(DOCUMENT, SUBJECTS["response"].pointer) == [{}]
    assert [name for name in vars(both_ways.normalizers) if name.startswith("denormalize")] == [
        "denormalize_image_edit_request"
    ]


def said_by(value: Json, to: dict[str, str]) -> Json:
    """A canonical request in older fields; None where they cannot say it."""
    try:
        return both_ways.normalizers.denormalize_image_edit_request(value, to=to)
    except both_ways.CompatError as error:
        return None if (error.rule, error.pointer) == ("denormalize", "/images") else error


@pytest.mark.parametrize("to", choices(DOCUMENT, SUBJECTS["request"].pointer), ids=str)
def test_what_is_said_in_older_fields_folds_back(to: dict[str, str]) -> None:
    """Law 6. What is said so is accepted on the wire, by the field that was asked for."""

    def folds_back(one: Subject, value: Json) -> Iterator[str]:
        if not one.canonical_accepts(value) or list(laws.spokes_in(one, value)):
            return
        before = exact(value)
        said = said_by(value, to)
        assert exact(value) == before
        if said is None:
            yield "cannot"
            assert to == {"/images": "image_urls"}
            assert any(item.keys() != {"image_url"} for item in value["images"])
            return
        yield "said"
        assert one.wire_accepts(said)
        assert ({"images", "image", "image_urls"} & said.keys()) == set(to.values() or ["images"])
        assert same(normalizers.normalize_image_edit_request(said).value, value)

    one = SUBJECTS["request"]
    seen = laws.run(folds_back, one, one.canonical_payloads, EXAMPLES)
    assert_seen(seen, EXAMPLES, said=0.2, cannot=0.1 if "image_urls" in to.values() else 0)


# Anything at all


@sides
def test_anything_is_folded_or_refused(side: str) -> None:
    seen = laws.run(laws.nothing_else_is_raised, SUBJECTS[side], anything(), EXAMPLES)
    assert_seen(seen, EXAMPLES, refused=0.9)


@sides
def test_anything_in_place_of_a_member_is_folded_or_refused(side: str) -> None:
    """As above, deeper inside: a member or two of a good payload is anything at all."""
    one = SUBJECTS[side]
    members = [*get(DOCUMENT, one.pointer)["properties"], "x"]
    values = with_members(one.payloads, members, anything())
    seen = laws.run(laws.nothing_else_is_raised, one, values, EXAMPLES)
    assert_seen(seen, EXAMPLES, accepted=0.02, refused=0.3)


DEEP: Json = json.loads("[" * 900 + "]" * 900)


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"image": "https://a", "x": DEEP}, None),
        ({"image": DEEP}, ("type", "/image/0")),
        ({"image": "https://a", "x": DEEP, "n": 0}, ("depth", "")),
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
    outcome = SUBJECTS["request"].fold({"model": "m", "prompt": "x", **members})
    assert [found[:2] for found in outcome.errors] == ([error] if error else [])
