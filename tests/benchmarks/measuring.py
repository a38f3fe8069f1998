"""What benchmarks are made of: rows of a table, medians of runs that take turns, CPU time of processes."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured and against what, in CPU seconds (or bytes); `goal` is what the ratio should stay below."""

    what: str
    measured: float
    against: str
    reference: float
    goal: float | None = None
    unit: str = "s"

    def __str__(self) -> str:
        goal = f"< {self.goal}" if self.goal else ""
        ratio = self.measured / self.reference
        return f"| {self.what} | {self.shown(self.measured)} | {self.against} | {self.shown(self.reference)} | {ratio:.2f} | {goal} |"

    def shown(self, value: float) -> str:
        if self.unit == "MB":
            return f"{value / 1e6:.0f} MB"
        return f"{value * 1e6:.2f} µs" if value < 1e-3 else f"{value * 1e3:.0f} ms"


def medians(rounds: int, runs: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Name -> median of what its run returns; the runs take turns."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def starting(*arguments: str, cache: str | None = None, code: int = 0) -> Callable[[], float]:
    """A run of Python in the repository: the CPU seconds it takes. Raises ValueError for another exit code."""
    environment = {**os.environ, **({"XDG_CACHE_HOME": cache} if cache else {})}

    def run() -> float:
        before = children()
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise ValueError(f"{arguments} exits with {done.returncode}: {done.stderr}")
        return children() - before

    return run


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
