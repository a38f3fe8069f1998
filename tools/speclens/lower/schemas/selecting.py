"""Schemas, and their normalizers, without those that only operations used which a selection leaves out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from speclens import ir
from speclens.lower.schemas.order import needed

_WORD = re.compile(r"\w+")


def selected(
    whole: ir.Api,
    operations: Iterable[ir.Operation],
    internal: Collection[str],
    is_included: bool,
) -> ir.Api:
    """An API, whose client has the selected ones of some operations, without what the selection leaves out: schemas that
    only others of the operations use, and the schemas at the pointers `internal`, if nothing that stays uses them. If
    `is_included`, the selection names what it wants, so schemas that no operation uses go as well."""
    client = whole.client
    left = set(_of_operations(client.operations if client else (), client))
    used = set(_of_operations(operations, None))
    reached = {one.ident for one in needed(whole.schemas, used)}
    alone = (one for one in whole.schemas if one.ident not in reached and not is_included)
    roots = left | {one.ident for one in alone if one.pointer not in internal}
    schemas = needed(whole.schemas, roots)
    idents = {one.ident for one in schemas}
    compat = _compat(
        whole, {one.pointer for one in whole.schemas if one.ident not in idents}, operations
    )
    return replace(
        whole,
        schemas=schemas,
        compat=compat,
        built=tuple(one for one in whole.built if one in idents),
        client=client
        and replace(client, taken=client.taken | {one.ident for one in whole.schemas}),
    )


def _of_operations(operations: Iterable[ir.Operation], client: ir.Client | None) -> Iterator[str]:
    """The names of schemas in operations, and in the inputs of a client."""
    parts: list[Any] = [*operations, *(client.inputs if client else ())]
    while parts:
        match one := parts.pop():
            case ir.Named(ident, is_input=False):
                yield ident
            case ir.Operation():
                yield from filter(None, (one.headers, one.request, one.response))
        if dataclasses.is_dataclass(one):
            parts += (getattr(one, field.name) for field in dataclasses.fields(one))
        elif isinstance(one, tuple):
            parts += one


def _compat(whole: ir.Api, gone: Collection[str], operations: Iterable[ir.Operation]) -> ir.Compat:
    """The normalizers without those of schemas that are gone, and of operations that are."""
    compat = whole.compat
    kept = set(whole.client.normalizers if whole.client else ())
    used = {word for one in operations for word in _words(one)}
    normalizers = tuple(
        one
        for one in compat.normalizers
        if one.ident in kept or (one.ident not in used and one.pointer not in gone)
    )
    parts: dict[str, Any] = {}
    for table in (compat.folds, compat.judges, compat.deprecations):
        parts |= {one.ident: one for one in table}
    found = set[str]()
    words = [word for one in normalizers for word in _words(one)]
    while words:
        word = words.pop()
        if word in parts and word not in found:
            found.add(word)
            words += _words(parts[word])
    return ir.Compat(
        deprecations=tuple(one for one in compat.deprecations if one.ident in found),
        folds=tuple(one for one in compat.folds if one.ident in found),
        judges=tuple(one for one in compat.judges if one.ident in found),
        normalizers=normalizers,
    )


def _words(value: Any) -> Iterator[str]:
    """The words in all texts of a part of the IR; those that are identifiers of other parts name these."""
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _words(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _words(one)
