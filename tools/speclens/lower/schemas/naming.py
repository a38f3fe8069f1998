"""Names of schemas: a component's own, and for what stands inline one made from the place it stands at.

Nothing is numbered, so adding a schema renames no other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from speclens import names
from speclens.lower.ground import media_types
from speclens.lower.ground.composed import is_class
from speclens.lower.ground.walk import nested, outermost_schemas
from speclens.lower.schemas.branches import branch_words
from speclens.lower.schemas.same import Same, same_schemas
from speclens.objects import component_schemas
from speclens.openapi.api import OpenApi
from speclens.openapi.naming import COMPONENTS, TYPES, given_name
from speclens.openapi.nodes import OperationObject
from speclens.source.pointer import JsonObject, get, join, tokens

_TELLING = frozenset(("properties", "patternProperties", "headers", "$defs", "parameters"))
"""Fields whose members' names tell."""
_UNIONS = frozenset(("oneOf", "anyOf", "prefixItems"))
_BRANCHES = _UNIONS | {"allOf"}
_SKIPPED = frozenset(("oneOf", "anyOf", "allOf", "prefixItems", "responses", "content"))
"""Fields whose members' names or numbers tell less, or nothing."""
_SHORT, _WITH_PARTS, _PRECISE, _IN_FULL = range(4)
"""How much of a place its name says: each only if names would be the same else."""


def component_classes(document: JsonObject) -> dict[str, str]:
    """Pointer -> class name of the schemas under `components/schemas`, in document order."""
    found = component_schemas(document)
    given = {name: given_name(schema, COMPONENTS) for name, schema in found.items()}
    idents = names.distinct(found, names.class_name, given)
    return {join("#", "components", "schemas", name): idents[name] for name in found}


