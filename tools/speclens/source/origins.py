"""Which text each part of a document came from, where overlays changed it: a sparse tree beside the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part is written: the number of its text (0 is the document, then its overlays), and its path there.

    `members` has those of its parts that are written elsewhere than beneath it. So a document that was not changed is
    one `Origin(0)`, and what an overlay changes costs entries only in what it touched.
    """

    text: int
    path: tuple[str, ...] = ()
    members: Mapping[str, Origin] = field(default_factory=dict)

    def member(self, token: str) -> Origin:
        """The origin of a part by its key or index."""
        return self.members.get(token) or Origin(self.text, (*self.path, token))


def find(root: Origin, tokens: Iterable[str]) -> Origin:
    """The origin of what a pointer's tokens name."""
    for token in tokens:
        root = root.member(token)
    return root
