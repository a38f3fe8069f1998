"""Runs payloads through the generated code of a document, and finds the smallest payload that breaks a law."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky, Unsatisfiable

from speclens import cache
from speclens.source.pointer import JsonObject
from speclens.verify.cases import PayloadCase, cases, observations, place_of, shapes
from speclens.verify.judges import Formats
from speclens.verify.laws import COMPAT_LAWS, LAWS, Broken, Law
from speclens.verify.mutations import ODD
from speclens.verify.smaller import smallest
from speclens.verify.subjects import Crashed, Generated, SchemaUnderTest, subjects
from speclens.verify.values import Json, exact

_NO_MATTER = (
    *(HealthCheck.too_slow, HealthCheck.data_too_large),
    *(HealthCheck.filter_too_much, HealthCheck.large_base_example),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one law: the number of its cases, and the smallest payload that breaks it. `broken` says how ("" if none
    does). `place` is the schema of the faulty part, and `hint` says what to change in the document, if anything."""

    law: str
    cases: int
    broken: str = ""
    payload: Json = None
    place: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The results for a schema. `seen` counts payloads by observation ("accepted", "refused", "conflict", "not judged"), and
    accepted payloads by shape (its pointer)."""

    pointer: str
    payloads: int
    seen: Counter[str]
    shapes: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def unseen(self) -> tuple[str, ...]:
        """The shapes that no accepted payload had."""
        return tuple(shape for shape in self.shapes if not self.seen[shape])


def verify(
    written: JsonObject,
    generated: Mapping[str, Generated],
    unenforced: Collection[str],
    examples: int,
    judged: Formats | None = None,
) -> Iterator[Report]:
    """A report for each schema in `generated`, whose keys are pointers of the document with its parameters lifted. Every
    run gives the same reports. `judged` are the formats that are types (`formats_of`)."""
    # Not in the user's current directory; and nowhere if others could write to the cache directory.
    set_hypothesis_home_dir(cache.directory("hypothesis") or os.devnull)
    subject = subjects(written, unenforced, judged)
    for pointer, made in generated.items():
        yield report_on(subject(pointer, made), examples)


def report_on(one: SchemaUnderTest, examples: int) -> Report:
    """A report on one schema: all laws, tested with each payload."""
    laws = LAWS if one.has_folds else tuple(law for law in LAWS if law not in COMPAT_LAWS)
    seen, held, broken = Counter[str](), Counter[Law](), set[Law]()

    def hold(case: PayloadCase) -> None:
        unclear = set[str]()
        for law in laws:
            found, told = _held(law, case)
            held[law] += bool(found or told)
            unclear.update(found & {"conflict", "not judged"})
            if told:
                broken.add(law)
        seen.update({"payloads", *unclear, *_events(case)})

    _each(one, hold, _settings(examples, Phase.generate))
    wanted = map(one.origin, shapes(one.document, one.pointer) if one.has_folds else ())
    verdicts = []
    for law in laws:
        verdict = Verdict(law.__name__.replace("_", " "), held[law])
        verdicts.append(_broken(verdict, law, one, examples) if law in broken else verdict)
    return Report(
        pointer=one.origin(one.pointer),
        payloads=seen["payloads"],
        seen=seen,
        shapes=tuple(wanted),
        verdicts=tuple(verdicts),
    )


def _held(law: Law, case: PayloadCase) -> tuple[set[str], Broken | None]:
    """The observations of a law in a case, and the violation, if any."""
    found = set[str]()
    try:
        for event in law(case):
            found.add(event)
    except Broken as broken:
        return found, broken
    except Crashed:  # the law `nothing_else_is_raised` reports it
        return set(), None
    except Exception as error:  # generated code returned a result that makes no sense
        return found, Broken(f"{type(error).__name__}: {error}")
    return found, None


def _events(case: PayloadCase) -> set[str]:
    try:
        return observations(case.outcome)
    except Crashed:
        return {"refused"}


def _settings(examples: int, *phases: Phase) -> settings:
    return settings(
        max_examples=ceil(examples / 2),  # they come in pairs
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=_NO_MATTER,
    )


def _each(one: SchemaUnderTest, hold: Callable[[PayloadCase], None], how: settings) -> None:
    """Calls `hold` with each case of each payload. Every run uses the same payloads."""
    tried = Counter[str]()

    def hold_all(payloads: tuple[Json, ...]) -> None:
        tried["all"] += 1
        for payload in payloads:
            for case in cases(one, payload):
                hold(case)

    with suppress(Unsatisfiable):
        seed(crc32(one.pointer.encode()))(how(given(one.payloads)(hold_all)))()
    if not tried:  # there is no valid payload, but invalid ones can be tested
        hold_all(ODD)


class _CaseFound(Exception):
    pass


def _broken(verdict: Verdict, law: Law, one: SchemaUnderTest, examples: int) -> Verdict:
    """The verdict on a broken law, with the smallest payload that breaks it."""
    found: list[Json] = []

    def look(case: PayloadCase) -> None:
        if _held(law, case)[1]:
            found.append(case.payload)
            raise _CaseFound

    with suppress(_CaseFound, Flaky):
        _each(one, look, _settings(examples, Phase.generate, Phase.shrink))
    payload = min(found, key=lambda payload: (len(exact(payload)), exact(payload)))
    payload = smallest(payload, lambda other: bool(_held(law, PayloadCase(one, other))[1]))
    told = _held(law, PayloadCase(one, payload))[1] or Broken(
        "it breaks the law sometimes, not always"
    )
    place = one.origin(place_of(one.document, one.pointer, told.at))
    return replace(verdict, broken=str(told), payload=payload, place=place, hint=told.hint)
