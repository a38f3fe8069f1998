"""Strings of a format as Python types: what is read is written as the same text."""

from __future__ import annotations

import contextlib
import copy
import json
import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError
from runtime._operation import to_json

from built import imported, schemas, source, texts
from growth import LINEAR, exponent, memory
from runtime import _formats
from speclens import judging, project
from speclens.config import Config
from speclens.lower.schemas import formats

_EAST = timezone(timedelta(hours=2))
READ: tuple[tuple[str, str, Any], ...] = (
    ("date-time", "2020-01-01T00:00:00Z", datetime(2020, 1, 1, tzinfo=UTC)),
    ("date-time", "2020-01-01T00:00:00+02:00", datetime(2020, 1, 1, tzinfo=_EAST)),
    ("date-time", "2020-01-01t00:00:00z", datetime(2020, 1, 1, tzinfo=UTC)),
    ("date-time", "2020-01-01T00:00:00.5Z", datetime(2020, 1, 1, 0, 0, 0, 500000, UTC)),
    (
        "date-time",
        "2020-01-01T00:00:00.123456789Z",
        datetime(2020, 1, 1, 0, 0, 0, 123456, UTC),
    ),
    ("date-time", "2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 0, UTC)),
    ("date-time", "2020-01-01 10:00", datetime(2020, 1, 1, 10)),
    ("date-time", "2020-01-01", datetime(2020, 1, 1)),
    ("date-time", "2020-01-01T00:00:00-00:00", datetime(2020, 1, 1, tzinfo=UTC)),
    ("date", "2020-02-29", date(2020, 2, 29)),
    ("date", "2020-02-29T00:00:00Z", date(2020, 2, 29)),
    ("time", "10:11:12.130", time(10, 11, 12, 130000)),
    ("time", "10:11:12+0200", time(10, 11, 12, tzinfo=_EAST)),
    ("duration", "P1DT2H", timedelta(days=1, hours=2)),
    ("duration", "PT0.50S", timedelta(milliseconds=500)),
    ("duration", "P1Y2M3W4D", timedelta(days=365 + 60 + 21 + 4)),
    ("duration", "-PT36H", timedelta(hours=-36)),
    ("uuid", "f47ac10b-58cc-4372-a567-0e02b2c3d479", UUID(int=0xF47AC10B58CC4372A5670E02B2C3D479)),
    ("uuid", "F47AC10B-58CC-4372-A567-0E02B2C3D479", UUID(int=0xF47AC10B58CC4372A5670E02B2C3D479)),
    ("byte", "aGk=", b"hi"),
    ("byte", "aGk", b"hi"),
    ("byte", "_-8", b"\xff\xef"),
    ("byte", "", b""),
    ("binary", "h\u00e4", "h\u00e4".encode()),
    ("decimal", "1.50", Decimal("1.50")),
    ("decimal", "1e5", Decimal(100000)),
    ("int64", "9007199254740993", 9007199254740993),
    ("int64", "+007", 7),
)
REFUSED = (
    ("date-time", "yesterday"),
    ("date-time", "10000-01-01T00:00:00Z"),
    ("date-time", "2020-13-01T00:00:00Z"),
    ("date-time", "2020-01-01T00:00:61Z"),
    ("date-time", "2020-01-01T00:00:00+25:00"),
    ("date-time", ""),
    ("date", "2021-02-29"),
    ("date", "\u0662\u0660\u0662\u0660-01-01"),
    ("time", "24:00:00"),
    ("duration", "P"),
    ("duration", "P1DT"),
    ("duration", "P99999999999D"),
    ("uuid", "f47ac10b"),
    ("byte", "a\u00e4=="),
    ("byte", "a"),
    ("decimal", "NaN"),
    ("decimal", "1_000"),
    ("decimal", "1e99999999999999999999"),
    ("int64", "1.0"),
    ("int64", "9" * 5000),
)


def adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(_formats, formats.PYTHON_TYPES[name][0]))


@pytest.mark.parametrize(("name", "text", "expected"), READ)
def test_what_is_read_is_written(name: str, text: str, expected: Any) -> None:
    one = adapter(name)
    value = one.validate_python(text)
    assert value == expected
    assert isinstance(value, type(expected))
    for same in (
        value,
        copy.copy(value),
        copy.deepcopy(value),
        one.validate_json(json.dumps(text)),
        one.validate_python(value),
    ):
        assert (same, hash(same)) == (value, hash(value))
        assert one.dump_python(same, mode="json") == text
        assert json.loads(one.dump_json(same)) == text
    assert one.dump_python(value) is value


@pytest.mark.parametrize(("name", "text", "expected"), READ)
def test_values_can_be_pickled(name: str, text: str, expected: Any) -> None:
    again = pickle.loads(pickle.dumps(adapter(name).validate_python(text)))
    assert again == expected
    assert name == "uuid" or adapter(name).dump_python(again, mode="json") == text


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_is_none_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        adapter(name).validate_python(text)
    assert [error["type"] for error in caught.value.errors()] == ["format"]


