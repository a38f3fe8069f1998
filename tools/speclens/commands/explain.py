"""The command `speclens explain`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from speclens.commands.options import configured, format_option
from speclens.commands.telling import echo, reported, say
from speclens.config import Config
from speclens.project import Project, opened
from speclens.provenance import origin_of, places_of, template_path
from speclens.tree import OutputFile

_DIGITS = 9
"""The most digits of a line number. No file has more lines, and int() refuses thousands of digits."""


@click.command("explain", short_help="Name what made a line of a package.")
@click.argument("place", metavar="FILE:LINE")
@format_option("text", "json")
@reported
@configured("document", "meaning", "package", near="place")
def explain_command(config: Config, place: str, style: str) -> None:
    """Name the place of the document and the line of a template that made a line of the package.

    The command reads the settings of the project that the file belongs to, whatever the current directory is.

    \b
    Example:
      speclens explain generated/petstore/models.py:42
    """
    name, _, number = place.rpartition(":")
    if not name or not number.isdecimal() or number == "0" or len(number) > _DIGITS:
        raise click.UsageError("Write FILE:LINE, such as models.py:42.")
    project = opened(config)
    file = _own_file(project, Path(name))
    line = int(number)
    if line > file.text.count("\n"):
        raise click.UsageError(f"{name} has {file.text.count(chr(10))} lines.")
    told = _explained(project, file, name, line)
    if style == "json":
        echo(f"{json.dumps(told, indent=2)}\n")
        return
    say(f"{name}:{line}")
    for at in (told["document"], *told["overlays"]):
        say(f"  {at['file']}:{at['line']}:{at['column']}  {at['pointer']}")
    say(f"  {told['template']['file']}:{told['template']['line']}")


def _own_file(project: Project, path: Path) -> OutputFile:
    named = os.path.realpath(path)  # `Path.resolve` raises RuntimeError for a loop of links
    output = project.config.root
    for file in project.tree.files:
        if os.path.realpath(output / file.path) == named or file.path == path.as_posix():
            if path.is_file() and path.read_bytes() != file.text.encode():
                say(
                    f"warning: {path} differs from what speclens generates now; see `speclens check`",
                    err=True,
                )
            return file
    raise click.UsageError(f"{path} is not a file that speclens generates into {output}.")


def _explained(project: Project, file: OutputFile, name: str, line: int) -> dict[str, Any]:
    origin = origin_of(project, file.path, line)
    places = [
        {"file": at.file, "pointer": at.pointer, "line": at.line, "column": at.column}
        for at in places_of(project.source, origin.pointer)
    ]
    return {
        "file": name,
        "line": line,
        "document": places[0],
        "overlays": places[1:],
        "template": {"file": template_path(project.config, origin.template), "line": origin.line},
    }
