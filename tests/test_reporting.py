"""Problems in each format, and what a hostile document may not do with it."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from speclens.problems import Problem
from speclens.reporting import Format, render, safe

ERROR = Problem("a/b", "error", "#/x/0", "dir/a.yaml", 3, 5, "is wrong", "mend it")
WARNING = Problem("c/d", "warning", "#", "-", 1, 1, "is odd")
HOSTILE = Problem(
    "a/b",
    "error",
    "#/\n::set",
    "a%b:c,d\n::error::e.yaml",
    1,
    2,
    "100% \x1b[31m\r\n::stop-commands::x \u202e\u2028\x85\ud800\t\\n",
    "é 😀\0",
)


def test_no_problems() -> None:
    assert {format: render([], format) for format in ("text", "github")} == {
        "text": "",
        "github": "",
    }
    assert json.loads(render([], "json")) == []
    assert json.loads(render([], "sarif")) == sarif([], [])


def test_text() -> None:
    assert render([ERROR, WARNING], "text") == (
        "dir/a.yaml:3:5: a/b: is wrong (mend it)\n-:1:1: c/d: is odd\n"
    )


def test_hostile_text_stays_on_its_line() -> None:
    assert render([HOSTILE], "text") == (
        "a%b:c,d\\n::error::e.yaml:1:2 (#/\\n::set): a/b: "
        "100% \\x1b[31m\\r\\n::stop-commands::x \\u202e\\u2028\\x85\\ud800\\t\\n (é 😀\\x00)\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::add-mask::x.json:1:1: a", "\\x3a:add-mask::x.json:1:1: a"),
        (" \u3000 ::error::a", " \u3000 \\x3a:error::a"),
        ("\n::error::a", "\\n::error::a"),
        ("a ##[error]b", "a \\x23#[error]b"),
        ("###[group]", "#\\x23#[group]"),
        ("a::b:c", "a::b:c"),
        (": a ## b", ": a ## b"),
    ],
)
def test_no_line_is_a_command_of_a_runner(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_json() -> None:
    assert list(json.loads(render([ERROR], "json"))[0].items()) == [
        ("rule", "a/b"),
        ("severity", "error"),
        ("pointer", "#/x/0"),
        ("file", "dir/a.yaml"),
        ("line", 3),
        ("column", 5),
        ("message", "is wrong"),
        ("hint", "mend it"),
    ]


def test_json_keeps_every_character() -> None:
    (row,) = json.loads(render([HOSTILE], "json"))
    assert Problem(**row) == HOSTILE


def test_github() -> None:
    assert render([ERROR, WARNING], "github") == (
        "::error file=dir/a.yaml,line=3,col=5,title=a/b::is wrong (mend it)\n"
        "::warning file=-,line=1,col=1,title=c/d::is odd\n"
    )


def test_hostile_text_is_one_github_command() -> None:
    assert render([HOSTILE], "github") == (
        "::error file=a%25b%3Ac%2Cd\\n%3A%3Aerror%3A%3Ae.yaml,line=1,col=2,title=a/b::"
        "100%25 \\x1b[31m\\r\\n::stop-commands::x \\u202e\\u2028\\x85\\ud800\\t\\n (é 😀\\x00)\n"
    )


def test_sarif() -> None:
    assert json.loads(render([WARNING, ERROR, WARNING], "sarif")) == sarif(
        ["a/b", "c/d"],
        [
            result("c/d", 1, "warning", "is odd", "-", 1, 1, "#"),
            result("a/b", 0, "error", "is wrong (mend it)", "dir/a.yaml", 3, 5, "#/x/0"),
            result("c/d", 1, "warning", "is odd", "-", 1, 1, "#"),
        ],
    )


def test_hostile_file_names_are_uris_in_sarif() -> None:
    log = json.loads(render([HOSTILE], "sarif"))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%25b%3Ac%2Cd%0A%3A%3Aerror%3A%3Ae.yaml"


@pytest.mark.parametrize("format", get_args(Format))
def test_every_format_can_be_written_as_utf8(format: Format) -> None:
    assert render([HOSTILE], format).encode().endswith(b"\n")


def sarif(rules: list[str], results: list[dict[str, object]]) -> dict[str, object]:
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "speclens", "rules": [{"id": rule} for rule in rules]}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def result(
    rule: str, index: int, level: str, text: str, uri: str, line: int, column: int, pointer: str
) -> dict[str, object]:
    return {
        "ruleId": rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": line, "startColumn": column},
                },
                "logicalLocations": [{"fullyQualifiedName": pointer}],
            }
        ],
    }
