"""What the models share: JSON's own idea of types, where `"3"` and `true` are no numbers and null is a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, WrapValidator
from pydantic_core import CoreSchema, PydanticCustomError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


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
    )
    _response: ClassVar[httpx.Response | None] = None  # its answer, without the body

    @property
    def _request_id(self) -> str | None:
        return self._response.headers.get("x-request-id") if self._response else None


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
