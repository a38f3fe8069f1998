"""Text -> Source: values, faults with their places, and places back from pointers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from growth import LINEAR, exponent, memory
from speclens.problems import Finding, Problem, Refused
from speclens.source import Source, files, load, loads, locate

Place = tuple[int, int, str, str]


def faults(text: str, name: str) -> list[Place]:
    with pytest.raises(Refused) as caught:
        loads(text, name)
    return [(p.line, p.column, p.rule, p.pointer) for p in caught.value.problems]


def shown(value: object) -> str:
    return repr(value)[:40]


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param == "libyaml")
    return str(request.param)


# YAML 1.2.2, section 10.3.2, and what YAML 1.1 would make of the same text.
SCALARS: list[tuple[str, Any]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("nUll", "nUll"),
    ("true", True),
    ("False", False),
    ("tRue", "tRue"),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("off", "off"),
    ("y", "y"),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("012", 12),
    ("0o17", 15),
    ("0x1F", 31),
    ("-0x1F", "-0x1F"),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1:30", "1:30"),
    ("1:30:00", "1:30:00"),
    ("2026-08-01", "2026-08-01"),
    ("2026-08-01T00:00:00Z", "2026-08-01T00:00:00Z"),
    ("3.1", 3.1),
    ("3.", 3.0),
    (".5", 0.5),
    ("-1.5e-3", -0.0015),
    ("1e3", 1000.0),
    (".", "."),
    ("--", "--"),
    ("3.1.0", "3.1.0"),
    ("=", "="),
    ("'12'", "12"),
    ('"true"', "true"),
    ("! 12", "12"),
    ("!!str 12", "12"),
    ("!!int '12'", 12),
    ("!!float 1", 1.0),
    ("!!null ''", None),
    ("!!bool 'true'", True),
    ("!!seq []", []),
    ("!!map {}", {}),
    ("|\n  a\n  b\n", "a\nb\n"),
    (">-\n  a\n  b\n", "a b"),
]


@pytest.mark.parametrize(("text", "expected"), SCALARS)
def test_yaml_scalars_follow_the_core_schema(parser: str, text: str, expected: Any) -> None:
    value = loads(f"a: {text}", "a.yaml").value["a"]
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200: a", {"200": "a"}),
        ("0x10: a", {"0x10": "a"}),
        ("1.0: a", {"1.0": "a"}),
        ("null: a\n~: b", {"null": "a", "~": "b"}),
        ("yes: a", {"yes": "a"}),
        ("2026-08-01: a", {"2026-08-01": "a"}),
        ("'<<': {a: 1}", {"<<": {"a": 1}}),
        ("? a\n: 1", {"a": 1}),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("b: &k a\n*k : 1", {"b": "a", "a": 1}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}", {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}),
        ("a: {q: 3, <<: [{p: 1}, {p: 2, r: 4}]}", {"a": {"p": 1, "r": 4, "q": 3}}),
        ("{a: 1, b: [c, {d: e}]}", {"a": 1, "b": ["c", {"d": "e"}]}),
        ("\ufeffa: 1", {"a": 1}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("é: ü\n😀: 😀", {"é": "ü", "😀": "😀"}),
    ],
)
def test_yaml_values(parser: str, text: str, expected: Any) -> None:
    assert loads(text, "a.yaml").value == expected


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "-"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":\t1}', {"a": 1}),
        ('\r\n{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('{"a": "\\/\\u0000"}', {"a": "/\0"}),
        (
            '{"a": [1, 1.5, -0.0, 1E2, true, false, null, {}]}',
            {"a": [1, 1.5, -0.0, 1e2, True, False, None, {}]},
        ),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('{"<<": {"a": 1}}', {"<<": {"a": 1}}),
        (f'{{"a": {"9" * 308}}}', {"a": int("9" * 308)}),
    ],
)
def test_json_values(name: str, text: str, expected: Any) -> None:
    assert loads(text, name).value == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, 1, "source/empty", "#")]),
        (" \n", [(1, 1, "source/empty", "#")]),
        ("[]", [(1, 1, "source/root", "#")]),
        ("\n 5", [(2, 2, "source/root", "#")]),
        ("a: 1", [(1, 1, "source/syntax", "#")]),
        ('{"a": 1,}', [(1, 9, "source/syntax", "#")]),
        ('{"a": 1}\n{}', [(2, 1, "source/syntax", "#")]),
        ('{"a": "\t"}', [(1, 8, "source/syntax", "#")]),
        ('{"é": "x', [(1, 7, "source/syntax", "#")]),
        ('{"a": 1,\n "a": 2}', [(2, 2, "source/duplicate-key", "#/a")]),
        (
            '{"a": {"b": 1, "\\u0062": [{"c/d": 1, "c/d": 2}]},\n"a": 3}',
            [
                (1, 16, "source/duplicate-key", "#/a/b"),
                (1, 38, "source/duplicate-key", "#/a/b/0/c~1d"),
                (2, 1, "source/duplicate-key", "#/a"),
            ],
        ),
        (
            '{"a": [NaN, -Infinity, 1e999, 1, "NaN"]}',
            [
                (1, 8, "source/number", "#/a/0"),
                (1, 13, "source/number", "#/a/1"),
                (1, 24, "source/number", "#/a/2"),
            ],
        ),
        (f'{{"a": {"1" * 5000}}}', [(1, 7, "source/number", "#/a")]),
        (f'{{"a": -{"9" * 309}}}', [(1, 7, "source/number", "#/a")]),
        ('{"a": "\\ud800"}', [(1, 7, "source/surrogate", "#/a")]),
        ('{"a": ["\\ude00\\ud83d"]}', [(1, 8, "source/surrogate", "#/a/0")]),
        ('{"\\udfff": 1}', [(1, 2, "source/surrogate", "#")]),
        ('{"a": "\ud800"}', [(1, 8, "source/encoding", "#")]),
        (f'{{"a": {"[" * 100}{"]" * 100}}}', [(1, 106, "source/depth", "#/a" + "/0" * 99)]),
        ('{"a":' * 100_000, [(1, 501, "source/depth", "#" + "/a" * 100)]),
        ("[" * 100_000, [(1, 101, "source/depth", "#" + "/0" * 100)]),
    ],
    ids=shown,
)
def test_json_faults(text: str, expected: list[Place]) -> None:
    assert faults(text, "a.json") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: \x07", [(1, 4, "source/syntax", "#")]),
        ("é😀: \x00", [(1, 5, "source/syntax", "#")]),
        ("a: [", [(1, 5, "source/syntax", "#")]),
        ("a: 1\na: 2\nb: [", [(2, 1, "source/duplicate-key", "#/a"), (3, 5, "source/syntax", "#")]),
        (
            "é: 1\r\né: 2\rb: 1\nb: 2",
            [(2, 1, "source/duplicate-key", "#/é"), (4, 1, "source/duplicate-key", "#/b")],
        ),
        ("a: {b: 1, 'b': 2}", [(1, 11, "source/duplicate-key", "#/a/b")]),
        ("1: a\n'1': b", [(2, 1, "source/duplicate-key", "#/1")]),
        ("a: !!binary aGk=", [(1, 4, "source/tag", "#/a")]),
        (
            "a: !!timestamp 2026-08-01\nb: !!set {x}",
            [(1, 4, "source/tag", "#/a"), (2, 4, "source/tag", "#/b")],
        ),
        ("a: !!bool 1", [(1, 4, "source/tag", "#/a")]),
        ("? [a]\n: 1\n? {b: c}\n: 2", [(1, 3, "source/key", "#"), (3, 3, "source/key", "#")]),
        ("a: &x [1]\n*x : 2", [(2, 1, "source/key", "#")]),
        ("? " * 500, [(1, 201, "source/depth", "#" + "/?" * 100)]),
        ("- " * 500, [(1, 201, "source/depth", "#" + "/0" * 100)]),
        ("{a: " * 100_000, [(1, 401, "source/depth", "#" + "/a" * 100)]),
        (
            "a: [-.inf, .NaN, 0x" + "f" * 300 + "]",
            [
                (1, 5, "source/number", "#/a/0"),
                (1, 12, "source/number", "#/a/1"),
                (1, 18, "source/number", "#/a/2"),
            ],
        ),
        (
            "a: [&x [*x], *y]",
            [(1, 9, "source/alias-cycle", "#/a/0/0"), (1, 14, "source/alias", "#/a/1")],
        ),
        ("a: {<<: [1]}", [(1, 5, "source/merge", "#/a")]),
    ],
    ids=shown,
)
def test_yaml_faults(parser: str, text: str, expected: list[Place]) -> None:
    found = faults(text, "a.yaml")
    assert [f for f in found if f[2] != "source/root"] == expected


def test_a_duplicate_names_the_first_line() -> None:
    with pytest.raises(Refused) as caught:
        loads("a: 1\nb: 2\na: 3\n", "dir/a.yaml")
    hint = "first given on line 1; keep one of the two"
    assert caught.value.problems == (
        Problem(
            "source/duplicate-key", "error", "#/a", "dir/a.yaml", 3, 1, "duplicate key 'a'", hint
        ),
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.json", lambda n: f'{{"{"k" * n}": [' + "1e999, " * (n // 8) + "1]}"),
        ("a.json", lambda n: f'{{"{"k" * n}": {{' + '"a": 1, ' * (n // 8) + '"b": 1}}'),
        ("a.json", lambda n: f'{{"{"k" * n}": [' + r'"\ud800", ' * (n // 8) + "1]}"),
        ("a.yaml", lambda n: f"? {'k' * n}\n:\n" + "  - *a\n" * (n // 8)),
        ("a.yaml", lambda n: f"a: &k {'k' * n}\nb:\n" + "  - {*k : 1, *k : 2}\n" * (n // 20)),
        ("a.yaml", lambda n: f"a: &k {'k' * n}\nb:\n" + "  - !!int *k\n" * (n // 12)),
        ("a.yaml", lambda n: f"%TAG ! !{'a' * n}\n---\na:\n" + "  - !b 1\n" * (n // 10)),
        ("a.yaml", lambda n: f"%TAG ! !{'a' * 999}\n---\na:\n" + "  - !b 1\n" * (n // 10)),
    ],
    ids=[
        "numbers",
        "duplicate keys",
        "surrogates",
        "unknown aliases",
        "keys by alias",
        "tags of an alias",
        "long tags",
        "tags",
    ],
)
def test_faults_of_long_names_are_told_in_little(name: str, make: Callable[[int], str]) -> None:
    def refused(text: str) -> int:
        return len(faults(text, name))

    assert exponent(make, refused, 1_000, cost=memory) <= LINEAR


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_the_first_faults_are_told_and_the_rest_counted(name: str) -> None:
    with pytest.raises(Refused) as caught:
        loads(f'{{"a": [{"1e999, " * 1_200}1e999]}}', name)
    *told, rest = caught.value.problems
    assert [problem.pointer for problem in told] == [f"#/a/{index}" for index in range(100)]
    assert (rest.rule, rest.column) == ("source/more-faults", 8 + 7 * 100)
    assert rest.message == "1,101 more faults, which are not listed"


def test_an_alias_bomb_of_many_merges_is_refused() -> None:
    text = "a: &a {p: 1, q: 2}\n" + "b: {<<: [" + ", ".join(["*a"] * 400_000) + "]}\n"
    assert [rule for _, _, rule, _ in faults(text, "a.yaml")] == ["source/alias-expansion"]


def test_load_names_the_file_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")
    assert load(Path("a.yaml")) == Source("a.yaml", "a: é\n", {"a": "é"})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\nb: \xff", (2, 4, "source/encoding")),
        (b"\xef\xbb\xbfa: \xc3\xa9\xff", (1, 5, "source/encoding")),
        ("a: 1".encode("utf-16"), (1, 1, "source/encoding")),
        (b"a: 123456789", (1, 1, "source/size")),
        (None, (1, 1, "source/unreadable")),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes | None,
    expected: tuple[int, int, str],
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 11)
    file = tmp_path / "a.yaml"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(Refused) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.rule) == expected
    assert problem.file == str(file)


@pytest.mark.parametrize("path", [Path("."), Path("a\0b")])
def test_paths_that_are_no_files(path: Path) -> None:
    with pytest.raises(Refused) as caught:
        load(path)
    assert [p.rule for p in caught.value.problems] == ["source/unreadable"]


YAML = """\
# comment
openapi: 3.1.0
paths:
  /a/{b}:
    get: &get {tags: [x, y]}
    put: *get
  "/c":
    <<: {x-d: 1}
    200: é
