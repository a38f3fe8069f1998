"""What an operation does at its path: the names that it has by its HTTP method and path alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speclens.names import english
from speclens.names.english import Words, is_action, is_plural, lowered, one, same_words
from speclens.names.words import words

_FEW = 2
"""The most parts of a path that a method without an id is named after, where none of them is the resource."""
_ACTIONS = {
    "get": "get", "post": "create", "put": "replace", "patch": "update", "delete": "delete",
}  # fmt: skip
"""What a method of HTTP does to what stands at a path (RFC 9110, section 9.3)."""


@dataclass(frozen=True, slots=True)
class PathPart:
    """A part of a path that tells something, and whether a parameter follows it."""

    words: Words
    is_one: bool

    @property
    def said(self) -> Words:
        return one(self.words) if self.is_one else self.words


@dataclass(frozen=True, slots=True)
class PathOfOperation:
    """What an operation does where: `parts` of its path that tell something, and whether that ends with a parameter."""

    method: str
    path: str
    parts: tuple[PathPart, ...]
    is_item: bool
    is_list: bool

    @property
    def last(self) -> Words:
        """The words of the last part."""
        return self.parts[-1].words if self.parts else ()

    @property
    def static(self) -> Words:
        """The words of the parts."""
        return tuple(word for part in self.parts for word in part.words)


def first_part(path: str) -> str:
    """The first part of a path that tells something, of which a query and a fragment (`/#Action=List`) are no part."""
    for part in re.split("[?#]", path)[0].split("/"):
        told = _cleaned(part)
        if words(told) and "{" not in told and english.tells(told):
            return told
    return "operations"


def _cleaned(part: str) -> str:
    """A part of a path without the extension of a file (`pets.json`, `pets.{format}`)."""
    return re.sub(r"\.(json|xml|yaml|csv|{[^{}]*})$", "", part)


def path_of_operation(method: str, path: str, is_list: bool) -> PathOfOperation:
    """The place of an operation; `is_list` says whether it answers with an array."""
    found: list[PathPart] = []
    is_item = False
    for part in _split(path):
        if "{" in part:
            is_item = True
            if found:
                found[-1] = PathPart(found[-1].words, is_one=True)
        elif words(part) and english.tells(part):
            is_item = False
            found.append(PathPart(lowered(words(part)), is_one=False))
    return PathOfOperation(method, path, tuple(found), is_item, is_list)


def _split(path: str) -> Iterator[str]:
    """The parts of a path: Google's `:cancel` is one too, and the values of a query or a fragment (`/?Action=Reset`)."""
    before, *query = re.split("[?#]", path)
    yield from map(_cleaned, re.split("[/:]", before))
    for pair in (pair for text in query for pair in text.split("&")):
        yield pair.rpartition("=")[2]


def telling_words(path: str) -> Words:
    """All words of a path, those of its parameters too, but for `api` and versions."""
    return tuple(
        word for part in _split(path) if english.tells(part) for word in lowered(words(part))
    )


def method_by_path(verb: str, place: PathOfOperation, resource: Words) -> Words:
    """The method of an operation: what is done to what stands at its place, after what the resource names. `verb` is what the
    id of the operation says is done; "" if it does not."""
    parts, wanted = place.parts, same_words(resource)
    at = max((i for i, part in enumerate(parts) if same_words(part.words) == wanted), default=-1)
    inner = parts[at + 1 :] if at >= 0 else _last_parts(parts)
    if inner:
        return without(_phrase(verb, inner, place), resource, place.method)[0]
    if at >= 0 and not place.is_item and not verb and is_action(parts[at].words, place.method):
        return parts[at].words
    action = verb or ("list" if place.is_list and not place.is_item else usual_action(place))
    is_bulk = not place.is_item and action in {"replace", "update", "delete"}
    return (*action.split(), *(resource if is_bulk and is_plural(resource[-1]) else ()))


def _last_parts(parts: Sequence[PathPart]) -> Sequence[PathPart]:
    """The parts of a path that a method is named after, where none is its resource: not what everything is in."""
    return parts[1:][-_FEW:] if len(parts) > 1 and parts[0].is_one else parts[-_FEW:]


def _phrase(verb: str, parts: Sequence[PathPart], place: PathOfOperation) -> Words:
    """What is done to the last of some parts of a path, with those before it."""
    before = tuple(word for part in parts[:-1] for word in part.said)
    last = parts[-1].words
    is_free = not verb or verb in {place.method, *last}
    if is_free and not place.is_item and is_action(last, place.method):
        is_by = last[1:2] and last[1] in english.PREPOSITIONS
        return (last[0], *before, *last[1:]) if is_by or len(last) == 1 else (*before, *last)
    action = verb or usual_action(place)
    if not verb and place.method == "post" and not is_plural(last[-1]):
        return (*before, *last)
    is_one = action == "create" or (place.is_item and action != "list")
    return (*action.split(), *before, *(one(last) if is_one else last))


def usual_action(place: PathOfOperation) -> str:
    """What the method of HTTP does at a place."""
    last = place.last
    if place.method == "get" and not place.is_item:
        return "list" if last and is_plural(last[-1]) else "get"
    if place.method == "post" and place.is_item:
        return "post"
    return _ACTIONS.get(place.method, place.method)


def whole_by_path(verb: str, place: PathOfOperation, resource: Words) -> Words:
    """The name of an operation where no resource tells of it: what is done, and all parts of its path."""
    if not place.parts:
        return (*(verb or place.method).split(), "root")
    last = place.parts[-1].words
    is_own = same_words(last) == same_words(resource) and not is_action(last, place.method)
    own = "list" if place.is_list and not place.is_item else usual_action(place)
    return _phrase(verb or (own if is_own else ""), place.parts, place)


def without(named: Words, resource: Words, method: str) -> tuple[Words, bool]:
    """A name without the words of its resource, and whether these were in the plural. `post` is a verb where it is the
    method and stands first."""
    left, is_many = named, False
    while len(resource) < len(left):
        start = int(left[:1] == (method,) and len(left) > len(resource) + 1)
        at = place_in(same_words(left[start:]), same_words(resource))
        if at is None:
            break
        end = start + at + len(resource)
        is_many = is_plural(left[end - 1])
        is_last = end == len(left)
        left = (*left[: start + at], *left[end:])
        if is_last and len(left) > 1 and left[-1] in english.PREPOSITIONS:
            left = left[:-1]
    return left, is_many


def place_in(named: Words, wanted: Words) -> int | None:
    """Where some words stand in a name; None if they do not."""
    for start in range(len(named) - len(wanted) + 1) if wanted else ():
        if named[start : start + len(wanted)] == wanted:
            return start
    return None
