"""Overlays: what each action does in both versions, where parts of the result stand, and every fault in its place."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonpath_rfc9535
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from growth import LINEAR, exponent
from speclens.cli import main
from speclens.problems import Finding, Problem, Refused
from speclens.source import Source, load, locate
from speclens.source.faults import MAX_DEPTH
from speclens.source.overlay import apply, json_path

Lay = Callable[..., Source]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def written(actions: Any, version: str = "1.1.0", **fields: Any) -> dict[str, Any]:
    return {
        "overlay": version,
        "info": {"title": "t", "version": "1"},
        "actions": actions,
        **fields,
    }


def laid(document: Any, *actions: Any, version: str = "1.1.0") -> Source:
    """A document with an overlay of these actions."""
    Path("api.json").write_text(json.dumps(document))
    Path("a.json").write_text(json.dumps(written(actions, version)))
    return load(Path("api.json"), [Path("a.json")])


def refused(document: Any, *actions: Any, version: str = "1.1.0") -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        laid(document, *actions, version=version)
    return caught.value.problems


def rules(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.rule, problem.severity) for problem in problems]


# Rules of both versions


def update(target: str, value: Any) -> dict[str, Any]:
    return {"target": target, "update": value}


def remove(target: str) -> dict[str, Any]:
    return {"target": target, "remove": True}


BOTH: dict[str, tuple[Any, list[Any], Any]] = {
    "a new member": ({"a": {}}, [update("$.a", {"b": 1})], {"a": {"b": 1}}),
    "the root": ({"a": 1}, [update("$", {"b": 2})], {"a": 1, "b": 2}),
    "objects within objects": (
        {"a": {"b": {"c": 1, "d": 2}}}, [update("$.a", {"b": {"d": 3, "e": 4}})],
        {"a": {"b": {"c": 1, "d": 3, "e": 4}}},
    ),
    "lists within objects are concatenated": ({"a": [1]}, [update("$", {"a": [2]})], {"a": [1, 2]}),
    "an object is appended to a list": ({"a": [{}]}, [update("$.a", {"b": 1})], {"a": [{}, {"b": 1}]}),
    "a text is appended to a list": ({"a": []}, [update("$.a", "b")], {"a": ["b"]}),
    "null replaces what has no parts": ({"a": 1}, [update("$", {"a": None})], {"a": None}),
    "what has no parts replaces null": ({"a": None}, [update("$", {"a": 1})], {"a": 1}),
    "every place": (
        {"a": {"x": {"k": 1}, "y": {"k": 2}}}, [update("$.a.*", {"z": 0})],
        {"a": {"x": {"k": 1, "z": 0}, "y": {"k": 2, "z": 0}}},
    ),
    "a place that is selected twice is written once": (
        {"a": []}, [update("$['a', 'a']", 1)], {"a": [1]},
    ),
    "what was there is updated, not what is put there": (
        {"a": {"b": {}}}, [update("$..*", {"c": 1})], {"a": {"b": {"c": 1}, "c": 1}},
    ),
    "by a filter": (
        {"p": [{"n": "x"}, {"n": "y"}]}, [update("$.p[?@.n=='y']", {"q": 1})],
        {"p": [{"n": "x"}, {"n": "y", "q": 1}]},
    ),
    "by a regular expression": (
        {"p": {"one": {"n": "ab"}, "two": {"n": "b"}}}, [remove("$.p[?match(@.n, 'a.')]")],
        {"p": {"two": {"n": "b"}}},
    ),
    "a member is removed": ({"a": {"b": {}, "c": {}}}, [remove("$.a.b")], {"a": {"c": {}}}),
    "a member without parts is removed": ({"a": 1, "b": 2}, [remove("$.b")], {"a": 1}),
    "items are removed": ({"a": [1, 2, 3, 4]}, [remove("$.a[0, 2]")], {"a": [2, 4]}),
    "a part of what is removed too": ({"a": {"b": {"c": {}}}}, [remove("$..*")], {}),
    "removed, then made again": (
        {"a": {"b": 1}}, [remove("$.a"), update("$", {"a": {"c": 2}})], {"a": {"c": 2}},
    ),
    "a later action sees what an earlier one did": (
        {}, [update("$", {"a": {}}), update("$.a", {"b": 1})], {"a": {"b": 1}},
    ),
    "remove: false removes nothing": (
        {"a": {}}, [{"target": "$.a", "update": {"b": 1}, "remove": False}], {"a": {"b": 1}},
    ),
    "a key with every character": (
        {"a/b~c": {}, "é": {}}, [update("$['a/b~c']", {"d": 1}), remove("$['é']")], {"a/b~c": {"d": 1}},
    ),
    "an update may be a dollar": ({"a": {}}, [update("$.a", {"b": "$.c"})], {"a": {"b": "$.c"}}),
}  # fmt: skip


@pytest.mark.parametrize("version", ["1.0.0", "1.0.7", "1.1.0"])
@pytest.mark.parametrize("name", BOTH)
def test_actions_of_both_versions(name: str, version: str) -> None:
    before, actions, after = BOTH[name]
    source = laid(before, *actions, version=version)
    assert (source.value, source.warnings) == (after, ())


NEW: dict[str, tuple[Any, list[Any], Any]] = {
    "a list to a list": ({"a": [1]}, [update("$.a", [2, 3])], {"a": [1, 2, 3]}),
    "a text": ({"a": "b"}, [update("$.a", "c")], {"a": "c"}),
    "null for a text": ({"a": "b"}, [update("$.a", None)], {"a": None}),
    "what has no parts, of several kinds": ({"a": [1, "b", None]}, [update("$.a.*", 0)], {"a": [0, 0, 0]}),
    "a copy": ({"a": {"x": 1}, "b": {"y": 2}},
        [{"target": "$.b", "copy": "$.a"}], {"a": {"x": 1}, "b": {"y": 2, "x": 1}}),
    "a copy of a text": ({"a": "x", "b": "y"}, [{"target": "$.b", "copy": "$.a"}], {"a": "x", "b": "x"}),
    "a copy of a list": ({"a": [1], "b": [2]}, [{"target": "$.b", "copy": "$.a"}], {"a": [1], "b": [2, 1]}),
    "a copy of an object into a list": ({"a": {"x": 1}, "b": []},
        [{"target": "$.b", "copy": "$.a"}], {"a": {"x": 1}, "b": [{"x": 1}]}),
    "a copy of itself around": ({"a": {"b": {"c": 1}}},
        [{"target": "$.a.b", "copy": "$.a"}], {"a": {"b": {"c": 1, "b": {"c": 1}}}}),
    "a move": ({"p": {"/a": {"get": 1}}},
        [update("$.p", {"/b": {}}), {"target": "$.p['/b']", "copy": "$.p['/a']"}, remove("$.p['/a']")],
        {"p": {"/b": {"get": 1}}}),
}  # fmt: skip


@pytest.mark.parametrize("name", NEW)
def test_actions_of_1_1(name: str) -> None:
    before, actions, after = NEW[name]
    source = laid(before, *actions)
    assert (source.value, source.warnings) == (after, ())


def test_1_0_appends_a_list_as_an_entry() -> None:
    assert laid({"a": [1]}, update("$.a", [2]), version="1.0.0").value == {"a": [1, [2]]}


def test_several_overlays_are_applied_in_order() -> None:
    Path("api.json").write_text('{"a": {}}')
    for name, action in {"x": update("$.a", {"b": 1}), "y": update("$.a.b", 2)}.items():
        Path(name).write_text(json.dumps(written([action])))
    paths = [Path("x"), Path("y")]
    assert load(Path("api.json"), paths).value == {"a": {"b": 2}}
    backwards = load(Path("api.json"), paths[::-1])
    assert backwards.value == {"a": {"b": 1}}
    assert [(p.rule, p.file) for p in backwards.warnings] == [("overlay/no-match", "y")]


def test_an_alias_of_yaml_is_two_places() -> None:
    Path("api.yaml").write_text("a: &x {b: {}}\nc: *x\n")
    Path("o.json").write_text(json.dumps(written([update("$.a.b", {"d": 1})])))
    source = load(Path("api.yaml"), [Path("o.json")])
    assert source.value == {"a": {"b": {"d": 1}}, "c": {"b": {}}}


def test_a_document_without_overlays_is_read_without_jsonpath() -> None:
    code = "import sys, speclens.cli; print([m for m in sys.modules if 'jsonpath' in m or 'iregexp' in m])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# Faults


FAULTS: dict[str, tuple[str, str]] = {
    "no version": ("info: {title: t, version: '1'}\nactions: []", "1:1: overlay/version"),
    "a version that is a number": ("overlay: 1.1\ninfo: {}", "1:1: overlay/version"),
    "a version to come": ("overlay: 1.2.0\nactions: []", "1:1: overlay/version"),
    "no info": ("overlay: 1.1.0\nactions: [{target: $, update: {}}]", "1:1: overlay/missing"),
    "no title": ("overlay: 1.1.0\ninfo: {version: a}\nactions: [{target: $, update: {}}]", "2:1: overlay/missing"),
    "a version of two": ("overlay: 1.1.0\ninfo: {title: t, version: 2}\nactions: [{target: $, update: {}}]",
        "2:18: overlay/type"),
    "a description in 1.0": (
        "overlay: 1.0.0\ninfo: {title: t, version: a, description: d}\nactions: [{target: $, update: {}}]",
        "2:30: overlay/field"),
    "no actions": ("overlay: 1.1.0\ninfo: {title: t, version: a}", "1:1: overlay/missing"),
    "an empty list": ("overlay: 1.1.0\ninfo: {title: t, version: a}\nactions: []", "3:1: overlay/actions"),
    "a field": ("overlay: 1.1.0\ninfo: {title: t, version: a}\nactoins: 1\nactions: [{target: $, update: {}}]",
        "3:1: overlay/field"),
    "actions by name": ("overlay: 1.1.0\ninfo: {title: t, version: a}\nactions: {}", "3:1: overlay/type"),
    "extends": ("overlay: 1.1.0\ninfo: {title: t, version: a}\nextends: 3\nactions: [{target: $, update: {}}]",
        "3:1: overlay/type"),
    "no YAML": ("overlay: [", "1:11: source/syntax"),
    "no mapping": ("- a", "1:1: source/root"),
    "nothing": ("", "1:1: source/empty"),
}  # fmt: skip
ACTIONS: dict[str, tuple[str, str]] = {
    "no object": ("7", "4:3: overlay/type"),
    "no target": ("{update: {}}", "4:3: overlay/missing"),
    "a target that is no text": ("{target: 1, update: {}}", "4:4: overlay/type"),
    "remove in words": ("{target: $.a, remove: 'yes'}", "4:17: overlay/type"),
    "copy of 1": ("{target: $.a, copy: 1}", "4:17: overlay/type"),
    "a field": ("{target: $.a, update: {}, updates: {}}", "4:29: overlay/field"),
    "two at once": ("{target: $.a, update: {}, copy: $.b}", "4:3: overlay/modifiers"),
    "no dollar": ("{target: a.b, update: {}}", "4:4: overlay/jsonpath"),
    "an open bracket": ("{target: '$.a[', update: {}}", "4:4: overlay/jsonpath"),
    "a number beyond all": ("{target: '$[?@ < 1e999]', update: {}}", "4:4: overlay/jsonpath"),
    "an index beyond all": ("{target: '$[99999999999999999999]', update: {}}", "4:4: overlay/jsonpath"),
    "an unknown function": ("{target: '$[?f(@)]', update: {}}", "4:4: overlay/jsonpath"),
    "a copy that is no query": ("{target: $.a, copy: nowhere}", "4:17: overlay/jsonpath"),
    "object over list": ("{target: $, update: {l: {x: 1}}}", "4:24: overlay/incompatible"),
    "text over object": ("{target: $, update: {a: x}}", "4:24: overlay/incompatible"),
    "null over object": ("{target: $, update: {a: }}", "4:24: overlay/incompatible"),
    "list over text": ("{target: $.a, update: {t: [1]}}", "4:26: overlay/incompatible"),
    "text for an object": ("{target: $.a, update: x}", "4:17: overlay/incompatible"),
    "object for a text": ("{target: $.a.t, update: {}}", "4:19: overlay/incompatible"),
    "objects and lists": ("{target: $.*, update: {}}", "4:4: overlay/mixed"),
    "the document itself": ("{target: $, remove: true}", "4:4: overlay/target"),
    "a copy of nothing": ("{target: $.a, copy: $.nowhere}", "4:17: overlay/copy"),
    "a copy of two": ("{target: $.a, copy: $.*}", "4:17: overlay/copy"),
    "a copy that does not fit": ("{target: $.a, copy: $.l}", "4:17: overlay/incompatible"),
}  # fmt: skip
HEAD = "overlay: {}\ninfo: {{title: t, version: a}}\nactions:\n- {}\n"


def told(document: str, *overlays: str) -> list[str]:
    """What is told of a document with these overlays, one line each."""
    Path("api.yaml").write_text(document)
    paths = [Path(f"{index}.yaml") for index in range(len(overlays))]
    for path, text in zip(paths, overlays, strict=True):
        path.write_text(text)
    try:
        problems = load(Path("api.yaml"), paths).warnings
    except Refused as caught:
        problems = caught.problems
    return [f"{p.file}:{p.line}:{p.column}: {p.rule}" for p in problems]


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_an_overlay_have_a_place(name: str) -> None:
    text, expected = FAULTS[name]
    assert f"0.yaml:{expected}" in told("a: {t: x}\nl: []\n", text)


@pytest.mark.parametrize("name", ACTIONS)
def test_faults_of_an_action_have_a_place(name: str) -> None:
    text, expected = ACTIONS[name]
    assert told("a: {t: x}\nl: []\n", HEAD.format("1.1.0", text)) == [f"0.yaml:{expected}"]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("{target: $.a, copy: $.l}", "4:17: overlay/field"),
        ("{target: $.a.t, update: x}", "4:4: overlay/target"),
    ],
)
def test_what_1_0_does_not_have(action: str, expected: str) -> None:
    assert told("a: {t: x}\nl: []\n", HEAD.format("1.0.0", action)) == [f"0.yaml:{expected}"]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("{target: $.renamed, update: {}}", "4:4: overlay/no-match"),
        ("{target: $.renamed, remove: true}", "4:4: overlay/no-match"),
        ("{target: $.a}", "4:3: overlay/no-effect"),
        ("{target: $.a, remove: false}", "4:3: overlay/no-effect"),
        ("{target: $.l, remove: true, update: {}}", "4:31: overlay/no-effect"),
    ],
)
def test_what_changes_nothing_is_a_warning(action: str, expected: str) -> None:
    assert told("a: {t: x}\nl: []\n", HEAD.format("1.1.0", action)) == [f"0.yaml:{expected}"]


@pytest.mark.parametrize(
    ("extends", "is_told"),
    [
        ("api.yaml", False),
        ("./api.yaml", False),
        ("https://example.com/other.yaml", False),
        ("//example.com/other.yaml", False),
        ("urn:other", False),
        ("other.yaml", True),
        ("", True),
        ("http://[", True),
        ("%00", True),
    ],
)
def test_extends_is_compared_where_it_is_a_path(extends: str, is_told: bool) -> None:
    text = json.dumps(written([update("$", {})], extends=extends), indent=1)
    expected = [f"0.yaml:{text[: text.index('extends')].count(chr(10)) + 1}:2: overlay/extends"]
    assert told("a: 1\n", text) == (expected if is_told else [])


def test_all_faults_of_all_files_are_told_in_one_run() -> None:
    lines = told("a: [\n", HEAD.format("1.1.0", "{target: x, updat: 1}"), "overlay: 3\n", "- 1\n")
    assert lines == [
        "api.yaml:2:1: source/syntax",
        "0.yaml:4:3: overlay/no-effect",
        "0.yaml:4:4: overlay/jsonpath",
        "0.yaml:4:15: overlay/field",
        "1.yaml:1:1: overlay/version",
        "2.yaml:1:1: source/root",
    ]


def test_an_action_that_failed_hides_no_other_fault_and_makes_up_none() -> None:
    actions = [update("$", {"a": 1, "b": 2}), update("$.c", {}), update("$", {"a": []})]
    found = refused({"a": {}, "b": {}}, *actions)
    assert [(p.rule, p.pointer) for p in found] == [
        ("overlay/incompatible", "#/actions/0/update/a"),
        ("overlay/incompatible", "#/actions/0/update/b"),
        ("overlay/incompatible", "#/actions/2/update/a"),
    ]


# Hostile overlays


def quickly(seconds: float) -> Callable[[], None]:
    start = time.process_time()

    def check() -> None:
        assert time.process_time() - start < seconds

    return check


@pytest.mark.parametrize(
    "target",
    [
        "$..*..*..*..*..*..*",
        "$..[?$..[?$..[?@.x]]]",
        "$..[?count($..*) > 0 && count($..*) < 0]",
        "$..[?$.a == $.b]",
        "$[" + ",".join(["*"] * 400) + "][" + ",".join(["*"] * 90) + "]..*",
    ],
)
def test_queries_that_would_not_end(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "MAX_STEPS", 20_000)
    monkeypatch.setattr(apply, "STEPS_PER_VALUE", 0)
    part: Any = {"x": [{"y": n} for n in range(300)]}
    part["z"] = copy.deepcopy(part)
    check = quickly(5)
    found = refused({"a": part, "b": copy.deepcopy(part)}, update(target, {}))
    assert rules(found) == [("overlay/cost", "error")]
    check()


def test_regular_expressions_do_not_backtrack() -> None:
    check = quickly(2)
    document = {"a": {"b": "a" * 30 + "!"}}
    for pattern in ("(a*)*b", "(a|a)*b", "(a|aa)+c", "(((a{1,30}){1,30}){1,30}){1,30}"):
        for function in ("match", "search"):
            laid(document, remove(f"$[?{function}(@.b, '{pattern}')]"))
    check()


def test_regular_expressions_are_compiled_once_and_paid_for() -> None:
    budget = json_path.Budget(100_000)
    query = json_path.parse_query("$[?match('x', @)]")
    with pytest.raises(json_path.TooCostly):
        json_path.select(query, [f"x{number}" for number in range(100)], budget)
    assert len(budget.patterns) < 10


@pytest.mark.parametrize("text", ["$" + "[?@" * 300 + "]" * 300, "$[?" + "(" * 490 + "@" + ")" * 490 + "]",
    "$[?" + "!" * 990 + "@]", "$" + ".a" * 499, "$" + "." * 999, "$[" + "0," * 480 + "0]", "$" + "." * 2_000])  # fmt: skip
def test_queries_that_nest_are_no_traceback(text: str) -> None:
    Path("api.json").write_text('{"a": {"b": 1}}')
    Path("a.json").write_text(json.dumps(written([update(text, {})])))
    try:
        problems = load(Path("api.json"), [Path("a.json")]).warnings
    except Refused as caught:
        problems = caught.problems
    assert {problem.rule for problem in problems} <= {
        "overlay/jsonpath", "overlay/no-match", "overlay/cost", "overlay/incompatible",
    }  # fmt: skip


def clashes(count: int) -> tuple[Any, Any]:
    names = [f"p{number}" for number in range(count // 40)]
    new = update("$", {"k" * count: dict.fromkeys(names, 5)})
    return {"k" * count: {name: {} for name in names}}, [new]


def unfit(count: int) -> tuple[Any, Any]:
    return {"k" * count: {"x": 1, "y": {}}}, [update("$.*.*", {})] * (count // 60)


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
@pytest.mark.parametrize("make", [clashes, unfit])
def test_faults_of_long_names_are_told_in_little(
    make: Callable[[int], tuple[Any, Any]], version: str
) -> None:
    def told(made: tuple[Any, Any]) -> int:
        found = refused(made[0], *made[1], version=version)
        return sum(len(problem.pointer) + len(problem.message) for problem in found)

    def length(act: Callable[[], object]) -> float:
        return float(str(act()))

    assert exponent(make, told, 6_000, cost=length) <= LINEAR


def test_the_first_clashes_are_told_and_the_rest_counted() -> None:
    names = [f"p{number}" for number in range(150)]
    found = refused({name: {} for name in names}, update("$", dict.fromkeys(names, 5)))
    (rest,) = [problem for problem in found if problem.rule == "source/more-faults"]
    assert len(found) == 101
    assert rest.message == "50 more faults, which are not listed"


def test_a_document_that_doubles_is_stopped() -> None:
    check = quickly(20)
    doubling = {"target": "$.a", "copy": "$"}
    found = refused({"a": {}}, update("$", {"a": {"l": []}}), *[doubling] * 120)
    assert {problem.rule for problem in found} <= {"overlay/depth", "overlay/size", "overlay/cost"}
    lists = refused({"a": [1]}, *[{"target": "$.a", "copy": "$.a"}] * 90)
    assert rules(lists) == [("overlay/size", "error")]
    check()


def test_an_update_of_everything_is_stopped() -> None:
    wide: dict[str, Any] = {f"k{n}": {} for n in range(1_000)}
    found = refused({"a": wide}, update("$.a.*", wide), update("$.a.*", wide))
    assert rules(found) == [("overlay/size", "error")]


def test_many_actions_may_not_write_to_many_places_each() -> None:
    wide: dict[str, Any] = {f"k{n}": {} for n in range(400)}
    found = refused({"a": wide}, *(update("$.a.*", {f"x{n}": 1}) for n in range(400)))
    assert rules(found) == [("overlay/size", "error")]


def nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def test_nesting_is_bounded_as_in_documents() -> None:
    fits, too_deep = nested(MAX_DEPTH - 6), nested(MAX_DEPTH - 5)
    assert laid(nested(6), update("$.a.a.a.a.a", {"b": fits})).value
    problem = refused(nested(6), update("$.a.a.a.a.a", {"b": too_deep}))[0]
    assert (problem.rule, problem.pointer) == ("overlay/depth", "#/actions/0/update")
    document: Any = {"a": {"a": {"a": []}}}
    assert laid(document, update("$.a.a.a", nested(MAX_DEPTH - 4))).value
    assert rules(refused(document, update("$.a.a.a", nested(MAX_DEPTH - 3)))) == [
        ("overlay/depth", "error")
    ]


def test_many_actions_on_a_long_list_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "MAX_STEPS", 10_000)
    monkeypatch.setattr(apply, "STEPS_PER_VALUE", 1)
    actions = [update("$.a[0]", {"b": 1})] * 200
    assert rules(refused({"a": [{}] * 10_000}, *actions)) == [("overlay/cost", "error")]


@pytest.mark.parametrize("kind", ["members", "items", "inner members"])
def test_many_actions_on_one_container_are_stopped(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them copies it."""
    monkeypatch.setattr(apply, "MAX_STEPS", 10_000)
    monkeypatch.setattr(apply, "STEPS_PER_VALUE", 1)
    wide: Any = [{}] * 2_000 if kind == "items" else {f"k{number}": {} for number in range(2_000)}
    new: Any = {"members": {"b": 1}, "items": [1], "inner members": {"a": {"b": 1}}}[kind]
    target = "$" if kind == "inner members" else "$.a"
    few, many = ([update(target, new)] * count for count in (10, 100))
    assert laid({"a": wide}, *few).value
    assert rules(refused({"a": wide}, *many)) == [("overlay/cost", "error")]


