"""The command line: each command reads options, calls the toolkit once, and prints a report.

Exit codes: 0 fine, 1 findings, 2 usage or unreadable input. `ending` handles a run that cannot finish.
"""

from __future__ import annotations

import atexit
import gc

import click

from speclens import __version__
from speclens.commands.check import check_command
from speclens.commands.explain import explain_command
from speclens.commands.export import export_command
from speclens.commands.generate import generate_command
from speclens.commands.init import init_command
from speclens.commands.mock import mock_command
from speclens.commands.normalize import normalize_command
from speclens.commands.schema import schema_command
from speclens.commands.show import show_command
from speclens.commands.telling import Commands
from speclens.commands.validate import validate_command
from speclens.commands.verify import verify_command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="speclens")
def main() -> None:
    """Generate a Python package from an OpenAPI document, and check that the two still agree.

    Commands read [tool.speclens] of the nearest pyproject.toml, unless you give --spec.

    \b
    Example:
      speclens generate --spec openapi.yaml --package petstore --output generated
      speclens check --spec openapi.yaml --package petstore --output generated
    """
    # Else Python searches all remaining objects for cycles before it exits.
    atexit.register(gc.freeze)


main.add_command(check_command)
main.add_command(explain_command)
main.add_command(export_command)
main.add_command(generate_command)
main.add_command(init_command)
main.add_command(mock_command)
main.add_command(normalize_command)
main.add_command(schema_command)
main.add_command(show_command)
main.add_command(validate_command)
main.add_command(verify_command)
