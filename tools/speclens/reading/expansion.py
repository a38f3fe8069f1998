"""Limits the parts that operations and classes share: the package repeats shared parameters, headers and properties for
each operation and class that has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from speclens.objects import nodes, operations
from speclens.problems import Finding, Refused
from speclens.source import Source, locate
from speclens.source.pointer import from_reference, get, join

_MOST = 50_000
_MOST_TIMES = 10
_FOLDED = 4  # a property of a model, a source in a normalizer, and what brings it there and back
_VALUES, _PAIRS = (
    10,
    2,
)  # values of an enumeration, and pairs of a table, that take as much as a part does
_DEEPEST = 120  # of values and references to them: deeper ones are counted as one
_SCHEMA_FIELDS = frozenset({"schema", "itemSchema"})
_DATA = frozenset({"example", "examples", "default"})

Count = Callable[[Any], int]


def bounded(source: Source) -> Source:
    """Returns the document unchanged. Raises Refused, at the largest operation or class, if all of them together have more
    than 50,000 parts and more than ten times as many as the document has objects and lists."""
    sizes = dict(_sizes(source.value))
    total = sum(sizes.values())
    if total <= _MOST or total <= _MOST_TIMES * _written(source.value):
        return source
    message = (
        f"operations and classes repeat shared parts: together they have more than {_MOST:,} parts"
    )
    place = max(sizes, key=sizes.__getitem__)
    finding = Finding(
        "source/expansion", place, message, "share fewer parts among operations and classes"
    )
    raise Refused(locate(source, [finding]))


def _sizes(document: Any) -> Iterator[tuple[str, int]]:
    """The number of parts of each operation and of each class of components, with their places."""
    members = _counted(document, partial(_members, most=_properties(document)))
    parts = _counted(document, lambda value, again: _parts(value, again, members))
    told = sum(len(_list(document, key)) for key in ("security", "servers"))
    for section in ("paths", "webhooks"):
        for path, written in _map(document, section).items():
            item = _target(document, written)
            shared = told + parts(item.get("parameters"))
            for _, way, operation in operations(item):
                yield join("#", section, path, *way), shared + parts(operation)
    for name, schema in _map(_map(document, "components"), "schemas").items():
        yield join("#", "components", "schemas", name), members(schema)
    for node in nodes(document):
        if node.kind == "schema" and node.parent == "schema" and _is_class(node.value):
            times = _FOLDED if "x-compat" in node.value else 1
            yield node.pointer, times * members(node.value)


def _is_class(schema: dict[str, Any]) -> bool:
    """Whether an inline schema repeats the properties of others in a class of its own. It does if it joins several schemas,
    or refers to one beside properties of its own, or is an older field."""
    others = len(_list(schema, "allOf")) + _refers(schema)
    return others > 1 or (bool(others) and bool(schema.keys() & {"properties", "x-compat"}))


def _counted(document: Any, count: Callable[[Any, Count], int]) -> Count:
    """A function that counts parts of a value. It counts the target of a reference only once, and remembers the number."""
    known: dict[str, int] = {}
    depth = 0

    def counted(value: Any) -> int:
        nonlocal depth
        if depth == _DEEPEST:
            return 1
        depth += 1
        try:
            if not _refers(value):
                return count(value, counted)
            beside = count(value, counted) if len(value) > 1 else 0
            return referred(value["$ref"]) + beside
        finally:
            depth -= 1

    def referred(reference: str) -> int:
        if reference not in known:
            known[reference] = 1  # for a reference that leads back to itself
            known[reference] = counted(_named(document, reference))
        return known[reference]

    return counted


def _refers(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("$ref"), str)


def _parts(value: Any, again: Count, members: Count) -> int:
    """The number of objects in the description of an operation, and of the members of its requests and responses."""
    if isinstance(value, list):
        return sum(map(again, value))
    if not isinstance(value, dict):
        return 0
    found = sum(again(part) for key, part in value.items() if key not in _SCHEMA_FIELDS | _DATA)
    shared = sum(members(value[key]) for key in _SCHEMA_FIELDS & value.keys())
    return 1 + found + shared + _tables(value)


def _members(schema: Any, again: Count, most: int) -> int:
    """The number of parts of the properties of a class, with those of its `allOf`. It has each property at most once, by however
    many references."""
    own = _own(schema) + _tables(schema)
    return min(most, own + sum(map(again, _list(schema, "allOf"))))


def _own(schema: Any) -> int:
    """The number of parts of the properties that a schema declares. A property that is folded counts several times."""
    declared = _map(schema, "properties").values()
    return sum(
        (_FOLDED if isinstance(one, dict) and "x-compat" in one else 1) + _tables(one)
        for one in declared
    )


def _tables(value: Any) -> int:
    """The number of parts of an enumeration, and of a table of x-compat: operations and classes repeat their values too."""
    values = _map(_map(value, "x-compat"), "values")
    return len(_list(value, "enum")) // _VALUES + len(values)


def _properties(document: Any) -> int:
    """The number of parts of the properties of all schemas of a document, as written."""
    return sum(_own(here) + _tables(here) for here in _containers(document))


def _written(document: Any) -> int:
    return sum(1 for _ in _containers(document))


def _containers(document: Any) -> Iterator[Any]:
    stack = [document]
    while stack:
        yield (here := stack.pop())
        inner = here.values() if isinstance(here, dict) else here
        stack.extend(part for part in inner if isinstance(part, (dict, list)))


def _target(document: Any, value: Any) -> dict[str, Any]:
    """A path item, or the target of its reference."""
    found = _named(document, value["$ref"]) if _refers(value) else value
    return found if isinstance(found, dict) else {}


def _named(document: Any, reference: str) -> Any:
    place = from_reference(reference)
    try:
        return None if place is None else get(document, place)
    except (KeyError, ValueError):
        return None


def _map(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
