"""An API with everything that a client reads, and answers of a server that means no good: seeded, one after the other."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

DOCUMENT = """
openapi: 3.2.0
info: {title: Tests, version: '1'}
security: [{oauth: [read]}]
paths:
  /thing/{id}:
    get:
      operationId: thing
      tags: [all]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: a thing
          headers:
            X-When: {schema: {type: string, format: date-time}}
            X-Numbers: {schema: {type: array, items: {type: integer}}}
            X-Parts: {schema: {type: object, properties: {a: {type: number}}}}
            X-Left: {schema: {type: integer}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
        default: {description: no thing, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  /text: {get: {operationId: text, tags: [all], responses: {'200': {description: t, content: {text/plain: {}}}}}}
  /any: {get: {operationId: anything, tags: [all], responses: {}}}
  /file: {get: {operationId: file, tags: [all], responses: {'200': {description: f, content: {application/zip: {}}}}}}
  /form: {get: {operationId: form, tags: [all], responses: {'200': {description: f, content: {application/x-www-form-urlencoded: {schema: {type: object}}}}}}}
  /events:
    get:
      operationId: events
      tags: [all]
      responses: {'200': {description: e, content: {text/event-stream: {schema: {$ref: '#/components/schemas/Thing'}}}}}
  /objects:
    get:
      operationId: objects
      tags: [all]
      responses:
        '200':
          description: e
          content:
            text/event-stream:
              itemSchema:
                type: object
                properties:
                  event: {type: string}
                  data: {type: string, contentMediaType: application/json, contentSchema: {$ref: '#/components/schemas/Thing'}}
                  retry: {type: integer}
  /lines:
    get:
      operationId: lines
      tags: [all]
      responses: {'200': {description: l, content: {application/jsonl: {itemSchema: {$ref: '#/components/schemas/Thing'}}}}}
  /cursor:
    get:
      operationId: cursors.list
      tags: [cursors]
      x-fern-pagination: {cursor: $request.after, next_cursor: $response.next, results: $response.items}
      parameters: [{name: after, in: query, schema: {type: string}}]
      responses: {'200': {description: a page, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
  /link:
    get:
      operationId: links.list
      tags: [links]
      security: [{key: []}]
      x-speakeasy-pagination: {type: url, outputs: {nextUrl: $.next}}
      responses: {'200': {description: a page, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://tokens.example/token', scopes: {read: reads}}}}
    key: {type: apiKey, in: query, name: key}
  schemas:
    Thing:
      type: object
      properties:
        next: {}
        items: {type: array, items: {}}
        when: {type: string, format: date-time}
        day: {type: string, format: date}
        lasts: {type: string, format: duration}
        at: {type: string, format: time}
        id: {type: string, format: uuid}
        data: {type: string, format: byte}
        price: {type: string, format: decimal}
        count: {type: integer}
        size: {type: number}
        inner: {$ref: '#/components/schemas/Thing'}
        many: {type: array, uniqueItems: true, items: {$ref: '#/components/schemas/Thing'}}
"""
KEY, SECRET = "sk-query-5ecret", "client-5ecret"
CREDENTIALS = {"oauth": ("id", SECRET), "key": KEY}
DIGITS = "9" * 400
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1e308,
        "",
        "a",
        [],
        {},
        [[]],
        {"": ""},
        "\x1b[2J\r\n\u202e\u2028\x9b",
        "\U0001f600" * 50,
    ),
    *(
        "9" * 20 + "-01-01T00:00:00Z",
        "2020-01-01T00:00:00+99:99",
        "P" + DIGITS + "Y",
        "PT1e999S",
        "P" + DIGITS + "D",
        "24:60:61Z",
    ),
    *(
        "urn:uuid:",
        "=",
        "===",
        "NaN",
        "Infinity",
        "1e" + DIGITS,
        DIGITS,
        "0" * 70_000,
        "..",
        "/",
        "?",
        "#",
        "//",
    ),
    *(
        "javascript:alert(1)",
        "http://[::1",
        "http://é.test/",
        "http://xn--a/",
        "http://x:99999/",
        "https://u:p@evil.test/?key=x",
    ),
    *(
        "x" * 70_000,
        "\x00",
        "%",
        "%zz",
        "\\\\evil",
        "?" + "a&" * 3000,
        "data:,",
        "mailto:a",
        "http://a..b/",
    ),
)
RAW: tuple[bytes, ...] = (
    *(
        b"",
        b"null",
        b"NaN",
        b"[1e999]",
        b'{"count": Infinity}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"{",
        b'"\\ud800"',
        b"nope",
    ),
    *(
        b"[" * 100_000,
        b'{"inner":' * 5000,
        b'{"inner":' * 300 + b"{}" + b"}" * 300,
        b"[" * 900 + b"]" * 900,
        b"[" * 190 + b"]" * 190,
    ),
    *(
        b'{"items": ' + b"[" * 150 + b"]" * 150 + b"}",
        b'{"error":' + b"[" * 990 + b"]" * 990 + b"}",
    ),
    *(
        b'{"count": ' + b"9" * 5000 + b"}",
        b'{"size": 1' + b"0" * 400 + b"}",
        b'{"size": 1e-999999999999}',
        b'{"a":1,"a":2}',
    ),
    *(
        b'{"error": "\\ud800\\u0000"}',
        b'{"error": {"message": {"a": "\\u001b"}}}',
        b'{"message": ' + b"9" * 5000 + b"}",
    ),
    *(
        b"data: {}\n\ndata: [DONE]\n\n",
        b"data\ndata\n\n",
        b"retry: " + b"9" * 5000 + b"\ndata: {}\n\n",
        b":\n" * 1000,
        b"\r\r\r",
    ),
    *(
        b"id: \x00\nevent\ndata: x\n\n",
        b"\x1e{}\n\x1e[\n",
        b"{}\r{}\r\n{}",
        b"data: " + b"[" * 9000 + b"\n\n",
    ),
    b"retry: \xd9\xa3\ndata: {}\n\n",
)
STATUSES = (
    200,
    200,
    200,
    200,
    200,
    201,
    204,
    206,
    299,
    300,
    302,
    304,
    400,
    401,
    404,
    429,
    500,
    599,
    600,
    999,
)
KINDS = (
    *(
        "application/json",
        "text/plain",
        "text/event-stream",
        "application/jsonl",
        "application/zip",
        "text/html; charset=utf-7",
    ),
    *(
        "text/plain; charset=punycode",
        "text/plain; charset=idna",
        "text/plain; charset*=punycode'en'a",
        'text/plain;charset="zip"',
    ),
    *(
        "text/plain; charset=utf-16",
        "text/plain; charset=" + "x" * 5000,
        "text/plain; charset=unicode_escape",
        "",
        ";",
        "/",
        "\xe9",
    ),
    *(
        "application/x-www-form-urlencoded",
        "application/json; charset=\x00",
        "text/plain; charset=hex",
        "*/*",
        "json",
    ),
)
ENCODINGS = (
    "gzip",
    "deflate",
    "gzip, gzip",
    "br",
    "zstd",
    "identity",
    "x-gzip",
    ",",
    "\xe9",
    "GZIP",
    "gzip;q=1",
    "zip",
)
DATES = (
    "Fri, 31 Dec " + DIGITS + " 23:59:59 GMT",
    "Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -9999",
)
SAID = (
    *DATES,
    DIGITS,
    "-" + DIGITS,
    "1e" + DIGITS,
    "nan",
    "0",
    "\u0661",
    "9" * 5000,
    "[" * 5000,
    "a=" * 3000,
    ",",
    "=",
    "\x9b\u202e",
    "a" * 60_000,
)
HEADERS = (
    *(
        "x-when",
        "x-numbers",
        "x-parts",
        "x-left",
        "retry-after",
        "retry-after-ms",
        "x-request-id",
        "x-should-retry",
        "location",
    ),
    *("set-cookie", "link", "content-length", "date", "expires", "transfer-encoding"),
)
COOKIES = (
    "a=b; max-age=" + DIGITS,
    "a=b; expires=" + DATES[0],
    "=; domain=.; path=%",
    "a" * 5000 + "=" + ";" * 5000,
)


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Bytes in chunks, as a network gives them."""

    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk


def body(chance: random.Random) -> bytes:
    """What may be JSON, events, lines or nothing of the kind."""
    if chance.random() < 0.4:
        return chance.choice(RAW)
    members = (
        "next",
        "items",
        "when",
        "day",
        "lasts",
        "at",
        "id",
        "data",
        "price",
        "count",
        "size",
        "inner",
        "many",
        "error",
    )
    names = (*members, "message", "detail", "type", "access_token", "expires_in", "token_type")
    value = {name: chance.choice(VALUES) for name in chance.sample(names, chance.randint(1, 4))}
    if chance.random() < 0.3:
        value["next"] = chance.choice(VALUES)
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    cut = text[: chance.randint(0, len(text))] if chance.random() < 0.1 else text
    return (
        chance.choice((b"%b", b"data: %b\n\n", b"event: x\ndata: %b\r\r", b"%b\n", b"[%b]")) % cut
    )


def answer(chance: random.Random) -> httpx.Response:
    """An answer as no server should give it."""
    content = body(chance)
    headers: list[tuple[bytes, bytes]] = [(b"content-type", chance.choice(KINDS).encode())]
    for name in chance.sample(HEADERS, chance.randint(0, 4)):
        said = (
            chance.choice(COOKIES)
            if name == "set-cookie"
            else chance.choice((*SAID, *(one for one in VALUES if isinstance(one, str))))
        )
        headers.append((name.encode(), said.encode()))
    if chance.random() < 0.3:
        encoding = chance.choice(ENCODINGS)
        headers.append((b"content-encoding", encoding.encode()))
        content = gzip.compress(content, 1, mtime=0) if chance.random() < 0.7 else content
        content = content[: chance.randint(0, len(content))] if chance.random() < 0.2 else content
    step = chance.choice((1, 7, 1000, 100_000)) if len(content) < 5000 else 65536
    chunks = [content[at : at + step] for at in range(0, len(content), step)]
    reason = chance.choice((b"OK", b"\x1b[2J", b"\xff\r\nx", b""))
    return httpx.Response(
        chance.choice(STATUSES),
        headers=headers,
        stream=Body(chunks),
        extensions={"reason_phrase": reason},
    )


def token() -> httpx.Response:
    return httpx.Response(200, stream=Body([b'{"access_token": "t"}']))
