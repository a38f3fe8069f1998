"""What the normalizers stand on, part by part: also what the flagship document has no use for."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from importlib import import_module
from typing import Annotated, Any, Literal

import pytest
from pydantic import TypeAdapter, ValidationError
from runtime._compat import CompatError, Deprecation, Log, Normalized
from runtime._gather import (
    Source,
    agreed,
    gather,
    gather_deep,
    hub_of,
    merged,
    only,
    preferred,
    unfold,
)
from runtime._source_map import pointer
from runtime._types import Exact, Number
from runtime._values import cut, has_repeats, is_integer, is_multiple, is_number, part, same

import routescope
from routescope import normalizers

pytestmark = pytest.mark.shipped

# Also what the flagship package ships, and its document does not reach.
both = pytest.mark.parametrize("package", ["runtime", "routescope"])

OLD: Source = ((None, "old"), 1, 1)
NEW: Source = ((None, "new"), 1, 1)


def drops(log: Log) -> list[tuple[str, str]]:
    run = log.run(lambda payload, at, log: payload, None)
    return [(drop.pointer, drop.reason) for drop in run.drops]


@both
@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1, 1.0, True),
        (1, True, False),
        ([0], [False], False),
        ({"a": [1]}, {"a": [1.0]}, True),
        ({"a": 1}, {"a": True}, False),
        ("a", "a", True),
        (None, None, True),
    ],
)
def test_same(package: str, a: Any, b: Any, expected: bool) -> None:
    assert import_module(f"{package}._values").same(a, b) is expected


@pytest.mark.parametrize(
    ("value", "number", "integer"),
    [
        (1, True, True),
        (1.0, True, True),
        (1.5, True, False),
        (True, False, False),
        ("1", False, False),
    ],
)
def test_numbers(value: Any, number: bool, integer: bool) -> None:
    assert (is_number(value), is_integer(value)) == (number, integer)


def test_multiples_are_those_of_the_numbers_as_written() -> None:
    assert [is_multiple(value, 0.1) for value in (0.3, 1, 0.35)] == [True, True, False]


def test_multiples_of_numbers_that_python_does_not_write() -> None:
    values = [10**5000, 10**5000 + 1, float("inf"), float("nan"), 1e308]
    assert [is_multiple(value, 4) for value in values] == [True, False, False, False, True]


def test_repeats() -> None:
    lists: list[list[Any]] = [[], [1, True], [1, 1.0], [{}, [], {}]]
    assert [has_repeats(items) for items in lists] == [
        False,
        False,
        True,
        True,
    ]


def test_part() -> None:
    value = {"a": {"b": 1}}
    assert part("x", value, ("a", "b")) == {"x": 1}
    assert part("x", value, ("a", "c")) == part("x", value, ("a", "b", "c")) == {}


@pytest.mark.parametrize(
    ("path", "rest", "found"),
    [
        (("a", "b"), {"c": [1]}, [None]),
        (("c",), {"a": {"b": None}}, [[1]]),
        (("a", "x"), {"a": {"b": None}, "c": [1]}, []),
        (("x", "b"), {"a": {"b": None}, "c": [1]}, []),
        (("c", "b"), {"a": {"b": None}, "c": [1]}, []),
    ],
)
def test_cut(path: tuple[str, ...], rest: Any, found: list[Any]) -> None:
    value = {"a": {"b": None}, "c": [1]}
    assert cut(value, path) == (rest, found)
    assert value == {"a": {"b": None}, "c": [1]}


def fields(*path: str) -> Any:
    """A hub and `old`, which folds into it."""

    def fold(value: Any, at: Any, log: Log) -> Any:
        log.notes.append(("rewrite", at, "#/old", False))
        return value

    key = path if len(path) > 1 else path[0]
    return hub_of((key, None, (None,), None), ("old", fold, ("",), None))


def test_a_deep_hub_makes_and_copies_objects_on_the_way() -> None:
    log, inner = Log(), {"b": None, "c": 2}
    folded: dict[str, Any] = {"a": inner, "old": 1}
    gather_deep(folded, None, log, only, fields("a", "b"))
    assert folded == {"a": {"b": 1, "c": 2}}
    assert inner == {"b": None, "c": 2}
    folded["old"] = 3
    gather_deep(folded, None, log, only, fields("d", "e"))
    assert folded == {"a": {"b": 1, "c": 2}, "d": {"e": 3}}
    assert drops(log) == [("/a/b", "absent")]


def test_a_deep_hub_finds_no_object_on_the_way() -> None:
    with pytest.raises(CompatError) as caught:
        gather_deep({"a": 1, "old": 2}, (None, "x"), Log(), only, fields("a", "b"))
    assert (caught.value.rule, caught.value.pointer) == ("type", "/x/a")


@pytest.mark.parametrize(("run", "path"), [(gather, ("a",)), (gather_deep, ("a", "b"))])
def test_a_hub_that_nothing_is_given_for(run: Any, path: tuple[str, ...]) -> None:
    for needed in ("is needed", ""):
        log, folded = Log(), {"old": ""}
        run(folded, None, log, only, fields(*path), needed)
        missing = [(pointer(at), said) for at, said in log.missing]
        assert missing == ([(f"/{'/'.join(path)}", needed)] if needed else [])
        assert folded == {}
        assert drops(log) == [("/old", "absent")]


def test_merge() -> None:
    log = Log()
    sources: list[Source] = [
        ((None, "a"), [1, 1], [1, 1]),
        ((None, "b"), 1, [1]),
        ((None, "c"), [2, 1], [2, 1]),
    ]
    assert merged(sources, log) == [1, 1, 2]
    assert drops(log) == [("/b", "duplicate"), ("/c/1", "duplicate")]


def test_merge_of_many_is_that_of_few() -> None:
    kinds: list[Any] = [0, False, 0.0, None, "", "0", [], [0], [False], {}, {"a": 1}, {"a": True}]
    kinds += [{"a": 1.0, "b": {}}, {"b": {}, "a": 1}, {"a": [1]}, {"a": [True]}, float("nan")]
    padding = [f"{index}" for index in range(1, 20)]
    for item in kinds:
        for other in (kinds, padding + kinds):
            sources: list[Source] = [((None, "a"), other, other), ((None, "b"), 0, [item])]
            is_repeat = any(same(item, one) for one in other)
            assert merged(sources, Log()) == [*other, *([] if is_repeat else [item])]


class Text(str):
    """A text that counts how often texts are compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Text.compared += 1
        return str.__eq__(self, other)


