"""What is wrong with the settings of a configuration, each at the line that sets it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from speclens.config import package_names, settings
from speclens.config.renames import rename_faults
from speclens.config.settings import Kind, Setting
from speclens.config.values import Config
from speclens.problems import Problem, Refused, closest

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]\\]+)(:[0-9]{1,5})?")
_PATTERN = re.compile("(tag|path|operationId|method):.+", re.DOTALL)
_DISTRIBUTION = re.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")  # PEP 508
_AUTHOR = re.compile(r"[^<>\x00-\x1f]*[^<>\s\x00-\x1f]( *<[^<>\s]+@[^<>\s]+>)?|<[^<>\s]+@[^<>\s]+>")
_LICENSE = re.compile(r"[A-Za-z0-9.+()-]+( [A-Za-z0-9.+()-]+)*")
_CLASS = re.compile("[A-Z][A-Za-z0-9_]*")
VERSION = re.compile(
    r"([0-9]+!)?[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?"
)  # PEP 440, in its normal form
COMMAND_LINE = Path("command line")
"""The place of a setting that no file sets."""


def table_problems(
    table: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the form of a table, as tuples of key, message and hint. The command line may have `given` what it
    lacks."""
    for key, value in table.items():
        setting = settings.BY_KEY.get(key)
        if key in settings.RENAMED_KEYS:
            yield key, f"`{key}` is now `{settings.RENAMED_KEYS[key]}`", "rename it"
        elif setting is None:
            close = closest(key, settings.BY_KEY)
            hint = f"did you mean `{close}`?" if close else f"one of {', '.join(settings.BY_KEY)}"
            yield key, f"unknown key `{key}`", hint
        elif not _is_of_kind(setting, value):
            yield key, f"`{key}` must be {_KIND_WORDS[setting.kind]}", _hint(setting)
    for setting in settings.SETTINGS:
        if setting.is_required and setting.key not in {*table, *given}:
            hint = f"{_hint(setting)} under [tool.speclens]"
            yield setting.key, f"`{setting.key}` is missing", hint


_KIND_WORDS: Mapping[Kind, str] = {
    "document": "a string",
    "path": "a string",
    "paths": "a list of strings",
    "text": "a string",
    "texts": "a list of strings",
    "switch": "true or false",
    "choice": "a string",
    "choices": "a list of strings",
}


def _is_of_kind(setting: Setting, value: Any) -> bool:
    if setting.kind == "switch":
        return isinstance(value, bool)
    if setting.is_list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def _hint(setting: Setting) -> str:
    shown = '["…"]' if setting.is_list else "true" if setting.kind == "switch" else '"…"'
    return f"write `{setting.key} = {shown}`"


def checked(config: Config, origins: Mapping[str, Path] = MappingProxyType({})) -> Config:
    """Returns the configuration unchanged. Raises Refused for invalid names and paths. `origins` maps keys to the files
    that set them; the command line set the others."""
    if found := [*found_in(config, origins)]:
        raise Refused(settings_problems(found))
    return config


def found_in(config: Config, origins: Mapping[str, Path]) -> Iterator[tuple[Path, str, str, str]]:
    """What is wrong with the values of a configuration, for `settings_problems`. `origins` as in `checked`."""
    for key, message, hint in _problems(config):
        yield origins.get(key, COMMAND_LINE), _key(config, key), message, hint


def _key(config: Config, key: str) -> str:
    return f"{config.table}.{key}" if config.table else key


def _problems(config: Config) -> Iterator[tuple[str, str, str]]:
    yield from _name_problems(config)
    yield from _metadata_problems(config)
    yield from _filter_problems(config)
    yield from _place_problems(config)


def _name_problems(config: Config) -> Iterator[tuple[str, str, str]]:
    if config.package and not package_names.is_package(config.package):
        message = f"{config.package!r} cannot be the name of a package"
        if config.package in package_names.IMPORTED:
            message += ": Python or a library that the package needs has a module of that name"
        hint = f"letters, digits and underscores, such as `{package_names.similar_package(config.package)}`"
        yield "package", message, hint
    if config.client and not _CLASS.fullmatch(config.client):
        message = f"{config.client!r} cannot be the name of a class"
        yield "client", message, "letters and digits, a capital first, such as `PetStore`"
    if config.version != "document" and not VERSION.fullmatch(config.version):
        hint = "write `0.1.0` (PEP 440), or `document`"
        yield "version", f"{config.version!r} is not a version", hint
    for message, hint in rename_faults(config.rename):
        yield "rename", message, hint
    for setting in settings.SETTINGS:
        given = getattr(config, setting.key) if setting.values else ()
        several = given if isinstance(given, tuple) else (given,)
        hint = f"one of {', '.join(setting.values)}"
        for value in several:
            if value not in setting.values:
                yield setting.key, f"{value!r} is not a value of `{setting.key}`", hint
        if setting.values and not several:
            yield setting.key, f"`{setting.key}` names nothing", hint


