"""Limits chains of references to schemas of the same value: for every schema on a chain, speclens gathers the constraints
of the rest of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from speclens.lower.ground.groups import groups
from speclens.objects import component_schemas
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, exists, from_reference, get, join

_LONGEST = 100
_LISTS = ("allOf", "anyOf", "oneOf")


def check(document: JsonObject) -> Iterator[Finding]:
    """`source/depth` for schemas that begin a too long chain of references to schemas of the same value."""
    graph: dict[str, list[str]] = {}
    waiting = [join("#", "components", "schemas", name) for name in component_schemas(document)]
    while waiting:
        if (pointer := waiting.pop()) not in graph and exists(document, pointer):
            graph[pointer] = list(_in_place(pointer, get(document, pointer)))
            waiting += graph[pointer]
    graph = {pointer: [to for to in found if to in graph] for pointer, found in graph.items()}
    hops: dict[str, int] = {}
    for group in groups(graph):
        below = [hops.get(to, 0) for at in group for to in graph[at]]
        ways = [hops.get(to, 0) + (not to.startswith(f"{at}/")) for at in group for to in graph[at]]
        longest = max(ways, default=0) + len(group) - 1
        hops |= dict.fromkeys(group, longest)
        if max(below, default=0) <= _LONGEST < longest:
            message = f"a chain of more than {_LONGEST} references to schemas of the same value"
            yield Finding(
                "source/depth", group[-1], message, "refer to a schema further down the chain"
            )


def _in_place(pointer: str, schema: Any) -> Iterator[str]:
    """The pointers of the schemas that apply to the same value."""
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and (named := from_reference(reference)):
        yield named
    for keyword in _LISTS:
        listed = schema.get(keyword)
        for index in range(len(listed) if isinstance(listed, list) else 0):
            yield join(pointer, keyword, index)
