"""Finds the pyproject.toml of a directory, and trusts no file of other users above it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from speclens.problems import Problem


def nearest(
    start: Path, has_table: Callable[[Path], bool]
) -> tuple[Path | None, tuple[Problem, ...]]:
    """The nearest pyproject.toml with a `[tool.speclens]`: in a directory, or above it up to the root of its repository.
    Above the directory, the search skips files of other users, since such a file could name templates to run. Each
    skipped file gives a warning."""
    passed: list[Problem] = []
    for directory in (start, *start.parents):
        path = directory / "pyproject.toml"
        if os.path.isfile(path):
            if directory != start and not _owners(directory, path) <= _trusted():
                message = "this belongs to another user, so speclens does not read it"
                hint = "run speclens in its directory if you trust it"
                place = "#", str(path), 1, 1
                passed.append(Problem("config/owner", "warning", *place, message, hint))
            elif has_table(path):
                return path, tuple(passed)
        if os.path.lexists(directory / ".git"):
            break
    return None, tuple(passed)


def _owners(directory: Path, path: Path) -> set[int]:
    """The users who can change the file at a path; none where files have no owner."""
    if sys.platform == "win32":
        return set()
    return {os.stat(directory).st_uid, os.lstat(path).st_uid, os.stat(path).st_uid}


_LONGEST_ID = 10
"""The most digits of a user id; `int` refuses thousands of digits."""


def _trusted() -> set[int]:
    """The ids of this user, of root (who could replace the toolkit itself), and of the user who became root by sudo."""
    if sys.platform == "win32":
        return set()
    user, before = os.geteuid(), os.environ.get("SUDO_UID", "")
    is_number = before.isdecimal() and len(before) <= _LONGEST_ID
    return {0, user} | ({int(before)} if user == 0 and is_number else set())
