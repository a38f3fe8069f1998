"""The configuration of a run, from `[tool.speclens]` of a pyproject.toml or from the command line."""

from __future__ import annotations

import keyword
import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from speclens.config import settings
from speclens.config.renames import rename_faults
from speclens.config.settings import Kind, Setting
from speclens.config.toml_text import parse_toml
from speclens.problems import Problem, Refused, closest

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]\\]+)(:[0-9]{1,5})?")
# An underscore at the end would become a hyphen at the end of the distribution's name, which installers refuse.
_PACKAGE_NAME = re.compile("[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?")
_CLASS = re.compile("[A-Z][A-Za-z0-9_]*")
_VERSION = re.compile(
    r"([0-9]+!)?[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?"
)  # PEP 440, in its normal form
_COMMAND_LINE = Path("command line")


# Names of other modules, which Python would import in place of the generated package, or the package in place of them: the
# modules of Python, those that the package imports, and those that these import in turn (the last row if installed).
_IMPORTED = sys.stdlib_module_names | {
    "annotated_types", "anyio", "certifi", "h11", "httpcore", "httpx", "idna", "pydantic", "pydantic_core", "starlette",
    "test", "typing_extensions", "typing_inspection",
    "brotli", "brotlicffi", "click", "h2", "pygments", "rich", "sniffio", "socksio", "trio", "zstandard",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Allowed:
    """The documents to which a document may refer, in addition to files in its own directory and below: documents on
    `hosts` (`HOST` at the default port, or `HOST:PORT`), fetched by http or https, and files in `paths` and below."""

    hosts: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """A value for each row of `settings.SETTINGS`, and `fix`, the command that generates the package."""

    spec: Path
    package: str = "api"
    output: Path = Path()
    fix: str = ""
    templates: Path | None = None
    version: str = "0.1.0"
    client: str = ""
    denormalize: bool = True
    overlays: tuple[Path, ...] = ()
    allow_remote: tuple[str, ...] = ()
    allow_path: tuple[Path, ...] = ()
    lenient: bool = False
    formats: str = "types"
    rename: tuple[str, ...] = ()

    @property
    def allowed(self) -> Allowed:
        """The other documents to which the document may refer."""
        return Allowed(self.allow_remote, self.allow_path)

    @property
    def shown(self) -> dict[str, str]:
        """The settings that show in the output, by key, without those that have their default."""
        said = {
            "spec": self.spec.name,
            "package": self.package,
            "version": self.version,
            "client": self.client,
            "denormalize": "" if self.denormalize else "false",
            "lenient": "true" if self.lenient else "",
            "rename": "; ".join(self.rename),
            "formats": self.formats if self.formats != "types" else "",
            "overlays": " ".join(path.name for path in self.overlays),
        }
        return {key: value for key, value in said.items() if value}


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
    if found := [*_table_problems(table)]:
        raise Refused(_located((path, *one) for one in found))
    here = Path(os.path.relpath(path.parent))
    values = {key: _value(settings.BY_KEY[key], value, here) for key, value in table.items()}
    return checked(
        Config(**values | dict(given), fix=f"speclens generate{command_line(given)}"),
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


def _table_problems(table: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, value in table.items():
        setting = settings.BY_KEY.get(key)
        if setting is None:
            close = closest(key, settings.BY_KEY)
            hint = f"did you mean `{close}`?" if close else f"one of {', '.join(settings.BY_KEY)}"
            yield key, f"unknown key `{key}`", hint
        elif not _is_of_kind(setting, value):
            yield key, f"`{key}` must be {_KIND_WORDS[setting.kind]}", _hint(setting)
    for setting in settings.SETTINGS:
        if setting.is_required and setting.key not in table:
            hint = f"{_hint(setting)} under [tool.speclens]"
            yield setting.key, f"`{setting.key}` is missing", hint


_KIND_WORDS: Mapping[Kind, str] = {
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
    if not is_package(config.package):
        message = f"{config.package!r} cannot be the name of a package"
        if config.package in _IMPORTED:
            message += ": Python or a library that the package needs has a module of that name"
        hint = f"letters, digits and underscores, such as `{_like(config.package)}`"
        yield "package", message, hint
    if config.client and not _CLASS.fullmatch(config.client):
        message = f"{config.client!r} cannot be the name of a class"
        yield "client", message, "letters and digits, a capital first, such as `PetStore`"
    if not _VERSION.fullmatch(config.version):
        yield "version", f"{config.version!r} is not a version", "write `0.1.0` (PEP 440)"
    for message, hint in rename_faults(config.rename):
        yield "rename", message, hint
    formats = settings.BY_KEY["formats"].values
    if config.formats not in formats:
        message = f"{config.formats!r} is not a value of `formats`"
        yield "formats", message, f"one of {', '.join(formats)}"


def _place_problems(config: Config) -> Iterator[tuple[str, str, str]]:
    for host in config.allow_remote:
        if not _HOST.fullmatch(host):
            yield "allow_remote", f"{host!r} is not a host", "write `HOST` or `HOST:PORT`"
    for key, path in _paths(config):
        if "\0" in str(path):
            yield key, f"{str(path)!r} holds a NUL character", "name another path"
        elif key == "templates" and not path.is_dir():
            yield key, f"no directory {path}", "name one that exists"


def is_package(name: str) -> bool:
    """Whether a package can have this name: whether it can be installed, be imported, and import its libraries."""
    is_name = bool(_PACKAGE_NAME.fullmatch(name)) and not keyword.iskeyword(name)
    return is_name and name not in _IMPORTED


def _like(name: str) -> str:
    """A valid name of a package that is similar to `name`."""
    words = "_".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789_")
    return next((one for one in (words, f"{words}_api") if is_package(one)), "petstore")


def _paths(config: Config) -> Iterator[tuple[str, Path]]:
    for setting in settings.SETTINGS:
        value = getattr(config, setting.key)
        if setting.kind == "paths":
            yield from ((setting.key, path) for path in value)
        elif setting.kind == "path" and value is not None:
            yield setting.key, value


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
