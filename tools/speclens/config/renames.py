"""Names that a configuration gives to parts of a document: `operation listPets = pets.all`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from speclens import names

_KINDS: Mapping[str, Callable[[str], str]] = {
    "operation": names.method,
    "tag": names.resource,
    "schema": names.class_name,
    "property": names.attribute,
    "argument": names.argument,
    "value": names.member,
}
"""By kind what makes such a name of words."""
_RENAME = re.compile(rf"({'|'.join(_KINDS)}) +(\S.*?) *= *([A-Za-z_]\w*(\.[A-Za-z_]\w*)?)")
FORM = "KIND NAME = NEW, such as `operation listPets = pets.all`"


@dataclass(frozen=True, slots=True)
class Rename:
    """What a part of a document is called: its kind, the name that it has in the document, and the one that it gets. Names in
    the document are `listPets` or `GET /pets` (operations), `pets` (tags), `Pet` or a pointer (schemas), `Pet.petName`
    (properties), `listPets.X-Trace` (arguments), `Status.sold` or `Pet.status.sold` (values of enumerations)."""

    kind: str
    named: str
    name: str


def parse_renames(texts: Sequence[str]) -> tuple[Rename, ...]:
    """The renames of a configuration that `rename_faults` finds nothing wrong with."""
    found = (_RENAME.fullmatch(text.strip()) for text in texts)
    return tuple(Rename(one[1], one[2], one[3]) for one in found if one)


def rename_faults(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the renames of a configuration, and a hint for each."""
    for text in texts:
        found = _RENAME.fullmatch(text.strip())
        if found is None:
            kinds = ", ".join(_KINDS)
            yield f"`{text}` is no rename", f"write {FORM}; a kind is one of {kinds}"
            continue
        one = Rename(found[1], found[2], found[3])
        group, _, last = one.name.rpartition(".")
        fitting = _KINDS[one.kind](last)
        if group and one.kind != "operation":
            yield f"`{one.name}` cannot be the name of a {one.kind}", f"write `{fitting}`"
        elif fitting != last or (group and names.resource(group) != group):
            whole = f"{names.resource(group)}.{fitting}" if group else fitting
            article = "an" if one.kind[0] in "ao" else "a"
            yield f"`{one.name}` cannot be the name of {article} {one.kind}", f"write `{whole}`"
