"""What is generated from what, and where to: from `[tool.speclens]` of a pyproject.toml, or from the command line."""

from __future__ import annotations

import keyword
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from speclens.problems import Problem, Refused

KEYS = (
    "spec", "package", "output", "templates", "version", "client", "denormalize", "lenient", "formats", "overlays",
    "allow_remote", "allow_path",
)  # fmt: skip
FORMATS = ("types", "annotation")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]\\]+)(:[0-9]{1,5})?")
# An underscore at an end of it would be a hyphen at an end of the distribution's name, which installers refuse.
_PACKAGE = re.compile("[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?")
_CLASS = re.compile("[A-Z][A-Za-z0-9_]*")
_VERSION = re.compile(
    r"([0-9]+!)?[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?"
)  # PEP 440, in its normal form
_SWITCHES = ("denormalize", "lenient")
_LISTS = ("overlays", "allow_remote", "allow_path")
_NO_STRINGS = (*_SWITCHES, *_LISTS)


# Modules that the generated package would be taken for, or that it would be imported instead of: those of Python, those
# that it imports, and what these import in turn (the last of them only if they are there).
_IMPORTED = sys.stdlib_module_names | {
    "annotated_types", "anyio", "certifi", "h11", "httpcore", "httpx", "idna", "pydantic", "pydantic_core", "starlette",
    "test", "typing_extensions", "typing_inspection",
    "brotli", "brotlicffi", "click", "h2", "pygments", "rich", "sniffio", "socksio", "trio", "zstandard",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a document may refer to, beside files in its own directory and below: documents on `hosts` (`HOST` at the
    default port, or `HOST:PORT`), fetched by http or https, and files in `paths` and below."""

    hosts: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """`spec` is the document; `output` the directory that the distribution of `package` is written to; `templates` is
    looked up before the built-in ones; `version` is that of the distribution; `fix` the command that generates;
    `denormalize` says whether the way back from canonical to older fields is generated as well; `overlays` are laid
    over the document, in order; `allowed` is what it may refer to; `lenient` leaves out what of it cannot be understood.
    `formats` is "types" if strings of some formats (`date-time`, `uuid` ...) are Python types in models, "annotation" if
    they are all `str`."""

    spec: Path
    package: str
    output: Path
    fix: str
    templates: Path | None = None
    version: str = "0.1.0"
    client: str = ""
    denormalize: bool = True
    overlays: tuple[Path, ...] = ()
    allowed: Allowed = Allowed()
    lenient: bool = False
    formats: str = "types"

    @property
    def values(self) -> tuple[str, ...]:
        """What of the configuration shows in the output."""
        way_back = "" if self.denormalize else "one way"
        lenient = ("lenient",) if self.lenient else ()
        formats = (self.formats,) if self.formats != "types" else ()
        overlays = (path.name for path in self.overlays)
        own = (self.spec.name, self.package, self.version, self.client, way_back)
        return (*own, *lenient, *formats, *overlays)


def find(start: Path) -> tuple[Path | None, tuple[Problem, ...]]:
    """The nearest pyproject.toml with a `[tool.speclens]`: in a directory, or above it up to the root of its repository.
    Above, that of another user is passed over, since who writes it says which templates are run; each is a warning."""
    passed: list[Problem] = []
    for directory in (start, *start.parents):
        path = directory / "pyproject.toml"
        if os.path.isfile(path):
            if directory != start and not _owners(directory, path) <= _trusted():
                message = "this belongs to another user, and is passed over"
                hint = "run speclens in its directory if you trust it"
                passed.append(
                    replace(
                        _problem(path, "", message, hint), rule="config/owner", severity="warning"
                    )
                )
            elif _table(path) is not None:
                return path, tuple(passed)
        if os.path.lexists(directory / ".git"):
            break
    return None, tuple(passed)


def _owners(directory: Path, path: Path) -> set[int]:
    """The users who can say what stands at a path; none where files have no owner."""
    if sys.platform == "win32":
        return set()
    return {os.stat(directory).st_uid, os.lstat(path).st_uid, os.stat(path).st_uid}


_LONGEST_ID = 10
"""Digits of the largest number of a user; `int` refuses thousands of them."""


def _trusted() -> set[int]:
    """This user, root (who could replace the toolkit itself), and who became root by sudo."""
    if sys.platform == "win32":
        return set()
    user, before = os.geteuid(), os.environ.get("SUDO_UID", "")
    is_number = before.isdecimal() and len(before) <= _LONGEST_ID
    return {0, user} | ({int(before)} if user == 0 and is_number else set())


def load(path: Path) -> Config:
    """The configuration of a pyproject.toml; its paths are relative to the file. Raises Refused."""
    table = _table(path) or {}
    if problems := _table_problems(table, path):
        raise Refused(problems)
    here = Path(os.path.relpath(path.parent))
    return checked(
        Config(
            spec=here / table["spec"],
            package=table["package"],
            output=here / table["output"],
            fix="speclens generate",
            templates=here / table["templates"] if "templates" in table else None,
            version=table.get("version", "0.1.0"),
            client=table.get("client", ""),
            denormalize=table.get("denormalize", True),
            lenient=table.get("lenient", False),
            overlays=tuple(here / name for name in table.get("overlays", ())),
            allowed=Allowed(
                hosts=tuple(table.get("allow_remote", ())),
                paths=tuple(here / name for name in table.get("allow_path", ())),
            ),
            formats=table.get("formats", "types"),
        ),
        path,
    )


def _table_problems(table: Mapping[str, Any], path: Path) -> list[Problem]:
    problems = [
        _problem(path, key, f"unknown key `{key}`", f"one of {', '.join(KEYS)}")
        for key in table
        if key not in KEYS
    ]
    problems += [
        _problem(path, key, f"`{key}` is a string", f'write `{key} = "…"`')
        for key, value in table.items()
        if key in KEYS and key not in _NO_STRINGS and not isinstance(value, str)
    ]
    problems += [
        _problem(path, key, f"`{key}` is true or false", "write one of them")
        for key in _SWITCHES
        if not isinstance(table.get(key, True), bool)
    ]
    for key in _LISTS:
        listed = table.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
            message, hint = f"`{key}` is a list of strings", f'write `{key} = ["…"]`'
            problems.append(_problem(path, key, message, hint))
    problems += [
        _problem(path, key, f"`{key}` is missing", f'write `{key} = "…"` under [tool.speclens]')
        for key in ("spec", "package", "output")
        if key not in table
    ]
    return problems


def checked(config: Config, origin: Path | None = None) -> Config:
    """The configuration itself. Raises Refused where a name or a path in it could not be one."""
    problems = [*_name_problems(config, origin or Path("command line"))]
    problems += _place_problems(config, origin or Path("command line"))
    if problems:
        raise Refused(problems)
    return config


def _name_problems(config: Config, where: Path) -> Iterator[Problem]:
    if not is_package(config.package):
        message = f"{config.package!r} cannot be the name of a package"
        if config.package in _IMPORTED:
            message += ": Python, or what the package needs, has a module of that name"
        hint = f"letters, digits and underscores, such as `{_like(config.package)}`"
        yield _problem(where, "package", message, hint)
    if config.client and not _CLASS.fullmatch(config.client):
        message = f"{config.client!r} is no name of a class"
        hint = "letters and digits, a capital first, such as `PetStore`"
        yield _problem(where, "client", message, hint)
    if not _VERSION.fullmatch(config.version):
        message = f"{config.version!r} is no version"
        yield _problem(where, "version", message, "write `0.1.0` (PEP 440)")
    if config.formats not in FORMATS:
        message = f"{config.formats!r} is no way to take formats"
        yield _problem(where, "formats", message, f"one of {', '.join(FORMATS)}")


def _place_problems(config: Config, where: Path) -> Iterator[Problem]:
    for host in config.allowed.hosts:
        if not _HOST.fullmatch(host):
            message = f"{host!r} is no host"
            yield _problem(where, "allow_remote", message, "write `HOST` or `HOST:PORT`")
    for key, path in _paths(config):
        if "\0" in str(path):
            message = f"{str(path)!r} holds a NUL, which no path can"
            yield _problem(where, key, message, "name another")
        elif key == "templates" and not path.is_dir():
            yield _problem(where, key, f"no directory {path}", "name one that exists")


def is_package(name: str) -> bool:
    """Whether a package can be called so: if it can be imported, installed, and import what it needs."""
    is_name = bool(_PACKAGE.fullmatch(name)) and not keyword.iskeyword(name)
    return is_name and name not in _IMPORTED


def _like(name: str) -> str:
    """A name of a package that reminds of another."""
    words = "_".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789_")
    return next((one for one in (words, f"{words}_api") if is_package(one)), "petstore")


def _paths(config: Config) -> Iterator[tuple[str, Path]]:
    yield from (("spec", config.spec), ("output", config.output))
    yield from (("templates", path) for path in (config.templates,) if path)
    yield from (("overlays", path) for path in config.overlays)
    yield from (("allow_path", path) for path in config.allowed.paths)


def _table(path: Path) -> Mapping[str, Any] | None:
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("speclens")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise Refused([_problem(path, "", f"cannot be read: {error}", "mend the file")]) from error
    return table if isinstance(table, dict) else None


def _problem(path: Path, key: str, message: str, hint: str) -> Problem:
    line = 1
    if key and path.is_file():
        lines = path.read_text("utf-8").splitlines()
        line = next(
            (number for number, text in enumerate(lines, 1) if text.split("=")[0].strip() == key), 1
        )
    return Problem(f"config/{key or 'unreadable'}", "error", "#", str(path), line, 1, message, hint)
