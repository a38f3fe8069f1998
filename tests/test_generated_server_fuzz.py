"""schemathesis, with its default checks, against the generated server; the effective wire document says what is right.

It runs as a process of its own and speaks HTTP to uvicorn: nothing of it is in ours, and nothing of ours in it.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from endpoint_cases import RESPONSES
from serving import KEY, App, Message, Recorder, app_of, running
from speclens.lower.rewrites import views
from test_generated_endpoint import DOCUMENT

WIRE = views.wire(DOCUMENT).document
RESPONSES_TOLD = WIRE["paths"]["/v1/images/edits"]["post"]["responses"]
FRAMING = {"content-type", "content-length", "date", "server"}
SOAK = 10_000
"""Requests of a lane; there are two, one for each process of the tests."""
LONGEST = 1800.0
"""Seconds of a lane, after which no round is begun."""


@dataclass
class Tally:
    """An application that counts what it answers."""

    app: App
    statuses: Counter[int] = field(default_factory=Counter)
    headers: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Message], Any]) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
                names = {name.decode() for name, _ in message["headers"]}
                self.headers[message["status"]] |= names - FRAMING
            await send(message)

        await self.app(scope, receive, counted)


def counted() -> Tally:
    """The server; its handler answers in every way that a handler may."""
    answers = itertools.cycle(case.payload for case in RESPONSES if case.error_pointer is None)
    return Tally(app_of(Recorder(answers=lambda *_: next(answers))))


def schemathesis(address: tuple[str, int], where: Path, *options: str) -> Any:
    """The report of one run; the test fails if there is anything to report."""
    (where / "wire.json").write_text(json.dumps(WIRE))
    url, report = f"http://{address[0]}:{address[1]}", where / "report.json"
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", "wire.json", "--url", url),
        *("-H", f"Authorization: Bearer {KEY}", "--generation-database", "none", "--no-color"),
        *("--continue-on-failure", "--report", "json", "--report-json-path", str(report), *options),
    ]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run(
        command, cwd=where, env=kept, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout[-9000:] + done.stderr[-2000:]
    return json.loads(report.read_text())


def assert_nothing_undocumented(tally: Tally) -> None:
    for status, names in tally.headers.items():
        told = RESPONSES_TOLD.get(str(status), RESPONSES_TOLD["default"])
        while "$ref" in told:
            told = WIRE["components"]["responses"][told["$ref"].rpartition("/")[2]]
        own = {"allow"} if status == 405 else set()  # as HTTP has it
        assert names - own <= set(told["headers"]), status


def test_schemathesis_finds_nothing(tmp_path: Path, record_property: Any) -> None:
    tally = counted()
    with running(tally) as address:
        report = schemathesis(address, tmp_path, "--seed", "1", "-n", "100")
    record_property("requests", tally.statuses.total())
    assert (report["failures"], report["errors"], report["complete"]) == ([], [], True)
    assert not any(report["warnings"].values())
    assert report["test_cases"]["generated"] > 300
    assert {200, 400, 401, 405, 415} <= set(tally.statuses) <= {200, 400, 401, 404, 405, 415}
    assert tally.statuses[200] > 50
    assert_nothing_undocumented(tally)


@pytest.mark.soak
@pytest.mark.parametrize("lane", [1, 2])
def test_schemathesis_finds_nothing_for_long(
    lane: int, tmp_path: Path, record_property: Any
) -> None:
    tally, until = counted(), time.monotonic() + LONGEST
    with running(tally) as address:
        for seed in itertools.count(lane * 1000):
            schemathesis(address, tmp_path, "--seed", str(seed), "-n", "1000")
            if tally.statuses.total() >= SOAK or time.monotonic() > until:
                break
    record_property("requests", tally.statuses.total())
    assert tally.statuses.total() >= SOAK, "the time was too short"
    assert not [status for status in tally.statuses if status >= 500]
    assert_nothing_undocumented(tally)
