"""The command `speclens verify`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from speclens import ir, loading, pipeline
from speclens.config import Config
from speclens.lower import views
from speclens.options import config_of, format_option, overlay_option, print_problems, reported
from speclens.problems import Finding
from speclens.reporting import safe, safe_json
from speclens.source import Source, load, locate
from speclens.source.pointer import exists, tokens

if TYPE_CHECKING:
    from speclens.verify import Report

_PACKAGE = "_speclens_verify"
_LONGEST = 300


@click.command("verify")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    help="The OpenAPI document; that of pyproject.toml if not given.",
)
@overlay_option
@click.option("--schema", "schemas", multiple=True, help="A schema to verify; all if not given.")
@click.option(
    "--examples",
    type=click.IntRange(1, 1_000_000),
    default=200,
    show_default=True,
    help="How many payloads to try of each schema.",
)
@format_option("text", "json", "github", "sarif")
@reported
def verify_command(
    spec: Path | None,
    overlays: tuple[Path, ...],
    schemas: tuple[str, ...],
    examples: int,
    style: str,
) -> None:
    """Try the generated code on payloads made from the document, valid ones and near misses.

    Normalizers are held against the laws of x-compat, models against a JSON Schema validator. What breaks one is told
    with the smallest payload that does. The same document gives the same result; nothing is written.

    \b
    Example:
      speclens verify --spec openapi.yaml --schema Pet --examples 1000
    """
    config = config_of("verify", spec, overlays)
    source = load(config.spec, config.overlays)
    document, warnings = pipeline.read(source)
    names = _names(source, document)
    wanted = [pointer for name in schemas or ("",) for pointer in _called(names, name)]
    unenforced = {one.pointer for one in warnings if one.rule == "model/not-enforced"}
    from speclens import verify  # hypothesis and pydantic are half a second to import

    made = verify.generated(document, *_modules(config))
    reports = []
    chosen = {pointer: made[pointer] for pointer in wanted}
    for report in verify.verify(source.value, chosen, unenforced, examples):
        reports.append(report)
        if style == "text":
            click.echo(_line(report, names[report.pointer]))
    problems = locate(source, [finding for report in reports for finding in _findings(report)])
    if style == "json":
        told = [_told(report, names[report.pointer]) for report in reports]
        click.echo(safe_json({"examples": examples, "schemas": told}))
    else:
        click.echo(_summary(reports) if style == "text" else "", nl=False)
        print_problems(problems, style)
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


def _names(source: Source, document: ir.Document) -> dict[str, str]:
    """The classes of the schemas that are where they were written in both views of the document, by pointer."""
    both = views.wire(source.value), views.canonical(source.value)
    return {
        one.pointer: one.ident
        for one in document.schemas
        if all(
            v.origin(one.pointer) == one.pointer and exists(v.document, one.pointer) for v in both
        )
    }


def _called(names: Mapping[str, str], name: str) -> list[str]:
    """The schemas of a name, in the document or in the package; all for ""."""
    found = [place for place, ident in names.items() if name in ("", ident, tokens(place)[-1])]
    if not found and name:
        close = get_close_matches(name, [*names.values()], 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise click.UsageError(f"no schema {name!r}{hint}")
    return found


def _modules(config: Config) -> tuple[ModuleType, ModuleType | None]:
    """The models and the normalizers of the package that is generated."""
    built, _ = pipeline.build(config)
    inside = {file.path.removeprefix(f"{config.package}/"): file.text for file in built.files}
    texts = {name: text for name, text in inside.items() if name.endswith(".py")}
    modules = ["models", *(["normalizers"] if "normalizers.py" in texts else ())]
    models, *rest = loading.load_texts(texts, _PACKAGE, modules)
    return models, rest[0] if rest else None


# Telling


def _line(report: Report, name: str) -> str:
    seen = report.seen
    counts = [f"{seen['accepted']} accepted", f"{seen['refused']} refused"]
    counts += [f"{seen[kind]} {kind}" for kind in ("conflict", "not judged") if seen[kind]]
    shapes = len(report.shapes)
    if shapes:
        counts.append(f"{shapes - len(report.unseen)} of {shapes} shapes")
    return safe(f"{name}: {report.payloads} payloads: {', '.join(counts)}")


def _summary(reports: Sequence[Report]) -> str:
    """How many payloads each law was held against, over all schemas."""
    cases, broken = Counter[str](), Counter[str]()
    for verdict in [verdict for report in reports for verdict in report.verdicts]:
        cases[verdict.law] += verdict.cases
        broken[verdict.law] += bool(verdict.broken)
    width = max(map(len, cases), default=0)
    rows = [
        f"  {law:{width}}  {count:>7,} cases  {f'BROKEN ({broken[law]})' if broken[law] else 'holds' if count else 'not tried'}"
        for law, count in cases.items()
    ]
    return "\n".join(rows) + "\n"


def _findings(report: Report) -> Iterator[Finding]:
    for verdict in report.verdicts:
        if verdict.broken:
            payload = json.dumps(verdict.payload, ensure_ascii=False)
            hint = (
                f"smallest payload: {payload:.{_LONGEST}}{'…' if len(payload) > _LONGEST else ''}"
            )
            rule = f"verify/{verdict.law.replace(' ', '-')}"
            yield Finding(rule, report.pointer, verdict.broken, hint)
    for shape in report.unseen:
        message = f"none of {report.payloads} payloads had this shape and was accepted"
        hint = "raise --examples; if that does not help, nothing can be sent so"
        yield Finding("verify/unseen-shape", shape, message, hint, "warning")
    if not report.seen["accepted"]:
        message = f"none of {report.payloads} payloads was accepted"
        hint = "raise --examples; if that does not help, the schema may accept nothing"
        yield Finding("verify/nothing-accepted", report.pointer, message, hint, "warning")


def _told(report: Report, name: str) -> dict[str, Any]:
    seen = report.seen
    return {
        "schema": name,
        "pointer": report.pointer,
        "payloads": report.payloads,
        "accepted": seen["accepted"],
        "refused": seen["refused"],
        "conflicts": seen["conflict"],
        "not_judged": seen["not judged"],
        "shapes": {shape: seen[shape] for shape in report.shapes},
        "laws": [asdict(verdict) for verdict in report.verdicts],
    }
