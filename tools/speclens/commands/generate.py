"""The command `speclens generate`."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import click

from speclens import tree
from speclens.commands.options import configured, format_option
from speclens.commands.telling import (
    QUIET,
    VERBOSE,
    accepted,
    level,
    print_problems,
    progress,
    report_options,
    reported,
    say,
    warn_in_short,
)
from speclens.config import Config
from speclens.problems import Problem, Refused
from speclens.project import Project, opened
from speclens.tree.values import LOCK


@click.command("generate")
@click.option(
    "--dry-run", "is_dry", is_flag=True, help="Say what would be written, and write nothing."
)
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", "meaning", "package", again=True)
def generate_command(configure: Callable[[], Config], is_dry: bool, style: str) -> None:
    """Generate a package from a document. Writes the whole package or nothing.

    \b
    Example:
      speclens generate openapi.yaml
      speclens generate https://example.com/openapi.json --name petstore --output clients/petstore
    """
    _generate(configure(), is_dry, style)


def _generate(config: Config, is_dry: bool, style: str) -> Project:
    """One run. Raises Refused."""
    progress(f"reading {config.spec}")
    project = opened(config)
    output = project.config.directory
    _check_default(project.config)
    progress(f"generating {output}")
    warnings = accepted(project.reading.warnings)
    files = project.tree
    changed = (tree.to_write if is_dry else tree.write)(output, files)
    if style != "text":
        print_problems(warnings, style)
        return project
    warn_in_short(warnings, config.see)
    if level() != QUIET:
        _tell(project, changed, is_dry)
    return project


def _check_default(config: Config) -> None:
    """Raises Refused if the directory that is the output by default holds something else: nobody named it."""
    directory = config.directory
    if config.output is None and directory.is_dir():
        if any(directory.iterdir()) and not (directory / LOCK).exists():
            message = f"{directory} exists, and speclens did not make it"
            hint = "name a directory for the package with --output DIRECTORY"
            place = "#", str(directory), 1, 1
            raise Refused([Problem("config/output", "error", *place, message, hint)])


def _tell(project: Project, changed: tuple[str, ...], is_dry: bool) -> None:
    output = project.config.directory
    wanted = {LOCK, *(file.path for file in project.tree.files)}
    written = [path for path in changed if path in wanted]
    deleted = [path for path in changed if path not in wanted]
    if not changed:
        say("nothing to do: all in sync")
        return
    is_new = len(written) == len(wanted)
    if not is_new or is_dry or level() == VERBOSE:
        say(*(str(output / path) for path in written))
        say(*(f"{output / path} (deleted)" for path in deleted))
    would = "would be " if is_dry else ""
    counts = f"{len(written)} of {len(wanted)} files {would}written"
    said = f"{counts}, {len(deleted)} {would}deleted" if deleted else counts
    say(f"{said} to {output}" if is_new else said)
    if is_new and not is_dry:
        here = output if output.is_absolute() or str(output)[:1] == "." else f"./{output}"
        say("next:", f"  pip install {shlex.quote(str(here))}")
        say(f"  {output / 'README.md'} shows the first call")
