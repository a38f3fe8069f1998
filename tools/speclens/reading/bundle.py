"""Bundling: a document and everything to which it refers -> one document whose references are all local (`#/...`).

The target of a reference to another file becomes a component, once, under a name made from its file and its place there.
A target that cannot be a component (a list of parameters, an operation, a path item of another file) replaces the
reference. Anchors and `$id`s become pointers. Everything keeps its origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from speclens.config import Allowed
from speclens.objects import field_of, is_20, is_30, nodes, table
from speclens.objects.tables import Field, Table
from speclens.problems import Finding, Refused, quoted
from speclens.reading.addresses import Unreachable
from speclens.reading.component_names import ComponentNames
from speclens.reading.library import Library
from speclens.reading.needed import is_needed, is_reference
from speclens.reading.resolve import DocumentPlace, Found, Resolver
from speclens.source import Source, locate
from speclens.source.faults import MAX_DEPTH
from speclens.source.origins import Part, mapping, sequence, with_members
from speclens.source.pointer import Tokens, join, to_reference
from speclens.source.yaml_text import MAX_EXPANSION

_COPIED = frozenset(("path-item", "media-type"))
_COST = 100  # the number of values that a copy counts for, in addition to its own
_AGAIN = 10  # the factor for a further copy of the same part: only such copies make a large document from a small one
_IDENTIFIERS = frozenset(("$id", "$anchor"))

Write = Callable[[Part, "_Here"], Part]


def bundled(source: Source, allowed: Allowed) -> Source:
    """A document with everything to which it refers. `unreachable` lists the references that cannot be followed; these stay.

    Raises Refused with all faults of the texts of other files.
    """
    if not is_needed(source.value):
        return source
    library = Library(source, allowed)
    kinds = table(source.value)
    run = _Bundler(
        kinds=kinds,
        resolver=Resolver(library, has_ids=not is_30(source.value) and not is_20(source.value)),
        names=ComponentNames(kinds, source.value),
        known=frozenset(node.pointer for node in nodes(source.value)),
    )
    try:
        made = run.document()
    except RecursionError:
        message = "the parts to which this document refers nest too deep"
        raise Refused(locate(source, [Finding("source/depth", "#", message)])) from None
    if library.problems:
        raise Refused(library.problems)
    made_source = replace(
        source,
        value=made.value,
        origin=made.origin,
        files=tuple(library.files),
        unreachable=run.unreachable,
    )
    problems = locate(made_source, run.findings)
    return replace(made_source, warnings=(*source.warnings, *problems))


@dataclass(frozen=True, slots=True)
class _Here:
    """The place of a part: the base URI of its references, the number of its document, and its place in the result."""

    base: str
    number: int
    at: Tokens

    def inside(self, token: str) -> _Here:
        return replace(self, at=(*self.at, token))


@dataclass(slots=True)
class _Bundler:
    """The state of a run. `homes` maps places of components to their places in the result. `settled` has the document's
    components that become the target of their own reference, `waiting` those that are still to be written. `open` lists
    the places of the copies in progress; `room` is the number of values that copies may still have."""

    kinds: Table
    resolver: Resolver
    names: ComponentNames
    known: frozenset[str]
    homes: dict[DocumentPlace, Tokens] = field(default_factory=dict)
    settled: dict[Tokens, Found] = field(default_factory=dict)
    waiting: dict[Tokens, tuple[Found, str]] = field(default_factory=dict)
    open: list[DocumentPlace] = field(default_factory=list)
    room: int = MAX_EXPANSION
    copied: set[DocumentPlace] = field(default_factory=set)
    unreachable: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def document(self) -> Part:
        """The document, with a component for each target of a reference to another file."""
        root = self.resolver.root(0)
        here = _Here(self.resolver.library.uris[0], 0, ())
        self._settle()
        made = self.written(root, "document", here)
        added: dict[Tokens, Part] = {}
        while self.waiting:
            at = next(iter(self.waiting))
            found, kind = self.waiting.pop(at)
            added[at] = self.written(found.part, kind, _Here(found.base, found.place[0], at))
        return with_members(made, dict(sorted(added.items())))

    def _settle(self) -> None:
        """Names for targets in other files: if a component of the document is only a reference, its target takes its name.
        So do the parts of a file that is a whole section of components."""
        for section in self.names.sections.values():
            try:
                whole = self.resolver.find(join("#", *section), 0, self.resolver.library.uris[0])
                if type(whole.part.value) is dict and type(whole.part.value.get("$ref")) is str:
                    number = whole.place[0]
                    whole = self.resolver.find(whole.part.value["$ref"], number, whole.base)
            except Unreachable:
                continue
            number, path = whole.place
            for name, part in whole.part.fields().items():
                at = (*section, name)
                if number:
                    self.homes.setdefault((number, (*path, name)), at)
                if type(part.value) is dict and list(part.value) == ["$ref"]:
                    self._settle_one(str(part.value["$ref"]), number, whole.base, at)

    def _settle_one(self, reference: str, number: int, base: str, at: Tokens) -> None:
        try:
            found = self.resolver.find(reference, number, base)
        except Unreachable:
            return
        if found.place[0] and found.place not in self.homes:
            self.homes[found.place] = at
            self.settled[at] = found

    def written(self, part: Part, kind: str, here: _Here) -> Part:
        """An object of a kind in the form of the result."""
        if type(part.value) is not dict:
            return part
        if kind == "schema":
            here = replace(here, base=self.resolver.base(part, here.base))
        if type(part.value.get("$ref")) is str:
            return self._reference(part, kind, here)
        return self._fields(part, kind, here)

    def _fields(self, part: Part, kind: str, here: _Here) -> Part:
        made: dict[str, Part] = {}
        for key, inner in part.fields().items():
            field = field_of(self.kinds, kind, key)
            is_schema = kind == "schema"
            if (
                is_schema
                and self.resolver.has_ids
                and key in _IDENTIFIERS
                and type(inner.value) is str
            ):
                continue
            if field is not None:
                made[key] = self._field(inner, field, here.inside(key))
            elif is_schema and key == "$dynamicRef" and self.resolver.has_ids:
                made[key] = self._dynamic(inner, here)
            elif is_schema and key == "discriminator" and type(inner.value) is dict:
                made[key] = self._discriminator(inner, here)
            else:
                made[key] = inner
        return mapping(part.origin, made)

    def _field(self, part: Part, field: Field, here: _Here) -> Part:
        shape, kind = field
        if shape == "one":
            return self.written(part, kind, here)
        if type(part.value) is dict and type(part.value.get("$ref")) is str:
            return self._copy(part, here, lambda found, there: self._field(found, field, there))
        if shape == "list":
            items = enumerate(part.items())
            made = [self.written(item, kind, here.inside(str(index))) for index, item in items]
            return sequence(part.origin, made) if type(part.value) is list else part
        fields = part.fields().items()
        members = {name: self.written(one, kind, here.inside(name)) for name, one in fields}
        return mapping(part.origin, members) if type(part.value) is dict else part

    def _reference(self, part: Part, kind: str, here: _Here) -> Part:
        if kind not in self.names.sections:
            return self._copy(part, here, lambda found, there: self.written(found, kind, there))
        text = part.value["$ref"]
        if (found := self.settled.pop(here.at, None)) is not None:
            return self.written(found.part, kind, _Here(found.base, found.place[0], here.at))
        siblings = self._fields(part, kind, here)
        try:
            found = self.resolver.find(text, here.number, here.base)
            is_here = not found.place[0] and join("#", *found.place[1]) in self.known
            if kind in _COPIED and not (kind == "path-item" and is_here):
                return self._copy(part, here, lambda one, there: self.written(one, kind, there))
            target = to_reference(join("#", *self._home(found, kind, here)))
        except Unreachable as reason:
            target = self._unreached(text, here, reason)
        reference = part.member("$ref").at_same_place(target)
        return mapping(part.origin, siblings.fields() | {"$ref": reference})

    def _unreached(self, text: str, here: _Here, reason: Unreachable) -> str:
        """The text in the result for a reference that cannot be followed."""
        if here.number == 0 and text.startswith("#"):
            return text  # `validate` reports that it names nothing
        shown = self.resolver.shown(text, here.number)
        self.unreachable[shown] = (reason.rule, f"{quoted(shown)} {reason.message}", reason.hint)
        return shown

    def _dynamic(self, part: Part, here: _Here) -> Part:
        """A `$dynamicRef`. It becomes a pointer, unless it names a `$dynamicAnchor` of the document."""
        text = part.value
        if type(text) is not str:
            return part
        try:
            found = self.resolver.find(text, here.number, here.base)
        except Unreachable as reason:
            return part.at_same_place(self._unreached(text, here, reason))
        value = found.part.value
        name = value.get("$dynamicAnchor") if type(value) is dict else None
        if text == f"#{name}" and found.place[0] == 0:
            return part
        return part.at_same_place(to_reference(join("#", *self._home(found, "schema", here))))

    def _home(self, found: Found, kind: str, here: _Here) -> Tokens:
        """The place of a component in the result. `document` writes it later if it is not there yet."""
        number, path = found.place
        if found.place in self.homes:
            return self.homes[found.place]
        if number == 0 and join("#", *path) in self.known and not _recurs(found, here):
            return path
        at = self.names.place(kind, self.resolver.library.relative(number), path)
        self.homes[found.place] = at
        self.waiting[at] = (found, kind)
        return at

    def _copy(self, part: Part, here: _Here, write: Write) -> Part:
        """The target of a reference in place of the reference. Fields beside the reference override those of the target."""
        text = part.value["$ref"]
        try:
            found = self.resolver.find(text, here.number, here.base)
            size, depth = found.measured()
            self.room -= (_COST + size) * (_AGAIN if found.place in self.copied else 1)
            self.copied.add(found.place)
            if found.place in self.open:
                raise Unreachable("leads back to itself", rule="reference/cycle")
            if self.room < 0 or len(here.at) + depth > MAX_DEPTH:
                raise Unreachable("is copied too often, or nests too deep", rule="source/depth")
        except Unreachable as reason:
            shown = self.resolver.shown(text, here.number)
            place = join("#", *here.at, "$ref")
            message = f"{quoted(shown)} {reason.message}"
            self.findings.append(Finding(reason.rule, place, message, reason.hint))
            return mapping(part.origin, {})
        self.open.append(found.place)
        made = write(found.part, _Here(found.base, found.place[0], here.at))
        self.open.pop()
        own = {key: one for key, one in part.fields().items() if key != "$ref"}
        if not own or type(made.value) is not dict:
            return made
        beside = write(mapping(part.origin, own), here)
        return mapping(made.origin, made.fields() | beside.fields())

    def _discriminator(self, part: Part, here: _Here) -> Part:
        """A Discriminator Object, whose mapping names schemas by reference or by name (OpenAPI 3.1.1, section 4.8.25)."""
        made = part.fields()
        if "mapping" in made:
            names = made["mapping"].fields().items()
            made["mapping"] = mapping(
                made["mapping"].origin, {key: self._mapped(one, here) for key, one in names}
            )
        if "defaultMapping" in made:
            made["defaultMapping"] = self._mapped(made["defaultMapping"], here)
        return mapping(part.origin, made)

    def _mapped(self, part: Part, here: _Here) -> Part:
        text = part.value
        if type(text) is not str or not (here.number or is_reference(text)):
            return part
        by_name = join("#", "components", "schemas", text)
        for reference in (by_name, text):
            try:
                found = self.resolver.find(reference, here.number, here.base)
            except Unreachable:
                continue
            return part.at_same_place(to_reference(join("#", *self._home(found, "schema", here))))
        return part


def _recurs(found: Found, here: _Here) -> bool:
    """Whether a part refers to a place around itself that has no name for the recursion: it is neither a component nor an
    object, which would have a class."""
    path = found.place[1]
    is_inside = len(path) > 3 and here.at[: len(path)] == path
    return is_inside and "properties" not in found.part.value
