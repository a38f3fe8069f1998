"""Bodies, headers and streams of generated clients that a golden case cannot say: files, iterables, what comes slowly."""

from __future__ import annotations

import io
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from built import imported, texts
from calling import NO_CERTIFICATES
from misbehaving import Behaviour, Server, answer, json_answer
from runtime import _streams  # type: ignore[attr-defined]

DOCUMENT = """
openapi: 3.1.0
info: {title: Tests, version: '1'}
paths:
  /raw:
    put:
      operationId: put
      tags: [all]
      parameters: [{name: X-Trace, in: header, schema: {type: string}}]
      requestBody: {content: {application/octet-stream: {}}}
      responses: {'204': {description: nothing}}
  /parts:
    put:
      operationId: send
      tags: [all]
      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}}}
      responses: {'204': {description: nothing}}
  /file:
    get:
      operationId: download
      tags: [all]
      responses:
        '200': {description: a file, content: {application/zip: {}}}
        '404': {description: none, content: {application/problem+json: {schema: {type: object}}}}
  /events:
    get:
      operationId: events
      tags: [all]
      responses: {'200': {description: some, content: {text/event-stream: {schema: {type: object, properties: {a: {type: string}}}}}}}
"""
DONE, BUSY = answer(status=204), json_answer({}, 503, [("retry-after", "0")])
styles = pytest.mark.parametrize("style", ["sync", "asyncio", "trio"])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(texts(DOCUMENT), tmp_path_factory.mktemp("bodies"), "client")


def called(client: ModuleType, style: str, url: str, method: str, **arguments: Any) -> Any:
    """The result of a call, or the items of a stream."""
    if style == "sync":
        with httpx.Client(verify=NO_CERTIFICATES) as http:
            found = getattr(client.Pkg(http_client=http, base_url=url).all, method)(**arguments)
            return [item.a for item in found] if method == "events" else found

    async def run() -> Any:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            own = client.AsyncPkg(http_client=http, base_url=url).all
            found = await getattr(own, method)(**arguments)
            return [item.a async for item in found] if method == "events" else found

    return anyio.run(run, backend=style)


@styles
@pytest.mark.parametrize(
    "make",
    [lambda: iter([b"ab", b"cd"]), lambda: [b"ab", b"cd"], lambda: io.BytesIO(b"abcd")],
    ids=["iterator", "list", "file"],
)
def test_what_is_gone_when_it_was_sent_is_sent_once(
    client: ModuleType, style: str, make: Callable[[], Any]
) -> None:
    with Server((BUSY, DONE)) as server, pytest.raises(Exception, match="503"):
        called(client, style, server.url, "put", body=make())
    assert [unchunked(one.body) for one in server.requests] == [b"abcd"]


def unchunked(body: bytes) -> bytes:
    """A body without the sizes of its chunks (RFC 9112, 7.1), if it has any."""
    lines = body.split(b"\r\n")
    return b"".join(lines[1::2]) if len(lines) > 1 else body


