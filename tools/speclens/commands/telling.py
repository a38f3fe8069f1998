"""How commands print results, problems and warnings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

import click

from speclens import reporting
from speclens.problems import Problem, Refused


class Commands(click.Group):
    """The group of all commands. It handles standard output that nobody reads, and escapes characters in error messages
    that a terminal would obey, since arguments may be names of files."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the command. Raises click.UsageError."""
        with _wrong_use_in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. If nobody reads standard output (`| head`), exit with 2; click itself would exit with 1."""
        try:
            with _wrong_use_in_one_line():
                return super().invoke(ctx)
        except BrokenPipeError:
            sys.exit(2)


@contextmanager
def _wrong_use_in_one_line() -> Iterator[None]:
    try:
        yield
    except click.MissingParameter:  # its message has several lines, and no text from the user
        raise
    except click.UsageError as error:
        raise click.UsageError(reporting.safe(error.format_message()), error.ctx) from None


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


def _is_unusable(problem: Problem) -> bool:
    """Whether a problem is about the call of the command, not about the document."""
    return problem.rule == "source/unreadable" or problem.rule.startswith("config/")


def say(*lines: str, err: bool = False) -> None:
    """Print lines for people, on standard output or standard error, and escape characters that a terminal would obey."""
    click.echo("".join(f"{reporting.safe(line)}\n" for line in lines), nl=False, err=err)


def print_problems(problems: Iterable[Problem], style: str) -> None:
    """Report problems on standard output."""
    click.echo(reporting.render(tuple(problems), cast(reporting.Format, style)), nl=False)


def progress(message: str) -> None:
    """Name a step that takes a while, if standard error is a terminal."""
    if sys.stderr.isatty():
        say(f"{message} …", err=True)


def warn(warnings: tuple[Problem, ...]) -> None:
    """Report warnings on standard error."""
    for line in reporting.render(warnings, "text").splitlines():
        say(f"warning: {line}", err=True)
