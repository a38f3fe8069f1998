"""No text of a document becomes code, a path outside the output, or a request: everywhere it is text or refused.

The proof: a package made from a hostile document is the package of a harmless one, statement for statement, but for
what stands inside string literals and for the identifiers that were derived from names.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import json
import re
import subprocess
import tokenize
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruff import find_ruff_bin

import hostile
from hostile_checks import check_problems, drafts, outcome, quicken, run_cases, source
from speclens import ir
from speclens.lower.schemas.markup import plain_text
from speclens.names import attribute, pascal
from speclens.output import tidy
from speclens.patterns import translated
from speclens.problems import Refused
from speclens.source import loads

SIZE = 45
IDS = list(hostile.TEXTS)
THOROUGH = {"component", "keyword", "hole", "part", "into", "hub", "reference"}
SHORT = [text for text in hostile.TEXTS.values() if len(text) < 1000]
BATCHES = [IDS[start : start + SIZE] for start in range(0, len(IDS), SIZE)]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)


def usable(pattern: str) -> str:
    """A harmless pattern where this one can be used, else one that cannot be used either."""
    return hostile.PLAIN if translated(pattern) is not None else "("


def texts(text: str) -> dict[str, Any]:
    return hostile.texts(text, text, checked(text))


def texts_plain(text: str) -> dict[str, Any]:
    return hostile.texts(hostile.PLAIN, usable(text), text and hostile.PLAIN)


def checked(text: str) -> str:
    """A pattern of a shape: what could not be checked would be refused."""
    return text if translated(text) is not None else hostile.PLAIN


def names_plain(text: str) -> dict[str, Any]:
    return hostile.names(hostile.PLAIN_NAME if attribute(text) == text else hostile.PLAIN)


Kind = tuple[
    Callable[[str], dict[str, Any]],
    Callable[[str], dict[str, Any]],
    Callable[[str], list[list[Any]]],
]
KINDS: dict[str, Kind] = {
    "texts": (texts, texts_plain, hostile.texts_cases),
    "names": (hostile.names, names_plain, hostile.names_cases),
}


# What a package is made of, less its literals

OF_CLIENTS = {"SignatureParameter", "Argument", "Operation", "Resource"}
MARKS = {"Cookie", "Header", "Member", "Path", "Query"}  # with the wire name, where it is another
NAMES = {"ident", "denormalize", "constant", "handler", "class_name", "stream_ident"}


def identifiers(value: Any) -> Iterator[tuple[str, str]]:
    """The identifiers of an IR that were derived from names of the document, by the type that holds them."""
    if isinstance(value, tuple):
        for item in value:
            yield from identifiers(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if field.name in NAMES and inner and isinstance(inner, str):
                yield type(value).__name__, inner
            else:
                yield from identifiers(inner)


def derived(document: ir.Api, file: str) -> frozenset[str]:
    """The derived identifiers of a file: those of properties are in models alone."""
    others = {"models.py": OF_CLIENTS, "client.py": {"Property"}}.get(
        file, {"Property", *OF_CLIENTS}
    )
    found = {name for kind, name in identifiers(document) if kind not in others}
    assert [name for name in found if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name)] == []
    return frozenset(found)


class _Blank(ast.NodeTransformer):
    """Strings emptied, derived identifiers made one, docstrings taken out."""

    def __init__(self, derived: frozenset[str]) -> None:
        self.derived = derived

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return self.generic_visit(node) if node.level else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, str) and value in self.derived:
                setattr(node, name, "derived")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            node.args = []
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [item for item in body if not _is_text(item)] or [ast.Pass()]  # type: ignore[attr-defined]
        return node


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ) or isinstance(node, ast.Pass)


def skeleton(text: str, derived: frozenset[str]) -> Counter[str]:
    """The statements of a Python file, in any order, and its comments."""
    tree = _Blank(derived).visit(ast.parse(text))
    flat = [
        inner for node in tree.body for inner in (node.body if isinstance(node, ast.If) else [node])
    ]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return Counter((*map(ast.dump, flat), *comments))


def proof(lowered: ir.Api, files: Mapping[str, str]) -> dict[str, Counter[str] | str]:
    """What has to be equal for all texts: the statements of a rendered module, all of a copied one."""
    found: dict[str, Counter[str] | str] = {}
    for path, text in files.items():
        package, _, name = path.rpartition("/")
        if name in {"client.py", "models.py", "normalizers.py", "__init__.py"}:
            client = {pascal(package), f"Async{pascal(package)}"}
            own = {f"Async{inner}" for kind, inner in identifiers(lowered) if kind == "Resource"}
            found[name] = skeleton(text, derived(lowered, name) | client | own)
        else:
            found[name] = text if package else ""
    return found


@cache
def plain_proof(document: str) -> dict[str, Counter[str] | str]:
    return proof(*drafts(source(json.loads(document)), "plain"))


def made(kind: Kind, text: str, package: str) -> dict[str, str]:
    """The drafts of a hostile document; the statements are those of the harmless one."""
    lowered, files = drafts(source(kind[0](text)), package)
    assert proof(lowered, files) == plain_proof(json.dumps(kind[1](text))), text[:200]
    return files


def docstrings(source: str) -> set[str]:
    tree = ast.parse(source)
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and _is_text(node)]
    return {collapsed(str(one.value)) for one in found if isinstance(one, ast.Constant)}


def collapsed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch[0])
def test_hostile_text_is_text(kind: str, batch: list[str], tmp_path: Path) -> None:
    files: dict[str, str] = {}
    cases: list[list[Any]] = []
    for index, name in enumerate(batch):
        text, package = hostile.TEXTS[name], f"package_{index}"
        mine = made(KINDS[kind], text, package)
        files |= {f"{index}/{path}": draft for path, draft in mine.items()}
        cases += [[f"{index}", package, *case] for case in KINDS[kind][2](text)]
    tidied = tidy.tidy(files)
    for path, written in tidied.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(written, "utf-8", newline="")
    for index, name in enumerate(batch):
        text = hostile.TEXTS[name]
        check_project(tidied[f"{index}/pyproject.toml"], f"package-{index}")
        check_readme(tidied[f"{index}/README.md"])
        if kind == "texts" and text.strip():
            assert collapsed(plain_text(text)) in docstrings(
                tidied[f"{index}/package_{index}/models.py"]
            ), name
    assert ruff_format(tmp_path) == ""
    assert run_cases(tmp_path, cases) == []


def check_project(text: str, distribution: str) -> None:
    project = tomllib.loads(text)
    assert project.keys() == {"build-system", "project", "tool"}
    description = project["project"].pop("description")
    assert len(description.splitlines()) == 1
    assert project == {
        "build-system": {"requires": ["hatchling>=1.26"], "build-backend": "hatchling.build"},
        "project": {
            "name": distribution,
            "version": "0.1.0",
            "readme": "README.md",
            "requires-python": ">=3.11",
            "dependencies": ["httpx>=0.27,<1", "pydantic>=2.12,<3"],
        },
        "tool": {
            "hatch": {
                "build": {"targets": {"wheel": {"packages": [distribution.replace("-", "_")]}}}
            }
        },
    }


def check_readme(text: str) -> None:
    """One comment, the header; outside of code no HTML, no link, no picture (all of which need `<` or `[`), no open code."""
    header, _, rest = text.partition("\n")
    assert re.fullmatch("<!-- [^<>]* -->", header)
    prose = re.sub(r"^```(python|mermaid)?\n.*?^```\n", "", rest, flags=re.MULTILINE | re.DOTALL)
    assert set(re.sub("`[^`\n]*`", "", prose)).isdisjoint("<>[`")


def ruff_format(directory: Path) -> str:
    command = [
        find_ruff_bin(),
        "format",
        "--check",
        "--isolated",
        "--no-cache",
        "--line-length",
        "100",
    ]
    done = subprocess.run([*command, directory], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


# Where not every text may stand


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", hostile.place(""))
def test_refused_or_text(name: str) -> None:
    """Each text at a place of the grammar is refused, at its place, or makes a package that compiles."""
    for text in SHORT if name in THOROUGH else SHORT[::12]:
        document = source(hostile.place(text)[name])
        check_problems(outcome(document)[0], document)


@pytest.mark.parametrize("build", [texts, hostile.names])
@pytest.mark.parametrize("text", ["\ud800", "x\udfff", "\udc00\ud800"])
def test_lone_surrogates_are_refused_where_they_stand(
    build: Callable[[str], dict[str, Any]], text: str
) -> None:
    written = json.dumps(build(text), indent=1)
    for name in ("openapi.json", "openapi.yaml"):
        with pytest.raises(Refused) as refused:
            loads(written, name)
        problems = refused.value.problems
        escape = json.dumps(text)[1:-1]
        lines = [number for number, line in enumerate(written.split("\n"), 1) if escape in line]
        found = [problem.line for problem in problems if problem.rule == "source/surrogate"]
        assert {problem.rule for problem in problems} <= {"source/surrogate", "source/more-faults"}
        assert sorted(set(found)) == lines[: len(set(found))]
        assert len(found) == 100 or len(found) == len(problems)
