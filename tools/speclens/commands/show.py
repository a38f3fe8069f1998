"""The command `speclens show`."""

from __future__ import annotations

import click

from speclens import show
from speclens.commands.options import configured, format_option
from speclens.commands.telling import (
    accepted,
    report_options,
    reported,
    say,
    tell_data,
    warn_in_short,
)
from speclens.config import Config
from speclens.output import plan
from speclens.project import opened


@click.command("show", short_help="List the methods and models of a package.")
@format_option("text", "json")
@report_options
@reported
@configured("document", "meaning", also=("package", "client"), several="data")
def show_command(config: Config, style: str) -> None:
    """Show the methods, with their arguments and results, and the classes that speclens makes from a document. Writes nothing.

    \b
    Example:
      speclens show openapi.yaml
    """
    project = opened(config)
    warnings = accepted(project.reading.warnings)
    document, package = project.document, plan.package(project.reading.document, project.config)
    if style == "json":
        tell_data(show.described(document, package))
    else:
        warn_in_short(warnings, config.see_all)
        say(*show.as_table(show.described(document, package, models="")))
