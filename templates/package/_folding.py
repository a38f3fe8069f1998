"""How the client folds what it sends and receives, and writes it as an older server knows it."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from ._arguments import ContentType, Draft, Member, Members, is_content, is_file
from ._compat import CompatError, Deprecation, Normalized, Rewrite
from ._operation import Operation, chosen, replaced, to_json
from ._payload import Folding, PayloadError, PayloadFault
from ._request import check_known, check_mappings
from ._source_map import escape, names_of
from ._values import File, cut


@dataclass(frozen=True)
class OlderFields(Folding):
    """The folding of a schema with older fields.

    `older` has the ways to write a value for an older server: pairs of the pointer of a field and the name of an older
    one.
    """

    fold: Callable[[Any], Normalized]
    denormalize: Callable[..., dict[str, Any]] | None = None
    older: frozenset[tuple[str, str]] = frozenset()

    def read(self, value: Any) -> Normalized:
        """Raises CompatError."""
        return self.fold(value)

    def sent(self, value: Any) -> Normalized:
        """Warns of deprecated fields, at the caller's line. Raises CompatError."""
        folded = self.read(value)
        for rewrite in folded.rewrites:
            if rewrite.deprecated:
                told = _deprecation(rewrite, rewrite.deprecated)
                warnings.warn(told, DeprecationWarning, stacklevel=_callers_level())
        return folded

    def members(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The members of a body in canonical form, without a warning. Raises CompatError."""
        folded: dict[str, Any] = self.read(to_json(given)).value
        return folded

    def written(self, value: Any, options: Mapping[str, Any]) -> Any:
        """In the older fields that a caller asks for by `compat`. Raises CompatError."""
        asked = options.get("compat")
        if not asked or not self.denormalize or not isinstance(value, dict):
            return value
        to = dict(self.older & asked.items())
        return self.denormalize(value, to=to) if to else value


def _deprecation(rewrite: Rewrite, old: Deprecation) -> str:
    """The warning that a field is deprecated, in words of the API document alone.

    Python keeps the text of each warning, and the sender of a value chooses the places inside of its lists and maps.
    """
    source, target = rewrite.source[1:], rewrite.target[1:]
    if "/" in source:
        source, target = (place.rpartition("/")[2] for place in (source, target))
    return f"{source!r} is deprecated: {old.note or f'Use {target}.'}"


def _callers_level() -> int:
    """The number of frames from `OlderFields.sent` to code outside of this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__package__") == __package__:
        frame, level = frame.f_back, level + 1
    return level


@dataclass(frozen=True)
class OlderPatch(OlderFields):
    """The folding of a merge patch, in which null removes a member."""

    def patch(self, members: dict[str, Any]) -> dict[str, Any]:
        """Raises CompatError."""
        gone = {
            key: None for key, item in members.items() if item is None and self._is_taken_away(key)
        }
        rest = self.fold({key: item for key, item in members.items() if item is not None}).value
        if gone.keys() & rest.keys():  # an older field sets it: the policy of the hub decides
            patch: dict[str, Any] = self.fold(members).value
            return patch
        return {**rest, **gone}

    def _is_taken_away(self, key: str) -> bool:
        """Whether null removes a member: in an older field whose null means "not given", null means nothing."""
        try:
            return key in self.fold({key: None}).value
        except CompatError:
            return True

    def written(self, value: Any, options: Mapping[str, Any]) -> Any:
        """The patch removes the older field in place of the newer one."""
        asked = self.older & (options.get("compat") or {}).items()
        if not asked or not isinstance(value, dict):
            return value
        gone = dict[str, None]()
        for hub, spoke in sorted(asked):
            rest, found = cut(value, names := names_of(hub))
            if found == [None]:
                value = rest
            if found == [None] or _is_gone(value, names):
                gone[spoke] = None
        gone |= {key: None for key, item in value.items() if item is None}
        rest = {key: item for key, item in value.items() if item is not None}
        return super().written(rest, options) | gone


def _is_gone(patch: Any, names: Sequence[str]) -> bool:
    """Whether a patch removes an object that holds a member."""
    for name in names[:-1]:
        if not isinstance(patch, dict) or name not in patch:
            return False
        patch = patch[name]
    return patch is None


@dataclass(frozen=True)
class OlderParts(OlderFields):
    """The folding of a form of parts.

    In the members that are `folded`, the caller may also give JSON as bytes, as text or as a path, because older fields
    may be in it; in all members but the `known` ones, if these are given.
    """

    folded: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None

    def read(self, value: Any) -> Normalized:
        """Raises CompatError and PayloadError."""
        return self.fold(self._in_json(value))

    def members(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Raises CompatError and PayloadError."""
        members: dict[str, Any] = _with_files(self.read(given).value)
        return members

    def written(self, value: Any, options: Mapping[str, Any]) -> Any:
        return _with_files(super().written(value, options))

    def _in_json(self, members: Mapping[str, Any]) -> dict[str, Any]:
        known = members if self.known is None else self.known
        return {
            name: _in_json(
                _read(name, member) if name in self.folded or name not in known else member
            )
            for name, member in members.items()
        }


def _read(name: str, value: Any) -> Any:
    """A member that is JSON, or its items, also if the caller gives it as bytes, as text or as a path.

    Raises TypeError for other files, because a value has no place for their names and headers, and PayloadError for a
    text that is not JSON.
    """
    if isinstance(value, (list, tuple)) and not is_file(value):
        return [_read(name, item) for item in value]
    content = Path(value).read_bytes() if isinstance(value, os.PathLike) else value
    if isinstance(content, (bytes, bytearray, str)):
        try:
            return from_json(content, allow_inf_nan=False)
        except ValueError as error:
            told = f"is not read as JSON: {error!s:.200}"
            raise PayloadError((PayloadFault("json", f"/{escape(name)}", told),)) from None
    if is_content(content):
        told = "is JSON with older fields, which are folded: give a mapping, or JSON as bytes, text or a path"
        raise TypeError(f"{name!r} {told}")
    return value


def _in_json(value: Any) -> Any:
    """A member of a form as JSON. Strings stand for its files."""
    if is_content(value):
        is_bytes = isinstance(value, (bytes, bytearray))
        held = File(sha256(value).hexdigest() if is_bytes else f"file {id(value)}")
        held.file = value
        return held
    return (
        [_in_json(item) for item in value] if isinstance(value, (list, tuple)) else to_json(value)
    )


def _with_files(value: Any, depth: int = 0) -> Any:
    """A folded form in which files replace the strings that stand for them: as members, or as items of members.

    Raises CompatError.
    """
    if isinstance(value, File):
        if depth > 1:
            raise CompatError("type", "", "a file cannot be a part of a JSON value")
        return value.file
    if isinstance(value, list):
        return [_with_files(item, depth) for item in value]
    if isinstance(value, dict):
        return {key: _with_files(item, depth + 1) for key, item in value.items()}
    return value


class OlderArguments:
    """What a client knows of the older fields of all operations."""

    def __init__(self, *operations: Operation[Any]) -> None:
        self._ways = frozenset[tuple[str, str]]().union(*map(_ways, operations))

    def check(self, options: Mapping[str, Any]) -> None:
        """Raises TypeError or ArgumentError for a way to write requests that no operation has."""
        check_mappings(options, "compat")
        check_known("compat", (options.get("compat") or {}).items(), self._ways)

    def check_call(
        self, operation: Operation[Any], arguments: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        """Raises ArgumentError for a way to write requests that an operation does not have. That of all calls fits some."""
        asked = arguments.get("compat")
        if asked and asked is not options.get("compat"):
            check_known("compat", asked.items(), _ways(operation))

    def refolded(
        self, operation: Operation[Any], arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The arguments of a call that was made, in canonical form, without a second warning."""
        draft, parameters = Draft(""), operation.parameters
        found = parameters.refolded(operation.arguments, arguments) if parameters else arguments
        for ident, mark in operation.arguments.items():
            value = arguments.get(ident)
            is_said = value is not None or (ident in arguments and mark.is_nullable)
            if is_said and isinstance(mark, (Member, Members, ContentType)):
                mark.put(draft, ident, value)
        folding = getattr(chosen(operation.body, draft.content_type), "folding", None)
        if not draft.members or not isinstance(folding, OlderFields):
            return found
        return replaced(found, operation.members, folding.members(draft.members))


def _ways(operation: Operation[Any]) -> frozenset[tuple[str, str]]:
    """The ways to write a request in older fields."""
    bodies = operation.body if isinstance(operation.body, tuple) else (operation.body,)
    foldings = (getattr(one, "folding", None) for one in (*bodies, operation.parameters))
    ways = (one.older for one in foldings if isinstance(one, OlderFields))
    return frozenset[tuple[str, str]]().union(*ways)
