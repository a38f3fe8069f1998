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
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import hostile
import pytest
from click.testing import CliRunner
from ruff import find_ruff_bin

from speclens import ir, marks, pipeline, render, reporting, tidy
from speclens.cli import main
from speclens.config import Config
from speclens.lower import patterns
from speclens.names import attribute
from speclens.problems import Refused
from speclens.source import loads
from speclens.tree import OutputFile, Tree

SIZE = 45
IDS = list(hostile.TEXTS)
BATCHES = [IDS[start : start + SIZE] for start in range(0, len(IDS), SIZE)]
RUNNER = Path(__file__).with_name("hostile_runner.py")
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates are compiled once for all documents, under one nonce that none of them contains."""
    monkeypatch.setattr(marks, "nonce", lambda text: "speclens-nonce")
    monkeypatch.setattr(render, "renderer", cache(render.renderer))


def drafts(document: Mapping[str, Any], package: str) -> tuple[ir.Document, dict[str, str]]:
    source = loads(json.dumps(document), "openapi.json")
    lowered = pipeline.read(source)[0]
    config = Config(Path(source.name), package, Path(), "speclens generate")
    made = pipeline.drafts(source, lowered, config)
    return lowered, {path: draft.text for path, draft in made.items()}


def usable(pattern: str, convert: Callable[[str], str | None]) -> str:
    """A harmless pattern where this one can be used, else one that cannot be used either."""
    return hostile.PLAIN if convert(pattern) else "("


def texts(text: str) -> dict[str, Any]:
    return hostile.texts(text, text, text)


def texts_plain(text: str) -> dict[str, Any]:
    modelled = usable(text, patterns.for_pydantic)
    return hostile.texts(hostile.PLAIN, modelled, usable(text, patterns.for_python))


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


def identifiers(value: Any) -> Iterator[str]:
    """The identifiers of an IR that were derived from names of the document."""
    if isinstance(value, tuple):
        for item in value:
            yield from identifiers(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            inner = getattr(value, field.name)
            if field.name in {"ident", "denormalize", "constant"} and isinstance(inner, str) and inner:
                yield inner
            else:
                yield from identifiers(inner)


class _Blank(ast.NodeTransformer):
    """Strings emptied, derived identifiers made one, docstrings taken out."""

    def __init__(self, derived: frozenset[str]) -> None:
        self.derived = derived

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, str) and value in self.derived:
                setattr(node, name, "derived")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        if isinstance(body := getattr(node, "body", None), list):
            node.body = [item for item in body if not _is_text(item)] or [ast.Pass()]  # type: ignore[attr-defined]
        return node


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ) or isinstance(node, ast.Pass)


def skeleton(files: Mapping[str, str], derived: frozenset[str]) -> dict[str, Counter[str]]:
    """The statements of each Python file, in any order, and its comments."""
    found = {}
    for path, text in files.items():
        if path.endswith(".py"):
            tree = _Blank(derived).visit(ast.parse(text))
            statements = Counter(ast.dump(statement) for statement in tree.body)
            tokens = tokenize.generate_tokens(io.StringIO(text).readline)
            comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
            found[path.partition("/")[2]] = statements + Counter(comments)
    return found


def made(kind: Kind, text: str, package: str) -> dict[str, str]:
    """The drafts of a hostile document; the statements are those of the harmless one."""
    lowered, files = drafts(kind[0](text), package)
    plain_lowered, plain_files = drafts(kind[1](text), package)
    derived = frozenset(identifiers(lowered))
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) for name in derived)
    plain_derived = frozenset(identifiers(plain_lowered))
    assert skeleton(files, derived) == skeleton(plain_files, plain_derived), text[:200]
    return files


def docstrings(source: str) -> set[str]:
    tree = ast.parse(source)
    found = [node.value.value for node in ast.walk(tree) if _is_text(node) and isinstance(node, ast.Expr)]  # type: ignore[attr-defined]
    return {collapsed(text) for text in found}


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
        files |= {f"{index}/{path}": source for path, source in mine.items()}
        cases += [[f"{index}", package, *case] for case in KINDS[kind][2](text)]
    tidied = tidy.tidy(files)
    for path, source in tidied.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source, "utf-8", newline="")
    for index, name in enumerate(batch):
        text = hostile.TEXTS[name]
        check_project(tidied[f"{index}/pyproject.toml"], f"package-{index}")
        check_readme(tidied[f"{index}/README.md"])
        if kind == "texts" and text.strip():
            assert collapsed(text) in docstrings(tidied[f"{index}/package_{index}/models.py"]), name
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
            "hatch": {"build": {"targets": {"wheel": {"packages": [distribution.replace("-", "_")]}}}}
        },
    }


def check_readme(text: str) -> None:
    """One comment, the header; no other HTML, and no link or picture."""
    header, _, rest = text.partition("\n")
    assert re.fullmatch("<!-- [^<>]* -->", header)
    outside = re.sub("`[^`\n]*`", "", rest.replace("```\n", ""))
    assert re.findall(r"[<>\[\]!`]", outside.replace("\\[", "")) in ([], ["]"] * outside.count("]"))
    assert not re.search(r"!\[|\]\(", outside.replace("&#91;", "")[:0] + re.sub(r"&#91;[^\n]*", "", outside))


def ruff_format(directory: Path) -> str:
    command = [find_ruff_bin(), "format", "--check", "--isolated", "--no-cache", "--line-length", "100"]
    done = subprocess.run([*command, directory], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


def run_cases(directory: Path, cases: list[list[Any]]) -> Any:
    """What went wrong in a process of its own, where reading, writing or calling out of `directory` is told."""
    work = directory / "cases.json"
    work.write_text(json.dumps(cases))
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", RUNNER, directory], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
