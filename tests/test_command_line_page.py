"""docs/command-line.md says what the commands say of themselves."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path

import click

from speclens.cli import main
from speclens.config import settings

PAGE = Path(__file__).parents[1] / "docs" / "command-line.md"
MARK = re.compile(r"(?<=^<!-- The rest of this page is generated)(.*\n\n)", re.MULTILINE)
OPTIONS = {setting.option for setting in settings.SETTINGS}
COMMON = {"--config", "--only", "--quiet", "--verbose", "--fail-on", "--format"}
"""Options that many commands share; the page describes them once."""


def test_the_page_is_what_the_commands_say() -> None:
    """`UPDATE=1` writes it."""
    head, mark, rest = MARK.split(PAGE.read_text("utf-8"))
    if os.environ.get("UPDATE"):
        PAGE.write_text(head + mark + markdown(), "utf-8")
    assert rest == markdown()


def markdown() -> str:
    """All commands, as a part of a page."""
    commands = (line for name in sorted(main.commands) for line in _command(name))
    return "\n".join((*_common(), *commands))


def _common() -> Iterator[str]:
    """The options of `check`, which has all common ones."""
    command = main.commands["check"]
    context = click.Context(command)
    yield "## Options of many commands\n\n| option | what it says | default |\n|---|---|---|"
    options = [one for one in command.params if isinstance(one, click.Option)]
    found = [one for one in options if COMMON & set(one.opts)]
    assert len(found) == len(COMMON)
    yield from map(_row, found, [context] * len(found))
    yield ""


def _command(name: str) -> Iterator[str]:
    command = main.commands[name]
    context = click.Context(command, info_name=f"speclens {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"## speclens {name}\n\n```\nspeclens {name} {usage}\n```\n"
    yield from _help(inspect.cleandoc(command.help or ""))
    options = [one for one in command.params if isinstance(one, click.Option)]
    common = [one for one in options if COMMON & set(one.opts)]
    rest = [one for one in options if one not in common]
    own = [one for one in rest if not OPTIONS & set(one.opts) or name == "init"]
    if own:
        yield "| option | what it says | default |\n|---|---|---|"
        yield from map(_row, own, [context] * len(own))
        yield ""
    if common:
        yield f"Also, as [above](#options-of-many-commands): {', '.join(map(_spelled, common))}.\n"
    if shared := [_spelled(one) for one in rest if one not in own]:
        yield f"Settings, see [Configuration](configuration.md): {', '.join(shared)}.\n"


def _help(text: str) -> Iterator[str]:
    """The paragraphs of a help; one that click leaves as it is becomes code."""
    for paragraph in text.split("\n\n"):
        if not paragraph.startswith("\b\n"):
            yield f"{paragraph}\n"
            continue
        _, title, *lines = paragraph.split("\n")
        yield f"{title}\n\n```\n{inspect.cleandoc(chr(10).join(lines))}\n```\n"


def _spelled(option: click.Option) -> str:
    return f"`{'`, `'.join(_names(option))}`"


def _names(option: click.Option) -> list[str]:
    return [*option.opts, *option.secondary_opts]


def _row(option: click.Option, context: click.Context) -> str:
    kind = option.make_metavar(context) if not option.is_flag else ""
    name = f"{', '.join(_names(option))} {kind}".strip().replace("|", "\\|")
    usual = option.default if isinstance(option.default, str | int) else ""
    default = "required" if option.required else f"`{usual}`" if usual != "" else ""
    return f"| `{name}` | {option.help} | {default} |"
