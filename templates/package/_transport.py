"""How a call is made: arguments become a request, the request an answer, the answer a result or an APIError."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import aclosing, closing, suppress
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar, Unpack

import anyio
import httpx

from ._errors import Answer, APIError, AuthenticationError
from ._operation import Draft, Operation, RequestOptions

R = TypeVar("R")
H = TypeVar("H", httpx.Client, httpx.AsyncClient)
C = TypeVar("C")

_TIMEOUT = httpx.Timeout(600, connect=5)
_LONGEST_PAUSE = 120.0
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"})  # RFC 9110, 9.2.2
_CREDENTIAL = re.compile("[!-~]+( [!-~]+)*")  # anything else httpx would show in an error
_GIVEN = ("", "")  # in a header of the caller's own
_url = lru_cache(64)(httpx.URL)  # parsing one costs a twentieth of a call


def pause(
    error: APIError, attempt: int, options: Mapping[str, Any], is_repeatable: bool = False
) -> float:
    """The seconds until a request is sent again. Raises its error where it was sent often enough, or
    may have been carried out already and is neither repeatable nor the caller takes the risk."""
    said = error.headers.get("x-should-retry")
    is_risky = is_repeatable or options.get("retry_unsafe", False)
    is_refused = error.status_code == 429 or not (error.status_code or error.maybe_processed)
    is_unclear = error.status_code == 408 or error.maybe_processed
    pause: float = min(0.5 * 2**attempt, 8.0) * random.uniform(0.75, 1.0)
    text, milliseconds = (error.headers.get(f"retry-after{end}", "") for end in ("", "-ms"))
    with suppress(ValueError, OverflowError):  # RFC 9110, 10.2.3
        if milliseconds[:1].isdigit():
            pause = float(milliseconds) / 1000
        elif text:
            is_date = not text[:1].isdigit()
            pause = parsedate_to_datetime(text).timestamp() - time.time() if is_date else float(text)
    may = said == "true" or (said != "false" and (is_refused or (is_risky and is_unclear)))
    if not may or attempt >= options.get("max_retries", 2) or pause > _LONGEST_PAUSE:
        raise error
    return max(pause, 0.0)


class Request(NamedTuple):
    """A request, what signs it, whether its answer is a stream, and arguments with what the client was told for all calls."""

    http: httpx.Request
    auth: httpx.Auth
    is_stream: bool
    options: Mapping[str, Any]

    def result(self, operation: Operation[R], answer: Answer) -> R:
        if tell := self.options.get("on_response"):
            tell(answer.response)
        return operation.result(answer)


def _known(what: str, given: Iterable[Any], known: Iterable[Any]) -> None:
    """Raises ValueError for a name that is none of the known ones."""
    if unknown := set(given).difference(known):
        raise ValueError(f"{what}: {min(unknown)!r} is none of {sorted(known)}")


class Resource(Generic[C]):
    """The operations of one tag."""

    def __init__(self, client: C) -> None:
        self._client = client


class _Client(Generic[H]):
    """What both clients are: settings, and how arguments become a request."""

    _base_url: ClassVar[str]
    _variables: ClassVar[Mapping[str, str]] = {}
    _environment: ClassVar[str]
    _schemes: ClassVar[Mapping[str, Any]] = {}
    _security: ClassVar[tuple[tuple[str, ...], ...]] = ()
    _older: ClassVar[frozenset[tuple[str, str]]] = frozenset()
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
        self._credentials, self._auths = credentials or {}, dict[Any, httpx.Auth]()
        _known("credentials", self._credentials, self._schemes)
        own = base_url or os.environ.get(f"{self._environment}_BASE_URL")
        _known("server_variables", server_variables or {}, self._variables)
        for name, value in (server_variables or {}).items():
            is_whole = value.startswith(("https://", "http://")) or "/" in self._variables[name]
            if re.search(r"[\s@?#\\]", value) or ("/" in value and not is_whole):
                raise ValueError(f"server_variables: {name!r} would lead elsewhere as {value!r}")
        self._filling = {**self._variables, **(server_variables or {})}
        found = own or self._filled(self._base_url)
        self.base_url, self._is_elsewhere, self._options = found.rstrip("/"), bool(own), options
        self._default_headers = default_headers
        self._check(options)
        if not (url := httpx.URL(found)).host or url.scheme not in {"https", "http"}:
            also = f" (server_variables has {self._filling})" if self._filling and not own else ""
            raise ValueError(f"base_url {found!r} is not https://host or http://host{also}")
        self._is_own = http_client is None
        self.http: H = http_client if http_client else self._new_http()

    def _filled(self, url: str) -> str:
        """A URL of the API document with its variables' values."""
        for name, value in self._filling.items():
            url = url.replace(f"{{{name}}}", value)
        return url

    def _check(self, options: Mapping[str, Any]) -> None:
        _known("compat", (options.get("compat") or {}).items(), self._older)

    def request(
        self, operation: Operation[Any], arguments: Mapping[str, Any], accept: str = ""
    ) -> Request:
        """What is to be sent: to get a result, or a stream of the media types in `accept`. A body that is gone then
        (an open file, an iterable) sets `max_retries` to 0."""
        options = {**self._options, **arguments}
        self._check(options)
        if self._check_arguments:
            self._check_arguments(operation, arguments)
        draft = operation.draft(options)
        content = draft.content.get("content", b"")
        if not isinstance(content, (bytes, str)):
            draft.content["content"], options["max_retries"] = self._streamed(content), 0
        given: dict[str, str] = {}
        for extra in (self._default_headers, options.get("extra_headers")):
            given.update(httpx.Headers(extra) if extra else {})  # names in lower case
        auth = self._secured(operation, draft, given)
        if key := options.get("idempotency_key"):
            draft.headers["idempotency-key"] = key
        if draft.cookies:
            draft.headers["cookie"] = "; ".join(draft.cookies)
        own = operation.base_url
        base = self._filled(own) if own and not self._is_elsewhere else self.base_url
        query = f"{'&' if '?' in draft.path else '?'}{'&'.join(draft.query)}" if draft.query else ""
        request = self.http.build_request(
            operation.method,
            _url(base + draft.path + query),
            headers={"accept": accept or operation.accept, **draft.headers, **given},
            timeout=options.get("timeout", _TIMEOUT),
            **draft.content,
        )
        return Request(request, auth, bool(accept), options)

    def _streamed(self, content: Any) -> Any:
        """A file or an iterable as httpx takes it."""
        return content

    def _secured(self, operation: Operation[R], draft: Draft, given: Any) -> httpx.Auth:
        """Put into a request what proves who calls: for the first of the alternatives that there are
        credentials for. Raises AuthenticationError if there is none, and none is `given` or an argument."""
        wanted = self._security if operation.security is None else operation.security
        auth: httpx.Auth | None = None
        for names in sorted(wanted, key=bool, reverse=True):
            found = [self._credential(name, draft, given, len(names) == 1) for name in names]
            if all(found):
                for name, credential in zip(names, found, strict=True):
                    made = credential != _GIVEN and self._schemes[name].put(draft, credential)
                    auth = self._auths.setdefault((name, credential), made) if made else auth
                return auth or httpx.Auth()
        if not wanted:
            return httpx.Auth()
        raise AuthenticationError(self._missing(wanted))

    def _credential(self, name: str, draft: Draft, given: Mapping[str, str], is_alone: bool) -> Any:
        """What there is for a security scheme: nothing if it cannot be sent."""
        scheme = self._schemes[name]
        told = given.get(scheme.header)
        found = told or self._credentials.get(name) or (self._api_key if is_alone else "")
        is_usable = isinstance(found, tuple) or _CREDENTIAL.fullmatch(found)
        is_given = scheme.is_in(draft) or (told and is_usable)
        return _GIVEN if is_given else found if is_usable else None

    def _missing(self, wanted: tuple[tuple[str, ...], ...]) -> str:
        """How to give what an operation asks for."""
        kinds = [{name: self._schemes[name].asks_for for name in names} for names in wanted]
        if len(kinds) == 1 and list(kinds[0].values()) in (["key"], ["token"]):
            return f"no usable API key: pass api_key, or set {self._environment}_API_KEY"
        pairs = (", ".join(f"{name!r}: {kind}" for name, kind in one.items()) for one in kinds)
        ways = " or ".join(f"{{{one}}}" for one in pairs)
        return f"no usable credentials: pass credentials={ways}"


