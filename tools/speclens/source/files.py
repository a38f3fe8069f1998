"""Reads files as bytes. The user may name anything; a document may name only the regular file that `library` has judged."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import PurePath
from typing import BinaryIO

MAX_BYTES = 1 << 27
"""The largest file that speclens reads (128 MiB)."""


class TooLarge(Exception):
    """A file has more than MAX_BYTES bytes."""


def read(path: str | os.PathLike[str], opener: Callable[[str, int], int] | None = None) -> bytes:
    """The content of a file. Raises OSError, ValueError (a name that no file can have), TooLarge."""
    with open(path, "rb", opener=opener) as file:
        return _whole(file)


def standard_input() -> bytes:
    """The content of standard input. Raises OSError, TooLarge."""
    return _whole(sys.stdin.buffer)


def _whole(file: BinaryIO) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"larger than {MAX_BYTES:,} bytes")
    return data


def as_judged(path: str, flags: int) -> int:
    """An opener for a path from `realpath`. It does not follow a symlink that was made since then, and does not wait for
    a device or a pipe. Raises OSError."""
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
    # O_NOFOLLOW concerns only the last part of a path. So this opens each part from the one before.
    parts = PurePath(path).parts
    handle = os.open(parts[0], _STEP)
    for part, how in [(one, _STEP) for one in parts[1:-1]] + [(parts[-1], flags | _NO_LINK)]:
        before = handle
        try:
            handle = os.open(part, how, dir_fd=before)
        finally:
            os.close(before)
    return handle
