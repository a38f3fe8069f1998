"""What the commands share: the options that say what is generated from what, and in which format to report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from speclens import config as configuration
from speclens.config import Allowed, Config
from speclens.reading import load
from speclens.source import Source
from speclens.telling import warn


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


_READING = (
    click.option(
        "--overlay",
        "overlays",
        type=click.Path(path_type=Path),
        multiple=True,
        help="An OpenAPI overlay to lay over the document; several are applied in order.",
    ),
    click.option(
        "--allow-remote",
        "hosts",
        metavar="HOST[:PORT]",
        multiple=True,
        help="A host that documents may be fetched from which the document refers to; else the network is not asked.",
    ),
    click.option(
        "--allow-path",
        "paths",
        type=click.Path(path_type=Path),
        multiple=True,
        help="A directory that the document may refer to, beside its own.",
    ),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a document that the command line names is read."""

    overlays: tuple[Path, ...]
    allowed: Allowed

    @property
    def given(self) -> str:
        """The options that were given, as they are shown in a command; "" if none was."""
        return "".join(
            [
                *(f" --overlay {path}" for path in self.overlays),
                *(f" --allow-remote {host}" for host in self.allowed.hosts),
                *(f" --allow-path {path}" for path in self.allowed.paths),
            ]
        )


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how a document is read; the command receives `reading`."""

    @wraps(command)
    def run(
        overlays: tuple[Path, ...], hosts: tuple[str, ...], paths: tuple[Path, ...], **rest: Any
    ) -> Any:
        return command(reading=Reading(overlays, Allowed(hosts, paths)), **rest)

    for option in reversed(_READING):
        run = option(run)
    return run


def source_of(document: Path | None, reading: Reading) -> Source:
    """A document that the command line names, read as it says; that of the nearest pyproject.toml, read as that says, if
    it names none. Raises Refused, click.UsageError."""
    if document is not None:
        return load(document, reading.overlays, reading.allowed)
    if reading.given:
        raise click.UsageError(f"{_option(reading)} goes with a document; name that as well.")
    path = _nearest()
    if path is None:
        raise click.UsageError(
            "No pyproject.toml with [tool.speclens] here or above; name the document."
        )
    config = configuration.load(path)
    return load(config.spec, config.overlays, config.allowed)


def _nearest() -> Path | None:
    """The pyproject.toml that counts here; those that are passed over are told."""
    path, passed = configuration.find(Path.cwd())
    warn(passed)
    return path


def _option(reading: Reading) -> str:
    return reading.given.split()[0]


def config_of(command: str, spec: Path | None, reading: Reading) -> Config:
    """What a command that writes no package makes one of: the document that is named, else as pyproject.toml says.
    Raises Refused, click.UsageError."""
    if spec is not None:
        fix = f"speclens {command} --spec {spec}{reading.given}"
        made = Config(spec, "api", Path(), fix, overlays=reading.overlays, allowed=reading.allowed)
        return configuration.checked(made)
    if reading.given:
        raise click.UsageError(f"{_option(reading)} goes with --spec.")
    path = _nearest()
    if path is None:
        raise click.UsageError("No pyproject.toml with [tool.speclens] here or above; give --spec.")
    return configuration.load(path)


_TARGET = (
    click.option("--spec", type=click.Path(path_type=Path), help="The OpenAPI document."),
    reading_options,
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
        "--lenient",
        is_flag=True,
        help="Leave out the operations that cannot be understood, and list them, instead of refusing the document.",
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
        reading: Reading,
        package: str | None,
        output: Path | None,
        templates: Path | None,
        client: str | None,
        one_way: bool,
        lenient: bool,
        formats: str | None,
        **rest: Any,
    ) -> Any:
        switches = (one_way, lenient, formats)
        config = _config(spec, reading, package, output, templates, client, switches)
        return command(config=config, **rest)

    made: Callable[..., Any] = run
    for option in reversed(_TARGET):
        made = option(made)
    return made


def _config(
    spec: Path | None,
    reading: Reading,
    package: str | None,
    output: Path | None,
    templates: Path | None,
    client: str | None,
    switches: tuple[bool, bool, str | None],
) -> Config:
    one_way, lenient, formats = switches
    if spec is None:
        return _configured(
            any((reading.given, package, output, templates, client, one_way, lenient, formats))
        )
    if package is None or output is None:
        raise click.UsageError("--spec goes with --package and --output.")
    given = {"templates": templates, "client": client, "formats": formats}
    fix = f"speclens generate --spec {spec}{reading.given} --package {package} --output {output}"
    fix += "".join(f" --{name} {value}" for name, value in given.items() if value)
    fix += f"{' --one-way' * one_way}{' --lenient' * lenient}"
    return configuration.checked(
        Config(
            spec,
            package,
            output,
            fix,
            templates,
            client=client or "",
            denormalize=not one_way,
            lenient=lenient,
            formats=formats or "types",
            overlays=reading.overlays,
            allowed=reading.allowed,
        )
    )


def _configured(is_told_more: bool) -> Config:
    """The configuration of the nearest pyproject.toml."""
    if is_told_more:
        raise click.UsageError(
            "--overlay, --allow-remote, --allow-path, --package, --output, --templates, --client, --one-way, --lenient "
            "and --formats go with --spec."
        )
    path = _nearest()
    if path is None:
        raise click.UsageError(
            "No pyproject.toml with [tool.speclens] here or above; give --spec, --package and --output."
        )
    return configuration.load(path)
