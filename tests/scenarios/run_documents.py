"""Calls every operation of real OpenAPI documents, as `tests/test_every_operation.py` does for those of the tests. On demand.

    python tests/scenarios/run_documents.py DOCUMENT … [--examples 5] [--only REGEX] [--shrink] [--report FILE]

Arguments are documents, or directories of them. What is faulty in one is left out. Of what fails, the smallest document
becomes a golden; `--shrink` makes arguments and answers as small as they can be.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import Phase

sys.path.insert(0, str(Path(__file__).parents[1]))

from every_operation.examining import Outcome, examine
from every_operation.package import package
from speclens.problems import Refused
from speclens.reading import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path, nargs="+")
    parser.add_argument("--examples", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    phases = (Phase.generate, Phase.shrink) if given.shrink else (Phase.generate,)
    total, report = Counter[str](), dict[str, Any]()
    for path in documents(given.documents):
        start = time.monotonic()
        told = called(path, given.examples, phases, given.only)
        if isinstance(told, str):
            print(f"-     {path.name}: {told}", flush=True)
            continue
        total.update({"documents": 1, **told.seen})
        report[path.name] = {"seen": told.seen, "failures": told.failures}
        seconds = time.monotonic() - start
        print(f"      {path.name}: {dict(told.seen)}, {seconds:.0f} s", flush=True)
        for operation, failure in told.failures.items():
            print(f"FAIL  {path.name} {operation}: {failure}"[:1200], flush=True)
    print(dict(total), f"{sum(len(one['failures']) for one in report.values())} failed")
    if given.report:
        given.report.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def documents(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        yield from (one for one in inside if one.suffix in {".json", ".yaml", ".yml"})


def called(path: Path, examples: int, phases: tuple[Phase, ...], only: str) -> Outcome | str:
    """What became of the operations of a document, or why there are none."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            made = package(load(path), Path(directory))
        except Refused as refused:
            return f"refused: {refused.problems[0].message}"
        if made is None:
            return "no operations"
        return examine(made, examples, phases, lambda name: bool(re.search(only, name)))


if __name__ == "__main__":
    main()
