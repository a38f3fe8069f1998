"""Reads a document: file or text -> `Source`; finding -> problem with a location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from speclens.problems import Finding, Problem, Refused
from speclens.source import files, json_text, origins, pointer, yaml_text
from speclens.source.faults import Fault, Lines, located, not_a_mapping
from speclens.source.json_scan import scan
from speclens.source.origins import Origin
from speclens.source.places import Place, offset_at
from speclens.source.yaml_places import places

_BOM = "\ufeff"

_UNCHANGED = Origin(0)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read.

    `name` is the file as the user named it ("-" for standard input). `value` is plain JSON: dicts with text keys, lists,
    str, int, float, bool, None. A YAML alias gives the same object as its anchor.

    With overlays, `value` is the result of applying them and `text` is still the document's own text. `overlays` are the
    overlays that were read, `origin` says which text wrote each part, and `warnings` holds faults of overlays.

    If a document refers to other `files`, `value` and `origin` cover these too. `unreachable` has the references that could
    not be followed: rule, message, hint. If the document is one of Swagger 2.0, it is `before`, and `value` is its
    equivalent in OpenAPI 3.0.
    """

    name: str
    text: str
    value: Any
    overlays: tuple[Source, ...] = ()
    origin: Origin = _UNCHANGED
    warnings: tuple[Problem, ...] = ()
    files: tuple[Source, ...] = ()
    unreachable: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    before: Source | None = None

    @property
    def parts(self) -> tuple[Source, ...]:
        """All sources of `value`: the document, its overlays, and the other files to which it refers."""
        return (self, *self.overlays, *self.files)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of all sources of `value`."""
        return tuple(part.text for part in self.parts)


def load(path: Path | None) -> Source:
    """The document in a file (YAML 1.2 or JSON, in UTF-8), or on standard input if `path` is None. Raises Refused with all
    faults of the text."""
    name = "-" if path is None else str(path)
    try:
        return parsed(files.standard_input() if path is None else files.read(path), name)
    except files.TooLarge as error:
        fault = Fault("source/size", 0, str(error))
    except (OSError, ValueError) as error:
        fault = Fault("source/unreadable", 0, getattr(error, "strerror", None) or str(error))
    raise _refused(fault, name, "")


def parsed(data: bytes, name: str) -> Source:
    """The document in UTF-8 bytes, read by `loads`. Raises Refused with all faults of the text."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().removeprefix(_BOM)
        fault = Fault("source/encoding", len(before), "not UTF-8", "save the file as UTF-8")
        raise _refused(fault, name, before) from None
    return loads(text, name)


def loads(text: str, name: str) -> Source:
    """The document in a text. Raises Refused with all faults of the text.

    The text counts as JSON if `name` ends in .json, or if it starts with `{` and has valid JSON syntax. Otherwise it
    counts as YAML 1.2.
    """
    text = text.removeprefix(_BOM)
    value, faults = _parse(text, name)
    if not faults and not isinstance(value, dict):
        faults = [not_a_mapping(len(text) - len(text.lstrip()))]
    if faults:
        raise Refused(located(faults, name, text))
    return Source(name, text, value)


def locate(source: Source, findings: Iterable[Finding]) -> tuple[Problem, ...]:
    """The findings with file, line and column, each once: first those of the document, then those of each other file, in
    the order of the file.

    The location of a member is that of its key. A pointer that names nothing gets the location of its nearest parent.
    """
    files = source.parts
    placed = cache(lambda number: (_places(files[number].text), Lines(files[number].text)))
    problems: dict[tuple[int, Problem], None] = {}
    for f in dict.fromkeys(findings):
        whole = source.before if f.is_before and source.before else source
        origin = origins.origin_at(whole.origin, pointer.tokens(f.pointer))
        root, lines = placed(origin.text)
        line, column = lines.position(offset_at(root, origin.path))
        name = files[origin.text].name
        place = _written(source, origin) or f.pointer
        problem = Problem(f.rule, f.severity, place, name, line, column, f.message, f.hint)
        problems[origin.text, problem] = None
    ordered = sorted(problems, key=lambda one: (one[0], one[1].line, one[1].column, one[1].rule))
    return tuple(problem for _, problem in ordered)


def _written(source: Source, origin: Origin) -> str:
    """The pointer of a place in its own file, if it can differ from its pointer in the whole document; "" otherwise, and
    for overlays."""
    is_moved = source.files or source.before
    is_overlay = 0 < origin.text <= len(source.overlays)
    return pointer.join("#", *origin.path) if is_moved and not is_overlay else ""


def _places(text: str) -> Place:
    return scan(text).root if json_text.is_json(text) else places(text)


def _parse(text: str, name: str) -> tuple[Any, list[Fault]]:
    if not text.strip():
        return None, [Fault("source/empty", 0, "the file is empty")]
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return None, [Fault("source/encoding", error.start, "not a Unicode character")]
    if name.lower().endswith(".json"):
        return json_text.parse(text)
    if json_text.starts_object(text):
        value, faults = json_text.parse(text)
        if not any(fault.rule == "source/syntax" for fault in faults):
            return value, faults
    return yaml_text.parse(text)


def _refused(fault: Fault, name: str, text: str) -> Refused:
    return Refused(located([fault], name, text))
