"""What a caller of the client may give as the members of a request body: each shape that is accepted, typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from speclens import ir, names
from speclens.config.style import USUAL, Style
from speclens.literals import literal
from speclens.lower.ground import composed, media_types, x_compat
from speclens.lower.ground.composed import is_class
from speclens.lower.ground.facts import is_binary, is_literal, types_of
from speclens.lower.ground.keywords import implied_types
from speclens.lower.ground.nulls import admits_null
from speclens.lower.ground.view import View
from speclens.lower.ground.wholes import needed_hubs
from speclens.lower.operations import media
from speclens.lower.operations.annotations import (
    ANY,
    FILE,
    FORMATS,
    NULL,
    OBJECT,
    OF_VALUES,
    PLAIN,
    TEXT,
    Circles,
    can_stand,
    enumerated,
    inputs_in,
    short,
    union,
)
from speclens.lower.rewrites import members
from speclens.lower.schemas import docs, enums, formats
from speclens.objects import OR_NULL, declared_types
from speclens.openapi.api import OpenApi
from speclens.openapi.naming import PROPERTIES, given_name
from speclens.source.pointer import JsonObject, follow, get, join

_FILES = frozenset({FILE, ir.Array(FILE)})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The arguments of a document's operations, and on the way the named objects that may be given in them."""

    api: OpenApi
    named: media.ModelNames
    lifted: View
    circles: Circles
    style: Style = USUAL
    made: dict[str, ir.Input] = field(default_factory=dict)
    binary: ir.Primitive = TEXT  # the type of an argument that holds bytes
    parts: frozenset[str] = (
        frozenset()
    )  # members of a form that nothing writes: their bytes are given
    is_patch: bool = False  # whether null takes a member away (RFC 7396)
    has_choice: bool = False  # whether the body has media types of several kinds
    is_form: bool = False  # whether nothing but a form is spoken, which has no null

    @property
    def document(self) -> JsonObject:
        """The document as written."""
        return self.api.document

    def used(self) -> tuple[ir.Input, ...]:
        """The named objects, each after those that it is made of, else by name: Python looks them up at once."""
        heights: dict[str, int] = {}
        for one in self.made.values():  # whose parts were made before it
            heights[one.ident] = 1 + max(
                (heights[ident] for ident in inputs_in(one.type)), default=0
            )
        return tuple(sorted(self.made.values(), key=lambda one: (heights[one.ident], one.ident)))

    def arguments(self, pointer: str, is_needed: bool = True) -> Iterator[ir.Argument]:
        """One argument for each property of the object at a pointer, which is the body; not named yet. None of them has
        to be given where the body has not."""
        body = get(self.document, pointer)
        defaults, required = self.defaults(pointer), self.required(pointer)
        needed = required | {
            hub[0] for hub in needed_hubs(self.document, pointer, body) if not hub[1:]
        }
        spokes = {one.name: one for one in x_compat.spokes(self.document, pointer, body)}
        olders = {one.hub[0] for one in spokes.values()}
        for name, (place, inner) in composed.properties(self.document, pointer, body).items():
            if self._is_received(place, inner):
                continue
            options = self._options_of(name, place, inner)
            is_removable = self.is_patch and name not in required
            is_any = not self.is_form and ANY in options
            may_be_null = is_any and "null" in types_of(self.document, inner)
            is_nullable = NULL in options or may_be_null or is_removable
            is_sent = name in defaults and name not in olders and can_stand(defaults[name], options)
            spoke = spokes.get(name)
            target = follow(self.document, place, inner)[1]
            yield ir.Argument(
                name=name,
                place="member",
                ident=given_name(inner, PROPERTIES),
                pointer=place,
                type=union([*options, NULL] if is_nullable else options),
                mark=self._mark(place, inner, options, is_nullable),
                doc=docs.argument_docs(
                    inner, target, is_removable and not spoke, has_default=is_sent
                ),
                is_required=is_needed and name in needed and name not in defaults,
                deprecation=docs.of_spoke(spoke) or docs.deprecation_docs(inner, target),
                default=literal(defaults[name]) if is_sent else "",
                hub=("member", spoke.hub[0]) if spoke else None,
            )

    def _mark(self, place: str, inner: Any, options: list[ir.Type], is_nullable: bool) -> ir.Mark:
        return ir.Mark(
            is_nullable=is_nullable,
            is_text=self.are_all("int64", place, inner),
            is_base64=self.are_all("byte", place, inner),
            is_file=self.has_choice and not _FILES.isdisjoint(options),
        )

    def are_all(self, format: str, place: str, schema: Any) -> bool:
        """Whether a schema accepts texts of a format alone, for which a caller gives Python values."""
        return self.style.has_formats and formats.are_all(format, self.document, place, schema)

    def _options_of(self, name: str, place: str, inner: Any) -> list[ir.Type]:
        """The types of all values that may be given for a member of the body."""
        if name not in self.parts:
            return self.options(place, inner)
        is_list = media_types.is_list(self.document, place, inner)
        return [ir.Array(self.binary) if is_list else self.binary]

    def _is_received(self, pointer: str, schema: Any) -> bool:
        """Whether a property is in answers only."""
        sides = (schema, follow(self.document, pointer, schema)[1])
        return any(isinstance(one, dict) and one.get("readOnly") is True for one in sides)

    def defaults(self, pointer: str) -> dict[str, Any]:
        """The required properties of a body that need not be given: the document names their default."""
        body = get(self.document, pointer)
        required = self.required(pointer)
        found: dict[str, Any] = {}
        for name, (place, inner) in composed.properties(self.document, pointer, body).items():
            target = follow(self.document, place, inner)[1]
            for schema in (inner, target):
                if isinstance(schema, dict) and "default" in schema and name in required:
                    found.setdefault(name, schema["default"])
        return found

    def spokes(self, pointer: str, hubs: Iterable[str]) -> dict[str, list[str]]:
        """The older fields of some properties of a body, and of what is inside of these."""
        spokes = x_compat.spokes(self.document, pointer, get(self.document, pointer))
        found = {hub: [one.name for one in spokes if one.hub[:1] == (hub,)] for hub in hubs}
        return {hub: older for hub, older in found.items() if older}

    def required(self, pointer: str) -> set[str]:
        """The members that a caller has to give of the object at a pointer: not those that are in answers only."""
        body = get(self.document, pointer)
        layers = composed.layers(self.document, pointer, body)
        known = composed.properties(self.document, pointer, body)
        names = {str(name) for _, layer in layers for name in layer.get("required") or ()}
        return {name for name in names if not (name in known and self._is_received(*known[name]))}

    def options(self, pointer: str, schema: Any) -> list[ir.Type]:
        """The types of all values that a schema accepts as written, the canonical ones first."""
        place, target = follow(self.document, pointer, schema)
        if not isinstance(target, dict):
            return [ANY]
        part = (place, self.binary.format)
        return self.circles.find(part, target, lambda: self._of_place(place, target))

    def _of_place(self, place: str, target: JsonObject) -> list[ir.Type]:
        model = self.named.given.get(place, "")
        is_model = bool(model) and self._is_model(place)
        if is_model and place not in self.made:
            self._add(place, target)
        is_given = _is_nullable(target) or (is_model and admits_null(self.document, place, target))
        null = [NULL] if is_given else []
        if place in self.made:
            return [ir.Named(self.made[place].ident, is_input=True), *null]
        options = self._written(place, target)
        if model in self.named.enums:
            return self._of_enum(place, target)
        if model and (options == [ANY] or isinstance(options[0], ir.Constants)):
            null = [NULL] if is_given or NULL in options else []
            return [ir.Named(model), *null]
        return short([*options, *null])

    def _of_enum(self, place: str, target: JsonObject) -> list[ir.Type]:
        """A member of a class, or a plain value. What the enumeration of a component takes has a name: many arguments may
        be of it."""
        null = [NULL] if enums.has_null(target) else []
        model = self.named.given[place]
        taken: list[ir.Type] = [ir.Named(model), self.named.enums[model]]
        if place.startswith("#/components/schemas/") and place.count("/") == 3:
            ident = names.unused(f"{model}Input", self.named.taken)
            self.made[place] = ir.Input(ident, place, union(taken))
            taken = [ir.Named(ident, is_input=True)]
        return [*taken, *null]

    def _add(self, place: str, target: JsonObject) -> None:
        model = self.named.given[place]
        ident = names.unused(f"{model}Input", self.named.taken)
        options = short(self._written(place, target))
        others = [one for one in options if one not in {OBJECT, NULL}]
        self.made[place] = ir.Input(ident, place, union([ir.Named(model), OBJECT, *others]))

    def _is_model(self, place: str) -> bool:
        canonical = (self.named.view.before or self.named.view).document
        return is_class(canonical, place, get(canonical, place))

    def _written(self, pointer: str, schema: JsonObject) -> list[ir.Type]:
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            if values and all(map(is_literal, values)):
                return [enumerated(values)]
            options = [OF_VALUES.get(type(value), ANY) for value in values]
            return list(dict.fromkeys(options)) or [ANY]
        for keyword in ("oneOf", "anyOf"):
            branches = schema.get(keyword)
            if isinstance(branches, list) and any(_tells(branch) for branch in branches):
                places = [(join(pointer, keyword, at), one) for at, one in enumerate(branches)]
                return [
                    option
                    for place, one in places
                    if _tells(one) or one in ({}, True)
                    for option in self.options(place, one)
                ]
        if isinstance(schema.get("allOf"), list):
            return self._all(pointer, schema)
        is_file = self.binary == FILE and is_binary(schema)
        kinds = _types(schema) or (["string"] if is_file else [])
        return [self._of_type(pointer, schema, kind) for kind in kinds] or [ANY]

    def _all(self, pointer: str, schema: JsonObject) -> list[ir.Type]:
        """What is an `allOf`: what its one telling member is, else what the first of them that says something is."""
        told = [
            (join(pointer, "allOf", index), one)
            for index, one in enumerate(schema["allOf"])
            if _tells(one) and not members.is_told(one)
        ]
        is_named = pointer in self.named.given and is_class(self.document, pointer, schema)
        if is_named or "object" in _types(schema):
            return [OBJECT]
        if len(told) == 1 and not schema.get("properties"):
            return self.options(*told[0])
        for here, one in told:
            options = self._without_name(*follow(self.document, here, one))
            if ANY not in options:
                return options
        return [ANY]

    def _without_name(self, place: str, target: Any) -> list[ir.Type]:
        if not isinstance(target, dict):
            return [ANY]
        part = (place, f"{self.binary.format}, without name")
        return self.circles.find(part, target, lambda: self._written(place, target))

    def _of_type(self, pointer: str, schema: JsonObject, kind: str) -> ir.Type:
        if kind == "object":
            values = schema.get("additionalProperties")
            if not isinstance(values, dict) or schema.get("properties"):
                return OBJECT
            place = join(pointer, "additionalProperties")
            return ir.Map(union(self.options(place, values)))
        if kind == "string" and is_binary(schema):
            return self.binary
        if (
            kind == "string"
            and self.style.has_formats
            and (found := FORMATS.get(formats.format_of(schema)))
        ):
            return ir.Union((ir.Primitive("string", format=found), TEXT))
        if kind == "array":
            items = self.options(join(pointer, "items"), schema.get("items", {}))
            return ir.Array(union(items))
        return ir.Primitive(kind) if kind in PLAIN else ANY


def _tells(branch: Any) -> bool:
    """Whether a branch of a union is more than a group of required names."""
    return isinstance(branch, dict) and not branch.keys() <= {"required", "not"}


def _is_nullable(schema: JsonObject) -> bool:
    return (
        schema.get(OR_NULL) is True
        or None in (schema.get("enum") or [schema.get("const", "")])
        or (isinstance(schema.get("type"), list) and "null" in schema["type"])
    )


def _types(schema: JsonObject) -> list[str]:
    kinds = [str(kind) for kind in declared_types(schema) or implied_types(schema)]
    return kinds + (["null"] if schema.get(OR_NULL) is True else [])
