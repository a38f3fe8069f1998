"""What the toolkit does grows with a document and no faster, or has a limit that is told with its place; and packages of
long chains can be used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter

from built import HEAD, schemas, source, texts
from growth import LINEAR, counted, exponent
from speclens import folding, judging, loading, project, reporting
from speclens.config import Config
from speclens.lower.compat import shape_tables
from speclens.lower.ground import facts, groups
from speclens.lower.schemas import branches
from speclens.openapi.selection import Selection
from speclens.output import tidy
from speclens.problems import Refused
from speclens.source import Source

Json = dict[str, Any]
TEXT = {"type": "string"}


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(**properties: Any) -> Json:
    return {"type": "object", "properties": properties}


def names(count: int, start: int = 0) -> list[str]:
    return [f"a{number}" for number in range(start, start + count)]


def spokes(count: int) -> Json:
    return {f"old{number}": {**TEXT, "x-compat": {"into": "/new"}} for number in range(count)}


def hubs(count: int) -> Json:
    found: Json = {}
    for number in range(count):
        found |= {f"h{number}": TEXT, f"s{number}": {**TEXT, "x-compat": {"into": f"/h{number}"}}}
    return found


def parameters(count: int) -> Json:
    listed = [{"name": name, "in": "query", "schema": TEXT} for name in names(count)]
    operation = {
        "operationId": "a",
        "parameters": listed,
        "responses": {"200": {"description": ""}},
    }
    return {**HEAD, "paths": {"/a": {"get": operation}}}


def operations(count: int, listed: Sequence[Json] = ()) -> Json:
    answer = {
        "200": {"description": "", "content": {"application/json": {"schema": thing(a=TEXT)}}}
    }
    return {
        **HEAD,
        "paths": {
            f"/{name}": {"get": {"operationId": name, "parameters": listed, "responses": answer}}
            for name in names(count)
        },
    }


OLDER: list[Json] = [
    {"name": "new", "in": "query", "schema": TEXT},
    {
        "name": "old",
        "in": "query",
        "schema": TEXT,
        "x-compat": {"into": {"name": "new", "in": "query"}},
    },
]


def aliases(count: int) -> Json:
    """A chain of aliases, each of which is the one after it within bounds."""
    texts = {f"C{number}": {**TEXT, "maxLength": number + 3} for number in range(count)}
    names = [*texts, "C"]
    parts = {name: {"oneOf": [text, {"type": "integer"}]} for name, text in texts.items()}
    chained = {
        name: {"allOf": [reference(after), parts[name]]}
        for name, after in zip(texts, names[1:], strict=True)
    }
    return schemas(**chained, C={"oneOf": [TEXT, {"type": "integer"}]})


def refused_examples(count: int) -> Json:
    objects = {"type": "object", "required": names(count)}
    listed = {"type": "array", "items": objects, "example": [{}] * count}
    return schemas(A=listed, B={**objects, "examples": [{}] * count})


def members_that_refer_back(count: int) -> Json:
    kinds = {
        name: {**thing(k={"const": name}, u=reference("U")), "required": ["k"]}
        for name in names(count)
    }
    options = [reference(name) for name in kinds]
    return schemas(U={"oneOf": options, "discriminator": {"propertyName": "k"}}, **kinds)


def bases(count: int) -> Json:
    base = {**thing(k=TEXT), "required": ["k"], "discriminator": {"propertyName": "k"}}
    made = {
        f"C{name}": {"allOf": [reference(name), {**thing(x=TEXT), "required": ["x"]}]}
        for name in names(count)
    }
    return schemas(**dict.fromkeys(names(count), base), **made)


def parts_of_a_body(count: int) -> Json:
    parts = {name: {**thing(**{name: TEXT}), "required": [name]} for name in names(count)}
    media = {"application/json": {"schema": {"allOf": [reference(name) for name in parts]}}}
    sent = {"post": {"requestBody": {"content": media}, "responses": {"204": {"description": ""}}}}
    return {**schemas(**parts), "paths": {"/a": sent}}


def of_one_id(count: int) -> Json:
    made = operations(count, OLDER)
    for item in made["paths"].values():
        item["get"]["operationId"] = "a"
    return made


def of_signs(count: int) -> Json:
    """Names that differ in signs alone, which no identifier has."""
    signs = [f"a{number:012b}b".replace("0", "-").replace("1", ".") for number in range(count)]
    return schemas(A=thing(**{name: thing(x=TEXT) for name in signs}))


def shapes_of_spokes(count: int) -> Json:
    """Unions of shapes alone, each of which a spoke refers to."""
    shapes = [{**TEXT, "x-compat": {"to": "$"}}, {"type": "integer", "x-compat": {"to": "a"}}]
    found: Json = {}
    for name in names(count):
        older = {**reference(f"U{name}"), "x-compat": {"into": "/new"}}
        found |= {f"U{name}": {"oneOf": shapes}, f"B{name}": thing(new=TEXT, old=older)}
    return schemas(**found)


# What grows, and from which size on to four times that it is measured.
KINDS: dict[str, tuple[Callable[[int], Json], int]] = {
    "a long value of an enumeration": (lambda n: schemas(A={"enum": ["a" * n]}), 1_000_000),
    "a long description": (lambda n: schemas(A={**thing(a=TEXT), "description": "a *b* <i>c</i>\n" * (n // 15)}), 200_000),
    "a long name": (lambda n: schemas(A=thing(**{"aB" * n: TEXT})), 500_000),
    "integers": (lambda n: schemas(A={"type": "integer", "enum": [*range(n)]}), 10_000),
    "strings": (lambda n: schemas(A={"type": "string", "enum": names(n)}), 6_000),
    "objects": (lambda n: schemas(A={"enum": [{"a": number} for number in range(n)]}), 3_000),
    "two enumerations": (
        lambda n: schemas(A={"oneOf": [{"enum": names(n)}, {"enum": names(n, n), "x-compat": {"to": "a1"}}]}), 4_000,
    ),
    "properties": (lambda n: schemas(A=thing(**dict.fromkeys(names(n), TEXT))), 600),
    "spokes of one hub": (lambda n: schemas(A=thing(new=TEXT, **spokes(n))), 120),
    "spokes of many hubs": (lambda n: schemas(A=thing(**hubs(n))), 60),
    "schemas": (lambda n: schemas(**dict.fromkeys(names(n), thing(a=TEXT))), 150),
    "aliases of aliases": (aliases, 12),
    "parts": (parts_of_a_body, 300),
    "parameters": (parameters, 600),
    "operations": (operations, 50),
    "refused examples": (refused_examples, 400),
    "members that refer back": (members_that_refer_back, 100),
    "bases": (bases, 60),
    "shapes of spokes": (shapes_of_spokes, 40),
    "older parameters": (lambda n: operations(n, OLDER), 40),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    generated(source(schemas(A=thing(a={"type": "array", "items": TEXT, "minItems": 1}))))


def generated(read: Source) -> dict[str, str]:
    config = Config(Path(read.name), "pkg", Path(), "")
    made = project.drafts(read, judging.read_document(read).document, config)
    return tidy.tidy({path: draft.text for path, draft in made.items()})


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_document(kind: str) -> None:
    make, size = KINDS[kind]
    assert exponent(lambda number: source(make(number)), generated, size) <= LINEAR


def needed(count: int) -> Json:
    """Each shape needs all others beside it."""
    groups = [{"anyOf": [{"required": [name]} for name in pair]} for pair in of_two(count)]
    return schemas(A={**thing(**hubs(count)), "allOf": groups})


def of_two(count: int) -> list[tuple[str, str]]:
    return [(f"h{number}", f"s{number}") for number in range(count)]


def many_required(count: int) -> Json:
    """Each shape refers to a schema of many required members."""
    wide = {**thing(**dict.fromkeys(names(count), TEXT)), "required": names(count)}
    older = {
        f"s{name}": {**reference("Wide"), "x-compat": {"into": f"/h{name}", "to": 1}}
        for name in names(count)
    }
    return schemas(
        A=thing(**{f"h{name}": {"type": "integer"} for name in names(count)}, **older), Wide=wide
    )


@pytest.mark.parametrize(("make", "size"), [(needed, 40), (many_required, 25)])
def test_tables_of_shapes_grow_with_the_document(
    make: Callable[[int], Json], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked at for an example, and what is shown."""
    spans = counted(monkeypatch, shape_tables, "json_span")

    def length(act: Callable[[], object]) -> float:
        spans.clear()
        return float(len(str(act())) + len(str(spans)))

    def tables(read: Source) -> list[object]:
        made = judging.read_document(read).document
        return [one.table for one in made.compat.normalizers]

    assert exponent(lambda number: source(make(number)), tables, size, cost=length) <= LINEAR


