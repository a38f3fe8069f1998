"""Validation: Source -> findings. Each rule is one function from a document to findings.

A finding is an `error` if the official schema refuses the document, or if speclens cannot generate from it. All other
findings are warnings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from speclens.objects import nodes
from speclens.problems import Finding
from speclens.source import Source
from speclens.validate import examples, official, paths, references, security
from speclens.validate.document import Document
from speclens.validate.versions import version

Rule = Callable[[Document], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    official.structure,
    official.component_keys,
    official.schemas,
    official.dialect,
    references.unresolved,
    references.external,
    references.cycles,
    references.kinds,
    paths.equivalent_paths,
    paths.path_parameters,
    paths.operation_ids,
    paths.duplicate_parameters,
    paths.query_strings,
    security.undeclared_schemes,
    examples.patterns,
    examples.refused_examples,
)


def validate(source: Source) -> tuple[Finding, ...]:
    """All findings of a document, rule by rule. If its version is not supported, that is the only finding."""
    found = version(source.value)
    if isinstance(found, Finding):
        return (found,)
    document = Document(found, source.value, tuple(nodes(source.value)), source.unreachable)
    if source.before is None:
        return tuple(finding for rule in RULES for finding in rule(document))
    # `as_written` judges the structure of the document as written, since speclens itself made the converted document.
    rules = (rule for rule in RULES if rule is not official.structure)
    return (*as_written(source.before.value), *(one for rule in rules for one in rule(document)))


def as_written(value: Any) -> tuple[Finding, ...]:
    """The violations of the official schema in a Swagger 2.0 document, before its conversion to OpenAPI 3.0."""
    found = official.structure(Document("2.0", value, ()))
    return tuple(replace(finding, is_before=True) for finding in found)