def _metadata_problems(config: Config) -> Iterator[tuple[str, str, str]]:
    if config.distribution and not _DISTRIBUTION.fullmatch(config.distribution):
        message = f"{config.distribution!r} cannot be the name of a distribution"
        yield (
            "distribution",
            message,
            "letters, digits, `-`, `_` and `.`, such as `petstore-client`",
        )
    for one in config.authors:
        if not _AUTHOR.fullmatch(one):
            yield "authors", f"{one!r} does not name an author", "write `Ada <ada@example.com>`"
    if config.license and not _LICENSE.fullmatch(config.license):
        yield "license", f"{config.license!r} is no SPDX expression", "write `MIT`"
    if config.layout == "package" and ".." in config.place.split("/"):
        message = f"{config.directory} is outside of {config.root}, where the lock is"
        yield "output", message, 'with `layout = "package"`, choose a directory below it'


def _filter_problems(config: Config) -> Iterator[tuple[str, str, str]]:
    for key, patterns in (("include", config.include), ("exclude", config.exclude)):
        for one in patterns:
            if not _PATTERN.fullmatch(one):
                hint = "write `tag:pets`, `path:/pets/**`, `operationId:listPets` or `method:get`"
                yield key, f"{one!r} does not say what it names", hint


def _place_problems(config: Config) -> Iterator[tuple[str, str, str]]:
    for host in config.allow_remote:
        if not _HOST.fullmatch(host):
            yield "allow_remote", f"{host!r} is not a host", "write `HOST` or `HOST:PORT`"
    for key, path in _paths(config):
        if "\0" in str(path):
            yield key, f"{str(path)!r} holds a NUL character", "name another path"
        elif key == "templates" and not path.is_dir():
            yield key, f"no directory {path}", "name one that exists"


def _paths(config: Config) -> Iterator[tuple[str, Path]]:
    for setting in settings.SETTINGS:
        value = getattr(config, setting.key)
        if setting.kind == "paths":
            yield from ((setting.key, path) for path in value)
        elif setting.kind in ("path", "document") and value is not None:
            yield setting.key, Path(value)


def warned(config: Config, found: Iterable[tuple[str, str, str]]) -> tuple[Problem, ...]:
    """Warnings on settings, each at the line that sets it; made from tuples of key, message and hint."""
    place = config.file or COMMAND_LINE
    errors = settings_problems(
        (place, _key(config, key), message, hint) for key, message, hint in found
    )
    return tuple(replace(one, severity="warning") for one in errors)


def settings_problems(found: Iterable[tuple[Path, str, str, str]]) -> Iterator[Problem]:
    """Problems made from tuples of file, key, message and hint; each names the line of its key. The key of one of several
    packages is `packages.0.output`."""
    lines: dict[Path, dict[str, int]] = {}
    for path, key, message, hint in found:
        if path not in lines:
            lines[path] = _key_lines(path) if key and path.is_file() else {}
        table, _, name = key.rpartition(".")
        known = (lines[path].get(one) for one in (key, name, table, table.partition(".")[0]))
        rule, line = f"config/{name or 'unreadable'}", next(filter(None, known), 1)
        yield Problem(rule, "error", "#", str(path), line, 1, message, hint)


_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]*?)\s*\]")


def _key_lines(path: Path) -> dict[str, int]:
    """The line of the first occurrence of each key in a file, in the table of settings if it is there; those of the tables of
    several packages after the place of their table, and the line of the table itself."""
    own, others = dict[str, int](), dict[str, int]()
    found, place, count = others, "", 0
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        header = None if "=" in text else _HEADER.match(text)
        if header is None:
            found.setdefault(f"{place}{text.split('=')[0].strip()}", number)
            continue
        found = own if header[1].startswith("tool.speclens") else others
        place = ""
        if header[1] == "tool.speclens.packages":
            own[f"packages.{count}"] = number
            place, count = f"packages.{count}.", count + 1
    return others | own
