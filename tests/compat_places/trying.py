"""Old values sent through a generated client and server: what arrives has to be canonical."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from email import message_from_bytes
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, unquote

import anyio
import httpx
from pydantic import TypeAdapter

from compat_places.places import REQUESTS, Put

STREAMS = ("lines", "events")


def failures(package: str, document: dict[str, Any], put: list[Put]) -> Iterator[str]:
    """What went wrong with values at places of a document, through the client, and through the server where it has the
    operation."""
    client = import_module(f"{package}.client")
    every = [one for one in vars(client).values() if type(one).__name__ == "Operation"]
    operations = {one.path.removesuffix("/{given}"): one for one in every}
    for one in put:
        operation = operations[f"/{one.ident}"]
        asked = next((two for two in put if two.ident == one.ident and two.place in REQUESTS), None)
        is_request = one.place in REQUESTS
        try:
            if is_request and _cannot_be_given(operation, one):
                continue
            if is_request:
                found = _sent(package, client, operation, one)
            else:
                arguments = _arguments(operation, asked, asked.sample.new) if asked else {}
                found = _answered(package, client, operation, document, one, arguments)
        except Exception as error:
            yield f"{_told(one)}: {type(error).__name__}: {error}"
            continue
        expected = _expected(one) if is_request else one.sample.new
        if found != expected:
            yield f"{_told(one)}: {found!r} instead of {expected!r}"


def served(package: str, document: dict[str, Any], put: list[Put]) -> tuple[list[str], list[str]]:
    """What went wrong with operations that the server has; and the ids of these."""
    try:
        server = import_module(f"{package}.server")
    except ModuleNotFoundError:
        return [], []
    by_ident: dict[str, list[Put]] = {}
    for one in put:
        by_ident.setdefault(one.ident, []).append(one)
    pairs = {ident: pair for ident, pair in by_ident.items() if hasattr(server.Handler, ident)}
    return list(anyio.run(_served, server, pairs)), list(pairs)


def _told(one: Put) -> str:
    return f"{one.place.name}, {one.sample.said} ({one.ident}), old value {one.sample.old!r}"


# Requests


def _sent(package: str, client: ModuleType, operation: Any, one: Put) -> Any:
    """What a request holds that is made of an old value."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(500, json={})

    arguments = _arguments(operation, one, one.sample.old)
    with httpx.Client(transport=httpx.MockTransport(answer)) as http, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            client.Pkg(api_key="k", http_client=http, max_retries=0).call(operation, **arguments)
        except Exception as error:
            if type(error).__name__ != "InternalServerError":
                raise
    return _read(seen[0], one.place.name)


def _cannot_be_given(operation: Any, one: Put) -> bool:
    """Whether no argument says an old value: null of a parameter is not sent, and where arguments are the members of a
    canonical body no other value than an object is. Such bodies come to the server all the same."""
    if one.place.name.startswith("parameter"):
        return one.sample.old is None
    is_taken_apart = not any(type(mark).__name__ == "Body" for mark in operation.arguments.values())
    is_body = one.place.name.startswith("body")
    return is_body and is_taken_apart and not isinstance(one.sample.old, dict)


def _arguments(operation: Any, one: Put, value: Any) -> dict[str, Any]:
    marks = operation.arguments
    kinds = {type(mark).__name__ for mark in marks.values()}
    if one.place.name.startswith("parameter"):
        ident = next(ident for ident, mark in marks.items() if hasattr(mark, "place"))
        return {ident: value}
    if "Body" in kinds:
        return {"body": [value, one.sample.new] if "lines" in one.place.name else value}
    idents = {
        mark.name: ident
        for ident, mark in marks.items()
        if type(mark).__name__ in {"Member", "TextMember"}
    }
    given = {idents[name]: item for name, item in value.items() if name in idents}
    extra = {name: item for name, item in value.items() if name not in idents}
    return {**given, **({"extra_body": extra} if extra else {})}


