"""Reading: a document, its overlays and the files it refers to -> one `Source` of OpenAPI 3.x, whose references are all
within it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from speclens import source
from speclens.config import Allowed
from speclens.objects import is_20
from speclens.reading import expansion, expressions, lengths
from speclens.reading.bundle import bundled
from speclens.reading.swagger import converted
from speclens.source import Source

NOTHING_ALLOWED = Allowed()
"""Nothing but files in the directory of the document and below."""


def load(path: Path, overlays: Sequence[Path] = (), allowed: Allowed = NOTHING_ALLOWED) -> Source:
    """A file's document, YAML 1.2 or JSON in UTF-8, with OpenAPI overlays laid over it, in order, and with what it refers
    to in other files, as far as that is allowed. What is of Swagger 2.0 is brought to OpenAPI 3.0.

    Raises Refused with all faults of the texts of all files, each in its own.
    """
    return _completed(source.load(path, overlays), allowed)


def loads(text: str, name: str) -> Source:
    """A text's document; `name` is where it would be stored. Raises Refused with all faults of the text."""
    return _completed(source.loads(text, name), NOTHING_ALLOWED)


def _completed(read: Source, allowed: Allowed) -> Source:
    made = bundled(lengths.bounded(read), allowed)
    whole = made if made is read else lengths.bounded(made)
    if is_20(whole.value):
        whole = lengths.bounded(converted(whole))
    return expressions.bounded(expansion.bounded(whole))
