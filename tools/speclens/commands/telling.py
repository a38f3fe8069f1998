"""How commands print results, problems and warnings."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

import click

from speclens import reporting
from speclens.commands.status import end_status, start_status
from speclens.config import Config, settings
from speclens.problems import Problem, Refused, closest

QUIET, USUAL, VERBOSE = -1, 0, 1
_LEVEL = "speclens.level"
_FAIL_ON = "speclens.fail-on"
_GATHERED = "speclens.gathered"
"""The name of the present one of several packages, and what is reported of all in the end: problems, and data by package."""
_COLOURS = {"error": "red", "warning": "yellow"}


class Commands(click.Group):
    """The group of all commands. It handles standard output that nobody reads, tells what a mistyped or renamed name should
    be, and escapes characters in error messages that a terminal would obey, since arguments may be names of files."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the command. Raises click.UsageError."""
        ctx.color = _wants_colour()
        with _wrong_use_in_one_line():
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that an argument names. Raises click.UsageError, with the closest name."""
        name = args[0]
        if not ctx.resilient_parsing and name[:1] != "-" and name not in self.commands:
            close = closest(name, self.commands) or _meant(name)
            hint = f" Did you mean '{close}'?" if close else ""
            raise click.UsageError(f"No such command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. If nobody reads standard output (`| head`), exit with 2; click itself would exit with 1."""
        try:
            with _wrong_use_in_one_line():
                return super().invoke(ctx)
        except BrokenPipeError:
            sys.exit(2)


def _meant(name: str) -> str:
    """The command line for a document in place of a command; "" for anything else."""
    is_document = settings.is_address(name) or name.lower().endswith((".yaml", ".yml", ".json"))
    return f"generate {name}" if is_document else ""


def _wants_colour() -> bool | None:
    """Whether to print colours: None if that depends on whether the output is a terminal (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


@contextmanager
def _wrong_use_in_one_line() -> Iterator[None]:
    try:
        yield
    except click.MissingParameter:  # its message has several lines, and no text from the user
        raise
    except click.UsageError as error:
        raise click.UsageError(reporting.safe(_wrong_use(error)), error.ctx) from None


def _wrong_use(error: click.UsageError) -> str:
    if not isinstance(error, click.NoSuchOption):
        return error.format_message()
    if new := settings.RENAMED_OPTIONS.get(error.option_name):
        return f"{error.option_name} is now {new}."
    close = closest(error.option_name, error.possibilities or ())
    return f"{error.message} Did you mean '{close}'?" if close else error.message


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that prints the problems of a `Refused` in its format, and then exits with 1, or with 2 for wrong use."""

    @wraps(command)
    def run(style: str, **rest: Any) -> Any:
        try:
            return command(style=style, **rest)
        except Refused as refused:
            print_problems(refused.problems, style)
            sys.exit(2 if all(map(_is_unusable, refused.problems)) else 1)

    return run


def each(
    configs: Sequence[Config], run: Callable[[Config], object], style: str, has_data: bool = False
) -> int:
    """Run something for each of some packages, and tell which one. If it fails for one, go on with the next. What it reports
    for machines is one report in the end: all problems, or with `has_data` an object by package. Returns the highest exit
    code. Raises Refused if there is one package alone."""
    if len(configs) == 1:
        return _code_of(run, configs[0])
    codes, problems, data = list[int](), list[Problem](), dict[str, Any]()
    meta = click.get_current_context().meta
    for config in configs:
        if style == "text" and level() != QUIET:
            say(f"{config.package}:")
        meta[_GATHERED] = (config.package, problems, data)
        try:
            codes.append(_code_of(run, config))
        except Refused as refused:
            codes.append(2 if all(map(_is_unusable, refused.problems)) else 1)
            if has_data and style == "json":
                tell_data(json.loads(reporting.render(refused.problems, "json")))
            else:
                print_problems(refused.problems, style)
    del meta[_GATHERED]
    if has_data and style == "json":
        tell_data(data)
    elif style != "text":
        print_problems(problems, style)
    return max(codes)


def _code_of(run: Callable[[Config], object], config: Config) -> int:
    try:
        run(config)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _is_unusable(problem: Problem) -> bool:
    """Whether a problem is about the call of the command, not about the document."""
    return problem.rule == "source/unreadable" or problem.rule.startswith("config/")


