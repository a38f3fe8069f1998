"""The two views of a document with x-compat, as plain documents that say the same without it.

*Wire*: what a server accepts: values that mean "not given" are set aside, a required hub is satisfied by any source, and
formats are left out, since nobody judges them: `uri` would refuse URLs, and `int32` numbers, that are taken.
*Canonical*: compatibility properties and shapes are gone; what is generated as models. It refuses the absent values of a
required hub (`[]` by `minItems: 1`); the document as written need not, so that it stays true for other tools.

`minProperties` and `maxProperties` count the members as sent, absent ones too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from speclens.lower.ground import facts, keywords, x_compat
from speclens.lower.ground.required import needed_hubs, required_groups
from speclens.lower.ground.view import View, copied
from speclens.lower.ground.walk import outermost_schemas
from speclens.lower.rewrites import deep_hubs
from speclens.objects import OR_NULL
from speclens.objects.tables import SUBSCHEMAS
from speclens.source.pointer import JsonObject, join, put

ViewTransform = Callable[["Rewriting", str, str, Any], Any]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A document whose schemas are transformed one by one, and where those that moved come from."""

    document: JsonObject
    transform: ViewTransform
    origins: dict[str, str] = field(default_factory=dict)

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


def canonical(document: JsonObject) -> View:
    """The canonical view of a whole document whose x-compat has no errors."""
    return _apply(document, _canonical)


def wire(document: JsonObject) -> View:
    """The effective wire view of a whole document whose x-compat has no errors."""
    return _apply(document, _wire)


def _apply(document: JsonObject, transform: ViewTransform) -> View:
    result = copied(document)
    view = Rewriting(document, transform)
    for pointer, schema in outermost_schemas(document):
        put(result, pointer, view.schema(pointer, pointer, schema))
    return View(result, view.origins)


# Canonical


def _canonical(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
    result = view.inner(old, new, schema, frozenset({"properties", "oneOf", "anyOf", "required"}))
    result |= _canonical_properties(view, old, new, schema)
    _canonical_required(view, old, schema, result)
    for keyword in ("oneOf", "anyOf"):
        if isinstance(schema.get(keyword), list):
            _canonical_union(view, old, new, schema, keyword, result)
    return {key: result[key] for key in sorted(result, key=_order(schema))}


def _order(schema: JsonObject) -> Callable[[str], int]:
    """Keywords keep the order they were written in; new ones come last."""
    positions = {key: index for index, key in enumerate(schema)}
    return lambda key: positions.get(key, len(positions))


def _canonical_properties(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
    if not isinstance(schema.get("properties"), dict):
        return {}
    hubs = {spoke.hub for spoke in x_compat.spokes(view.document, old, schema)}
    needed = hubs & needed_hubs(view.document, old, schema)
    policies = x_compat.policies(view.document, old, schema)
    result: JsonObject = {}
    for name, inner in schema["properties"].items():
        own = x_compat.keywords(inner)
        if "into" in own:
            continue
        place = join(old, "properties", name)
        value = view.schema(place, join(new, "properties", name), inner)
        absent: tuple[Any, ...] = ()
        if (name,) in needed:
            absent = x_compat.absent_values(inner, policies.get((name,)))
        elif (name,) not in hubs:  # the value of a hub stays where nothing else is given
            absent = x_compat.absent_values(inner)
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


def _canonical_required(view: Rewriting, old: str, schema: JsonObject, result: JsonObject) -> None:
    hubs = {spoke.name: spoke.hub for spoke in x_compat.spokes(view.document, old, schema)}
    required = list(schema.get("required") or ())
    groups = required_groups(schema.get("anyOf"))
    if groups is not None and hubs:
        renamed = {frozenset(hubs.get(name, (name,))[0] for name in group) for group in groups}
        kept = sorted(
            sorted(group) for group in renamed if not any(other < group for other in renamed)
        )
        if len(kept) == 1:
            required += [name for name in kept[0] if name not in required]
        else:
            result["anyOf"] = [{"required": group} for group in kept]
    if required:
        result["required"] = required


def _canonical_union(
    view: Rewriting, old: str, new: str, schema: JsonObject, keyword: str, result: JsonObject
) -> None:
    if (
        required_groups(schema[keyword]) is not None
        and keyword == "anyOf"
        and x_compat.spokes(view.document, old, schema)
    ):
        return  # done with `required`
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


# Wire

_SENDING = frozenset({"binary", "byte", "password"})  # formats that say how to send, not what


def _wire(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
    is_told = schema.get("format") in _SENDING
    result = view.inner(old, new, schema, frozenset() if is_told else frozenset({"format"}))
    if not isinstance(schema.get("properties"), dict):
        return result
    spokes = x_compat.spokes(view.document, old, schema)
    policies = x_compat.policies(view.document, old, schema)
    absent = {
        spoke.name: x_compat.absent_of_spoke(
            view.document, old, schema, spoke, policies.get(spoke.hub)
        )
        for spoke in spokes
    }
    own: dict[str, tuple[Any, ...]] = {}
    for name, inner in schema["properties"].items():
        if name not in absent and (values := x_compat.absent_values(inner, policies.get((name,)))):
            own[name] = values
    sent = {name: _given(name, values) for name, values in absent.items()}
    rules = deep_hubs.relax(view.document, old, new, schema, result, sent, view.schema)
    for name, values in (own | absent).items():
        if name not in result["properties"] or not values:
            continue
        judged = result["properties"][name]
        result["properties"][name] = {"anyOf": [{"enum": list(values)}, judged]}
        written = join(old, "properties", name)
        view.origins[join(new, "properties", name, "anyOf", 1)] = written
        sources = [spoke.name for spoke in spokes if spoke.hub == (name,)]
        if sources:  # the hub's own value is judged where it is the only one
            given = [_given(source, absent[source]) for source in sources]
            rule = join(new, "allOf", len(result.get("allOf", ())) + len(rules))
            view.origins[join(rule, "anyOf", 0, "properties", name)] = written
            rules.append({"anyOf": [{"properties": {name: judged}}, *given]})
    _wire_required(schema, result, own | absent, spokes, rules)
    if rules:
        result["allOf"] = [*result.get("allOf", ()), *rules]
    return result


def _given(name: str, absent: tuple[Any, ...]) -> JsonObject:
    """The schema of objects in which a property is given."""
    if not absent:
        return {"required": [name]}
    return {"required": [name], "properties": {name: {"not": {"enum": list(absent)}}}}


def _wire_required(
    schema: JsonObject,
    result: JsonObject,
    absent: dict[str, tuple[Any, ...]],
    spokes: tuple[x_compat.Spoke, ...],
    rules: list[JsonObject],
) -> None:
    """`required` asks for what is given: a property that is there with a value that means so, a hub by any source."""
    sources: dict[str, list[str]] = {}
    for spoke in spokes:  # one of a deep hub makes the object that holds it
        sources.setdefault(spoke.hub[0], []).append(spoke.name)
    changed = [name for name in schema.get("required") or () if name in absent or name in sources]
    if changed:
        result["required"] = [name for name in schema["required"] if name not in changed]
        if not result["required"]:  # OpenAPI 3.0 does not take an empty list
            del result["required"]
        for name in changed:
            rules.append(
                {"anyOf": [_given(n, absent.get(n, ())) for n in (name, *sources.get(name, ()))]}
            )
    groups = required_groups(schema.get("anyOf"))
    if groups is not None and any(name in absent for group in groups for name in group):
        result["anyOf"] = [
            {"allOf": [_given(name, absent.get(name, ())) for name in group]} for group in groups
        ]
