"""Reads the output directory into plain values, from which both `drift` and `write` start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from speclens.tree.journal import pending
from speclens.tree.lock import Lock, LockError, Sums, read_lock
from speclens.tree.paths import (
    bears_marker,
    content,
    marked_content,
    read,
    regular_files,
    unsafe,
    walk_files,
)
from speclens.tree.values import LOCK, Tree, is_lock


@dataclass(frozen=True, slots=True)
class State:
    """The files on the disk that matter to a tree, and its lock.

    `files` holds the bytes of the tree's own paths, and of every other file that bears the marker and is in the same
    directories or in the lock. `lock` is None if it is missing or unreadable. `interrupted` says that a killed `write`
    left work, which `files` and `lock` show as done.
    """

    files: Mapping[str, bytes]
    lock_bytes: bytes | None
    lock: Lock | None
    interrupted: bool

    def recorded(self) -> Mapping[str, Sums]:
        """The sums of each file's lines in the lock."""
        return self.lock.files if self.lock else {}


def read_state(root: Path, tree: Tree) -> State:
    """Reads the directory `root`. Raises OSError."""
    todo = pending(root, tree)
    lock_bytes = todo[tree.lock] if tree.lock in todo else read(root, tree.lock)
    lock = _parse(lock_bytes)
    own = {file.path for file in tree.files}
    listed = lock.files if lock else {}
    found = {
        path: content(root, path) if path in own else marked_content(root, path)
        for path in regular_files(root, dict.fromkeys((*listed, *_candidates(root, own))))
    }
    found |= todo
    files = {
        path: data
        for path, data in found.items()
        if data is not None and not is_lock(path) and (path in own or bears_marker(data))
    }
    return State(files, lock_bytes, lock, bool(todo))


def _candidates(root: Path, paths: set[str]) -> Iterator[str]:
    """`paths`, and the files in their directories whose names an output file may have. Directories of files that only
    the lock lists do not count: the lock may have come with a repository, and name any directory."""
    yield from paths
    for path in walk_files(root, {path.rpartition("/")[0] for path in paths}):
        if unsafe(path) is None:
            yield path


def recorded_settings(root: Path, lock_name: str = LOCK) -> Mapping[str, str]:
    """The settings of the run that wrote the directory `root`, by key; none without a readable lock of this name."""
    try:
        lock = _parse(read(root, lock_name))
    except (OSError, ValueError):
        return {}
    return lock.inputs.config if lock else {}


def _parse(data: bytes | None) -> Lock | None:
    if data is None:
        return None
    try:
        return read_lock(data.decode())
    except (LockError, UnicodeDecodeError):
        return None
