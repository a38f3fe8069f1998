"""`speclens.lock`: records what the files were made from, so that a later run can say why one differs.

Locks of two branches merge as text. Each entry that can change by itself has a line with its name, a line with its
value, and an empty line, so that the changes of two branches do not touch each other. No value stands for a whole: the
lock has a digest for each part of the document, and a sum for the lines that each subject made in a file.

Single spaces separate fields. Characters that a field cannot hold are percent-encoded, as in a JSON Pointer in a URI
fragment (RFC 6901 section 6).
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, repeat
from urllib.parse import quote, unquote_to_bytes

from speclens.tree.paths import unsafe
from speclens.tree.values import LOCK, MARKER, OutputFile, Tree, TreeInputs

_TITLE = f"# {MARKER}: what the files here were made from; do not edit, it is written anew."
_LOCK_VERSION = "lock 2"
_HEAD = [_TITLE, _LOCK_VERSION]
_SAFE = "".join(sorted({*string.punctuation} - {"%"}))
_FIELD = re.compile(r"[!-~]*")
_SUM = re.compile(r"[0-9a-f]{16}")
_SUM_BYTES = 8
_TABLES = ("config", "document", "template", "toolkit")
_LINES = "lines"
"""The first field of a name. In a table of `TreeInputs`, the key follows it; after `lines`, the file and the maker."""


class LockError(ValueError):
    """A lock that cannot be read; the message names the line."""


Sums = Mapping[str, int]
"""Maker -> the sum of its lines in one file."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that was read; `files` by path."""

    inputs: TreeInputs
    files: Mapping[str, Sums]


def line_sums(data: bytes, makers: Iterable[str] = ()) -> Sums:
    """The sum of the lines of each maker. Lines after the last of `makers` count for the maker "".

    Each line is hashed with the line before it, or with the empty lines before it. The sums of all makers add up to
    the sum of the file, in any order of its lines. So `drift` can compare an edited file with its record, although
    nothing says which maker made a line of an edited file.
    """
    sums: dict[str, int] = defaultdict(int)
    before, empty = b"", 0
    for line, maker in zip(data.split(b"\n"), chain(makers, repeat("")), strict=False):
        if line:
            sums[maker] += _hash((b"\n" * empty or before) + b"\n" + line)
            before, empty = line, 0
        else:
            empty += 1
    sums[""] += _hash(b"\n" * empty or before)
    return sums


def total(sums: Sums) -> int:
    """The sum of a whole file."""
    return sum(sums.values()) % (1 << 8 * _SUM_BYTES)


def _hash(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=_SUM_BYTES).digest(), "big")


def lock_text(tree: Tree) -> str:
    """The lock of a tree."""
    blocks = (
        f"{' '.join(map(_encode, name))}\n{_encode(value)}\n" for name, value in _blocks(tree)
    )
    return "\n".join(("\n".join((*_HEAD, "")), *blocks))


def _blocks(tree: Tree) -> Iterator[tuple[tuple[str, ...], str]]:
    """The names and values, in order. The files of a template follow that template. Every lock lists all templates, so
    the files that two branches add for different templates are not neighbours, and merge."""
    for kind, table in zip(_TABLES, _tables(tree.inputs), strict=True):
        for name, value in sorted(table.items()):
            yield (kind, name), value
            if kind == "template":
                yield from _lines(file for file in tree.files if file.template == name)


def _lines(files: Iterable[OutputFile]) -> Iterator[tuple[tuple[str, ...], str]]:
    for file in sorted(files, key=lambda file: file.path):
        for maker, one in sorted(line_sums(file.text.encode(), file.makers).items()):
            yield (_LINES, file.path, maker), f"{total({maker: one}):016x}"


def _tables(inputs: TreeInputs) -> tuple[Mapping[str, str], ...]:
    return inputs.config, inputs.document, inputs.templates, inputs.toolkit


def read_lock(text: str) -> Lock:
    """The lock in `text`. Raises LockError for text that `lock_text` does not write."""
    lines = text.split("\n")
    if lines[: len(_HEAD)] != _HEAD:
        raise LockError(f"{LOCK}:1: not a lock of this version of speclens")
    read: dict[tuple[str, ...], str] = {}
    for number, name, value in _read(lines):
        if name in read:
            raise LockError(f"{LOCK}:{number}: {' '.join(name)!r} appears twice")
        read[name] = value
    tables = ({name[1]: read[name] for name in read if name[0] == kind} for kind in _TABLES)
    files: dict[str, dict[str, int]] = defaultdict(dict)
    for name, value in read.items():
        if name[0] == _LINES:
            files[name[1]][name[2]] = int(value, 16)
    return Lock(TreeInputs(*tables), dict(files))


def _read(lines: list[str]) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Each entry: the number of the line of its name, the name, and the value."""
    end = len(lines) - 1
    for place in range(len(_HEAD), end, 3):
        if lines[place]:
            raise LockError(f"{LOCK}:{place + 1}: expected an empty line")
        if place + 3 > end:
            break
        name = _name(place + 2, lines[place + 1])
        value = _decoded(place + 3, lines[place + 2])
        if name[0] == _LINES and not _SUM.fullmatch(value):
            raise LockError(f"{LOCK}:{place + 3}: expected 16 hexadecimal digits")
        yield place + 2, name, value
    if lines[end] or len(lines) % 3:
        raise LockError(f"{LOCK}:{len(lines)}: the end is missing")


def _name(number: int, line: str) -> tuple[str, ...]:
    name = tuple(_decoded(number, field) for field in line.split(" "))
    if len(name) != (3 if name[0] == _LINES else 2) or name[0] not in (*_TABLES, _LINES):
        raise LockError(f"{LOCK}:{number}: not the name of an entry")
    if name[0] == _LINES and unsafe(name[1]):
        raise LockError(f"{LOCK}:{number}: {name[1]!r} is not the path of an output file")
    return name


def _encode(field: str) -> str:
    return quote(field, safe=_SAFE, errors="surrogatepass")


def _decoded(number: int, field: str) -> str:
    if not _FIELD.fullmatch(field):
        raise LockError(f"{LOCK}:{number}: a character that a lock cannot hold")
    try:
        return unquote_to_bytes(field).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise LockError(f"{LOCK}:{number}: {field!r} is not UTF-8") from None