"""
JSON = '{"a": {"b/c": [1, {"\\u0064": 2}],\n\t"😀": 1, "e~": 3}}'


@pytest.mark.parametrize(
    ("text", "fragment", "expected"),
    [
        (YAML, "#", (2, 1)),
        (YAML, "#/openapi", (2, 1)),
        (YAML, "#/paths/~1a~1{b}/get", (5, 5)),
        (YAML, "#/paths/~1a~1{b}/get/tags/1", (5, 26)),
        (YAML, "#/paths/~1a~1{b}/put", (6, 5)),
        (YAML, "#/paths/~1a~1{b}/put/tags/0", (5, 23)),
        (YAML, "#/paths/~1c/x-d", (8, 10)),
        (YAML, "#/paths/~1c/200", (9, 5)),
        (YAML, "#/paths/~1c/201", (7, 3)),
        (YAML, "#/paths/nothing/here", (3, 1)),
        (YAML, "/paths", (3, 1)),
        (JSON, "#", (1, 1)),
        (JSON, "#/a/b~1c", (1, 8)),
        (JSON, "#/a/b~1c/1", (1, 19)),
        (JSON, "#/a/b~1c/1/d", (1, 20)),
        (JSON, "#/a/b~1c/7", (1, 8)),
        (JSON, "#/a/e~0", (2, 10)),
    ],
)
def test_places(parser: str, text: str, fragment: str, expected: tuple[int, int]) -> None:
    (problem,) = locate(loads(text, "-"), [Finding("a/b", fragment, "m")])
    assert (problem.line, problem.column) == expected


def test_merged_members_stand_where_they_were_written(parser: str) -> None:
    text = "a: &a {p: 1, q: 2}\nb:\n  <<: [*a, {r: 3}]\n  q: 4\n"
    source = loads(text, "a.yaml")
    found = locate(source, [Finding(key, f"#/b/{key}", "m") for key in "pqr"])
    assert [(p.rule, p.line, p.column) for p in found] == [("p", 1, 8), ("r", 3, 13), ("q", 4, 3)]


def test_many_mappings_are_merged_in_time() -> None:
    def make(count: int) -> str:
        return "a: {<<: [" + ", ".join(f"{{k{number}: 1}}" for number in range(count)) + "]}\n"

    def read(text: str) -> object:
        return locate(loads(text, "a.yaml"), [Finding("a/b", "#/a/k1", "m")])

    assert exponent(make, read, 3_000) <= LINEAR


def test_problems_come_once_and_in_order() -> None:
    source = loads("a: {c: 1, b: 2}\n", "a.yaml")
    first, second = Finding("z/z", "#/a/b", "m", "h", "warning"), Finding("b/b", "#/a/c", "m")
    third = Finding("a/a", "#/a/c", "m")
    assert locate(source, [first, second, first, third]) == (
        Problem("a/a", "error", "#/a/c", "a.yaml", 1, 5, "m", ""),
        Problem("b/b", "error", "#/a/c", "a.yaml", 1, 5, "m", ""),
        Problem("z/z", "warning", "#/a/b", "a.yaml", 1, 11, "m", "h"),
    )


def test_without_findings_nothing_is_parsed() -> None:
    assert locate(Source("a.yaml", "no: [document", {}), []) == ()
