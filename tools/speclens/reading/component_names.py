"""Names of components where the name as written cannot be one (OpenAPI 3.1.1, section 4.8.7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

_REFUSED = re.compile(r"[^A-Za-z0-9._-]+")


def component_name(name: str) -> str:
    """A name as one of a component: `Page«Pet»` is `Page_Pet`."""
    return _REFUSED.sub("_", name).strip("_") or "_"


def component_names(names: Iterable[str]) -> dict[str, str]:
    """The names of components by the names as written. Where two would become the same, those that had to change get
    a digest of what was written, so that no name depends on their order."""
    made = {name: component_name(name) for name in names}
    count = Counter(made.values())
    return {
        name: found if found == name or count[found] == 1 else told_apart(found, name)
        for name, found in made.items()
    }


def told_apart(name: str, place: str) -> str:
    """A name that another thing has too, with a digest of the place of this one."""
    return f"{name}_{sha256(place.encode()).hexdigest()[:8]}"
