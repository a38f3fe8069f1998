"""A limit on what the regular expressions of a document compile to, one by one and together: a few characters may say
thousands of states, the toolkit compiles each, and so does the package when it is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from speclens import patterns
from speclens.objects import Node, nodes
from speclens.problems import Finding, Refused
from speclens.source import Source, locate
from speclens.source.pointer import join

_MOST = 100 * 2**20
_MOST_ON_AVERAGE = 2**14  # of documents with very many


def bounded(source: Source) -> Source:
    """The document itself. Raises Refused, at the largest of them, where its regular expressions compile to more than 100
    MiB together, and 16 KiB on average. What is too large by itself counts as the largest that is not."""
    places = {text: place for place, text in written(nodes(source.value))}
    total, most = 0, max(_MOST, _MOST_ON_AVERAGE * len(places))
    largest = 0, ""
    for text, place in places.items():
        weight = patterns.weight(text)
        total, largest = total + weight, max(largest, (weight, place), key=lambda one: one[0])
        if total > most:  # the others are not even tried
            message = "regular expressions are too large: together they compile to more than 100 MiB, and 16 KiB on average"
            hint = (
                "count less far (`{1,2000}`), above all what is one of a large set (`.`, `\\p{L}`)"
            )
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
