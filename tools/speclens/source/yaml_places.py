"""Finds the places of all parts of a YAML text that was read without a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from speclens.source.places import Place
from speclens.source.yaml_text import events, is_merge, offset


def places(text: str) -> Place:
    """The places of a YAML document. Parts that an alias or a merge key brings in have their places at the anchor."""
    walker = _Walker(events(text))
    next(walker.events)
    next(walker.events)
    return walker.node(next(walker.events))


@dataclass(slots=True)
class _Walker:
    events: Iterator[Any]
    members: dict[str, dict[str, Place]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def node(self, event: Any) -> Place:
        anchor = event.anchor
        if isinstance(event, AliasEvent):
            return Place(offset(event), self.members[anchor])
        place = Place(offset(event), self.parts(event))
        if anchor is not None:
            self.members[anchor] = place.members
        if anchor is not None and isinstance(event, ScalarEvent):
            self.texts[anchor] = event.value
        return place

    def parts(self, event: Any) -> dict[str, Place]:
        if type(event) is MappingStartEvent:
            return self.mapping()
        if type(event) is SequenceStartEvent:
            return self.sequence()
        return {}

    def sequence(self) -> dict[str, Place]:
        members: dict[str, Place] = {}
        while type(event := next(self.events)) is not SequenceEndEvent:
            members[str(len(members))] = self.node(event)
        return members

    def mapping(self) -> dict[str, Place]:
        members: dict[str, Place] = {}
        merged: dict[str, Place] = {}
        while type(event := next(self.events)) is not MappingEndEvent:
            start = self.node(event).offset
            anchor = event.anchor
            key = self.texts[anchor] if isinstance(event, AliasEvent) else event.value
            value_event = next(self.events)
            value = self.node(value_event)
            if is_merge(event):
                merged = _bases(value, isinstance(value_event, SequenceStartEvent))
            else:
                members[key] = Place(start, value.members)
        return {**merged, **members}


def _bases(value: Place, several: bool) -> dict[str, Place]:
    if not several:
        return value.members
    merged: dict[str, Place] = {}
    for base in reversed(value.members.values()):
        merged.update(base.members)
    return merged
