"""Hostile texts in every place of an operation that becomes a client and a server: what the code calls, and the names
it imports, are those of a harmless document."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from built import drafts
from hostile import TEXTS

Json = Any


def document(text: str) -> Json:
    path = "/a" + text.translate({ord(char): None for char in "{}/"})
    media = {"application/json": {"schema": {"$ref": "#/components/schemas/Req"}}}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Res"}}}
    operation = {
        "operationId": f"op{text}",
        "tags": [text],
        "summary": text,
        "description": text,
        "requestBody": {"required": True, "content": media},
        "responses": {"200": {"description": "d", "content": answer}},
    }
    told = {"into": "/m", "deprecated": {"note": text, "since": "2026-08-01"}}
    members = {
        "m": {"type": "string", "default": text},
        f"p{text}": {"type": "string", "enum": [text, "x"], "description": text},
        "old": {"type": "string", "deprecated": True, "x-compat": told},
    }
    file = {"b": {"type": "string"}, f"u{text}": {"type": "string"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [
            {
                "url": f"https://x.example{path}/{{v{text}}}",
                "variables": {f"v{text}": {"default": text}},
            }
        ],
        "tags": [{"name": text, "description": text}],
        "paths": {path: {"post": operation}},
        "components": {
            "schemas": {
                "Req": {"type": "object", "required": ["m"], "properties": members},
                "Res": {
                    "type": "object",
                    "properties": file,
                    "x-file": {"base64": "b", "url": f"u{text}"},
                },
            }
        },
    }


def done(source: str) -> tuple[set[str], set[str]]:
    """What a module calls, and what it imports."""
    tree = ast.parse(source)
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    kinds = (ast.Import, ast.ImportFrom)
    modules = {
        getattr(node, "module", None) or ",".join(alias.name for alias in node.names)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    }
    return called, modules


def own(names: set[str]) -> set[str]:
    """Without the names that are made from the document: of its resources."""
    return {name for name in names if name.isidentifier() and name.islower()}


MODULES = ("client.py", "server.py", "models.py", "normalizers.py")


@pytest.mark.parametrize("half", [0, 1])
def test_nothing_of_a_document_is_called_or_imported(half: int) -> None:
    """In any module; halves, because each document costs a second to make."""
    harmless = drafts(document("harmless"))
    for text in list(TEXTS.values())[half::6]:
        made = drafts(document(text))
        for module in MODULES:
            called, modules = done(harmless[module].text)
            found, imported = done(made[module].text)
            assert imported == modules, repr(text)
            strange = own(found) - own(called)
            known = ("_fold_", "_judge_", "_unfold_")
            assert all(name.startswith(known) for name in strange), text
