"""The command `speclens init`, which begins a project.

The deprecation in its first document begins on the day of the run, so that its sunset is never in the past.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import click

from speclens import config as configuration
from speclens import names
from speclens.commands import schema
from speclens.commands.options import format_option
from speclens.commands.telling import reported, say
from speclens.config import Config, package_names, settings
from speclens.config.settings import Setting
from speclens.config.toml_text import parse_toml
from speclens.output import marks, render
from speclens.problems import Problem, Refused

_PROJECT = Path("pyproject.toml")
_TABLE = re.compile(r"""\s*\[\s*tool\s*\.\s*["']?speclens["']?\s*[].]""")


@dataclass(frozen=True, slots=True)
class Start:
    """The values in the first files: the names of the package and of its client, the dates of the deprecation and the
    sunset of the example's older field, and the lines of the table."""

    package: str
    client: str
    since: str
    sunset: str
    settings: tuple[SettingLine, ...]


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting in pyproject.toml, with a comment that explains it."""

    comment: str
    text: str


@click.command("init", short_help="Begin a project with a small document.")
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option(
    "-n",
    "--name",
    "--package",
    "package",
    help="The package to generate. By default, the name of the directory gives it.",
)
@format_option("text", "json", "github", "sarif")
@reported
def init_command(directory: Path, package: str | None, style: str) -> None:
    """Write a first document that uses x-compat, a JSON Schema for editors, and [tool.speclens]. Overwrites nothing.

    \b
    Example:
      speclens init petstore
    """
    del style
    start = _start(package or _package(directory), datetime.now(UTC))
    files = _files(start)
    _check(directory, start, files)
    for path in _write(directory, files):
        say(f"wrote {path}")
    say("next:")
    if _real(directory) != _real(Path()):
        say(f"  cd {shlex.quote(str(directory))}")
    for command in ("validate", "generate", "check", "verify"):
        say(f"  speclens {command}")


def _package(directory: Path) -> str:
    """A package name made from the name of a directory; it can be imported and installed."""
    name = names.snake(_real(directory).name)
    return name if package_names.is_package(name) else f"{name.rstrip('_')}_api"


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # `Path.resolve` raises RuntimeError for a loop of links


def _start(package: str, now: datetime) -> Start:
    since, sunset = (f"{day:%Y-%m-%d}" for day in (now, now + timedelta(days=365)))
    given = {"spec": f"openapi/{package}.yaml", "package": package, "output": "generated"}
    lines = tuple(
        SettingLine(one.help, _line(one, given.get(one.key))) for one in settings.SETTINGS
    )
    return Start(package, names.pascal(package), since, sunset, lines)


def _line(setting: Setting, value: str | None) -> str:
    """A setting as TOML: its value, or a comment with its default or an example."""
    if value is not None:
        return f"{setting.key} = {settings.toml_value(value)}"
    usual = setting.example if setting.default is None else settings.toml_value(setting.default)
    return f"# {setting.key} = {usual}"


def _files(start: Start) -> dict[Path, str]:
    """The text of each file, by its path in the project. The text for pyproject.toml is the table alone."""
    nonce = marks.nonce(start.package)
    print_one = render.renderer((render.BUILT_IN,), nonce)

    def text(template: str) -> str:
        return marks.take_out(print_one(template, {"start": start}).text, nonce, template)[0]

    return {
        Path("openapi", f"{start.package}.yaml"): text("init/openapi.yaml.j2"),
        Path("openapi", Path(schema.OPENAPI).name): schema.openapi(),
        _PROJECT: text("init/pyproject.toml.j2"),
    }


# What stands in the way


def _check(directory: Path, start: Start, files: Mapping[Path, str]) -> None:
    """Raises Refused with all problems that keep the command from writing."""
    problems: list[Problem] = []
    try:
        problems += _in_the_way(directory, files)
    except OSError as error:
        hint = "make it readable"
        problems.append(_problem("unreadable", directory, f"cannot be read: {error}", hint))
    try:
        spec = directory / next(iter(files))
        configuration.checked(Config(spec, start.package, directory))
    except Refused as refused:
        problems += refused.problems
    if problems:
        raise Refused(problems)


def _in_the_way(directory: Path, files: Mapping[Path, str]) -> Iterator[Problem]:
    for folder in dict.fromkeys((directory, *(directory / path.parent for path in files))):
        if not folder.is_dir() and (folder.exists() or folder.is_symlink()):
            yield _problem("exists", folder, "is not a directory", "move it away")
    for path in map(directory.joinpath, files):
        if path == directory / _PROJECT and path.is_file():
            yield from _no_room(path, files[_PROJECT])
        elif path.exists() or path.is_symlink():
            yield _problem("exists", path, "exists already", "move it away")


def _no_room(path: Path, table: str) -> Iterator[Problem]:
    """The problems that keep the command from adding a table to a pyproject.toml."""
    try:
        text = path.read_bytes().decode()
        project = parse_toml(text)
    except (OSError, ValueError, RecursionError) as error:
        yield _problem("unreadable", path, f"cannot be read: {error}", "fix the file")
        return
    tool = project.get("tool")
    if isinstance(tool, dict) and "speclens" in tool:
        lines = enumerate(text.splitlines(), 1)
        line = next((number for number, one in lines if _TABLE.match(one)), 1)
        hint = "edit it, or remove it"
        yield _problem("exists", path, "has [tool.speclens] already", hint, line)
        return
    try:
        parse_toml(_joined(text, table))
    except ValueError:
        hint = "write `[tool.…]` tables instead of one inline table"
        yield _problem("exists", path, "cannot take [tool.speclens]", hint)


def _joined(text: str, table: str) -> str:
    """The text of a pyproject.toml with a table added at its end, in the file's own line ends."""
    end = "\r\n" if "\r\n" in text else "\n"
    between = "" if not text else end if text.endswith("\n") else end * 2
    return text + between + table.replace("\n", end)


def _problem(key: str, path: Path, message: str, hint: str, line: int = 1) -> Problem:
    return Problem(f"config/{key}", "error", "#", str(path), line, 1, message, hint)


# Writing


def _write(directory: Path, files: Mapping[Path, str]) -> Iterator[Path]:
    """Write all files, and return their paths. Before it raises Refused, it removes the files and directories that it made."""
    made: list[Path] = []
    folders: list[Path] = []
    for path, text in zip(map(directory.joinpath, files), files.values(), strict=True):
        try:
            for folder in _missing(path.parent):
                folder.mkdir()
                folders.append(folder)
            if path == directory / _PROJECT and path.exists():
                _append(path, text)
            else:
                with path.open("x", encoding="utf-8", newline="") as file:
                    made.append(path)
                    file.write(text)
        except BaseException as error:  # also at a signal
            for written in made:
                written.unlink(missing_ok=True)
            for folder in reversed(folders):
                with suppress(OSError):  # another one may have put something there
                    folder.rmdir()
            if not isinstance(error, OSError):
                raise
            message, hint = f"cannot be written: {error}", "make it writable"
            raise Refused([_problem("unwritable", path, message, hint)]) from None
    return map(directory.joinpath, files)


def _missing(folder: Path) -> list[Path]:
    """A directory and those around it that do not exist, the outermost first."""
    around = takewhile(lambda one: not one.is_dir(), (folder, *folder.parents))
    return [*around][::-1]


def _append(path: Path, table: str) -> None:
    """Add a table to a file: all of it or nothing. Raises OSError."""
    before = path.read_bytes()
    with path.open("ab", buffering=0) as file:
        try:
            data = _joined(before.decode(), table).encode().removeprefix(before)
            while data:
                data = data[file.write(data) :]
        except BaseException:
            file.truncate(len(before))
            raise
