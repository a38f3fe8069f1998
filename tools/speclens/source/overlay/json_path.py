"""JSONPath queries (RFC 9535): text -> query, and query -> the locations that it selects in a value, within a budget.

jsonpath-rfc9535 parses the queries and checks their grammar, the types of functions, and ranges. This module evaluates its
syntax trees, because a query is untrusted. The library's own evaluation has no bound (`$..*..*..*`, a filter within filters),
and its regular expressions backtrack. Here each step spends from a budget, and Rust's engine runs regular expressions in
linear time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from jsonpath_rfc9535 import (
    JSONPathEnvironment,
    JSONPathError,
)
from jsonpath_rfc9535 import (
    JSONPathQuery as Query,
)
from jsonpath_rfc9535 import (
    filter_expressions as filters,
)
from jsonpath_rfc9535 import (
    selectors as kinds,
)
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment as Descendants

from speclens.source.overlay.budget import Budget, TooCostly
from speclens.source.overlay.json_path_values import NOTHING, compare, matches

__all__ = ["Budget", "Invalid", "Query", "TooCostly", "parse_query", "select"]

MAX_LENGTH = 1_000
"""The longest query that speclens reads, in characters. This bounds its cost at each value."""


MAX_NODES = 1_000_000
"""The most nodes that an evaluation holds at a time: some 100 MB."""


class Invalid(Exception):
    """A text is not a query; the message says why."""


class _QueryNode(NamedTuple):
    """A value and its path as linked pairs, last token first. `location` makes a tuple of it only for selected values."""

    value: Any
    path: tuple[Any, Any] | None = None

    @property
    def location(self) -> tuple[str | int, ...]:
        """The keys and indices from the root to here."""
        tokens, path = [], self.path
        while path:
            path, token = path
            tokens.append(token)
        return tuple(reversed(tokens))


def parse_query(text: str) -> Query:
    """The query of a text. Raises Invalid."""
    if len(text) > MAX_LENGTH:
        raise Invalid(f"longer than {MAX_LENGTH:,} characters")
    try:
        query = JSONPathEnvironment().compile(text)
        if any(not segment.selectors for segment in query.segments):
            raise Invalid("a segment without selectors")
    except JSONPathError as error:
        at = f" at character {error.token.index + 1}" if error.token and error.token.query else ""
        raise Invalid(f"{error.args[0] if error.args else 'no query'}{at}") from None
    except RecursionError:
        raise Invalid("nested too deep") from None
    # Errors that the library does not expect, such as for `1e999`.
    except (ArithmeticError, LookupError, ValueError, TypeError, AssertionError) as error:
        raise Invalid(str(error) or "no query") from None
    return query


def select(query: Query, root: Any, budget: Budget) -> list[tuple[str | int, ...]]:
    """The locations that a query selects in a value, each once, in the order of RFC 9535: parents before their parts.
    Raises TooCostly."""
    try:
        nodes = _run(query, _QueryNode(root), root, budget)
    except RecursionError:
        raise TooCostly from None
    locations: dict[tuple[str | int, ...], None] = {}
    for node in nodes:
        locations[location := node.location] = None
        budget.spend(1 + len(location) // 4)
    return list(locations)


def _run(query: Query, start: _QueryNode, root: Any, budget: Budget) -> list[_QueryNode]:
    nodes = [start]
    for segment in query.segments:
        if isinstance(segment, Descendants):
            nodes = _listed(inner for node in nodes for inner in _descendants(node, budget))
        nodes = _listed(
            found
            for node in nodes
            for selector in segment.selectors
            for found in _selected(selector, node, root, budget)
        )
    return nodes


def _listed(nodes: Iterator[_QueryNode]) -> list[_QueryNode]:
    listed = [*islice(nodes, MAX_NODES + 1)]
    if len(listed) > MAX_NODES:
        raise TooCostly
    return listed


def _children(node: _QueryNode, budget: Budget) -> Iterator[_QueryNode]:
    match node.value:
        case dict():
            for key, value in node.value.items():
                budget.spend(1)
                yield _QueryNode(value, (node.path, key))
        case list():
            for index, value in enumerate(node.value):
                budget.spend(1)
                yield _QueryNode(value, (node.path, index))
        case _:
            pass


def _descendants(node: _QueryNode, budget: Budget) -> Iterator[_QueryNode]:
    """A node and all nodes below it, each before its parts."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed([*_children(node, budget)])


def _selected(
    selector: kinds.JSONPathSelector, node: _QueryNode, root: Any, budget: Budget
) -> Iterator[_QueryNode]:
    budget.spend(1)
    value = node.value
    match selector:
        case kinds.NameSelector(name=name):
            if isinstance(value, dict) and name in value:
                yield _QueryNode(value[name], (node.path, name))
        case kinds.IndexSelector(index=index):
            if isinstance(value, list) and -len(value) <= index < len(value):
                yield _QueryNode(value[index], (node.path, index % len(value)))
        case kinds.SliceSelector(slice=bounds):
            if isinstance(value, list) and bounds.step != 0:
                for index in range(*bounds.indices(len(value))):
                    budget.spend(1)
                    yield _QueryNode(value[index], (node.path, index))
        case kinds.WildcardSelector():
            yield from _children(node, budget)
        case kinds.FilterSelector(expression=expression):
            for child in _children(node, budget):
                if _is_true(expression.expression, child, root, budget):
                    yield child
        case _:
            raise AssertionError(selector)


# Filters (RFC 9535, section 2.3.5)


def _is_true(
    expression: filters.Expression, current: _QueryNode, root: Any, budget: Budget
) -> bool:
    budget.spend(1)
    match expression:
        case filters.FilterExpression(expression=inner):
            return _is_true(inner, current, root, budget)
        case filters.PrefixExpression(right=right):
            return not _is_true(right, current, root, budget)
        case filters.LogicalExpression(left=left, operator=operator, right=right):
            if _is_true(left, current, root, budget) is (operator == "||"):
                return operator == "||"
            return _is_true(right, current, root, budget)
        case filters.ComparisonExpression(left=left, operator=operator, right=right):
            sides = [_value(side, current, root, budget) for side in (left, right)]
            return compare(sides[0], operator, sides[1], budget)
        case filters.FilterQuery():
            return bool(_nodes(expression, current, root, budget))
        case filters.FunctionExtension(name=name, args=[text, pattern]):
            sides = [_value(side, current, root, budget) for side in (text, pattern)]
            return matches(sides[0], sides[1], name == "match", budget)
        case _:
            raise AssertionError(expression)


def _nodes(expression: Any, current: _QueryNode, root: Any, budget: Budget) -> list[_QueryNode]:
    start = root if isinstance(expression, filters.RootFilterQuery) else current.value
    return _run(expression.query, _QueryNode(start), root, budget)


def _value(expression: filters.Expression, current: _QueryNode, root: Any, budget: Budget) -> Any:
    """The value of an operand; `NOTHING` where there is none."""
    budget.spend(1)
    match expression:
        case filters.FilterExpressionLiteral(value=value):
            return value
        case filters.FunctionExtension(name="length", args=[inner]):
            value = _value(inner, current, root, budget)
            return len(value) if isinstance(value, str | list | dict) else NOTHING
        case filters.FunctionExtension(name=name, args=[inner]):
            nodes = _nodes(inner, current, root, budget)
            if name == "count":
                return len(nodes)
        case filters.FilterQuery():
            nodes = _nodes(expression, current, root, budget)
        case _:
            raise AssertionError(expression)
    return nodes[0].value if len(nodes) == 1 else NOTHING
