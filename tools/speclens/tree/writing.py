"""Bringing the disk to what generating gives now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from speclens.problems import Problem, Refused
from speclens.tree.exclusive import exclusive
from speclens.tree.journal import commit, settle
from speclens.tree.lock import lock_text
from speclens.tree.paths import check_paths, foreign, is_own, no_traceback, obstacles
from speclens.tree.state import State, read_state
from speclens.tree.values import LOCK, Tree


def write(output: Path, tree: Tree) -> tuple[str, ...]:
    """Makes the files below `output` those of `tree`, and the lock; all of them or none.

    Finishes or undoes first what a killed run left. Files that are right stay untouched. Files that
    are no longer made are deleted if they bear the marker, and directories that this leaves empty.

    Returns the sorted paths that were written or deleted. Raises Refused, with everything as it
    was: a tree that cannot be written anywhere, a symlink below `output` (which may itself be one),
    a file in the way that speclens did not make, another run at work, a failing file system.
    """
    check_paths(output, tree)
    with no_traceback(output):
        output.mkdir(parents=True, exist_ok=True)
        with exclusive(output):
            settle(output, tree)
            in_the_way = list(obstacles(output, [*(file.path for file in tree.files), LOCK]))
            if in_the_way:
                raise Refused(in_the_way)
            state = read_state(output, tree)
            in_the_way = list(_foreign(output, state, tree))
            if in_the_way:
                raise Refused(in_the_way)
            changes, before = _changes(state, tree)
            if changes:
                commit(output, changes, before)
            return tuple(sorted(changes))


def _foreign(root: Path, state: State, tree: Tree) -> Iterator[Problem]:
    for file in tree.files:
        disk = state.files.get(file.path)
        if disk is None or disk == file.text.encode() or is_own(file.path, disk):
            continue
        message = f"{file.path} is there already, and does not say that speclens made it"
        yield foreign(root, file.path, message)


def _changes(state: State, tree: Tree) -> tuple[dict[str, bytes | None], dict[str, bytes]]:
    """What to write or delete (None), the lock last, and what those paths hold now."""
    wanted = {file.path: file.text.encode() for file in sorted(tree.files, key=lambda f: f.path)}
    wanted[LOCK] = lock_text(tree).encode()
    disk = dict(state.files)
    if state.lock_bytes is not None:
        disk[LOCK] = state.lock_bytes
    stale: dict[str, bytes | None] = {path: None for path in sorted(disk) if path not in wanted}
    written = {path: data for path, data in wanted.items() if disk.get(path) != data}
    changes = stale | written
    return changes, {path: disk[path] for path in changes if path in disk}
