"""A content-addressed cache in the user's cache directory: it may save time and never changes a result.

Entries are JSON under a digest of everything the result depends on, and carry a digest of themselves; whatever is
wrong with an entry or the directory means that there is none.
"""

from __future__ import annotations

import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

_MOST = 64


def key(*parts: str | bytes) -> str:
    """The digest of some texts, in order."""
    total = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


def get(name: str, kind: str = "trees") -> Any:
    """The JSON value stored under a key, or None."""
    try:
        stored, _, body = (directory(kind) / name).read_bytes().partition(b"\n")
        return json.loads(body) if stored.decode() == sha256(body).hexdigest() else None
    except (OSError, ValueError):
        return None


def put(name: str, value: Any, kind: str = "trees") -> None:
    """Store a JSON value, if that is possible; of many entries the oldest go."""
    body = json.dumps(value).encode()
    try:
        place = directory(kind)
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place, prefix=".new-", delete=False) as file:
            file.write(sha256(body).hexdigest().encode() + b"\n" + body)
        os.replace(file.name, place / name)
        entries = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in entries[_MOST:]:
            path.unlink(missing_ok=True)
    except OSError:
        return


def directory(name: str) -> Path:
    """The user's directory for one kind of what can be made anew."""
    return user_cache_path("speclens") / name
