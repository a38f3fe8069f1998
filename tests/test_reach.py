"""What a document can reach: files that were judged and no other, hosts that the user named and no more of them than a
document needs."""

from __future__ import annotations

import errno
import gzip
import http.server
import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

import pytest
from click.testing import CliRunner

from built import HEAD
from speclens.cli import main
from speclens.config import Allowed, Config, checked
from speclens.problems import Refused
from speclens.reading import NOTHING_ALLOWED, load, remote
from speclens.reading.addresses import Unreachable, file_path, is_among
from speclens.source import files, locate
from speclens.validate import validate

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and devices")


def document(directory: Path, *references: str) -> Path:
    """A document that refers to these, in a directory of its own."""
    directory.mkdir(exist_ok=True)
    schemas = {f"A{number}": {"items": {"$ref": one}} for number, one in enumerate(references)}
    path = directory / "root.yaml"
    path.write_text(json.dumps(HEAD | {"components": {"schemas": schemas}}), "utf-8")
    return path


def messages(path: Path, allowed: Allowed = NOTHING_ALLOWED) -> list[str]:
    """What is wrong with a document; all of it is located."""
    try:
        source = load(path, (), allowed)
        found = locate(source, validate(source))
    except Refused as refused:
        found = refused.problems
    assert all(one.line >= 1 and one.file for one in found)
    return [one.message for one in found]


# Files


@POSIX
@pytest.mark.parametrize(
    "reference",
    [
        "link/%2E%2E/x.yaml",
        "link/%2e./x.yaml",
        "link%2F..%2Fx.yaml",
        "sub/deep/../../link/./%2E%2E/x.yaml",
        "file:link/%2E%2E/x.yaml",
    ],
)
def test_the_judged_file_is_the_one_that_is_read(tmp_path: Path, reference: str) -> None:
    """Through the link it would be sub/x.yaml, which may be read; by its name it is x.yaml, which leads outside."""
    path = document(tmp_path / "api", reference)
    (tmp_path / "api/sub/deep").mkdir(parents=True)
    (tmp_path / "api/link").symlink_to("sub/deep")
    (tmp_path / "api/sub/x.yaml").write_text("type: string")
    (tmp_path / "outside.yaml").write_text("title: secret")
    (tmp_path / "api/x.yaml").symlink_to(tmp_path / "outside.yaml")
    [message] = messages(path)
    assert message.endswith("is outside the directory of the document")
    (tmp_path / "api/x.yaml").unlink()
    (tmp_path / "api/x.yaml").write_text("title: inside")
    assert "title: inside" in load(path).texts


@POSIX
def test_encoded_once_is_decoded_once(tmp_path: Path) -> None:
    path = document(tmp_path / "api", "%252E%252E/outside.yaml")
    (tmp_path / "outside.yaml").write_text("type: string")
    assert messages(path) == ["'%252E%252E/outside.yaml' is in a file that does not exist"]


@POSIX
def test_the_directory_of_the_document_is_where_it_was_opened(tmp_path: Path) -> None:
    """A link before `..`: the document is a/root.yaml, and not the root.yaml beside the link."""
    path = document(tmp_path / "a", "../x.yaml", "y.yaml")
    (tmp_path / "a/b").mkdir()
    (tmp_path / "link").symlink_to("a/b")
    for name in ("x.yaml", "a/y.yaml"):
        (tmp_path / name).write_text(f"title: {name}")
    named = tmp_path / "link" / ".." / "root.yaml"
    assert messages(named) == messages(path)
    assert "title: a/y.yaml" in load(named).texts
    allowed = Allowed(paths=(tmp_path / "link" / "..",))  # a
    assert len(messages(path, allowed)) == 1


