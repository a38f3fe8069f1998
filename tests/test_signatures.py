"""The methods of a client as their callers see them: by `inspect`, `help()`, jedi and type checkers, and what they send."""

from __future__ import annotations

import inspect
import json
import pydoc
import typing
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import jedi  # type: ignore[import-untyped]
import pytest

from built import HEAD, imported, texts
from growth import LINEAR, exponent
from speclens import ir
from speclens.lower.operations import signatures
from speclens.lower.schemas import docs

GOLDEN = Path(__file__).parent / "golden"
TEXT = {"type": "string"}
PET = {
    "type": "object",
    "required": ["name", "kind"],
    "properties": {
        "name": {**TEXT, "description": "What to call it", "minLength": 1, "maxLength": 1},
        "kind": {**TEXT, "default": "cat"},
        "tag": {"type": ["string", "null"], "examples": ["old"]},
        "age": {"type": "integer", "minimum": 0, "maximum": 99, "default": 1},
        "born": {**TEXT, "format": "date"},
    },
}
PAINT: dict[str, Any] = {
    "type": "object",
    "required": ["color"],
    "properties": {
        "color": TEXT,
        "colour": {**TEXT, "x-compat": {"into": "/color", "deprecated": {"since": "2026-01-01"}}},
        "hue": {**TEXT, "x-compat": {"into": "/color"}},
    },
}
TUNE: dict[str, Any] = {
    "type": "object",
    "properties": {"tone": TEXT, "note": {**TEXT, "x-compat": {"into": "/tone"}}},
}
ANSWER = {"200": {"description": "A pet.", "content": {"application/json": {"schema": PET}}}}


def parameter(name: str, location: str, schema: Any = TEXT, **also: Any) -> dict[str, Any]:
    return {"name": name, "in": location, "schema": schema, "required": location == "path", **also}


def body(schema: Any, is_required: bool = True) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}, "required": is_required}


SHOP, PAGE = parameter("shop", "path"), parameter("page", "query", {"type": "integer"})
OURS = ("self", "options", "omit", "operation", "client", "paging", "arguments", "timeout", "type")
DOCUMENT: dict[str, Any] = {
    **HEAD,
    "servers": [{"url": "https://pets.test"}],
    "paths": {
        "/shops/{shop}/pets/{id}": {
            "parameters": [parameter("id", "path", description="Which one"), SHOP],
            "get": {
                "operationId": "get_pet",
                "tags": ["zoo"],
                "summary": "Get a pet",
                "parameters": [
                    {**PAGE, "description": "The page,\nfrom 1."},
                    parameter("X-Trace", "header", required=True),
                ],
                "responses": {**ANSWER, "404": {"description": "There is none"}},
            },
            "put": {"operationId": "put_pet", "tags": ["zoo"], "requestBody": body({"$ref": "#/components/schemas/Pet"}), "responses": ANSWER},
            "patch": {"operationId": "paint_pet", "tags": ["zoo"], "requestBody": body({**PAINT, "x-compat": {"partial": True}}), "responses": ANSWER},
        },
        "/tune": {"patch": {"operationId": "tune_all", "tags": ["zoo"], "requestBody": body({**TUNE, "x-compat": {"partial": True}}), "responses": ANSWER}},
        "/paint": {
            "put": {
                "operationId": "paint_all",
                "tags": ["zoo"],
                "parameters": [parameter("most", "query"), parameter("limit", "query", **{"x-compat": {"into": {"in": "query", "name": "most"}}})],
                "requestBody": body({**PAINT, "properties": {**PAINT["properties"], **TUNE["properties"]}}),
                "responses": ANSWER,
            }
        },
        "/ours": {"get": {"operationId": "call_ours", "tags": ["zoo"], "parameters": [parameter(name, "query") for name in OURS], "responses": ANSWER}},
        "/names": {"post": {"operationId": "name_them", "tags": ["zoo"], "requestBody": body({"type": "array", "items": TEXT}), "responses": ANSWER}},
        "/maybe": {"post": {"operationId": "maybe", "tags": ["zoo"], "requestBody": body({"type": "object", "properties": {"body": TEXT}}, False), "responses": ANSWER}},
    },
    "components": {"schemas": {"Pet": PET}},
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("zoo"), "client")


