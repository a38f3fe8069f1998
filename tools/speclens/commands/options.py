"""Makes the options that commands share from the table of settings, and the configuration from these options."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Literal

import click

from speclens import config as configuration
from speclens.commands.telling import each, warn
from speclens.config import Config, settings
from speclens.config.settings import Group, Setting
from speclens.problems import closest
from speclens.tree.values import LOCK, is_lock

Command = Callable[..., Any]
Several = Literal["one", "problems", "data"]


def format_option(*styles: str) -> Callable[[Command], Command]:
    """The option `--format`, which chooses one of the styles of a report. The command receives `style`."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(styles),
        default=styles[0],
        show_default=True,
        help="The format of the report.",
    )


def configured(
    *groups: Group,
    also: tuple[str, ...] = (),
    near: str = "",
    again: bool = False,
    several: Several = "one",
) -> Callable[[Command], Command]:
    """The argument DOCUMENT, the options `--config` and `--only`, and the options for the settings of `groups` and the settings
    `also`. The command receives a `config`; with `again` a function `configure` instead, which reads the configurations
    anew. If there are several packages, `several` says whether the command runs for each, and whether it then reports
    problems or data, or for one.

    With a document, all settings come from the command line. Otherwise they come from the file of `--config`, or from the
    nearest pyproject.toml: that of the current directory, or of the package that holds the file which the argument `near`
    names. Options override them.
    """
    shown = (*settings.settings_of(*groups), *(settings.BY_KEY[key] for key in also))

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(
            document: str | None, file: Path | None, only: tuple[str, ...], **given: Any
        ) -> Any:
            chosen = _chosen(document, {one.key: given.pop(one.key) for one in shown})
            start = given[near] if near else ""

            def configure() -> tuple[Config, ...]:
                return _configs(chosen, file, start, only)

            if again:
                return command(configure=configure, **given)
            return _run(command, _holding(configure(), start), several, **given)

        made: Command = run
        for setting in reversed(shown):
            made = _parameter(setting)(made)
        return click.argument("document", type=click.Path(), required=False)(_config_option(made))

    return decorate


def _run(
    command: Command, configs: Sequence[Config], several: Several, style: str, **given: Any
) -> Any:
    """Run a command for each of some packages. Raises click.UsageError for one that is for one package."""
    if len(configs) == 1:
        return command(config=configs[0], style=style, **given)
    if several == "one":
        raise click.UsageError(f"There are several packages; {_choose(configs)}")

    def run_one(config: Config) -> None:
        command(config=config, style=style, **given)

    sys.exit(each(configs, run_one, style, has_data=several == "data"))


