"""Texts that try to become something else than text, and documents that hold one in every place they have."""

from __future__ import annotations

from typing import Any

from speclens.source.pointer import escape

PLAIN = "harmless text"
"""What the others are compared with: no identifier, so that a name made of it needs an alias."""

PLAIN_NAME = "harmless"

CALL = "__import__('os').system('touch pwned')"

TEXTS: dict[str, str] = {
    "single-quote": "it's",
    "double-quote": 'say "x"',
    "both-quotes": "'\"",
    "triple-double": 'say """',
    "triple-single": "say '''",
    "four-quotes": 'x""""',
    "six-quotes": '""""""',
    "only-quote": '"',
    "escaped-quote": 'x\\"',
    "escaped-triple": '\\"""',
    "injection-double": f'"""+{CALL}+"""',
    "injection-single": f"'''+{CALL}+'''",
    "injection-one": f'"+{CALL}+"',
    "injection-half": f"'+{CALL}+'",
    "injection-dict": f' + str({CALL}) + ": "x"}}.get(value, value)": value, "',
    "injection-line": f'x"""\n{CALL}\n"""',
    "injection-class": f"x\n\nclass Evil:\n    {CALL}\n",
    "injection-comment": f"x\n{CALL} #",
    "backslash-end": "x\\",
    "backslashes-end": "x\\\\",
    "backslash-three": "x\\\\\\",
    "escape-name": "\\N{BULLET}",
    "escape-hex": "\\x00\\u0041\\777",
    "escape-raw": "\\d+\\s",
    "nul": "x\x00y",
    "control": "x\x01\x07\x08\x0b\x0c\x1a\x1b[31m\x7fy",
    "c1-control": "x\x80\x85\x9b31m\x9fy",
    "newline": "x\ny",
    "return": "x\ry",
    "return-newline": "x\r\ny",
    "line-separator": "x\u2028y\u2029z",
    "tab": "x\ty",
    "many-lines": "x\n\n\n    y\n  z",
    "bidi": "x\u202e\u2066y\u2069\u202c\u200f",
    "zero-width": "x\u200b\u200c\u200d\u2060y",
    "bom": "\ufeffx\ufeff",
    "no-break": "x\u00a0\u2003\u3000y",
    "combining": "e\u0301\u0327x",
    "right-to-left": "שלום عربي",
    "emoji": "👩‍💻🏳️‍🌈",
    "astral": "𝒙𝟘\U0010ffff",
    "turkish": "İstanbul ısı",
    "compatibility": "ﬁ２ⅳ²ª",
    "digits": "²",
    "arabic-digits": "٣",
    "noncharacter": "x\ufffe\uffff",
    "braces": "{x} {0} {{y}} {}",
    "f-string": "{__import__('os').getcwd()!r:>{1}}",
    "percent": "%s %(x)d %n",
    "shell": "${x} $(x) `x`",
    "jinja-print": "{{ 7*7 }}",
    "jinja-include": '{% include "/etc/passwd" %}',
    "jinja-comment": "{# x #}",
    "jinja-raw": "{% endraw %}{{ file.path }}",
    "mark": "⟦speclens-000000000000000000000000 #/x⟧",
    "mark-line": "⟦speclens package/models.py.j2 7⟧",
    "placeholder": "_P0_ <0> <1> Inner C0 f0",
    "placeholder-name": "x_P0_y",
    "type-ignore": "# type: ignore",
    "noqa": "x  # noqa",
    "fmt-off": "# fmt: off",
    "fmt-skip": "x  # fmt: skip",
    "ruff-off": "# ruff: noqa",
    "coding": "# -*- coding: utf-7 -*-",
    "pragma": "# pragma: no cover",
    "parent-path": "../../etc/passwd",
    "root-path": "/etc/passwd",
    "windows-path": "C:\\x\\..\\y",
    "device": "CON",
    "url": "file:///etc/passwd",
    "tilde": "~/x~0~1",
    "percent-path": "%2e%2e%2fx",
    "long": "x" * 100_000,
    "long-words": "words " * 20_000,
    "long-capitals": "A" * 100_000,
    "dunder-class": "__class__",
    "dunder-init": "__init__",
    "dunder-slots": "__slots__",
    "dunder-annotations": "__annotations__",
    "dunder-pydantic": "__pydantic_core_schema__",
    "private": "_private",
    "underscore": "_",
    "empty": "",
    "space": " ",
    "model-config": "model_config",
    "model-fields": "model_fields",
    "model-unknown": "model_x",
    "model-validate": "model_validate",
    "copy": "copy",
    "json": "json",
    "schema": "schema",
    "self": "self",
    "cls": "cls",
    "none": "None",
    "true": "True",
    "class": "class",
    "match": "match",
    "import": "import os",
    "list": "list",
    "type": "type",
    "print": "print",
    "str": "str",
    "int": "int",
    "dict": "dict",
    "List": "List",
    "Any": "Any",
    "Model": "Model",
    "Field": "Field",
    "Annotated": "Annotated",
    "Literal": "Literal",
    "Optional": "Optional",
    "Maybe": "Maybe",
    "ConfigDict": "ConfigDict",
    "Names": "Names",
    "value": "value",
    "item": "item",
    "folded": "folded",
    "log": "log",
    "script": "</script><script>x()</script>",
    "comment-end": "--> <b>x</b>",
    "comment-half": "--!><!--",
    "markdown-link": "[x](javascript:x) ![x](http://127.0.0.1:9/x.png)",
    "markdown-cell": "| x | `y` |\n|---|\n# z",
    "markdown-fence": "```\nx\n```",
    "toml-string": 'x"\n[project.scripts]\nx = "os:system"',
    "toml-table": "]\n[tool.x]",
    "metadata": "x\nRequires-Dist: evil\n\nbody",
    "yaml": "- x: !!python/object/apply:os.system [x]\n&a *a",
    "yaml-document": "---\nx: 1\n...",
    "json-text": '{"a": [1, null]}',
    "number": "1e999",
    "dollar": "$",
    "dollar-path": "$/a/b",
    "dollar-twice": "$$",
    "github": "::error file=x::y",
    "ansi-title": "\x1b]0;x\x07",
}


