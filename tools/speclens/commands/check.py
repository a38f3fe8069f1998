"""The command `speclens check`."""

from __future__ import annotations

import sys

import click

from speclens import tree
from speclens.commands.options import configured, format_option
from speclens.commands.telling import (
    accepted,
    echo,
    print_problems,
    progress,
    report_options,
    reported,
    tell_data,
)
from speclens.config import Config
from speclens.project import opened
from speclens.provenance import pointer_at


@click.command("check", short_help="Report whether a package and its document still agree.")
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", "meaning", "package", several="data")
def check_command(config: Config, style: str) -> None:
    """Compare the package with what generate would write now, and report why it differs. Writes nothing.

    \b
    Example:
      speclens check
      speclens check openapi.yaml --output petstore
    """
    progress(f"reading {config.spec}")
    project = opened(config)
    accepted(project.reading.warnings)
    output = project.config.root
    progress(f"comparing {output}")
    found = tree.drift(output, project.tree, pointer_at(project))
    if style == "text":
        echo(tree.render_text(found))
    elif style == "json":
        tell_data(tree.to_json(found))
    else:
        print_problems(tree.problems(found, str(output)), style)
    sys.exit(0 if found.in_sync else 1)
