"""Names of schemas: a component's own, and for what stands inline one made from the place it stands at.

Nothing is numbered, so adding a schema renames no other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from speclens import names
from speclens.lower.ground import media_types
from speclens.lower.ground.composed import is_class
from speclens.lower.ground.walk import nested, outermost_schemas
from speclens.objects import component_schemas
from speclens.openapi.api import OpenApi
from speclens.source.pointer import JsonObject, join, tokens

_TELLING = frozenset(("properties", "patternProperties", "headers", "$defs", "parameters"))
"""Fields whose members' names tell."""
_SKIPPED = frozenset(("oneOf", "anyOf", "allOf", "prefixItems", "responses", "content"))
"""Fields whose members' names or numbers tell less, or nothing."""


def component_classes(document: JsonObject) -> dict[str, str]:
    """Pointer -> class name of the schemas under `components/schemas`, in document order."""
    found = component_schemas(document)
    idents = names.distinct(found, names.class_name)
    return {join("#", "components", "schemas", name): idents[name] for name in found}


def inline_names(api: OpenApi, components: Mapping[str, str]) -> dict[str, str]:
    """Pointer -> name of the classes that are no components, and of what else a body or an answer is; in document
    order."""
    document, wanted = api.document, dict[str, str]()
    told = frozenset(media_types.judged(api))
    for root, outer in outermost_schemas(document):
        for pointer, schema in nested(root, outer):
            is_own = not _only_refers(schema) and is_class(document, pointer, schema)
            if pointer not in components and (pointer in told or is_own):
                wanted[pointer] = names.class_name(" ".join(_place(api, components, pointer)))
    counts = Counter([*wanted.values(), *components.values()])
    longer = {
        pointer: names.class_name(" ".join(_place(api, components, pointer, is_precise=True)))
        for pointer, short in wanted.items()
        if counts[short] > 1
    }
    used = set(counts)
    counts.update(longer.values())
    found: dict[str, str] = {}
    for pointer, short in wanted.items():
        found[pointer] = longer.get(pointer, short)
        if counts[found[pointer]] > 1:
            parts = _place(api, components, pointer, in_full=True)
            found[pointer] = names.unused("_".join(map(names.pascal, parts)), used, pointer)
            used.add(found[pointer])
    return found


def place_name(
    api: OpenApi, components: Mapping[str, str], pointer: str, used: Collection[str]
) -> str:
    """A name for what stands at a place that no model is made of."""
    short, precise = (
        names.class_name(" ".join(_place(api, components, pointer, is_precise=is_precise)))
        for is_precise in (False, True)
    )
    return short if short not in used else names.unused(precise, used)


def _only_refers(schema: Any) -> bool:
    """Whether a schema is another one under its own description."""
    if not isinstance(schema, dict) or not isinstance(schema.get("allOf"), list):
        return False
    return len(schema["allOf"]) == 1 and not schema.keys() & {"properties", "required"}


def _place(
    api: OpenApi,
    components: Mapping[str, str],
    pointer: str,
    in_full: bool = False,
    is_precise: bool = False,
) -> list[str]:
    """The words of a place: the component or the operation it belongs to, then the way from there."""
    path, start = tokens(pointer), 3
    if path[:2] == ("components", "schemas"):
        stem = [components[join("#", *path[:3])]]
    elif path[0] == "paths" and path[2] == "parameters":
        stem, start = [path[1]], 2
    elif path[0] in {"paths", "webhooks"} and len(path) > 3:
        operation = api.operation(join("#", *path[:3]))
        given = (operation.operation_id if operation else None) or ""
        is_told = is_precise or in_full
        called = re.sub(r"{([^{}]*)}", r" by \1 ", path[1]) if is_told else path[1]
        unnamed = [path[1], path[2]] if path[0] == "webhooks" else [path[2], called]
        own = [given, *(unnamed if in_full else ())]  # the names of operations may be alike
        stem = own if names.words(given) else unnamed
    else:
        stem = [_component(path, is_precise or in_full)]
    if in_full:
        return [*stem, *path[start:]]
    usual = _usual_media(api, path, start)
    return [*stem, *_way(_by_name(api, path)[start:], is_precise, usual)]


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
    """The media type on a way that goes without saying: a JSON one, but one alone."""
    for index in range(start, len(path) - 1):
        if path[index] == "content":
            media = api.media_types_in(join("#", *path[: index + 1]))
            found = [name for name in media if "json" in name]
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
            if before in {"oneOf", "anyOf", "allOf", "prefixItems"}:
                yield f"Option{int(token) + 1}" if token.isdecimal() else token
            elif before == "responses":
                yield f"Response{'' if token in usual else token.capitalize()}"
            elif before in _TELLING or (before == "content" and token != media):
                yield "Event" if media_types.codec_of(token, None) == "Events" else token
            continue
        skip = token in _TELLING or token in _SKIPPED
        if token in kinds:
            yield kinds[token]
