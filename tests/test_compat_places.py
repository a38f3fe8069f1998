"""x-compat holds wherever a schema stands: a schema with older shapes is put at random places of random operations, inside
of others; old values go through client and server, and what arrives is canonical.

SPECLENS_SOAK says how many places there are in a long run.
"""

from __future__ import annotations

import os
from collections import Counter
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

from built import imported, source, texts
from compat_places.places import ANSWERS, REQUESTS, documents
from compat_places.trying import failures, served
from speclens import judging
from speclens.reading.modern import modern
from speclens.verify import formats_of, generated
from speclens.verify.running import report_on
from speclens.verify.subjects import subjects

VERSIONS = ("3.0.3", "3.1.1", "3.2.0")
OPERATIONS = 24
LAWS = 4
"""How many schemas of a document are held to the laws, each with so many payloads:"""
EXAMPLES = 40


@pytest.mark.parametrize("version", VERSIONS)
def test_old_values_become_canonical(version: str, tmp_path: Path) -> None:
    seen = hold(version, 20261130, tmp_path)
    assert seen["served"]


@pytest.mark.parametrize("seed", range(0, 36, 4))
def test_an_operation_alone(seed: int, tmp_path: Path) -> None:
    assert hold(VERSIONS[seed % 3], seed, tmp_path)["places"]


@pytest.mark.soak
def test_many_places(tmp_path: Path) -> None:
    wanted, seen = int(os.environ.get("SPECLENS_SOAK", "2000")), Counter[str]()
    seed = 0
    while seen["places"] < wanted:
        seen += hold(VERSIONS[seed % 3], seed, tmp_path)
        seed += 1
    print(dict(seen))
    assert {one.name for one in (*REQUESTS, *ANSWERS)} <= seen.keys()


def hold(version: str, seed: int, directory: Path) -> Counter[str]:
    """How many places of each kind a document had, all of which hold."""
    # What one operation of a document needs, another one may have brought.
    document, put = documents(Random(seed), version, OPERATIONS if seed % 4 else 1)
    files = texts(document)
    package = imported(files, directory, "client").__name__.rpartition(".")[0]
    models, normalizers = (import_module(f"{package}.{name}") for name in ("models", "normalizers"))
    read = source(document)
    made, warnings, _ = judging.read_document(read)
    unenforced = {one.pointer for one in warnings if one.rule == "model/not-enforced"}
    subjects_of, tried = (
        subjects(modern(read.value), unenforced, formats_of(models)),
        generated(modern(read.value), made, models, normalizers),
    )
    assert {one.schema for one in made.compat.normalizers} <= {one.name for one in tried.values()}
    for pointer in Random(seed).sample(sorted(tried), min(LAWS, len(tried))):
        report = report_on(subjects_of(pointer, tried[pointer]), EXAMPLES)
        assert [(pointer, one) for one in report.verdicts if one.broken] == [], (version, seed)
    found, operations = served(package, document, put)
    broken = [*failures(package, document, put), *found]
    assert not broken, f"{version}, seed {seed}:\n" + "\n".join(broken)
    return Counter(one.place.name for one in put) + Counter(
        places=len(put), served=2 * len(operations)
    )
