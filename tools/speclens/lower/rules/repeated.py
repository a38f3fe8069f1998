"""Refusals of templates that use a part of a value more than once: what folds to several copies must not grow without end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from speclens.lower.compat import lens
from speclens.lower.ground import x_compat
from speclens.lower.ground.walk import JsonObject, all_schemas, follow, subschemas
from speclens.lower.rewrites.folding import holders
from speclens.problems import Finding
from speclens.source.pointer import join

_MOST = 4
"""How often a template may use the same part."""


def check(document: JsonObject, skip: Collection[str] = ()) -> Iterator[Finding]:
    """`compat/repeated-part`: parts that a template uses too often, or that hold values of another such template: each
    level of those would multiply the value. Schemas under the pointers `skip` are left out."""
    skipped = tuple(f"{place}/" for place in skip)
    found = {
        pointer: shape
        for pointer, schema in all_schemas(document)
        if not f"{pointer}/".startswith(skipped)
        and x_compat.keywords(schema).keys() & {"to", "each"}
        and _uses(shape := x_compat.shape(pointer, schema, x_compat.keywords(schema)))
    }
    holding = holders(document, found)
    for pointer, shape in found.items():
        keyword = "each" if shape.each else "to"
        place = join(pointer, x_compat.KEYWORD, keyword)
        for part, count in _uses(shape).items():
            if count > _MOST:
                message = f"`{_name(part)}` is used {count} times"
                yield Finding("compat/repeated-part", place, message, f"at most {_MOST} are right")
            for inner in _inside(document, shape, part):
                if inner in holding:
                    message = (
                        f"`{_name(part)}` is used {count} times, and so is a part of what it may hold "
                        f"({holding[inner]}): a value could grow with each level"
                    )
                    hint = "use it once, or refer to schemas without such a template"
                    yield Finding("compat/repeated-part", place, message, hint)
                    break


def _uses(shape: x_compat.Shape) -> dict[tuple[str, ...], int]:
    """The parts that a template uses more than once, alone or in a larger part, and how often."""
    try:
        parts = Counter(hole.part for hole in lens.holes(shape.template))
    except ValueError:  # told by another rule
        return {}
    used = {part: sum(parts[part[:depth]] for depth in range(len(part) + 1)) for part in parts}
    return {part: count for part, count in used.items() if count > 1}


def _name(part: tuple[str, ...]) -> str:
    return "$" + join("", *part)


def _inside(document: JsonObject, shape: x_compat.Shape, part: tuple[str, ...]) -> Iterator[str]:
    """The places of the schemas directly inside of what a part is, or all that the shape accepts where nothing says so."""
    source: tuple[str, Any] = lens.source_schema(document, shape)
    found = lens.part_schema(document, *source, part)
    pointer, schema = found[:2] if found else source
    target, _ = follow(document, pointer, schema)
    if target != pointer:
        yield target
    for path, _ in subschemas(schema):
        yield join(pointer, *path)
