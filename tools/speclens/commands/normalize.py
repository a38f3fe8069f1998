"""The command `speclens normalize`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from speclens import folding, reporting
from speclens.commands.options import configured, format_option
from speclens.commands.telling import echo, reported, say
from speclens.config import Config
from speclens.project import opened


@click.command("normalize", short_help="Fold a payload into canonical form.")
@click.option("--schema", required=True, help="The schema of the payload.")
@click.option(
    "--payload",
    type=click.File("rb"),
    default="-",
    help="The file with the payload. By default, standard input.",
)
@format_option("text", "json")
@reported
@configured("document", "meaning")
def normalize_command(config: Config, schema: str, payload: Any, style: str) -> None:
    """Fold a payload (JSON) into canonical form and validate it.

    \b
    Example:
      echo '{"image": "https://example.com/cat.png"}' | speclens normalize --schema ImageEditRequest
      speclens normalize openapi.yaml --schema Pet --payload pet.json
    """
    if config.spec == "-" and payload is sys.stdin.buffer:
        raise click.UsageError("Standard input is the document, so give --payload FILE.")
    document, _, source = opened(config).reading
    try:
        fold = folding.folder(source, document, schema)
        result = fold(folding.parse_payload(payload.read().decode("utf-8-sig")))
    except folding.UnknownSchema as error:
        raise click.UsageError(str(error)) from None
    except (folding.NotJson, UnicodeDecodeError) as error:
        result = (folding.PayloadFault("json", "", str(error)),)
    except RecursionError:
        result = (folding.PayloadFault("json", "", "nested too deep"),)
    _tell(result, style)
    sys.exit(0 if isinstance(result, folding.Folded) else 1)


def _tell(result: folding.Folded | tuple[folding.PayloadFault, ...], style: str) -> None:
    if style == "json":
        told = (
            asdict(result)
            if isinstance(result, folding.Folded)
            else {"errors": [asdict(one) for one in result]}
        )
        echo(f"{json.dumps(told, indent=2)}\n")
    elif isinstance(result, folding.Folded):
        echo(f"{reporting.safe_json(result.value)}\n")
        for rewrite in result.rewrites:
            note = rewrite["deprecated"]["note"] if rewrite["deprecated"] else ""
            moved = f"{rewrite['source']} -> {rewrite['target']}  by {rewrite['rule']}"
            say(f"{moved}  {note}".rstrip(), err=True)
        for drop in result.drops:
            say(f"{drop['pointer']} dropped: {drop['reason']}", err=True)
        if more := result.more_rewrites + result.more_drops:
            say(f"and {more} more rewrites and drops", err=True)
    else:
        for fault in result:
            say(f"{fault.pointer or '(root)'}: {fault.rule}: {fault.message}", err=True)
