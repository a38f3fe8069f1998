"""A document made from another, and where its parts stand in the document as written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any

from speclens import ir
from speclens.openapi.api import OpenApi
from speclens.problems import Finding
from speclens.source.pointer import JsonObject

# What to do, where that is not what one would do with properties.
_HINTS = {
    "compat/chain": "name the parameter that the other one folds into",
    "compat/required-spoke": "remove `required: true`; it may stand on the parameter that this one folds into",
    "compat/unknown-target": "give a parameter `x-compat: {into: {in: …, name: …}}`, or remove the policy",
}


@dataclass(frozen=True)
class View:
    """A plain document, and for the places that moved where they stand in the document as written."""

    document: JsonObject
    origins: Mapping[str, str]
    before: View | None = None  # what it was made from, where that is not as written either

    @cached_property
    def api(self) -> OpenApi:
        """The document with its objects as nodes."""
        return OpenApi(self.document)

    def origin(self, pointer: str, until: View | None = None) -> str:
        """The place as written of a place of the view, or its place in one of the views that this was made from."""
        rest: list[str] = []
        while pointer not in self.origins and pointer != "#":
            pointer, _, token = pointer.rpartition("/")
            rest.insert(0, token)
        found = "/".join((self.origins.get(pointer, pointer), *rest))
        if self.before is None or self.before is until:
            return found
        return self.before.origin(found, until)

    def places(self, written: Iterable[str]) -> Iterator[str]:
        """The places of the view that some places of the document as written were copied to."""
        for place, origin in self.origins.items():
            for pointer in written:
                if f"{pointer}/".startswith(f"{origin}/"):
                    yield place + pointer[len(origin) :]


def copied(value: Any) -> Any:
    """JSON that shares nothing with what it was copied from, not with itself either."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def relocated(value: Any, view: View) -> Any:
    """Something of the IR with every pointer at its place as written."""
    if isinstance(value, tuple):
        return tuple(relocated(item, view) for item in value)
    if not is_dataclass(value) or isinstance(value, type | ir.Test):  # tests name no places
        return value
    changed: dict[str, Any] = {}
    for one in fields(value):
        inner = getattr(value, one.name)
        if one.name == "pointer":
            changed[one.name] = view.origin(inner)
        elif isinstance(inner, tuple) or is_dataclass(inner):
            changed[one.name] = relocated(inner, view)
    return replace(value, **changed)


_SCHEMAS = "#/components/schemas/"


def _as_written(message: str, view: View) -> str:
    """A message in which the schemas that a view made are named by their places as written. Names may have spaces."""
    first, *rest = message.split(_SCHEMAS)
    told = [first]
    for part in rest:
        head = part.partition("/")[0]
        ends = [found.start() for found in re.finditer(r"[\s),]|$", head)]
        names = (head[:end] for end in reversed(ends))
        name = next((one for one in names if f"{_SCHEMAS}{one}" in view.origins), None)
        if name is None:
            told += [_SCHEMAS, part]
        else:
            inside = re.split(r"[\s),]", part[len(name) :], maxsplit=1)[0]
            told += [view.origin(f"{_SCHEMAS}{name}{inside}"), part[len(name) + len(inside) :]]
    return "".join(told)


def refound(finding: Finding, view: View) -> Finding:
    """A finding with every pointer at its place as written, those in its message too."""
    place = view.origin(finding.pointer)
    message = _as_written(finding.message, view)
    hint = finding.hint if place == finding.pointer else _HINTS.get(finding.rule, finding.hint)
    return replace(finding, pointer=place, message=message, hint=hint)
