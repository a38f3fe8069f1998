"""Fetches the document itself, from an address that the user gave as the document."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urldefrag

from speclens.problems import Problem, Refused
from speclens.reading.addresses import Unreachable, host_of, shown_host, split
from speclens.reading.remote import NotFetched, Remote
from speclens.source import Source
from speclens.source.load import loads

_HTML = re.compile(r"\s*<(!doctype html|html)\b", re.IGNORECASE)


def fetched(address: str, hosts: tuple[str, ...] = ()) -> Source:
    """The document at an http or https address. Redirects may lead to its own host, and to `hosts`. Raises Refused for a
    document that cannot be fetched, or with all faults of its text."""
    url = urldefrag(address)[0]
    parts = _judged_address(url)
    try:
        text = Remote((shown_host(parts), *hosts)).fetch(url)
    except NotFetched as error:
        raise _unreachable(url, f"cannot be fetched: {error}", _hint(str(error))) from None
    if _HTML.match(text):
        hint = "give the address of the document itself: FastAPI has it at /openapi.json"
        raise _unreachable(url, "this is an HTML page", hint)
    return loads(text, url)


def _judged_address(url: str) -> SplitResult:
    try:
        parts = split(url)
    except Unreachable as reason:
        raise _unreachable(url, reason.message, "") from None
    if parts.username is not None:
        shown = url.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)
        raise _unreachable(shown, "the address holds a user name, which speclens does not send", "")
    if not host_of(parts):
        raise _unreachable(url, "the address has no valid host", "")
    return parts


def _hint(reason: str) -> str:
    if "redirects" in reason:
        return "give the address that it leads to, or allow its host with --allow-remote HOST"
    return "start the server, or correct the address"


def _unreachable(url: str, message: str, hint: str) -> Refused:
    return Refused([Problem("source/unreadable", "error", "#", url, 1, 1, message, hint)])
