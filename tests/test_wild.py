"""What real documents name and say, all in one: the package imports, its models are complete, mypy is content."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import TypeAdapter

from built import HEAD, imported, lowered, schemas, source, texts
from speclens import judging
from speclens.lower.ground import example_values

_NAMES = """
List DateTime ApiResponse BaseModel Any Optional Field date datetime Literal Annotated Model Integer Number
Maybe Exact TypeAlias TypeAliasType ConfigDict UUID Decimal Path str int None True False class import type
match case _ __init__ Foo foo FOO Foo_Bar FooBar foo-bar foo.bar foo..bar a.b.C 1st 2d $id @type self cls Self
Exception object print Error Enum Sequence Mapping TYPE_CHECKING annotations models Client Union Dict dict
list Callable RootModel field_validator Ünïcode 日本語 x*y a b ab A+B A-B Generic[Foo] Response`1 Inner Json
Strict Required «x» a/b a~b a%20b
"""
NAMES = _NAMES.split()
ODD_NAMES = ["", " ", "a b", "a  b", "\u200b", "a\nb", '"""', "x" * 300, "x" * 301]
_MEMBERS = """
model_x model_config model_fields copy schema json self _private $id @type 1st class def None True from_ from
validate dict construct fields _ __ __class__ __init__ __dict__ a-b a_b a.b aB ab AB Ab int str list bool
float bytes date Field Any None_ type id hash print object super property x X é 日 model_dump model_rebuild
Config __pydantic_fields__ mro __annotations__ +1 -1 1 01
"""
MEMBERS = _MEMBERS.split()
VALUES = ["a", "A", "a ", "", "1", None, True, 1, "None", "é", "class", "\n", '"""', 2**70, -(2**70)]  # fmt: skip
PATTERNS = [
    "(?=x)", r"\p{L}+", "[a-z", "(a{1000}){1000}", r"^[\w-]{1,1000000}$", r"(?<n>a)\k<n>", r"[\s\S]*", "[[:alpha:]]",
    r"[a-\d]", r"\cA", r"\u0041", r"\u{1F600}", "(?i)a", "/^a$/i", "[^]", "[]", r"\Z", "a{,3}", "a{2,1}", "*a", "\0",
    "[a-z&&[^b]]", "(((((((a*)*)*)*)*)*)*)", "." * 5000,
]  # fmt: skip
HUGE: dict[str, Any] = {
    "a": {"type": "integer", "minimum": -(2**200), "maximum": 2**200, "multipleOf": 3},
    "b": {"type": "number", "minimum": 1e308, "maximum": 1.7976931348623157e308},
    "c": {"type": "string", "minLength": 2**70, "maxLength": 2**80},
    "d": {"type": "array", "items": {}, "minItems": 2**70, "maxItems": 10**30},
    "e": {"type": "integer", "minimum": 0.5, "maximum": 1.5, "multipleOf": 0.5},
    "f": {"type": "integer", "minimum": 5, "maximum": 1, "default": "x"},
    "g": {"type": "number", "multipleOf": 1e-300},
}
LOOPS: dict[str, Any] = {
    "Both": {"allOf": [{"$ref": "#/components/schemas/Other"}]},
    "Other": {"allOf": [{"$ref": "#/components/schemas/Both"}]},
    "Itself": {"oneOf": [{"$ref": "#/components/schemas/Itself"}]},
    "OrNull": {"anyOf": [{"$ref": "#/components/schemas/OrNull"}, {"type": "null"}]},
    "OrMore": {"anyOf": [{"$ref": "#/components/schemas/More"}, {"type": "string"}]},
    "More": {"anyOf": [{"$ref": "#/components/schemas/OrMore"}, {"type": "integer"}]},
    "Rows": {"type": "array", "items": {"$ref": "#/components/schemas/Rows"}},
    "Row": {"oneOf": [{"$ref": "#/components/schemas/Rows"}, {"type": "string"}]},
    "Whole": {"allOf": [{"$ref": "#/components/schemas/Whole"}, {"properties": {"a": {}}}]},
}


def nested(levels: int, keyword: str) -> Any:
    value: Any = {"type": "string"}
    for _ in range(levels):
        value = {keyword: {"a": value} if keyword == "properties" else value}
    return value


def of_name(name: str) -> dict[str, Any]:
    """A class whose members and classes inside are called as it is."""
    inner = {"type": "object", "properties": {name: {"type": "string", "enum": ["a", "A"]}}}
    token = name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
    itself = {"$ref": f"#/components/schemas/{token}"}
    return {"type": "object", "properties": {name: inner, "next": itself}}


def all_of_it() -> dict[str, Any]:
    members = {name: {"type": "string"} for name in [*MEMBERS, *ODD_NAMES]}
    return schemas(
        **{name: of_name(name) for name in [*NAMES, *ODD_NAMES]},
        Members={"type": "object", "properties": members},
        Values={"enum": VALUES},
        Patterns={"properties": {f"p{i}": {"type": "string", "pattern": p} for i, p in enumerate(PATTERNS)}},
        Huge={"type": "object", "properties": HUGE},
        Deep=nested(40, "properties"),
        DeepItems=nested(80, "items"),
        **LOOPS,
    )  # fmt: skip


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ModuleType]:
    directory = tmp_path_factory.mktemp("wild")
    return directory, imported(texts(all_of_it()), directory)


def test_models_are_complete(package: tuple[Path, ModuleType]) -> None:
    classes = [value for value in vars(package[1]).values() if hasattr(value, "model_rebuild")]
    assert len(classes) > 2 * len(NAMES)
    for model in classes:
        model.model_rebuild()
        assert model.__pydantic_complete__, model


def test_mypy_is_content(package: tuple[Path, ModuleType], mypy_cache: str) -> None:
    name = package[1].__name__.partition(".")[0]
    options = ("--config-file=", "--strict", "--cache-dir", mypy_cache)
    command = [sys.executable, "-m", "mypy", *options, "-p", name]
    done = subprocess.run(command, cwd=package[0], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_members_keep_their_names_on_the_wire(package: tuple[Path, ModuleType]) -> None:
    payload = dict.fromkeys([*MEMBERS, *ODD_NAMES], "x")
    assert package[1].Members(**payload).model_dump(by_alias=True) == payload


@pytest.mark.parametrize(
    ("name", "is_any"),
    [("Both", True), ("Other", True), ("Itself", True), ("OrNull", False), ("Rows", False)],
)
def test_schemas_made_of_themselves(name: str, is_any: bool) -> None:
    document = texts(schemas(**LOOPS))["models.py"]
    assert (f"{name}: TypeAlias = Any\n" in document) == is_any


@pytest.mark.parametrize("place", ["query", "body"])
def test_an_enumeration_of_nothing_is_any_argument(place: str, tmp_path: Path) -> None:
    nothing = {"type": "array", "items": {"type": "string", "enum": []}}
    operation: dict[str, Any] = {"operationId": "a", "responses": {"200": {"description": ""}}}
    if place == "query":
        operation["parameters"] = [{"name": "a", "in": "query", "schema": nothing}]
    else:
        thing = {"type": "object", "properties": {"a": nothing}}
        operation["requestBody"] = {"content": {"application/json": {"schema": thing}}}
    files = texts(schemas() | {"paths": {"/a": {"post": operation}}})
    assert "Sequence[Any]" in files["client.py"]
    imported(files, tmp_path, "client")


def test_what_is_not_enforced_is_told() -> None:
    read = judging.read_document(source(schemas(A=HUGE["c"], Itself=LOOPS["Itself"])))
    assert [(one.rule, one.pointer) for one in read.warnings] == [
        ("model/not-enforced", "#/components/schemas/A/minLength"),
        ("model/not-enforced", "#/components/schemas/Itself"),
    ]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("enum", [{"a": 1}, {"a": 2}]),
        ("const", {"a": 1}),
        ("minProperties", 1),
        ("if", {}),
        ("$dynamicRef", "#/components/schemas/A"),
    ],
)
def test_what_a_class_does_not_enforce_is_told(keyword: str, value: Any) -> None:
    thing = {"type": "object", "properties": {"a": {"type": "integer"}}, keyword: value}
    read = judging.read_document(source(schemas(A=thing)))
    assert [(one.rule, one.pointer) for one in read.warnings] == [
        ("model/not-enforced", f"#/components/schemas/A/{keyword}")
    ]


def test_what_a_shape_asks_that_nobody_judges_is_told() -> None:
    """But for what tells shapes apart."""
    parts = {"k": {"type": "array", "contains": {"const": 1}}}
    old = {
        "type": "object",
        "required": ["k"],
        "properties": parts,
        "not": {"required": ["z"]},
        "if": {},
    }
    spoke = {**old, "x-compat": {"into": "/a", "to": "$/k"}}
    read = judging.read_document(
        source(schemas(A={"properties": {"a": {"type": "array"}, "b": spoke}}))
    )
    assert [(one.rule, one.pointer.rpartition("/b/")[2]) for one in read.warnings] == [
        ("model/not-enforced", "properties/k/contains"),
        ("model/not-enforced", "if"),
    ]


OPEN: dict[str, dict[str, Any]] = {
    "A": {"oneOf": [{"type": "string"}, {}]},
    "B": {"anyOf": [{"type": "string"}, {"description": "Or anything."}]},
    "C": {"anyOf": [{"type": "string"}, True]},
    "D": {"anyOf": [{"type": "string"}, {"required": ["a"]}]},
    "E": {"type": ["object", "string"], "anyOf": [{"type": "string"}, {"required": ["a"]}]},
    "F": {"type": "object", "properties": {"a": {"anyOf": [{}, {"type": "string"}]}}},
}


def test_a_branch_that_says_nothing_of_types_is_any_value(tmp_path: Path) -> None:
    models = imported(texts(schemas(**OPEN)), tmp_path)
    for name in OPEN:
        accepts = TypeAdapter(getattr(models, name)).validate_python
        others: list[Any] = [1, [], None] if name in "ABC" else []
        for value in [{"a": 1}, *others]:
            accepts(value)
    found = judging.read_document(source(schemas(**OPEN))).warnings
    assert [(one.rule, one.pointer) for one in found] == [
        ("model/not-enforced", f"#/components/schemas/{name}/anyOf/1") for name in "DE"
    ]


def test_an_example_of_nothing() -> None:
    """The canonical view of what only null could be, and null means not given."""
    assert example_values.least({}, {"type": []}, iter(range(9))) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {}}, "allOf": [{"type": "object", "additionalProperties": False, "oneOf": [{"properties": {"b": {}}}]}]},
        {
            "type": "object", "properties": {"kind": {"type": "string"}}, "additionalProperties": {"type": "string"},
            "oneOf": [
                {"allOf": [{"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False}]},
                {"type": "object", "properties": {"y": {"type": "integer"}}},
            ],
        },
    ],
)  # fmt: skip
def test_closed_objects_beside_unions_are_understood(schema: Any) -> None:
    """What is said of further members may have moved into the branches of a union."""
    assert lowered({**HEAD, "components": {"schemas": {"S": schema}}}).schemas