# Places


VENDOR = """\
info:
  title: t
tags:
- name: a
- name: b
- name: c
schemas:
  Pet: {type: object, properties: {name: {type: string}}}
"""
FIRST = """\
overlay: 1.1.0
info: {title: t, version: a}
actions:
- target: $.info
  update:
    description: d
- target: $.tags[?@.name=='a']
  remove: true
- target: $.tags
  update:
  - name: d
    x: 1
- target: $.schemas.Pet.properties
  update:
    name:
      maxLength: 3
    age: {type: integer}
- target: $.schemas
  update:
    Dog: {}
- target: $.schemas.Dog
  copy: $.schemas.Pet
"""
SECOND = """\
{"overlay": "1.0.0", "info": {"title": "t", "version": "a"}, "actions": [
  {"target": "$.schemas.Pet.properties.age",
   "update": {"type": "string",
              "x": 1}},
  {"target": "$.info.title", "remove": true},
  {"target": "$.info", "update": {"title": "u"}}
]}
"""


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("#", "api.yaml:1:1"),
        ("#/info", "api.yaml:1:1"),
        ("#/info/title", "1.yaml:6:35"),
        ("#/info/description", "0.yaml:6:5"),
        ("#/tags", "api.yaml:3:1"),
        ("#/tags/0", "api.yaml:5:3"),
        ("#/tags/1/name", "api.yaml:6:3"),
        ("#/tags/2", "0.yaml:11:5"),
        ("#/tags/2/x", "0.yaml:12:5"),
        ("#/schemas/Pet/properties/name", "api.yaml:8:36"),
        ("#/schemas/Pet/properties/name/type", "api.yaml:8:43"),
        ("#/schemas/Pet/properties/name/maxLength", "0.yaml:16:7"),
        ("#/schemas/Pet/properties/age", "0.yaml:17:5"),
        ("#/schemas/Pet/properties/age/type", "1.yaml:3:15"),
        ("#/schemas/Pet/properties/age/x", "1.yaml:4:15"),
        ("#/schemas/Dog", "0.yaml:20:5"),
        ("#/schemas/Dog/properties/name/type", "api.yaml:8:43"),
        ("#/schemas/Dog/properties/age/type", "0.yaml:17:11"),
        ("#/info/nothing", "api.yaml:1:1"),
    ],
)
def test_a_part_stands_in_the_file_that_wrote_it(pointer: str, place: str) -> None:
    assert told(VENDOR, FIRST, SECOND) == []
    source = load(Path("api.yaml"), [Path("0.yaml"), Path("1.yaml")])
    (problem,) = locate(source, [Finding("r", pointer, "m")])
    assert f"{problem.file}:{problem.line}:{problem.column}" == place
    assert problem.pointer == pointer


