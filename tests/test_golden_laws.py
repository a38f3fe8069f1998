"""Every law of `speclens verify` on every small document with x-compat: none is broken, every shape is seen, and each
law is held against enough payloads."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from built import imported, source, texts
from speclens import judging
from speclens.reading.modern import modern
from speclens.verify import Report, formats_of, generated
from speclens.verify.laws import LAWS
from speclens.verify.running import report_on
from speclens.verify.subjects import SchemaUnderTest, subjects

GOLDEN = Path(__file__).parent / "golden"
FEATURES = sorted(path.name for path in GOLDEN.glob("compat_*"))
CASES = 2_500
"""The payloads of each law that it has something to say of, over all documents."""
GROUPS = 2
"""As many tests, each of some of the documents: side by side, and each with its share of the cases."""
EXAMPLES = {True: 120, False: 20}
"""The payloads made of a schema, with and without something to fold."""


@pytest.mark.parametrize("group", range(GROUPS))
def test_laws(group: int, tmp_path: Path) -> None:
    hold(group, tmp_path, 1)


@pytest.mark.soak
@pytest.mark.parametrize("group", range(GROUPS))
def test_laws_at_length(group: int, tmp_path: Path) -> None:
    hold(group, tmp_path, 5)


def hold(group: int, directory: Path, times: int) -> None:
    cases = Counter({law.__name__.replace("_", " "): 0 for law in LAWS})
    for feature in FEATURES[group::GROUPS]:
        reports = verified(feature, directory, times)
        verdicts = [verdict for report in reports for verdict in report.verdicts]
        assert {(feature, one.law, one.broken) for one in verdicts if one.broken} == set()
        for report in reports:
            place = feature, report.pointer
            assert (*place, report.unseen) == (*place, ())
            assert (*place, report.seen["accepted"]) > (*place, report.payloads * 0.2)
            assert (*place, report.seen["refused"]) > (*place, report.payloads * 0.05)
        for verdict in verdicts:
            cases[verdict.law] += verdict.cases
    least = CASES * times / GROUPS
    assert {law: count for law, count in cases.items() if count < least} == {}


def verified(feature: str, directory: Path, times: int) -> list[Report]:
    """The reports on all schemas of a document."""
    read = source((GOLDEN / feature / "openapi.yaml").read_text("utf-8"))
    document, warnings, _ = judging.read_document(read)
    files = texts(read.text)
    models, normalizers = (imported(files, directory, name) for name in ("models", "normalizers"))
    unenforced = {one.pointer for one in warnings if one.rule == "model/not-enforced"}
    value = modern(read.value)
    made = generated(value, document, models, normalizers)
    subject = subjects(value, unenforced, formats_of(models))
    return [
        report(subject(pointer, one), times * EXAMPLES[one.normalize is not None])
        for pointer, one in made.items()
    ]


def report(subject: SchemaUnderTest, examples: int) -> Report:
    """The report on a schema. Hypothesis draws some values from the modules that the process has imported, so a shape that
    is seldom made may be missing after other tests: of more payloads, some have it."""
    found = report_on(subject, examples)
    unseen, more = {*found.unseen}, examples
    while unseen and more < 16 * examples:
        more *= 4
        unseen &= {*report_on(subject, more).unseen}
    return replace(found, shapes=tuple(unseen))


def test_documents_are_of_all_kinds() -> None:
    assert len(FEATURES) >= 25
    texts = [(GOLDEN / name / "openapi.yaml").read_text("utf-8") for name in FEATURES]
    for kind in ("openapi: 3.0", "openapi: 3.1", "requestBody", "responses", "patch:", "get:"):
        assert any(kind in text for text in texts), kind