@both
@pytest.mark.parametrize("wrapped", [lambda text: text, lambda text: {"n": 1, "image_url": text}])
def test_the_work_of_a_merge_grows_with_its_items(package: str, wrapped: Any) -> None:
    compat = import_module(f"{package}._compat")
    gathering = import_module(f"{package}._gather")
    first, second = ([wrapped(Text(n)) for n in range(start, start + 500)] for start in (0, 400))
    Text.compared = 0
    sources = [((None, "a"), 0, first), ((None, "b"), 0, second)]
    assert len(gathering.merged(sources, compat.Log())) == 900
    assert Text.compared < 2000


def test_merge_is_bounded() -> None:
    compat = import_module("runtime._compat")
    gathering = import_module("runtime._gather")
    sources: list[Source] = [((None, "a"), [1], [1]), ((None, "b"), [2], [2])]
    with pytest.raises(compat.CompatError) as caught:
        gathering.merged_within(1, sources, compat.Log())
    assert (caught.value.rule, caught.value.pointer) == ("maxItems", "/b")


def test_merge_of_what_is_no_array() -> None:
    assert merged([OLD], Log()) == 1
    with pytest.raises(CompatError) as caught:
        merged([((None, "a"), [], []), OLD], Log())
    assert (caught.value.rule, caught.value.pointer) == ("type", "/old")
    with pytest.raises(CompatError, match=r"^/b: null cannot be merged with /a$") as caught:
        merged([((None, "a"), [], []), ((None, "b"), None, None)], Log())
    assert caught.value.rule == "conflict"


def test_equal() -> None:
    assert agreed([OLD, NEW], Log()) == 1
    with pytest.raises(CompatError) as caught:
        agreed([OLD, ((None, "new"), True, True)], Log())
    assert (caught.value.rule, caught.value.pointer) == ("conflict", "/new")
    assert "/old" in caught.value.message