def misplaced(count: int) -> Json:
    """As many x-compat that mean nothing as such that lead nowhere."""
    made = operations(count)
    for item in made["paths"].values():
        item["get"]["x-compat"] = {"into": "/a"}
    older = {name: {**TEXT, "x-compat": {"into": "/nowhere"}} for name in names(count)}
    return {**schemas(A=thing(**older)), **made}


def refused(read: Source) -> None:
    with pytest.raises(Refused):
        judging.read_document(read)


def test_time_grows_with_what_is_refused() -> None:
    assert exponent(lambda count: source(misplaced(count)), refused, 300) <= LINEAR


def test_time_grows_with_the_errors_of_a_payload() -> None:
    """Each was looked for among the properties."""

    def make(count: int) -> tuple[Callable[[Any], Any], Json]:
        read = source(schemas(A=thing(**dict.fromkeys(names(count), TEXT), z={"items": TEXT})))
        fold = folding.folder(read, judging.read_document(read).document, "A")
        return fold, {"z": [5] * count}

    assert exponent(make, lambda made: made[0](made[1]), 1_000) <= LINEAR


def unused(count: int) -> Json:
    listed = [
        {"name": f"p{number}", "in": "path", "required": True, "schema": TEXT}
        for number in range(count // 50)
    ]
    operation = {"parameters": listed, "responses": {"200": {"description": ""}}}
    return {**HEAD, "paths": {f"/{'a' * count}": {"get": operation}}}


def indented(count: int) -> Json:
    return schemas(A={**thing(a=TEXT), "description": f"x\n{' ' * count}{'a ' * count}"})


def report(read: Source) -> str:
    return reporting.render(judging.judge(read), "text")


def models(read: Source) -> str:
    return generated(read)["pkg/models.py"]


@pytest.mark.parametrize(
    ("make", "print_", "size"),
    [(unused, report, 2_000), (indented, models, 2_000), (of_signs, models, 100), (of_one_id, models, 30)],
)  # fmt: skip
def test_texts_grow_with_the_document(
    make: Callable[[int], Json], print_: Callable[[Source], str], size: int
) -> None:
    def length(act: Callable[[], object]) -> float:
        return float(len(str(act())))

    assert exponent(lambda count: source(make(count)), print_, size, cost=length) <= LINEAR


def tree(name: str, levels: int, leaf: Json = TEXT) -> Json:
    """Objects that have two of the next kind."""
    found: Json = {f"{name}0": leaf}
    for level in range(1, levels):
        inner = reference(f"{name}{level - 1}")
        found[f"{name}{level}"] = {**thing(x=inner, y=inner.copy()), "required": ["x", "y"]}
    return found


def folded(ours: str, theirs: str, **named: Json) -> Json:
    older = {**reference(theirs), "x-compat": {"into": "/new"}}
    return schemas(T=thing(new=reference(ours), old=older), **named)


def test_spokes_are_judged_kind_by_kind() -> None:
    """Each way to a leaf had checks of its own."""

    def length(act: Callable[[], object]) -> float:
        return float(len(str(act())))

    def make(levels: int) -> Source:
        last = levels - 1
        return source(folded(f"A{last}", f"B{last}", **tree("A", levels), **tree("B", levels)))

    def normalizers(read: Source) -> str:
        return generated(read)["pkg/normalizers.py"]

    assert exponent(make, normalizers, 16, cost=length) <= LINEAR


def test_a_spoke_that_refers_to_itself_is_judged() -> None:
    """Its checks had no end."""
    kinds = {
        name: {**thing(x=reference(name), v={"type": "integer", "minimum": least}), "required": ["v"]}
        for name, least in (("A", 0), ("B", 5))
    }  # fmt: skip
    files = texts(folded("A", "B", **kinds))
    files = {name: text for name, text in files.items() if name.endswith(".py")}
    normalizers, compat = loading.load_texts(files, "_itself", ["normalizers", "_compat"])
    accepted: Json = {"old": {"v": 9, "x": {"v": 9, "x": {"v": 5}}}}
    assert normalizers.normalize_t(accepted).value == {"new": accepted["old"]}
    for inner, place in ({"v": 4}, "/old/x/x/v"), ({}, "/old/x/x/v"), (1, "/old/x/x"):
        with pytest.raises(compat.CompatError) as caught:
            normalizers.normalize_t({"old": {"v": 9, "x": {"v": 9, "x": inner}}})
        assert caught.value.pointer == place


def misspelled(count: int) -> Json:
    known = {f"property{number}name": TEXT for number in range(count)}
    into = {
        f"q{number}": {**TEXT, "x-compat": {"into": f"/propertyy{number}name"}}
        for number in range(count)
    }
    return schemas(A=thing(**known, **into))


def misspelled_at_length(count: int) -> Json:
    name, other = "ab" * count + "ba" * count, "ba" * count + "ab" * count
    return schemas(A=thing(**{name: TEXT, "q": {**TEXT, "x-compat": {"into": f"/{other}"}}}))


@pytest.mark.parametrize(("make", "size"), [(misspelled, 120), (misspelled_at_length, 2_000)])
def test_hints_are_found_in_time(make: Callable[[int], Json], size: int) -> None:
    assert exponent(lambda count: source(make(count)), judging.judge, size) <= LINEAR


def chain(kind: str, length: int) -> Json:
    found: Json = {"Last": thing(z=TEXT)}
    for number in reversed(range(length)):
        following = reference(f"C{number + 1}" if number + 1 < length else "Last")
        found[f"C{number}"] = {
            "members": thing(next=following),
            "references": following,
            "arrays": {"type": "array", "items": following},
            "maps": {"type": "object", "additionalProperties": following},
            "unions": {"oneOf": [following, TEXT]},
            "parents": {"allOf": [following, thing(**{f"p{number}": TEXT})]},
            "a circle": thing(a=reference(f"C{(number + 1) % length}"), b=reference(f"C{(number + 7) % length}")),
            "both": thing(next=reference(f"C{(number + 1) % length}" if number % 100 else "Last"), other=following),
        }[kind]  # fmt: skip
    return schemas(**found)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        *(("members", length) for length in (19, 57, 400)), *(("a circle", length) for length in (20, 57, 300)),
        *((kind, 45) for kind in ("references", "arrays", "maps", "unions", "parents")), ("references", 90), ("parents", 90), ("both", 250),
    ],
)  # fmt: skip
def test_each_class_of_a_chain_can_be_used_first(kind: str, length: int) -> None:
    files = {
        name: text for name, text in texts(chain(kind, length)).items() if name.endswith(".py")
    }
    for first in (f"C{length - 1}", "C0", f"C{length // 2}"):
        (models,) = loading.load_texts(files, "_chain", ["models"])
        given: Any = [] if kind == "arrays" else {}
        listed: Any = list[getattr(models, first)]  # type: ignore[misc]
        TypeAdapter(listed).validate_python([given], strict=True)


