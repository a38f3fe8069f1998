"""Media Type Objects: which codec of the runtime reads and writes each, and the type of its values (section 4.8.14 of
OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from speclens import ir, names
from speclens.lower.ground import facts, media_types, x_compat
from speclens.lower.ground.nulls import admits_null
from speclens.lower.ground.view import View
from speclens.lower.operations.annotations import ANY, BYTES, INTEGER, NULL, OBJECT, TEXT, union
from speclens.lower.schemas import enums
from speclens.objects import declared_types
from speclens.openapi.nodes import MediaTypeObject
from speclens.source.pointer import JsonObject, exists, follow, from_reference, get, tokens


@dataclass(frozen=True)
class ModelNames:
    """What models are made of: the names of those of its schemas that models hold, by pointer, and the functions that
    fold the schemas of `lifted`, by their pointers there."""

    view: View
    lifted: View  # what the normalizers are made of
    idents: Mapping[str, str]
    folds: Mapping[str, ir.Normalizer]
    given: Mapping[
        str, str
    ]  # by the pointer of a schema as written, what models call it in requests
    classes: frozenset[str]  # of the names those that are classes of objects
    enums: Mapping[str, ir.Type]  # and those that are classes of enumerations, with their values

    @property
    def document(self) -> JsonObject:
        return self.view.document

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names that no class or constant of an operation may have."""
        return frozenset({*self.idents.values(), *names.CLIENT_NAMES, *names.RUNTIME_NAMES})

    def normalizer(self, pointer: str) -> ir.Normalizer | None:
        """The function that folds the values of a place of the view, if there is something to fold."""
        place = self.view.origin(pointer, self.lifted)
        if not self.folds or not exists(self.lifted.document, place):
            return None
        schema = get(self.lifted.document, place)
        return self.folds.get(x_compat.folded_place(self.lifted.document, place, schema)[0])

    def model(self, pointer: str, schema: Any) -> tuple[str, list[ir.Type]]:
        """The name of a schema, "" if it has none, and the types of the values that its class has no part of."""
        seen: set[str] = set()
        is_nullable = False
        while pointer not in seen:
            seen.add(pointer)
            is_nullable = is_nullable or admits_null(self.document, pointer, schema)
            target = from_reference(media_types.referenced(schema))
            if pointer in self.idents or target is None:
                break
            try:
                pointer, schema = target, get(self.document, target)
            except (KeyError, ValueError):
                break
        ident = self.idents.get(pointer, "")
        if ident in self.enums:
            return ident, [NULL] if enums.has_null(schema) else []
        if ident not in self.classes:
            return ident, []
        others = [_OTHERS[kind] for kind in declared_types(schema) if kind in _OTHERS]
        return ident, [*others, *([NULL] if is_nullable else [])]


def model_names(
    view: View,
    lifted: View,
    all_idents: Mapping[str, str],
    schemas: tuple[ir.Schema, ...],
    folds: Mapping[str, ir.Normalizer],
) -> ModelNames:
    """The names of a view of models, of which models hold some schemas: what is inside a schema need not be one of them."""
    held = {one.ident for one in schemas}
    idents = {place: ident for place, ident in all_idents.items() if ident in held}
    ranked: dict[str, tuple[int, str]] = {}
    for place, ident in idents.items():
        key, origin = tokens(place)[-1], view.origin(place)
        # In requests a schema is its variant of that direction, and all that is made of it.
        rank = 3 * key.startswith("Any ") + 2 * (".request" in key) + (place == origin)
        if place == origin or ".response" not in key:
            ranked[origin] = max(ranked.get(origin, (-1, "")), (rank, ident))
    given = {origin: ident for origin, (_, ident) in ranked.items()}
    classes = frozenset(one.ident for one in schemas if one.is_object)
    values = {one.ident: one.type for one in schemas if one.members}
    return ModelNames(view, lifted, idents, folds, given, classes, values)