def test_prefer() -> None:
    log = Log()
    assert preferred([OLD, NEW], log) == 1
    assert drops(log) == [("/new", "preferred")]


def test_error() -> None:
    assert only([OLD], Log()) == 1
    with pytest.raises(CompatError) as caught:
        only([OLD, NEW], Log())
    assert (caught.value.rule, caught.value.pointer) == ("conflict", "/new")


@both
def test_unused_members_are_told_as_deep_as_they_are(package: str) -> None:
    log = import_module(f"{package}._compat").Log()
    value = {"a": {"b": 1, "c": 2}, "d": {"e": 3}, "f": 4}
    log.drop_unused(value, {"a": {"b": {}}, "d": {}}, None)
    assert drops(log) == [("/a/c", "template"), ("/f", "template")]


def test_a_rename_moves_what_is_inside_and_keys_are_escaped() -> None:
    log, old = Log(), (None, "o/ld")
    log.notes.append(("spoke", old, ("/o~1ld", "/new"), None))
    log.notes.append(("rewrite", old, "#/old", True))
    log.notes.append(("rewrite", (old, "a~b"), "#/inner", False))
    log.notes.append(("rewrite", (None, "size"), "#/size", False))
    found = log.run(lambda payload, at, log: payload, {}).rewrites
    assert [(one.source, one.target, one.rule) for one in found] == [
        ("/o~1ld", "/new", "#/old"),
        ("/o~1ld/a~0b", "/new/a~0b", "#/inner"),
        ("/size", "/size", "#/size"),
    ]


def test_the_first_rewrite_of_a_deprecated_field_says_so() -> None:
    log, old, note = Log(), (None, "old"), Deprecation(note="Use new.")
    log.notes.append(("spoke", old, ("/old", "/new"), note))
    log.notes.append(("rewrite", (None, "size"), "#/size", False))
    log.notes.append(("rewrite", old, "#/old", False))
    log.notes.append(("rewrite", (old, 0), "#/item", False))
    found = log.run(lambda payload, at, log: payload, {}).rewrites
    assert [one.deprecated for one in found] == [None, note, None]


@both
def test_what_is_very_long_is_not_shown_as_a_whole(package: str) -> None:
    """An answer may hold a key of megabytes, each of whose characters is shown as several."""
    compat, payload = (import_module(f"{package}.{one}") for one in ("_compat", "_payload"))
    error = compat.CompatError("type", "/" + "\x01" * 5_000, "m" * 5_000)
    shown = "/" + "\\x01" * 999 + "…: " + "m" * 1_000 + "…"
    fault = payload.PayloadFault(error.rule, error.pointer, error.message)
    assert str(error) == str(payload.PayloadError((fault,))) == shown
    assert (len(error.pointer), len(error.message)) == (5_001, 5_000)


@both
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
def test_errors_can_be_copied_and_sent_to_other_processes(package: str, again: Any) -> None:
    compat, payload = (import_module(f"{package}.{one}") for one in ("_compat", "_payload"))
    one = compat.CompatError("type", "", "no")
    two = compat.CompatError(rule="required", pointer="/a", message="is required")
    for error in (one, two):
        found = again(error)
        assert (found.rule, found.pointer, found.message) == (
            error.rule,
            error.pointer,
            error.message,
        )
    faults = tuple(payload.PayloadFault(*error.args) for error in (one, two))
    found = again(payload.PayloadError(faults))
    assert str(found) == "(root): no\n/a: is required"
    assert [fault.rule for fault in found.errors] == ["type", "required"]


