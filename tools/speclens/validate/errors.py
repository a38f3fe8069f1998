"""Errors of a JSON Schema validator in the words of the one who wrote the document."""

from __future__ import annotations

import difflib
import json
import numbers
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import ValidationError

from speclens.source import pointer

Path = tuple[str | int, ...]

_CAPITAL = re.compile(r"(?=[A-Z])")
_APPLICATORS = ("allOf", "anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")
_MAX_OPTIONS = 60
_MAX_WORD = 60
_VALUES = frozenset(("enum", "const"))
_TYPE_WORDS = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_WORDS_OF_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (int, "an integer"),
    (str, "a string"),
    (list, "an array"),
    (dict, "an object"),
    (numbers.Number, "a number"),
)
_KEY_HINTS = {
    "paths": 'a path starts with "/"',
    "responses": 'responses are called "200", "2XX" or "default"',
}


@dataclass(frozen=True, slots=True)
class Explained:
    """An error's rule (kebab case), the path of what is wrong in the instance, message and hint."""

    rule: str
    path: Path
    message: str
    hint: str = ""


def leaves(error: ValidationError) -> list[ValidationError]:
    """The errors that matter: of a failed oneOf or anyOf those of the branch that was meant."""
    branches = _branches(error)
    if not branches or _missing_fields(error, branches) or _selector(error, branches):
        return [error]
    meant = min(branches, key=lambda branch: _distance(error, branch))
    return [leaf for inner in meant for leaf in leaves(inner)]


def explain(
    error: ValidationError, schema: dict[str, Any], others: Sequence[ValidationError]
) -> Iterator[Explained]:
    """What a leaf says. `schema` is the validator's; `others` are all leaves of the instance."""
    kind: Any = error.kind
    path = tuple(error.instance_path)
    match kind.name:
        case "additionalProperties" | "unevaluatedProperties":
            yield from _unknown_fields(error, schema, others)
        case "propertyNames":
            hint = "use letters, digits, '.', '-' and '_'"
            yield Explained("name", (*path, kind.error.instance), "not a valid name", hint)
        case "required":
            yield Explained("required", path, f"`{kind.property}` is missing")
        case "type":
            yield _type(error, kind.types)
        case "enum":
            yield _enumeration(path, error.instance, kind.options)
        case "const":
            yield _enumeration(path, error.instance, [kind.expected_value])
        case "not":
            yield _exclusive(path, kind.schema.get("required", ()))
        case "oneOf" | "anyOf":
            yield _alternatives(error, schema)
        case keyword:
            yield Explained(_CAPITAL.sub("-", keyword).lower(), path, error.message)


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    """The errors of each branch of a failed oneOf or anyOf, less those of "or a reference".

    A branch that only misses a `$ref` was not meant; one that finds fault with a `$ref` was.
    """
    branches: list[list[ValidationError]] = getattr(error.kind, "context", [])
    place = [*error.instance_path, "$ref"]
    references = [b for b in branches if any(e.instance_path == place for e in b)]
    return references or [b for b in branches if not any(_misses(e, "$ref") for e in b)]


def _misses(error: ValidationError, field: str) -> bool:
    return error.kind.name == "required" and getattr(error.kind, "property", "") == field


def _distance(error: ValidationError, branch: list[ValidationError]) -> tuple[int, int, int]:
    """How far an instance is from a branch: wrong type or selecting value first, then depth."""
    depth = len(error.instance_path)
    depths = [len(inner.instance_path) for inner in branch]
    wrong = sum(
        (inner.kind.name == "type" and at == depth)
        or (inner.kind.name in _VALUES and at == depth + 1 and _is_member(inner))
        for inner, at in zip(branch, depths, strict=True)
    )
    return wrong, -max(depths, default=0), len(branch)


def _missing_fields(error: ValidationError, branches: list[list[ValidationError]]) -> list[str]:
    """The fields of which one is wanted, if that is all that every branch says."""
    flat = [inner for branch in branches for inner in branch]
    here = all(inner.instance_path == error.instance_path for inner in flat)
    if not here or not all(
        inner.kind.name == "required" and branch for branch in branches for inner in branch
    ):
        return []
    return [str(getattr(inner.kind, "property", "")) for inner in flat]


def _selector(error: ValidationError, branches: list[list[ValidationError]]) -> str | None:
    """The member by whose value the branches are told apart, if no branch knows the value."""
    depth = len(error.instance_path)
    members = [
        {
            str(inner.instance_path[-1])
            for inner in branch
            if inner.kind.name in _VALUES
            and len(inner.instance_path) == depth + 1
            and _is_member(inner)
        }
        for branch in branches
    ]
    return min(set.intersection(*members), default=None) if len(members) > 1 else None


