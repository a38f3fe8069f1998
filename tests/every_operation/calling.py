"""The property: an operation can be called with arguments that its document admits, what arrives is what the document
says, and what the document admits as an answer becomes a result."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import anyio
import httpx

from every_operation import answers, bodies, styles
from every_operation import package as of
from every_operation.answers import Answer
from every_operation.arguments import Given
from every_operation.package import Package, Parameter
from every_operation.styles import Ambiguous, Wrong
from speclens import ir
from speclens.objects import WAS_20, is_30
from speclens.source.pointer import follow, get

Json = Any
SECRET = "secret"
BASE = "http://server.example/base"
_OWN = frozenset(
    {"host", "accept", "accept-encoding", "connection", "user-agent", "content-type"}
    | {"content-length", "transfer-encoding"}
)


def call(
    package: Package, ways: tuple[ir.Resource, ir.Operation], given: Given, answer: Answer
) -> bool:
    """Make one call. Whether its request can be read; raises what is wrong with it."""
    requests: list[httpx.Request] = []
    resource, operation = ways
    method = resource.ident, operation.stream_ident if answer.how else operation.ident
    runtime = getattr(package.module, operation.constant)
    try:
        with warnings.catch_warnings():
            if operation.is_deprecated:
                warnings.simplefilter("ignore", DeprecationWarning)
            result = _called(package, method, given, answer, requests)
    except Exception as error:
        status = getattr(error, "status_code", None)
        if answer.is_success or status != answer.response.status_code:
            raise
        if answer.value is not None:
            answers.check(runtime, getattr(error, "value", None), answer)
    else:
        if not answer.is_success:
            raise Wrong(f"{answer.response.status_code} gave {result!r:.500}")
        answers.check(runtime, result, answer)
    (request,) = requests
    _accepted(request, answer)
    return arrived(package, operation, given, request)


def _accepted(request: httpx.Request, answer: Answer) -> None:
    """Raises Wrong unless a request asks for what was answered."""
    asked, kind = request.headers["accept"], answer.media_type
    listed = (re.sub(r";q=0\.\d$", "", one.strip()) for one in asked.split(","))
    is_asked = any(fnmatch(kind, one) for one in listed)
    if answer.is_success and kind and not is_asked:
        raise Wrong(f"the request asks for {asked}, and not for {kind}")


def _called(
    package: Package,
    method: tuple[str, str],
    given: Given,
    answer: Answer,
    requests: list[httpx.Request],
) -> Any:
    """What a call gives, of a stream all."""
    own: dict[str, Any] = {"max_retries": 0, "credentials": _credentials(package), "base_url": BASE}
    resource, name = method

    def answered(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer.response

    async def awaited(request: httpx.Request) -> httpx.Response:
        await request.aread()
        return answered(request)

    async def run() -> Any:
        transport = httpx.MockTransport(awaited)
        async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
            client = package.module.AsyncPkg(http_client=http, **own)
            result = await getattr(getattr(client, resource), name)(**given.arguments)
            return [one async for one in result] if answer.how else result

    if given.is_async:
        result = anyio.run(run)
    else:
        with httpx.Client(transport=httpx.MockTransport(answered), trust_env=False) as http:
            client = package.module.Pkg(http_client=http, **own)
            result = getattr(getattr(client, resource), name)(**given.arguments)
            result = list(result) if answer.how else result
    return b"".join(result) if answer.how == "download" else result


def _schemes(package: Package) -> Iterator[tuple[str, Json]]:
    declared = (package.document.get("components") or {}).get("securitySchemes") or {}
    for name, one in declared.items():
        yield name, follow(package.document, "", one)[1]


def _credentials(package: Package) -> dict[str, Any]:
    names = [name for names in _wanted(package) for name in names]
    basic = {name for name, one in _schemes(package) if one.get("scheme", "").lower() == "basic"}
    return {name: (SECRET, SECRET) if name in basic else SECRET for name in names}


def _wanted(package: Package) -> Iterator[tuple[str, ...]]:
    yield tuple(name for name, _ in _schemes(package))
    for one in package.client.operations:
        yield from one.alternatives


# What arrived


def arrived(
    package: Package, operation: ir.Operation, given: Given, request: httpx.Request
) -> bool:
    """Whether all of a request can be read. Raises Wrong unless it is what was given, and nothing else."""
    if request.method != operation.verb:
        raise Wrong(f"the method is {request.method}")
    is_read = True
    try:
        _parameters(package, operation, given, request)
    except Ambiguous:
        is_read = False
    try:
        _body(package, given, request)
    except Ambiguous:
        is_read = False
    return is_read


def _parameters(
    package: Package, operation: ir.Operation, given: Given, request: httpx.Request
) -> None:
    found = styles.parts(request, urlsplit(BASE).path, of.template(operation))
    query = [(one.value, value) for one, value in given.parameters if one.place == "query"]
    if styles.shared(query):
        raise Ambiguous
    unclear = False
    # Exploded objects last: their members are written like parameters.
    for parameter, value in sorted(given.parameters, key=lambda one: isinstance(one[1], dict)):
        try:
            if parameter.place == "querystring":
                _whole_query(package, parameter, value, request)
                found.query.clear()
                continue
            said = styles.read(parameter.value, value, found)
        except Ambiguous:
            unclear = True
            continue
        if not styles.is_said(said, value):
            raise Wrong(f"{parameter.place} {parameter.name!r} says {said!r} instead of {value!r}")
    if unclear:
        raise Ambiguous
    _nothing_else(package, found)


def _whole_query(
    package: Package, parameter: Parameter, value: Any, request: httpx.Request
) -> None:
    """What is all of the query is read like a body of its media type (4.12.1 of OpenAPI 3.2)."""
    ((kind, media),) = parameter.value["content"].items()
    query = request.url.query
    content = query if kind.endswith("urlencoded") else unquote_to_bytes(query)
    body = httpx.Request("POST", BASE, content=content, headers={"content-type": kind})
    bodies.check(body, value, media.get("encoding") or {})


def _nothing_else(package: Package, found: styles.Parts) -> None:
    """Nothing is left of a request but what proves who calls."""
    keys = {one.get("name", "").lower() for _, one in _schemes(package)} | {"authorization"}
    left = [*found.query, *found.cookies, *found.headers.items()]
    more = [one for one in left if unquote(one[0]).lower() not in keys and one[0] not in _OWN]
    if more:
        raise Wrong(f"the request says {more} too")


def _body(package: Package, given: Given, request: httpx.Request) -> None:
    if given.media is None:
        if request.content:
            raise Wrong(f"there is a body: {request.content!r:.500}")
        return
    kind = request.headers.get("content-type", "").partition("; boundary=")[0]
    if kind != given.media.name and "*" not in given.media.name:
        raise Wrong(f"the body is {kind}")
    is_held = given.media.codec.name == "Events"
    body = [{"data": one} for one in given.body] if is_held else given.body
    bodies.check(request, body, _encoding(package, given.media))


def _encoding(package: Package, media: ir.Media) -> dict[str, Any]:
    """What is said of the members of a form. Styles of parts are ignored in OpenAPI 3.0 (4.7.15)."""
    said = get(package.document, media.pointer).get("encoding") or {}
    has_styles = not is_30(package.document) or WAS_20 in package.document
    if media.codec.name == "Multipart" and not has_styles:
        return {name: {"contentType": one.get("contentType", "")} for name, one in said.items()}
    return dict(said)
