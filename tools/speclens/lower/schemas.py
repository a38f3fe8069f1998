"""Lowering the Schema Objects of the canonical view to named schemas and their types.

Every object with properties gets a name: its component's, or one made from the place it stands at. Nothing is
numbered, so adding a schema renames no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from speclens import ir, names
from speclens.literals import inline, literal
from speclens.lower import compat, docs
from speclens.lower.views import View
from speclens.lower.walk import JsonObject, follow, nested, objects
from speclens.problems import Finding
from speclens.source.pointer import from_reference, get, join, tokens

_CONSTRAINTS = {
    "string": ("minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems"),
}
# Keywords that accept less than the generated model would say: told, never dropped in silence.
_NOT_ENFORCED = (
    "not", "if", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "contains",
    "prefixItems", "uniqueItems", "minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Build:
    view: View
    names: Mapping[str, str]  # pointer in the view -> class name
    findings: list[Finding] = field(default_factory=list)

    def warn(self, pointer: str, message: str) -> None:
        self.findings.append(
            Finding("model/not-enforced", self.view.origin(pointer), message, "", "warning")
        )


def component_names(document: JsonObject) -> dict[str, str]:
    """Pointer -> class name of the schemas under `components/schemas`, in document order."""
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    found = schemas if isinstance(schemas, dict) else {}
    idents = names.distinct(found, names.class_name)
    return {join("#", "components", "schemas", name): idents[name] for name in found}


def lower(
    view: View, components: Mapping[str, str]
) -> tuple[tuple[ir.Schema, ...], tuple[Finding, ...]]:
    """The named schemas of a canonical view, sorted by name, and warnings on what the models do not enforce."""
    named = {**components, **_inline_names(view.document, components)}
    build = _Build(view, named)
    schemas = [_schema(build, pointer, ident) for pointer, ident in named.items()]
    return tuple(sorted(schemas, key=lambda schema: schema.ident)), tuple(
        dict.fromkeys(build.findings)
    )


# Names of what stands inline


def _inline_names(document: JsonObject, components: Mapping[str, str]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for root, outer in objects(document, "schema"):
        for pointer, schema in nested(root, outer):
            if pointer not in components and _is_class(schema):
                wanted[pointer] = names.class_name(" ".join(_place(document, components, pointer)))
    taken = set(components.values())
    counts: dict[str, int] = {}
    for name in wanted.values():
        counts[name] = counts.get(name, 0) + 1
    return {
        pointer: name
        if counts[name] == 1 and name not in taken
        else "_".join(
            names.pascal(part) for part in _place(document, components, pointer, in_full=True)
        )
        for pointer, name in wanted.items()
    }


def _is_class(schema: Any) -> bool:
    return (
        isinstance(schema, dict)
        and "$ref" not in schema
        and bool(schema.get("properties"))
        and _is_object(schema)
    )


def _is_object(schema: JsonObject) -> bool:
    declared = schema.get("type", "object")
    return declared == "object" or (isinstance(declared, list) and "object" in declared)


def _place(
    document: JsonObject, components: Mapping[str, str], pointer: str, in_full: bool = False
) -> list[str]:
    """The words of a place: the component or the operation it belongs to, then the way from there."""
    path = tokens(pointer)
    if path[:2] == ("components", "schemas"):
        stem, rest = [components[join("#", *path[:3])]], path[3:]
    elif path[0] == "paths" and len(path) > 3:
        operation = get(document, join("#", *path[:3]))
        stem = (
            [str(operation["operationId"])]
            if isinstance(operation, dict) and "operationId" in operation
            else []
        )
        stem, rest = stem or [path[2], path[1]], path[3:]
    else:
        stem, rest = list(path[2:3]), path[3:]
    if in_full:
        return [*stem, *rest]
    return [*stem, *_way(rest)]


def _way(path: tuple[str, ...]) -> Iterator[str]:
    """The telling tokens of a way: names, `Item`, `Value`, `Option2`, `Request`, `Response404`."""
    kinds = {"items": "Item", "additionalProperties": "Value", "requestBody": "Request"}
    skip = False
    for index, token in enumerate(path):
        if skip:
            skip = False
            before = path[index - 1]
            if before in {"oneOf", "anyOf", "allOf", "prefixItems"}:
                yield f"Option{int(token) + 1}"
            elif before == "responses":
                yield f"Response{'' if token in {'200', '201', 'default'} else token}"
            elif before in {"properties", "patternProperties", "headers"} or (
                before == "content" and "json" not in token
            ):
                yield token
            continue
        skip = token in {
            "properties",
            "patternProperties",
            "headers",
            "oneOf",
            "anyOf",
            "allOf",
            "prefixItems",
            "responses",
            "content",
            "parameters",
        }
        if token in kinds:
            yield kinds[token]


# Schemas


def _schema(build: _Build, pointer: str, ident: str) -> ir.Schema:
    schema = get(build.view.document, pointer)
    is_object = _is_class_through(build, pointer, schema)
    properties, closed = _object(build, pointer, schema) if is_object else ((), False)
    origin = build.view.origin(pointer)
    return ir.Schema(
        name=tokens(pointer)[-1],
        ident=ident,
        pointer=origin,
        place=inline(origin),
        doc=docs.schema(schema),
        is_object=is_object,
        properties=properties,
        closed=closed,
        type=ir.AnyType() if is_object else _type(build, pointer, schema, is_root=True),
    )


def _is_class_through(build: _Build, pointer: str, schema: Any) -> bool:
    """An object schema, or an `allOf` of nothing but those."""
    if _is_class(schema):
        return True
    if (
        not isinstance(schema, dict)
        or not isinstance(schema.get("allOf"), list)
        or not _is_object(schema)
    ):
        return False
    layers = tuple(layer for _, layer in compat.layers(build.view.document, pointer, schema))
    unions = any(keyword in layer for layer in layers for keyword in ("oneOf", "anyOf", "enum"))
    return (
        not unions
        and all(map(_is_object, layers))
        and any("properties" in layer for layer in layers)
    )


def _object(
    build: _Build, pointer: str, schema: JsonObject
) -> tuple[tuple[ir.Property, ...], bool]:
    found = compat.properties(build.view.document, pointer, schema)
    layers = tuple(compat.layers(build.view.document, pointer, schema))
    required = {
        name for _, layer in layers for name in layer.get("required") or () if isinstance(name, str)
    }
    for place, layer in layers:
        _unenforced(build, place, layer)
        for keyword in ("oneOf", "anyOf"):
            if keyword in layer:
                build.warn(
                    join(place, keyword),
                    f"`{keyword}` beside properties is not enforced by the model",
                )
        if isinstance(layer.get("additionalProperties"), dict) and layer["additionalProperties"]:
            build.warn(
                join(place, "additionalProperties"),
                "the type of further members is not enforced by the model",
            )
    for name in sorted(required - found.keys()):
        found[name] = (join(pointer, "required"), {})
    idents = names.distinct(found, names.attribute)
    properties = tuple(
        _property(build, name, idents[name], place, inner, name not in required)
        for name, (place, inner) in found.items()
        if inner is not False
    )
    return properties, any(layer.get("additionalProperties") is False for _, layer in layers)


def _property(
    build: _Build, name: str, ident: str, pointer: str, schema: Any, optional: bool
) -> ir.Property:
    target = follow(build.view.document, pointer, schema)[1]
    return ir.Property(
        name=name,
        ident=ident,
        pointer=build.view.origin(pointer),
        type=_type(build, pointer, schema),
        doc=docs.property(schema, target),
        optional=optional,
        alias="" if ident == name else literal(name),
    )


# Types


def _type(build: _Build, pointer: str, schema: Any, is_root: bool = False) -> ir.Type:
    if not isinstance(schema, dict) or not schema:
        if schema is False:
            build.warn(pointer, "a schema that accepts nothing is taken as any value")
        return ir.AnyType()
    if not is_root and pointer in build.names:
        return ir.Named(build.names[pointer])
    if isinstance(schema.get("$ref"), str):
        return _reference(build, pointer, schema)
    _unenforced(build, pointer, schema)
    if "enum" in schema or "const" in schema:
        return _enumeration(build, pointer, schema)
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return _union(build, pointer, schema, keyword)
    if isinstance(schema.get("allOf"), list):
        return _merged(build, pointer, schema)
    return _by_type(build, pointer, schema)


def _reference(build: _Build, pointer: str, schema: JsonObject) -> ir.Type:
    target = from_reference(schema["$ref"])
    if schema.keys() & (_ASSERTIONS - {"$ref"}):
        build.warn(pointer, "keywords beside `$ref` are not enforced by the model")
    if target is not None and target in build.names:
        return ir.Named(build.names[target])
    place, inner = follow(build.view.document, pointer, schema)
    return ir.AnyType() if place == pointer else _type(build, place, inner)


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


def _unenforced(build: _Build, pointer: str, schema: JsonObject) -> None:
    for keyword in _NOT_ENFORCED:
        if keyword in schema and schema[keyword] is not False:
            build.warn(join(pointer, keyword), f"`{keyword}` is not enforced by the model")


def _enumeration(build: _Build, pointer: str, schema: JsonObject) -> ir.Type:
    values = [schema["const"]] if "const" in schema else schema["enum"]
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
    return ir.Literals(tuple({(type(value), value): value for value in values}.values()))


def _union(build: _Build, pointer: str, schema: JsonObject, keyword: str) -> ir.Type:
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
    options = [_type(build, place, branch) for place, branch in branches]
    return _either(options + ([ir.Primitive("null")] if schema.get("nullable") is True else []))


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


def _merged(build: _Build, pointer: str, schema: JsonObject) -> ir.Type:
    """An `allOf` that is no object: what one member says, narrowed by keywords of the others."""
    own = {key: value for key, value in schema.items() if key != "allOf"}
    members = [member for member in schema["allOf"] if isinstance(member, dict)]
    telling = [member for member in (*members, own) if member.keys() & (_ASSERTIONS | {"$ref"})]
    if len(telling) == 1:
        place = (
            pointer
            if telling[0] is own
            else join(pointer, "allOf", schema["allOf"].index(telling[0]))
        )
        return _type(build, place, telling[0])
    merged: JsonObject = {}
    for member in telling:
        _, target = follow(build.view.document, pointer, member)
        if not isinstance(target, dict) or (target.keys() & merged.keys() & _ASSERTIONS) - {"type"}:
            break
        merged |= target
    else:
        if not merged.keys() & {"allOf", "oneOf", "anyOf", "properties"}:
            return _type(build, pointer, merged, is_root=True)
    build.warn(
        join(pointer, "allOf"),
        "`allOf` is taken as its first member; the others are not enforced by the model",
    )
    return _type(build, join(pointer, "allOf", schema["allOf"].index(members[0])), members[0])


def _by_type(build: _Build, pointer: str, schema: JsonObject) -> ir.Type:
    declared = schema.get("type")
    kinds = (
        declared
        if isinstance(declared, list)
        else [declared]
        if isinstance(declared, str)
        else _implied(schema)
    )
    if not kinds:
        return ir.AnyType()
    options = [_one(build, pointer, schema, kind) for kind in kinds]
    if schema.get("nullable") is True and isinstance(declared, str):
        options.append(ir.Primitive("null"))
    return _either(options)


def _implied(schema: JsonObject) -> list[str]:
    """The type a schema without `type` is surely about, as its author meant it."""
    if schema.keys() & {"properties", "additionalProperties"}:
        return ["object"]
    return ["array"] if "items" in schema else []


def _one(build: _Build, pointer: str, schema: JsonObject, kind: str) -> ir.Type:
    if kind == "array":
        item = _type(build, join(pointer, "items"), schema.get("items", {}))
        return ir.Array(item, _constraints(schema, "array"))
    if kind == "object":
        inner = schema.get("additionalProperties", True)
        if isinstance(inner, dict) and inner:
            return ir.Map(_type(build, join(pointer, "additionalProperties"), inner))
        return ir.Map(ir.AnyType())
    return ir.Primitive(kind, _constraints(schema, kind))


def _constraints(schema: JsonObject, kind: str) -> tuple[tuple[str, int | float | str], ...]:
    found: list[tuple[str, int | float | str]] = []
    for keyword in _CONSTRAINTS.get(kind, ()):
        value = schema.get(keyword)
        if isinstance(value, str if keyword == "pattern" else (int, float)) and not isinstance(
            value, bool
        ):
            found.append((keyword, value))
        elif value is True and keyword.startswith("exclusive"):  # OpenAPI 3.0
            limit = schema.get("minimum" if keyword == "exclusiveMinimum" else "maximum")
            found = [
                (name, number) for name, number in found if number != limit or name == "multipleOf"
            ]
            if isinstance(limit, (int, float)):
                found.append((keyword, limit))
    return tuple(found)
