"""Refuses faulty x-compat keywords, each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.lower.compat import lens
from speclens.lower.ground import keywords, x_compat
from speclens.lower.ground.walk import nested
from speclens.lower.rewrites import parameters
from speclens.lower.rules import dates, places
from speclens.openapi.api import OpenApi
from speclens.problems import Finding, closest
from speclens.source.pointer import JsonObject, join

_TYPES: dict[str, tuple[type, str, str]] = {
    "into": (str, "a JSON Pointer", "write `/name`"),
    "absent": (list, "a list of values", "write `[null]`"),
    "partial": (bool, "true or false", "write `true`"),
    "deprecated": (
        dict,
        "an object",
        "write `{since: '2026-08-01', sunset: '2027-02-01', note: …}`",
    ),
}
"""The type of the value of a keyword, in words too, and an example."""


def of_keywords(pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Findings on the x-compat of a schema: unknown keywords, values of the wrong type, keywords at the wrong place."""
    if x_compat.KEYWORD not in schema:
        return
    here = join(pointer, x_compat.KEYWORD)
    own = schema[x_compat.KEYWORD]
    if not isinstance(own, dict):
        yield Finding(
            "compat/unknown-keyword",
            here,
            "x-compat must be an object of keywords",
            "write `x-compat: {…}`",
        )
        return
    for name in sorted(own.keys() - x_compat.KEYWORDS):
        close = closest(name, sorted(x_compat.KEYWORDS))
        hint = (
            f"did you mean `{close}`?"
            if close
            else f"one of {', '.join(sorted(x_compat.KEYWORDS))}"
        )
        yield Finding(
            "compat/unknown-keyword", join(here, name), f"unknown x-compat keyword `{name}`", hint
        )
    for keyword in sorted(places.elsewhere(pointer)):
        message = f"x-compat has no meaning under `{keyword}`"
        yield Finding(
            "compat/unsupported-keyword",
            here,
            message,
            "declare the shape at the place of the value",
        )
    if "into" in own and not places.is_property(pointer):
        message = "`into` has no meaning here: only a property folds into another"
        hint = "write it on the property, beside the `$ref` if there is one"
        yield Finding("compat/unsupported-keyword", join(here, "into"), message, hint)
    yield from _keyword_types(here, own)
    if "into" in own or own.keys() & x_compat.SHAPE_KEYWORDS:
        yield from _unjudged(pointer, schema)


def _unjudged(pointer: str, schema: JsonObject) -> Iterator[Finding]:
    """Warnings of keywords of a shape that normalizers do not judge. They do judge `not: {required: …}`, which tells shapes
    apart."""
    for place, inner in nested(pointer, schema):
        for keyword in keywords.NOT_ENFORCED if isinstance(inner, dict) else ():
            value = inner.get(keyword, False)
            is_told = keyword == "not" and isinstance(value, dict) and value.keys() == {"required"}
            if value is not False and not is_told:
                message = f"`{keyword}` of an older shape is not enforced by the normalizer"
                rule, at = "model/not-enforced", join(place, keyword)
                yield Finding(rule, at, message, "", "warning")


def of_unused_parameters(api: OpenApi) -> Iterator[Finding]:
    """The same for parameters that no operation has, so that their hubs are unknown."""
    for parameter in parameters.unused_parameters(api):
        yield from parameters.check_unused(parameter)
        pointer, given = parameter.pointer, parameter.extensions[x_compat.KEYWORD]
        told = x_compat.keywords(parameter.extensions)
        own = {key: value for key, value in told.items() if key != "into"}
        here = {x_compat.KEYWORD: own if isinstance(given, dict) else given}
        yield from of_keywords(pointer, here)
        said = {key: value for key, value in told.items() if key != "absent"}
        if isinstance(given, dict) and (said or not given):
            yield from places.alone(api.document, pointer, {x_compat.KEYWORD: said})
        for place, schema in nested(*parameter.value_schema):
            yield from of_keywords(place, schema) if isinstance(schema, dict) else ()


def _keyword_types(here: str, own: JsonObject) -> Iterator[Finding]:
    if "to" in own and "each" in own:
        yield Finding(
            "compat/unknown-keyword",
            here,
            "`to` and `each` exclude each other",
            "keep the intended one",
        )
    yield from _wrong_types(here, own)
    if isinstance(own.get("deprecated"), dict):
        yield from dates.of_deprecated(join(here, "deprecated"), own["deprecated"])
    if "values" in own:
        yield from _value_names(join(here, "values"), own["values"])
    for name in ("to", "each"):
        try:
            tuple(lens.holes(own.get(name)))
        except ValueError as error:
            yield Finding(
                "compat/template-text",
                join(here, name),
                str(error),
                "write `$$` for a literal `$`",
            )
    yield from _policies(here, own.get("hubs", {}))


def _wrong_types(here: str, own: JsonObject) -> Iterator[Finding]:
    for name, (kind, told, hint) in _TYPES.items():
        if name in own and not isinstance(own[name], kind):
            message = f"`{name}` must be {told}"
            yield Finding("compat/unknown-keyword", join(here, name), message, hint)


def _policies(here: str, hubs: Any) -> Iterator[Finding]:
    for name, policy in hubs.items() if isinstance(hubs, dict) else [("", None)]:
        place = join(here, "hubs", *((name,) if name else ()))
        if not isinstance(policy, dict) or policy.keys() - {"conflict", "absent"}:
            hint = "write `{conflict: merge, absent: [null]}`"
            yield Finding(
                "compat/unknown-keyword", place, "a hub may have only `conflict` and `absent`", hint
            )
        elif policy.get("conflict", "equal") not in x_compat.POLICIES:
            message = f"unknown conflict policy {policy['conflict']!r}"
            yield Finding(
                "compat/unknown-keyword", place, message, f"one of {', '.join(x_compat.POLICIES)}"
            )
        else:
            yield from _wrong_types(place, policy)


def _value_names(here: str, values: Any) -> Iterator[Finding]:
    if not isinstance(values, dict):
        yield Finding(
            "compat/unknown-keyword",
            here,
            "`values` must map old values to new ones",
            "write `{old: new}`",
        )
        return
    for old, new in values.items():
        if isinstance(new, str) and new in values:
            message = f"`{old}` becomes `{new}`, which `values` renames too"
            yield Finding("compat/chain", join(here, old), message, f"write what `{new}` becomes")