def test_what_was_removed_stands_where_it_was_removed_from() -> None:
    told("a:\n  b: 1\n  c: 2\n", HEAD.format("1.1.0", "{target: $.a.c, remove: true}"))
    source = load(Path("api.yaml"), [Path("0.yaml")])
    assert locate(source, [Finding("r", "#/a/c/d", "m")])[0].line == 1


def test_problems_are_in_the_order_of_the_files() -> None:
    told(VENDOR, FIRST, SECOND)
    source = load(Path("api.yaml"), [Path("0.yaml"), Path("1.yaml")])
    pointers = ("#/info/title", "#/tags/2", "#/tags/0", "#/info/description", "#/info")
    found = locate(source, [Finding("r", pointer, "m") for pointer in pointers])
    places = [(p.file, p.line) for p in found]
    assert places == [
        ("api.yaml", 1), ("api.yaml", 5), ("0.yaml", 6), ("0.yaml", 11), ("1.yaml", 6),
    ]  # fmt: skip


# The commands

API = """\
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths: {}
components:
  schemas:
    Pet:
      type: object
      properties:
        tags: {type: array, items: {type: string}}
        tag: {type: string}
"""
COMPAT = """\
overlay: 1.1.0
info: {title: x-compat of Pets, version: "1"}
extends: api.yaml
actions:
- target: $.components.schemas.Pet.properties.tag
  update:
    x-compat: {into: /tags, to: [$]}
- target: $.components.schemas.Pet.properties
  update:
    nick: {type: string}
"""
TARGET = "api.yaml --overlay compat.yaml --package pets --output out"


