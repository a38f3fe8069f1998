"""Small documents with x-compat, each with what its two views are to be.

`written` holds the schemas of a document; `Thing` is the one that payloads are of. `canonical` and
`wire` hold those of its views.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewCase:
    """The schemas of a document and of its views, as YAML; least shares of what folding shows."""

    name: str
    written: str
    canonical: str
    wire: str
    version: str = "3.1.0"
    seen: tuple[str, ...] = ()


VIEW_CASES = (
    ViewCase(
        name="optional hub",
        written="""
            Thing:
              type: object
              properties:
                tags: {type: array, items: {type: string}}
                tag: {type: string, x-compat: {into: /tags, to: [$]}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="required hub",
        written="""
            Thing:
              type: object
              required: [tags]
              x-compat: {hubs: {/tags: {conflict: merge, absent: [null, []]}}}
              properties:
                tags: {type: array, maxItems: 2, items: {type: string}}
                tag: {type: string, x-compat: {into: /tags, to: [$]}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="deep hub",
        written="""
            Thing:
              type: object
              properties:
                output:
                  type: object
                  required: [format]
                  properties:
                    format: {type: string}
                    size: {type: integer}
                format: {type: string, x-compat: {into: /output/format}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="deep hubs with absent values in a component",
        written="""
            Format: {type: object, required: [name], properties: {name: {type: string}}}
            Output:
              allOf:
                - $ref: '#/components/schemas/Format'
                - type: object
                  required: [size]
                  properties:
                    size: {type: integer}
                    depth: {type: integer}
            Thing:
              type: object
              required: [output]
              x-compat: {hubs: {/output/name: {absent: ['']}}}
              properties:
                output: {$ref: '#/components/schemas/Output'}
                format: {type: string, x-compat: {into: /output/name}}
                size: {type: integer, x-compat: {into: /output/size}}
                depth: {type: integer, x-compat: {into: /output/depth}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="deeper hub",
        written="""
            Thing:
              type: object
              properties:
                a:
                  type: object
                  required: [b, note]
                  properties:
                    note: {type: string}
                    b: {type: object, required: [c, d], properties: {c: {type: string}, d: {type: string}}}
                c: {type: string, x-compat: {into: /a/b/c}}
                d: {type: string, x-compat: {into: /a/b/d}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="policy equal",
        written="""
            Thing:
              type: object
              properties:
                count: {type: integer, minimum: 0}
                n:
                  oneOf:
                    - {type: integer, minimum: 0, x-compat: {}}
                    - {type: string, enum: [none], x-compat: {to: 0}}
                  x-compat: {into: /count}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="policy prefer",
        written="""
            Thing:
              type: object
              x-compat: {hubs: {/size: {conflict: prefer}}}
              properties:
                size: {type: string, enum: [s, m, l]}
                dims: {type: string, enum: [s, m, l, small], x-compat: {into: /size, values: {small: s}}}
                dimensions: {type: string, enum: [s, m, l], x-compat: {into: /size}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="policy error",
        written="""
            Thing:
              type: object
              x-compat: {hubs: {/user: {conflict: error, absent: [null, '']}}}
              properties:
                user: {type: string}
                user_id: {type: string, minLength: 2, x-compat: {into: /user}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="two hubs",
        written="""
            Thing:
              type: object
              anyOf:
                - required: [text]
                - required: [body]
                - required: [files, text]
                - required: [file, body]
              properties:
                text: {type: string}
                body: {type: string, x-compat: {into: /text}}
                files: {type: array, items: {type: integer}}
                file: {type: integer, x-compat: {into: /files, to: [$]}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="one of two hubs",
        written="""
            Thing:
              type: object
              anyOf:
                - required: [text]
                - required: [body]
                - required: [files]
                - required: [file]
              properties:
                text: {type: string}
                body: {type: string, x-compat: {into: /text}}
                files: {type: array, items: {type: integer}}
                file: {type: integer, x-compat: {into: /files, to: [$]}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="absent values of a property",
        written="""
            Thing:
              type: object
              required: [name]
              properties:
                name: {type: string, x-compat: {absent: ['', null]}}
                note: {type: [string, 'null'], x-compat: {absent: [null]}}
                mark: {type: [string, integer, array], x-compat: {absent: ['', 0, '-']}}
                list: {type: array, x-compat: {absent: [[]]}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="OpenAPI 3.0",
        version="3.0.3",
        written="""
            Url: {type: string, pattern: '^https?:', x-note: kept}
            Thing:
              type: object
              required: [url]
              properties:
                url:
                  $ref: '#/components/schemas/Url'
                  x-compat: {absent: ['']}
                link:
                  $ref: '#/components/schemas/Url'
                  x-compat: {into: /url}
                note: {type: string, nullable: true, x-compat: {absent: [null]}}
                many:
                  type: array
                  items:
                    oneOf:
                      - {type: object, required: [url], properties: {url: {$ref: '#/components/schemas/Url'}}}
                      - {$ref: '#/components/schemas/Url', x-compat: {to: {url: $}}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="composed with allOf",
        written="""
            Base:
              type: object
              required: [id]
              properties:
                id: {type: integer}
            Thing:
              allOf:
                - $ref: '#/components/schemas/Base'
                - type: object
                  properties:
                    parts: {type: array, items: {type: string}}
                    part: {type: string, x-compat: {into: /parts, to: [$]}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="component as a spoke",
        written="""
            Legacy:
              oneOf:
                - {type: string, x-compat: {to: [{name: $}]}}
                - {type: array, items: {type: string}, x-compat: {each: {name: $}}}
            Thing:
              type: object
              properties:
                people:
                  type: array
                  items: {type: object, required: [name], properties: {name: {type: string}}}
                who:
                  $ref: '#/components/schemas/Legacy'
                  x-compat: {into: /people}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="shapes under items",
        written="""
            Thing:
              type: object
              required: [points]
              properties:
                points:
                  type: array
                  items:
                    oneOf:
                      - type: object
                        required: [x]
                        properties:
                          x: {type: number}
                          kind:
                            oneOf:
                              - {type: string, enum: [dot, line]}
                              - {type: integer, enum: [0], x-compat: {to: dot}}
                        additionalProperties: false
                      - {type: number, x-compat: {to: {x: $}}}
                      - type: object
                        required: [at]
                        properties: {at: {type: number}, kind: {type: string, enum: [dot, line]}}
                        additionalProperties: false
                        x-compat: {to: {x: $/at, kind: $/kind}}
        """,
        canonical="",
        wire="",
    ),
    ViewCase(
        name="recursive",
        written="""
            Thing:
              oneOf:
                - type: object
                  required: [name]
                  properties:
                    name: {type: string}
                    children: {type: array, items: {$ref: '#/components/schemas/Thing'}}
                    child:
                      $ref: '#/components/schemas/Thing'
                      x-compat: {into: /children, to: [$]}
                - {type: string, x-compat: {to: {name: $}}}
        """,
        canonical="",
        wire="",
    ),
)
