"""The Python source of what the IR holds as data. Nothing reads it again."""

from __future__ import annotations

import json

from speclens.ir.types import (
    AnyType,
    Array,
    Constants,
    Literals,
    Map,
    Named,
    Primitive,
    Tuple,
    Type,
    Union,
)
from speclens.ir.wire import ApiKey, Codec, Encoding, Http, Mark, OAuth2, Proof
from speclens.literals import literal, tuple_literal

_PRIMITIVES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}

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
    told += [f"codec={codec_source(mark.codec)}"] if mark.codec else []
    if place == "member" and not told and not mark.is_text:
        return ""
    kind = "TextMember" if mark.is_text else _MARKS[place]
    return f"{kind}({', '.join(told)})"


def codec_source(codec: Codec) -> str:
    """The expression that makes a codec."""
    told = [answered(codec.model)] if codec.model else []
    told += [f"media_type={literal(codec.media_type)}"] if codec.media_type else []
    told += ["is_text=True"] if codec.is_text else []
    told += ["is_json=True"] if codec.is_json else []
    told += [f"fold={codec.fold}"] if codec.fold else []
    told += [f"encoding={_encodings(codec.encodings)}"] if codec.encodings else []
    told += [f"required={tuple_literal(codec.required)}"] if codec.required else []
    told += [f"folded={tuple_literal(codec.folded)}"] if codec.folded else []
    told += [f"denormalize={codec.denormalize}, older={codec.older}"] if codec.denormalize else []
    return f"{codec.name}({', '.join(told)})"


def _encodings(encodings: tuple[Encoding, ...]) -> str:
    members = (f"{literal(one.member)}: {_encoding(one)}" for one in encodings)
    return "{" + ", ".join(members) + "}"


def _encoding(one: Encoding) -> str:
    told = [f"content_type={literal(one.media_type)}"] if one.media_type else []
    told += [f"style={literal(one.style)}"] if one.style else []
    told += ["explode=False"] if not one.explode else []
    told += ["reserved=True"] if one.is_reserved else []
    return f"Encoding({', '.join(told)})"


def proof_source(proof: Proof) -> str:
    """The expression that makes a security scheme."""
    match proof:
        case ApiKey(place, key):
            return f"ApiKey({literal(place)}, {literal(key)})"
        case Http("Bearer"):
            return "Http()"
        case Http(scheme):
            return f"Http({literal(scheme)})"
        case OAuth2("", _):
            return "OAuth2()"
        case OAuth2(token_url, scopes):
            asked = f", {tuple_literal(scopes)}" if scopes else ""
            return f"OAuth2({literal(token_url)}{asked})"


def given(type_: Type) -> str:
    """The annotation of what a caller gives. A list may be any sequence, an object any mapping."""
    return _annotation(type_, "Sequence", "Mapping", "_models.")


def answered(type_: Type, models: str = "_models.") -> str:
    """The annotation of what a call gives. `models` is what the names of classes begin with."""
    return _annotation(type_, "List", "Dict", models)


def _annotation(type_: Type, array: str, map_: str, models: str) -> str:
    """A type of a signature. Bounds are for models to judge."""

    def text(one: Type) -> str:
        match one:
            case AnyType():
                return "Any"
            case Primitive(name, _, format):
                return format or _PRIMITIVES[name]
            case Named(ident, is_input):
                return ident if is_input else f"{models}{ident}"
            case Union(options):
                return " | ".join(map(text, options))
            case Array(item):
                return f"{array}[{text(item)}]"
            case Map(value):
                return f"{map_}[str, {text(value)}]"
            case Literals(values):
                return f"Literal[{', '.join(map(literal, values))}]"
            case Constants(texts):
                return f"Literal[{', '.join(literal(json.loads(one)) for one in texts)}]"
            case Tuple(items):
                return f"tuple[{', '.join(map(text, items))}]"

    return text(type_)
