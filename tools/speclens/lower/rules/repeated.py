"""Refuses templates that repeat a part of a value too often, since nested copies would grow without a bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from speclens.lower.compat import lens
from speclens.lower.ground import x_compat
from speclens.lower.ground.walk import all_schemas, subschemas
from speclens.lower.rewrites.folding import holders
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, join

TemplatePart = tuple[str, ...]
_MOST = 4
"""The most times that a template may use the same part."""


def check(document: JsonObject, skip: Collection[str] = ()) -> Iterator[Finding]:
    """`compat/repeated-part` for parts that a template uses too often, or that hold values of another template that repeats
    a part: each level of these would multiply the value. Skips schemas under the pointers `skip`."""
    skipped = tuple(f"{place}/" for place in skip)
    found: dict[str, tuple[x_compat.Shape, dict[TemplatePart, int]]] = {}
    for pointer, schema in all_schemas(document):
        own = x_compat.keywords(schema)
        if own.keys() & {"to", "each"} and not f"{pointer}/".startswith(skipped):
            shape = x_compat.shape(pointer, schema, own)
            if uses := _uses(shape):
                found[pointer] = shape, uses
    holding = holders(document, found)
    for pointer, (shape, uses) in found.items():
        place = join(pointer, x_compat.KEYWORD, "each" if shape.each else "to")
        for part, count in uses.items():
            inner = next(filter(holding.get, _inside(document, shape, part)), "")
            for message, hint in _wrong(part, count, holding.get(inner, "")):
                yield Finding("compat/repeated-part", place, message, hint)


def _wrong(part: TemplatePart, count: int, inner: str) -> Iterator[tuple[str, str]]:
    """The faults of a part that a template repeats. `inner` is another such template for values in the part."""
    name = "$" + join("", *part)
    if count > _MOST:
        yield f"the template uses `{name}` {count} times", f"use it at most {_MOST} times"
    if inner:
        message = (
            f"the template uses `{name}` {count} times, and `{name}` may hold values of {inner}, whose template repeats "
            "a part as well: a value could grow with each level"
        )
        yield message, "use it once, or refer to schemas without such a template"


def _uses(shape: x_compat.Shape) -> dict[TemplatePart, int]:
    """The parts that a template uses more than once, alone or in a larger part, with the number of uses."""
    try:
        parts = Counter(hole.part for hole in lens.holes(shape.template))
    except ValueError:  # another rule reports it
        return {}
    used = {part: sum(parts[part[:depth]] for depth in range(len(part) + 1)) for part in parts}
    return {part: count for part, count in used.items() if count > 1}


def _inside(document: JsonObject, shape: x_compat.Shape, part: TemplatePart) -> Iterator[str]:
    """The pointers of the schemas directly inside the schema of a part, or inside the shape if the part has none."""
    source: tuple[str, Any] = lens.source_schema(document, shape)
    found = lens.part_schema(document, *source, part)
    pointer, schema = found[:2] if found else source
    target, _ = follow(document, pointer, schema)
    if target != pointer:
        yield target
    for path, _ in subschemas(schema):
        yield join(pointer, *path)
