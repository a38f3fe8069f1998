"""ir.Type -> the annotations of pydantic fields. The only importer of datamodel_code_generator.

It gets schemas built here from the IR alone, so nothing of a document reaches it but numbers, patterns and the values
of enumerations. Classes and fields have names of ours (`C0`, `f0`) and references are given as names, so its output
for one type depends on that type alone; what it prints is parsed, and only the annotations are taken.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from speclens import ir

VERSION = "0.89.0"


@dataclass(frozen=True, slots=True)
class _Part:
    """A schema the generator prints as one field; `Inner` in what it prints stands for the annotation `inner`."""

    schema: dict[str, Any]
    inner: str = ""


def annotate(document: ir.Document, templates: Path) -> ir.Document:
    """The document with the annotation of every property and alias. `templates` holds the templates handed to the
    generator."""
    parts: list[list[_Part]] = [[] for _ in document.schemas]
    wanted = [_roots(schema, own) for schema, own in zip(document.schemas, parts, strict=True)]
    printed = _generate([[part.schema for part in own] for own in parts], templates)
    schemas = []
    for schema, roots, own, texts in zip(document.schemas, wanted, parts, printed, strict=True):
        found = [_filled(root, own, texts) for root in roots]
        if schema.is_object:
            properties = tuple(
                replace(item, annotation=_field(item, annotation))
                for item, annotation in zip(schema.properties, found, strict=True)
            )
            schemas.append(replace(schema, properties=properties))
        else:
            schemas.append(replace(schema, annotation=found[0]))
    return replace(document, schemas=tuple(schemas))


def _field(item: ir.Property, annotation: str) -> str:
    if item.optional and not _admits_null(item.type):
        annotation = f"Maybe[{annotation}]"
    return f"Annotated[{annotation}, Field(alias={item.alias})]" if item.alias else annotation


def _admits_null(type_: ir.Type) -> bool:
    match type_:
        case ir.AnyType() | ir.Primitive("null"):
            return True
        case ir.Literals(values):
            return None in values
        case ir.Union(options):
            return any(map(_admits_null, options))
        case _:
            return False


def _roots(schema: ir.Schema, parts: list[_Part]) -> list[str]:
    types = [item.type for item in schema.properties] if schema.is_object else [schema.type]
    return [_placeholder(type_, parts) for type_ in types]


def _placeholder(type_: ir.Type, parts: list[_Part]) -> str:
    """An annotation in which `_P3_` stands for what the generator prints for part 3."""
    match type_:
        case ir.AnyType():
            return "Any"
        case ir.Named(ident):
            return ident
        case ir.Literals(values):
            return _literals(values, parts)
        case ir.Union(options):
            return _union([_placeholder(option, parts) for option in options])
        case ir.Array(item, constraints):
            return _container({"type": "array", **dict(constraints)}, "items", item, parts)
        case ir.Map(value):
            return _container({"type": "object"}, "additionalProperties", value, parts)
        case ir.Primitive(name, constraints):
            of_ours = {
                "integer": {"customTypePath": "_types.Integer"},
                "number": {"customTypePath": "_types.Number"},
            }
            return _add(parts, _Part({**of_ours.get(name, {"type": name}), **dict(constraints)}))


def _add(parts: list[_Part], part: _Part) -> str:
    parts.append(part)
    return f"_P{len(parts) - 1}_"


def _container(schema: dict[str, Any], keyword: str, inside: ir.Type, parts: list[_Part]) -> str:
    inner = _placeholder(inside, parts)
    return _add(parts, _Part({**schema, keyword: {"customTypePath": "_types.Inner"}}, inner))


def _union(options: list[str]) -> str:
    """Alternatives, null last as people write it."""
    return " | ".join(sorted(dict.fromkeys(options), key=lambda option: option == "None"))


def _literals(values: tuple[ir.Scalar, ...], parts: list[_Part]) -> str:
    plain = [value for value in values if value is not None]
    if not plain:
        return "None"
    printed = _add(parts, _Part({"enum": plain}))
    if not all(isinstance(value, str) for value in plain):
        printed = f"Annotated[{printed}, Exact]"
    return _union([printed, *(["None"] if None in values else [])])


def _filled(annotation: str, parts: Sequence[_Part], printed: Sequence[str]) -> str:
    """A placeholder annotation with what was printed in its places, inside out."""

    def fill(match: re.Match[str]) -> str:
        number = int(match.group(1))
        inner = _filled(parts[number].inner, parts, printed)
        return re.sub(r"\bInner\b", lambda _: inner, printed[number]) if inner else printed[number]

    return re.sub(r"_P([0-9]+)_", fill, annotation)


def _generate(classes: Sequence[Sequence[dict[str, Any]]], templates: Path) -> list[list[str]]:
    """What the generator prints as annotations of the fields of each class. One call for all."""
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import Formatter, PythonVersion
    from datamodel_code_generator.parser import LiteralType

    definitions = {
        f"C{index}": {
            "type": "object",
            "required": [f"f{position}" for position in range(len(fields))],
            "properties": {f"f{position}": schema for position, schema in enumerate(fields)},
        }
        for index, fields in enumerate(classes)
        if fields
    }
    if not definitions:
        return [[] for _ in classes]
    result = generate(
        {"$defs": definitions},
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        custom_template_dir=templates,
        formatters=[Formatter.BUILTIN],
        enum_field_as_literal=LiteralType.All,
        field_constraints=True,
        use_annotated=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_double_quotes=True,
        strict_nullable=True,
        allow_remote_refs=False,
        disable_timestamp=True,
    )
    return _annotations(str(result), classes)


def _annotations(source: str, classes: Sequence[Sequence[dict[str, Any]]]) -> list[list[str]]:
    """The annotations in printed classes. Raises RuntimeError where one that was asked for is not there."""
    found = {
        (node.name, item.target.id): ast.get_source_segment(source, item.annotation) or ""
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }
    try:
        return [
            [found[f"C{index}", f"f{position}"] for position in range(len(fields))]
            for index, fields in enumerate(classes)
        ]
    except KeyError as error:
        raise RuntimeError(f"datamodel-code-generator left out {error}") from error
