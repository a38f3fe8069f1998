"""YAML text -> JSON value, with every fault of the text in one run.

One pass builds the value from the parser's events, with anchors, tags and places, in a third of the time that composing
nodes first would take. libyaml parses if it is installed, otherwise PyYAML's parser in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from speclens.problems import quoted, shortened
from speclens.source.faults import (
    MAX_DEPTH,
    Fault,
    Faults,
    Path,
    Unreadable,
    bad_number,
    duplicate_key,
    has_surrogate,
    lone_surrogate,
    not_a_mapping,
    too_deep,
)
from speclens.source.scalars import YamlScalar, resolve_scalar

MAX_EXPANSION = 1_000_000
"""The most values that aliases may add to a document."""

MAX_TAG = 1_000
"""The most characters of a prefix of tags. libyaml repeats the prefix for each tag that uses it."""

MERGE = "<<"
_TAG_PREFIX = "tag:yaml.org,2002:"
_COLLECTION_TAGS: dict[type, str] = {
    MappingStartEvent: f"{_TAG_PREFIX}map",
    SequenceStartEvent: f"{_TAG_PREFIX}seq",
}
_SCALAR_TYPES: dict[str, tuple[type, ...]] = {
    f"{_TAG_PREFIX}null": (type(None),),
    f"{_TAG_PREFIX}bool": (bool,),
    f"{_TAG_PREFIX}int": (int,),
    f"{_TAG_PREFIX}float": (float, int),
}


# YAML 1.2.2, section 5.1. The error's own position counts bytes in libyaml, characters in PyYAML.
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    size: int
    text: str | None


def parse(text: str) -> tuple[Any, list[Fault]]:
    """The value of a YAML text and its faults. The value is usable only if there are no faults."""
    faults = Faults()
    try:
        return _Builder(events(text), faults).document(), faults.told()
    except Unreadable:
        return None, faults.told()
    except yaml.YAMLError as error:
        return None, [*faults.told(), _syntax(error, text)]


def events(text: str) -> Iterator[Any]:
    """The parser's events. The call or the iterator raises yaml.YAMLError."""
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    return iter(loader(text).get_event, None)


def offset(event: Any) -> int:
    """The offset of the start of an event, in characters."""
    return int(event.start_mark.index)


def is_merge(event: Event) -> bool:
    """Whether a key is the merge key (https://yaml.org/type/merge.html): plain, not quoted."""
    return isinstance(event, ScalarEvent) and event.value == MERGE and event.implicit[0]


def _syntax(error: yaml.YAMLError, text: str) -> Fault:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        message = ", ".join(part for part in (error.context, error.problem) if part)
        return Fault("source/syntax", mark.index if mark else 0, message or "not YAML")
    character = _UNPRINTABLE.search(text)
    place = character.start() if character else 0
    return Fault("source/syntax", place, "control characters are not allowed", "write an escape")


