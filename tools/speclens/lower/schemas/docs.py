"""Docstrings from a document: what its author wrote, and what a reader of the generated code has to know besides."""

from __future__ import annotations

import json
from typing import Any

from speclens.literals import docstring
from speclens.lower.schemas.markup import plain_text

_WIDTH = 92  # of lines that are indented by four


def schema_docs(node: Any) -> str:
    """The docstring source of a named schema; "" if the document says nothing."""
    text = plain_text(_text(node, "description") or _text(node, "title"))
    return docstring(text, _WIDTH) if text else ""


def property_docs(node: Any, target: Any, with_format: bool = False) -> str:
    """The docstring source of a property, from the node itself, else from what it refers to."""
    own = _text(node, "description") or _text(target, "description") or _text(node, "title")
    parts = [plain_text(own)]
    if with_format and (format := _text(node, "format") or _text(target, "format")):
        parts.append(f"Format: `{format}`.")
    default = _first(node, target, "default")
    if default is not None:
        parts.append(f"API default: `{_json(default)}`.")
    if (known := _examples(node, target)) and "enum" not in target:
        parts.append(f"Known values: {', '.join(f'`{value}`' for value in known)}.")
    if isinstance(node, dict) and node.get("deprecated") is True:
        parts.append("Deprecated.")
    said = [part for part in parts if part]
    separator = " " if said and "\n" not in said[0] else "\n\n"
    return docstring(separator.join(said), _WIDTH) if said else ""


def document_docs(title: str, description: str) -> str:
    """The docstring source of the package. Without the version: a release of the API alone changes no line."""
    parts = (f"{title.strip().rstrip('.')}.", plain_text(description.strip()))
    return docstring("\n\n".join(part for part in parts if part))


def _text(node: Any, keyword: str) -> str:
    value = node.get(keyword) if isinstance(node, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _first(node: Any, target: Any, keyword: str) -> Any:
    for place in (node, target):
        if isinstance(place, dict) and keyword in place:
            return place[keyword]
    return None


def _examples(node: Any, target: Any) -> list[str]:
    found = _first(node, target, "examples")
    return (
        [value for value in found if isinstance(value, str)]
        if isinstance(found, list) and len(found) > 1
        else []
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
