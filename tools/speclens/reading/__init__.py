"""Reading: a document, its overlays and the files it refers to -> one `Source` of OpenAPI 3.x, whose references are all
within it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from speclens import source
from speclens.objects import is_20
from speclens.reading.swagger import converted
from speclens.source import Source


def load(path: Path, overlays: Sequence[Path] = ()) -> Source:
    """A file's document, YAML 1.2 or JSON in UTF-8, with OpenAPI overlays laid over it, in order.

    Raises Refused with all faults of all files, each in its own.
    """
    return _completed(source.load(path, overlays))


def loads(text: str, name: str) -> Source:
    """A text's document; `name` is where it would be stored. Raises Refused with all faults of the text."""
    return _completed(source.loads(text, name))


def _completed(read: Source) -> Source:
    return converted(read) if is_20(read.value) else read
