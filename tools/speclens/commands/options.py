"""Makes the options that commands share from the table of settings, and the configuration from these options."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from speclens import config as configuration
from speclens.commands.telling import warn
from speclens.config import Config, settings
from speclens.config.settings import Group, Setting

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
    *groups: Group, also: tuple[str, ...] = (), has_argument: bool = False
) -> Callable[[Command], Command]:
    """The options for the settings of `groups`, and for the settings `also`. The command receives a `config`.

    With `--spec` (or the argument DOCUMENT if `has_argument`), all settings come from the command line. Otherwise they
    come from the nearest pyproject.toml, and options override them.
    """
    shown = (*settings.settings_of(*groups), *(settings.BY_KEY[key] for key in also))

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> Any:
            own = {one.key: given.pop(one.key) for one in shown}
            chosen = {key: value for key, value in own.items() if value not in (None, ())}
            needed = [one for one in settings.settings_of(*groups) if one.is_required]
            return command(config=_config(chosen, needed, has_argument), **given)

        made: Command = run
        for setting in reversed(shown):
            made = _parameter(setting, has_argument)(made)
        return made

    return decorate


def _parameter(setting: Setting, has_argument: bool) -> Callable[[Command], Command]:
    if setting.key == "spec" and has_argument:
        path = click.Path(path_type=Path)
        return click.argument("spec", metavar="[DOCUMENT]", type=path, required=False)
    if setting.kind == "switch":
        names = f"{setting.option}/--no-{setting.option[2:]}"
        return click.option(names, setting.key, default=None, help=_help(setting))
    kinds: Mapping[str, Any] = {
        "path": click.Path(path_type=Path),
        "paths": click.Path(path_type=Path),
        "choice": click.Choice(setting.values),
        "choices": click.Choice(setting.values),
    }
    return click.option(
        setting.option,
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


def _config(given: Mapping[str, Any], needed: list[Setting], has_argument: bool) -> Config:
    """The configuration from the given options. Raises Refused, click.UsageError."""
    if "spec" in given:
        if missing := [one.option for one in needed if one.key not in given]:
            raise click.UsageError(f"--spec needs {' and '.join(missing)} as well.")
        return configuration.of_command_line(given)
    path, passed = configuration.find_pyproject(Path.cwd())
    warn(passed)
    if path is None:
        wanted = "the document" if has_argument else ", ".join(one.option for one in needed)
        raise click.UsageError(
            f"No pyproject.toml with [tool.speclens] here or above; give {wanted}."
        )
    return configuration.load_config(Path(os.path.relpath(path)), given)
