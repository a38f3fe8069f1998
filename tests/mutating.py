"""Documents changed at random: what a person, a tool or an attacker may write where something else should stand."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import hostile
from speclens import objects
from speclens.objects import tables
from speclens.source.pointer import exists, get, tokens

SCALARS: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**300, -(10**307), 1e308, 5e-324, 2**63, "", "x", "$", "$/a", "/images", "#",
    "#/components/schemas/Thing", "#/components", "string", "object", "array", "integer", "null", [], {}, [[]], [{}],
    {"$ref": "#"}, {"$ref": "#/components/schemas/Pet"}, {"type": "object"}, {"x-compat": {}}, ["a", "a"], {"": {}},
]  # fmt: skip
NAMES = [
    "", "$ref", "type", "properties", "items", "oneOf", "anyOf", "allOf", "not", "enum", "const", "required", "default",
    "x-compat", "into", "to", "each", "values", "absent", "hubs", "deprecated", "additionalProperties", "$id", "$anchor",
    "$schema", "$defs", "nullable", "format", "pattern", "minLength", "maxItems", "minimum", "if", "then", "else",
    "unevaluatedProperties", "patternProperties", "propertyNames", "prefixItems", "dependentSchemas", "discriminator",
    "jsonSchemaDialect", "schemas", "callbacks", "schema", "content", "examples", "example", "title", "description",
]  # fmt: skip
HUGE: list[Any] = [
    10**400, -(10**400), 2**64, 1.7976931348623157e308, -1e308, 10**30, "9" * 400, "1e999", 0.1, 1e-320, -0.0,
]  # fmt: skip
PATHS = [
    "../../../etc/passwd", "/etc/passwd", "..", ".", "a/../b", "C:\\\\x", "\\\\\\\\host\\x", "~root", "__init__", "models.py", "NUL", "con.py",
    "x/y", "%2e%2e%2f", "x" * 300, "$(id)", "a\x00b",
]  # fmt: skip
ODD = [text for text in hostile.TEXTS.values() if len(text) < 1000]


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list)) and value:
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


def mutate(document: Any, chance: random.Random, deepest: int) -> None:
    """One change of a document, in place."""
    where = chance.choice(list(containers(document)) or [document])
    key = chance.choice(list(where) if isinstance(where, dict) else range(len(where)))
    value = where[key]
    match chance.choice(
        ("drop", "copy", "retype", "rename", "cycle", "nest", "swap", "text", "add", "huge", "path")
    ):
        case "drop":
            del where[key]
        case "copy" if isinstance(where, list):
            where.insert(key, copy.deepcopy(value))
        case "copy":
            where[chance.choice([f"{key}_", f"{key} ", str(key).upper(), *NAMES])] = copy.deepcopy(
                value
            )
        case "retype":
            where[key] = copy.deepcopy(chance.choice([*SCALARS, [value], {"x": value}, str(value)]))
        case "rename" if isinstance(where, dict):
            where[chance.choice([*NAMES, *ODD])] = where.pop(key)
        case "path" if isinstance(where, dict):
            where[chance.choice(PATHS)] = where.pop(key)
        case "path":
            where[key] = chance.choice(PATHS)
        case "huge":
            where[key] = chance.choice(HUGE)
        case "cycle":
            target = chance.choice(["Thing", "Pet", "Reference", "Names", "ImageEditRequest"])
            where[key] = {"$ref": f"#/components/schemas/{target}"}
        case "nest":
            where[key] = nested(value, chance, deepest)
        case "swap":
            other = chance.choice(list(containers(document)))
            second = chance.choice(list(other) if isinstance(other, dict) else range(len(other)))
            where[key], other[second] = copy.deepcopy(other[second]), copy.deepcopy(value)
        case "add" if isinstance(where, dict):
            where[chance.choice(NAMES)] = copy.deepcopy(chance.choice(SCALARS))
        case _:
            where[key] = chance.choice(ODD)


def nested(value: Any, chance: random.Random, deepest: int) -> Any:
    """A value under many arrays, members, or schemas."""
    keyword = chance.choice(
        ["items", "allOf", "oneOf", "properties", "additionalProperties", "x", ""]
    )
    for _ in range(chance.choice([2, 10, deepest // 3, deepest])):
        if keyword in {"allOf", "oneOf"}:
            value = {keyword: [value]}
        elif keyword == "properties":
            value = {"type": "object", keyword: {"x": value}}
        else:
            value = {keyword: value} if keyword else [value]
    return value


COMPAT: list[Any] = [
    {}, [], None, True, 0, "text", "$", {"into": "/a"}, {"to": "$"}, {"to": ["$"]}, {"into": "/a", "to": ["$"]},
    {"into": "/a", "each": "$/n"}, {"into": "/a", "values": {"x": "y"}}, {"absent": [None, []]}, {"into": 5},
    {"hubs": {"/a": {"conflict": "merge", "absent": [None]}}}, {"hubs": []}, {"partial": True}, {"to": {"a": "$", "b": 1}},
    {"into": "/a", "deprecated": {"since": "2026-01-01", "note": "Use a."}}, {"into": "/a/b", "to": {"c": "$/d"}},
    {"to": "data:,$"}, {"values": {"true": 1}}, {"into": "#/x"}, {"unknown": {}}, {"into": "/a", "x-compat": {}},
]  # fmt: skip
"""Of x-compat what is valid somewhere, and what is valid nowhere."""
EXTENSIONS: dict[str, list[Any]] = {
    "x-compat": COMPAT,
    "x-file": [{}, {"base64": "a"}, {"base64": "a", "url": "b"}, {"first": "a"}, {"first": "missing"}],
    "x-billed": [True, False, "yes"],
    "x-nullable": [True, False],
    "x-enum-descriptions": [["One.", None, "x"], {"a": "One.", "1": 2}, "text"],
    "x-enum-varnames": [["a", "b c", ""], {"a": "class"}, 1],
    "x-enumDescriptions": [{"a": "One."}],
    "x-enumNames": [["A", 1], {}],
    "x-example": [1, {"a": 1}, "text"],
    "x-extensible-enum": [[], ["a", "b"], [1, "a", None]],
    "x-fern-enum": [{"a": {"name": "b", "description": "One."}, "b": 1}, []],
    "x-fern-pagination": [
        True,
        {"offset": "$request.page", "results": "$response.items"},
        {"cursor": "$request.a", "next_cursor": "$response.a", "results": "$response.b"},
        {"type": "uri", "next_uri": "$response.a"},
    ],
    "x-fern-type-name": ["Cat", "a b", "class", 1],
    "x-fern-property-name": ["purr", "a b", "class", ""],
    "x-fern-parameter-name": ["purr", "a b", "timeout", ""],
    "x-fern-sdk-group-name": ["pets", ["pets", "more"], "a b", ""],
    "x-fern-sdk-method-name": ["list", "a b", "class", ""],
    "x-ms-enum": [{"name": "Kind", "values": [{"value": "a", "name": "b", "description": "One."}, 1]}, {"values": {}}],
    "x-speakeasy-enum-descriptions": [["One."], {"a": "One."}],
    "x-speakeasy-enums": [["One", 2], {"a": "One"}],
    "x-speakeasy-group": ["pets", "pets.more", ""],
    "x-speakeasy-name-override": ["list", "class", ""],
    "x-speakeasy-pagination": [
        {"type": "offsetLimit", "inputs": [{"name": "a", "in": "parameters", "type": "page"}], "outputs": {"results": "$.a"}},
        {"type": "cursor", "inputs": [{"name": "a", "in": "requestBody", "type": "cursor"}], "outputs": {"nextCursor": "$.a"}},
        {"type": "url", "outputs": {"nextUrl": "$.a"}},
    ],
    "x-speclens-event-fields": [True, {}, ["a"]],
    "x-speclens-judged": [True, {}, "a"],
    "x-speclens-swagger": [True, {}, "2.0"],
    "x-unknown": [{"$ref": "#/nowhere"}],
}  # fmt: skip
"""What the toolkit reads of extensions, by the values that it may have, and one that it does not read."""
WRONG: list[Any] = [None, True, 0, 1.5, "", "text", [], [None], {}, {"a": None}]
"""A value of each JSON type, and what is empty."""


def extend(document: Any, chance: random.Random) -> None:
    """An extension at any object of a document."""
    where = chance.choice([one for one in containers(document) if isinstance(one, dict)])
    name = chance.choice(["x-compat", "x-compat", *EXTENSIONS])
    where[name] = copy.deepcopy(chance.choice([*EXTENSIONS[name], *EXTENSIONS[name], *WRONG]))


def retype(document: Any, chance: random.Random) -> None:
    """A value of another type for an object, or one of its fields, as the specification knows them."""
    node = chance.choice(list(objects.nodes(document)))
    if not node.value:
        return
    where: Any = node.value
    key: Any = chance.choice(list(where))
    if isinstance(where[key], (dict, list)) and where[key] and chance.random() < 0.5:
        where = where[key]
        key = chance.choice(list(where) if isinstance(where, dict) else range(len(where)))
    where[key] = copy.deepcopy(chance.choice(WRONG))


def mutant_of(document: Any, chance: random.Random) -> Any:
    """A part of a real document, changed in one to four places."""
    made = reduced(document, chance)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        change = chance.choice((partial(mutate, deepest=60), retype, extend, extend))
        change(made, chance)
    return made


# Parts of documents

_MOST_PARTS = 20


def reduced(document: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """A document of a few operations of another, with those of its components that they reach, and all that is small."""
    paths = document.get("paths") or {}
    kept: dict[str, Any] = {}
    for path in chance.sample(list(paths), min(len(paths), chance.choice([1, 1, 2, 3]))):
        item = paths[path] if isinstance(paths[path], dict) else {}
        methods = [method for method in tables.METHODS if method in item]
        left = set(methods) - set(chance.sample(methods, min(len(methods), 2)))
        kept[path] = {key: value for key, value in item.items() if key not in left}
    made = {key: value for key, value in document.items() if key not in {"components", *_SECTIONS}}
    made["paths"] = kept
    for reference in _reached(document, made):
        where: Any = made
        *way, last = tokens(reference)
        for token in way:
            where = where.setdefault(token, {}) if isinstance(where, dict) else {}
        if isinstance(where, dict):
            where[last] = get(document, reference)
    for section in ("securityDefinitions", "components"):
        held = document.get(section) or {}
        if section == "components":
            held = {key: held[key] for key in ("securitySchemes",) if key in held}
        if held:
            made[section] = {**made.get(section, {}), **held}
    return copy.deepcopy(made)


_SECTIONS = ("definitions", "parameters", "responses", "securityDefinitions")


def _reached(document: Mapping[str, Any], start: Any) -> list[str]:
    """The components that a value refers to, and those that these refer to, up to a number."""
    found: dict[str, None] = {}
    todo = [start]
    while todo and len(found) < _MOST_PARTS:
        for one in containers(todo.pop(0)):
            place = one.get("$ref") if isinstance(one, dict) else None
            if isinstance(place, str) and place.startswith("#/") and place not in found:
                depth = 3 if place.startswith("#/components/") else 2
                whole = "/".join(place.split("/")[: depth + 1])
                if whole not in found and exists(document, whole):
                    found[whole] = None
                    todo.append(get(document, whole))
    return list(found)
