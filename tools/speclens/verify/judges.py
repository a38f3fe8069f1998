"""The judges: JSON Schema validators for the views of a document, with verdicts for keywords that models do not enforce."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

from speclens import patterns
from speclens.lower.ground import View, all_schemas, discriminators, implied_types, x_compat
from speclens.lower.rewrites import views
from speclens.lower.schemas import formats
from speclens.objects import OR_NULL, declared_types
from speclens.reading.modern import with_null
from speclens.source.pointer import JsonObject, exists, from_reference, get, join, tokens, walk
from speclens.validate.dialect import validators

Formats = Mapping[str, Callable[[str], bool]]
JUDGED_FORMAT = "x-speclens-judged"
"""The keyword, in the judges' documents, for a format that is a type in models."""

TAGGED = "x-speclens-tagged"
"""Marks a constraint that comes only from a discriminator."""

ValueJudge = Callable[[Any], bool | None]
"""Whether a value is accepted. None: only constraints that models do not enforce refuse it."""


def judges(
    document: JsonObject, unenforced: Collection[str], of: Formats
) -> tuple[Callable[[str], ValueJudge], Callable[[str], ValueJudge]]:
    """The judges of schemas by pointer, for the wire view and for the canonical view. `unenforced` are the pointers of
    keywords and schemas that models do not enforce (the warnings `model/not-enforced`). `of` has the functions that judge
    texts of formats."""
    places = frozenset(unenforced)
    # The model judges formats, and it does not see what folding leaves out.
    is_seen = not x_compat.is_used(document)
    wire = _judges(views.wire(document), places, of, of if is_seen else {})
    return wire, _judges(views.canonical(document), places, of, of)


def _judges(
    view: View, unenforced: frozenset[str], of: Formats, enforced: Formats
) -> Callable[[str], ValueJudge]:
    """The judges of a view. The texts of formats that are not `enforced` may be taken all the same."""
    relaxed = _relaxed(view, unenforced)
    strict = validators(readable(view.document), of, patterns.LARGEST)
    lenient = validators(readable(relaxed), enforced, patterns.LARGEST)

    def judge(pointer: str) -> ValueJudge:
        accepts = _accepting(strict(pointer))
        place = _moved(relaxed, pointer)
        if place is None:
            return lambda value: accepts(value) or None
        takes = _accepting(lenient(place))
        return lambda value: accepts(value) or (None if takes(value) else False)

    return judge


def _accepting(validator: Draft202012Validator) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except ValueError:  # a lone surrogate is not JSON
            return False

    return accepts


def typed(document: JsonObject, judged: Collection[str] = ()) -> JsonObject:
    """The document as models read it, which is what authors mean: `properties` without `type` asks for an object, and
    `OR_NULL` allows null beside `enum` too (docs/decisions/0011 has both decisions). Strings with a format in `judged` must
    have that format."""
    result = copy.deepcopy(document)
    for _, schema in all_schemas(result):
        if not isinstance(schema, dict):
            continue
        if not schema.keys() & {"type", "$ref", "enum", "const"}:
            for kind in implied_types(schema):
                schema["type"] = kind
        if formats.format_of(schema) in judged and "string" in declared_types(schema):
            schema[JUDGED_FORMAT] = schema["format"]
        if schema.get(OR_NULL) is True:
            schema.update(with_null(schema))
        _tell_apart(document, schema)
    return result


def _tell_apart(document: JsonObject, schema: JsonObject) -> None:
    """Constrains each branch of a union, in place, to the discriminator values that name it, since normalizers choose the
    branch by these. Values that name no branch are not judged."""
    for keyword in ("oneOf", "anyOf"):
        listed = schema.get(keyword)
        if not isinstance(listed, list) or not isinstance(schema.get("discriminator"), dict):
            continue
        named = discriminators.branch_values(document, schema["discriminator"], listed)
        name = schema["discriminator"].get("propertyName")
        if all(named) and isinstance(name, str):
            schema[keyword] = [
                {
                    "allOf": [
                        one,
                        {
                            "properties": {name: {"enum": sorted(values)}},
                            "required": [name],
                            TAGGED: True,
                        },
                    ]
                }
                for one, values in zip(listed, named, strict=True)
            ]


def readable(document: JsonObject) -> JsonObject:
    """A document with only the formats that are judged."""
    result, seen = copy.deepcopy(document), set[int]()
    for _, schema in all_schemas(result):
        if not isinstance(schema, dict) or id(schema) in seen:
            continue
        seen.add(id(schema))  # views have one schema in several places
        schema.pop("format", None)
        if JUDGED_FORMAT in schema:
            schema["format"] = schema.pop(JUDGED_FORMAT)
    return result


def _relaxed(view: View, unenforced: frozenset[str]) -> JsonObject:
    """A view without the constraints that models do not enforce. It accepts everything that the view accepts. `oneOf`
    becomes `anyOf`, since models do not count how many branches accept a value."""
    result = copy.deepcopy(view.document)
    for place in unenforced:
        *path, last = tokens(place)
        if exists(result, place) and get(result, place) is False:
            holder = walk(result, path)
            holder[int(last) if isinstance(holder, list) else last] = True
    for pointer, schema in list(all_schemas(result)):
        if not isinstance(schema, dict):
            continue
        if TAGGED in schema:
            _keep(schema, ())
        if view.origin(pointer) in unenforced:
            _keep(schema, _enforced(schema))
        _keep(
            schema,
            [name for name in schema if view.origin(join(pointer, name)) not in unenforced],
        )
        if "oneOf" in schema and "anyOf" not in schema:
            schema["anyOf"] = schema.pop("oneOf")
        if schema.get(OR_NULL) is True and not schema.keys() & {"type", "$ref", "enum"}:
            whole = dict(schema)
            _keep(schema, ())
            schema["anyOf"] = [whole, {"enum": [None]}]
    return result


def _keep(schema: JsonObject, keywords: Collection[str]) -> None:
    for keyword in schema.keys() - set(keywords):
        del schema[keyword]


def _enforced(schema: JsonObject) -> tuple[str, ...]:
    """The keywords that a model enforces although it does not enforce those beside them; none if it accepts any value."""
    if "$ref" in schema:
        return ("$ref",) if from_reference(schema["$ref"]) else ()
    unions = [name for name in ("oneOf", "anyOf") if name in schema]
    is_union = unions and not schema.keys() & {"enum", "const"}
    return (unions[0], OR_NULL) if is_union else ()


def _moved(relaxed: JsonObject, pointer: str) -> str | None:
    """The pointer, in the relaxed form of a view, of a place of the view; None if it was left out."""
    place = "#"
    for token in tokens(pointer):
        steps = [(*before, name) for before in ((), ("anyOf", "0")) for name in _names(token)]
        found = [join(place, *step) for step in steps if exists(relaxed, join(place, *step))]
        if not found:
            return None
        place = found[0]
    return place


def _names(token: str) -> tuple[str, ...]:
    return (token, "anyOf") if token == "oneOf" else (token,)
