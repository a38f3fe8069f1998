"""The document as its x-compat is read: what is no property of a schema as it is written becomes one."""

from __future__ import annotations

from speclens.lower.ground import x_compat
from speclens.lower.ground.view import View, copied
from speclens.lower.rewrites import events, parameters
from speclens.openapi.api import OpenApi
from speclens.source.pointer import JsonObject


def lifted(document: JsonObject, is_modelled: bool = False) -> View:
    """The document with the data of server-sent events as the JSON that it holds, and the parameters of each operation
    that has x-compat among them as a component schema. Without x-compat it is the document itself, unless it is to say
    what models say."""
    if not (is_modelled or x_compat.is_used(document)):
        return View(document, {})
    origins: dict[str, str] = {}
    api = OpenApi(document)
    if events.are_used(api):
        api = OpenApi(events.decode(copied(document), origins))
    return View(parameters.lift(api, origins), origins)
