"""Nothing that a document says makes the toolkit open a file, ask the network or import a module: not the extensions
that datamodel-code-generator obeys, no reference, no other keyword with an address."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_cache_path, user_state_path

from hostile_checks import outcome, quicken, source


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quicken(monkeypatch)


EXTENSIONS: dict[str, Any] = {
    "customTypePath": "os.system",
    "customBasePath": "os.path.Evil",
    "x-python-import": {"module": "os", "name": "system"},
    "x-python-type": "os.system",
    "x-enum-varnames": ["import os", "system"],
    "x-enum-descriptions": ["import os"],
    "x-is-base-class": True,
    "x-annotation": "os.system",
    "title": "os.system('x')",
    "discriminator": {"propertyName": "os", "mapping": {"os": "./other.yaml"}},
    "$comment": "os.system",
    "x-propertyNames": {"$ref": "file:///etc/passwd"},
    "deprecated": False,
    "const_name": "os.system",
    "enumNames": ["os"],
    "example": {"$ref": "file:///etc/passwd"},
    "default_factory": "os.system",
}
REFERENCES = [
    "file:///etc/passwd",
    "/etc/passwd",
    "http://127.0.0.1:9/x.json",
    "https://127.0.0.1:9/x.json#/a",
    "./other.yaml",
    "../../../../etc/passwd#/x",
    "other.yaml#/components/schemas/Thing",
    "//127.0.0.1:9/x",
    "data:application/json,{}",
    "C:\\x.yaml",
]


def things(extensions: Mapping[str, Any]) -> dict[str, Any]:
    inner = {
        "type": "object",
        "properties": {"deep": {"type": "string", **extensions}},
        **extensions,
    }
    properties = {
        "told": {"type": "string", **extensions},
        "one": {"enum": ["a", "b"], **extensions},
        "inner": inner,
        "listed": {"type": "array", "items": {"type": "integer", **extensions}, **extensions},
        "referred": {"$ref": "#/components/schemas/Other"},
    }
    schemas = {
        "Thing": {"type": "object", "properties": properties, **extensions},
        "Other": inner,
        "Alias": {"type": "string", **extensions},
    }
    document = {"openapi": "3.1.1", "info": {"title": "x", "version": "1"}, "paths": {}}
    return {**document, "components": {"schemas": schemas}}


def undocumented(files: Mapping[str, str]) -> dict[str, list[str]]:
    """The statements of Python files, without docstrings: a `title` is told in one."""
    return {
        path: [
            ast.dump(node)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.stmt)
            and not isinstance(node, (ast.Expr, ast.ClassDef, ast.FunctionDef, ast.Pass))
        ]
        for path, text in files.items()
        if path.endswith(".py")
    }


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", EXTENSIONS)
def test_extensions_of_the_generator_have_no_effect(name: str) -> None:
    with watched() as events:
        files = undocumented(outcome(source(things({name: EXTENSIONS[name]})))[1])
    assert events == []
    assert files == undocumented(outcome(source(things({})))[1]) != {}


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef", "$id", "$schema", "externalValue"])
def test_nothing_is_fetched(keyword: str, reference: str) -> None:
    """References out of the document are refused; no other keyword with an address makes anybody go there."""
    with watched() as events:
        problems = outcome(source(things({keyword: reference})))[0]
    assert events == []
    errors = {problem.rule for problem in problems if problem.severity == "error"}
    if keyword == "$ref":
        assert errors == {"reference/external"}


_WATCH: list[list[tuple[str, str]]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCH or not event.startswith(("open", "socket.", "subprocess.", "os.", "urllib.")):
        return
    if event == "open" and isinstance(arguments[0], int):
        return
    if arguments and str(arguments[0]).startswith(CACHE):  # its own, in the user's directories
        return
    if event == "os.mkdir" and any(one.startswith(str(arguments[0])) for one in CACHE):
        return
    if event in {"open", "os.listdir", "os.scandir"}:
        path, mode = str(arguments[0]), arguments[1] if event == "open" else "r"
        if path.startswith(READABLE) and mode in {"r", "rb", None}:
            return
    _WATCH[-1].append((event, repr(arguments)[:200]))


CACHE = (str(user_cache_path("speclens")), str(user_state_path("speclens")))
READABLE = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))


@pytest.fixture(autouse=True, scope="module")
def hook() -> None:
    sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[tuple[str, str]]]:
    """What is opened, called or asked for outside of this Python and of this repository."""
    events: list[tuple[str, str]] = []
    _WATCH.append(events)
    try:
        yield events
    finally:
        _WATCH.pop()
