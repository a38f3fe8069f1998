"""The two views of a document with x-compat, as plain documents that say the same without it."""

from __future__ import annotations

from speclens.lower.ground.view import View, copied
from speclens.lower.ground.walk import outermost_schemas
from speclens.lower.rewrites.canonical import canonical_schema
from speclens.lower.rewrites.rewriting import Rewriting, ViewTransform
from speclens.lower.rewrites.wire import wire_schema
from speclens.source.pointer import JsonObject, put


def canonical(document: JsonObject) -> View:
    """The canonical view of a whole document whose x-compat has no errors."""
    return _apply(document, canonical_schema)


def wire(document: JsonObject) -> View:
    """The effective wire view of a whole document whose x-compat has no errors."""
    return _apply(document, wire_schema)


def _apply(document: JsonObject, transform: ViewTransform) -> View:
    result = copied(document)
    view = Rewriting(document, transform)
    for pointer, schema in outermost_schemas(document):
        put(result, pointer, view.schema(pointer, pointer, schema))
    return View(result, view.origins)