@both
@pytest.mark.parametrize(
    ("is_rename", "dropped", "source", "target"),
    [
        (True, "", "/old/older", "/new/newer"),
        (False, "", "/old", "/new"),
        (True, "preferred", "/old", "/new"),
    ],
)
def test_a_field_inside_an_older_field_is_told_where_it_is_in_the_end(
    package: str, is_rename: bool, dropped: str, source: str, target: str
) -> None:
    log, old = import_module(f"{package}._compat").Log(), (None, "old")
    inner = (old, "older")
    log.notes.append(("spoke", old, ("/old", "/new"), None))
    log.notes.append(("rewrite", old, "#/old", is_rename))
    log.notes.append(("spoke", inner, ("/older", "/newer"), None))
    log.notes.append(("rewrite", inner, "#/older", True))
    log.notes.append(("rewrite", ((inner, 1), "x"), "#/x", False))
    if dropped:
        log.drop(old, dropped)
    found = log.run(lambda payload, at, log: payload, {}).rewrites
    assert [(one.source, one.target, one.rule) for one in found] == [
        ("/old", "/new", "#/old"),
        (source, target, "#/older"),
        (source, target, "#/x"),
    ]


@both
def test_a_field_of_an_item_is_told_with_the_item(package: str) -> None:
    log = import_module(f"{package}._compat").Log()
    old = (((None, "items"), 0), "old")
    log.notes.append(("spoke", old, ("/old", "/new"), None))
    log.notes.append(("rewrite", old, "#/old", True))
    (found,) = log.run(lambda payload, at, log: payload, {}).rewrites
    assert (found.source, found.target) == ("/items/0/old", "/items/0/new")


def deep(value: dict[str, Any]) -> Normalized:
    """A normalizer of our own: `format` folds into `/output/format`."""

    def fold(payload: Any, at: Any, log: Log) -> Any:
        folded = payload.copy()
        plain = hub_of((("output", "format"), None, (), None), ("format", None, (), None))
        gather_deep(folded, at, log, only, plain)
        return folded

    return Log().run(fold, value)


UNFOLDS = {("/output/format", "format"): lambda value: iter((value,))}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"output": {"format": "png"}}, {"format": "png"}),
        ({"output": {"format": "png", "n": 1}}, {"format": "png", "output": {"n": 1}}),
        ({"output": {"n": 1}}, {"output": {"n": 1}}),
        ({}, {}),
    ],
)
def test_unfold_of_a_deep_hub(value: dict[str, Any], expected: dict[str, Any]) -> None:
    to = {"/output/format": "format"}
    assert unfold(value, to, UNFOLDS, deep) == expected
    assert deep(expected).value == value


@both
def test_unfold_refuses_what_cannot_be_said(package: str) -> None:
    compat = import_module(f"{package}._compat")
    gathering = import_module(f"{package}._gather")

    def never(value: Any) -> Normalized:
        raise compat.CompatError("type", "", "no")

    with pytest.raises(compat.CompatError, match="is no other way"):
        gathering.unfold({}, {"/output/format": "x"}, UNFOLDS, deep)
    with pytest.raises(compat.CompatError, match="cannot be said"):
        gathering.unfold({"output": {"format": 1}}, {"/output/format": "format"}, UNFOLDS, never)


def test_one_picture_can_be_said_as_one_url() -> None:
    ways = normalizers._unfold_image_edit_request_image_urls([{"image_url": "u"}])
    assert list(ways) == [["u"], "u"]


@both
def test_places(package: str) -> None:
    places = import_module(f"{package}._source_map")
    sent = {"a": [1.5, True, None], "b": {"c": "x"}}
    marked = places.mark(sent)
    folded = {"list": marked["a"], "made": {"d": marked["b"]["c"]}, "flag": True}
    targets = {
        "/list/0": "/a/0",
        "/list/1": "/a/1",
        "/list/7": "/a/7",
        "/made": "/b/c",
        "/made/missing": "/b/c",
        "/flag": None,
    }
    assert {target: places.source_of(target, folded, sent) for target in targets} == targets


@both
def test_names_of_union_branches_are_no_places(package: str) -> None:
    pointer_of = import_module(f"{package}._source_map").pointer_of
    assert pointer_of(("data", "list[Image]", 0, "str"), {"data": [{}]}) == "/data/0/str"
    assert pointer_of(("a", "int"), {"a": 1}) == "/a"
    assert pointer_of(("a", 0, "int"), {"a": [{}]}, "int_type") == "/a/0"


