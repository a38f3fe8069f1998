"""What the branches of a union are called: after what they say of themselves. Their position names only those that say
nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from speclens import names
from speclens.lower.ground import composed, media_types
from speclens.objects import declared_types
from speclens.source.pointer import JsonObject, from_reference, get, join, tokens

_TITLE, _DESCRIPTION = 6, 3
"""The most words of a title and of a description that are a name."""
_MOST = 500
"""The most branches of a union that are compared."""
_MOST_KEYS = 20
"""The most properties by which they are, and the most schemas of each branch that are looked at."""


def branch_words(document: JsonObject, pointer: str, is_named: bool) -> list[str]:
    """A word for each branch of a union, by the pointer of its list. The only one of its JSON type needs none: it gets "", or
    its type if the union has a name itself. `Option2` is one that says nothing that no other says."""
    branches = get(document, pointer)
    options = [f"Option{number}" for number, _ in enumerate(branches, 1)]
    if len(branches) > _MOST:
        return options
    found: dict[int, str] = {}
    for said in _kinds(document, pointer, branches):
        counts = Counter(names.pascal(word) for word in said if word)
        for index, word in enumerate(said):
            if word and counts[names.pascal(word)] == 1:
                found.setdefault(index, word)
    types = Counter(map(_type, branches))
    for index, branch in enumerate(branches):
        if types[_type(branch)] == 1:
            found.setdefault(
                index, ("List" if _type(branch) == ("array",) else "Object") if is_named else ""
            )
    return [found.get(index, option) for index, option in enumerate(options)]


def _kinds(document: JsonObject, pointer: str, branches: Sequence[Any]) -> Iterator[list[str]]:
    """What the branches are called by each thing that may name them, the best one first."""
    yield [_text(branch, "title", _TITLE) for branch in branches]
    yield [_component(branch) for branch in branches]
    yield from _constants(document, pointer, branches)
    parts = [[name for one in _parts(branch) if (name := _component(one))] for branch in branches]
    yield [one[0] if one else "" for one in parts]
    yield [one[-1] if one else "" for one in parts]
    yield [_text(branch, "description", _DESCRIPTION) for branch in branches]


def _text(schema: Any, key: str, most: int) -> str:
    text = schema.get(key) if isinstance(schema, dict) else None
    return text if isinstance(text, str) and 0 < len(names.words(text)) <= most else ""


def _component(schema: Any) -> str:
    """The name of the component that a schema refers to."""
    place = from_reference(media_types.referenced(schema))
    path = tokens(place) if place else ()
    return path[2] if path[:2] == ("components", "schemas") and len(path) == 3 else ""


def _parts(schema: Any) -> Sequence[Any]:
    parts = schema.get("allOf") if isinstance(schema, dict) else None
    return parts if isinstance(parts, list) else ()


def _constants(document: JsonObject, pointer: str, branches: Sequence[Any]) -> Iterator[list[str]]:
    """By each property that has one value in some branches what that is, that of the discriminator first."""
    owner = get(document, pointer.rpartition("/")[0])
    told = owner.get("discriminator") if isinstance(owner, dict) else None
    first = told.get("propertyName") if isinstance(told, dict) else None
    values = [
        _constants_of(document, join(pointer, index), branch, first)
        for index, branch in enumerate(branches)
    ]
    keys = dict.fromkeys(name for one in values for name in one)
    for key in sorted(keys, key=lambda name: name != first)[:_MOST_KEYS]:
        yield [one.get(key, "") for one in values]


def _constants_of(document: JsonObject, pointer: str, branch: Any, first: Any) -> dict[str, str]:
    """The properties of a branch that have one value: the one that comes first, and the first ones of the first layers. Many
    branches may share large schemas."""
    found: dict[str, str] = {}
    for _, layer in islice(composed.layers(document, pointer, branch), _MOST_KEYS):
        known = layer.get("properties")
        if isinstance(known, dict):
            keys = [first] if isinstance(first, str) and first in known else []
            for name in (*keys, *islice(known, _MOST_KEYS)):
                if word := _only(known[name]):
                    found.setdefault(name, word)
    return found


def _only(schema: Any) -> str:
    """The one text that a schema accepts, if it says so at once."""
    if not isinstance(schema, dict):
        return ""
    listed = schema.get("enum")
    value = listed[0] if isinstance(listed, list) and len(listed) == 1 else schema.get("const")
    return value if isinstance(value, str) and names.words(value) else ""


def _type(schema: Any) -> tuple[str, ...]:
    return tuple(map(str, declared_types(schema))) if isinstance(schema, dict) else ()
