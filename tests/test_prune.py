"""What is used of the copied modules stays, every line with its number; everything else goes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from built import drafts
from speclens.output.prune import prune

ROOT = Path(__file__).parents[1]
A = '''"""What is shared."""

from . import _b
from ._b import far, near as close

__all__ = ["One", "two"]

LIMIT = 1
"""What documents a value goes with it."""

# About One.
@decorated
class One:
    def method(self):
        return close()


# About two.
def two():
    return _b.by_attribute()


def three() -> None:
    return two() + LIMIT


if far:
    pass
'''
B = """def far(): return 1
def near(): return 1
def by_attribute(): return BOUND
def never(): return never()
BOUND: int = 1
"""


def left(user: str, module: str = "module") -> dict[str, str]:
    """What is left of the copied modules beside a module of this text."""
    texts = {"p/_a.py": A, "p/_b.py": B, f"p/{module}.py": user}
    found = prune(texts, {"p/_a.py", "p/_b.py"})
    for path, lines in found.items():
        before = texts[path].split("\n")
        assert all(line == before[row] or line.startswith("__all__") for row, line in lines)
    kept = {path: "\n".join(line for _, line in lines) for path, lines in found.items()}
    return {"p/_a.py": "", "p/_b.py": ""} | kept


def names(text: str) -> set[str]:
    found = set[str]()
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found - {"__all__"}


@pytest.mark.parametrize(
    ("user", "a", "b"),
    [
        ("", set(), set()),
        ("from ._a import One", set(), set()),
        ("from ._a import One\nOne()", {"One"}, {"far", "near"}),
        ("from ._a import One as Other\ndef f(x: Other): ...", {"One"}, {"far", "near"}),
        ("from ._a import One as Other\nOne()", set(), set()),
        ("from ._a import One\n__all__ = ['One']", {"One"}, {"far", "near"}),
        ("from ._a import two\ntwo()", {"two"}, {"far", "by_attribute", "BOUND"}),
        ("from . import _a\n_a.two()", {"two"}, {"far", "by_attribute", "BOUND"}),
        ("from . import _b\n_b.BOUND", set(), {"BOUND"}),
        ("from ._a import close\nclose()", set(), {"far", "near"}),
        ("from ._a import One\nA = TypeAliasType('A', 'list[One]')", {"One"}, {"far", "near"}),
        (
            "from ._a import three\nthree()",
            {"two", "three", "LIMIT"},
            {"far", "by_attribute", "BOUND"},
        ),
    ],
)
def test_what_is_used_stays(user: str, a: set[str], b: set[str]) -> None:
    found = left(user)
    assert (names(found["p/_a.py"]), names(found["p/_b.py"])) == (a, b)


@pytest.mark.parametrize(
    ("user", "a"),
    [
        ("if TYPE_CHECKING:\n    from ._a import One", {"One"}),
        ("from ._a import *", {"One", "two"}),
        ("from .gone import *", set()),
    ],
)
def test_what_the_package_itself_imports_is_public(user: str, a: set[str]) -> None:
    assert names(left(user, "__init__")["p/_a.py"]) == a


def test_a_class_that_registers_itself_stays_with_its_base() -> None:
    text = "class Kind:\n    pass\n\n\nclass Missing(Kind, status=404):\n    pass\n"
    user = "from ._a import Kind\nKind()"
    kept = prune({"p/_a.py": text, "p/client.py": user}, ["p/_a.py"])["p/_a.py"]
    assert "class Missing(Kind, status=404):" in [line for _, line in kept]


def test_a_module_that_is_not_used_is_not_read() -> None:
    texts = {"p/_a.py": "no Python", "p/client.py": "from ._a import One"}
    assert prune(texts, ["p/_a.py"]) == {}


def test_what_belongs_to_a_definition_goes_with_it() -> None:
    gone = left("from ._a import close\nclose()")["p/_a.py"]
    for text in ("What documents", "About One", "@decorated", "About two"):
        assert text not in gone
    one = left("from ._a import One\nOne")["p/_a.py"]
    assert "# About One.\n@decorated\nclass One" in one
    assert "About two" not in one


@pytest.mark.parametrize(
    ("user", "listed"), [("", []), ("One", ["One"]), ("two", ["two"]), ("One, two", ["One", "two"])]
)
def test_names_that_went_are_not_listed(user: str, listed: list[str]) -> None:
    text = left(f"from ._a import One, close, two\n(close, {user})")["p/_a.py"]
    line = next(line for line in text.split("\n") if line.startswith("__all__"))
    assert ast.literal_eval(line.partition(" = ")[2]) == listed


def test_lines_of_a_package_keep_their_origins() -> None:
    draft = drafts((ROOT / "tests/golden/compat_conflict_merge/openapi.yaml").read_text())[
        "_gather.py"
    ]
    template = (ROOT / "templates/package/_gather.py").read_text().split("\n")
    assert "def preferred(" not in draft.text
    header, *lines = zip(draft.text.split("\n"), draft.origins, strict=True)
    assert header[1].template == "partials/_header.j2"
    assert all(template[origin.line - 1] == line for line, origin in lines)
