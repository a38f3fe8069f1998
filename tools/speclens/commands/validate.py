"""The command `speclens validate`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from speclens import judging
from speclens.commands.options import configured, format_option
from speclens.commands.telling import (
    QUIET,
    failing,
    level,
    print_problems,
    progress,
    report_options,
    reported,
    say,
)
from speclens.config import Config
from speclens.lower.rules import warn_of_age
from speclens.problems import Problem
from speclens.project import opened
from speclens.source import locate


@click.command("validate", short_help="Report all problems of a document.")
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", several="problems")
def validate_command(config: Config, style: str) -> None:
    """Check a document against the official OpenAPI schema, and check its references, examples and x-compat.

    The command warns about older fields whose sunset was before today (UTC).

    \b
    Example:
      speclens validate openapi.yaml --format github
    """
    progress(f"reading {config.spec}")
    source = opened(config).source
    progress(f"checking {config.spec}")
    problems = judging.judge(source)
    if not any(problem.severity == "error" for problem in problems):
        problems += locate(source, warn_of_age(source.value, f"{datetime.now(UTC):%Y-%m-%d}"))
    print_problems(problems, style)
    if style == "text" and level() != QUIET:
        say(_summary(problems, f"{config.spec}"), err=True)
    sys.exit(1 if failing(problems) else 0)


def _summary(problems: Sequence[Problem], name: str) -> str:
    counts = Counter(problem.severity for problem in problems)
    told = [
        f"{count:,} {severity}{'s' if count > 1 else ''}"
        for severity in ("error", "warning")
        if (count := counts[severity])
    ]
    return f"{name}: {', '.join(told) or 'no problems'}"
