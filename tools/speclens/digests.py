"""Digests of what the output is made of: parts of the document, templates, and the code that makes annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from functools import cache as memoize
from hashlib import sha256
from pathlib import Path
from typing import Any

from speclens import cache
from speclens.source.pointer import exists, get, join


def short_digest(*texts: str) -> str:
    """A short digest of some texts."""
    return cache.key(*texts)[:16]


@memoize
def code_of_annotations() -> str:
    """A digest of the code that makes annotations, so that what an earlier version kept does not count."""
    root, total = Path(__file__).parent, sha256()
    for path in (
        root / "literals.py",
        root / "output" / "models.py",
        *sorted(root.glob("ir/*.py")),
    ):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def digests_of_parts(document: Any, subjects: Set[str]) -> dict[str, str]:
    """The digests of subjects and of all other parts that can change by themselves, by pointer."""
    pointers = {*subjects, *_all_parts(document)}
    return {
        pointer: short_digest(json.dumps(get(document, pointer), sort_keys=True))
        for pointer in pointers
        if exists(document, pointer)
    }


def _all_parts(document: Any) -> Iterator[str]:
    """The pointers of each component, each operation, and each other field."""
    for field, value in document.items():
        below = {join("#", field): value}
        for _ in range(_DEPTHS.get(field, 0)):
            below = {
                join(pointer, name): inner
                for pointer, one in below.items()
                for name, inner in (one.items() if isinstance(one, dict) else ())
            }
        yield from below


_DEPTHS = {"components": 2, "definitions": 1, "paths": 2, "webhooks": 2}
"""For a field of a document, the number of levels down to its parts."""