def lower(named: ModelNames, written: MediaTypeObject) -> ir.Media:
    """A media type of the document as written. Its `type` is that of a response."""
    name, pointer = written.name, written.pointer
    media = named.view.api.media_type(name, pointer)
    codec, place, schema = media_types.value_of(named.document, media)
    ident, others = (
        named.model(place, schema)
        if codec in media_types.JUDGED_CODECS and schema is not None
        else ("", [])
    )
    model = ir.Named(ident) if ident else _plain(named.document, place, schema)
    model = union([model, *others])
    normalizer = named.normalizer(place) if schema is not None else None
    sent = media_types.sent_as(name)
    is_usual = sent in {media_types.USUAL_MEDIA_TYPES[codec], "*/*"}
    found = ir.Codec(
        codec,
        model=model if codec in media_types.JUDGED_CODECS else None,
        media_type=None if is_usual else sent,
        is_text=codec == "Events" and facts.types_of(named.document, schema) == {"string"},
        is_json=codec == "EventObjects" and bool(media.extensions.get(media_types.HELD)),
        fold=normalizer.ident if normalizer else "",
        denormalize=normalizer.denormalize if normalizer and codec != "Text" else "",
        older=_older(normalizer),
    )
    return ir.Media(
        name=name,
        pointer=pointer,
        schema=place if exists(named.document, place) else "",
        type=_UNREAD.get(codec, model),
        codec=found,
    )


def of_parameters(named: ModelNames, place: str) -> ir.Codec | None:
    """What folds and judges the parameters of an operation, whose schema they were lifted to: that at `place`. There is
    nothing where nothing is to be folded."""
    if place not in named.folds:
        return None
    one, model = named.folds[place], ir.Named(named.idents[place])
    return ir.Codec(
        "Parameters",
        model=model,
        fold=one.ident,
        denormalize=one.denormalize,
        older=_older(one),
    )


_OTHERS: dict[str, ir.Type] = {
    "string": TEXT,
    "integer": INTEGER,
    "number": ir.Primitive("number"),
    "boolean": ir.Primitive("boolean"),
    "array": ir.Array(ANY),
}
"""By the `type` of a schema whose objects are a class, the types of its other values."""
_UNREAD: dict[str, ir.Type] = {"Text": TEXT, "Raw": BYTES, "Multipart": BYTES}
"""The type of a response that the codec returns without a model."""
_PLAIN: dict[str, ir.Type] = {
    "string": TEXT,
    "boolean": ir.Primitive("boolean"),
    "object": OBJECT,
}


def _plain(document: JsonObject, pointer: str, schema: Any) -> ir.Type:
    """The type of a schema that has no name."""
    target = follow(document, pointer, schema)[1]
    declared = target.get("type") if isinstance(target, dict) else None
    return _PLAIN.get(str(declared), ANY)


def _older(normalizer: ir.Normalizer | None) -> str:
    pairs = ", ".join(
        f"({one.hub}, {one.spoke})" for one in (normalizer.unfolds if normalizer else ())
    )
    return f"frozenset({{{pairs}}})" if pairs else ""


def preferred(
    document: JsonObject, found: list[ir.Media], same: Mapping[str, Any]
) -> tuple[ir.Media, ...]:
    """The media types to speak, JSON first, without those that nothing reads or writes: XML with the schema of JSON, and
    other text with it, if the schema has no strings. One of these that the client would read as another one than the first
    one stays. `same` holds the schema of each, by its name."""
    order = sorted(
        found,
        key=lambda one: (
            one.codec.name != "Json",
            one.name != media_types.USUAL_MEDIA_TYPES["Json"],
        ),
    )
    spoken = [one for one in order if not _is_unspoken(document, one, order[0], same)]
    listed = [one.name for one in spoken]
    return tuple(one for one in order if one in spoken or _read_as(listed, one.name) != listed[0])


def _read_as(listed: list[str], name: str) -> str:
    """The media type of a list as which the client reads one that is not listed (`chosen` of the runtime)."""
    kind = media_types.essence(name)
    told = {media_types.essence(one): one for one in reversed(listed)}
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((told[one] for one in ranges if one in told), listed[0])


def _is_unspoken(
    document: JsonObject, one: ir.Media, first: ir.Media, same: Mapping[str, Any]
) -> bool:
    if first.codec.name != "Json" or one.codec.name not in {"Text", "Raw"} or not one.schema:
        return False
    schema = same[one.name]
    is_text = "string" in facts.types_of(document, schema)
    is_xml = media_types.essence(one.name).endswith(("/xml", "+xml"))
    is_same = facts.identity(schema) == facts.identity(same[first.name])
    return is_same and (is_xml or not is_text)