def _read(request: httpx.Request, place: str) -> Any:
    if place.startswith("parameter: path"):
        found: Any = unquote(request.url.raw_path.decode().rpartition("/")[2])
    elif place.startswith("parameter: all of the query"):
        found = unquote(request.url.query.decode())
    elif place.startswith("parameter: query"):
        found = dict(parse_qsl(request.url.query.decode()))["given"]
    elif place.startswith("parameter: header"):
        found = request.headers["given"]
    elif place.startswith("parameter: cookie"):
        found = unquote(request.headers["cookie"].removeprefix("given="))
    elif place == "body: form":
        pairs = parse_qsl(request.content.decode(), keep_blank_values=True)
        return sorted((name, _sorted(value)) for name, value in pairs)
    elif place == "body: multipart":
        head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
        parts: Any = message_from_bytes(head + request.read()).get_payload()
        texts = [part.get_payload(decode=True).decode() for part in parts]
        names = [part.get_param("name", header="content-disposition") for part in parts]
        return sorted(zip(names, map(_sorted, texts), strict=True))
    elif place == "body: lines of JSON":
        return [json.loads(line) for line in request.content.splitlines()]
    else:
        found = request.content.decode()
    return (
        found
        if place == "body: text" or (place.startswith("parameter") and "JSON" not in place)
        else json.loads(found)
    )


def _expected(one: Put) -> Any:
    """What arrives of a canonical value, as the specification says (OpenAPI 3.1.1, section 4.8.15)."""
    if "lines" in one.place.name:
        return [one.sample.new] * 2
    if one.place.name in {"body: form", "body: multipart"}:
        pairs = [
            (name, item)
            for name, value in one.sample.new.items()
            for item in (value if isinstance(value, list) else [value])
        ]
        return sorted((name, _sorted(item)) for name, item in pairs)
    return one.sample.new


def _sorted(value: Any) -> str:
    """A value of a form as text, its members in order."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return json.dumps(found, sort_keys=True)


# Answers


def _answered(
    package: str,
    client: ModuleType,
    operation: Any,
    document: dict[str, Any],
    one: Put,
    arguments: dict[str, Any],
) -> Any:
    """The result of an answer that is an old value."""
    old = json.dumps(one.sample.old)
    responses = document["paths"][f"/{one.ident}"]["post"]["responses"]
    status, response = next(iter(responses.items()))
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    media = next(iter(response["content"]))
    content = {
        "answer: lines of JSON": f"{old}\n{json.dumps(one.sample.new)}\n",
        "answer: events": f"data: {old}\n\ndata: {json.dumps(one.sample.new)}\n\n",
        "answer: data of events": f"event: it\ndata: {old}\n\n",
        "answer: text": one.sample.old,
    }.get(one.place.name, old)
    code = 409 if status == "4XX" else 200
    transport = httpx.MockTransport(
        lambda request: httpx.Response(code, text=content, headers={"content-type": media})
    )
    with httpx.Client(transport=transport) as http:
        caller = client.Pkg(api_key="k", http_client=http)
        if any(kind in one.place.name for kind in STREAMS):
            streams = import_module(f"{package}._streams")
            items = [_json(item) for item in streams.open_stream(caller, operation, **arguments)]
            if one.place.name == "answer: data of events":
                return items[0]["data"]
            assert items[0] == items[1]
            return items[0]
        try:
            return _json(caller.call(operation, **arguments))
        except Exception as error:
            if type(error).__name__ == "ConflictError":
                return _json(vars(error)["value"])
            raise


def _json(value: Any) -> Any:
    return json.loads(TypeAdapter[Any](Any).dump_json(value, exclude_unset=True))


# The server


async def _served(server: ModuleType, pairs: dict[str, list[Put]]) -> list[str]:
    found: list[str] = []
    seen: dict[str, Any] = {}

    class Handler:
        def __getattr__(self, ident: str) -> Any:
            async def handle(request: Any, context: Any) -> Any:
                seen[ident] = _json(request)
                return pairs[ident][1].sample.old

            return handle

    app = server.create_app(Handler(), authenticate=lambda token: token)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as http:
        for ident, (given, answered) in pairs.items():
            response = await http.post(
                f"/{ident}", json=given.sample.old, headers={"authorization": "Bearer k"}
            )
            if seen.get(ident) != given.sample.new:
                found.append(f"server, {_told(given)}: {seen.get(ident, response.text)!r}")
            elif response.json() != answered.sample.new:
                found.append(f"server, {_told(answered)}: {response.text}")
    return found