@pytest.mark.parametrize(
    ("kind", "length"),
    [*((kind, length) for kind in ("references", "arrays", "maps", "unions", "parents") for length in (120, 500)), ("a circle", 1_001)],
)  # fmt: skip
def test_longer_ones_are_told(kind: str, length: int) -> None:
    with pytest.raises(Refused) as caught:
        judging.read_document(source(chain(kind, length)))
    problem = caught.value.problems[0]
    rule = "source/expansion" if (kind, length) == ("parents", 500) else "source/depth"
    assert (problem.rule, problem.severity) == (rule, "error")
    assert problem.pointer.startswith("#/components")


def test_long_names_around_many_parts_are_told() -> None:
    inside = thing(**dict.fromkeys(names(2_000), TEXT))
    called = {"operationId": "b" * 10_000, **operations(1)["paths"]["/a0"]["get"]}
    answer = {"description": "", "content": {"application/json": {"schema": inside}}}
    for document, pointer in (
        (schemas(A=thing(**{"a" * 10_000: inside})), f"schemas/A/properties/{'a' * 10_000}"),
        ({**HEAD, "paths": {f"/{'a' * 10_000}": {"get": {**called, "responses": {"200": answer}}}}}, f"paths/~1{'a' * 10_000}"),
        ({**HEAD, "paths": {"/a": {"get": {**called, "operationId": "b" * 10_000, "responses": {"200": answer}}}}}, "paths"),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            source(document)
        (problem,) = caught.value.problems
        assert problem.rule == "source/long-names"
        assert pointer in problem.pointer


def shared_response() -> Json:
    headers = {f"X-{name}": {"schema": TEXT} for name in names(300)}
    answer = {"responses": {"200": {"$ref": "#/components/responses/r"}}}
    return {
        **HEAD,
        "paths": {f"/{name}": {"get": answer} for name in names(300)},
        "components": {"responses": {"r": {"description": "", "headers": headers}}},
    }


def shared_item() -> Json:
    item = {**parameters(300)["paths"]["/a"], "parameters": [{**OLDER[0], "name": "b"}]}
    paths = {f"/{name}": {"$ref": "#/components/pathItems/p"} for name in names(300)}
    return {**HEAD, "paths": paths, "components": {"pathItems": {"p": item}}}


def shared_base() -> Json:
    children = {
        name: {"allOf": [reference("Base"), thing(own=TEXT)]} for name in names(300, start=1)
    }
    return schemas(**children, Base=thing(**dict.fromkeys(names(300), TEXT)))


def inline_children() -> Json:
    children = {name: {"allOf": [reference("Base"), thing(own=TEXT)]} for name in names(300)}
    listed = {name: {"type": "array", "items": child} for name, child in children.items()}
    return schemas(Box=thing(**listed), Base=thing(**dict.fromkeys(names(300), TEXT)))


def inline_spokes() -> Json:
    older = {"allOf": [reference("Base")], "x-compat": {"into": "/new"}}
    spokes = dict.fromkeys(names(150), older)
    base = thing(**dict.fromkeys(names(150), TEXT))
    return schemas(Box=thing(new=reference("Base"), **spokes), Base=base)


def shared_values() -> Json:
    parameter = {"name": "p", "in": "query", "schema": {"enum": names(2_000)}}
    made = operations(400, [{"$ref": "#/components/parameters/P"}])
    return {**made, "components": {"parameters": {"P": parameter}}}


def chained_spokes() -> Json:
    """Each class folds the spokes of all before it."""
    base = thing(**{f"h{number}": TEXT for number in range(10)})
    found: Json = {"A0": base}
    for level in range(1, 60):
        older = {f"s{level}_{at}": {**TEXT, "x-compat": {"into": f"/h{at}"}} for at in range(10)}
        found[f"A{level}"] = {"allOf": [reference(f"A{level - 1}"), thing(**older)]}
    return schemas(**found)


@pytest.mark.parametrize(
    ("make", "place"),
    [(shared_response, "#/paths/~1a0/get"), (shared_item, "#/paths/~1a0"), (shared_values, "#/paths/~1a0"), (shared_base, "#/components/schemas/a1"), (inline_children, "#/components/schemas/Box/properties/a0/items"), (inline_spokes, "#/components/schemas/Box"), (chained_spokes, "#/components/schemas/A59")],
)  # fmt: skip
def test_what_very_many_share_is_told(make: Callable[[], Json], place: str) -> None:
    with pytest.raises(Refused) as caught:
        source(make())
    (problem,) = caught.value.problems
    assert problem.rule == "source/expansion"
    assert problem.pointer.startswith(place)


def test_a_union_of_very_many_shapes_is_told() -> None:
    shapes = [{"const": name, "x-compat": {"to": 1}} for name in names(2_000)]
    with pytest.raises(Refused) as caught:
        judging.read_document(source(schemas(A={"oneOf": [{"type": "integer"}, *shapes]})))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.pointer) == ("compat/too-many-shapes", "#/components/schemas/A")


