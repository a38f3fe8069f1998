"""What the commands share: the options that say what is generated from what, and how a command reports."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, cast

import click

from speclens import config as configuration
from speclens import reporting
from speclens.config import Config
from speclens.problems import Problem, Refused
from speclens.source import Source, load


def format_option(*styles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says how to report, in one of the styles; the command receives `style`."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(styles),
        default=styles[0],
        show_default=True,
        help="How to report.",
    )


overlay_option = click.option(
    "--overlay",
    "overlays",
    type=click.Path(path_type=Path),
    multiple=True,
    help="An OpenAPI overlay to lay over the document; several are applied in order.",
)
"""The option that names overlays; the command receives `overlays`."""


def named(overlays: Iterable[Path]) -> str:
    """Overlays as options of a command that is shown."""
    return "".join(f" --overlay {path}" for path in overlays)


def source_of(document: Path | None, overlays: tuple[Path, ...]) -> Source:
    """A document that the command line names, with its overlays; that of the nearest pyproject.toml, with the overlays
    there, if it names none. Raises Refused, click.UsageError."""
    if document is not None:
        return load(document, overlays)
    if overlays:
        raise click.UsageError("--overlay goes with a document; name that as well.")
    path = configuration.find(Path.cwd())
    if path is None:
        raise click.UsageError(
            "No pyproject.toml with [tool.speclens] here or above; name the document."
        )
    config = configuration.load(path)
    return load(config.spec, config.overlays)


def config_of(command: str, spec: Path | None, overlays: tuple[Path, ...]) -> Config:
    """What a command that writes no package makes one of: the document that is named, else as pyproject.toml says.
    Raises Refused, click.UsageError."""
    if spec is not None:
        fix = f"speclens {command} --spec {spec}{named(overlays)}"
        return configuration.checked(Config(spec, "api", Path(), fix, overlays=overlays))
    if overlays:
        raise click.UsageError("--overlay goes with --spec.")
    path = configuration.find(Path.cwd())
    if path is None:
        raise click.UsageError("No pyproject.toml with [tool.speclens] here or above; give --spec.")
    return configuration.load(path)


_TARGET = (
    click.option("--spec", type=click.Path(path_type=Path), help="The OpenAPI document."),
    overlay_option,
    click.option("--package", help="The name of the package to generate."),
    click.option(
        "--output", type=click.Path(path_type=Path), help="The directory of its distribution."
    ),
    click.option(
        "--templates",
        type=click.Path(path_type=Path),
        help="Templates that come before the built-in ones.",
    ),
    click.option(
        "--client",
        default=None,
        help="The name of the client class; after the package if not given.",
    ),
    click.option(
        "--one-way",
        is_flag=True,
        help="Without the way back from canonical to older fields (denormalize_...).",
    ),
    click.option(
        "--formats",
        type=click.Choice(configuration.FORMATS),
        default=None,
        help="Whether strings of a format (date-time, uuid, byte ...) are Python types, or str and only documented.",
    ),
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is generated from what; the command receives a Config."""

    @wraps(command)
    def run(
        spec: Path | None,
        overlays: tuple[Path, ...],
        package: str | None,
        output: Path | None,
        templates: Path | None,
        client: str | None,
        one_way: bool,
        formats: str | None,
        **rest: Any,
    ) -> Any:
        config = _config(spec, overlays, package, output, templates, client, one_way, formats)
        return command(config=config, **rest)

    for option in reversed(_TARGET):
        run = option(run)
    return run


def _config(
    spec: Path | None,
    overlays: tuple[Path, ...],
    package: str | None,
    output: Path | None,
    templates: Path | None,
    client: str | None,
    one_way: bool,
    formats: str | None,
) -> Config:
    if spec is None:
        if overlays or package or output or templates or client or one_way or formats:
            raise click.UsageError(
                "--overlay, --package, --output, --templates, --client, --one-way and --formats go with --spec."
            )
        return _found()
    if package is None or output is None:
        raise click.UsageError("--spec goes with --package and --output.")
    given = {"--templates": templates, "--client": client, "--formats": formats}
    fix = f"speclens generate --spec {spec}{named(overlays)} --package {package} --output {output}"
    fix += "".join(f" {name} {value}" for name, value in given.items() if value)
    fix += " --one-way" if one_way else ""
    return configuration.checked(
        Config(
            spec,
            package,
            output,
            fix,
            templates,
            client=client or "",
            denormalize=not one_way,
            overlays=overlays,
            formats=formats or "types",
        )
    )


def _found() -> Config:
    path = configuration.find(Path.cwd())
    if path is None:
        raise click.UsageError(
            "No pyproject.toml with [tool.speclens] here or above; give --spec, --package and --output."
        )
    return configuration.load(path)


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """Problems that a command is refused with are printed in its format; then it exits with 1, or 2 for wrong use."""

    @wraps(command)
    def run(style: str, **rest: Any) -> Any:
        try:
            return command(style=style, **rest)
        except Refused as refused:
            print_problems(refused.problems, style)
            sys.exit(2 if all(map(_is_unusable, refused.problems)) else 1)

    return run


def _is_unusable(problem: Problem) -> bool:
    """Whether a problem is one of how the command was called, not of what it looked at."""
    return problem.rule == "source/unreadable" or problem.rule.startswith("config/")


def print_problems(problems: Iterable[Problem], style: str) -> None:
    """Report problems on standard output."""
    click.echo(reporting.render(tuple(problems), cast(reporting.Format, style)), nl=False)


def warn(warnings: tuple[Problem, ...]) -> None:
    """Report warnings on standard error."""
    for line in reporting.render(warnings, "text").splitlines():
        click.echo(f"warning: {line}", err=True)
