"""The common part of both clients: their settings, and how arguments become a request."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, Unpack
from urllib.parse import unquote

import httpx

from ._arguments import Draft, RequestOptions, is_token, refuse_unknown
from ._errors import Answer, AuthenticationError
from ._limits import ACCEPT_ENCODING, Limits, NoCookies, shorten, unreachable
from ._operation import Operation
from ._payload import ArgumentError

R = TypeVar("R")
H = TypeVar("H", httpx.Client, httpx.AsyncClient)

_TIMEOUT = httpx.Timeout(600, connect=5)
_CREDENTIAL = re.compile("[!-~]+( [!-~]+)*")  # anything else httpx would show in an error
_LONGEST_URL = 65_536  # which httpx parses
_GIVEN = ("", "")  # in a header of the caller's own
_VALUE = re.compile(r"([!-~]([ -~\t]*[!-~])?)?")  # RFC 9110, 5.5, of ASCII
_FRAMING = frozenset({"content-length", "transfer-encoding"})  # RFC 9112, 6: told by what is sent
_url = lru_cache(64)(httpx.URL)  # parsing one costs a twentieth of a call

Send = Callable[[httpx.Request, Limits], Answer]
AsyncSend = Callable[[httpx.Request, Limits], Awaitable[Answer]]


class Tokens(Protocol):
    """Signs requests with a token that it requests."""

    def answer(self, request: httpx.Request, limits: Limits, send: Send, asking: Send) -> Answer:
        """The response to a signed request. The callables send the request, and the request for a token."""
        ...

    async def async_answer(
        self, request: httpx.Request, limits: Limits, send: AsyncSend, asking: AsyncSend
    ) -> Answer:
        """`answer` for asyncio and trio."""
        ...


class Request(NamedTuple):
    """A request with what its call needs besides.

    That is its signature by tokens, whether its response is a stream, and its arguments together with the options of
    the client.
    """

    http: httpx.Request
    tokens: Tokens | None
    is_stream: bool
    options: Mapping[str, Any]

    def limits(self) -> Limits:
        """The limits of its response, which begin now."""
        return Limits.of(self.options, self.is_stream)

    def result(self, operation: Operation[R], answer: Answer) -> R:
        if tell := self.options.get("on_response"):
            tell(answer.response)
        return operation.result(answer)


class _PrivateURL(httpx.URL):
    """A URL whose text hides the keys in its query, because httpx logs it and errors show it.

    `raw_path` holds the query that the client sends.
    """

    def __init__(self, url: httpx.URL, names: frozenset[str]) -> None:
        super().__init__(url)
        head, _, query = super().__str__().partition("?")
        pairs = (pair.partition("=") for pair in query.split("&"))
        told = (
            f"{name}=***" if unquote(name) in names else f"{name}{sign}{value}"
            for name, sign, value in pairs
        )
        self._told = f"{head}?{'&'.join(told)}"[:_LONGEST_URL]  # hiding keys may make it longer

    def __str__(self) -> str:
        return self._told

    def __repr__(self) -> str:
        return f"URL({self._told!r})"


@lru_cache(64)
def _bare(method: str, url: str) -> httpx.Request:
    return httpx.Request(method, url)


def bare(request: httpx.Request) -> httpx.Request:
    """The part of its request that a response may keep: neither keys nor content."""
    return _bare(request.method, str(request.url))


def check_known(what: str, given: Iterable[Any], known: Iterable[Any]) -> None:
    """Raises ArgumentError for an unknown name."""
    if unknown := set(given).difference(known):
        told = ", ".join(map(_shown, sorted(known)))
        why = f"is none of {told}" if told else "is unknown"
        raise ArgumentError(f"{what}: {_shown(min(unknown))} {why}")


def _shown(name: Any) -> str:
    """A name, or a pair of a mapping, as Python writes it."""
    return ": ".join(map(repr, name)) if isinstance(name, tuple) else repr(name)


def check_mappings(given: Mapping[str, Any], *names: str) -> None:
    """Raises TypeError for an option that is given and is not a mapping, though it must be one."""
    for name in names:
        if (one := given.get(name)) and not isinstance(one, Mapping):
            raise TypeError(f"{name} has to be a mapping, and is a {type(given[name]).__name__}")


def _sendable(headers: Mapping[str, Any]) -> None:
    """Raises ArgumentError for a header that cannot be sent. The message does not show its value, which may be a key."""
    for name, value in headers.items():
        try:
            is_one = is_token(name) and _VALUE.fullmatch(value)
        except TypeError:  # of what is no text
            is_one = None
        if not is_one:
            raise ArgumentError(
                f"the header {name!r:.100} cannot be sent: it has to be text of one line of ASCII"
            )
        if name in _FRAMING:
            raise ArgumentError(
                f"the header {name} is not given: the length of a body is found out"
            )


def _is_text(value: Any) -> bool:
    """Whether something is a text that can be encoded: a text with half a surrogate pair cannot."""
    return isinstance(value, str) and value == value.encode(errors="ignore").decode()


def _told(url: str) -> str:
    """A text as an error shows it, whether it is a URL or not: without a user and a password."""
    return re.sub(r"(?s)^([\w.+-]*://)?.*@", r"\1***@", url)


_HOST = r"[\w.-]*"
_HOST_PORT = rf"({_HOST}|\[[\da-fA-F:.]+\])(:\d{{1,5}})?"
_PATH = r"[\w.~!$&'()*+,;=:@/%-]*"


def _admitted(before: str, after: str) -> str:
    """The pattern of a variable's value between the parts of a URL before and after it."""
    is_last = after[:1] in {"", "/"}
    if after.startswith("://"):
        return "https?"
    if not before:
        return rf"https?://{_HOST_PORT}(/{_PATH})?" if is_last else _HOST
    authority = before.partition("://")[2] if "://" in before else before
    if "/" in authority:
        return _PATH
    if authority.endswith(":"):
        return r"\d{1,5}"
    return f"{_HOST_PORT}{f'|(/{_PATH})?' if authority else ''}" if is_last else _HOST


