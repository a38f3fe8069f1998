"""Python source for JSON values. Text of a document reaches generated code only through this module."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from typing import Any


def literal(value: Any) -> str:
    """The Python expression of a JSON value, on one line, with ASCII quotes and with unprintable characters escaped.

    Strings have the quotes of `ruff format`: double ones, unless these need more escapes.
    """
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_string(key)}: {literal(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)


def tuple_literal(values: Iterable[Any]) -> str:
    """The Python tuple of JSON values."""
    items = [literal(value) for value in values]
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def docstring(text: str, width: int = 96) -> str:
    """A text as the source of a docstring, in triple double quotes. The template indents it.

    The function escapes everything that could end the literal, start an escape or hide from a reader. It turns line ends
    into LF, and breaks lines longer than `width` columns at spaces.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).strip().split("\n")
    source = "\n".join(
        wrapped for line in lines for wrapped in _wrapped(_printable(line).rstrip(), width)
    )
    if "\n" in source:
        return f'"""{source}\n"""'
    closed = re.sub(r'(?<!\\)((?:\\\\)*)"$', r'\1\\"', source)
    return f'"""{closed}"""'


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    # At most half the width, since every line repeats it.
    indent = " " * min(len(line) - len(line.lstrip(" ")), width // 2)
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def comment(text: str) -> str:
    """A text as (part of) one comment line."""
    return " ".join(_printable(text).split())


def inline(text: str) -> str:
    """A text for a code span in a table of Markdown: one line, without characters that end the span or the cell."""
    plain = comment(text).replace("`", "'").replace("|", "\\|")
    return plain.replace("<", "&lt;").replace(">", "&gt;")


def prose(text: str) -> str:
    """A text within a sentence of Markdown or a docstring: one line, no HTML, no link and no picture."""
    plain = comment(text).replace("`", "'")
    return plain.replace("<", "&lt;").replace(">", "&gt;").replace("[", "&#91;")


def json_span(value: Any) -> str:
    """A JSON value as a code span in a table of Markdown. Characters that could end the span, the cell or the line, or hide
    from a reader, stand only in JSON strings. There this function escapes them, so that the span is still JSON."""
    return f"`{''.join(map(_json_character, json.dumps(value, ensure_ascii=False)))}`"


def _json_character(char: str) -> str:
    if char.isprintable() and char not in "`|<>&":
        return char
    halves = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[start : start + 4]}" for start in range(0, len(halves), 4))


def mermaid(text: str) -> str:
    """A text as the quoted label of a node in a Mermaid flowchart. All characters except letters, digits and a few signs
    become character codes (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters)."""
    short = text if len(text) <= 60 else f"{text[:60]}…"
    return '"' + "".join(map(_mermaid_character, short)) + '"'


def _mermaid_character(char: str) -> str:
    return char if char.isalnum() or char in " _-./…" else f"#{ord(char)};"


def toml_string(text: str) -> str:
    """A text as a TOML basic string (https://toml.io/en/v1.0.0#string)."""
    return '"' + "".join(map(_toml_character, text)) + '"'


def _toml_character(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if "\ud800" <= char <= "\udfff":  # a lone surrogate, which TOML cannot express
        return "\ufffd"
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _string(value: str) -> str:
    source = repr(value)
    if source.startswith('"') or value.count('"') > value.count("'"):
        return source
    return '"' + source[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def _printable(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(
        char
        if char == "\n" or char.isprintable()
        else char.encode("unicode_escape").decode("ascii")
        for char in escaped
    )
