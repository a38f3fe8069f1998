"""How a call is made: arguments become a request, the request an answer, the answer a result or an APIError."""

from __future__ import annotations

import json
import os
import random
import time
import warnings
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, Self, TypedDict, TypeVar

import anyio
import httpx
from pydantic import BaseModel
from pydantic_core import from_json

from . import _errors
from ._compat import Normalized

R = TypeVar("R", bound=BaseModel)
H = TypeVar("H", httpx.Client, httpx.AsyncClient)

_TIMEOUT = httpx.Timeout(600, connect=5)
_LONGEST_WAIT = 120.0
_SEND: Any = {"stream": True, "auth": httpx.Auth(), "follow_redirects": False}
# With these the request did not leave.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.LocalProtocolError)

_KINDS: dict[int, type[_errors.APIStatusError]] = {
    400: _errors.BadRequestError,
    401: _errors.AuthenticationError,
    403: _errors.PermissionDeniedError,
    404: _errors.NotFoundError,
    409: _errors.ConflictError,
    413: _errors.RequestTooLargeError,
    415: _errors.UnsupportedMediaTypeError,
    422: _errors.UnprocessableEntityError,
    429: _errors.RateLimitError,
}


class RequestOptions(TypedDict, total=False):
    """What every method takes besides: `retry_unsafe` sends again what may have been carried out, and billed, already;
    `extra_body` holds members that the API document does not list."""

    timeout: float | httpx.Timeout | None
    max_retries: int
    retry_unsafe: bool
    idempotency_key: str | None
    extra_headers: Mapping[str, str] | None
    extra_query: Mapping[str, str | int | float | bool | None] | None
    extra_body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Operation(Generic[R]):
    """An operation of the API document: where it is, its arguments, and how its bodies are folded and judged."""

    method: str
    path: str
    arguments: type
    normalize: Callable[[Any], Normalized]
    request: type[BaseModel]
    fold: Callable[[Any], Normalized]
    response: type[R]
    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    deprecated: Mapping[str, str] = field(default_factory=dict)

    def body(self, arguments: Mapping[str, Any], extra: Mapping[str, Any]) -> bytes:
        """The canonical body. Raises TypeError for unknown arguments, ValueError (PayloadError) for what does not fit."""
        known = self.arguments.__annotations__.keys() - RequestOptions.__annotations__.keys()
        if unknown := [name for name in arguments if name not in known]:
            raise TypeError(f"unexpected argument {unknown[0]!r}; extra_body takes what is not documented")
        if clash := [name for name in extra if name in known or name in self.names.values()]:
            raise TypeError(f"{clash[0]!r} is an argument, and may not be in extra_body")
        body = dict(self.defaults)
        for name, value in arguments.items():
            if value is not None:
                body[self.names.get(name, name)] = _plain(value)
                if name in self.deprecated:
                    message = f"{name!r} is deprecated {self.deprecated[name]}"
                    warnings.warn(message, DeprecationWarning, stacklevel=5)
        folded = self.normalize({**body, **extra})
        folded.validate(self.request)
        return json.dumps(folded.value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def result(self, response: httpx.Response, content: bytes) -> R:
        """The result of a successful answer. Raises APIResponseValidationError."""
        try:
            result = self.fold(from_json(content, allow_inf_nan=False)).validate(self.response)
        except ValueError as error:
            message = f"not an answer of {self.path}: {error!s:.1000}"
            raise _errors.APIResponseValidationError(message, response, content, True) from error
        vars(result)["_response"] = response
        return result


def _plain(value: Any) -> Any:
    """An argument as a JSON value."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    is_array = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    return [_plain(item) for item in value] if is_array else value


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: all of an answer, or as much of it as there was before the failure."""

    response: httpx.Response | None
    content: bytes
    failure: httpx.RequestError | None = None

    def error(self) -> _errors.APIError | None:
        """The error that it is; None for a success."""
        if self.response is None or (self.failure and self.response.is_success):
            is_late = isinstance(self.failure, httpx.TimeoutException)
            kind = _errors.APITimeoutError if is_late else _errors.APIConnectionError
            message = f"{type(self.failure).__name__}: {self.failure}".removesuffix(": ")
            return kind(message, self.response, self.content, not isinstance(self.failure, _UNSENT))
        if self.response.is_success:
            return None
        status, is_fault = self.response.status_code, self.response.status_code >= 500
        other = _errors.InternalServerError if is_fault else _errors.APIStatusError
        message = f"{status} {self.response.reason_phrase}".rstrip()
        return _KINDS.get(status, other)(message, self.response, self.content, is_fault)


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait (RFC 9110, 10.2.3), if it does."""
    text = headers.get("retry-after", "")
    try:
        if "retry-after-ms" in headers:
            return float(headers["retry-after-ms"]) / 1000
        return float(text) if text[:1].isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None


@dataclass(slots=True)
class Call(Generic[R]):
    """A request on its way, sent as often as it may be."""

    operation: Operation[R]
    request: httpx.Request
    retries: int
    retry_unsafe: bool
    attempt: int = 0
    wait: float = 0.0

    def outcome(self, answer: Answer) -> R | None:
        """The result of an answer; None where there is another attempt, after `wait` seconds. Raises APIError."""
        error = answer.error()
        if error is None and answer.response is not None:
            return self.operation.result(answer.response, answer.content)
        wait = self._pause(error) if error and self.attempt < self.retries else None
        if wait is None:
            raise error or _errors.APIError("no answer") from answer.failure
        self.attempt, self.wait = self.attempt + 1, wait
        return None

    def _pause(self, error: _errors.APIError) -> float | None:
        """The seconds to wait; None for what may have been carried out already, unless the caller takes the risk."""
        said = error.headers.get("x-should-retry")
        is_refused = error.status_code == 429 or (error.status_code is None and not error.maybe_processed)
        is_unsafe = self.retry_unsafe and (error.maybe_processed or error.status_code == 408)
        if said == "false" or not (said == "true" or is_refused or is_unsafe):
            return None
        wait = _asked_wait(error.headers)
        if wait is None or wait != wait:
            wait = min(0.5 * 2**self.attempt, 8.0) * random.uniform(0.75, 1.0)
        return max(wait, 0.0) if wait <= _LONGEST_WAIT else None


class _Client(Generic[H]):
    """What both clients are: settings, and how arguments become a call."""

    _base_url: ClassVar[str]
    _environment: ClassVar[str]
    _is_bearer: ClassVar[bool]

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | None = _TIMEOUT,
        max_retries: int = 2,
        retry_unsafe: bool = False,
        default_headers: Mapping[str, str] | None = None,
        http_client: H | None = None,
    ) -> None:
        """`api_key` and `base_url` come from the environment if not given. A timeout is in seconds. An `http_client`
        of your own stays open when this client is closed."""
        self._api_key = api_key or os.environ.get(f"{self._environment}_API_KEY", "")
        self.base_url = base_url or os.environ.get(f"{self._environment}_BASE_URL") or self._base_url
        if not (url := httpx.URL(self.base_url)).host or url.scheme not in {"https", "http"}:
            raise ValueError(f"base_url {self.base_url!r} is not https://host or http://host")
        self.timeout, self.max_retries, self.retry_unsafe = timeout, max_retries, retry_unsafe
        self.default_headers = dict(default_headers or {})
        self._given_http: H | None = http_client

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def _prepared(self, http: H, operation: Operation[R], arguments: Mapping[str, Any]) -> Call[R]:
        given = RequestOptions.__annotations__
        options = {name: value for name, value in arguments.items() if name in given}
        own = {name: value for name, value in arguments.items() if name not in given}
        request = http.build_request(
            operation.method,
            self.base_url.rstrip("/") + operation.path,
            content=operation.body(own, options.get("extra_body") or {}),
            headers=self._headers(options),
            params=options.get("extra_query"),
            timeout=options.get("timeout", self.timeout),
        )
        retries = options.get("max_retries", self.max_retries)
        return Call(operation, request, retries, options.get("retry_unsafe", self.retry_unsafe))

    def _headers(self, options: Mapping[str, Any]) -> httpx.Headers:
        headers = httpx.Headers({"accept": "application/json", "content-type": "application/json"})
        if self._is_bearer and self._api_key:
            headers["authorization"] = f"Bearer {self._api_key}"
        headers.update(self.default_headers)
        if options.get("idempotency_key"):
            headers["idempotency-key"] = options["idempotency_key"]
        headers.update(options.get("extra_headers"))
        key = headers.get("authorization", "")
        if self._is_bearer and not key:
            raise _errors.AuthenticationError(f"no API key: pass api_key, or set {self._environment}_API_KEY")
        # The error of httpx would show it.
        if not key.isascii() or not key.isprintable() or key != key.strip():
            raise _errors.AuthenticationError("the API key has characters that no header can carry")
        return headers


class SyncClient(_Client[httpx.Client]):
    """Makes calls one after the other."""

    @cached_property
    def _http(self) -> httpx.Client:
        return self._given_http or httpx.Client()

    def call(self, operation: Operation[R], arguments: Mapping[str, Any]) -> R:
        """The result of an operation. Raises APIError, or ValueError (PayloadError) for arguments that do not fit."""
        call = self._prepared(self._http, operation, arguments)
        while (result := call.outcome(self._answer(call.request))) is None:
            time.sleep(call.wait)
        return result

    def _answer(self, request: httpx.Request) -> Answer:
        response, chunks = None, list[bytes]()
        try:
            response = self._http.send(request, **_SEND)
            with closing(response):
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
        except httpx.RequestError as failure:
            return Answer(response, b"".join(chunks), failure)
        return Answer(response, b"".join(chunks))

    def close(self) -> None:
        """Close the connections, if they are this client's own."""
        if self._given_http is None:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Client[httpx.AsyncClient]):
    """Makes calls side by side, with asyncio or trio."""

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return self._given_http or httpx.AsyncClient()

    def call(self, operation: Operation[R], arguments: Mapping[str, Any]) -> Coroutine[Any, Any, R]:
        """The result of an operation. Arguments are judged at once. Raises what `SyncClient.call` does."""
        return self._finished(self._prepared(self._http, operation, arguments))

    async def _finished(self, call: Call[R]) -> R:
        while (result := call.outcome(await self._answer(call.request))) is None:
            await anyio.sleep(call.wait)
        return result

    async def _answer(self, request: httpx.Request) -> Answer:
        response, chunks = None, list[bytes]()
        try:
            response = await self._http.send(request, **_SEND)
            async with aclosing(response):
                async for chunk in response.aiter_bytes():
                    chunks.append(chunk)
        except httpx.RequestError as failure:
            return Answer(response, b"".join(chunks), failure)
        return Answer(response, b"".join(chunks))

    async def close(self) -> None:
        """Close the connections, if they are this client's own."""
        if self._given_http is None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
