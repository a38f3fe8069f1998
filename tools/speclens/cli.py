"""The command line: each command reads options, calls the toolkit once, and prints a report.

Exit codes: 0 fine, 1 findings, 2 usage or unreadable input. `ending` handles a run that cannot finish.
"""

from __future__ import annotations

import atexit
import gc

import click

from speclens import __version__
from speclens.commands.check import check_command
from speclens.commands.completion import completion_command
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

_SHORT = """\
Generate a Python package from an OpenAPI document: models, a client, a server, and a check that they agree.

  speclens generate openapi.yaml    write a package; the document may also be an address, or - (standard input)
  speclens validate openapi.yaml    report all problems of the document
  speclens show openapi.yaml        list the methods and models that the package has
  speclens init                     begin a project with a small document

Other commands and options: speclens --help
"""


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="speclens")
@click.pass_context
def main(context: click.Context) -> None:
    """Generate a Python package from an OpenAPI document, and check that the two still agree.

    A command takes the document as its argument: a file, an address (http:// or https://), or - for standard input.
    Without one, it reads [tool.speclens] of the nearest pyproject.toml.

    \b
    Example:
      speclens generate openapi.yaml
      speclens check openapi.yaml
    """
    # Else Python searches all remaining objects for cycles before it exits.
    atexit.register(gc.freeze)
    if context.invoked_subcommand is None:
        click.echo(_SHORT, nl=False)


main.add_command(check_command)
main.add_command(completion_command)
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
