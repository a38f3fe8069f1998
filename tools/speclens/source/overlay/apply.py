"""Applies overlays (OpenAPI Overlay Specification 1.0 and 1.1) to a document.

An overlay is untrusted, so this module bounds the cost of its queries, and the size and the depth of its additions. It
fetches nothing. If `extends` is a path, it compares that with the document's path.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from speclens.problems import Finding, Problem, Refused, Room, shortened
from speclens.source.faults import MAX_DEPTH
from speclens.source.load import Source, load, locate
from speclens.source.origins import Origin, Part, origin_at
from speclens.source.overlay import json_path, rules
from speclens.source.overlay.merge import (
    Clash,
    Location,
    append,
    change,
    is_container,
    kind,
    measure,
    merge,
    remove,
)
from speclens.source.overlay.rules import Action
from speclens.source.pointer import join, tokens, walk
from speclens.source.yaml_text import MAX_EXPANSION

MAX_STEPS = 2_000_000
"""The steps for the actions of all overlays together, their queries and what they copy: some two seconds."""

STEPS_PER_VALUE = 100
"""Further steps for each value of the document, so that queries may visit a large document as often as a small one."""


_PLACE = 9
"""The number of values that a written place counts for, in addition to the values written there. It takes as long to find
the place and to copy the path to it; each of n actions may write to n places."""


@dataclass(frozen=True, slots=True)
class _Overlay:
    """An overlay that was read: its actions, and its findings so far. `room` limits the faults within its actions."""

    source: Source
    actions: list[Action]
    findings: list[Finding]
    room: Room = field(default_factory=Room)

    @property
    def problems(self) -> tuple[Problem, ...]:
        hint = "mend those that are, and look again"
        rest = Finding("source/more-faults", "#/actions", self.room.rest, hint)
        return locate(self.source, [*self.findings, *([rest] if self.room.untold else [])])


@dataclass(slots=True)
class _Run:
    """The document so far, and the limits that are left."""

    root: Part
    budget: json_path.Budget
    room: int = MAX_EXPANSION
    has_failed: bool = False


@dataclass(slots=True)
class _Stop(Exception):
    """No further action can be applied."""

    finding: Finding = field()


def load_laid(given: Path | Source | None, overlays: Sequence[Path]) -> Source:
    """A document, as `layers.load` takes it, with overlays applied to it, in order. Raises Refused with all faults of all
    files."""
    document: Source | None = None
    read: list[_Overlay] = []
    problems: list[Problem] = []
    try:
        document = given if isinstance(given, Source) else load(given)
    except Refused as refused:
        problems += refused.problems
    for name in overlays:
        try:
            source = load(name)
        except Refused as refused:
            problems += map(_as_of_overlay, refused.problems)
            continue
        read.append(_Overlay(source, *rules.read_actions(source.value)))
        problems += read[-1].problems
    if document is None or any(problem.severity == "error" for problem in problems):
        raise Refused(problems)
    return _laid(document, read)


def _as_of_overlay(problem: Problem) -> Problem:
    is_root = problem.rule == "source/root"
    return replace(problem, hint="start with `overlay: 1.1.0`") if is_root else problem


def _laid(document: Source, overlays: list[_Overlay]) -> Source:
    unbounded = json_path.Budget(1 << 62)
    size, _ = measure(document.value, unbounded)
    budget = json_path.Budget(MAX_STEPS + STEPS_PER_VALUE * size)
    run = _Run(Part(document.value, document.origin), budget)
    for number, overlay in enumerate(overlays, 1):
        overlay.findings.extend(_extends(overlay.source, document))
        try:
            for action in overlay.actions:
                _apply(action, number, overlay, run, document.name)
        except _Stop as stop:
            overlay.findings.append(stop.finding)
            run.has_failed = True
            break
    problems = tuple(problem for overlay in overlays for problem in overlay.problems)
    if run.has_failed:
        raise Refused(problems)
    return replace(
        document,
        value=run.root.value,
        origin=run.root.origin,
        overlays=tuple(overlay.source for overlay in overlays),
        warnings=problems,
    )


def _extends(overlay: Source, document: Source) -> list[Finding]:
    """A warning if an overlay names another file as its document. A URL gives no warning, since nothing is fetched."""
    reference = overlay.value.get("extends")
    if reference is None:
        return []
    try:
        parts = urlsplit(reference)
        if parts.netloc or parts.scheme not in ("", "file"):
            return []
        named = os.path.realpath(Path(overlay.name).parent / unquote(parts.path))
        is_same = named == os.path.realpath(document.name)
    except ValueError:
        is_same = False
    message = f"this overlay is for {reference}, but it is applied to {document.name}"
    hint = "correct `extends`, which is relative to the overlay, or leave it out"
    finding = Finding("overlay/extends", "#/extends", message, hint, "warning")
    return [] if is_same else [finding]


def _apply(action: Action, number: int, overlay: _Overlay, run: _Run, name: str) -> None:
    """Applies one action. Raises _Stop at a limit."""
    target = join(action.pointer, "target")
    try:
        locations = json_path.select(action.target, run.root.value, run.budget)
        fault = _unfit(action, locations, run.root.value) if locations else None
        if fault is None and not locations:
            if not run.has_failed:  # else an earlier failure may be the cause
                hint = "was it renamed there? correct the target, or remove the action"
                message = f"this selects nothing in {name}"
                overlay.findings.append(
                    Finding("overlay/no-match", target, message, hint, "warning")
                )
        elif fault is None and action.kind == "remove":
            run.root = remove(run.root, locations, run.budget)
        elif fault is None:
            overlay.findings.extend(_write(action, number, locations, run, overlay.room))
        else:
            overlay.findings.append(fault)
            run.has_failed = True
    except json_path.TooCostly:
        hint = "make the query more specific (fewer `..`, fewer filters within filters), and write all members of an object in one action"
        message = "the actions up to this one take too long"
        raise _Stop(Finding("overlay/cost", target, message, hint)) from None


def _unfit(action: Action, locations: list[Location], root: Any) -> Finding | None:
    """The reason why an action cannot be applied to the places that it selects, or None."""
    target = join(action.pointer, "target")
    if action.kind == "remove":
        if () in locations:
            message = "the document itself cannot be removed"
            return Finding("overlay/target", target, message, "select a part of it")
        return None
    values = [_at(root, location) for location in locations]
    first = _shape(values[0])
    for location, value in zip(locations, values, strict=True):
        if not action.minor and not is_container(value):
            message = (
                f"{_shown(location)} is {kind(value)}: Overlay 1.0 updates only objects and lists"
            )
            hint = "select the object around it, or write `overlay: 1.1.0`"
            return Finding("overlay/target", target, message, hint)
        if action.minor and _shape(value) is not first:
            places = " and ".join(map(_shown, (locations[0], location)))
            message = f"this selects {kind(values[0])} and {kind(value)}: {places}"
            hint = "write one action for each"
            return Finding("overlay/mixed", target, message, hint)
    return None


def _shape(value: Any) -> type | None:
    return type(value) if is_container(value) else None


def _shown(location: Location) -> str:
    return shortened(join("#", *(shortened(str(token)) for token in location)))


def _at(root: Any, location: Location) -> Any:
    return walk(root, map(str, location))


def _write(
    action: Action, number: int, locations: list[Location], run: _Run, room: Room
) -> list[Finding]:
    """Applies an update or a copy. If it fails, the document stays as it was, and the findings name the first place for
    each reason. Raises _Stop, TooCostly."""
    place = (*tokens(action.pointer), action.kind)
    if action.kind == "update":
        new = Part(action.value, Origin(number, place))
    else:
        sources = json_path.select(action.value, run.root.value, run.budget)
        if len(sources) != 1:
            run.has_failed = True
            message = f"this selects {len(sources) or 'no'} places, but a copy needs exactly one"
            return [Finding("overlay/copy", join("#", *place), message)]
        origin = origin_at(run.root.origin, map(str, sources[0]))
        new = Part(_at(run.root.value, sources[0]), origin)
    _bound(action, new.value, locations, run)
    clashes: list[Clash] = []

    def changed(part: Part, at: Location) -> Part:
        if isinstance(part.value, list) and _is_entry(action, new.value):
            return append(part, [new], run.budget)
        return merge(part, new, at, clashes, run.budget)

    root = change(run.root, locations, changed, run.budget)
    if not clashes:
        run.root = root
    run.has_failed |= bool(clashes)
    told: dict[tuple[str, ...], str] = {}
    for clash in clashes:
        path = clash.origin.path if action.kind == "update" else place
        if path not in told and room.takes(path):
            told[path] = f"{clash.reason} at {_shown(clash.at)}"
    hint = "remove the present value in an earlier action"
    return [
        Finding("overlay/incompatible", join("#", *path), message, hint)
        for path, message in told.items()
    ]


def _is_entry(action: Action, new: Any) -> bool:
    """Whether a list gets the value as one item: 1.0 appends every value, 1.1 concatenates lists."""
    return not action.minor or not isinstance(new, list)


def _bound(action: Action, new: Any, locations: list[Location], run: _Run) -> None:
    """Raises _Stop if the written values would make the document larger or deeper than its limits."""
    size, depth = measure(new, run.budget)
    run.room -= (size + _PLACE) * len(locations)
    place = join(action.pointer, action.kind)
    if run.room < 0:
        message = f"overlays write more than {MAX_EXPANSION:,} values, where each place counts for {_PLACE} more"
        raise _Stop(Finding("overlay/size", place, message, "use $ref instead of copies"))
    inner = _is_entry(action, new)
    at = (len(one) + (inner and isinstance(_at(run.root.value, one), list)) for one in locations)
    if max(at) + depth > MAX_DEPTH:
        message = f"with this the document nests more than {MAX_DEPTH} levels deep"
        hint = "move inner parts to components and use $ref"
        raise _Stop(Finding("overlay/depth", place, message, hint))