@pytest.mark.parametrize(("value", "fits"), [(1, True), (1.0, True), (True, False), ("1", False)])
def test_exact(value: Any, fits: bool) -> None:
    adapter = TypeAdapter(Annotated[Literal[1, 2], Exact])
    if fits:
        assert adapter.validate_python(value) == 1
    else:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


def test_number_keeps_its_kind() -> None:
    adapter = TypeAdapter(Number, config={"strict": True})
    assert [repr(adapter.validate_json(text)) for text in ("1", "1.0")] == ["1", "1.0"]


def test_every_normalizer_folds() -> None:
    assert routescope.normalize_image({"url": "", "b64_json": "x"}).value == {"b64_json": "x"}
    assert routescope.normalize_image([]).value == []
    assert routescope.normalize_image_reference("u").value == {"image_url": "u"}
    shapes: list[Any] = [{"image_url": {}}, {"image_url": {"url": 1}}]
    for shape in shapes:
        with pytest.raises(routescope.CompatError):
            routescope.normalize_image_reference(shape)


def test_a_fault_that_is_no_validation_error_is_told_without_places() -> None:
    class Model:
        @classmethod
        def model_validate(cls, obj: Any, **_: Any) -> Any:
            raise ValueError("no")

    with pytest.raises(routescope.PayloadError) as caught:
        routescope.normalize_image({}).validate(Model)
    assert caught.value.errors == ()


def nested(levels: int) -> Any:
    value: Any = "u"
    for _ in range(levels):
        value = [value]
    return value


def test_nesting_beyond_reason_is_refused_where_it_is_compared() -> None:
    image = {"image_url": "https://example.com/a.png"}
    payload = {"images": [{**image, "x": nested(5000)}], "image": {**image, "x": nested(5000)}}
    with pytest.raises(routescope.CompatError) as caught:
        routescope.normalize_image_edit_request(payload)
    assert (caught.value.rule, caught.value.pointer) == ("depth", "")


def test_a_fault_beside_what_is_nested_beyond_reason_is_located() -> None:
    normalized = routescope.normalize_images_response(
        {"data": [{"x": nested(5000)}], "created": "1"}
    )
    with pytest.raises(routescope.PayloadError) as caught:
        normalized.validate(routescope.ImagesResponse)
    assert [(fault.rule, fault.pointer) for fault in caught.value.errors] == [
        ("int_type", "/created")
    ]


def test_nesting_beyond_reason_is_refused_where_a_fault_is_located() -> None:
    """A payload may be folded at a depth that is too much a few calls further inside."""

    def fold(value: Any, at: Any, log: Any) -> Any:
        raise RecursionError

    normalized = routescope.normalize_images_response({"created": "1"})
    with pytest.raises(routescope.PayloadError) as caught:
        replace(normalized, _fold=fold).validate(routescope.ImagesResponse)
    assert [(fault.rule, fault.pointer) for fault in caught.value.errors] == [("depth", "")]


def test_many_faults_are_located_by_folding_once() -> None:
    normalized = routescope.normalize_image_edit_request({"images": [{}] * 50})
    replays = []

    def fold(value: Any, at: Any, log: Any) -> Any:
        replays.append(1)
        return normalized._fold(value, at, log)

    with pytest.raises(routescope.PayloadError) as caught:
        replace(normalized, _fold=fold).validate(routescope.ImageEditRequest)
    assert len(caught.value.errors) == 52
    assert replays == [1]


def test_the_package_knows_its_names() -> None:
    assert dir(routescope) == routescope.__all__
    with pytest.raises(AttributeError):
        routescope.nothing  # noqa: B018


def test_what_was_told_is_found_out_once_and_stays_true_when_the_payload_changes() -> None:
    payload: dict[str, Any] = {"image": ["https://example.com/a.png", {"url": "b", "c": 1}]}
    run = normalizers.normalize_image_edit_request(payload)
    payload.clear()
    sent = pickle.loads(pickle.dumps(run))
    assert [one.source for one in run.rewrites] == ["/image"] * 3
    assert [(one.pointer, one.reason) for one in run.drops] == [("/image/1/c", "template")]
    assert run.rewrites is run.rewrites
    assert (sent.value, sent.rewrites, sent.drops) == (run.value, run.rewrites, run.drops)
