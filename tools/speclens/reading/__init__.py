"""Reading: a document, its overlays and the files to which it refers -> one `Source` of OpenAPI 3.x with local
references."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from speclens import source
from speclens.config import Allowed
from speclens.objects import is_20
from speclens.reading import expansion, expressions, lengths
from speclens.reading.bundle import bundled
from speclens.reading.swagger.convert import converted
from speclens.source import Source

NOTHING_ALLOWED = Allowed()
"""Allows only files in the directory of the document and below."""


def load(
    document: Path | str, overlays: Sequence[Path] = (), allowed: Allowed = NOTHING_ALLOWED
) -> Source:
    """A document (YAML 1.2 or JSON, in UTF-8) with OpenAPI overlays applied to it, in order: in a file, at an http or https
    address, or `-` for standard input. It includes the parts of other files to which it refers, as far as `allowed`
    permits. Swagger 2.0 becomes OpenAPI 3.0.

    Raises Refused with all faults of the texts of all files.
    """
    if isinstance(document, Path):
        return _completed(source.load(document, overlays), allowed)
    if document == "-":
        return _completed(source.load(None, overlays), allowed)
    from speclens.reading.fetching import fetched  # its libraries take long to load

    return _completed(source.load(fetched(document, allowed.hosts), overlays), allowed)


def loads(text: str, name: str) -> Source:
    """The document in a text; `name` is the file that its references are relative to. Raises Refused with all faults of the
    text."""
    return _completed(source.loads(text, name), NOTHING_ALLOWED)


def title(read: Source) -> str:
    """The title of a document; "" if it has none."""
    info = read.value.get("info")
    found = info.get("title") if isinstance(info, dict) else ""
    return found if isinstance(found, str) else ""


def _completed(read: Source, allowed: Allowed) -> Source:
    made = bundled(lengths.bounded(read), allowed)
    whole = made if made is read else lengths.bounded(made)
    if is_20(whole.value):
        whole = lengths.bounded(converted(whole))
    return expressions.bounded(expansion.bounded(whole))