@styles
def test_a_path_is_sent_again(client: ModuleType, style: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abcd")
    with Server((BUSY, DONE)) as server:
        called(client, style, server.url, "put", body=tmp_path / "file")
    assert [one.body for one in server.requests] == [b"abcd", b"abcd"]


class Pipe(io.BytesIO):
    """A file that can be read once."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation


@styles
@pytest.mark.parametrize("kind", [Pipe, io.BytesIO])
def test_a_file_of_a_form_is_whole_each_time(client: ModuleType, style: str, kind: Any) -> None:
    with Server((BUSY, DONE)) as server:
        called(client, style, server.url, "send", file=kind(b"abcd"))
    assert [b"\r\nabcd\r\n" in one.body for one in server.requests] == [True, True]


@pytest.mark.parametrize(
    "file",
    [
        ("n", 5),
        ("n", None),
        ("n", [b"a"]),
        ("n", {"a": b"b"}),
        ("n", ("m", b"a")),
        ("n", b"a", 5),
        ("n", b"a", "text/plain", 5),
        ("n", b"a", "text/plain", [("a", "b")]),
    ],
)
def test_a_tuple_that_is_no_file(client: ModuleType, file: Any) -> None:
    with pytest.raises(TypeError, match="'file': a file with its name is"):
        client.ALL_SEND.draft({"file": file})


@pytest.mark.parametrize("headers", [{"a": 5}, {5: "a"}, {"a": "b\r\nc: d"}])
def test_headers_of_a_part_that_are_none(client: ModuleType, headers: Any) -> None:
    with pytest.raises(ValueError, match="of a part are texts of one line"):
        client.ALL_SEND.draft({"file": ("n", b"a", "text/plain", headers)})


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\n", "\u00fc", " a", "\0"])
def test_a_header_that_cannot_be_sent(client: ModuleType, value: str) -> None:
    with Server((DONE,)) as server, pytest.raises(ValueError, match="'x_trace' is a header"):
        called(client, "sync", server.url, "put", body=b"", x_trace=value)
    assert not server.requests


def events(*texts: str) -> Behaviour:
    return answer("".join(texts), headers=[("content-type", "text/event-stream")])


@styles
def test_a_line_ends_where_the_standard_says(client: ModuleType, style: str) -> None:
    said = events(
        'data: {"a": "1\u2028\u00852"}\r\n\r\ndata: {"a":\rdata: "3"}\r\rdata: {"a": "4"}'
    )
    with Server((said,)) as server:
        assert called(client, style, server.url, "events") == ["1\u2028\u00852", "3", "4"]


@styles
def test_a_stream_is_asked_for_again(client: ModuleType, style: str) -> None:
    with Server((BUSY, events('data: {"a": "1"}\n\n'))) as server:
        assert called(client, style, server.url, "events") == ["1"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_the_same_in_chunks_of_any_size(size: int) -> None:
    content = "a\r\n\r\nb\n\rc\r\n\u00e9\u2028\n\nd\r".encode()
    read = _streams._Lines(100).read
    found = [line for at in range(0, len(content), size) for line in read(content[at : at + size])]
    assert [*found, *read(b"")] == ["a", "", "b", "", "c", "\u00e9\u2028", "", "d", ""]


def downloaded(
    client: ModuleType, style: str, url: str, path: Path | None, timeout: float = 30
) -> bytes:
    """A file by its parts, or as it was saved."""
    settings = {"base_url": url, "timeout": timeout, "max_retries": 1}
    if style == "sync":
        with (
            httpx.Client(verify=NO_CERTIFICATES) as http,
            client.Pkg(http_client=http, **settings).all.download_stream() as file,
        ):
            return file.save(path).read_bytes() if path else b"".join(file)

    async def run() -> bytes:
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as http:
            own = client.AsyncPkg(http_client=http, **settings).all
            async with await own.download_stream() as file:
                if path:
                    return await anyio.Path(await file.save(path)).read_bytes()
                return b"".join([chunk async for chunk in file])

    return anyio.run(run, backend=style)


@styles
@pytest.mark.parametrize("is_saved", [False, True])
def test_a_download(client: ModuleType, style: str, is_saved: bool, tmp_path: Path) -> None:
    path = tmp_path / "file" if is_saved else None
    with Server((BUSY, answer(b"PK" * 100_000))) as server:
        assert downloaded(client, style, server.url, path) == b"PK" * 100_000
    assert [one.headers["accept"] for one in server.requests] == ["application/zip"] * 2


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer in which TLS breaks, which httpx has no words for with asyncio."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"data: "
        raise ssl.SSLError("broken")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"data: "
        raise ssl.SSLError("broken")


def breaking(request: httpx.Request) -> httpx.Response:
    if "early" in request.headers:
        raise ssl.SSLError("broken")
    return httpx.Response(200, stream=Broken())


@pytest.mark.parametrize("headers", [{"early": "1"}, {}], ids=["early", "late"])
@pytest.mark.parametrize("method", ["download", "download_stream", "events"])
@styles
def test_tls_that_breaks(
    client: ModuleType, style: str, method: str, headers: dict[str, str]
) -> None:
    settings = {"base_url": "https://h", "max_retries": 0, "default_headers": headers}
    transport = httpx.MockTransport(breaking)

    def call() -> None:
        with httpx.Client(transport=transport) as http:
            list(getattr(client.Pkg(http_client=http, **settings).all, method)())

    async def run() -> None:
        async with httpx.AsyncClient(transport=transport) as http:
            made = getattr(client.AsyncPkg(http_client=http, **settings).all, method)()
            async for _ in await made:
                pass

    with pytest.raises(Exception, match=r"ReadError: .*broken") as caught:
        call() if style == "sync" else anyio.run(run, backend=style)
    error: Any = caught.value
    assert (type(error).__name__, error.maybe_processed) == ("APIConnectionError", True)
    assert isinstance(error.__cause__, httpx.ReadError)


@styles
@pytest.mark.parametrize(
    ("said", "timeout", "kind"),
    [
        (answer("{}", 404, [("content-type", "application/problem+json")]), 30, "NotFoundError"),
        (answer(b"PK", length=9), 30, "APIConnectionError"),
        (answer(b"PK", length=9, ends="hold"), 2, "APITimeoutError"),
    ],
    ids=["refused", "cut off", "too slow"],
)
@pytest.mark.filterwarnings(
    "ignore:Async generator 'httpx", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_download_that_fails(
    client: ModuleType, style: str, said: Behaviour, timeout: float, kind: str, tmp_path: Path
) -> None:
    with (
        Server((said,)) as server,
        pytest.raises(Exception, match=r"404|Protocol|Timeout") as caught,
    ):
        downloaded(client, style, server.url, tmp_path / "file", timeout)
    assert type(caught.value).__name__ == kind
    assert len(server.requests) == 1


def test_a_method_that_is_called_like_a_stream() -> None:
    twin = DOCUMENT.replace("operationId: events", "operationId: downloadStream")
    client = texts(twin)["client.py"]
    assert client.count("def download_stream(") == client.count("def download_stream_(") == 2
