"""Server Objects (section 4.8.5 of OpenAPI 3.1): where requests go unless the caller says otherwise."""

from __future__ import annotations

from typing import Any

from speclens.literals import literal
from speclens.lower.walk import JsonObject
from speclens.source.pointer import get


def of_document(document: JsonObject) -> str:
    """The first server of a document that has a host; "" if there is none."""
    return _first(document.get("servers"))


def of_operation(document: JsonObject, pointer: str, operation: JsonObject) -> str:
    """The literal of an operation's own server, or its path's; "" where that of the document holds."""
    item = get(document, pointer.rpartition("/")[0])
    own = _first(operation.get("servers")) or _first(
        item.get("servers") if isinstance(item, dict) else None
    )
    return literal(own) if own and own != of_document(document) else ""


def _first(servers: Any) -> str:
    """A URL with its variables at their defaults."""
    for server in servers if isinstance(servers, list) else ():
        url = str(server.get("url", "")) if isinstance(server, dict) else ""
        variables = server.get("variables") if url else None
        for name, variable in (variables or {}).items() if isinstance(variables, dict) else ():
            if isinstance(variable, dict):
                url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        if url.startswith(("https://", "http://")):
            return url.rstrip("/")
    return ""
