"""What is worked with of a document: its findings, what `repair` makes of them, and its IR."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from speclens import ir, lower, repair
from speclens.literals import inline, prose
from speclens.lower import parameters
from speclens.problems import Finding, Problem, Refused
from speclens.source import Source, locate
from speclens.validate import validate

_DEEPEST = 12_000


class Reading(NamedTuple):
    """The IR of a document, warnings, and the document without what is wrong in it."""

    document: ir.Document
    warnings: tuple[Problem, ...]
    source: Source


def read(source: Source, is_lenient: bool = False, formats: bool = True) -> Reading:
    """A document as it is worked with; `formats` says whether strings of some formats are Python types. Raises Refused, with all problems, if any is an error."""
    sound = repair.repaired(
        source.value, lambda value: validate(replace(source, value=value)), is_lenient
    )
    found, source = sound.findings, replace(source, value=sound.document)
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(
        _DEEPEST
    )  # references are followed depth first, through all schemas in the worst case
    try:
        lifted = None if _has_errors(found) else parameters.lifted(source.value)
        found += lower.check(source.value, lifted) if lifted else ()
        if lifted is None or _has_errors((*found, *source.warnings)):
            raise Refused(source.warnings + locate(source, found))
        document, untold = lower.lower(source.value, lifted, formats)
        found += untold
        if _has_errors(untold):
            raise Refused(source.warnings + locate(source, found))
    except RecursionError:
        message = "schemas refer to each other in a chain that is too long to follow"
        found = (Finding("source/depth", "#/components", message, "shorten the chain"),)
        raise Refused(locate(source, found)) from None
    finally:
        sys.setrecursionlimit(usual)
    left_out = tuple(_left_out(one) for one in sound.left_out)
    document = replace(document, left_out=left_out)
    return Reading(document, source.warnings + locate(source, found), source)


def judge(source: Source) -> tuple[Problem, ...]:
    """Everything that is wrong with a document: as an error what violates the specification, also where `read` can do
    without."""
    try:
        problems = read(source).warnings
    except Refused as refused:
        problems = refused.problems
    strict = locate(source, validate(source))
    known = {(problem.rule, problem.pointer) for problem in strict}
    rest = (problem for problem in problems if (problem.rule, problem.pointer) not in known)
    return tuple(sorted((*strict, *rest), key=lambda one: (one.file, one.line, one.column)))


def _has_errors(findings: Sequence[Finding | Problem]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _left_out(finding: Finding) -> ir.LeftOut:
    return ir.LeftOut(inline(finding.pointer), prose(finding.message))
