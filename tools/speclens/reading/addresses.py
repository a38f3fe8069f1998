"""Judges an absolute URI before speclens opens a file or contacts a host (RFC 3986; RFC 8089 for files)."""

from __future__ import annotations

import os
import re
from pathlib import PureWindowsPath
from urllib.parse import SplitResult, unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):
    """A reference cannot be followed. The message continues a sentence that begins with the reference; `hint` says what to
    do."""

    def __init__(self, message: str, hint: str = "", rule: str = "reference/external") -> None:
        super().__init__(message)
        self.message, self.hint, self.rule = message, hint, rule


def split(uri: str) -> SplitResult:
    """The parts of a URI, with a valid host and port. Raises Unreachable."""
    try:
        parts = urlsplit(uri)
        _ = parts.hostname, parts.port
    except ValueError:
        raise Unreachable("is not a URI reference") from None
    return parts


def file_path(parts: SplitResult, is_windows: bool = os.name == "nt") -> str:
    """The path of a `file:` URI, decoded once and without `..`, whether that was encoded or not. Raises Unreachable for a
    name that some system would read as anything but a file below its directory."""
    path = unquote(parts.path)
    if "\\" in path:
        raise Unreachable("holds a backslash", "write `/` between the parts of a path")
    if "\0" in path or (is_windows and not _is_windows_file(path)):
        raise Unreachable("cannot be the name of a file")
    return os.path.normpath(path[1:] if is_windows else "/" + path.lstrip("/"))


_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com.|lpt.) *(\..*)?", re.IGNORECASE)


def _is_windows_file(path: str) -> bool:
    """Whether a path names a file on a drive: not a share, which would use the network, nor a device, nor a stream of a
    file."""
    if not re.match(r"/[A-Za-z]:/(?!/)", path):
        return False
    names = PureWindowsPath(path[1:]).parts[1:]
    return not any(":" in name or _DEVICE.fullmatch(name) for name in names)


def is_among(parts: SplitResult, hosts: tuple[str, ...]) -> bool:
    """Whether an http or https URI is on one of the hosts. `HOST` allows the default port of the scheme, `HOST:PORT` only
    that port."""
    return any(_is_at(parts, host) for host in hosts)


def _is_at(parts: SplitResult, host: str) -> bool:
    try:
        named = split(f"//{host}")
    except Unreachable:
        return False
    default = DEFAULT_PORTS.get(parts.scheme)
    ports = {default if one.port is None else one.port for one in (named, parts)}
    return len(ports) == 1 and host_of(named) == host_of(parts)


def host_of(parts: SplitResult) -> str:
    """A host in a form to compare: lower case, ASCII (IDNA), without the final dot, an IPv6 address in its shortest form;
    "" for an invalid host."""
    import ipaddress  # few documents refer to the network

    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        try:
            return ipaddress.ip_address(host).compressed
        except ValueError:
            return ""
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def shown_host(parts: SplitResult) -> str:
    """The host of an http or https URI, with its port if that is not the default: what `--allow-remote` takes."""
    host = host_of(parts)
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return (f"[{host}]" if ":" in host else host) + port
