"""Finds equal lines of two texts in time linear in their length. `difflib` takes quadratic time if lines are repeated."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

_MOST_PAIRS = 10_000
"""The most pairs of lines that `difflib` compares. Longer ranges without a unique line count as replaced."""
_DEPTH = 32

_Range = tuple[int, int, int, int]  # from and to of the one, from and to of the other


class LineMatcher(SequenceMatcher[str]):
    """`difflib`'s matcher of two lists of lines, with patience diff: it first matches lines that occur once in each list, and
    then the lines between them (https://bramcohen.livejournal.com/73318.html)."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._lines = old, new

    def get_matching_blocks(self) -> list[Match]:
        """The blocks of equal lines in order, and an empty one at the end."""
        old, new = self._lines
        blocks: list[Match] = []
        for found in map(Match._make, _matched(old, new, (0, len(old), 0, len(new)), 0)):
            last = blocks[-1] if blocks else Match(0, 0, 0)
            if (last.a + last.size, last.b + last.size) == (found.a, found.b) and last.size:
                blocks[-1] = last._replace(size=last.size + found.size)
            else:
                blocks.append(found)
        return [*blocks, Match(len(old), len(new), 0)]


def _matched(
    old: Sequence[str], new: Sequence[str], within: _Range, depth: int
) -> Iterator[tuple[int, int, int]]:
    """Equal lines within two ranges: their start in each list, and their number."""
    start, end, first, last = within
    head = 0
    while start + head < end and first + head < last and old[start + head] == new[first + head]:
        head += 1
    tail = 0
    while (
        end - tail > start + head
        and last - tail > first + head
        and old[end - tail - 1] == new[last - tail - 1]
    ):
        tail += 1
    if head:
        yield start, first, head
    inner = start + head, end - tail, first + head, last - tail
    if inner[0] < inner[1] and inner[2] < inner[3]:
        yield from _matched_inside(old, new, inner, depth)
    if tail:
        yield end - tail, last - tail, tail


def _matched_inside(
    old: Sequence[str], new: Sequence[str], within: _Range, depth: int
) -> Iterator[tuple[int, int, int]]:
    """The same for ranges that have no common beginning and no common end."""
    start, end, first, last = within
    anchors = _anchors(old, new, within) if depth < _DEPTH else []
    if anchors:
        for at, to in [*anchors, (end, last)]:
            yield from _matched(old, new, (start, at, first, to), depth + 1)
            if at < end:
                yield at, to, 1
            start, first = at + 1, to + 1
    elif (end - start) * (last - first) <= _MOST_PAIRS:
        inner = SequenceMatcher(None, old[start:end], new[first:last], autojunk=False)
        for at, to, size in inner.get_matching_blocks():
            if size:
                yield start + at, first + to, size


def _anchors(old: Sequence[str], new: Sequence[str], within: _Range) -> list[tuple[int, int]]:
    """The longest sequence of lines that occur once in each range, and in the same order in both."""
    start, end, first, last = within
    times, others = Counter(old[start:end]), Counter(new[first:last])
    places = {line: to for to, line in enumerate(new[first:last], first) if others[line] == 1}
    pairs = [
        (at, places[line])
        for at, line in enumerate(old[start:end], start)
        if times[line] == 1 and line in places
    ]
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs, ordered by their first numbers, in which the second numbers rise as well."""
    ends: list[int] = []  # the smallest second number at the end of a subsequence of each length
    chosen: list[int] = []  # the pair of that number
    before: list[int] = []
    for index, (_, to) in enumerate(pairs):
        length = bisect_left(ends, to)
        before.append(chosen[length - 1] if length else -1)
        ends[length : length + 1], chosen[length : length + 1] = [to], [index]
    found: list[tuple[int, int]] = []
    index = chosen[-1] if chosen else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]