@dataclass(slots=True)
class _Builder:
    events: Iterator[Any]
    faults: Faults
    path: list[str | int] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    open_anchors: set[str] = field(default_factory=set)
    size: int = 0
    expansion: int = 0

    def document(self) -> Any:
        next(self.events)
        if isinstance(start := next(self.events), StreamEndEvent):
            self.fault("source/empty", start, "the file is empty")
            raise Unreadable
        if any(len(prefix) > MAX_TAG for prefix in (start.tags or {}).values()):
            message = f"a %TAG of more than {MAX_TAG:,} characters"
            self.fault("source/tag", start, message, "only JSON types have a meaning here")
            raise Unreadable
        root = next(self.events)
        value = self.node(root)
        if type(root) is not MappingStartEvent:
            self.faults.add(not_a_mapping(offset(root)))
        next(self.events)
        if not isinstance(second := next(self.events), StreamEndEvent):
            self.fault(
                "source/documents", second, "a second YAML document", "keep one document per file"
            )
        return value

    def node(self, event: Any) -> Any:
        if type(event) is AliasEvent:
            return self.alias(event).value
        if event.anchor is None:
            return self.content(event)
        self.open_anchors.add(event.anchor)
        before = self.size
        value = self.content(event)
        text = event.value if isinstance(event, ScalarEvent) else None
        self.open_anchors.discard(event.anchor)
        self.anchors[event.anchor] = _Anchored(value, self.size - before + 1, text)
        return value

    def content(self, event: Any) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            return self.scalar(event)
        if len(self.path) >= MAX_DEPTH:
            self.faults.add(too_deep(offset(event), self.here()))
            raise Unreadable
        if event.tag not in (None, "!", _COLLECTION_TAGS[kind]):
            self.unknown_tag(event)
        return self.mapping() if kind is MappingStartEvent else self.sequence()

    def sequence(self) -> list[Any]:
        items: list[Any] = []
        while type(event := next(self.events)) is not SequenceEndEvent:
            self.path.append(len(items))
            items.append(self.node(event))
            self.path.pop()
        self.size += len(items)
        return items

    def mapping(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        keys: dict[str, Any] = {}
        while type(event := next(self.events)) is not MappingEndEvent:
            key = self.key(event)
            self.path.append(key)
            first = keys.setdefault(key, event)
            if first is not event:
                self.faults.add(duplicate_key(offset(event), key, self.here(), offset(first)))
            value = self.node(next(self.events))
            self.path.pop()
            if key == MERGE and is_merge(event):
                merged = self.bases(value, event)
            else:
                members[key] = value
        self.size += len(keys)
        return {**merged, **members}

    def key(self, event: Any) -> str:
        """A key is the text of its scalar as written: `200:` is "200"."""
        if type(event) is ScalarEvent and event.anchor is None:
            return str(event.value)
        self.path.append("?")
        is_alias = type(event) is AliasEvent
        text = self.alias(event).text if is_alias else self.text(event)
        self.path.pop()
        if text is None:
            self.fault("source/key", event, "a key must be a scalar", "keys in JSON are strings")
            return f"?{offset(event)}"
        return text

    def text(self, event: Any) -> str | None:
        """The text of a node if it is a scalar, else None. Reads the node in any case."""
        self.node(event)
        return event.value if isinstance(event, ScalarEvent) else None

    def bases(self, value: Any, key: Any) -> dict[str, Any]:
        """The members that a merge key brings in. If several mappings have a key, the earliest wins."""
        merged: dict[str, Any] = {}
        for base in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(base, dict):
                self.fault("source/merge", key, "<< takes a mapping or a list of mappings")
                return {}
            merged.update(base)
        return merged

    def alias(self, event: Any) -> _Anchored:
        target, name = self.anchors.get(event.anchor), shortened(event.anchor)
        if event.anchor in self.open_anchors:
            self.fault("source/alias-cycle", event, f"*{name} is inside its own anchor")
            return _Anchored(None, 1, "")
        if target is None:
            self.fault("source/alias", event, f"*{name} has no anchor before it")
            return _Anchored(None, 1, "")
        self.size += target.size
        self.expansion += target.size
        if self.expansion > MAX_EXPANSION:
            message = f"aliases expand to more than {MAX_EXPANSION:,} values"
            self.fault("source/alias-expansion", event, message, "use $ref instead of aliases")
            raise Unreadable
        return target

    def scalar(self, event: Any) -> YamlScalar:
        tag = event.tag
        try:
            if tag is None and event.implicit[0]:
                return resolve_scalar(event.value)
            if tag in _SCALAR_TYPES:
                return self.tagged(event)
        except ValueError:
            self.faults.add(bad_number(offset(event), event.value, self.here()))
            return None
        if tag not in (None, "!", f"{_TAG_PREFIX}str"):
            self.unknown_tag(event)
        if has_surrogate(event.value):
            self.faults.add(lone_surrogate(offset(event), self.here()))
        return str(event.value)

    def tagged(self, event: Any) -> YamlScalar:
        value = resolve_scalar(event.value)
        if type(value) not in _SCALAR_TYPES[event.tag]:
            shown = event.tag.replace(_TAG_PREFIX, "!!")
            self.fault("source/tag", event, f"{quoted(event.value)} is not {shown}")
        return float(value) if event.tag == f"{_TAG_PREFIX}float" and type(value) is int else value

    def unknown_tag(self, event: Any) -> None:
        shown = shortened(event.tag).replace(_TAG_PREFIX, "!!")
        self.fault("source/tag", event, f"unknown tag {shown}", "use only tags of JSON types")

    def fault(self, rule: str, event: Any, message: str, hint: str = "") -> None:
        self.faults.add(Fault(rule, offset(event), message, hint, self.here()))

    def here(self) -> Path:
        return tuple(self.path)
