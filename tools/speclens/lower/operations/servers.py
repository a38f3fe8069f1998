"""Server Objects (section 4.8.5 of OpenAPI 3.1): where requests go unless the caller says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from speclens.objects import nodes, path_item_of
from speclens.source.pointer import JsonObject, get

_SCHEMES = ("https://", "http://")


def of_document(document: JsonObject) -> str:
    """The first server of a document that has a host, its variables in braces; "" if there is none."""
    return _first(document.get("servers"), _defaults(document))


def of_operations(document: JsonObject, found: Mapping[str, JsonObject]) -> dict[str, str]:
    """Operations' own servers, or their paths', by pointer; "" where that of the document holds."""
    usual, known = of_document(document), _defaults(document)
    urls = {}
    for pointer, operation in found.items():
        item = get(document, path_item_of(pointer))
        own = _first(operation.get("servers"), known) or _first(
            item.get("servers") if isinstance(item, dict) else None, known
        )
        urls[pointer] = own if own != usual else ""
    return urls


def variables(document: JsonObject, urls: Iterable[str]) -> dict[str, str]:
    """What stands in braces in some URLs: its default, by name."""
    used = tuple(urls)
    found = _defaults(document).items()
    return {name: value for name, value in found if any(f"{{{name}}}" in url for url in used)}


def _defaults(document: JsonObject) -> dict[str, str]:
    """The variables of all servers. Of those that share a name the first one is the caller's to set."""
    found = dict(_variables({"servers": document.get("servers")}))
    for node in nodes(document):
        for name, value in _variables(node.value if isinstance(node.value, dict) else {}):
            found.setdefault(name, value)
    return found


def _variables(owner: JsonObject) -> Iterator[tuple[str, str]]:
    servers = owner.get("servers")
    for server in servers if isinstance(servers, list) else ():
        yield from _own(server).items()


def _own(server: Any) -> dict[str, str]:
    declared = server.get("variables") if isinstance(server, dict) else None
    return {
        str(name): str(variable.get("default", ""))
        for name, variable in (declared.items() if isinstance(declared, dict) else ())
        if isinstance(variable, dict)
    }


def _first(servers: Any, known: Mapping[str, str]) -> str:
    for server in servers if isinstance(servers, list) else ():
        url = str(server.get("url", "")) if isinstance(server, dict) else ""
        filled = url
        for name, value in _own(server).items():
            filled = filled.replace(f"{{{name}}}", value)
            if known.get(name) != value:
                url = url.replace(f"{{{name}}}", value)
        # Where nothing is given for what a URL begins with, the caller has to say it.
        if filled.startswith(_SCHEMES) or url.startswith("{"):
            return url.rstrip("/")
    return ""