class SyncClient(_Client[httpx.Client]):
    """Makes calls one after the other."""

    _new_http = httpx.Client

    def call(self, operation: Operation[R], arguments: Mapping[str, Any]) -> R:
        """The result of an operation. Raises APIError, and TypeError or PayloadError before sending."""
        request = self.request(operation, arguments)
        return request.result(operation, self.answer(operation, request))

    def answer(self, operation: Operation[Any], request: Request) -> Answer:
        """What a request is answered in the end; a stream is not read yet. Raises APIError."""
        attempt = 0
        while error := operation.failure(answer := self._sent(*request[:3])):
            time.sleep(pause(error, attempt, request.options, operation.method in REPEATABLE))
            attempt += 1
        return answer

    def _sent(self, request: httpx.Request, auth: httpx.Auth, is_stream: bool) -> Answer:
        response, chunks = None, list[bytes]()
        try:
            response = self.http.send(request, stream=True, auth=auth, follow_redirects=False)
            if is_stream and response.is_success:
                return Answer(response)
            with closing(response):
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
        except httpx.RequestError as failure:
            return Answer(response, b"".join(chunks), failure)
        return Answer(response, b"".join(chunks))

    def close(self) -> None:
        """Close the connections, unless they are those of an `http_client` of yours."""
        if self._is_own:
            self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _chunks(content: Any) -> AsyncIterator[bytes]:
    for chunk in iter(lambda: content.read(65536), b"") if hasattr(content, "read") else content:
        yield chunk


