"""Laws of reading: JSON and YAML agree, places are true, and no text is a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from speclens.problems import Finding, Problem, Refused
from speclens.source import Source, load, loads, locate, pointer

# What YAML cannot hold raw, and U+0085, U+2028, U+2029, which libyaml folds as line breaks.
CHARACTERS = st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
)
TEXTS = st.text(CHARACTERS, max_size=12)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**300), 10**300)  # larger ones are refused
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=5)


@settings(max_examples=500, deadline=None)
@given(DOCUMENTS, st.sampled_from([None, 1, "\t"]))
def test_json_text_is_read_as_it_was_written(document: dict[str, Any], indent: Any) -> None:
    assert loads(json.dumps(document, indent=indent), "a.json").value == document


@settings(max_examples=500, deadline=None)
@given(DOCUMENTS, st.sampled_from([None, 1]))
def test_json_text_is_the_same_yaml(document: dict[str, Any], indent: int | None) -> None:
    text = "# so that it is YAML\n" + json.dumps(document, indent=indent, ensure_ascii=False)
    assert repr(loads(text, "a.yaml").value) == repr(document)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS, st.sampled_from([True, False, None]))
def test_dumped_yaml_is_read_as_it_was_written(document: dict[str, Any], flow: bool | None) -> None:
    text = yaml.dump(document, Dumper=Quoting, default_flow_style=flow, allow_unicode=True)
    assert loads(text, "a.yaml").value == document


class Quoting(yaml.SafeDumper):
    """Quotes every string, since PyYAML knows by YAML 1.1 alone which ones need it."""


Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS, st.sampled_from([None, 1]), st.sampled_from(["", "# YAML\r\n"]), st.booleans())
def test_the_text_at_a_place_starts_with_its_key(
    document: dict[str, Any], indent: int | None, start: str, ascii: bool
) -> None:
    text = start + json.dumps(document, indent=indent, ensure_ascii=ascii and not start)
    expected = dict(parts(document))
    found = locate(loads(text, "-"), [Finding("a/b", place, "m") for place in expected])
    lines = re.split(r"\r\n|\r|\n", text)
    for problem in found:
        rest = lines[problem.line - 1][problem.column - 1 :]
        token = json.dumps(expected[problem.pointer], ensure_ascii=ascii and not start)
        assert rest.startswith(token)


def parts(value: Any, place: str = "#") -> Iterator[tuple[str, Any]]:
    """Pointers of all members and scalar items, with the key or the item that stands there."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield pointer.join(place, key), key
            yield from parts(part, pointer.join(place, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            if not isinstance(part, dict | list):
                yield pointer.join(place, index), part
            yield from parts(part, pointer.join(place, index))


PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        "- ",
        "? ",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "|",
        ">",
        "'",
        '"',
        "%YAML 1.2",
        "---\n",
        "...\n",
        "<<",
        "#",
        " ",
        "\n",
        "\r",
        "\t",
        "a",
        "1",
        ".inf",
        "1e999",
        "NaN",
        "~",
        "\\",
        "\\ud800",
        "\ud800",
        "\0",
        "\x85",
        "\u2028",
        "\ufeff",
        "é",
        "😀",
    ]
)


@settings(max_examples=1_500, deadline=None)
@given(
    st.text(max_size=40) | st.lists(PIECES, max_size=25).map("".join),
    st.sampled_from(["a.yaml", "a.json"]),
)
def test_any_text_is_a_source_or_refused(text: str, name: str) -> None:
    result = outcome(lambda: loads(text, name))
    if isinstance(result, Source):
        assert isinstance(result.value, dict)
        assert len(locate(result, [Finding("a/b", "#/a/a", "m")])) == 1
    else:
        assert result
        assert all(p.line >= 1 and p.column >= 1 and p.file == name for p in result)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_a_source_or_refused(tmp_path_factory: Any, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(data)
    result = outcome(lambda: load(file))
    assert isinstance(result.value, dict) if isinstance(result, Source) else result


def outcome(read: Callable[[], Source]) -> Source | tuple[Problem, ...]:
    try:
        return read()
    except Refused as refused:
        return refused.problems
