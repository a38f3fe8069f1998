"""Every operation of a document, called a few times for each kind of answer."""

from __future__ import annotations

import re
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import DataObject

from every_operation import answers, arguments
from every_operation.calling import call
from every_operation.package import Package
from speclens import ir

_LEAST = 2  # examples of each kind of answer
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_CHECKS += [HealthCheck.large_base_example]


@dataclass(slots=True)
class Outcome:
    """What became of the operations of a document: counts of what was done, and by operation what failed."""

    seen: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


def examine(
    package: Package,
    examples: int,
    phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink),
    is_wanted: Callable[[str], bool] = lambda _: True,
) -> Outcome:
    """Call each operation of a package a few times."""
    outcome = Outcome()
    for resource in package.client.resources:
        for operation in resource.operations:
            name = f"{operation.verb} {operation.template}"
            if not is_wanted(name):
                continue
            outcome.seen["operations"] += 1
            try:
                kinds = answers.kinds(package, operation)
                for kind in kinds:
                    how = max(_LEAST, examples // len(kinds)), phases
                    _hold(package, (resource, operation), kind, outcome.seen, how)
            except Unsatisfiable:
                outcome.seen["operations without arguments"] += 1
            except Exception as error:
                outcome.failures[name] = _told(error)
    return outcome


def _told(error: Exception) -> str:
    """An error, where it was raised, and what hypothesis had drawn."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    notes = re.sub(r"\s+", " ", " ".join(getattr(error, "__notes__", ())))
    return f"{type(error).__name__}: {error!s:.500} ({place.name}:{place.lineno}) {notes}"


def _hold(
    package: Package,
    ways: tuple[ir.Resource, ir.Operation],
    kind: answers.Kind,
    seen: Counter[str],
    how: tuple[int, tuple[Phase, ...]],
) -> None:
    @seed(0)
    @settings(
        max_examples=how[0],
        phases=how[1],
        database=None,
        deadline=None,
        suppress_health_check=_CHECKS,
        report_multiple_bugs=False,
    )
    @given(st.data())
    def hold(data: DataObject) -> None:
        given = arguments.draw(data, package, ways[1])
        answer = answers.draw(data, package, ways[1], kind)
        if answer is None:
            seen["answers without a value"] += 1
            answer = answers.broken()
        is_read = call(package, ways, given, answer)
        seen.update({"calls": 1, "requests that their style cannot say": not is_read})

    hold()
