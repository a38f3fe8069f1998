"""A document given to all of the toolkit that reads documents: a package that imports, or located problems."""

from __future__ import annotations

import hashlib
import importlib
import json
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from ruff import find_ruff_bin

from hostile_checks import check_problems
from speclens import judging, project, reading, show
from speclens.config import Config
from speclens.judging import Reading
from speclens.lower.rewrites import parameters, views
from speclens.lower.rules import warn_of_age
from speclens.output import plan
from speclens.problems import Refused
from speclens.source import Source, locate

PACKAGE = "tried_package"
_RUFF = ("check", "--isolated", "--no-cache", "--quiet", "--fix-only", "--select", "F401")


_CONFIG = Config(Path("openapi.json"), PACKAGE, Path(), "speclens generate")


class TooSlow(Exception):
    """A document took more CPU time than it may."""


def tried(document: Any, seconds: float = 20.0, is_made: bool = True) -> str:
    """ "package", "lenient" or "refused", by what became of a document. Raises whatever a fault of the toolkit or of its
    package raises. Most of the time is that of the package, which need not be made."""
    with _within(seconds):
        try:
            source = reading.loads(json.dumps(document), "openapi.json")
        except Refused as refused:
            assert refused.problems
            return "refused"
        check_problems(judging.judge(source), source)
        if made := _read(source, False, is_made):
            _read_otherwise(made)
            return "package"
        return "lenient" if _read(source, True, is_made) else "refused"


def _read(source: Source, is_lenient: bool, is_made: bool) -> Reading | None:
    """What is read of a document, whose package was imported, or None if it is refused."""
    try:
        read = judging.read_document(source, is_lenient)
    except Refused as refused:
        check_problems(refused.problems, source)
        assert "error" in {problem.severity for problem in refused.problems}
        return None
    check_problems(read.warnings, source)
    if is_made:
        made = project.drafts(source, read.document, _CONFIG)
        imported({path: draft.text for path, draft in made.items()})
    return read


def _read_otherwise(read: Reading) -> None:
    """What other commands make of a document: `export`, `show`, the warnings of `validate`."""
    for view in (views.wire, views.canonical):
        plain = view(read.source.value).document
        json.dumps(parameters.without_compat(plain, is_canonical=view is views.canonical))
    json.dumps(show.described(read.document, plan.package(read.document, _CONFIG)))
    locate(read.source, warn_of_age(read.source.value, "2030-01-01"))


_IMPORTED: set[bytes] = set()
"""Digests of packages that were imported without a fault. Most small changes of a document change no line of its package."""


def imported(files: Mapping[str, str]) -> None:
    """Import every module of a package, and make the request of each operation, which may refuse to be made."""
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode("utf-8")).digest()
    if digest not in _IMPORTED:
        _import(files)
        _IMPORTED.add(digest)


def _import(files: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        for path, text in files.items():
            place = Path(directory, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        # As `tidy` does, without the layout: what is not used may not be there.
        subprocess.run([find_ruff_bin(), *_RUFF, directory], check=True)
        sys.path.insert(0, directory)
        try:
            for path in files:
                if path.endswith(".py"):
                    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                    _drafted(importlib.import_module(name))
        finally:
            sys.path.remove(directory)
            importlib.invalidate_caches()
            for name in [one for one in sys.modules if one.partition(".")[0] == PACKAGE]:
                del sys.modules[name]


def _drafted(module: ModuleType) -> None:
    if not module.__name__.endswith(".client"):
        return
    for one in vars(module).values():
        if hasattr(one, "draft") and not isinstance(one, type):
            try:
                one.draft({})
            except ValueError:
                pass
            except TypeError as error:
                if "has to be given" not in str(error):
                    raise


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"{seconds} s of CPU time")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fault(document: Any, seconds: float = 20.0, is_made: bool = True) -> str | None:
    """What a document breaks, as a line that is the same for all documents that break the same; None if nothing."""
    try:
        tried(document, seconds, is_made)
    except (Exception, pytest.fail.Exception) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [one for one in frames if "/speclens/" in one.filename or PACKAGE in one.filename]
        last = (own or list(frames))[-1]
        where = "/".join(Path(last.filename).parts[-2:])
        return f"{type(error).__name__} at {where}:{last.lineno}: {str(error).splitlines()[0] if str(error) else ''}"
    return None


def smallest(document: Any, found: str, tries: int = 400) -> Any:
    """A document that breaks the same, from which nothing can be taken away; or nearly so, after so many tries."""
    same = found.partition(": ")[0]
    left = tries
    is_smaller = True
    while is_smaller and left > 0:
        is_smaller = False
        for path in sorted(_places(document), key=len):
            if left <= 0:
                break
            shorter = _without(document, path)
            left -= 1
            if shorter is not None and (fault(shorter) or "").partition(": ")[0] == same:
                document, is_smaller = shorter, True
                break
    return document


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, (dict, list)):
            yield from _places(inner, (*path, key))


def _without(document: Any, path: tuple[Any, ...]) -> Any:
    made = json.loads(json.dumps(document))
    where = made
    for key in path[:-1]:
        where = where[key]
    del where[path[-1]]
    return made
