"""The security schemes of an API (section 4.8.27 of OpenAPI 3.1), and what proves who calls."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import ClassVar, TypeAlias
from urllib.parse import quote, unquote

import anyio
import httpx

from ._errors import Answer, AuthenticationError
from ._operation import Draft

Credential: TypeAlias = str | tuple[str, str]
"""A token or key; a user and a password; the id and the secret of an OAuth 2 client."""


@dataclass(frozen=True, slots=True)
class Http:
    """The header Authorization (RFC 9110, 11.6.2): a scheme and a token, or a user and a password."""

    scheme: str = "Bearer"
    header: ClassVar[str] = "authorization"

    @property
    def asks_for(self) -> str:
        return "(user, password)" if self.scheme == "Basic" else "token"

    def is_in(self, draft: Draft) -> bool:
        """Whether the caller has given it as a parameter."""
        return self.header in draft.headers

    def put(self, draft: Draft, credential: Credential) -> httpx.Auth | None:
        if isinstance(credential, tuple):
            credential = b64encode(":".join(credential).encode()).decode()
        draft.headers["authorization"] = f"{self.scheme} {credential}"
        return None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in a header, in the query or in a cookie."""

    place: str
    name: str
    asks_for: ClassVar[str] = "key"

    @property
    def header(self) -> str:
        return self.name.lower() if self.place == "header" else ""

    def is_in(self, draft: Draft) -> bool:
        """Whether the caller has given it as a parameter."""
        pairs = {"query": draft.query, "cookie": draft.cookies}.get(self.place, [])
        return self.header in draft.headers or self.name in {unquote(pair.partition("=")[0]) for pair in pairs}

    def put(self, draft: Draft, credential: Credential) -> httpx.Auth | None:
        key = credential if isinstance(credential, str) else ":".join(credential)
        if self.place == "header":
            draft.headers[self.header] = key
        elif self.place == "query":
            draft.query.append(f"{quote(self.name, '')}={quote(key, '')}")
        else:
            draft.cookies.append(f"{self.name}={quote(key, '')}")
        return None


@dataclass(frozen=True, slots=True)
class OAuth2:
    """A token (RFC 6750), or the id and the secret of a client that one is asked for with (RFC 6749, 4.4)."""

    token_url: str = ""
    scopes: tuple[str, ...] = ()
    header: ClassVar[str] = "authorization"

    @property
    def asks_for(self) -> str:
        return "(client id, client secret)" if self.token_url else "token"

    def is_in(self, draft: Draft) -> bool:
        """Whether the caller has given it as a parameter."""
        return self.header in draft.headers

    def put(self, draft: Draft, credential: Credential) -> httpx.Auth | None:
        if isinstance(credential, tuple):
            if not self.token_url:
                raise ValueError("the API document names no token URL: pass a token")
            return _ClientCredentials(self, *credential)
        draft.headers["authorization"] = f"Bearer {credential}"
        return None


class _ClientCredentials(httpx.Auth):
    """Asks for a token, and again when it has expired or is refused. Calls that are made meanwhile wait for it."""

    def __init__(self, scheme: OAuth2, client_id: str, secret: str) -> None:
        self._scheme, self._client = scheme, (client_id, secret)
        self._token = self._refused = ""
        self._until, self._lock = 0.0, Lock()

    @cached_property
    def _async_lock(self) -> anyio.Lock:
        return anyio.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        for attempt in range(2):
            with self._lock:
                if is_new := self._is_old():
                    asked = yield self._asked(request)
                    asked.read()
                    self._keep(asked)
            response = yield self._signed(request)
            if attempt or is_new or not self._is_refused(response):
                return
            response.read()  # else it keeps its connection while this waits, and the token may find none

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        for attempt in range(2):
            async with self._async_lock:
                if is_new := self._is_old():
                    asked = yield self._asked(request)
                    await asked.aread()
                    self._keep(asked)
            response = yield self._signed(request)
            if attempt or is_new or not self._is_refused(response):
                return
            await response.aread()

    def _is_old(self) -> bool:
        return self._token == self._refused or time.time() > self._until

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers["authorization"] = f"Bearer {self._token}"
        return request

    def _is_refused(self, response: httpx.Response) -> bool:
        """Whether an answer asks for another token, and its request can be sent again. Its body may be a stream
        without an end otherwise, and is not read here."""
        if response.status_code != 401:
            return False
        self._refused = response.request.headers["authorization"].removeprefix("Bearer ")
        return isinstance(response.request.stream, httpx.ByteStream)

    def _asked(self, request: httpx.Request) -> httpx.Request:
        form = {"grant_type": "client_credentials", "scope": " ".join(self._scheme.scopes)}
        basic = ":".join(quote(part, "") for part in self._client)  # RFC 6749, 2.3.1
        token = b64encode(basic.encode()).decode()
        headers = {"authorization": f"Basic {token}", "accept": "application/json"}
        sent = {name: value for name, value in form.items() if value}
        # httpx would wait for it without an end.
        timeout = {"timeout": request.extensions.get("timeout", {})}
        return httpx.Request(
            "POST", self._scheme.token_url, data=sent, headers=headers, extensions=timeout
        )

    def _keep(self, response: httpx.Response) -> None:
        status = f"{response.status_code} {response.reason_phrase}"
        message = f"no token: {self._scheme.token_url} said {status}"
        if response.status_code in {400, 401, 403}:  # RFC 6749, 5.2: asking again is of no use
            raise AuthenticationError(message, Answer(response, response.content))
        try:
            told = response.raise_for_status().json()
            self._token, lasts = str(told["access_token"]), float(told.get("expires_in", 300))
        except (httpx.HTTPStatusError, ValueError, TypeError, KeyError) as error:
            raise httpx.ConnectError(message) from error
        self._until, self._refused = time.time() + lasts - 10, ""
