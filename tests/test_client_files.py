"""The files of results: their bytes, in the answer or fetched, and saved; and pictures as data: URLs."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import anyio
import anyio.to_thread
import httpx
import pytest

import routescope
from calling import KEY, edit, raised, styles
from misbehaving import Behaviour, Server, answer, json_answer, refusing
from routescope import FileError, Image, ImagesResponse, _fetch, _files, data_url
from routescope._files import FileModel

pytestmark = pytest.mark.shipped

PNG = b"\x89PNG\r\n\x1a\n..."
JPEG = b"\xff\xd8\xff\xe0..."
GIF = b"GIF89a..."
WEBP = b"RIFF\n\r\0\xffWEBPVP8 "
AVIF = b"\0\0\n\x1cftypavif..."
ID = ("x-request-id", "req-1")


def image(**members: str) -> Image:
    return Image.model_validate(members)


def inline(content: bytes) -> Image:
    return image(b64_json=b64encode(content).decode())


def answered(*data: Any, **members: Any) -> Behaviour:
    return json_answer({"data": list(data), **members}, 200, [ID])


@styles
def test_a_picture_in_the_answer(style: str) -> None:
    with Server((answered({"b64_json": b64encode(PNG).decode()}, {"url": "http://x"}),)) as server:
        result = edit(style, server.url)
    assert (result.bytes(), result.data[0].bytes()) == (PNG, PNG)
    assert len(server.requests) == 1


@styles
def test_a_picture_at_a_url(style: str) -> None:
    with (
        Server((answer(PNG),)) as host,
        Server((answered({"url": f"{host.url}/a.png?sig=1"}),)) as server,
    ):
        result = edit(style, server.url, default_headers={"x-mine": "1"})
        assert host.requests == []
        assert result.bytes() == PNG
    (fetch,) = host.requests
    assert (fetch.method, fetch.target) == ("GET", "/a.png?sig=1")
    assert not {"authorization", "x-mine", "cookie", "content-type"} & set(fetch.headers)
    assert KEY not in str(fetch)


def test_base64_is_preferred() -> None:
    with refusing() as url:
        assert image(url=url, b64_json=b64encode(GIF).decode()).bytes() == GIF


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "the answer holds no file"),
        ({}, "the answer holds no file"),
        (None, "the answer holds no file"),
        ([{}], "the answer holds no file"),
        ([{"url": ""}], "the answer holds no file"),
        ([{"url": "", "b64_json": None, "revised_prompt": "x"}], "the answer holds no file"),
        ([{"": ["x"], "_url": "x"}], "the answer holds no file"),
        ([{"b64_json": "a"}], "the file is no base64: "),
        ([{"b64_json": "QUJD\n!"}], "the file is no base64: "),
        ([{"b64_json": "\u00e4\u00e4\u00e4\u00e4"}], "the file is no base64: "),
        ([{"b64_json": "data:image/png;base64,QUJD"}], "the file is no base64: "),
    ],
)
@styles
def test_no_picture(style: str, data: Any, says: str) -> None:
    with Server((json_answer({"data": data, "": ["x"]}, 200, [ID]),)) as server:
        result = edit(style, server.url)
    error = raised(FileError, result.bytes)
    assert str(error).startswith(says)
    assert (error.status_code, error.request_id, error.maybe_processed) == (200, "req-1", False)
    assert raised(FileError, lambda: in_a_thread(result.bytes)).message == error.message


def test_no_picture_of_a_result_made_by_hand() -> None:
    error = raised(FileError, ImagesResponse(data=[]).bytes)
    assert (str(error), error.status_code, error.request_id) == (
        "the answer holds no file",
        None,
        None,
    )


class Note(FileModel, first="names", base64="content"):
    names: list[str] = []  # noqa: RUF012
    content: str | None = None
    untouched: ClassVar[str] = ""


def test_a_first_item_that_is_no_file() -> None:
    assert Note(names=["x"], content="QUJD").bytes() == b"ABC"
    assert str(raised(FileError, Note(names=["x"]).bytes)) == "the answer holds no file"


class Anything(FileModel, base64="data", url="link"):
    data: Any = None
    link: Any = None


class Many(FileModel, first="all"):
    all: Any = None


@pytest.mark.parametrize("value", [5, 1.5, True, {"a": 1}, [1], datetime(2020, 1, 1)])
def test_what_a_file_cannot_be_in(value: Any) -> None:
    """A document may say of a property that it is text, or anything else."""
    for one in (Anything(data=value), Anything(link=value), Many(all=value)):
        assert str(raised(FileError, one.bytes)) == "the answer holds no file"


# Fetching


@pytest.mark.parametrize(
    ("does", "status", "says"),
    [
        (answer("gone", 404, [ID]), 404, "404 Said"),
        (answer(PNG, 500), 500, "500 Said"),
        (answer(PNG, 304), 304, "304 Said"),
        (answer("", 302), 302, "302 Said"),
        (answer(PNG, length=100), None, "RemoteProtocolError"),
        (answer(PNG, 200, [("content-encoding", "gzip")]), None, "DecodingError"),
        (Behaviour(), None, "RemoteProtocolError"),
        (Behaviour(ends="reset"), None, "ReadError"),
        (answer("", 302, [("location", "/")]), None, "redirects to 127.0.0.1, which is not public"),
        (answer("", 302, [("location", "/again")]), None, "TooManyRedirects"),
        (answer("", 302, [("location", "file:///etc/passwd")]), None, ""),
        (answer("", 302, [("location", "ftp://example.com/a.png")]), None, "cannot be fetched"),
        (
            answer("", 302, [("location", "http://a..b/")]),
            None,
            "its host is longer than names are",
        ),
        (answer("", 302, [("location", "http://1.1.1.1:99999/")]), None, "its port is none of"),
        (
            answer("", 302, [("location", "http://[::1]:1/")]),
            None,
            "redirects to ::1, which is not public",
        ),
        (answer("", 302, [("location", "http://[fe80::1%25lo]/")]), None, ""),
        (
            answer("", 302, [("location", "http://[::ffff:127.0.0.1]/")]),
            None,
            "which is not public",
        ),
        (answer("", 302, [("location", "http://10.0.0.1/")]), None, "redirects to 10.0.0.1, which"),
        (answer("", 302, [("location", "http://100.64.0.1/")]), None, "which is not public"),
        (
            answer("", 302, [("location", "http://169.254.169.254/latest")]),
            None,
            "which is not public",
        ),
        (answer("", 302, [("location", "http://0x7f000001/")]), None, "which is not public"),
        (answer("", 302, [("location", "http://2130706433/")]), None, "which is not public"),
        (
            answer("", 302, [("location", "http://localhost/")]),
            None,
            "redirects to localhost, which",
        ),
    ],
    ids=str,
)
def test_a_picture_that_cannot_be_fetched(does: Behaviour, status: int | None, says: str) -> None:
    with Server((does,)) as host:
        error = raised(FileError, image(url=f"{host.url}/again").bytes)
    assert says in str(error)
    assert len(str(error)) < 1000
    assert error.status_code == status
    assert len(host.requests) == (6 if "TooMany" in says else 1)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "ftp://127.0.0.1/a.png",
            "javascript:1",
            "a.png",
            "//127.0.0.1/a",
            "http://",
        ),
        *(
            "http://a..b/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:0/",
            f"http://127.0.0.1:{'9' * 20}/",
            "http://[::1",
            "\0",
            "http://x y/",
            "data:image/png;base64,QUJD",
        ),
        "data:image/png;base64," + "QUJD" * 50_000,
    ],
    ids=lambda url: url[:24].replace("\0", "NUL"),
)
def test_a_url_that_is_none(url: str) -> None:
    error = raised(FileError, image(url=url).bytes)
    assert "cannot be fetched" in str(error)
    assert len(str(error)) < 1000
    assert error.__cause__ is not None


def test_nobody_listens() -> None:
    with refusing() as url:
        error = raised(FileError, image(url=url).bytes)
    assert str(error).startswith(f"{url} cannot be fetched: ConnectError(")


def test_a_size_limit() -> None:
    assert _files._FILE_BYTES == 64 * 1024 * 1024
    with Server((answer(b"x" * 1000), answer(b"x" * 1001, 200, [ID]))) as host:
        picture = image(url=host.url)
        assert len(picture.bytes(max_response_bytes=1000)) == 1000
        error = raised(FileError, lambda: picture.bytes(max_response_bytes=1000))
    assert (
        str(error)
        == f"{host.url} cannot be fetched: Unreadable('more than 1000 bytes (max_response_bytes)')"
    )


def test_fetching_holds_up_nobody() -> None:
    async def run() -> list[bytes]:
        async def release() -> None:
            await anyio.sleep(0)
            gate.append(1)

        gate: list[int] = []
        *found, _ = await asyncio.gather(
            anyio.to_thread.run_sync(image(url=host.url).bytes),
            anyio.to_thread.run_sync(inline(PNG).bytes),
            release(),
        )
        assert gate
        return found

    with Server((answer(JPEG),)) as host:
        assert anyio.run(run) == [JPEG, PNG]


def in_a_thread(call: Callable[[], Any]) -> Any:
    async def run() -> Any:
        return await anyio.to_thread.run_sync(call)

    return anyio.run(run)


# Saving


@pytest.mark.parametrize(
    ("content", "name", "saved"),
    [
        (PNG, "cat", "cat.png"),
        (JPEG, "cat", "cat.jpeg"),
        (GIF, "cat", "cat.gif"),
        (b"GIF87a...", "cat", "cat.gif"),
        (WEBP, "cat", "cat.webp"),
        (AVIF, "cat", "cat.avif"),
        (b"\0\0\0\x1cftypavis", "cat", "cat.avif"),
        (b"BM...", "cat", "cat"),
        (b"", "cat.png", "cat.png"),
        (b"BM...", "cat.jpg", "cat.jpg"),
        (b"\0\0\0\x1cftypheic", "cat", "cat"),
        (b"RIFF\0\0\0\0WAVE", "cat", "cat"),
        (b" \x89PNG\r\n\x1a\n", "cat", "cat"),
        (PNG, "cat.png", "cat.png"),
        (PNG, "cat.PNG", "cat.PNG"),
        (PNG, "cat.jpg", "cat.png"),
        (PNG, "cat.JPEG", "cat.png"),
        (JPEG, "cat.jpg", "cat.jpg"),
        (JPEG, "cat.JPG", "cat.JPG"),
        (JPEG, "cat.jpeg", "cat.jpeg"),
        (JPEG, "cat.webp", "cat.jpeg"),
        (PNG, "cat.v2", "cat.v2.png"),
        (PNG, "cat.tar.gif", "cat.tar.png"),
        (PNG, ".png", ".png.png"),
    ],
)
def test_save(content: bytes, name: str, saved: str, tmp_path: Path) -> None:
    # The empty string stands for "not given".
    result = inline(content) if content else Note(content="")
    assert result.save(tmp_path / name) == tmp_path / saved
    assert result.save(str(tmp_path / name)) == tmp_path / saved
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(saved, content)]


@styles
def test_save_of_a_result(style: str, tmp_path: Path) -> None:
    with Server((answered({"b64_json": b64encode(WEBP).decode()}),)) as server:
        result = edit(style, server.url)
    assert in_a_thread(lambda: result.save(tmp_path / "cat.png")) == tmp_path / "cat.webp"
    assert result.save(tmp_path / "dog") == tmp_path / "dog.webp"
    assert (tmp_path / "cat.webp").read_bytes() == WEBP


def test_nothing_is_saved_of_what_fails(tmp_path: Path) -> None:
    raised(FileError, lambda: image().save(tmp_path / "cat"))
    raised(FileError, lambda: image(b64_json="?").save(tmp_path / "cat"))
    with pytest.raises(FileNotFoundError):
        inline(PNG).save(tmp_path / "no" / "cat")
    assert list(tmp_path.iterdir()) == []


# Pictures to send


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "png"), (JPEG, "jpeg"), (GIF, "gif"), (WEBP, "webp"), (AVIF, "avif")],
)
def test_data_url(content: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.bin"
    path.write_bytes(content)
    expected = f"data:image/{kind};base64,{b64encode(content).decode()}"
    assert [data_url(content), data_url(path), data_url(str(path))] == [expected] * 3


@pytest.mark.parametrize("content", [b"", b"BM...", b"<svg/>", b"GIF88a", PNG[:7]])
def test_data_url_of_what_is_no_picture(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(content)
    for picture in (content, tmp_path / "cat.png"):
        with pytest.raises(ValueError, match=r"^neither PNG, JPEG, GIF, WebP nor AVIF$"):
            data_url(picture)


def test_data_url_of_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        data_url(tmp_path / "none.png")


def test_a_data_url_goes_out_as_it_is() -> None:
    with Server((answered(),)) as server:
        edit("sync", server.url, {"prompt": "x", "images": [data_url(PNG)], "mask": data_url(GIF)})
    body = server.requests[0].json
    assert (body["images"], body["mask"]) == ([{"image_url": data_url(PNG)}], data_url(GIF))


# Results


@styles
def test_the_answer_of_a_result(style: str) -> None:
    with Server((answered({"url": "https://example.com/a.png", "x": 1}, y=2),)) as server:
        result = edit(style, server.url)
    assert result._request_id == "req-1"
    assert isinstance(result._response, httpx.Response)
    assert (result._response.status_code, result._response.headers["x-request-id"]) == (
        200,
        "req-1",
    )
    data = {"data": [{"url": "https://example.com/a.png", "x": 1}], "y": 2}
    assert (
        result.model_dump(exclude_unset=True),
        json.loads(result.model_dump_json(exclude_unset=True)),
    ) == (data, data)
    assert "_response" not in f"{result!r} {result.model_dump()} {result.model_json_schema()}"
    assert result == ImagesResponse.model_validate(data)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda result: pickle.loads(pickle.dumps(result))]
)
def test_results_can_be_copied(again: Any) -> None:
    with Server((answered({"b64_json": "QUJD"}, x=1),)) as server:
        result = edit("sync", server.url)
    twin = again(result)
    assert (twin, twin._request_id, twin.bytes()) == (result, "req-1", b"ABC")


@styles
def test_an_early_hint_is_no_answer(style: str) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nx-request-id: none\r\n\r\n"
    with Server((Behaviour(hint + answered().sends),)) as server:
        assert edit(style, server.url)._request_id == "req-1"


def test_a_result_made_by_hand_has_no_answer() -> None:
    result = routescope.ImagesResponse(data=[])
    assert (result._response, result._request_id) == (None, None)


def test_a_result_without_request_id() -> None:
    with Server((json_answer({"data": []}),)) as server:
        assert edit("sync", server.url)._request_id is None


def test_asking_for_bytes_changes_no_result() -> None:
    with Server((answered({"b64_json": "QUJD"}),)) as server:
        result = edit("sync", server.url)
    before = result.model_dump_json()
    assert result.bytes() == b"ABC"
    assert result.model_dump_json() == before
    assert "_response" not in repr(result)
    assert result == ImagesResponse.model_validate({"data": [{"b64_json": "QUJD"}]})


# The address that was judged


def looked_up(monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]]) -> list[str]:
    """Names with addresses of their own, each time the next one; gives the names that are looked up. Of loopback only
    127.0.0.1 is public."""
    real, asked = socket.getaddrinfo, list[str]()

    def lookup(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in names or more.get("flags"):
            return real(host, port, *rest, **more)
        asked.append(name)
        addresses = names[name]
        place = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in place.split()]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(_fetch, "_is_public", lambda place: place == "127.0.0.1")
    return asked


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers otherwise the second time (rebinding) is not asked a second time."""
    asked = looked_up(monkeypatch, {"rebinding.example": ["127.0.0.1", "127.0.0.2"]})
    with Server((answer(PNG),)) as host:
        there = host.url.replace("127.0.0.1", "rebinding.example")
        with Server((answer("", 302, [("location", f"{there}/b.png")]),)) as first:
            assert image(url=first.url).bytes() == PNG
    assert (asked, host.requests[0].headers["host"]) == (
        ["rebinding.example"],
        there.removeprefix("http://"),
    )