@pytest.fixture
def project() -> None:
    Path("api.yaml").write_text(API)
    Path("compat.yaml").write_text(COMPAT)


def speclens(command: str, input: str = "") -> Result:
    result = CliRunner().invoke(main, command.split(), input=input)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.usefixtures("project")
def test_x_compat_over_a_vendor_document_normalizes() -> None:
    assert speclens(f"generate {TARGET}").exit_code == 0
    code = "from pets import normalize_pet; print(normalize_pet({'tag': 'x', 'nick': 'y'}).value)"
    told = subprocess.check_output([sys.executable, "-c", code], cwd="out", text=True)
    assert told.strip() == "{'nick': 'y', 'tags': ['x']}"
    assert "from api.yaml, compat.yaml with" in Path("out/pets/normalizers.py").read_text()
    assert speclens(f"check {TARGET}").exit_code == 0
    assert "nick" not in API
    assert Path("api.yaml").read_text() == API


@pytest.mark.usefixtures("project")
def test_check_tells_of_an_overlay_that_changed() -> None:
    speclens(f"generate {TARGET}")
    Path("compat.yaml").write_text(COMPAT.replace("to: [$]}", 'to: [$], absent: [""]}'))
    result = speclens(f"check {TARGET} --format json")
    assert result.exit_code == 1
    (file,) = json.loads(result.stdout)["files"]
    assert file["path"] == "pets/normalizers.py"
    assert file["causes"] == ["document"]
    assert file["pointers"] == ["#/components/schemas/Pet/properties/tag"]
    assert f"speclens generate {TARGET}" in speclens(f"check {TARGET}").stdout


