"""What is found of schemas by what is found of the schemas that say what their values are, and are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from speclens import ir
from speclens.lower.ground.groups import groups
from speclens.lower.ground.walk import subschemas
from speclens.source.pointer import JsonObject, follow, join

_LED_BY = frozenset(("additionalProperties", "allOf", "anyOf", "items", "oneOf"))
_MOST = 100
"""How many findings one way through a circle takes at most."""

Question = tuple[str, str]
"""The place of a schema, and what is asked of it."""


@dataclass(slots=True)
class Circles:
    """Findings on the schemas of a document, each found once; but in a circle, where it is found anew for each schema by
    which a way enters the circle: so a finding never depends on what was asked before. What leads back counts as
    `unknown`."""

    document: JsonObject
    unknown: list[ir.Type]
    known: dict[Question, list[ir.Type]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of circles, by the places in them
    here: str = ""  # the circle that the way is in
    within: dict[Question, list[ir.Type]] = field(
        default_factory=dict
    )  # what was found on the way in it

    def find(self, part: Question, schema: Any, find: Callable[[], list[ir.Type]]) -> list[ir.Type]:
        """What was found of a part, else what the function finds, which may ask for others."""
        if part[0] not in self.names:
            self._explore(part[0], schema)
        if self.names[part[0]] == self.here:
            if part not in self.within:
                self.within[part] = self.unknown
                self.within[part] = find() if len(self.within) <= _MOST else self.unknown
            return self.within[part]
        if part not in self.known:
            outer = self.here, self.within
            self.here, self.within = self.names[part[0]], {part: self.unknown}
            self.known[part] = find()
            self.here, self.within = outer
        return self.known[part]

    def _explore(self, place: str, schema: Any) -> None:
        """Names the circles that a place leads to. What is in no circle is one by itself."""
        graph: dict[str, list[str]] = {}
        waiting = [(place, schema)]
        while waiting:
            here, one = waiting.pop()
            if here in graph or here in self.names:
                continue
            led = [
                follow(self.document, join(here, *path), inner)
                for path, inner in subschemas(one)
                if path[0] in _LED_BY
            ]
            graph[here] = [to for to, _ in led if to not in self.names]
            waiting += led
        for group in groups(graph):
            self.names |= dict.fromkeys(group, group[0])
