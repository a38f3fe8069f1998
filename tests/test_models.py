"""ir.Type -> annotations, and classes as they are printed."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from built import drafts, schemas
from speclens import ir
from speclens.output import models, render

TEMPLATES = render.BUILT_IN / "models"
STRING, INTEGER, NUMBER = ir.Primitive("string"), ir.Primitive("integer"), ir.Primitive("number")
NULL, THING = ir.Primitive("null"), ir.Named("Thing")

TABLE: tuple[tuple[ir.Type, str], ...] = (
    (ir.AnyType(), "Any"),
    (STRING, "str"),
    (INTEGER, "Integer"),
    (NUMBER, "Number"),
    (ir.Primitive("boolean"), "bool"),
    (NULL, "None"),
    (THING, "Thing"),
    (ir.Primitive("string", (("minLength", 1),)), "Annotated[str, Field(min_length=1)]"),
    (
        ir.Primitive("string", (("maxLength", 9), ("pattern", '^a\\d"$'))),
        'Annotated[str, Field(max_length=9, pattern=\'^a\\\\d"$\')]',
    ),
    (ir.Primitive("integer", (("minimum", 0),)), "Annotated[Integer, Field(ge=0)]"),
    (ir.Primitive("integer", (("exclusiveMaximum", 5),)), "Annotated[Integer, Field(lt=5)]"),
    (ir.Primitive("number", (("multipleOf", 0.5),)), "Annotated[Number, Field(multiple_of=0.5)]"),
    (ir.Literals(("a", "b")), 'Literal["a", "b"]'),
    (ir.Literals(("a", None)), 'Literal["a"] | None'),
    (ir.Literals((None,)), "None"),
    (ir.Literals((1, True)), "Annotated[Literal[1, True], Exact]"),
    (ir.Array(STRING), "list[str]"),
    (
        ir.Array(INTEGER, (("minItems", 1), ("maxItems", 2))),
        "Annotated[list[Integer], Field(max_length=2, min_length=1)]",
    ),
    (ir.Array(ir.Array(THING)), "list[list[Thing]]"),
    (
        ir.Array(ir.Primitive("string", (("minLength", 1),))),
        "list[Annotated[str, Field(min_length=1)]]",
    ),
    (ir.Map(ir.AnyType()), "dict[str, Any]"),
    (ir.Map(ir.Array(THING)), "dict[str, list[Thing]]"),
    (ir.Union((STRING, INTEGER)), "str | Integer"),
    (ir.Union((NULL, STRING)), "str | None"),
    (ir.Union((THING, ir.Array(THING))), "Thing | list[Thing]"),
)  # fmt: skip


def alias(type_: ir.Type, ident: str = "Alias", **more: Any) -> ir.Schema:
    return ir.Schema(ident, ident, "#", "#", "", False, (), False, type_, **more)


def document(*schemas: ir.Schema) -> ir.Api:
    return ir.Api("", "", "", schemas, ir.Compat((), (), (), ()), None)


def plain(annotation: str) -> str:
    """An annotation without its layout."""
    return ast.unparse(ast.parse(annotation))


def annotated(*schemas: ir.Schema) -> tuple[ir.Schema, ...]:
    return models.annotate(document(*schemas), TEMPLATES, {})[0].schemas


def test_annotations() -> None:
    made = annotated(*(alias(type_, f"A{index}") for index, (type_, _) in enumerate(TABLE)))
    found = [plain(schema.annotation) for schema in made]
    assert found == [plain(expected) for _, expected in TABLE]


@pytest.mark.parametrize(("type_", "expected"), TABLE, ids=[expected for _, expected in TABLE])
def test_an_annotation_depends_on_its_type_alone(type_: ir.Type, expected: str) -> None:
    [schema] = annotated(alias(type_))
    assert plain(schema.annotation) == plain(expected)


def test_a_thousand_annotations_at_once() -> None:
    types = [ir.Primitive("integer", (("minimum", number),)) for number in range(300)]
    made = annotated(*(alias(type_, f"A{index}") for index, type_ in enumerate(types)))
    assert [schema.annotation for schema in made] == [
        f"Annotated[Integer, Field(ge={number})]" for number in range(300)
    ]


# type, optional, wire name, annotation
FIELDS: tuple[tuple[ir.Type, bool, str, str], ...] = (
    (STRING, False, "", "str"),
    (STRING, True, "", "Maybe[str]"),
    (ir.Union((STRING, NULL)), True, "", "str | None"),
    (ir.Literals(("a", None)), True, "", 'Literal["a"] | None'),
    (ir.AnyType(), True, "", "Any"),
    (NULL, True, "", "None"),
    (ir.Named("Nullable"), True, "", "Nullable"),
    (ir.Named("Deeper"), True, "", "Deeper"),
    (ir.Named("Plain"), True, "", "Maybe[Plain]"),
    (THING, True, "", "Maybe[Thing]"),
    (STRING, False, '"the-name"', 'Annotated[str, Field(alias="the-name")]'),
    (STRING, True, '"the-name"', 'Annotated[Maybe[str], Field(alias="the-name")]'),
)


@pytest.mark.parametrize(("type_", "optional", "wire", "expected"), FIELDS)
def test_fields(type_: ir.Type, optional: bool, wire: str, expected: str) -> None:
    field = ir.Property("a", "a", "#", type_, "", optional, wire)
    owner = ir.Schema("Thing", "Thing", "#", "#", "", True, (field,), False, ir.AnyType())
    others = (
        alias(ir.Union((STRING, NULL)), "Nullable"),
        alias(ir.Union((ir.Named("Nullable"), INTEGER)), "Deeper"),
        alias(STRING, "Plain"),
    )
    made = annotated(owner, *others)
    assert plain(made[0].properties[0].annotation) == plain(expected)


def test_an_alias_made_of_itself() -> None:
    tree = alias(ir.Array(ir.Named("Tree")), "Tree", is_lazy=True)
    assert annotated(tree)[0].annotation == 'TypeAliasType("Tree", "list[Tree]")'


def test_nothing_to_annotate() -> None:
    assert annotated() == ()


@pytest.mark.parametrize(
    "keyword", ["customTypePath", "customBasePath", "x-python-import", "x-python-type", "x-custom"]
)
def test_keywords_of_the_generator_do_nothing(keyword: str) -> None:
    plain = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}
    hostile = {
        "type": "object",
        keyword: "os.system",
        "properties": {"a": {"type": "string", "maxLength": 3, keyword: "os.system"}},
    }
    found = [drafts(schemas(Thing=schema))["models.py"].text for schema in (plain, hostile)]
    assert found[0] == found[1]


def test_what_is_known_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = document(alias(ir.Array(ir.Primitive("string", (("minLength", 1),)))))
    first, printed = models.annotate(one, TEMPLATES, {})
    assert printed
    asked: list[Any] = []

    def generate(schemas: Any, _: Any) -> list[Any]:
        asked.extend(schemas)
        return []

    monkeypatch.setattr(models, "_generate", generate)
    assert models.annotate(one, TEMPLATES, printed) == (first, {})
    assert asked == []
