"""Compares the disk with the output that speclens generates now, and names the causes of a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from speclens.problems import Refused
from speclens.tree.diff import added_lines, unified
from speclens.tree.lock import Lock, Sums, line_sums, lock_text, total
from speclens.tree.paths import check_paths, no_traceback, obstacles
from speclens.tree.state import State, read_state
from speclens.tree.values import (
    CAUSES,
    JOURNAL,
    Cause,
    Drift,
    FileDrift,
    OutputFile,
    Tree,
)

PointerAt = Callable[[str, int], str | None]


def drift(output: Path, tree: Tree, pointer_at: PointerAt | None = None) -> Drift:
    """The files below `output` that differ from `tree`, each with all its causes.

    This function never writes. If a killed `write` left work, the function reads that work as done, so it compares a
    whole tree, old or new; until the next `write` finishes it, the journal itself is a `stale` entry. The lock counts
    as drift if it is missing, unreadable or wrong about a file; it does not count if it only records inputs that
    reached no output.

    `pointer_at(path, line)` gives the pointer that made a line of the new text. With it, the result names the pointers
    below a changed subject whose lines changed, in place of the subject.

    Raises Refused if no file system can hold the tree, at a symlink, or if a file cannot be read.
    """
    check_paths(output, tree)
    with no_traceback(output):
        paths = [file.path for file in tree.files]
        symlinks = [
            problem
            for problem in obstacles(output, [*paths, tree.lock, f"{JOURNAL}/journal.json"])
            if problem.rule == "output/symlink"
        ]
        if symlinks:
            raise Refused(symlinks)
        state = read_state(output, tree)
    files = tuple(sorted(_compare(state, tree, pointer_at), key=lambda file: file.path))
    return Drift(not files, files, tree.fix)


def _compare(state: State, tree: Tree, pointer_at: PointerAt | None) -> Iterator[FileDrift]:
    expected = {file.path: file for file in tree.files}
    recorded = state.recorded()
    history = _history(state.lock, tree) if state.lock else None
    if state.interrupted:
        yield FileDrift(JOURNAL, ("stale",), (), "")
    for path in sorted(expected.keys() | state.files.keys()):
        case = _DriftCase(
            path, state.files.get(path), expected.get(path), recorded.get(path), history
        )
        if case.disk != case.new:
            yield _explain(case, pointer_at)
    yield from _lock_drift(state, tree)


def _lock_drift(state: State, tree: Tree) -> Iterator[FileDrift]:
    text = lock_text(tree).encode()
    if state.lock_bytes is None:
        yield FileDrift(tree.lock, ("missing",), (), unified(tree.lock, None, text))
    elif state.lock is None or (state.lock_bytes != text and _is_wrong(state, tree)):
        yield FileDrift(tree.lock, ("hand-edited",), (), unified(tree.lock, state.lock_bytes, text))


def _is_wrong(state: State, tree: Tree) -> bool:
    """Whether the lock is wrong about a file that is up to date."""
    recorded = state.recorded()
    right = {
        file.path: file.text.encode()
        for file in tree.files
        if state.files.get(file.path) == file.text.encode()
    }
    return any(
        path not in recorded or total(recorded[path]) != total(line_sums(data))
        for path, data in right.items()
    )


@dataclass(frozen=True, slots=True)
class _History:
    """The inputs that changed since the last run. `elsewhere` holds the changed parts of the document that no file
    names as a subject or a maker."""

    config: bool
    toolkit: bool
    templates: Set[str]
    document: Set[str]
    elsewhere: Set[str]


def _history(lock: Lock, tree: Tree) -> _History:
    old, new = lock.inputs, tree.inputs
    document = _changed(old.document, new.document)
    subjects = {subject for file in tree.files for subject in file.subjects}
    makers = {maker for sums in lock.files.values() for maker in sums}
    return _History(
        config=old.config != new.config,
        toolkit=old.toolkit != new.toolkit,
        templates=_changed(old.templates, new.templates),
        document=document,
        elsewhere=document - subjects - makers,
    )


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> Set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


@dataclass(frozen=True, slots=True)
class _DriftCase:
    """One path: its content on the disk, its new content, and its sums in the lock. None means that there is none."""

    path: str
    disk: bytes | None
    file: OutputFile | None
    recorded: Sums | None
    history: _History | None

    @property
    def new(self) -> bytes | None:
        return self.file.text.encode() if self.file else None


def _explain(case: _DriftCase, pointer_at: PointerAt | None) -> FileDrift:
    inputs, hand = {*_changed_inputs(case)}, {*_changed_by_hand(case)}
    causes = inputs | hand | ({*_unexplained(case, bool(hand))} if not inputs else set[Cause]())
    diff = unified(case.path, case.disk, case.new)
    pointers = _changed_subjects(case) if "document" in inputs else set[str]()
    if pointers and pointer_at and case.disk is not None:
        found = {pointer_at(case.path, line) for line in added_lines(diff)}
        pointers = _refined(pointers, {pointer for pointer in found if pointer is not None})
    ordered: tuple[Cause, ...] = tuple(cause for cause in CAUSES if cause in causes)
    return FileDrift(case.path, ordered, tuple(sorted(pointers)), diff)


def _changed_by_hand(case: _DriftCase) -> Iterator[Cause]:
    if case.file is None:
        yield "stale"
    if case.disk is None:
        yield "missing"
    elif case.recorded is None:
        if case.file:
            yield "hand-edited"
    elif total(case.recorded) != total(line_sums(case.disk)):
        yield "hand-edited"


def _changed_inputs(case: _DriftCase) -> Iterator[Cause]:
    history = case.history
    if history is None or _was_expected(case):
        return
    if _changed_subjects(case):
        yield "document"
    if case.file and case.recorded and history.templates & case.file.templates:
        yield "template"
    if history.config:
        yield "config"
    if history.toolkit:
        yield "toolkit"


def _unexplained(case: _DriftCase, is_by_hand: bool) -> Iterator[Cause]:
    """The causes of a file that differs although no recorded input changed."""
    is_made_otherwise = case.history is not None and not _was_expected(case)
    if is_made_otherwise:
        yield "toolkit"  # the version is the same: someone is changing the toolkit itself
    if not is_by_hand:
        # Someone changed only the order of the lines. Or the toolkit changed, and someone edited the file and the lock.
        yield "hand-edited"


def _was_expected(case: _DriftCase) -> bool:
    """Whether the last run made the same content as this one, so that no input can be the cause."""
    if case.recorded is None or case.new is None:
        return case.recorded is None and case.new is None
    return total(case.recorded) == total(line_sums(case.new))


def _changed_subjects(case: _DriftCase) -> Set[str]:
    """The changed parts of the document on which the file depends, now or according to the lock."""
    if case.history is None:
        return set()
    made = {maker for maker in case.recorded or () if maker in case.history.document}
    if case.file is None and not made:  # a stale copy: any part of the document may have needed it
        return case.history.document
    asked = {*made, *(case.file.subjects if case.file else ())}
    return (case.history.document & asked) | case.history.elsewhere


def _refined(subjects: Set[str], pointers: Set[str]) -> Set[str]:
    """For each subject the pointers below it, or the subject itself if there are none."""
    under = {
        subject: {pointer for pointer in pointers if pointer.startswith(f"{subject}/")}
        for subject in subjects
    }
    return {pointer for subject in subjects for pointer in under[subject] or {subject}}
