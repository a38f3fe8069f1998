"""What a call can raise: APIError in one of its kinds. Arguments that do not fit are a PayloadError before that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


class APIError(Exception):
    """A call that failed. `status_code`, `headers`, `request_id` and `body` (its first 500 characters) are those of
    the answer, if there was one; `type`, `param` and `code` are what it says of the error. `maybe_processed`: the
    request may have been carried out, and billed."""

    def __init__(
        self, message: str, response: httpx.Response | None = None, content: bytes = b"", maybe_processed: bool = False
    ) -> None:
        self.response, self.maybe_processed = response, maybe_processed
        self.status_code = response.status_code if response is not None else None
        self.headers = dict(response.headers) if response is not None else {}
        self.request_id = self.headers.get("x-request-id")
        self.body = content[:2000].decode("utf-8", "replace")[:500]
        said = _said(content)
        self.type, self.param, self.code = (said.get(key) for key in ("type", "param", "code"))
        self.message = f"{message}: {said['message']!s:.500}" if said.get("message") else message
        notes = [f"request {self.request_id}"] if self.request_id else []
        notes += ["it may have been carried out, and billed"] if maybe_processed else []
        super().__init__(f"{self.message} ({'; '.join(notes)})" if notes else self.message)


def _said(content: bytes) -> dict[str, Any]:
    """What a body says of an error: `{"error": {...}}`, `{"error": "..."}`, `{"detail": ...}` or a plain string."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    error = body.get("error") or body.get("detail") or body if isinstance(body, dict) else body
    if isinstance(error, dict):
        return error
    return {"message": error if isinstance(error, str) else json.dumps(error)} if error else {}


class APIConnectionError(APIError):
    """There was no answer, or only a part of one."""


class APITimeoutError(APIConnectionError):
    """The answer took longer than the timeout."""


class APIResponseValidationError(APIError):
    """An answer with a status of success that is not what the API document says."""


class FileError(APIError):
    """An answer without a file, or with one that cannot be had."""


class APIStatusError(APIError):
    """An answer with a status of failure."""


class BadRequestError(APIStatusError): ...


class AuthenticationError(APIStatusError): ...


class PermissionDeniedError(APIStatusError): ...


class NotFoundError(APIStatusError): ...


class ConflictError(APIStatusError): ...


class RequestTooLargeError(APIStatusError): ...


class UnsupportedMediaTypeError(APIStatusError): ...


class UnprocessableEntityError(APIStatusError): ...


class RateLimitError(APIStatusError): ...


class InternalServerError(APIStatusError): ...
