"""Who says what is valid: a JSON Schema validator on the views of a document, and what it may say of models that
enforce less."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from typing import Any

from jsonschema_rs import Draft202012Validator

from speclens.lower import compat, views
from speclens.lower.types import implied_types
from speclens.lower.walk import JsonObject, all_schemas
from speclens.source.pointer import exists, join, tokens
from speclens.validate.dialect import validators

Judge = Callable[[Any], bool | None]
"""Whether a value is accepted. None: it is not, and by what models do not enforce alone."""


def judges(
    document: JsonObject, unenforced: Collection[str]
) -> tuple[Callable[[str], Judge], Callable[[str], Judge]]:
    """The judges of schemas by pointer, on the wire and on the canonical view. `unenforced` are the pointers of
    keywords and schemas that models do not enforce (the warnings `model/not-enforced`)."""
    written = frozenset(pointer for pointer in unenforced if exists(document, pointer))
    relaxed = _relaxed(document, written)
    strict = [validators(view(document).document) for view in (views.wire, views.canonical)]
    lenient = [validators(view(relaxed).document) for view in (views.wire, views.canonical)]
    # What stands in a view alone is in no document that could be relaxed.
    is_more = len(written) < len(unenforced)

    def judge(index: int, pointer: str) -> Judge:
        accepts = _accepting(strict[index](pointer))
        place = _moved(relaxed, pointer)
        if is_more or place is None:
            return lambda value: accepts(value) or None
        takes = _accepting(lenient[index](place))
        return lambda value: accepts(value) or (None if takes(value) else False)

    return (lambda pointer: judge(0, pointer)), (lambda pointer: judge(1, pointer))


def _accepting(validator: Draft202012Validator) -> Callable[[Any], bool]:
    def accepts(value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except ValueError:  # half of a surrogate pair is no JSON
            return False

    return accepts


def typed(document: JsonObject) -> JsonObject:
    """The document as models take it, which is what its authors mean: `properties` without `type` is for objects, and
    `nullable` admits null beside `enum` too (ARCHITECTURE.md has both decisions)."""
    result = copy.deepcopy(document)
    for _, schema in all_schemas(result):
        if not isinstance(schema, dict):
            continue
        if not schema.keys() & {"type", "$ref", "enum", "const"}:
            for kind in implied_types(schema):
                schema["type"] = kind
        if schema.get("nullable") is True and isinstance(schema.get("enum"), list):
            schema["enum"] += [None] if None not in schema["enum"] else []
    return result


def _relaxed(document: JsonObject, places: frozenset[str]) -> JsonObject:
    """The document without some of its keywords and schemas, and with any of several branches for one of them: models
    do not count how many a value fits. It accepts all that it did."""
    result = copy.deepcopy(document)
    for pointer, schema in list(all_schemas(result)):
        if not isinstance(schema, dict):
            continue
        is_null_too = schema.get("nullable") is True and "type" not in schema
        if pointer in places or is_null_too:
            for keyword in schema.keys() - {compat.KEYWORD}:
                del schema[keyword]
        for keyword in [name for name in schema if join(pointer, name) in places]:
            del schema[keyword]
        if "oneOf" in schema and "anyOf" not in schema:  # branches may overlap now
            schema["anyOf"] = schema.pop("oneOf")
    return result


def _moved(relaxed: JsonObject, pointer: str) -> str | None:
    """Where a place of a document is in its relaxed form; None if it was left out."""
    place = "#"
    for token in tokens(pointer):
        is_renamed = token == "oneOf" and not exists(relaxed, join(place, token))
        place = join(place, "anyOf" if is_renamed else token)
        if not exists(relaxed, place):
            return None
    return place
