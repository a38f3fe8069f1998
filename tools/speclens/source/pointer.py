"""JSON Pointers (RFC 6901), in URI fragment form: `#`, `#/paths/~1v1~1edits/post`.

Non-ASCII and reserved characters stay as they are, because people read the pointers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

JsonObject = dict[str, Any]
Tokens = tuple[str, ...]
"""The reference tokens of a pointer (RFC 6901, section 3)."""


def escape(token: str) -> str:
    """One reference token, escaped (RFC 6901 section 3)."""
    if "~" not in token and "/" not in token:
        return token
    return token.replace("~", "~0").replace("/", "~1")


def join(pointer: str, *tokens: str | int) -> str:
    """`pointer` with further tokens: `join("#", "paths", "/v1") == "#/paths/~1v1"`."""
    for token in tokens:
        pointer = f"{pointer}/{escape(str(token))}"
    return pointer


def tokens(pointer: str) -> tuple[str, ...]:
    """The unescaped tokens of a pointer, with or without its leading `#`."""
    path = pointer.removeprefix("#")
    if not path:
        return ()
    if not path.startswith("/"):
        raise ValueError(f"not a JSON Pointer: {pointer!r}")
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in path[1:].split("/"))


def from_reference(reference: str) -> str | None:
    """The pointer that a local `$ref` names (percent-decoded), or None if it leaves the document or names an anchor."""
    if reference == "#" or reference.startswith("#/"):
        return unquote(reference)
    return None


def to_reference(pointer: str) -> str:
    """The `$ref` that names a pointer of the same document; the inverse of `from_reference`."""
    return pointer.replace("%", "%25")


def walk(value: Any, path: Iterable[str]) -> Any:
    """The part of `value` at `path`. Raises KeyError if there is none."""
    for token in path:
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list):
            if not (token.isascii() and token.isdigit()) or (
                token != "0" and token.startswith("0")
            ):
                raise KeyError(token)
            try:
                value = value[int(token)]
            except IndexError:
                raise KeyError(token) from None
        else:
            raise KeyError(token)
    return value


def get(value: Any, pointer: str) -> Any:
    """The part of `value` at `pointer`. Raises KeyError if there is none."""
    return walk(value, tokens(pointer))


def exists(value: Any, pointer: str) -> bool:
    """Whether a JSON Pointer names a part of `value`."""
    try:
        get(value, pointer)
    except (KeyError, ValueError):
        return False
    return True


def put(value: Any, pointer: str, part: Any) -> None:
    """Replace the member of an object at `pointer`, in place. Raises KeyError if there is no such object."""
    *path, last = tokens(pointer)
    walk(value, path)[last] = part


def follow(document: JsonObject, pointer: str, value: Any) -> tuple[str, Any]:
    """The place a chain of local `$ref`s ends at; an object without `$ref` is its own place."""
    seen = {pointer}
    while isinstance(value, dict) and isinstance(reference := value.get("$ref"), str):
        target = from_reference(reference)
        if target is None or target in seen:
            break
        try:
            pointer, value = target, get(document, target)
        except (KeyError, ValueError):
            break
        seen.add(pointer)
    return pointer, value
