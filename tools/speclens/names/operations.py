"""What an operation is called: the resource that it belongs to, its method, and its whole name.

All of it depends on the operation alone: its id, HTTP method, path and tags. docs/names.md has the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from speclens.names import english, frameworks
from speclens.names.english import Words, is_action, lowered, same_words
from speclens.names.paths import (
    PathOfOperation,
    first_part,
    method_by_path,
    path_of_operation,
    place_in,
    telling_words,
    usual_action,
    whole_by_path,
    without,
)
from speclens.names.words import words

_LONGEST = 400
_MOST_WORDS = 60
_FOR_ONE = frozenset(
    [
        "delete",
        "destroy",
        "edit",
        "fetch",
        "get",
        "patch",
        "read",
        "remove",
        "replace",
        "retrieve",
        "show",
        "update",
    ]
)
"""Verbs that are for one thing, so that its id goes without saying."""
_VAGUE = (english.GENERIC - english.VERBS) | {"update"}
_READS = frozenset(["fetch", "get", "read", "retrieve"])
_DJANGO = (
    ("partial", "update"),
    *((verb,) for verb in ("create", "delete", "destroy", "list", "read", "retrieve", "update")),
)
"""What Django REST framework calls the actions of a set of views, after the words of the path."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a document says of an operation: its id (or ""), its method in lower case, its path, its tags, the resource that
    an extension names, and whether it answers with an array."""

    operation_id: str
    method: str
    path: str
    tags: tuple[str, ...] = ()
    group: str = ""
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """The names of an operation, as words: `resource` and `method` (`client.pets.list`), and `whole`, which names it where
    no resource does. `by_path` is a whole name made of method and path."""

    resource: str
    method: str
    whole: str
    by_path: str


@lru_cache(maxsize=4096)
def called(written: Written) -> Called:
    """The names of an operation. An id or a path of extreme length counts as one that no framework made."""
    method, path = written.method, written.path if len(written.path) < _LONGEST else ""
    found = frameworks.Id(written.operation_id)
    if len(written.operation_id) < _LONGEST:
        found = frameworks.read_id(written.operation_id, method, path, _tag(written.tags))
    resource = written.group or _tag(written.tags) or found.group or first_part(path)
    own, place = (
        lowered(_resource_words(resource)),
        path_of_operation(method, path, written.is_list and method == "get"),
    )
    text = found.text[: 2 * _LONGEST]
    named = english.telling(lowered(words(text)))[:_MOST_WORDS]
    by_path = whole_by_path("", place, own)
    verb = _verb_of_path(named, text, place)
    if not named or verb is not None or (found.is_numbered and _things(named)):
        verb = verb or (named[0] if found.is_numbered and named[0] in english.VERBS else "")
        is_own = named[:1] == (verb or "get",) and same_words(named[1:]) == same_words(place.static)
        whole = named if is_own else whole_by_path(verb, place, own)
        short = method_by_path(verb, place, own)
    else:
        stem = _group_words(found.group, named)
        is_vague = not stem and not _things(named) and same_words(named) != same_words(own)
        whole = (*(own if is_vague else stem), *named)
        short = _short(named, place, own, found.group)
    if short[:1] == ("list",):
        whole = ("list", *whole[1:]) if whole[0] in _READS else whole
    spelled = (word for one in (path, text) for word in words(one))
    cased = {word.lower(): word for word in spelled if not word[1:].islower()}  # `JWT`
    return Called(
        resource,
        " ".join(short),
        " ".join(cased.get(word, word) for word in whole),
        " ".join(cased.get(word, word) for word in by_path),
    )


def resource_name(tag: str) -> str:
    """What a tag says without `api`, versions and `controller`: `pet-controller` gives `pet`; a path gives its first part
    that tells something."""
    return " ".join(_resource_words(tag))


# Resources


def _resource_words(tag: str) -> Words:
    found = words(tag[:_LONGEST])
    kept = found[len(found) - len(english.telling(lowered(found))) :]
    while len(kept) > 1 and kept[-1].lower() in {"controller", "api", "apis"}:
        kept = kept[:-1]
    said = same_words(lowered(kept))
    return tuple(
        word
        for at, word in enumerate(kept)
        if at == 0 or said[at] != said[at - 1] or word.isdigit()
    )


def _tag(tags: Sequence[str]) -> str:
    """The first tag that tells something."""
    for tag in tags:
        if tag.startswith("/"):
            return first_part(tag)
        if any(
            english.tells(word) and word.lower() != "controller" for word in words(tag[:_LONGEST])
        ):
            return tag
    return ""


# Ids


def _verb_of_path(named: Words, text: str, place: PathOfOperation) -> str | None:
    """The verb of an id that else repeats its path: "" if it has none but that of HTTP (`get-pets-petId`), None if it says
    something else."""
    said = {same_words(place.static), same_words(telling_words(place.path))} - {()}
    if not named or not said:
        return None
    if _is_of_views(text, place.path):
        return ""
    is_done = not place.is_item and is_action(place.last, place.method)
    for verb, rest in _verbs(named, place.method):
        if same_words(rest) in said:
            is_list = verb[0] in _READS and usual_action(place) == "list"
            is_usual = is_list or verb[0] == place.method or verb == ("get",)
            is_usual = is_usual or (is_done and named[-len(verb) :] == verb)
            return "" if is_usual else " ".join(verb)
    return None


def _is_of_views(text: str, path: str) -> bool:
    """Whether Django REST framework made an id of a path and nothing else: `items_graphs` at `/items/{id}/graphs/`."""
    static = [part for part in path.split("/") if part and "{" not in part]
    return len(static) > 1 and text == "_".join(static)


def _verbs(named: Words, method: str) -> Iterator[tuple[Words, Words]]:
    """The verbs that a name may begin or end with, each with the other words."""
    if named[0] in english.VERBS or named[0] == method:
        yield named[:1], named[1:]
    for end in (*_DJANGO, (method,)):
        if named[-len(end) :] == end:
            yield end, named[: -len(end)]


def _things(named: Words) -> bool:
    """Whether a name says what something is done to; a verb after the first word may be a noun (`create report`)."""
    return named[0] not in english.GENERIC or not set(named[1:]) <= _VAGUE


def _group_words(group: str, named: Words) -> Words:
    """The words of the group of an id that its name does not say."""
    found = english.telling(lowered(words(group)))
    return () if place_in(same_words(named), same_words(found)) is not None else found


def _short(named: Words, place: PathOfOperation, resource: Words, group: str) -> Words:
    """The method of an operation by its id: without what its resource says, and without the id of one thing."""
    stem = english.telling(lowered(words(group)))
    left = (
        named if same_words(stem) == same_words(resource) else (*_group_words(group, named), *named)
    )
    left, is_many = without(left, resource, place.method)
    if (
        is_many
        and len(left) == 1
        and left[0] in _READS
        and place.method == "get"
        and not place.is_item
    ):
        return ("list",)
    return _without_id(left, place)


def _without_id(named: Words, place: PathOfOperation) -> Words:
    """A name without the parameter that the path ends with: `get by id` is `get`."""
    if named[0] in _FOR_ONE and named[1:2] == ("by",) and place.is_item:
        wanted = lowered(words(place.path.rsplit("{", 1)[1]))
        if named[2:] and wanted[-len(named[2:]) :] == named[2:]:
            return named[:1]
    return named
