"""Text of a document as Python, TOML and Markdown source: whatever it holds, it stays text."""

from __future__ import annotations

import ast
import tomllib
import warnings
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from speclens.literals import comment, docstring, inline, literal, toml_string, tuple_literal

TEXT = st.text(st.characters(exclude_categories=()), max_size=30) | st.text(
    "\"'\\\n\r\t{}`a \u2028\u202e\ud800", max_size=12
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(JSON)
@example(1e999)
@example(-0.0)
@example('"""\\')
def test_literal_is_the_value(value: Any) -> None:
    source = literal(value)
    found = ast.literal_eval(source)
    assert repr(found) == repr(value)
    assert source.isprintable()


@given(st.lists(JSON, max_size=3))
def test_tuple_literal(values: list[Any]) -> None:
    assert repr(ast.literal_eval(tuple_literal(values))) == repr(tuple(values))


LITERALS = (
    ("a", '"a"'),
    ("it's", '"it\'s"'),
    ('say "x"', "'say \"x\"'"),
    ("\n", '"\\n"'),
    ("ä", '"ä"'),
    ("\u202e", '"\\u202e"'),
    ("\\", '"\\\\"'),
    (True, "True"),
    (None, "None"),
    (1, "1"),
    (1.0, "1.0"),
    ({"a": [1]}, '{"a": [1]}'),
)


@pytest.mark.parametrize(("value", "source"), LITERALS)
def test_literal(value: Any, source: str) -> None:
    assert literal(value) == source


@given(TEXT, st.sampled_from([20, 96]))
@example('"', 96)
@example('"""', 96)
@example("\\", 96)
@example('a\n"', 96)
@example("x" * 30 + '" ' + '"' * 30, 20)
def test_docstring_is_one_string(text: str, width: int) -> None:
    source = docstring(text, width)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module = ast.parse(source)
    [statement] = module.body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    found = statement.value.value
    assert isinstance(found, str)
    # Nothing is added; what is lost is white space; what cannot be seen is spelled out.
    assert words(found) == words(text)
    assert all(char == "\n" or char.isprintable() for char in source)


def words(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("One line.", '"""One line."""'),
        ("Two\nlines.", '"""Two\nlines.\n"""'),
        ("  around \r\n", '"""around"""'),
        ('ends with "', '"""ends with \\""""'),
        ("a\\d", '"""a\\\\d"""'),
        ("", '""""""'),
    ],
)
def test_docstring(text: str, source: str) -> None:
    assert docstring(text) == source


def test_docstring_is_wrapped() -> None:
    assert docstring("aaa bbb ccc", 7) == '"""aaa bbb\nccc\n"""'


@given(TEXT)
@example("\ud800")
@example("\U0001f600")
def test_toml_parses_back(text: str) -> None:
    found = tomllib.loads(f"a = {toml_string(text)}")["a"]
    assert found == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


@given(TEXT)
def test_comment_and_inline_are_one_line(text: str) -> None:
    for source in (comment(text), inline(text)):
        assert source.isprintable()
        assert source.splitlines() in ([], [source])
    assert "`" not in inline(text)
    assert "<" not in inline(text)
    assert "|" not in inline(text).replace("\\|", "")
