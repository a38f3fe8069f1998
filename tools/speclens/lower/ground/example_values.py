"""Values of a schema to show or to try: the least one, and what the schema lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from speclens.lower.ground import likely
from speclens.lower.ground.facts import is_number
from speclens.source.pointer import JsonObject, follow

Wanted = Mapping[str, "Wanted"]
"""Members of an object, by their names, and theirs."""
_MOST_SCHEMAS = 100  # looked at for one value
_MOST_CHARACTERS = 10_000
"""Of the items of a list together, but for the first one. More is nothing to read; what is wrong then is only that too
few items are shown."""
_OTHERS = "additionalProperties"
_STRINGS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def candidates(document: JsonObject, schema: Any, wanted: Wanted) -> Iterator[Any]:
    """Values that may well be of a schema, the likeliest first: the least one with the members that are wanted, and
    what the schema lists."""
    yield least(document, schema, wanted=wanted)
    for part in _parts(document, schema, iter(range(_MOST_SCHEMAS))):
        for keyword in ("enum", "examples"):
            yield from part.get(keyword) or ()


def least(
    document: JsonObject,
    schema: Any,
    left: Iterator[int] | None = None,
    wanted: Wanted | None = None,
) -> Any:
    """A value of a schema with as little in it as may be; a guess where that takes more than looking at it.

    With `wanted` it is one to look at: with these members, and nothing is empty that need not be.
    """
    left = iter(range(_MOST_SCHEMAS)) if left is None else left
    parts = list(_parts(document, schema, left))
    for part in parts:
        for keyword in ("const", "default", "example"):
            if keyword in part:
                return part[keyword]
        for keyword in ("enum", "examples"):
            if part.get(keyword):
                return part[keyword][0]
    kind = next((_kind(part) for part in parts if _kind(part)), "null")
    whole = {keyword: value for part in reversed(parts) for keyword, value in part.items()}
    if kind == "object":
        return _object(document, parts, left, wanted)
    if kind == "array":
        fewest = max(whole.get("minItems", 0), 0 if wanted is None else 1)
        count = min(fewest, whole.get("maxItems", fewest))
        item = least(document, whole.get("items", {}), left, wanted) if count else None
        return [item] * _few(count, item)
    return _scalar(kind, whole)


def _few(count: int, item: Any) -> int:
    """How many times an item is written: what is in it may be as many times what is in that."""
    if count <= 1:
        return count
    return max(1, min(count, 100, _MOST_CHARACTERS // len(json.dumps(item, default=str))))


def _object(
    document: JsonObject, parts: list[JsonObject], left: Iterator[int], wanted: Wanted | None
) -> JsonObject:
    inside = {name: one for part in parts for name, one in part.get("properties", {}).items()}
    others = next((part[_OTHERS] for part in parts if isinstance(part.get(_OTHERS), dict)), None)
    names = dict.fromkeys(name for part in parts for name in part.get("required", ()))
    if wanted is not None:
        names |= dict.fromkeys(name for name in wanted if name in inside)
        possible = [name for name, one in inside.items() if one is not False]
        more = possible if others is None else [*possible, "key"]
        fewest = max([1, *(part.get("minProperties", 0) for part in parts)])
        names |= dict.fromkeys([name for name in more if name not in names][: fewest - len(names)])
    return {
        name: least(document, inside.get(name, others or {}), left, (wanted or {}).get(name))
        for name in names
    }


def _parts(document: JsonObject, schema: Any, left: Iterator[int]) -> Iterator[JsonObject]:
    """All that holds of the value to be made: the schema, what it is made of, and the first branch of each union."""
    schema = follow(document, "", schema)[1]
    if isinstance(schema, dict) and next(left, None) is not None:
        yield schema
        chosen = [*schema.get("allOf", ()), *schema.get("oneOf", ())[:1]]
        for inner in (*chosen, *schema.get("anyOf", ())[:1]):
            yield from _parts(document, inner, left)


def _kind(schema: JsonObject) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "")
    if isinstance(kind, list):  # none is left where only null was, and means that nothing is given
        kind = kind[0] if kind else ""
    return str(kind)


def _scalar(kind: str, schema: JsonObject) -> Any:
    if kind == "string":
        text = likely.text_of(schema.get("pattern", "")) or "text"
        text = _STRINGS.get(schema.get("format", ""), text)
        return text.ljust(min(schema.get("minLength", 0), 10_000), "x")[: schema.get("maxLength")]
    if kind in {"integer", "number"}:
        return _number(schema)
    return False if kind == "boolean" else None


def _number(schema: JsonObject) -> Any:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    if is_number(above):
        low = above + 1 if above is not None else low
    value = low if is_number(low) and low is not None else min(0, schema.get("maximum", 0))
    step = schema.get("multipleOf", 1)
    return value if value % step == 0 or not isinstance(step, int) else -(-value // step) * step
