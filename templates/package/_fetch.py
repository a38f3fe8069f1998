"""Fetches the file at a URL in a response: from the address that was checked, within limits."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from functools import cache
from ipaddress import IPv4Address, ip_address, ip_network
from ssl import SSLContext
from urllib.request import getproxies, proxy_bypass

import httpx

from ._errors import Answer
from ._limits import ACCEPT_ENCODING, Content, Limits, NoCookies, read, unreachable

_HOPS = 5
_ADDRESSES = 4
_TIMEOUT = 60.0
_PUBLIC_6 = ip_network("2000::/3")
_TRANSLATED = (
    ip_network("::ffff:0:0/96"),
    ip_network("64:ff9b::/96"),
)  # an IPv4 address in the last four bytes
# What the registries of IANA hold for special purposes (RFC 6890), and multicast. `is_global` differs by Python's version.
_PRIVATE = tuple(
    ip_network(one)
    for one in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


def fetched(url: str, limits: Limits) -> bytes:
    """The file at a URL.

    The first address may be private, because the server of the API names it; an address after a redirect may not. If
    the environment names a proxy, the proxy looks names up, and only literal addresses and localhost are checked.
    Raises httpx.HTTPError, httpx.InvalidURL, OSError, ValueError.
    """
    # It is closed where the deadline is over, so that a thread that was left behind ends.
    with ExitStack() as opened:
        answer = limits.in_time(lambda: _followed(url, limits, opened))
    if answer.failure:
        raise answer.failure
    return answer.content


def _followed(url: str, limits: Limits, opened: ExitStack) -> Answer:
    first = at = httpx.URL(url)
    for _ in range(_HOPS + 1):
        answer = _answered(at, at != first, limits, opened)
        assert answer.response is not None
        if not answer.response.has_redirect_location:
            answer.response.raise_for_status()
            return answer
        at = at.join(answer.response.headers["location"])
    raise httpx.TooManyRedirects(f"more than {_HOPS} redirects")


def _answered(url: httpx.URL, is_judged: bool, limits: Limits, opened: ExitStack) -> Answer:
    """The response of one address, with its content if it is successful."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise httpx.UnsupportedProtocol("neither http:// nor https:// and a host")
    if why := unreachable(url):
        raise httpx.UnsupportedProtocol(why)
    proxy, content = _proxy(url), Content()
    places = _addresses(url, is_by_name=bool(proxy))
    is_local = url.host.rstrip(".").endswith("localhost")
    if is_judged and (is_local or not all(map(_is_public, places))):
        raise OSError(f"redirects to {url.host}, which is not public")
    if limits.left <= 0:
        raise limits.late()
    try:
        transport = httpx.HTTPTransport(verify=_context(), proxy=proxy, trust_env=False)
    except ImportError as error:  # httpx speaks SOCKS with another library
        raise httpx.UnsupportedProtocol(f"{error!s:.200}") from None
    http = opened.enter_context(
        httpx.Client(transport=transport, timeout=_TIMEOUT, cookies=NoCookies())
    )
    with closing(_sent(http, url, [url.host] if proxy else places, limits)) as response:
        if response.is_success:
            read(response, limits, content)
    return Answer(response, content.getvalue())


@cache
def _context() -> SSLContext:
    return httpx.create_ssl_context()


def _proxy(url: httpx.URL) -> str | None:
    """The proxy that the environment names for a URL."""
    known = {} if proxy_bypass(url.host) else getproxies()
    found = known.get(url.scheme) or known.get("all")
    return found if not found or "://" in found else f"http://{found}"


def _addresses(url: httpx.URL, is_by_name: bool) -> list[str]:
    """The addresses of a host, looked up once.

    If a proxy looks names up, only the address of a host that is no name (`0x7f000001`).
    """
    flags = socket.AI_NUMERICHOST if is_by_name else 0
    try:
        found = socket.getaddrinfo(
            url.raw_host.decode(), url.port, type=socket.SOCK_STREAM, flags=flags
        )
    except socket.gaierror:
        if is_by_name:
            return []
        raise
    return list(dict.fromkeys(str(one[4][0]) for one in found))[:_ADDRESSES]


def _is_public(place: str) -> bool:
    """Whether an address is a public one."""
    address = ip_address(place.partition("%")[0])
    if any(address in network for network in _TRANSLATED):
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.version == 6 and address not in _PUBLIC_6:
        return False
    return not any(address in network for network in _PRIVATE)


def _sent(http: httpx.Client, url: httpx.URL, places: list[str], limits: Limits) -> httpx.Response:
    """The response of the first address that accepts a connection.

    The request and the certificate have the name of its host.
    """
    headers = {"host": url.netloc.decode(), "accept-encoding": ACCEPT_ENCODING}
    for number, place in enumerate(places, 1):
        sent = http.build_request("GET", url.copy_with(host=place), headers=headers)
        sent.extensions["sni_hostname"] = url.raw_host.decode()
        limits.shorten(sent)
        try:
            response = http.send(sent, stream=True, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if number == len(places):
                raise
        else:
            limits.shorten(sent)
            return response
    raise OSError(f"{url.host} has no address")
