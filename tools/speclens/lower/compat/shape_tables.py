"""The tables of a README that tell of shapes: what is accepted, what it becomes, and an example of both.

An example is a value of the schema that holds the shape, with as little around the shape as its normalizer takes.
It is shown only if a JSON Schema validator accepts it. Examples are JSON with escapes for what Markdown would read, and nodes
of flowcharts are called after their fields: so they need no rules of a renderer to be safe, and readers can copy them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from speclens import ir
from speclens.literals import inline, json_span, mermaid
from speclens.lower.compat import dispatch, samples
from speclens.lower.ground import composed, facts, x_compat
from speclens.lower.ground.walk import remembered
from speclens.lower.ground.wholes import needed_hubs
from speclens.names import distinct, snake
from speclens.source.pointer import JsonObject, join

_NOTHING = "-"
_ITEM = "*"
_MOST_NAMES = (
    20  # required members of a shape that a row lists: many shapes may share one large schema
)

Wrap = Callable[[Any, Any], tuple[Any, Any]]
"""From what a place is before and after folding to what the whole value is."""


@dataclass(frozen=True, slots=True)
class _TableBuild:
    """What a table is made of: the schema that it tells of is at `root`."""

    document: JsonObject
    known: samples.Samples
    root: str
    beside: dict[str, JsonObject] = field(default_factory=dict)  # by object: the result of `_asked`


@dataclass(frozen=True, slots=True)
class _FoundShape:
    """A shape, where its value stands, and where it goes to (None: it becomes another form in place)."""

    shape: x_compat.Shape
    at: composed.PropertyPath
    hub: composed.PropertyPath | None
    deprecated: JsonObject
    absent: tuple[Any, ...]
    wrap: Wrap


def shape_table(
    document: JsonObject, known: samples.Samples, pointer: str, schema: JsonObject
) -> ir.ShapeTable | None:
    """The table of the schema at a pointer; None if it holds no shape. `known` has samples of all places that fold."""
    one = _TableBuild(document, known, pointer)
    found = tuple(_walk(one, (pointer, schema), (), lambda before, after: (before, after), ()))
    if not found:
        return None
    own = x_compat.spokes(document, pointer, schema)
    return ir.ShapeTable(
        rows=tuple(_row(one, shape) for shape in found),
        edges=_edges(found),
        ways=tuple(json_span({join("", *spoke.hub): spoke.name}) for spoke in own),
    )


# The shapes of a schema


def _walk(
    one: _TableBuild,
    place: tuple[str, Any],
    at: composed.PropertyPath,
    wrap: Wrap,
    absent: tuple[Any, ...],
) -> Iterator[_FoundShape]:
    """The shapes at a place and inside it, not those of what it refers to. `absent` are values that mean "not given"."""
    branches = x_compat.branches(one.document, *place)
    for branch in branches:
        if not _is_inside(place[0], branch.pointer):
            continue
        if branch.shape is not None:
            yield from _shape(one, _FoundShape(branch.shape, at, None, {}, absent, wrap), place[0])
        else:
            yield from _walk(one, (branch.pointer, branch.schema), at, wrap, absent)
    for pointer, layer in composed.layers(one.document, *place):
        if not _is_inside(place[0], pointer):
            continue
        for keyword in ("oneOf", "anyOf") if not branches else ():
            for index, inner in enumerate(layer.get(keyword) or ()):
                yield from _walk(one, (join(pointer, keyword, index), inner), at, wrap, absent)
        if isinstance(layer.get("items"), dict):
            item = (join(pointer, "items"), layer["items"])
            yield from _walk(one, item, (*at, _ITEM), _around(wrap, lambda value: [value]), ())
        if isinstance(layer.get("additionalProperties"), dict):
            member = (join(pointer, "additionalProperties"), layer["additionalProperties"])
            yield from _walk(
                one, member, (*at, _ITEM), _around(wrap, lambda value: {"key": value}), ()
            )
    yield from _members(one, place, at, wrap)


def _is_inside(outer: str, pointer: str) -> bool:
    return f"{pointer}/".startswith(f"{outer}/")


def _around(wrap: Wrap, around: Callable[[Any], Any]) -> Wrap:
    return lambda before, after: wrap(around(before), around(after))


def _shape(one: _TableBuild, found: _FoundShape, outer: str) -> Iterator[_FoundShape]:
    """A shape of the place `outer`, and what is inside it: that is folded first, then the template."""
    yield found

    def wrap(before: Any, after: Any) -> tuple[Any, Any]:
        return found.wrap(before, samples.folded(found.shape, after))

    if _is_inside(outer, found.shape.pointer):
        place = (found.shape.pointer, found.shape.schema)
        yield from _walk(one, place, found.at, wrap, ())


def _members(
    one: _TableBuild, place: tuple[str, Any], at: composed.PropertyPath, wrap: Wrap
) -> Iterator[_FoundShape]:
    document = one.document
    declared = composed.properties(document, *place)
    own = {  # what refers to the object that holds it has that object's members, itself among them
        name: inner
        for name, inner in declared.items()
        if _is_inside(place[0], inner[0]) and inner[0] != place[0]
    }
    policies = x_compat.policies(document, *place)
    spokes = {spoke.name: spoke for spoke in x_compat.spokes(document, *place)}
    for name, inner in own.items():
        if (spoke := spokes.get(name)) is None:
            absent = x_compat.absent_values(inner[1], policies.get((name,)))
            to = _member(one, place, wrap, name, (name,))
            yield from _walk(one, inner, (*at, name), to, absent)
            continue
        absent = x_compat.absent_values(inner[1], policies.get(spoke.hub), is_spoke=True)
        to = _member(one, place, wrap, name, spoke.hub)
        for branch in x_compat.branches(document, *inner, is_spoke=True):
            if branch.shape is not None:
                told, hub = spoke.deprecated or {}, (*at, *spoke.hub)
                found = _FoundShape(branch.shape, (*at, name), hub, told, absent, to)
                yield from _shape(one, found, inner[0])


def _member(
    one: _TableBuild, place: tuple[str, Any], wrap: Wrap, name: str, hub: composed.PropertyPath
) -> Wrap:
    """The whole from a member of the object at a place, which goes to a hub or stays where it is."""

    def whole(before: Any, after: Any) -> tuple[Any, Any]:
        around = _beside(one, place, hub[0])
        for token in reversed(hub[1:]):
            after = {token: after}
        return wrap({**around, name: before}, {**around, hub[0]: after})

    return whole


def _beside(one: _TableBuild, place: tuple[str, Any], name: str) -> JsonObject:
    """The members that an object must have besides one. They are cut off once the example is too long to show."""
    if place[0] not in one.beside:
        one.beside[place[0]] = _asked(one, place)
    members = ((key, value) for key, value in one.beside[place[0]].items() if key != name)
    return dict(islice(members, samples.MOST_CHARACTERS))


def _asked(one: _TableBuild, place: tuple[str, Any]) -> JsonObject:
    """The members that an object must have. For a whole payload these are only the members that its normalizer requires."""
    found = next(one.known.candidates(place[0], {}), None)
    if not isinstance(found, dict):
        return {}
    if place[0] != one.root:
        return found
    needed = _needed(one.document, *place)
    return {key: value for key, value in found.items() if key in needed}


@remembered
def _needed(document: JsonObject, pointer: str, schema: JsonObject) -> set[str]:
    """The members of an object that older fields can give, and some source has to."""
    hubs = {spoke.hub[0] for spoke in x_compat.spokes(document, pointer, schema)}
    return {hub[0] for hub in needed_hubs(document, pointer, schema)} & hubs


# What is shown of them


def _row(one: _TableBuild, found: _FoundShape) -> ir.ShapeRow:
    before, after = _example(one, found)
    return ir.ShapeRow(
        pointer=found.shape.pointer,
        shape=_field_text(one, found),
        becomes=_code(join("", *found.hub)) if found.hub else "in place",
        since=found.deprecated.get("since", _NOTHING),
        sunset=found.deprecated.get("sunset", _NOTHING),
        before=before,
        after=after,
    )


def _field_text(one: _TableBuild, found: _FoundShape) -> str:
    """The field of a shape, and what it accepts."""
    accepts = facts.alternatives(one.document, found.shape.schema)
    types = frozenset[str]().union(*(facts.types for facts in accepts))
    kind = dispatch.kinds_told(types)
    if len(types) == len(facts.TYPES):
        kind = "anything"
    elif types == {"object"} and all(facts.bound("object")[1] == 0 for facts in accepts):
        kind = "an empty object"
    names = sorted(accepts[0].required) if len(accepts) == 1 and types == {"object"} else []
    shown = [*map(_code, names[:_MOST_NAMES]), *(["…"] if len(names) > _MOST_NAMES else [])]
    having = f" with {', '.join(shown)}" if names else ""
    field = f"{_code(join('', *found.at))}, " if found.at else ""
    return f"{field}{kind}{having}"


def _code(text: str) -> str:
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return f"`{inline(short)}`"


def _example(one: _TableBuild, found: _FoundShape) -> tuple[str, str]:
    for value in samples.shape_samples(one.known, found.shape, found.absent):
        whole = found.wrap(value, samples.folded(found.shape, value))
        if samples.is_long([*whole]):
            continue
        before, after = map(json_span, whole)
        if len(before) + len(after) <= samples.MOST_CHARACTERS:
            return before, after
    return _NOTHING, _NOTHING


def _edges(found: tuple[_FoundShape, ...]) -> tuple[ir.Edge, ...]:
    """The picture of spokes and their hubs. A node is called after its field."""
    pairs = {(join("", *one.at), join("", *one.hub)): one for one in found if one.hub}
    fields = dict.fromkeys(field for pair in pairs for field in pair)
    names = distinct(fields, lambda field: f"at_{snake(field)}")
    return tuple(
        ir.Edge(
            pointer=one.shape.pointer,
            spoke=names[spoke],
            spoke_label=mermaid(spoke),
            hub=names[hub],
            hub_label=mermaid(hub),
        )
        for (spoke, hub), one in pairs.items()
    )
