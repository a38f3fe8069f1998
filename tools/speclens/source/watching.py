"""Runs something again whenever a file changes that it read. Looks at the files a few times a second, which needs no library
and works on every file system, network drives and containers included."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Set
from pathlib import Path
from typing import NoReturn

_PAUSE = 0.3
"""Seconds between two looks."""

_Stamp = tuple[tuple[int, int, int] | None, ...]


def watch(run: Callable[[], Set[Path]], tell: Callable[[str], None]) -> NoReturn:
    """Run, and again after each change of a file or of a directory that a run returned. Ends by a signal only. `tell` gets
    the name of what changed."""
    stamps: dict[Path, _Stamp] = {}
    while True:
        stamps = {path: _stamp(path) for path in stamps}
        for path in run():
            stamps.setdefault(path, _stamp(path))
        changed = None
        while changed is None:
            time.sleep(_PAUSE)
            changed = next((path for path in stamps if _stamp(path) != stamps[path]), None)
        tell(str(changed))


def _stamp(path: Path) -> _Stamp:
    """What changes with the content of a file, or of the files below a directory."""
    below = sorted(path.rglob("*")) if path.is_dir() else ()
    return tuple(map(_state, (path, *below)))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
