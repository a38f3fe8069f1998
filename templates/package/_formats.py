"""Strings with a format as Python types: `date-time`, `uuid`, `byte` and the like."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeAlias
from uuid import UUID

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import (
    CoreSchema,
    PydanticCustomError,
    PydanticKnownError,
    PydanticSerializationUnexpectedValue,
    SchemaSerializer,
    core_schema,
)

from ._values import Payload


class _Kept:
    """A value whose text differs from the one that Python would write.

    It is written as the text that was read, even if nothing tells its type.
    """

    _text = ""
    __pydantic_serializer__: ClassVar[Any] = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: value._text, when_used="json"
            )
        )
    )

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        made: Any = super().__reduce_ex__(protocol)
        make, arguments, *state = made
        return make, arguments, (state[0] if state else vars(self))


class Text:
    """Strings with a format as a Python type.

    A value is written as the text that was read. If Python would write another text (`01.50`, an offset of `+0000`),
    the value is `kept` with its text.
    """

    def __init__(
        self,
        of: type[Any],
        read: Callable[[str], Any],
        write: Callable[[Any], str],
        kept: Callable[[Any], Any],
    ) -> None:
        self.of, self.read, self.write, self.kept = of, read, write, kept

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema()
        written = core_schema.plain_serializer_function_ser_schema(
            self._write, return_schema=text, when_used="json-unless-none"
        )
        return core_schema.with_info_plain_validator_function(
            self._value, serialization=written, json_schema_input_schema=text
        )

    def _value(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            try:
                found = self.read(value)
                if not is_naive(found) and self.write(found) == value:
                    return found
                kept = self.kept(found)
            except (ValueError, ArithmeticError):
                told = {"type": self.of.__name__}
                raise PydanticCustomError("format", "this is no {type}", told) from None
            object.__setattr__(kept, "_text", value)
            return kept
        is_json = info.mode == "json" or (self.of is int and isinstance(info.context, Payload))
        if self._is_one(value) and not is_json:
            if is_naive(value):
                raise PydanticCustomError("timezone_aware", NAIVE)
            return value
        raise PydanticKnownError("string_type")

    def _is_one(self, value: Any) -> bool:
        """Whether a value is of the type: a datetime is not a date, and a bool is not an int."""
        is_other = isinstance(value, {date: datetime, int: bool}.get(self.of, ()))
        return isinstance(value, self.of) and not is_other

    def _write(self, value: Any) -> str:
        if not self._is_one(value):  # in a union
            raise PydanticSerializationUnexpectedValue("of another alternative")
        if is_naive(value):
            raise ValueError(NAIVE)
        return (value._text if isinstance(value, _Kept) else "") or self.write(value)


_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)? ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"


def _matched(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    if found is None:
        raise ValueError(text)
    return tuple(found.groups(""))


def _clock(hour: str, minute: str, second: str, fraction: str, zone: str) -> time:
    """A time of day. A leap second becomes the second before it."""
    offset = None
    if zone:
        digits = "0000" if zone in "Zz" else zone[1:].replace(":", "")
        east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = timezone(-east if zone[0] == "-" else east)
    whole, micro = min(int(second or 0), 59 if second == "60" else 99), int(f"{fraction:0<6.6}")
    return time(int(hour), int(minute), whole, micro, offset)


def _read_time(text: str) -> time:
    return _clock(*_matched(_CLOCK, text))


def _read_date(text: str) -> date:
    year, month, day, *_ = _matched(rf"{_DAY}(?:[Tt ]{_CLOCK})?", text)
    return date(int(year), int(month), int(day))


def _read_date_time(text: str) -> datetime:
    """A text of RFC 3339, or of the forms that servers write besides.

    These have a space for the `T`, no seconds, no offset, or only a day.
    """
    year, month, day, *clock = _matched(rf"{_DAY}(?:[Tt ]{_CLOCK})?", text)
    at = _clock(*clock) if clock[0] else time()
    return datetime.combine(date(int(year), int(month), int(day)), at)


def _write_time(value: time | datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _read_duration(text: str) -> timedelta:
    """A duration of ISO 8601. A year has 365 days, and a month 30."""
    clock = r"(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:[.,]([0-9]+))?S)?)?"
    days = r"(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?"
    sign, *counts, fraction = _matched(rf"([+-]?)P(?=.)(?!.*T$){days}{clock}", text)
    years, months, weeks, day, hours, minutes, seconds = (int(count or 0) for count in counts)
    found = timedelta(
        days=365 * years + 30 * months + 7 * weeks + day,
        hours=hours,
        minutes=minutes,
        seconds=seconds,
        microseconds=int(f"{fraction:0<6.6}"),
    )
    return -found if sign == "-" else found


def _write_duration(value: timedelta) -> str:
    size = abs(value)
    minutes, seconds = divmod(size.seconds, 60)
    fraction = f".{size.microseconds:06}".rstrip("0") if size.microseconds else ""
    parts = ((minutes // 60, "", "H"), (minutes % 60, "", "M"), (seconds, fraction, "S"))
    clock = "".join(f"{count}{more}{unit}" for count, more, unit in parts if count or more)
    days = f"{size.days}D" if size.days or not clock else ""
    return f"{'-' * (value < timedelta())}P{days}{'T' * bool(clock)}{clock}"


_STANDARD = bytes.maketrans(b"-_", b"+/")


def _read_base64(text: str) -> bytes:
    """Base64 in either alphabet, with or without padding and line breaks."""
    plain = text.encode("ascii").translate(_STANDARD, b" \t\r\n").rstrip(b"=")
    return b64decode(plain + b"=" * (-len(plain) % 4), validate=True)


def _write_base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _read_binary(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _write_binary(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def _read_decimal(text: str) -> Decimal:
    _matched(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", text)
    return Decimal(text)


def _read_int(text: str) -> int:
    _matched(r"[+-]?[0-9]+", text)
    return int(text)


class _KeptDateTime(_Kept, datetime):
    pass


class _KeptDate(_Kept, date):
    pass


class _KeptTime(_Kept, time):
    pass


class _KeptDuration(_Kept, timedelta):
    pass


class _KeptUuid(_Kept, UUID):
    pass


class _KeptBytes(_Kept, bytes):
    pass


class _KeptDecimal(_Kept, Decimal):
    pass


class _KeptInt(_Kept, int):
    pass


def _keep_date_time(value: datetime) -> datetime:
    return _KeptDateTime.combine(value.date(), value.timetz())


def _keep_date(value: date) -> date:
    return _KeptDate(value.year, value.month, value.day)


def _keep_time(value: time) -> time:
    return _KeptTime.fromisoformat(value.isoformat())


def _keep_duration(value: timedelta) -> timedelta:
    return _KeptDuration(value.days, value.seconds, value.microseconds)


def _keep_uuid(value: UUID) -> UUID:
    return _KeptUuid(int=value.int)


JsonDateTime: TypeAlias = Annotated[
    datetime, Text(datetime, _read_date_time, _write_time, _keep_date_time)
]
"""`format: date-time`."""

JsonDate: TypeAlias = Annotated[date, Text(date, _read_date, date.isoformat, _keep_date)]
"""`format: date`."""

JsonTime: TypeAlias = Annotated[time, Text(time, _read_time, _write_time, _keep_time)]
"""`format: time`."""

JsonDuration: TypeAlias = Annotated[
    timedelta, Text(timedelta, _read_duration, _write_duration, _keep_duration)
]
"""`format: duration`."""

JsonUUID: TypeAlias = Annotated[UUID, Text(UUID, UUID, str, _keep_uuid)]
"""`format: uuid`."""

JsonBase64: TypeAlias = Annotated[bytes, Text(bytes, _read_base64, _write_base64, _KeptBytes)]
"""`format: byte`: base64."""

JsonBinary: TypeAlias = Annotated[bytes, Text(bytes, _read_binary, _write_binary, _KeptBytes)]
"""`format: binary` in JSON: the bytes of the text."""

JsonDecimal: TypeAlias = Annotated[Decimal, Text(Decimal, _read_decimal, str, _KeptDecimal)]
"""`format: decimal` of a string."""

JsonInt: TypeAlias = Annotated[int, Text(int, _read_int, str, _KeptInt)]
"""`format: int64` of a string."""


def is_naive(value: Any) -> bool:
    """Whether a value is a datetime without the offset that RFC 3339 requires.

    A datetime of a response is still as the server wrote it, so it does not count.
    """
    return isinstance(value, datetime) and value.tzinfo is None and not getattr(value, "_text", "")


NAIVE = "a datetime without an offset: astimezone() gives it that of this machine, replace(tzinfo=UTC) says it is UTC"
