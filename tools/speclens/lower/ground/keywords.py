"""The keywords of a schema one by one, as far as a model enforces them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from speclens import ir, patterns
from speclens.config.style import USUAL, Style
from speclens.lower.ground import facts
from speclens.lower.ground.facts import is_number
from speclens.lower.ground.view import View
from speclens.objects.tables import EXCLUSIVE_BOUNDS
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, join

CONSTRAINTS = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties"),
}
"""The keywords of each type that its annotation says."""

# Keywords that accept less than the generated model would say: told, never dropped in silence.
NOT_ENFORCED = (
    "not", "if", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "contains",
    "unevaluatedProperties", "unevaluatedItems", "$dynamicRef",
)  # fmt: skip
_OF_CLASSES = ("minProperties", "maxProperties", "enum", "const")


_COUNTED = ("Length", "Items", "Properties")


@dataclass(slots=True)
class Aliases:
    """What was found of the aliases of a view, by name and depth: each is looked through once, whoever asks. Lives as long
    as all schemas of a view are lowered."""

    places: Mapping[str, str]  # class name -> pointer in the view
    left: int  # options of unions that may still be compared
    said: dict[tuple[str, int], ir.Type] = field(default_factory=dict)
    through: dict[tuple[str, int], ir.Type | None] = field(default_factory=dict)


_MOST_OPTIONS = 100_000


def aliases(named: Mapping[str, str]) -> Aliases:
    """Nothing yet, of the aliases of a view with these names."""
    places: dict[str, str] = {}
    for pointer, ident in named.items():
        places.setdefault(ident, pointer)
    return Aliases(places, _MOST_OPTIONS + 10 * len(named))


@dataclass(frozen=True, slots=True)
class SchemaBuild:
    """A canonical view, the names in it, and what is found on the way; lives as long as one schema is lowered."""

    view: View
    names: Mapping[str, str]  # pointer in the view -> class name
    aliases: Aliases
    style: Style = USUAL
    findings: list[Finding] = field(default_factory=list)
    depth: int = 0  # of aliases that are looked through

    def warn(self, pointer: str, message: str, rule: str = "model/not-enforced") -> None:
        self.findings.append(Finding(rule, self.view.origin(pointer), message, "", "warning"))


def warn_unenforced(
    build: SchemaBuild, pointer: str, schema: JsonObject, is_class: bool = False
) -> None:
    """Note the keywords of a schema that no model enforces."""
    for keyword in (*NOT_ENFORCED, *(_OF_CLASSES if is_class else ())):
        is_harmless = keyword == "not" and schema.get(keyword) is False
        is_said = keyword == "patternProperties" and not is_class and keys(schema) is not None
        if keyword in schema and not is_harmless and not is_said:
            build.warn(join(pointer, keyword), f"`{keyword}` is not enforced by the model")


def keys(schema: JsonObject) -> str | None:
    """The one pattern that all names of an object are of, for pydantic; None where that is not said."""
    found = schema.get("patternProperties")
    if schema.get("additionalProperties") is not False or not isinstance(found, dict):
        return None
    return patterns.translated(next(iter(found))) if len(found) == 1 else None


_LARGE = 2**61 - 1  # what Python's hashes of numbers are the rest of a division by
_MOST_LARGE = 1_000


def enumeration(build: SchemaBuild, pointer: str, schema: JsonObject) -> ir.Type:
    """The type of `const` and `enum`: their values, those of the schema's `type`."""
    values = [schema["const"]] if "const" in schema else schema["enum"]
    values = values if isinstance(values, list) else []
    if "type" in schema:
        kinds = facts.types_of(build.view.document, {"type": schema["type"]})
        values = [value for value in values if facts.json_type(value) in kinds]
    if not values:
        build.warn(pointer, "an enumeration none of whose values is of its `type` is not enforced")
        return ir.AnyType()
    whole = [int(v) if isinstance(v, float) and v.is_integer() else v for v in values]
    if sum(facts.is_number(value) and abs(value) >= _LARGE for value in whole) > _MOST_LARGE:
        message = f"more than {_MOST_LARGE:,} numbers of this size in one enumeration: Python may hash them alike"
        place = build.view.origin(pointer)
        build.findings.append(Finding("model/large-numbers", place, message, "say their bounds"))
        return ir.AnyType()
    if not all(map(facts.is_literal, whole)):
        return ir.Constants(tuple(dict.fromkeys(map(_text, whole))))
    return ir.Literals(tuple({facts.identity(value): value for value in whole}.values()))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def implied_types(schema: JsonObject) -> list[str]:
    """The type a schema without `type` is surely of, as its author meant it. If a union beside `additionalProperties` or
    `items` says the type, these do not: tools write them beside null."""
    if "properties" in schema:
        return ["object"]
    branches = [one for keyword in ("oneOf", "anyOf") for one in schema.get(keyword) or ()]
    is_said = any(not isinstance(one, dict) or one.keys() - {"required", "not"} for one in branches)
    return [] if is_said else meant_types(schema)


def meant_types(schema: JsonObject) -> list[str]:
    """The type of the values that the keywords of a schema say something of."""
    if schema.keys() & {"properties", "additionalProperties"}:
        return ["object"]
    return ["array"] if "items" in schema else []


def constraints(build: SchemaBuild, pointer: str, schema: JsonObject, kind: str) -> ir.Constraints:
    """The bounds that a schema has for values of one type."""
    found = {keyword: schema[keyword] for keyword in CONSTRAINTS.get(kind, ()) if keyword in schema}
    if found.pop("uniqueItems", False) is True:
        found["uniqueItems"] = 1
    for keyword in [key for key in found if _is_endless(key, found[key])]:
        del found[keyword]
        if keyword.startswith("min"):
            build.warn(
                join(pointer, keyword), f"`{keyword}` of this size is not enforced by the model"
            )
    step = found.get("multipleOf", 1)
    if is_number(step) and Fraction(str(step)) != Fraction(step):
        del found["multipleOf"]
        message = "a `multipleOf` that has no exact binary form is not enforced by the model"
        build.warn(join(pointer, "multipleOf"), message)
    for exclusive, inclusive in EXCLUSIVE_BOUNDS.items():
        if exclusive in found and found[exclusive] == found.get(
            inclusive
        ):  # the exclusive bound is stricter
            del found[inclusive]
    if "pattern" in found:
        source = patterns.translated(found.pop("pattern"))
        if source is None:
            message = (
                "a pattern that pydantic's regex engine cannot run is not enforced by the model"
            )
            build.warn(join(pointer, "pattern"), message)
        else:
            return (*_numbers(found), ("pattern", source))
    return tuple(_numbers(found))


def _is_endless(keyword: str, value: Any) -> bool:
    """Whether a count is more than pydantic counts to."""
    return keyword[3:] in _COUNTED and is_number(value) and value > 2**63 - 1


def _numbers(found: JsonObject) -> Iterator[tuple[str, int | float]]:
    for keyword, value in found.items():
        if is_number(value):
            yield keyword, int(value) if keyword[3:] in _COUNTED else value