def filled(url: str, defaults: Mapping[str, str], given: Mapping[str, str]) -> str:
    """A URL of the API document with the values of its variables (section 4.8.5.1 of 3.1).

    Raises ValueError for a given value that would change another part of the URL.
    """

    def value(found: re.Match[str]) -> str:
        if (text := given.get(found[1])) is None:
            return defaults.get(found[1], found[0])
        admitted = _admitted(url[: found.start()], url[found.end() :])
        is_up = not {".", ".."}.isdisjoint(re.split(r"[/\\]", unquote(text)))
        if is_up or not re.fullmatch(admitted, text, re.ASCII):
            raise ValueError(
                f"server_variables: {found[1]!r} would lead elsewhere as {_told(text)!r}"
            )
        return text

    return re.sub(r"\{([^{}]*)\}", value, url) if "{" in url else url


_OWN_OPTIONS = (
    "api_key",
    "credentials",
    "base_url",
    "server_variables",
    "http_client",
    "default_headers",
)


class Settings(Generic[H]):
    """The options of a client."""

    _base_url: ClassVar[str]
    _base_path: ClassVar[str] = ""  # follows a base URL that is a host alone
    _variables: ClassVar[Mapping[str, str]] = {}
    _environment: ClassVar[str]
    _user_agent: ClassVar[str]
    _schemes: ClassVar[Mapping[str, Any]] = {}
    _security: ClassVar[tuple[tuple[str, ...], ...]] = ()
    _older: ClassVar[Any] = None  # what knows the older fields of requests
    _check_arguments: ClassVar[Any] = None  # what refuses arguments that no JSON stands for
    _new_http: ClassVar[Any]

    def __init__(
        self,
        *,
        api_key: str | None = None,
        credentials: Mapping[str, str | tuple[str, str]] | None = None,
        base_url: str | None = None,
        server_variables: Mapping[str, str] | None = None,
        http_client: H | None = None,
        default_headers: Mapping[str, str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> None:
        self._api_key = api_key or os.environ.get(f"{self._environment}_API_KEY", "")
        self._credentials, self._tokens = credentials or {}, dict[Any, Tokens]()
        refuse_unknown(options, [*RequestOptions.__annotations__, *_OWN_OPTIONS])
        self._check(options)
        named = {"credentials": credentials, "server_variables": server_variables}
        check_mappings({**named, "default_headers": default_headers}, *named, "default_headers")
        check_known("credentials", self._credentials, self._schemes)
        check_known("server_variables", server_variables or {}, self._variables)
        own = base_url or os.environ.get(f"{self._environment}_BASE_URL")
        self._given, self._is_elsewhere, self._options = server_variables or {}, bool(own), options
        self.base_url, self._origin = self._based(own)
        self._keys = frozenset(one.name for one in self._schemes.values() if one.is_shown)
        self._default_headers = default_headers
        self._is_own = http_client is None
        self.http: H = http_client if http_client else self._new_http(cookies=NoCookies())
        asked = self.http.headers.get("accept-encoding")
        self._usual = {} if asked == ACCEPT_ENCODING else {"accept-encoding": ACCEPT_ENCODING}
        agent = self.http.headers.get("user-agent", "")
        if agent.startswith("python-httpx/"):  # else an `http_client` of the caller's has its own
            self._usual["user-agent"] = f"{self._user_agent} {agent}"

    def _based(self, own: str | None) -> tuple[str, str]:
        """The base URL, and its host if paths of the API document follow it: not if the caller names a path."""
        path = self._filled(self._base_path)
        if not own and not self._base_url and path:
            told = f"the API document names the path {path!r} and no host"
            raise ValueError(f"base_url is missing: {told} (pass base_url='https://host')")
        base = self._judged(own or self._filled(self._base_url)).rstrip("/")
        url = httpx.URL(base)
        origin = str(url.copy_with(raw_path=b"/")).rstrip("/")
        if not own:
            return base, origin
        return (f"{base}{path}", origin) if url.path in {"", "/"} else (base, "")

    def _base_of(self, operation: Operation[Any]) -> str:
        """The base URL of an operation, which may have a server of its own."""
        own = self._filled(operation.base_url or "")
        if own.startswith("/"):
            return f"{self._origin}{own.rstrip('/')}" if self._origin else self.base_url
        return self._judged(own) if own and not self._is_elsewhere else self.base_url

    def _judged(self, found: str) -> str:
        """A base URL without its user and password, which the client does not use."""
        try:
            url = _url(found)
        except httpx.InvalidURL as error:
            why = "" if "@" in found else f": {error}"  # which may be a part of a password
            raise ValueError(f"base_url {_told(found)!r} is no URL{why}") from None
        if not url.host or url.scheme not in {"https", "http"}:
            filling = {
                name: _told(value) for name, value in {**self._variables, **self._given}.items()
            }
            also = (
                f" (server_variables has {filling})" if filling and not self._is_elsewhere else ""
            )
            raise ValueError(f"base_url {_told(found)!r} is not https://host or http://host{also}")
        if end := re.search("[?#]", found):
            told = re.split("[?#]", _told(found))[0]  # what follows may be a key
            why = f"what follows {end[0]!r} cannot be joined with the paths of calls"
            raise ValueError(f"base_url {told!r}: {why} (see extra_query)")
        if why := unreachable(url):
            raise ValueError(f"base_url {_told(found)!r:.500} leads nowhere: {why}")
        return str(url.copy_with(userinfo=b"")) if url.userinfo else found

    def _filled(self, url: str) -> str:
        return filled(url, self._variables, self._given)

    def _check(self, options: Mapping[str, Any]) -> None:
        check_mappings(options, "extra_headers", "extra_query", "extra_body")
        if self._older:
            self._older.check(options)
        if (deadline := options.get("deadline")) is not None and not deadline > 0:
            raise ArgumentError(f"deadline: nothing is done in {deadline} seconds")
        retries = options.get("max_retries", 0)
        if not isinstance(retries, int) or retries < 0:
            raise TypeError(f"max_retries has to be an integer from 0 on, and is {retries!r:.100}")
        told = options.get("on_response")
        if not (told is None or callable(told)):
            raise TypeError(f"on_response has to be callable, and is a {type(told).__name__}")

    def request(
        self, operation: Operation[Any], arguments: Mapping[str, Any], accept: str = ""
    ) -> Request:
        """The request of a result, or of a stream with one of the media types in `accept`.

        If a body can be sent only once (an open file, an iterable), `max_retries` becomes 0.
        """
        arguments = operation.spread(arguments)
        options: dict[str, Any] = {**self._options, **arguments}
        self._check(options)
        if arguments.get("extra_body") and not operation.body:
            raise TypeError("extra_body: the API document lists no body of this operation")
        if self._older:
            self._older.check_call(operation, arguments, self._options)
        if self._check_arguments:
            self._check_arguments(operation, arguments)
        draft = operation.draft(options)
        content = draft.content.get("content", b"")
        if not isinstance(content, (bytes, str)):
            draft.content["content"], options["max_retries"] = self._streamed(content), 0
        given: dict[str, str] = {}
        for extra in filter(None, (self._default_headers, options.get("extra_headers"))):
            for name, value in extra.items():
                given[name.lower() if isinstance(name, str) else name] = value
        tokens = self._secured(operation, draft, given)
        if key := options.get("idempotency_key"):
            draft.headers["idempotency-key"] = key
        if draft.cookies:
            draft.headers["cookie"] = "; ".join(draft.cookies)
        headers = {
            "accept": accept or operation.accept,
            **self._usual,
            **draft.headers,
            **given,
        }
        _sendable(headers)
        base = self._base_of(operation)
        query = f"{'&' if '?' in draft.path else '?'}{'&'.join(draft.query)}" if draft.query else ""
        timeout = options.get("timeout", _TIMEOUT)
        try:
            url = _url(base + draft.path + query)
            request = self.http.build_request(
                operation.method, url, headers=headers, timeout=timeout, **draft.content
            )
        except httpx.InvalidURL as error:
            raise ArgumentError(f"no URL holds these arguments: {error}") from error
        if timeout is not _TIMEOUT:
            shorten(request)
        if self._keys:
            request.url = self._private(request.url)
        return Request(request, tokens, bool(accept), options)

    def _private(self, url: httpx.URL) -> httpx.URL:
        """A URL whose text may be logged."""
        return _PrivateURL(url, self._keys) if self._keys and url.query else url

    # A file or an iterable as httpx takes it.
    def _streamed(self, content: Any) -> Any: ...

    def _secured(self, operation: Operation[R], draft: Draft, given: Any) -> Tokens | None:
        """Put the credentials into a request: those of the first alternative that has all of them.

        Raises AuthenticationError if there is none, unless a header in `given` or an argument replaces it.
        """
        wanted = self._security if operation.security is None else operation.security
        tokens: Tokens | None = None
        for names in sorted(wanted, key=bool, reverse=True) if len(wanted) > 1 else wanted:
            found = [self._credential(name, draft, given, len(names) == 1) for name in names]
            if all(found):
                for name, credential in zip(names, found, strict=True):
                    made = credential != _GIVEN and self._schemes[name].put(draft, credential)
                    tokens = self._tokens.setdefault((name, credential), made) if made else tokens
                return tokens
        if not wanted:
            return None
        raise AuthenticationError(self._missing(wanted))

    def _credential(self, name: str, draft: Draft, given: Mapping[str, str], is_alone: bool) -> Any:
        """The credentials for a security scheme; none if they cannot be sent."""
        scheme = self._schemes[name]
        told = given.get(scheme.header)
        found = told or self._credentials.get(name) or (self._api_key if is_alone else "")
        if isinstance(found, tuple):
            is_usable = len(found) == 2 and all(map(_is_text, found))
        else:
            is_usable = isinstance(found, str) and bool(_CREDENTIAL.fullmatch(found))
        is_given = scheme.is_in(draft) or (told and is_usable)
        return _GIVEN if is_given else found if is_usable else None

    def _missing(self, wanted: tuple[tuple[str, ...], ...]) -> str:
        """How to give the credentials that an operation needs."""
        kinds = [{name: self._schemes[name].asks_for for name in names} for names in wanted]
        if len(kinds) == 1 and list(kinds[0].values()) in (["key"], ["token"]):
            return f"no usable API key: pass api_key, or set {self._environment}_API_KEY"
        pairs = (", ".join(f"{name!r}: {kind}" for name, kind in one.items()) for one in kinds)
        ways = " or ".join(f"{{{one}}}" for one in pairs)
        return f"no usable credentials: pass credentials={ways}"
