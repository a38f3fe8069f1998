"""The parts of a graph that lead to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def groups(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The names in groups: those that lead to each other are one, and a group comes after all that it leads to (Tarjan's
    algorithm, https://doi.org/10.1137/0201010, without recursion)."""
    found: list[tuple[str, ...]] = []
    number, lowest = dict[str, int](), dict[str, int]()
    stack, waiting, way = list[str](), set[str](), list[tuple[str, Iterator[str]]]()

    def enter(name: str) -> None:
        number[name] = lowest[name] = len(number)
        stack.append(name)
        waiting.add(name)
        way.append((name, iter(graph[name])))

    def leave(name: str) -> None:
        if lowest[name] == number[name]:
            group = [stack.pop()]
            while group[-1] != name:
                group.append(stack.pop())
            waiting.difference_update(group)
            found.append(tuple(group))

    for root in graph:
        if root not in number:
            enter(root)
        while way:
            name, parts = way[-1]
            part = next(parts, None)
            if part is None:
                way.pop()
                leave(name)
                if way:
                    lowest[way[-1][0]] = min(lowest[way[-1][0]], lowest[name])
            elif part not in number:
                enter(part)
            elif part in waiting:
                lowest[name] = min(lowest[name], number[part])
    return found