def _is_member(error: ValidationError) -> bool:
    return isinstance(error.instance_path[-1], str)


def _alternatives(error: ValidationError, schema: dict[str, Any]) -> Explained:
    path = tuple(error.instance_path)
    branches = _branches(error)
    if missing := _missing_fields(error, branches):
        only = len(set(missing)) == 1
        message = f"{'' if only else 'one of '}{_names(missing)} is missing"
        return Explained("required", path, message)
    if any(branches) and (member := _selector(error, branches)):
        flat = [inner for branch in branches for inner in branch]
        meant = [e for e in flat if e.instance_path == [*path, member] and e.kind.name in _VALUES]
        options = [option for e in meant for option in _options(e.kind)]
        return _enumeration((*path, member), meant[0].instance, options)
    allowed = _at(schema, error.schema_path)
    return _exclusive(path, [name for branch in allowed for name in branch.get("required", ())])


def _options(kind: Any) -> list[Any]:
    return list(kind.options) if kind.name == "enum" else [kind.expected_value]


def _exclusive(path: Path, fields: Sequence[str]) -> Explained:
    if not fields:
        return Explained(
            "exclusive", path, "is of several kinds at once, or of one that is excluded"
        )
    return Explained("exclusive", path, f"{_names(sorted(fields))} exclude each other")


def _names(fields: Sequence[str]) -> str:
    return ", ".join(f"`{field}`" for field in dict.fromkeys(fields))


def _unknown_fields(
    error: ValidationError, schema: dict[str, Any], others: Sequence[ValidationError]
) -> Iterator[Explained]:
    path = tuple(error.instance_path)
    owner = error.schema_path[:-1]
    allowed = _fields(_at(schema, owner), schema)
    blamed = any(o is not error and tuple(o.instance_path[: len(path)]) == path for o in others)
    for name in getattr(error.kind, "unexpected", ()):
        place = (*path, name)
        if name not in allowed:
            hint = _KEY_HINTS.get(str(owner[-1]).lower() if owner else "") or _did_you_mean(
                name, allowed
            )
            yield Explained("unknown-field", place, f"unknown field {_shown(name)}", hint)
        elif not blamed:
            yield Explained("unknown-field", place, f"`{name}` is not allowed here")


def _did_you_mean(name: Any, options: Iterable[Any]) -> str:
    words = [option for option in options if isinstance(option, str)][:_MAX_OPTIONS]
    close = difflib.get_close_matches(str(name)[:_MAX_WORD], words, n=1)
    return f"did you mean {_shown(close[0])}?" if close else ""


def _fields(schema: Any, root: dict[str, Any]) -> set[str]:
    """The names that a schema knows, whatever the conditions."""
    if not isinstance(schema, dict):
        return set()
    names = set(schema.get("properties", ()))
    parts = [part for keyword in _APPLICATORS for part in schema.get(keyword, ())]
    parts += [schema[keyword] for keyword in _CONDITIONS if keyword in schema]
    parts += schema.get("dependentSchemas", {}).values()
    if "$ref" in schema:
        parts.append(pointer.get(root, schema["$ref"]))
    return names.union(*(_fields(part, root) for part in parts))


def _at(schema: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(schema, list):
            schema = schema[int(step)]
        else:
            schema = schema.get(str(step), ()) if isinstance(schema, dict) else ()
    return schema


def _type(error: ValidationError, types: Sequence[str]) -> Explained:
    instance = error.instance
    wanted = " or ".join(_TYPE_WORDS[name] for name in types)
    is_bare = "string" in types and isinstance(instance, (bool, int, float))
    hint = f'write "{_shown(instance)}", in quotes' if is_bare else ""
    message = f"must be {wanted}, not {_type_word(instance)}"
    return Explained("type", tuple(error.instance_path), message, hint)


def _type_word(value: Any) -> str:
    for kind, word in _WORDS_OF_TYPES:
        if isinstance(value, kind):
            return word
    return "null"


def _enumeration(path: Path, value: Any, options: Sequence[Any]) -> Explained:
    shown = list(dict.fromkeys(_shown(option) for option in options[:_MAX_OPTIONS]))
    listed = ", ".join(shown if len(options) <= _MAX_OPTIONS else [*shown, "..."])
    message = f"must be {listed}, not {_shown(value)}"
    return Explained("enum", path, message, _did_you_mean(value, options))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
