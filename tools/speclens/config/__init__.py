"""The configuration of a run, from `[tool.speclens]` of a pyproject.toml or from the command line."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from speclens.config import package_names, settings
from speclens.config.finding import nearest
from speclens.config.renames import rename_faults
from speclens.config.settings import Kind, Setting
from speclens.config.toml_text import parse_toml
from speclens.problems import Problem, Refused, closest

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]\\]+)(:[0-9]{1,5})?")
_CLASS = re.compile("[A-Z][A-Za-z0-9_]*")
_VERSION = re.compile(
    r"([0-9]+!)?[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?"
)  # PEP 440, in its normal form
_COMMAND_LINE = Path("command line")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The documents to which a document may refer, in addition to files in its own directory and below: documents on
    `hosts` (`HOST` at the default port, or `HOST:PORT`), fetched by http or https, and files in `paths` and below."""

    hosts: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """A value for each row of `settings.SETTINGS`; `fix`, the command that generates the package; `see`, the command that
    reports all problems of the document; and `file`, which holds the settings.

    `package` is "", and `output` is None, if the document gives them by its title: see `project.opened`.
    """

    spec: Path | str
    package: str = ""
    output: Path | None = None
    fix: str = ""
    see: str = ""
    file: Path | None = None
    templates: Path | None = None
    version: str = "0.1.0"
    client: str = ""
    denormalize: bool = True
    overlays: tuple[Path, ...] = ()
    allow_remote: tuple[str, ...] = ()
    allow_path: tuple[Path, ...] = ()
    lenient: bool = False
    string_types: str = "types"
    rename: tuple[str, ...] = ()

    @property
    def allowed(self) -> Allowed:
        """The other documents to which the document may refer."""
        return Allowed(self.allow_remote, self.allow_path)

    @property
    def distribution(self) -> str:
        """The name of the distribution (PyPA: names normalized)."""
        return self.package.replace("_", "-")

    @property
    def directory(self) -> Path:
        """The directory that holds the package. By default it is beside the settings, and has the name of the distribution:
        what is in it is all of that distribution, and `pip install ./NAME` installs it."""
        home = self.file.parent if self.file else Path()
        return home / self.distribution if self.output is None else self.output

    @property
    def see_all(self) -> str:
        """The command that reports all warnings: `validate` stops at what a lenient run leaves out."""
        return f"{self.fix} --verbose" if self.lenient else self.see

    @property
    def shown(self) -> dict[str, str]:
        """The settings that show in the output, by key, without those that have their default."""
        said = {
            "spec": settings.file_name(self.spec),
            "package": self.package,
            "version": self.version,
            "client": self.client,
            "denormalize": "" if self.denormalize else "false",
            "lenient": "true" if self.lenient else "",
            "string_types": self.string_types if self.string_types != "types" else "",
            "rename": "; ".join(self.rename),
            "overlays": " ".join(path.name for path in self.overlays),
        }
        return {key: value for key, value in said.items() if value}


def find_pyproject(start: Path) -> tuple[Path | None, tuple[Problem, ...]]:
    """The nearest pyproject.toml with a `[tool.speclens]`, in a directory or above it, and a warning for each file that the
    search skips: see `finding.nearest`. Raises Refused."""
    return nearest(start, lambda path: _table(path) is not None)


def load_config(
    path: Path, given: Mapping[str, Any] = MappingProxyType({}), is_named: bool = False
) -> Config:
    """The configuration of a pyproject.toml, or of another file with its table, whose paths are relative to that file.
    Settings `given` on the command line override it, which may also have named the file. Raises Refused."""
    table = _table(path)
    if table is None and is_named:
        hint = "write the settings under `[tool.speclens]`"
        raise Refused(_located([(path, "", "there is no [tool.speclens] here", hint)]))
    table = table or {}
    if found := [*_table_problems(table, given)]:
        raise Refused(_located((path, *one) for one in found))
    here = Path(os.path.relpath(path.parent))
    values = {key: _value(settings.BY_KEY[key], value, here) for key, value in table.items()}
    named = f" --config {shlex.quote(str(path))}" if is_named else ""
    return checked(
        Config(**values | dict(given), file=here / path.name, **_commands(given, named)),
        dict.fromkeys(table.keys() - given.keys(), path),
    )


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


def _table_problems(
    table: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
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
}


def _is_of_kind(setting: Setting, value: Any) -> bool:
    if setting.kind == "switch":
        return isinstance(value, bool)
    if setting.is_list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def _hint(setting: Setting) -> str:
    shown = {"switch": "true", "paths": '["…"]', "texts": '["…"]'}.get(setting.kind, '"…"')
    return f"write `{setting.key} = {shown}`"


def checked(config: Config, origins: Mapping[str, Path] = MappingProxyType({})) -> Config:
    """Returns the configuration unchanged. Raises Refused for invalid names and paths. `origins` maps keys to the files
    that set them; the command line set the others."""
    found = [
        (origins.get(key, _COMMAND_LINE), key, message, hint)
        for key, message, hint in (*_name_problems(config), *_place_problems(config))
    ]
    if found:
        raise Refused(_located(found))
    return config


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
    if not _VERSION.fullmatch(config.version):
        yield "version", f"{config.version!r} is not a version", "write `0.1.0` (PEP 440)"
    for message, hint in rename_faults(config.rename):
        yield "rename", message, hint
    types = settings.BY_KEY["string_types"].values
    if config.string_types not in types:
        message = f"{config.string_types!r} is not a value of `string_types`"
        yield "string_types", message, f"one of {', '.join(types)}"


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


def _table(path: Path) -> Mapping[str, Any] | None:
    try:
        table = parse_toml(path.read_text("utf-8")).get("tool", {}).get("speclens")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        told = f"cannot be read: {error}"
        raise Refused(_located([(path, "", told, "fix the file")])) from error
    if not isinstance(table, dict | None):
        hint = "write its keys under `[tool.speclens]`"
        raise Refused(_located([(path, "", "`tool.speclens` must be a table", hint)]))
    return table


def _located(found: Iterable[tuple[Path, str, str, str]]) -> Iterator[Problem]:
    """Problems made from tuples of file, key, message and hint; each names the line of its key."""
    lines: dict[Path, dict[str, int]] = {}
    for path, key, message, hint in found:
        if path not in lines:
            lines[path] = _key_lines(path) if key and path.is_file() else {}
        rule, line = f"config/{key or 'unreadable'}", lines[path].get(key, 1)
        yield Problem(rule, "error", "#", str(path), line, 1, message, hint)


def _key_lines(path: Path) -> dict[str, int]:
    """The line of the first occurrence of each key in a file."""
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return dict(reversed([(text.split("=")[0].strip(), number) for number, text in lines]))