def shown(method: Any) -> str:
    """The signature of a method as a caller reads it, without `self` and the options."""
    signature = inspect.signature(method)
    found = [one for name, one in signature.parameters.items() if name not in {"self", "options"}]
    return str(signature.replace(parameters=found, return_annotation=inspect.Signature.empty))


@pytest.mark.parametrize(
    ("name", "signature", "overloads"),
    [
        ("get_pet", "(shop: 'str', id: 'str', *, x_trace: 'str', page: 'int | None' = None)", []),
        (
            "put_pet",
            "(shop: 'str', id: 'str', *, name: 'str | Omit' = omit, kind: 'str' = 'cat', tag: 'str | Omit | None' = omit, "
            "age: 'int | None' = None, born: 'Date | str | None' = None, body: '_models.Pet | Mapping[str, Any] | Omit' = omit)",
            [
                "(shop: 'str', id: 'str', *, name: 'str', kind: 'str' = 'cat', tag: 'str | Omit | None' = omit, "
                "age: 'int | None' = None, born: 'Date | str | None' = None)",
                "(shop: 'str', id: 'str', *, body: '_models.Pet | Mapping[str, Any]')",
            ],
        ),
        (
            "paint_pet",
            "(shop: 'str', id: 'str', *, color: 'str | Omit' = omit, colour: 'str | None' = None, hue: 'str | None' = None, "
            "body: '_models.PaintPetRequest | Mapping[str, Any] | Omit' = omit)",
            [
                "(shop: 'str', id: 'str', *, color: 'str')",
                "(shop: 'str', id: 'str', *, body: '_models.PaintPetRequest | Mapping[str, Any]')",
                "(shop: 'str', id: 'str', *, color: 'str | Omit' = omit, colour: 'str', hue: 'str | None' = None)",
                "(shop: 'str', id: 'str', *, color: 'str | Omit' = omit, hue: 'str', colour: 'str | None' = None)",
            ],
        ),
        (
            "tune_all",
            "(*, tone: 'str | None' = None, note: 'str | None' = None, body: '_models.TuneAllRequest | Mapping[str, Any] | Omit' = omit)",
            [
                "(*, tone: 'str | None' = None)",
                "(*, body: '_models.TuneAllRequest | Mapping[str, Any]')",
                "(*, tone: 'str | None' = None, note: 'str | None' = None)",
            ],
        ),
        (
            "paint_all",
            "(*, color: 'str | Omit' = omit, most: 'str | None' = None, limit: 'str | None' = None, colour: 'str | None' = None, "
            "hue: 'str | None' = None, tone: 'str | None' = None, note: 'str | None' = None, "
            "body: '_models.PaintAllRequest | Mapping[str, Any] | Omit' = omit)",
            [
                "(*, color: 'str', most: 'str | None' = None, tone: 'str | None' = None)",
                "(*, body: '_models.PaintAllRequest | Mapping[str, Any]', most: 'str | None' = None)",
                "(*, color: 'str', most: 'str | None' = None, limit: 'str | None' = None, tone: 'str | None' = None, "
                "note: 'str | None' = None)",
                "(*, color: 'str | Omit' = omit, colour: 'str', most: 'str | None' = None, limit: 'str | None' = None, "
                "hue: 'str | None' = None, tone: 'str | None' = None, note: 'str | None' = None)",
                "(*, color: 'str | Omit' = omit, hue: 'str', most: 'str | None' = None, limit: 'str | None' = None, "
                "colour: 'str | None' = None, tone: 'str | None' = None, note: 'str | None' = None)",
                "(*, body: '_models.PaintAllRequest | Mapping[str, Any]', most: 'str | None' = None, limit: 'str | None' = None)",
            ],
        ),
        ("name_them", "(body: 'Sequence[str]')", []),
        ("maybe", "(*, body: 'str | None' = None, body_: '_models.MaybeRequest | Mapping[str, Any] | None' = None)", []),
    ],
)  # fmt: skip
def test_signatures_list_every_argument(
    client: ModuleType, name: str, signature: str, overloads: list[str]
) -> None:
    for owner in (client.Zoo, client.AsyncZoo):
        method = getattr(owner, name)
        assert shown(method) == signature
        assert [shown(one) for one in typing.get_overloads(method)] == overloads
        assert inspect.iscoroutinefunction(method) is (owner is client.AsyncZoo)


