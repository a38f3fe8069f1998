"""Which operations of a document a configuration asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from speclens import patterns
from speclens.config import Config
from speclens.openapi.nodes import OperationObject


@dataclass(frozen=True)
class Selection:
    """The operations that one of `include` matches (all of them if it is empty), without those that one of `exclude`
    matches. Each pattern names a kind (tag, path, operationId, method) and, after a colon, what it may be."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    has_internal: bool = True  # whether what has `x-internal: true` counts

    @cached_property
    def is_all(self) -> bool:
        """Whether it leaves nothing out."""
        return not self.include and not self.exclude and self.has_internal

    def wants(self, operation: OperationObject) -> bool:
        """Whether an operation is one of them."""
        if operation.is_internal and not self.has_internal:
            return False
        is_in = not self.include or any(_matches(one, operation) for one in self.include)
        return is_in and not any(_matches(one, operation) for one in self.exclude)

    def unmatched(self, operations: Iterable[OperationObject]) -> Iterator[tuple[str, str]]:
        """The patterns that match no operation, each after the key that holds it."""
        every = tuple(operations)
        for key, globs in (("include", self.include), ("exclude", self.exclude)):
            for one in globs:
                if not any(_matches(one, operation) for operation in every):
                    yield key, one


def selection_of(config: Config) -> Selection:
    """The selection of a configuration."""
    return Selection(config.include, config.exclude, config.internal)


def _matches(pattern: str, operation: OperationObject) -> bool:
    kind, _, glob = pattern.partition(":")
    if kind == "tag":
        return any(map(_glob(glob, ".*"), operation.tags))
    if kind == "path":
        return _glob(glob, "[^/]*")(operation.path)
    if kind == "method":
        return glob.upper() == operation.method.upper()
    return _glob(glob, ".*")(operation.operation_id or "")


@lru_cache(1024)
def _glob(text: str, star: str) -> Callable[[str], bool]:
    """Whether a text is what a pattern says, in which `**` is any text and `*` is what `star` says. The texts are the
    document's, so an engine judges them that takes linear time."""
    stars = {"*": star, "**": ".*"}
    parts = (stars.get(one) or _NOT_PLAIN.sub(_code, one) for one in re.split(r"(\*\*?)", text))
    return patterns.compiled(rf"(?s)\A{''.join(parts)}\z") or (lambda _: False)


_NOT_PLAIN = re.compile("[^A-Za-z0-9_/]")


def _code(found: re.Match[str]) -> str:
    return f"\\x{{{ord(found[0]):x}}}"
