"""ir.Type -> the annotations of pydantic fields. The only importer of datamodel_code_generator.

It gets schemas built here from the IR alone, so nothing of a document reaches it but numbers and patterns. Classes and fields have names of ours (`C0`, `f0`) and references are given as names, so its output
for one type depends on that type alone; what it prints is parsed, and only the annotations are taken.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from speclens import ir
from speclens.literals import literal

GENERATOR_VERSION = "0.89.0"
_MOST_OPERANDS = 200
_AT_ONCE = 50

_Parts = dict[tuple[str, str], int]
"""The schemas that the generator prints, as JSON, each once. `Inner` in what it prints of one stands for the annotation
beside it. No schema: the text beside it is the annotation."""


def annotate(
    document: ir.Api, templates: Path, known: Mapping[str, str]
) -> tuple[ir.Api, dict[str, str]]:
    """The document with the annotation of every property and alias, and what the generator printed for that which was
    not `known`: the annotations of schemas, given as JSON. `templates` holds the templates handed to the generator."""
    parts: _Parts = {}
    wanted = [_roots(schema, parts) for schema in document.schemas]
    missing = list(dict.fromkeys(schema for schema, _ in parts if schema and schema not in known))
    texts = _generate([json.loads(schema) for schema in missing], templates)
    found = dict(zip(missing, texts, strict=True))
    every = {**known, **found}
    printed = [(every[schema], inner) if schema else (inner, "") for schema, inner in parts]
    nullable = _nullable(document.schemas)
    schemas = (
        _annotated(schema, [_flat(_filled(root, printed)) for root in roots], nullable)
        for schema, roots in zip(document.schemas, wanted, strict=True)
    )
    return replace(document, schemas=tuple(schemas)), found


def _annotated(
    schema: ir.Schema, annotations: Sequence[str], nullable: Collection[str]
) -> ir.Schema:
    if schema.is_lazy:
        return replace(
            schema, annotation=f"TypeAliasType({literal(schema.ident)}, {literal(annotations[0])})"
        )
    if not schema.is_object:
        return replace(schema, annotation=annotations[0])
    own, extras = annotations[: len(schema.properties)], annotations[len(schema.properties) :]
    properties = (
        replace(item, annotation=_field(item, annotation, nullable))
        for item, annotation in zip(schema.properties, own, strict=True)
    )
    return replace(schema, properties=tuple(properties), extra_annotation="".join(extras))


def _field(item: ir.Property, annotation: str, nullable: Collection[str]) -> str:
    if item.optional and not _admits_null(item.type, nullable):
        annotation = f"Maybe[{annotation}]"
    return f"Annotated[{annotation}, Field(alias={item.alias})]" if item.alias else annotation


def _nullable(schemas: Sequence[ir.Schema]) -> set[str]:
    """The aliases that admit null."""
    found, before = set[str](), -1
    while len(found) > before:
        before = len(found)
        found |= {
            schema.ident
            for schema in schemas
            if not schema.is_object and _admits_null(schema.type, found)
        }
    return found


def _admits_null(type_: ir.Type, nullable: Collection[str]) -> bool:
    match type_:
        case ir.Named(ident):
            return ident in nullable
        case ir.AnyType() | ir.Primitive("null"):
            return True
        case ir.Literals(values):
            return None in values
        case ir.Constants(texts):
            return "null" in texts
        case ir.Union(options):
            return any(_admits_null(option, nullable) for option in options)
        case _:
            return False


def _roots(schema: ir.Schema, parts: _Parts) -> list[str]:
    types = [item.type for item in schema.properties] if schema.is_object else [schema.type]
    types += [schema.extras] if schema.extras else []
    return [_placeholder(type_, parts) for type_ in types]


def _placeholder(type_: ir.Type, parts: _Parts) -> str:
    """An annotation in which `<3>` stands for what the generator prints for part 3; no class is called so."""
    match type_:
        case ir.AnyType():
            return "Any"
        case ir.Primitive("null"):
            return "None"
        case ir.Named(ident):
            return ident
        case ir.Literals(values):
            return _literals(values, parts)
        case ir.Constants(texts):
            return _constants([json.loads(text) for text in texts])
        case ir.Union(options, tags, is_told_apart):
            # Null last, as people write it.
            ordered = sorted(options, key=lambda option: option in _NULLS)
            union = _union([_placeholder(option, parts) for option in ordered])
            return _tagged_union(union, tags) if is_told_apart else union
        case ir.Array(item, constraints):
            plain = {key: value for key, value in constraints if key != "uniqueItems"}
            text = _container({"type": "array", **plain}, "items", item, parts)
            return text if len(plain) == len(constraints) else f"Annotated[{text}, Unique]"
        case ir.Tuple(items):
            inside = ", ".join(_placeholder(item, parts) for item in items)
            return f"Annotated[tuple[{inside}], Positions]"
        case ir.Map(value, (), ""):
            return _container({"type": "object"}, "additionalProperties", value, parts)
        case ir.Map():
            return _map(type_, parts)
        case ir.Primitive(_, (), format) if format:
            return format
        case ir.Primitive(name, constraints):
            of_ours = {
                "integer": {"customTypePath": "_types.Integer"},
                "number": {"customTypePath": "_types.Number"},
            }
            return _add(parts, {**of_ours.get(name, {"type": name}), **dict(constraints)})


def _add(parts: _Parts, schema: dict[str, Any], inner: str = "") -> str:
    return f"<{parts.setdefault((json.dumps(schema, sort_keys=True), inner), len(parts))}>"


def _container(schema: dict[str, Any], keyword: str, inside: ir.Type, parts: _Parts) -> str:
    return _add(
        parts, {**schema, keyword: {"customTypePath": "_types.Inner"}}, _placeholder(inside, parts)
    )


def _map(type_: ir.Map, parts: _Parts) -> str:
    key = _placeholder(ir.Primitive("string", (("pattern", type_.pattern),)), parts)
    bounds = {"minProperties": "min_length", "maxProperties": "max_length"}
    said = ", ".join(f"{bounds[name]}={value}" for name, value in type_.constraints)
    text = f"dict[{key if type_.pattern else 'str'}, {_placeholder(type_.value, parts)}]"
    return f"Annotated[{text}, Field({said})]" if said else text


_NULLS: tuple[ir.Type, ...] = (ir.Primitive("null"), ir.Literals((None,)))


def _union(options: list[str]) -> str:
    found = list(dict.fromkeys(options))
    # As operators they would be nested as deep as they are many, for which Python has a limit.
    return " | ".join(found) if len(found) <= _MOST_OPERANDS else f"Union[{', '.join(found)}]"


def _literals(values: tuple[ir.Scalar, ...], parts: _Parts) -> str:
    plain = [value for value in values if value is not None]
    if not plain:
        return "None"
    # The generator takes time by the square of their length to print them.
    listed = f"Literal[{', '.join(map(literal, plain))}]"
    printed = f"<{parts.setdefault(('', listed), len(parts))}>"
    if not all(isinstance(value, str) for value in plain):
        printed = f"Annotated[{printed}, Exact]"
    return _union([printed, *(["None"] if None in values else [])])


def _tagged_union(union: str, tags: ir.Tags | None) -> str:
    if not tags:
        return f"Annotated[{union}, Among()]"
    by_value = ", ".join(f"{_safe(value)}: {ident}" for value, ident in tags.idents)
    default = f", default={tags.default}" if tags.default else ""
    return f"Annotated[{union}, Among({_safe(tags.property)}, {{{by_value}}}{default})]"


_OF_CONSTANTS = {
    bool: "bool", int: "Integer", float: "Number", str: "str", list: "list[Any]", dict: "dict[str, Any]",
    type(None): "None",
}  # fmt: skip


def _constants(values: list[Any]) -> str:
    last = sorted(values, key=lambda value: value is None)
    kinds = {type(value): _OF_CONSTANTS[type(value)] for value in last}
    if float in kinds:
        kinds.pop(int, None)
    listed = ", ".join(_safe(value) for value in values)
    return f"Annotated[{_union([*kinds.values()])}, OneOf({listed})]"


def _safe(value: Any) -> str:
    """A literal in which nothing reads like a placeholder."""
    return literal(value).replace("<", "\\x3c")


class _Flat(ast.NodeTransformer):
    """`Annotated[Annotated[T, a], b]` as `Annotated[T, a, b]`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Subscript(
                value=ast.Name("Annotated"),
                slice=ast.Tuple(
                    elts=[
                        ast.Subscript(value=ast.Name("Annotated"), slice=ast.Tuple() as inner),
                        *rest,
                    ]
                ),
            ):
                node.slice = ast.Tuple([*inner.elts, *rest], ast.Load())
        return node


