"""Decides whether a document needs bundling. Most documents do not, and stay as they are."""

from __future__ import annotations

import re
from typing import Any

from speclens.objects import is_20

_COMPONENT = re.compile(r"#/components/(?!mediaTypes/)[A-Za-z]+/[^/~%]+")
_COMPONENT_20 = re.compile(r"#/(?:definitions|parameters|responses)/[^/~%]+")


def is_needed(document: dict[str, Any]) -> bool:
    """Whether a document has a reference to anything but a component, or an identifier that a reference may use."""
    component = _COMPONENT_20 if is_20(document) else _COMPONENT
    stack: list[Any] = [document]
    while stack:
        here = stack.pop()
        if type(here) is dict:
            reference = here.get("$ref")
            if type(reference) is str and not component.fullmatch(reference):
                return True
            dynamic = here.get("$dynamicRef")
            if type(dynamic) is str and not dynamic.startswith("#"):
                return True
            if type(here.get("$id")) is str or type(here.get("$anchor")) is str:
                return True
            mapped = here.get("mapping")
            if type(mapped) is dict and any(map(is_reference, mapped.values())):
                return True
            stack.extend(here.values())
        elif type(here) is list:
            stack.extend(here)
    return False


def is_reference(mapped: Any) -> bool:
    """Whether a value of a discriminator's mapping is a reference to a place that is not a component. Otherwise it is a
    reference to a component, or its name (OpenAPI 3.1.1, section 4.8.25)."""
    is_name = isinstance(mapped, str) and re.fullmatch(r"[A-Za-z0-9_-]+", mapped)
    return isinstance(mapped, str) and not is_name and not _COMPONENT.fullmatch(mapped)
