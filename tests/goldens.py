"""The golden documents. Each is read from its directory, with the files that it refers to.

Options that it needs (`allow_remote`, `lenient`, `string_types`) stand in a `pyproject.toml` beside it, as a user writes
them. What is on the network for it is in `remote/<host>/`: a proxy on loopback answers for these hosts. So it is
fetched as ever, by the address in the document, and no port of a server gets into names.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from built import printed
from speclens import config, reading
from speclens.config import Config
from speclens.output import tidy
from speclens.project import Draft
from speclens.source import Source

GOLDEN = Path(__file__).parent / "golden"
FEATURES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


def document(feature: str) -> Path:
    return GOLDEN / feature / "openapi.yaml"


def settings(feature: str, package: str = "pkg") -> Config:
    """How a golden is generated."""
    own = GOLDEN / feature / "pyproject.toml"
    if own.exists():
        (settings,) = config.load_configs(own)
        return replace(settings, package=package)
    return Config(document(feature), package, Path(), "speclens generate")


def read(feature: str) -> Source:
    """The document of a golden, and what it refers to."""
    remote = GOLDEN / feature / "remote"
    with _proxy(remote) if remote.exists() else nullcontext():
        return reading.load(document(feature), (), settings(feature).allowed)


@cache  # several tests ask for each
def drafts(feature: str, package: str = "pkg") -> Mapping[str, Draft]:
    """The files of a golden before they are tidied, by their paths inside the package."""
    return printed(read(feature), settings(feature, package))


@cache
def texts(feature: str, package: str = "pkg") -> Mapping[str, str]:
    """The files of a golden as they are written, by their paths inside the package."""
    return tidy.tidy({path: draft.text for path, draft in drafts(feature, package).items()})


@contextmanager
def _proxy(directory: Path) -> Iterator[None]:
    """All that is asked of http addresses meanwhile is answered from a directory."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            path = directory / str(asked.hostname) / asked.path.removeprefix("/")
            self.send_response(200 if path.is_file() else 404)
            self.end_headers()
            self.wfile.write(path.read_bytes() if path.is_file() else b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        for name in ("no_proxy", "NO_PROXY", "REQUEST_METHOD"):
            patch.delenv(name, raising=False)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
