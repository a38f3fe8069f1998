"""The view of a document that models say: what its canonical view says, in fewer words.

Inheritance, properties that are declared twice, and unions beside properties are written as unions of plain objects;
requests and responses have schemas of their own where they differ. Headers of answers are objects.
"""

from __future__ import annotations

from speclens.lower.ground.view import View, copied
from speclens.lower.rewrites import directions, events, headers, inherit, members, spread


def modelled(canonical: View) -> View:
    """What models are made of, from the canonical view. Bodies and parameters refer to the schemas of their direction."""
    directed = directions.directed(canonical)
    document = copied(directed.document)
    origins: dict[str, str] = {}
    document = headers.lift(events.decode(document, origins), origins)
    members.lift_annotations(document, origins)
    inherit.unite(document, origins)
    members.merge_properties(document, origins)
    spread.spread(document, origins)
    plain = View(document, origins, View(directed.document, directed.origins))
    places = {place: plain.origin(place) for place in (*directed.origins, *origins)}
    return View(document, places, canonical)
