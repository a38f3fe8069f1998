"""The places of a document's parts: a tree beside the value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a part: the offset of its key, or of the item; and the places of its own parts by token."""

    offset: int
    members: dict[str, Place] = field(default_factory=dict)


def offset_at(root: Place, tokens: Iterable[str]) -> int:
    """The offset of the part that a pointer's tokens name, or of its nearest parent that exists."""
    place = root
    for token in tokens:
        if token not in place.members:
            break
        place = place.members[token]
    return place.offset
