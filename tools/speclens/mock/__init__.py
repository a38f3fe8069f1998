"""`speclens mock`: runs the generated server of a document with a handler of its own.

If a response holds pictures (`x-file`), the handler makes them as the request asks for them. Any other response is the
example of the document, or the smallest value that its schema allows.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import importlib.util
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from speclens import ir, loading, tree
from speclens.lower.operations import examples
from speclens.lower.rewrites import views
from speclens.mock import pictures as _pictures
from speclens.problems import Finding, Refused
from speclens.project import Project
from speclens.reading.modern import modern
from speclens.reporting import safe
from speclens.source import Source, locate

FILES = "/files/"
_LIBRARIES = ("httpx", "PIL", "starlette", "uvicorn")
_PACKAGE = "_speclens_mock"
Log = Callable[[str, bool], None]
"""Receives each line to print, and whether it is the line with the URL."""


class Unavailable(Exception):
    """The mock cannot run here. The message says why, in one line."""


def serve(project: Project, at: tuple[str, int], key: str, log: Log) -> None:
    """Serve the package of a project until a signal stops the process. Raises Refused, Unavailable."""
    if missing := [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]:
        told = f"{', '.join(missing)} not installed"
        raise Unavailable(f"{told}: pip install 'speclens[mock]'")
    document, _, source = project.reading
    if document.client is None or not document.client.served:
        message = "the generated server has no operations"
        hint = "`speclens validate` gives the reason for each operation"
        raise Refused(locate(source, [Finding("mock/no-server", "#/paths", message, hint)]))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="speclens-mock-") as directory, _listening(at) as place:
        tree.write(Path(directory), project.tree)
        [server] = loading.import_modules(
            Path(directory, project.config.place), _PACKAGE, ["server"]
        )
        app = _app(source, document, server, key)
        _run(_logged(_with_files(app), log), place, key if document.client.is_bearer else "", log)


def _listening(at: tuple[str, int]) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET
        # `create_server` leaves a socket open if the name is invalid.
        *_, place = socket.getaddrinfo(*at, family, socket.SOCK_STREAM)[0]
        return socket.create_server(place, family=family)
    except (
        OSError,
        OverflowError,
        TypeError,
        ValueError,
    ) as error:  # an invalid name raises the last two
        raise Unavailable(f"cannot listen on {at[0]}:{at[1]}: {error}") from error


def _run(app: Any, place: socket.socket, key: str, log: Log) -> None:
    import uvicorn

    host, port = place.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            log(safe(f"{url} (api key: {key})" if key else url), True)

    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=2
    )
    Server(config).run(sockets=[place])


# The application


def _app(source: Source, document: ir.Api, server: ModuleType, key: str) -> Any:
    """The generated application, with a handler for all its operations."""
    if document.client is None or not document.client.served:
        raise LookupError("no server")
    canonical = views.canonical(modern(source.value)).api
    handler = SimpleNamespace(
        **{
            one.handler: _answering(
                examples.answer(canonical, one.pointer), _shelf(document, one.response), server
            )
            for one in document.client.served
        }
    )
    known = key.encode()
    judge = {"authenticate": lambda token: hmac.compare_digest(token.encode(), known)}
    return server.create_app(handler, **(judge if document.client.is_bearer else {}))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The places of pictures in a response: the wire names of the list (if there is one), and of the members for a picture."""

    first: str
    base64: str
    url: str
    members: frozenset[str]  # all members of the response


def _shelf(document: ir.Api, ident: str) -> _Shelf | None:
    schemas = {schema.ident: schema for schema in document.schemas}
    schema = item = schemas[ident]
    first = _file_members(schema).get("first", "")
    for one in schema.properties:
        if one.name == first and isinstance(one.type, ir.Array):
            inner = one.type.item
            item = schemas[inner.ident] if isinstance(inner, ir.Named) else item
    held = _file_members(item)
    if not held.keys() & {"base64", "url"}:
        return None
    members = frozenset(one.name for one in schema.properties)
    return _Shelf(first, held.get("base64", ""), held.get("url", ""), members)


def _file_members(schema: ir.Schema) -> dict[str, str]:
    """The wire names of the members that `x-file` declares."""
    names = {one.ident: one.name for one in schema.properties}
    return {role: names[ident] for role, ident in schema.file}


def _answering(
    example: Any, shelf: _Shelf | None, server: ModuleType
) -> Callable[[Any, Any], Awaitable[Any]]:
    async def answer(request: Any, context: Any) -> Any:
        if shelf is None:
            return example
        given = {"mode": "json", "by_alias": True, "exclude_unset": True}
        wanted = {} if request is None else request.model_dump(**given)
        try:
            pictures = _pictures.asked(wanted)
        except _pictures.Unfit as unfit:
            raise server.Fault(400, str(unfit), param=unfit.param) from None
        is_inline = wanted.get("response_format") == "b64_json" or not shelf.url
        base = str(context.http.base_url).rstrip("/")
        items = []
        for picture in pictures:
            if is_inline and shelf.base64:
                content = await asyncio.to_thread(picture.content)
                items.append({shelf.base64: base64.b64encode(content).decode()})
            else:
                items.append({shelf.url: f"{base}{FILES}{picture.name}"})
        return _details(wanted, pictures[0], shelf) | (
            {shelf.first: items} if shelf.first else items[0]
        )

    return answer


def _details(wanted: dict[str, Any], picture: _pictures.Picture, shelf: _Shelf) -> dict[str, Any]:
    """Other members of the response, which describe the pictures."""
    told = {
        "created": int(time.time()),
        "background": "transparent" if picture.is_clear else "opaque",
        "output_format": picture.kind,
        "quality": wanted.get("quality", "auto"),
        "size": picture.size,
    }
    return {name: value for name, value in told.items() if name in shelf.members}


def _with_files(app: Any) -> Any:
    """An application that also serves the pictures that its responses name."""
    from starlette.responses import Response

    async def run(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else ""
        name = path.removeprefix(FILES) if path.startswith(FILES) else ""
        answer = app
        if (picture := _pictures.named(name)) is not None:
            content = await asyncio.to_thread(picture.content)
            answer = Response(content, media_type=f"image/{picture.kind}")
        await answer(scope, receive, send)

    return run


def _logged(app: Any, log: Log) -> Any:
    """An application that logs each request in one line, before it sends the response."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        async def telling(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message.get("headers", ()))
                rewrites = headers.get(b"compat-rewrites", b"").decode("latin-1")
                line = f"{scope['method']} {scope['path']} {message['status']} {rewrites}"
                log(safe(line.rstrip()), False)
            await send(message)

        await app(scope, receive, telling)

    return run
