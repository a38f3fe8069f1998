"""How a call is made: arguments become a request, the request an answer, the answer a result or an APIError."""

from __future__ import annotations

import json
import os
import random
import re
import time
import warnings
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache, partial
from typing import Any, ClassVar, Generic, Self, TypedDict, TypeVar, Unpack

import anyio
import httpx
from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json

from ._compat import Normalized
from ._errors import Answer, APIError, APIResponseValidationError, AuthenticationError

R = TypeVar("R", bound=BaseModel)
H = TypeVar("H", httpx.Client, httpx.AsyncClient)
C = TypeVar("C")

_TIMEOUT = httpx.Timeout(600, connect=5)
_LONGEST_PAUSE = 120.0
to_json = partial(TypeAdapter[Any](Any).dump_python, mode="json", exclude_unset=True, fallback=dict)
_url = lru_cache(64)(httpx.URL)  # parsing one costs a twentieth of a call
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class RequestOptions(TypedDict, total=False):
    """What a client and each method take besides. A timeout is in seconds. `retry_unsafe` repeats what
    may have been carried out, and billed; `extra_body` holds what the API document does not list;
    `compat` says fields (by pointer) as an older server knows them: {"/new": "old"}."""

    timeout: float | httpx.Timeout | None
    max_retries: int
    retry_unsafe: bool
    idempotency_key: str | None
    extra_headers: Mapping[str, str] | None
    extra_query: Mapping[str, str | int | float | bool | None] | None
    extra_body: Mapping[str, Any] | None
    compat: Mapping[str, str] | None


@cache
def _members(arguments: type) -> frozenset[str]:
    """The arguments of a method that are members of its body."""
    return frozenset(arguments.__annotations__.keys() - RequestOptions.__annotations__.keys())


@dataclass(frozen=True, slots=True)
class Operation(Generic[R]):
    """Where an operation is, what its arguments are, how its bodies are folded and judged."""

    method: str
    path: str
    arguments: type
    normalize: Callable[[Any], Normalized]
    request: type[BaseModel]
    fold: Callable[[Any], Normalized]
    response: type[R]
    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    denormalize: Callable[..., dict[str, Any]] | None = None
    older: frozenset[tuple[str, str]] = frozenset()

    def body(self, arguments: Mapping[str, Any]) -> bytes:
        """The canonical body. Raises TypeError for a wrong name, PayloadError for a wrong value."""
        own, extra = _members(self.arguments), arguments.get("extra_body") or {}
        if unknown := arguments.keys() - own - RequestOptions.__annotations__.keys():
            raise TypeError(f"unexpected argument {min(unknown)!r} (see extra_body)")
        if clash := extra.keys() & {*own, *self.names.values()}:
            raise TypeError(f"{min(clash)!r} is an argument, and may not be in extra_body")
        given = {name: value for name, value in arguments.items() if name in own}
        given = {self.names.get(k, k): value for k, value in given.items() if value is not None}
        sent = to_json({**self.defaults, **given})
        folded = self.normalize({**sent, **extra})
        for rewrite in folded.rewrites:
            if old := rewrite.deprecated:
                use = old.note or f"Use {rewrite.target[1:]}."
                told = f"{rewrite.source[1:]!r} is deprecated: {use}"
                warnings.warn(told, DeprecationWarning, stacklevel=5)
        folded.validate(self.request)
        value, to = folded.value, dict(self.older & (arguments.get("compat") or {}).items())
        if to and self.denormalize:
            value = self.denormalize(value, to=to)
        return _ENCODER.encode(value).encode()

    def result(self, answer: Answer) -> R:
        """The result of a successful answer. Raises APIResponseValidationError."""
        try:
            value = from_json(answer.content, allow_inf_nan=False)
            result = self.fold(value).validate(self.response)
        except ValueError as error:
            message = f"not an answer of {self.path}: {error!s:.1000}"
            raise APIResponseValidationError(message, answer, True) from error
        vars(result)["_response"] = answer.response
        return result


def _pause(error: APIError, attempt: int, options: Mapping[str, Any]) -> float:
    """The seconds until a request is sent again. Raises its error where it was sent often enough, or
    may have been carried out already and the caller does not take the risk."""
    said, is_risky = error.headers.get("x-should-retry"), options.get("retry_unsafe", False)
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


class Resource(Generic[C]):
    """The operations of one tag."""

    def __init__(self, client: C) -> None:
        self._client = client


