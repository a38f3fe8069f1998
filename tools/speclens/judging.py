"""Judges a document and lowers it: `Source` -> findings, repaired document and IR."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from speclens import ir, lower, repair
from speclens.config.renames import parse_renames
from speclens.config.style import USUAL, Style
from speclens.literals import inline, prose
from speclens.lower import rules
from speclens.lower.ground import forget
from speclens.lower.rewrites import lifting
from speclens.openapi.api import OpenApi
from speclens.openapi.renames import renamed
from speclens.openapi.selection import Selection
from speclens.problems import Finding, Problem, Refused
from speclens.reading import locations, modern
from speclens.reading.swagger.convert import converted
from speclens.source import Source, locate
from speclens.validate import as_written, validate

_DEEPEST = 12_000
_WHOLE = Selection()


class Reading(NamedTuple):
    """The IR of a document, warnings, and the document without its faulty parts."""

    document: ir.Api
    warnings: tuple[Problem, ...]
    source: Source


def read_document(
    source: Source,
    is_lenient: bool = False,
    style: Style = USUAL,
    selection: Selection = _WHOLE,
    rename: Sequence[str] = (),
) -> Reading:
    """The IR, the warnings and the repaired document of `source`. `style` says how schemas become types,
    `selection` which operations become code, and `rename` what parts are called otherwise. Raises Refused,
    with all problems, if any is an error."""
    found, left, source = _sound(source, is_lenient)
    usual = sys.getrecursionlimit()
    # `lower` follows references depth first, in the worst case through all schemas.
    sys.setrecursionlimit(_DEEPEST)
    try:
        if _has_errors(found):
            raise Refused(source.warnings + locate(source, found))
        form = locations.with_servers(modern.modern(source.value), source.name)
        if rename:
            value, untold = renamed(OpenApi(form), source.value, parse_renames(rename))
            source, found = replace(source, value=value), (*found, *untold)
            form = locations.with_servers(modern.modern(value), source.name)
        api, lifted = OpenApi(form), lifting.lifted(form)
        found += (*modern.remarks(source.value), *rules.check(api, lifted))
        if _has_errors((*found, *source.warnings)):
            raise Refused(source.warnings + locate(source, found))
        document, untold = lower.lower(api, lifted, style, selection)
        found += untold
        if _has_errors(untold):
            raise Refused(source.warnings + locate(source, found))
    except RecursionError:
        message = "schemas refer to each other in a chain that is too long to follow"
        found = (Finding("source/depth", "#/components", message, "shorten the chain"),)
        raise Refused(locate(source, found)) from None
    finally:
        forget()
        sys.setrecursionlimit(usual)
    left_out = tuple(_left_out(one) for one in left)
    document = replace(document, left_out=left_out)
    return Reading(document, source.warnings + locate(source, found), source)


def _sound(
    source: Source, is_lenient: bool
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], Source]:
    """The findings of a document, the findings for which `repair` left parts out, and the repaired document. A Swagger 2.0
    document is repaired as written, before its conversion to 3.0, which moves its parts."""
    found: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    if source.before is not None:
        written = repair.repaired(source.before.value, as_written, is_lenient)
        found, left = written.findings, written.left_out
        if written.document is not source.before.value:
            source = converted(replace(source.before, value=written.document))

    def judged(value: Any) -> Iterator[Finding]:
        whole = validate(replace(source, value=value))
        return (finding for finding in whole if not finding.is_before)

    sound = repair.repaired(source.value, judged, is_lenient)
    found += sound.findings
    whole = sound.document if _has_errors(found) else repair.with_whole_counts(sound.document)
    return found, (*left, *sound.left_out), replace(source, value=whole)


def judge(source: Source) -> tuple[Problem, ...]:
    """All problems of a document. A violation of the specification is an error here, even if `read_document` can repair
    it."""
    try:
        problems = read_document(source).warnings
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
