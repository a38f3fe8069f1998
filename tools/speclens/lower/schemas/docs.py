"""Docstrings from a document: what its author wrote, and what a reader of the generated code has to know besides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from speclens.literals import docstring
from speclens.lower.ground import x_compat
from speclens.lower.schemas.markup import plain_text
from speclens.openapi.enumerations import enum_values, value_text
from speclens.source.pointer import JsonObject

_WIDTH = 92  # of lines that are indented by four


def schema_docs(node: Any, with_values: bool = True) -> str:
    """The docstring source of a named schema; "" if the document says nothing. `with_values` says whether it tells of the
    values of an enumeration."""
    text = plain_text(_text(node, "description") or _text(node, "title"))
    parts = [text, _of_values(node) if with_values else ""]
    said = "\n\n".join(filter(None, parts))
    return docstring(begun(said), _WIDTH) if said else ""


def begun(text: str) -> str:
    """A text as a docstring begins (PEP 257): with a capital letter, and with a period at the end of its first paragraph,
    where that ends with words."""
    first, gap, rest = text.partition("\n\n")
    word = first.split(maxsplit=1)[0] if first.strip() else ""
    if word.isascii() and word.isalpha() and word.islower():
        first = first.lstrip()
        first = f"{first[0].upper()}{first[1:]}"
    is_prose = not first.rpartition("\n")[2].lstrip().startswith(("-", "*", "#", "|", ">"))
    end = "." if is_prose and first and (first[-1].isalnum() or first[-1] in "`)\"'") else ""
    return f"{first}{end}{gap}{rest}"


def _of_values(schema: Any) -> str:
    """What a document says of the values of an enumeration, or of those in a list: a line for each."""
    items = schema.get("items") if isinstance(schema, dict) else None
    values = enum_values(schema) or enum_values(items)
    told = ((value_text(one.value), " ".join(plain_text(one.doc).split())) for one in values)
    return "\n".join(f"- `{value}`: {doc}" for value, doc in told if doc)


def property_docs(
    node: Any, target: Any, with_format: bool = False, with_values: bool = True
) -> str:
    """The docstring source of a property, from the node itself, else from what it refers to."""
    own = _text(node, "description") or _text(target, "description") or _text(node, "title")
    parts = [plain_text(own)]
    if with_format and (format := _text(node, "format") or _text(target, "format")):
        parts.append(f"Format: `{format}`.")
    default = _first(node, target, "default")
    if default is not None:
        parts.append(f"API default: `{_json(default)}`.")
    if (known := _examples(node, target)) and "enum" not in target:
        parts.append(f"Known values: {', '.join(f'`{value}`' for value in known)}.")
    if isinstance(node, dict) and node.get("deprecated") is True:
        parts.append("Deprecated.")
    said = [part for part in parts if part]
    separator = " " if said and "\n" not in said[0] else "\n\n"
    values = cut(_of_values(node) or _of_values(target)) if with_values else ""
    whole = "\n\n".join(filter(None, (separator.join(said), values)))
    return docstring(whole, _WIDTH) if whole else ""


def argument_docs(
    node: Any, target: Any, is_removable: bool = False, has_default: bool = False
) -> str:
    """What to say of an argument of a client, as plain text: its description, and what its type cannot say. `node` is its
    schema, or the object that has the schema, and `target` what that refers to. `has_default` says that the signature
    shows the default."""
    own = _text(node, "description") or _text(target, "description")
    parts = bounds(node, target)
    default = _first(node, target, "default")
    told = _json(default) if default is not None and not has_default else ""
    parts += [f"API default: `{told}`."] if 0 < len(told) <= _LONGEST else []
    if (example := _example(node, target)) is not None and example != default:
        parts.append(f"Example: `{_json(example)}`.")
    parts += ["None takes it away."] if is_removable else []
    values = cut(_of_values(node) or _of_values(target))
    return "\n\n".join(filter(None, (told_with(cut(plain_text(own)), parts), values)))


def told_with(text: str, parts: Iterable[str]) -> str:
    """A description with sentences of ours behind it, in the same paragraph if it is one line."""
    ended = text if not text or text[-1] in ".!?:`" else f"{text}."
    said = [part for part in (ended, *parts) if part]
    return ("\n\n" if said and "\n" in said[0] else " ").join(said)


def deprecation_docs(node: Any, target: Any) -> str:
    """What to say of an argument that the document marks as deprecated; "" for any other."""
    is_deprecated = any(_first(one, None, "deprecated") is True for one in (node, target))
    return "Deprecated." if is_deprecated else ""


def cut(text: str, most: int = 4_000) -> str:
    """A text of at most so many characters: many operations may have the same parameters, members and responses, and each
    tells of them."""
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def of_spoke(spoke: x_compat.Spoke | None) -> str:
    """What to say of an older field; "" for a field that is none."""
    if spoke is None:
        return ""
    return of_older(spoke.deprecated or {}, ".".join(spoke.hub))


def of_older(told: JsonObject, hub: str) -> str:
    """What to say of an older field or parameter, of which x-compat has this."""
    note = cut(plain_text(str(told.get("note") or "").strip()), _LONGEST_NOTE) or f"Use {hub}."
    when = "".join(f" {word} {told[key]}" for key, word in _WHEN if key in told)
    return f"Deprecated{when}: {note}{'' if note[-1] in '.!?' else '.'}"


_WHEN = (("since", "since"), ("sunset", "until"))


def bounds(node: Any, target: Any) -> list[str]:
    """The bounds of a value, a sentence each."""
    found = {key: _first(node, target, key) for key in _BOUNDS}
    known = {key: value for key, value in found.items() if type(value) in {int, float}}
    for least, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if exclusive in known and known[exclusive] == known.get(least):
            del known[least]  # as OpenAPI 3.0 writes it
    sentences = []
    for least, most, unit in (("minimum", "maximum", ""), ("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items")):  # fmt: skip
        low, high = known.get(least), known.get(most)
        low = None if low == 0 and unit else low
        last = high if high is not None else low
        told = f" {unit if last != 1 else unit.removesuffix('s')}" if unit else ""
        if low is not None and high is not None:
            sentences.append(f"{low} to {high}{told}." if low != high else f"{low}{told}.")
        elif low is not None or high is not None:
            which = f"At least {low}" if high is None else f"At most {high}"
            sentences.append(f"{which}{told}.")
    sentences += [f"More than {known['exclusiveMinimum']}."] if "exclusiveMinimum" in known else []
    sentences += [f"Less than {known['exclusiveMaximum']}."] if "exclusiveMaximum" in known else []
    sentences += [f"A multiple of {known['multipleOf']}."] if "multipleOf" in known else []
    pattern = _text(node, "pattern") or _text(target, "pattern")
    sentences += [f"Pattern: `{pattern}`."] if pattern and len(pattern) <= _LONGEST else []
    return sentences


_BOUNDS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf",
)  # fmt: skip
_LONGEST_NOTE = 400
_LONGEST = 80
"""The length of a pattern or an example that is shown beside an argument."""


def _example(node: Any, target: Any) -> Any:
    """A short example of a plain value; None if there is none."""
    found = [_first(node, target, "example")]
    listed = _first(node, target, "examples")
    found += listed[:1] if isinstance(listed, list) else []
    plain = (one for one in found if type(one) in {str, int, float} and len(str(one)) <= _LONGEST)
    return next(plain, None)


def document_docs(title: str, description: str) -> str:
    """The docstring source of the package. Without the version: a release of the API alone changes no line."""
    parts = (f"{title.strip().rstrip('.')}.", plain_text(description.strip()))
    return docstring("\n\n".join(part for part in parts if part))


def _text(node: Any, keyword: str) -> str:
    value = node.get(keyword) if isinstance(node, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _first(node: Any, target: Any, keyword: str) -> Any:
    for place in (node, target):
        if isinstance(place, dict) and keyword in place:
            return place[keyword]
    return None


def _examples(node: Any, target: Any) -> list[str]:
    found = _first(node, target, "examples")
    return (
        [value for value in found if isinstance(value, str)]
        if isinstance(found, list) and len(found) > 1
        else []
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
