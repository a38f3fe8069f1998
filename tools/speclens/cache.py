"""What the generator printed once, in the user's cache directory: it saves time and never changes a result.

An entry is the texts under a digest of all that they depend on. Whoever may write there could say what is generated: another
user of a shared directory, or a branch of strangers whose cache a build restores. So an entry is sealed with a secret that is kept
elsewhere, directory and files are the user's alone, and whatever is wrong with any of them means that there is no entry.
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
"""Entries that are kept."""

_MAX_BYTES = 1 << 26
"""Bytes that all entries may have together (64 MiB)."""

_SECRET_BYTES = 32


def key(*parts: str | bytes) -> str:
    """The digest of some texts, in order."""
    total = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def stored(name: str) -> dict[str, str]:
    """The texts that are stored under a key; none if there is no entry of this user."""
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
    """Store some texts, if that is possible; of many entries the oldest go."""
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
    """The user's directory for one kind of what can be made anew; None if others can write to it."""
    return _private(_private(user_cache_path("speclens")), name)


def _secret() -> bytes | None:
    """What seals entries. It is not beside them, where a build would store and restore it together with them."""
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
    """Of the name too: an entry is of no use under another."""
    return blake2b(name.encode() + b"\n" + body, key=secret, digest_size=32).hexdigest().encode()


def _private(parent: Path | None, name: str = "") -> Path | None:
    """A directory that is the user's alone; it is made if it is not there."""
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
    """A regular file of this user, and not one that a link leads to. Raises OSError, files.TooLarge."""
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode) or not _is_own(found):
        raise FileNotFoundError(path)
    return files.read(path)


def _write(path: Path, data: bytes) -> None:
    """All of a file or nothing, whoever else writes it now; it is readable by its user only. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(data)
    os.replace(file.name, path)


def _clear(place: Path) -> None:
    entries = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    room = _MAX_BYTES
    for number, path in enumerate(entries):
        room -= path.stat().st_size
        if room < 0 or number >= _MOST:
            path.unlink(missing_ok=True)
