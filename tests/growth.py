"""How the work of something grows with what it is given."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def exponent(
    make: Callable[[int], _T], work: Callable[[_T], object], size: int, tries: int = 3
) -> float:
    """The exponent by which processor time grows from `size` to four times that: 1 is linear, 2 quadratic. `make` is not
    counted. Of a few tries the fastest counts, since what else the machine does only slows."""
    small, large = (_fastest(make(number), work, tries) for number in (size, 4 * size))
    return math.log(large / small, 4)


def _fastest(given: _T, work: Callable[[_T], object], tries: int) -> float:
    found = []
    for _ in range(tries):
        start = time.process_time()
        work(given)
        found.append(time.process_time() - start)
    return max(min(found), 1e-6)
