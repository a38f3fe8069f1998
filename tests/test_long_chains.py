"""Schemas of which each is a part of the one before: hundreds are followed, thousands are a located problem."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from built import drafts, schemas, source
from speclens import judging
from speclens.problems import Refused


def chain(length: int) -> dict[str, Any]:
    last = {
        "color": {"type": "string"},
        "colour": {"type": "string", "x-compat": {"into": "/color"}},
    }
    named: dict[str, Any] = {"Last": {"type": "object", "properties": last}}
    for index in range(length):
        reference = {
            "$ref": f"#/components/schemas/C{index - 1}" if index else "#/components/schemas/Last"
        }
        named[f"C{index}"] = {"type": "object", "properties": {"next": reference}}
    return schemas(**dict(reversed(named.items())))


def test_hundreds_are_followed() -> None:
    usual = sys.getrecursionlimit()
    text = drafts(chain(400))["normalizers.py"].text
    assert "def normalize_c399(" in text
    assert sys.getrecursionlimit() == usual


def test_thousands_are_a_problem() -> None:
    usual = sys.getrecursionlimit()
    with pytest.raises(Refused) as caught:
        judging.read_document(source(chain(4000)))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.pointer, problem.line) == ("source/depth", "#/components", 1)
    assert sys.getrecursionlimit() == usual
