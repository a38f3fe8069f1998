"""The command `speclens generate`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from speclens import show, tree
from speclens.commands.options import configured, format_option
from speclens.commands.telling import (
    QUIET,
    VERBOSE,
    accepted,
    each,
    level,
    print_problems,
    progress,
    report_options,
    reported,
    say,
    warn_in_short,
)
from speclens.config import Config
from speclens.config.settings import is_address
from speclens.output import plan
from speclens.problems import Problem, Refused
from speclens.project import Project, opened
from speclens.source.watching import watch


@click.command("generate", short_help="Generate a package from a document.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would be written; write nothing.")
@click.option(
    "--watch",
    "is_watching",
    is_flag=True,
    help="Generate again whenever a file changes that was read, until Ctrl-C.",
)
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", "meaning", "package", again=True)
def generate_command(
    configure: Callable[[], tuple[Config, ...]], is_dry: bool, is_watching: bool, style: str
) -> None:
    """Generate a package from a document. Writes the whole package or nothing. Of several packages, the command writes those
    that it can.

    \b
    Example:
      speclens generate openapi.yaml
      speclens generate https://example.com/openapi.json --output petstore
    """
    configs = configure()
    if not is_watching:
        sys.exit(each(configs, lambda config: _generate(_read(config), is_dry, style), style))
    if not all(isinstance(config.spec, Path) for config in configs):
        raise click.UsageError("--watch needs a document that is a file.")
    watch(
        lambda: _watched(configure, is_dry, style),
        lambda name: say(f"{name} changed", err=True),
    )


def _read(config: Config) -> Project:
    progress(f"reading {config.spec}")
    return opened(config)


def _watched(
    configure: Callable[[], tuple[Config, ...]], is_dry: bool, style: str
) -> frozenset[Path]:
    """One run of many: it prints the problems of a `Refused`. Returns what it read: files, and directories of templates."""
    named: list[Path | str | None] = []

    def run(config: Config) -> None:
        named.extend((config.file, config.spec, *config.overlays, config.templates))
        try:
            project = _read(config)
            named.extend(one.name for one in project.source.parts)
            named.extend(one.partition("#")[0] for one in project.source.unreachable)
            _generate(project, is_dry, style)
        except Refused as refused:
            named.extend(problem.file for problem in refused.problems)
            raise

    try:
        each(configure(), run, style)
    except Refused as refused:
        named += [problem.file for problem in refused.problems]
        print_problems(refused.problems, style)
    return frozenset(Path(one) for one in named if one and not is_address(str(one)))


def _generate(project: Project, is_dry: bool, style: str) -> None:
    """One run. Raises Refused."""
    config = project.config
    _check_default(config)
    progress(f"generating {config.package}")
    warnings = accepted(project.reading.warnings)
    changed = (tree.to_write if is_dry else tree.write)(config.root, project.tree)
    if style != "text":
        print_problems(warnings, style)
        return
    warn_in_short(warnings, config.see_all)
    if level() != QUIET:
        _tell(project, changed, is_dry)


def _check_default(config: Config) -> None:
    """Raises Refused if the directory that is the output by default holds something else: nobody named it."""
    directory = config.root / config.place if config.layout == "package" else config.root
    is_chosen = config.output is not None or not directory.is_dir()
    if is_chosen or not any(directory.iterdir()):
        return
    document = tree.recorded_settings(config.root, config.lock).get("spec", "")
    if document == config.shown["spec"] or (not document and (config.root / config.lock).exists()):
        return
    made = (
        f"holds the package of {document}" if document else "exists, and speclens did not make it"
    )
    message = f"{directory} {made}"
    hint = "name a directory for the package with --output DIRECTORY"
    raise Refused([Problem("config/output", "error", "#", str(directory), 1, 1, message, hint)])


def _tell(project: Project, changed: tuple[str, ...], is_dry: bool) -> None:
    output = project.config.root
    wanted = {project.tree.lock, *(file.path for file in project.tree.files)}
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
    say(f"{said} to {project.config.directory}" if is_new else said)
    if is_new and not is_dry and project.config.layout == "distribution":
        say("next:", *(f"  {line}" for line in _next_lines(project)))


def _next_lines(project: Project) -> Iterator[str]:
    """The command that installs the package and makes a first call, if one needs nothing from the user; else the command
    that installs it, and where to read on if it has a client."""
    document, config = project.reading.document, project.config
    output = config.directory
    here = output if output.is_absolute() or str(output)[:1] == "." else f"./{output}"
    install = f"pip install {shlex.quote(str(here))}"
    package = plan.package(document, config)
    if call := show.first_call(document, package):
        code = f"from {package.name} import {package.client}; print({call})"
        yield f'{install} && python -c "{code}"'
        return
    yield install
    if package.is_called:
        yield f"{output / 'README.md'} shows the first call"
