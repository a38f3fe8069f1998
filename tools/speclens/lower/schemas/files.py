"""`x-file` on an object schema: its values are files, and the generated class can give their bytes.

`base64` and `url` name string properties: the file inline, and where to fetch it. `first` names an array of files, the
first of which counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speclens.lower.ground import composed, facts, x_compat
from speclens.lower.ground.walk import all_schemas
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, join

KEYWORD = "x-file"
KEYS = ("base64", "url", "first")
FILE_METHODS = frozenset({"bytes", "save"})


def roles(idents: Mapping[str, str], schema: Any) -> tuple[tuple[str, str], ...]:
    """By role the members that hold a file; none for a schema without a usable `x-file`."""
    told = schema.get(KEYWORD) if isinstance(schema, dict) else None
    if not isinstance(told, dict):
        return ()
    return tuple((key, idents[told[key]]) for key in KEYS if told.get(key) in idents)


def check(document: JsonObject) -> Iterator[Finding]:
    """What is wrong with the `x-file` of a document."""
    for pointer, schema in all_schemas(document):
        if isinstance(schema, dict) and KEYWORD in schema:
            yield from _check(document, pointer, schema)


def _holds_files(document: JsonObject, pointer: str, schema: Any) -> bool:
    """Whether a property is an array of files, maybe beside other shapes."""
    place, target = follow(document, pointer, schema)
    if not isinstance(target, dict):
        return False
    items = follow(document, join(place, "items"), target.get("items"))[1]
    branches = [*(target.get("oneOf") or ()), *(target.get("anyOf") or ())]
    return (isinstance(items, dict) and KEYWORD in items) or any(
        isinstance(branch, dict) and "items" in branch and _holds_files(document, place, branch)
        for branch in branches
    )


def _unfit(
    document: JsonObject, place: str, key: str, name: str, member: tuple[str, Any]
) -> Iterator[Finding]:
    """What is wrong with a property that is to hold a file."""
    into = x_compat.keywords(member[1]).get("into")
    if isinstance(into, str):
        message = f"no file is looked for in the older property `{name}`"
        yield Finding("file/older-property", place, message, f"name what is at `{into}`")
    elif key == "first" and not _holds_files(document, *member):
        hint = f"write `x-file` on the schema of the items of `{name}`"
        yield Finding("file/no-file", place, f"the items of `{name}` are no files", hint)
    elif key != "first" and "string" not in facts.types_of(document, member[1]):
        hint = f"name a property of `type: string` as `{key}`"
        yield Finding("file/no-text", place, f"`{name}` is never a text", hint)


def _check(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    told, place = schema[KEYWORD], join(pointer, KEYWORD)
    hint = "write {base64: PROPERTY, url: PROPERTY}, one or both, or {first: PROPERTY}"
    if not isinstance(told, dict) or not told or ("first" in told and len(told) > 1):
        yield Finding("file/malformed", place, "`x-file` says in which property a file is", hint)
        return
    members = composed.properties(document, pointer, schema)
    for key, name in told.items():
        if key not in KEYS:
            message = f"unknown key `{key}` in `x-file`"
            yield Finding("file/unknown-key", join(place, key), message, hint)
        elif not isinstance(name, str) or name not in members:
            message = f"`{key}` names no property of this schema"
            yield Finding("file/unknown-property", join(place, key), message, hint)
        else:
            yield from _unfit(document, join(place, key), key, name, members[name])
    for name in sorted(FILE_METHODS & members.keys()):
        message = f"the property `{name}` would hide the method of that name of a file"
        yield Finding(
            "file/hidden-method",
            join(pointer, "properties", name),
            message,
            "rename it, or leave out `x-file`",
        )
