"""Finds the place of the document and the line of a template that made a line of the output."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache as memoize
from pathlib import Path

from speclens.config import Config
from speclens.output import marks, render, tidy
from speclens.problems import Finding, Problem
from speclens.project import Draft, Project, template_directories
from speclens.source import Source, locate, origins
from speclens.source.pointer import join, tokens


def origin_of(project: Project, path: str, line: int) -> marks.LineOrigin:
    """The origin of a line (from 1) of an output file, which must be in the tree. Raises StopIteration otherwise."""
    text = next(file.text for file in project.tree.files if file.path == path)
    return _origins(project.drafts[path], path, text)(line)


def _origins(draft: Draft, path: str, text: str) -> Callable[[int], marks.LineOrigin]:
    before: tuple[int, ...] = ()
    if path.endswith((".py", ".md")):
        like = tidy.lines_before if path.endswith(".py") else tidy.lines_like
        before = like(draft.text, text)

    def find(line: int) -> marks.LineOrigin:
        place = before[min(line, len(before)) - 1] if before else line
        return draft.origins[min(place, len(draft.origins)) - 1]

    return find


def places_of(source: Source, pointer: str) -> tuple[Problem, ...]:
    """The location of a pointer in its document, and the locations of members that overlays wrote. They are plain
    `Problem`s without a message."""
    here = origins.origin_at(source.origin, tokens(pointer))
    overlays = range(1, 1 + len(source.overlays))
    members = (
        name for name, one in here.members.items() if one.text != here.text and one.text in overlays
    )
    inner = [Finding("origin", join(pointer, name), "") for name in members]
    return locate(source, [Finding("origin", pointer, "")]) + locate(source, inner)


def template_path(config: Config, name: str) -> str:
    """The file of a template, as a path to open."""
    path = render.find_template(name, template_directories(config))
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def pointer_at(project: Project) -> Callable[[str, int], str | None]:
    """A function that gives the pointer that made a line of an output file, or None."""
    texts = {file.path: file.text for file in project.tree.files}

    @memoize
    def origins(path: str) -> Callable[[int], marks.LineOrigin]:
        return _origins(project.drafts[path], path, texts[path])

    def find(path: str, line: int) -> str | None:
        return origins(path)(line).pointer if path in texts else None

    return find
