"""Checks the OpenAPI version of a document (OpenAPI 3.2.0, section 4.3)."""

from __future__ import annotations

import re
from typing import Any

from speclens.problems import Finding

_SUPPORTED = re.compile(r"(3\.[012])\.\d+(?:-.+)?")


def version(document: dict[str, Any]) -> str | Finding:
    """The version of a document, "3.0", "3.1" or "3.2", or a finding if it is missing or not supported."""
    key = "openapi" if "openapi" in document else "swagger"
    if key not in document:
        message = "`openapi` is missing: not an OpenAPI document"
        return Finding("openapi/version", "#", message, "start with `openapi: 3.1.1`")
    given = document[key]
    if not isinstance(given, str):
        message = f"`{key}` must be a string"
        example = "3.1.1" if key == "openapi" else "2.0"
        return Finding("openapi/version", f"#/{key}", message, f'write `{key}: "{example}"`')
    if key == "openapi" and (supported := _SUPPORTED.fullmatch(given)):
        return supported[1]
    message = f"version {given!r} is not supported"
    hint = "use 3.0.x, 3.1.x or 3.2.x" if key == "openapi" else 'write `swagger: "2.0"`'
    return Finding("openapi/unsupported-version", f"#/{key}", message, hint)
