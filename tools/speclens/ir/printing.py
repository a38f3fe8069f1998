"""The Python source of what the IR holds as data. Nothing reads it again."""

from __future__ import annotations

from speclens.ir.wire import Mark
from speclens.literals import literal

_MARKS = {
    "path": "Path",
    "query": "Query",
    "querystring": "QueryString",
    "header": "Header",
    "cookie": "Cookie",
    "member": "Member",
    "body": "Body",
    "content-type": "ContentType",
}
"""By the place of an argument the class of its mark."""
_WHOLE = frozenset({"body", "content-type"})
"""The places of which there is one in a request, so that no name is needed."""


def mark_source(place: str, name: str, ident: str, mark: Mark) -> str:
    """The expression of the mark of an argument, with the wire name where that is another than the argument's; "" for a
    member of the body of which a mark would say nothing."""
    told = [] if name == ident or place in _WHOLE else [literal(name)]
    told += ["is_nullable=True"] if mark.is_nullable else []
    told += [f"style={literal(mark.style)}"] if mark.style else []
    told += [f"explode={mark.explode}"] if mark.explode is not None else []
    told += ["reserved=True"] if mark.is_reserved else []
    told += [f"codec={mark.codec}"] if mark.codec else []
    if place == "member" and not told and not mark.is_text:
        return ""
    kind = "TextMember" if mark.is_text else _MARKS[place]
    return f"{kind}({', '.join(told)})"
