"""Rewriting the schemas of a document one by one, into a view of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from speclens.lower.ground import x_compat
from speclens.lower.ground.wholes import Whole, says_other
from speclens.objects.tables import SUBSCHEMAS
from speclens.source.pointer import JsonObject, follow, join

ViewTransform = Callable[["Rewriting", str, str, Any], Any]

LayerTransform = Callable[["Rewriting", Whole, str, str, JsonObject], JsonObject]
"""A schema of an object in the view, as a part of that object: from its pointers, as written and in the view."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A document whose schemas are transformed one by one, and where those that moved come from."""

    document: JsonObject
    transform: ViewTransform
    origins: dict[str, str] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    """The schemas that are being written out, where something refers to them."""
    alone: dict[str, Any] = field(default_factory=dict)
    """What became of schemas that others refer to, by their pointers: to compare with what they are as parts."""

    def schema(self, old: str, new: str, schema: Any) -> Any:
        if old != new:
            self.origins[new] = old
        return self.transform(self, old, new, schema) if isinstance(schema, dict) else schema

    def inner(
        self, old: str, new: str, schema: JsonObject, skip: frozenset[str] = frozenset()
    ) -> JsonObject:
        """The schema without x-compat, its inner schemas transformed; `skip`ped keywords are left out."""
        result: JsonObject = {}
        for keyword, value in schema.items():
            if keyword == x_compat.KEYWORD or keyword in skip:
                continue
            result[keyword] = self._value(keyword, join(old, keyword), join(new, keyword), value)
        return result

    def _value(self, keyword: str, old: str, new: str, value: Any) -> Any:
        how = SUBSCHEMAS[keyword][0] if keyword in SUBSCHEMAS else ""
        if how == "one":
            return self.schema(old, new, value)
        if how == "list" and isinstance(value, list):
            return [self.schema(join(old, i), join(new, i), item) for i, item in enumerate(value)]
        if how == "map" and isinstance(value, dict):
            return {
                name: self.schema(join(old, name), join(new, name), item)
                for name, item in value.items()
            }
        return value


def as_parts(
    view: Rewriting, whole: Whole, at: tuple[str, str], schema: JsonObject, layer: LayerTransform
) -> JsonObject:
    """The `allOf` of a schema, if there is one: its members as parts of the whole object."""
    if not isinstance(schema.get("allOf"), list):
        return {}
    places = [tuple(join(place, "allOf", i) for place in at) for i in range(len(schema["allOf"]))]
    return {
        "allOf": [
            _member(view, whole, (old, new), one, layer) if isinstance(one, dict) else one
            for (old, new), one in zip(places, schema["allOf"], strict=True)
        ]
    }


def _member(
    view: Rewriting, whole: Whole, at: tuple[str, str], schema: JsonObject, layer: LayerTransform
) -> Any:
    old, new = at
    if "$ref" not in schema:
        if old != new:
            view.origins[new] = old
        return layer(view, whole, old, new, schema)
    place, target = follow(view.document, old, schema)
    referring = view.schema(old, new, schema)
    if not isinstance(target, dict) or place in view.inside:
        return referring
    if not says_other(view.document, whole, place, target):
        return referring
    # The object asks for something else here than the schema that is referred to does elsewhere.
    trial = replace(view, origins={new: place}, inside=view.inside | {place})
    written_out = layer(trial, whole, place, new, target)
    if place not in view.alone:
        own = replace(view, origins={}, inside=frozenset({place}))
        view.alone[place] = view.transform(own, place, place, target)
    if written_out == view.alone[place]:
        return referring
    view.origins.update(trial.origins)
    return written_out
