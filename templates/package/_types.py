"""What the models share: JSON's own idea of types, where `"3"` and `true` are no numbers and null is a value."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ._values import has_repeats, key_of

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
_DEEPEST = 30_000


class Model(BaseModel):
    """The base of all models. Members that the API document does not list are kept."""

    model_config = ConfigDict(
        strict=True,
        extra="allow",
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
        hide_input_in_errors=True,  # a traceback is logged, and what was sent may be a secret
    )
    _response: ClassVar[httpx.Response | None] = None  # its answer, without the body

    @property
    def _request_id(self) -> str | None:
        return self._response.headers.get("x-request-id") if self._response else None


class Circular(Model):
    """The base of models that are all made of each other. Pydantic builds them within each other, for which Python's stack
    is too short as it is."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(max(usual, _DEEPEST))
        try:
            return handler(source)
        finally:
            sys.setrecursionlimit(usual)


class _NotNull:
    """None stands for "not sent" and is no JSON value of the field."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _exact(value: Any, handler: Any) -> Any:
    found = handler(value)
    if isinstance(found, bool) != isinstance(value, bool):
        raise PydanticCustomError("literal_error", "true and false are no numbers")
    return found


Maybe: TypeAlias = Annotated[T | None, _NotNull()]
"""A field that may be left out: None means not sent. Null on the wire is refused."""

Integer: TypeAlias = Annotated[int, BeforeValidator(_integral)]
"""A JSON integer: `3` and `3.0`."""

Number: TypeAlias = int | float
"""A JSON number."""

Exact = WrapValidator(_exact)
"""For enumerations with numbers: `True` is not `1`."""


class OneOf:
    """An enumeration of any JSON values."""

    def __init__(self, *values: Any) -> None:
        self.keys = set(map(key_of, values))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def _check(self, value: Any) -> Any:
        if key_of(value) not in self.keys:
            raise PydanticCustomError("enum", "one of the enumerated values is expected")
        return value


def _positions(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Positions = BeforeValidator(_positions)
"""For arrays whose items are told apart by position."""


def _unique(value: Any) -> Any:
    if isinstance(value, list) and has_repeats(value):
        raise PydanticCustomError("unique_items", "no two items are equal")
    return value


Unique = BeforeValidator(_unique)
"""For arrays of which no two items are equal."""
