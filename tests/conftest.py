"""Examples are judged by what they show, never by how long they take; in CI hypothesis does so by itself. Servers of
tests are asked without a proxy."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

if "CI" not in os.environ:
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


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
