"""The wire view: what a server accepts. Values that mean "not given" are set aside, and a required hub is satisfied by any
source. Formats are left out, since nobody judges them: `uri` would refuse URLs, and `int32` numbers, that are taken.

`minProperties` and `maxProperties` count the members as sent, absent ones too.
"""

from __future__ import annotations

from speclens.lower.ground.composed import required_groups
from speclens.lower.ground.wholes import Whole, whole_object
from speclens.lower.rewrites import deep_hubs
from speclens.lower.rewrites.rewriting import Rewriting, as_parts
from speclens.source.pointer import JsonObject, join

_SENDING = frozenset({"binary", "byte", "password"})  # formats that say how to send, not what


def wire_schema(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
    """A schema in the wire view."""
    one = whole_object(view.document, old, schema)
    result = _layer(view, one, old, new, schema)
    given = {name: _given(one, name) for name in one.absent}
    if rules := deep_hubs.rules(view.document, one, new, given, view.schema):
        result["allOf"] = [*result.get("allOf", ()), *rules]
    return result


def _layer(view: Rewriting, one: Whole, old: str, new: str, schema: JsonObject) -> JsonObject:
    is_told = schema.get("format") in _SENDING
    skip = frozenset({"allOf"}) if is_told else frozenset({"allOf", "format"})
    result = view.inner(old, new, schema, skip) | as_parts(view, one, (old, new), schema, _layer)
    rules = _properties(view, one, (old, new), schema, result)
    rules += _required(one, schema, result)
    if rules:
        result["allOf"] = [*result.get("allOf", ()), *rules]
    return result


def _properties(
    view: Rewriting, one: Whole, at: tuple[str, str], schema: JsonObject, result: JsonObject
) -> list[JsonObject]:
    """Let properties have values that mean "not given"; what is asked for of the whole object in return."""
    if not isinstance(schema.get("properties"), dict):
        return []
    old, new = at
    deep_hubs.relax(view.document, one, at, schema, result, view.schema)
    rules: list[JsonObject] = []
    for name, values in one.absent.items():
        if name not in result["properties"] or not values:
            continue
        judged = result["properties"][name]
        result["properties"][name] = {"anyOf": [{"enum": list(values)}, judged]}
        written = join(old, "properties", name)
        view.origins[join(new, "properties", name, "anyOf", 1)] = written
        sources = [spoke.name for spoke in one.spokes if spoke.hub == (name,)]
        if sources:  # the hub's own value is judged where it is the only one
            rule = join(new, "allOf", len(result.get("allOf", ())) + len(rules))
            view.origins[join(rule, "anyOf", 0, "properties", name)] = written
            given = [_given(one, source) for source in sources]
            rules.append({"anyOf": [{"properties": {name: judged}}, *given]})
    return rules


def _given(one: Whole, name: str) -> JsonObject:
    """The schema of objects in which a property is given."""
    if not (absent := one.absent.get(name, ())):
        return {"required": [name]}
    return {"required": [name], "properties": {name: {"not": {"enum": list(absent)}}}}


def _any_given(one: Whole, group: list[str], name: str, groups: list[list[str]]) -> JsonObject:
    """The schema of objects in which a property of a group is given, or another source of the same hub. Those that have a
    group of their own are left to it."""
    hub = next((spoke.hub for spoke in one.spokes if spoke.name == name), (name,))
    sources = [spoke.name for spoke in one.spokes if spoke.hub == hub]
    others = {*sources, *(hub if len(hub) == 1 else ())} - {name}
    rest = [other for other in group if other != name]
    told = [set(one) for one in groups]
    left = sorted(o for o in others if not any(one <= {*rest, o} for one in told))
    options = [_given(one, source) for source in (name, *left)]
    return options[0] if len(options) == 1 else {"anyOf": options}


def _required(one: Whole, schema: JsonObject, result: JsonObject) -> list[JsonObject]:
    """`required` asks for what is given: a property that is there with a value that means so, a hub by any source. What is
    asked for instead of that."""
    sources: dict[str, list[str]] = {}
    for spoke in one.spokes:  # one of a deep hub makes the object that holds it
        sources.setdefault(spoke.hub[0], []).append(spoke.name)
    groups = required_groups(schema.get("anyOf"))
    if groups is not None and any(name in one.absent for group in groups for name in group):
        result["anyOf"] = [
            {"allOf": [_any_given(one, group, name, groups) for name in group]} for group in groups
        ]
    asked = schema.get("required") or ()
    changed = [name for name in asked if name in one.absent or name in sources]
    if changed:
        result["required"] = [name for name in asked if name not in changed]
        if not result["required"]:  # OpenAPI 3.0 does not take an empty list
            del result["required"]
    return [{"anyOf": [_given(one, n) for n in (name, *sources.get(name, ()))]} for name in changed]