def constant(text: str) -> str:
    """A text as a constant of an x-compat template."""
    return f"${text}" if text.startswith("$") else text


def texts(text: str) -> dict[str, Any]:
    """A document with a text in every place that names nothing."""
    return {
        "openapi": "3.1.1",
        "x-extension": {text: [text]},
        "info": {
            "title": text,
            "summary": text,
            "description": text,
            "version": text,
            "termsOfService": text,
            "contact": {"name": text, "url": text, "email": text},
            "license": {"name": text, "url": text},
            "x-logo": {"url": text},
        },
        "servers": [
            {
                "url": f"https://example.com/{text}",
                "description": text,
                "variables": {text: {"default": text, "enum": [text]}},
            }
        ],
        "tags": [{"name": text, "description": text, "externalDocs": {"url": text}}],
        "externalDocs": {"url": text, "description": text},
        "security": [{text: [text]}],
        "paths": {
            f"/{text}": {
                "summary": text,
                "description": text,
                "post": {
                    "operationId": text,
                    "summary": text,
                    "description": text,
                    "tags": [text],
                    "parameters": [
                        {
                            "name": text,
                            "in": "query",
                            "description": text,
                            "schema": {"type": "string", "default": text},
                            "example": text,
                        }
                    ],
                    "requestBody": {
                        "description": text,
                        "content": {text: {"schema": {"type": "string"}, "example": text}},
                    },
                    "responses": {
                        "200": {
                            "description": text,
                            "headers": {text: {"description": text, "schema": {"const": text}}},
                            "content": {
                                text: {
                                    "schema": {"type": "string", "format": text},
                                    "examples": {text: {"summary": text, "value": text}},
                                }
                            },
                            "links": {"x": {"operationId": text, "parameters": {text: text}}},
                        }
                    },
                    "x-codegen": text,
                },
            }
        },
        "components": {
            "securitySchemes": {
                "x": {"type": "apiKey", "name": text, "in": "header", "description": text},
                "y": {"type": "openIdConnect", "openIdConnectUrl": text},
            },
            "schemas": {"Told": _told(text), "Alias": _alias(text), "Folded": _folded(text)},
        },
    }


