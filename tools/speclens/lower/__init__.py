"""Source -> ir.Document: every decision on names, types, docs and folds is made here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from speclens import ir
from speclens.lower import (
    compat,
    compat_dates,
    compat_rules,
    depths,
    docs,
    files,
    folds,
    media,
    modelled,
    naming,
    operations,
    order,
    parameters,
    schemas,
    view,
    views,
)
from speclens.lower.walk import JsonObject
from speclens.problems import Finding


def lower(
    document: JsonObject, lifted: view.View, formats: bool = True
) -> tuple[ir.Document, tuple[Finding, ...]]:
    """The IR of a document that passed `validate` and `check`, with warnings on what models do not enforce, and errors
    where normalizers would have to. `lifted` is the document with its `parameters.lifted`; `formats` says whether strings
    of some formats are Python types."""
    names = naming.component_names(lifted.document)
    canonical = replace(views.canonical(lifted.document), before=lifted)
    models = modelled.modelled(canonical)
    components = naming.component_names(models.document)
    idents = schemas.class_names(models, components)
    named, warnings = schemas.lower(models, components, idents, formats)
    made, refused = folds.lower(lifted.document, names)
    places = {ident: place for place, ident in names.items()}
    folded = {places[one.schema]: one for one in made.normalizers if one.schema in places}
    known = media.named(models, idents, named, folded)
    client, untold = operations.lower(document, lifted, known, formats)
    info: dict[str, Any] = document.get("info") or {}
    title, version = str(info.get("title", "")), str(info.get("version", ""))
    result = ir.Document(
        title=title,
        version=version,
        doc=docs.document(title, str(info.get("summary") or info.get("description") or "")),
        schemas=named,
        compat=view.relocated(made, lifted),
        client=client,
        built=order.built(named),
    )
    found = tuple(view.refound(one, lifted) for one in refused)
    return result, found + warnings + untold


def check(document: JsonObject, lifted: view.View) -> tuple[Finding, ...]:
    """What a document that passed `validate` is refused for: its `x-compat` and `x-file`."""
    found = _check_compat(document, lifted) if compat.is_used(document) else ()
    return (*found, *files.check(document), *depths.check(document))


def _check_compat(document: JsonObject, lifted: view.View) -> tuple[Finding, ...]:
    alone = parameters.own_schemas(document)
    found = [view.refound(one, lifted) for one in compat_rules.check(lifted.document, alone)]
    return tuple(dict.fromkeys((*parameters.check(document), *found)))


def warn_of_age(document: JsonObject, today: str) -> tuple[Finding, ...]:
    """What is over by a day (a full-date) in a document that passed `validate`: compatibility fields past their sunset."""
    return compat_dates.passed(document, today)
