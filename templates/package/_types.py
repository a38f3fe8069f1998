"""What the models share: JSON's own idea of types, where `"3"` and `true` are no numbers and null is a value."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import (
    CoreSchema,
    PydanticCustomError,
    PydanticKnownError,
    PydanticSerializationUnexpectedValue,
    SchemaSerializer,
    core_schema,
)

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


class OneOf:
    """An enumeration of any JSON values."""

    def __init__(self, *values: Any) -> None:
        self.values = values

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def _check(self, value: Any) -> Any:
        if not any(_equal(value, one) for one in self.values):
            raise PydanticCustomError("enum", "one of the enumerated values is expected")
        return value


def _equal(a: Any, b: Any) -> bool:
    """Equality of JSON values: true is not 1, 1.0 is 1."""
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def _positions(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Positions = BeforeValidator(_positions)
"""For arrays whose items are told apart by position."""


def _key(value: Any) -> Any:
    """What is the same of equal JSON values alone."""
    if isinstance(value, (list, tuple)):
        return "array", tuple(map(_key, value))
    if isinstance(value, dict):
        return "object", frozenset((name, _key(item)) for name, item in value.items())
    is_plain = value is None or isinstance(value, (str, int, float))
    return isinstance(value, bool), value if is_plain else id(value)


def _unique(value: Any) -> Any:
    if isinstance(value, list) and len(set(map(_key, value))) < len(value):
        raise PydanticCustomError("unique_items", "no two items are equal")
    return value


Unique = BeforeValidator(_unique)
"""For arrays of which no two items are equal."""


class Tagged:
    """Alternatives of which a member's value names the one to try first. What that one refuses is accepted if it fits
    `default`, or any if there is none: a tag is a hint, and what is wrong is told of the alternative it names."""

    def __init__(self, name: str, tags: dict[str, Any], default: Any = None) -> None:
        self.name, self.tags, self.default = name, tags, default

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        types = {**self.tags, **({} if self.default is None else {"": self.default})}
        self._tag_of = {of: tag for tag, of in reversed(types.items())}
        self._others = source if self.default is None else self.default
        self._adapter: TypeAdapter[Any] | None = None
        choices = {tag: handler.generate_schema(of) for tag, of in types.items()}
        tagged = core_schema.tagged_union_schema(choices, self._tag)
        return core_schema.no_info_wrap_validator_function(self._try, tagged)

    def _tag(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return self._tag_of.get(type(value))
        tag = value.get(self.name)
        if isinstance(tag, str) and tag in self.tags:
            return tag
        return tag if self.default is None else ""

    def _try(self, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            self._adapter = self._adapter or TypeAdapter(self._others)
            try:
                return self._adapter.validate_python(value)
            except ValidationError:
                raise error from None


class _Kept:
    """A value that was read from a text which it would not be written as: it is written as that text, also where nothing
    tells its type."""

    _text = ""
    __pydantic_serializer__: ClassVar[Any] = SchemaSerializer(
        core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value._text, when_used="json")
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
    """Strings of a format as a Python type. What was read is written as the same text: where it would be written
    otherwise (`01.50`, an offset of `+0000`), the value is `kept` with its text."""

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
            self._write, return_schema=text, when_used="json"
        )
        return core_schema.with_info_plain_validator_function(
            self._value, serialization=written, json_schema_input_schema=text
        )

    def _value(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            try:
                found = self.read(value)
                if self.write(found) == value:
                    return found
                kept = self.kept(found)
            except (ValueError, ArithmeticError):
                told = {"type": self.of.__name__}
                raise PydanticCustomError("format", "this is no {type}", told) from None
            object.__setattr__(kept, "_text", value)
            return kept
        if self._is_one(value) and info.mode == "python":
            return value
        raise PydanticKnownError("string_type")

    def _is_one(self, value: Any) -> bool:
        """Whether a value is of the type: a datetime is no date, and a bool no int."""
        is_other = isinstance(value, {date: datetime, int: bool}.get(self.of, ()))
        return isinstance(value, self.of) and not is_other

    def _write(self, value: Any) -> str:
        if not self._is_one(value):  # in a union
            raise PydanticSerializationUnexpectedValue("of another alternative")
        return (value._text if isinstance(value, _Kept) else "") or self.write(value)


_CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)? ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"


def _matched(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    if found is None:
        raise ValueError(text)
    return tuple(found.groups(""))


def _clock(hour: str, minute: str, second: str, fraction: str, zone: str) -> time:
    """A time of day; a leap second is the one before it."""
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
    """RFC 3339, and what servers write besides: a space for the `T`, no seconds, no offset, a day alone."""
    year, month, day, *clock = _matched(rf"{_DAY}(?:[Tt ]{_CLOCK})?", text)
    at = _clock(*clock) if clock[0] else time()
    return datetime.combine(date(int(year), int(month), int(day)), at)


def _write_time(value: time | datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _read_duration(text: str) -> timedelta:
    """ISO 8601; a year has 365 days and a month 30."""
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


def _read_base64(text: str) -> bytes:
    """Base64 in either alphabet, with or without padding and line breaks."""
    plain = re.sub(r"[ \t\r\n]", "", text).translate(str.maketrans("-_", "+/")).rstrip("=")
    return b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _write_base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _read_binary(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _write_binary(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def _read_decimal(text: str) -> Decimal:
    _matched(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", text)
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
