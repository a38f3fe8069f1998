"""The configuration of a run, from `[tool.speclens]` of a pyproject.toml or from the command line."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from speclens.config import settings
from speclens.config.checks import (
    VERSION,
    checked,
    is_package,
    settings_problems,
    table_problems,
    warned,
)
from speclens.config.settings import Setting
from speclens.config.toml_text import parse_toml
from speclens.config.values import Allowed, Config
from speclens.problems import Problem, Refused

__all__ = [
    "VERSION",
    "Allowed",
    "Config",
    "checked",
    "command_line",
    "find_pyproject",
    "is_package",
    "load_config",
    "of_command_line",
    "settings_problems",
    "warned",
]


def find_pyproject(start: Path) -> tuple[Path | None, tuple[Problem, ...]]:
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
            elif _table(path) is not None:
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


def load_config(path: Path, given: Mapping[str, Any] = MappingProxyType({})) -> Config:
    """The configuration of a pyproject.toml, whose paths are relative to that file. Settings `given` on the command line
    override it. Raises Refused."""
    table = _table(path) or {}
    if found := [*table_problems(table)]:
        raise Refused(settings_problems((path, *one) for one in found))
    here = Path(os.path.relpath(path.parent))
    values = {key: _value(settings.BY_KEY[key], value, here) for key, value in table.items()}
    return checked(
        Config(**values | dict(given), fix=f"speclens generate{command_line(given)}", file=path),
        dict.fromkeys(table.keys() - given.keys(), path),
    )


def of_command_line(given: Mapping[str, Any]) -> Config:
    """The configuration of the settings given on the command line. Raises Refused."""
    return checked(Config(**given, fix=f"speclens generate{command_line(given)}"))


def command_line(given: Mapping[str, Any]) -> str:
    """Settings as the options of a command, each after a space, in the order of the table."""
    words: list[str] = []
    for setting in settings.SETTINGS:
        value = given.get(setting.key)
        if isinstance(value, bool):
            words.append(setting.option if value else f"--no-{setting.option[2:]}")
        elif value is not None:
            several = value if isinstance(value, tuple) else (value,)
            words += [word for one in several for word in (setting.option, shlex.quote(str(one)))]
    return "".join(f" {word}" for word in words)


def _value(setting: Setting, value: Any, here: Path) -> Any:
    """The value of a key of the table, as `Config` holds it."""
    if setting.kind == "path":
        return here / value
    if setting.is_list:
        return tuple(here / one if setting.kind == "paths" else one for one in value)
    return value


def _table(path: Path) -> Mapping[str, Any] | None:
    try:
        table = parse_toml(path.read_text("utf-8")).get("tool", {}).get("speclens")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        told = f"cannot be read: {error}"
        raise Refused(settings_problems([(path, "", told, "fix the file")])) from error
    if not isinstance(table, dict | None):
        hint = "write its keys under `[tool.speclens]`"
        raise Refused(settings_problems([(path, "", "`tool.speclens` must be a table", hint)]))
    return table
