"""Lowering the Schema Objects of the canonical view to named schemas: classes and aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from speclens import ir, names
from speclens.config.style import USUAL, Style
from speclens.literals import inline, literal
from speclens.lower.ground import composed
from speclens.lower.ground.composed import is_class
from speclens.lower.ground.keywords import SchemaBuild, aliases, warn_unenforced
from speclens.lower.ground.view import View
from speclens.lower.ground.walk import outermost_schemas
from speclens.lower.rewrites import headers
from speclens.lower.schemas import docs, enums, files, order, unions
from speclens.lower.schemas.naming import inline_names
from speclens.lower.schemas.types import type_of
from speclens.openapi.naming import PROPERTIES, given_name
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, exists, follow, get, join, tokens


def lower(
    view: View, components: Mapping[str, str], named: Mapping[str, str], style: Style = USUAL
) -> tuple[tuple[ir.Schema, ...], tuple[Finding, ...]]:
    """The named schemas of a canonical view, in the order of their code, and warnings on what the models do not
    enforce. `named` holds all names, those of `components` too: of what stands inline there are those that a component,
    a parameter or a body is made of. `style` says how they become types."""
    made: dict[ir.Schema, list[Finding]] = {}
    known = aliases(named)
    for ident, pointer in known.places.items():
        build = SchemaBuild(view, named, known, style)
        made[_schema(build, pointer, ident)] = build.findings
    written = [
        ident
        for pointer, ident in components.items()
        if pointer not in view.origins or headers.is_lifted(view, pointer)
    ]
    needed = order.needed(made, [*written, *_roots(SchemaBuild(view, named, known, style))])
    sound = order.untied(needed)
    findings = [found for schema in needed for found in made[schema]]
    findings += [_tied(one) for one, other in zip(needed, sound, strict=True) if one != other]
    return order.in_order(unions.told_apart(sound)), (
        *dict.fromkeys(findings),
        *order.too_deep_to_build(sound),
    )


def _tied(schema: ir.Schema) -> Finding:
    message = (
        "a schema that is made of itself, with nothing between, is taken as what else it may be"
    )
    return Finding("model/not-enforced", schema.pointer, message, "", "warning")


def class_names(view: View, components: Mapping[str, str], style: Style = USUAL) -> dict[str, str]:
    """Pointer in the view -> class name of all that is named, inline ones too."""
    inline = enums.inline_enums(view) if style.has_enums else {}
    return {**components, **inline_names(view.api, components, inline)}


def _roots(build: SchemaBuild) -> Iterator[str]:
    """The names in the types of parameters, headers and bodies."""
    for pointer, schema in outermost_schemas(build.view.document):
        yield from order.mentioned(type_of(build, pointer, schema))


def _schema(build: SchemaBuild, pointer: str, ident: str) -> ir.Schema:
    schema = get(build.view.document, pointer)
    is_object = is_class(build.view.document, pointer, schema)
    properties, closed = _object(build, pointer, schema) if is_object else ((), False)
    extras = _extras(build, pointer, schema) if is_object else None
    origin = build.view.origin(pointer)
    is_enum = build.style.has_enums and enums.is_enum(schema)
    type_ = ir.AnyType() if is_object else type_of(build, pointer, schema, is_root=True)
    return ir.Schema(
        name=tokens(pointer)[-1],
        ident=ident,
        pointer=origin,
        place=inline(origin),
        doc=docs.schema_docs(schema, with_values=not is_enum),
        is_object=is_object,
        properties=properties,
        closed=closed,
        extras=extras,
        file=files.roles({name.name: name.ident for name in properties}, schema),
        is_headers=headers.is_lifted(build.view, pointer),
        is_made=pointer in build.view.origins and build.view.before is not None,
        members=enums.enum_members(schema, type_) if is_enum else (),
        type=type_,
    )


def _object(
    build: SchemaBuild, pointer: str, schema: JsonObject
) -> tuple[tuple[ir.Property, ...], bool]:
    found = composed.properties(build.view.document, pointer, schema)
    layers = tuple(composed.layers(build.view.document, pointer, schema))
    required = {
        name for _, layer in layers for name in layer.get("required") or () if isinstance(name, str)
    }
    for place, layer in layers:
        warn_unenforced(build, place, layer, is_class=True)
        for keyword in ("oneOf", "anyOf"):
            if keyword in layer:
                build.warn(
                    join(place, keyword),
                    f"`{keyword}` beside properties is not enforced by the model",
                )
    for name in sorted(required - found.keys()):
        found[name] = (join(pointer, "required"), {})
    given = {name: given_name(inner, PROPERTIES) for name, (_, inner) in found.items()}
    idents = names.distinct(found, names.attribute, given)
    properties = tuple(
        _property(build, name, idents[name], place, inner, name not in required)
        for name, (place, inner) in found.items()
        if inner is not False
    )
    is_closed = _is_closed(build, layers, {one.name for one in properties})
    for place, inner in found.values() if not is_closed else ():
        if inner is False:
            build.warn(place, "a property that accepts nothing is not refused by the model")
    return properties, is_closed


def _is_closed(
    build: SchemaBuild, layers: Sequence[tuple[str, JsonObject]], known: Set[str]
) -> bool:
    """Whether a class refuses members that are not `known`. `additionalProperties: false` refuses those too that other
    schemas of the object declare (JSON Schema 2020-12, section 10.3.2.3). Authors do not mean that, so models have them."""
    is_closed = False
    for place, layer in layers:
        if layer.get("additionalProperties") is not False:
            continue
        here = join(place, "additionalProperties")
        if "patternProperties" in layer:
            build.warn(here, "`additionalProperties` beside patterns is not enforced by the model")
            continue
        is_closed = True
        if not known <= _declared_beside(build, here):
            message = "`additionalProperties` is not enforced by the model for properties that are not declared beside it"
            build.warn(here, message)
    return is_closed


def _declared_beside(build: SchemaBuild, pointer: str) -> set[str]:
    """The properties that stand beside a keyword. In the view of models there may be more: those of other schemas."""
    canonical = build.view.before or build.view
    place = build.view.origin(pointer, canonical).rpartition("/")[0]
    if not exists(canonical.document, place):  # a union beside properties has moved it
        return set()
    found = get(canonical.document, place)
    return {*(found.get("properties") or ())} if isinstance(found, dict) else set()


def _extras(build: SchemaBuild, pointer: str, schema: JsonObject) -> ir.Type | None:
    """The type of members that are no properties, where the schema that says it knows all of these."""
    names_known = set(composed.properties(build.view.document, pointer, schema))
    for place, layer in composed.layers(build.view.document, pointer, schema):
        inner = layer.get("additionalProperties")
        if isinstance(inner, dict) and inner:
            here = join(place, "additionalProperties")
            if names_known <= _declared_beside(build, here) and "patternProperties" not in layer:
                return type_of(build, here, inner)
            build.warn(here, "the type of further members is not enforced by the model")
    return None


def _property(
    build: SchemaBuild, name: str, ident: str, pointer: str, schema: Any, optional: bool
) -> ir.Property:
    target = follow(build.view.document, pointer, schema)[1]
    return ir.Property(
        name=name,
        ident=ident,
        pointer=build.view.origin(pointer),
        type=type_of(build, pointer, schema),
        doc=docs.property_docs(
            schema,
            target,
            with_format=not build.style.has_formats,
            with_values=not build.style.has_enums,
        ),
        optional=optional,
        alias="" if ident == name else literal(name),
    )
