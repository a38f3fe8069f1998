"""How commands tell what they found, and what they are refused for."""

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
    """Commands whose output may find no reader, which is no finding, and whose arguments may be names of files that a
    terminal would obey."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the command. Raises click.UsageError."""
        with _wrong_use_in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run one of them. `| head` ends it with 2, where click itself would end it with 1."""
        try:
            with _wrong_use_in_one_line():
                return super().invoke(ctx)
        except BrokenPipeError:
            sys.exit(2)


@contextmanager
def _wrong_use_in_one_line() -> Iterator[None]:
    try:
        yield
    except click.MissingParameter:  # several lines, and nothing of the user's
        raise
    except click.UsageError as error:
        raise click.UsageError(reporting.safe(error.format_message()), error.ctx) from None


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """Problems that a command is refused with are printed in its format; then it exits with 1, or 2 for wrong use."""

    @wraps(command)
    def run(style: str, **rest: Any) -> Any:
        try:
            return command(style=style, **rest)
        except Refused as refused:
            print_problems(refused.problems, style)
            sys.exit(2 if all(map(_is_unusable, refused.problems)) else 1)

    return run


def _is_unusable(problem: Problem) -> bool:
    """Whether a problem is one of how the command was called, not of what it looked at."""
    return problem.rule == "source/unreadable" or problem.rule.startswith("config/")


def say(*lines: str, err: bool = False) -> None:
    """Print lines for people, on standard output or on standard error. What a terminal would obey in them is escaped."""
    click.echo("".join(f"{reporting.safe(line)}\n" for line in lines), nl=False, err=err)


def print_problems(problems: Iterable[Problem], style: str) -> None:
    """Report problems on standard output."""
    click.echo(reporting.render(tuple(problems), cast(reporting.Format, style)), nl=False)


def progress(message: str) -> None:
    """Say on a terminal what takes a while."""
    if sys.stderr.isatty():
        say(f"{message} …", err=True)


def warn(warnings: tuple[Problem, ...]) -> None:
    """Report warnings on standard error."""
    for line in reporting.render(warnings, "text").splitlines():
        say(f"warning: {line}", err=True)
