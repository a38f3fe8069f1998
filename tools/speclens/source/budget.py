"""A budget of steps: code whose cost a document decides spends it, and stops when it is used up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


class TooCostly(Exception):
    """What was asked took all that was left of the budget."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, None if it is no I-Regexp, and the steps that 100 characters cost."""

    search: Callable[[str], bool] | None
    price: int


@dataclass(slots=True)
class Budget:
    """The steps that may still be taken, about a microsecond each, and the regular expressions compiled so far."""

    steps: int
    patterns: dict[tuple[str, bool], Pattern] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        """Takes steps off. Raises TooCostly when there are none left."""
        self.steps -= steps
        if self.steps < 0:
            raise TooCostly
