"""The templates of `x-x_compat.to` and `each`: what they take, what they give, and both directions as Python source.

In a template `$` is the value, `$/a/b` a part of it (an absent part leaves its member out), `$$` a literal `$`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from speclens.literals import literal, tuple_literal
from speclens.lower.ground import composed, facts, x_compat
from speclens.source.pointer import JsonObject, follow, join, tokens

TemplatePath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """A place of a template that takes (a part of) the value."""

    at: TemplatePath
    part: tuple[str, ...]


def holes(template: Any, at: TemplatePath = ()) -> Iterator[Hole]:
    """All holes of a template. Raises ValueError for a `$` inside of a longer text that is not doubled."""
    if isinstance(template, str):
        if is_hole(template):
            yield Hole(at, tokens(template[1:]))
        elif "$" in template.replace("$$", ""):
            raise ValueError(
                f"{template!r} is neither `$`, `$/name` nor a text in which `$` is `$$`"
            )
    elif isinstance(template, list):
        for index, item in enumerate(template):
            yield from holes(item, (*at, index))
    elif isinstance(template, dict):
        for name, item in template.items():
            yield from holes(item, (*at, name))


def is_hole(template: Any) -> bool:
    """Whether a template takes (a part of) the value."""
    return isinstance(template, str) and (template == "$" or template.startswith("$/"))


def unescaped(template: str) -> str:
    """A template string that is no hole, as the string it stands for."""
    return template.replace("$$", "$")


def part_schema(
    document: JsonObject, pointer: str, schema: Any, part: tuple[str, ...]
) -> tuple[str, Any, bool] | None:
    """Pointer and schema of a part of the value, and whether it is always there; None if nothing says it exists."""
    here, required = (pointer, schema), True
    for name in part:
        found = composed.properties(document, *here).get(name)
        if found is None:
            return None
        required = required and any(
            name in layer.get("required", ()) for _, layer in composed.layers(document, *here)
        )
        here = found
    return (*here, required)


def canonical_places(
    document: JsonObject, pointer: str, schema: Any, at: TemplatePath
) -> list[tuple[str, Any]]:
    """The canonical schemas at a path below a schema: several where a union leaves several."""
    return [
        place
        for here in places_at(document, pointer, schema, at)
        for place in _canonical(document, *here)
    ]


def places_at(
    document: JsonObject, pointer: str, schema: Any, at: TemplatePath
) -> list[tuple[str, Any]]:
    """The schemas at a path below a schema, through canonical branches; shapes of the place itself are still there."""
    places = [(pointer, schema)]
    for token in at:
        places = [place for here in places for place in _canonical(document, *here)]
        if isinstance(token, str):
            places = [
                found
                for here in places
                if (found := composed.properties(document, *here).get(token)) is not None
            ]
        else:
            places = [
                (join(place, "items"), layer["items"])
                for here in places
                for place, layer in composed.layers(document, *here)
                if "items" in layer
            ]
    return places


def _canonical(document: JsonObject, pointer: str, schema: Any) -> list[tuple[str, Any]]:
    found = [
        (branch.pointer, branch.schema)
        for branch in x_compat.branches(document, pointer, schema)
        if not branch.shape
    ]
    if not found:
        return [(pointer, schema)]
    return [place for here in found for place in _canonical(document, *here)]


FEW = 16
"""Up to so many entries stand in the source as they are. More are looked up by hash: each value would cost all of them."""
_ANNOTATIONS = frozenset({
    "title", "description", "default", "deprecated", "example", "examples", "readOnly", "writeOnly", "$comment",
    "externalDocs", "xml", "contentMediaType", "contentEncoding", "format",
})  # fmt: skip


def same_schema(document: JsonObject, a: tuple[str, Any], b: tuple[str, Any]) -> bool:
    """Whether two places surely accept the same values: one place, or the same text but for annotations."""
    return follow(document, *a)[0] == follow(document, *b)[0] or _bare(
        follow(document, *a)[1]
    ) == _bare(follow(document, *b)[1])


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: {name: _bare(inner) for name, inner in value.items()}
            if key == "properties"
            else _bare(value)
            for key, value in schema.items()
            if key not in _ANNOTATIONS and not key.startswith("x-")
        }
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema


def expression(document: JsonObject, shape: x_compat.Shape, value: str) -> str:
    """Python source of the folded value, from the expression of the sender's; renamed values are renamed where it goes."""
    return _expression(document, shape, shape.template, value)


def _expression(document: JsonObject, shape: x_compat.Shape, template: Any, value: str) -> str:
    if isinstance(template, dict):
        members = [_member(document, shape, name, item, value) for name, item in template.items()]
        return "{" + ", ".join(members) + "}"
    if isinstance(template, list):
        return "[" + ", ".join(_expression(document, shape, item, value) for item in template) + "]"
    if isinstance(template, str) and not is_hole(template):
        return literal(unescaped(template))
    if isinstance(template, str):
        part = value + "".join(f"[{literal(name)}]" for name in tokens(template[1:]))
        if len(shape.values) > FEW:
            return f"renamed({part}, {literal(json.dumps(dict(shape.values)))})"
        return f"{literal(dict(shape.values))}.get({part}, {part})" if shape.values else part
    return literal(template)


def _member(
    document: JsonObject, shape: x_compat.Shape, name: str, template: Any, value: str
) -> str:
    if isinstance(template, str) and template.startswith("$/"):
        part = tokens(template[1:])
        source = source_schema(document, shape)
        found = part_schema(document, *source, part)
        if found is not None and not found[2]:
            return f"**part({literal(name)}, {value}, {tuple_literal(part)})"
    return f"{literal(name)}: {_expression(document, shape, template, value)}"


