"""The errors of a call. Before the client sends anything, PayloadError reports arguments that do not fit."""

from __future__ import annotations

import json
from math import inf
from typing import Any, ClassVar, NamedTuple

import httpx
from pydantic_core import from_json

from ._values import counted, joined, visible

ERROR_BYTES = 1024 * 1024
"""The number of bytes that the client reads of a failed response."""
ERROR_VALUES = 10_000
"""The number of values in it that the client parses: a megabyte of empty objects would take 250 MB as models."""

_SHOWN = 200  # characters of a body that has no message
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Unreadable(httpx.DecodingError):
    """A response that exceeds its limits, or has a content coding that the client did not ask for."""


class Answer(NamedTuple):
    """The content of a response, or the part of it that came before a failure."""

    response: httpx.Response | None = None
    content: bytes = b""
    failure: httpx.RequestError | None = None
    most_values: float = inf
    is_billed: bool = False

    def json(self) -> Any:
        """The JSON value of the content.

        Raises Unreadable beyond its limit, and ValueError for a text that is not JSON.
        """
        is_error = self.response is not None and not self.response.is_success
        most = min(self.most_values, ERROR_VALUES) if is_error else self.most_values
        if _has_more(self.content, most):
            raise Unreadable(f"more than {most} values (max_response_values)")
        return from_json(self.content, allow_inf_nan=False)

    def shown(self) -> str:
        """The status, the media type and the beginning of a response that is not what it should be."""
        response = self.response or httpx.Response(200)
        kind = response.headers.get("content-type", "no content-type")
        text = " ".join(self.content[: 4 * _SHOWN].decode("utf-8", "replace").split())[:_SHOWN]
        return f"{response.status_code}, {kind:.100}: {text or 'empty'}"

    def error(self) -> APIError:
        """The error that a failed response represents."""
        response, failure = self.response, self.failure
        if response is not None and not response.is_success:
            status, message = (
                response.status_code,
                f"{response.status_code} {response.reason_phrase:.200}",
            )
            kind = APIStatusError.kinds.get(min(status, 500), APIStatusError)
            return kind(message.rstrip(), self, status >= 500)
        if isinstance(failure, Unreadable):
            return APIResponseValidationError(f"not to be read: {failure}", self, True)
        message = f"{type(failure).__name__}: {failure}".removesuffix(": ")
        is_late = isinstance(failure, httpx.TimeoutException)
        missed = APITimeoutError if is_late else APIConnectionError
        return missed(message, self, not isinstance(failure, _UNSENT))


def _has_more(body: bytes, most: float) -> bool:
    """Whether some JSON may have more than a number of values.

    Each value takes a byte, so a short text needs no count.
    """
    return len(body) >= most and counted(body, most)[0] > most


class APIError(Exception):
    """A call that failed.

    `response`, `status_code`, `headers`, `request_id` and `body` (500 characters) are those of the response, if there
    was one, as the server wrote them. `type`, `param` and `code` are members of the error in the body. `value` is the
    body as the API document describes it, if it fits that description. `maybe_processed` is true if the server may have
    processed the request.
    """

    _none = Answer()
    value: Any = None

    def __init__(self, message: str, answer: Answer = _none, maybe_processed: bool = False) -> None:
        response = answer.response
        is_data = response is not None and response.is_success  # of which no log is to show a part
        said = {} if is_data else _said(answer.content)
        self.response, self.maybe_processed = response, maybe_processed
        self.__cause__ = answer.failure
        self.status_code = response.status_code if response is not None else None
        self.headers = joined(response.headers.multi_items()) if response is not None else {}
        self.request_id = self.headers.get("x-request-id")
        self.body = answer.content[:2000].decode("utf-8", "replace")[:500]
        self.type, self.param, self.code = (said.get(key) for key in ("type", "param", "code"))
        words = said.get("message") or ("" if is_data else " ".join(self.body.split())[:_SHOWN])
        told = f"{message}: {words:.500}" if words else message
        self.message = visible(told)
        notes = [f"request {self.request_id:.200}"] if self.request_id else []
        paid = ", and billed" if answer.is_billed else ""
        notes += [f"it may have been carried out{paid}"] if maybe_processed else []
        super().__init__(visible(f"{told} ({'; '.join(notes)})" if notes else told))


def _said(body: bytes) -> dict[str, Any]:
    """The members of the error in a body: `{"error": {...}}`, `{"error": "..."}`, problem details (RFC 9457), `"..."`."""
    is_small = len(body) <= ERROR_BYTES and not _has_more(body, ERROR_VALUES)
    try:
        value = json.loads(body.decode("utf-8-sig")) if is_small else {}  # it was counted as UTF-8
        for name in ("error", "detail"):
            if isinstance(value, dict) and isinstance(inner := value.get(name), dict):
                value = inner or value
        members = value if isinstance(value, dict) else {"message": value}
        keys = "message", "detail", "error", "title"
        told = next(filter(None, map(members.get, keys)), None)
        return {
            **members,
            "message": told if isinstance(told, str) or not told else json.dumps(told),
        }
    except (ValueError, RecursionError):
        return {}


class APIConnectionError(APIError):
    """There was no response, or only a part of one."""


class APITimeoutError(APIConnectionError):
    """The response took longer than the timeout of one wait, or than the deadline of the call."""


class APIResponseValidationError(APIError):
    """A successful response that contradicts the API document, or exceeds the limits."""


class FileError(APIError):
    """A response without a file, or with a file that the client cannot fetch."""


class APIStatusError(APIError):
    """A response with an error status; one of the kinds below, if its status has one."""

    kinds: ClassVar[dict[int, type[APIStatusError]]] = {}

    def __init_subclass__(cls, status: int) -> None:
        cls.kinds[status] = cls


class BadRequestError(APIStatusError, status=400): ...


class AuthenticationError(APIStatusError, status=401): ...


class PermissionDeniedError(APIStatusError, status=403): ...


class NotFoundError(APIStatusError, status=404): ...


class ConflictError(APIStatusError, status=409): ...


class RequestTooLargeError(APIStatusError, status=413): ...


class UnsupportedMediaTypeError(APIStatusError, status=415): ...


class UnprocessableEntityError(APIStatusError, status=422): ...


class RateLimitError(APIStatusError, status=429): ...


class InternalServerError(APIStatusError, status=500): ...
