"""The functions that check values which nothing else judges: parts of older shapes, and folded values that may be set aside."""

from __future__ import annotations

from functools import partial
from typing import Any

from speclens import ir
from speclens.lower.compat import checks
from speclens.lower.compat.build import Build, stem_of
from speclens.lower.ground import x_compat
from speclens.lower.rewrites.canonical import canonical_schema
from speclens.lower.rewrites.rewriting import Rewriting
from speclens.source.pointer import JsonObject, follow

_COUNTING_MEMBERS = frozenset({"minProperties", "maxProperties"})


def of_folded(build: Build, branch: x_compat.Branch) -> str:
    """The function that checks folded values of a shape: they have its canonical form."""
    view = build.canonical()
    rewriting = Rewriting(build.document, canonical_schema)
    schema = rewriting.schema(branch.pointer, branch.pointer, branch.schema)
    if isinstance(schema, dict):  # members are counted as sent
        schema = {key: schema[key] for key in schema if key not in _COUNTING_MEMBERS}
    return of_values(build, view.document, branch.pointer, schema)


def of_values(build: Build, document: JsonObject, pointer: str, schema: Any) -> str:
    """The function that checks values of a place, made on the way; "" where there is nothing to check. What is folded
    there is checked by its own fold, except in the canonical view."""
    place = follow(document, pointer, schema)
    if document is build.document and place[0] in build.folding:
        return ""
    ident = f"_judge_{stem_of(build, place[0])}"
    if ident not in build.judges:
        build.judges[ident] = None  # a recursive schema finds its own name
        unsaid = set[str]()
        found = checks.of_place(document, place, partial(of_values, build, document), unsaid)
        is_view = document is not build.document
        origin = build.canonical().origin if is_view else str
        build.unsaid.update(map(origin, unsaid))
        build.judges[ident] = ir.Judge(ident, origin(place[0]), found)
        if not found:
            del build.judges[ident]
            return ""
    return ident
