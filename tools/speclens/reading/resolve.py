"""Finds the target of a reference: the document, and the place in it (RFC 3986, section 5; JSON Schema 2020-12, core 8
and 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from speclens.reading.addresses import Unreachable
from speclens.reading.library import Library
from speclens.source.origins import Origin, Part
from speclens.source.pointer import Tokens, tokens

MAX_HOPS = 100
"""The most references to follow to one place."""

DocumentPlace = tuple[int, Tokens]
"""The number of a document, and the tokens of a pointer in it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The target of a reference: its place, its value, and the base URI of the references in it."""

    place: DocumentPlace
    part: Part
    base: str

    def measured(self) -> tuple[int, int]:
        """The number of values in the target, itself included, and its depth: 0 for a value without parts."""
        size, depth, stack = 0, 0, [(self.part.value, 0)]
        while stack:
            here, level = stack.pop()
            size, depth = size + 1, max(depth, level)
            parts = here.values() if type(here) is dict else here if type(here) is list else ()
            stack.extend((part, level + 1) for part in parts)
        return size, depth


@dataclass(slots=True)
class Resolver:
    """Finds places in the documents of a library.

    `identified` has the places of parts that have a URI of their own (`$id`, `$self`). `anchored` has the places of anchors,
    by the place of the resource that holds them, and their name. Without `has_ids` both stay empty: OpenAPI 3.0 and earlier
    have no identifiers.
    """

    library: Library
    has_ids: bool
    identified: dict[str, DocumentPlace] = field(default_factory=dict)
    anchored: dict[tuple[DocumentPlace, str], DocumentPlace] = field(default_factory=dict)
    indexed: set[int] = field(default_factory=set)

    def root(self, number: int) -> Part:
        """A document as a whole."""
        source = self.library.document(number)
        return Part(source.value, source.origin if number == 0 else Origin(number))

    def base(self, part: Part, base: str) -> str:
        """The base URI of a schema, from the base URI around it."""
        given = part.value.get("$id") if self.has_ids and type(part.value) is dict else None
        return _joined(base, given) if isinstance(given, str) else base

    def find(self, reference: str, number: int, base: str, hops: int = MAX_HOPS) -> Found:
        """The target of a `$ref` in a document. Raises Unreachable."""
        self._index(0)
        self._index(number)
        target, fragment = _split(base, reference)
        if target not in self.identified:
            # Also inside a schema with `$id`: that names the schema, but need not be the URI of its file.
            target = _split(self.library.uris[number], reference)[0]
        if target in self.identified:
            start = self.identified[target]
        else:
            start = (self.library.open(target, number), ())
            self._index(start[0])
        path = unquote(fragment)
        if path and not path.startswith("/"):
            if (start, path) not in self.anchored:
                raise Unreachable("names nothing", rule="reference/unresolved")
            return self._walked(self.anchored[start, path], (), hops)
        return self._walked(start, tokens(path), hops)

    def shown(self, reference: str, number: int) -> str:
        """A reference in a document, written as it would be in the root."""
        if number == 0:
            return reference
        try:
            target, fragment = _split(self.library.uris[number], reference)
        except Unreachable:
            return reference
        return self.library.shown(target) + (f"#{fragment}" if fragment else "")

    def _walked(self, start: DocumentPlace, path: tuple[str, ...], hops: int) -> Found:
        """The value at a path below a place. Follows references on the path. Raises Unreachable."""
        number, before = start
        whole, at = (*before, *path), 0
        part, base = self.root(number), self.library.uris[number]
        while at < len(whole):
            base = self.base(part, base)
            token = whole[at]
            if _has(part.value, token):
                part, at = part.member(_key(part.value, token)), at + 1
                continue
            further = part.value.get("$ref") if type(part.value) is dict else None
            if not isinstance(further, str) or not hops:
                raise Unreachable("names nothing", rule="reference/unresolved")
            hops -= 1  # for all references on the path: one may lead back to where it stands
            found = self.find(further, number, base, hops)
            (number, passed), part, base = found.place, found.part, found.base
            whole, at = (*passed, *whole[at:]), len(passed)
        return Found((number, whole), part, base)

    def _index(self, number: int) -> None:
        if number in self.indexed:
            return
        self.indexed.add(number)
        source, uri = self.library.document(number), self.library.uris[number]
        if not self.has_ids:
            return
        if isinstance(own := source.value.get("$self"), str):
            self.identified[_joined(uri, own)] = (number, ())
        # Few documents have identifiers, and the search through a large document takes long.
        if not any(
            word in text
            for text in (source.text, *(o.text for o in source.overlays))
            for word in ("$id", "nchor")
        ):
            return
        for path, value, base, resource in _objects(source.value, uri):
            if resource == path and path:
                self.identified.setdefault(base, (number, path))
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(name := value.get(keyword), str):
                    self.anchored.setdefault(((number, resource), name), (number, path))
        if isinstance(own := source.value.get("$id"), str):
            self.identified.setdefault(_joined(uri, own), (number, ()))


def _objects(value: Any, base: str) -> Iterator[tuple[Tokens, dict[str, Any], str, Tokens]]:
    """All objects of a value: the path, the object, and the URI and the path of the schema resource around it."""
    stack: list[tuple[Tokens, Any, str, Tokens]] = [((), value, base, ())]
    while stack:
        path, here, uri, resource = stack.pop()
        if type(here) is dict:
            if isinstance(own := here.get("$id"), str):
                uri, resource = _joined(uri, own), path
            yield path, here, uri, resource
            stack.extend(((*path, key), inner, uri, resource) for key, inner in here.items())
        elif type(here) is list:
            stack.extend(((*path, str(i)), inner, uri, resource) for i, inner in enumerate(here))


def _has(value: Any, token: str) -> bool:
    if type(value) is dict:
        return token in value
    is_index = token.isascii() and token.isdigit() and str(int(token[:9])) == token
    return type(value) is list and is_index and int(token) < len(value)


def _key(value: Any, token: str) -> str | int:
    return token if type(value) is dict else int(token)


def _split(base: str, reference: str) -> tuple[str, str]:
    """The absolute URI and the fragment of a reference. Raises Unreachable."""
    try:
        target, fragment = urldefrag(reference)
        # urljoin does not support URNs, but a URN may be the base of a fragment.
        return (urljoin(base, target) if target else urldefrag(base)[0]), fragment
    except ValueError:
        raise Unreachable("is not a URI reference") from None


def _joined(base: str, own: str) -> str:
    """The URI of a resource; the base URI if its identifier is invalid."""
    try:
        return _split(base, own)[0]
    except Unreachable:
        return base
