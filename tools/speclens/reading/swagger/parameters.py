"""Converts headers of Swagger 2.0, and parameters outside of bodies, into those of OpenAPI 3.0."""

from __future__ import annotations

from speclens.reading.swagger.schemas import Names, converted_reference, schema_of_values
from speclens.source.origins import Part, mapping

_KEPT = frozenset(("name", "in", "description", "required"))
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}


def parameter(part: Part, names: Names) -> Part:
    """A parameter outside of bodies."""
    if not isinstance(part.value, dict):
        return part
    if isinstance(part.value.get("$ref"), str):
        inner = part.member("$ref")
        return mapping(
            part.origin, {"$ref": inner.at_same_place(converted_reference(inner.value, names))}
        )
    kept = extensions(part) | {k: one for k, one in part.fields().items() if k in _KEPT}
    if part.value.get("in") == "query" and "allowEmptyValue" in part.value:
        kept["allowEmptyValue"] = part.member("allowEmptyValue")
    default = "form" if part.value.get("in") in ("query", "cookie") else "simple"
    return mapping(part.origin, {**kept, **said_as(part, default), **_schema(part, names)})


def header(part: Part, names: Names) -> Part:
    """A header of a response."""
    if not isinstance(part.value, dict):
        return part
    kept = extensions(part) | {k: one for k, one in part.fields().items() if k == "description"}
    return mapping(part.origin, {**kept, **_schema(part, names)})


def _schema(part: Part, names: Names) -> dict[str, Part]:
    """The schema of a parameter or header, and its example."""
    made = {"schema": schema_of_values(part, names)}
    return made | ({"example": part.member("x-example")} if "x-example" in part.value else {})


def said_as(part: Part, default: str) -> dict[str, Part]:
    """The style of a list (Swagger 2.0, `collectionFormat`); nothing for other values."""
    if part.value.get("type") != "array":
        return {}
    given = part.value.get("collectionFormat", "csv")
    place = part.member("collectionFormat") if "collectionFormat" in part.value else part
    style = _STYLES.get(given, default) if isinstance(given, str) else default
    return {"style": place.at_same_place(style), "explode": place.at_same_place(given == "multi")}


def extensions(part: Part) -> dict[str, Part]:
    """Extensions, without those that became fields of 3.0."""
    taken = ("x-example", "x-nullable")
    return {
        key: one for key, one in part.fields().items() if key.startswith("x-") and key not in taken
    }
