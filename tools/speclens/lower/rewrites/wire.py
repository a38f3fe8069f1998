"""The wire view: what a server accepts. Values that mean "not given" are set aside, and a required hub is satisfied by any
source. Formats are left out, since nobody judges them: `uri` would refuse URLs, and `int32` numbers, that are taken.

`minProperties` and `maxProperties` count the members as sent, absent ones too.
"""

from __future__ import annotations

from collections.abc import Collection

from speclens.lower.ground.composed import required_groups
from speclens.lower.ground.wholes import Whole, giving, giving_any, shared_groups, whole_object
from speclens.lower.rewrites import deep_hubs
from speclens.lower.rewrites.rewriting import Rewriting, as_parts
from speclens.source.pointer import JsonObject, join

_SENDING = frozenset({"binary", "byte", "password"})  # formats that say how to send, not what


def wire_schema(view: Rewriting, old: str, new: str, schema: JsonObject) -> JsonObject:
    """A schema in the wire view."""
    one = whole_object(view.document, old, schema)
    result = _layer(view, one, old, new, schema)
    if rules := deep_hubs.rules(view.document, one, new, view.schema):
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
        if sources := one.sources.get(
            (name,)
        ):  # the hub's own value is judged where it is the only one
            rule = join(new, "allOf", len(result.get("allOf", ())) + len(rules))
            view.origins[join(rule, "anyOf", 0, "properties", name)] = written
            others = [giving(one, source) for source in sources]
            rules.append({"anyOf": [{"properties": {name: judged}}, *others]})
    return rules


def _required(one: Whole, schema: JsonObject, result: JsonObject) -> list[JsonObject]:
    """`required` asks for what is given: a property that is there with a value that means so, a hub by any source. What is
    asked for instead of that."""
    groups = required_groups(schema.get("anyOf")) or ()
    asked = list(schema.get("required") or ())
    changed = [name for name in asked if name in one.absent or name in one.parts]
    if changed:
        result["required"] = [name for name in asked if name not in changed]
        if not result["required"]:  # OpenAPI 3.0 does not take an empty list
            del result["required"]
    if any(name in one.absent or name in one.parts for group in groups for name in group):
        always, others = shared_groups(one, groups)
        changed += sorted(always)
        result["anyOf"] = [option for group in others for option in _options(one, group)]
        if not others:
            del result["anyOf"]
    return [{"anyOf": giving_any(one, name)} for name in changed]


def _options(one: Whole, group: Collection[str]) -> list[JsonObject]:
    """The schemas of objects, any of which gives each of some hubs."""
    found = [giving_any(one, name) for name in sorted(group)]
    return found[0] if len(found) == 1 else [{"allOf": [{"anyOf": inner} for inner in found]}]
