"""Identifiers from wire names."""

from __future__ import annotations

import builtins
import keyword
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from routescope._arguments import RequestOptions
from routescope._transport import SyncClient
from speclens import names
from speclens.output import render

# wire name, class, function or variable, field
TABLE = (
    ("image", "Image", "image", "image"),
    ("ImageEditRequest", "ImageEditRequest", "image_edit_request", "image_edit_request"),
    ("imageEdit-request2", "ImageEditRequest2", "image_edit_request2", "image_edit_request2"),
    ("image_url", "ImageUrl", "image_url", "image_url"),
    ("camelCase", "CamelCase", "camel_case", "camel_case"),
    ("HTTPServer", "HTTPServer", "http_server", "http_server"),
    ("b64_json", "B64Json", "b64_json", "b64_json"),
    ("2d", "N2d", "n2d", "n2d"),
    ("a.b/c", "ABC", "a_b_c", "a_b_c"),
    ("with space", "WithSpace", "with_space", "with_space"),
    ("größe", "Grosse", "grosse", "grosse"),
    ("_private", "Private", "private", "private"),
    ("__class__", "Class", "class_", "class_"),
    ("class", "Class", "class_", "class_"),
    ("None", "None_", "none", "none"),
    ("type", "Type", "type", "type"),
    ("match", "Match", "match", "match"),
    ("self", "Self", "self", "self_"),
    ("str", "Str", "str", "str_"),
    ("list", "List", "list", "list_"),
    ("dict", "Dict", "dict", "dict_"),
    ("json", "Json", "json", "json_"),
    ("copy", "Copy", "copy", "copy_"),
    ("register", "Register", "register", "register_"),
    ("model", "Model_", "model", "model"),
    ("model_config", "ModelConfig", "model_config", "model_config_"),
    ("modelConfig", "ModelConfig", "model_config", "model_config_"),
    ("Any", "Any_", "any", "any"),
    ("Field", "Field_", "field", "field"),
    ("Exception", "Exception_", "exception", "exception"),
    ("TypeAliasType", "TypeAliasType_", "type_alias_type", "type_alias_type"),
    ("", "N", "n", "n"),
    ("-", "N_x2d_", "n_x2d_", "n_x2d_"),
    ("$", "N_x24_", "n_x24_", "n_x24_"),
)


@pytest.mark.parametrize(
    ("wire", "klass", "function", "field"), TABLE, ids=[row[0] for row in TABLE]
)
def test_table(wire: str, klass: str, function: str, field: str) -> None:
    found = names.class_name(wire), names.snake(wire), names.attribute(wire)
    assert found == (klass, function, field)


WORDS = (
    ("imageEdit-request2", ("image", "Edit", "request2")),
    ("listUserIDs APIs", ("list", "User", "IDs", "APIs")),
    ("HTTPServerError", ("HTTP", "Server", "Error")),
    ("a__b", ("a", "b")),
    ("", ()),
    ("é", ("e",)),
    ("e\u0301", ("e",)),
    ("\ue000", ("ue000",)),
    ("Ёлка \u2013 商品", ("Elka", "Shang", "Pin")),
)


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert names.words(text) == words


DISTINCT = (
    (("a", "b"), {"a": "a", "b": "b"}),
    (("foo-bar", "foo_bar"), {"foo-bar": "foo_x2d_bar", "foo_bar": "foo_bar"}),
    (("foo-bar", "foo bar"), {"foo-bar": "foo_x2d_bar", "foo bar": "foo_x20_bar"}),
    (("Name", "name"), {"Name": "name_", "name": "name"}),
    (("class", "class_"), {"class": "class__", "class_": "class_"}),
)


@pytest.mark.parametrize(("wire", "expected"), DISTINCT)
def test_distinct_fields(wire: tuple[str, ...], expected: dict[str, str]) -> None:
    assert names.distinct(wire, names.attribute) == expected


def test_distinct_classes() -> None:
    assert names.distinct(("FooBar", "Foo_Bar", "foo-bar"), names.class_name) == {
        "FooBar": "FooBar",
        "Foo_Bar": "Foo_Bar",
        "foo-bar": "Foo_x2d_bar",
    }


TEXT = st.text(max_size=8) | st.text("aA_-1 .", max_size=5)


@given(TEXT)
def test_names_are_identifiers(text: str) -> None:
    for make in (names.class_name, names.snake, names.attribute):
        name = make(text)
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
    assert names.class_name(text)[0].isupper()
    assert names.attribute(text)[0].islower()


