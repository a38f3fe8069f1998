"""Texts that try to become something else than text, and documents that hold one in every place they have."""

from __future__ import annotations

import re
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
    "long-words": "words " * 4_000,
    "long-capitals": "A" * 20_000,
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
    "references of HTML": "<p>&quot;&quot;&quot;&#92;&#x202e;&#13;&#10;import os&#0;</p>",
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
    "nested-set": "[[a]--b]&&|~~",
    "unbalanced": "([{<",
    "alternatives": "a|b",
    "operators": " in x not in y == z != w and v or u",
    "ansi-title": "\x1b]0;x\x07",
}


def constant(text: str) -> str:
    """A text as a constant of an x-compat template."""
    return text.replace("$", "$$")


def texts(text: str, modelled: str, checked: str) -> dict[str, Any]:
    """A document with a text in every place that names nothing.

    `modelled` is the pattern of a property, `checked` that of a shape.
    """
    return {
        "openapi": "3.1.1",
        "x-extension": {text: [text]},
        "info": {
            **dict.fromkeys(("title", "summary", "description", "version", "termsOfService"), text),
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
        "paths": {path(text): {"summary": text, "description": text, "post": _operation(text)}},
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "name": text, "in": "header", "description": text},
                "open": {"type": "openIdConnect", "openIdConnectUrl": text},
            },
            "schemas": {
                "Told": _told(text, modelled),
                "Alias": {"enum": [text, f"x{text}"], "description": text},
                "Folded": _folded(text, checked),
            },
        },
    }


def path(text: str) -> str:
    """A path of a text. What stands in braces would be a parameter, and another method."""
    return "/" + re.sub("[{}]", "", text)


def _operation(text: str) -> dict[str, Any]:
    plain = {"type": "string", "format": text}
    return {
        "operationId": text,
        "summary": text,
        "description": text,
        "tags": [text],
        "parameters": [
            {
                "name": text,
                "in": "query",
                "description": text,
                "schema": {**plain, "default": text},
                "example": text,
            }
        ],
        "requestBody": {
            "description": text,
            "content": {text: {"schema": plain, "example": text}},
        },
        "responses": {
            "200": {
                "description": text,
                "headers": {f"X-{text}": {"description": text, "schema": {"const": text}}},
                "content": {
                    text: {"schema": plain, "examples": {text: {"summary": text, "value": text}}}
                },
                "links": {"link": {"operationId": text, "parameters": {text: text}}},
            }
        },
        "x-codegen": text,
    }


def _told(text: str, pattern: str) -> dict[str, Any]:
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
            "matching": {"type": "string", "pattern": pattern},
            "one": {"enum": [text, f"x{text}"]},
            "mixed": {"enum": [text, 1, True, None]},
            "only": {"const": text},
            "listed": {"type": "array", "items": {"enum": [f"{text}!", "x"]}},
        },
    }


def _folded(text: str, pattern: str) -> dict[str, Any]:
    values = {f"old{text}": text, f"older{text}": f"x{text}"}
    return {
        "type": "object",
        "x-compat": {"hubs": {"/hub": {"absent": [f"no{text}", {text: [text]}]}}},
        "properties": {
            "hub": {"type": "string"},
            "spoke": {
                "type": "string",
                "x-compat": {
                    "into": "/hub",
                    "values": values,
                    "deprecated": {"since": "2026-01-01", "note": text},
                },
            },
            "listed": {"type": "array", "items": {"type": "string"}},
            "list": {
                "type": "array",
                "items": {"type": "string"},
                "x-compat": {"into": "/listed", "each": "$", "values": values},
            },
            "absent": {"type": "string", "x-compat": {"absent": [f"no{text}", None]}},
            "shaped": {
                "oneOf": [
                    {"type": "object", "properties": {"constant": {}, "value": {}}},
                    {"type": "string", "x-compat": {"to": _template(text), "values": values}},
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
                        "pattern": pattern,
                        "x-compat": {"to": 1},
                    },
                ]
            },
        },
    }


def _template(text: str) -> dict[str, Any]:
    return {"constant": [constant(text)], "value": "$", "x": constant(f"{text}!")}


