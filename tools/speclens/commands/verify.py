"""The command `speclens verify`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from speclens import loading
from speclens.commands.options import configured, format_option
from speclens.commands.telling import (
    accepted,
    echo,
    failing,
    print_problems,
    report_options,
    reported,
    say,
    tell_data,
)
from speclens.config import Config
from speclens.problems import Finding, closest
from speclens.project import Project, opened
from speclens.reading.modern import modern
from speclens.source import locate
from speclens.source.pointer import tokens

if TYPE_CHECKING:
    from speclens.verify import Generated, Report

_PACKAGE = "_speclens_verify"
_LONGEST = 300
_REPORT = "the generated code is at fault; please report it, with the document"


@click.command("verify", short_help="Test the generated code with made payloads.")
@click.option(
    "--schema", "schemas", multiple=True, help="A schema to verify. By default, all schemas."
)
@click.option(
    "--examples",
    type=click.IntRange(1, 1_000_000),
    default=500,
    show_default=True,
    help="The number of payloads to try for each schema.",
)
@format_option("text", "json", "github", "sarif")
@report_options
@reported
@configured("document", "meaning", several="data")
def verify_command(
    config: Config,
    schemas: tuple[str, ...],
    examples: int,
    style: str,
) -> None:
    """Test the generated code with payloads made from the document: valid and nearly valid ones.

    The command checks normalizers against the laws of x-compat, and models against a JSON Schema validator. For each
    fault it reports the smallest payload that shows it. The same document gives the same result. Writes nothing.

    \b
    Example:
      speclens verify openapi.yaml --schema Pet --examples 1000
    """
    project = opened(config)
    document, (_, warnings, source) = project.document, project.reading
    accepted(warnings)
    unenforced = {one.pointer for one in warnings if one.rule == "model/not-enforced"}
    from speclens import verify  # hypothesis and pydantic take half a second to import

    value = modern(source.value)
    modules = _modules(project)
    made = verify.generated(value, document, *modules)
    chosen = {place: made[place] for name in schemas or ("",) for place in _called(made, name)}
    names = [one.name for one in chosen.values()]
    reports = []
    judged = verify.formats_of(modules[0])
    for report in verify.verify(value, chosen, unenforced, examples, judged):
        reports.append(report)
        if style == "text":
            say(_line(report, names[len(reports) - 1]))
    problems = locate(source, [finding for report in reports for finding in _findings(report)])
    if style == "json":
        told = [_report_data(report, name) for report, name in zip(reports, names, strict=True)]
        tell_data({"examples": examples, "schemas": told})
    else:
        echo(_summary(reports) if style == "text" else "")
        print_problems(problems, style)
    sys.exit(1 if failing(problems) else 0)


def _called(made: Mapping[str, Generated], name: str) -> list[str]:
    """The pointers of the schemas with a name of the document or of the package; all schemas if the name is ""."""
    found = [place for place, one in made.items() if name in ("", one.name, tokens(place)[-1])]
    if not found and name:
        close = closest(name, [one.name for one in made.values()], len(made))
        hint = f"; did you mean {close!r}?" if close else ""
        raise click.UsageError(f"no schema {name!r}{hint}")
    return found


def _modules(project: Project) -> tuple[ModuleType, ModuleType | None]:
    """The modules `models` and `normalizers` (None if there is none) of the generated package."""
    prefix = f"{project.config.place}/"
    inside = {file.path.removeprefix(prefix): file.text for file in project.tree.files}
    texts = {name: text for name, text in inside.items() if name.endswith(".py")}
    modules = ["models", *(["normalizers"] if "normalizers.py" in texts else ())]
    models, *rest = loading.load_texts(texts, _PACKAGE, modules)
    return models, rest[0] if rest else None


# Telling


def _line(report: Report, name: str) -> str:
    seen = report.seen
    counts = [f"{seen['accepted']:,} accepted", f"{seen['refused']:,} refused"]
    counts += [f"{seen[kind]:,} {kind}" for kind in ("conflict", "not judged") if seen[kind]]
    shapes = len(report.shapes)
    if shapes:
        counts.append(f"{shapes - len(report.unseen)} of {shapes} shapes")
    return f"{name}: {report.payloads:,} payloads: {', '.join(counts)}"


def _summary(reports: Sequence[Report]) -> str:
    """A line for each law: the number of its cases in all schemas, and the number of schemas that break it."""
    if not reports:
        return "no schema to verify\n"
    cases, broken = Counter[str](), Counter[str]()
    for verdict in [verdict for report in reports for verdict in report.verdicts]:
        cases[verdict.law] += verdict.cases
        broken[verdict.law] += bool(verdict.broken)
    width = max(map(len, cases), default=0)
    return "".join(
        f"  {law:{width}}  {count:>7,} cases  {_state(count, broken[law])}\n"
        for law, count in cases.items()
    )


def _state(cases: int, broken: int) -> str:
    if broken:
        return f"BROKEN by {broken} schema{'s' if broken > 1 else ''}"
    return "holds" if cases else "no case to test"


def _findings(report: Report) -> Iterator[Finding]:
    for verdict in report.verdicts:
        if verdict.broken:
            payload = json.dumps(verdict.payload, ensure_ascii=False)
            shown = f"{payload:.{_LONGEST}}{'…' if len(payload) > _LONGEST else ''}"
            rule = f"verify/{verdict.law.replace(' ', '-')}"
            yield Finding(
                rule, verdict.place, f"{shown}: {verdict.broken}", verdict.hint or _REPORT
            )
    for shape in report.unseen:
        message = f"of {report.payloads} payloads, none that had this shape was accepted"
        hint = "raise --examples; if that does not help, no payload with this shape is valid"
        yield Finding("verify/unseen-shape", shape, message, hint, "warning")
    if not report.seen["accepted"]:
        message = f"none of {report.payloads} payloads was accepted"
        hint = "raise --examples; if that does not help, the schema accepts nothing, or only values that are too large for verify"
        yield Finding("verify/nothing-accepted", report.pointer, message, hint, "warning")


def _report_data(report: Report, name: str) -> dict[str, Any]:
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
