"""Arguments as Python values: models for objects, dates for texts of dates, as they come out of results."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel, TypeAdapter

from every_operation.package import Package, Parameter, at
from speclens import ir
from speclens.lower.schemas import formats

_AS_TEXT = {"byte", "binary", ""}  # of these arguments are texts


def parameter(package: Package, one: Parameter, value: Any) -> Any:
    """The value of a parameter as the type of its format."""
    schema = at(package.schemas, one.schema)[1]
    name = formats.format_of(schema) if isinstance(schema, dict) else ""
    runtime = sys.modules.get(f"{package.module.__package__}._types")
    if (
        name in _AS_TEXT
        or not isinstance(value, str)
        or not hasattr(runtime, formats.PYTHON_TYPES[name][0])
    ):
        return value
    return TypeAdapter(getattr(runtime, formats.PYTHON_TYPES[name][0])).validate_python(value)


def body(package: Package, operation: ir.Operation, media: ir.Media, value: Any) -> dict[str, Any]:
    """The arguments of a JSON body as its model has them."""
    declared = getattr(package.module, operation.constant).body
    codecs = declared if isinstance(declared, tuple) else (declared,)
    codec = next(one for one in codecs if one.media_type == media.name)
    made = TypeAdapter(codec.annotation).validate_python(value, strict=True)
    if operation.body and operation.body.argument:
        return {} if _has_bytes(made) else {operation.body.argument: made}
    idents = {one.name: one.ident for one in operation.arguments if one.place == "member"}
    fields = type(made).__pydantic_fields__ if isinstance(made, BaseModel) else {}
    found = {}
    for name, field in fields.items():
        wire = field.alias or name
        if wire in idents and name in made.model_fields_set:
            found[idents[wire]] = getattr(made, name)
    return {ident: one for ident, one in found.items() if not _has_bytes(one)}


def _has_bytes(value: Any) -> bool:
    """Whether bytes stand where nothing tells how they are written."""
    if isinstance(value, (list, dict)):
        return any(map(_has_bytes, value.values() if isinstance(value, dict) else value))
    return isinstance(value, bytes)
