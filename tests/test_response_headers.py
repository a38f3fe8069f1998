"""Headers of answers: what the style `simple` (section 4.8.12.3 of OpenAPI 3.1) makes of a value is read back as it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from runtime._formats import JsonDateTime
from runtime._types import Integer, Maybe, Number

from routescope._headers import ResponseHeaders

pytestmark = pytest.mark.shipped

TEXT = st.text("abcXYZ019-_. ", min_size=1).map(str.strip).filter(bool)


class Said(ResponseHeaders):
    text: Annotated[Maybe[str], Field(alias="X-Text")] = None
    count: Annotated[Maybe[Integer], Field(alias="X-Count")] = None
    flag: Annotated[Maybe[bool], Field(alias="X-Flag")] = None
    words: Annotated[Maybe[list[str]], Field(alias="X-Words")] = None
    counts: Annotated[Maybe[list[Integer]], Field(alias="X-Counts")] = None
    map: Annotated[Maybe[dict[str, Integer]], Field(alias="X-Map")] = None
    json_: Annotated[Maybe[dict[str, list[str]]], Field(alias="X-Json")] = None
    date: Annotated[Maybe[JsonDateTime], Field(alias="Date")] = None
    half: Annotated[Maybe[Number], Field(alias="X-Half", multiple_of=0.5)] = None
    later: Annotated[Maybe[Later], Field(alias="X-Later")] = None


class Later(ResponseHeaders):
    level: Integer


def read(**headers: str) -> Any:
    return Said.from_response(
        httpx.Response(
            200, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
    )


@given(
    TEXT,
    st.integers(),
    st.booleans(),
    st.lists(TEXT, min_size=2),
    st.lists(st.integers(), min_size=1),
)
def test_what_was_written_is_read(
    text: str, count: int, flag: bool, words: list[str], counts: list[int]
) -> None:
    found = read(
        x_text=text,
        x_count=str(count),
        x_flag=json.dumps(flag),
        x_words=",".join(words),
        x_counts=", ".join(map(str, counts)),
    )
    assert (found.text, found.count, found.flag) == (text, count, flag)
    assert (found.words, found.counts) == (words, counts)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(), min_size=1), st.booleans())
def test_objects_in_both_ways(members: dict[str, int], explode: bool) -> None:
    between = "=" if explode else ","
    text = ",".join(f"{name}{between}{value}" for name, value in members.items())
    assert read(x_map=text).map == members


@given(st.dictionaries(st.text("abc"), st.lists(st.text("abc,="))))
def test_json(value: dict[str, list[str]]) -> None:
    assert read(x_json=json.dumps(value)).json_ == value


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))
def test_dates_of_http(moment: datetime) -> None:
    assert read(date=format_datetime(moment)).date == moment.replace(microsecond=0)


def test_what_is_not_there_is_none() -> None:
    assert read().model_dump(exclude_unset=True) == {}
    assert read(x_later="level,3").later.level == 3


@pytest.mark.parametrize("text", ["", "1.5", "many", "1,2", "NaN"])
def test_what_is_not_of_the_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="X-Count"):
        read(x_count=text)


@pytest.mark.parametrize("text", ["1" + "0" * 400, "1e400", "-1" + "0" * 5000, "0.3"])
def test_a_number_that_is_no_multiple_is_refused(text: str) -> None:
    assert read(x_half="1.5").half == 1.5
    with pytest.raises(ValueError, match="X-Half"):
        read(x_half=text)
