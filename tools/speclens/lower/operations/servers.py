"""Server Objects (section 4.8.5 of OpenAPI 3.1): where requests go unless the caller says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from speclens import ir
from speclens.literals import json_span, literal
from speclens.openapi.api import OpenApi
from speclens.openapi.nodes import ServerObject

_SCHEMES = ("https://", "http://")


def of_document(api: OpenApi) -> str:
    """The first server of a document that has a host, its variables in braces; "" if there is none."""
    return _first(api.servers, _defaults(api))


def path_of_document(api: OpenApi) -> str:
    """The path of the server of a document that wrote no host: it stays on a host that the caller names."""
    return _path(api.servers, _defaults(api)).rstrip("/")


def _path(servers: tuple[ServerObject, ...], known: Mapping[str, str]) -> str:
    """The path of the server of a call, if the document wrote no host; "" if it did."""
    found = next((one for one in servers if _first([one], known)), *servers[:1] or [None])
    if found is None or not found.is_relative:
        return ""
    try:
        return urlsplit(urljoin("http://server", _first([found], known) or found.url)).path or "/"
    except ValueError:  # no URL: the client says so when it is made
        return ""


def of_operations(api: OpenApi) -> dict[str, str]:
    """The servers of the operations of the paths, by pointer; "" where that of the document holds."""
    usual, known, whole = of_document(api), _defaults(api), path_of_document(api)
    is_relative = bool(_path(api.servers, known))
    urls = {}
    for operation in api.operations:
        own = _first(operation.servers, known)
        path = _path(operation.servers, known) if is_relative or not own else ""
        own = path or own
        is_usual = own == usual or (is_relative and path.rstrip("/") == whole)
        urls[operation.pointer] = "" if is_usual else own
    return urls


def variables(api: OpenApi, urls: Iterable[str]) -> dict[str, str]:
    """What stands in braces in some URLs: its default, by name."""
    used = tuple(urls)
    found = _defaults(api).items()
    return {name: value for name, value in found if any(f"{{{name}}}" in url for url in used)}


def _defaults(api: OpenApi) -> dict[str, str]:
    """The variables of all servers. Of those that share a name the first one is the caller's to set."""
    found: dict[str, str] = {}
    for name, value in (pair for one in api.servers for pair in one.variables.items()):
        found[name] = value
    for name, value in (pair for one in api.every_server for pair in one.variables.items()):
        found.setdefault(name, value)
    return found


def _first(servers: Iterable[ServerObject], known: Mapping[str, str]) -> str:
    for server in servers:
        url = filled = server.url
        for name, value in server.variables.items():
            filled = filled.replace(f"{{{name}}}", value)
            if known.get(name) != value:
                url = url.replace(f"{{{name}}}", value)
        # Where nothing is given for what a URL begins with, the caller has to say it.
        if filled.startswith(_SCHEMES) or url.startswith("{"):
            return url.rstrip("/")
    return ""


def with_variables(client: ir.Client, api: OpenApi, urls: Iterable[str]) -> ir.Client:
    """A client with what stands in the braces of its server URLs, and of those of its operations, unless a caller says
    otherwise."""
    usual = variables(api, [of_document(api), client.base_path, *urls])
    if not usual:
        return client
    return replace(client, variables=literal(usual), variables_told=json_span(usual))
