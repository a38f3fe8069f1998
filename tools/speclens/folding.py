"""Folds a payload with the normalizers of a document, and validates the result.

The normalizers are the generated ones, loaded from a temporary directory. The judge is a JSON Schema validator for the
canonical view, so that no generated code judges generated code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from jsonschema_rs import ValidationError

from speclens import ir, loading
from speclens.config import Config
from speclens.lower.rewrites import lifting, views
from speclens.lower.schemas import naming
from speclens.output import marks, plan, render
from speclens.problems import closest
from speclens.reading.modern import modern
from speclens.source import Source
from speclens.source.faults import MAX_DEPTH
from speclens.source.pointer import JsonObject, exists, get, join
from speclens.validate import detail
from speclens.validate.branches import leaf_errors
from speclens.validate.dialect import schema_validator
from speclens.validate.document import Document

_PACKAGE = "_speclens_folding"
_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class PayloadFault:
    """One fault of a payload: `pointer` (RFC 6901) is the place in the payload as sent."""

    rule: str
    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Folded:
    """A valid payload in canonical form. `rewrites` and `drops` are the first of each as JSON objects; the numbers count
    the rest."""

    value: Any
    rewrites: tuple[dict[str, Any], ...]
    drops: tuple[dict[str, Any], ...]
    more_rewrites: int = 0
    more_drops: int = 0


class UnknownSchema(LookupError):
    """There is no schema of that name; the message suggests one."""


def folder(
    source: Source, document: ir.Api, name: str
) -> Callable[[Any], Folded | tuple[PayloadFault, ...]]:
    """A function that folds and judges payloads of a schema. `name` is its name in the document or its class.

    Raises UnknownSchema.
    """
    lifted = lifting.lifted(modern(source.value)).document
    pointer, ident = _named(lifted, document, name)
    canonical = views.canonical(lifted).document
    validator = schema_validator(canonical, pointer)
    normalizer = next((one for one in document.compat.normalizers if one.schema == ident), None)
    module = _load(source, document) if normalizer else None
    normalize = getattr(module, normalizer.ident) if module and normalizer else None
    error = sys.modules[f"{_PACKAGE}._compat"].CompatError if module else ()

    def fold(payload: Any) -> Folded | tuple[PayloadFault, ...]:
        try:
            result = normalize(payload) if normalize else None
        except error as fault:
            return (PayloadFault(fault.rule, fault.pointer, fault.message),)
        value = payload if result is None else result.value
        if not validator.is_valid(value):
            whole, schema = Document("3.1", canonical, ()), get(canonical, pointer)
            if not detail.is_affordable(whole, schema, value, detail.budget(whole)):
                return (PayloadFault("errors", "", "too many errors to list them"),)
            found = [leaf for fault in validator.iter_errors(value) for leaf in leaf_errors(fault)]
            return _faults(
                found,
                result,
                list(schema.get("properties", ())) if isinstance(schema, dict) else [],
            )
        if result is None:
            return Folded(value, (), ())
        more = result.more_rewrites, result.more_drops
        return Folded(value, _plain(result.rewrites), _plain(result.drops), *more)

    return fold


def _named(lifted: JsonObject, document: ir.Api, name: str) -> tuple[str, str]:
    """The place and the class of a schema: a component, or the schema of a body or a response that has a normalizer."""
    names = naming.component_classes(lifted)
    pointer = join("#", "components", "schemas", name)
    if pointer in names:
        return pointer, names[pointer]
    inline = ((one.pointer, one.schema) for one in document.compat.normalizers)
    every = {**names, **{place: ident for place, ident in inline if exists(lifted, place)}}
    for pointer, ident in every.items():
        if ident == name:
            return pointer, ident
    known = [pointer.rpartition("/")[2] for pointer in names] + list(every.values())
    close = closest(name, known, len(known))
    raise UnknownSchema(f"no schema {name!r}" + (f"; did you mean {close!r}?" if close else ""))


def _plain(items: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(asdict(item) for item in items)


def _faults(
    found: list[ValidationError], result: Any, order: list[str]
) -> tuple[PayloadFault, ...]:
    """Validation errors at pointers of the payload as sent, one for each place, in the order of the properties. Gives the
    first errors, and the number of the rest."""
    first: dict[str, PayloadFault] = {}
    for error in found:
        for fault in _located(error):
            first.setdefault(fault.pointer, fault)
    ranks = {name: rank for rank, name in enumerate(order)}
    faults = sorted(first.values(), key=lambda fault: _rank(fault, ranks))
    more = len(faults) - _MOST_FAULTS
    rest = (PayloadFault("errors", "", f"and {more} more"),) if more > 0 else ()
    faults = faults[:_MOST_FAULTS]
    if result is None:
        return (*faults, *rest)
    places = result.locate(fault.pointer for fault in faults)
    told = (
        PayloadFault(fault.rule, source, missing or fault.message)
        for fault, (source, missing) in zip(faults, places, strict=True)
    )
    return (*dict.fromkeys(told), *rest)


def _rank(fault: PayloadFault, ranks: Mapping[str, int]) -> int:
    first = fault.pointer.split("/")[1:2]
    return ranks.get(first[0], len(ranks)) if first else len(ranks)


def _located(error: ValidationError) -> Iterator[PayloadFault]:
    kind: Any = error.kind
    pointer = join("", *error.instance_path)
    if kind.name == "required":
        yield PayloadFault("required", join(pointer, kind.property), "is required")
    elif kind.name in {"additionalProperties", "unevaluatedProperties"}:
        for name in kind.unexpected:
            yield PayloadFault(kind.name, join(pointer, name), "is not allowed here")
    else:
        yield PayloadFault(kind.name, pointer, f"{error.message:.1000}")


def _load(source: Source, document: ir.Api) -> ModuleType:
    """The normalizers of a document as a module."""
    nonce = marks.nonce("".join(source.texts))
    render_one = render.renderer((render.BUILT_IN,), nonce)
    config = Config(Path(source.name), _PACKAGE)
    package = plan.package(document, config)
    texts = {"__init__.py": ""}
    for file in plan.files(document, config):
        name = file.path.removeprefix(f"{_PACKAGE}/")
        if file.is_verbatim:
            texts[name] = render.find_template(file.template, (render.BUILT_IN,)).read_text("utf-8")
        elif name == "normalizers.py":
            variables = {"file": file, "package": package, "document": document}
            printed = render_one(file.template, variables).text
            texts[name] = marks.take_out(printed, nonce, file.template)[0]
    return loading.load_texts(texts, _PACKAGE, ["normalizers"])[0]


class NotJson(ValueError):
    """A payload is not a JSON text (RFC 8259); the message says where and why."""


def parse_payload(text: str) -> Any:
    """The value of a JSON text. Raises NotJson for invalid JSON, duplicate names, numbers that exceed doubles, lone
    surrogates, and deep nesting."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise NotJson(f"duplicate name {json.dumps(key)}")
            found[key] = value
        return found

    def constant(name: str) -> Any:
        raise NotJson(f"{name} is not JSON")

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=constant)
        json.dumps(
            value, ensure_ascii=False, allow_nan=False
        ).encode()  # raises if the value cannot be printed as JSON
        if _depth(value) > MAX_DEPTH:
            raise NotJson("nested too deep")
        return value
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno} column {error.colno}: {error.msg}") from None
    except UnicodeEncodeError:
        raise NotJson("a lone surrogate is not a character") from None
    except NotJson:
        raise
    except (RecursionError, ValueError) as error:
        raise NotJson(
            "nested too deep" if isinstance(error, RecursionError) else str(error)
        ) from None


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, dict | list) else 0
