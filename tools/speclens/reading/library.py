"""The documents that a document refers to: each is read once, and only where that is allowed.

A document is untrusted. Its references reach files below its own directory, and below those that the user names; the
network is asked for nothing but documents on hosts that the user names. (RFC 3986, section 5.)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from speclens.config import Allowed
from speclens.problems import Problem, Refused
from speclens.source import Source
from speclens.source.load import load, loads


class Unreachable(Exception):
    """A reference that cannot be followed: what of it is wrong, to be said after it, and what to do."""

    def __init__(self, message: str, hint: str = "", rule: str = "reference/external") -> None:
        super().__init__(message)
        self.message, self.hint, self.rule = message, hint, rule


@dataclass(slots=True)
class Library:
    """The documents that were opened, by number: 0 is the root, then come its overlays, then the others.

    `uris` has where each is stored; references in overlays are those of the root. `problems` is what is wrong with texts.
    """

    root: Source
    allowed: Allowed
    uris: list[str] = field(default_factory=list)
    files: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: dict[str, Unreachable] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = Path(os.path.abspath(self.root.name))
        self.uris = [home.as_uri()] * (1 + len(self.root.overlays))
        self.numbers = {self.uris[0]: 0, os.path.realpath(home): 0}

    def document(self, number: int) -> Source:
        """A document by its number."""
        return self.files[number - 1 - len(self.root.overlays)] if number else self.root

    def open(self, uri: str, origin: int) -> int:
        """The number of the document at an absolute URI, that document `origin` refers to. Raises Unreachable."""
        if uri in self.unread:
            raise self.unread[uri]
        if uri not in self.numbers:
            try:
                self.numbers[uri] = self._opened(uri, origin)
            except Unreachable as reason:
                self.unread[uri] = reason
                raise
        return self.numbers[uri]

    def shown(self, uri: str) -> str:
        """How a document is called in messages: a file as the user would name it."""
        if not uri.startswith("file:"):
            return uri
        home = os.path.dirname(self.root.name)
        path = unquote(urlsplit(uri).path)
        return os.path.normpath(os.path.join(home, os.path.relpath(path, os.path.abspath(home))))

    def relative(self, number: int) -> str:
        """A document by its place beside the root, wherever that is; "" is the root itself."""
        uri = self.uris[number]
        if number == 0 or not uri.startswith("file:"):
            return uri.partition("://")[2] if number else ""
        directory = os.path.dirname(unquote(urlsplit(self.uris[0]).path))
        return os.path.relpath(unquote(urlsplit(uri).path), directory)

    def _opened(self, uri: str, origin: int) -> int:
        try:
            parts = urlsplit(uri)
            host = parts.hostname
        except ValueError:
            raise Unreachable("is no URI reference") from None
        if parts.scheme == "file" and host in (None, "", "localhost"):
            if not self.uris[origin].startswith("file:"):
                raise Unreachable("is a file, which documents on the network cannot refer to")
            return self._file(uri, unquote(parts.path))
        if parts.scheme not in ("http", "https") or not host:
            raise Unreachable("is neither a file nor at an http(s) address")
        if host not in self.allowed.hosts:
            raise Unreachable(
                "is on the network, which is not asked", f"allow it by --allow-remote {host}"
            )
        from speclens.reading.remote import NotFetched, fetch  # what it needs takes long to load

        try:
            text = fetch(uri)
        except NotFetched as error:
            raise Unreachable(f"cannot be fetched: {error}") from None
        return self._added(uri, lambda: loads(text, uri))

    def _file(self, uri: str, path: str) -> int:
        try:
            real = os.path.realpath(path)
            is_file = os.path.isfile(real)
        except ValueError:
            raise Unreachable("is no name of a file") from None
        home = os.path.dirname(os.path.abspath(self.root.name))
        if not any(_is_below(real, str(top)) for top in (home, *self.allowed.paths)):
            hint = "move it there, or allow a directory by --allow-path DIRECTORY"
            raise Unreachable("is outside of the directory of the document", hint)
        if not is_file:
            raise Unreachable("is in a file that is not there")
        if real not in self.numbers:
            self.numbers[real] = self._added(uri, lambda: load(Path(self.shown(uri))))
        return self.numbers[real]

    def _added(self, uri: str, read: Callable[[], Source]) -> int:
        try:
            source = read()
        except Refused as refused:
            self.problems += map(_as_of_part, refused.problems)
            raise Unreachable("is in a file that cannot be read") from None
        self.uris.append(uri)
        self.files.append(source)
        return len(self.uris) - 1


def _is_below(path: str, directory: str) -> bool:
    top = os.path.realpath(directory)
    return os.path.commonpath((path, top)) == top


def _as_of_part(problem: Problem) -> Problem:
    """A fault of a file that need not be a whole OpenAPI document."""
    return replace(problem, hint="") if problem.rule == "source/root" else problem
