"""Packages generated in process from small documents, for tests."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pytest

from speclens import ir, judging, project
from speclens.config import Config, load_configs
from speclens.openapi.selection import selection_of
from speclens.output import marks, render, tidy
from speclens.problems import Problem, Refused
from speclens.reading import loads
from speclens.source import locate
from speclens.source.load import Source
from speclens.validate import validate

HEAD = {"openapi": "3.1.1", "info": {"title": "Tests", "version": "1"}, "paths": {}}
HEAD_30 = {**HEAD, "openapi": "3.0.3"}
_NUMBERS = itertools.count()
_RENDERER = cache(render.renderer)


def schemas(**named: Any) -> dict[str, Any]:
    """A 3.1 document with these component schemas."""
    return {**HEAD, "components": {"schemas": named}}


def load_config(path: Path, given: Mapping[str, Any] = MappingProxyType({})) -> Config:
    """The configuration of a file that has one package."""
    (config,) = load_configs(path, given)
    return config


def source(document: Mapping[str, Any] | str, name: str = "openapi.yaml") -> Source:
    """A document, as text or as JSON, as the toolkit reads it."""
    return loads(document if isinstance(document, str) else json.dumps(document), name)


def lowered(document: Mapping[str, Any] | str) -> ir.Api:
    """The IR of a document that is not refused."""
    return judging.read_document(source(document))[0]


def drafts(document: Mapping[str, Any] | str, package: str = "pkg") -> dict[str, project.Draft]:
    """The files of a document before they are tidied, by their paths inside the package."""
    read = source(document)
    return printed(read, Config(Path(read.name), package, Path(), "speclens generate"))


def printed(read: Source, config: Config) -> dict[str, project.Draft]:
    """The files that a configuration makes of a document, before they are tidied."""
    selection = selection_of(config)
    found = judging.read_document(read, config.lenient, config.style, selection, config.rename)
    return drafted(read, found.document, config)


def drafted(read: Source, document: ir.Api, config: Config) -> dict[str, project.Draft]:
    """The files of a document that was lowered. Templates are compiled once, not for every document."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "nonce", lambda text: "speclens-tests")
        patch.setattr(render, "renderer", _RENDERER)
        made = project.drafts(read, document, config)
    return {path.removeprefix(f"{config.package}/"): draft for path, draft in made.items()}


def texts(document: Mapping[str, Any] | str, package: str = "pkg") -> dict[str, str]:
    """The files of a document as they are written, by their paths inside the package. Copied files are tidied once."""
    made = {path: draft.text for path, draft in drafts(document, package).items()}
    found = tidy.tidy({path: text for path, text in made.items() if (path, text) not in _TIDIED})
    for path, text in made.items():
        if path not in found:
            found[path] = _TIDIED[path, text]
        elif path.startswith("_"):
            _TIDIED[path, text] = found[path]
    return {path: found[path] for path in made}


_TIDIED: dict[tuple[str, str], str] = {}


def imported(files: Mapping[str, str], directory: Path, module: str = "models") -> ModuleType:
    """A module of a generated package, from a directory of its own and under a name of its own."""
    package = f"built_{next(_NUMBERS)}"
    place = directory / package
    place.mkdir()
    for name, text in files.items():
        if name.endswith(".py"):
            place.joinpath(name).write_text(text, "utf-8")
    sys.path.insert(0, str(directory))
    importlib.invalidate_caches()
    try:
        return importlib.import_module(f"{package}.{module}")
    finally:
        sys.path.remove(str(directory))


def problems(text: str, name: str = "openapi.yaml") -> tuple[Problem, ...]:
    """What is wrong with a document: warnings of `validate` as well, and what its x-compat is refused for."""
    read = loads(text, name)
    try:
        judging.read_document(read)
    except Refused as refused:
        return refused.problems
    return locate(read, validate(read))
