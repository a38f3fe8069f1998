"""The security schemes of an API (section 4.8.27 of OpenAPI 3.1), and the credentials for them."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from dataclasses import dataclass
from threading import TIMEOUT_MAX, Lock
from typing import Any, ClassVar, TypeAlias
from urllib.parse import quote, unquote
from weakref import WeakKeyDictionary

import anyio
import httpx
from anyio.lowlevel import RunVar

from ._arguments import Draft
from ._errors import Answer, AuthenticationError, Unreadable
from ._limits import ACCEPT_ENCODING, Limits, unreachable
from ._request import AsyncSend, Send, Tokens

Credential: TypeAlias = str | tuple[str, str]
"""A token or key; a user and a password; the id and the secret of an OAuth 2 client."""

_TOKEN = re.compile("[!-~]+")  # RFC 6749, A.12, without the space that would end it
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]*")  # RFC 6265, 4.1.1
_CONTROL = re.compile("[\0-\x1f\x7f]")  # RFC 7617, 2
_LOCKS: RunVar[WeakKeyDictionary[_ClientCredentials, anyio.Lock]] = RunVar("_LOCKS")
_LONGEST_LIFE = 366 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Http:
    """The header Authorization (RFC 9110, 11.6.2): a scheme and a token, or a user and a password."""

    scheme: str = "Bearer"
    header: ClassVar[str] = "authorization"
    is_shown: ClassVar[bool] = False

    @property
    def asks_for(self) -> str:
        return "(user, password)" if self.scheme == "Basic" else "token"

    def is_in(self, draft: Draft) -> bool:
        """Whether the caller has given it as a parameter."""
        return self.header in draft.headers

    def put(self, draft: Draft, credential: Credential) -> Tokens | None:
        if isinstance(credential, tuple):
            credential = _basic(*credential)
        draft.headers["authorization"] = f"{self.scheme} {credential}"
        return None


def _basic(user: str, password: str) -> str:
    """A user and a password in UTF-8, as RFC 7617 requires.

    Raises ValueError for characters that it excludes, and does not show them.
    """
    if ":" in user:
        raise ValueError("credentials: a user name with ':' would end before it (RFC 7617)")
    if _CONTROL.search(user + password):
        raise ValueError("credentials: user and password have no control characters (RFC 7617)")
    return b64encode(f"{user}:{password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header, in the query or in a cookie."""

    place: str
    name: str
    asks_for: ClassVar[str] = "key"

    @property
    def is_shown(self) -> bool:
        """Whether it stands in the URL, which httpx logs."""
        return self.place == "query"

    @property
    def header(self) -> str:
        return self.name.lower() if self.place == "header" else ""

    def is_in(self, draft: Draft) -> bool:
        """Whether the caller has given it as a parameter."""
        pairs = {"query": draft.query, "cookie": draft.cookies}.get(self.place, [])
        return self.header in draft.headers or self.name in {
            unquote(pair.partition("=")[0]) for pair in pairs
        }

    def put(self, draft: Draft, credential: Credential) -> Tokens | None:
        key = credential if isinstance(credential, str) else ":".join(credential)
        if self.place == "header":
            draft.headers[self.header] = key
        elif self.place == "query":
            draft.query.append(f"{quote(self.name, '')}={quote(key, '')}")
        else:
            value = key if _COOKIE.fullmatch(key) else quote(key, "")
            draft.add_cookies(self.name, [f"{self.name}={value}"])
        return None


@dataclass(frozen=True, slots=True)
class OAuth2:
    """A token (RFC 6750), or the id and the secret of a client, with which it requests a token (RFC 6749, 4.4)."""

    token_url: str = ""
    scopes: tuple[str, ...] = ()
    header: ClassVar[str] = "authorization"
    is_shown: ClassVar[bool] = False

    @property
    def asks_for(self) -> str:
        return "(client id, client secret)" if self.token_url else "token"

    def is_in(self, draft: Draft) -> bool:
        """Whether the caller has given it as a parameter."""
        return self.header in draft.headers

    def put(self, draft: Draft, credential: Credential) -> Tokens | None:
        if isinstance(credential, tuple):
            if not self.token_url:
                raise ValueError("the API document names no token URL: pass a token")
            return _ClientCredentials(self, *credential)
        draft.headers["authorization"] = f"Bearer {credential}"
        return None


