"""The benchmarks run, and what they compare gives equal results. Nothing here depends on time."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import handwritten
import handwritten_models
import pytest
import run_benchmarks
from pydantic import ValidationError

from routescope import CompatError

ROOT = Path(__file__).parents[1]
CLIENT = 5 if find_spec("openai") else 4  # rows


def test_all_rows_are_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = os.pathsep.join((str(ROOT / "tools"), str(ROOT / "generated")))
    monkeypatch.setenv("PYTHONPATH", paths)

    run_benchmarks.main(rounds=1, calls=1, processes=1)

    header, rule, *rows = capsys.readouterr().out.splitlines()
    assert header == "| what | CPU time | against | CPU time | ratio | goal |"
    assert rule.count("|") == 7
    compared = len(run_benchmarks.REQUESTS) + len(run_benchmarks.RESPONSES)
    for goal in ("< 1.5 |", "< 0.5 |"):
        assert [row.split(" | ")[-1] for row in rows].count(goal) == compared
    value_alone = 2 * len(run_benchmarks.REQUESTS)
    assert len(rows) == 2 * compared + value_alone + CLIENT + 3 + 5


@pytest.mark.parametrize(
    ("module", "name", "way"),
    [
        (handwritten, "fold_request", "hand"),
        (handwritten_models, "tell_request", "validators"),
    ],
)
def test_unequal_results_are_not_compared(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, way: str
) -> None:
    monkeypatch.setattr(module, name, handwritten.fold_response)

    for payloads in (run_benchmarks.REQUESTS, run_benchmarks.REFUSED):
        for name, payload in payloads.items():
            if name != "canonical, two images":
                with pytest.raises(ValueError, match=rf"^{re.escape(name)}: .* \({way}\)$"):
                    run_benchmarks.check_same(name, payload)
    with pytest.raises(ValueError, match=rf"\({way}\)$"):
        run_benchmarks.normalizing(rounds=1, calls=1)


def test_what_is_refused_is_refused_at_its_place() -> None:
    for name, payload in run_benchmarks.REFUSED.items():
        for run in run_benchmarks.ways(name).values():
            with pytest.raises(CompatError):
                run(payload)


def test_what_the_model_alone_refuses_is_told_by_pydantic() -> None:
    with pytest.raises(ValidationError, match="should match pattern"):
        handwritten_models.tell_request({**run_benchmarks.BODY, "image": "ftp://a"})


def test_unequal_models_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwritten_models, "reference", lambda item: {"image_url": "data:image/"})

    with pytest.raises(ValueError, match=r"^canonical, two images: "):
        run_benchmarks.validating(rounds=1, calls=1)


def test_a_process_that_fails_is_not_measured() -> None:
    with pytest.raises(ValueError, match="exits with 3"):
        run_benchmarks.starting("-c", "raise SystemExit(3)")()


def test_cpu_time_of_a_process_is_measured() -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass"
    assert run_benchmarks.starting("-c", busy)() >= 0.2
