"""Files as bytes: of the user's, whatever is there; of a document's, the regular file that was judged, and no other."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import PurePath

MAX_BYTES = 1 << 27
"""Largest file that is read (128 MiB)."""


class TooLarge(Exception):
    """A file has more than MAX_BYTES bytes."""


def read(path: str | os.PathLike[str], opener: Callable[[str, int], int] | None = None) -> bytes:
    """What a file holds. Raises OSError, ValueError (a name that no file can have), TooLarge."""
    with open(path, "rb", opener=opener) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"larger than {MAX_BYTES:,} bytes")
    return data


def as_judged(path: str, flags: int) -> int:
    """An opener for a path that `realpath` gave: what has become a link since then is not followed, and a device or a
    pipe is not waited for. Raises OSError."""
    handle = _opened(path, flags | _NO_WAITING)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    return handle


_NO_WAITING = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _NO_LINK
_CAN_STEP = os.open in os.supports_dir_fd  # not on Windows


def _opened(path: str, flags: int) -> int:
    if not _CAN_STEP:
        return os.open(path, flags)
    # O_NOFOLLOW is about the last part of a path only. So each part is opened from the one before.
    parts = PurePath(path).parts
    handle = os.open(parts[0], _STEP)
    for part, how in [(one, _STEP) for one in parts[1:-1]] + [(parts[-1], flags | _NO_LINK)]:
        before = handle
        try:
            handle = os.open(part, how, dir_fd=before)
        finally:
            os.close(before)
    return handle
