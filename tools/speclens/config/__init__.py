"""The configuration of a run, from `[tool.speclens]` of a pyproject.toml or from the command line."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from speclens.config import settings, several
from speclens.config.checks import (
    COMMAND_LINE,
    VERSION,
    checked,
    found_in,
    settings_problems,
    table_problems,
    warned,
)
from speclens.config.finding import nearest
from speclens.config.settings import Setting
from speclens.config.toml_text import parse_toml
from speclens.config.values import Allowed, Config
from speclens.problems import Problem, Refused

__all__ = [
    "COMMAND_LINE",
    "VERSION",
    "Allowed",
    "Config",
    "checked",
    "command_line",
    "find_pyproject",
    "load_configs",
    "of_command_line",
    "package_names_in",
    "settings_problems",
    "warned",
]


def find_pyproject(start: Path) -> tuple[Path | None, tuple[Problem, ...]]:
    """The nearest pyproject.toml with a `[tool.speclens]`, in a directory or above it, and a warning for each file that the
    search skips: see `finding.nearest`. Raises Refused."""
    return nearest(start, lambda path: _table(path) is not None)


def load_configs(
    path: Path,
    given: Mapping[str, Any] = MappingProxyType({}),
    is_named: bool = False,
    only: Collection[str] = (),
) -> tuple[Config, ...]:
    """The configurations of a pyproject.toml, or of another file with its table, whose paths are relative to that file: one,
    or one for each of several packages, or for those of the names `only`. Settings `given` on the command line override
    them, which may also have named the file. Raises Refused, with all problems of all packages."""
    table = _table(path)
    if table is None and is_named:
        hint = "write the settings under `[tool.speclens]`"
        raise Refused(settings_problems([(path, "", "there is no [tool.speclens] here", hint)]))
    table = table or {}
    is_several = several.KEY in table
    found = (
        several.problems_of_tables(table, given, only)
        if is_several
        else table_problems(table, given)
    )
    if problems := [(path, *one) for one in found]:
        raise Refused(settings_problems(problems))
    named = f" --config {shlex.quote(str(path))}" if is_named else ""
    if is_several:
        return _several(path, table, given, named, only)
    config = _config(path, table, given, _commands(given, named))
    return (checked(config, dict.fromkeys(table.keys() - given.keys(), path)),)


def _several(
    path: Path,
    table: Mapping[str, Any],
    given: Mapping[str, Any],
    named: str,
    only: Collection[str],
) -> tuple[Config, ...]:
    """The configurations of several packages, or those of the names `only`. Raises Refused."""
    usual = {key: value for key, value in table.items() if key != several.KEY}
    found, problems = list[Config](), list[tuple[Path, str, str, str]]()
    names = [own["package"] for own in table[several.KEY]]
    for index, own in enumerate(table[several.KEY]):
        merged, only_it = {**usual, **own}, f"{named} --only {names[index]}"
        overriding = given if not only or names[index] in only else {}
        told = {"table": several.table_place(index), **_commands(overriding, only_it)}
        config = _config(path, merged, overriding, told)
        problems += found_in(config, dict.fromkeys(merged.keys() - overriding.keys(), path))
        found.append(config)
    problems += ((path, *one) for one in several.problems_of_places(found))
    if problems:
        raise Refused(settings_problems(problems))
    return tuple(
        config for name, config in zip(names, found, strict=True) if not only or name in only
    )


def package_names_in(path: Path) -> tuple[str, ...]:
    """The names of the packages of a configuration that has several; none if it has one. Raises Refused."""
    packages = (_table(path) or {}).get(several.KEY)
    tables = packages if isinstance(packages, list) else []
    return tuple(str(one.get("package")) for one in tables if isinstance(one, dict))


def _config(
    path: Path, table: Mapping[str, Any], given: Mapping[str, Any], told: Mapping[str, Any]
) -> Config:
    here = Path(os.path.relpath(path.parent))
    values = {key: _value(settings.BY_KEY[key], value, here) for key, value in table.items()}
    return Config(**values | dict(given), file=here / path.name, **told)


def of_command_line(given: Mapping[str, Any]) -> Config:
    """The configuration of the settings given on the command line. Raises Refused."""
    return checked(Config(**given, **_commands(given)))


def _commands(given: Mapping[str, Any], named: str = "") -> dict[str, Any]:
    """The commands to generate again, and to see all problems. `named` is the option that names the configuration."""
    read = {one.key: given.get(one.key) for one in settings.settings_of("document")}
    return {
        "fix": f"speclens generate{named}{command_line(given)}",
        "see": f"speclens validate{named}{command_line(read)}",
    }


def command_line(given: Mapping[str, Any]) -> str:
    """Settings as the arguments of a command, each after a space, in the order of the table."""
    words: list[str] = []
    for setting in settings.SETTINGS:
        value = given.get(setting.key)
        if isinstance(value, bool):
            words.append(setting.option if value else f"--no-{setting.option[2:]}")
        elif value is not None:
            is_plain = setting.kind == "document" and (value == "-" or str(value)[:1] != "-")
            option = () if is_plain else (setting.option,)
            several = value if isinstance(value, tuple) else (value,)
            words += [word for one in several for word in (*option, shlex.quote(str(one)))]
    return "".join(f" {word}" for word in words)


def _value(setting: Setting, value: Any, here: Path) -> Any:
    """The value of a key of the table, as `Config` holds it."""
    if setting.kind == "document":
        return settings.document(value, here)
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