def test_unions_that_are_compared_without_end_are_told() -> None:
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    parts = [{"oneOf": [{"type": "number", one: number} for number in range(40)]} for one in bounds]
    (told,) = judging.read_document(source(schemas(A={"allOf": parts}))).warnings
    assert (told.rule, told.pointer) == ("model/not-enforced", "#/components/schemas/A/allOf/3")


def test_large_numbers_whose_hashes_are_one_are_told() -> None:
    numbers = [number * (2**61 - 1) for number in range(20_000)]
    with pytest.raises(Refused) as caught:
        judging.read_document(source(schemas(A={"enum": numbers})))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.pointer) == ("model/large-numbers", "#/components/schemas/A")


def test_a_union_of_very_many_types_compiles() -> None:
    options = [{"type": "string", "const": name} for name in names(4_000)]
    made = generated(
        source(schemas(A={"oneOf": options}, B={"oneOf": [thing(a=one) for one in options[:400]]}))
    )
    assert "Union[" in made["pkg/models.py"]


@pytest.mark.parametrize(
    ("values", "others"),
    [([1, 1.0, 10**400, 0.5], [True, "1", "0x1", None, [1], "[0x1]", {"a": 1}, False, 0]), ([{"a": [1]}, {"a": [1.0]}], [{"a": [True]}])],
)  # fmt: skip
def test_identities_are_those_of_equal_values(values: list[Any], others: list[Any]) -> None:
    every = [json.dumps(one) for one in others]
    assert len({facts.identity(one) for one in others}) == len(every)
    assert not {facts.identity(one) for one in values} & {facts.identity(one) for one in others}
    assert facts.identity(values[0]) == facts.identity(values[1])


