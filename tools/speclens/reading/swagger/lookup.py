"""Lookups in a whole document of Swagger 2.0: its components, its media types, and the targets of its references."""

from __future__ import annotations

from speclens.source.origins import Part
from speclens.source.pointer import from_reference, tokens


def section_members(root: Part, section: str) -> dict[str, Part]:
    """The components of a section by their names."""
    return root.member(section).fields() if section in root.value else {}


def media_types(root: Part, operation: Part, key: str) -> list[str]:
    """The media types that an operation consumes or produces, else those of the whole document."""
    given = operation.value.get(key, root.value.get(key))
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []


def resolved(root: Part, part: Part) -> Part:
    """The target of a chain of references; its last reference if the chain leads nowhere or back."""
    seen: set[str] = set()
    while isinstance(part.value, dict) and isinstance(text := part.value.get("$ref"), str):
        target = from_reference(text)
        if target is None or target in seen:
            break
        seen.add(target)
        try:
            found = root
            for token in tokens(target):
                found = found.fields()[token]
        except (KeyError, ValueError):
            break
        part = found
    return part
