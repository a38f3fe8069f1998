"""Repairs documents that violate the specification, so that `generate` can work with them.

`validate` finds the faults. An error becomes a warning here if `generate` need not fail: the fault does not concern
generated code (a missing description), or an edit takes the faulty part away and the rest accepts more (a keyword with a
value of the wrong type). It stays an error if speclens cannot interpret a part that callers need (a parameter without a
name), or if the edit would take `x-compat` or `x-file` away. With `--lenient`, speclens leaves such an operation out and
reports it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from speclens.objects import is_30, kinds_along, nodes
from speclens.objects.tables import EXCLUSIVE_BOUNDS
from speclens.problems import Finding
from speclens.repair.edits import REMOVED, Edit, edited, lost, takes_away
from speclens.source.pointer import get, join, tokens

_ROUNDS = 8
"""The most rounds of repair. An edit may break references to the part that it took away; the next round repairs those."""
_OURS = frozenset(("x-compat", "x-file"))
_HARMLESS = frozenset(
    ("exclusive", "min-items", "min-properties", "name", "pattern", "undeclared", "unique-items")
)
_VERSION = re.compile(r"v?(3\.[01])(?:\..*)?")
_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_WHOLE = frozenset(("document", "paths", "path-item", "operation", "parameter", "request-body"))
"""The kinds of objects that no edit takes away alone: a call without them would be another call."""
_COMPONENT_DEPTHS = {"components": 3, "definitions": 2, "parameters": 2, "responses": 2}
"""The number of tokens in the pointer of a component, by the first token. Includes those of Swagger 2.0."""
_TRUTHS = frozenset(
    (
        "allowReserved", "deprecated", "explode", "nullable", "readOnly", "required", "uniqueItems", "writeOnly",
    )
)  # fmt: skip
_COUNTS = frozenset(
    (
        "maxContains", "maxItems", "maxLength", "maxProperties", "minContains", "minItems", "minLength", "minProperties",
    )
)  # fmt: skip
_NUMBERS = _COUNTS - {"maxContains", "minContains"} | {"maximum", "minimum", "multipleOf"}
_TEXT_FIELDS = frozenset(
    ("description", "format", "name", "operationId", "summary", "title", "url", "version")
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired document, its findings, and the findings for which operations were left out."""

    document: dict[str, Any]
    findings: tuple[Finding, ...]
    left_out: tuple[Finding, ...] = ()


def repaired(
    document: dict[str, Any],
    validate: Callable[[dict[str, Any]], Iterable[Finding]],
    is_lenient: bool = False,
) -> Repaired:
    """A document without its faults. If a fault cannot be repaired, the findings hold an error."""
    told: dict[Finding, Finding] = {}
    left_out: dict[str, Finding] = {}
    for _ in range(_ROUNDS):
        edits: list[Edit] = []
        for finding in validate(document):
            edit = None if finding.severity == "warning" else _mend(document, finding)
            if edit and edit.is_essential and not (is_lenient and edit.pointer != "#"):
                told.setdefault(finding, finding)
                continue
            told.setdefault(finding, _warning(document, finding, edit))
            edits += [edit] if edit else []
            if edit and edit.is_essential:
                left_out.setdefault(edit.pointer, replace(finding, pointer=edit.pointer))
        if not edits:
            break
        document = edited(document, edits)
    return Repaired(document, tuple(told.values()), tuple(left_out.values()))


def with_whole_counts(document: dict[str, Any]) -> dict[str, Any]:
    """A sound document whose counts are of type int. `minLength: 2.0` means 2 in JSON Schema (2020-12, section 4.2.3), but
    Python reads a float."""
    edits = [
        Edit(join(node.pointer, keyword), int(count), "")
        for node in nodes(document)
        if node.kind == "schema"
        for keyword in _COUNTS & node.value.keys()
        if isinstance(count := node.value[keyword], float) and count.is_integer()
    ]
    return edited(document, edits) if edits else document


