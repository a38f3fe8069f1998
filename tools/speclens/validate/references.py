"""Checks the target of each `$ref` and `$dynamicRef` (OpenAPI 3.1.1, section 4.8.23; JSON Schema, core 8)."""

from __future__ import annotations

from collections.abc import Iterator

from speclens.objects import Node
from speclens.problems import Finding, Severity, quoted
from speclens.source import pointer
from speclens.validate.document import Document, target


def unresolved(document: Document) -> Iterator[Finding]:
    """Yields references that name nothing in the document."""
    known = _anchors(document)
    for node, keyword, reference in _references(document):
        if reference and not reference.startswith("#"):
            continue
        if not target(document, node.base, reference) and reference not in known:
            message = f"{quoted(reference)} names nothing in this document"
            yield Finding("reference/unresolved", pointer.join(node.pointer, keyword), message)


def external(document: Document) -> Iterator[Finding]:
    """Yields references to another file or URL that could not be followed. It is a warning in an unused component."""
    identifiers = _identifiers(document)
    used = _used(document)
    for node, keyword, reference in _references(document):
        if not reference or reference.startswith("#") or reference.partition("#")[0] in identifiers:
            continue
        unread = ("reference/external", f"{quoted(reference)} is in another document", "")
        rule, message, hint = document.unreachable.get(reference, unread)
        severity: Severity = "error" if _is_used(node, used) else "warning"
        yield Finding(rule, pointer.join(node.pointer, keyword), message, hint, severity)


def cycles(document: Document) -> Iterator[Finding]:
    """Yields references that form a cycle, so that they name nothing."""
    targets = _targets(document)
    done: set[str] = set()
    for start in targets:
        chain: dict[str, None] = {}
        place = start
        while place in targets and place not in done and place not in chain:
            chain[place] = None
            place = targets[place]
        if place in chain:
            members = list(chain)[list(chain).index(place) :]
            yield from (_cycle(member, len(members)) for member in members)
        done.update(chain)


def kinds(document: Document) -> Iterator[Finding]:
    """Yields references to an object of the wrong kind, such as a schema in the place of a response."""
    kind_at = {node.pointer: node.kind for node in document.nodes}
    for node, keyword, reference in _references(document):
        found = target(document, node.base, reference) if reference else None
        kind = kind_at.get(found[0] if found else "", node.kind)
        if kind != node.kind:
            message = f"{quoted(reference)} is a {_words(kind)}, not a {_words(node.kind)}"
            yield Finding("reference/kind", pointer.join(node.pointer, keyword), message)


def _cycle(place: str, length: int) -> Finding:
    others = f" through {length - 1} more" if length > 1 else ""
    message = f"the reference leads back to itself{others} and names nothing"
    return Finding("reference/cycle", pointer.join(place, "$ref"), message)


def _references(document: Document) -> Iterator[tuple[Node, str, str]]:
    """Every reference: the object that refers, the keyword, and the reference."""
    for node in document.nodes:
        if node.reference is not None:
            yield node, "$ref", node.reference
        dynamic = node.value.get("$dynamicRef") if node.kind == "schema" else None
        if isinstance(dynamic, str) and document.version != "3.0":
            yield node, "$dynamicRef", dynamic


def _targets(document: Document) -> dict[str, str]:
    """The pointer that each local reference names, by the pointer of the object that refers."""
    return {
        node.pointer: found[0]
        for node in document.nodes
        if node.reference and (found := target(document, node.base, node.reference))
    }


def _words(kind: str) -> str:
    return kind.replace("-", " ")


def _is_used(node: Node, used: set[str]) -> bool:
    return node.parent != "components" or node.kind == "schema" or node.pointer in used


def _used(document: Document) -> set[str]:
    """The components that a reference or a security requirement names."""
    schemes = pointer.join("#", "components", "securitySchemes")
    required = {pointer.join(schemes, name) for name in _required_schemes(document)}
    return required.union(_targets(document).values())


def _required_schemes(document: Document) -> set[str]:
    owners = [document.value, *(node.value for node in document.of_kind("operation"))]
    lists = [owner["security"] for owner in owners if isinstance(owner.get("security"), list)]
    return {name for listed in lists for item in listed if isinstance(item, dict) for name in item}


def _anchors(document: Document) -> set[str]:
    schemas = document.of_kind("schema")
    keywords = ("$anchor", "$dynamicAnchor")
    return {f"#{node.value[key]}" for node in schemas for key in keywords if key in node.value}


def _identifiers(document: Document) -> set[str]:
    """The `$id`s, and their last parts: a reference may be relative to another `$id`."""
    schemas = document.of_kind("schema")
    ids = [node.value["$id"] for node in schemas if node.base == node.pointer]
    return {*ids, *(identifier.rpartition("/")[2] for identifier in ids)}
