"""The only maker of identifiers.

A name depends on the place of the thing alone, so that adding something to a document renames nothing else. Where two
places would give one name, both are spelled out (`Foo_Bar` beside `FooBar`), never numbered.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

_SOFT_RESERVED = frozenset({"_", "type", "match", "case"})
# pydantic's own attributes and the names our modules import: a field or class called so would shadow them.
_MODEL_ATTRIBUTES = frozenset(
    {
        "construct", "copy", "dict", "fields", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
        "schema_json", "self", "update_forward_refs", "validate",
    }
)  # fmt: skip
_MODULE_NAMES = frozenset(
    {
        "Annotated",
        "Any",
        "Field",
        "Integer",
        "Literal",
        "Maybe",
        "Model",
        "Number",
        "TypeAlias",
        "BaseModel",
        "Exact",
    }
)


def words(text: str) -> tuple[str, ...]:
    """The words of a wire name: `imageEdit-request2` gives image, Edit, request2; anything but ASCII is spelled."""
    text = re.sub(r"[^\x00-\x7f]", lambda m: f" u{ord(m.group()):x} ", text)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    return tuple(re.findall(r"[A-Za-z0-9]+", text))


def pascal(text: str) -> str:
    """A class name: `image-edit request` gives `ImageEditRequest`; `2d` gives `N2d`."""
    name = "".join(word[:1].upper() + word[1:] for word in words(text)) or _spelled(text)
    return _valid(name, "N")


def snake(text: str) -> str:
    """A function or attribute name: `ImageEditRequest` gives `image_edit_request`."""
    return _valid("_".join(word.lower() for word in words(text)) or _spelled(text).lower(), "n")


def attribute(text: str) -> str:
    """The field name of a property: its wire name where that is an identifier pydantic takes, else made one."""
    plain = text.isascii() and text.isidentifier() and not text.startswith(("_", "model_"))
    name = text if plain else snake(text)
    return (
        f"{name}_"
        if _is_taken(name) or name.startswith("model_") or name in _MODEL_ATTRIBUTES
        else name
    )


def class_name(text: str) -> str:
    """The class of a schema; never a name that the module itself needs."""
    name = pascal(text)
    return f"{name}_" if name in _MODULE_NAMES or hasattr(builtins, name) else name


def distinct(wire_names: Iterable[str], make: Callable[[str], str]) -> dict[str, str]:
    """Wire name -> identifier, all different. Only the names that clash are spelled out."""
    owners: dict[str, list[str]] = defaultdict(list)
    for wire_name in wire_names:
        owners[make(wire_name)].append(wire_name)
    names: dict[str, str] = {}
    for name, group in owners.items():
        for wire_name in group:
            # One may keep the short name: the one that is written just so.
            keeps = len(group) == 1 or wire_name == name
            names[wire_name] = name if keeps else _valid(_spelled(wire_name), make("n"))
    return names


def _spelled(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", lambda m: f"_x{ord(m.group()):x}_", text).replace("_x5f_", "_")


def _valid(name: str, prefix: str) -> str:
    if not name[:1].isalpha():
        name = f"{prefix}{name}"
    return f"{name}_" if _is_taken(name) else name


def _is_taken(name: str) -> bool:
    return keyword.iskeyword(name) or name in _SOFT_RESERVED - {"type", "match", "case"}
