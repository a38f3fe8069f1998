"""Descriptions without HTML: many documents hold it, and docstrings are read as they are.

Elements that HTML defines are taken out, with what they mean for the layout kept; all else between angle brackets is
the author's (`<id>`, `List<Pet>`), and so is what stands in code spans of Markdown. An HTML parser would take `<id>` for an
element.
"""

from __future__ import annotations

import html
import re

_PARAGRAPHS = frozenset(
    (
        "p", "div", "section", "blockquote", "pre", "ul", "ol", "dl", "table", "hr",
        "h1", "h2", "h3", "h4", "h5", "h6",
    )
)  # fmt: skip
_LINE_STARTS = {"br": "\n", "tr": "\n", "li": "\n- ", "dt": "\n", "dd": "\n"}
_CODE = frozenset(("code", "tt", "kbd", "samp"))
_INLINE = frozenset(
    (
        "a", "abbr", "b", "big", "caption", "center", "cite", "del", "em", "fieldset", "font", "i", "img", "ins",
        "mark", "note", "s", "small", "span", "strike", "strong", "sub", "sup", "tbody", "td", "th", "thead", "u",
    )
)  # fmt: skip
_PAIRED = (_INLINE | _CODE) - {"img", "tbody", "td", "th", "thead"}
"""Elements that end where it is written; without an end they are the author's: `/pets/<a>`."""
_KNOWN = "|".join(
    sorted({*_PARAGRAPHS, *_LINE_STARTS, *_CODE, *_INLINE}, key=lambda name: (-len(name), name))
)
_PIECE = re.compile(
    rf"(?P<span>```.*?```|`[^`\n]*`)"
    rf"|<(?P<end>/?)(?P<name>{_KNOWN})(?P<more>[\s/][^<>]*)?>(?P<rest>[ \t]*\n)?"
    r"|&(?:#\w{1,8}|\w{2,31});",
    re.DOTALL | re.IGNORECASE,
)
_CLOSED = re.compile(r"</(\w+)")
_ADDRESS = re.compile(r"""\bhref\s*=\s*["']?([^"'\s]+)""", re.IGNORECASE)


def plain_text(text: str) -> str:
    """A text with its HTML as plain text: paragraphs apart, a line for each item, links with their addresses."""
    closed = {name.lower() for name in _CLOSED.findall(text)}
    link = ("", 0)  # its address, and where its text begins
    has_tags = False

    def replaced(found: re.Match[str]) -> str:
        nonlocal link, has_tags
        name = (found["name"] or "").lower()
        if found["span"] or (name in _PAIRED and name not in closed):
            return found[0]
        if not name:
            return html.unescape(found[0])
        has_tags, is_end, rest = True, bool(found["end"]), found["rest"] or ""
        if name == "a":
            (address, start), link = link, (_address(found["more"] or ""), found.end())
            is_told = is_end and address and text[start : found.start()].strip() != address
            return f" ({address}){rest}" if is_told else rest
        if name in _LINE_STARTS:
            return rest if is_end else _LINE_STARTS[name]
        mark = "\n\n" if name in _PARAGRAPHS else "`" if name in _CODE else ""
        return f"{mark}{rest}"

    made = _PIECE.sub(replaced, text)
    return _laid_out(made) if has_tags else made


def _address(attributes: str) -> str:
    """Where a link leads; "" for a place on the page that the text was on."""
    found = _ADDRESS.search(attributes)
    return html.unescape(found[1]) if found and not found[1].startswith("#") else ""


def _laid_out(text: str) -> str:
    """A text with at most one blank line in a row, and no spaces at the ends of lines."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")
