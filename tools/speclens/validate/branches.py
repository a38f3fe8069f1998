"""Chooses the branch of a failed oneOf or anyOf that the author meant."""

from __future__ import annotations

from typing import Any

from jsonschema_rs import ValidationError

BranchErrors = list[ValidationError]

_VALUES = frozenset(("enum", "const"))


def leaf_errors(error: ValidationError) -> list[ValidationError]:
    """The errors to report: for a failed oneOf or anyOf, those of the branch that the author meant.

    If all branches together make one demand ("one of these fields"), it is the error itself.
    """
    branches = _branches(error)
    if not branches or not all(branches):
        return [error]
    if missing_fields(error) or selection(error):
        return [error]
    meant = min(branches, key=lambda branch: _distance(error, branch))
    return [leaf for inner in meant for leaf in leaf_errors(inner)]


def missing_fields(error: ValidationError) -> list[str]:
    """The fields of which one is required, if every branch reports only missing fields."""
    flat = [inner for branch in _branches(error) for inner in branch]
    if any(e.kind.name != "required" or e.instance_path != error.instance_path for e in flat):
        return []
    return [_missing(inner) for inner in flat]


def selection(error: ValidationError) -> list[ValidationError]:
    """The errors at the member that tells the branches apart, if no branch accepts its value."""
    branches = _branches(error)
    members = [{_member(e) for e in b if _selects(error, e)} for b in branches]
    if len(members) < 2 or not (common := set.intersection(*members)):
        return []
    name = min(common)
    return [e for branch in branches for e in branch if _selects(error, e) and _member(e) == name]


def _branches(error: ValidationError) -> list[BranchErrors]:
    """The errors of each branch, without the branch "or a reference".

    The author did not mean a branch that only misses a `$ref`. The author meant a branch that reports a faulty `$ref`.
    """
    branches: list[BranchErrors] = getattr(error.kind, "context", [])
    place = [*error.instance_path, "$ref"]
    references = [b for b in branches if any(e.instance_path == place for e in b)]
    return references or [b for b in branches if all(_missing(e) != "$ref" for e in b)]


def _distance(error: ValidationError, branch: BranchErrors) -> tuple[int, int, int]:
    """The distance of an instance from a branch: first a wrong type or selecting value, then the depth of the errors."""
    here = error.instance_path
    mistyped = sum(e.kind.name == "type" and e.instance_path == here for e in branch)
    unselected = sum(_selects(error, e) for e in branch)
    depth = max(len(e.instance_path) for e in branch)
    return mistyped + unselected, -depth, len(branch)


def _selects(error: ValidationError, inner: ValidationError) -> bool:
    """Whether an error concerns the value of a member that selects a branch, such as `in: query` or `type: http`."""
    *owner, member = inner.instance_path or [0]
    is_member = isinstance(member, str) and owner == error.instance_path
    return is_member and inner.kind.name in _VALUES


def _member(error: ValidationError) -> str:
    return str(error.instance_path[-1])


def _missing(error: ValidationError) -> str:
    kind: Any = error.kind
    return str(kind.property) if kind.name == "required" else ""
