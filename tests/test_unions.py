"""Unions whose options are told apart: the work that a value makes grows with its size, whatever way leads to it."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from functools import cache, partial, reduce
from importlib import import_module
from operator import or_
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import anyio
import httpx
import pytest
from pydantic import TypeAdapter, ValidationError, create_model
from runtime._among import Among

from built import HEAD, drafts, imported, schemas, texts
from growth import LINEAR, exponent

TEXT = {"type": "string"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def member(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": [key], "properties": {key: TEXT, **more}}


def of_kind(kind: str, **more: Any) -> dict[str, Any]:
    kinds = {"kind": {"type": "string", "enum": [kind]}}
    return {"type": "object", "required": ["kind"], "properties": {**kinds, **more}}


def union(*names: str, **more: Any) -> dict[str, Any]:
    return {"oneOf": [ref(name) for name in names], **more}


BY_KIND = {"discriminator": {"propertyName": "kind"}}

# Of each document `Node` is the union, and a value of depth n has `leaf` inside of n times `level`.
LEAF: Any = object()
KINDS: dict[str, tuple[dict[str, Any], Any, Any, Any]] = {
    "required members": (
        {"Node": union("A", "B"), "A": member("a", child=ref("Node")), "B": member("b", child=ref("Node"))},
        {"a": "x", "child": LEAF}, {"b": "x"}, {"c": "x"},
    ),
    "a discriminator": (
        {"Node": union("A", "B", **BY_KIND), "A": of_kind("A", child=ref("Node")), "B": of_kind("B", child=ref("Node"))},
        {"kind": "A", "child": LEAF}, {"kind": "B"}, {"kind": "C"},
    ),
    "nothing tells them apart": (
        {"Node": union("A", "B"), "A": {"type": "object", "properties": {"child": ref("Node"), "a": TEXT}},
         "B": {"type": "object", "properties": {"child": ref("Node"), "b": TEXT}}},
        {"child": LEAF}, {"a": "x", "b": "x"}, {"child": 1},
    ),
    "arrays and maps": (
        {"Node": {"anyOf": [ref("List"), ref("Map"), ref("A"), ref("Lists")]}, "List": {"type": "array", "items": ref("Node")},
         "Lists": {"type": "array", "maxItems": 9, "items": {"anyOf": [ref("Node"), TEXT]}},
         "Map": {"type": "object", "additionalProperties": ref("Node")},
         "A": {"type": "object", "properties": {"child": ref("Node")}}},
        [{"child": LEAF}], {"child": []}, {"child": 1},
    ),
    "null as well": (
        {"Node": {"anyOf": [ref("A"), ref("B"), {"type": "null"}]}, "A": member("a", child=ref("Node"), other=ref("Node")),
         "B": member("a", child={"anyOf": [ref("Node"), {"type": "null"}]})},
        {"a": "x", "child": LEAF, "other": None}, None, 1,
    ),
    "a base with a discriminator": (
        {"Pet": {**member("kind", friend=ref("Pet")), **BY_KIND},
         "Cat": {"allOf": [ref("Pet"), {"properties": {"lives": {"type": "integer"}}}]},
         "Dog": {"allOf": [ref("Pet"), {"properties": {"barks": {"type": "boolean"}}}]}, "Node": ref("Pet")},
        {"kind": "Cat", "friend": LEAF}, {"kind": "Dog"}, {"kind": 1},
    ),
    "many unions, none of itself": (
        {f"N{i}": union(f"A{i}", f"B{i}") for i in range(60)}
        | {f"{one}{i}": {"type": "object", "properties": {"child": ref(f"N{i + 1}") if i < 59 else TEXT}}
           for i in range(60) for one in "AB"} | {"Node": ref("N0")},
        {"child": LEAF}, {}, {"child": 1},
    ),
}  # fmt: skip


def filled(level: Any, leaf: Any) -> Any:
    if level is LEAF:
        return leaf
    if isinstance(level, dict):
        return {key: filled(one, leaf) for key, one in level.items()}
    return [filled(one, leaf) for one in level] if isinstance(level, list) else level


def nested(level: Any, depth: int, leaf: Any) -> Any:
    for _ in range(depth):
        leaf = filled(level, leaf)
    return leaf


def box(named: dict[str, Any]) -> dict[str, Any]:
    return schemas(**named, Box=member("n", node=ref("Node")))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    place = tmp_path_factory.mktemp("unions")
    return cache(lambda kind: imported(texts(box(KINDS[kind][0])), place).Box)


def judged(model: Any, node: Any) -> ValidationError | None:
    try:
        model.model_validate({"n": "", "node": node})
    except ValidationError as error:
        return error
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_the_depth_of_a_value_does_not_multiply_the_work(kind: str, model: Any) -> None:
    _, level, leaf, wrong = KINDS[kind]
    box, deep = model(kind), 40 if kind != "arrays and maps" else 24
    assert judged(box, nested(level, deep, leaf)) is None
    error = judged(box, nested(level, deep, wrong))
    assert error
    assert error.error_count() <= 3 * deep
    # The place of each error is as long as the value is deep.
    for end, bound in ((leaf, LINEAR), (wrong, 2.2)):
        make = partial(nested, level, leaf=end)
        found = exponent(make, lambda node: judged(box, node), deep // 4, bound=bound)
        assert found <= bound, end


@pytest.mark.parametrize(
    "kind", ["required members", "a discriminator", "nothing tells them apart"]
)
def test_what_is_deep_is_taken_and_told_as_it_is(kind: str, model: Any) -> None:
    _, level, leaf, wrong = KINDS[kind]
    node = nested(level, 100, leaf)
    found = model(kind).model_validate({"n": "", "node": node})
    assert found.model_dump(exclude_unset=True) == {"n": "", "node": node}
    assert found.model_dump_json(exclude_unset=True) == json.dumps(
        {"n": "", "node": node}, separators=(",", ":")
    )
    error = judged(model(kind), nested(level, 100, wrong))
    assert error
    assert all(one["loc"].count("child") >= 99 for one in error.errors())


def test_the_option_that_knows_the_most_members_is_taken_however_deep(tmp_path: Path) -> None:
    """`B` knows more of the value than `A` does, though both hold the same node."""
    few = {"type": "object", "properties": {"child": ref("Node")}}
    more = {"type": "object", "properties": {"child": ref("Node"), "x": TEXT}}
    models = imported(texts(box({"Node": union("A", "B"), "A": few, "B": more})), tmp_path)
    found = models.Box.model_validate({"n": "", "node": {"child": {"child": {"x": "y"}}, "x": "y"}})
    assert type(found.node) is models.B
    assert type(found.node.child) is models.A
    assert type(found.node.child.child) is models.B


def test_members_of_other_names_tell_options_apart(tmp_path: Path) -> None:
    named = {
        "Node": union("A", "B"),
        "A": member("class", **{"the-child": ref("Node")}),
        "B": member("model-x"),
    }
    named["A"]["required"] += ["the-child"]
    models = imported(texts(box(named)), tmp_path)
    node = {"class": "x", "the-child": {"model-x": "y"}}
    found = models.Box.model_validate({"n": "", "node": node})
    assert type(found.node.the_child) is models.B
    assert models.Box(n="", node=found.node).node is found.node


CHAINS: dict[str, Callable[[Any], Any]] = {
    "arrays": lambda of: {"oneOf": [one := {"type": "array", "items": of}, {**one, "maxItems": 5}]},
    "one or many": lambda of: {"anyOf": [of, {"type": "array", "items": of}]},
    "maps": lambda of: {"oneOf": [one := {"type": "object", "additionalProperties": of}, {**one, "maxProperties": 5}]},
    "an array or a map": lambda of: {"type": ["array", "object"], "items": of, "additionalProperties": of},
}  # fmt: skip


@pytest.mark.parametrize("kind", CHAINS)
def test_unions_of_unions_do_not_double_with_each_level(kind: str, tmp_path: Path) -> None:
    """Ten levels took seconds at their first use."""
    levels = 48
    named = {f"T{i}": CHAINS[kind](ref(f"T{i + 1}")) for i in range(levels)}
    models = imported(texts(schemas(**named, **{f"T{levels}": {"type": "integer"}})), tmp_path)

    def built(n: int) -> TypeAdapter[Any]:
        return TypeAdapter(getattr(models, f"T{levels - n}"))

    def size(act: Callable[[], object]) -> float:
        return float(len(str(act())))

    assert exponent(built, lambda made: made.core_schema, 12, cost=size) <= LINEAR
    adapter, level = built(levels), {"k": LEAF} if kind == "maps" else [LEAF]
    assert adapter.validate_python(right := nested(level, levels, 1)) == right
    with pytest.raises(ValidationError) as told:
        adapter.validate_python(nested(level, levels, "x"))
    assert told.value.error_count() < 2 * levels


def test_unions_of_unions_that_are_few_are_written_out() -> None:
    named = {f"T{i}": CHAINS["arrays"](ref(f"T{i + 1}")) for i in range(3)}
    text = drafts(schemas(**named, T3={"type": "integer"}))["models.py"].text
    assert "= TypeAliasType" not in text


MANY = {
    f"T{i}": {
        "type": "object",
        "required": [f"f{i}_{j}" for j in range(7)],
        "properties": {f"f{i}_{j}": TEXT for j in range(7)},
    }
    for i in range(20)
}


def test_of_many_options_the_nearest_one_makes_errors(tmp_path: Path) -> None:
    """3 bytes made 140 errors, of 600 bytes each."""
    document = schemas(
        **MANY, Items={"type": "array", "items": union(*MANY)}, Box=member("n", items=ref("Items"))
    )
    models = imported(texts(document), tmp_path)
    with pytest.raises(ValidationError) as told:
        models.Box.model_validate({"n": "", "items": [{}] * 500 + [{"f3_1": "x"}]})
    assert told.value.error_count() == 500 * 7 + 6
    last = {str(one["loc"][-1]) for one in told.value.errors()[-6:]}
    assert last == {f"f3_{j}" for j in range(7)} - {"f3_1"}

    def peak(count: int) -> int:
        tracemalloc.start()
        with pytest.raises(ValidationError):
            models.Box.model_validate({"n": "", "items": [{}] * count})
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(2000) < 4.4 * peak(500)


def test_what_is_no_object_is_tried_with_no_model_but_one() -> None:
    """Each of 100 models was tried with each number of an array."""
    models = [create_model(f"M{index}") for index in range(5)]

    def tried(*options: Any) -> int:
        among, calls = Among(), list[Any]()
        whole: Any = Annotated[reduce(or_, options), among]
        TypeAdapter(whole)

        def handler(value: Any) -> Any:
            calls.append(value)
            return TypeAdapter(int).validate_python("")

        with pytest.raises(ValidationError):
            among._validate(1, handler)
        return len(calls)

    assert tried(*models) == 1
    assert tried(*models, list[str], dict[str, str]) == 2


def served(place: Path) -> tuple[ModuleType, ModuleType]:
    """The server and the client of an operation that takes and gives a deep value."""
    inside = {"application/json": {"schema": ref("Box")}}
    post = {
        "operationId": "call",
        "requestBody": {"required": True, "content": inside},
        "responses": {"200": {"description": "x", "content": inside}},
    }
    named = {**KINDS["a discriminator"][0], "Box": member("n", node=ref("Node"))}
    document = {
        **HEAD,
        "servers": [{"url": "https://p.test"}],
        "paths": {"/x": {"post": post}},
        "components": {"schemas": named},
    }
    files = texts(document)
    server = imported(files, place, "server")
    return server, import_module(f"{server.__package__}.client")


def test_a_deep_body_keeps_no_other_caller_waiting_and_a_deep_answer_is_refused(
    tmp_path: Path,
) -> None:
    server, client = served(tmp_path)
    _, level, leaf, wrong = KINDS["a discriminator"]

    class Handler:
        async def x_call(self, request: Any, context: Any) -> Any:
            return {"n": "ok"}

    bodies = [
        {"n": "", "node": nested(level, 150, wrong)},
        {"n": "", "node": nested(level, 150, leaf)},
        {"n": ""},
    ]
    answers = [0] * len(bodies)

    async def run() -> None:
        transport = httpx.ASGITransport(server.create_app(Handler()))
        async with (
            httpx.AsyncClient(transport=transport, base_url="https://p.test") as caller,
            anyio.create_task_group() as group,
        ):

            async def send(index: int) -> None:
                answers[index] = (await caller.post("/x", json=bodies[index])).status_code

            for index in range(len(bodies)):
                group.start_soon(send, index)

    anyio.run(run)
    assert answers == [400, 200, 200]
    hostile = httpx.MockTransport(lambda request: httpx.Response(200, json=bodies[0]))
    with (
        client.Pkg(http_client=httpx.Client(transport=hostile)) as api,
        pytest.raises(import_module(f"{client.__package__}._errors").APIResponseValidationError),
    ):
        api.x.call(n="")


def test_unions_that_need_nothing_stay_as_they_are() -> None:
    plain = schemas(
        Node=union("A", "B"),
        A=member("a"),
        B=member("b"),
        List={"oneOf": [ref("A"), {"type": "array", "items": ref("List")}]},
    )
    assert "_among.py" not in drafts(plain)
    assert "A | list[List]" in drafts(plain)["models.py"].text
    assert (
        "Among()] | str | None"
        in drafts(
            box(
                {
                    **KINDS["null as well"][0],
                    "Node": {"anyOf": [ref("A"), TEXT, ref("B"), {"type": "null"}]},
                }
            )
        )["models.py"].text
    )