# What the options of a run say about its reports


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--quiet`, `--verbose` and `--fail-on`, which concern the reports of a command."""

    def noted(key: str, value: Any) -> Callable[[click.Context, click.Parameter, Any], None]:
        def note(ctx: click.Context, _: click.Parameter, given: Any) -> None:
            if given:
                ctx.meta[key] = given if value is None else value

        return note

    for option in (
        click.option(
            "--fail-on",
            type=click.Choice(["error", "warning"]),
            default="error",
            show_default=True,
            expose_value=False,
            callback=noted(_FAIL_ON, None),
            help="Whether the command fails for errors alone, or for warnings too.",
        ),
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=noted(_LEVEL, VERBOSE),
            help="Print more: each warning and each file.",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=noted(_LEVEL, QUIET),
            help="Print errors and results only.",
        ),
    ):
        command = option(command)
    return command


def level() -> int:
    """How much this run prints: QUIET, USUAL or VERBOSE."""
    context = click.get_current_context(silent=True)
    return context.meta.get(_LEVEL, USUAL) if context else USUAL


def failing(problems: Iterable[Problem]) -> bool:
    """Whether problems let the command fail, as `--fail-on` says."""
    severities = {problem.severity for problem in problems}
    is_strict = click.get_current_context().meta.get(_FAIL_ON) == "warning"
    return "error" in severities or (is_strict and "warning" in severities)


def accepted(warnings: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The warnings of a document, unless the command fails for them. Raises Refused then."""
    if failing(warnings):
        raise Refused(warnings)
    return warnings


# Printing


def echo(text: str | bytes, err: bool = False) -> None:
    """Print a text as it is, on standard output or standard error."""
    end_status()
    click.echo(text, nl=False, err=err)


def say(*lines: str, err: bool = False) -> None:
    """Print lines for people, on standard output or standard error, and escape characters that a terminal would obey."""
    echo("".join(f"{reporting.safe(line)}\n" for line in lines), err)


def print_problems(problems: Iterable[Problem], style: str) -> None:
    """Report problems on standard output."""
    found = tuple(problems)
    context = click.get_current_context(silent=True)
    if style == "text":
        echo("".join(f"{_coloured(problem)}\n" for problem in found))
    elif context and _GATHERED in context.meta:
        context.meta[_GATHERED][1].extend(found)
    else:
        echo(reporting.render(found, cast(reporting.Format, style)))


def tell_data(data: Any) -> None:
    """Report data as JSON; those of one of several packages in the end."""
    meta = click.get_current_context().meta
    if _GATHERED in meta:
        name, _, told = meta[_GATHERED]
        told[name] = data
    else:
        echo(f"{reporting.safe_json(data)}\n")


def _coloured(problem: Problem) -> str:
    place, rule, message = reporting.line_parts(problem)
    return f"{click.style(place, bold=True)}: {click.style(rule, fg=_COLOURS[problem.severity])}: {message}"


def progress(message: str) -> None:
    """Name what the run does now, for a terminal."""
    if level() != QUIET:
        start_status(reporting.safe(message))


def warn(warnings: Sequence[Problem]) -> None:
    """Report warnings on standard error."""
    if level() != QUIET:
        echo("".join(f"{_warning(one)}\n" for one in warnings), err=True)


def warn_in_short(warnings: Sequence[Problem], see: str) -> None:
    """Report the first warning of each rule on standard error, with the number of the others, and name the command that
    reports all."""
    counts = Counter(problem.rule for problem in warnings)
    if level() != USUAL or len(counts) == len(warnings):
        warn(warnings)
        return
    first = {problem.rule: problem for problem in reversed(warnings)}
    lines = [
        f"{_warning(first[rule])}{f' … and {count - 1:,} more' if count > 1 else ''}"
        for rule, count in counts.items()
    ]
    echo("".join(f"{line}\n" for line in lines), err=True)
    say(f"{len(warnings):,} warnings; to see all: {see}", err=True)


def _warning(problem: Problem) -> str:
    return f"{click.style('warning', fg='yellow')}: {_coloured(problem)}"