def texts_cases(text: str) -> list[list[Any]]:
    """What a package of `texts` has to do: module, name, arguments, result.

    A model gives back what it was given; a normalizer gives what is folded. None: it refuses.
    """
    told = {"told": text, "one": text, "mixed": text, "only": text, "listed": [f"{text}!"]}
    shaped = {"constant": [text], "value": text, "x": f"{text}!"}
    return [
        ["models", "Told", told, told],
        ["models", "Told", {"one": f"{text}?"}, None],
        ["models", "Told", {"only": f"{text}?"}, None],
        ["models", "Told", {"listed": [f"{text}?"]}, None],
        ["models", "Alias", text, text],
        ["models", "Alias", f"{text}?", None],
        ["normalizers", "normalize_folded", {"spoke": f"old{text}"}, {"hub": text}],
        ["normalizers", "normalize_folded", {"spoke": f"{text}?"}, {"hub": f"{text}?"}],
        ["normalizers", "normalize_folded", {"list": [f"old{text}"]}, {"listed": [text]}],
        ["normalizers", "normalize_folded", {"hub": f"no{text}", "spoke": "x"}, {"hub": "x"}],
        ["normalizers", "normalize_folded", {"absent": f"no{text}"}, {}],
        ["normalizers", "normalize_folded", {"shaped": f"old{text}"}, {"shaped": shaped}],
        [
            "normalizers",
            "normalize_folded",
            {"shaped": [text]},
            {"shaped": {"constant": text, "value": [text]}},
        ],
        ["normalizers", "normalize_folded", {"narrow": f"{text}?"}, None],
    ]


def names(text: str) -> dict[str, Any]:
    """A document whose properties are called by a text; what is required, folded and taken apart is."""
    plain = {"type": "string"}
    other = f"{text} other"
    hub = f"/{escape(text)}"
    holding = {"type": "object", "required": [text], "properties": {text: plain}}
    body = {"requestBody": {"content": {text: {"schema": holding}}}}
    operation = {**body, "responses": {"200": {"description": ""}}}
    taken = {"into": f"/deep{hub}", "to": f"${hub}"}
    return {
        "openapi": "3.1.1",
        "info": {"title": "names", "version": "1"},
        "paths": {
            path(text): {
                "post": {
                    "operationId": text,
                    "callbacks": {text: {text: {"put": body}}},
                    **operation,
                },
                "put": operation,
            }
        },
        "components": {
            "schemas": {
                "Names": {
                    "type": "object",
                    "required": [text, f"{text} undeclared"],
                    "properties": {
                        text: plain,
                        other: holding,
                        "last": {"$ref": "#/components/schemas/Names"},
                    },
                },
                "Closed": {**holding, "additionalProperties": False},
                "Folding": {
                    "type": "object",
                    "x-compat": {"hubs": {hub: {"conflict": "prefer", "absent": [None]}}},
                    "properties": {
                        text: plain,
                        other: {**plain, "x-compat": {"into": hub}},
                        "deep": {"type": "object", "properties": {text: plain}},
                        f"{text} deep": {**holding, "x-compat": taken},
                    },
                },
                "Nested": {
                    "type": "object",
                    "properties": {
                        text: {
                            "oneOf": [
                                {"type": "array", "items": plain},
                                {**plain, "x-compat": {"to": ["$"]}},
                            ]
                        }
                    },
                },
                "Shaped": {
                    "oneOf": [
                        {"type": "object", "properties": {text: plain, other: {}}},
                        {
                            "type": "string",
                            "x-compat": {"to": {text: "$", other: [{text: "$"}]}},
                        },
                    ]
                },
            }
        },
    }


def names_cases(text: str) -> list[list[Any]]:
    """What a package of `names` has to do, as `texts_cases`."""
    other = f"{text} other"
    full = {text: "a", other: {text: "b"}, f"{text} undeclared": 1}
    fold = "normalize_folding"
    return [
        ["models", "Names", full, full],
        ["models", "Names", {**full, "last": full}, {**full, "last": full}],
        ["models", "Names", {**full, other: {text: 1}}, None],
        ["models", "Closed", {text: "a"}, {text: "a"}],
        ["models", "Closed", {text: "a", other: 1}, None],
        ["normalizers", fold, {other: "a"}, {text: "a"}],
        ["normalizers", fold, {text: "a", other: "b"}, {text: "a"}],
        ["normalizers", fold, {f"{text} deep": {text: "a"}}, {"deep": {text: "a"}}],
        ["normalizers", "normalize_nested", {text: "a"}, {text: ["a"]}],
        ["normalizers", "normalize_shaped", "a", {text: "a", other: [{text: "a"}]}],
    ]


