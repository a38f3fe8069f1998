"""The command line: options in, one call of the toolkit, a report out.

Exit codes: 0 fine, 1 findings, 2 usage or unreadable input. `ending` says how a run ends that cannot finish.
"""

from __future__ import annotations

import atexit
import gc
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from speclens import __version__, folding, pipeline, reporting, tree
from speclens.config import Config
from speclens.explain_command import explain_command
from speclens.init_command import init_command, schema_command
from speclens.lower import parameters, views, warn_of_age
from speclens.mock_command import mock_command
from speclens.options import Reading, format_option, reading_options, source_of, target_options
from speclens.show_command import show_command
from speclens.source import locate
from speclens.telling import Commands, print_problems, reported, say, warn
from speclens.verify_command import verify_command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="speclens")
def main() -> None:
    """Generate a Python package from an OpenAPI document, and keep the two in step.

    Without --spec, commands read [tool.speclens] of the nearest pyproject.toml.

    \b
    Example:
      speclens generate --spec openapi.yaml --package petstore --output generated
      speclens check --spec openapi.yaml --package petstore --output generated
    """
    atexit.register(gc.freeze)  # else all that is left is searched for cycles before it is let go


main.add_command(explain_command)
main.add_command(init_command)
main.add_command(schema_command)
main.add_command(mock_command)
main.add_command(show_command)
main.add_command(verify_command)


@main.command()
@format_option("text", "json", "github", "sarif")
@reported
@target_options
def generate(config: Config, style: str) -> None:
    """Write the package, all of it or nothing.

    \b
    Example:
      speclens generate --spec openapi.yaml --package petstore --output generated
    """
    _progress(f"generating {config.package} from {config.spec}")
    built, warnings = pipeline.build(pipeline.source_of(config), config)
    changed = tree.write(config.output, built)
    warn(warnings)
    if style == "text":
        say(*(str(config.output / path) for path in changed))
        say(
            f"{len(changed)} of {len(built.files) + 1} files written"
            if changed
            else "nothing to do: all in sync"
        )
    else:
        print_problems(warnings, style)


def _progress(message: str) -> None:
    if sys.stderr.isatty():
        say(f"{message} …", err=True)


@main.command()
@format_option("text", "json", "github", "sarif")
@reported
@target_options
def check(config: Config, style: str) -> None:
    """Tell whether the package is what generating gives now, and if not, why. Writes nothing.

    \b
    Example:
      speclens check --format json
    """
    _progress(f"checking {config.output}")
    source = pipeline.source_of(config)
    built, _ = pipeline.build(source, config)
    found = tree.drift(config.output, built, pipeline.pointer_at(source, config, built))
    if style == "text":
        click.echo(tree.render_text(found), nl=False)
    elif style == "json":
        click.echo(json.dumps(tree.to_json(found), indent=2))
    else:
        print_problems(tree.problems(found, str(config.output)), style)
    sys.exit(0 if found.in_sync else 1)


@main.command()
@click.argument("document", type=click.Path(path_type=Path), required=False)
@reading_options
@format_option("text", "json", "github", "sarif")
@reported
def validate(document: Path | None, reading: Reading, style: str) -> None:
    """Check a document: against the official OpenAPI schema, its references and examples, and its x-compat.

    It warns of compatibility fields whose sunset was before today (UTC).

    \b
    Example:
      speclens validate openapi.yaml --format github
    """
    source = source_of(document, reading)
    problems = pipeline.judge(source)
    if not any(problem.severity == "error" for problem in problems):
        problems += locate(source, warn_of_age(source.value, f"{datetime.now(UTC):%Y-%m-%d}"))
    print_problems(problems, style)
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


@main.command()
@click.option("--spec", type=click.Path(path_type=Path), help="The OpenAPI document.")
@reading_options
@click.option("--schema", required=True, help="The schema the payload is one of.")
@format_option("text", "json")
@click.argument("payload", type=click.File("rb"), default="-")
@reported
def normalize(spec: Path | None, reading: Reading, schema: str, payload: Any, style: str) -> None:
    """Fold a payload (JSON; - is standard input) into canonical form and validate it.

    \b
    Example:
      echo '{"image": "https://example.com/cat.png"}' | speclens normalize --schema ImageEditRequest
    """
    source = source_of(spec, reading)
    document, _, source = pipeline.read(source)
    try:
        fold = folding.folder(source, document, schema)
        result = fold(folding.parse(payload.read().decode("utf-8-sig")))
    except folding.UnknownSchema as error:
        raise click.UsageError(str(error)) from None
    except (folding.NotJson, UnicodeDecodeError) as error:
        result = (folding.Fault("json", "", str(error)),)
    except RecursionError:
        result = (folding.Fault("json", "", "nested too deep"),)
    _tell(result, style)
    sys.exit(0 if isinstance(result, folding.Folded) else 1)


def _tell(result: folding.Folded | tuple[folding.Fault, ...], style: str) -> None:
    if style == "json":
        told = (
            asdict(result)
            if isinstance(result, folding.Folded)
            else {"errors": [asdict(one) for one in result]}
        )
        click.echo(json.dumps(told, indent=2))
    elif isinstance(result, folding.Folded):
        click.echo(reporting.safe_json(result.value))
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


@main.command()
@click.argument("document", type=click.Path(path_type=Path), required=False)
@reading_options
@click.option(
    "--view", type=click.Choice(["wire", "canonical"]), required=True, help="What to write."
)
@click.option(
    "--syntax",
    type=click.Choice(["yaml", "json"]),
    default=None,
    help="As the document, if not given.",
)
@format_option("text", "json", "github", "sarif")
@reported
def export(
    document: Path | None,
    reading: Reading,
    view: str,
    syntax: str | None,
    style: str,
) -> None:
    """Write a document without x-compat for other tools: what a server accepts (wire), or the canonical form.

    \b
    Example:
      speclens export openapi.yaml --view canonical > canonical.yaml
    """
    del style
    source = source_of(document, reading)
    source = pipeline.read(source).source
    result = (views.wire if view == "wire" else views.canonical)(source.value).document
    result = parameters.plain(result, is_canonical=view == "canonical")
    if (syntax or ("json" if source.name.endswith(".json") else "yaml")) == "json":
        text = reporting.safe_json(result) + "\n"
    else:
        text = yaml.dump(result, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    click.echo(text.encode(), nl=False)  # a document is UTF-8, whatever a terminal shows


class _Dumper(yaml.SafeDumper):
    """Without anchors: what is the same twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
