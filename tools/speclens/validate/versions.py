"""Which OpenAPI versions are read (OpenAPI 3.1.1, section 4.1)."""

from __future__ import annotations

import re
from typing import Any

from speclens.problems import Finding

_SUPPORTED = re.compile(r"(3\.[01])\.\d+(?:-.+)?")
_HINTS = {
    "2": "convert it to OpenAPI 3.1 first",
    "3.2": "declare `openapi: 3.1.1` if it uses nothing of 3.2",
}


def version(document: dict[str, Any]) -> str | Finding:
    """The supported version, "3.0" or "3.1", of a document, or what is wrong with it."""
    key = "openapi" if "openapi" in document else "swagger"
    if key not in document:
        message = "`openapi` is missing: not an OpenAPI document"
        return Finding("openapi/version", "#", message, "start with `openapi: 3.1.1`")
    given = document[key]
    if not isinstance(given, str):
        message = f"`{key}` must be a string"
        return Finding("openapi/version", f"#/{key}", message, f'write `{key}: "3.1.1"`')
    if key == "openapi" and (supported := _SUPPORTED.fullmatch(given)):
        return supported[1]
    hint = next((h for prefix, h in _HINTS.items() if given.startswith(prefix)), "")
    message = f"version {given!r} is not supported"
    return Finding("openapi/unsupported-version", f"#/{key}", message, hint or "use 3.0.x or 3.1.x")
