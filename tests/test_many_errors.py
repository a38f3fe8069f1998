"""Values that make many errors: few are kept, whatever holds them and however many options a union has.

Pydantic allocates errors where `tracemalloc` does not look, so memory is that of a process of its own.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    RootModel,
    ValidationError,
    model_validator,
)

from built import imported, schemas, texts
from growth import LINEAR, exponent
from routescope import _bounded
from routescope._bounded import Refused, validated
from routescope._errors import Answer
from routescope._operation import Json
from routescope._payload import Payload, PayloadError
from routescope.server import Fault, _parsed
from server_memory import peak

pytestmark = pytest.mark.shipped

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="memory is that of a fork")
MOST = 40
"""The memory above that at rest, by the size of an answer; what pydantic made was 1,300 times as much."""
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


def mapped(item: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": item}


def member(*keys: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*keys], "properties": dict.fromkeys(keys, TEXT) | more}


def of_kind(kind: str) -> dict[str, Any]:
    return member("kind", "x", kind={"type": "string", "enum": [kind]})


SCALARS = [TEXT, WHOLE, {"type": "boolean"}]
OPTIONS = {"anyOf": [*SCALARS, ref("A"), ref("B"), listed(TEXT)]}
KIND = {"oneOf": [ref("P"), ref("Q")], "discriminator": {"propertyName": "kind"}}
MANY = [f"f{index}" for index in range(60)]
KEYS = ["type", "schema", "fields", "choices", "cls", "default"]
NAMED = {
    "Names": {"type": "object", "required": KEYS, "properties": dict.fromkeys(KEYS, listed(TEXT))},
    "A": member("a"),
    "B": member("b"),
    "P": of_kind("P"),
    "Q": of_kind("Q"),
    "Tree": {"type": "object", "properties": {"l": ref("Tree"), "r": ref("Tree"), "x": TEXT}},
    "Node": {"type": "array", "items": {"anyOf": [ref("Node"), TEXT]}},
    "Open": {"type": "object", "properties": {"x": TEXT}, "additionalProperties": OPTIONS},
    "Wide": member(*MANY),
    "Pair": {"type": "array", "prefixItems": [TEXT, TEXT], "items": False, "minItems": 2, "maxItems": 2},
}  # fmt: skip


def tree(depth: int, leaf: Any) -> Any:
    return {"l": tree(depth - 1, leaf), "r": tree(depth - 1, leaf)} if depth else leaf


def keyed(item: Any, n: int) -> dict[str, Any]:
    return {f"{index:x}": item for index in range(n)}


# The schema of a value, one item that is wrong, one that is right, what holds n of an item.
Holds = Callable[[Any, int], Any]


def flat(item: Any, n: int) -> Any:
    return [item] * n


KINDS: dict[str, tuple[Any, Any, Any, Holds]] = {
    "texts": (listed(TEXT), 1, "x", flat),
    "a union of scalars": (listed({"anyOf": SCALARS}), None, 1, flat),
    "a union": (listed(OPTIONS), None, {"b": "x"}, flat),
    "objects in a union": (listed(OPTIONS), {}, {"a": "x"}, flat),
    "tags": (listed(KIND), {"kind": "P"}, {"kind": "Q", "x": "x"}, flat),
    "no tag": (listed(KIND), {}, {"kind": "Q", "x": "x"}, flat),
    "no object": (listed(KIND), 1, {"kind": "Q", "x": "x"}, flat),
    "a map": (mapped(TEXT), 1, "x", keyed),
    "a map of a union": (mapped(OPTIONS), None, "x", keyed),
    "lists in a map": (mapped(listed(OPTIONS)), [None] * 50, ["x"] * 50, lambda item, n: keyed(item, n // 50)),
    "lists in a list": (listed(listed(OPTIONS)), [None], ["x"], flat),
    "a list in a union": ({"anyOf": [listed(TEXT), listed(WHOLE), mapped(TEXT)]}, None, 1, flat),
    "a map in a union": ({"anyOf": [mapped(TEXT), mapped(WHOLE)]}, None, 1, keyed),
    "other members": (ref("Open"), None, 1, keyed),
    "many members": (listed(ref("Wide")), {}, dict.fromkeys(MANY, ""), lambda item, n: [item] * (n // 20)),
    "a tree": (ref("Tree"), {"x": 1}, {"x": "x"}, lambda item, n: tree(n.bit_length() - 2, item)),
    "a list of itself": (ref("Node"), 1, "x", lambda item, n: [[item] * 10] * (n // 10)),
    "pairs": (listed(ref("Pair")), [1, 1], ["x", "x"], flat),
    "names of pydantic": (
        listed(ref("Names")), {key: [1] for key in KEYS}, {key: ["x"] for key in KEYS}, lambda item, n: [item] * (n // 6)
    ),
    "a long key": (mapped(listed(OPTIONS)), None, "x", lambda item, n: {"k" * n: [item] * n}),
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    place = tmp_path_factory.mktemp("many")

    @cache
    def made(kind: str) -> Any:
        document = schemas(**NAMED, Box=member("n", node=KINDS[kind][0]))
        return imported(texts(document), place)

    return made


def box(kind: str, item: Any, n: int) -> Any:
    return {"n": "", "node": KINDS[kind][3](item, n)}


def judged(models: Any, payload: Any) -> Any:
    """The errors of a payload, or what it is."""
    try:
        return Payload(payload).validate(models.Box)
    except PayloadError as error:
        return error


def grown(act: Callable[[], object]) -> int:
    """The bytes that an act takes, at its peak, in a process of its own."""
    reading, writing = os.pipe()
    if not os.fork():
        rest = peak()
        act()
        os.write(writing, str(peak() - rest).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    return int(os.read(reading, 100))


@forks
@pytest.mark.parametrize("kind", KINDS)
def test_what_errors_take_is_bounded_by_what_was_sent(kind: str, model: Any) -> None:
    models, wrong = model(kind), KINDS[kind][1]
    judged(models, box(kind, wrong, 1000))
    payload = box(kind, wrong, 40_000)
    taken = grown(lambda: judged(models, payload))
    assert taken <= MOST * len(json.dumps(payload)) + 10_000_000


@forks
@pytest.mark.parametrize("item", [b"1", b'""', b"[]", b"{}", b"1.5"], ids=repr)
def test_what_an_error_beside_many_values_takes(item: bytes, model: Any) -> None:
    """Its place is looked for, but not with a copy of all of them."""
    codec = Json(model("texts").Box)

    def misfit(count: int) -> tuple[bytes, list[str]]:
        body = b'{"n": 1, "node": [], "x": [%b]}' % b",".join([item] * count)
        try:
            codec.decode(Answer(content=body))
        except PayloadError as error:
            return body, [one.pointer for one in error.errors]
        return body, []

    count = 500_000 // (len(item) + 1)
    body, found = misfit(count)
    assert found == ["/n"]
    assert grown(lambda: misfit(count)) <= MOST * len(body) + 10_000_000


@forks
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most", [9000, 2000])
def test_a_body_takes_no_more_than_the_server_promises(kind: str, most: int, model: Any) -> None:
    """20 MB with its limits, of a body of a megabyte or less."""
    models, wrong = model(kind), KINDS[kind][1]
    judged(models, box(kind, wrong, 1000))
    body = json.dumps(box(kind, wrong, most)).encode()
    assert len(body) <= 1_000_000

    def read() -> None:
        with suppress(Fault):
            judged(models, _parsed(body, 10_000))

    assert grown(read) <= 20_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_large_is_judged_like_what_is_small(kind: str, model: Any) -> None:
    models = model(kind)
    right, wrong = box(kind, KINDS[kind][2], 2000), box(kind, KINDS[kind][1], 1000)
    assert judged(models, right) == models.Box.model_validate(right)
    assert type(judged(models, right)) is models.Box
    with pytest.raises(ValidationError) as told:
        models.Box.model_validate(wrong)
    found = judged(models, wrong)
    if told.value.error_count() > 10_000:
        assert [one.rule for one in found.errors] == ["errors"]
    else:
        usual = Payload(wrong)._refusal(told.value)
        assert list(map(str, found.errors)) == list(map(str, usual.errors))
        is_exact = kind not in {"a list in a union", "a map in a union"}
        assert found.more == usual.more if is_exact else found.more >= 100


@pytest.mark.parametrize("kind", ["texts", "a union", "a map of a union", "other members"])
def test_the_time_of_errors_grows_with_their_number(kind: str, model: Any) -> None:
    models, wrong = model(kind), KINDS[kind][1]
    assert (
        exponent(lambda n: box(kind, wrong, n), lambda payload: judged(models, payload), 1000)
        <= LINEAR
    )


def link(number: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"next": ref("Any"), "n": number}}


@pytest.fixture(scope="module")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A model whose `u` holds values of a union that all hold others up."""
    named = {"A": link(WHOLE), "B": link(TEXT), "Box": member("n", u=listed(ref("Any")))}
    named["Any"] = {"oneOf": [ref("A"), listed(ref("Any")), ref("B"), mapped(ref("Any"))]}
    return imported(texts(schemas(**named)), tmp_path_factory.mktemp("links")).Box


