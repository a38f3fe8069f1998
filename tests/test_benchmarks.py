"""The benchmarks run, and what they compare gives equal results. Nothing here depends on time."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import handwritten
import handwritten_models
import pytest
import run_benchmarks

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
    assert [row.split(" | ")[-1] for row in rows].count("< 1.5 |") == compared
    validated = 2 * len(run_benchmarks.REQUESTS)
    assert len(rows) == compared + validated + CLIENT + 3 + 5


def test_unequal_results_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handwritten, "fold_request", handwritten.fold_response)

    with pytest.raises(ValueError, match=r"^`image`, one URL: "):
        run_benchmarks.normalizing(rounds=1, calls=1)


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
