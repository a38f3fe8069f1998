"""The command `speclens explain`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from speclens import pipeline, tree
from speclens.config import Config
from speclens.options import format_option, target_options
from speclens.source import Source
from speclens.telling import reported, say

_DIGITS = 9
"""Longest number of a line: no file has more lines, and int() takes no number of thousands of digits."""


@click.command("explain")
@click.argument("place", metavar="FILE:LINE")
@format_option("text", "json")
@reported
@target_options
def explain_command(config: Config, place: str, style: str) -> None:
    """Tell which place of the document and which line of a template made a line of the package.

    \b
    Example:
      speclens explain generated/petstore/models.py:42
    """
    name, _, number = place.rpartition(":")
    if not name or not number.isdecimal() or number == "0" or len(number) > _DIGITS:
        raise click.UsageError("Write FILE:LINE, such as models.py:42.")
    source = pipeline.source_of(config)
    built, _ = pipeline.build(source, config)
    file = _own_file(built, config, Path(name))
    line = int(number)
    if line > file.text.count("\n"):
        raise click.UsageError(f"{name} has {file.text.count(chr(10))} lines.")
    told = _explained(source, config, file, name, line)
    if style == "json":
        click.echo(json.dumps(told, indent=2))
        return
    say(f"{name}:{line}")
    for at in (told["document"], *told["overlays"]):
        say(f"  {at['file']}:{at['line']}:{at['column']}  {at['pointer']}")
    say(f"  {told['template']['file']}:{told['template']['line']}")


def _own_file(built: tree.Tree, config: Config, path: Path) -> tree.OutputFile:
    named = os.path.realpath(path)  # `Path.resolve` raises RuntimeError for a loop of links
    for file in built.files:
        if os.path.realpath(config.output / file.path) == named or file.path == path.as_posix():
            if path.is_file() and path.read_bytes() != file.text.encode():
                say(
                    f"warning: {path} is not what generating gives now; see `speclens check`",
                    err=True,
                )
            return file
    raise click.UsageError(f"{path} is no file that is generated into {config.output}.")


def _explained(
    source: Source, config: Config, file: tree.OutputFile, name: str, line: int
) -> dict[str, Any]:
    origin = pipeline.origin(source, config, file.path, file.text, line)
    places = [
        {"file": at.file, "pointer": at.pointer, "line": at.line, "column": at.column}
        for at in pipeline.places(source, origin.pointer)
    ]
    return {
        "file": name,
        "line": line,
        "document": places[0],
        "overlays": places[1:],
        "template": {"file": pipeline.template_path(config, origin.template), "line": origin.line},
    }
