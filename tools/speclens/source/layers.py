"""Reads a document with its overlays from files into a `Source`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from speclens.source.load import Source
from speclens.source.load import load as load_plain


def load(path: Path, overlays: Sequence[Path] = ()) -> Source:
    """The document in a file (YAML 1.2 or JSON, in UTF-8) with OpenAPI overlays applied to it, in order.

    Raises Refused with all faults of all files.
    """
    if not overlays:
        return load_plain(path)
    # Imported here: the import of JSONPath takes 30 ms, and few documents have overlays.
    from speclens.source.overlay.apply import load_laid

    return load_laid(path, overlays)
