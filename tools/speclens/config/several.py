"""Several packages in one configuration: `[[tool.speclens.packages]]`. Each table has the keys of `[tool.speclens]`, which gives
the defaults of all; `package` is the name of each."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from speclens.config.checks import table_problems
from speclens.config.values import Config

KEY = "packages"
_FORM = "write `[[tool.speclens.packages]]` before the keys of each"
_OWN = ("package", "distribution", "client")
"""Keys of one package, which cannot be defaults."""

SettingFault = tuple[str, str, str]
"""A key, a message and a hint."""


def table_place(index: int) -> str:
    """The place of the table of a package in a configuration, for `settings_problems`."""
    return f"{KEY}.{index}"


def problems_of_tables(
    table: Mapping[str, Any], given: Mapping[str, Any], only: Collection[str]
) -> Iterator[SettingFault]:
    """What is wrong with the form of a table that has `packages`. The command line may have `given` what some lack: those of
    the names `only`, or all."""
    packages = table[KEY]
    if not isinstance(packages, list) or not packages or not all(map(_is_table, packages)):
        yield KEY, f"`{KEY}` must be a list of tables", _FORM
        return
    usual = {key: value for key, value in table.items() if key != KEY}
    yield from table_problems(usual, {"spec": ""})
    for key in _OWN:
        if key in usual:
            message = f"`{key}` cannot be the same for all packages"
            yield key, message, "write it under `[[tool.speclens.packages]]`"
    for index, own in enumerate(packages):
        is_wanted = not only or own.get("package") in only
        for key, message, hint in table_problems(own, {**usual, **(given if is_wanted else {})}):
            yield f"{table_place(index)}.{key}", message, hint
        if "package" not in own:
            message = "`package` is missing, which is the name of each of several packages"
            yield f"{table_place(index)}.package", message, 'write `package = "…"`'


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def problems_of_places(configs: Sequence[Config]) -> Iterator[SettingFault]:
    """Packages that have the same name as an earlier one, or would be written to its place."""
    known = set[str]()
    owners: dict[Path, Config] = {}  # of locks and of directories
    for one in configs:
        if one.package in known:
            message = f"two packages have the name `{one.package}`"
            yield f"{one.table}.package", message, "give each a name of its own"
            continue
        known.add(one.package)
        owners.setdefault(_lock(one), one)
        owners.setdefault(_directory(one), one)
    for one in configs:
        if (owner := _owner(one, owners)) and owner.package != one.package:
            message = f"`{one.package}` would be written to the place of `{owner.package}`"
            yield f"{one.table}.output", message, "give each an `output` of its own"


def _lock(config: Config) -> Path:
    return Path(os.path.realpath(config.root / config.lock))


def _directory(config: Config) -> Path:
    return Path(os.path.realpath(config.root / config.place))


def _owner(config: Config, owners: Mapping[Path, Config]) -> Config | None:
    """The package that has the lock or the directory of another one, or holds its directory without a lock in between."""
    directory = _directory(config)
    above = directory.parents if config.layout == "package" else ()
    places = (_lock(config), directory, *above)
    return next((owners[place] for place in places if owners.get(place, config) != config), None)
