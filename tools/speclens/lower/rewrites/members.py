"""Properties that several schemas of an `allOf` declare, as one: outermost, as an `allOf` of all that is said of them.

So a class has one declaration of each, and what it accepts is what all of them accept.
"""

from __future__ import annotations

from typing import Any

from speclens.lower.ground.walk import all_schemas
from speclens.source.pointer import JsonObject, follow, get, join, to_reference

DeclaredProperties = dict[str, str]
"""By name the place of the one declaration of a property that says all."""

_ANNOTATIONS = frozenset(
    {
        "title", "description", "deprecated", "default", "example", "examples", "externalDocs", "readOnly", "writeOnly",
        "xml", "$comment",
    }
)  # fmt: skip

_DOCS = _ANNOTATIONS - {"xml", "$comment", "readOnly", "writeOnly"}


def lift_annotations(document: JsonObject, origins: dict[str, str]) -> None:
    """Write what members of an `allOf` only tell at the schema itself, in place: a reference with a description, which
    OpenAPI 3.0 cannot say otherwise, is a reference then. `origins` receives where the other members come from."""
    for pointer, schema in list(all_schemas(document)):
        members = schema.get("allOf") if isinstance(schema, dict) else None
        if not isinstance(members, list):
            continue
        telling = [index for index, one in enumerate(members) if not is_told(one)]
        if telling and len(telling) < len(members):
            told = {key: one[key] for one in members if is_told(one) for key in one}
            schema.update({**told, **schema, "allOf": [members[index] for index in telling]})
            for index, before in enumerate(telling):
                if index != before:
                    place = join(pointer, "allOf", index)
                    origins[place] = join(pointer, "allOf", before)


def is_told(schema: Any) -> bool:
    """Whether a schema only describes what others say."""
    return isinstance(schema, dict) and schema.keys() <= _ANNOTATIONS


def merge_properties(document: JsonObject, origins: dict[str, str]) -> None:
    """Merge the properties of every schema of a document, in place. `origins` receives where new ones come from."""
    known: dict[str, DeclaredProperties] = {}
    for pointer, schema in list(all_schemas(document)):
        if isinstance(schema, dict) and isinstance(schema.get("allOf"), list):
            _declared(document, origins, pointer, known)


def merge_one(document: JsonObject, origins: dict[str, str], pointer: str) -> None:
    """Merge the properties of one schema whose members have been merged."""
    _declared(document, origins, pointer, {})


def _declared(
    document: JsonObject,
    origins: dict[str, str],
    pointer: str,
    known: dict[str, DeclaredProperties],
) -> DeclaredProperties:
    """The declarations of a schema; where there were several of one property, its own is made to say them all."""
    if pointer in known:
        return known[pointer]
    known[pointer] = {}  # of a schema that is made of itself, what is inside counts
    schema = get(document, pointer)
    if not isinstance(schema, dict):
        return {}
    target = follow(document, pointer, schema)[0]
    inner = [target] if target != pointer else []
    members = schema.get("allOf")
    inner += [join(pointer, "allOf", i) for i in range(len(members))] if members else []
    below: dict[str, list[str]] = {}
    for place in inner:
        for name, found in _declared(document, origins, place, known).items():
            below.setdefault(name, []).append(found)
    own = schema.get("properties")
    places = {name: join(pointer, "properties", name) for name in own or ()}
    for name, declared in below.items():
        here = join(pointer, "properties", name)
        several = _telling(document, [*([places[name]] if name in places else []), *declared])
        if len(several) > 1:
            _say(document, origins, pointer, name, several)
            places[name] = here
        else:
            places.setdefault(name, declared[0])
    known[pointer] = places
    return places


def _telling(document: JsonObject, places: list[str]) -> list[str]:
    """The declarations that say something which none before them has said."""
    found: dict[str, Any] = {}
    for place in places:
        what = _assertions(document, place)
        if what not in found.values():
            found[place] = what
    return list(found)


def _assertions(document: JsonObject, pointer: str) -> Any:
    schema = get(document, pointer)
    if not isinstance(schema, dict):
        return schema
    place, target = follow(document, pointer, schema)
    if isinstance(target, dict) and "$ref" in schema:
        return {"$ref": place}
    return {
        key: value
        for key, value in schema.items()
        if key not in _ANNOTATIONS and not key.startswith("x-")
    }


def _say(
    document: JsonObject, origins: dict[str, str], pointer: str, name: str, several: list[str]
) -> None:
    here = join(pointer, "properties", name)
    properties = get(document, pointer).setdefault("properties", {})
    others: list[Any] = [{"$ref": to_reference(place)} for place in several if place != here]
    if name not in properties:
        origins[here] = several[0]
        told = [get(document, place) for place in reversed(several)]
        said = {
            key: one[key] for one in told if isinstance(one, dict) for key in one if key in _DOCS
        }
        properties[name] = {**said, "allOf": others}
    elif isinstance(properties[name], dict):
        origins.setdefault(here, here)
        own = properties[name]
        whole = {"allOf": [own]} if "$ref" in own else own
        properties[name] = {**whole, "allOf": [*whole.get("allOf", ()), *others]}
