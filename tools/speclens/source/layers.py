"""Reads a document with its overlays from files into a `Source`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from speclens.source.load import Source
from speclens.source.load import load as load_plain


def load(document: Path | Source | None, overlays: Sequence[Path] = ()) -> Source:
    """The document in a file (YAML 1.2 or JSON, in UTF-8) with OpenAPI overlays applied to it, in order. None is standard
    input. A document that was read already counts as it is.

    Raises Refused with all faults of all files.
    """
    if not overlays:
        return document if isinstance(document, Source) else load_plain(document)
    # Imported here: the import of JSONPath takes 30 ms, and few documents have overlays.
    from speclens.source.overlay.apply import load_laid

    return load_laid(document, overlays)