@pytest.mark.usefixtures("project")
def test_check_without_the_overlay_is_drift() -> None:
    speclens(f"generate {TARGET}")
    assert speclens(f"check {TARGET.replace('--overlay compat.yaml', '')}").exit_code == 1


@pytest.mark.usefixtures("project")
def test_explain_names_the_overlay() -> None:
    speclens(f"generate {TARGET}")
    models = Path("out/pets/models.py").read_text().split("\n")
    line = next(number for number, text in enumerate(models, 1) if "nick" in text)
    result = speclens(f"explain out/pets/models.py:{line} {TARGET}")
    assert "compat.yaml:10:5  #/components/schemas/Pet/properties/nick" in result.stdout
    folds = Path("out/pets/normalizers.py").read_text().split("\n")
    line = next(number for number, text in enumerate(folds, 1) if '("tag", ' in text)
    result = speclens(f"explain out/pets/normalizers.py:{line} {TARGET} --format json")
    found = json.loads(result.stdout)
    assert (found["document"]["file"], found["document"]["line"]) == ("api.yaml", 10)
    assert [(one["file"], one["line"]) for one in found["overlays"]] == [("compat.yaml", 7)]


@pytest.mark.usefixtures("project")
def test_findings_of_the_result_stand_in_the_overlay() -> None:
    Path("compat.yaml").write_text(COMPAT.replace("/tags", "/nowhere").replace("$.components.schemas.Pet.properties\n", "$.components.schemas.Dog\n"))  # fmt: skip
    result = speclens("validate api.yaml --overlay compat.yaml")
    assert result.exit_code == 1
    assert re.search(r"^compat\.yaml:8:3: overlay/no-match: ", result.stdout, re.MULTILINE)
    assert re.search(r"^compat\.yaml:7:\d+: compat/", result.stdout, re.MULTILINE)
    github = speclens("validate api.yaml --overlay compat.yaml --format github").stdout
    assert "::warning file=compat.yaml,line=8,col=3,title=overlay/no-match::" in github


