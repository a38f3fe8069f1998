"""What can be known of a document as it is: its schemas, references, media types, and the x-compat that it declares."""

from __future__ import annotations

from speclens.lower.ground import composed, discriminators, likely, x_compat
from speclens.lower.ground.facts import equal, identity
from speclens.lower.ground.keywords import implied_types
from speclens.lower.ground.view import View, copied
from speclens.lower.ground.walk import all_schemas, forget, subschemas

__all__ = [
    "View",
    "all_schemas",
    "composed",
    "copied",
    "discriminators",
    "equal",
    "forget",
    "identity",
    "implied_types",
    "likely",
    "subschemas",
    "x_compat",
]