@POSIX
@pytest.mark.parametrize("swapped", ["sub", "sub/x.yaml"])
def test_what_became_a_link_after_it_was_judged(
    tmp_path: Path, swapped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = document(tmp_path / "api", "sub/x.yaml")
    for directory in (tmp_path / "api/sub", tmp_path / "elsewhere"):
        directory.mkdir()
        (directory / "x.yaml").write_text("title: x")
    read = files.read

    def swap(name: str, opener: Callable[[str, int], int] | None = None) -> bytes:
        if str(name).endswith("x.yaml"):
            (tmp_path / "api" / swapped).rename(tmp_path / "before")
            target = tmp_path / "elsewhere" / Path(swapped).relative_to("sub")
            (tmp_path / "api" / swapped).symlink_to(target)
        return read(name, opener)

    monkeypatch.setattr(files, "read", swap)
    [message] = messages(path)
    assert message.startswith(("'sub/x.yaml' cannot be read", "'sub/x.yaml' is in a file that"))


@POSIX
@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("pipe", "cannot be read: not a regular file"),
        ("directory", "cannot be read: not a regular file"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
        ("a" * 300, "cannot be read: File name too long"),
        ("a/" * 3000, "is in a file that does not exist"),
        ("root.yaml/x", "is in a file that does not exist"),
        ("large", "cannot be read: larger than 9,000 bytes"),
        ("closed", "cannot be read: Permission denied"),
        ("a%00b", "cannot be the name of a file"),
        ("models\\pet.yaml", "holds a backslash"),
        ("%5C%5Chost%5Cshare", "holds a backslash"),
        ("/dev/stdin", "cannot be read: not a regular file"),
        ("/dev/null", "cannot be read: not a regular file"),
        ("/proc/self/environ", "cannot be read: not a regular file"),
        ("/proc/self/cwd/api/pipe", "cannot be read: not a regular file"),
        ("file://host/x", "is neither a file nor at an http(s) address"),
        ("file://localhost:80/x", "is neither a file nor at an http(s) address"),
    ],
)
def test_only_regular_files_are_read(
    tmp_path: Path, reference: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though all of the disk is allowed."""
    if reference.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("no /proc")
    monkeypatch.setattr(files, "MAX_BYTES", 9_000)
    real_open = os.open

    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "closed":  # root may read all
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.chdir(tmp_path)
    path = document(tmp_path / "api", reference)
    os.mkfifo(tmp_path / "api/pipe")
    (tmp_path / "api/directory").mkdir()
    (tmp_path / "api/loop").symlink_to("loop")
    (tmp_path / "api/large").write_text("a: b\n" * 2_000)
    (tmp_path / "api/closed").write_text("type: string")
    [told] = messages(path, Allowed(paths=(Path("/"),)))
    assert message in told


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/C:/api/my%20pet.yaml", "C:/api/my pet.yaml"),
        ("/C:/api/%2E%2E/x.yaml", "C:/x.yaml"),
        ("//host/share/x.yaml", None),
        ("///host/share/x.yaml", None),
        ("/C://host/share", None),
        ("/C:x.yaml", None),
        ("/api/x.yaml", None),
        ("/C|/x.yaml", None),
        ("/%5C%5C.%5Cpipe%5Cx", None),
        ("/C:/api/x.yaml:stream", None),
        ("/C:/api/x.yaml::$DATA", None),
        ("/C:/api/CON", None),
        ("/C:/api/aux.yaml/x", None),
        ("/C:/api/com1.yaml", None),
        ("/C:/api/nul .yaml", None),
        ("/C:/api/contract.yaml", "C:/api/contract.yaml"),
    ],
)
def test_names_of_windows(path: str, expected: str | None) -> None:
    """No share is asked for, and no device opened, before anything is judged."""
    parts = urlsplit("file://" + path)
    if expected is not None:
        assert file_path(parts, is_windows=True) == expected
        return
    with pytest.raises(Unreachable):
        file_path(parts, is_windows=True)


# Hosts


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        ("http://a.example/x", "a.example", True),
        ("https://a.example:443/x", "a.example", True),
        ("http://A.Example./x", "a.example", True),
        ("http://a.example:8080/x", "a.example", False),
        ("http://a.example:443/x", "a.example", False),
        ("http://a.example:8080/x", "a.example:8080", True),
        ("http://a.example/x", "a.example:8080", False),
        ("http://a.example/x", "a.example:80", True),
        ("https://a.example/x", "a.example:80", False),
        ("http://b.a.example/x", "a.example", False),
        ("http://bücher.example/x", "xn--bcher-kva.example", True),
        ("http://xn--bcher-kva.example/x", "BÜCHER.example", True),
        ("http://аpple.example/x", "apple.example", False),  # noqa: RUF001 - Cyrillic, as an attacker writes it
        ("http://[::1]:8080/x", "[0:0::1]:8080", True),
        ("http://[::1]/x", "[::2]", False),
        ("http://[::1]/x", "::1", False),
        ("http://2130706433/x", "127.0.0.1", False),
        ("http://0x7f.1/x", "127.0.0.1", False),
        ("http://a.example/x", "https://a.example", False),
        ("http://a.example/x", "", False),
        (f"http://{'ü' * 300}.example/x", "a.example", False),
    ],
)
def test_hosts_as_they_are_named(url: str, host: str, expected: bool) -> None:
    assert is_among(urlsplit(url), (host,)) is expected


def test_documents_on_the_network_refer_to_no_file_whoever_else_does(
    tmp_path: Path, served: str
) -> None:
    """Not to one that was opened already; and who may refer to it still does afterwards."""
    here = tmp_path / "pet.yaml"
    here.write_text("type: string")
    _Handler.file = here.as_uri()
    refused = "is a file, to which documents on the network cannot refer"
    for references in (
        ("pet.yaml", f"http://{served}/file"),
        (f"http://{served}/file", "pet.yaml"),
    ):
        [message] = messages(document(tmp_path, *references), Allowed((served,)))
        assert message.endswith(refused)
    _Handler.file = here.as_uri().replace("file:", "FILE:")
    [message] = messages(document(tmp_path, f"http://{served}/file"), Allowed((served,)))
    assert message.endswith(refused)


def test_schemes_are_of_any_case(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("items: {$ref: b.yaml}")
    (tmp_path / "b.yaml").write_text("type: string")
    path = document(tmp_path, (tmp_path / "a.yaml").as_uri().replace("file:", "FILE:"), "a.yaml")
    assert messages(path) == []
    assert len(load(path).files) == 2


class _Handler(http.server.BaseHTTPRequestHandler):
    """`/chain/N` refers to `/chain/N+1`, without an end; the others do what their name says."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []  # noqa: RUF012 - one server, one list
    file = ""

    def do_GET(self) -> None:
        self.asked.append(self.path)
        _, name, *rest = self.path.split("/")
        getattr(self, f"_{name}")(*rest)
        self.close_connection = True

    def _sent(self, body: bytes, **headers: str) -> None:
        self.send_response(302 if "Location" in headers else 200)
        for key, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _chain(self, number: str) -> None:
        self._sent(f"items: {{$ref: '{int(number) + 1}'}}".encode())

    def _tree(self, number: str) -> None:
        at = int(number) * 2
        references = "".join(f"  a{n}: {{$ref: '{n}'}}\n" for n in (at + 1, at + 2))
        self._sent(b"type: object\nproperties:\n" + references.encode())

    def _file(self) -> None:
        self._sent(f"items: {{$ref: '{self.file}'}}".encode())

    def _large(self, number: str) -> None:
        del number
        self._sent(b"# " + b"a" * 400 + b"\ntype: string")

    def _around(self, number: str) -> None:
        self._sent(b"", Location=f"/around/{int(number) + 1}")

    def _endless(self, number: str) -> None:
        del number
        self.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: /large/0\r\n\r\n")
        with suppress(OSError):
            while True:
                self.wfile.write(b"a" * 100_000)

    def _port(self) -> None:
        self._sent(b"", Location="http://127.0.0.1:9/x")

    def _host(self) -> None:
        self._sent(b"", Location="http://localhost/x")

    def _user(self) -> None:
        host = self.headers["Host"]
        self._sent(b"", Location=f"http://me:secret@{host}/chain/0")

    def _gzip(self) -> None:
        self._sent(gzip.compress(b"type: string"), Content_Encoding="gzip")

    def _short(self) -> None:
        self._sent(b"type: string", Content_Length="1000")

    def _long(self) -> None:
        self._sent(b"type: string\ntitle: more", Content_Length="12")

    def _wordy(self) -> None:
        self.wfile.write(b"HTTP/1.1 500 " + b"no " * 5_000 + b"\r\n\r\n")

    def _drip(self, number: str) -> None:
        """A header without an end, a character at a time: no single read takes long."""
        del number
        for _ in range(60):
            self.wfile.write(b"a")
            time.sleep(0.05)

    def log_message(self, *_: Any) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Clients hang up here."""


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def asked(directory: Path, host: str, *paths: str) -> tuple[int, list[str]]:
    """How many requests a document makes that refers to these, and what is wrong with it."""
    path = document(directory, *(f"http://{host}/{one}" for one in paths))
    _Handler.asked.clear()
    found = messages(path, Allowed((host,)))
    return len(_Handler.asked), [one.partition("cannot be fetched: ")[2] for one in found]


@pytest.mark.parametrize("kind", ["chain", "tree"])
def test_requests_are_counted_together(
    tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(remote, "MAX_REQUESTS", 12)
    count, told = asked(tmp_path, served, f"{kind}/0")
    assert count == 12
    assert set(told) == {"12 requests are the limit"}


@pytest.mark.parametrize("command", ["generate", "check", "explain p/models.py:1", "verify"])
def test_a_run_asks_once(
    tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = document(tmp_path, f"http://{served}/large/1")
    target = ["--spec", str(path), "--allow-remote", served]
    target += [] if command == "verify" else ["--package", "p", "--output", "out"]
    _Handler.asked.clear()
    outcome = CliRunner().invoke(main, [*command.split(), *target])
    assert outcome.exit_code == (1 if command == "check" else 0), outcome.output
    assert _Handler.asked == ["/large/1"]


def test_redirects_are_requests(
    tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MAX_REQUESTS", 25)
    count, told = asked(tmp_path, served, *(f"around/{number * 100}" for number in range(5)))
    assert 20 < count <= 25
    assert told[-1] == "25 requests are the limit"


@pytest.mark.parametrize("url", ["http://a.example/", "http://b.example/", "http://[/"])
@pytest.mark.parametrize("requests", [0, 1])
def test_nothing_is_read_of_a_redirect(url: str, requests: int) -> None:
    """urllib reads all of its body before it follows it."""
    answer = io.BytesIO()
    redirects = remote._Redirects(remote.Remote(("a.example",), requests=requests))
    with suppress(remote.NotFetched):
        redirects.redirect_request(Request("http://a.example/"), answer, 302, "", Message(), url)
    assert answer.closed


def test_a_redirect_with_an_endless_body_is_followed(tmp_path: Path, served: str) -> None:
    assert asked(tmp_path, served, "endless/0") == (2, [])


def test_bytes_are_counted_together(
    tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MAX_TOTAL", 1_000)
    count, told = asked(tmp_path, served, *(f"large/{number}" for number in range(5)))
    assert count == 3
    assert told == ["1,000 bytes are the limit"] * 3


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("port", "it redirects to http://127.0.0.1:9"),
        ("host", "it redirects to http://localhost"),
        ("user", "it redirects to http://127.0.0.1:"),
        ("gzip", "encoded (gzip), which the request did not allow"),
        ("short", "it ends 988 bytes early"),
        ("wordy", "500 no no no"),
    ],
)
def test_answers_that_are_not_taken(tmp_path: Path, served: str, path: str, message: str) -> None:
    count, [told] = asked(tmp_path, served, path)
    assert count == 1
    assert told.startswith(message)
    assert len(told) <= 200


def test_no_more_is_read_than_an_answer_says(tmp_path: Path, served: str) -> None:
    assert asked(tmp_path, served, "long") == (1, [])
    read = load(tmp_path / "root.yaml", (), Allowed((served,)))
    assert read.texts[1] == "type: string"


def test_slow_answers_end_one_by_one_and_together(
    tmp_path: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "PATIENCE", 1.2)
    monkeypatch.setattr(remote, "MAX_SECONDS", 2.0)
    count, told = asked(tmp_path, served, *(f"drip/{number}" for number in range(6)))
    assert count == 2
    assert [one.split(" seconds")[0] for one in told] == ["no complete response after 1"] * 2 + ["2"] * 4  # fmt: skip


def test_https_is_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    redirects = remote._Redirects(remote.Remote(("a.example",)))
    request = Request("https://a.example/x")
    closed: list[bool] = []

    class Answer:
        def close(self) -> None:
            closed.append(True)

    for target in (
        "http://a.example/x",
        "https://a.example:8443/x",
        "ftp://a.example/x",
        "http://[",
    ):
        with pytest.raises(remote.NotFetched):
            redirects.redirect_request(request, Answer(), 302, "", {}, target)
    found = redirects.redirect_request(request, Answer(), 302, "", {}, "https://A.example./y")
    assert found is not None
    assert (found.full_url, len(closed)) == ("https://a.example/y", 5)


def test_names_of_users_are_not_sent(tmp_path: Path, served: str) -> None:
    path = document(tmp_path, f"http://me:secret@{served}/chain/0")
    _Handler.asked.clear()
    [message] = messages(path, Allowed((served,)))
    assert message.endswith("holds a user name, which speclens does not send")
    assert _Handler.asked == []


@pytest.mark.parametrize(
    "host", ["https://a.example", "a.example/x", "me@a.example", "a b", "", "::1", "a:x"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    config = Config(Path("a.yaml"), "p", Path(), "fix", allow_remote=(host,))
    with pytest.raises(Refused) as caught:
        checked(config)
    assert [one.rule for one in caught.value.problems] == ["config/allow_remote"]
    checked(replace(config, allow_remote=("a.example", "a.example:8080", "[::1]:80")))
