"""Refuses conditions on the members of objects that mean one thing of a payload as sent, and another of the folded one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from speclens import patterns
from speclens.lower.ground import composed, facts, x_compat
from speclens.lower.ground.wholes import Whole, shared_groups, whole_object
from speclens.problems import Finding
from speclens.source.pointer import JsonObject, follow, join

MOST_TOLD = 10_000
"""The most sources of hubs that the groups of an `anyOf` name together, each group all sources of each of its hubs; and the
most values that mean "not given" of a hub's sources together. The wire view writes them out, and so does the code."""

_COUNTING = frozenset({"minProperties", "maxProperties", "enum", "const"})
_NAMES = frozenset({"propertyNames", "patternProperties"})
_APPLYING = frozenset({
    "anyOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies",
})  # fmt: skip
_CONDITIONS = sorted(_COUNTING | _NAMES | _APPLYING)
_CLOSING = _NAMES | {"additionalProperties", "unevaluatedProperties"}

_EVERY = ""
"""Stands for the names of all members."""


def of_object_with_spokes(
    document: JsonObject, pointer: str, schema: JsonObject
) -> Iterator[Finding]:
    """Findings on the conditions of an object schema, and of the objects inside that hold its hubs, if it has older
    properties."""
    found = x_compat.spokes(document, pointer, schema)
    spokes = {spoke.name: spoke for spoke in found if spoke.hub}
    if not spokes:
        return
    layers = list(composed.layers(document, pointer, schema))
    whole = whole_object(document, pointer, schema)
    yield from _many_absent(document, whole)
    places = {place for place, _ in layers}
    for place, layer in layers:
        yield from _required_spokes(place, layer, spokes)
        yield from _named(document, places, (place, layer), spokes)
        yield from _uneven(join(place, "anyOf"), layer.get("anyOf"), spokes)
        yield from _many_sources(whole, place, layer)
    ways: dict[tuple[str, ...], tuple[x_compat.Spoke, set[str]]] = {}
    for spoke in spokes.values():
        for depth in range(1, len(spoke.hub)):
            ways.setdefault(spoke.hub[:depth], (spoke, set()))[1].add(spoke.hub[depth])
    for way, (spoke, names) in ways.items():
        holder = composed.at_path(document, pointer, schema, way)
        yield from _of_holder(document, holder, names, spoke) if holder else ()


def _required_spokes(
    place: str, layer: JsonObject, spokes: Mapping[str, x_compat.Spoke]
) -> Iterator[Finding]:
    for index, name in enumerate(layer.get("required") or ()):
        if name in spokes:
            hub = "/" + "/".join(spokes[name].hub)
            hint = f"write `anyOf: [{{required: […]}}, {{required: [{name}]}}]`, one group for each source"
            message = f"`{name}` ({spokes[name].pointer}) is required, but it folds into `{hub}`"
            yield Finding("compat/required-spoke", join(place, "required", index), message, hint)


def _named(
    document: JsonObject,
    places: Set[str],
    at: tuple[str, JsonObject],
    spokes: Mapping[str, x_compat.Spoke],
) -> Iterator[Finding]:
    """Refuses conditions that name an older property or its hub, or count them: as sent, one may stand for the other."""
    hubs: dict[str, list[str]] = {}
    for spoke in spokes.values():
        hubs.setdefault(spoke.hub[0], []).append(spoke.name)
    for keyword in _CONDITIONS:
        told = _told(document, places, at, keyword, spokes.keys() | hubs)
        older = told & spokes.keys()
        sources = {name for hub in told & hubs.keys() for name in hubs[hub]}
        if not told:
            continue
        said = _places(spokes, older or sources)
        message = f"`{keyword}` counts or names an older property ({said})"
        hint = "write `required` groups under `anyOf` instead"
        if keyword in _NAMES:
            hint = "let the names of both be valid, and let no pattern match one of them"
        if keyword == "oneOf" and older:
            message = f"`oneOf` refuses an older property together with its hub ({said})"
            hint = "use `anyOf`"
        elif not older:
            message = f"`{keyword}` names a property that an older one ({said}) becomes"
        yield Finding("compat/unsupported-keyword", join(at[0], keyword), message, hint)


def _of_holder(
    document: JsonObject, holder: tuple[str, Any], names: Set[str], spoke: x_compat.Spoke
) -> Iterator[Finding]:
    """Refuses conditions of an object that folding may make, or give a member."""
    layers = list(composed.layers(document, *holder))
    places = {place for place, _ in layers}
    for place, layer in layers:
        for keyword in _CONDITIONS:
            is_sure = keyword in _NAMES or keyword == "dependentRequired"
            value = layer.get(keyword)
            is_told = keyword in layer and (keyword not in _COUNTING or _counts(keyword, value))
            if is_sure:
                is_told = bool(_told(document, places, (place, layer), keyword, names))
            if is_told:
                way = "/" + "/".join(spoke.hub)
                message = f"`{keyword}` is a condition on an object that folding changes: `{spoke.name}` ({spoke.pointer}) folds into `{way}`"
                hint = "write `properties` and `required` instead"
                yield Finding("compat/unsupported-keyword", join(place, keyword), message, hint)


