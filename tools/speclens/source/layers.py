"""Reading a document and its overlays: the one way to a `Source` from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from speclens.source.load import Source
from speclens.source.load import load as load_plain


def load(path: Path, overlays: Sequence[Path] = ()) -> Source:
    """A file's document, YAML 1.2 or JSON in UTF-8, with OpenAPI overlays laid over it, in order.

    Raises Refused with all faults of all files, each in its own.
    """
    if not overlays:
        return load_plain(path)
    # Imported here: reading JSONPath costs 30 ms, and few documents have overlays.
    from speclens.source.overlay import load_laid

    return load_laid(path, overlays)
