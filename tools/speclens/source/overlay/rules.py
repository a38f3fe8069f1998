"""Reads the actions of an overlay document (Overlay Specification 1.0 and 1.1), and finds every fault of its form.

If the specification's text and its JSON Schema differ, the text decides: `update` beside `remove: true` has no effect, and
gives a warning. Equal actions are all applied. Overlays 1.0 may remove a value that is neither an object nor a list, as the
official examples of 1.0 do.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from speclens.problems import Finding
from speclens.source.overlay import json_path
from speclens.source.pointer import join

_VERSION = re.compile(r"1\.([01])\.[0-9]+")
_ROOT_FIELDS = ("overlay", "info", "extends", "actions")
_INFO_FIELDS = ("title", "version")
_ACTION_FIELDS = ("target", "description", "update", "remove")
_PYTHON_TYPE_WORDS = {str: "a string", dict: "an object", list: "a list", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `pointer` is its place in its overlay, `minor` the minor version of the overlay.

    `value` is the value of an update, or the query for the source of a copy.
    """

    pointer: str
    minor: int
    kind: Literal["update", "copy", "remove"]
    target: json_path.Query
    value: Any


def read_actions(overlay: Any) -> tuple[list[Action], list[Finding]]:
    """The actions of an overlay's value, in order, and findings on its form. If a finding is an error, actions may be
    missing."""
    version = overlay.get("overlay")
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        return [], [_wrong_version(overlay)]
    minor = int(match[1])
    new = ("description",) if minor else ()
    findings = [
        *_required(overlay, "#", overlay=str, info=dict, actions=list),
        *_typed(overlay, "#", extends=str),
        *_unknown(overlay, "#", _ROOT_FIELDS),
    ]
    if isinstance(info := overlay.get("info"), dict):
        findings += _required(info, "#/info", title=str, version=str)
        findings += _typed(info, "#/info", **dict.fromkeys(new, str))
        findings += _unknown(info, "#/info", (*_INFO_FIELDS, *new))
    listed = overlay.get("actions")
    if listed == []:
        findings.append(Finding("overlay/actions", "#/actions", "no actions", "write at least one"))
    actions: list[Action] = []
    for index, action in enumerate(listed if isinstance(listed, list) else ()):
        pointer = join("#", "actions", index)
        findings += _action_faults(action, pointer, minor)
        if isinstance(action, dict):
            actions += _actions(action, pointer, minor, findings)
    return actions, findings


def _wrong_version(overlay: Any) -> Finding:
    if "overlay" not in overlay:
        message = "`overlay` is missing: this is not an overlay"
    else:
        message = f"{reprlib.repr(overlay['overlay'])} is not a version that speclens reads"
    pointer = "#/overlay" if "overlay" in overlay else "#"
    return Finding("overlay/version", pointer, message, 'write `overlay: "1.1.0"`, or 1.0.0')


def _action_faults(action: Any, pointer: str, minor: int) -> Iterator[Finding]:
    if not isinstance(action, dict):
        yield Finding("overlay/type", pointer, "an action must be an object", "write `target: $…`")
        return
    yield from _required(action, pointer, target=str)
    yield from _typed(action, pointer, description=str, remove=bool)
    if minor:
        yield from _typed(action, pointer, copy=str)
    elif "copy" in action:
        hint = "write `overlay: 1.1.0`"
        yield Finding("overlay/field", join(pointer, "copy"), "1.0 has no `copy`", hint)
    yield from _unknown(action, pointer, (*_ACTION_FIELDS, "copy"))
    if minor and "update" in action and "copy" in action and action.get("remove") is not True:
        message = "`update` and `copy` in one action"
        yield Finding("overlay/modifiers", pointer, message, "write two actions")
    written = [name for name in ("update", "copy") if name in action]
    if action.get("remove") is True:
        for name in written:
            message, hint = f"`{name}` has no effect beside `remove: true`", "leave it out"
            yield _warning("overlay/no-effect", join(pointer, name), message, hint)
    elif not written and action.get("remove", False) is False:
        message, hint = "this action does nothing", "write `update` or `remove: true`"
        yield _warning("overlay/no-effect", pointer, message, hint)


def _actions(
    action: dict[str, Any], pointer: str, minor: int, findings: list[Finding]
) -> Iterator[Action]:
    """The action, if its queries are valid and it has an effect. Faults of its queries go to `findings`."""
    queries: dict[str, json_path.Query] = {}
    for name in ("target", "copy") if minor else ("target",):
        if isinstance(action.get(name), str):
            try:
                queries[name] = json_path.parse_query(action[name])
            except json_path.Invalid as invalid:
                message = f"not a JSONPath query: {invalid}"
                hint = "see RFC 9535; write a name with other characters as ['x-name']"
                findings.append(Finding("overlay/jsonpath", join(pointer, name), message, hint))
    if (target := queries.get("target")) is None:
        return
    if action.get("remove") is True:
        yield Action(pointer, minor, "remove", target, None)
    elif "update" in action:
        yield Action(pointer, minor, "update", target, action["update"])
    elif "copy" in queries:
        yield Action(pointer, minor, "copy", target, queries["copy"])


def _required(value: dict[str, Any], pointer: str, **types: type) -> Iterator[Finding]:
    for name in types.keys() - value.keys():
        hint = f"it must be {_PYTHON_TYPE_WORDS[types[name]]}"
        yield Finding("overlay/missing", pointer, f"`{name}` is missing", hint)
    yield from _typed(value, pointer, **types)


def _typed(value: dict[str, Any], pointer: str, **types: type) -> Iterator[Finding]:
    for name, kind in types.items():
        if name in value and not isinstance(value[name], kind):
            is_number = type(value[name]) in (int, float)
            hint = "put it in quotes" if kind is str and is_number else ""
            message = f"`{name}` must be {_PYTHON_TYPE_WORDS[kind]}"
            yield Finding("overlay/type", join(pointer, name), message, hint)


def _unknown(value: dict[str, Any], pointer: str, known: tuple[str, ...]) -> Iterator[Finding]:
    for name in value:
        if name not in known and not name.startswith("x-"):
            hint = f"one of {', '.join(known)}, or x-…"
            yield Finding("overlay/field", join(pointer, name), f"unknown field `{name}`", hint)


def _warning(rule: str, pointer: str, message: str, hint: str) -> Finding:
    return Finding(rule, pointer, message, hint, "warning")
