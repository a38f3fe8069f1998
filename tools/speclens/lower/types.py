"""Lowering the Schema Objects of the canonical view to types: what a value may be, as far as a model enforces it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from speclens import ir
from speclens.lower import facts, patterns
from speclens.lower.facts import is_number
from speclens.lower.naming import is_class
from speclens.lower.view import View
from speclens.lower.walk import JsonObject, follow
from speclens.problems import Finding
from speclens.source.pointer import from_reference, get, join

_CONSTRAINTS = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems"),
}
_BOUNDS = dict.fromkeys(keyword for keywords in _CONSTRAINTS.values() for keyword in keywords)
# Keywords that accept less than the generated model would say: told, never dropped in silence.
_NOT_ENFORCED = (
    "not", "if", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "contains",
    "prefixItems", "uniqueItems", "minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
_ASSERTIONS = frozenset(
    [
        "type",
        "enum",
        "const",
        "properties",
        "required",
        "items",
        "additionalProperties",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
    ]
)
_OF_ONE_TYPE = frozenset(["required", *(name for names in _CONSTRAINTS.values() for name in names)])
_COUNTS = frozenset(("minLength", "maxLength", "minItems", "maxItems"))
_MOST = 2**63 - 1  # that pydantic counts to
_NULL = ir.Primitive("null")


@dataclass(frozen=True, slots=True)
class Build:
    """A canonical view, the names in it, and what is found on the way; lives as long as one schema is lowered."""

    view: View
    names: Mapping[str, str]  # pointer in the view -> class name
    findings: list[Finding] = field(default_factory=list)

    def warn(self, pointer: str, message: str) -> None:
        self.findings.append(
            Finding("model/not-enforced", self.view.origin(pointer), message, "", "warning")
        )


def type_of(build: Build, pointer: str, schema: Any, is_root: bool = False) -> ir.Type:
    """The type of a schema; one that has a name is that name, but for the root of what the name stands for."""
    if not isinstance(schema, dict) or not schema:
        if schema is False:
            build.warn(pointer, "a schema that accepts nothing is taken as any value")
        return ir.AnyType()
    if not is_root and pointer in build.names:
        return _named(build, pointer, schema)
    if isinstance(schema.get("$ref"), str):
        return _reference(build, pointer, schema)
    warn_unenforced(build, pointer, schema)
    if "enum" in schema or "const" in schema:
        return _enumeration(build, pointer, schema)
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return _union(build, pointer, schema, keyword)
    if isinstance(schema.get("allOf"), list):
        return _merged(build, pointer, schema)
    return _by_type(build, pointer, schema)


def _named(build: Build, pointer: str, schema: Any) -> ir.Type:
    """A name; where it is a class, beside whatever else than an object the schema admits."""
    named = ir.Named(build.names[pointer])
    if not is_class(build.view.document, pointer, schema):
        return named
    declared = schema.get("type")
    kinds = [kind for kind in declared if kind != "object"] if isinstance(declared, list) else []
    return _nullable(schema, [named, *(_one(build, pointer, schema, kind) for kind in kinds)])


def _nullable(schema: JsonObject, options: list[ir.Type]) -> ir.Type:
    return _either([*options, *([_NULL] if schema.get("nullable") is True else [])])


def _reference(build: Build, pointer: str, schema: JsonObject) -> ir.Type:
    target = from_reference(schema["$ref"])
    if schema.keys() & (_ASSERTIONS - {"$ref"}):
        build.warn(pointer, "keywords beside `$ref` are not enforced by the model")
    if target is not None and target in build.names:
        return _named(build, target, get(build.view.document, target))
    place, inner = follow(build.view.document, pointer, schema)
    if place == pointer:
        build.warn(pointer, "a reference by `$anchor` or `$id` is taken as any value")
        return ir.AnyType()
    return type_of(build, place, inner)


def warn_unenforced(build: Build, pointer: str, schema: JsonObject) -> None:
    """Note the keywords of a schema that no model enforces."""
    for keyword in _NOT_ENFORCED:
        is_harmless = keyword in ("not", "uniqueItems") and schema.get(keyword) is False
        if keyword in schema and not is_harmless:
            build.warn(join(pointer, keyword), f"`{keyword}` is not enforced by the model")


def _enumeration(build: Build, pointer: str, schema: JsonObject) -> ir.Type:
    values = [schema["const"]] if "const" in schema else schema["enum"]
    if "type" in schema and isinstance(values, list):
        kinds = facts.types_of(build.view.document, {"type": schema["type"]})
        values = [value for value in values if facts.json_type(value) in kinds]
    if schema.get("nullable") is True and isinstance(values, list) and None not in values:
        values = [*values, None]
    if (
        not isinstance(values, list)
        or any(isinstance(value, (float, list, dict)) for value in values)
        or not values
    ):
        build.warn(
            pointer,
            "an enumeration of numbers with fractions, arrays or objects is not enforced by the model",
        )
        return ir.AnyType()
    _warn_unread(build, pointer, schema, "beside an enumeration")
    return ir.Literals(tuple({(type(value), value): value for value in values}.values()))


def _warn_unread(build: Build, pointer: str, schema: JsonObject, where: str) -> None:
    """Note the bounds of a schema that its type says nothing of."""
    for keyword in _BOUNDS:
        if keyword in schema:
            build.warn(join(pointer, keyword), f"`{keyword}` {where} is not enforced by the model")


def _union(build: Build, pointer: str, schema: JsonObject, keyword: str) -> ir.Type:
    branches = [
        (join(pointer, keyword, index), branch)
        for index, branch in enumerate(schema[keyword])
        if not (isinstance(branch, dict) and branch.keys() <= {"required"})
    ]
    if not branches:
        build.warn(
            join(pointer, keyword), f"`{keyword}` of required names is not enforced by the model"
        )
        return _by_type(build, pointer, schema)
    if schema.keys() & (_ASSERTIONS - {keyword, "type"}):
        build.warn(pointer, f"keywords beside `{keyword}` are not enforced by the model")
    options = [type_of(build, place, branch) for place, branch in branches]
    return _nullable(schema, options)


def _either(options: list[ir.Type]) -> ir.Type:
    flat = [
        part
        for option in options
        for part in (option.options if isinstance(option, ir.Union) else (option,))
    ]
    distinct = tuple(dict.fromkeys(flat))
    if any(isinstance(option, ir.AnyType) for option in distinct):
        return ir.AnyType()
    return distinct[0] if len(distinct) == 1 else ir.Union(distinct)


def _merged(build: Build, pointer: str, schema: JsonObject) -> ir.Type:
    """An `allOf` that is no object: what one member says, narrowed by keywords of the others."""
    own = {key: value for key, value in schema.items() if key != "allOf"}
    members = [member for member in schema["allOf"] if isinstance(member, dict)]
    if any(member is False for member in schema["allOf"]):
        build.warn(join(pointer, "allOf"), "a schema that accepts nothing is taken as any value")
    telling = [member for member in (*members, own) if member.keys() & (_ASSERTIONS | {"$ref"})]
    if len(telling) == 1:
        place = (
            pointer
            if telling[0] is own
            else join(pointer, "allOf", schema["allOf"].index(telling[0]))
        )
        return _nullable(schema, [type_of(build, place, telling[0])])
    merged: JsonObject = {}
    for member in telling:
        _, target = follow(build.view.document, pointer, member)
        if not isinstance(target, dict) or any(
            merged[key] != target[key] for key in target.keys() & merged.keys() & _ASSERTIONS
        ):
            break
        merged |= target
    else:
        if not merged.keys() & {"allOf", "oneOf", "anyOf", "properties"}:
            return type_of(build, pointer, merged, is_root=True)
    build.warn(
        join(pointer, "allOf"),
        "`allOf` is taken as its first member; the others are not enforced by the model",
    )
    return type_of(build, join(pointer, "allOf", schema["allOf"].index(members[0])), members[0])


def _by_type(build: Build, pointer: str, schema: JsonObject) -> ir.Type:
    declared = schema.get("type")
    kinds = (
        declared
        if isinstance(declared, list)
        else [declared]
        if isinstance(declared, str)
        else implied_types(schema)
    )
    if not kinds:
        if schema.keys() & _OF_ONE_TYPE:
            build.warn(pointer, "keywords without a `type` are not enforced by the model")
        return ir.AnyType()
    options = [_one(build, pointer, schema, kind) for kind in kinds]
    if schema.get("nullable") is True and isinstance(declared, str):
        options.append(ir.Primitive("null"))
    return _either(options)


def implied_types(schema: JsonObject) -> list[str]:
    """The type a schema without `type` is surely about, as its author meant it."""
    if schema.keys() & {"properties", "additionalProperties"}:
        return ["object"]
    return ["array"] if "items" in schema else []


def _one(build: Build, pointer: str, schema: JsonObject, kind: str) -> ir.Type:
    if kind == "array":
        item = type_of(build, join(pointer, "items"), schema.get("items", {}))
        return ir.Array(item, _constraints(build, pointer, schema, "array"))
    if kind == "object":
        inner = schema.get("additionalProperties", True)
        if isinstance(inner, dict) and inner:
            return ir.Map(type_of(build, join(pointer, "additionalProperties"), inner))
        return ir.Map(ir.AnyType())
    return ir.Primitive(kind, _constraints(build, pointer, schema, kind))


def _constraints(
    build: Build, pointer: str, schema: JsonObject, kind: str
) -> tuple[tuple[str, int | float | str], ...]:
    found = {
        keyword: schema[keyword] for keyword in _CONSTRAINTS.get(kind, ()) if keyword in schema
    }
    for keyword in [key for key in found if key in _COUNTS and _is_endless(found[key])]:
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
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if found.pop(exclusive, None) is True and inclusive in found:  # OpenAPI 3.0
            found[exclusive] = found.pop(inclusive)
        elif is_number(schema.get(exclusive)):
            found[exclusive] = schema[exclusive]
    if "pattern" in found:
        source = patterns.for_pydantic(found.pop("pattern"))
        if source is None:
            message = (
                "a pattern that pydantic's regex engine does not know is not enforced by the model"
            )
            build.warn(join(pointer, "pattern"), message)
        else:
            return (*_numbers(found), ("pattern", source))
    return tuple(_numbers(found))


def _is_endless(count: Any) -> bool:
    return is_number(count) and count > _MOST


def _numbers(found: JsonObject) -> Iterator[tuple[str, int | float]]:
    for keyword, value in found.items():
        if is_number(value):
            yield keyword, int(value) if keyword in _COUNTS else value