@given(st.lists(TEXT, unique=True, max_size=6))
@example(["foo-bar", "foo_bar", "foo_x2d_bar"])
@example(["A", "a", "a_", "A_"])
@example(["", "n", "N"])
def test_distinct_is_injective(wire: list[str]) -> None:
    for make, is_case in ((names.class_name, str.isupper), (names.attribute, str.islower)):
        found = names.distinct(wire, make)
        assert list(found) != [] or not wire
        assert found.keys() == set(wire)
        assert len(set(found.values())) == len(wire)
        for name in found.values():
            assert name.isidentifier()
            assert not keyword.iskeyword(name)
            assert is_case(name[0])


@given(st.lists(TEXT, unique=True, min_size=1, max_size=5), TEXT)
def test_a_name_depends_on_itself_where_nothing_clashes(wire: list[str], other: str) -> None:
    made = {names.attribute(text) for text in (*wire, other)}
    if len(made) == len({*wire, other}):
        small, large = (names.distinct(w, names.attribute) for w in (wire, {*wire, other}))
        assert {text: large[text] for text in wire} == small


def test_no_field_shadows_what_pydantic_has() -> None:
    public = {name for owner in (BaseModel, type(BaseModel)) for name in dir(owner)}
    assert {name for name in public if names.attribute(name) in public} == set()


def test_no_class_shadows_a_builtin() -> None:
    assert {name for name in dir(builtins) if hasattr(builtins, names.class_name(name))} == set()


@pytest.mark.parametrize(
    ("module", "known"),
    [("client", names.CLIENT_NAMES), ("models", names._MODULE_NAMES)],
)
def test_no_class_shadows_what_its_module_imports(module: str, known: frozenset[str]) -> None:
    text = (render.BUILT_IN / f"package/{module}.py.j2").read_text("utf-8")
    lines = re.findall(r"^from .* import (?!\()(.*)$", text, re.MULTILINE)
    lines += re.findall(r"^from .* import \(([^)]*)\)$", text, re.MULTILINE)
    parts = {part.split(" as ")[-1].strip() for line in lines for part in line.split(",")}
    classes = {name for name in parts if name[:1].isupper()}
    assert "Any" in classes
    assert classes <= known


def test_no_attribute_of_a_client_shadows_a_decorator() -> None:
    text = (render.BUILT_IN / "package/client.py.j2").read_text("utf-8")
    used = set(re.findall(r"^ +@(\w+)", text, re.MULTILINE))
    assert "cached_property" in used
    assert {name for name in used - {"overload"} if names.resource(name) == name} == set()


def test_names_of_the_runtime_are_those_that_it_exports() -> None:
    for module, known in (("_compat", names.COMPAT_NAMES), ("_errors", names.ERROR_NAMES)):
        text = (render.BUILT_IN / f"package/{module}.py").read_text("utf-8")
        classes = set(re.findall(r"^class (\w+)", text, re.MULTILINE))
        errors = {name for name in classes if name.endswith("Error")}
        assert errors - {"FileError"} == {name for name in known if name.endswith("Error")}
        assert set(known) | errors <= names.RUNTIME_NAMES
        assert set(known) <= classes


@pytest.mark.parametrize("taken", ["compat", "timeout", "int"])
def test_what_is_spelled_out_is_no_option_either(taken: str) -> None:
    found = names.distinct([taken, taken.capitalize(), f"{taken}_"], names.argument)
    assert len(set(found.values())) == 3
    assert not {*found.values()} & (names.OPTIONS | {"int"})


@pytest.mark.parametrize("text", ["uuid", "GET", "list pets", "import", "$"])
def test_no_constant_is_called_like_a_class(text: str) -> None:
    assert "_" in names.constant(text)
    assert names.constant(text) != names.class_name(text)


@pytest.mark.parametrize(
    ("wire", "ident"),
    [
        ("fields", "fields"),
        ("model_name", "model_name"),
        ("timeout", "timeout_"),
        ("options", "options_"),
        ("class", "class_"),
        ("str", "str_"),
        ("self", "self_"),
        ("Page-Size", "page_size"),
    ],
)
def test_an_argument_is_called_otherwise_only_where_it_has_to_be(wire: str, ident: str) -> None:
    assert names.argument(wire) == ident


def test_no_resource_hides_what_a_client_has() -> None:
    """A tag `answer` would replace the method that makes every call."""
    public = {name for name in dir(SyncClient) if not name.startswith("_")} | {"base_url", "http"}
    assert {names.resource(name) for name in public} == {f"{name}_" for name in public}


def test_no_argument_hides_an_option() -> None:
    assert RequestOptions.__annotations__.keys() == names.OPTIONS


def test_no_field_shadows_an_attribute_of_models() -> None:
    own = [name for name in dir(BaseModel) if not name.startswith("_")]
    assert [name for name in own if names.attribute(name) == name] == []
    assert [names.attribute(one) for one in ("modelId", "model_name")] == ["model_id", "model_name"]
