"""HTML in descriptions: what becomes of it, what is none, and that it ends in time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from built import drafts, schemas
from speclens.lower.schemas.markup import plain_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>One.</p>\n<p>Two.</p>", "One.\n\nTwo."),
        ("One<br>two<BR />\nthree", "One\ntwo\nthree"),
        ("Of:<ul><li>a</li><li>b</li></ul>", "Of:\n\n- a\n- b"),
        ("<b>Bold</b>, <em class='x'>em</em>, <code>a</code>", "Bold, em, `a`"),
        ("<a href='https://a.example/?b=1&amp;c=2'>here</a>", "here (https://a.example/?b=1&c=2)"),
        ("<a href=https://a.example>https://a.example</a>", "https://a.example"),
        ("<a name=x>here</a>, <a href=#x>there</a></a>", "here, there"),
        ("1 &lt; 2 &amp;amp; &#x41;&nosuch;", "1 < 2 &amp; A&nosuch;"),
        ("/pets/<id>, <a>, List<Pet>, a < b", "/pets/<id>, <a>, List<Pet>, a < b"),
        ("`<p>` and\n```\n<p>a</p>\n```", "`<p>` and\n```\n<p>a</p>\n```"),
        ("- a\n    - b  \n\n\nc", "- a\n    - b  \n\n\nc"),
        ("<p></p>", ""),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@given(st.text())
def test_what_has_neither_tags_nor_references_stays(text: str) -> None:
    text = text.replace("<", "").replace("&", "")
    assert plain_text(text) == text


PARTS = (
    "<p",
    "<p>",
    "<a href='",
    "</a",
    "</a>",
    "<br>",
    "<br> ",
    "`",
    "```",
    "&amp",
    "&#;",
    "<",
    "> ",
    "\n",
    "x",
)


@pytest.mark.parametrize("first", PARTS)
def test_time(first: str) -> None:
    for second in PARTS:
        begun = time.process_time()
        plain_text((first + second) * 5_000)
        assert time.process_time() - begun < 1


def test_of_tags_alone_nothing_is_said() -> None:
    text = drafts(schemas(A={"description": "<p></p>", "type": "object"}))["models.py"].text
    assert '""""""' not in text
