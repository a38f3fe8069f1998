"""The command `speclens export`."""

from __future__ import annotations

from typing import Any

import click
import yaml

from speclens import reporting
from speclens.commands.options import configured, format_option
from speclens.commands.telling import accepted, echo, report_options, reported
from speclens.config import Config
from speclens.lower.rewrites import parameters, views
from speclens.project import opened
from speclens.reading import modern
from speclens.source import json_text


@click.command("export", short_help="Write the document without x-compat, for other tools.")
@click.option(
    "--view", type=click.Choice(["wire", "canonical"]), required=True, help="The view to write."
)
@click.option(
    "--syntax",
    type=click.Choice(["yaml", "json"]),
    default=None,
    help="The syntax of the output; by default that of the document.",
)
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", "meaning")
def export_command(config: Config, view: str, syntax: str | None, style: str) -> None:
    """Write the document without x-compat, for other tools: everything that a server accepts (wire), or the canonical form.

    \b
    Example:
      speclens export openapi.yaml --view canonical > canonical.yaml
    """
    del style
    reading = opened(config).reading
    accepted(reading.warnings)
    source = reading.source
    form = modern.modern(source.value)
    result = (views.wire if view == "wire" else views.canonical)(form).document
    result = parameters.without_compat(result, is_canonical=view == "canonical")
    result = modern.worded_as(result, source.value)
    if (syntax or ("json" if json_text.is_json(source.text) else "yaml")) == "json":
        text = reporting.safe_json(result) + "\n"
    else:
        text = yaml.dump(result, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    echo(text.encode())  # documents are UTF-8, whatever the terminal's encoding is


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: it repeats equal parts."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
