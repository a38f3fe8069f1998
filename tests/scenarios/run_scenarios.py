"""Runs TypeSpec's HTTP scenarios with generated clients against their mock server on loopback. On demand: it needs npm.

    npm install @typespec/http-specs@dev @typespec/spector@dev @typespec/openapi3   # in a git repository with a commit
    node …/tests/scenarios/export.mjs OUT
    npx tsp-spector serve node_modules/@typespec/http-specs/specs --port 3400
    python tests/scenarios/run_scenarios.py OUT/scenarios.json http://localhost:3400 OUT [--only REGEX] [--report FILE]

Arguments are what `export.mjs` wrote of the scenarios, where the mock server answers, and directories of OpenAPI documents
(`<spec>/openapi*`). A scenario passes if the server says so (`/.coverage`) and a call gave what was answered. Arguments
are told from the requests that are expected; `calls.py` says those that cannot be.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
from pydantic_core import to_jsonable_python

sys.path.insert(0, str(Path(__file__).parents[1]))

import expected
from calls import AGAINST_THE_DOCUMENT, EXPLICIT, filled
from expected import Found, Inexpressible, Json

from built import imported, lowered, texts
from speclens import ir
from speclens.source import load

STYLES = ("sync", "async")
PLACEHOLDER = "http://127.0.0.1:3200|PLACEHOLDER_BASE_URL"  # of the server's own address in answers
OVERLAYS = {"parameters/path": (Path(__file__).parent / "parameters-path.overlay.yaml",)}
"""What makes documents valid that are not."""


@dataclass(frozen=True, slots=True)
class Package:
    """A generated package and what it was made from."""

    document: Json
    client: ir.Client
    module: ModuleType


@dataclass(slots=True)
class Outcome:
    """What became of a scenario: by style what failed, "" where nothing did."""

    spec: str
    inexpressible: str = ""
    failures: dict[str, str] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", type=Path)
    parser.add_argument("url")
    parser.add_argument("documents", type=Path, nargs="+")
    parser.add_argument("--only", default="")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    every = json.loads(given.scenarios.read_text("utf-8"))
    explicit = filled(EXPLICIT, picture(every))
    scenarios = [one for one in every if re.search(given.only, one["name"])]
    with tempfile.TemporaryDirectory() as directory:
        packages = {
            spec: generated(spec, given.documents, Path(directory))
            for spec in dict.fromkeys(one["spec"] for one in scenarios)
        }
        outcomes = {
            one["name"]: Outcome(one["spec"], AGAINST_THE_DOCUMENT.get(one["name"], ""))
            for one in scenarios
        }
        for style in STYLES:
            for one in scenarios:
                own = explicit.get(one["name"], {})
                attempt(packages[one["spec"]], one, own, style, given.url, outcomes[one["name"]])
            judge(given.url, style, outcomes)
    told(outcomes)
    if given.report:
        data = {
            name: {"spec": one.spec, "inexpressible": one.inexpressible, **one.failures}
            for name, one in outcomes.items()
        }
        given.report.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def picture(scenarios: list[Json]) -> bytes:
    """The picture that scenarios send."""
    bodies = (
        api["request"]["body"]
        for one in scenarios
        for api in one["apis"]
        if "body" in (api.get("request") or {})
    )
    found = next(expected.content(body) for body in bodies if body["contentType"] == "image/png")
    assert isinstance(found, bytes)
    return found


def generated(spec: str, roots: list[Path], directory: Path) -> list[Package] | str:
    """The packages of a spec's documents, the latest version first; or why there is none."""
    paths = [
        path for root in roots for path in sorted((root / spec).glob("openapi*"), reverse=True)
    ]
    made = []
    for path in paths:
        try:
            document = load(path, OVERLAYS.get(spec, ())).value
            text = json.dumps(document)
            client = lowered(text).client
            assert client, "no operations"
            module = imported(texts(text), directory, "client")
        except Exception as error:
            return f"not generated: {path.name}: {type(error).__name__}: {error}"
        made.append(Package(document, client, module))
    return made


def attempt(
    packages: list[Package] | str,
    scenario: Json,
    explicit: dict[int, Json],
    style: str,
    url: str,
    outcome: Outcome,
) -> None:
    """Make the calls of a scenario, one after the other."""
    if isinstance(packages, str):
        outcome.failures[style] = packages
        return
    outcome.inexpressible = outcome.inexpressible or ("" if packages else "no document is emitted")
    try:
        for index, api in enumerate(() if outcome.inexpressible else scenario["apis"]):
            outcome.failures[style] = call(packages, api, explicit.get(index, {}), style, url)
            if outcome.failures[style]:
                return
    except Inexpressible as error:
        outcome.inexpressible = str(error)
    except Exception as error:
        outcome.failures[style] = f"{type(error).__name__}: {error}"