def _chosen(document: str | None, own: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the command line gives. Raises click.UsageError."""
    if document is not None and own["spec"] is not None:
        raise click.UsageError("Give the document once: as an argument or after --spec.")
    named = own["spec"] if document is None else document
    spec = None if named is None else settings.document(named)
    return {key: value for key, value in {**own, "spec": spec}.items() if value not in (None, ())}


def _config_option(command: Command) -> Command:
    return click.option(
        "-c",
        "--config",
        "file",
        type=click.Path(path_type=Path),
        help="The file with the table [tool.speclens]. By default, the nearest pyproject.toml.",
    )(
        click.option(
            "--only",
            multiple=True,
            metavar="PACKAGE",
            help="Of several packages of the configuration, the one with this name. Repeat it for several.",
        )(command)
    )


def _parameter(setting: Setting) -> Callable[[Command], Command]:
    if setting.kind == "switch":
        names = f"{setting.option}/--no-{setting.option[2:]}"
        return click.option(names, setting.key, default=None, help=_help(setting))
    kinds: Mapping[str, Any] = {
        "document": click.Path(),
        "path": click.Path(path_type=Path),
        "paths": click.Path(path_type=Path),
        "choice": click.Choice(setting.values),
        "choices": click.Choice(setting.values),
    }
    return click.option(
        *setting.options,
        setting.key,
        type=kinds.get(setting.kind, str),
        multiple=setting.is_list,
        metavar=setting.metavar or None,
        help=_help(setting),
    )


def _help(setting: Setting) -> str:
    told = f"{setting.help} Repeat it for several." if setting.is_list else setting.help
    usual = setting.default
    if usual is None:
        return told
    if isinstance(usual, tuple):
        usual = ", ".join(usual)
    elif isinstance(usual, bool):
        usual = f"{'' if usual else 'no-'}{setting.option[2:]}"
    return f"{told}  [default: {usual}]"


def _configs(
    given: Mapping[str, Any], file: Path | None, near: str, only: tuple[str, ...]
) -> tuple[Config, ...]:
    """The configurations from the given options. Raises Refused, click.UsageError."""
    if file is not None:
        return _loaded(file, given, only, is_named=True)
    if "spec" in given:
        if only:
            raise click.UsageError("--only chooses a package of a configuration: give no document.")
        return (configuration.of_command_line(given),)
    for start in dict.fromkeys((*_output_around(near), Path.cwd())):
        path, passed = configuration.find_pyproject(start)
        warn(passed)
        if path is not None:
            return _loaded(Path(os.path.relpath(path)), given, only)
    raise click.UsageError(_what_to_type(click.get_current_context(), near))


_OF_ONE = ("spec", "package", "output", "distribution", "client")
"""Settings of one package, which the command line cannot give for several."""


def _loaded(
    path: Path, given: Mapping[str, Any], only: tuple[str, ...], is_named: bool = False
) -> tuple[Config, ...]:
    names = configuration.package_names_in(path)
    for name in only:
        if name not in names:
            close = closest(name, names)
            hint = f" Did you mean '{close}'?" if close else ""
            raise click.UsageError(f"{path} has no package {name!r} among several.{hint}")
    for key in _OF_ONE:
        if key in given and len(set(only or names)) > 1:
            option = "a document" if key == "spec" else settings.BY_KEY[key].option
            raise click.UsageError(f"Give {option} for one package: choose it by --only.")
    return configuration.load_configs(path, given, is_named, only)


def _choose(configs: Sequence[Config]) -> str:
    return f"choose one by --only: {', '.join(one.package for one in configs)}."


def _holding(configs: Sequence[Config], place: str) -> tuple[Config, ...]:
    """Of several packages the one that holds a file, if one is named. Raises click.UsageError."""
    if not place or len(configs) == 1:
        return tuple(configs)
    above = Path(os.path.realpath(place.rpartition(":")[0])).parents
    for one in configs:
        directory = one.root / one.place if one.layout == "package" else one.root
        if Path(os.path.realpath(directory)) in above:
            return (one,)
    raise click.UsageError(f"No package of the configuration has this file; {_choose(configs)}")


def _output_around(place: str) -> Iterator[Path]:
    """The directory with a lock that holds a file."""
    if place:
        directories = Path(os.path.realpath(place.rpartition(":")[0])).parents
        yield from (one for one in directories if _has_lock(one))


def _has_lock(directory: Path) -> bool:
    return os.path.isfile(directory / LOCK) or any(
        is_lock(one.name) for one in directory.glob("speclens.*.lock")
    )


_USUAL_DOCUMENTS = [
    f"{name}.{kind}" for name in ("openapi", "swagger", "api") for kind in ("yaml", "yml", "json")
]


def _what_to_type(context: click.Context, near: str) -> str:
    """What is missing, and a command that has it."""
    found = [name for name in _USUAL_DOCUMENTS if os.path.isfile(name)]
    command = " ".join(("speclens", str(context.info_name), *([shlex.quote(near)] if near else [])))
    told = f"There is no document: give a file, an address or -, as in `{command} {[*found, 'openapi.yaml'][0]}`"
    rest = "" if found else ", or begin a project with `speclens init`"
    return f"{told}{rest}. (No pyproject.toml with [tool.speclens] here or above.)"