@pytest.mark.usefixtures("project")
def test_every_command_that_reads_a_document_takes_overlays() -> None:
    normal = speclens(
        "normalize --spec api.yaml --overlay compat.yaml --schema Pet", '{"tag": "x"}'
    )
    assert json.loads(normal.stdout) == {"tags": ["x"]}
    canonical = speclens("export api.yaml --overlay compat.yaml --view canonical --syntax json")
    properties = json.loads(canonical.stdout)["components"]["schemas"]["Pet"]["properties"]
    assert properties.keys() == {"tags", "nick"}
    assert speclens("validate api.yaml --overlay compat.yaml").exit_code == 0
    assert speclens("mock --spec api.yaml --overlay nowhere.yaml").exit_code == 2
    result = speclens("mock --spec api.yaml --overlay compat.yaml")
    assert (result.exit_code, "mock/no-server" in result.stdout) == (1, True)


@pytest.mark.usefixtures("project")
def test_overlays_stand_in_pyproject_toml() -> None:
    table = '[tool.speclens]\nspec = "api.yaml"\npackage = "pets"\noutput = "out"\n'
    Path("pyproject.toml").write_text(f'{table}overlays = ["compat.yaml"]\n')
    assert speclens("generate").exit_code == 0
    assert speclens("check").exit_code == 0
    assert speclens(f"check {TARGET}").exit_code == 0
    assert json.loads(speclens("normalize --schema Pet", '{"tag": "x"}').stdout) == {"tags": ["x"]}
    assert "nick" in speclens("export --view wire").stdout
    assert speclens("validate").exit_code == 0
    Path("pyproject.toml").write_text(table)
    assert speclens("check").exit_code == 1
    for value in ('"compat.yaml"', "[1]"):
        Path("pyproject.toml").write_text(f"{table}overlays = {value}\n")
        result = speclens("check")
        assert (result.exit_code, "pyproject.toml:5:1: config/overlays" in result.stdout) == (
            2,
            True,
        )


