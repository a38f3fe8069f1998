"""Small documents with x-compat, each with what its two views are to be.

`written` holds the schemas of a document; `Thing` is the one that payloads are of. `canonical` and
`wire` hold those of its views.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewCase:
    """The schemas of a document and of its views, as YAML; `seen` is what folding it must show."""

    name: str
    written: str
    canonical: str
    wire: str
    version: str = "3.1.0"
    seen: tuple[str, ...] = ()


VIEW_CASES = (
    ViewCase(
        name="formats",
        written="""
            Thing:
              type: object
              required: [url]
              properties:
                url: {type: string, format: uri}
                key: {type: string, format: password}
                count: {type: integer, format: int32}
                format: {type: string, format: byte, x-compat: {absent: [null]}}
                parts: {type: array, items: {type: string, format: binary}}
                dates: {type: array, items: {type: string, format: date}}
        """,
        canonical="""
            Thing:
              type: object
              required: [url]
              properties:
                url: {type: string, format: uri}
                key: {type: string, format: password}
                count: {type: integer, format: int32}
                format: {type: string, format: byte}
                parts: {type: array, items: {type: string, format: binary}}
                dates: {type: array, items: {type: string, format: date}}
        """,
        wire="""
            Thing:
              type: object
              required: [url]
              properties:
                url: {type: string}
                key: {type: string, format: password}
                count: {type: integer}
                format: {anyOf: [{enum: [null]}, {type: string, format: byte}]}
                parts: {type: array, items: {type: string, format: binary}}
                dates: {type: array, items: {type: string}}
        """,
    ),
    ViewCase(
        name="optional hub",
        written="""
            Thing:
              type: object
              properties:
                tags: {type: array, items: {type: string}}
                tag: {type: string, x-compat: {into: /tags, to: [$]}}
        """,
        canonical="""
            Thing: {type: object, properties: {tags: {type: array, items: {type: string}}}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                tags: {type: array, items: {type: string}}
                tag: {anyOf: [{enum: [null]}, {type: string}]}
        """,
    ),
    ViewCase(
        name="required hub",
        seen=("duplicate", "absent"),
        written="""
            Thing:
              type: object
              required: [tags]
              x-compat: {hubs: {/tags: {conflict: merge, absent: [null, []]}}}
              properties:
                tags: {type: array, maxItems: 2, items: {type: string}}
                tag: {type: string, x-compat: {into: /tags, to: [$]}}
        """,
        canonical="""
            Thing:
              type: object
              required: [tags]
              properties: {tags: {type: array, maxItems: 2, items: {type: string}, minItems: 1}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                tags:
                  anyOf: [{enum: [null, []]}, {type: array, maxItems: 2, items: {type: string}}]
                tag: {anyOf: [{enum: [null, []]}, {type: string}]}
              allOf:
                - anyOf:
                    - {properties: {tags: {type: array, maxItems: 2, items: {type: string}}}}
                    - {required: [tag], properties: {tag: {not: {enum: [null, []]}}}}
                - anyOf:
                    - {required: [tags], properties: {tags: {not: {enum: [null, []]}}}}
                    - {required: [tag], properties: {tag: {not: {enum: [null, []]}}}}
        """,
    ),
    ViewCase(
        name="deep hub",
        seen=("conflict",),
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
        canonical="""
            Thing:
              type: object
              properties:
                output:
                  type: object
                  required: [format]
                  properties: {format: {type: string}, size: {type: integer}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                output:
                  type: object
                  properties: {format: {type: string}, size: {type: integer}}
                format: {anyOf: [{enum: [null]}, {type: string}]}
              allOf:
                - anyOf:
                    - {properties: {output: {required: [format]}}}
                    - {required: [format], properties: {format: {not: {enum: [null]}}}}
        """,
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
        canonical="""
            Format: {type: object, required: [name], properties: {name: {type: string}}}
            Output:
              allOf:
                - {$ref: '#/components/schemas/Format'}
                - type: object
                  required: [size]
                  properties: {size: {type: integer}, depth: {type: integer}}
            Thing:
              type: object
              required: [output]
              properties: {output: {$ref: '#/components/schemas/Output'}}
        """,
        wire="""
            Format: {type: object, required: [name], properties: {name: {type: string}}}
            Output:
              allOf:
                - {$ref: '#/components/schemas/Format'}
                - type: object
                  required: [size]
                  properties: {size: {type: integer}, depth: {type: integer}}
            Thing:
              type: object
              properties:
                output:
                  allOf:
                    - type: object
                      properties: {name: {anyOf: [{enum: ['']}, {type: string}]}}
                    - type: object
                      properties: {size: {type: integer}, depth: {type: integer}}
                format: {anyOf: [{enum: ['']}, {type: string}]}
                size: {anyOf: [{enum: [null]}, {type: integer}]}
                depth: {anyOf: [{enum: [null]}, {type: integer}]}
              allOf:
                - anyOf:
                    - {required: [output]}
                    - {required: [format], properties: {format: {not: {enum: ['']}}}}
                    - {required: [size], properties: {size: {not: {enum: [null]}}}}
                    - {required: [depth], properties: {depth: {not: {enum: [null]}}}}
                - anyOf:
                    - {properties: {output: {properties: {name: {type: string}}}}}
                    - {required: [format], properties: {format: {not: {enum: ['']}}}}
                - anyOf:
                    - {properties: {output: {required: [size]}}}
                    - {required: [size], properties: {size: {not: {enum: [null]}}}}
                - anyOf:
                    - {properties: {output: {required: [name]}}}
                    - {required: [format], properties: {format: {not: {enum: ['']}}}}
                - anyOf:
                    - not:
                        anyOf:
                          - {required: [format], properties: {format: {not: {enum: ['']}}}}
                          - {required: [size], properties: {size: {not: {enum: [null]}}}}
                          - {required: [depth], properties: {depth: {not: {enum: [null]}}}}
                    - {required: [output]}
                    - allOf:
                        - {required: [size], properties: {size: {not: {enum: [null]}}}}
                        - {required: [format], properties: {format: {not: {enum: ['']}}}}
        """,
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
        canonical="""
            Thing:
              type: object
              properties:
                a:
                  type: object
                  required: [b, note]
                  properties:
                    note: {type: string}
                    b:
                      type: object
                      required: [c, d]
                      properties: {c: {type: string}, d: {type: string}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                a:
                  type: object
                  required: [note]
                  properties:
                    note: {type: string}
                    b: {type: object, properties: {c: {type: string}, d: {type: string}}}
                c: {anyOf: [{enum: [null]}, {type: string}]}
                d: {anyOf: [{enum: [null]}, {type: string}]}
              allOf:
                - anyOf:
                    - {properties: {a: {required: [b]}}}
                    - {required: [c], properties: {c: {not: {enum: [null]}}}}
                    - {required: [d], properties: {d: {not: {enum: [null]}}}}
                - anyOf:
                    - not:
                        anyOf:
                          - {required: [c], properties: {c: {not: {enum: [null]}}}}
                          - {required: [d], properties: {d: {not: {enum: [null]}}}}
                    - {required: [a]}
                - anyOf:
                    - {properties: {a: {properties: {b: {required: [c]}}}}}
                    - {required: [c], properties: {c: {not: {enum: [null]}}}}
                - anyOf:
                    - {properties: {a: {properties: {b: {required: [d]}}}}}
                    - {required: [d], properties: {d: {not: {enum: [null]}}}}
                - anyOf:
                    - not:
                        anyOf:
                          - {required: [c], properties: {c: {not: {enum: [null]}}}}
                          - {required: [d], properties: {d: {not: {enum: [null]}}}}
                    - {required: [a], properties: {a: {required: [b]}}}
                    - allOf:
                        - {required: [c], properties: {c: {not: {enum: [null]}}}}
                        - {required: [d], properties: {d: {not: {enum: [null]}}}}
        """,
    ),
    ViewCase(
        name="policy equal",
        seen=("conflict",),
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
        canonical="""
            Thing: {type: object, properties: {count: {type: integer, minimum: 0}}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                count: {type: integer, minimum: 0}
                n:
                  anyOf:
                    - {enum: [null]}
                    - {oneOf: [{type: integer, minimum: 0}, {type: string, enum: [none]}]}
        """,
    ),
    ViewCase(
        name="policy prefer",
        seen=("preferred",),
        written="""
            Thing:
              type: object
              x-compat: {hubs: {/size: {conflict: prefer}}}
              properties:
                size: {type: string, enum: [s, m, l]}
                dims: {type: string, enum: [s, m, l, small], x-compat: {into: /size, values: {small: s}}}
                dimensions: {type: string, enum: [s, m, l], x-compat: {into: /size}}
        """,
        canonical="""
            Thing: {type: object, properties: {size: {type: string, enum: [s, m, l]}}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                size: {type: string, enum: [s, m, l]}
                dims: {anyOf: [{enum: [null]}, {type: string, enum: [s, m, l, small]}]}
                dimensions: {anyOf: [{enum: [null]}, {type: string, enum: [s, m, l]}]}
        """,
    ),
    ViewCase(
        name="policy error",
        seen=("conflict", "absent"),
        written="""
            Thing:
              type: object
              x-compat: {hubs: {/user: {conflict: error, absent: [null, '']}}}
              properties:
                user: {type: string}
                user_id: {type: string, minLength: 2, x-compat: {into: /user}}
        """,
        canonical="""
            Thing: {type: object, properties: {user: {type: string}}}
        """,
        wire="""
            Thing:
              type: object
              properties:
                user: {anyOf: [{enum: [null, '']}, {type: string}]}
                user_id: {anyOf: [{enum: [null, '']}, {type: string, minLength: 2}]}
              allOf:
                - anyOf:
                    - {properties: {user: {type: string}}}
                    - {required: [user_id], properties: {user_id: {not: {enum: [null, '']}}}}
        """,
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
        canonical="""
            Thing:
              type: object
              properties: {text: {type: string}, files: {type: array, items: {type: integer}}}
              required: [text]
        """,
        wire="""
            Thing:
              type: object
              anyOf:
                - {required: [text]}
                - {required: [body], properties: {body: {not: {enum: [null]}}}}
              properties:
                text: {type: string}
                body: {anyOf: [{enum: [null]}, {type: string}]}
                files: {type: array, items: {type: integer}}
                file: {anyOf: [{enum: [null]}, {type: integer}]}
        """,
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
        canonical="""
            Thing:
              type: object
              anyOf: [{required: [files]}, {required: [text]}]
              properties: {text: {type: string}, files: {type: array, items: {type: integer}}}
        """,
        wire="""
            Thing:
              type: object
              anyOf:
                - {required: [files]}
                - {required: [file], properties: {file: {not: {enum: [null]}}}}
                - {required: [text]}
                - {required: [body], properties: {body: {not: {enum: [null]}}}}
              properties:
                text: {type: string}
                body: {anyOf: [{enum: [null]}, {type: string}]}
                files: {type: array, items: {type: integer}}
                file: {anyOf: [{enum: [null]}, {type: integer}]}
        """,
    ),
    ViewCase(
        name="absent values of a property",
        seen=("absent",),
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
        canonical="""
            Thing:
              type: object
              required: [name]
              properties:
                name: {type: string, minLength: 1}
                note: {type: string}
                mark: {allOf: [{type: [string, integer, array]}, {not: {enum: ['', 0, '-']}}]}
                list: {type: array, minItems: 1}
        """,
        wire="""
            Thing:
              type: object
              properties:
                name: {anyOf: [{enum: ['', null]}, {type: string}]}
                note: {anyOf: [{enum: [null]}, {type: [string, 'null']}]}
                mark: {anyOf: [{enum: ['', 0, '-']}, {type: [string, integer, array]}]}
                list: {anyOf: [{enum: [[]]}, {type: array}]}
              allOf:
                - {anyOf: [{required: [name], properties: {name: {not: {enum: ['', null]}}}}]}
        """,
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
        canonical="""
            Url: {type: string, pattern: '^https?:', x-note: kept}
            Thing:
              type: object
              required: [url]
              properties:
                url: {allOf: [{$ref: '#/components/schemas/Url'}], minLength: 1}
                note: {type: string}
                many:
                  type: array
                  items:
                    type: object
                    required: [url]
                    properties: {url: {$ref: '#/components/schemas/Url'}}
        """,
        wire="""
            Url: {type: string, pattern: '^https?:', x-note: kept}
            Thing:
              type: object
              properties:
                url: {anyOf: [{enum: ['']}, {$ref: '#/components/schemas/Url'}]}
                link: {anyOf: [{enum: [null, '']}, {$ref: '#/components/schemas/Url'}]}
                note: {anyOf: [{enum: [null]}, {type: string, nullable: true}]}
                many:
                  type: array
                  items:
                    oneOf:
                      - type: object
                        required: [url]
                        properties: {url: {$ref: '#/components/schemas/Url'}}
                      - {$ref: '#/components/schemas/Url'}
              allOf:
                - anyOf:
                    - {properties: {url: {$ref: '#/components/schemas/Url'}}}
                    - {required: [link], properties: {link: {not: {enum: [null, '']}}}}
                - anyOf:
                    - {required: [url], properties: {url: {not: {enum: ['']}}}}
                    - {required: [link], properties: {link: {not: {enum: [null, '']}}}}
        """,
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
        canonical="""
            Base: {type: object, required: [id], properties: {id: {type: integer}}}
            Thing:
              allOf:
                - {$ref: '#/components/schemas/Base'}
                - {type: object, properties: {parts: {type: array, items: {type: string}}}}
        """,
        wire="""
            Base: {type: object, required: [id], properties: {id: {type: integer}}}
            Thing:
              allOf:
                - {$ref: '#/components/schemas/Base'}
                - type: object
                  properties:
                    parts: {type: array, items: {type: string}}
                    part: {anyOf: [{enum: [null]}, {type: string}]}
        """,
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
        canonical="""
            Legacy: {not: {}}
            Thing:
              type: object
              properties:
                people:
                  type: array
                  items: {type: object, required: [name], properties: {name: {type: string}}}
        """,
        wire="""
            Legacy: {oneOf: [{type: string}, {type: array, items: {type: string}}]}
            Thing:
              type: object
              properties:
                people:
                  type: array
                  items: {type: object, required: [name], properties: {name: {type: string}}}
                who: {anyOf: [{enum: [null]}, {$ref: '#/components/schemas/Legacy'}]}
        """,
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
        canonical="""
            Thing:
              type: object
              required: [points]
              properties:
                points:
                  type: array
                  items:
                    type: object
                    required: [x]
                    properties: {x: {type: number}, kind: {type: string, enum: [dot, line]}}
                    additionalProperties: false
        """,
        wire="""
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
                              - {type: integer, enum: [0]}
                        additionalProperties: false
                      - {type: number}
                      - type: object
                        required: [at]
                        properties:
                          at: {type: number}
                          kind: {type: string, enum: [dot, line]}
                        additionalProperties: false
        """,
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
        canonical="""
            Thing:
              type: object
              required: [name]
              properties:
                name: {type: string}
                children: {type: array, items: {$ref: '#/components/schemas/Thing'}}
        """,
        wire="""
            Thing:
              oneOf:
                - type: object
                  required: [name]
                  properties:
                    name: {type: string}
                    children: {type: array, items: {$ref: '#/components/schemas/Thing'}}
                    child: {anyOf: [{enum: [null]}, {$ref: '#/components/schemas/Thing'}]}
                - {type: string}
        """,
    ),
)
