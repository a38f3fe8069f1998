"""Keeps text that the generator printed in the user's cache directory. This saves time and never changes a result.

An entry holds texts; its name is a digest of everything on which they depend. Anyone who can write an entry could choose
the generated code: another user of a shared directory, or a stranger's branch whose cache a build restores. So a secret that
is not in this directory seals each entry, only the user can access the directory and its files, and a faulty entry counts as
no entry.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from hashlib import blake2b, sha256
from hmac import compare_digest
from pathlib import Path

from platformdirs import user_cache_path, user_state_path

from speclens.source import files

_MOST = 64
"""The number of entries that `store` keeps."""

_MAX_BYTES = 1 << 26
"""The size of all entries together (64 MiB)."""

_SECRET_BYTES = 32


def key(*parts: str | bytes) -> str:
    """The digest of some texts, in order."""
    total = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def stored(name: str) -> dict[str, str]:
    """The texts of the entry `name`; none if this user has no such entry."""
    place, secret = directory("annotations"), _secret()
    if place is None or secret is None:
        return {}
    try:
        seal, _, body = _read(place / name).partition(b"\n")
        if not compare_digest(seal, _seal(secret, name, body)):
            return {}
        entry = json.loads(body)
    except (OSError, ValueError, RecursionError, files.TooLarge):
        return {}
    is_sound = type(entry) is dict and all(type(text) is str for text in entry.values())
    return entry if is_sound else {}


def store(name: str, texts: Mapping[str, str]) -> None:
    """Store texts, if possible. Removes the oldest entries if there are too many."""
    place, secret = directory("annotations"), _secret()
    body = json.dumps(texts).encode()
    if place is None or secret is None or len(body) > _MAX_BYTES // 4:
        return
    try:
        _write(place / name, _seal(secret, name, body) + b"\n" + body)
        _clear(place)
    except OSError:
        return


def directory(name: str) -> Path | None:
    """The user's cache directory of a name; None if others can write to it."""
    return _private(_private(user_cache_path("speclens")), name)


def _secret() -> bytes | None:
    """The secret that seals entries. It is not in the cache directory, where a build would store and restore it together
    with the entries."""
    place = _private(user_state_path("speclens"))
    if place is None:
        return None
    try:
        if not os.path.lexists(place / "cache.key"):
            _write(place / "cache.key", os.urandom(_SECRET_BYTES))
        secret = _read(place / "cache.key")
    except (OSError, files.TooLarge):
        return None
    return secret if len(secret) == _SECRET_BYTES else None


def _seal(secret: bytes, name: str, body: bytes) -> bytes:
    """The seal of an entry. It covers the name too, so that an entry is not valid under another name."""
    return blake2b(name.encode() + b"\n" + body, key=secret, digest_size=32).hexdigest().encode()


def _private(parent: Path | None, name: str = "") -> Path | None:
    """A directory that only the user can access; makes it if it does not exist. None if that fails."""
    if parent is None:
        return None
    place = parent / name
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = os.lstat(place)
        if not stat.S_ISDIR(found.st_mode) or not _is_own(found):
            return None
        if stat.S_IMODE(found.st_mode) & 0o077:
            place.chmod(0o700)
    except OSError:
        return None
    return place


def _is_own(found: os.stat_result) -> bool:
    """Whether only this user could write there."""
    if sys.platform == "win32":
        return True
    is_shared = stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
    return found.st_uid == os.geteuid() and not is_shared


def _read(path: Path) -> bytes:
    """The content of a regular file that only this user can write; a symlink is not one. Raises OSError, files.TooLarge."""
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode) or not _is_own(found):
        raise FileNotFoundError(path)
    return files.read(path)


def _write(path: Path, data: bytes) -> None:
    """Writes a file entirely or not at all, even while others write it. Only its user can read it. Raises OSError."""
    handle, new = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(new, path)
    except BaseException:  # such as a full disk, or a signal
        os.unlink(new)
        raise


def _clear(place: Path) -> None:
    entries = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    room = _MAX_BYTES
    for number, path in enumerate(entries):
        room -= path.stat().st_size
        if room < 0 or number >= _MOST:
            path.unlink(missing_ok=True)
