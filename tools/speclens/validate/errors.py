"""Turns errors of a JSON Schema validator into messages for the author of the document."""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import ValidationError

from speclens.problems import closest
from speclens.source import pointer
from speclens.validate.branches import missing_fields, selection

InstancePath = tuple[str | int, ...]

_CAPITAL = re.compile(r"(?=[A-Z])")
_APPLICATORS = ("allOf", "anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")
_MAX_OPTIONS = 60
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
    """An error's rule (kebab case), the path of the faulty part of the instance, message and hint."""

    rule: str
    path: InstancePath
    message: str
    hint: str = ""


def explain(
    error: ValidationError, schema: dict[str, Any], others: Sequence[ValidationError]
) -> Iterator[Explained]:
    """The explanation of a leaf. `schema` is the validator's; `others` are all leaves of the instance."""
    kind: Any = error.kind
    path = tuple(error.instance_path)
    match kind.name:
        case "additionalProperties" | "unevaluatedProperties":
            yield from _unknown_fields(error, schema, others)
        case "propertyNames":
            yield invalid_name((*path, kind.error.instance))
        case "required":
            yield Explained("required", path, f"`{kind.property}` is missing")
        case "type":
            yield _type(error, kind.types)
        case "enum":
            yield _enumeration(path, error.instance, kind.options)
        case "const":
            yield _enumeration(path, error.instance, [kind.expected_value])
        case "not":
            yield from _exclusive(error, _excluded(error, kind.schema), others)
        case "oneOf" | "anyOf":
            yield from _alternatives(error, schema, others)
        case "falseSchema":
            is_closed = error.schema_path[-1:] == ["additionalProperties"]
            message = "no field is allowed" if is_closed else "is not allowed"
            yield Explained("not-allowed", path, message)
        case keyword:
            message = error.message if len(error.message) <= 200 else f"{error.message[:197]}..."
            yield Explained(_CAPITAL.sub("-", keyword).lower(), path, message)


def invalid_name(path: InstancePath) -> Explained:
    """The explanation for an invalid name of a component."""
    return Explained("name", path, "not a valid name", "use letters, digits, '.', '-' and '_'")


def _alternatives(
    error: ValidationError, schema: dict[str, Any], others: Sequence[ValidationError]
) -> Iterator[Explained]:
    path = tuple(error.instance_path)
    if missing := missing_fields(error):
        one_of = "one of " if len(set(missing)) > 1 else ""
        yield Explained("required", path, f"{one_of}{_names(missing)} is missing")
    elif selecting := selection(error):
        first = selecting[0]
        options = [option for inner in selecting for option in _options(inner.kind)]
        yield _enumeration(tuple(first.instance_path), first.instance, options)
    else:
        allowed = _at(schema, error.schema_path)
        fields = [name for branch in allowed for name in branch.get("required", ())]
        yield from _exclusive(error, fields, others)


def _options(kind: Any) -> list[Any]:
    return list(kind.options) if kind.name == "enum" else [kind.expected_value]


def _excluded(error: ValidationError, schema: Any) -> list[str]:
    """The fields of a `not: {required: ...}`, with the field that it depends on."""
    required = schema.get("required", []) if isinstance(schema, dict) else []
    *_, keyword, field, _ = ["", "", *error.schema_path]
    return [str(field), *required] if keyword == "dependentSchemas" else list(required)


def _exclusive(
    error: ValidationError, fields: Sequence[str], others: Sequence[ValidationError]
) -> Iterator[Explained]:
    path = tuple(error.instance_path)
    if fields:
        yield Explained("exclusive", path, f"{_names(sorted(fields))} exclude each other")
    elif not _blamed(error, others):
        message = "matches several alternatives at once, or an excluded one"
        yield Explained("exclusive", path, message)


def _blamed(error: ValidationError, others: Sequence[ValidationError]) -> bool:
    """Whether another error at the same object, or inside it, may be the cause of this one."""
    path = error.instance_path
    return any(o is not error and o.instance_path[: len(path)] == path for o in others)


def _names(fields: Sequence[str]) -> str:
    return ", ".join(f"`{field}`" for field in dict.fromkeys(fields))


def _unknown_fields(
    error: ValidationError, schema: dict[str, Any], others: Sequence[ValidationError]
) -> Iterator[Explained]:
    path = tuple(error.instance_path)
    owner = error.schema_path[:-1]
    allowed = _fields(_at(schema, owner), schema)
    key_hint = _KEY_HINTS.get(str(owner[-1]).lower(), "") if owner else ""
    blamed = _blamed(error, others)
    for name in getattr(error.kind, "unexpected", ()):
        place = (*path, name)
        if name not in allowed:
            hint = key_hint or _did_you_mean(name, allowed)
            yield Explained("unknown-field", place, f"unknown field {_shown(name)}", hint)
        elif not blamed:
            yield Explained("unknown-field", place, f"`{name}` is not allowed here")


def _did_you_mean(name: Any, options: Iterable[Any]) -> str:
    close = closest(str(name), (option for option in options if isinstance(option, str)))
    return f"did you mean {_shown(close)}?" if close else ""


def _fields(schema: Any, root: dict[str, Any]) -> set[str]:
    """The names of all properties that a schema mentions, under any condition."""
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


def _enumeration(path: InstancePath, value: Any, options: Sequence[Any]) -> Explained:
    shown = list(dict.fromkeys(_shown(option) for option in options[:_MAX_OPTIONS]))
    listed = ", ".join(shown if len(options) <= _MAX_OPTIONS else [*shown, "..."])
    message = f"must be {listed}, not {_shown(value)}"
    return Explained("enum", path, message, _did_you_mean(value, options))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