class _ClientCredentials:
    """Requests a token, and a new one if the token has expired or the server refuses it.

    Other calls wait for that token, or fail with that request; asynchronous calls wait for the token of their own event
    loop.
    """

    def __init__(self, scheme: OAuth2, client_id: str, secret: str) -> None:
        self._scheme, self._client = scheme, (client_id, secret)
        self._token = self._refused = ""
        self._until, self._lock = 0.0, Lock()
        self._outcomes = 0
        self._failed: Answer | None = None

    @property
    def _async_lock(self) -> anyio.Lock:
        """The lock of the running event loop: a lock cannot belong to two."""
        if (locks := _LOCKS.get(None)) is None:
            _LOCKS.set(locks := WeakKeyDictionary())
        return locks.setdefault(self, anyio.Lock())

    def answer(self, request: httpx.Request, limits: Limits, send: Send, asking: Send) -> Answer:
        """The response to a signed request.

        If no token is available now, the error says that the request was not sent.
        """
        is_again = False
        while True:
            seen, limits_of_token = self._outcomes, limits.of_token()
            wait = min(max(limits_of_token.left, 0), TIMEOUT_MAX)
            if not self._lock.acquire(timeout=wait):
                return self._unsent(limits_of_token.late())
            try:
                if (is_new := self._is_old()) and self._is_first(seen):
                    self._keep(asking(self._asked(request), limits_of_token))
            except httpx.RequestError as failure:
                return self._unsent(failure)
            finally:
                self._lock.release()
            answer = send(self._signed(request), limits)
            if is_again or is_new or not self._is_refused(request, answer):
                return answer
            is_again = True

    async def async_answer(
        self, request: httpx.Request, limits: Limits, send: AsyncSend, asking: AsyncSend
    ) -> Answer:
        """`answer` for asyncio and trio."""
        is_again = False
        while True:
            seen, limits_of_token = self._outcomes, limits.of_token()
            try:
                with limits_of_token.scope():
                    async with self._async_lock:
                        if (is_new := self._is_old()) and self._is_first(seen):
                            self._keep(await asking(self._asked(request), limits_of_token))
            except httpx.RequestError as failure:
                return self._unsent(failure)
            answer = await send(self._signed(request), limits)
            if is_again or is_new or not self._is_refused(request, answer):
                return answer
            is_again = True

    def _is_old(self) -> bool:
        return self._token == self._refused or time.time() > self._until

    def _is_first(self, seen: int) -> bool:
        """Whether this call requests a token itself.

        It does so if no other request ended while it waited (`seen` is the number of outcomes before that), or if the
        other request took all the time of its own call. Raises as `_keep` does if the other request failed.
        """
        if self._outcomes == seen or (failed := self._failed) is None:
            return self._outcomes == seen or self._token == self._refused
        if not isinstance(failed.failure, httpx.TimeoutException):
            self._keep(failed)
        return True

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers["authorization"] = f"Bearer {self._token}"
        return request

    def _is_refused(self, request: httpx.Request, answer: Answer) -> bool:
        """Whether a response asks for another token, and the client can send its request again."""
        if answer.response is None or answer.response.status_code != 401:
            return False
        self._refused = request.headers["authorization"].removeprefix("Bearer ")
        return isinstance(request.stream, httpx.ByteStream)

    def _asked(self, request: httpx.Request) -> httpx.Request:
        """The request for a token. Raises httpx.UnsupportedProtocol if there is no URL to send it to."""
        form = {"grant_type": "client_credentials", "scope": " ".join(self._scheme.scopes)}
        basic = ":".join(quote(part, "") for part in self._client)  # RFC 6749, 2.3.1
        token = b64encode(basic.encode()).decode()
        headers = {
            "authorization": f"Basic {token}",
            "accept": "application/json",
            "accept-encoding": ACCEPT_ENCODING,
        }
        sent = {name: value for name, value in form.items() if value}
        timeout = {"timeout": dict(request.extensions.get("timeout", {}))}
        url = httpx.URL(self._scheme.token_url)
        if why := unreachable(url):
            raise httpx.UnsupportedProtocol(why)
        return httpx.Request("POST", url, data=sent, headers=headers, extensions=timeout)

    def _keep(self, asked: Answer) -> None:
        """Keep the token of a response (RFC 6749, 5.1).

        Raises httpx.RequestError if it holds none now, and AuthenticationError if another request would not help (5.2).
        """
        self._outcomes, self._failed = self._outcomes + 1, asked
        response = asked.response
        said = (
            f"said {response.status_code} {response.reason_phrase}" if response is not None else ""
        )
        if response is not None and response.status_code in {400, 401, 403}:
            raise AuthenticationError(f"no token: {self._scheme.token_url} {said}", asked)
        if asked.failure:
            raise asked.failure
        try:
            told = asked if response is not None and response.is_success else Answer()
            self._token, lasts = _token(told.json())
        except (Unreadable, ValueError, TypeError, KeyError, OverflowError):
            raise httpx.ReadError(said) from None
        self._until, self._refused = time.time() + lasts - 10, ""
        self._failed = None

    def _unsent(self, failure: httpx.RequestError) -> Answer:
        """The outcome of a request without its token."""
        kind = (
            httpx.ConnectTimeout
            if isinstance(failure, httpx.TimeoutException)
            else httpx.ConnectError
        )
        return Answer(
            failure=kind(
                f"no token: {self._scheme.token_url} ({type(failure).__name__}: {failure})"
            )
        )


def _token(told: Any) -> tuple[str, float]:
    """A token, and the seconds for which it is valid."""
    token, lasts = told["access_token"], told.get("expires_in")
    seconds = 300.0 if lasts is None else float(lasts)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or seconds != seconds:
        raise ValueError
    return token, min(seconds, _LONGEST_LIFE)
