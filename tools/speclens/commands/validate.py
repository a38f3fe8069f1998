"""The command `speclens validate`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from speclens import judging
from speclens.commands.options import configured, format_option
from speclens.commands.telling import failing, print_problems, progress, report_options, reported
from speclens.config import Config
from speclens.lower.rules import warn_of_age
from speclens.project import opened
from speclens.source import locate


@click.command("validate")
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document")
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
    sys.exit(1 if failing(problems) else 0)
