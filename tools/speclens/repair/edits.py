"""Edits of a document by pointer, on a copy that shares unchanged parts with the original."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from speclens.objects import holds
from speclens.source.pointer import tokens


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
