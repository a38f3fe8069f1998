"""Limits the compiled size of a document's regular expressions, of each and of all together. A few characters may stand for
thousands of states. The toolkit compiles each expression, and so does the package at import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from speclens import patterns
from speclens.objects import Node, nodes
from speclens.problems import Finding, Refused
from speclens.source import Source, locate
from speclens.source.pointer import join

_MOST = 100 * 2**20
_MOST_ON_AVERAGE = 2**14  # for documents with very many expressions


def bounded(source: Source) -> Source:
    """Returns the document unchanged. Raises Refused, at the largest regular expression, if all of them compile to more than
    100 MiB together, and to more than 16 KiB on average. One that is too large by itself counts as `patterns.LARGEST`."""
    places = {text: place for place, text in written(nodes(source.value))}
    total, most = 0, max(_MOST, _MOST_ON_AVERAGE * len(places))
    largest = 0, ""
    for text, place in places.items():
        weight = patterns.weight(text)
        total, largest = total + weight, max(largest, (weight, place), key=lambda one: one[0])
        if total > most:  # does not compile the rest
            message = "regular expressions are too large: together they compile to more than 100 MiB, and 16 KiB on average"
            hint = "use smaller counts (`{1,2000}`), above all for large sets of characters (`.`, `\\p{L}`)"
            finding = Finding("source/large-patterns", largest[1], message, hint)
            raise Refused(locate(source, [finding]))
    return source


def written(objects: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """The regular expressions of schemas, with their places."""
    for node in objects:
        if node.kind != "schema":
            continue
        pattern = node.value.get("pattern")
        if isinstance(pattern, str):
            yield join(node.pointer, "pattern"), pattern
        names = node.value.get("patternProperties")
        place = join(node.pointer, "patternProperties")
        for name in names if isinstance(names, dict) else ():
            yield join(place, name), name