@pytest.mark.usefixtures("project")
def test_overlays_of_the_command_line_come_before_those_of_the_project() -> None:
    assert "No pyproject.toml" in speclens("validate --overlay compat.yaml").stderr
    Path("pyproject.toml").write_text(
        '[tool.speclens]\nspec = "api.yaml"\npackage = "pets"\noutput = "out"\noverlays = ["none.yaml"]\n'
    )
    assert speclens("validate").exit_code == 2
    assert speclens("validate --overlay compat.yaml").exit_code == 0
    assert "nick" in speclens("export --view wire --overlay compat.yaml").stdout
    payload = '{"tag": "x"}'
    found = speclens("normalize --schema Pet --overlay compat.yaml", payload)
    assert json.loads(found.stdout) == {"tags": ["x"]}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("name", "code"), [("nowhere.yaml", 2), ("bad.yaml", 1)])
def test_exit_codes(name: str, code: int) -> None:
    Path("bad.yaml").write_text("overlay: 1.1.0\n")
    result = speclens(f"validate api.yaml --overlay {name}")
    assert (result.exit_code, result.stdout.startswith(f"{name}:1:1: ")) == (code, True)


@pytest.mark.usefixtures("project")
def test_the_cache_serves_no_other_overlay() -> None:
    Path("renamed.yaml").write_text(COMPAT.replace("$.components.schemas.Pet.p", "$.nowhere.p"))
    for name in ("renamed.yaml", "again.yaml"):
        Path("renamed.yaml").rename(name) if name == "again.yaml" else None
        result = speclens(f"generate {TARGET.replace('compat.yaml', name)}")
        assert f"{name}:5:3: overlay/no-match" in result.stderr


