"""The document as rules see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from speclens.objects import Node
from speclens.source import pointer


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a supported version ("3.0", "3.1", "3.2"; "2.0" only for its structure) and all its objects.

    `unreachable` has the references that could not be followed: rule, message, hint.
    """

    version: str
    value: dict[str, Any]
    nodes: tuple[Node, ...]
    unreachable: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> tuple[Node, ...]:
        """The objects of some kinds, in the order of the document; references are among them."""
        return tuple(node for node in self.nodes if node.kind in kinds)


def target(document: Document, base: str, reference: str) -> tuple[str, Any] | None:
    """The pointer and the value that a local `$ref` names; None if it names nothing here."""
    fragment = pointer.from_reference(reference)
    if fragment is None:
        return None
    place = base + fragment.removeprefix("#")
    try:
        return place, pointer.get(document.value, place)
    except (KeyError, ValueError):
        return None


def resolve(document: Document, value: Any) -> Any:
    """A value, or the value at the end of its references; None if they name nothing or form a cycle."""
    seen: set[str] = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        found = target(document, "#", value["$ref"])
        if found is None or found[0] in seen:
            return None
        seen.add(found[0])
        value = found[1]
    return value
