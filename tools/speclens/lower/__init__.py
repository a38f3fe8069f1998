"""Source -> ir.Document: every decision on names, types, docs and folds is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from speclens import ir
from speclens.lower import (
    checks,
    compat,
    compat_dates,
    compat_keywords,
    compat_places,
    compat_rules,
    depths,
    docs,
    events,
    files,
    folds,
    media,
    media_rules,
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
    where normalizers would have to. `lifted` is the document with its `lifting.lifted`; `formats` says whether strings
    of some formats are Python types."""
    names = naming.component_names(lifted.document)
    canonical = replace(views.canonical(lifted.document), before=lifted)
    models = modelled.modelled(canonical)
    components = naming.component_names(models.document)
    idents = schemas.class_names(models, components)
    named, warnings = schemas.lower(models, components, idents, formats)
    made, refused = folds.lower(lifted.document, {**names, **_media_names(lifted, models, idents)})
    made = checks.for_files(made) if _has_files(lifted.document, made) else made
    folded = {one.pointer: one for one in made.normalizers}
    known = media.named(models, lifted, idents, named, folded)
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
    return result, found + warnings + untold + tuple(media_rules.check(document))


def _has_files(document: JsonObject, made: ir.Compat) -> bool:
    """Whether forms with files may be folded."""
    return bool(made.folds) and any(one.codec == "Multipart" for one in media.held(document))


def _media_names(lifted: view.View, models: view.View, idents: Mapping[str, str]) -> dict[str, str]:
    """The names of the schemas of bodies and answers that are no components, by their places: those of their models,
    which may be named elsewhere, else one made from the place."""
    by_origin: dict[str, str] = {}
    for place, ident in idents.items():
        by_origin.setdefault(models.origin(place, lifted), ident)
    components, used = naming.component_names(lifted.document), set(idents.values())
    found: dict[str, str] = {}
    for one in media.held(lifted.document) if compat.is_used(lifted.document) else ():
        place = compat.folded_place(lifted.document, one.place, one.schema)[0]
        is_sent = one.owner not in {"parameter", "header"} and one.codec in media.FOLDED
        if place not in components and is_sent:
            name = by_origin.get(place) or found.get(place)
            found[place] = name or naming.place_name(lifted.document, components, place, used)
            used.add(found[place])
    return found


def check(document: JsonObject, lifted: view.View) -> tuple[Finding, ...]:
    """What a document that passed `validate` is refused for: its `x-compat` and `x-file`."""
    found = _check_compat(document, lifted) if compat.is_used(document) else ()
    return (*found, *files.check(document), *depths.check(document))


def _check_compat(document: JsonObject, lifted: view.View) -> tuple[Finding, ...]:
    # Looked at where they were lifted to: schemas of parameters, and what the data of events holds.
    alone = parameters.own_schemas(document) | events.held(lifted.origins)
    own = (
        *compat_places.misplaced(document),
        *parameters.check(document),
        *compat_keywords.of_unused_parameters(document),
    )
    # What is at the wrong place, or says nothing that can be understood, is told once.
    told = tuple(f"{_keyword_of(one.pointer)}/" for one in own)
    found = [view.refound(one, lifted) for one in compat_rules.check(lifted.document, alone)]
    rest = [one for one in found if not f"{one.pointer}/".startswith(told)]
    return tuple(dict.fromkeys((*own, *rest)))


def _keyword_of(pointer: str) -> str:
    """The x-compat that a place is in."""
    before, _, _ = f"{pointer}/".partition(f"/{compat.KEYWORD}/")
    return f"{before}/{compat.KEYWORD}"


def warn_of_age(document: JsonObject, today: str) -> tuple[Finding, ...]:
    """What is over by a day (a full-date) in a document that passed `validate`: compatibility fields past their sunset."""
    return compat_dates.passed(document, today)
