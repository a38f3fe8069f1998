"""Examples are judged by what they show, never by how long they take; in CI hypothesis does so by itself. Servers of
tests are asked without a proxy."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import settings


def _measured() -> set[str]:
    """The names of the packages whose coverage is measured in this process."""
    measured = Coverage.current()
    found: Any = measured.get_option("run:source") if measured else None
    return {Path(path).name for path in found or ()}


IS_PACKAGE_MEASURED = _measured() == {"routescope"}

if "CI" not in os.environ:
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Where the coverage of the package that ships is measured, tests of anything else, and the processes that they start,
    are not traced: the toolkit takes about twice as long with a tracer, though none of its lines is counted."""
    if not IS_PACKAGE_MEASURED or item.get_closest_marker("shipped"):
        return (yield)
    tracers = sys.gettrace(), threading.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        sys.settrace(None)
        threading.settrace(None)
        try:
            return (yield)
        finally:
            sys.settrace(tracers[0])
            threading.settrace(tracers[1])


@pytest.fixture(scope="session")
def mypy_cache() -> str:
    """What mypy keeps of libraries, for all tests that run it as `mypy --strict`."""
    return str(Path(__file__).parents[1] / ".mypy_cache" / "tests")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many requests were made, by those tests that count them."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, count in report.user_properties:
            if name == "requests" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid}: {count} requests")


os.environ["NO_PROXY"] = f"{os.environ.get('NO_PROXY', '')},127.0.0.1,public.example"
for _name in (
    "NO_COLOR",
    "FORCE_COLOR",
):  # of the user: tests say themselves whether output has colours
    os.environ.pop(_name, None)
