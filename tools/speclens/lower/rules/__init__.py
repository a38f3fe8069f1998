"""The rules for what speclens cannot generate from a valid document: refusals and warnings, before anything is made."""

from __future__ import annotations

from speclens.lower.ground import x_compat
from speclens.lower.ground.view import View, refound
from speclens.lower.rewrites import events, parameters
from speclens.lower.rules import arguments, compat, dates, depths, keywords, places, streams
from speclens.lower.schemas import files
from speclens.openapi.api import OpenApi
from speclens.problems import Finding
from speclens.source.pointer import JsonObject

__all__ = ["check", "warn_of_age"]


def check(api: OpenApi, lifted: View) -> tuple[Finding, ...]:
    """Findings on the `x-compat`, the `x-file` and the chains of references of a document that passed `validate`."""
    document = api.document
    found = _check_compat(api, lifted) if x_compat.is_used(document) else ()
    return (*found, *files.check(document), *depths.check(document))


def _check_compat(api: OpenApi, lifted: View) -> tuple[Finding, ...]:
    # The check of the lifted document judges these: schemas of parameters, and of the data of events.
    alone = parameters.own_schemas(api) | events.data_places(lifted.origins)
    own = (
        *places.misplaced(api.document),
        *parameters.check(api),
        *arguments.check(api),
        *streams.check(api),
        *keywords.of_unused_parameters(api),
    )
    # Report an x-compat that is misplaced or malformed only once.
    told = {_keyword_of(one.pointer) for one in own} - {None}
    found = [refound(one, lifted) for one in compat.check(lifted.api, alone)]
    rest = [one for one in found if _keyword_of(one.pointer) not in told]
    return tuple(dict.fromkeys((*own, *rest)))


def _keyword_of(pointer: str) -> str | None:
    """The pointer of the schema whose x-compat is the outermost around a place, or None."""
    before, found, _ = f"{pointer}/".partition(f"/{x_compat.KEYWORD}/")
    return before if found else None


def warn_of_age(document: JsonObject, today: str) -> tuple[Finding, ...]:
    """Warnings of older fields past their sunset on a day (a full-date), in a document that passed `validate`."""
    return dates.passed(OpenApi(document), today)
