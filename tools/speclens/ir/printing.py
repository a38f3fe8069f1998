"""Prints the data of the IR as Python source, all but its conditions. No code reads this source again."""

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
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
}  # fmt: skip

_MARKS = {
    "path": "Path",
    "query": "Query",
    "querystring": "QueryString",
    "header": "Header",
    "cookie": "Cookie",
    "member": "Member",
    "body": "Body",
    "object": "Members",
    "content-type": "ContentType",
}
"""The class of the mark, by the place of an argument."""
_WHOLE = frozenset({"body", "object", "content-type"})
"""The places that a request has once, so their marks need no name."""
_REQUIRED = frozenset({"query", "querystring", "header", "cookie", "body"})
"""The places whose marks say whether the argument is required."""


def mark_source(place: str, name: str, mark: Mark, is_required: bool) -> str:
    """The expression of the mark that puts an argument into a request."""
    told = [] if place in _WHOLE else [literal(name)]
    told += ["is_nullable=True"] if mark.is_nullable else []
    told += ["is_required=True"] if is_required and place in _REQUIRED else []
    told += [f"style={literal(mark.style)}"] if mark.style else []
    told += [f"explode={mark.explode}"] if mark.explode is not None else []
    told += ["reserved=True"] if mark.is_reserved else []
    told += [f"codec={codec_source(mark.codec)}"] if mark.codec else []
    kind = "FileMember" if mark.is_file else "TextMember" if mark.is_text else _MARKS[place]
    return f"{kind}({', '.join(told)})"


def codec_source(codec: Codec) -> str:
    """The expression that makes a codec."""
    told = [answered(codec.model)] if codec.model else []
    told += [f"media_type={literal(codec.media_type)}"] if codec.media_type is not None else []
    told += ["is_text=True"] if codec.is_text else []
    told += ["is_json=True"] if codec.is_json else []
    told += [f"folding={_folding(codec)}"] if codec.fold else []
    encodings = (f"{literal(one.member)}: {_encoding(one)}" for one in codec.encodings)
    told += [f"encoding={{{', '.join(encodings)}}}"] if codec.encodings else []
    told += [f"required={tuple_literal(codec.required)}"] if codec.required else []
    return f"{codec.name}({', '.join(told)})"


_FOLDINGS = {"MergePatch": "OlderPatch", "Multipart": "OlderParts"}
"""The class of the folding of values, by the class of their codec, where it is not `OlderFields`."""


def _folding(codec: Codec) -> str:
    told = [codec.fold]
    told += [codec.denormalize, codec.older] if codec.denormalize else []
    told += [f"folded={tuple_literal(codec.folded)}"] if codec.folded else []
    told += [] if codec.known is None else [f"known={tuple_literal(codec.known)}"]
    return f"{_FOLDINGS.get(codec.name, 'OlderFields')}({', '.join(told)})"


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
    """The annotation of an argument. It admits any sequence for a list, and any mapping for an object."""
    return _annotation(type_, "Sequence", "Mapping", "_models.")


def answered(type_: Type, models: str = "_models.") -> str:
    """The annotation of a result. `models` is the prefix of the names of classes."""
    return _annotation(type_, "List", "Dict", models)


def _annotation(type_: Type, array: str, map_: str, models: str) -> str:
    """A type in a signature, without its bounds: models check these."""

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


def deprecation_source(members: tuple[tuple[str, str], ...]) -> str:
    """The expression of a `Deprecation` of the runtime."""
    return f"Deprecation({', '.join(f'{key}={literal(text)}' for key, text in members)})"
