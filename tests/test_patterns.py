"""Regular expressions of a document: what they mean, that nothing searches for them with backtracking, and what is told
of those that the one engine cannot run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, RegexOptions
from runtime._patterns import matches

from built import schemas, source
from growth import LINEAR, counted, exponent
from speclens import judging, patterns
from speclens.cli import main
from speclens.judging import judge
from speclens.lower.ground import likely
from speclens.lower.ground.bounds import within
from speclens.problems import Refused
from speclens.reading import expressions
from speclens.validate import examples
from speclens.validate.dialect import schema_validator, validators

# What they mean

ODD = "\u2028\u00a0\u0663\u00e9\r\n\x01\x08"


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        (r"^\d\w$", ["1a", "1_"], ["\u0661a", "1\u00e9", "1a\n"]),
        (r"^\D\W\S$", ["a-b", "\u0661\u00e9b"], ["1-b", "aab", "a-\ufeff"]),
        (r"^[\d\D]$", ["1", "a", "\n"], [""]),
        (r"^[\w-.]$", ["a", "-", "."], ["/", ","]),
        (r"^[a-\d]$", ["a", "-", "5"], ["b"]),
        (r"^[+--]$", ["+", ",", "-"], ["."]),
        ("^[-a]$", ["-", "a"], ["b"]),
        (r"^[^\s]$", ["a"], ["\ufeff", "\u2003"]),
        (r"^\s$", [*"\t\n\u2028\ufeff"], ["\x1c", "\x85", "a"]),
        ("^.$", ["a", "\x85", "\U0001f600"], [*"\n\r\u2028\u2029"]),
        ("^[^]$", ["a", "\n"], ["", "ab"]),
        ("[]", [], ["", "a", "]"]),
        (r"^[\]\[]$", ["[", "]"], ["\\"]),
        ("^[[a&&b~~]$", ["[", "a", "&", "b", "~"], ["c", ""]),
        ("^[(?<a>){1,2}]$", ["(", "?", "<", "{", ","], ["b"]),
        (r"\bb\b", ["a b", "\u00e9b"], ["ab"]),
        (r"^[\b]\cA$", ["\x08\x01"], ["bA"]),
        (r"^\ud83d\ude00\u{1f600}\u0041\x41\0$", ["\U0001f600\U0001f600AA\0"], [""]),
        (r"^\/\-\_\<\é$", ["/-_<\u00e9"], [r"\/"]),
        ("^{a}]{2}}$", ["{a}]]}"], ["a"]),
        ("a$", ["a", "ba"], ["a\n"]),
        ("^a+?b*?(?:c|d)??$", ["aab", "a"], ["b"]),
        ("^(?i)a(?i:B)$", ["Ab"], ["cb"]),
        (r"^\p{Lu}\P{L}$", ["\u00c91"], ["e1", "AA"]),
        ("^(?<year>[0-9]{4})$", ["2020"], ["20"]),
    ],
)
def test_patterns_mean_what_ecma_262_says(
    pattern: str, found: list[str], not_found: list[str]
) -> None:
    search = patterns.search(pattern)
    assert search
    assert [text for text in (*found, *not_found) if search(text)] == found


UNSAID = ("^(?=a)b", "(?!a)", "(?<=a)b", "(?<!a)b", r"(a)\1", r"(?<a>b)\k<a>", r"\ud83d")
UNSOUND = (
    "(",
    ")",
    "[",
    "*",
    "a{2,1}",
    "[z-a]",
    "a++",
    "a+??",
    "a{,2}",
    r"a\Z",
    r"\h",
    "\\",
    r"\c",
    "(?P<a>b)",
    "(?x)",
)
TOO_LARGE = (
    "(a{1000}){1000}",
    "(" * 10_000 + "a" + ")" * 10_000,
    "a" * 1_000_000,
    "[[a]" * 250_000,
)


@pytest.mark.parametrize("pattern", [*UNSAID, *UNSOUND, *TOO_LARGE], ids=lambda text: text[:20])
def test_what_the_engine_cannot_say(pattern: str) -> None:
    assert patterns.search(pattern) is None
    assert patterns.is_sound(pattern) == (pattern in UNSAID[:6])


PIECES = st.sampled_from([
    *"ab.^$|-&~]{},*+?\u00e9 ", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\b", r"\B", r"\n", r"\-", r"\[", r"\u2028",
    "{2}", "{1,2}", "(", "(?:", ")", "[", "[^", "[a-b", "[]", r"\p{L}",
])  # fmt: skip


@given(
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(st.text("ab-&~[]{}1_ " + ODD, max_size=6), min_size=5, max_size=5),
)
def test_the_judge_reads_them_alike(pattern: str, texts: list[str]) -> None:
    """jsonschema-rs is handed what is handed to pydantic-core, and translates it once more."""
    translated = patterns.translated(pattern)
    if translated is not None:
        judged = Draft202012Validator({"pattern": translated}, pattern_options=RegexOptions())
        assert [judged.is_valid(text) for text in texts] == [
            matches(translated, text) for text in texts
        ]


# That they end

HOSTILE = (
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    r"^(\w+\s?)*$",
    "^((a*)*)*$",
    "(x+x+)+y",
    "^(.*)*(.*)*=$",
)


@pytest.mark.parametrize("pattern", HOSTILE)
def test_searching_grows_with_the_text(pattern: str) -> None:
    translated = patterns.translated(pattern)
    assert translated
    judge_ = validators(schemas(A={"pattern": pattern}))("#/components/schemas/A")

    def texts(size: int) -> tuple[str, str]:
        return "a" * size + "!", "x" * size

    def search(given: tuple[str, str]) -> None:
        for text in given:
            assert matches(translated, text) == judge_.is_valid(text)
            assert matches(translated, text) == within(text, {"pattern": translated})

    assert exponent(texts, search, 100_000) <= LINEAR


@pytest.mark.parametrize(
    "piece", ["(", "[a", "a|", r"\d", "a{2}", "[^]", "(?<a", "{1,", "\\u{1", r"\p{", "(?:a"]
)
def test_translating_grows_with_the_pattern(piece: str) -> None:
    assert exponent(lambda size: piece * size, _said, 1_000) <= LINEAR


def _said(pattern: str) -> None:
    patterns.translated.__wrapped__(pattern)
    likely.text_of(pattern)


ATTACK = schemas(
    R={
        "type": "object",
        "properties": {
            "new": {"type": "string"},
            "old": {"type": "string", "pattern": "^(a+)+$", "x-compat": {"into": "/new"}},
            "listed": {"type": "string", "pattern": "^(a+)+$", "enum": ["a" * 50 + "!"]},
            "shown": {"type": "string", "pattern": "^(a|a)*$", "example": "a" * 50 + "!", "default": "a" * 99 + "?"},
            "named": {"type": "object", "patternProperties": {"^(a+)+$": {}}, "example": {"a" * 50 + "!": 1}},
        },
    }
)  # fmt: skip


def test_no_command_backtracks(tmp_path: Path) -> None:
    """None of these would end before."""
    spec = tmp_path / "openapi.json"
    spec.write_text(json.dumps(ATTACK), "utf-8")
    runner = CliRunner()
    found = runner.invoke(main, ["validate", str(spec)])
    assert found.output.count("does not match its schema") == 2
    payload = json.dumps({"old": "a" * 100_000 + "!"})
    told = runner.invoke(main, ["normalize", "--spec", str(spec), "--schema", "R"], input=payload)
    assert told.output == "/old: pattern: must match ^(a+)+$\n"
    result = runner.invoke(main, ["verify", "--spec", str(spec), "--examples", "20"])
    assert result.exit_code == 0, result.output


# What is told of those that cannot be run


def told(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.pointer, one.severity) for one in judge(source(document))]


@pytest.mark.parametrize("pattern", [*UNSAID[:6], *TOO_LARGE], ids=lambda text: text[:20])
def test_a_model_does_not_enforce_them_and_says_so(pattern: str) -> None:
    document = schemas(A={"type": "string", "pattern": pattern, "example": "b"})
    place = "#/components/schemas/A/pattern"
    unsound = set() if patterns.is_sound(pattern) else {"schema/pattern"}
    assert {rule for rule, where, _ in told(document)} == {"model/not-enforced"} | unsound
    assert {where for _, where, _ in told(document)} == {place}
    assert schema_validator(document, "#/components/schemas/A").is_valid("any")


def test_names_of_one_may_be_any() -> None:
    closed = {
        "additionalProperties": False,
        "patternProperties": {"^(?=a)b": {}, "^a$": {"type": "null"}},
    }
    document = schemas(A={"type": "object", **closed})
    assert told(document)
    accepts = schema_validator(document, "#/components/schemas/A").is_valid
    assert (accepts({"any": 1}), accepts({"a": 1})) == (True, False)


@pytest.mark.parametrize(
    ("old", "place"),
    [
        ({"type": "string", "pattern": "^(?=a)b"}, "/pattern"),
        ({"type": "string", "pattern": "(a{1000}){1000}"}, "/pattern"),
        ({"type": "array", "items": {"type": "string", "pattern": r"(a)\1"}}, "/items/pattern"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "(?!a)"}}}, "/properties/a/pattern"),
    ],
)  # fmt: skip
def test_a_shape_with_one_is_refused(old: dict[str, Any], place: str) -> None:
    shape = {**old, "x-compat": {"into": "/new", "to": "x"}}
    document = schemas(
        R={"type": "object", "properties": {"new": {"type": "string"}, "old": shape}}
    )
    with pytest.raises(Refused) as caught:
        judging.read_document(source(document))
    problem = next(one for one in caught.value.problems if one.severity == "error")
    assert (problem.rule, problem.line) == ("compat/pattern", 1)
    assert problem.pointer == f"#/components/schemas/R/properties/old{place}"


def test_a_spoke_that_its_hub_judges_may_have_one() -> None:
    look = {"type": "string", "pattern": "^(?=a)b"}
    document = schemas(
        R={
            "type": "object",
            "properties": {"new": look, "old": {**look, "x-compat": {"into": "/new"}}},
        }
    )
    assert {rule for rule, _, severity in told(document)} == {"model/not-enforced"}


# What all of a document cost


def properties(*expressions: str) -> dict[str, Any]:
    named = {
        f"p{index}": {"type": "string", "pattern": one} for index, one in enumerate(expressions)
    }
    return schemas(A={"type": "object", "properties": named})


@pytest.mark.parametrize("pattern", ["(a{99}){%d}", "(a{999}){%d}"])
def test_patterns_that_are_large_together_are_told(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is within its limit, or found to be beyond: 200 of them took 2.6 GB, or ten seconds."""
    sized = counted(monkeypatch, patterns, "size")
    kept = patterns.compiled.cache_info().currsize
    with pytest.raises(Refused) as caught:
        source(properties(*(pattern % number for number in range(2_500, 2_700))))
    (problem,) = caught.value.problems
    assert problem.rule == "source/large-patterns"
    assert problem.pointer.startswith("#/components/schemas/A/properties/p")
    assert len(sized) <= 100 * 2**20 // patterns.LARGEST + 1
    assert patterns.compiled.cache_info().currsize == kept


def test_any_number_of_small_patterns_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "_MOST", 0)
    small = [f"^[a-z]{{1,{number}}}$" for number in range(1, 50)]
    assert source(properties(*small, *small))
    named: dict[str, Any] = {"patternProperties": {r"\p{L}{60}": {}}}
    with pytest.raises(Refused) as caught:
        source(schemas(A={**properties(*small)["components"]["schemas"]["A"], **named}))
    (problem,) = caught.value.problems
    assert problem.pointer == r"#/components/schemas/A/patternProperties/\p{L}{60}"


def test_examples_are_judged_by_patterns_within_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The validator of each example compiles all patterns of what its schema refers to."""
    alike = {"type": "array", "items": {"$ref": "#/components/schemas/A"}, "example": ["b", 1]}
    shown = {f"B{number}": {**alike, "example": ["b"]} for number in range(9)}
    document = schemas(A={"type": "string", "pattern": "^a{99}$"}, B=alike, **shown)
    assert len(told(document)) == 10
    monkeypatch.setattr(examples, "_MOST_COMPILED", 9 * 2**13)
    assert [pointer for _, pointer, _ in told(document)] == ["#/components/schemas/B/example"]