def source_schema(document: JsonObject, shape: x_compat.Shape) -> tuple[str, Any]:
    """The schema that `$` stands for: the shape's own, or its items' for `each`."""
    if not shape.each:
        return shape.pointer, shape.schema
    for place, layer in composed.layers(document, shape.pointer, shape.schema):
        if "items" in layer:
            return join(place, "items"), layer["items"]
    return shape.pointer, {}


def used(document: JsonObject, shape: x_compat.Shape) -> str:
    """The members of an object that the template takes, as a literal; "" if it takes the whole, or there are none."""
    parts = [hole.part for hole in holes(shape.template)]
    source = source_schema(document, shape)[1]
    is_whole = () in parts or "object" not in facts.types_of(document, source)
    return "" if is_whole or source.get("maxProperties") == 0 else _tree(parts)


def _tree(parts: list[tuple[str, ...]]) -> str:
    """Paths as a literal of nested dicts. What is taken whole has nothing below it."""
    members = dict.fromkeys(part[0] for part in parts)
    below = {name: [part[1:] for part in parts if part[0] == name] for name in members}
    pairs = (
        f"{literal(name)}: {'{}' if () in rest else _tree(rest)}" for name, rest in below.items()
    )
    return "{" + ", ".join(pairs) + "}"


@dataclass(frozen=True, slots=True)
class _Back:
    """What a canonical value says of the sender's: tests that it has to pass, and the source of each part of the
    sender's with the test of whether there is one ("" is always)."""

    tests: list[str]
    parts: dict[tuple[str, ...], tuple[str, str]]


def inverse(document: JsonObject, shape: x_compat.Shape, value: str) -> tuple[str, str]:
    """Two expressions over a canonical value: whether the template can have given it ("" is always), and from what.

    Of an object that the template takes parts from, those parts can be said again, and constants that it requires.
    """
    source = source_schema(document, shape)
    optional = {hole.part for hole in holes(shape.template) if _is_optional(document, source, hole)}
    back = _Back([], {})
    _match(shape.template, value, optional, back)
    if not back.parts:
        values = [one.values or (None,) for one in facts.alternatives(document, source[1])]
        return " and ".join(back.tests), literal(values[0][0] if values else None)
    if () in back.parts:
        return " and ".join(back.tests), back.parts[()][0]
    for name, constant_value in _constants(document, source):
        if not any(part[0] == name for part in back.parts):
            back.parts[(name,)] = (literal(constant_value), "")
    return " and ".join(back.tests), _rebuilt(back.parts)


def _is_optional(document: JsonObject, source: tuple[str, Any], hole: Hole) -> bool:
    found = part_schema(document, *source, hole.part)
    return found is not None and not found[2]


def _constants(document: JsonObject, source: tuple[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members that an object must have, with the one value that each can have."""
    for name, inner in composed.properties(document, *source).items():
        found = part_schema(document, *source, (name,))
        values = [one.values for one in facts.alternatives(document, inner[1])]
        if found and found[2] and len(values) == 1 and values[0]:
            yield name, values[0][0]


def _match(template: Any, value: str, optional: Collection[tuple[str, ...]], back: _Back) -> None:
    if isinstance(template, dict):
        may = {name for name, item in template.items() if _part(item) in optional}
        back.tests.append(f"isinstance({value}, dict) and {_keys(template, may, value)}")
        for name, item in template.items():
            member = f"{value}[{literal(name)}]"
            if name in may:
                back.parts[tokens(item[1:])] = (member, f"{literal(name)} in {value}")
            else:
                _match(item, member, optional, back)
    elif isinstance(template, list):
        back.tests.append(f"isinstance({value}, list) and len({value}) == {len(template)}")
        for index, item in enumerate(template):
            _match(item, f"{value}[{index}]", optional, back)
    elif (part := _part(template)) is not None:
        if part in back.parts:
            back.tests.append(f"same({back.parts[part][0]}, {value})")
        back.parts.setdefault(part, (value, ""))
    else:
        plain = unescaped(template) if isinstance(template, str) else template
        back.tests.append(f"same({value}, {literal(plain)})")


def _part(template: Any) -> tuple[str, ...] | None:
    """The part that a hole takes; None for what is no hole."""
    return tokens(template[1:]) if is_hole(template) else None


def _keys(template: JsonObject, may: Collection[str], value: str) -> str:
    """The test for the members that a template gives."""
    if not may:
        return f"{value}.keys() == {_set(template)}"
    must = [name for name in template if name not in may]
    return f"{_set(must)} <= {value}.keys() <= {_set(template)}"


def _set(names: Iterable[str]) -> str:
    text = ", ".join(map(literal, names))
    return "{" + text + "}" if text else "set()"


def _rebuilt(parts: dict[tuple[str, ...], tuple[str, str]]) -> str:
    members = []
    for name in dict.fromkeys(part[0] for part in parts):
        inner = {part[1:]: source for part, source in parts.items() if part[0] == name}
        member = f"{literal(name)}: {inner[()][0] if () in inner else _rebuilt(inner)}"
        tests = [test for _, test in inner.values()]
        members.append(
            f"**({{{member}}} if {' or '.join(tests)} else {{}})" if all(tests) else member
        )
    return "{" + ", ".join(members) + "}"
