"""Every operation of a document can be called with arguments that the document admits; the request that arrives is what
the document says, read by the text of the specification; and every answer that the document admits becomes a result.

What a request cannot say is told in `every_operation.styles` and `bodies`. SPECLENS_SOAK says how many calls there are of
each operation in a long run; `scenarios/run_documents.py` does the same for documents of others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import goldens
from built import source
from every_operation import bodies, styles
from every_operation.examining import Outcome, examine
from every_operation.package import operations, package

ODD = Path(__file__).parent / "every_operation"
FEW = 6


def documents() -> Iterator[str]:
    """The golden documents that have paths, and those that mix what is odd."""
    for name in goldens.FEATURES:
        if "paths: {}" not in goldens.document(name).read_text("utf-8"):
            yield name
    yield from sorted(path.stem for path in ODD.glob("*.yaml"))


@pytest.mark.parametrize("name", list(documents()))
def test_every_operation(name: str, tmp_path: Path) -> None:
    hold(name, tmp_path, FEW)


@pytest.mark.soak
@pytest.mark.parametrize("name", list(documents()))
def test_every_operation_at_length(name: str, tmp_path: Path) -> None:
    hold(name, tmp_path, int(os.environ.get("SPECLENS_SOAK", "300")))


def hold(name: str, directory: Path, examples: int) -> None:
    odd = ODD / f"{name}.yaml"
    read = source(odd.read_text("utf-8")) if odd.exists() else goldens.read(name)
    made = package(read, directory)
    assert made
    outcome = examine(made, examples)
    assert outcome.failures == {}
    assert outcome.seen["operations"] == len(operations(made.document))
    assert not outcome.seen["operations without arguments"]
    assert outcome.seen["requests that their style cannot say"] < outcome.seen["calls"]


# What reads requests is no judge unless it tells what is wrong


@pytest.mark.parametrize(
    ("parameter", "query", "given"),
    [
        ({}, "color=red", "blue"),
        ({}, "color=red&color=red", "red"),
        ({}, "color=red,blue", ["red", "blue"]),
        ({"explode": False}, "color=red%2Cblue", ["red", "blue"]),
        ({"style": "pipeDelimited"}, "color=red,blue", ["red", "blue"]),
        ({"style": "deepObject"}, "R=1", {"R": 1}),
        ({}, "color=R,1", {"R": 1}),
        ({"content": {"application/json": {}}}, "color=red", "red"),
    ],
)
def test_what_is_written_in_another_style_is_told(
    parameter: dict[str, Any], query: str, given: Any
) -> None:
    found = styles.parts(httpx.Request("GET", f"http://x/base/p?{query}"), "/base", "/p")
    try:
        said = styles.read({"name": "color", "in": "query", **parameter}, given, found)
    except (styles.Wrong, ValueError):
        return
    assert not styles.is_said(said, given)


@pytest.mark.parametrize(
    ("content", "kind", "given"),
    [
        (b'{"a":1}', "application/json", {"a": True}),
        (b"a=1&b=2", "application/x-www-form-urlencoded", {"a": 1}),
        (b"a=1", "application/x-www-form-urlencoded", {"a": 1, "b": 2}),
        (b"text", "text/plain", "other"),
        (b"bytes", "image/png", b"other"),
        (b"--x--\r\n", "multipart/form-data; boundary=x", {"a": b"1"}),
    ],
)
def test_a_body_that_says_something_else_is_told(content: bytes, kind: str, given: Any) -> None:
    request = httpx.Request("POST", "http://x", content=content, headers={"content-type": kind})
    with pytest.raises(styles.Wrong):
        bodies.check(request, given, {})


def test_what_fails_is_told_with_what_it_was_called_with(tmp_path: Path) -> None:
    made = package(goldens.read("servers"), tmp_path)
    assert made
    for one in made.client.operations:
        object.__setattr__(getattr(made.module, one.constant), "path", "/elsewhere")
    outcome: Outcome = examine(made, FEW)
    assert len(outcome.failures) == outcome.seen["operations"]
    assert all("the path is '/base/elsewhere'" in told for told in outcome.failures.values())
