"""The lines that two texts share, as diffs and `explain` need them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from growth import LINEAR, exponent, steps
from speclens.output.matching import LineMatcher
from speclens.tree.diff import unified

LINES = st.lists(st.sampled_from("abcdef"), max_size=30)


@given(LINES, LINES)
def test_blocks_are_equal_lines_in_order(old: list[str], new: list[str]) -> None:
    before = (0, 0)
    *blocks, end = LineMatcher(old, new).get_matching_blocks()
    assert tuple(end) == (len(old), len(new), 0)
    for at, to, size in blocks:
        assert size > 0
        assert old[at : at + size] == new[to : to + size]
        assert at >= before[0]
        assert to >= before[1]
        assert (at, to) != before or before == (0, 0)
        before = (at + size, to + size)


@given(LINES)
def test_a_text_is_like_itself(lines: list[str]) -> None:
    blocks = LineMatcher(lines, lines).get_matching_blocks()
    assert [tuple(one) for one in blocks if one.size] == ([(0, 0, len(lines))] if lines else [])


def applied(old: list[str], diff: str) -> list[str]:
    """The lines that a unified diff makes of some."""
    made: list[str] = []
    at = 0
    for line in diff.splitlines()[2:]:
        if hunk := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            made += old[at:start]
            at = start
        elif line[0] == "+":
            made.append(line[1:])
        else:
            assert old[at] == line[1:]
            made += [line[1:]] if line[0] == " " else []
            at += 1
    return made + old[at:]


@given(LINES, LINES)
def test_a_diff_turns_the_one_into_the_other(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{line}\n" for line in one).encode() for one in (old, new))
    assert applied(old, unified("a", before, after)) == new


def test_repeated_lines_take_linear_time() -> None:
    def texts(count: int) -> tuple[bytes, bytes]:
        part = "".join(f"line {line}\n" for line in range(20))
        return (part * count).encode(), (part.replace("line 7\n", "changed\n") * count).encode()

    assert exponent(texts, lambda made: unified("a", *made), 100, cost=steps) <= LINEAR
