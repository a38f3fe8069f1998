"""The only maker of identifiers.

A name depends only on the place of the thing, so that a new part of a document renames nothing else. If two places give
the same name, this module spells the clashing names out (`Foo_Bar` beside `FooBar`). It never numbers them.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType

from speclens.names.words import words as words

_SOFT_RESERVED = frozenset({"_", "type", "match", "case"})
# Attributes of pydantic models, types that annotations name, and names that our modules import. A field or class of such
# a name would shadow them. Fields begin with a small letter and classes with a capital, so neither shadows the other.
_MODEL_ATTRIBUTES = frozenset(
    {
        "construct", "copy", "dict", "fields", "from_orm", "json", "mro", "parse_file", "parse_obj", "parse_raw", "schema",
        "register", "schema_json", "from_response", "self", "update_forward_refs", "validate", "bool", "float", "int", "list", "str",
        "model_computed_fields", "model_config", "model_construct", "model_copy", "model_dump", "model_dump_json", "model_extra",
        "model_fields", "model_fields_set", "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild",
        "model_validate", "model_validate_json", "model_validate_strings",
    }
)  # fmt: skip
_CLIENT_ATTRIBUTES = frozenset(
    {
        "answer",
        "bool",
        "bytes",
        "str",
        "base_url",
        "cached_property",
        "call",
        "close",
        "http",
        "options",
        "request",
        "self",
    }
)
_TYPE_NAMES = frozenset({"bool", "bytes", "self", "str"})
_ARGUMENTS = _TYPE_NAMES | {"float", "int", "options"}
_METHODS = _TYPE_NAMES | {
    "float",
    "int",
    "omit",
    "overload",
    "tuple",
}  # a class body looks these up among its methods first
OPTIONS = frozenset(
    {
        "timeout", "max_retries", "retry_unsafe", "idempotency_key", "extra_headers", "extra_query", "extra_body",
        "compat", "on_response", "deadline", "max_response_bytes", "max_line_bytes",
        "max_response_values",
    }
)  # fmt: skip
"""The arguments that every method of a client takes in addition to the members of its body."""
CLIENT_NAMES = frozenset(
    {
        "Annotated", "Any", "ApiKey", "AsyncClient", "AsyncDownload", "AsyncIterator", "AsyncStream", "Body",
        "ClassVar", "Client", "Content", "ContentType", "Cookie", "Count", "Cursor", "Date", "DateTime",
        "Decimal", "Dict", "Download", "Encoding", "EventObjects", "Events", "FileInput", "FileMember", "Form", "Header", "Http",
        "Iterator", "Json", "JsonLines", "Link", "List", "Literal", "Mapping", "Member", "Members", "MergePatch", "Multipart",
        "OAuth2", "OlderArguments", "OlderFields", "OlderParts", "OlderPatch", "Omit", "Operation", "Parameters", "Path", "Query", "QueryString", "Raw", "RequestOptions",
        "Resource", "Sequence", "Stream", "SyncClient", "TYPE_CHECKING", "Text", "TextMember", "Time", "TimeDelta", "TypeAlias", "UUID", "Unknown",
        "Unpack",
    }
)  # fmt: skip
"""The names that the client module itself uses. No class of operations, synchronous or asynchronous, gets such a name."""
COMPAT_NAMES = ("CompatError", "Deprecation", "Drop", "Normalized", "Rewrite")
PAYLOAD_NAMES = ("ArgumentError", "PayloadError", "PayloadFault")
ERROR_NAMES = (
    "APIConnectionError", "APIError", "APIResponseValidationError", "APIStatusError", "APITimeoutError",
    "AuthenticationError", "BadRequestError", "ConflictError", "InternalServerError", "NotFoundError",
    "PermissionDeniedError", "RateLimitError", "RequestTooLargeError", "UnprocessableEntityError",
    "UnsupportedMediaTypeError",
)  # fmt: skip
ARGUMENT_NAMES = ("Omit", "RequestOptions", "omit")
RUNTIME_NAMES = frozenset(
    {
        *COMPAT_NAMES,
        *PAYLOAD_NAMES,
        *ERROR_NAMES,
        *ARGUMENT_NAMES,
        "Answer",
        "Content",
        "FileError",
        "FileModel",
    }
)
"""The names that a package exports from modules of the runtime. No class of operations gets such a name."""
_MODULE_NAMES = frozenset(
    {
        "Among",
        "Annotated",
        "Any",
        "Field",
        "Integer",
        "IntegerEnum",
        "Literal",
        "Maybe",
        "Model",
        "Number",
        "TypeAlias",
        "ResponseHeaders",
        "TypeAliasType",
        "BaseModel",
        "Circular",
        "ConfigDict",
        "Exact",
        "FileModel",
        "OneOf",
        "Positions",
        "TextEnum",
        "Union",
        "Unique",
        "JsonBase64",
        "JsonBinary",
        "JsonDate",
        "JsonDateTime",
        "JsonDecimal",
        "JsonDuration",
        "JsonInt",
        "JsonTime",
        "JsonUUID",
    }
)


def pascal(text: str) -> str:
    """A class name: `image-edit request` gives `ImageEditRequest`; `2d` gives `N2d`."""
    name = "".join(word[:1].upper() + word[1:] for word in words(text)) or _spelled(text)
    return _valid(name, "N")


def snake(text: str) -> str:
    """A function or attribute name: `ImageEditRequest` gives `image_edit_request`."""
    return _valid("_".join(word.lower() for word in words(text)) or _spelled(text).lower(), "n")


def attribute(text: str) -> str:
    """The field name of a property, in snake_case; never one that pydantic does not accept as a field."""
    name = snake(text)
    return f"{name}_" if _is_reserved(name) else name


def argument(text: str) -> str:
    """The argument of a method, in snake_case. It is never one of `OPTIONS`, and never a type of its annotations. It may be
    an attribute of pydantic models (`fields`, `schema`)."""
    name = snake(text)
    return f"{name}_" if name in OPTIONS or name in _ARGUMENTS or _is_taken(name) else name


def method(text: str) -> str:
    """The method of an operation. It may be a builtin such as `list`, but not a type that annotations name."""
    name = snake(text)
    return f"{name}_" if name in _METHODS else name


def constant(text: str) -> str:
    """The constant of an operation. It has an underscore, so that it is not the name of a class: `UUID` is a type, and `GET`
    may be a tag."""
    name = snake(text).upper()
    return name if "_" in name else f"{name}_OPERATION"


_SIGNS = {"-": "minus", "+": "plus"}


def member(text: str) -> str:
    """The member of an enumeration, for the text of its value. A sign at the beginning tells (`-name` is another order than
    `name`); of a text without letters and digits, the names of its characters do."""
    told = f"{_SIGNS[text[0]]} {text[1:]}" if text[:1] in _SIGNS and words(text) else text
    if not words(told):
        told = " ".join(unicodedata.name(one, f"u{ord(one):x}") for one in told[:8]) or "empty"
    return _valid("_".join(words(told)).upper(), "VALUE_")


def resource(text: str) -> str:
    """The attribute of a client for a resource; never another attribute of the client."""
    name = snake(text)
    return f"{name}_" if name in _CLIENT_ATTRIBUTES else name


def class_name(text: str) -> str:
    """The class of a schema; never a name that the module itself needs."""
    name = pascal(text)
    return f"{name}_" if _is_reserved(name) else name


def distinct(
    wire_names: Iterable[str],
    make: Callable[[str], str],
    given: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Wire name -> identifier, all different. Only clashing names are spelled out. `given` has other names for some, which
    an author wants instead."""
    owners: dict[str, list[str]] = defaultdict(list)
    for wire_name in wire_names:
        owners[make(given.get(wire_name) or wire_name)].append(wire_name)
    used = {*owners, *(OPTIONS | _ARGUMENTS if make is argument else ())}
    names: dict[str, str] = {}
    for name, group in owners.items():
        for wire_name in group:
            # One may keep the short name: the one whose wire name is that name.
            keeps = len(group) == 1 or wire_name == name
            names[wire_name] = (
                name if keeps else unused(_in_full(wire_name, make("n")), used, wire_name)
            )
            used.add(names[wire_name])
    return names