def place(text: str) -> dict[str, dict[str, Any]]:
    """Documents with a text where not every text may stand, by the name of the place."""
    head = {"openapi": "3.1.1", "info": {"title": "x", "version": "1"}, "paths": {}}
    ok = {"responses": {"200": {"description": ""}}}

    def schema(value: Any) -> dict[str, Any]:
        return {**head, "components": {"schemas": {"Thing": value}}}

    def keyed(value: Any) -> dict[str, Any]:
        properties = {"hub": {"type": "string"}, "key": {"type": "string", "x-compat": value}}
        return schema({"type": "object", "properties": properties})

    def at(operation: Any) -> dict[str, Any]:
        plain = {"components": {"schemas": {"Thing": {"type": "string"}}}}
        return {**head, **plain, "paths": {"/x": {"get": operation}}}

    thing = {"type": "object", "properties": {"a": {"type": "string"}}}
    component = {"schemas": {text: thing, "Thing": {"$ref": "#/components/schemas/" + text}}}
    return {
        "openapi": {**schema(thing), "openapi": text},
        "root-field": {**schema(thing), text: text},
        "dialect": {**schema(thing), "jsonSchemaDialect": text},
        "path": {**schema(thing), "paths": {text: {"get": ok}}},
        "method": {**schema(thing), "paths": {"/x": {text: ok}}},
        "component-kind": {**head, "components": {text: {"Thing": thing}}},
        "component": {**head, "components": component},
        "response-component": {**schema(thing), "components": {"responses": {text: {}}}},
        "response-code": at({"responses": {text: {"description": ""}}}),
        "parameter-in": at({**ok, "parameters": [{"name": "x", "in": text, "schema": {}}]}),
        "security-type": {**head, "components": {"securitySchemes": {"x": {"type": text}}}},
        "reference": schema({"properties": {"a": {"$ref": text}}}),
        "local-reference": schema({"properties": {"a": {"$ref": f"#/{text}"}}}),
        "dynamic-reference": schema(
            {"$dynamicRef": text, "type": "object", "properties": {"a": {}}}
        ),
        "id": schema({"$id": text, **thing}),
        "anchor": schema({"$anchor": text, **thing}),
        "schema-dialect": schema({"$schema": text, **thing}),
        "vocabulary": schema({"$vocabulary": {text: True}, **thing}),
        "keyword": schema({text: text, **thing}),
        "type": schema({"type": text}),
        "types": schema({"type": ["string", text]}),
        "required": schema({**thing, "required": text}),
        "minimum": schema({"type": "integer", "minimum": text}),
        "pattern-property": schema({**thing, "patternProperties": {text: {"type": "string"}}}),
        "definition": schema({**thing, "$defs": {text: thing}}),
        "dependent": schema({**thing, "dependentRequired": {text: [text]}}),
        "compat": schema({**thing, "x-compat": text}),
        "compat-keyword": keyed({"into": "/hub", text: text}),
        "into": keyed({"into": text}),
        "hole": keyed({"into": "/hub", "to": f"${text}"}),
        "part": keyed({"into": "/hub", "to": f"$/{text}"}),
        "values": keyed({"into": "/hub", "values": text}),
        "absent": keyed({"into": "/hub", "absent": text}),
        "deprecated": keyed({"into": "/hub", "deprecated": text}),
        "since": keyed({"into": "/hub", "deprecated": {"since": text, "sunset": text}}),
        "hub": schema({**thing, "x-compat": {"hubs": {text: {}}}}),
        "conflict": schema({**thing, "x-compat": {"hubs": {"/a": {"conflict": text}}}}),
        "partial": schema({**thing, "x-compat": {"partial": text}}),
    }
