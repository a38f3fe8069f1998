"""The canonical view: compatibility properties and shapes are gone; what is generated as models.

It refuses the absent values of a required hub (`[]` by `minItems: 1`); the document as written need not, so that it stays
true for other tools.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from speclens.lower.ground import facts, keywords, x_compat
from speclens.lower.ground.composed import least_groups, required_groups
from speclens.lower.ground.wholes import Whole, whole_object
from speclens.lower.rewrites.rewriting import Rewriting, as_parts
from speclens.objects import OR_NULL
from speclens.source.pointer import JsonObject, join

_MADE = frozenset({"allOf", "properties", "oneOf", "anyOf", "required"})


def canonical_schema(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
    """A schema in the canonical view."""
    return _layer(view, whole_object(view.document, old, schema), old, new, schema)


def _layer(view: Rewriting, whole: Whole, old: str, new: str, schema: JsonObject) -> JsonObject:
    result = view.inner(old, new, schema, _MADE)
    result |= as_parts(view, whole, (old, new), schema, _layer)
    result |= _properties(view, whole, (old, new), schema)
    _required(whole, schema, result)
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list):
            _union(view, whole, (old, new), schema, keyword, result)
    return {key: result[key] for key in sorted(result, key=_order(schema))}


def _order(schema: JsonObject) -> Callable[[str], int]:
    """Keywords keep the order they were written in; new ones come last."""
    positions = {key: index for index, key in enumerate(schema)}
    return lambda key: positions.get(key, len(positions))


def _properties(
    view: Rewriting, whole: Whole, at: tuple[str, str], schema: JsonObject
) -> JsonObject:
    if not isinstance(schema.get("properties"), dict):
        return {}
    result: JsonObject = {}
    for name, inner in schema["properties"].items():
        if whole.is_spoke(name):
            continue
        old, new = (join(place, "properties", name) for place in at)
        value = view.schema(old, new, inner)
        # The value of a hub that need not be there stays where nothing else is given.
        is_kept = whole.is_hub(name) and name not in whole.needed
        absent = () if is_kept else whole.absent.get(name, ())
        result[name] = _excluding(view.document, value, absent)
    return {"properties": result}


def _excluding(document: JsonObject, schema: Any, absent: tuple[Any, ...]) -> Any:
    """The schema less the values that mean "not given", in the plainest keywords."""
    types, others = facts.types_of(document, schema), list[Any]()
    schema = {} if schema is True else schema
    for value in absent:
        kind = facts.json_type(value)
        if kind not in types:
            continue
        if kind == "null" and isinstance(schema.get("type"), list):
            left = [name for name in schema["type"] if name != "null"]
            schema = {**schema, "type": left[0] if len(left) == 1 else left}
        elif kind == "null" and OR_NULL in schema:
            schema = {key: item for key, item in schema.items() if key != OR_NULL}
        elif value in ("", [], {}) and (len(types) <= 2 or _is_meant(schema, kind)):
            keyword = {"string": "minLength", "array": "minItems", "object": "minProperties"}[kind]
            plain = (
                {"allOf": [schema]} if "$ref" in schema else schema
            )  # in 3.0, as which a view is exported, nothing beside `$ref` counts
            schema = {**plain, keyword: max(1, plain.get(keyword, 1))}
        else:
            others.append(value)
    return {"allOf": [schema, {"not": {"enum": others}}]} if others else schema


def _is_meant(schema: JsonObject, kind: str) -> bool:
    """Whether models take a schema without `type` as one of a JSON type."""
    return "type" not in schema and keywords.implied_types(schema) == [kind]


def _required(whole: Whole, schema: JsonObject, result: JsonObject) -> None:
    hubs = {spoke.name: spoke.hub for spoke in whole.spokes}
    required = list(schema.get("required") or ())
    groups = required_groups(schema.get("anyOf"))
    if groups is not None and hubs:
        renamed = least_groups((hubs.get(name, (name,))[0] for name in group) for group in groups)
        if len(renamed) == 1:
            required += [name for name in sorted(renamed[0]) if name not in required]
        else:
            result["anyOf"] = [{"required": sorted(group)} for group in renamed]
    if required:
        result["required"] = required


def _union(
    view: Rewriting,
    whole: Whole,
    at: tuple[str, str],
    schema: JsonObject,
    keyword: str,
    result: JsonObject,
) -> None:
    if keyword == "anyOf" and whole.spokes and required_groups(schema[keyword]) is not None:
        return  # done with `required`
    old, new = at
    branches = [
        (join(old, keyword, index), branch)
        for index, branch in enumerate(schema[keyword])
        if x_compat.shape_keywords(view.document, join(old, keyword, index), branch) is None
    ]
    if not branches:  # a component for spokes alone: nothing of it is canonical
        result["not"] = {}
        return
    if len(branches) == 1 < len(schema[keyword]):
        before = view.origins.get(new, old)
        _lift(result, view.schema(branches[0][0], new, branches[0][1]))
        view.origins[new] = before  # what is inside has moved, the place itself has not
        return
    result[keyword] = [
        view.schema(place, join(new, keyword, index), branch)
        for index, (place, branch) in enumerate(branches)
    ]


def _lift(result: JsonObject, branch: Any) -> None:
    """The only branch left becomes part of the schema around it."""
    if (
        isinstance(branch, dict)
        and not (branch.keys() & result.keys()) - _OUTER_WINS
        and "$ref" not in branch
    ):
        for key, value in branch.items():
            result.setdefault(key, value)
    elif not result.keys() - _OUTER_WINS and isinstance(branch, dict) and "$ref" not in branch:
        result.update({**branch, **result})
    else:
        result["allOf"] = [*result.get("allOf", ()), branch]


_OUTER_WINS = frozenset(
    {"title", "description", "deprecated", "default", "example", "examples", "externalDocs"}
)