_MOST_UNDERSCORES = 3


def unused(name: str, used: Collection[str], written: str = "") -> str:
    """A name that is not in use: `name`, or `name` with underscores if it is in use or reserved. If very many names clash,
    they get a digest of `written` in place of more and more underscores."""
    free = name
    while free in used or _is_reserved(free):
        free += "_"
        if written and len(free) > len(name) + _MOST_UNDERSCORES:
            return unused(f"{name}_{sha256(written.encode()).hexdigest()[:12]}", used)
    return free


def resource_class(name: str) -> str:
    """The name of a class of operations. It cannot be the name of another class's asynchronous twin."""
    return f"Async_{name[5:]}" if name.startswith("Async") else name


def _in_full(text: str, prefix: str) -> str:
    name = _valid(_spelled(text), prefix)
    return (name[0].upper() if prefix.isupper() else name[0].lower()) + name[1:]


def _spelled(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", lambda m: f"_x{ord(m.group()):x}_", text).replace("_x5f_", "_")


def _valid(name: str, prefix: str) -> str:
    if not name[:1].isalpha():
        name = f"{prefix}{name}"
    return f"{name}_" if _is_taken(name) else name


def _is_reserved(name: str) -> bool:
    """Whether no field and no class may have this name."""
    if name[0].isupper():
        return name in _MODULE_NAMES or hasattr(builtins, name)
    return _is_taken(name) or name in _MODEL_ATTRIBUTES


def _is_taken(name: str) -> bool:
    return keyword.iskeyword(name) or name in _SOFT_RESERVED - {"type", "match", "case"}