def linked(depth: int, number: Any = 1.5) -> Any:
    value = {"n": number}
    for _ in range(depth):
        value = {"next": value}
    return value


def refusal(model: Any, *values: Any) -> Refused:
    with pytest.raises(Refused) as told:
        validated(model, {"n": "x" * 10, "u": [*values]})
    return told.value


@pytest.mark.parametrize("depth", [20, 80])
def test_what_holds_others_up_is_not_told_anew_at_each_level(depth: int, holder: Any) -> None:
    """A body of 25 kB took seconds: each option handed on a hundred errors, at each of forty levels. The place of an
    error is as long as its value is deep, and a body has 200 levels at most."""

    def values(n: int) -> list[Any]:
        return [linked(depth) for _ in range(n)]

    found = exponent(values, lambda made: refusal(holder, *made), 400 // depth)
    assert found <= LINEAR


def test_errors_inside_of_options_are_bounded(holder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many values those that are left are not judged; of one that makes too many, none are told."""
    monkeypatch.setattr(_bounded, "MOST_COUNTED", 300)
    many = refusal(holder, *[linked(10) for _ in range(1000)])
    assert 10 < many.error_count() < 300
    first, *_, last = many.errors()
    assert first["loc"][:2] == ("u", 0)
    assert (last["loc"][0], last["type"]) == ("u", "errors")
    assert refusal(holder, [linked(10) for _ in range(1000)]).error_count() > 300


def test_what_fits_another_option_counts_for_nothing(
    holder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_bounded, "MOST_COUNTED", 300)
    right = [linked(10, "x") for _ in range(300)]
    for values, place in (([*right, 1], 300), ([[*right], 1], 1)):
        error = refusal(holder, *values)
        assert {one["loc"][:2] for one in error.errors()} == {("u", place)}


def test_a_type_that_is_no_model_is_judged_the_same() -> None:
    judge = Json(list[str]).model
    assert validated(judge, ["x"] * 1000) == ["x"] * 1000
    with pytest.raises(Refused) as told:
        validated(judge, [1] * 3000)
    assert told.value.error_count() == 3000
    assert len(told.value.errors()) == 1000


@pytest.mark.parametrize("is_circle", [False, True])
def test_a_long_chain_of_models_is_judged(is_circle: bool, tmp_path: Path) -> None:
    """Of classes that are parts of each other, and of such that are made of each other."""
    names = [f"C{index}" for index in range(150)]
    after = dict(zip(names, [*names[1:], names[0]], strict=True))
    parts = {name: {"next": ref(after[name])} for name in names}
    if not is_circle:
        parts[names[-1]] = {}
    named = {
        name: {"type": "object", "properties": {"x": listed(TEXT), **parts[name]}} for name in names
    }
    models = imported(texts(schemas(**named)), tmp_path)
    right: Any = {"next": {"next": {"x": ["x"] * 1000}}}
    assert Payload(right).validate(models.C0) == models.C0.model_validate(right)
    right["next"]["next"]["x"] += [1]
    with pytest.raises(PayloadError, match=r"^/next/next/x/1000: Input should be a valid string$"):
        Payload(right).validate(models.C0)


ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**20, "", "a", "aGk=", "2020-01-01", "2020-01-01T00:00:00Z"),
    *([], {}, ["a"], [1], [{}], {"a": 1}, {"url": "u"}, [{"url": "u"}, 1]),
]


@pytest.mark.parametrize(
    "feature",
    ["nullable_31", "formats", "discriminator", "additional_properties", "all_of_objects"],
)
def test_each_value_becomes_what_its_model_makes_of_it(
    feature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its size: what small values are validated by is the reference."""
    written = (Path(__file__).parent / "golden" / feature / "openapi.yaml").read_text("utf-8")
    models = imported(texts(written), tmp_path)
    monkeypatch.setattr(_bounded, "_MOST_VALUES", 0)  # so that all are large
    chance, seen = Random(1), Counter[str]()
    made: list[Any] = [one for one in vars(models).values() if isinstance(one, type)]
    for model in [one for one in made if one.__module__ == models.__name__]:
        fields = [field.alias or name for name, field in model.model_fields.items()]
        for _ in range(60):
            names = [name for name in [*fields, "zz"] if chance.random() < 0.8]
            value = {name: chance.choice(ODD) for name in names}
            usual = outcome(partial(model.model_validate, value))
            assert outcome(partial(validated, model, value)) == usual, value
            seen[type(usual).__name__] += 1
    assert len(seen) > 1


def outcome(validate: Callable[[], Any]) -> Any:
    """What a value becomes, written out; "refused"."""
    try:
        made = validate()
    except (ValidationError, Refused):
        return "refused"
    return type(made), made.model_dump(), made.model_fields_set, made.model_dump_json()


def test_a_pydantic_of_other_schemas_validates_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise KeyError("type")

    monkeypatch.setattr(_bounded._Rewriting, "schema", fail)
    judge = Json(list[str]).model
    assert validated(judge, ["x"] * 3000) == ["x"] * 3000
    with pytest.raises(ValidationError) as told:
        validated(judge, [1] * 3000)
    assert told.value.error_count() == 3000


class Plain(BaseModel):
    x: int = 1


class WithInit(BaseModel):
    x: int
    items: list[int] = []

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"x": 7} | given)


