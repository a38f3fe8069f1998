"""Writes a tree to the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from speclens.problems import Problem, Refused
from speclens.tree.exclusive import exclusive
from speclens.tree.journal import commit, settle
from speclens.tree.lock import lock_text
from speclens.tree.paths import check_paths, foreign, is_own, no_traceback, obstacles
from speclens.tree.state import State, read_state
from speclens.tree.values import Tree


def write(output: Path, tree: Tree) -> tuple[str, ...]:
    """Writes the files of `tree` and the lock below `output`: all of them or none.

    First it finishes or undoes the work of a killed run. It does not touch files that are up to date. It deletes files
    that bear the marker and are no longer in the tree, and directories that this leaves empty.

    Returns the sorted paths that it wrote or deleted. Raises Refused, and leaves everything as it was, if some file
    system cannot hold the tree, at a symlink below `output` (which may itself be one), at a file in the way that
    speclens did not make, while another run writes, or if the file system fails.
    """
    check_paths(output, tree)
    with no_traceback(output):
        output.mkdir(parents=True, exist_ok=True)
        with exclusive(output):
            settle(output, tree)
            changes, before = _judged_changes(output, tree)
            if changes:
                commit(output, changes, before, tree.lock)
            return tuple(sorted(changes))


def to_write(output: Path, tree: Tree) -> tuple[str, ...]:
    """The sorted paths that `write` would write or delete now. Writes nothing. Raises Refused as `write` does."""
    check_paths(output, tree)
    with no_traceback(output):
        return tuple(sorted(_judged_changes(output, tree)[0]))


def _judged_changes(output: Path, tree: Tree) -> tuple[dict[str, bytes | None], dict[str, bytes]]:
    """The changes, and the present content of what changes. Raises Refused for what is in the way."""
    in_the_way = list(obstacles(output, [*(file.path for file in tree.files), tree.lock]))
    if in_the_way:
        raise Refused(in_the_way)
    state = read_state(output, tree)
    in_the_way = list(_foreign(output, state, tree))
    if in_the_way:
        raise Refused(in_the_way)
    return _changes(state, tree)


def _foreign(root: Path, state: State, tree: Tree) -> Iterator[Problem]:
    for file in tree.files:
        disk = state.files.get(file.path)
        if disk is None or disk == file.text.encode() or is_own(file.path, disk):
            continue
        message = f"{file.path} already exists, and does not say that speclens made it"
        yield foreign(root, file.path, message)


def _changes(state: State, tree: Tree) -> tuple[dict[str, bytes | None], dict[str, bytes]]:
    """The changes (new content, or None to delete), the lock last; and the present content of those paths."""
    wanted = {file.path: file.text.encode() for file in sorted(tree.files, key=lambda f: f.path)}
    wanted[tree.lock] = lock_text(tree).encode()
    disk = dict(state.files)
    if state.lock_bytes is not None:
        disk[tree.lock] = state.lock_bytes
    stale: dict[str, bytes | None] = {path: None for path in sorted(disk) if path not in wanted}
    written = {path: data for path, data in wanted.items() if disk.get(path) != data}
    changes = stale | written
    return changes, {path: disk[path] for path in changes if path in disk}
