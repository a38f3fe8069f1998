"""The command `speclens generate`."""

from __future__ import annotations

import click

from speclens import tree
from speclens.commands.options import configured, format_option
from speclens.commands.telling import print_problems, progress, reported, say, warn
from speclens.config import Config
from speclens.project import opened


@click.command("generate")
@format_option("text", "json", "github", "sarif")
@reported
@configured("document", "meaning", "package")
def generate_command(config: Config, style: str) -> None:
    """Write the whole package or nothing.

    \b
    Example:
      speclens generate --spec openapi.yaml --package petstore --output generated
    """
    progress(f"generating {config.package} from {config.spec}")
    project = opened(config)
    changed = tree.write(config.output, project.tree)
    warn(project.reading.warnings)
    if style != "text":
        print_problems(project.reading.warnings, style)
    elif changed:
        say(*(str(config.output / path) for path in changed))
        say(f"{len(changed)} of {len(project.tree.files) + 1} files written")
    else:
        say("nothing to do: all in sync")