class WithHooks(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")
    inner: Plain
    _seen: list[str] = PrivateAttr(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def before(cls, value: Any) -> Any:
        return {"inner": {}} | value if isinstance(value, dict) else value

    @model_validator(mode="after")
    def after(self) -> WithHooks:
        self._seen.append("after")
        return self

    def model_post_init(self, context: Any) -> None:
        self._seen.append("post")


class Rooted(RootModel[list[WithInit | Plain]]):
    pass


@pytest.mark.parametrize("model", [Plain, WithInit, WithHooks, Rooted])
@pytest.mark.parametrize("value", [{}, {"x": 5}, {"inner": {"x": 2}, "y": 1}, [{}, {"x": 3}], 5])
def test_models_of_a_caller_are_made_as_pydantic_makes_them(model: Any, value: Any) -> None:
    made = [
        outcome(partial(model.model_validate, value)),
        outcome(partial(validated, model, value)),
    ]
    assert made[0] == made[1]
    if made[0] != "refused":
        usual, found = model.model_validate(value), validated(model, value)
        assert (found, found.__pydantic_private__) == (usual, usual.__pydantic_private__)


def test_a_model_that_holds_types_that_hold_themselves_is_strict(tmp_path: Path) -> None:
    """Its schema stands inside of their definitions, away from its configuration."""
    deep = {"oneOf": [listed(ref("Deep")), WHOLE, {"type": "null"}]}
    kin = {"type": "object", "properties": {"deep": ref("Deep"), "kin": ref("Kin")}}
    files = texts(
        schemas(
            Deep=deep,
            Kin=kin,
            Holder={"type": "object", "properties": {"kin": ref("Kin"), "deep": ref("Deep")}},
        )
    )
    models = imported(files, tmp_path)
    for model in (models.Holder, models.Kin):
        assert validated(model, {"deep": [5, [None]]}).deep == [5, [None]]
        for wrong in ("5", True, ["5"], [[True]]):
            with pytest.raises(ValidationError):
                validated(model, {"deep": wrong})


ARRAYS = {"anyOf": [listed(ref("Deep")), {**listed(ref("Deep")), "minItems": 1}, WHOLE]}


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> Any:
    files = texts(
        schemas(Deep=ARRAYS, Holder={"type": "object", "properties": {"deep": ref("Deep")}})
    )
    return imported(files, tmp_path_factory.mktemp("arrays")).Holder


def test_a_union_of_arrays_takes_the_time_of_its_values(arrays: Any) -> None:
    """Where two options fit, both are measured: each level measured all below it."""

    def deep(levels: int) -> Any:
        value: Any = [5] * 20 * levels
        for _ in range(levels):
            value = [value]
        return {"deep": value}

    assert exponent(deep, partial(validated, arrays), 40) <= LINEAR


def test_a_small_value_of_many_levels_makes_few_errors(arrays: Any) -> None:
    value: Any = "x"
    for _ in range(60):
        value = [value]
    assert not _bounded._is_small(value)
    with pytest.raises(Refused) as raised:
        validated(arrays, {"deep": value})
    assert len(raised.value.errors()) < 1_000