def inline_names(
    api: OpenApi, components: Mapping[str, str], enums: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Pointer -> name of the classes that are no components, and of what else a body or an answer is; in document
    order. `enums` has the places of enumerations that are classes, each with the place that it is named after."""
    document, wanted = api.document, list[str]()
    told = frozenset(media_types.judged(api))
    roots = [*outermost_schemas(document)]
    same = same_schemas((root, outer, root in told) for root, outer in roots)
    copies: dict[str, str] = {}
    for root, outer in roots:
        for pointer, schema in nested(root, outer):
            is_own = not _only_refers(schema) and is_class(document, pointer, schema)
            if pointer in components or not (pointer in told or is_own or pointer in enums):
                continue
            if enums.get(pointer, pointer) != pointer:
                copies[pointer] = enums[pointer]
            elif root in same.firsts:
                copies[pointer] = same.firsts[root] + pointer[len(root) :]
            else:
                wanted.append(pointer)
    places = _Places(api, components, same, told)
    found: dict[str, str] = {}
    counts = Counter(components.values())
    for level in (_SHORT, _WITH_PARTS, _PRECISE):
        for pointer in wanted:
            if pointer not in found or counts[found[pointer]] > 1:
                said = given_name(get(document, pointer), TYPES) if level < _PRECISE else ""
                found[pointer] = names.class_name(said or " ".join(_place(places, pointer, level)))
        counts = Counter([*found.values(), *components.values()])
    used = set(counts)
    for pointer, name in found.items():
        if counts[name] > 1:
            parts = _place(places, pointer, _IN_FULL)
            found[pointer] = names.unused("_".join(map(names.pascal, parts)), used, pointer)
            used.add(found[pointer])
    firsts = {pointer: copies.get(first, first) for pointer, first in copies.items()}
    return found | {pointer: found[first] for pointer, first in firsts.items() if first in found}


def place_name(
    api: OpenApi, components: Mapping[str, str], pointer: str, used: Collection[str]
) -> str:
    """A name for what stands at a place that no model is made of."""
    places = _Places(api, components, Same({}, {}), frozenset())
    short, precise = (
        names.class_name(" ".join(_place(places, pointer, level))) for level in (_SHORT, _PRECISE)
    )
    return short if short not in used else names.unused(precise, used)


def _only_refers(schema: Any) -> bool:
    """Whether a schema is another one under its own description."""
    if not isinstance(schema, dict) or not isinstance(schema.get("allOf"), list):
        return False
    return len(schema["allOf"]) == 1 and not schema.keys() & {"properties", "required"}


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of a document, and what their names depend on."""

    api: OpenApi
    components: Mapping[str, str]
    same: Same
    told: Collection[str]  # what is judged by itself has a name
    branches: dict[str, list[str]] = field(default_factory=dict)

    def branch(self, pointer: str, index: int) -> str:
        """The word of a branch of a union, by the pointer of its list."""
        if pointer not in self.branches:
            owner = pointer.rpartition("/")[0]
            is_named = owner in self.told or owner in self.components
            self.branches[pointer] = branch_words(self.api.document, pointer, is_named)
        return self.branches[pointer][index]


def _place(places: _Places, pointer: str, level: int) -> list[str]:
    """The words of a place: the component or the operation it belongs to, then the way from there."""
    in_full, is_precise = level == _IN_FULL, level == _PRECISE
    api, components = places.api, places.components
    path, start = tokens(pointer), 3
    if path[:2] == ("components", "schemas"):
        stem = [components[join("#", *path[:3])]]
    elif path[0] == "paths" and path[2] == "parameters":
        stem, start = [path[1]], 2
    elif path[0] in {"paths", "webhooks"} and len(path) > 3:
        operation = api.operation(join("#", *path[:3]))
        stem = _operation(operation, path, in_full)
    else:
        stem = [_component(path, is_precise or in_full)]
    if in_full:
        return [*stem, *path[start:]]
    usual = _usual_media(api, path, start)
    path = _by_word(places, path, start, level)
    return [*stem, *_way(_by_name(api, path)[start:], is_precise, usual)]


def _operation(
    operation: OperationObject | None, path: tuple[str, ...], in_full: bool
) -> list[str]:
    """The words of an operation; in full with its method and path, where what is in braces is told from what is not."""
    given = (operation.operation_id if operation else None) or ""
    if path[0] == "webhooks":
        unnamed = [path[1], path[2]]
        return [given, *(unnamed if in_full else ())] if names.words(given) else unnamed
    placed = [path[2], re.sub(r"{([^{}]*)}", r" by \1 ", path[1])]
    if in_full or operation is None:
        return [given, *placed] if names.words(given) else placed
    return [operation.called.whole]


def _by_word(places: _Places, path: tuple[str, ...], start: int, level: int) -> tuple[str, ...]:
    """A place with the branches of unions by their words, and the response that several are the same as by what it is then
    called after."""
    found, index = list(path), start
    while index < len(path) - 1:
        token, part = path[index], path[index + 1]
        if token in _BRANCHES and part.isdecimal():
            option, word = f"Option{int(part) + 1}", ""
            if token in _UNIONS:
                word = places.branch(join("#", *path[: index + 1]), int(part))
            elif level != _SHORT or index == len(path) - 2:
                word = option
            is_longer = level == _PRECISE and word != option
            found[index + 1] = f"{word} {option}" if is_longer else word
        elif token == "responses" and level < _PRECISE:
            found[index + 1] = places.same.statuses.get(join("#", *path[: index + 5]), part)
        index += 2 if token in _TELLING or token in _SKIPPED else 1
    return tuple(found)


def _by_name(api: OpenApi, path: tuple[str, ...]) -> tuple[str, ...]:
    """A place with a parameter by its name, not by its number: another one before it renames nothing. Its one media type
    tells nothing."""
    at = path.index("parameters") + 1 if "parameters" in path else len(path)
    parameter = api.parameter(join("#", *path[: at + 1])) if path[at:] else None
    if parameter is None:
        return path
    name = path[at] if path[0] == "components" else parameter.name
    return (*path[:at], name, *path[at + (3 if path[at + 1] == "content" else 1) :])


def _component(path: tuple[str, ...], is_precise: bool) -> str:
    """The words of a component that is no schema; one that is called by a status alone says that it is a response."""
    name = path[2]
    kind = "requestBody" if path[1] == "requestBodies" else path[1].removesuffix("s")
    return f"{kind} {name}" if is_precise or name.isdecimal() else name


def _usual_media(api: OpenApi, path: tuple[str, ...], start: int) -> str:
    """The media type on a way that goes without saying: one of JSON, or one that is alone, but for events, since it is one
    of many that has such a class."""
    for index in range(start, len(path) - 1):
        if path[index] == "content":
            media = api.media_types_in(join("#", *path[: index + 1]))
            is_alone = len(media) == 1 and media_types.codec_of(media[0], None) != "Events"
            found = [name for name in media if "json" in name or is_alone]
            return "application/json" if "application/json" in found else found[0] if found else ""
    return ""


def _way(path: tuple[str, ...], is_precise: bool, media: str) -> Iterator[str]:
    """The telling tokens of a way: names, `Item`, `Value`, `Option2`, `Request`, `Response404`, but for the media type
    that goes without saying; if precise, what goes without saying unless something else is called the same."""
    body = "RequestBody" if is_precise else "Request"
    usual = () if is_precise else ("200", "201", "default")
    kinds = {"items": "Item", "additionalProperties": "Value", "requestBody": body}
    if path[:1] == ("callbacks",) and len(path) > 4:  # name, expression, method
        yield from (path[1], *(() if path[3] == "post" else (path[3],)))
        path = path[4:]
    skip = False
    for index, token in enumerate(path):
        if skip:
            skip = False
            before = path[index - 1]
            if before in _BRANCHES or (token == "Error" and before == "responses"):
                yield token
            elif before == "responses":
                yield f"Response{'' if token in usual else token.capitalize()}"
            elif before in _TELLING or (before == "content" and token != media):
                yield "Event" if media_types.codec_of(token, None) == "Events" else token
            continue
        skip = token in _TELLING or token in _SKIPPED
        if token in kinds:
            yield kinds[token]