def _told(
    document: JsonObject,
    places: Set[str],
    at: tuple[str, JsonObject],
    keyword: str,
    names: Set[str],
) -> Set[str]:
    """Those of some names of members that a keyword of an object names, or counts. The object has the schemas at `places`."""
    value, place = at[1].get(keyword), join(at[0], keyword)
    if keyword not in at[1] or (keyword == "anyOf" and composed.required_groups(value)):
        return frozenset()
    if keyword == "propertyNames":
        return frozenset(name for name in names if not _is_name(document, (place, value), name))
    if keyword == "patternProperties":
        tests = [patterns.search(one) for one in value] if isinstance(value, dict) else []
        return frozenset(name for name in names if any(not test or test(name) for test in tests))
    found = set(_mentioned(document, places, place, keyword, value))
    return names if _EVERY in found else names & found


def _is_name(document: JsonObject, at: tuple[str, Any], name: str) -> bool:
    """Whether `propertyNames` surely accepts a name."""
    if not isinstance(at[1], dict):
        return at[1] is not False
    layers = [layer for _, layer in composed.layers(document, *at)]
    return "string" in facts.types_of(document, at[1]) and all(_fits(one, name) for one in layers)


def _fits(layer: JsonObject, name: str) -> bool:
    pattern, limit = layer.get("pattern", ""), layer.get("maxLength", len(name))
    test = patterns.search(pattern) if isinstance(pattern, str) else None
    is_listed = name in layer.get("enum", [name]) and layer.get("const", name) == name
    is_plain = not layer.keys() & {"anyOf", "oneOf", "not", "if", "$dynamicRef"}
    is_long = layer.get("minLength", 0) <= len(name) <= limit
    return bool(is_plain and is_listed and is_long and test and test(name))


def _counts(keyword: str, value: Any) -> bool:
    """Whether a keyword counts or lists the members of objects."""
    listed = [value] if keyword == "const" else value
    if keyword in ("enum", "const"):
        return isinstance(listed, list) and any(isinstance(one, dict) for one in listed)
    return keyword in _COUNTING


def _mentioned(
    document: JsonObject, places: Set[str], pointer: str, keyword: str, value: Any
) -> Iterator[str]:
    """The names of members that a keyword of an object names, itself or in the schemas that it applies to the object."""
    seen, left = set(places), [(pointer, keyword, value)]
    while left:
        at, word, inner = left.pop()
        if (word in _CLOSING and inner not in (True, {})) or _counts(word, inner):
            yield _EVERY
        elif word in ("required", "properties") and isinstance(inner, (list, dict)):
            yield from (name for name in inner if isinstance(name, str))
        elif word in ("dependentRequired", "dependentSchemas", "dependencies"):
            for name, one in inner.items() if isinstance(inner, dict) else ():
                yield name
                left.append((join(at, name), "required" if isinstance(one, list) else "not", one))
        elif isinstance(inner, list) and word in ("allOf", "anyOf", "oneOf"):
            left += [(join(at, index), "not", one) for index, one in enumerate(inner)]
        elif isinstance(inner, dict) and word in _APPLYING and at not in seen:
            seen.add(at)
            left += [(join(at, key), key, one) for key, one in inner.items()]
            target, schema = follow(document, at, inner)
            if target != at:
                left.append((target, "not", schema))


def _uneven(place: str, branches: Any, spokes: Mapping[str, x_compat.Spoke]) -> Iterator[Finding]:
    """Groups that ask for less beside an older property than beside its hub: in canonical form, the two are one."""
    groups = composed.required_groups(branches) or []
    if not any(name in spokes for group in groups for name in group):
        return
    least = composed.least_groups(groups)
    renamed = [
        frozenset(spokes[name].hub[0] if name in spokes else name for name in group)
        for group in least
    ]
    kept = set(composed.least_groups(renamed))
    for one in renamed:
        if one not in kept:
            others = ", ".join(f"`{name}`" for name in sorted(one))
            message = f"one group of `anyOf` asks for {others}, and another for a part of these, by an older property ({_places(spokes, spokes)})"
            hint = "ask for the same beside each source of a hub"
            yield Finding("compat/unsupported-keyword", place, message, hint)
            return


def _places(spokes: Mapping[str, x_compat.Spoke], names: Iterable[str]) -> str:
    return ", ".join(spokes[name].pointer for name in sorted(names))


def _many_sources(whole: Whole, place: str, layer: JsonObject) -> Iterator[Finding]:
    """Refuses groups that together name too many sources of hubs."""
    if not (groups := composed.required_groups(layer.get("anyOf"))):
        return
    _, others = shared_groups(whole, groups)
    count = sum(1 + len(whole.parts.get(name, ())) for group in others for name in group)
    if count > MOST_TOLD:
        message = (
            f"the groups of `anyOf` name {count:,} sources of properties: more than {MOST_TOLD:,}"
        )
        hint = "write fewer groups, or fewer older properties of one property"
        yield Finding("compat/too-many-shapes", join(place, "anyOf"), message, hint)


def _many_absent(document: JsonObject, whole: Whole) -> Iterator[Finding]:
    """Refuses hubs whose sources have too many values that mean "not given"."""
    policies = x_compat.policies(document, whole.pointer, whole.schema)
    for path, names in whole.sources.items():
        hub = composed.at_path(document, whole.pointer, whole.schema, path)
        count = len(x_compat.absent_values(hub[1], policies.get(path))) * len(names) if hub else 0
        if hub and count > MOST_TOLD:
            message = f"`absent` of this property and its {len(names):,} older ones lists {count:,} values: more than {MOST_TOLD:,}"
            hint = "list fewer values, or fewer older properties of one property"
            yield Finding("compat/too-many-shapes", hub[0], message, hint)
