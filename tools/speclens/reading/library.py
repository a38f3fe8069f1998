"""Reads the other documents to which a document refers, each once, and only if that is allowed.

A document is untrusted. Its references reach files below its own directory and below directories that the user names, and
documents on hosts that the user names. (RFC 3986, section 5.)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from urllib.parse import SplitResult

from speclens.config import Allowed
from speclens.config.settings import is_address
from speclens.problems import Problem, Refused
from speclens.reading import lengths
from speclens.reading.addresses import (
    DEFAULT_PORTS,
    Unreachable,
    file_path,
    host_of,
    is_among,
    shown_host,
    split,
)
from speclens.source import Source, files
from speclens.source.load import loads, parsed

if TYPE_CHECKING:
    from speclens.reading.remote import Remote

_OF_THE_SYSTEM = ("/proc", "/sys")
"""Directories in which Linux shows its state as files that look regular."""


@dataclass(slots=True)
class Library:
    """The open documents, by number: 0 is the root, then come its overlays, then the others.

    `uris` has the URI of each; references in overlays are relative to the root. `problems` has the faults of their texts.
    """

    root: Source
    allowed: Allowed
    uris: list[str] = field(default_factory=list)
    files: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: dict[str, Unreachable] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    remote: Remote | None = None

    def __post_init__(self) -> None:
        count = 1 + len(self.root.overlays)
        if is_address(self.root.name):
            self.uris, self.numbers = [self.root.name] * count, {self.root.name: 0}
            return
        place = Path(self._home(), os.path.basename(self.root.name))
        self.uris = [place.as_uri()] * count
        self.numbers = {self.uris[0]: 0, os.path.realpath(place): 0}

    def _home(self) -> str:
        """The real directory of the root, which is a file. The system follows symlinks before it applies `..`."""
        return os.path.realpath(os.path.dirname(self.root.name))

    def document(self, number: int) -> Source:
        """A document by its number."""
        return self.files[number - 1 - len(self.root.overlays)] if number else self.root

    def open(self, uri: str, origin: int) -> int:
        """The number of the document at an absolute URI, to which document `origin` refers. Raises Unreachable."""
        if not self.uris[origin].startswith("file:") and uri[:5].lower() == "file:":
            raise Unreachable("is a file, to which documents on the network cannot refer")
        if uri in self.unread:
            raise self.unread[uri]
        if uri not in self.numbers:
            try:
                self.numbers[uri] = self._opened(uri)
            except Unreachable as reason:
                self.unread[uri] = reason
                raise
        return self.numbers[uri]

    def shown(self, uri: str) -> str:
        """The name of a document in messages: a file as the user would name it."""
        if not uri.startswith("file:") or is_address(self.root.name):
            return uri
        try:
            path = file_path(split(uri))
        except Unreachable:
            return uri
        home = os.path.dirname(self.root.name)
        return os.path.normpath(os.path.join(home, os.path.relpath(path, self._home())))

    def relative(self, number: int) -> str:
        """The path of a document relative to the root's directory, or its URI without the scheme; "" for the root itself."""
        uri = self.uris[number]
        if number == 0 or not uri.startswith("file:"):
            return uri.partition("://")[2] if number else ""
        return os.path.relpath(file_path(split(uri)), self._home())

    def _opened(self, uri: str) -> int:
        parts = split(uri)
        if parts.scheme == "file" and parts.netloc in ("", "localhost"):
            return self._file(file_path(parts))
        if parts.scheme not in DEFAULT_PORTS or not host_of(parts):
            raise Unreachable("is neither a file nor at an http(s) address")
        return self._fetched(uri, parts)

    def _fetched(self, uri: str, parts: SplitResult) -> int:
        if parts.username is not None:
            raise Unreachable("holds a user name, which speclens does not send")
        if not is_among(parts, self.allowed.hosts):
            hint = f"allow it with --allow-remote {shown_host(parts)}"
            raise Unreachable("is on a host that you did not allow", hint)
        from speclens.reading.remote import NotFetched, Remote  # its libraries take long to load

        if self.remote is None:
            self.remote = Remote(self.allowed.hosts)
        try:
            text = self.remote.fetch(uri)
        except NotFetched as error:
            raise Unreachable(f"cannot be fetched: {error}") from None
        return self._added(uri, lambda: loads(text, uri))

    def _file(self, path: str) -> int:
        """The number of the file at a path. The method judges the real path, and opens that path. Raises Unreachable."""
        try:
            real = os.path.realpath(path)
        except ValueError:
            raise Unreachable("cannot be the name of a file") from None
        if not any(_is_below(real, str(top)) for top in (self._home(), *self.allowed.paths)):
            hint = "move it there, or allow its directory with --allow-path DIRECTORY"
            raise Unreachable("is outside the directory of the document", hint)
        if real not in self.numbers:
            data, uri = _read(real), Path(path).as_uri()
            self.numbers[real] = self._added(uri, lambda: parsed(data, self.shown(uri)))
        return self.numbers[real]

    def _added(self, uri: str, read: Callable[[], Source]) -> int:
        try:
            source = lengths.bounded(read())
        except Refused as refused:
            self.problems += map(_as_of_part, refused.problems)
            raise Unreachable("is in a file that cannot be read") from None
        self.uris.append(uri)
        self.files.append(source)
        return len(self.uris) - 1


def _read(real: str) -> bytes:
    if any(_is_below(real, top) for top in _OF_THE_SYSTEM):
        raise Unreachable("cannot be read: not a regular file")
    try:
        return files.read(real, files.as_judged)
    except (FileNotFoundError, NotADirectoryError):
        raise Unreachable("is in a file that does not exist") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unreachable(f"cannot be read: {reason}") from None
    except files.TooLarge as error:
        raise Unreachable(f"cannot be read: {error}") from None


def _is_below(path: str, directory: str) -> bool:
    return PurePath(path).is_relative_to(os.path.realpath(directory))


def _as_of_part(problem: Problem) -> Problem:
    """A fault of another file, without the hint for a whole OpenAPI document."""
    return replace(problem, hint="") if problem.rule == "source/root" else problem
