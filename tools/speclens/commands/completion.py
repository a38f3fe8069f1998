"""The command `speclens completion`. click makes the script and answers what the shell asks."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion", short_help="Print a script for completion in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print a script with which a shell completes commands, options and names of files.

    \b
    Example:
      eval "$(speclens completion bash)"                                        # in ~/.bashrc
      eval "$(speclens completion zsh)"                                         # in ~/.zshrc
      speclens completion fish > ~/.config/fish/completions/speclens.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click does not know {shell}.")
    script = kind(context.find_root().command, {}, "speclens", "_SPECLENS_COMPLETE").source()
    click.echo(script)
