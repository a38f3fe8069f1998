"""Small OpenAPI documents for tests."""

from __future__ import annotations

from typing import Any

REFERENCE: dict[str, Any] = {"$ref": "#/components/schemas/B"}


def document(version: str = "3.1.1", /, **fields: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}, **fields}


def schemas(version: str = "3.1.1", /, **named: Any) -> dict[str, Any]:
    return document(version, components={"schemas": named})


def tower(keyword: str, floors: int) -> dict[str, Any]:
    """A schema whose evaluation doubles with every floor."""
    named: dict[str, Any] = {
        f"A{i}": {keyword: [{"$ref": f"#/components/schemas/A{i + 1}"}] * 2} for i in range(floors)
    }
    return schemas(**named, **{f"A{floors}": {"type": "string"}})
