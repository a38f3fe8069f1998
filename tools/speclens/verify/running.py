"""Trying payloads on the generated code of a document: what was tried, and the smallest that breaks a law."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

import hypothesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import NoSuchExample, Unsatisfiable

from speclens import cache
from speclens.lower.walk import JsonObject
from speclens.verify.laws import COMPAT_LAWS, LAWS, Broken, Law, events, shapes
from speclens.verify.subjects import Generated, Subject, subjects
from speclens.verify.values import Json


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one law: the payloads it was held against, and the smallest that breaks it (`broken` says how,
    "" if none does)."""

    law: str
    cases: int
    broken: str = ""
    payload: Json = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was tried of a schema. `seen` counts payloads by what they were ("accepted", "refused", "conflict", "not
    judged"), and those accepted by shape (its pointer)."""

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
    document: JsonObject,
    generated: Mapping[str, Generated],
    unenforced: Collection[str],
    examples: int,
) -> Iterator[Report]:
    """A report on each of some schemas, given by their pointers; the same in every run."""
    set_hypothesis_home_dir(cache.directory("hypothesis"))  # not the user's directory
    subject = subjects(document, unenforced)
    for pointer, made in generated.items():
        yield run(subject(pointer, made), examples)


def run(one: Subject, examples: int) -> Report:
    """A report on one schema: all laws held against each of some payloads."""
    laws = LAWS if one.has_folds else tuple(law for law in LAWS if law not in COMPAT_LAWS)
    seen, cases, broken = Counter[str](), Counter[str](), dict[str, str]()

    def hold(payload: Json) -> None:
        unclear = set[str]()
        for law in laws:
            found, told = _held(law, one, payload)
            cases[law.__name__] += bool(found or told)
            unclear.update(found & {"conflict", "not judged"})
            if told:
                broken.setdefault(law.__name__, told)
        seen.update({"payloads", *unclear, *_events(one, payload)})

    _each(one, hold, examples)
    wanted = shapes(one.document, one.pointer) if one.has_folds else ()
    verdicts = []
    for law in laws:
        name = law.__name__.replace("_", " ")
        smallest = _smallest(law, one, examples) if law.__name__ in broken else None
        told = _held(law, one, smallest[0])[1] if smallest else broken.get(law.__name__, "")
        verdicts.append(Verdict(name, cases[law.__name__], told, smallest and smallest[0]))
    return Report(
        pointer=one.pointer,
        payloads=seen["payloads"],
        seen=seen,
        shapes=tuple(wanted),
        verdicts=tuple(verdicts),
    )


def _held(law: Law, one: Subject, payload: Json) -> tuple[set[str], str]:
    """What a law saw in a payload, and how it is broken. What generated code raises breaks every law."""
    found = set[str]()
    try:
        for event in law(one, payload):
            found.add(event)
    except Broken as broken:
        return found, str(broken)
    except Exception as error:
        return found, f"raises {type(error).__name__}: {error}"
    return found, ""


def _events(one: Subject, payload: Json) -> set[str]:
    try:
        return events(one.fold(payload))
    except Exception:  # told as what breaks every law
        return {"refused"}


def _settings(examples: int, *phases: Phase) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=[*HealthCheck],
    )


def _each(one: Subject, hold: Callable[[Json], None], examples: int) -> None:
    try:
        seed(crc32(one.pointer.encode()))(
            _settings(examples, Phase.generate)(given(one.payloads)(hold))
        )()
    except Unsatisfiable:
        return  # none can be made: the report says so


def _smallest(law: Law, one: Subject, examples: int) -> tuple[Json] | None:
    """The smallest payload found that breaks a law."""
    try:
        found: Any = hypothesis.find(
            one.payloads,
            lambda payload: bool(_held(law, one, payload)[1]),
            settings=_settings(10 * examples, Phase.generate, Phase.shrink),
            random=Random(crc32(one.pointer.encode())),
        )
    except (NoSuchExample, Unsatisfiable):
        return None
    return (found,)