def test_overloads_with_older_arguments_are_deprecated(client: ModuleType) -> None:
    told = [getattr(one, "__deprecated__", None) for one in typing.get_overloads(client.Zoo.paint_pet)]  # fmt: skip
    assert told == [
        None,
        None,
        "`colour` is deprecated since 2026-01-01: Use color.",
        "`hue` is deprecated: Use color.",
    ]


def test_docs_say_what_types_cannot(client: ModuleType) -> None:
    assert inspect.getdoc(client.Zoo.get_pet) == inspect.getdoc(client.AsyncZoo.get_pet)
    assert inspect.getdoc(client.Zoo.get_pet) == "\n".join(
        [
            "Get a pet.",
            "",
            "Args:",
            "    id: Which one.",
            "    page: The page,",
            "        from 1.",
            "    **options: Timeout, retries, extra headers: see `RequestOptions`.",
            "",
            "Returns:",
            "    A pet.",
            "",
            "Raises:",
            "    NotFoundError: There is none.",
        ]
    )
    told = inspect.getdoc(client.Zoo.put_pet) or ""
    assert told.startswith("PUT /shops/{shop}/pets/{id}.\n")
    for line in (
        "    name: What to call it. 1 character.",
        '    tag: Example: `"old"`.',
        "    age: 0 to 99. API default: `1`.",
        "    body: All members of the body at once, in place of the arguments for each.",
    ):
        assert line in told.splitlines()
    assert "kind:" not in told  # its signature says all


def test_every_description_is_told_where_it_belongs(tmp_path: Path) -> None:
    raw = {"200": {"description": "the picture", "content": {"image/png": {}}}}
    grouped = {"tags": ["All of Pets"], "x-speakeasy-group": "zoo"}
    paths: dict[str, Any] = {
        "/pets": {
            "post": {
                **grouped,
                "operationId": "make",
                "requestBody": {**body(PET), "description": "the pet to make"},
                "responses": {**ANSWER, "307": {"description": "it is elsewhere"}},
            }
        },
        "/picture": {"get": {**grouped, "operationId": "show", "summary": "show it", "responses": raw}},
    }  # fmt: skip
    tags = [{"name": "All of Pets", "description": "all pets\n\nAnd more."}, {"name": "Other"}]
    client = imported(texts({**DOCUMENT, "paths": paths, "tags": tags}), tmp_path, "client")
    assert inspect.getdoc(client.Zoo) == "All pets.\n\nAnd more."
    assert inspect.getdoc(next(client_of(client, "")).zoo) == "All pets."
    making = (inspect.getdoc(client.Zoo.make) or "").splitlines()
    told = "body: the pet to make. All members of the body at once, in place of the arguments"
    assert f"    {told}" in making
    assert making[-1] == "    APIStatusError: 307: it is elsewhere."
    stream = inspect.getdoc(client.Zoo.show_stream) or ""
    assert "\n\nshow it.\n\n" in stream
    assert stream.endswith("Returns:\n    the picture")


# What is sent


def sent(client: ModuleType, method: str, *given: Any, is_async: bool = False, **named: Any) -> Any:
    """The body of a call, after it was made."""
    bodies: list[Any] = []

    def answered(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content) if request.content else None)
        return httpx.Response(200, json={"name": "x", "kind": "cat"})

    async def call() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answered)) as http:
            resource = next(client_of(client, "Async"))(http_client=http).zoo
            await getattr(resource, method)(*given, **named)

    if is_async:
        anyio.run(call)
    else:
        with httpx.Client(transport=httpx.MockTransport(answered)) as http:
            getattr(next(client_of(client, ""))(http_client=http).zoo, method)(*given, **named)
    return bodies[0]


