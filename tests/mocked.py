"""`speclens mock` in a process of its own, for the demo and the tests."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

URL = re.compile(r"(?P<url>http://\S+:\d+)(?: \(api key: (?P<key>.*)\))?\n")


@dataclass(slots=True)
class Mock:
    """A mock that runs; `log` and `code` are there when it has ended."""

    url: str
    key: str
    log: list[str] = field(default_factory=list)
    code: int | None = None


@contextmanager
def mock(directory: Path, *arguments: str, stop: signal.Signals = signal.SIGTERM) -> Iterator[Mock]:
    """Run `speclens mock` in a directory until the block ends."""
    process = subprocess.Popen(
        command(arguments), cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            found = URL.fullmatch(first)
            if found is None:
                raise RuntimeError(f"{first}{process.communicate()[1]}")
            running = Mock(found["url"], found["key"] or "")
            yield running
        finally:
            process.send_signal(stop)
            said = process.communicate(timeout=20)[1]
        running.log, running.code = said.splitlines(), process.returncode


def command(arguments: Sequence[str]) -> list[str]:
    """`speclens mock` of this checkout."""
    return [sys.executable, "-m", "speclens", "mock", *arguments]
