"""Source -> ir.Api: every decision on names, types, docs and folds is made here."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from speclens import ir
from speclens.config.style import USUAL, Style
from speclens.lower.compat import files, folds
from speclens.lower.ground import media_types, view, x_compat
from speclens.lower.operations import media, operations
from speclens.lower.rewrites import modelled, views
from speclens.lower.rules import media as media_rules
from speclens.lower.schemas import docs, naming, order, schemas, selecting
from speclens.openapi.api import OpenApi
from speclens.openapi.selection import Selection
from speclens.problems import Finding
from speclens.source.pointer import exists, get

_WHOLE = Selection()


def lower(
    api: OpenApi, lifted: view.View, style: Style = USUAL, selection: Selection = _WHOLE
) -> tuple[ir.Api, tuple[Finding, ...]]:
    """The IR of a document that passed `validate` and `check`, with warnings on what models do not enforce, and errors
    where normalizers would have to. `lifted` is the document with its `lifting.lifted`; `style` says how schemas
    become types, and `selection` says which operations become code."""
    names = naming.component_classes(lifted.document)
    canonical = replace(views.canonical(lifted.document), before=lifted)
    models = modelled.modelled(canonical)
    components = naming.component_classes(models.document)
    idents = schemas.class_names(models, components, style)
    named, warnings = schemas.lower(models, components, idents, style)
    made, refused = folds.lower(lifted.document, {**names, **_media_names(lifted, models, idents)})
    made = files.for_files(made) if _has_files(lifted.api, made) else made
    folded = {one.pointer: one for one in made.normalizers}
    known = media.model_names(models, lifted, idents, named, folded)
    client, untold, every = operations.lower(api, lifted, known, style, selection)
    info = api.info
    title, told = info.title or "", info.summary or info.description or ""
    result = ir.Api(
        title=title,
        version=info.version or "",
        doc=docs.document_docs(title, told),
        schemas=named,
        compat=view.relocated(made, lifted),
        client=client,
        built=order.built(named),
    )
    found = tuple(view.refound(one, lifted) for one in refused)
    found += warnings + untold + tuple(media_rules.check(api))
    return (result, found) if selection.is_all else _selected(api, result, every, found, selection)


def _selected(
    api: OpenApi,
    whole: ir.Api,
    operations: tuple[ir.Operation, ...],
    found: tuple[Finding, ...],
    selection: Selection,
) -> tuple[ir.Api, tuple[Finding, ...]]:
    """The parts of an API that are selected, and the findings in them. Errors stay, wherever they are: the names of all
    parts depend on the whole document."""
    is_open = selection.has_internal
    internal = (
        set()
        if is_open
        else {one for one in map(_pointer, whole.schemas) if _is_internal(api, one)}
    )
    result = selecting.selected(whole, operations, internal, bool(selection.include))
    kept = {one.pointer for one in result.schemas}
    kept |= {one.pointer for one in (result.client.operations if result.client else ())}
    gone = {one.pointer for one in whole.schemas} | {one.pointer for one in operations}
    gone -= kept
    told = tuple(
        one for one in found if one.severity == "error" or not _is_below(one.pointer, gone)
    )
    return result, told


def _pointer(schema: ir.Schema) -> str:
    return schema.pointer


def _is_internal(api: OpenApi, pointer: str) -> bool:
    schema = get(api.document, pointer) if exists(api.document, pointer) else None
    return isinstance(schema, dict) and schema.get("x-internal") is True


def _is_below(pointer: str, others: Set[str]) -> bool:
    parts = pointer.split("/")
    return any("/".join(parts[:end]) in others for end in range(1, len(parts) + 1))


def _has_files(api: OpenApi, made: ir.Compat) -> bool:
    """Whether forms with files may be folded."""
    return bool(made.folds) and any(
        one.codec == "Multipart" for one in media_types.held_media_types(api)
    )


def _media_names(lifted: view.View, models: view.View, idents: Mapping[str, str]) -> dict[str, str]:
    """The names of the schemas of bodies and answers that are no components, by their places: those of their models,
    which may be named elsewhere, else one made from the place."""
    by_origin: dict[str, str] = {}
    for place, ident in idents.items():
        by_origin.setdefault(models.origin(place, lifted), ident)
    components, used = naming.component_classes(lifted.document), set(idents.values())
    found: dict[str, str] = {}
    for one in (
        media_types.held_media_types(lifted.api) if x_compat.is_used(lifted.document) else ()
    ):
        place = x_compat.folded_place(lifted.document, one.place, one.schema)[0]
        is_sent = (
            one.media.owner not in {"parameter", "header"}
            and one.codec in media_types.FOLDED_CODECS
        )
        if place not in components and is_sent:
            name = by_origin.get(place) or found.get(place)
            found[place] = name or naming.place_name(lifted.api, components, place, used)
            used.add(found[place])
    return found