def client_of(client: ModuleType, prefix: str) -> Iterator[Any]:
    for name, one in vars(client).items():
        is_async = name.startswith("Async")
        if hasattr(one, "zoo") and is_async is bool(prefix):
            yield one


@pytest.mark.parametrize("is_async", [False, True])
def test_a_body_is_given_by_members_or_as_a_whole(client: ModuleType, is_async: bool) -> None:
    models = typing.cast("Any", client)._models
    ways: list[Mapping[str, Any]] = [
        {"name": "a", "tag": None, "age": 3},
        {"body": models.Pet(name="a", kind="cat", tag=None, age=3)},
        {"body": {"name": "a", "tag": None, "age": 3}},
        {"body": {"name": "a", "tag": None}, "age": 3},
    ]
    for way in ways:
        found = sent(client, "put_pet", "s", "1", is_async=is_async, **way)
        assert found == {"kind": "cat", "name": "a", "tag": None, "age": 3}, way
    assert sent(client, "put_pet", "s", "1", body={"name": "a", "kind": "dog"})["kind"] == "dog"
    assert sent(client, "put_pet", "s", "1", body={"name": "a", "more": 1})["more"] == 1
    assert sent(client, "maybe") is None
    assert sent(client, "maybe", body_={}) == {}
    assert sent(client, "maybe", body="x") == sent(client, "maybe", body_={"body": "x"})


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"name": "b", "body": {"name": "a"}}, TypeError, "'name' is given twice: as 'name', and in 'body'"),
        ({"body": ["a"]}, TypeError, "'body' has to be a model or a mapping, and is a list"),
        ({"body": {}}, ValueError, "name"),
        ({"body": {"name": "a", "age": None}}, ValueError, "age"),
        ({"nam": "a"}, TypeError, "unexpected argument 'nam' (did you mean 'name'?)"),
        ({"name": "a", "colour": "b"}, TypeError, "unexpected argument 'colour' (see extra_body)"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent(
    client: ModuleType, given: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as caught:
        sent(client, "put_pet", "s", "1", **given)
    assert told in str(caught.value)


def test_a_required_parameter_may_not_be_none(client: ModuleType) -> None:
    with pytest.raises(TypeError, match="'x_trace' has to be given, and may not be None"):
        sent(client, "get_pet", "s", "1", x_trace=None)


def test_parameters_may_be_called_like_names_of_ours(client: ModuleType) -> None:
    sent_to: list[httpx.URL] = []

    def answered(request: httpx.Request) -> httpx.Response:
        sent_to.append(request.url)
        return httpx.Response(200, json={"name": "x", "kind": "cat"})

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        call = next(client_of(client, ""))(http_client=http).zoo.call_ours
        names = [one for one in inspect.signature(call).parameters if one != "options"]
        call(**{name: name for name in names})
    assert dict(sent_to[0].params) == {name.rstrip("_"): name for name in names}
    assert [name.rstrip("_") for name in names] == [*OURS]


def test_older_members_of_a_whole_body_are_folded(client: ModuleType) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert sent(client, "paint_pet", "s", "1", body={"colour": "red"}) == {"color": "red"}
    assert [one.filename for one in told] == [__file__]


# All clients


def test_jedi_knows_every_argument(client: ModuleType) -> None:
    """jedi completes arguments in IPython, Jupyter and many editors."""
    script = jedi.Script(path=client.__file__)
    lines = Path(str(client.__file__)).read_text("utf-8").splitlines()
    for name in ("get_pet", "name_them"):
        found = next(index for index, line in enumerate(lines, 1) if f"def {name}(" in line)
        [definition] = script.goto(found, lines[found - 1].index(name))
        [signature] = definition.get_signatures()
        # In place of `**options`, jedi shows what they are passed on to.
        expected = [*inspect.signature(getattr(client.Zoo, name)).parameters][:-1]
        assert [one.name for one in signature.params][:-1] == expected


def test_help_shows_arguments_and_their_docs(client: ModuleType) -> None:
    told = pydoc.plain(pydoc.render_doc(client.Zoo))
    assert "page: 'int | None' = None" in told
    assert "page: The page,\n" in told


# Names that clash


def test_methods_of_a_resource_are_all_there(tmp_path: Path) -> None:
    paging = {"type": "cursor", "inputs": [{"name": "cursor", "in": "parameters", "type": "cursor"}], "outputs": {"nextCursor": "$.next"}}  # fmt: skip
    ids = (
        "list",
        "listPages",
        "getZoo",
        "zooGet",
        "getZooZoo",
        "overload",
        "zooOverload",
        "omit",
        "put",
    )
    paths: dict[str, Any] = {
        f"/p{number}": {"post": {"operationId": name, "tags": ["zoo"], "requestBody": body(PET), "responses": ANSWER}}
        for number, name in enumerate(ids)
    }  # fmt: skip
    paths["/p0"]["post"] |= {
        "x-speakeasy-pagination": paging,
        "parameters": [parameter("cursor", "query")],
    }
    client = imported(texts({**DOCUMENT, "paths": paths}), tmp_path, "client")
    own = [one for one in vars(client.Zoo) if not one.startswith("_")]
    assert len(own) == len(ids) + 1
    assert sent(client, "put", body={"name": "a"}) == {"kind": "cat", "name": "a"}


def test_a_part_of_the_path_that_an_older_parameter_may_replace_keeps_its_position(
    tmp_path: Path,
) -> None:
    into = {"into": {"in": "path", "name": "a"}}
    older = parameter("b", "query", **{"x-compat": into})
    operation = {
        "operationId": "call",
        "tags": ["zoo"],
        "parameters": [parameter("a", "path"), parameter("c", "path"), older],
        "requestBody": body({"type": "array", "items": TEXT}),
        "responses": ANSWER,
    }
    document = {**DOCUMENT, "paths": {"/p/{a}/{c}": {"post": operation}}}
    client = imported(texts(document), tmp_path, "client")
    assert shown(client.Zoo.call) == (
        "(a: 'str | Omit' = omit, c: 'str | Omit' = omit, body: 'Sequence[str] | Omit' = omit, *,"
        " b: 'str | None' = None)"
    )
    assert [shown(one) for one in typing.get_overloads(client.Zoo.call)] == [
        "(a: 'str', c: 'str', body: 'Sequence[str]')",
        "(*, c: 'str', body: 'Sequence[str]', a: 'str | Omit' = omit, b: 'str')",
    ]
    asked: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"name": "x", "kind": "cat"})

    with httpx.Client(transport=httpx.MockTransport(answered)) as http:
        call = next(client_of(client, ""))(http_client=http).zoo.call
        call("1", "2", ["x"])
        call(b="1", c="2", body=["x"])
        for ident in ("a", "c", "body"):
            given: dict[str, Any] = {"a": "1", "c": "2", "body": ["x"]}
            del given[ident]
            with pytest.raises((TypeError, ValueError), match=r"given|required"):
                call(**given)
    assert asked == ["/p/1/2"] * 2


def test_signatures_take_linear_time() -> None:
    def made(count: int) -> list[ir.Argument]:
        mark, text = ir.Mark(), ir.Primitive("string")
        return [
            ir.Argument(f"a{number}", "member", f"a{number}", "#", text, mark, "", True)
            for number in range(count)
        ]

    assert exponent(made, signatures.signatures, 500) <= LINEAR


def test_docs_that_operations_share_are_short() -> None:
    long = "word " * 10_000
    assert len(docs.argument_docs({"description": long, "default": long}, None)) < 4_100
    assert len(docs.of_older({"note": long}, "a")) < 500
