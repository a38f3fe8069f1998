"""The command `speclens schema`.

The schema for editors is a file of its own, because its descriptions are its purpose; tests compare its keywords with those
of the code. It chooses the official schema by the version of the document, because an editor uses one schema for a file.
"""

from __future__ import annotations

import click

from speclens import reporting
from speclens.config import editors
from speclens.output import render

OPENAPI = "init/openapi.schema.json"
"""The path of the JSON Schema of OpenAPI with x-compat, in the directory of templates."""


@click.command("schema", short_help="Print a JSON Schema for editors.")
@click.argument("what", type=click.Choice(["openapi", "config"]), default="openapi")
def schema_command(what: str) -> None:
    """Print a JSON Schema for editors: for OpenAPI with x-compat (openapi), or for [tool.speclens] (config).

    \b
    Example:
      speclens schema > openapi.schema.json
    and the first line of openapi.yaml:
      # yaml-language-server: $schema=openapi.schema.json
    """
    click.echo(
        openapi() if what == "openapi" else f"{reporting.safe_json(editors.settings_schema())}\n",
        nl=False,
    )


def openapi() -> str:
    """The JSON Schema of OpenAPI with x-compat."""
    return render.find_template(OPENAPI, (render.BUILT_IN,)).read_text("utf-8")
