"""Makes the options that commands share from the table of settings, and the configuration from these options."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from speclens import config as configuration
from speclens.commands.telling import warn
from speclens.config import Config, settings
from speclens.config.settings import Group, Setting
from speclens.tree.values import LOCK

Command = Callable[..., Any]


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
    *groups: Group, also: tuple[str, ...] = (), near: str = "", again: bool = False
) -> Callable[[Command], Command]:
    """The argument DOCUMENT, the option `--config`, and the options for the settings of `groups` and the settings `also`.
    The command receives a `config`; with `again` a function `configure` instead, which reads the configuration anew.

    With a document, all settings come from the command line. Otherwise they come from the file of `--config`, or from the
    nearest pyproject.toml: that of the current directory, or of the package that holds the file which the argument `near`
    names. Options override them.
    """
    shown = (*settings.settings_of(*groups), *(settings.BY_KEY[key] for key in also))

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(document: str | None, file: Path | None, **given: Any) -> Any:
            chosen = _chosen(document, {one.key: given.pop(one.key) for one in shown})
            start = given[near] if near else ""

            def configure() -> Config:
                return _config(chosen, file, start)

            read = {"configure": configure} if again else {"config": configure()}
            return command(**read, **given)

        made: Command = run
        for setting in reversed(shown):
            made = _parameter(setting)(made)
        return click.argument("document", type=click.Path(), required=False)(_config_option(made))

    return decorate


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
    )(command)


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


def _config(given: Mapping[str, Any], file: Path | None, near: str) -> Config:
    """The configuration from the given options. Raises Refused, click.UsageError."""
    if file is not None:
        return configuration.load_config(file, given, is_named=True)
    if "spec" in given:
        return configuration.of_command_line(given)
    for start in dict.fromkeys((*_output_around(near), Path.cwd())):
        path, passed = configuration.find_pyproject(start)
        warn(passed)
        if path is not None:
            return configuration.load_config(Path(os.path.relpath(path)), given)
    raise click.UsageError(_what_to_type(click.get_current_context(), near))


def _output_around(place: str) -> Iterator[Path]:
    """The directory with a lock that holds a file."""
    if place:
        directories = Path(os.path.realpath(place.rpartition(":")[0])).parents
        yield from (one for one in directories if os.path.isfile(one / LOCK))


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