def _warning(document: dict[str, Any], finding: Finding, edit: Edit | None) -> Finding:
    along = " and ".join(f"`{name}`" for name in lost(document, edit, _OURS)) if edit else ""
    said = f" ({edit.said}{along and f', and its {along} with it'})" if edit else ""
    return replace(finding, message=f"{finding.message}{said}", severity="warning")


def _mend(document: dict[str, Any], finding: Finding) -> Edit | None:
    """The edit that removes an error from a document; None if the error is harmless. An edit that would take `x-compat` or
    `x-file` away becomes one that leaves out the operation, or an error for the whole document."""
    edit = _edit(document, finding)
    if edit is None or edit.is_essential:
        return edit
    if not takes_away(edit, _value(document, edit.pointer), _OURS):
        return edit
    whole = _object(document, tokens(edit.pointer), "operation")
    return whole if whole.is_essential else Edit("#", REMOVED, "", is_essential=True)


def _edit(document: dict[str, Any], finding: Finding) -> Edit | None:
    family, _, rule = finding.rule.partition("/")
    if rule in ("version", "unsupported-version"):
        return _version(document)
    if family == "reference":
        return _reference(document, finding.pointer, is_missed=rule == "external")
    if rule in _HARMLESS:
        return None
    if rule == "required":
        return _missing(document, finding.pointer)
    if rule == "unknown-field":
        return _unknown(document, finding.pointer)
    return _faulty(document, finding.pointer)


def _version(document: dict[str, Any]) -> Edit:
    """The edit for a document whose version is malformed."""
    meant = _VERSION.fullmatch(str(document.get("openapi")).strip())
    if meant is None:
        return Edit("#", REMOVED, "", is_essential=True)
    return Edit("#/openapi", f"{meant[1]}.0", f"read as {meant[1]}.0")


def _reference(document: dict[str, Any], place: str, is_missed: bool) -> Edit:
    """The edit for a reference that names nothing."""
    path = tokens(place)
    kind = _kind(document, path[:-1])[0]
    if kind in {"schema", "response"}:
        said = "taken as any value" if kind == "schema" else "ignored"
        return Edit(place, REMOVED, said, is_essential=is_missed)
    return _object(document, path[:-1], kind)


def _missing(document: dict[str, Any], place: str) -> Edit | None:
    """The edit for an object that lacks a field."""
    path = tokens(place)
    kind, rest = _kind(document, path)
    value = _fields(document, place)
    if kind == "document" and not rest:
        is_empty = not value.keys() & {"paths", "components", "webhooks"}
        return _object(document, (), kind) if is_empty else None
    if kind == "parameter" and not rest:
        if not all(isinstance(value.get(key), str) for key in ("in", "name")):
            return _object(document, path, kind)
        is_open = value["in"] == "path" and value.get("required") is not True
        return Edit(join(place, "required"), True, "taken as required") if is_open else None
    is_broken = kind == "security-scheme" or rest not in ((), ("info",))
    return Edit(place, REMOVED, "ignored") if is_broken else None


def _unknown(document: dict[str, Any], place: str) -> Edit:
    """The edit for a field that the specification does not define. A field that looks like a path or an operation is
    essential."""
    path = tokens(place)
    value = _value(document, place)
    owner, rest = _kind(document, path[:-1])
    is_called = isinstance(value, dict) and (owner == "paths" or "responses" in value)
    if owner in {"paths", "path-item"} and not rest and is_called:
        return _object(document, path, "path-item")
    return Edit(place, REMOVED, "ignored")


def _faulty(document: dict[str, Any], place: str) -> Edit | None:
    """The edit for a value that is invalid at its place."""
    path = tokens(place)
    kind, rest = _kind(document, path)
    value = _value(document, place)
    if not rest:
        return _no_object(document, path, kind, value)
    field = rest[-1]
    if kind == "parameter" and rest == ("required",) and _is_path(document, path[:-1]):
        return Edit(place, True, "taken as required")
    if kind == "schema" and len(rest) == 1 and field in EXCLUSIVE_BOUNDS:
        return _exclusive(document, path, value)
    if (as_meant := _read_as(field, value)) is not None:
        return Edit(place, as_meant, f"read as `{json.dumps(as_meant)}`")
    essential = ("in", "name") if kind == "parameter" else ("parameters",)
    if (
        kind in {"operation", "path-item", "parameter"}
        and rest[0] in essential
        and value is not None
    ):
        return _object(document, path[: -len(rest)], kind)
    if kind == "schema" and _is_type(rest, value):
        return None
    if kind == "schema" and rest[0] == "type":
        return Edit(join("#", *path[: -len(rest)], "type"), REMOVED, "taken as any value")
    return Edit(place, REMOVED, "ignored")


