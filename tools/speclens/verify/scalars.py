"""Strategies of numbers and texts within bounds, and near the bounds of other schemas in the document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from speclens import patterns
from speclens.lower.ground import likely
from speclens.verify.judges import JUDGED_FORMAT
from speclens.verify.layers import Layers, sizes
from speclens.verify.values import Json, members

_LONGEST = 1000
_BOUNDS = (
    *("minLength", "maxLength", "minItems", "maxItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)

_TEXTS = {
    "date-time": (
        "2020-01-01T00:00:00Z",
        "2020-02-30T00:00:00.1+02:00",
        "1999-12-31t23:59:60.1234567z",
    ),
    "date": ("2020-01-01", "2020-02-30"),
    "time": ("10:00:00Z", "10:00:00.123+0200", "1"),
    "duration": ("P1DT2H", "P1Y", "PT0.50S", "P"),
    "uuid": (
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "F47AC10B58CC4372A5670E02B2C3D479",
        "f47ac10b",
    ),
    "byte": ("", "aGk=", "aGk", "_-8", "a"),
    "binary": ("", "a", "\u00e4"),
    "decimal": ("1.50", "-1E+5", "1e5", "NaN"),
    "int64": ("1", "007", "9007199254740993", "1.0"),
}
"""Texts for formats that are types in models: valid and nearly valid ones."""


def edges(document: Json) -> tuple[int, ...]:
    """The integer parts of all bounds in a document, and their neighbours, since an older field may be wider than its hub."""
    found = {edge + step for edge in map(int, _edges(document)) for step in (-1, 0, 1)}
    return tuple(sorted(found, key=lambda edge: (abs(edge), edge)))


def _edges(value: Json) -> Iterator[float]:
    for key, item in members(value):
        if key in _BOUNDS and isinstance(item, int | float) and not isinstance(item, bool):
            yield item
        yield from _edges(item)


def texts(layers: Layers, known: Collection[str], near: Collection[int]) -> SearchStrategy[Json]:
    """Texts within bounds, or that match a pattern; some from `known`, and some whose length is near an edge."""
    low, high = sizes(layers, "minLength", "maxLength")
    judged = [layer[JUDGED_FORMAT] for layer in layers if JUDGED_FORMAT in layer]
    if judged:
        return st.sampled_from(_TEXTS.get(judged[0], ("",)))
    if low > high:
        return st.nothing()
    written = [layer["pattern"] for layer in layers if "pattern" in layer]
    searches = [(pattern, search) for pattern in written if (search := patterns.search(pattern))]
    fitting = [
        text
        for text in known
        if low <= len(text) <= high and all(search(text) for _, search in searches)
    ][:4]
    some = [st.sampled_from(fitting)] if fitting else []
    matching = _matching(*searches[0]) if searches else None
    if matching is not None:
        return st.one_of(matching, *some)
    free = st.text(min_size=low, max_size=min(high, low + 4))
    lengths = [edge for edge in near if max(low, 1) <= edge <= min(high, _LONGEST)]
    if lengths:
        some += [st.builds(str.__mul__, st.characters(codec="utf-8"), st.sampled_from(lengths))] * 2
    return st.one_of(free, *some)


def _matching(pattern: str, search: Callable[[str], bool]) -> SearchStrategy[Json] | None:
    """Texts that a pattern matches; None if no guess matches. hypothesis.strategies.from_regex would search with `re`, which
    may never end."""
    least = likely.text_of(pattern)
    if not search(least):
        return None

    @st.composite
    def guessed(draw: st.DrawFn) -> str:
        text = likely.text_of(pattern, lambda count: draw(st.integers(0, count - 1)))
        return text if search(text) else least

    around = st.text(max_size=2)
    padded = st.builds("{}{}{}".format, around, guessed(), around)
    return st.one_of(guessed(), padded.map(lambda text: text if search(text) else least))


def numbers(layers: Layers, is_integer: bool, near: Collection[int]) -> SearchStrategy[Json]:
    """Numbers within bounds, some near an edge. Integers also occur as floats."""
    low, high = _limit(layers, "inimum", max), _limit(layers, "aximum", min)
    if low is not None and high is not None and low > high:
        return st.nothing()
    fitting = [
        edge for edge in near if (low is None or low <= edge) and (high is None or edge <= high)
    ]
    some: list[SearchStrategy[Json]] = [st.sampled_from(fitting)] if fitting else []
    if not is_integer:
        ends = [None if bound is None else float(bound) for bound in (low, high)]
        return st.one_of(st.floats(*ends, allow_nan=False, allow_infinity=False), *some)
    least, most = None if low is None else ceil(low), None if high is None else floor(high)
    if least is not None and most is not None and least > most:
        return st.nothing()
    start = 0 if least is None else least
    end = max(9, start) if most is None else most
    if start > end:
        return st.one_of(st.integers(least, most), *some)
    small = st.integers(start, end)
    return st.one_of(small, small.map(float), st.integers(least, most), *some)


def _limit(layers: Layers, ending: str, pick: Any) -> Any:
    """The strictest bound of a kind."""
    keywords = (f"m{ending}", f"exclusiveM{ending}")
    found = [layer[keyword] for layer in layers for keyword in keywords if keyword in layer]
    return pick(found, default=None)
