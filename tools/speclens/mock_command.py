"""The command `speclens mock`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from speclens import pipeline
from speclens.options import Reading, config_of, format_option, reading_options
from speclens.telling import reported, say, warn


@click.command("mock")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    help="The OpenAPI document; that of pyproject.toml if not given.",
)
@reading_options
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 is one that is free."
)
@click.option("--api-key", default="mock", show_default=True, help="The key that callers send.")
@format_option("text", "json", "github", "sarif")
@reported
def mock_command(
    spec: Path | None, reading: Reading, host: str, port: int, api_key: str, style: str
) -> None:
    """Run the generated server with answers made up, real pictures among them. Writes nothing.

    The first line on standard output is the URL; each request is told on standard error.

    \b
    Example:
      speclens mock --spec openapi.yaml --port 8000
    """
    from speclens import mock  # what it needs takes long to load

    del style
    config = config_of("mock", spec, reading)
    source = pipeline.source_of(config)
    built, warnings = pipeline.build(source, config)
    warn(warnings)
    try:
        mock.serve(
            source,
            config,
            built,
            (host, port),
            api_key,
            lambda line, is_url: say(line, err=not is_url),
        )
    except mock.Unavailable as error:
        say(f"error: {error}", err=True)
        sys.exit(2)