@pytest.mark.parametrize("addresses", ["127.0.0.2", "127.0.0.1 127.0.0.2", "127.0.0.2 127.0.0.1"])
def test_each_address_of_a_redirect_is_judged(
    addresses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up(monkeypatch, {"mixed.example": [addresses]})
    with Server((answer(PNG),)) as host:
        there = host.url.replace("127.0.0.1", "mixed.example")
        with Server((answer("", 302, [("location", there)]),)) as first:
            error = raised(FileError, image(url=first.url).bytes)
    assert "redirects to mixed.example, which is not public" in str(error)
    assert host.connections == 0


def test_the_second_redirect_is_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up(monkeypatch, {"public.example": ["127.0.0.1"], "inner.example": ["127.0.0.2"]})
    with Server((answer("", 302, [("location", "http://inner.example/")]),)) as host:
        there = host.url.replace("127.0.0.1", "public.example")
        with Server((answer("", 302, [("location", there)]),)) as first:
            assert "inner.example, which is not" in str(
                raised(FileError, image(url=first.url).bytes)
            )
    assert len(host.requests) == 1


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up(monkeypatch, {"several.example": ["127.0.0.3 127.0.0.1"], "none.example": [""]})
    with Server((answer(PNG),)) as host:
        assert image(url=host.url.replace("127.0.0.1", "several.example")).bytes() == PNG
    assert "has no address" in str(raised(FileError, image(url="http://none.example/").bytes))


@pytest.mark.parametrize(
    ("places", "is_public"),
    [
        (
            "8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.0 172.15.0.1 172.32.0.1 192.0.1.0 198.17.0.1 198.20.0.0 223.255.255.255",
            True,
        ),
        (
            "0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.1 192.0.0.9 192.0.0.170 192.0.2.1 192.88.99.1",
            False,
        ),
        (
            "192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255",
            False,
        ),
        ("2606:4700::1111 2a00:1450::1 2600::1 64:ff9b::8.8.8.8 ::ffff:8.8.8.8", True),
        (
            ":: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe",
            False,
        ),
        (
            "64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1",
            False,
        ),
        ("5f00::1 fc00::1 fd00::1 fe80::1 fe80::1%lo fec0::1 ff02::1 ff0e::1 4000::1", False),
    ],
)
def test_addresses_of_the_internet(places: str, is_public: bool) -> None:
    assert {place: _fetch._is_public(place) for place in places.split()} == dict.fromkeys(
        places.split(), is_public
    )


def test_a_proxy_that_needs_a_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(**_: Any) -> None:
        raise ImportError("socksio is not installed")

    monkeypatch.setenv("http_proxy", "socks5://me:secret@127.0.0.1:1")
    monkeypatch.setattr(httpx, "HTTPTransport", missing)
    with pytest.raises(FileError, match="socksio is not installed") as raised:
        Image.model_validate({"url": "http://a.example/x.png"}).bytes()
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "inner", ["127.0.0.2", "0x7f000002", "2130706434", "localhost", "a.localhost."]
)
def test_a_proxy_of_the_environment_looks_names_up(
    inner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = looked_up(monkeypatch, {"a.example": ["127.0.0.1"], "b.example": ["127.0.0.2"]})
    monkeypatch.setenv("no_proxy", "c.example")
    targets = ("http://b.example/b.png", f"http://{inner}/")
    redirects = [answer("", 302, [("location", to)]) for to in targets]
    with Server((*redirects, answer(PNG))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
        error = raised(FileError, image(url="http://a.example/a.png").bytes)
        assert image(url="http://a.example/a.png").bytes() == PNG
    assert f"redirects to {inner}, which is not public" in str(error)
    first = "http://a.example/a.png"
    assert [request.target for request in proxy.requests] == [first, targets[0], first]
    assert asked == []


CERTIFICATE = """
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAjqf8MeFg3g1sY36
tilKPn491ZiG/Tx82Oe6yH5g/N2hRANCAATYODs4lnzoUaSfmbvfN//tG8VnLN/j
9LCYiGm0jPRpaPkoWkS+tzl9vK5zEPVv4V3rE80nga22DhXW7G+cInng
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBozCCAUqgAwIBAgIUc6KvloB+TwCOcSE09Jabk1lxWKIwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOcHVibGljLmV4YW1wbGUwIBcNMjYxMTI5MjA0MDE1WhgPMjEy
NjExMDUyMDQwMTVaMBkxFzAVBgNVBAMMDnB1YmxpYy5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE2Dg7OJZ86FGkn5m73zf/7RvFZyzf4/SwmIhptIz0
aWj5KFpEvrc5fbyucxD1b+Fd6xPNJ4Gttg4V1uxvnCJ54KNuMGwwHQYDVR0OBBYE
FGyAQ2h0CXINQpSXXoDfH6P4rYTmMB8GA1UdIwQYMBaAFGyAQ2h0CXINQpSXXoDf
H6P4rYTmMA8GA1UdEwEB/wQFMAMBAf8wGQYDVR0RBBIwEIIOcHVibGljLmV4YW1w
bGUwCgYIKoZIzj0EAwIDRwAwRAIgRcen9wQwVQ5jxqnhYDZkh3l4F58l4O3fwfMV
KYcgCBwCIBIYM5KeRNC/zIHltgOxGkOWKcC11gafeIpasOqpkZhl
-----END CERTIFICATE-----
"""
"""Of public.example, for this test only."""


@contextmanager
def secured(place: Path) -> Iterator[int]:
    """The port of a server with that certificate."""
    place.write_text(CERTIFICATE)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(place)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with suppress(OSError), own.wrap_socket(connection, server_side=True) as one:
                    one.recv(65536)
                    one.sendall(answer(PNG).sends)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_a_certificate_is_of_the_name_and_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up(monkeypatch, {"public.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    with secured(tmp_path / "public.pem") as port:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "public.pem"))
        trusting.verify_flags = ssl.VerifyFlags(
            trusting.verify_flags | 0x200000
        )  # X509_V_FLAG_NO_CHECK_TIME
        monkeypatch.setattr(_fetch, "_context", lambda: trusting)
        assert image(url=f"https://public.example:{port}/").bytes() == PNG
        error = raised(FileError, image(url=f"https://other.example:{port}/").bytes)
    assert "certificate is not valid for 'other.example'" in str(error)
