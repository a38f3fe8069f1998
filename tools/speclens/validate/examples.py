"""Judges examples and defaults by their schemas, and checks patterns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import ValidationError

from speclens.objects import Node
from speclens.patterns import USUAL, is_sound
from speclens.problems import Finding
from speclens.reading.expressions import written
from speclens.source import pointer
from speclens.validate import detail
from speclens.validate.branches import leaf_errors
from speclens.validate.cost import LIMIT, compiled_sizes, costs
from speclens.validate.dialect import validators
from speclens.validate.document import Document, resolve
from speclens.validate.errors import explain

_REFUSED = "does not match its schema"
_MOST_COMPILED = 2**29
"""The most bytes of compiled patterns for all samples together."""


@dataclass(frozen=True, slots=True)
class _Sample:
    rule: str
    pointer: str
    schema: str
    value: Any


def refused_examples(document: Document) -> Iterator[Finding]:
    """Yields examples and defaults that their schemas refuse. Unsound schemas judge nothing."""
    judged = [*_in_schemas(document), *_in_contents(document)]
    told = _judge(document, judged)
    for sample in judged:
        if message := told(sample):
            yield Finding(sample.rule, sample.pointer, message, "", "warning")


def patterns(document: Document) -> Iterator[Finding]:
    """Yields patterns that are not regular expressions (ECMA-262, as JSON Schema asks), or are too large."""
    for place, expression in written(document.nodes):
        if not is_sound(expression):
            message = f"{_shown(expression)} is not a regular expression that speclens can use"
            yield Finding("schema/pattern", place, message, "", "warning")


def _in_schemas(document: Document) -> Iterator[_Sample]:
    for node in document.of_kind("schema"):
        if node.reference is not None and document.version == "3.0":
            continue
        for keyword in ("default", "example"):
            if keyword in node.value:
                place = pointer.join(node.pointer, keyword)
                yield _Sample(f"schema/{keyword}", place, node.pointer, node.value[keyword])
        listed = node.value.get("examples")
        for index, value in enumerate(listed if isinstance(listed, list) else ()):
            place = pointer.join(node.pointer, "examples", index)
            yield _Sample("schema/example", place, node.pointer, value)


def _in_contents(document: Document) -> Iterator[_Sample]:
    for node in document.of_kind("media-type", "parameter", "header"):
        schema = pointer.join(node.pointer, "schema")
        if "schema" not in node.value:
            continue
        for place, value in _examples(document, node):
            if _is_json(node) or not isinstance(value, str):
                yield _Sample("schema/example", place, schema, value)


def _examples(document: Document, node: Node) -> Iterator[tuple[str, Any]]:
    if "example" in node.value:
        yield pointer.join(node.pointer, "example"), node.value["example"]
    named = node.value.get("examples")
    for name, given in named.items() if isinstance(named, dict) else ():
        example = resolve(document, given)
        if isinstance(example, dict) and "value" in example:
            yield pointer.join(node.pointer, "examples", name), example["value"]


def _is_json(node: Node) -> bool:
    """Whether an example is a JSON value, not a text in another format."""
    media_type = pointer.tokens(node.pointer)[-1].partition(";")[0].strip().lower()
    return node.kind != "media-type" or media_type.endswith(("/json", "+json"))


def _largest_pattern(document: Document, judged: list[_Sample]) -> int:
    """The most bytes to which a pattern that judges samples may compile; 0 if all together exceed the limit."""
    bytes_of = compiled_sizes(document.value, {text for _, text in written(document.nodes)})
    total = sum(bytes_of(place) for place in {sample.schema for sample in judged})
    return USUAL if total <= _MOST_COMPILED else 0


def _judge(document: Document, judged: list[_Sample]) -> Callable[[_Sample], str]:
    """A function that gives the message for a sample that its schema refuses, and "" for any other."""
    largest = _largest_pattern(document, judged)
    try:
        # Keeps one validator: samples come schema by schema, and each validator holds its compiled patterns.
        validator = functools.lru_cache(1)(validators(document.value, largest_pattern=largest))
    except ValueError:
        return lambda _: ""

    cost, left = costs(document.value), detail.budget(document)

    def told(sample: _Sample) -> str:
        if cost(sample.schema) >= LIMIT:
            return ""
        try:
            schema = validator(sample.schema)
        except ValueError:
            return ""
        if schema.is_valid(sample.value):
            return ""
        written = pointer.get(document.value, sample.schema)
        if not detail.is_affordable(document, written, sample.value, left):
            return _REFUSED
        error = next(iter(schema.iter_errors(sample.value)), None)
        return _message(error) if error else ""

    return told


def _message(error: ValidationError) -> str:
    found = next(explain(leaf_errors(error)[0], {}, ()))
    place = pointer.join("", *found.path)
    return f"{_REFUSED}: {place}{': ' if place else ''}{found.message}"


def _shown(expression: str) -> str:
    text = repr(expression)
    return text if len(text) <= 60 else f"{text[:57]}..."
