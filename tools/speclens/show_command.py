"""The command `speclens show`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from speclens import config as configuration
from speclens import pipeline, plan, show
from speclens.options import Reading, config_of, format_option, reading_options
from speclens.telling import reported, say, warn


@click.command("show")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    help="The OpenAPI document; that of pyproject.toml if not given.",
)
@reading_options
@click.option("--package", help="The name of the package that would be generated.")
@format_option("text", "json")
@reported
def show_command(spec: Path | None, reading: Reading, package: str | None, style: str) -> None:
    """Tell what a document becomes: methods with their arguments and results, and classes. Writes nothing.

    \b
    Example:
      speclens show --spec openapi.yaml --package petstore
    """
    config = config_of("show", spec, reading)
    if package:
        config = configuration.checked(replace(config, package=package))
    source = pipeline.source_of(config)
    document, warnings, _ = pipeline.read(source, config.lenient, config.formats == "types")
    data = show.described(document, plan.package(document, config))
    if style == "json":
        click.echo(json.dumps(data, indent=2))
    else:
        warn(warnings)
        say(*show.table(data))
