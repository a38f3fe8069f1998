"""Response headers, as the API document types them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from types import GenericAlias
from typing import Any, Self

import httpx
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from ._types import Model
from ._values import joined


class ResponseHeaders(Model):
    """The response headers of an operation."""

    @classmethod
    def from_response(cls, response: httpx.Response) -> Self:
        """Read the headers of a response, such as `result._response` or `error.response`.

        Raises ValueError for a header that is missing or contradicts the API document.
        """
        cls.model_rebuild()  # a class may stand before those that its fields are of
        said, found = joined(response.headers.multi_items()), dict[str, Any]()
        for ident, known in cls.model_fields.items():
            name = known.alias or ident
            if (text := said.get(name.lower())) is not None:
                found[name] = _value(known.rebuild_annotation(), text)
        return cls.model_validate(found)


def _value(annotation: Any, text: str) -> Any:
    """The first reading of a header that its type allows, else the text, which the model then refuses."""
    only: Any = GenericAlias(tuple, (annotation,))
    judge = TypeAdapter[Any](only, config=ConfigDict(strict=True))
    for value in _readings(text):
        with suppress(ValidationError, OverflowError):  # an integer that is beyond all floats
            judge.validate_python((value,))
            return value
    return text


def _readings(text: str) -> Iterator[Any]:
    """The possible readings of a header (the style `simple`): text, a JSON value, a list, pairs, a date."""
    parts = [part.strip() for part in text.split(",")]
    pairs = (
        [part.split("=", 1) for part in parts]
        if "=" in text
        else zip(parts[::2], parts[1::2], strict=False)
    )
    members = {key: value for key, *values in pairs for value in values}
    yield text
    yield _json(text)
    yield parts
    yield [_json(part) for part in parts]
    yield members
    yield {name: _json(value) for name, value in members.items()}
    with suppress(ValueError, OverflowError):  # a year of 20 digits
        yield parsedate_to_datetime(text).isoformat()


def _json(text: str) -> Any:
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return text
