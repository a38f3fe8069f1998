"""The command `speclens show`."""

from __future__ import annotations

import json

import click

from speclens import show
from speclens.commands.options import configured, format_option
from speclens.commands.telling import reported, say, warn
from speclens.config import Config
from speclens.output import plan
from speclens.project import opened


@click.command("show")
@format_option("text", "json")
@reported
@configured("document", "meaning", also=("package", "client"))
def show_command(config: Config, style: str) -> None:
    """Show the methods, with their arguments and results, and the classes that speclens makes from a document. Writes nothing.

    \b
    Example:
      speclens show --spec openapi.yaml --package petstore
    """
    project = opened(config)
    document, package = project.document, plan.package(project.reading.document, config)
    if style == "json":
        click.echo(json.dumps(show.described(document, package), indent=2))
    else:
        warn(project.reading.warnings)
        say(*show.as_table(show.described(document, package, models="")))
