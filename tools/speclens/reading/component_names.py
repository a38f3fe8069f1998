"""Makes names for parts that become components, and for components with invalid names (OpenAPI 3.1.1, section 4.8.7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from speclens.objects.tables import Table
from speclens.source.pointer import Tokens, join

_NO_KEY = re.compile(r"[^A-Za-z0-9._-]+")


def component_name(name: str) -> str:
    """A valid name for a component: `Page«Pet»` gives `Page_Pet`."""
    return _NO_KEY.sub("_", name).strip("_") or "_"


def component_names(names: Iterable[str]) -> dict[str, str]:
    """The names of components by the names as written. If two become the same, the changed ones get a digest of the name as
    written, so that no name depends on their order."""
    made = {name: component_name(name) for name in names}
    count = Counter(made.values())
    return {
        name: found if found == name or count[found] == 1 else _told_apart(found, name)
        for name, found in made.items()
    }


def sections(kinds: Table) -> Mapping[str, Tokens]:
    """The section of components for each kind, as tokens of a pointer."""
    above: Tokens = ("components",) if "components" in kinds else ()
    held = kinds["components" if above else "document"]
    return {kind: (*above, name) for name, (shape, kind) in held.items() if shape == "map"}


@dataclass(slots=True)
class ComponentNames:
    """Chooses places for components that are written in other places. A place depends only on where the component is
    written, unless the name is taken."""

    kinds: Table
    document: Mapping[str, Any]
    taken: set[Tokens] = field(default_factory=set)

    @property
    def sections(self) -> Mapping[str, Tokens]:
        """The section of components for each kind."""
        return sections(self.kinds)

    def place(self, kind: str, file: str, path: Tokens) -> Tokens:
        """A place for a component that is written at a path in a file ("" for the document itself):
        `common/pets.yaml#/definitions/Pet` becomes `common.pets.Pet`."""
        section = self.sections[kind]
        parts = [*re.sub(r"\.(ya?ml|json)$", "", file).split("/"), *_telling(path)]
        name = component_name(".".join(part for part in parts if part.strip(".")))
        if (*section, name) in self.taken or self._is_written((*section, name)):
            name = _told_apart(name, f"{file}{join('#', *path)}")
        self.taken.add((*section, name))
        return (*section, name)

    def _is_written(self, path: Tokens) -> bool:
        here: Any = self.document
        for token in path:
            if not isinstance(here, dict) or token not in here:
                return False
            here = here[token]
        return True


def _telling(path: Tokens) -> Tokens:
    """A path without its first tokens if these only name a section of components."""
    for start in (
        ("components", "*"),
        ("definitions",),
        ("$defs",),
        ("parameters",),
        ("responses",),
    ):
        if len(path) > len(start) and path[0] == start[0]:
            return path[len(start) :]
    return path


def _told_apart(name: str, place: str) -> str:
    """A name with a digest of its place, since another component has the same name."""
    return f"{name}_{sha256(place.encode()).hexdigest()[:8]}"
