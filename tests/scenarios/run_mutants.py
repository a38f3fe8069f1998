"""Changes real OpenAPI documents at random, and tries each: a package that imports, or located problems. On demand.

    python tests/scenarios/run_mutants.py DOCUMENT … [--count 20000] [--first 0] [--shrink] [--report FILE]

Arguments are documents, or directories of them. A mutant is a part of a document (a few operations, and what they refer
to) with up to four changes; `tests/mutating.py` says which. Mutant 4711 of the same documents is the same in every run:
`--first 4711 --count 1` makes it again, and two runs with other firsts share the work. Mutants are tried in a process of
their own, a hundred in each, so that one that ends its process or does not end is told as well. `--shrink` makes of each
kind of failure the smallest document that fails so. 1,000 take two and a half minutes
of one core.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest
from run_documents import documents

from hostile_checks import quicken
from mutating import mutant_of
from speclens import source
from speclens.problems import Refused
from trying import fault, smallest

_BATCH = 100
_LONGEST = 90.0
"""Seconds for one mutant, after which its process is ended."""
_FORK = multiprocessing.get_context("fork")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    read = dict(_read(given.documents))
    started = time.monotonic()
    kinds: dict[str, list[int]] = {}
    at, last = given.first, given.first + given.count
    while at < last:
        seeds = range(at, min(at + _BATCH, last))
        for seed, found in _tried(read, seeds):
            at = seed + 1
            if found is not None:
                kind = found.partition(": ")[0]
                if kind not in kinds:
                    print(f"FAIL  {seed} of {_mutant(read, seed)[0]}: {found}"[:600], flush=True)
                kinds.setdefault(kind, []).append(seed)
        if at % 1000 == 0 or at == last:
            count = sum(map(len, kinds.values()))
            seconds = time.monotonic() - started
            print(f"{at - given.first} mutants, {seconds:.0f} s, {count} failed", flush=True)
    report = {kind: _smallest(read, seeds, given.shrink) for kind, seeds in kinds.items()}
    for kind, one in sorted(report.items(), key=lambda item: -len(item[1]["seeds"])):
        print(
            f"{len(one['seeds'])} times {kind}, such as {one['seeds'][0]}\n    {json.dumps(one['document'])[:1500]}"
        )
    if given.report:
        given.report.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    sys.exit(1 if kinds else 0)


def _read(paths: list[Path]) -> Iterator[tuple[str, Any]]:
    for path in documents(paths):
        try:
            yield path.name, source.load(path).value
        except Refused as refused:
            print(f"{path.name}: {refused.problems[0].message}")


def _mutant(read: dict[str, Any], seed: int) -> tuple[str, Any]:
    chance = random.Random(seed)
    name = chance.choice(sorted(read))
    return name, mutant_of(read[name], chance)


def _tried(read: dict[str, Any], seeds: range) -> Iterator[tuple[int, str | None]]:
    """What each mutant breaks, up to one that ends the process or does not end."""
    here, there = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_work, args=(read, seeds, there))
    process.start()
    there.close()
    for seed in seeds:
        try:
            if not here.poll(_LONGEST):
                yield seed, f"no end after {_LONGEST} s"
                break
            yield seed, here.recv()
        except EOFError:
            process.join()
            yield seed, f"the process ended with {process.exitcode}"
            break
    process.kill()
    process.join()


def _work(read: dict[str, Any], seeds: range, there: Connection) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quicken(patch)
        for seed in seeds:
            there.send(fault(_mutant(read, seed)[1]))


def _smallest(read: dict[str, Any], seeds: list[int], is_wanted: bool) -> dict[str, Any]:
    """The seeds of a kind of failure, and a document that fails so: the smallest of the first few mutants, shortened."""
    document = min(
        (_mutant(read, seed)[1] for seed in seeds[:20]), key=lambda one: len(json.dumps(one))
    )
    if is_wanted and (found := fault(document)) is not None:
        with pytest.MonkeyPatch.context() as patch:
            quicken(patch)
            document = smallest(document, found)
    return {"seeds": seeds, "document": document}


if __name__ == "__main__":
    main()
