"""Since when a field is deprecated and when its sunset is: which texts are days, and who warns once a sunset is over."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from built import problems, schemas
from speclens.cli import main
from speclens.lower.rules import dates
from speclens.openapi.api import OpenApi

RULE = "compat/sunset-passed"
DOCUMENT = """\
openapi: 3.1.1
info: {title: Tests, version: '1'}
paths: {}
components:
  schemas:
    Thing:
      type: object
      properties:
        name: {type: string}
        title: {type: string, x-compat: {into: /name, deprecated: {sunset: '%s'}}}
"""


@given(st.dates())
def test_days_are_full_dates(day: datetime.date) -> None:
    assert dates.is_full_date(day.isoformat())


@given(st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"))
def test_full_dates_are_days(text: str) -> None:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        # RFC 3339 has the year 0000, which Python has not.
        assert not dates.is_full_date(text) or text.startswith("0000-")
    else:
        assert dates.is_full_date(text)


@pytest.mark.parametrize(
    "value",
    [
        "", "2026-8-1", "20260801", "2026-W31-6", "2026-08-01T00:00:00Z", "2026-08-01\n", " 2026-08-01", "2026-02-29",
        "2026-13-01", "2026-00-01", "2026-01-00", "+026-01-01", "\uff12026-08-01", 20260801, None, True, ["2026-08-01"],
    ],
)  # fmt: skip
def test_what_is_no_full_date(value: Any) -> None:
    assert not dates.is_full_date(value)


def test_all_faults_are_told_at_once() -> None:
    found = problems(DOCUMENT.replace("sunset: '%s'", "since: 1, sunset: 2, note: 3, notes: 4"))
    assert [problem.rule for problem in found] == ["compat/unknown-keyword"] * 4


# The warning


def spoke(**deprecated: str) -> dict[str, Any]:
    told = {"into": "/name", "deprecated": deprecated}
    plain = {"type": "string"}
    thing = {"type": "object", "properties": {"name": plain, "title": {**plain, "x-compat": told}}}
    return schemas(Thing=thing)


@pytest.mark.parametrize(
    ("today", "is_over"),
    [("2027-01-31", False), ("2027-02-01", False), ("2027-02-02", True), ("2027-10-01", True)],
)
def test_the_day_of_the_sunset_is_still_served(today: str, is_over: bool) -> None:
    found = dates.passed(OpenApi(spoke(sunset="2027-02-01")), today)
    assert bool(found) is is_over


def test_what_is_told() -> None:
    (found,) = dates.passed(OpenApi(spoke(since="2026-01-01", sunset="2027-02-01")), "2028-01-01")
    assert (found.rule, found.severity) == (RULE, "warning")
    assert found.pointer == (
        "#/components/schemas/Thing/properties/title/x-compat/deprecated/sunset"
    )
    assert found.message == "the sunset of `title` was 2027-02-01, and `/name` still accepts it"
    assert "remove `title`" in found.hint
    assert "on_rewrite" in found.hint


def test_a_parameter_is_told_by_its_name() -> None:
    old = {
        "name": "q",
        "in": "query",
        "schema": {"type": "string"},
        "x-compat": {
            "into": {"in": "header", "name": "x-q"},
            "deprecated": {"sunset": "2020-01-01"},
        },
    }
    document = {**schemas(), "components": {"parameters": {"Old": old}}}
    (found,) = dates.passed(OpenApi(document), "2020-01-02")
    assert (
        found.message
        == "the sunset of `q` was 2020-01-01, and the header parameter `x-q` still accepts it"
    )


@pytest.mark.parametrize("deprecated", [{}, {"since": "2000-01-01"}, {"sunset": "soon"}])
def test_nothing_is_told_without_a_sunset(deprecated: dict[str, str]) -> None:
    assert dates.passed(OpenApi(spoke(**deprecated)), "2026-11-25") == ()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document whose sunset is over, and its configuration; the current directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "api.yaml").write_text(DOCUMENT % "2000-01-01")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.speclens]\nspec = "api.yaml"\npackage = "pets"\noutput = "out"\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_only_validate_asks_the_day(project: Path) -> None:
    told = run("validate")
    assert told.exit_code == 0
    assert told.stdout.startswith(f"api.yaml:10:68: {RULE}: the sunset of `title` was 2000-01-01")
    for command in ("generate", "check"):
        result = run(command)
        assert (result.exit_code, RULE in result.output) == (0, False)


@pytest.mark.parametrize("sunset", ["9999-12-31", "today"])
def test_validate_says_nothing_of_what_is_to_come(project: Path, sunset: str) -> None:
    today = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    (project / "api.yaml").write_text(DOCUMENT % sunset.replace("today", today))
    assert run("validate").output == "api.yaml: no problems\n"
