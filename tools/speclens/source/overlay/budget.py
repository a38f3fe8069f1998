"""A budget of steps. Code whose cost depends on a document spends the budget, and stops when nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


class TooCostly(Exception):
    """The budget is used up."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled regular expression (None if its source is not an I-Regexp), and its cost in steps for 100 characters."""

    search: Callable[[str], bool] | None
    price: int


@dataclass(slots=True)
class Budget:
    """The steps that are left, about a microsecond each, and the regular expressions compiled so far."""

    steps: int
    patterns: dict[tuple[str, bool], Pattern] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        """Spends steps. Raises TooCostly if too few are left."""
        self.steps -= steps
        if self.steps < 0:
            raise TooCostly
