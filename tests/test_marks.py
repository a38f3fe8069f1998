"""Marks: what made each line of an output file."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from speclens.output.marks import LineOrigin, mark, mark_lines, nonce, origins_of_copy, take_out

TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


@given(TEXT)
def test_no_document_holds_its_nonce(text: str) -> None:
    assert nonce(text) not in text
    assert nonce(text) == nonce(text)


def test_lines_of_blocks_get_no_mark() -> None:
    assert mark_lines("a\n{% if x %}\n  {# c #}\n{{ b }}\n\n", "t.j2", "N") == (
        "a⟦N t.j2 1⟧\n{% if x %}\n  {# c #}\n{{ b }}⟦N t.j2 4⟧\n⟦N t.j2 5⟧\n"
    )


def test_a_tag_of_several_lines_gets_no_mark_inside() -> None:
    """Jinja would take it for a part of the tag. A line that begins with a tag gets none at its end either."""
    assert mark_lines("{{ a(\n  b\n) }} c\n{% if\n  x %}\n{# c\nd #}\ne {# f\n#}\n", "t", "N") == (
        "{{ a(\n  b\n) }} c⟦N t 3⟧\n{% if\n  x %}\n{# c\nd #}\ne {# f\n#}⟦N t 9⟧\n"
    )


def test_a_name_of_a_template_comes_back() -> None:
    name = "a {{ b }}⟧/ü.j2"
    marked = mark_lines("x", name, "N")
    assert "{" not in marked
    assert take_out(marked, "N", "t") == ("x", (LineOrigin("#", name, 1),))


def test_origins() -> None:
    text = "a⟦N t.j2 1⟧\nb⟦N #/x⟧⟦N t.j2 3⟧\nc\nd⟦N t.j2 4⟧\n"
    assert take_out(text, "N", "t.j2") == (
        "a\nb\nc\nd\n",
        (
            LineOrigin("#", "t.j2", 1),
            LineOrigin("#/x", "t.j2", 3),
            LineOrigin("#/x", "t.j2", 4),
            LineOrigin("#/x", "t.j2", 4),
            LineOrigin("#/x", "t.j2", 1),
        ),
    )


def test_an_included_template_is_named() -> None:
    text = "a⟦N p.j2 1⟧\nb⟦N t.j2 2⟧"
    assert take_out(text, "N", "t.j2")[1] == (
        LineOrigin("#", "p.j2", 1),
        LineOrigin("#", "t.j2", 2),
    )


@given(st.text(st.characters(exclude_categories=()), max_size=20).map("#/{}".format))
@example("#/a b")
@example("#/a%20b")
@example("#/⟦N #⟧")
@example("#/\\x20\n\u2028")
def test_a_pointer_comes_back(pointer: str) -> None:
    text, origins = take_out(f"x{mark(pointer, 'N')}", "N", "t")
    assert (text, [origin.pointer for origin in origins]) == ("x", [pointer])


@given(st.lists(st.text("ab⟦⟧N #1", max_size=6), min_size=1, max_size=5))
def test_each_line_of_a_copy_has_its_origin(lines: list[str]) -> None:
    rows = range(1, len(lines) + 1)
    expected = tuple(LineOrigin("#", "t", row) for row in rows)
    assert origins_of_copy("\n".join(lines), "t") == expected