def _told(text: str) -> dict[str, Any]:
    return {
        "type": "object",
        "title": text,
        "description": text,
        "x-extension": text,
        "discriminator": {"propertyName": text, "mapping": {text: text}},
        "xml": {"name": text, "namespace": text, "prefix": text},
        "externalDocs": {"url": text},
        "$comment": text,
        "properties": {
            "told": {
                "type": "string",
                "title": text,
                "description": f"x {text}",
                "default": text,
                "examples": [text, f"x{text}"],
                "format": text,
                "x-extension": text,
                "contentMediaType": text,
                "contentEncoding": text,
            },
            "titled": {"title": f"x{text}", "default": {text: [text]}, "example": text},
            "matching": {"type": "string", "pattern": text},
            "one": {"enum": [text, f"x{text}"]},
            "mixed": {"enum": [text, 1, True, None]},
            "only": {"const": text},
            "listed": {"type": "array", "items": {"enum": [f"{text}!", "x"]}},
            "last": {"type": "integer"},
        },
    }


def _alias(text: str) -> dict[str, Any]:
    return {"enum": [text, f"x{text}"], "description": text}


def _folded(text: str) -> dict[str, Any]:
    renamed = {"values": {f"old{text}": text, f"older{text}": f"x{text}"}}
    deprecated = {"since": "2026-01-01", "note": text}
    return {
        "type": "object",
        "x-compat": {"hubs": {"/hub": {"absent": [text, {text: [text]}]}}},
        "properties": {
            "hub": {"type": "string"},
            "spoke": {
                "type": "string",
                "x-compat": {"into": "/hub", "deprecated": deprecated, **renamed},
            },
            "absent": {"type": "string", "x-compat": {"absent": [text, None]}},
            "shaped": {
                "oneOf": [
                    {"type": "object", "properties": {"constant": {}, "value": {}}},
                    {
                        "type": "string",
                        "x-compat": {
                            "to": {"constant": [constant(text)], "value": "$", "x": constant(text + "$")},
                            **renamed,
                        },
                    },
                    {
                        "type": "array",
                        "items": {"type": "string", "enum": [text, f"x{text}"]},
                        "x-compat": {"to": {"constant": constant(text), "value": "$"}},
                    },
                ]
            },
            "narrow": {
                "oneOf": [
                    {"type": "integer"},
                    {
                        "type": "string",
                        "enum": [text, f"x{text}"],
                        "pattern": text,
                        "x-compat": {"to": 1},
                    },
                ]
            },
        },
    }


def names(text: str) -> dict[str, Any]:
    """A document whose properties are called by a text; all that is required, folded and taken apart is."""
    plain = {"type": "string"}
    other = f"{text} other"
    place = f"/{escape(text)}"
    taking = {"type": "object", "required": [text], "properties": {text: plain}}
    return {
        "openapi": "3.1.1",
        "info": {"title": "names", "version": "1"},
        "paths": {
            f"/{text}": {
                "post": {
                    "operationId": text,
                    "requestBody": {"content": {text: {"schema": taking}}},
                    "responses": {"200": {"description": ""}},
                    "callbacks": {text: {text: {"post": {"requestBody": {"content": {"a/json": {"schema": taking}}}}}}},
                }
            }
        },
        "components": {
            "schemas": {
                "Names": {
                    "type": "object",
                    "required": [text, f"{text} undeclared"],
                    "properties": {text: plain, other: taking, "last": {"$ref": "#/components/schemas/Names"}},
                },
                "Closed": {**taking, "additionalProperties": False},
                "Folding": {
                    "type": "object",
                    "x-compat": {"hubs": {place: {"conflict": "prefer", "absent": [None]}}},
                    "properties": {
                        text: plain,
                        other: {**plain, "x-compat": {"into": place}},
                        "deep": {"type": "object", "properties": {text: plain}},
                        f"{text} deep": {
                            **taking,
                            "x-compat": {"into": f"/deep{place}", "to": f"$/{escape(text)}"},
                        },
                    },
                },
                "Shaped": {
                    "oneOf": [
                        {"type": "object", "properties": {text: plain, other: {}}},
                        {
                            "type": "array",
                            "items": {**taking, "additionalProperties": False},
                            "x-compat": {"each": {text: f"$/{escape(text)}", other: "$"}},
                        }
                        if False
                        else {"type": "string", "x-compat": {"to": {text: "$", other: [{text: "$"}]}}},
                    ]
                },
            }
        },
    }
