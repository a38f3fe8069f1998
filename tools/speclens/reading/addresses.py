"""What an absolute URI names, judged before any file is opened or any host asked (RFC 3986; RFC 8089 for files)."""

from __future__ import annotations

import os
import re
from pathlib import PureWindowsPath
from urllib.parse import SplitResult, unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):
    """A reference that cannot be followed: what of it is wrong, to be said after it, and what to do."""

    def __init__(self, message: str, hint: str = "", rule: str = "reference/external") -> None:
        super().__init__(message)
        self.message, self.hint, self.rule = message, hint, rule


def split(uri: str) -> SplitResult:
    """The parts of a URI whose host and port can be asked for. Raises Unreachable."""
    try:
        parts = urlsplit(uri)
        _ = parts.hostname, parts.port
    except ValueError:
        raise Unreachable("is no URI reference") from None
    return parts


def file_path(parts: SplitResult, is_windows: bool = os.name == "nt") -> str:
    """The path of a `file:` URI, decoded once and without `..`: an encoded one means the same as a plain one. Raises
    Unreachable for a name that some system would take for something else than a file below its directory."""
    path = unquote(parts.path)
    if "\\" in path:
        raise Unreachable("holds a backslash", "write `/` between the parts of a path")
    if "\0" in path or (is_windows and not _is_windows_file(path)):
        raise Unreachable("is no name of a file")
    return os.path.normpath(path[1:] if is_windows else "/" + path.lstrip("/"))


_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com.|lpt.) *(\..*)?", re.IGNORECASE)


def _is_windows_file(path: str) -> bool:
    """Whether a path is of a file on a drive: no share, which would be asked for over the network, no device, no stream
    of a file."""
    if not re.match(r"/[A-Za-z]:/(?!/)", path):
        return False
    names = PureWindowsPath(path[1:]).parts[1:]
    return not any(":" in name or _DEVICE.fullmatch(name) for name in names)


def is_among(parts: SplitResult, hosts: tuple[str, ...]) -> bool:
    """Whether an http or https URI is at one of some hosts: `HOST` is at the default port of its scheme, `HOST:PORT` at
    that port only."""
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
    """A host as it is compared: in lower case, as ASCII (IDNA), without the final dot, an IPv6 address in its shortest
    form; "" for what is no host."""
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
