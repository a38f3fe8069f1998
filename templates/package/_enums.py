"""Enumerations as classes: members are read, and members or their values are given."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum, StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def _schema(of: type[Enum], check: Callable[[Any], Any] | None = None) -> CoreSchema:
    """Values as the API document lists them, with pydantic's words for others; what is read is the member."""
    listed = core_schema.literal_schema([one.value for one in of])
    made = core_schema.no_info_after_validator_function(of, listed)
    return core_schema.no_info_before_validator_function(check, made) if check else made


class TextEnum(StrEnum):
    """The base of enumerations of strings. A member is equal to its value."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _schema(cls)


class IntegerEnum(IntEnum):
    """The base of enumerations of integers. A member is equal to its value; true is not 1."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _schema(cls, _no_boolean)


def _no_boolean(value: Any) -> Any:
    # Python holds `True` equal to 1, and finds it among the values.
    if isinstance(value, bool):
        raise PydanticCustomError("literal_error", "true and false are no numbers")
    return value