@pytest.mark.parametrize("name", formats.PYTHON_TYPES)
def test_a_long_text_takes_time_that_grows_with_it(name: str) -> None:
    """Digits that a pattern may share out in several ways are tried in each, where the text ends otherwise."""
    one = adapter(name)

    def made(size: int) -> list[str]:
        return [f"{before}{'1' * size}x" for before in ("", "P", "PT", "1.", "1e", "12:00:00.")]

    def refuse(texts: list[str]) -> None:
        for text in texts:
            with contextlib.suppress(ValidationError):
                one.validate_python(text)

    assert exponent(made, refuse, 300) <= LINEAR


@pytest.mark.parametrize("name", formats.PYTHON_TYPES)
@pytest.mark.parametrize("value", [None, 1.5, True, [], {}])
def test_only_strings_are_read(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        adapter(name).validate_python(value)
    with pytest.raises(ValidationError):
        adapter(name).validate_json("1")


def test_a_value_keeps_its_text_where_nothing_tells_its_type() -> None:
    """An argument that came out of a result."""
    adapter = TypeAdapter[Any](_formats.JsonUUID)
    value = adapter.validate_python("F47AC10B58CC4372A5670E02B2C3D479")
    assert to_json({"ids": [value]}) == {"ids": ["F47AC10B58CC4372A5670E02B2C3D479"]}
    assert TypeAdapter[Any](Any).dump_python(value) is value


def test_a_changed_value_is_written_as_it_is() -> None:
    one = adapter("date-time")
    value = one.validate_python("2020-01-01t00:00:00z")
    assert one.dump_python(value.replace(year=2021), mode="json") == "2021-01-01T00:00:00Z"
    assert one.dump_python(value + timedelta(1), mode="json") == "2020-01-02T00:00:00Z"


@pytest.mark.parametrize("name", formats.PYTHON_TYPES)
def test_schemas_say_that_they_are_strings(name: str) -> None:
    assert adapter(name).json_schema() == {"type": "string"}


def made(directory: Path) -> ModuleType:
    fields = {
        name.replace("-", "_"): {"type": "string", "format": name} for name in formats.PYTHON_TYPES
    }
    return imported(texts(schemas(Thing={"type": "object", "properties": fields})), directory)


def test_python_values_are_taken(tmp_path: Path) -> None:
    day, data, one = date(2020, 1, 1), b"\xff", UUID(int=1)
    thing = made(tmp_path).Thing(date=day, byte=data, uuid=one, int64=3, duration=timedelta(0))
    assert thing.model_dump(mode="json", exclude_unset=True) == {
        "date": "2020-01-01",
        "duration": "P0D",
        "uuid": "00000000-0000-0000-0000-000000000001",
        "byte": "/w==",
        "int64": "3",
    }
    with pytest.raises(ValidationError):
        made(tmp_path).Thing(date=datetime(2020, 1, 1))


def test_unions_of_another_order_are_types_of_their_own(tmp_path: Path) -> None:
    text, at = {"type": "string"}, {"type": "string", "format": "date-time"}
    free, due = {"anyOf": [text, at]}, {"anyOf": [at, text]}
    unions = {"free": free, "due": due}
    lists = {f"{name}s": {"type": "array", "items": of} for name, of in unions.items()}
    own = {f"own_{name}": of for name, of in unions.items()}
    thing = {"type": "object", "properties": {**unions, **lists, **own}, "required": [*own]}
    models: Any = imported(texts(schemas(Thing=thing)), tmp_path)
    said = "2026-01-01T00:00:00Z"
    read = models.Thing.model_validate(
        {name: [said] if name in lists else said for name in thing["properties"]}
    )
    assert {type(read.free), type(read.frees[0]), type(read.own_free)} == {str}
    assert {type(read.due), type(read.dues[0]), type(read.own_due)} == {datetime}


def test_formats_as_annotations(tmp_path: Path) -> None:
    read = source(
        schemas(
            Thing={
                "type": "object",
                "properties": {"at": {"type": "string", "format": "date-time"}},
            }
        )
    )
    config = Config(Path("openapi.yaml"), "pkg", tmp_path, "fix", string_types="annotation")
    document = judging.read_document(read, style=config.style).document
    text = project.drafts(read, document, config)["pkg/models.py"].text
    assert "at: Maybe[str] = None" in text
    assert '"""Format: `date-time`."""' in text


@pytest.mark.parametrize("exclude_unset", [True, False])
def test_what_was_not_given_is_not_written(tmp_path: Path, exclude_unset: bool) -> None:
    """Whatever the format, and without a warning."""
    formats_ = [
        "date-time",
        "date",
        "time",
        "duration",
        "uuid",
        "byte",
        "binary",
        "decimal",
        "int64",
    ]
    properties = {
        f"f{index}": {"type": "string", "format": one} for index, one in enumerate(formats_)
    }
    models = imported(texts(schemas(A={"type": "object", "properties": properties})), tmp_path)
    empty = models.A.model_validate({})
    assert empty.f0 is None
    assert empty.model_dump_json(exclude_unset=exclude_unset) == "{}"
    assert empty.model_dump(mode="json", exclude_unset=exclude_unset) == {}


def test_spaces_in_base64_take_no_memory_of_their_own() -> None:
    text = " AA" * 100_000
    assert memory(lambda: _formats._read_base64(text)) < 4 * len(text)
