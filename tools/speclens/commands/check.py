"""The command `speclens check`."""

from __future__ import annotations

import json
import sys

import click

from speclens import tree
from speclens.commands.options import configured, format_option
from speclens.commands.telling import print_problems, progress, reported
from speclens.config import Config
from speclens.project import opened
from speclens.provenance import pointer_at


@click.command("check")
@format_option("text", "json", "github", "sarif")
@reported
@configured("document", "meaning", "package")
def check_command(config: Config, style: str) -> None:
    """Compare the package with what generate would write now, and report why it differs. Writes nothing.

    \b
    Example:
      speclens check --format json
    """
    progress(f"checking {config.output}")
    project = opened(config)
    found = tree.drift(config.root, project.tree, pointer_at(project))
    if style == "text":
        click.echo(tree.render_text(found), nl=False)
    elif style == "json":
        click.echo(json.dumps(tree.to_json(found), indent=2))
    else:
        print_problems(tree.problems(found, str(config.root)), style)
    sys.exit(0 if found.in_sync else 1)
