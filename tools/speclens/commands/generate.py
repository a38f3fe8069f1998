"""The command `speclens generate`."""

from __future__ import annotations

import click

from speclens import tree
from speclens.commands.options import configured, format_option
from speclens.commands.telling import print_problems, progress, reported, say, warn
from speclens.config import Config
from speclens.project import opened
from speclens.tree.values import LOCK


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
    changed = tree.write(config.root, project.tree)
    warn(project.reading.warnings)
    if style != "text":
        print_problems(project.reading.warnings, style)
    elif changed:
        wanted = {LOCK, *(file.path for file in project.tree.files)}
        deleted = [path for path in changed if path not in wanted]
        say(*(str(config.root / path) for path in changed if path in wanted))
        say(*(f"{config.root / path} (deleted)" for path in deleted))
        written = f"{len(changed) - len(deleted)} of {len(wanted)} files written"
        say(f"{written}, {len(deleted)} deleted" if deleted else written)
    else:
        say("nothing to do: all in sync")
