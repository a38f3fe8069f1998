"""Schemas as they are in requests and in responses: `readOnly` properties are not sent, `writeOnly` ones not received.

A component that has such properties, itself or in what it is made of, gets a variant for the direction in which it says
something else, a component of its own (`Pet.request`). What stands inline in a body, a parameter or a header is used
there alone, and changed in place. Callbacks and webhooks, where the API is the one that asks, stay as written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from speclens.lower.ground import composed
from speclens.lower.ground.view import View, copied
from speclens.lower.ground.walk import nested, outermost_schemas
from speclens.lower.rewrites.rewriting import Rewriting, ViewTransform
from speclens.objects import component_schemas
from speclens.source.pointer import (
    JsonObject,
    follow,
    from_reference,
    join,
    put,
    to_reference,
    tokens,
)

_ROOT = ("components", "schemas")
_KEYWORDS = {"request": "readOnly", "response": "writeOnly"}
_SECTIONS = {
    "requestBodies": "request",
    "parameters": "request",
    "responses": "response",
    "headers": "response",
}
_FIELDS = {"requestBody": "request", "parameters": "request", "responses": "response"}


@dataclass(frozen=True, slots=True)
class _Direction:
    """The schemas of one direction: the variants there are (component -> key), and those that are asked for."""

    document: JsonObject
    keyword: str
    variants: dict[str, str]
    wanted: dict[str, None] = field(default_factory=dict)

    def left_out(self, pointer: str, schema: Any) -> bool:
        """Whether a property is not there in this direction."""
        target = follow(self.document, pointer, schema)[1]
        return any(
            isinstance(one, dict) and one.get(self.keyword) is True for one in (schema, target)
        )

    def referred(self, place: str) -> str:
        """The place that a reference leads to in this direction."""
        path = tokens(place)
        if path[:2] != _ROOT or len(path) < 3 or path[2] not in self.variants:
            return place
        self.wanted.setdefault(path[2])
        return join("#", *_ROOT, self.variants[path[2]], *path[3:])


def directed(before: View) -> View:
    """The document with the schemas of requests and of responses told apart, where they differ."""
    components = component_schemas(before.document)
    document = copied(before.document)
    origins: dict[str, str] = {}
    for name, keyword in _KEYWORDS.items():
        if not _is_used(before.document, keyword):
            continue
        changed = _changed(before.document, components, keyword)
        keys = {one: _key(components, one, name) for one in components if one in changed}
        direction = _Direction(before.document, keyword, keys)
        rewriting = Rewriting(before.document, _transform(direction), origins)
        for pointer, schema in outermost_schemas(before.document):
            if _direction(tokens(pointer)) == name:
                count = len(origins)
                put(document, pointer, rewriting.schema(pointer, pointer, schema))
                _mark_around(origins, pointer, len(origins) - count)
        made: dict[str, Any] = {}
        children = _children(components)
        while left := [one for one in direction.wanted if one not in made]:
            old, new = (join("#", *_ROOT, one) for one in (left[0], keys[left[0]]))
            made[left[0]] = rewriting.schema(old, new, components[left[0]])
            for child in children.get(left[0], ()):
                direction.wanted.setdefault(child)
        for one in components:
            if one in made:
                component_schemas(document)[keys[one]] = made[one]
    return View(document, origins, before)


def _mark_around(origins: dict[str, str], outermost: str, count: int) -> None:
    """Note that what is around the last so many places of `origins` says something else than is written, too."""
    for changed in list(islice(reversed(origins), count)):
        path = changed.removeprefix(outermost).split("/") if changed.startswith(outermost) else []
        for length in range(1, len(path)):
            place = outermost + "/".join(path[:length])
            origins.setdefault(place, place)


def _is_used(document: JsonObject, keyword: str) -> bool:
    return any(
        isinstance(schema, dict) and schema.get(keyword) is True
        for pointer, outer in outermost_schemas(document)
        for _, schema in nested(pointer, outer)
    )


def _key(components: JsonObject, component: str, direction: str) -> str:
    key = f"{component}.{direction}"
    while key in components:
        key += "_"
    return key


def _direction(path: tuple[str, ...]) -> str:
    """The direction in which an outermost schema is used; "" if that cannot be said of its place."""
    if path[0] == "components":
        return _SECTIONS.get(path[1], "")
    if path[0] != "paths" or "callbacks" in path[:4]:
        return ""
    return next((_FIELDS[token] for token in path[2:4] if token in _FIELDS), "")


def _changed(document: JsonObject, components: JsonObject, keyword: str) -> set[str]:
    """The components that say something else without the properties that have a keyword."""
    one = _Direction(document, keyword, {})
    parts: dict[str, set[str]] = {}
    changed: set[str] = set()
    for name, schema in components.items():
        pointer = join("#", *_ROOT, name)
        for place, inner in nested(pointer, schema):
            if isinstance(inner, dict):
                parts.setdefault(name, set()).update(_components(inner))
                for key, value in _properties(inner):
                    if one.left_out(join(place, "properties", key), value):
                        changed.add(name)
    for base, children in _children(components).items():
        parts.setdefault(base, set()).update(children)
    users: dict[str, set[str]] = {}
    for name, inside in parts.items():
        for part in inside:
            users.setdefault(part, set()).add(name)
    stack = list(changed)
    while stack:
        for user in users.get(stack.pop(), set()) - changed:
            changed.add(user)
            stack.append(user)
    return changed


def _children(components: JsonObject) -> dict[str, list[str]]:
    """The components that are made of one with a discriminator: what is of that may be any of them."""
    found: dict[str, list[str]] = {}
    for name, schema in components.items():
        for base in _bases(schema) if isinstance(schema, dict) else ():
            parent = components.get(base)
            if isinstance(parent, dict) and "discriminator" in parent:
                found.setdefault(base, []).append(name)
    return found


def _properties(schema: JsonObject) -> list[tuple[str, Any]]:
    found = schema.get("properties")
    return list(found.items()) if isinstance(found, dict) else []


def _bases(schema: JsonObject) -> Iterator[str]:
    members = schema.get("allOf")
    for member in members if isinstance(members, list) else ():
        if isinstance(member, dict):
            yield from _components({"$ref": member.get("$ref")})


def _components(schema: JsonObject) -> Iterator[str]:
    """The components that a schema itself refers to."""
    if isinstance(schema.get("$ref"), str) and (place := from_reference(schema["$ref"])):
        path = tokens(place)
        if path[:2] == _ROOT and len(path) > 2:
            yield path[2]


def _transform(direction: _Direction) -> ViewTransform:
    def transform(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
        members = composed.properties(direction.document, old, schema)
        gone = {name for name, one in members.items() if direction.left_out(*one)}
        return _without(direction, view, (old, new), schema, gone)

    return transform


def _without(
    direction: _Direction,
    view: Rewriting,
    at: tuple[str, str],
    schema: JsonObject,
    gone: set[str],
) -> JsonObject:
    """A schema without some properties, which members of its `allOf` may ask for as well."""
    old, new = at
    result = view.inner(old, new, schema, frozenset({"properties", "allOf", "required"}))
    if isinstance(schema.get("allOf"), list):
        places = [
            (join(old, "allOf", i), join(new, "allOf", i)) for i in range(len(schema["allOf"]))
        ]
        result["allOf"] = [
            _without(direction, view, place, one, gone) if isinstance(one, dict) else one
            for place, one in zip(places, schema["allOf"], strict=True)
        ]
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {
            name: view.schema(join(old, "properties", name), join(new, "properties", name), one)
            for name, one in schema["properties"].items()
            if name not in gone
        }
    if required := [name for name in schema.get("required") or () if name not in gone]:
        result["required"] = required
    if _refer(direction, result) or gone or old != new:
        view.origins[new] = old
    return {key: result[key] for key in schema if key in result}


def _refer(direction: _Direction, schema: JsonObject) -> bool:
    """Let a schema refer to what there is in a direction: by `$ref`, and by the mapping of its discriminator. Whether its
    `$ref` leads elsewhere now."""
    place = from_reference(schema["$ref"]) if isinstance(schema.get("$ref"), str) else None
    is_moved = bool(place) and direction.referred(place or "") != place
    if is_moved:
        schema["$ref"] = to_reference(direction.referred(place or ""))
    told = schema.get("discriminator")
    mapping = told.get("mapping") if isinstance(told, dict) else None
    if isinstance(told, dict) and isinstance(mapping, dict):
        schema["discriminator"] = {
            **told,
            "mapping": {value: _mapped(direction, target) for value, target in mapping.items()},
        }
    return is_moved


def _mapped(direction: _Direction, target: Any) -> Any:
    if not isinstance(target, str):
        return target
    place = join("#", *_ROOT, target) if target in direction.variants else from_reference(target)
    there = direction.referred(place) if place else place
    return to_reference(there) if there and there != place else target
