"""Keeps two runs from writing one output tree at the same time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speclens.problems import Refused
from speclens.tree.paths import fault
from speclens.tree.values import JOURNAL

PATIENCE = 10.0
_PAUSE = 0.02


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Locks an existing directory against other runs. Waits if another run holds the lock.

    Raises Refused (`output/busy`) after ten seconds. The operating system releases the lock of a run that dies.
    """
    deadline = time.monotonic() + PATIENCE
    while (handle := _take(root)) is None:
        if time.monotonic() > deadline:
            message = "another run of speclens is writing here"
            raise Refused([fault(root, "", "output/busy", message, "wait until it has ended")])
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":

    def _take(root: Path) -> int | None:
        """A handle to a file that the system deletes when the handle closes; None if another run holds it."""
        try:
            return os.open(root / f"{JOURNAL}.busy", os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
        except (FileExistsError, PermissionError):
            return None

else:
    import fcntl

    def _take(root: Path) -> int | None:
        """A handle to the locked directory; None if another run holds the lock."""
        handle = os.open(root, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            pass  # NFS cannot lock a directory: there, two runs can write at the same time
        return handle