def call(packages: list[Package], api: Json, own: Json, style: str, url: str) -> str:
    """What is wrong with the call of one request; "" if nothing is."""
    package, found = place(packages, api)
    arguments = {**expected.arguments(package.document, found, api), **own.get("arguments", {})}
    operation = found.operation
    settings: Json = {"max_retries": 0, **own.get("settings", {})}
    if told := expected.credentials(package.document, operation, api.get("request") or {}):
        settings["credentials"] = told
    declared = (package.document.get("servers") or [{}])[0]
    if declared.get("variables"):
        settings["server_variables"] = {**found.variables, "endpoint": url}
    else:
        settings |= {"base_url": url + expected.server(package.document)}
    status = (api.get("response") or {}).get("status", 200)
    try:
        result = called(package, operation, settings, arguments, style)
    except Exception as error:
        code, seen = getattr(error, "status_code", None), getattr(error, "value", None)
        if code != status or status < 400:
            return f"{type(error).__name__}: {error}"
        if seen is None and not any(
            one.content for one in operation.responses if not one.is_success
        ):
            return ""  # of errors the document says nothing
        result = seen
    response = dict(api.get("response") or {})
    if "body" not in response and operation.result not in {"None", "Any"}:
        response["body"] = (api.get("request") or {}).get(
            "body"
        )  # some handlers give back what they got
    return compared(operation, result, response, url)


def place(packages: list[Package], api: Json) -> tuple[Package, Found]:
    """The operation of a request: of the document of its version, else of the latest one that has it."""
    every = [
        (package, expected.found(package.document, package.client, api)) for package in packages
    ]
    found = [(package, one) for package, one in every if one]
    for package, one in found:
        if package.document["info"]["version"] in one.variables.values():
            return package, one
    if not found:
        raise Inexpressible(f"the document has no operation {api['method'].upper()} {api['uri']}")
    return found[0]


def called(
    package: Package, operation: ir.Operation, settings: Json, arguments: Json, style: str
) -> Any:
    """The result of a call, of a stream all items."""
    (resource,) = (one for one in package.client.resources if operation in one.operations)
    module, is_stream = package.module, not operation.is_plain
    names = {
        one.__name__: one
        for one in vars(module).values()
        if isinstance(one, type) and one.__module__ == module.__name__
    }
    client = next(
        one for name, one in names.items() if f"Async{name}" in names and hasattr(one, "close")
    )
    if style == "sync":
        with client(**settings) as own:
            result = getattr(getattr(own, resource.ident), operation.ident)(**arguments)
            return list(result) if is_stream else result

    async def run() -> Any:
        async with names[f"Async{client.__name__}"](**settings) as own:
            result = await getattr(getattr(own, resource.ident), operation.ident)(**arguments)
            return [item async for item in result] if is_stream else result

    return anyio.run(run)


def compared(operation: ir.Operation, result: Any, response: Json, url: str) -> str:
    """How a result differs from what was answered; "" if it does not."""
    body = response.get("body")
    if not body or operation.verb == "HEAD":
        return "" if result in (None, b"") else f"{result!r} instead of nothing"
    raw = body["raw"]
    own = re.sub(PLACEHOLDER, url, raw) if isinstance(raw, str) else raw
    wanted, got = expected.content({**body, "raw": own}), dumped(result)
    if isinstance(got, (bytes, str)) and not isinstance(wanted, type(got)):
        wanted = wanted if isinstance(wanted, (bytes, str)) else raw
        wanted, got = (one.encode() if isinstance(one, str) else one for one in (wanted, got))
    return "" if got == wanted else f"gave {got!r:.200} instead of {wanted!r:.200}"


def dumped(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [dumped(one) for one in value]
    if isinstance(value, dict):
        return {key: dumped(one) for key, one in value.items()}
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return value if isinstance(value, bytes) else to_jsonable_python(value)


def judge(url: str, style: str, outcomes: dict[str, Outcome]) -> None:
    """Add the server's own verdicts to those calls that nothing else is wrong with."""
    coverage = httpx.get(f"{url}/.coverage").json()[0]["results"]
    for name, outcome in outcomes.items():
        verdict = coverage.get(name)
        if outcome.failures.get(style) == "" and verdict != "pass":
            outcome.failures[style] = f"the server says: {verdict}"


def told(outcomes: dict[str, Outcome]) -> None:
    able = {name: one for name, one in outcomes.items() if not one.inexpressible}
    for name, outcome in outcomes.items():
        if outcome.inexpressible:
            print(f"-     {name}: {outcome.inexpressible}")
        for style, failure in outcome.failures.items():
            if failure and not outcome.inexpressible:
                print(f"FAIL  {name} ({style}): {failure}"[:600])
    passed = {
        style: sum(one.failures.get(style) == "" for one in able.values()) for style in STYLES
    }
    print(f"{len(outcomes)} scenarios, {len(able)} expressible, passed: {passed}")
    for spec, count in Counter(one.spec for one in able.values()).items():
        good = [
            sum(one.failures.get(style) == "" and one.spec == spec for one in able.values())
            for style in STYLES
        ]
        if good != [count, count]:
            print(f"      {spec}: {good[0]} / {good[1]} of {count}")


if __name__ == "__main__":
    main()
