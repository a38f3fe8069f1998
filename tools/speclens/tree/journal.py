"""Writes many files as one change: whenever the process is killed, the tree is entirely old or entirely new.

1. `commit` puts the new files, links to the old ones and two journals (forward, backward) into a directory of their
   own, `.speclens-journal`.
2. It renames the forward journal to `journal.json`. This is the commit point.
3. It applies the journal: deletions, then renames. It skips changes that are already done, so that a second
   application gives the same result.
4. It removes `journal.json`. Now the new tree is complete, and the rest of the directory is litter.

If a run is killed before step 2, the next run removes the directory; later, it applies the journal. After an error in step
3 (a directory without permission), `commit` applies the backward journal, all of which is on the disk since step 1.

A journal may have come with a repository. So a run applies it only if the changes that are left are changes that
`write` may make: replace and delete files that bear the marker, and add such files at the paths of the tree or in the
directories of these. The journal of another tree with the same root stays for a run that writes that tree.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from speclens.problems import Refused
from speclens.tree.exclusive import exclusive
from speclens.tree.paths import fault, is_own, no_traceback, obstacles, prefixes, read, unsafe
from speclens.tree.values import JOURNAL, LOCK, Tree, digest, is_lock

_COMMITTED = f"{JOURNAL}/journal.json"
_FORWARD = f"{JOURNAL}/forward.json"
_BACKWARD = f"{JOURNAL}/backward.json"
_FOR_OTHER = f"run speclens for that package first, or delete {JOURNAL}"
_STAGED = re.compile(rf"{re.escape(JOURNAL)}/(new|old)-[0-9]{{1,9}}")


@dataclass(frozen=True, slots=True)
class _Move:
    staged: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Delete:
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Journal:
    moves: tuple[_Move, ...]
    deletes: tuple[_Delete, ...]
    lock: str = LOCK  # of the tree


def commit(
    root: Path, changes: Mapping[str, bytes | None], before: Mapping[str, bytes], lock: str = LOCK
) -> None:
    """Writes (bytes) and deletes (None) paths below `root`: all of `changes`, or none.

    `before` holds the content of each changed path that exists, and `lock` is the name of the lock. The caller holds `exclusive(root)`. If this function
    raises OSError or Refused, the tree is as it was.
    """
    new = {path: data for path, data in changes.items() if data is not None}
    gone = {path: before[path] for path in changes if path not in new}
    made = {path: data for path, data in new.items() if path not in before}
    forward, backward = _journal("new", new, gone, lock), _journal("old", before, made, lock)
    try:
        _stage(root, forward, new, backward, before)
        (root / _FORWARD).replace(root / _COMMITTED)
        _finish(root, forward)
    except BaseException:
        if (root / _COMMITTED).exists():
            (root / _BACKWARD).replace(root / _COMMITTED)
            _finish(root, backward)
        raise
    finally:
        if not (root / _COMMITTED).exists():
            _discard(root)


def _journal(
    kind: str, writes: Mapping[str, bytes], deletes: Mapping[str, bytes], lock: str
) -> _Journal:
    moves = tuple(
        _Move(f"{JOURNAL}/{kind}-{number}", path, digest(data))
        for number, (path, data) in enumerate(writes.items())
    )
    gone = tuple(_Delete(path, digest(data)) for path, data in deletes.items())
    return _Journal(moves, gone, lock)


def _stage(
    root: Path,
    forward: _Journal,
    new: Mapping[str, bytes],
    backward: _Journal,
    old: Mapping[str, bytes],
) -> None:
    (root / JOURNAL).mkdir()
    _put(root / JOURNAL / ".gitignore", b"*\n")
    for move in forward.moves:
        _put(root / move.staged, new[move.path])
    for move in backward.moves:
        _keep(root / move.path, root / move.staged, old[move.path])
    _put(root / _FORWARD, _encode(forward))
    _put(root / _BACKWARD, _encode(backward))
    _sync(root / JOURNAL)


def _put(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _keep(path: Path, backup: Path, data: bytes) -> None:
    try:
        backup.hardlink_to(path)
    except OSError:  # a file system without hard links
        _put(backup, data)


def _sync(directory: Path) -> None:
    if sys.platform == "win32":  # no directory can be opened
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def recover(output: Path, tree: Tree) -> bool:
    """Finishes or undoes the work that a killed `write` of `tree` left in `output`. Returns whether there was any.

    Raises Refused if the output cannot be written or holds a symlink, or if another run is writing it.
    """
    with no_traceback(output):
        if not output.is_dir():
            return False
        with exclusive(output):
            return settle(output, tree)


def settle(root: Path, tree: Tree) -> bool:
    """`recover` for a caller that holds `exclusive(root)`. Raises OSError as well."""
    if not os.path.lexists(root / JOURNAL):
        return False
    in_the_way = list(obstacles(root, [_COMMITTED]))
    if in_the_way:
        raise Refused(in_the_way)
    if (other := _committed(root).lock) != tree.lock and is_lock(other):
        told = f"a run that was killed left work for the package of {other}", _FOR_OTHER
        raise Refused([fault(root, JOURNAL, "output/busy", *told)])
    _finish(root, _load(root, tree))
    _discard(root)
    return True


def pending(root: Path, tree: Tree) -> dict[str, bytes | None]:
    """The changes that a killed `write` left to do after its commit point: path -> new content, or None to delete."""
    journal = _load(root, tree)
    todo: dict[str, bytes | None] = {
        item.path: None for item in journal.deletes if _is(root, item.path, item.digest)
    }
    staged = ((move.path, read(root, move.staged)) for move in journal.moves)
    return todo | {path: data for path, data in staged if data is not None}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Delays SIGINT and SIGTERM, where the system can, so that half of a tree is visible only for a short time."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@_undisturbed()
def _finish(root: Path, journal: _Journal) -> None:
    """Applies the committed journal, then removes it."""
    in_the_way = list(obstacles(root, _paths(journal)))
    if in_the_way:
        raise Refused(in_the_way)
    for item in journal.deletes:
        if _is(root, item.path, item.digest):
            (root / item.path).unlink()
    for move in journal.moves:
        if os.path.lexists(root / move.staged):
            (root / move.path).parent.mkdir(parents=True, exist_ok=True)
            (root / move.staged).replace(root / move.path)
    _prune(root, _directories(item.path for item in journal.deletes))
    for directory in ("", *_directories(_paths(journal))):
        if (root / directory).is_dir():
            _sync(root / directory)
    (root / _COMMITTED).unlink(missing_ok=True)


def _is(root: Path, path: str, expected: str) -> bool:
    data = read(root, path)
    return data is not None and digest(data) == expected


def _prune(root: Path, directories: set[str]) -> None:
    for directory in sorted(directories, reverse=True):
        path = root / directory
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _paths(journal: _Journal) -> list[str]:
    return [move.path for move in journal.moves] + [item.path for item in journal.deletes]


def _directories(paths: Iterable[str]) -> set[str]:
    return {prefix for path in paths for prefix in [*prefixes(path)][:-1]}


def _discard(root: Path) -> None:
    shutil.rmtree(root / JOURNAL, ignore_errors=True)


def _encode(journal: _Journal) -> bytes:
    body = json.dumps(asdict(journal), sort_keys=True)
    return f"{digest(body.encode())}\n{body}\n".encode()


def _load(root: Path, tree: Tree) -> _Journal:
    """The committed journal; an empty one if there is none, or if it is not sound."""
    journal = _committed(root)
    with suppress(ValueError, TypeError):
        return journal if _is_sound(root, journal, tree) else _Journal((), ())
    return _Journal((), ())


def _committed(root: Path) -> _Journal:
    """The committed journal, of any tree; an empty one if there is none."""
    text = (read(root, _COMMITTED) or b"").decode("utf-8", "replace")
    head, _, body = text.removesuffix("\n").partition("\n")
    if head == digest(body.encode()):
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            return _decode(json.loads(body))
    return _Journal((), ())


def _decode(body: Any) -> _Journal:
    moves = tuple(_Move(**move) for move in body["moves"])
    deletes = tuple(_Delete(**item) for item in body["deletes"])
    return _Journal(moves, deletes, str(body.get("lock", LOCK)))


def _is_sound(root: Path, journal: _Journal, tree: Tree) -> bool:
    """Whether `write` itself may make all changes that are left; the journal may have come with a repository."""
    own = {tree.lock, *(file.path for file in tree.files)}
    directories = {path.rpartition("/")[0] for path in own}
    directories.discard("")  # the root may be a whole repository
    return (
        journal.lock == tree.lock
        and all(path == tree.lock or unsafe(path) is None for path in _paths(journal))
        and all(_may_delete(root, item) for item in journal.deletes)
        and all(
            _may_move(root, move, move.path in own or move.path.rpartition("/")[0] in directories)
            for move in journal.moves
        )
    )


def _may_delete(root: Path, item: _Delete) -> bool:
    data = read(root, item.path)
    return data is None or digest(data) != item.digest or is_own(item.path, data)


def _may_move(root: Path, move: _Move, is_among: bool) -> bool:
    """Whether a move is allowed; one that is done already is. `is_among` says whether it may add a file."""
    if not _STAGED.fullmatch(move.staged):
        return False
    if not os.path.lexists(root / move.staged):
        return True
    new, old = read(root, move.staged), read(root, move.path)
    return (
        new is not None
        and digest(new) == move.digest
        and is_own(move.path, new)
        and (is_among if old is None else is_own(move.path, old))
    )