class AsyncClient(_Client[httpx.AsyncClient]):
    """Makes calls side by side, with asyncio or trio."""

    _new_http = httpx.AsyncClient

    def _streamed(self, content: Any) -> AsyncIterator[bytes]:
        return content if hasattr(content, "__aiter__") else _chunks(content)

    def call(
        self, operation: Operation[R], arguments: Mapping[str, Any]
    ) -> Coroutine[Any, Any, R]:
        """What `SyncClient.call` does; arguments are judged before it is awaited."""
        return self._result(operation, self.request(operation, arguments))

    async def _result(self, operation: Operation[R], request: Request) -> R:
        return request.result(operation, await self.answer(operation, request))

    async def answer(self, operation: Operation[Any], request: Request) -> Answer:
        """What `SyncClient.answer` gives."""
        attempt = 0
        while error := operation.failure(answer := await self._sent(*request[:3])):
            wait = pause(error, attempt, request.options, operation.method in REPEATABLE)
            await anyio.sleep(wait)
            attempt += 1
        return answer

    async def _sent(self, request: httpx.Request, auth: httpx.Auth, is_stream: bool) -> Answer:
        response, chunks = None, list[bytes]()
        try:
            response = await self.http.send(request, stream=True, auth=auth, follow_redirects=False)
            if is_stream and response.is_success:
                return Answer(response)
            async with aclosing(response):
                async for chunk in response.aiter_bytes():
                    chunks.append(chunk)
        except httpx.RequestError as failure:
            return Answer(response, b"".join(chunks), failure)
        return Answer(response, b"".join(chunks))

    async def close(self) -> None:
        """Close the connections, unless they are those of an `http_client` of yours."""
        if self._is_own:
            await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
