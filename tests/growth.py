"""How the cost of something grows with what it is given."""

from __future__ import annotations

import gc
import math
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, TypeVar

import pytest

_T = TypeVar("_T")
_ROUNDS = 10

Cost = Callable[[Callable[[], object]], float]

LINEAR = 1.2
"""The exponent that still counts as linear: sorting, caches of the machine and growing tables cost a little more."""


def exponent(
    make: Callable[[int], _T],
    work: Callable[[_T], object],
    size: int,
    *,
    cost: Cost | None = None,
    bound: float = LINEAR,
) -> float:
    """The exponent by which a cost grows from `size` to four times that: 1 is linear, 2 quadratic.

    The cost is processor time if nothing else is given; what `make` does is not counted. Of both sizes the least cost of
    a few rounds counts, since whatever else the machine does only adds to a time. The rounds end as soon as the exponent
    is at most `bound`.
    """
    measured = cost or seconds
    acts = [partial(work, make(number)) for number in (size, 4 * size)]
    least = [math.inf, math.inf]
    found = math.inf
    for _ in range(_ROUNDS):
        least = [min(old, measured(act)) for old, act in zip(least, acts, strict=True)]
        found = math.log(least[1] / least[0], 4)
        if found <= bound:
            break
    return found


def counted(patch: pytest.MonkeyPatch, module: object, name: str) -> list[Any]:
    """The arguments of all calls of a function of a module from now on."""
    usual: Callable[..., Any] = getattr(module, name)
    calls: list[Any] = []

    def call(*given: Any) -> Any:
        calls.append(given)
        return usual(*given)

    patch.setattr(module, name, call)
    return calls


def memory(act: Callable[[], object]) -> float:
    """The bytes that an act has at its peak."""
    act()
    gc.collect()
    tracemalloc.start()
    try:
        act()
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def steps(act: Callable[[], object]) -> float:
    """The lines of Python that an act runs: as many on a busy machine. What C does inside a line is not counted."""
    count = 0

    def trace(frame: FrameType, event: str, value: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    usual = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
        return float(count)
    finally:
        sys.settrace(usual)


def seconds(act: Callable[[], object]) -> float:
    """The processor time that an act takes."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        act()
        return max(time.process_time() - start, 1e-6)
    finally:
        gc.enable()
