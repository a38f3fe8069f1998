"""The command `speclens mock`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from speclens.commands.options import configured, format_option
from speclens.commands.telling import accepted, report_options, reported, say, warn_in_short
from speclens.config import Config
from speclens.project import opened


@click.command("mock", short_help="Run the generated server with invented responses.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 chooses a free one."
)
@click.option("--api-key", default="mock", show_default=True, help="The key that callers send.")
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", "meaning")
def mock_command(config: Config, host: str, port: int, api_key: str, style: str) -> None:
    """Run the generated server with invented responses, which may hold real pictures. Writes nothing.

    The command prints the URL as the first line on standard output, and each request as a line on standard error.

    \b
    Example:
      speclens mock openapi.yaml --port 8000
    """
    from speclens import mock  # its libraries take long to load

    del style
    project = opened(replace(config, targets=("client", "server")))  # whatever a package has of it
    warn_in_short(accepted(project.reading.warnings), config.see_all)
    try:
        mock.serve(project, (host, port), api_key, lambda line, is_url: say(line, err=not is_url))
    except mock.Unavailable as error:
        say(f"error: {error}", err=True)
        sys.exit(2)
