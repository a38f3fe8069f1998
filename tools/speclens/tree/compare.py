"""Comparing the disk with what generating gives now, and naming why a file differs."""

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
    LOCK,
    Cause,
    Drift,
    FileDrift,
    OutputFile,
    Tree,
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
        yield FileDrift(LOCK, ("missing",), (), unified(LOCK, None, text))
    elif state.lock is None or (state.lock_bytes != text and _is_wrong(state, tree)):
        yield FileDrift(LOCK, ("hand-edited",), (), unified(LOCK, state.lock_bytes, text))


def _is_wrong(state: State, tree: Tree) -> bool:
    """Whether the lock tells something else of a file than what is there and should be."""
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
    """What changed since the last run. `elsewhere` are the parts of the document that are no file's alone."""

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
    """One path: what is on the disk, should be, was recorded; None where there is none."""

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
    """The causes of a file that differs though no input that is recorded changed."""
    is_made_otherwise = case.history is not None and not _was_expected(case)
    if is_made_otherwise:
        yield "toolkit"  # of the same version, as while it is worked on
    if not is_by_hand:
        # Only the order of its lines was edited; or, where it is made otherwise, it together with its sums in the lock.
        yield "hand-edited"


def _was_expected(case: _DriftCase) -> bool:
    """Whether the last run made what this one makes, so that no input can be the cause."""
    if case.recorded is None or case.new is None:
        return case.recorded is None and case.new is None
    return total(case.recorded) == total(line_sums(case.new))


def _changed_subjects(case: _DriftCase) -> Set[str]:
    """Parts of the document that changed and that the file depends on, now or as it was recorded."""
    if case.history is None:
        return set()
    made = {maker for maker in case.recorded or () if maker in case.history.document}
    if case.file is None and not made:  # stale, and copied: any part could ask for it
        return case.history.document
    asked = {*made, *(case.file.subjects if case.file else ())}
    return (case.history.document & asked) | case.history.elsewhere


def _refined(subjects: Set[str], pointers: Set[str]) -> Set[str]:
    """Each subject, or the pointers that lie under it."""
    under = {
        subject: {pointer for pointer in pointers if pointer.startswith(f"{subject}/")}
        for subject in subjects
    }
    return {pointer for subject in subjects for pointer in under[subject] or {subject}}
