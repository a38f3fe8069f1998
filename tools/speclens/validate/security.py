"""Security Requirement Objects (OpenAPI 3.1.1, section 4.8.30)."""

from __future__ import annotations

from collections.abc import Iterator

from speclens.objects import Node
from speclens.problems import Finding, quoted
from speclens.source import pointer
from speclens.validate.document import Document, target


def undeclared_schemes(document: Document) -> Iterator[Finding]:
    """Yields names in requirements that no security scheme of the document has. OpenAPI 3.2 (section 4.30) also takes the URI
    of a scheme: one in another document is not looked for."""
    components = document.value.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    declared = schemes if isinstance(schemes, dict) else {}
    for place, name in _requirements(document.of_kind("document", "operation")):
        if name in declared or (document.version == "3.2" and _is_uri(document, name)):
            continue
        message = f"security scheme {quoted(name)} is not declared"
        hint = (
            "declare it with the other security schemes; until then it is taken for a bearer token"
        )
        yield Finding("security/undeclared", place, message, hint)


def _requirements(nodes: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    """The place and the name of each scheme that is asked for."""
    for node in nodes:
        listed = node.value.get("security")
        for index, one in enumerate(listed if isinstance(listed, list) else ()):
            for name in one if isinstance(one, dict) else ():
                yield pointer.join(node.pointer, "security", str(index), name), name


def _is_uri(document: Document, name: str) -> bool:
    """Whether a name is the URI of a scheme, as far as this document knows."""
    return bool(target(document, "#", name)) if name.startswith("#") else "/" in name
