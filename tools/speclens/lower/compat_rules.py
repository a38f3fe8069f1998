"""What is refused of x-compat when generating. Each rule names both places and says what to write instead."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from speclens.lower import compat, facts, lens
from speclens.lower.walk import JsonObject, all_schemas, follow, objects
from speclens.problems import Finding
from speclens.source.pointer import join, tokens

# Where a schema is asked about something else than the value that stands there; a shape has no meaning in it.
_ELSEWHERE = {
    "not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas", "patternProperties",
    "prefixItems", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
}  # fmt: skip
_COUNTING = (
    "minProperties", "maxProperties", "not", "if", "dependentRequired", "dependentSchemas", "dependencies",
)  # fmt: skip


def check(document: JsonObject) -> tuple[Finding, ...]:
    """All findings on the x-compat of a document, in document order."""
    found: list[Finding] = []
    for pointer, schema in all_schemas(document):
        if isinstance(schema, dict):
            found += _keywords(document, pointer, schema)
            found += _object(document, pointer, schema)
            found += _union(document, pointer, schema)
    found += _partial_updates(document)
    found += _parameters(document)
    return tuple(dict.fromkeys(found))


def _keywords(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    if compat.KEYWORD not in schema:
        return
    here = join(pointer, compat.KEYWORD)
    own = schema[compat.KEYWORD]
    if not isinstance(own, dict):
        yield Finding(
            "compat/unknown-keyword",
            here,
            "x-compat is an object of keywords",
            "write `x-compat: {…}`",
        )
        return
    for name in own.keys() - compat.KEYWORDS:
        close = get_close_matches(name, compat.KEYWORDS, 1)
        hint = (
            f"did you mean `{close[0]}`?"
            if close
            else f"one of {', '.join(sorted(compat.KEYWORDS))}"
        )
        yield Finding(
            "compat/unknown-keyword", join(here, name), f"unknown x-compat keyword `{name}`", hint
        )
    for keyword in sorted(_ELSEWHERE & _keyword_tokens(pointer)):
        message = f"x-compat has no meaning under `{keyword}`"
        yield Finding(
            "compat/unsupported-keyword", here, message, "declare the shape where the value stands"
        )
    yield from _keyword_types(here, own)


def _keyword_tokens(pointer: str) -> set[str]:
    """The tokens of a schema's pointer that are keywords, not names."""
    path = tokens(pointer)
    start = 3 if path[:2] == ("components", "schemas") else path.index("schema") + 1
    found, is_name = set[str](), False
    for token in path[start:]:
        if not is_name:
            found.add(token)
        is_name = not is_name and token in {
            "properties",
            "patternProperties",
            "$defs",
            "dependentSchemas",
        }
    return found


def _keyword_types(here: str, own: JsonObject) -> Iterator[Finding]:
    if "to" in own and "each" in own:
        yield Finding(
            "compat/unknown-keyword",
            here,
            "`to` and `each` exclude each other",
            "keep the one that is meant",
        )
    if "values" in own:
        yield from _value_names(join(here, "values"), own["values"])
    for name in ("to", "each"):
        try:
            tuple(lens.holes(own.get(name)))
        except ValueError as error:
            yield Finding(
                "compat/result-mismatch",
                join(here, name),
                str(error),
                "write `$$` for a literal `$`",
            )
    if "absent" in own and not isinstance(own["absent"], list):
        yield Finding(
            "compat/unknown-keyword",
            join(here, "absent"),
            "`absent` is a list of values",
            "write `[null]`",
        )
    hubs = own.get("hubs", {})
    for name, policy in hubs.items() if isinstance(hubs, dict) else [("", None)]:
        place = join(here, "hubs", *((name,) if name else ()))
        if not isinstance(policy, dict) or policy.keys() - {"conflict", "absent"}:
            hint = "write `{conflict: merge, absent: [null]}`"
            yield Finding(
                "compat/unknown-keyword", place, "a hub has `conflict` and `absent`", hint
            )
        elif policy.get("conflict", "equal") not in compat.POLICIES:
            message = f"unknown conflict policy {policy['conflict']!r}"
            yield Finding(
                "compat/unknown-keyword", place, message, f"one of {', '.join(compat.POLICIES)}"
            )