def test_groups_come_after_what_they_lead_to() -> None:
    graph = {"a": "b", "b": "cd", "c": "b", "d": "", "e": "ae", "f": "d"}
    assert [set(group) for group in groups.groups(graph)] == [
        {"d"},
        {"b", "c"},
        {"a"},
        {"e"},
        {"f"},
    ]


SMALL = """
import sys, threading
sys.path.insert(0, {place!r})
import pydantic
threading.stack_size(256 * 1024)
found = []

def use():
    from pkg import models
    found.append(models.C0.model_validate({{"a": {{"a": {{}}}}}}))
    adapter = pydantic.TypeAdapter(list[models.C50])
    found.append(adapter.validate_python([{{}}]))

thread = threading.Thread(target=use)
thread.start()
thread.join()
print(len(found), sys.getrecursionlimit(), threading.stack_size())
"""


def test_a_circle_is_built_where_the_stack_is_small(tmp_path: Path) -> None:
    """Each class of a circle is built within the one before: Python died of it."""
    place = tmp_path / "pkg"
    place.mkdir()
    for name, text in texts(chain("a circle", 100)).items():
        if name.endswith(".py"):
            place.joinpath(name).write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SMALL.format(place=str(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["2", "1000", "262144"]), done.stderr


def test_branches_that_share_a_large_object_are_named_in_time() -> None:
    def union(count: int) -> Json:
        shared = thing(**{name: {"const": name} for name in names(4 * count)})
        return schemas(Shared=shared, Union={"oneOf": [{"allOf": [reference("Shared")]}] * count})

    def named(document: Json) -> object:
        return branches.branch_words(document, "#/components/schemas/Union/oneOf", False)

    assert exponent(union, named, 100) <= LINEAR


def test_patterns_of_filters_take_linear_time() -> None:
    def operation(size: int) -> Any:
        return SimpleNamespace(path=f"/{'a' * size}b", tags=(), is_internal=False)

    selection = Selection(include=("path:**a**a**a**a**c",))
    assert exponent(operation, selection.wants, 2_000) <= LINEAR
