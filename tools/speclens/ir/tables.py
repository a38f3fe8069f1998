"""What a README tells of older shapes, in tables and flowcharts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """A shape, told: a field and what it accepts, the hub it goes to, since when and until when, and an example. All
    are cells of a table of Markdown; examples are JSON in code spans."""

    pointer: str
    shape: str
    becomes: str
    since: str
    sunset: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A spoke and its hub in a flowchart: names of nodes, and their labels, quoted."""

    pointer: str
    spoke: str
    spoke_label: str
    hub: str
    hub_label: str


@dataclass(frozen=True, slots=True)
class ShapeTable:
    """What a README tells of the shapes of one schema. `ways` are what the way back takes as `to`, one for each spoke
    of the schema itself: JSON in code spans of Markdown."""

    rows: tuple[ShapeRow, ...]
    edges: tuple[Edge, ...]
    ways: tuple[str, ...]