def _value_names(here: str, values: Any) -> Iterator[Finding]:
    if not isinstance(values, dict):
        yield Finding(
            "compat/unknown-keyword",
            here,
            "`values` maps old values to new ones",
            "write `{old: new}`",
        )
        return
    for old, new in values.items():
        if isinstance(new, str) and new in values:
            message = f"`{old}` becomes `{new}`, which is itself renamed"
            yield Finding("compat/chain", join(here, old), message, f"write what `{new}` becomes")


def _object(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    if not any(compat.keywords(inner).get("into") for inner in _declared(schema).values()):
        yield from _unused_hubs(document, pointer, schema)
        return
    own = compat.properties(document, pointer, schema)
    spokes = compat.spokes(document, pointer, schema)
    names = {spoke.name for spoke in spokes}
    policies = compat.policies(document, pointer, schema)
    for spoke in spokes:
        yield from _target(document, (pointer, schema), spoke, own, names)
        yield from _results(document, (pointer, schema), spoke)
        policy = policies.get(spoke.hub)
        hub = compat.at_path(document, pointer, schema, spoke.hub)
        if (
            policy
            and policy.conflict == "merge"
            and hub
            and not facts.types_of(document, hub[1]) <= {"array", "null"}
        ):
            place = join(pointer, compat.KEYWORD, "hubs", "/" + "/".join(spoke.hub))
            message = f"only arrays merge, and {hub[0]} is none"
            yield Finding(
                "compat/merge-non-array", place, message, "use `equal`, `prefer` or `error`"
            )
    yield from _required(document, pointer, schema, names)
    yield from _unused_hubs(document, pointer, schema)


def _declared(schema: JsonObject) -> JsonObject:
    value = schema.get("properties")
    return value if isinstance(value, dict) else {}


def _unused_hubs(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    hubs = compat.keywords(schema).get("hubs")
    used = {spoke.hub for spoke in compat.spokes(document, pointer, schema)} if hubs else set()
    for name in hubs if isinstance(hubs, dict) else ():
        if not name.startswith("/") or tokens(name) not in used:
            place = join(pointer, compat.KEYWORD, "hubs", name)
            hint = f"give a property `x-compat: {{into: {name}}}`, or remove the policy"
            yield Finding("compat/unknown-target", place, f"nothing folds into `{name}`", hint)


def _target(
    document: JsonObject,
    owner: tuple[str, JsonObject],
    spoke: compat.Spoke,
    own: dict[str, tuple[str, Any]],
    names: set[str],
) -> Iterator[Finding]:
    place = join(spoke.pointer, compat.KEYWORD, "into")
    path = "/" + "/".join(spoke.hub)
    if spoke.hub and spoke.hub[0] == spoke.name:
        yield Finding(
            "compat/cycle",
            place,
            f"`{spoke.name}` folds into itself",
            "name the canonical property",
        )
    elif spoke.hub and spoke.hub[0] in names:
        other, _ = own[spoke.hub[0]]
        into = str(compat.keywords(own[spoke.hub[0]][1]).get("into"))
        back = into.split("/")[1:2] == [spoke.name]
        hint = f"name the property that `{spoke.hub[0]}` folds into: `{into}`"
        message = f"`{spoke.name}` folds into `{path}`, a compatibility property itself ({other})"
        yield Finding("compat/cycle" if back else "compat/chain", place, message, hint)
    elif compat.at_path(document, *owner, spoke.hub) is None:
        close = get_close_matches(spoke.hub[0] if spoke.hub else "", own, 1)
        hint = (
            f"did you mean `/{close[0]}`?"
            if close
            else "a JSON Pointer from the object that holds the property"
        )
        yield Finding(
            "compat/unknown-target", place, f"no property `{path}` beside `{spoke.name}`", hint
        )


def _results(
    document: JsonObject, owner: tuple[str, JsonObject], spoke: compat.Spoke
) -> Iterator[Finding]:
    for branch in compat.branches(document, spoke.pointer, spoke.schema, is_spoke=True):
        hub = compat.at_path(document, *owner, spoke.hub)
        if branch.shape is None:
            message = f"a branch of `{spoke.name}` does not say what it becomes"
            yield Finding(
                "compat/uncovered-shape",
                branch.pointer,
                message,
                "give it `x-compat: {to: …}`, or `{}`",
            )
        elif hub is not None:
            yield from result(document, branch.shape, hub)


def _union(document: JsonObject, pointer: str, schema: JsonObject) -> Iterator[Finding]:
    branches = compat.branches(document, pointer, schema)
    if "$ref" in schema or not branches:
        return
    is_spoke = "into" in compat.keywords(schema)
    canonical = [branch for branch in branches if branch.shape is None]
    if not canonical and not is_spoke and not _is_spoke_component(document, pointer):
        yield Finding(
            "compat/uncovered-shape",
            pointer,
            "no branch is canonical",
            "leave one without x-compat",
        )
    for a, b in itertools.combinations(branches, 2):
        if (a.shape or b.shape) and facts.overlap(document, a.schema, b.schema):
            hint = "separate them by type, const, a required key with different schemas, or a key one forbids"
            yield Finding(
                "compat/overlap", b.pointer, f"a value may fit both this and {a.pointer}", hint
            )
    if canonical and not is_spoke:
        for branch in branches:
            if branch.shape:
                yield from result(document, branch.shape, (pointer, schema))


def _is_spoke_component(document: JsonObject, pointer: str) -> bool:
    """A component all of whose branches are shapes is meant for spokes that refer to it."""
    users = [
        compat.keywords(schema)
        for place, schema in all_schemas(document)
        if isinstance(schema, dict)
        and "$ref" in schema
        and follow(document, place, schema)[0] == pointer
    ]
    return bool(users) and all("into" in own for own in users)


def result(document: JsonObject, shape: compat.Shape, target: tuple[str, Any]) -> Iterator[Finding]:
    """`compat/result-mismatch`: the template cannot give a value that its canonical place accepts."""
    source = lens.source_schema(document, shape)
    place = join(shape.pointer, compat.KEYWORD) if compat.KEYWORD in shape.schema else shape.pointer
    prefix: lens.Path = (0,) if shape.each else ()
    try:
        found = tuple(lens.holes(shape.template))
    except ValueError:
        return
    if shape.values and facts.types_of(document, source[1]) & {"array", "object"}:
        message = "`values` renames scalars, and the shape accepts arrays or objects"
        yield Finding("compat/result-mismatch", place, message, "give the shape `type: string`")
        return
    for message, hint in itertools.chain(
        *(_hole(document, source, hole, target, prefix) for hole in found if hole.part or not shape.values),
        _constants(document, shape.template, target, prefix),
    ):
        yield Finding("compat/result-mismatch", place, f"{message} (canonical: {target[0]})", hint)


def _hole(
    document: JsonObject,
    source: tuple[str, Any],
    hole: lens.Hole,
    target: tuple[str, Any],
    prefix: lens.Path,
) -> Iterator[tuple[str, str]]:
    name = "$" + "".join(f"/{token}" for token in hole.part)
    found = lens.part_schema(document, *source, hole.part)
    if found is None:
        yield (
            f"the shape declares no `{name}`",
            "declare the property under `properties` of the shape",
        )
        return
    if not found[2] and not (hole.at and isinstance(hole.at[-1], str)):
        yield f"`{name}` may be absent", "list it under `required` of the shape"
    places = lens.canonical_places(document, *target, (*prefix, *hole.at))
    if places and not any(facts.overlap(document, found[1], place) for _, place in places):
        yield f"`{name}` never fits where the template puts it", "change the template or the shape"


def _constants(
    document: JsonObject, template: Any, target: tuple[str, Any], at: lens.Path
) -> Iterator[tuple[str, str]]:
    if isinstance(template, str) and template.startswith("$") and not template.startswith("$$"):
        return
    places = lens.canonical_places(document, *target, at)
    kind = facts.json_type(template)
    if places and not any(kind in facts.types_of(document, place) for _, place in places):
        yield (
            f"the template gives a value of type {kind}, which does not fit",
            "change the template",
        )
    elif isinstance(template, dict):
        required = [
            set[str]().union(*(f.required for f in facts.alternatives(document, p)))
            for _, p in places
        ]
        if places and all(names - template.keys() for names in required):
            missing = ", ".join(sorted(min(required, key=len) - template.keys()))
            yield (
                f"the template leaves out the required {missing}",
                "add the member to the template",
            )
        for name, item in template.items():
            yield from _constants(document, item, target, (*at, name))
    elif isinstance(template, list):
        for index, item in enumerate(template):
            yield from _constants(document, item, target, (*at, index))


def _required(
    document: JsonObject, pointer: str, schema: JsonObject, names: set[str]
) -> Iterator[Finding]:
    for place, layer in compat.layers(document, pointer, schema):
        for index, name in enumerate(layer.get("required") or ()):
            if name in names:
                hint = f"write `anyOf: [{{required: […]}}, {{required: [{name}]}}]`, one group a source"
                message = f"the compatibility property `{name}` is required by itself"
                yield Finding(
                    "compat/required-spoke", join(place, "required", index), message, hint
                )
        for keyword in _COUNTING:
            if keyword in layer and (
                keyword.endswith("Properties") or _names(layer[keyword], names)
            ):
                message = f"`{keyword}` counts or names a compatibility property"
                hint = "say it with `required` groups under `anyOf`"
                yield Finding("compat/unsupported-keyword", join(place, keyword), message, hint)
        if _names(layer.get("oneOf"), names):
            message = "`oneOf` names a compatibility property: old and new spelling could not be sent together"
            yield Finding(
                "compat/unsupported-keyword", join(place, "oneOf"), message, "use `anyOf`"
            )


def _names(value: Any, names: set[str]) -> bool:
    """Whether `required` lists or property names anywhere inside a keyword's value name one of `names`."""
    if isinstance(value, dict):
        return bool(names & value.keys()) or any(_names(inner, names) for inner in value.values())
    if isinstance(value, list):
        return any(
            item in names if isinstance(item, str) else _names(item, names) for item in value
        )
    return False


def _partial_updates(document: JsonObject) -> Iterator[Finding]:
    for pointer, operation in objects(document, "operation"):
        if not pointer.endswith("/patch") or not isinstance(operation, dict):
            continue
        place, body = follow(document, join(pointer, "requestBody"), operation.get("requestBody"))
        content = body.get("content") if isinstance(body, dict) else None
        for name, media in content.items() if isinstance(content, dict) else ():
            schema = media.get("schema") if isinstance(media, dict) else None
            here = join(place, "content", name, "schema")
            partial = [layer for _, layer in compat.layers(document, here, schema)]
            if compat.spokes(document, here, schema) and not any(
                compat.keywords(layer).get("partial") is True for layer in partial
            ):
                hint = "write `x-compat: {partial: true}` on the schema once that is what is meant"
                message = "a PATCH body with compatibility properties: an absent hub means `unchanged` here"
                yield Finding("compat/partial-update", here, message, hint)


def _parameters(document: JsonObject) -> Iterator[Finding]:
    for pointer, parameter in objects(document, "parameter"):
        if compat.keywords(parameter):
            message = "compatibility between parameters is not generated yet"
            yield Finding(
                "compat/unsupported-keyword",
                join(pointer, compat.KEYWORD),
                message,
                "remove it for now",
            )
