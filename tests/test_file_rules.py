"""One smallest document per refusal of `x-file`, told on its first line; and what an `x-file` becomes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from built import problems, schemas, texts
from speclens.reporting import render

FILES = sorted((Path(__file__).parent / "invalid").glob("file_*.yaml"))
EXPECTED = re.compile(r"# expected: (.*)")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_refused(file: Path) -> None:
    text = file.read_text("utf-8")
    found = problems(text, str(file))
    lines = render(found, "text").splitlines()
    assert [line.removeprefix(f"{file}:") for line in lines] == EXPECTED.findall(text)


def test_every_rule_has_a_document() -> None:
    found = {line.split(": ")[1] for file in FILES for line in EXPECTED.findall(file.read_text())}
    rules = "hidden-method malformed no-file no-text older-property unknown-key unknown-property"
    assert found == {f"file/{rule}" for rule in rules.split()}


def test_a_file_and_a_list_of_files() -> None:
    text = {"type": "string"}
    one = {"type": "object", "x-file": {"url": "link"}, "properties": {"link": text}}
    items = {"type": "array", "items": {"$ref": "#/components/schemas/One"}}
    many = {"type": "object", "x-file": {"first": "all"}, "properties": {"all": items}}
    models = texts(schemas(One=one, Many=many))["models.py"]
    assert 'class One(FileModel, url="link"):' in models
    assert 'class Many(FileModel, first="all"):' in models
