"""Edits of a document by pointer, on a copy that shares unchanged parts with the original."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from speclens.objects import holds
from speclens.source.pointer import exists, from_reference, get, tokens


class Removed:
    """Stands for the absence of a value."""


REMOVED = Removed()


@dataclass(frozen=True, slots=True)
class Edit:
    """A new value for a place, or REMOVED. `said` names the effect in a few words. An essential edit takes away a part that
    callers need."""

    pointer: str
    value: Any
    said: str
    is_essential: bool = False


def takes_away(edit: Edit, value: Any, names: Collection[str]) -> bool:
    """Whether an edit of a place with this value takes away all members of some names."""
    name = tokens(edit.pointer)[-1]
    left = {} if edit.value is REMOVED else {name: edit.value}
    return holds({name: value}, names) and not holds(left, names)


_SCHEMAS = ("#/components/schemas/", "#/definitions/")
"""Where the schemas stand that get models and normalizers, whichever operation uses them."""


def lost(document: dict[str, Any], edit: Edit, names: Collection[str]) -> list[str]:
    """Which of some names have members in a part that an edit leaves out, or in what this part refers to, except for
    schemas of components."""
    if not edit.is_essential:
        return []
    found, seen = set[str](), set[str]()
    stack = [get(document, edit.pointer)]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack += value
        if not isinstance(value, dict):
            continue
        found |= value.keys() & names
        stack += value.values()
        target = (
            from_reference(reference) if isinstance(reference := value.get("$ref"), str) else None
        )
        if (
            target
            and target not in seen
            and not target.startswith(_SCHEMAS)
            and exists(document, target)
        ):
            seen.add(target)
            stack.append(get(document, target))
    return sorted(found)


_EditTree = dict[str, Any]
"""Token -> the edit of that member, or the tree of edits inside it."""


def edited(value: Any, edits: Iterable[Edit]) -> Any:
    """A value with its edits. An edit of an outer place overrides edits inside it."""
    tree: _EditTree = {}
    for edit in edits:
        *path, last = tokens(edit.pointer)
        here: Any = tree
        for token in path:
            here = here.setdefault(token, {})
            if isinstance(here, Edit):
                break
        else:
            here[last] = edit
    return _applied(value, tree)


def _applied(value: Any, tree: _EditTree) -> Any:
    if isinstance(value, dict):
        changed = {**value, **{key: _member(value.get(key), tree[key]) for key in tree}}
        return {key: part for key, part in changed.items() if part is not REMOVED}
    if isinstance(value, list):
        items = [
            _member(item, tree[str(index)]) if str(index) in tree else item
            for index, item in enumerate(value)
        ]
        return [item for item in items if item is not REMOVED]
    return value


def _member(value: Any, change: Edit | _EditTree) -> Any:
    return change.value if isinstance(change, Edit) else _applied(value, change)
