"""What a document that passed `validate` is refused for, or warned of, before anything is made of it."""

from __future__ import annotations

from speclens.lower.ground import x_compat
from speclens.lower.ground.view import View, refound
from speclens.lower.ground.walk import JsonObject
from speclens.lower.rewrites import events, parameters
from speclens.lower.rules import arguments, compat, dates, depths, keywords, places, streams
from speclens.lower.schemas import files
from speclens.problems import Finding

__all__ = ["check", "warn_of_age"]


def check(document: JsonObject, lifted: View) -> tuple[Finding, ...]:
    """What a document that passed `validate` is refused for: its `x-compat` and `x-file`."""
    found = _check_compat(document, lifted) if x_compat.is_used(document) else ()
    return (*found, *files.check(document), *depths.check(document))


def _check_compat(document: JsonObject, lifted: View) -> tuple[Finding, ...]:
    # Looked at where they were lifted to: schemas of parameters, and what the data of events holds.
    alone = parameters.own_schemas(document) | events.data_places(lifted.origins)
    own = (
        *places.misplaced(document),
        *parameters.check(document),
        *arguments.check(document),
        *streams.check(document),
        *keywords.of_unused_parameters(document),
    )
    # What is at the wrong place, or says nothing that can be understood, is told once.
    told = {_keyword_of(one.pointer) for one in own} - {None}
    found = [refound(one, lifted) for one in compat.check(lifted.document, alone)]
    rest = [one for one in found if _keyword_of(one.pointer) not in told]
    return tuple(dict.fromkeys((*own, *rest)))


def _keyword_of(pointer: str) -> str | None:
    """The outermost x-compat that a place is in."""
    before, found, _ = f"{pointer}/".partition(f"/{x_compat.KEYWORD}/")
    return before if found else None


def warn_of_age(document: JsonObject, today: str) -> tuple[Finding, ...]:
    """What is over by a day (a full-date) in a document that passed `validate`: compatibility fields past their sunset."""
    return dates.passed(document, today)