def _flat(annotation: str) -> str:
    if "Annotated[Annotated[" not in annotation:
        return annotation
    return ast.unparse(_Flat().visit(ast.parse(annotation, mode="eval")))


def _filled(annotation: str, printed: Sequence[tuple[str, str]]) -> str:
    """A placeholder annotation with what was printed in its places, inside out."""

    def fill(match: re.Match[str]) -> str:
        text, inner = printed[int(match.group(1))]
        filled = _filled(inner, printed)
        return re.sub(r"\bInner\b", lambda _: filled, text) if inner else text

    return re.sub(r"<([0-9]+)>", fill, annotation)


def _generate(schemas: Sequence[dict[str, Any]], templates: Path) -> list[str]:
    """What the generator prints as the annotation of a field of each schema.

    Its cost grows with the square of what it is given at once, so it is given a little at a time.
    """
    starts = range(0, len(schemas), _AT_ONCE)
    batches = (schemas[start : start + _AT_ONCE] for start in starts)
    return [text for batch in batches for text in _generate_some(batch, templates)]


def _generate_some(schemas: Sequence[dict[str, Any]], templates: Path) -> list[str]:
    from datamodel_code_generator import generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import Formatter, PythonVersion
    from datamodel_code_generator.parser import LiteralType

    fields = {f"f{index}": schema for index, schema in enumerate(schemas)}
    result = generate(
        {"$defs": {"C0": {"type": "object", "required": list(fields), "properties": fields}}},
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
    return _annotations(str(result), len(schemas))


def _annotations(source: str, count: int) -> list[str]:
    """The annotations of the fields of the printed class. Raises RuntimeError where one that was asked for is not
    there."""
    found = {
        item.target.id: ast.unparse(item.annotation)
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == "C0"
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }
    try:
        return [found[f"f{index}"] for index in range(count)]
    except KeyError as error:
        raise RuntimeError(f"datamodel-code-generator left out {error}") from error