class _Client(Generic[H]):
    """What both clients are: settings, and how arguments become a request."""

    _base_url: ClassVar[str]
    _environment: ClassVar[str]
    _is_bearer: ClassVar[bool]
    _older: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    _new_http: ClassVar[Any]

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        http_client: H | None = None,
        default_headers: Mapping[str, str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> None:
        self._api_key = api_key or os.environ.get(f"{self._environment}_API_KEY", "")
        found = base_url or os.environ.get(f"{self._environment}_BASE_URL") or self._base_url
        self.base_url, self._options = found.rstrip("/"), options
        self._default_headers = default_headers
        self._check(options)
        if not (url := httpx.URL(found)).host or url.scheme not in {"https", "http"}:
            raise ValueError(f"base_url {found!r} is not https://host or http://host")
        self._is_own = http_client is None
        self._http: H = http_client if http_client else self._new_http()

    def _check(self, options: Mapping[str, Any]) -> None:
        if unknown := (options.get("compat") or {}).items() - self._older:
            raise ValueError(f"compat: {min(unknown)} is none of {sorted(self._older)}")

    def _request(self, operation: Operation[R], options: Mapping[str, Any]) -> dict[str, Any]:
        """What httpx is to send."""
        self._check(options)
        return {
            "method": operation.method,
            "url": _url(self.base_url + operation.path),
            "content": operation.body(options),
            "headers": self._headers(options),
            "params": options.get("extra_query"),
            "timeout": options.get("timeout", _TIMEOUT),
            "auth": httpx.Auth(),
            "follow_redirects": False,
        }

    def _headers(self, options: Mapping[str, Any]) -> dict[str, str]:
        sent = {"accept": "application/json", "content-type": "application/json"}
        if self._is_bearer and self._api_key.isascii():
            sent["authorization"] = f"Bearer {self._api_key}"
        if key := options.get("idempotency_key"):
            sent["idempotency-key"] = key
        for extra in (self._default_headers, options.get("extra_headers")):
            sent.update(httpx.Headers(extra) if extra else {})  # names in lower case
        told = sent.get("authorization", "")
        if self._is_bearer and not re.fullmatch("[!-~]+( [!-~]+)*", told):  # httpx would show the key
            name = f"{self._environment}_API_KEY"
            raise AuthenticationError(f"no usable API key: pass api_key, or set {name}")
        return sent


class SyncClient(_Client[httpx.Client]):
    """Makes calls one after the other."""

    _new_http = httpx.Client

    def call(self, operation: Operation[R], arguments: Mapping[str, Any]) -> R:
        """The result of an operation. Raises APIError, and TypeError or PayloadError before sending."""
        options = {**self._options, **arguments}
        request, attempt = self._request(operation, options), 0
        while error := (answer := self._answer(request)).error():
            time.sleep(_pause(error, attempt, options))
            attempt += 1
        return operation.result(answer)

    def _answer(self, request: Mapping[str, Any]) -> Answer:
        response, chunks = None, list[bytes]()
        try:
            with self._http.stream(**request) as response:
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
        except httpx.RequestError as failure:
            return Answer(response, b"".join(chunks), failure)
        return Answer(response, b"".join(chunks))

    def close(self) -> None:
        """Close the connections, unless they are those of an `http_client` of yours."""
        if self._is_own:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Client[httpx.AsyncClient]):
    """Makes calls side by side, with asyncio or trio."""

    _new_http = httpx.AsyncClient

    def call(
        self, operation: Operation[R], arguments: Mapping[str, Any]
    ) -> Coroutine[Any, Any, R]:
        """What `SyncClient.call` does; arguments are judged before it is awaited."""
        options = {**self._options, **arguments}
        return self._result(operation, self._request(operation, options), options)

    async def _result(self, operation: Operation[R], request: Any, options: Any) -> R:
        attempt = 0
        while error := (answer := await self._answer(request)).error():
            await anyio.sleep(_pause(error, attempt, options))
            attempt += 1
        return operation.result(answer)

    async def _answer(self, request: Mapping[str, Any]) -> Answer:
        response, chunks = None, list[bytes]()
        try:
            async with self._http.stream(**request) as response:
                async for chunk in response.aiter_bytes():
                    chunks.append(chunk)
        except httpx.RequestError as failure:
            return Answer(response, b"".join(chunks), failure)
        return Answer(response, b"".join(chunks))

    async def close(self) -> None:
        """Close the connections, unless they are those of an `http_client` of yours."""
        if self._is_own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
