"""Templates of x-compat as Python source: what they give, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime._values import part, same

from speclens.lower.compat import lens
from speclens.lower.ground import x_compat

Json = dict[str, Any]
OBJECT: Json = {
    "type": "object",
    "required": ["a", "o"],
    "properties": {
        "a": {"type": "string"},
        "b": {"type": "integer"},
        "kind": {"const": "old"},
        "o": {"type": "object", "required": ["x"], "properties": {"x": {}, "y": {}}},
    },
}


def shape(template: Any, schema: Json | None = None, each: bool = False) -> x_compat.Shape:
    return x_compat.Shape("#", schema or OBJECT, template, each, ())


def run(source: str, value: Any) -> Any:
    return eval(source, {"part": part, "same": same}, {"value": value, "item": value})


HOLES: tuple[Any, ...] = (
    ("$", [((), ())]),
    ("$/a/b", [((), ("a", "b"))]),
    ("$$", []),
    ("$$/a", []),
    ({"k": ["$/a", 1, None], "l": "$"}, [(("k", 0), ("a",)), (("l",), ())]),
    ("$/a~1b~0c", [((), ("a/b~c",))]),
    ("a$$b", []),
)


@pytest.mark.parametrize(("template", "expected"), HOLES)
def test_holes(template: Any, expected: list[tuple[lens.TemplatePath, tuple[str, ...]]]) -> None:
    assert [(hole.at, hole.part) for hole in lens.holes(template)] == expected


@pytest.mark.parametrize(
    "template", ["$a", ["$ "], {"a": "$name"}, "a$", "data:image/png;base64,$", "$$$"]
)
def test_a_lone_dollar_is_refused(template: Any) -> None:
    with pytest.raises(ValueError, match="is neither"):
        tuple(lens.holes(template))


# template, value, result, and what is said of the result: None where it cannot be said back
TABLE: tuple[Any, ...] = (
    ("$", 1, 1, 1),
    (["$"], 1, [1], 1),
    (["$", "$"], 1, [1, 1], 1),
    ({"u": "$"}, "x", {"u": "x"}, "x"),
    ("$/a", {"a": "x", "o": {}}, "x", {"a": "x"}),
    ({"u": "$/a", "v": "$/b"}, {"a": "x", "b": 1}, {"u": "x", "v": 1}, {"a": "x", "b": 1}),
    ({"u": "$/a", "v": "$/b"}, {"a": "x"}, {"u": "x"}, {"a": "x"}),
    ({"u": "$/o/y"}, {"o": {}}, {}, {}),
    ({"u": "$/o/x", "v": "$/o/y"}, {"o": {"x": 1, "y": 2}}, {"u": 1, "v": 2}, {"o": {"x": 1, "y": 2}}),
    ({"u": "$", "k": "$$", "l": "$$x", "m": "plain"}, 1, {"u": 1, "k": "$", "l": "$x", "m": "plain"}, 1),
    ({"u": "$", "k": {"n": [None, True, 1.5]}}, 1, {"u": 1, "k": {"n": [None, True, 1.5]}}, 1),
)  # fmt: skip


@pytest.mark.parametrize(("template", "value", "result", "back"), TABLE)
def test_there_and_back(template: Any, value: Any, result: Any, back: Any) -> None:
    used = shape(template, OBJECT if isinstance(value, dict) else {})
    assert run(lens.expression({}, used, "value"), value) == result
    test, source = lens.inverse({}, used, "value")
    assert not test or run(test, result) is True
    assert run(source, result) == back


REFUSED: tuple[Any, ...] = (
    (["$"], [1, 2]),
    (["$"], {"0": 1}),
    ({"u": "$"}, {"u": 1, "v": 2}),
    ({"u": "$"}, {}),
    ({"u": "$", "k": True}, {"u": 0, "k": 1}),
    (["$", "$"], [1, True]),
)


@pytest.mark.parametrize(("template", "value"), REFUSED)
def test_what_a_template_cannot_have_given(template: Any, value: Any) -> None:
    assert run(lens.inverse({}, shape(template, {}), "value")[0], value) is False


def test_a_required_constant_is_said_again() -> None:
    schema: Json = {**OBJECT, "required": ["a", "kind"]}
    assert run(lens.inverse({}, shape("$/a", schema), "value")[1], "x") == {"a": "x", "kind": "old"}


def test_a_shape_of_one_value_is_that_value() -> None:
    schema = {"type": "string", "enum": ["old"]}
    assert lens.inverse({}, shape("new", schema), "value") == ('same(value, "new")', '"old"')


LEAF = st.sampled_from(["$/a", "$/b", "$/o/x", "$/o/y", "$$", "plain", 1, None, True])
TEMPLATE: st.SearchStrategy[Any] = st.recursive(
    LEAF,
    lambda inner: (
        st.dictionaries(st.sampled_from("uvw"), inner, max_size=3)
        | st.lists(inner.filter(lambda item: item not in ("$/b", "$/o/y")), max_size=2)
    ),
    max_leaves=5,
).filter(lambda template: template not in ("$/b", "$/o/y"))  # what may be absent has to be a member
SCALAR = st.sampled_from([None, True, 1, 1.0, "", "x"])
VALUE = st.fixed_dictionaries(
    {"a": SCALAR, "o": st.fixed_dictionaries({"x": SCALAR}, optional={"y": SCALAR})},
    optional={"b": SCALAR},
)


@given(TEMPLATE, VALUE)
def test_what_is_said_back_gives_the_same(template: Any, value: Any) -> None:
    used = shape(template)
    there = lens.expression({}, used, "value")
    result = run(there, value)
    test, source = lens.inverse({}, used, "value")
    if (not test or run(test, result)) and list(lens.holes(template)):
        back = run(source, result)
        # Parts that the template takes are there again, and nothing else.
        parts = {hole.part for hole in lens.holes(template)}
        if all(_has(back, path) for path in [("a",), ("o",), ("o", "x")] if path in parts):
            assert same(run(there, _completed(back, value)), result)


def _has(value: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


def _completed(back: Json, value: Json) -> Json:
    """What is said back, with what the template does not take filled in."""
    inner = {"x": value["o"]["x"], **back.get("o", {})}
    return {"a": value["a"], **back, "o": inner}
