"""Comparing the disk with what generating gives now, and naming why a file differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from speclens.problems import Refused
from speclens.tree.diff import added_lines, unified
from speclens.tree.lock import Entry, Lock, lock_text
from speclens.tree.paths import check_paths, no_traceback, obstacles
from speclens.tree.state import State, read_state
from speclens.tree.values import (
    CAUSES,
    JOURNAL,
    LOCK,
    Cause,
    Drift,
    FileDrift,
    OutputFile,
    Subject,
    Tree,
    digest,
)

PointerAt = Callable[[str, int], str | None]


def drift(output: Path, tree: Tree, pointer_at: PointerAt | None = None) -> Drift:
    """Everything below `output` that is not what `tree` says, each file with all its causes.

    Never writes. What a killed `write` left to do is read as if it were done, so the comparison is
    with a whole tree, old or new; until the next `write` does it, the journal itself is a `stale`
    entry. The lock counts as drift if it is missing, unreadable or wrong about a file; not for
    recording inputs that reached no output.

    `pointer_at(path, line)` gives the pointer that made a line of the new text; with it, a changed
    subject is replaced by those pointers under it whose lines changed.

    Raises Refused: a tree that cannot be written anywhere, a symlink, a file that cannot be read.
    """
    check_paths(output, tree)
    with no_traceback(output):
        paths = [file.path for file in tree.files]
        symlinks = [
            problem
            for problem in obstacles(output, [*paths, LOCK, f"{JOURNAL}/journal.json"])
            if problem.rule == "output/symlink"
        ]
        if symlinks:
            raise Refused(symlinks)
        state = read_state(output, tree)
    files = tuple(sorted(_compare(state, tree, pointer_at), key=lambda file: file.path))
    return Drift(not files, files, tree.fix)


def _compare(state: State, tree: Tree, pointer_at: PointerAt | None) -> Iterator[FileDrift]:
    expected = {file.path: file for file in tree.files}
    entries = state.entries()
    history = _history(state.lock, tree) if state.lock else None
    if state.interrupted:
        yield FileDrift(JOURNAL, ("stale",), (), "")
    for path in sorted(expected.keys() | state.files.keys()):
        case = _DriftCase(
            path, state.files.get(path), expected.get(path), entries.get(path), history
        )
        if case.disk != case.new:
            yield _explain(case, pointer_at)
    yield from _lock_drift(state, tree, entries)


def _lock_drift(state: State, tree: Tree, entries: dict[str, Entry]) -> Iterator[FileDrift]:
    text = lock_text(tree).encode()
    if state.lock_bytes is None:
        yield FileDrift(LOCK, ("missing",), (), unified(LOCK, None, text))
    elif state.lock is None or _is_wrong(state, tree, entries):
        yield FileDrift(LOCK, ("hand-edited",), (), unified(LOCK, state.lock_bytes, text))


def _is_wrong(state: State, tree: Tree, entries: dict[str, Entry]) -> bool:
    """Whether the lock tells something else of a file than what is there and should be."""
    right = {
        file.path: digest(file.text.encode())
        for file in tree.files
        if state.files.get(file.path) == file.text.encode()
    }
    return any(path not in entries or entries[path].digest != right[path] for path in right)


@dataclass(frozen=True, slots=True)
class _History:
    """The two runs that are compared: what was recorded of the whole tree, and what holds now."""

    config: bool
    document: bool
    toolkit: bool
    old_subjects: dict[str, str]
    new_subjects: dict[str, str]


def _history(lock: Lock, tree: Tree) -> _History:
    old, new = lock.inputs, tree.inputs
    return _History(
        config=old.config != new.config,
        document=old.document != new.document,
        toolkit=(old.toolkit, old.generator) != (new.toolkit, new.generator),
        old_subjects=_digests(subject for entry in lock.files for subject in entry.subjects),
        new_subjects=_digests(subject for file in tree.files for subject in file.subjects),
    )


def _digests(subjects: Iterable[Subject]) -> dict[str, str]:
    return {subject.pointer: subject.digest for subject in subjects}


@dataclass(frozen=True, slots=True)
class _DriftCase:
    """One path: what is on the disk, should be, was recorded; None where there is none."""

    path: str
    disk: bytes | None
    file: OutputFile | None
    entry: Entry | None
    history: _History | None

    @property
    def new(self) -> bytes | None:
        return self.file.text.encode() if self.file else None


def _explain(case: _DriftCase, pointer_at: PointerAt | None) -> FileDrift:
    subjects = _changed_subjects(case)
    causes: set[Cause] = set(_causes(case, bool(subjects)))
    diff = unified(case.path, case.disk, case.new)
    pointers = subjects if "document" in causes else set[str]()
    if pointers and pointer_at and case.disk is not None:
        found = {pointer_at(case.path, line) for line in added_lines(diff)}
        pointers = _refined(pointers, {pointer for pointer in found if pointer is not None})
    ordered: tuple[Cause, ...] = tuple(cause for cause in CAUSES if cause in causes)
    # Without a cause it was edited together with its line in the lock: no input made it so.
    return FileDrift(case.path, ordered or ("hand-edited",), tuple(sorted(pointers)), diff)


def _causes(case: _DriftCase, subjects_changed: bool) -> Iterator[Cause]:
    if case.file is None:
        yield "stale"
    if case.disk is None:
        yield "missing"
    elif case.entry is None:
        if case.file:
            yield "hand-edited"
    elif digest(case.disk) != case.entry.digest:
        yield "hand-edited"
    if case.history is None or _was_expected(case):
        return
    if case.history.document and subjects_changed:
        yield "document"
    if _template_changed(case.entry, case.file):
        yield "template"
    if case.history.config:
        yield "config"
    if case.history.toolkit:
        yield "toolkit"


def _was_expected(case: _DriftCase) -> bool:
    """Whether the last run made what this one makes, so that no input can be the cause."""
    if case.entry is None or case.new is None:
        return case.entry is None and case.new is None
    return case.entry.digest == digest(case.new)


def _changed_subjects(case: _DriftCase) -> set[str]:
    """Subjects that changed since; those of a new or a stale file, changed anywhere in the tree."""
    if case.history is None:
        return set()
    old = _digests(case.entry.subjects) if case.entry else case.history.old_subjects
    new = _digests(case.file.subjects) if case.file else case.history.new_subjects
    asked = _digests(
        (*(case.entry.subjects if case.entry else ()), *(case.file.subjects if case.file else ()))
    )
    return {pointer for pointer in asked if old.get(pointer) != new.get(pointer)}


def _template_changed(entry: Entry | None, file: OutputFile | None) -> bool:
    if entry is None or file is None:
        return False
    return (entry.template, entry.template_digest) != (file.template, file.template_digest)


def _refined(subjects: set[str], pointers: set[str]) -> set[str]:
    """Each subject, or the pointers that lie under it."""
    under = {
        subject: {pointer for pointer in pointers if pointer.startswith(f"{subject}/")}
        for subject in subjects
    }
    return {pointer for subject in subjects for pointer in under[subject] or {subject}}
