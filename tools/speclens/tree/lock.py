"""`speclens.lock`: what each file was made from, so that a later run can say why it differs.

One line per file, sorted, so that it merges as text does. Fields are divided by single spaces; what
a field cannot hold is percent-encoded, as JSON Pointers in URI fragments are (RFC 6901 section 6).
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, fields
from urllib.parse import quote, unquote_to_bytes

from speclens.tree.paths import unsafe
from speclens.tree.values import LOCK, MARKER, Subject, Tree, TreeInputs, digest

_TITLE = f"# {MARKER}: what the files here were made from; do not edit, it is written anew."
_LOCK_VERSION = "lock 1"
_SAFE = "".join(sorted({*string.punctuation} - {*"%@"}))
_FIELD = re.compile(r"[!-~]*")
_INPUT_NAMES = tuple(sorted(field.name for field in fields(TreeInputs)))


class LockError(ValueError):
    """A lock that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the lock says of one file."""

    path: str
    digest: str
    template: str
    template_digest: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that was read."""

    inputs: TreeInputs
    files: tuple[Entry, ...]


def lock_text(tree: Tree) -> str:
    """The lock of a tree."""
    head = [f"{name} {_encode(getattr(tree.inputs, name))}" for name in _INPUT_NAMES]
    lines = [
        " ".join(
            (
                "file",
                _encode(file.path),
                digest(file.text.encode()),
                _pair(file.template, file.template_digest),
                *sorted({_pair(subject.pointer, subject.digest) for subject in file.subjects}),
            )
        )
        for file in tree.files
    ]
    return "\n".join((_TITLE, _LOCK_VERSION, *head, *sorted(lines), ""))


def read_lock(text: str) -> Lock:
    """The lock that `text` holds. Raises LockError for anything that `lock_text` does not write."""
    lines = text.split("\n")
    body = 2 + len(_INPUT_NAMES)
    if lines[:2] != [_TITLE, _LOCK_VERSION]:
        raise LockError(f"{LOCK}:1: not a lock of this version of speclens")
    if len(lines) <= body or lines.pop() != "":
        raise LockError(f"{LOCK}:{len(lines)}: the end is missing")
    inputs = {
        name: _input(number, line, name)
        for number, (line, name) in enumerate(zip(lines[2:body], _INPUT_NAMES, strict=True), 3)
    }
    files = tuple(_entries(lines[body:], body + 1))
    return Lock(TreeInputs(**inputs), files)


def _entries(lines: list[str], start: int) -> Iterator[Entry]:
    seen: set[str] = set()
    for number, line in enumerate(lines, start):
        columns = _columns(number, line)
        if columns[0] != "file" or len(columns) < 4:
            raise LockError(f"{LOCK}:{number}: not the line of a file")
        path = _decode(number, columns[1])
        if path in seen or unsafe(path):
            raise LockError(f"{LOCK}:{number}: {path!r} is there twice or is no path of an output")
        seen.add(path)
        (template, template_digest), *subjects = (_unpair(number, pair) for pair in columns[3:])
        parts = tuple(Subject(pointer, value) for pointer, value in subjects)
        yield Entry(path, columns[2], template, template_digest, parts)


def _columns(number: int, line: str) -> list[str]:
    columns = line.split(" ")
    if not all(_FIELD.fullmatch(column) for column in columns):
        raise LockError(f"{LOCK}:{number}: a character that no lock holds")
    return columns


def _input(number: int, line: str, name: str) -> str:
    columns = _columns(number, line)
    if len(columns) != 2 or columns[0] != name:
        raise LockError(f"{LOCK}:{number}: here goes the line `{name} DIGEST`")
    return _decode(number, columns[1])


def _pair(name: str, value: str) -> str:
    return f"{_encode(name)}@{_encode(value)}"


def _unpair(number: int, pair: str) -> tuple[str, str]:
    name, divider, value = pair.partition("@")
    if not divider:
        raise LockError(f"{LOCK}:{number}: {pair!r} is not NAME@DIGEST")
    return _decode(number, name), _decode(number, value)


def _encode(field: str) -> str:
    return quote(field, safe=_SAFE, errors="surrogatepass")


def _decode(number: int, field: str) -> str:
    try:
        return unquote_to_bytes(field).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise LockError(f"{LOCK}:{number}: {field!r} is not UTF-8") from None
