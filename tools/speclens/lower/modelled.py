"""The view of a document that models say: equal to its canonical view, in fewer words.

Inheritance, properties that are declared twice, and unions beside properties are written as unions of plain objects.
"""

from __future__ import annotations

from speclens.lower import inherit, members, spread
from speclens.lower.view import View, copied


def modelled(canonical: View) -> View:
    """What models are made of, from the canonical view."""
    document = copied(canonical.document)
    origins: dict[str, str] = {}
    inherit.unite(document, origins)
    members.merge(document, origins)
    spread.spread(document, origins)
    return View(document, origins, canonical)
