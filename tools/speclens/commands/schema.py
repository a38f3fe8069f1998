"""The command `speclens schema`.

The schema for editors is a file, and is not made from the code, because its descriptions are its purpose; tests compare its
keywords with those of the code. It refers to the official schemas by the version of the document, because an editor takes one
schema for a file.
"""

from __future__ import annotations

import click

from speclens import reporting, settings
from speclens.output import render

OPENAPI = "init/openapi.schema.json"
"""The template directory's path of the JSON Schema of OpenAPI and x-compat."""


@click.command("schema")
@click.argument("what", type=click.Choice(["openapi", "config"]), default="openapi")
def schema_command(what: str) -> None:
    """Print a JSON Schema for editors: of OpenAPI with x-compat, or of [tool.speclens] (config).

    \b
    Example:
      speclens schema > openapi.schema.json
    and as the first line of openapi.yaml:
      # yaml-language-server: $schema=openapi.schema.json
    """
    click.echo(
        openapi() if what == "openapi" else f"{reporting.safe_json(settings.settings_schema())}\n",
        nl=False,
    )


def openapi() -> str:
    """The JSON Schema of OpenAPI and x-compat."""
    return render.find_template(OPENAPI, (render.BUILT_IN,)).read_text("utf-8")