def _exclusive(document: dict[str, Any], path: tuple[str, ...], value: Any) -> Edit | None:
    """The edit for an exclusive bound, which is a boolean beside the bound in 3.0, and a number in 3.1."""
    place, bound = join("#", *path), EXCLUSIVE_BOUNDS[path[-1]]
    given = _number(value) if isinstance(value, str) else value
    if given is True and not is_30(document):
        given = _fields(document, join("#", *path[:-1])).get(bound)
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return Edit(place, REMOVED, "ignored")
    return None if given is value else Edit(place, given, f"read as `{json.dumps(given)}`")


def _no_object(
    document: dict[str, Any], path: tuple[str, ...], kind: str, value: Any
) -> Edit | None:
    """The edit for a value in the place of an object of a kind."""
    place = join("#", *path)
    if kind == "schema":
        # A boolean is a schema in 3.1, and authors of 3.0 mean the same.
        return None if isinstance(value, bool) else Edit(place, {}, "taken as any value")
    if value is None:
        return Edit(place, REMOVED, "ignored")
    if kind == "response":
        return Edit(place, {}, "ignored")
    return _object(document, path, kind)


def _object(document: dict[str, Any], path: tuple[str, ...], kind: str) -> Edit:
    """The edit for an object that speclens cannot interpret. An edit takes away components, webhooks and callbacks alone:
    the next round repairs uses of a component, and callers do not send webhooks and callbacks."""
    owners = [(path[:length], owner) for length, owner in kinds_along(document, path)]
    if kind not in _WHOLE:
        return Edit(join("#", *path), REMOVED, "ignored")
    if component := path[: _COMPONENT_DEPTHS.get(path[0], 0)] if path else ():
        return Edit(join("#", *component), REMOVED, "ignored")
    for outer, owner in owners:
        if owner == "callback" or outer[:1] == ("webhooks",):
            return Edit(join("#", *outer), REMOVED, "ignored")
    calls = [outer for outer, owner in owners if owner in {"path-item", "operation"}]
    left = path if kind == "path-item" else (calls or [path])[-1]
    return Edit(join("#", *left), REMOVED, "left out", is_essential=True)


def _kind(document: dict[str, Any], path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The kind of the innermost object around a place, and the path from there to the place."""
    length, kind = list(kinds_along(document, path))[-1]
    return kind, path[length:]


def _value(document: dict[str, Any], place: str) -> Any:
    try:
        return get(document, place)
    except KeyError:
        return None


def _fields(document: dict[str, Any], place: str) -> dict[str, Any]:
    """The fields of an object; none for other values."""
    value = _value(document, place)
    return value if isinstance(value, dict) else {}


def _is_path(document: dict[str, Any], path: tuple[str, ...]) -> bool:
    return bool(_fields(document, join("#", *path)).get("in") == "path")


def _is_type(rest: tuple[str, ...], value: Any) -> bool:
    """Whether a value of `type` is valid in 3.1 (in a document of 3.0)."""
    listed = value if isinstance(value, list) else [value]
    are_types = all(isinstance(one, str) and one in _TYPES for one in listed)
    return rest == ("type",) and bool(listed) and are_types


def _read_as(field: str, value: Any) -> Any:
    """The intended value of a scalar of the wrong JSON type; None if that is uncertain."""
    if field in _TRUTHS and isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    if field in _NUMBERS and isinstance(value, str):
        return _number(value)
    if field in _TEXT_FIELDS and isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return None


def _number(text: str) -> int | float | None:
    try:
        number = json.loads(text)
    except ValueError:
        return None
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    return number if is_number and abs(number) < 1e300 else None