# Laws

KEYS = st.sampled_from(["a", "b", "c", "é", "x-y", "0"])
LEAVES = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "ab", "0"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=3)
SELECTORS = st.sampled_from(
    ["*", "'a'", "'b'", "'x-y'", "0", "-1", "1:", "::-1", "'a','b'", "?@.a", "?@.a==1", "?@==$.a", "?!@.b", "?@.a<@.b",
     "?length(@)>1", "?count(@.*)>1", "?match(@,'a.?')", "?search(@.a,'b')", "?value(@.*)==0", "?@.a!=@.b", "?@..a",
     "?@.a>=1||@.b<=1&&@.c", "?@==true", "?@==null", "?@[0]==@['a']"]
)  # fmt: skip
SEGMENTS = st.builds(lambda dots, inner: f"{dots}[{inner}]", st.sampled_from(["", ".."]), SELECTORS)
QUERIES = st.lists(SEGMENTS, max_size=3).map(lambda segments: "$" + "".join(segments))
ACTION = st.builds(update, QUERIES, VALUES) | st.builds(remove, QUERIES) | st.builds(
    lambda target, source: {"target": target, "copy": source}, QUERIES, QUERIES
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(DOCUMENTS, QUERIES)
def test_queries_select_what_the_library_selects(document: Any, query: str) -> None:
    found = json_path.select(json_path.parse_query(query), document, json_path.Budget(1_000_000))
    expected = [node.location for node in jsonpath_rfc9535.find(query, document)]
    assert found == list(dict.fromkeys(expected))


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS, st.lists(ACTION, min_size=1, max_size=4), st.sampled_from(["1.0.0", "1.1.0"]))
def test_no_action_is_a_traceback_or_changes_what_it_was_given(
    document: Any, actions: list[Any], version: str
) -> None:
    Path("api.json").write_text(json.dumps(document))
    Path("a.json").write_text(json.dumps(written(actions, version)))
    plain = load(Path("api.json"))
    try:
        source = apply.load_laid(Path("api.json"), [Path("a.json")])
    except Refused as caught:
        assert all(problem.file == "a.json" for problem in caught.problems)
        return
    assert plain.value == document
    assert all(load(Path("a.json")).value == one.value for one in source.overlays)
    for pointer, value in parts(source.value, "#"):
        (problem,) = locate(source, [Finding("r", pointer, "")])
        assert problem.file in ("api.json", "a.json")
        del value


def parts(value: Any, at: str) -> list[tuple[str, Any]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [(at, value), *(one for key, part in inner for one in parts(part, f"{at}/{key}"))]


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS, VALUES)
def test_an_overlay_that_matches_nothing_changes_nothing(document: Any, value: Any) -> None:
    source = laid(document, update("$.nowhere", value), remove("$.nowhere..*"))
    assert json.dumps(source.value) == json.dumps(document)
    assert {problem.rule for problem in source.warnings} == {"overlay/no-match"}


OBJECTS = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS, st.dictionaries(KEYS, OBJECTS, max_size=3))
def test_an_update_of_objects_twice_is_once(document: Any, value: Any) -> None:
    action = update("$", value)
    try:
        once = laid(document, action).value
    except Refused:
        return
    assert json.dumps(laid(document, action, action).value) == json.dumps(once)


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS, VALUES)
def test_each_part_stands_where_its_value_is_written(document: Any, value: Any) -> None:
    try:
        source = laid(document, update("$", {"a": value}))
    except Refused:
        return
    texts = [json.loads(text) for text in source.texts]
    for pointer, part in parts(source.value, "#"):
        origin = source.origin
        for token in pointer.split("/")[1:]:
            origin = origin.member(token)
        at = texts[origin.text]
        for token in origin.path:
            at = at[int(token)] if isinstance(at, list) else at[token]
        if not isinstance(part, dict | list):
            assert at == part
