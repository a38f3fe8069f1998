"""The command `speclens validate`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from speclens import judging
from speclens.commands.options import configured, format_option
from speclens.commands.telling import print_problems, reported
from speclens.config import Config
from speclens.lower.rules import warn_of_age
from speclens.project import opened
from speclens.source import locate


@click.command("validate")
@format_option("text", "json", "github", "sarif")
@reported
@configured("document", has_argument=True)
def validate_command(config: Config, style: str) -> None:
    """Check a document against the official OpenAPI schema, and check its references, examples and x-compat.

    The command warns about older fields whose sunset was before today (UTC).

    \b
    Example:
      speclens validate openapi.yaml --format github
    """
    source = opened(config).source
    problems = judging.judge(source)
    if not any(problem.severity == "error" for problem in problems):
        problems += locate(source, warn_of_age(source.value, f"{datetime.now(UTC):%Y-%m-%d}"))
    print_problems(problems, style)
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)
