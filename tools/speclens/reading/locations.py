"""Server URLs of a document from the network. A relative one is relative to the address of the document, and a document
without servers has one with the URL `/` (OpenAPI 3.1.1, sections 4.6 and 4.8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from speclens.config.settings import is_address
from speclens.objects import RELATIVE, names_no_host

_Object = dict[str, Any]


def with_servers(document: _Object, name: str) -> _Object:
    """A document with complete server URLs, if its name is an address; the document itself otherwise."""
    if not is_address(name):
        return document
    made: _Object = _completed_servers(
        {**document, "servers": document.get("servers") or [{"url": "/"}]}, name
    )
    paths = made.get("paths")
    if isinstance(paths, dict):
        made["paths"] = {path: _completed_item(item, name) for path, item in paths.items()}
    return made


def _completed_item(item: Any, name: str) -> Any:
    if not isinstance(item, dict):
        return item
    made = {key: _completed_servers(value, name) for key, value in item.items()}
    return _completed_servers(made, name)


def _completed_servers(holder: Any, name: str) -> Any:
    """An object that may have servers, with complete URLs."""
    if not isinstance(holder, dict) or not isinstance(holder.get("servers"), list):
        return holder
    return {**holder, "servers": [_completed_server(one, name) for one in holder["servers"]]}


def _completed_server(server: Any, name: str) -> Any:
    url = server.get("url") if isinstance(server, Mapping) else None
    if not isinstance(url, str) or url.startswith("{"):
        return server
    try:
        mark = {RELATIVE: True} if names_no_host(url) else {}
        return {**server, "url": urljoin(name, url), **mark}
    except ValueError:  # not a URL, which `validate` reports
        return server
